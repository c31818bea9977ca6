"""The days of an exception: a text comes in, minutes by the clock on the wall go out."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from twimlc.calendars.notation import day_exists
from twimlc.calendars.settled import DAY
from twimlc.calendars.sources import MONTHS, number_of
from twimlc.text import lazy_pattern

_DATED = lazy_pattern(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?")
_YEARLY = lazy_pattern(r"([A-Z][a-z]{2}) (\d{1,2})")

HOW = "write 2026-12-24, 2026-12-27..2026-12-31, or Nov 11 for every year"


class Days(NamedTuple):
    """From and to: (year, month, day, minutes); year 0 is every year. ``to`` is outside."""

    begin: tuple[int, int, int, int]
    end: tuple[int, int, int, int]
    timed: bool

    @property
    def yearly(self) -> bool:
        return self.begin[0] == 0

    def in_years(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Each time that they come in these years: minutes since 1970 by the clock on the wall."""
        if not self.yearly:
            yield _minute(self.begin), _minute(self.end)
            return
        turns = self.end[1:] < self.begin[1:]
        for year in range(first - turns, last + 1):
            ends = year + turns
            begin, end = (year, *self.begin[1:]), (ends, *self.end[1:])
            if all(day_exists(*each[:3]) for each in (begin, end)):
                yield _minute(begin), _minute(end)


def _minute(moment: tuple[int, ...]) -> int:
    return number_of(date(*moment[:3])) * DAY + moment[3]


def read_days(text: str) -> Days | str:
    """The days that a text names, or why it names none."""
    first, dots, last = (part.strip() for part in text.partition(".."))
    begin, end = _moment(first), _moment(last or first)
    for each in (begin, end):
        if isinstance(each, str):
            return each
    assert not isinstance(begin, str)
    assert not isinstance(end, str)
    if (begin[0] == 0) != (end[0] == 0):
        return "one of the two days has a year, and the other has none"
    timed = begin[3] >= 0 or end[3] >= 0
    if timed and not dots:
        return f"'{text}' is a time; an exception goes from one to another"
    begin = (*begin[:3], max(begin[3], 0))
    end = (*end[:3], DAY if end[3] < 0 else end[3])
    if begin[0] and _minute(begin) >= _minute(end):
        return f"'{text}' ends before it begins"
    return Days(begin, end, timed)


def _moment(text: str) -> tuple[int, int, int, int] | str:
    """Year, month, day and minute; -1 where no time is given."""
    if (match := _DATED.fullmatch(text)) is not None:
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        minute = -1 if match[4] is None else int(match[4]) * 60 + int(match[5])
        if minute > DAY or (match[5] or "00") > "59":
            return f"there is no such time as '{text}'"
    elif (match := _YEARLY.fullmatch(text)) is not None and match[1] in MONTHS:
        year, month, day, minute = 0, MONTHS.index(match[1]) + 1, int(match[2]), -1
    else:
        return f"'{text}' is no day"
    if not day_exists(year or None, month, day) or (year and not 1971 <= year <= 2200):
        return f"there is no such day as {text}"
    return year, month, day, minute


def read_until(text: str) -> date | None:
    """A day as it is written after ``until:``."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_time(text: str) -> int | None:
    """The minute since 1970, by the clock on the wall, that a time names, or the end of a day."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None or not 1971 <= moment.year <= 2200:
        return None
    begin = number_of(moment.date()) * DAY
    if "T" not in text and " " not in text:
        return begin + DAY
    return begin + moment.hour * 60 + moment.minute + (moment.second > 0)
