"""What the shell offers after a tab: the names that the project has.

A tab must never print an error, so whatever cannot be read offers nothing.
"""

from collections.abc import Iterable
from pathlib import Path

from twimlc.about import PROJECT_FILE
from twimlc.project.kinds import stem_of
from twimlc.project.read import Project, find_root, read_project
from twimlc.project.search import flow_files


def flow_names() -> Iterable[str]:
    """Names of flows, by the names of their files."""
    project = _project()
    files = flow_files(project, ())[0] if project is not None else []
    return dict.fromkeys(stem_of(path) for path in files)


def target_names() -> Iterable[str]:
    """The targets of the project file."""
    project = _project()
    return project.target_places if project is not None else ()


def _project() -> Project | None:
    here = Path.cwd()
    root = find_root(here)
    return read_project(None if root is None else root / PROJECT_FILE, here)[0]
