"""Everything that is read before anything is compiled.

The options come in; the project, its flows as raw trees, components and params go out, with the
findings of reading and of shape.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from twimlc.diagnostics.diagnostic import Diagnostic, Label
from twimlc.diagnostics.rules.names import DUPLICATE_FLOW
from twimlc.diagnostics.rules.project import MISSING_PATH
from twimlc.diagnostics.rules.shape import BAD_NAME, NOT_A_FLOW
from twimlc.flow.read import name_of_flow
from twimlc.pipeline.model import Options, UsageError, targets_of
from twimlc.schema.check import check_component, check_flow
from twimlc.source import tree as t
from twimlc.source.comments import Comment, find_comments
from twimlc.source.components import Component, component_of
from twimlc.source.files import display_path, place_of, read_source
from twimlc.source.names import proposed_name, valid_name
from twimlc.source.params import declared, places_of, read_params, undeclared, unused_params
from twimlc.source.project import PROJECT_FILE, Project, find_root, read_project
from twimlc.source.reader import read_text, read_yaml
from twimlc.source.scalars import parse_scalar
from twimlc.source.search import component_files, flow_files, nothing_at
from twimlc.source.targets import Target
from twimlc.text import SourceFile, Span

_JUMP = re.compile(r"([a-z][a-z0-9-]{0,63})/(?:[a-z][a-z0-9-]{0,63})?")


@dataclass(frozen=True, slots=True, eq=False)
class FlowSource:
    """A flow file as it was read. ``path`` is None for standard input."""

    name: str
    tree: t.Mapping
    file: SourceFile
    path: Path | None
    folder: Path
    source: str
    faults: tuple[Diagnostic, ...]


@dataclass(slots=True, eq=False)
class Loaded:
    """What was read. ``selected`` are the flows asked for, ``flows`` also those they jump to.

    ``usable`` is false where the project file has errors outside its targets: what its flows mean
    is not known then.
    """

    project: Project
    targets: list[Target]
    flows: dict[str, FlowSource] = field(default_factory=dict)
    selected: set[str] = field(default_factory=set)
    whole: bool = True
    usable: bool = True
    params: list[Mapping[str, t.Node]] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    components: dict[Path, dict[str, Component]] = field(default_factory=dict)
    files: dict[str, SourceFile] = field(default_factory=dict)
    root: Path = Path()
    owners: dict[str, str] = field(default_factory=dict)  # paths of flow files to names of flows

    @property
    def all_read(self) -> bool:
        """Whether every flow's file could be read, so that all its params are known."""
        return self.flows.keys() >= set(self.owners.values())

    def name(self, path: Path) -> str:
        """How a build names a file: from the project's folder; outside it, by its name alone."""
        shown = display_path(Path(os.path.normpath(path)), self.root)
        return path.name if shown.startswith(("/", "../")) else shown

    def stops(self, target: Target, findings: list[Diagnostic]) -> bool:
        """Whether errors of reading concern a target: those of another one or its flows do not."""
        return any(
            finding.is_error
            and self.target_at(finding.span) in (None, target.name)
            and ((owner := self.owners.get(finding.span.file.path)) is None or target.covers(owner))
            for finding in findings
        )

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

    def comments(self) -> dict[SourceFile, list[Comment]]:
        """The comments of every file that was read, for ignores."""
        found = {file: find_comments(file, "twimlc:") for file in self.files.values()}
        return {file: comments for file, comments in found.items() if comments}


def project_of(options: Options) -> tuple[Project | None, list[Diagnostic]]:
    """The project that the options lead to, without its flows."""
    cwd = (options.cwd or Path.cwd()).absolute()
    config = _config(options, cwd, [cwd / path for path in options.paths])
    return read_project(config, cwd, options.texts)


def load(options: Options) -> Loaded | list[Diagnostic]:
    """Read the project; the findings alone if its own file cannot be used."""
    cwd = (options.cwd or Path.cwd()).absolute()
    paths = [cwd / path for path in options.paths]
    missing = next((p for p in paths if not os.path.exists(p)), None)  # also overlong names
    project, findings = read_project(_config(options, cwd, paths), cwd, options.texts)
    if missing is not None:
        raise UsageError(nothing_at(missing, project, cwd))
    if project is None:
        return findings
    targets = targets_of(project, options)
    loaded = Loaded(project, targets, findings=findings, root=project.root)
    loaded.whole = not paths and options.stdin is None
    loaded.usable = not any(f.is_error and loaded.target_at(f.span) is None for f in findings)
    if project.file is not None:
        loaded.files[project.file.path] = project.file
    _Reader(loaded, cwd, options.texts).read(paths, options)
    return loaded


def _config(options: Options, cwd: Path, paths: list[Path]) -> Path | None:
    if options.config is not None:
        config = cwd / options.config
        if not os.path.isfile(config):
            raise UsageError(f"there is no project file '{options.config}'")
        return config
    starts = [cwd, *(path if os.path.isdir(path) else path.parent for path in paths[:1])]
    for start in starts:
        root = find_root(start)
        if root is not None:
            return root / PROJECT_FILE
    return None


class _Reader:
    def __init__(self, loaded: Loaded, cwd: Path, texts: Mapping[str, str]) -> None:
        self.loaded = loaded
        self.texts = texts
        self.project = loaded.project
        self.cwd = cwd
        self.findings = loaded.findings

    def read(self, paths: list[Path], options: Options) -> None:
        chosen: list[FlowSource] = []
        if options.stdin is not None:
            chosen += self._standard_input(*options.stdin)
        else:
            files, found = flow_files(self.project, paths)
            self.findings += found
            # A file of params may lie beside the flows; it is none of them.
            values = {os.path.realpath(self.cwd / path) for path in options.params_files}
            files = [p for p in files if not values or os.path.realpath(p) not in values]
            for path in files:
                chosen += self._flow(path, self.findings)
            if not files and not found and not self.findings:
                where = display_path(self.project.flows, self.cwd)
                message = f"there are no flows in '{where}'"
                hint = "twimlc init makes a small project to start from"
                if self.project.file is None:
                    hint = f"no {PROJECT_FILE} was found from here upwards; {hint}"
                self.findings.append(MISSING_PATH.at(place_of(where), message, hint=hint))
        for flow in chosen:
            self._add(flow, self.findings)
            self.loaded.selected.add(flow.name)
        if not self.loaded.whole:
            self._neighbours(chosen)
        self._components()
        self._params(options)

    def _add(self, flow: FlowSource, findings: list[Diagnostic]) -> None:
        known = self.loaded.flows.get(flow.name)
        if known is None:
            self.loaded.flows[flow.name] = flow
            return
        entry = flow.tree.entry("flow")
        span = entry.value.span if entry else Span(flow.file, 0, 0)
        message = f"'{flow.name}' is the name of a flow in '{known.file.path}' already"
        first = known.tree.entry("flow")
        labels = [Label(first.value.span, "the other flow")] if first else []
        findings.append(DUPLICATE_FLOW.at(span, message, labels=labels))

    def _standard_input(self, name: str, data: bytes) -> Iterator[FlowSource]:
        file, found = read_text(data, name)
        self.findings += found
        if file is not None:
            beside = (self.cwd / name).parent
            yield from self._parse(file, None, beside, Path(name).name, self.findings)

    def _flow(self, path: Path, findings: list[Diagnostic]) -> Iterator[FlowSource]:
        file, found = self._source(path)
        findings += found
        if file is not None:
            yield from self._parse(file, path, path.parent, path.name, findings)

    def _source(self, path: Path) -> tuple[SourceFile | None, list[Diagnostic]]:
        name = display_path(path, self.cwd)
        return read_source(path, root=None, name=name, texts=self.texts)

    def _parse(
        self,
        file: SourceFile,
        path: Path | None,
        folder: Path,
        name: str,
        findings: list[Diagnostic],
    ) -> Iterator[FlowSource]:
        self.loaded.files[file.path] = file
        stem = re.sub(r"\.ya?ml$", "", name).removesuffix(".flow")
        self.loaded.owners[file.path] = stem
        node, faults = read_yaml(file)
        faults = list(faults)
        if node is None or t.is_empty(node):
            if not any(fault.is_error for fault in faults):
                message = "the file is empty; a flow has steps or states"
                faults.append(NOT_A_FLOW.at(Span(file, 0, 0), message))
            findings += faults
            return
        faults += check_flow(node)
        findings += faults
        if not isinstance(node, t.Mapping):
            return
        called = self.loaded.owners[file.path] = name_of_flow(node, stem)
        reason = valid_name(called)
        if reason is not None:
            if t.is_empty(node.get("flow")):
                wish = proposed_name(called)
                hint = f"rename the file, or write flow: {wish or 'NAME'} at its top"
                message = f"the file's name '{called}' cannot name a flow: {reason}"
                findings.append(BAD_NAME.at(Span(file, 0, 0), message, hint=hint))
            return
        source = name if path is None else self.loaded.name(path)
        yield FlowSource(called, node, file, path, folder, source, tuple(faults))

    def _neighbours(self, chosen: list[FlowSource]) -> None:
        """The flows that the chosen ones jump to, which must be known to check the jumps."""
        wanted = [name for flow in chosen for name in _mentioned(flow.tree)]
        wanted += [name for each in self.loaded.targets if (name := each.apology_flow)]
        if not any(name not in self.loaded.flows for name in wanted):
            return
        others: dict[str, FlowSource] = {}
        quiet: list[Diagnostic] = []
        files, _ = flow_files(self.project, ())
        beside = {p for flow in chosen for p in flow.folder.glob("*.y*ml")}
        known = {flow.path for flow in chosen}
        for path in sorted({*files, *beside} - {p for p in known if p is not None}):
            if path.name.endswith((".test.yaml", ".test.yml")) or path.name == PROJECT_FILE:
                continue
            for flow in self._flow(path, quiet):
                others.setdefault(flow.name, flow)
        while wanted:
            name = wanted.pop()
            other = others.get(name)
            if other is not None and name not in self.loaded.flows:
                self.loaded.flows[name] = other
                wanted += _mentioned(other.tree)

    def _components(self) -> None:
        read: dict[Path, Component | None] = {}
        for folder in {flow.folder for flow in self.loaded.flows.values()}:
            found: dict[str, Component] = {}
            for name, path in component_files(self.project, folder / "x").items():
                if path not in read:
                    read[path] = self._component(name, path)
                component = read[path]
                if component is not None:
                    found[name] = component
            self.loaded.components[folder] = found

    def _component(self, name: str, path: Path) -> Component | None:
        file, found = self._source(path)
        self.findings += found
        if file is None:
            return None
        self.loaded.files[file.path] = file
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
            shape = check_component(node)
            self.findings += shape
        component, faults = component_of(name, node, Span(file, 0, 0))
        self.findings += faults
        if component is not None and self.loaded.whole:
            self.findings += unused_params(component.body)
        return component

    def _params(self, options: Options) -> None:
        """The params given from outside: files first, then ``-p``."""
        given: list[Mapping[str, t.Node]] = []
        places: list[Mapping[str, Span]] = []
        for path in options.params_files:
            file, found = self._source(self.cwd / path)
            self.findings += found
            if file is None:
                continue
            node, faults = read_yaml(file)
            self.findings += faults
            given.append(read_params(node, self.findings))
            places.append(places_of(node))
        line: dict[str, t.Node] = {}
        for name, text in options.params.items():
            file = SourceFile("command line", f"-p {name}={text}")
            span = Span(file, len(name) + 4, len(file.text))
            line[name] = t.Scalar(parse_scalar(text), text, span)
        given.append(line)
        self.loaded.params = given
        names = [name for flow in self.loaded.flows.values() for name in declared(flow.tree)]
        if self.loaded.all_read:
            for values, where in zip(given, [*places, {}], strict=True):
                self.findings += undeclared(names, values, where)
        for flow in self.loaded.flows.values():
            if flow.name in self.loaded.selected and not any(f.is_error for f in flow.faults):
                self.findings += unused_params(flow.tree)


def _mentioned(tree: t.Mapping) -> list[str]:
    """The flows that some text in the tree may be a jump to."""
    names: dict[str, None] = {}
    waiting: list[t.Node] = [tree]
    while waiting:
        match waiting.pop():
            case t.Scalar(value=str() as text):
                found = _JUMP.fullmatch(text)
                if found:
                    names[found[1]] = None
            case t.Sequence(items=items):
                waiting += items
            case t.Mapping(entries=entries):
                waiting += [entry.value for entry in entries]
    return list(names)
