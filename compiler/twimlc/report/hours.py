"""Calendars shown: one and an instant (seconds in UTC) come in; text, or JSON's values, go out."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from twimlc.calendars import sources
from twimlc.calendars.read import Calendar
from twimlc.calendars.settle import Worked, shown
from twimlc.calendars.settled import DAY, Settled
from twimlc.calendars.sources import date_text, day_of, number_of

_FAR = 400 * 86_400
"""Seconds in which the next switches are looked for."""
_SIGNS = "#=+ox*%@&"
_CELL = 30
"""Minutes that a sign of the picture stands for."""


def _worked(calendar: Calendar) -> tuple[Settled, Worked]:
    assert calendar.settled is not None, "only what could be worked out is shown"
    assert calendar.worked is not None
    return calendar.settled, calendar.worked


def _clock(settled: Settled, seconds: int) -> datetime:
    """The clock on the wall."""
    return datetime.fromtimestamp(seconds, sources.zone(settled.zone))


def _time(settled: Settled, seconds: int, year: int) -> str:
    """``Sat 26 Dec 10:00 EST``, with its year if that is another one."""
    clock = _clock(settled, seconds)
    return f"{date_text(clock.date(), clock.year != year)} {clock:%H:%M} {clock.tzname()}"


def _ahead(settled: Settled, seconds: int) -> Iterator[tuple[int, str]]:
    return settled.switches(seconds, seconds + _FAR)


def _end(settled: Settled, seconds: int) -> int | None:
    """When it is another outcome. A holiday ends when something else than closed begins."""
    now = settled.outcome_at(seconds)
    same = ("holiday", "closed") if now == "holiday" else (now,)
    return next((at for at, outcome in _ahead(settled, seconds) if outcome not in same), None)


def _why(calendar: Calendar, seconds: int) -> str:
    """Why a calendar has its outcome; nothing where the week says so."""
    settled, worked = _worked(calendar)
    override, day = settled.override, number_of(_clock(settled, seconds).date())
    if override is not None and (override.until is None or seconds < override.until):
        return "by override"
    assert calendar.said is not None
    if not settled.first <= day <= settled.last:
        return f"outside of {calendar.said.years[0]} to {day_of(settled.last)}"
    minute = _minute(settled, seconds)
    for number in reversed(worked.apart.get(day, ())):
        apart = calendar.said.apart[number]
        spans = apart.days.in_years(*calendar.said.years)
        if any(begin <= minute < end for begin, end in spans):
            return "by exception"
    return ", ".join(worked.holidays.get(day, ()))


def _minute(settled: Settled, seconds: int) -> int:
    return seconds // 60 + settled.offset_at(seconds)


def line(calendar: Calendar, seconds: int) -> str:
    """``office: holiday, Christmas Day, until Sat 26 Dec 10:00 EST``."""
    settled, _ = _worked(calendar)
    end, year = _end(settled, seconds), _clock(settled, seconds).year
    words = [settled.outcome_at(seconds), _why(calendar, seconds)]
    words.append("without end" if end is None else f"until {_time(settled, end, year)}")
    return f"{calendar.name}: {', '.join(filter(None, words))}"


def page(calendar: Calendar, seconds: int, count: int, where: str = "") -> str:
    """Now, the week, the holidays of a year, and the next switches."""
    settled, worked = _worked(calendar)
    today = _clock(settled, seconds).date()
    last = date_text(day_of(settled.last))
    lines = [
        f"{calendar.name}{where}  {settled.zone}, until {last}",
        f"now {line(calendar, seconds)}",
    ]
    monday = today - timedelta(today.weekday())
    lines += ["", f"Week of {date_text(monday)}"]
    for day in (monday + timedelta(number) for number in range(7)):
        mark = ">" if day == today else " "
        lines.append(f"{mark} {_day(day)}   {_hours(calendar, number_of(day))}")
    soon = range(number_of(today), number_of(today) + 366)
    days = [day for day in sorted(worked.holidays) if day in soon]
    if days:
        lines += ["", "Holidays of the next year"]
        lines += (
            f"  {_day(day_of(day), True)}   {', '.join(worked.holidays[day])}" for day in days
        )
    switches = [*zip(range(count), _ahead(settled, seconds), strict=False)]
    lines += ["", "Next switches" if switches else "No switch within a year"]
    width = max((len(_time(settled, at, 0)) for _, (at, _) in switches), default=0)
    for _, (at, outcome) in switches:
        utc = datetime.fromtimestamp(at, UTC)
        lines.append(f"  {_time(settled, at, 0):<{width}}   {utc:%Y-%m-%d %H:%M} UTC   {outcome}")
    return "\n".join(lines) + "\n"


def _day(day: date, year: bool = False) -> str:
    """A day, its number right-aligned."""
    weekday, number, rest = date_text(day, year).split(" ", 2)
    return f"{weekday} {number:>2} {rest}"


def _spans(settled: Settled, day: int) -> Iterator[tuple[int, int, str]]:
    """The outcomes of a day by the clock on the wall: from, to, and which."""
    steps = settled.patterns[settled.pattern_of(day)]
    ends = (*(minute for minute, _ in steps[1:]), DAY)
    for (minute, outcome), end in zip(steps, ends, strict=True):
        yield minute, end, settled.outcomes[outcome]


def _hours(calendar: Calendar, day: int) -> str:
    """A day in words; what is closed is left out beside other outcomes."""
    settled, worked = _worked(calendar)
    spans = [*_spans(settled, day)]
    if len(spans) == 1:
        names = worked.holidays.get(day, ()) if spans[0][2] == "holiday" else ()
        whole = "open all day" if spans[0][2] == "open" else spans[0][2]
        return ": ".join(filter(None, (whole, ", ".join(names))))
    told = ((a, b, outcome) for a, b, outcome in spans if outcome != "closed")
    return "   ".join(f"{shown(begin)}-{shown(end)} {outcome}" for begin, end, outcome in told)


def picture(calendar: Calendar, month: date) -> str:
    """A month, each day a line of half hours."""
    settled, worked = _worked(calendar)
    others = [each for each in settled.outcomes if each not in ("closed", "open", "holiday")]
    signs = {
        "closed": ".",
        "holiday": "h",
        **dict(zip(["open", *others], _SIGNS * 9, strict=False)),
    }
    title = f"{calendar.name}, {sources.MONTHS[month.month - 1]} {month.year}, {settled.zone}"
    scale = "".join(f"{hour:<6}" for hour in range(0, 24, 3)) + "24"
    lines = [title, "", f"{'':9}{scale}"]
    seen: set[str] = set()
    day = month.replace(day=1)
    while day.month == month.month:
        spans = [*_spans(settled, number_of(day))]
        cells = range(_CELL // 2, DAY, _CELL)
        here = [next(name for begin, end, name in spans if begin <= at < end) for at in cells]
        seen |= {*here}
        row = "".join(signs[name] for name in here)
        names = ", ".join(worked.holidays.get(number_of(day), ())) if "holiday" in here else ""
        lines.append(f"  {sources.WEEKDAYS[day.weekday()]} {day.day:>2} {row}  {names}".rstrip())
        lines += [""] if day.weekday() == 6 else []
        day += timedelta(1)
    lines += [] if lines[-1] == "" else [""]
    lines.append(
        "  " + "   ".join(f"{sign} {name}" for name, sign in signs.items() if name in seen)
    )
    return "\n".join(lines) + "\n"


def values(calendar: Calendar, seconds: int, count: int, flow: str = "") -> dict[str, Any]:
    """The same as JSON has it; local times carry their offset."""
    settled, worked = _worked(calendar)
    today = _clock(settled, seconds).date()
    monday = number_of(today) - today.weekday()
    switches = [at for _, at in zip(range(count), _ahead(settled, seconds), strict=False)]
    end = _end(settled, seconds)
    return {
        "name": calendar.name,
        **({"flow": flow} if flow else {}),
        "zone": settled.zone,
        "until": f"{day_of(settled.last)}",
        "outcomes": [*calendar.outcomes],
        "at": _moment(settled, seconds)
        | {"why": _why(calendar, seconds), "until": None if end is None else _moment(settled, end)},
        "week": [
            {
                "day": f"{day_of(day)}",
                "hours": [
                    {"from": shown(begin), "to": shown(stop), "outcome": outcome}
                    for begin, stop, outcome in _spans(settled, day)
                ],
            }
            for day in range(monday, monday + 7)
        ],
        "holidays": [
            {"day": f"{day_of(day)}", "names": [*names]}
            for day, names in sorted(worked.holidays.items())
        ],
        "switches": [_moment(settled, at) for at, _ in switches],
    }


def _moment(settled: Settled, seconds: int) -> dict[str, str]:
    utc = datetime.fromtimestamp(seconds, UTC)
    return {
        "utc": f"{utc:%Y-%m-%dT%H:%M:%SZ}",
        "local": _clock(settled, seconds).isoformat(),
        "outcome": settled.outcome_at(seconds),
    }
