"""``twimlc hours``: when lines are open, by the calendars of the project and its flows."""

import json
import time
from dataclasses import replace
from datetime import date

import click

from twimlc.cli import FINDINGS
from twimlc.cli.options import Given, command_with, complete_from_project, one_target
from twimlc.cli.present import Reporter
from twimlc.cli.streams import write
from twimlc.report.escape import visible


def _month(ctx: click.Context, param: click.Parameter, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(f"{text}-01")
    except ValueError:
        raise click.BadParameter(f"'{text}' is no month, such as 2026-12", ctx, param) from None


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
    form: str,
) -> int:
    """Show when lines are open: the week, holidays and the next switches.

    CALENDARS are names of calendars; without any, all are shown.
    """
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
            from twimlc.yaml.names import meant

            there = f"there are {', '.join(names)}" if names else "there are no calendars"
            hint = meant(name, names) or there
            raise click.UsageError(f"unknown calendar '{visible(name)}' ({hint})")
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
