"""Results of units that earlier runs have kept: a task comes in, and what came of it goes out.

The key of a task is a digest of all that its result hangs on: the program, the texts of its flows
and of what they may use, the project file, params, the table, and the names of all flows. Sounds
are known only when a flow was compiled, so they are listed beside its result, and looked at again.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twimlc.about import VERSION
from twimlc.calendars.sources import versions
from twimlc.output.manifest import path_fault
from twimlc.pipeline.media import Sound, sound, state_of
from twimlc.pipeline.model import Options
from twimlc.pipeline.survey import FlowFile, Survey
from twimlc.pipeline.unit import Task, UnitResult
from twimlc.project.files import FileContent
from twimlc.store import folder as store
from twimlc.store.records import Codec
from twimlc.store.state import UnsureError, program
from twimlc.text import SourceFile

_FORMAT = 1


class Kept:
    """The store of a project; it has nothing and takes nothing where ``options`` do not want it."""

    def __init__(self, survey: Survey, options: Options) -> None:
        self._survey, self._root = survey, str(survey.root)
        wanted = options.store and survey.project.file is not None and options.stdin is None
        if wanted and os.environ.get("CI"):
            wanted = not store.came_along(self._root)
        self._wanted, self._grown = wanted and not options.texts, False
        try:
            self._program = [*program()] if self._wanted else []
        except (OSError, UnsureError):
            self._wanted = False
        self._digests: dict[SourceFile, str] = {}
        self._codec = Codec({FileContent: (self._data_of, self._content)})
        self._places: dict[Path, list[str]] = {}
        self._contents: dict[tuple[str, str], FileContent | None] = {}
        self._common, self._names = "", frozenset[str]()
        self._asked: set[int] = set()
        self._sorry: list[FlowFile] = []

    def find(self, task: Task) -> UnitResult | None:
        """What an earlier run made of a task; what a build knows is enough for a check."""
        if not self._wanted:
            return None
        found = self._find(task)
        if found is None and not task.write:
            found = self._find(task._replace(write=True, verify=True))
        return found

    def _find(self, task: Task) -> UnitResult | None:
        key = self._key(task)
        data = store.get(self._root, store.unit(key))
        try:
            if data is None:
                return None
            kept = json.loads(data)
            sounds = {(at, name): self._sound(task, at, name) for at, name, _ in kept["sounds"]}
            changed = any(state_of(sounds[at, name]) != state for at, name, state in kept["sounds"])
            if kept["key"] != key or changed:
                return None
            self._contents = {place: found for place, (found, _) in sounds.items()}
            self._codec.files = self._files(task)
            result: UnitResult = self._codec.from_data(UnitResult, kept["result"])
            result.sounds = [(at, name, state) for at, name, state in kept["sounds"]]
            return result if _is_inside(result) else None
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            return None

    def keep(self, task: Task, result: UnitResult) -> None:
        """Keep a result for later runs."""
        if self._wanted:
            key, folders = self._key(task), self._folders(task)
            self._places = {folders[at] / name: [at, name] for at, name, _ in result.sounds}
            self._codec.files = self._files(task)
            kept = {"key": key, "sounds": result.sounds, "result": self._codec.to_data(result)}
            text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
            store.put(self._root, store.unit(key), text.encode())
            self._grown = True

    def tidy(self) -> None:
        """Remove what is too much, once everything is kept."""
        if self._grown:
            store.evict(self._root)

    def _key(self, task: Task) -> str:
        if self._names is not self._survey.names:  # also where flows are called otherwise by now
            self._names = self._survey.names
            self._asked = set(map(id, self._survey.files))
            sorry = {target.apology_flow for target in self._survey.targets} & self._names
            self._sorry = [each for each in self._survey.every if each.name in sorry]
            self._common = store.digest(json.dumps([*self._of_all()]).encode())
        flows = self._flows(task)
        parts = [
            self._common,
            task.rows,
            task.write,
            task.verify,
            len(task.files),  # what comes behind them is read for apologies alone
            [[each.name, each.source, *self._file(each.file)] for each in flows],
            [id(each) in self._asked for each in flows],
            [*map(self._components, dict.fromkeys(each.folder for each in flows))],
        ]
        return store.digest(json.dumps(parts).encode())

    def _flows(self, task: Task) -> list[FlowFile]:
        """The flows of a task, and those of apologies, which it may read."""
        return [*task.files, *(each for each in self._sorry if each not in task.files)]

    def _folders(self, task: Task) -> dict[str, Path]:
        """The folders of those flows and of the project, as an entry calls them."""
        flows = {os.path.relpath(f.folder, self._root): f.folder for f in self._flows(task)}
        return {os.curdir: self._survey.root, **flows}

    def _of_all(self) -> Iterator[Any]:
        """What all tasks hang on."""
        survey, project = self._survey, self._survey.project
        flows = (each.file for each in survey.every)
        yield [_FORMAT, VERSION, sys.version, *self._program]
        if any("calendars" in file.text for file in (*survey.read.values(), *flows)):
            yield versions()
        yield [os.path.relpath(survey.cwd, survey.root), survey.whole, survey.usable]
        yield [[target.name, survey.wrong(target)] for target in survey.targets]
        table = project.matrix.file if project.matrix is not None else None
        yield [self._file(file) for file in (project.file, table) if file is not None]
        for values, _ in survey.params:
            spans = {name: node.span for name, node in values.items()}
            yield [[name, *self._file(at.file), at.start, at.end] for name, at in spans.items()]
        yield sorted(survey.names)

    def _components(self, folder: Path) -> list[Any]:
        """What flows of a folder can use."""
        there = self._survey.components.get(folder, {})
        faults = self._survey.component_faults.get(folder, {})
        return [
            os.path.relpath(folder, self._survey.root),
            [[name, *self._file(each.span.file)] for name, each in sorted(there.items())],
            [
                [name, *self._file(fault.span.file), fault.message]
                for name, found in sorted(faults.items())
                for fault in found
            ],
        ]

    def _file(self, file: SourceFile) -> tuple[str, str]:
        found = self._digests.get(file)
        if found is None:
            found = store.digest(file.text.encode("utf-8", "surrogatepass"))
            self._digests[file] = found
        return file.path, found

    def _files(self, task: Task) -> dict[str, SourceFile]:
        """The files whose texts are in the key of a task, by path."""
        survey, project = self._survey, self._survey.project
        flows = self._flows(task)
        files = [each.file for each in flows]
        files += [node.span.file for values, _ in survey.params for node in values.values()]
        files += [project.matrix.file] if project.matrix is not None else []
        files += [project.file] if project.file is not None else []
        for folder in {each.folder for each in flows}:
            files += [each.span.file for each in survey.components.get(folder, {}).values()]
        return {file.path: file for file in files}

    def _sound(self, task: Task, at: str, name: str) -> Sound:
        return sound(self._survey, self._folders(task)[at], name)

    def _data_of(self, content: FileContent) -> Any:
        """A document is a text, and a sound where it lies."""
        if content.path is not None:
            return self._places[content.path]
        return content.head.decode("utf-8", "surrogateescape")

    def _content(self, data: Any) -> FileContent:
        if isinstance(data, str):
            return FileContent.of(data.encode("utf-8", "surrogateescape"))
        at, name = data
        found = self._contents[at, name]
        if found is None:
            raise ValueError("this is no sound")
        return found


def _is_inside(result: UnitResult) -> bool:
    """Whether all that is to be written stays in the folder of its target."""
    builds = (built for part in result.parts.values() for built in part.built)
    return not any(path_fault(file.path) for built in builds for file in built.files)
