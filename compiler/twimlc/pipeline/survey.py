"""What there is to compile: the texts of flows, their names, and what goes together.

The flows are put into groups that may lead to each other, as far as their texts tell: each is
compiled by itself. A group that turns out to lead elsewhere is joined with what it leads to.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from twimlc.findings.diagnostic import Diagnostic
from twimlc.project.files import FileContent, display_path
from twimlc.project.read import Project
from twimlc.project.targets import Target
from twimlc.text import SourceFile, Span, lazy_pattern
from twimlc.values.declarations import Component, declared
from twimlc.yaml import tree as t

_NAME = "[a-z][a-z0-9-]{0,63}"
_LEADS = lazy_pattern(
    rf"(?<![^\s'\":,\[{{(])({_NAME})/(?:{_NAME})?(?![^\s'\",\]}})])"  # FLOW/ and FLOW/STATE
    rf"|/({_NAME})(?=/[^\s'\"]{{0,300}}xml)"  # an address of ours
    r"|/([A-Z]{2}[0-9A-Za-z]{32})"  # of a Bin
)


@dataclass(frozen=True, slots=True, eq=False)
class FlowFile:
    """The file of a flow as text. ``name`` is the flow's, as far as the text tells.

    ``path`` is None for standard input; ``source`` is how a build names the file.
    """

    name: str
    file: SourceFile
    path: Path | None
    folder: Path
    source: str

    @property
    def leads(self) -> set[str]:
        """Words that may be names of other flows, and SIDs of Bins."""
        return {found for words in _LEADS.findall(self.file.text) for found in words if found}


@dataclass(eq=False)
class Survey:
    """What is to be compiled. ``files`` are those asked for, sorted; ``whole``: all there are.

    ``others`` are the files of flows that those may lead to, by name. ``usable`` is false where
    the project file has errors outside its targets: what its flows mean is not known then.
    ``params`` are those given from outside, weaker ones first, with their places.
    ``component_faults`` are the errors in components' files, by folder and name; a component that
    has some and is not among ``components`` cannot be read. ``sounds`` are those that were looked
    at; ``far``: no others can be, because they are on another machine.
    """

    project: Project
    targets: list[Target]
    cwd: Path
    whole: bool
    findings: list[Diagnostic]
    files: list[FlowFile] = field(default_factory=list)
    others: dict[str, FlowFile] = field(default_factory=dict)
    usable: bool = True
    params: list[tuple[Mapping[str, t.Node], Mapping[str, Span]]] = field(default_factory=list)
    components: dict[Path, dict[str, Component]] = field(default_factory=dict)
    component_faults: dict[Path, dict[str, tuple[Diagnostic, ...]]] = field(default_factory=dict)
    read: dict[str, SourceFile] = field(default_factory=dict)  # files that are no flows
    sounds: dict[tuple[Path, str], tuple[FileContent | None, str]] = field(default_factory=dict)
    _built_for: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    far: bool = False
    opened: set[Path] = field(default_factory=set)  # all files that were looked at

    @property
    def root(self) -> Path:
        return self.project.root

    @cached_property
    def names(self) -> frozenset[str]:
        """What the flows are called, as far as their texts tell."""
        return frozenset(each.name for each in self.every)

    @cached_property
    def component_params(self) -> dict[str, set[str]]:
        """The params that each component declares, by its path."""
        shared = (each for group in self.components.values() for each in group.values())
        return {each.file.path: set(declared(each.body)) for each in shared}

    def built_for(self, target: Target) -> tuple[frozenset[str], frozenset[str]]:
        """The names of all flows of a target, and those of them that are built for each row."""
        found = self._built_for.get(target.name)
        if found is None:
            matrix = self.project.matrix
            covered = frozenset(filter(target.covers, self.names))
            rows = frozenset(filter(matrix.covers, covered) if matrix is not None else ())
            found = next((each for each in self._built_for.values() if each[0] == covered), None)
            found = self._built_for[target.name] = found or (covered, rows)
        return found

    @property
    def every(self) -> tuple[FlowFile, ...]:
        """The files asked for, and those that they lead to."""
        return (*self.files, *self.others.values())

    def has_file(self, source: str) -> bool:
        """Whether there is a file of the name that builds have for it."""
        self.opened.add(self.root / source)
        return os.path.isfile(self.root / source)

    def looked_at(self, *folders: Path) -> tuple[str, ...]:
        """The files and folders that a run hangs on; none where a flow lies elsewhere."""
        flows = self.project.flows
        inside = all(each.path and each.path.is_relative_to(flows) for each in self.every)
        return tuple(str(path) for path in (flows, *folders, *self.opened)) if inside else ()

    def named(self, path: Path) -> str:
        """How a build names a file: from the project's folder; outside it, by its name alone."""
        shown = display_path(Path(os.path.normpath(path)), self.root)
        return path.name if shown.startswith(("/", "../")) else shown

    def wrong(self, target: Target) -> bool:
        """Whether the project file has an error in what it says of the target."""
        return any(f.is_error and self.target_at(f.span) == target.name for f in self.findings)

    def target_at(self, span: Span) -> str | None:
        """The target of the project file that a place is in."""
        for name, place in self.project.target_places.items():
            same = span.file.path == place.file.path
            if same and place.start <= span.start and span.end <= place.end:
                return name
        return None

    def rename(self, names: Mapping[str, str]) -> bool:
        """Call flows as their trees do: ``names`` by files. Whether any was called otherwise."""
        every = [replace(each, name=names.get(each.file.path, each.name)) for each in self.every]
        if all(new.name == each.name for new, each in zip(every, self.every, strict=True)):
            return False
        self.others = {each.name: each for each in every[len(self.files) :]}
        self.files = every[: len(self.files)]
        self._built_for.clear()
        self.__dict__.pop("names", None)
        return True

    def groups(self, further: Iterable[tuple[str, str]]) -> list[tuple[FlowFile, ...]]:
        """The files asked for, those together that may lead to each other, with what they lead to.

        ``further`` pairs of flows are known to do so.
        """
        every, bins = self.every, bins_of(self.targets)
        parent = list(range(len(every)))

        def root(at: int) -> int:
            while parent[at] != at:
                parent[at] = at = parent[parent[at]]
            return at

        first: dict[str, int] = {}
        for number, each in enumerate(every):
            parent[number] = first.setdefault(each.name, number)
        links = [(each.name, bins.get(word, word)) for each in every for word in each.leads]
        for name, other in (*links, *further):
            if other in first:
                parent[root(first[name])] = root(first[other])
        found: dict[int, list[FlowFile]] = {}
        for number, each in enumerate(every):
            found.setdefault(root(number), []).append(each)
        asked = set(map(id, self.files))
        return [tuple(group) for group in found.values() if not asked.isdisjoint(map(id, group))]


def bins_of(targets: Iterable[Target]) -> dict[str, str]:
    """The flow of each Bin by its SID."""
    return {sid: name for each in targets for name, sid in each.bins.items()}
