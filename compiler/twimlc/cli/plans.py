"""``twimlc hours --apply`` and ``--schedule``: places that are switched by plan."""

from collections.abc import Callable
from pathlib import Path

import click

from twimlc.calendars.settle import instant_at
from twimlc.calendars.settled import Settled
from twimlc.cli import FINDINGS
from twimlc.cli.options import Override
from twimlc.cli.present import Reporter
from twimlc.cli.streams import write
from twimlc.output.due import ByPlan, bin_lines, put_due, read_plan
from twimlc.output.manifest import ForeignManifestError
from twimlc.project.files import display_path
from twimlc.report.escape import visible
from twimlc.report.schedule import Schedule, schedule


def now_of(at: str | None, now: int, given: tuple[Override, ...]) -> Callable[[str, Settled], str]:
    """What a calendar says at a time, or now; raises click.UsageError where that is no time."""

    def outcome(name: str, settled: Settled) -> str:
        seconds = now if at is None else _instant(settled, at)
        for calendar, instead, end in reversed(given):  # the last of a name wins
            if calendar in (name, name.rpartition("/")[2]):
                if instead not in settled.outcomes:
                    there = ", ".join(settled.outcomes)
                    raise click.UsageError(f"'{calendar}' is never '{instead}'; it is {there}")
                if not end or seconds < _instant(settled, end):
                    return instead
        return settled.outcome_at(seconds)

    return outcome


def _instant(settled: Settled, text: str) -> int:
    found = instant_at(settled, text)
    if found is None:
        raise click.UsageError(f"'{visible(text)}' is no time, such as 2026-12-24T10:00")
    return found


def _plan(folder: Path, target: str, given: tuple[Override, ...]) -> ByPlan:
    try:
        plan = read_plan(folder)
    except (ForeignManifestError, OSError) as fault:
        raise click.UsageError(f"the plan of '{target}' cannot be read: {fault}") from None
    if not folder.is_dir():
        raise click.UsageError(f"'{target}' was not built yet: there is no folder for it")
    known = {name.rpartition("/")[2] for name in plan.calendars} | plan.calendars.keys()
    for name, _, _ in given:
        if name not in known:
            there = f"; there are {', '.join(sorted(plan.calendars))}" if known else ""
            raise click.UsageError(f"unknown calendar '{visible(name)}'{there}")
    return plan


def apply(
    reporter: Reporter,
    folder: Path,
    cwd: Path,
    outcome: Callable[[str, Settled], str],
    given: tuple[Override, ...],
) -> int:
    """Put what is due into place, and name each file that changed."""
    plan = _plan(folder, folder.name, given)
    if lines := bin_lines(folder, plan, outcome):
        write("".join(f"{line}\n" for line in lines))
        return 0
    changed, findings = put_due(folder, outcome)
    status = reporter.show_errors(findings)
    write("".join(f"{display_path(folder / path, cwd)}\n" for path in changed))
    if not changed and not findings:
        places = len(plan.places)
        reporter.news(f"{places} places have what is due" if places else "nothing goes by plan")
    return status or (FINDINGS if findings else 0)


def show_schedule(
    form: str, folder: Path, root: Path, upload: str, given: tuple[Override, ...]
) -> int:
    """Print the file that runs ``--apply`` at the right times."""
    plan = _plan(folder, folder.name, given)
    if not plan.places:
        raise click.UsageError(f"nothing of '{folder.name}' goes by plan")
    if "\n" in upload:
        raise click.UsageError("the upload command is one line")
    more = "".join(
        f" --override {name}={said}{'@' + end if end else ''}" for name, said, end in given
    )
    job = Schedule(folder.name, display_path(folder, root), upload, more)
    write(schedule(form, plan.calendars.values(), job))
    return 0
