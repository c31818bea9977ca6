"""What runs ``hours --apply`` at the right times: a plan comes in, one complete file goes out."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from twimlc import about
from twimlc.calendars.settled import DAY, Settled
from twimlc.render.document import environment
from twimlc.text import grouped

if TYPE_CHECKING:
    from jinja2 import Template

SCHEDULES = ("github", "cron")

HOURLY = 37
"""The minute of the run that makes good for one that was missed: not the start of an hour, when
GitHub starts runs late (docs.github.com, events that trigger workflows)."""

_AGAIN = 5
"""Minutes after which each run comes once more."""


class Schedule(NamedTuple):
    """What runs for ``target``, whose folder is ``folder``, seen from that of the project file;
    ``upload`` is a command of the shell that is called with each file that changed, ``more`` what
    ``--apply`` is given beside the target."""

    target: str
    folder: str
    upload: str
    more: str = ""


def times(calendars: Iterable[Settled]) -> list[tuple[int, int]]:
    """Every time of day (hour, minute, UTC) on which a switch can fall, and those again later."""
    found: set[int] = set()
    for calendar in calendars:
        begin, end = calendar.first * DAY * 60, (calendar.last + 2) * DAY * 60
        found.update(at // 60 % DAY for at, _ in calendar.switches(begin, end))
        if calendar.override is not None and calendar.override.until is not None:
            found.add(-(-calendar.override.until // 60) % DAY)
    found |= {(minute + _AGAIN) % DAY for minute in found}
    return [divmod(minute, 60) for minute in sorted(found)]


def cron_lines(at: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Those times as cron says them, few lines for many times; then once an hour."""
    hours = grouped((minute, hour) for hour, minute in at)
    minutes = grouped((tuple(found), minute) for minute, found in sorted(hours.items()))
    for each, alike in minutes.items():
        yield f"{_several(alike)} {_several(each)} * * *"
    yield f"{HOURLY} * * * *"


def _several(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


def schedule(form: str, calendars: Iterable[Settled], job: Schedule) -> str:
    """The file for GitHub Actions or for cron."""
    lines = list(cron_lines(times(calendars)))
    return _template(form).render(job=job, lines=lines, version=about.VERSION, url=about.URL)


@cache
def _template(form: str) -> "Template":
    found = environment(
        Path(__file__).parent,
        {"shell": quote},
        trim_blocks=True,
        lstrip_blocks=True,
        # GitHub has braces of its own.
        variable_start_string="<<",
        variable_end_string=">>",
    )
    return found.get_template(f"schedule.{form}.j2")
