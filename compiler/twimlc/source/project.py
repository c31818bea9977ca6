"""The project: its file comes in, and what it says about flows, targets, rows and rules goes out.

The folder of ``twimlc.yaml`` is the project's; paths in the file stay inside it.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.diagnostics.rules.project import (
    BAD_FOLDER,
    BAD_PROJECT,
    BAD_RULE_SETTING,
    NO_SUCH_FLOW,
    OUTSIDE_PROJECT,
    UNKNOWN_PROJECT_KEY,
    UNKNOWN_TARGET,
)
from twimlc.source import tree
from twimlc.source.files import display_path, is_inside, place_of, read_source
from twimlc.source.matrix import Matrix, read_matrix
from twimlc.source.names import meant
from twimlc.source.patterns import FlowPattern
from twimlc.source.reader import read_yaml
from twimlc.source.targets import HOSTS, Target, host_target, read_patterns, read_target
from twimlc.source.tree import Node, Scalar, is_empty
from twimlc.text import SourceFile, Span

PROJECT_FILE = "twimlc.yaml"
_MISNAMED = "twimlc.yml"
DEFAULT_TARGET = "twiml-bin"

_KEYS = ("flows", "build", "targets", "matrix", "rules", "budgets")
_BUDGETS = ("choice", "human")
_MEASURES = ("seconds", "words", "keys")
_MATRIX_KEYS = ("table", "folder", "flows")

Setting = Severity | Literal["off"]


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of flows and what to make of them. ``rules`` maps slugs to severities.

    ``target_places`` says where each target stands, also one whose host is not known.
    ``budgets`` says how many seconds, words and keys may come before a choice and a human.
    """

    root: Path
    file: SourceFile | None
    flows: Path
    build: Path
    targets: Mapping[str, Target]
    target_places: Mapping[str, Span] = field(default_factory=dict)
    matrix: Matrix | None = None
    rules: Mapping[str, Setting] = field(default_factory=dict)
    budgets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    recursive: bool = True


def find_root(start: Path) -> Path | None:
    """The nearest folder, from ``start`` upwards, that has a project file, be it misnamed."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / PROJECT_FILE).is_file() or (folder / _MISNAMED).is_file():
            return folder
    return None


def read_project(config: Path | None, cwd: Path) -> tuple[Project | None, list[Diagnostic]]:
    """The project of a project file, or, without one, what ``cwd`` alone makes up."""
    if config is None:
        return _bare_project(cwd.absolute()), []
    config = cwd.absolute() / config
    root = config.parent
    misnamed = root / _MISNAMED
    if config.name == PROJECT_FILE and misnamed.is_file() and not config.is_file():
        name = display_path(misnamed, cwd.absolute())
        message = f"the project file is called {PROJECT_FILE}, so '{name}' has no effect"
        return None, [BAD_PROJECT.at(place_of(name), message, hint=f"name it {PROJECT_FILE}")]
    file, findings = read_source(config, root=None, name=display_path(config, cwd.absolute()))
    if file is None:
        return None, findings
    body, yaml_findings = read_yaml(file)
    findings += yaml_findings
    if body is None or is_empty(body):
        body = tree.Mapping((), Span(file, 0, 0))
    if not isinstance(body, tree.Mapping):
        message = "the project file is a map of flows, build, targets, matrix and rules"
        return None, [*findings, BAD_PROJECT.at(body.span, message)]
    for entry in body:
        if entry.key not in _KEYS and not entry.key.startswith("x-"):
            hint = meant(entry.key, _KEYS) or f"it can have {', '.join(_KEYS)}, and x-… for notes"
            message = f"the project file has no '{entry.key}'"
            findings.append(UNKNOWN_PROJECT_KEY.at(entry.key_span, message, hint=hint))
    flows, build = _folders(body, root, findings)
    project = Project(
        root=root,
        file=file,
        flows=flows,
        build=build,
        targets=_targets(body.get("targets"), findings),
        target_places=_target_places(body.get("targets")),
        matrix=_matrix(body.get("matrix"), root, findings),
        rules=_rules(body.get("rules"), findings),
        budgets=_budgets(body.get("budgets"), findings),
    )
    return project, findings


def choose_targets(project: Project, names: Sequence[str]) -> tuple[list[Target], list[Diagnostic]]:
    """The targets that ``-t`` names: those of the project file, else hosts; without names, all."""
    if not names:
        return list(project.targets.values()), []
    chosen: dict[str, Target] = {}
    findings: list[Diagnostic] = []
    for name in names:
        if name in project.targets:
            chosen[name] = project.targets[name]
        elif name in project.target_places:  # reading it has told what is wrong with it
            continue
        elif name in HOSTS:
            chosen[name] = host_target(name)
        else:
            line = SourceFile("command line", f"-t {name}")
            hint = meant(name, [*project.targets, *HOSTS])
            known = ", ".join(dict.fromkeys([*project.targets, *HOSTS]))
            message = f"no target and no host is called '{name}'"
            span = Span(line, 3, 3 + len(name))
            findings.append(UNKNOWN_TARGET.at(span, message, hint=hint or f"there is {known}"))
    return list(chosen.values()), findings


def unknown_flows(project: Project, flows: Sequence[str]) -> list[Diagnostic]:
    """A finding for each name or glob of the project file that fits no flow of the project.

    ``flows`` must be all of the project's, not only those a command line asks for.
    """
    patterns: list[FlowPattern] = [] if project.matrix is None else [*project.matrix.flows]
    for target in project.targets.values():
        patterns += (*target.flows, *target.bin_flows)
        place = target.places.get("onError")
        if target.on_error is not None and place is not None:
            patterns.append(FlowPattern(target.on_error, place))
    return [
        NO_SUCH_FLOW.at(
            pattern.span, f"no flow is called '{pattern.text}'", hint=meant(pattern.text, flows)
        )
        for pattern in patterns
        if (pattern.text not in flows and not pattern.matches_any(flows))
    ]


def build_folder_fault(build: Path, flows: Path, root: Path) -> str | None:
    """Why a folder cannot be built to; None when it can."""
    # Path.resolve raises where links lead in a circle.
    real = Path(os.path.realpath(build))
    if real == Path(os.path.realpath(root)):
        return "the build folder cannot be the project's folder itself"
    if Path(os.path.realpath(flows)).is_relative_to(real):
        return "the build folder cannot hold the flows"
    return None


def _bare_project(root: Path) -> Project:
    flows = root / "flows"
    found = os.path.isdir(flows)
    return Project(
        root=root,
        file=None,
        flows=flows if found else root,
        build=root / "build",
        targets={DEFAULT_TARGET: host_target(DEFAULT_TARGET)},
        # Without any sign of a project, a search through all folders would read strange files.
        recursive=found,
    )


def _folders(body: tree.Mapping, root: Path, findings: list[Diagnostic]) -> tuple[Path, Path]:
    flows = _path(body.get("flows"), root, findings)
    # Unlike Path.is_dir, this takes a name that is too long for one that is not there.
    if flows is not None and not os.path.isdir(flows):
        node = body.get("flows")
        assert node is not None, "a path was read from it"
        message = f"there is no folder '{display_path(flows, root)}'"
        findings.append(BAD_FOLDER.at(node.span, message))
    if flows is None:
        default = root / "flows"
        flows = default if os.path.isdir(default) else root
    node = body.get("build")
    build = _path(node, root, findings)
    if build is not None and node is not None:
        fault = build_folder_fault(build, flows, root)
        if fault is not None:
            findings.append(BAD_FOLDER.at(node.span, fault, hint="for example: build: build"))
    return flows, build if build is not None else root / "build"


def _path(node: Node | None, root: Path, findings: list[Diagnostic]) -> Path | None:
    """A path of the project file, which must stay inside its folder."""
    if node is None or is_empty(node):
        return None
    if not isinstance(node, Scalar) or not node.text:
        findings.append(BAD_PROJECT.at(node.span, "here stands one path"))
        return None
    text = node.text
    if "\\" in text:
        message = f"'{text}' has a backslash; folders are parted by / on every system"
        findings.append(BAD_PROJECT.at(node.span, message, hint=text.replace("\\", "/")))
        return None
    path = root / text
    if Path(text).is_absolute() or not is_inside(path, root):
        message = f"'{text}' leads out of the project's folder"
        hint = "paths here are relative to the project file; links are followed to their end"
        findings.append(OUTSIDE_PROJECT.at(node.span, message, hint=hint))
        return None
    return path


def _targets(node: Node | None, findings: list[Diagnostic]) -> Mapping[str, Target]:
    if is_empty(node) or node is None:
        return {DEFAULT_TARGET: host_target(DEFAULT_TARGET)}
    if not isinstance(node, tree.Mapping):
        message = "targets are a map: a name, and what it is"
        findings.append(BAD_PROJECT.at(node.span, message, hint="plain: {host: static}"))
        return {}
    targets: dict[str, Target] = {}
    for entry in node:
        target, found = read_target(entry)
        findings += found
        if target is not None:
            targets[target.name] = target
    return targets


def _target_places(node: Node | None) -> Mapping[str, Span]:
    entries = node.entries if isinstance(node, tree.Mapping) else ()
    return {
        entry.key: Span(entry.key_span.file, entry.key_span.start, entry.value.span.end)
        for entry in entries
    }


def _matrix(node: Node | None, root: Path, findings: list[Diagnostic]) -> Matrix | None:
    if node is None or is_empty(node):
        return None
    table: Node | None = node
    folder: Scalar | None = None
    flows: tuple[FlowPattern, ...] = ()
    if isinstance(node, tree.Mapping):
        for entry in node:
            if entry.key not in _MATRIX_KEYS:
                hint = meant(entry.key, _MATRIX_KEYS) or f"it has {', '.join(_MATRIX_KEYS)}"
                message = f"a matrix has no '{entry.key}'"
                findings.append(UNKNOWN_PROJECT_KEY.at(entry.key_span, message, hint=hint))
        table, column = node.get("table"), node.get("folder")
        flows = read_patterns(node.get("flows"), findings)
        if isinstance(column, Scalar) and column.value is not None:
            folder = column
        elif column is not None and not is_empty(column):
            findings.append(BAD_PROJECT.at(column.span, "'folder' is the name of one column"))
    if table is None or is_empty(table):
        message = "the matrix does not say its table"
        findings.append(BAD_PROJECT.at(node.span, message, hint="matrix: {table: stores.csv}"))
        return None
    path = _path(table, root, findings)
    if path is None:
        return None
    name = display_path(path, root)
    file, found = read_source(path, root=root, name=name, asked=table.span)
    findings += found
    if file is None:
        return None
    matrix, found = read_matrix(file, folder=folder, flows=flows)
    findings += found
    return matrix


def _budgets(node: Node | None, findings: list[Diagnostic]) -> dict[str, dict[str, int]]:
    """How much may come before the first choice, and before a human."""
    budgets: dict[str, dict[str, int]] = {}
    for goal, limits in _members(node, _BUDGETS, "budgets", findings):
        for measure, value in _members(limits, _MEASURES, goal, findings):
            if isinstance(value, Scalar) and value.text.isdecimal() and len(value.text) < 7:
                budgets.setdefault(goal, {})[measure] = int(value.text)
            else:
                message = f"{measure} is a whole number: how many may come before it"
                findings.append(BAD_PROJECT.at(value.span, message))
    return budgets


def _members(
    node: Node | None, known: Sequence[str], what: str, findings: list[Diagnostic]
) -> list[tuple[str, Node]]:
    """The known keys of a map, with a finding for each other one."""
    if node is None or is_empty(node):
        return []
    if not isinstance(node, tree.Mapping):
        hint = "budgets: {choice: {seconds: 30}, human: {keys: 3}}"
        message = f"'{what}' is a map of {', '.join(known)}"
        findings.append(BAD_PROJECT.at(node.span, message, hint=hint))
        return []
    for entry in node:
        if entry.key not in known:
            hint = meant(entry.key, known) or f"it has {', '.join(known)}"
            message = f"'{what}' has no '{entry.key}'"
            findings.append(UNKNOWN_PROJECT_KEY.at(entry.key_span, message, hint=hint))
    return [(entry.key, entry.value) for entry in node if entry.key in known]


def _rules(node: Node | None, findings: list[Diagnostic]) -> Mapping[str, Setting]:
    if node is None or is_empty(node):
        return {}
    if not isinstance(node, tree.Mapping):
        message = "rules are a map: a rule, and off, note, warning or error"
        findings.append(BAD_PROJECT.at(node.span, message))
        return {}
    # The catalogue imports every rule there is; most projects set none.
    from twimlc.diagnostics.catalogue import find, nearest

    settings: dict[str, Setting] = {}
    for entry in node:
        rule, value = find(entry.key), entry.value
        word = value.text if isinstance(value, Scalar) else ""
        if rule is None:
            near = nearest(entry.key)
            message = f"no rule is called '{entry.key}'"
            hint = None if near is None else f"did you mean '{near}'?"
            findings.append(BAD_RULE_SETTING.at(entry.key_span, message, hint=hint))
        elif word not in ("off", *Severity):
            message = f"'{word}' is no severity: a rule is set to off, note, warning or error"
            findings.append(BAD_RULE_SETTING.at(value.span, message))
        elif rule.severity is Severity.ERROR and word != Severity.ERROR:
            message = f"'{rule.slug}' is an error that would give a wrong build; it stays one"
            findings.append(BAD_RULE_SETTING.at(value.span, message))
        else:
            settings[rule.slug] = "off" if word == "off" else Severity(word)
    return settings
