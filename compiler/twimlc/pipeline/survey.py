"""What is there to compile, before any flow is parsed: options come in, texts and names go out.

The flows are put into groups that may lead to each other, as far as their texts tell: each is
compiled by itself. A group that turns out to lead elsewhere is joined with what it leads to.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from twimlc.about import PROJECT_FILE
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import BAD_NAME, MISSING_PATH
from twimlc.formats.check import check_component
from twimlc.formats.format import At
from twimlc.formats.project_file import PARAMS, RULES
from twimlc.pipeline.model import Options, UsageError, project_of, targets_of
from twimlc.project.files import FileContent, display_path, place_of, read_source
from twimlc.project.kinds import FileKind, kind_of_file
from twimlc.project.read import Project
from twimlc.project.search import component_files, flow_files, name_in, nothing_at
from twimlc.project.targets import Target
from twimlc.text import SourceFile, Span, lazy_pattern
from twimlc.values.declarations import Component, component_of, declared, unused_params
from twimlc.yaml import tree as t
from twimlc.yaml.names import valid_name
from twimlc.yaml.reader import read_text, read_yaml

_TYPED = tuple(f"{quote}{bracket}" for quote in ("", '"', "'") for bracket in "[{")
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
