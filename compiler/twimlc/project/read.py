"""The project: its file comes in, and what it says about flows, targets, rows and rules goes out.

The folder of ``twimlc.yaml`` is the project's; paths in the file stay inside it.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from twimlc.about import MISNAMED, PROJECT_FILE
from twimlc.findings import Diagnostic, Severity, catalogue, rules
from twimlc.formats.format import At
from twimlc.formats.project_file import (
    HOSTS,
    NOTHING_SAID,
    OTHER_HOSTS,
    PROJECT,
    RULES,
    Account,
    FlowPattern,
)
from twimlc.project.files import display_path, is_inside, place_of, read_source
from twimlc.project.matrix import Matrix, read_matrix
from twimlc.project.targets import Target, host_target, read_target
from twimlc.text import SourceFile, Span
from twimlc.yaml import tree
from twimlc.yaml.names import meant, unknown
from twimlc.yaml.reader import read_yaml
from twimlc.yaml.tree import Node, Scalar, is_empty

if TYPE_CHECKING:
    from twimlc.calendars.read import Calendar  # most projects have none

_DEFAULT_TARGETS = {"twiml-bin": host_target("twiml-bin")}

Setting = Severity | Literal["off"]


class Project(NamedTuple):
    """A folder of flows and what to make of them. ``rules`` maps slugs to severities.

    ``target_places`` says where each target is, also one whose host is not known, and
    ``param_places`` where each of ``params`` does.
    ``budgets`` says how many seconds, words and keys may come before a choice and a human,
    ``account`` what only the account knows. ``ends`` tell when its calendars end.
    """

    root: Path
    file: SourceFile | None
    flows: Path
    build: Path
    targets: Mapping[str, Target]
    target_places: Mapping[str, Span] = {}
    params: Mapping[str, Node] = {}
    param_places: Mapping[str, Span] = {}
    matrix: Matrix | None = None
    rules: Mapping[str, Setting] = {}
    budgets: Mapping[str, Mapping[str, int]] = {}
    account: Account = NOTHING_SAID
    calendars: "Mapping[str, Calendar]" = {}
    lists: Node | None = None
    ends: tuple[Diagnostic, ...] = ()
    recursive: bool = True


def find_root(start: Path) -> Path | None:
    """The nearest folder, from ``start`` upwards, that has a project file, be it misnamed."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / PROJECT_FILE).is_file() or (folder / MISNAMED).is_file():
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
    misnamed = root / MISNAMED
    if config.name == PROJECT_FILE and misnamed.is_file() and not config.is_file():
        name = display_path(misnamed, cwd.absolute())
        message = f"the project file is called {PROJECT_FILE}, so '{name}' has no effect"
        return None, [rules.BAD_PROJECT.at(place_of(name), message, hint=f"name it {PROJECT_FILE}")]
    read = partial(read_source, texts=texts)
    file, findings = read(config, root=None, name=display_path(config, cwd.absolute()))
    if file is None:
        return None, findings
    body, yaml_findings = read_yaml(file)
    findings += yaml_findings
    if body is None or is_empty(body):
        body = tree.Mapping((), Span(file, 0, 0))
    said = PROJECT.read(At(body, body, findings, *RULES))
    if not isinstance(body, tree.Mapping):
        return None, findings
    flows, build = _folders(body, said, root, findings)
    account = said.get("account", NOTHING_SAID)
    settings = _settings(body.get("rules"), said.get("rules", {}), findings)
    if account.pci:
        # What is only unwise elsewhere is refused in PCI mode.
        settings = {rules.INSECURE_ADDRESS.slug: Severity.ERROR, **settings}
    calendars, ends = _calendars(body.get("calendars"), said.get("calendars", {}), findings)
    project = Project(
        root=root,
        file=file,
        flows=flows,
        build=build,
        targets=_targets(body.get("targets"), said.get("targets", {}), findings),
        target_places={
            entry.key: entry.key_span._replace(end=entry.value.span.end)
            for entry in tree.entries_of(body.get("targets"))
        },
        params=said.get("params", {}),
        param_places=tree.key_spans(body.get("params")),
        matrix=_matrix(said.get("matrix"), root, findings, cwd.absolute(), read),
        rules=settings,
        budgets={goal: most for goal, most in said.get("budgets", {}).items() if most},
        account=account,
        lists=body.get("lists"),
        calendars=calendars,
        ends=ends,
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
        elif name in project.target_places:  # reading it has reported what is wrong with it
            continue
        elif name in HOSTS:
            chosen[name] = host_target(name)
        else:
            known = list(dict.fromkeys([*project.targets, *HOSTS]))
            span = Span(SourceFile("command line", f"-t {name}"), 3, 3 + len(name))
            other = OTHER_HOSTS.get(name.upper())
            hint = other or meant(name, known) or f"known: {', '.join(known)}"
            hint = f"did you mean '{hint}'?" if hint in HOSTS else hint
            message = f"unknown target or host '{name}'"
            findings.append(rules.UNKNOWN_TARGET.at(span, message, hint=hint))
    return list(chosen.values()), findings


def unknown_flows(project: Project, flows: Sequence[str]) -> list[Diagnostic]:
    """A finding for each name or glob of the project file that fits no flow of the project.

    ``flows`` must be all of the project's, not only those a command line asks for.
    """
    patterns: list[FlowPattern] = [] if project.matrix is None else [*project.matrix.flows]
    for target in project.targets.values():
        patterns += (*target.flows, *target.bin_flows)
        if target.on_error is not None and "onError" in target.places:
            patterns.append(FlowPattern(target.on_error, target.places["onError"]))
    return [
        unknown(rules.NO_SUCH_FLOW, glob.span, glob.text, flows, f"unknown flow '{glob.text}'")
        for glob in patterns
        if glob.text not in flows and not any(map(glob.matches, flows))
    ]


def build_folder_fault(build: Path, flows: Path, root: Path) -> str | None:
    """Why a folder cannot be built to; None when it can."""
    # Path.resolve raises where links form a loop.
    real = Path(os.path.realpath(build))
    if real == Path(os.path.realpath(root)):
        return "the build folder cannot be the project's folder itself"
    if Path(os.path.realpath(flows)).is_relative_to(real):
        return "the build folder cannot hold the flows"
    return None


def _bare_project(root: Path) -> Project:
    flows = _default_flows(root)
    return Project(
        root=root,
        file=None,
        flows=flows,
        build=root / "build",
        targets=_DEFAULT_TARGETS,
        # Without any sign of a project, a search through all folders would read strange files.
        recursive=flows != root,
    )


def _default_flows(root: Path) -> Path:
    flows = root / "flows"
    return flows if os.path.isdir(flows) else root


def _folders(
    body: tree.Mapping, said: Mapping[str, Scalar], root: Path, findings: list[Diagnostic]
) -> tuple[Path, Path]:
    flows = _path(said.get("flows"), root, findings) or _default_flows(root)
    # Unlike Path.is_dir, this takes a name that is too long for one that is not there.
    if "flows" in said and not os.path.isdir(flows):
        message = f"there is no folder '{display_path(flows, root)}'"
        findings.append(rules.BAD_FOLDER.at(said["flows"].span, message))
    build = _path(said.get("build"), root, findings)
    fault = None if build is None else build_folder_fault(build, flows, root)
    if fault is not None:
        findings.append(
            rules.BAD_FOLDER.at(said["build"].span, fault, hint="for example: build: build")
        )
    return flows, build or root / "build"


def _path(node: Scalar | None, root: Path, findings: list[Diagnostic]) -> Path | None:
    """A path of the project file, which must stay inside its folder."""
    if node is None:
        return None
    text = node.text
    if not text:
        findings.append(rules.BAD_PROJECT.at(node.span, "this takes one path"))
        return None
    if "\\" in text:
        message = f"'{text}' has a backslash; folders are separated by / on every system"
        findings.append(rules.BAD_PROJECT.at(node.span, message, hint=text.replace("\\", "/")))
        return None
    path = root / text
    if Path(text).is_absolute() or not is_inside(path, root):
        message = f"'{text}' leads out of the project's folder"
        hint = "paths here are relative to the project file; links are followed to their end"
        findings.append(rules.OUTSIDE_PROJECT.at(node.span, message, hint=hint))
        return None
    return path


def _settings(
    node: Node | None, said: Mapping[str, str], findings: list[Diagnostic]
) -> dict[str, Setting]:
    if node is None:
        return {}
    settings: dict[str, Setting] = {}
    for entry in tree.entries_of(node):
        rule, word = catalogue.find(entry.key), said.get(entry.key)
        if rule is None:
            message = f"unknown rule '{entry.key}'"
            place, known = entry.key_span, catalogue.RULES
            findings.append(unknown(rules.BAD_RULE_SETTING, place, entry.key, known, message))
        elif word is not None and rule.severity is Severity.ERROR and word != Severity.ERROR:
            message = f"'{rule.slug}' prevents a wrong build, so it is always an error"
            findings.append(rules.BAD_RULE_SETTING.at(entry.value.span, message))
        elif word is not None:
            settings[rule.slug] = "off" if word == "off" else Severity(word)
    return settings


def _targets(
    node: Node | None, said: Mapping[str, dict[str, Any]], findings: list[Diagnostic]
) -> Mapping[str, Target]:
    if node is None or is_empty(node):
        return _DEFAULT_TARGETS
    targets: dict[str, Target] = {}
    for entry in tree.entries_of(node):
        if isinstance(entry.value, tree.Mapping):
            target, found = read_target(entry, entry.value, said[entry.key])
            findings += found
            if target.host:
                targets[target.name] = target
    return targets


def _calendars(
    node: Node | None, said: Mapping[str, Any], findings: list[Diagnostic]
) -> "tuple[Mapping[str, Calendar], tuple[Diagnostic, ...]]":
    """The calendars, and when they end, which is told only by who knows the date."""
    if not said:
        return {}, ()
    from twimlc.calendars.read import read_calendars  # as above

    calendars, found = read_calendars(said, node)
    findings += (each for each in found if each.rule != rules.CALENDAR_ENDS)
    return calendars, tuple(each for each in found if each.rule == rules.CALENDAR_ENDS)


def _matrix(
    said: Mapping[str, Any] | None,
    root: Path,
    findings: list[Diagnostic],
    cwd: Path,
    read: Callable[..., tuple[SourceFile | None, list[Diagnostic]]],
) -> Matrix | None:
    path = _path(said["table"], root, findings) if said and "table" in said else None
    if path is None or said is None:
        return None
    name = display_path(path, cwd)
    file, found = read(path, root=root, name=name, asked=said["table"].span)
    findings += found
    if file is None:
        return None
    matrix, found = read_matrix(file, folder=said.get("folder"), flows=said.get("flows", ()))
    findings += found
    return matrix
