"""Everything that is read before anything is compiled.

The options come in; the project, its flows as raw trees, components and params go out, with the
findings of reading and of shape.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from twimlc.findings.diagnostic import Diagnostic, Label
from twimlc.findings.rules import BAD_NAME, DUPLICATE_FLOW, MISSING_PATH, NOT_A_FLOW
from twimlc.formats.check import check_component, check_flow
from twimlc.formats.format import At
from twimlc.formats.project_file import PARAMS, RULES
from twimlc.pipeline.model import Options, UsageError, project_of, targets_of
from twimlc.project.files import display_path, place_of, read_source
from twimlc.project.kinds import PROJECT_FILE, FileKind, kind_of_file
from twimlc.project.read import Project
from twimlc.project.search import component_files, flow_files, name_of_flow, nothing_at
from twimlc.project.targets import Target
from twimlc.text import SourceFile, Span, lazy_pattern
from twimlc.values.declarations import Component, component_of, declared, undeclared, unused_params
from twimlc.yaml import tree as t
from twimlc.yaml.comments import Comment, find_comments
from twimlc.yaml.names import proposed_name, valid_name
from twimlc.yaml.reader import read_text, read_yaml

_JUMP = lazy_pattern(r"([a-z][a-z0-9-]{0,63})/(?:[a-z][a-z0-9-]{0,63})?")
_TYPED = tuple(f"{quote}{bracket}" for quote in ("", '"', "'") for bracket in "[{")
_FOLDER = lazy_pattern(r"/([a-z][a-z0-9-]{0,63})(?=/)")


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

    @property
    def name_span(self) -> Span | None:
        """Where the flow is named, if it is not named after its file."""
        named = self.tree.entry("flow")
        return None if named is None else named.value.span


@dataclass(slots=True, eq=False)
class Loaded:
    """What was read. ``selected`` are the flows asked for, ``flows`` also those they jump to.

    ``usable`` is false where the project file has errors outside its targets: what its flows mean
    is not known then. ``component_faults`` are the errors in components' files, by folder and name;
    a component that has some and is not among ``components`` cannot be read.
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
    component_faults: dict[Path, dict[str, tuple[Diagnostic, ...]]] = field(default_factory=dict)
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


def load(options: Options) -> Loaded | list[Diagnostic]:
    """Read the project; the findings alone if its own file cannot be used."""
    cwd = options.folder
    paths = [cwd / path for path in options.paths]
    missing = next((p for p in paths if not os.path.exists(p)), None)  # also overlong names
    project, findings = project_of(options)
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


class _Reader:
    def __init__(self, loaded: Loaded, cwd: Path, texts: Mapping[str, str]) -> None:
        self.loaded = loaded
        self.texts = texts
        self.project = loaded.project
        self.cwd = cwd
        self.findings = loaded.findings

    def read(self, paths: list[Path], options: Options) -> None:
        if options.stdin is not None:
            sources = [self._standard_input(*options.stdin)]
        else:
            files, found = flow_files(self.project, paths)
            self.findings += found
            # A file of params may lie beside the flows; it is none of them.
            values = {os.path.realpath(self.cwd / path) for path in options.params_files}
            files = [p for p in files if not values or os.path.realpath(p) not in values]
            sources = [self._flow(path, self.findings) for path in files]
            if not files and not found and not self.findings:
                where = display_path(self.project.flows, self.cwd)
                message = f"there are no flows in '{where}'"
                hint = "twimlc init makes a small project to start from"
                if self.project.file is None:
                    hint = f"no {PROJECT_FILE} was found from here upward; {hint}"
                self.findings.append(MISSING_PATH.at(place_of(where), message, hint=hint))
        chosen = [source for source in sources if source is not None]
        for flow in chosen:
            self._add(flow, self.findings)
            self.loaded.selected.add(flow.name)
        if not self.loaded.whole:
            self._neighbours(chosen)
        self._components()
        self._params(options)

    def _add(self, flow: FlowSource, findings: list[Diagnostic]) -> None:
        known = self.loaded.flows.setdefault(flow.name, flow)
        if known is not flow:
            message = f"'{flow.name}' is the name of a flow in '{known.file.path}' already"
            labels = [Label(known.name_span, "the other flow")] if known.name_span else []
            span = flow.name_span or Span(flow.file, 0, 0)
            findings.append(DUPLICATE_FLOW.at(span, message, labels=labels))

    def _standard_input(self, name: str, data: bytes) -> FlowSource | None:
        file, found = read_text(data, name)
        self.findings += found
        if file is None:
            return None
        return self._parse(file, None, (self.cwd / name).parent, Path(name).name, self.findings)

    def _flow(self, path: Path, findings: list[Diagnostic]) -> FlowSource | None:
        file, found = self._source(path)
        findings += found
        if file is None:
            return None
        return self._parse(file, path, path.parent, path.name, findings)

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
    ) -> FlowSource | None:
        self.loaded.files[file.path] = file
        stem = re.sub(r"\.ya?ml$", "", name).removesuffix(".flow")
        self.loaded.owners[file.path] = stem
        node, faults = read_yaml(file)
        if node is None or t.is_empty(node):
            findings += faults
            if not any(fault.is_error for fault in faults):
                message = "the file is empty; a flow has steps or states"
                findings.append(NOT_A_FLOW.at(Span(file, 0, 0), message))
            return None
        node, shape = check_flow(node)
        faults = [*faults, *shape]
        findings += faults
        if not isinstance(node, t.Mapping):
            return None
        called = self.loaded.owners[file.path] = name_of_flow(node, stem)
        reason = valid_name(called)
        if reason is None:
            source = name if path is None else self.loaded.name(path)
            return FlowSource(called, node, file, path, folder, source, tuple(faults))
        if t.is_empty(node.get("flow")):
            hint = f"rename the file, or write flow: {proposed_name(called) or 'NAME'} at its top"
            message = f"the file's name '{called}' cannot name a flow: {reason}"
            findings.append(BAD_NAME.at(Span(file, 0, 0), message, hint=hint))
        return None

    def _neighbours(self, chosen: list[FlowSource]) -> None:
        """The flows that the chosen ones jump to, which must be known to check the jumps."""
        bins = {sid: name for each in self.loaded.targets for name, sid in each.bins.items()}
        wanted = [name for flow in chosen for name in _mentioned(flow.tree, bins)]
        wanted += [name for each in self.loaded.targets if (name := each.apology_flow)]
        if not any(name not in self.loaded.flows for name in wanted):
            return
        others: dict[str, FlowSource] = {}
        quiet: list[Diagnostic] = []
        files, _ = flow_files(self.project, ())
        beside = {p for flow in chosen for p in flow.folder.glob("*.y*ml")}
        known = {flow.path for flow in chosen}
        for path in sorted({*files, *beside} - {p for p in known if p is not None}):
            if kind_of_file(path) in (FileKind.SCRIPT, FileKind.PROJECT):
                continue
            if (flow := self._flow(path, quiet)) is not None:
                others.setdefault(flow.name, flow)
        while wanted:
            name = wanted.pop()
            other = others.get(name)
            if other is not None and name not in self.loaded.flows:
                self.loaded.flows[name] = other
                wanted += _mentioned(other.tree, bins)

    def _components(self) -> None:
        read: dict[Path, tuple[Component | None, tuple[Diagnostic, ...]]] = {}
        for folder in {flow.folder for flow in self.loaded.flows.values()}:
            found: dict[str, Component] = {}
            faults = self.loaded.component_faults[folder] = {}
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
            node, shape = check_component(node)
            self.findings += shape
        component, faults = component_of(name, node, Span(file, 0, 0))
        self.findings += faults
        if component is not None and self.loaded.whole:
            self.findings += unused_params(component.body)
        return component

    def _params(self, options: Options) -> None:
        """The params given from outside: files first, then ``-p``."""
        given: list[tuple[Mapping[str, t.Node], Mapping[str, Span]]] = []
        for path in options.params_files:
            file, found = self._source(self.cwd / path)
            node, faults = read_yaml(file) if file is not None else (None, [])
            self.findings += (*found, *faults)
            said = None
            if node is not None and not t.is_empty(node):
                said = PARAMS.read(At(node, node, self.findings, *RULES))
            given.append((said or {}, t.key_spans(node)))
        line: dict[str, t.Node] = {}
        for name, text in options.params.items():
            file = SourceFile("command line", f"-p {name}={text}")
            span = Span(file, len(name) + 4, len(file.text))
            typed = self._typed(text) if text.startswith(_TYPED) else None
            line[name] = typed if typed is not None else t.Scalar(t.parse_scalar(text), text, span)
        given.append((line, {}))
        loaded, project = self.loaded, self.project
        loaded.params = [values for values, _ in given]
        if loaded.whole:
            given.append((project.params, project.param_places))
        names = [name for flow in loaded.flows.values() for name in declared(flow.tree)]
        for values, places in given if loaded.all_read else ():
            self.findings += undeclared(names, values, places)
        for flow in loaded.flows.values():
            if flow.name in loaded.selected and not any(f.is_error for f in flow.faults):
                self.findings += unused_params(flow.tree)

    def _typed(self, text: str) -> t.Node | None:
        """A list or map on the command line, or a quoted text that begins like one."""
        node, faults = read_yaml(SourceFile("command line", text))
        begin = text.lstrip("'\"")[0]
        hint = f"text that begins with {begin} goes in quotes: -p 'NAME=\"{begin}…\"'"
        self.findings += [replace(fault, hint=hint, fix=None) for fault in faults]
        return None if any(fault.is_error for fault in faults) else node


def _mentioned(tree: t.Mapping, bins: Mapping[str, str]) -> list[str]:
    """The flows that some text in the tree may be a jump to, by name or by address.

    ``bins`` gives the flow of each Bin by its SID.
    """
    found: dict[str, None] = {}
    for part in t.scalars(tree):
        if isinstance(part.value, str) and "/" in part.value:
            if jump := _JUMP.fullmatch(part.value):
                found[jump[1]] = None
            elif "xml" in part.value:
                found |= dict.fromkeys(_FOLDER.findall(part.value))
            elif (sid := part.value.rpartition("/")[2]) in bins:
                found[bins[sid]] = None
    return list(found)
