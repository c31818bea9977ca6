"""A look at the project, before any flow is parsed: options come in, a survey goes out."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from twimlc.about import PROJECT_FILE
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import BAD_NAME, MISSING_PATH
from twimlc.formats.check import check_component
from twimlc.formats.format import At
from twimlc.formats.project_file import PARAMS, RULES
from twimlc.pipeline.model import Options, UsageError, project_of, targets_of
from twimlc.pipeline.survey import FlowFile, Survey, bins_of
from twimlc.project.files import display_path, place_of, read_source
from twimlc.project.kinds import FileKind, kind_of_file
from twimlc.project.search import component_files, flow_files, name_in, nothing_at
from twimlc.text import SourceFile, Span
from twimlc.values.declarations import Component, component_of, unused_params
from twimlc.yaml import tree as t
from twimlc.yaml.names import valid_name
from twimlc.yaml.reader import read_text, read_yaml

_TYPED = tuple(f"{quote}{bracket}" for quote in ("", '"', "'") for bracket in "[{")


def survey(options: Options) -> Survey | list[Diagnostic]:
    """Look at the project; the findings alone if its own file cannot be used."""
    cwd = options.folder
    paths = [cwd / path for path in options.paths]
    missing = next((p for p in paths if not os.path.exists(p)), None)  # also overlong names
    project, findings = project_of(options)
    if missing is not None:
        raise UsageError(nothing_at(missing, project, cwd))
    if project is None:
        return findings
    whole = not paths and options.stdin is None
    found = Survey(project, targets_of(project, options), cwd, whole, findings)
    found.usable = not any(f.is_error and found.target_at(f.span) is None for f in findings)
    if project.file is not None:
        found.read[project.file.path] = project.file
        found.opened.add(cwd / project.file.path)
    if project.matrix is not None:
        found.opened.add(cwd / project.matrix.file.path)
    _Surveyor(found, options).look(paths)
    return found


class _Surveyor:
    def __init__(self, found: Survey, options: Options) -> None:
        self.found, self.options = found, options
        self.project, self.cwd, self.findings = found.project, found.cwd, found.findings

    def look(self, paths: list[Path]) -> None:
        self._flows(paths)
        if not self.found.whole:
            self._neighbors()
        self._components()
        self._params()

    def _flows(self, paths: list[Path]) -> None:
        options = self.options
        if options.stdin is not None:
            name, data = options.stdin
            file, findings = read_text(data, name)
            self.findings += findings
            if file is not None:
                folder = (self.cwd / name).parent
                known = name_in(file, Path(name))
                self.found.files.append(FlowFile(known, file, None, folder, Path(name).name))
            return
        files, findings = flow_files(self.project, paths)
        self.findings += findings
        # A file of params may lie beside the flows; it is none of them.
        values = {os.path.realpath(self.cwd / path) for path in options.params_files}
        files = [p for p in files if not values or os.path.realpath(p) not in values]
        self.found.files += filter(None, (self._flow(path, self.findings) for path in files))
        if not files and not findings and not self.findings:
            where = display_path(self.project.flows, self.cwd)
            message = f"there are no flows in '{where}'"
            hint = "twimlc init makes a small project to start from"
            if self.project.file is None:
                hint = f"no {PROJECT_FILE} was found from here upward; {hint}"
            self.findings.append(MISSING_PATH.at(place_of(where), message, hint=hint))

    def _flow(self, path: Path, findings: list[Diagnostic]) -> FlowFile | None:
        file, found = self._source(path)
        findings += found
        if file is None:
            return None
        name = name_in(file, path)
        return FlowFile(name, file, path, path.parent, self.found.named(path))

    def _source(self, path: Path) -> tuple[SourceFile | None, list[Diagnostic]]:
        name = display_path(path, self.cwd)
        self.found.opened.add(path)
        return read_source(path, root=None, name=name, texts=self.options.texts)

    def _neighbors(self) -> None:
        """The flows that the chosen ones lead to, which must be known to check the jumps."""
        found, bins = self.found, bins_of(self.found.targets)

        def wanted(files: Iterable[FlowFile]) -> list[str]:
            return [bins.get(word, word) for each in files for word in each.leads]

        waiting = wanted(found.files)
        waiting += [name for each in found.targets if (name := each.apology_flow)]
        known = {each.name for each in found.files}
        if known.issuperset(waiting):
            return
        there: dict[str, FlowFile] = {}
        for path in self._beside():
            if (other := self._flow(path, [])) is not None:
                there.setdefault(other.name, other)
        while waiting:
            name = waiting.pop()
            if name in there and name not in known and name not in found.others:
                found.others[name] = there[name]
                waiting += wanted([there[name]])

    def _beside(self) -> Iterator[Path]:
        """What may be a flow of the project, or of the folders of those asked for."""
        files, _ = flow_files(self.project, ())
        chosen = self.found.files
        beside = {path for each in chosen for path in each.folder.glob("*.y*ml")}
        for path in sorted({*files, *beside} - {each.path for each in chosen}):
            if kind_of_file(path) not in (FileKind.SCRIPT, FileKind.PROJECT):
                yield path

    def _components(self) -> None:
        read: dict[Path, tuple[Component | None, tuple[Diagnostic, ...]]] = {}
        for folder in dict.fromkeys(each.folder for each in self.found.every):
            found: dict[str, Component] = {}
            faults = self.found.component_faults[folder] = {}
            for name, path in component_files(self.project, folder / "x").items():
                if path not in read:
                    before = len(self.findings)
                    component = self._component(name, path)
                    errors = tuple(f for f in self.findings[before:] if f.is_error)
                    read[path] = component, errors
                component, errors = read[path]
                if errors:
                    faults[name] = errors
                if component is not None:
                    found[name] = component
            self.found.components[folder] = found

    def _component(self, name: str, path: Path) -> Component | None:
        file, found = self._source(path)
        self.findings += found
        if file is None:
            return None
        self.found.read[file.path] = file
        reason = valid_name(name)
        if reason is not None:
            message = f"the file's name '{name}' cannot name a component: {reason}"
            self.findings.append(BAD_NAME.at(Span(file, 0, 0), message))
            return None
        node, faults = read_yaml(file)
        self.findings += faults
        if any(fault.is_error for fault in faults):
            return None
        if isinstance(node, t.Mapping):
            node, shape = check_component(node)
            self.findings += shape
        component, faults = component_of(name, node, Span(file, 0, 0))
        self.findings += faults
        if component is not None and self.found.whole:
            self.findings += unused_params(component.body)
        return component

    def _params(self) -> None:
        """The params given from outside: files first, then ``-p``."""
        given = self.found.params
        for path in self.options.params_files:
            file, found = self._source(self.cwd / path)
            node, faults = read_yaml(file) if file is not None else (None, [])
            self.findings += (*found, *faults)
            said = None
            if node is not None and not t.is_empty(node):
                said = PARAMS.read(At(node, node, self.findings, *RULES))
            given.append((said or {}, t.key_spans(node)))
        line: dict[str, t.Node] = {}
        for name, text in self.options.params.items():
            file = SourceFile("command line", f"-p {name}={text}")
            span = Span(file, len(name) + 4, len(file.text))
            typed = self._typed(text) if text.startswith(_TYPED) else None
            line[name] = typed if typed is not None else t.Scalar(t.parse_scalar(text), text, span)
        given.append((line, {}))

    def _typed(self, text: str) -> t.Node | None:
        """A list or map on the command line, or a quoted text that begins like one."""
        node, faults = read_yaml(SourceFile("command line", text))
        begin = text.lstrip("'\"")[0]
        hint = f"text that begins with {begin} goes in quotes: -p 'NAME=\"{begin}…\"'"
        self.findings += [replace(fault, hint=hint, fix=None) for fault in faults]
        return None if any(fault.is_error for fault in faults) else node
