"""What goes into the pipeline and what comes out: the types of the public API."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from twimlc.about import PROJECT_FILE
from twimlc.findings.diagnostic import Diagnostic
from twimlc.project.read import Project, choose_targets, find_root, read_project
from twimlc.project.search import script_files
from twimlc.project.targets import Target

if TYPE_CHECKING:
    from twimlc.output.ground import Ground  # what writes builds is not loaded by `check`


class UsageError(Exception):
    """The request itself is wrong: a target nobody knows, a path that is not there."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(f"{message} ({hint})" if hint else message)


@dataclass(frozen=True, slots=True)
class Options:
    """What to compile and how.

    ``paths`` limit it to some files or folders; ``targets`` are names of targets, or of hosts;
    ``params`` are texts as on a command line, stronger than ``params_files`` (YAML or JSON).
    ``stdin`` is a flow given as (name, bytes) instead of paths. ``output`` takes the place of the
    project's build folder. ``previous`` is an earlier build (a folder for each target) whose
    versions stay, and not those in the output folder; ``found`` is where builds that are repeated
    remember the one that they found. ``force``: also files that no build wrote are replaced.
    ``write`` false: nothing is changed on the disk. ``verify`` false: what
    is built is not compared with the flows. ``jobs`` is how many processes compile (None: as many
    as help), ``executor`` the address of a cluster that does it instead. ``progress`` is told the
    work, how many are done, of how many, and of what ("flows", "rows", "targets"). ``texts`` holds
    what files say instead of what lies on the disk, by the path that findings show.
    ``store``: what earlier runs have kept in the project's folder is used, and this one keeps what
    it makes. ``today`` is what a check compares the ends of calendars with.
    """

    paths: tuple[Path, ...] = ()
    config: Path | None = None
    targets: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    params_files: tuple[Path, ...] = ()
    output: Path | None = None
    stdin: tuple[str, bytes] | None = None
    cwd: Path | None = None
    previous: Path | None = None
    found: "dict[str, Ground | None] | None" = None
    force: bool = False
    write: bool = True
    verify: bool = True
    jobs: int | None = 1
    executor: str | None = None
    progress: Callable[..., None] | None = field(default=None, compare=False)
    texts: Mapping[str, str] = field(default_factory=dict)
    store: bool = False
    today: date | None = None

    @property
    def folder(self) -> Path:
        """Where relative paths begin."""
        return (self.cwd or Path.cwd()).absolute()


class NumberSetting(NamedTuple):
    """What to set on the phone number that a flow answers: for calls, or for messages.

    ``changed``: the build before said something else, or nothing.
    """

    flow: str
    url: str
    method: str
    kind: str = "voice"
    fallback: str | None = None
    changed: bool = True


class Paste(NamedTuple):
    """A file whose text has to be pasted into a TwiML Bin by hand; ``bin`` is its SID, if known.

    ``mark`` stands in its second line: a Bin that shows it has this text already.
    """

    file: str
    size: int
    flow: str
    bin: str | None
    mark: str


class TestCall(NamedTuple):
    """A call to make before a line goes live, and what must be heard: ``assumption`` is what it
    shows, ``flows`` those in which it matters, if that is known."""

    assumption: str
    call: str
    flows: tuple[str, ...] = ()


class TargetReport(NamedTuple):
    """What was built for one target. ``fetches`` is 0 where no path has an end (a loop).

    ``pairs`` counts the pairs of positions, in a flow and in its documents, that were compared;
    None where that was not asked for. ``unverified`` are the flows too big to be compared wholly.
    ``changes`` are the files that are new or not as they were, ``removals`` those that go,
    ``changed_flows`` the flows that have such files where there was a build before, which is
    ``again``. ``remarks`` are what people should know of that build, ``upload`` how the files come
    to their host, and ``test_calls`` what to try, for a target that callers can reach.
    """

    name: str
    host: str
    folder: str
    built: bool
    documents: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    largest: tuple[str, int] | None = None
    fetches: int = 0
    fetches_flow: str | None = None
    approximations: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    numbers: tuple[NumberSetting, ...] = ()
    pairs: int | None = None
    unverified: tuple[str, ...] = ()
    pastes: tuple[Paste, ...] = ()
    changes: tuple[str, ...] = ()
    removals: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    again: bool = False
    changed_flows: tuple[str, ...] = ()
    upload: str | None = None
    test_calls: tuple[TestCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The findings, in order, each once; and one report for each target.

    ``faults`` are mistakes of the compiler itself: documents that are not the call that their
    flow says, told for people. Nothing of such a target was written. ``scripts`` are the call
    scripts beside the flows that were checked, which are not looked into here. ``read`` are the
    absolute paths of all files that were looked at, and of folders in which some were; empty where
    they are not known.
    """

    findings: tuple[Diagnostic, ...]
    targets: tuple[TargetReport, ...] = ()
    faults: tuple[str, ...] = ()
    scripts: tuple[Path, ...] = ()
    read: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was found that stops a build."""
        return not self.faults and not any(finding.is_error for finding in self.findings)


def project_of(options: Options) -> tuple[Project | None, list[Diagnostic]]:
    """The project that the options lead to, without its flows."""
    return read_project(project_file(options), options.folder, options.texts)


def scripts_of(options: Options) -> list[Path]:
    """The call scripts of the project, or of the folders among the options' paths."""
    project, _ = project_of(options)
    folders = [path for given in options.paths if (path := options.folder / given).is_dir()]
    if project is None or options.stdin is not None or (options.paths and not folders):
        return []
    return script_files(project, folders)[0]


def project_file(options: Options) -> Path | None:
    """The project file that is named or, from the folder and the first path upward, the nearest."""
    cwd = options.folder
    if options.config is not None:
        config = cwd / options.config
        if not os.path.isfile(config):
            raise UsageError(f"there is no project file '{options.config}'")
        return config
    paths = (cwd / path for path in options.paths[:1])
    for start in (cwd, *(path if os.path.isdir(path) else path.parent for path in paths)):
        if (root := find_root(start)) is not None:
            return root / PROJECT_FILE
    return None


def targets_of(project: Project, options: Options) -> list[Target]:
    """The targets that the options choose. Raises :class:`UsageError` where one is unknown."""
    targets, unknown = choose_targets(project, options.targets)
    if unknown:
        raise UsageError(unknown[0].message, unknown[0].hint)
    return targets
