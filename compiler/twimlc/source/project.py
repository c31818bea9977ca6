"""The project: its file comes in, and what it says about flows, targets, rows and rules goes out.

The folder of ``twimlc.yaml`` is the project's; paths in the file stay inside it.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType

from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.diagnostics.rules.project import (
    BAD_FOLDER,
    BAD_PROJECT,
    NO_SUCH_FLOW,
    OUTSIDE_PROJECT,
    UNKNOWN_PROJECT_KEY,
    UNKNOWN_TARGET,
)
from twimlc.source import tree
from twimlc.source.account import NOTHING_SAID, Account, read_account
from twimlc.source.files import display_path, is_inside, place_of, read_source
from twimlc.source.matrix import Matrix, read_matrix
from twimlc.source.names import meant
from twimlc.source.patterns import FlowPattern, read_patterns
from twimlc.source.reader import read_yaml
from twimlc.source.respell import hint_and_fix
from twimlc.source.settings import Setting, read_budgets, read_rules, unknown_keys
from twimlc.source.targets import HOSTS, Target, host_target, read_target
from twimlc.source.tree import Node, Scalar, is_empty
from twimlc.text import SourceFile, Span

PROJECT_FILE = "twimlc.yaml"
_MISNAMED = "twimlc.yml"
DEFAULT_TARGET = "twiml-bin"

PROJECT_KEYS = ("flows", "build", "targets", "matrix", "account", "rules", "budgets")
_MATRIX_KEYS = ("table", "folder", "flows")


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of flows and what to make of them. ``rules`` maps slugs to severities.

    ``target_places`` says where each target stands, also one whose host is not known.
    ``budgets`` says how many seconds, words and keys may come before a choice and a human,
    ``account`` what only the account knows.
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
    account: Account = NOTHING_SAID
    recursive: bool = True


def find_root(start: Path) -> Path | None:
    """The nearest folder, from ``start`` upwards, that has a project file, be it misnamed."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / PROJECT_FILE).is_file() or (folder / _MISNAMED).is_file():
            return folder
    return None


def read_project(
    config: Path | None, cwd: Path, texts: Mapping[str, str] = MappingProxyType({})
) -> tuple[Project | None, list[Diagnostic]]:
    """The project of a project file, or, without one, what ``cwd`` alone makes up.

    ``texts`` holds what files say instead of what lies on the disk, as in :func:`read_source`.
    """
    if config is None:
        return _bare_project(cwd.absolute()), []
    config = cwd.absolute() / config
    root = config.parent
    misnamed = root / _MISNAMED
    if config.name == PROJECT_FILE and misnamed.is_file() and not config.is_file():
        name = display_path(misnamed, cwd.absolute())
        message = f"the project file is called {PROJECT_FILE}, so '{name}' has no effect"
        return None, [BAD_PROJECT.at(place_of(name), message, hint=f"name it {PROJECT_FILE}")]
    read = partial(read_source, texts=texts)
    file, findings = read(config, root=None, name=display_path(config, cwd.absolute()))
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
        if entry.key not in PROJECT_KEYS and not entry.key.startswith("x-"):
            near, fix = hint_and_fix(entry.key_span, entry.key, PROJECT_KEYS)
            hint = near or f"it can have {', '.join(PROJECT_KEYS)}, and x-… for notes"
            message = f"the project file has no '{entry.key}'"
            findings.append(UNKNOWN_PROJECT_KEY.at(entry.key_span, message, hint=hint, fix=fix))
    flows, build = _folders(body, root, findings)
    account = read_account(body.get("account"), findings)
    rules = read_rules(body.get("rules"), findings)
    if account.pci:
        # What is only unwise elsewhere is refused in PCI mode.
        from twimlc.diagnostics.rules.addresses import INSECURE_ADDRESS

        rules = {INSECURE_ADDRESS.slug: Severity.ERROR, **rules}
    project = Project(
        root=root,
        file=file,
        flows=flows,
        build=build,
        targets=_targets(body.get("targets"), findings),
        target_places=_target_places(body.get("targets")),
        matrix=_matrix(body.get("matrix"), root, findings, cwd.absolute(), read),
        rules=rules,
        budgets=read_budgets(body.get("budgets"), findings),
        account=account,
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
            pattern.span,
            f"no flow is called '{pattern.text}'",
            hint=known[0],
            fix=known[1],
        )
        for pattern in patterns
        if pattern.text not in flows and not pattern.matches_any(flows)
        for known in [hint_and_fix(pattern.span, pattern.text, flows)]
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


def _matrix(
    node: Node | None,
    root: Path,
    findings: list[Diagnostic],
    cwd: Path,
    read: Callable[..., tuple[SourceFile | None, list[Diagnostic]]],
) -> Matrix | None:
    if node is None or is_empty(node):
        return None
    table: Node | None = node
    folder: Scalar | None = None
    flows: tuple[FlowPattern, ...] = ()
    if isinstance(node, tree.Mapping):
        unknown_keys(node, _MATRIX_KEYS, "a matrix", findings)
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
    name = display_path(path, cwd)
    file, found = read(path, root=root, name=name, asked=table.span)
    findings += found
    if file is None:
        return None
    matrix, found = read_matrix(file, folder=folder, flows=flows)
    findings += found
    return matrix
