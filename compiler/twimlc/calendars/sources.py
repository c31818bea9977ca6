"""What packages know: names go in; hours of days, clocks and holidays come out.

Only this file imports them, when it is asked for something. Nothing comes from the machine: not its
zones, not its language, not its date. Days are numbers, counted from 1970-01-01.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple
from warnings import catch_warnings

from twimlc.calendars.settled import DAY

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

EPOCH = date(1970, 1, 1)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
INSTALL = "pip install 'twimlc[hours]'"
_PACKAGES = {"opening-hours-py": "opening_hours", "holidays": "holidays", "tzdata": "tzdata"}

Times = tuple[tuple[int, int], ...]
"""From minute to minute of a day."""


def number_of(day: date) -> int:
    """The number of a day."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The day of a number."""
    return EPOCH + timedelta(number)


def date_text(day: date, year: bool = True) -> str:
    """``Thu 24 Dec 2026``, in any language of the machine."""
    shown = f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    return f"{shown} {day.year}" if year else shown


@cache
def missing() -> tuple[str, ...]:
    """The packages that calendars need and that are not installed."""
    return tuple(name for name, module in _PACKAGES.items() if find_spec(module) is None)


@cache
def versions() -> Mapping[str, str]:
    """The versions of the packages that calendars come from, by name."""
    found: dict[str, str] = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@lru_cache(maxsize=512)
def open_days(text: str, first: int, last: int) -> Mapping[int, Times] | None:
    """The hours of each day that has some; None where the library refuses the text.

    What goes on past midnight belongs here to the day that it reaches.
    """
    from opening_hours import OpeningHours, State, validate

    if not validate(text):
        return None
    hours = OpeningHours(text)
    begin, end = (datetime.fromordinal(day_of(n).toordinal()) for n in (first, last + 1))
    found: dict[int, list[tuple[int, int]]] = {}
    for start, stop, state, _ in hours.intervals(begin, end):
        if state != State.OPEN:
            continue
        stop = end if stop is None else min(stop, end)
        low, high = (int((each - begin).total_seconds()) // 60 for each in (start, stop))
        while low < high:
            day, minute = divmod(low, DAY)
            step = min(high - low, DAY - minute)
            found.setdefault(first + day, []).append((minute, minute + step))
            low += step
    return {day: tuple(times) for day, times in found.items()}


@cache
def zone_names() -> tuple[str, ...]:
    """Zones as a place is in them: Region/City, and UTC."""
    every = files("tzdata").joinpath("zones").read_text("utf-8").split()
    return ("UTC", *(name for name in every if "/" in name and not name.startswith("Etc/")))


@cache
def zone(name: str) -> "ZoneInfo":
    """The clock of a zone."""
    from zoneinfo import ZoneInfo

    path = files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with path.open("rb") as file:
        return ZoneInfo.from_file(file, name)


@lru_cache(maxsize=256)
def clock_changes(name: str, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """(seconds in UTC, minutes ahead of UTC from then on), the first from ever."""
    known = zone(name)

    def ahead(seconds: int) -> int:
        offset = datetime.fromtimestamp(seconds, known).utcoffset()
        assert offset is not None, "the zone is known"
        return round(offset.total_seconds()) // 60

    begin, end = (first - 1) * 86_400, (last + 2) * 86_400
    changes = [(begin, ahead(begin))]
    for after in range(begin + 86_400, end, 86_400):
        low, high = after - 86_400, after
        if ahead(high) == changes[-1][1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if ahead(middle) == changes[-1][1] else (low, middle)
        changes.append((high, ahead(high)))
    return tuple(changes)


class Holidays(NamedTuple):
    """The holidays of a place: the names of each day, as they are shown and as they may be called.

    ``known`` are the years that there is something to say of.
    """

    names: Mapping[int, tuple[str, ...]]
    called: Mapping[int, frozenset[str]]
    known: tuple[int, int]


@cache
def places() -> Mapping[str, tuple[str, ...]]:
    """The parts of each country that has holidays, by its code."""
    from holidays.utils import list_supported_countries

    return {code: (*parts,) for code, parts in list_supported_countries(False).items()}


def bare_name(name: str) -> str:
    """A holiday's name without regard to how it is written, and to the day it is observed."""
    return re.sub(r" \([^()]*(observed|estimated)[^()]*\)$", "", name.strip()).casefold()


@lru_cache(maxsize=256)
def holidays_of(place: str, first: int, last: int) -> Holidays:
    """The public holidays of a country or a part of one, from year to year."""
    from holidays import country_holidays

    country, _, part = place.partition("-")
    years = range(first, last + 1)
    bounds = country_holidays(country, subdiv=part or None)
    own = bounds.default_language
    languages = ["en_US"] if "en_US" in (bounds.supported_languages or ()) else []
    languages += [own] if own and own not in languages else []
    names: dict[int, tuple[str, ...]] = {}
    called: dict[int, frozenset[str]] = {}
    known = bounds.start_year, bounds.end_year
    for language in languages:
        with catch_warnings(record=True) as told:
            found = country_holidays(country, subdiv=part or None, years=years, language=language)
        for warning in told:  # of lunar calendars, whose days somebody has to look up
            if (
                match := re.search(r"only from (\d{4}) to (\d{4})", str(warning.message))
            ) is not None:
                known = max(known[0], int(match[1])), min(known[1], int(match[2]))
        for day in found:
            number, here = number_of(day), found.get_list(day)
            names.setdefault(number, tuple(here))
            called[number] = called.get(number, frozenset()) | {bare_name(name) for name in here}
    return Holidays(names, called, known)
