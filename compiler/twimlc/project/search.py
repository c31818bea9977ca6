"""The search for flows: a project and the paths of a command line in, files out."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import MISSING_PATH, OUTSIDE_PROJECT, UNREADABLE_FILE
from twimlc.project.files import display_path, in_words, is_inside, place_of, read_source
from twimlc.project.kinds import (
    COMPONENTS,
    SCRIPT_ENDINGS,
    YAML_ENDINGS,
    FileKind,
    kind_of_file,
    stem_of,
)
from twimlc.project.read import Project
from twimlc.text import SourceFile, lazy_pattern
from twimlc.yaml.names import nearest
from twimlc.yaml.reader import read_yaml
from twimlc.yaml.tree import Mapping as Map, Node, is_empty, name_of

_FLOW_KEY = lazy_pattern(r"^flow:[ \t]*[\"']?([a-z][a-z0-9-]*)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)
_ANY_FLOW_KEY = lazy_pattern(r"\bflow[\"']?[ \t]*:")
_HINTS = {
    FileKind.DOCUMENT: "twimlc check finds what is wrong in it",
    FileKind.SCRIPT: "twimlc test plays it and reports what is wrong in it",
}


def flow_files(project: Project, paths: Sequence[Path]) -> tuple[list[Path], list[Diagnostic]]:
    """The flow files that ``paths`` lead to, sorted; without paths, all of the project."""
    return _files(project, paths, _is_flow, "flow")


def script_files(project: Project, paths: Sequence[Path]) -> tuple[list[Path], list[Diagnostic]]:
    """The call scripts that ``paths`` lead to, sorted; without paths, all of the project."""
    return _files(project, paths, lambda name: name.endswith(SCRIPT_ENDINGS), "call script")


def nothing_at(path: Path, project: Project | None, cwd: Path) -> str:
    """The message for a path that leads nowhere: it may be a flow's name, not a file's."""
    message = f"there is no file or folder '{display_path(path, cwd)}'"
    flows = flow_files(project, ())[0] if project is not None else []
    files = {stem_of(file): file for file in flows}
    name = nearest(stem_of(path), files)
    near = None if name is None else display_path(files[name], cwd)
    return message if near is None else f"{message} (did you mean '{near}'?)"


def flow_name(path: Path, cwd: Path, texts: Mapping[str, str]) -> str:
    """The name of the flow in a file; ``texts`` holds what files say instead."""
    file, _ = read_source(path, root=None, name=display_path(path, cwd), texts=texts)
    return name_in(file, path) if file is not None else stem_of(path)


def name_in(file: SourceFile, path: Path) -> str:
    """The name of the flow in the text of a file."""
    if (written := _FLOW_KEY.search(file.text)) is not None:
        return written[1]
    if _ANY_FLOW_KEY.search(file.text):  # few files need to be parsed for it
        return name_of_flow(read_yaml(file)[0], stem_of(path))
    return stem_of(path)


def name_of_flow(tree: Node | None, stem: str) -> str:
    """``flow:`` if given, else the file's stem."""
    given = tree.get("flow") if isinstance(tree, Map) else None
    return (None if is_empty(given) else name_of(given)) or stem


def component_files(project: Project, flow: Path) -> Mapping[str, Path]:
    """The components that a flow can use: those of the flows' folder, and those beside it."""
    found: dict[str, Path] = {}
    for folder in dict.fromkeys((project.flows, flow.parent)):
        try:
            names = sorted(os.listdir(folder / COMPONENTS))
        except OSError:  # no such folder: no components
            continue
        for name in names:
            if name.endswith(YAML_ENDINGS) and not name.startswith("."):
                found[name.rsplit(".", 1)[0]] = folder / COMPONENTS / name
    return found


def _is_flow(name: str) -> bool:
    beside = kind_of_file(Path(name)) in (FileKind.PROJECT, FileKind.SCRIPT)
    return name.endswith(YAML_ENDINGS) and not beside and not name.startswith(".")


def _files(
    project: Project, paths: Sequence[Path], wanted: Callable[[str], bool], noun: str
) -> tuple[list[Path], list[Diagnostic]]:
    findings: list[Diagnostic] = []
    found: list[Path] = []
    # Where the project's folder of flows is missing, reading its file has reported it.
    if not paths and os.path.isdir(project.flows):
        found += _search(project, project.flows, wanted, findings, deep=project.recursive)
    for path in paths:
        name = display_path(path, project.root)
        if os.path.isdir(path):
            inside = list(_search(project, path, wanted, findings, deep=True))
            if not inside and not findings:
                findings.append(MISSING_PATH.at(place_of(name), f"there is no {noun} in '{name}'"))
            found += inside
        elif (reason := _no_flow(path, wanted, noun)) is not None:
            hint = _HINTS.get(kind_of_file(path))
            findings.append(MISSING_PATH.at(place_of(name), f"'{name}' is {reason}", hint=hint))
        else:
            found.append(path)
    # One file that two paths or a link lead to is one flow, under its own name where that is met.
    found.sort(key=lambda path: (not path.is_symlink(), path.as_posix()))
    unique = {os.path.realpath(path): path for path in found}
    return sorted(unique.values(), key=lambda p: p.as_posix()), findings


def _no_flow(path: Path, wanted: Callable[[str], bool], noun: str) -> str | None:
    match kind_of_file(path):
        case FileKind.PROJECT:
            return f"the project file, not a {noun}"
        case FileKind.DOCUMENT:
            return f"a TwiML document, not a {noun}"
        case _ if path.parent.name == COMPONENTS:
            return f"a component, not a {noun}"
        case FileKind.SCRIPT if not wanted(path.name):
            return f"a call script, not a {noun}"
    return None


def _search(
    project: Project,
    folder: Path,
    wanted: Callable[[str], bool],
    findings: list[Diagnostic],
    *,
    deep: bool,
) -> Iterator[Path]:
    # Links may lead back up; a folder is entered once, under the first name it is met by.
    seen = {os.path.realpath(project.build)}
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        real = os.path.realpath(current)
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = sorted(os.scandir(current), key=lambda entry: entry.name, reverse=True)
        except OSError as fault:
            name = display_path(current, project.root)
            message = f"the folder '{name}' cannot be searched: {in_words(fault)}"
            findings.append(UNREADABLE_FILE.at(place_of(name), message))
            continue
        for entry in entries:
            path = Path(entry.path)
            if _is_folder(entry):
                skipped = entry.name.startswith(".") or entry.name == COMPONENTS
                if not deep or skipped or _leads_out(entry, project, findings):
                    continue
                waiting.append(path)
            elif wanted(entry.name) and not _leads_out(entry, project, findings):
                yield path


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # links in a loop; whoever reads the file says so
        return False


def _leads_out(entry: "os.DirEntry[str]", project: Project, findings: list[Diagnostic]) -> bool:
    if not entry.is_symlink() or is_inside(Path(entry.path), project.root):
        return False
    name = display_path(Path(entry.path), project.root)
    message = f"'{name}' is a link that leads out of the project's folder"
    findings.append(OUTSIDE_PROJECT.at(place_of(name), message))
    return True
