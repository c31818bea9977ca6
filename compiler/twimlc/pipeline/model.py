"""What goes into the pipeline and what comes out: the types of the public API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from twimlc.diagnostics.diagnostic import Diagnostic


class UsageError(Exception):
    """The request itself is wrong: a target nobody knows, a path that is not there."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to compile and how.

    ``paths`` limit it to some files or folders; ``targets`` are names of targets, or of hosts;
    ``params`` are texts as on a command line, stronger than ``params_files`` (YAML or JSON).
    ``stdin`` is a flow given as (name, bytes) instead of paths. ``output`` takes the place of the
    project's build folder. ``write`` false: nothing is changed on the disk. ``verify`` false: what
    is built is not compared with the flows. ``texts`` holds what files say instead of what lies
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
    write: bool = True
    verify: bool = True
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
    ``changes`` are the files that are new or not as they were, ``removals`` those that go.
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
