"""``twimlc hours``: when lines are open, by the calendars of the project and its flows."""

import json
import time
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from twimlc.cli import FINDINGS
from twimlc.cli.options import Given, command_with, complete_from_project, one_target, overrides
from twimlc.cli.present import Reporter
from twimlc.cli.streams import write
from twimlc.report.escape import visible
from twimlc.yaml.names import meant


def _month(ctx: click.Context, param: click.Parameter, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(f"{text}-01")
    except ValueError:
        raise click.BadParameter(f"'{text}' is no month, such as 2026-12", ctx, param) from None


def _unknown(noun: str, name: str, known: Collection[str]) -> click.UsageError:
    there = f"there are {', '.join(known)}" if known else f"there are no {noun}s"
    return click.UsageError(f"unknown {noun} '{visible(name)}' ({meant(name, known) or there})")


def _by_plan(
    given: Given,
    targets: tuple[str, ...],
    place: str | None,
    schedule: str | None,
    upload: str | None,
    at: str | None,
    instead: tuple[tuple[str, str, str], ...],
    output: Path | None,
) -> int:
    from twimlc.cli import plans
    from twimlc.pipeline.model import project_of

    if (place is None) == (schedule is None):
        raise click.UsageError("--apply and --schedule cannot be given together")
    if schedule is not None and (not targets or not upload):
        raise click.UsageError("--schedule needs -t TARGET and --upload COMMAND")
    target = place if place is not None else targets[0]
    options = given.options(write=False)
    project, findings = project_of(options)
    status = Reporter(given).show_errors(findings)
    if project is None:
        return status or FINDINGS
    if target not in project.targets:
        raise _unknown("target", target, project.targets)
    build = options.folder / output if output is not None else project.build
    folder = build / target
    if schedule is not None:
        return plans.show_schedule(schedule, folder, project.root, upload or "", instead)
    outcome = plans.now_of(at, int(time.time()), instead)
    return plans.apply(Reporter(given), folder, options.folder, outcome, instead)


@command_with("config", "params", "terminal")
@click.argument("calendars", nargs=-1, metavar="[CALENDAR]...")
@click.option(
    "--flow",
    metavar="FLOW",
    shell_complete=complete_from_project("flow_names"),
    help="Those that this flow can ask: its own, and the project's.",
)
@one_target("Fill in the params of this target.")
@click.option("--at", metavar="TIME", help="One line: the outcome then, such as 2026-12-24T10:00.")
@click.option("--month", metavar="YYYY-MM", callback=_month, help="A month as a picture.")
@click.option(
    "--next", "count", type=click.IntRange(0, 1000), default=10, help="How many switches."
)
@click.option(
    "--apply", "place", metavar="TARGET", help="Put what is due into the places of a build."
)
@click.option(
    "--schedule",
    type=click.Choice(["github", "cron"]),
    help="Print a file that runs --apply at the right times, for the target of -t.",
)
@click.option("--upload", metavar="COMMAND", help="What a schedule calls with each changed file.")
@click.option(
    "--override",
    "instead",
    multiple=True,
    metavar="CALENDAR=OUTCOME[@UNTIL]",
    callback=overrides,
    help="An outcome over everything, for --apply and --schedule.",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the build is, instead of the project's build folder.",
)
@click.option(
    "--format", "form", type=click.Choice(["human", "json"]), default="human", help="The format."
)
def hours(
    given: Given,
    calendars: tuple[str, ...],
    flow: str | None,
    targets: tuple[str, ...],
    at: str | None,
    month: date | None,
    count: int,
    place: str | None,
    schedule: str | None,
    upload: str | None,
    instead: tuple[tuple[str, str, str], ...],
    output: Path | None,
    form: str,
) -> int:
    """Show when lines are open: the week, holidays and the next switches.

    CALENDARS are names of calendars; without any, all are shown. On hosts without a clock --apply
    exchanges what is due, and names each file that it changed.
    """
    if place is not None or schedule is not None:
        return _by_plan(given, targets, place, schedule, upload, at, instead, output)
    if upload or instead or output:
        raise click.UsageError("--upload, --override and -o are for --apply and --schedule")
    # What reads projects takes time to load, and so do calendars; ``--help`` goes without them.
    from twimlc.calendars.settle import instant_at
    from twimlc.pipeline.hours import find_calendars
    from twimlc.report import hours as shown

    options = replace(given.options(write=False), targets=targets)
    found, findings = find_calendars(options, flow)
    status = Reporter(given).show_errors(findings)
    names = [each.calendar.name for each in found]
    for name in calendars:
        if name not in names:
            raise _unknown("calendar", name, names)
    texts, values = [], []
    for each in found:
        calendar = each.calendar
        if calendar.settled is None or (calendars and calendar.name not in calendars):
            continue
        seconds = int(time.time()) if at is None else instant_at(calendar.settled, at)
        if seconds is None:
            raise click.UsageError(f"'{visible(at or '')}' is no time, such as 2026-12-24T10:00")
        row = f", row {each.row}" if each.row else ""
        where = f" (flow {each.flow}{row})" if each.flow else ""
        if form == "json":
            values.append(shown.values(calendar, seconds, count, each.flow))
        elif month is not None:
            texts.append(shown.picture(calendar, month))
        elif at is not None:
            texts.append(f"{shown.line(calendar, seconds)}\n")
        else:
            texts.append(shown.page(calendar, seconds, count, where))
    if form == "json":
        write(json.dumps({"version": 1, "calendars": values}, indent=2, ensure_ascii=False) + "\n")
    else:
        write(("" if at is not None and month is None else "\n").join(texts))
    if not found and not findings:
        Reporter(given).news("there are no calendars here")
    return status or (FINDINGS if any(e.calendar.settled is None for e in found) else 0)
