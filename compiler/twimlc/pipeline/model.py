"""What goes into the pipeline and what comes out: the types of the public API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.source.project import Project, choose_targets
from twimlc.source.targets import Target

if TYPE_CHECKING:
    from twimlc.output.ground import Ground


class UsageError(Exception):
    """The request itself is wrong: a target nobody knows, a path that is not there."""


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
    is built is not compared with the flows. ``progress`` is told a target, how many rows are done,
    and of how many. ``texts`` holds what files say instead of what lies
    on the disk, by the path that findings show.
    """

    paths: tuple[Path, ...] = ()
    config: Path | None = None
    targets: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    params_files: tuple[Path, ...] = ()
    output: Path | None = None
    stdin: tuple[str, bytes] | None = None
    cwd: Path | None = None
    jobs: int = 1
    previous: Path | None = None
    found: "dict[str, Ground | None] | None" = None
    force: bool = False
    write: bool = True
    verify: bool = True
    progress: Callable[[str, int, int], None] | None = field(default=None, compare=False)
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NumberSetting:
    """What to set on the phone number that a flow answers: for calls, or for messages."""

    flow: str
    url: str
    method: str
    kind: str = "voice"
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Paste:
    """A file whose text has to be pasted into a TwiML Bin by hand; ``bin`` is its SID, if known.

    ``mark`` stands in its second line: a Bin that shows it has this text already.
    """

    file: str
    size: int
    flow: str
    bin: str | None
    mark: str


@dataclass(frozen=True, slots=True)
class TargetReport:
    """What was built for one target. ``fetches`` is 0 where no path has an end (a loop).

    ``pairs`` counts the pairs of positions, in a flow and in its documents, that were compared;
    None where that was not asked for. ``unverified`` are the flows too big to be compared wholly.
    ``changes`` are the files that are new or not as they were, ``removals`` those that go,
    ``remarks`` what people should know of the build before.
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


@dataclass(frozen=True, slots=True)
class Result:
    """The findings, in order, each once; and one report for each target.

    ``faults`` are mistakes of the compiler itself: documents that are not the call that their
    flow says, told for people. Nothing of such a target was written.
    """

    findings: tuple[Diagnostic, ...]
    targets: tuple[TargetReport, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was found that stops a build."""
        return not self.faults and not any(finding.is_error for finding in self.findings)


def targets_of(project: Project, options: Options) -> list[Target]:
    """The targets that the options choose. Raises :class:`UsageError` where one is unknown."""
    targets, unknown = choose_targets(project, options.targets)
    if unknown:
        hint = f" ({unknown[0].hint})" if unknown[0].hint else ""
        raise UsageError(f"{unknown[0].message}{hint}")
    return targets
