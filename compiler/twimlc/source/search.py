"""The search for flows: a project and the paths of a command line in, files out."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.project import MISSING_PATH, OUTSIDE_PROJECT, UNREADABLE_FILE
from twimlc.source.files import display_path, in_words, is_inside, place_of
from twimlc.source.names import meant, nearest
from twimlc.source.project import PROJECT_FILE, Project

COMPONENTS = "_components"
_ENDINGS = (".yaml", ".yml")
SCRIPT_ENDINGS = (".test.yaml", ".test.yml")
_PROJECT_FILES = (PROJECT_FILE, "twimlc.yml")


def flow_files(project: Project, paths: Sequence[Path]) -> tuple[list[Path], list[Diagnostic]]:
    """The flow files that ``paths`` lead to, sorted; without paths, all of the project."""
    return _files(project, paths, _is_flow, "flow")


def script_files(project: Project, paths: Sequence[Path]) -> tuple[list[Path], list[Diagnostic]]:
    """The call scripts that ``paths`` lead to, sorted; without paths, all of the project."""
    return _files(project, paths, lambda name: name.endswith(SCRIPT_ENDINGS), "call script")


def nothing_at(path: Path, project: Project | None, cwd: Path) -> str:
    """What is said about a path that leads nowhere: it may be the name of a flow, not of a file."""
    message = f"there is no file or folder '{display_path(path, cwd)}'"
    found = flow_files(project, ())[0] if project is not None else []
    files = {_stem(file): file for file in found}
    name = nearest(_stem(path), files)
    if name is None:
        return message
    return f"{message} (did you mean '{display_path(files[name], cwd)}'?)"


def _stem(path: Path) -> str:
    name = path.name
    for ending in (*SCRIPT_ENDINGS, *_ENDINGS):
        name = name.removesuffix(ending)
    return name.removesuffix(".flow")


def component_files(project: Project, flow: Path) -> Mapping[str, Path]:
    """The components that a flow can use: those of the flows' folder, and those beside it."""
    found: dict[str, Path] = {}
    for folder in dict.fromkeys((project.flows, flow.parent)):
        try:
            names = sorted(os.listdir(folder / COMPONENTS))
        except OSError:  # no such folder: no components
            continue
        for name in names:
            if name.endswith(_ENDINGS) and not name.startswith("."):
                found[name.rsplit(".", 1)[0]] = folder / COMPONENTS / name
    return found


def _is_flow(name: str) -> bool:
    return (
        name.endswith(_ENDINGS)
        and not name.endswith(SCRIPT_ENDINGS)
        and name not in _PROJECT_FILES
        and not name.startswith(".")
    )


def _files(
    project: Project, paths: Sequence[Path], wanted: Callable[[str], bool], noun: str
) -> tuple[list[Path], list[Diagnostic]]:
    findings: list[Diagnostic] = []
    found: list[Path] = []
    # Where the project's folder of flows is missing, reading its file has told so.
    if not paths and os.path.isdir(project.flows):
        found += _search(project, project.flows, wanted, findings, deep=project.recursive)
    for path in paths:
        name = display_path(path, project.root)
        if os.path.isdir(path):
            inside = list(_search(project, path, wanted, findings, deep=True))
            if not inside and not findings:
                findings.append(MISSING_PATH.at(place_of(name), f"no {noun} lies in '{name}'"))
            found += inside
        elif not os.path.lexists(path):
            stems = {p.stem: p for p in _search(project, project.flows, wanted, [], deep=True)}
            message = f"there is no file or folder '{name}'"
            findings.append(MISSING_PATH.at(place_of(name), message, hint=meant(path.stem, stems)))
        elif (reason := _no_flow(path, wanted, noun)) is not None:
            hint = "twimlc check finds what is wrong in it" if path.suffix == ".xml" else None
            if path.name.endswith(SCRIPT_ENDINGS):
                hint = "twimlc test plays it and tells what is wrong in it"
            findings.append(MISSING_PATH.at(place_of(name), f"'{name}' is {reason}", hint=hint))
        else:
            found.append(path)
    # One file that two paths or a link lead to is one flow, under its own name where that is met.
    found.sort(key=lambda path: (not path.is_symlink(), path.as_posix()))
    unique = {os.path.realpath(path): path for path in found}
    return sorted(unique.values(), key=lambda p: p.as_posix()), findings


def _no_flow(path: Path, wanted: Callable[[str], bool], noun: str) -> str | None:
    if path.name in _PROJECT_FILES:
        return f"the project file, no {noun}"
    if path.suffix == ".xml":
        return f"a TwiML document, no {noun}"
    if path.parent.name == COMPONENTS:
        return f"a component, no {noun}"
    if path.name.endswith(SCRIPT_ENDINGS) and not wanted(path.name):
        return f"a call script, no {noun}"
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
    except OSError:  # links in a circle; whoever reads the file says so
        return False


def _leads_out(entry: "os.DirEntry[str]", project: Project, findings: list[Diagnostic]) -> bool:
    if not entry.is_symlink() or is_inside(Path(entry.path), project.root):
        return False
    name = display_path(Path(entry.path), project.root)
    message = f"'{name}' is a link that leads out of the project's folder"
    findings.append(OUTSIDE_PROJECT.at(place_of(name), message))
    return True
