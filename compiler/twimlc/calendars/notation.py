"""The opening hours notation of OpenStreetMap: a text comes in; its rules, or what is wrong, go out.

Only what callers can count on is taken. The library that works the hours out takes more, and reads
much of it in another way than people mean it, without a word.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from twimlc.text import lazy_pattern

OVERNIGHT = 12 * 60
"""Minutes. Times that go on past midnight for longer are probably not meant."""
_LATEST = 48 * 60
_LONGEST = 2_000
"""Letters of a text."""

DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_OFFSET = r"(?: [+-]\d{1,3} days?)?"
_DATE = rf"(?:(?:\d{{4}} )?(?:{MONTH} \d{{1,2}}|easter){_OFFSET})"
_SPAN = rf"(?:{_DATE}(?:-(?:{_DATE}|\d{{1,2}}))?|(?:\d{{4}} )?{MONTH}(?:-{MONTH})?)(?![\w-])"
_WEEKS = r"\d{1,2}(?:-\d{1,2}(?:/\d{1,2})?)?"
_YEAR = r"(?:19|20)\d\d"
_YEARS = rf"{_YEAR}(?:-{_YEAR}(?:/\d{{1,2}})?|\+)?(?= )"
_NTH = r"(?:\[-?[1-5](?:-[1-5])?(?:,-?[1-5](?:-[1-5])?)*\])?"
_DAYS = rf"{DAY}(?:-{DAY})?{_NTH}{_OFFSET}(?![\w-])"
_PART = lazy_pattern(
    rf"{_SPAN}(?:, ?{_SPAN})*|week {_WEEKS}(?:,{_WEEKS})*(?![\w:-])"
    rf"|{_DAYS}(?:,{_DAYS})*"
)
_SOME_YEARS = lazy_pattern(rf"{_YEARS}(?:,{_YEARS})*")
_TIME = lazy_pattern(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)(?![\d:./+-])")
_DAY_OF_MONTH = lazy_pattern(rf"(?:(\d{{4}}) )?({MONTH}) (\d{{1,2}})(?:-(\d{{1,2}})(?![\d:]))?")
_WORD = lazy_pattern(r"[^\s;,]+|[;,]")
_MONTHS = MONTH.strip("(?:)").split("|")

_NOT_TAKEN = (
    (r"\bPH\b", "'PH' is not taken", "holidays: US beside 'open' knows states, and days that fall on a weekend"),
    (r"\bSH\b", "'SH' is not taken: nobody knows when schools are closed", "name the days under 'except'"),
    (r"\b(?:sunrise|sunset|dawn|dusk)\b", "'{0}' is not taken: a call has no place on earth", "write a time, such as 08:00"),
    (r"\d\d?:\d\d\+", "'{0}' has no end", "write when it ends, as in 09:00-17:00"),
    (r"(?<=:\d\d)/\d[\d:]*", "'{0}' is not taken: hours do not come in turns", "write each time: 09:00-09:30,10:00-10:30"),
    (r"\bunknown\b", "'unknown' is not taken: a call goes one way or the other", "an outcome of your own goes under 'periods'"),
    (r'"[^"]*"?', "a comment is not taken", "write it behind a #, as YAML has it"),
    (r"\|\|", "'||' is not taken", "';' replaces and ', ' adds; an outcome of its own goes under 'periods'"),
)  # fmt: skip
_WEEKDAY = (
    r"\b(?:mo(?:n(?:days?)?)?|tu(?:e(?:s(?:days?)?)?)?|we(?:d(?:nesdays?)?)?"
    r"|th(?:u(?:r(?:s(?:days?)?)?)?)?|fr(?:i(?:days?)?)?|sa(?:t(?:urdays?)?)?|su(?:n(?:days?)?)?)\b\.?"
)
_MONTH = (
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_CLOCK = r"\d{1,2}(?:[:.h]?\d\d)?(?: ?[ap]\.?m\b\.?)?"
_PAIR = rf"(?<![\w:.\[/+-])({_CLOCK}) ?h?-({_CLOCK})h?(?![\w:./+\]-])"
_TIMES = r"\d\d:\d\d-\d\d:\d\d"
_NO_TIME = re.compile(rf"(?:{MONTH}|week|easter) (?:[\d,/-]*)$|\[[^\]]*$", re.IGNORECASE)


class Fault(NamedTuple):
    """What is wrong at a place of a text; ``mended``: the text that is meant, if that is sure.

    ``odd``: it holds, and is probably not meant.
    """

    start: int
    end: int
    message: str
    hint: str | None = None
    mended: str | None = None
    odd: bool = False


class Rule(NamedTuple):
    """One rule: its place, the days it names ("" for all), and its times in minutes from midnight.

    ``adds``: it stands behind a comma; ``off``: it takes hours away.
    """

    start: int
    end: int
    days: str
    times: tuple[tuple[int, int], ...]
    adds: bool
    off: bool

    @property
    def replaces(self) -> bool:
        """Whether nothing that was said before is left of its days."""
        return not self.adds and not (self.off and self.times)


class Hours(NamedTuple):
    """A text that was read. ``text`` is what the library is given; "" where it is not sound."""

    text: str
    rules: tuple[Rule, ...]
    faults: tuple[Fault, ...]


@lru_cache(maxsize=1024)
def read_hours(text: str) -> Hours:
    """Read a text of the notation."""
    if len(text) > _LONGEST:
        message = f"this has {len(text):,} letters; opening hours have up to {_LONGEST:,}"
        return Hours("", (), (Fault(0, len(text), message),))
    rules, fault = _parsed(text)
    if fault is None:
        return Hours(text.rstrip("; "), rules, tuple(_long_nights(text, rules)))
    better, reason = respelled(text)
    if better == text:
        return Hours("", (), (fault,))
    again, other = _parsed(better)
    if other is not None:
        return Hours("", (), (fault,))
    start, end = difference(text, better)
    odd = text.lower() == better.lower()
    found = Fault(start, end, reason, f"write '{better}'", better, odd)
    return Hours(better if odd else "", again if odd else (), (found,))


def difference(old: str, new: str) -> tuple[int, int]:
    """The piece of ``old`` in which ``new`` differs; it has a letter at least, if ``old`` has."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    start, stop = min(start, max(len(old) - 1, 0)), len(old) - end
    return start, max(stop, start + 1)


def _parsed(text: str) -> tuple[tuple[Rule, ...], Fault | None]:
    """The rules of a text, or the first thing that is wrong in it."""
    for pattern, message, hint in _NOT_TAKEN:
        if (match := re.search(pattern, text, re.IGNORECASE)) is not None:
            return (), Fault(*match.span(), message.format(match[0]), hint)
    if (blanks := re.search(r"\s{2,}|^\s|\s\Z", text)) is not None:
        return (), Fault(*blanks.span(), "one blank is enough here")
    rules: list[Rule] = []
    at, adds, end = 0, False, len(text.rstrip("; "))
    while at < end or not rules:
        found = _rule(text, at, adds)
        if isinstance(found, Fault):
            return (), found
        rules.append(found)
        match = re.compile(r" ?; ?|, ").match(text, found.end)
        if match is None and found.end < end:
            return (), _stray(text, found.end)
        at, adds = (match.end(), match[0] == ", ") if match is not None else (end, False)
        if adds and not found.times and not found.off:
            return (), Fault(found.start, found.end, f"'{found.days}' has no times of its own")
    return tuple(rules), next(_wrong_days(text), None)


def _rule(text: str, start: int, adds: bool) -> Rule | Fault:
    if text.startswith("24/7", start):
        return Rule(start, start + 4, "", ((0, 24 * 60),), adds, False)
    at, parts = start, 0
    while match := (parts == 0 and _SOME_YEARS.match(text, at)) or _PART.match(text, at):
        at, parts = match.end(), parts + 1
        if not text.startswith(" ", at) or at + 1 == len(text):
            break
        at += 1
    days = text[start:at].rstrip()
    times: list[tuple[int, int]] = []
    end = start + len(days)
    while (match := _TIME.match(text, at)) is not None:
        if isinstance(minutes := _minutes(match), Fault):
            return minutes
        times.append(minutes)
        end = match.end()
        more = re.compile(r", ?(?=\d{1,2}:)").match(text, end)
        if more is None:
            at = end
            break
        at = more.end()
    mode = re.compile(r" ?(off|closed|open)\b").match(text, end)
    if mode is not None and (mode[0].startswith(" ") or end == start):
        end = mode.end()
    elif at > end and text[end:at].strip():
        return _stray(text, at)
    if end == start or (text[end : end + 1] == " " and text[end + 1 : end + 2] not in ("", ";")):
        return _stray(text, max(at, end))
    return Rule(start, end, days, tuple(times), adds, mode is not None and mode[1] != "open")


def _minutes(match: re.Match[str]) -> tuple[int, int] | Fault:
    """When times begin and end, in minutes; past midnight they end later than 1440."""
    hour, minute, last_hour, last_minute = map(int, match.groups())
    begin, end = hour * 60 + minute, last_hour * 60 + last_minute
    bad = f"there is no such time as '{match[0]}'"
    if minute > 59 or last_minute > 59 or begin >= 24 * 60 or end > _LATEST:
        return Fault(*match.span(), bad, "hours go from 00:00 to 24:00, past midnight to 48:00")
    if begin == end:
        message = f"'{match[0]}' begins and ends at once"
        return Fault(*match.span(), message, "a whole day is 00:00-24:00")
    return begin, end if end > begin else end + 24 * 60


def _stray(text: str, at: int) -> Fault:
    """What cannot be read at a place."""
    match = _WORD.search(text, at)
    if match is None:
        return Fault(max(len(text) - 1, 0), len(text), "opening hours are missing here", _EXAMPLE)
    return Fault(*match.span(), f"'{match[0]}' is not understood here", _EXAMPLE)


_EXAMPLE = "for example: Mo-Fr 09:00-17:00; Sa 10:00-14:00"


def _wrong_days(text: str) -> Iterator[Fault]:
    for match in _DAY_OF_MONTH.finditer(text):
        for day in filter(None, (match[3], match[4])):
            if not day_exists(
                int(match[1]) if match[1] else None, _MONTHS.index(match[2]) + 1, int(day)
            ):
                shown = f"{match[1]} {match[2]} {day}" if match[1] else f"{match[2]} {day}"
                yield Fault(*match.span(), f"there is no such day as {shown}")


def day_exists(year: int | None, month: int, day: int) -> bool:
    """Whether there is such a day, in a year or in any."""
    try:
        date(2000 if year is None else year, month, day)
    except ValueError:
        return False
    return True


def _long_nights(text: str, rules: tuple[Rule, ...]) -> Iterator[Fault]:
    for match in _TIME.finditer(text):
        minutes = _minutes(match)
        if isinstance(minutes, Fault) or int(match[3]) * 60 + int(match[4]) > minutes[0]:
            continue
        begin, end = minutes
        if end - begin > OVERNIGHT and end > 24 * 60:
            hours = f"{(end - begin) / 60:g}"
            meant = f"{match[1]}:{match[2]}-{end // 60:02}:{end % 60:02}"
            message = f"'{match[0]}' goes on past midnight, {hours} hours in all"
            yield Fault(*match.span(), message, f"if that is meant, write {meant}", odd=True)


class _Step(NamedTuple):
    """What is written otherwise, by what, and why."""

    pattern: str
    by: str | Callable[[re.Match[str]], str]
    why: str


def _pair(match: re.Match[str]) -> str:
    """Two times as the notation has them, unless they are days, weeks or years."""
    first, last = match[1], match[2]
    years = len(first) == len(last) == 4 and re.match(r" [A-Z\d]", match.string[match.end() :])
    # 9-5 may be meant until five in the afternoon.
    unsure = first.isdecimal() and last.isdecimal() and int(last) <= int(first) <= 12
    if _NO_TIME.search(match.string[: match.start()]) or years or unsure:
        return match[0]
    shown = [_clock(first), _clock(last)]
    return "-".join(filter(None, shown)) if None not in shown else match[0]


def _clock(text: str) -> str | None:
    """``9``, ``9am``, ``0900`` or ``09.00`` as ``09:00``; None for what is no time."""
    match = re.fullmatch(r"(\d{1,2})(?:[:.h]?(\d\d))?(?: ?([ap])\.?m\.?)?", text)
    if match is None:
        return None
    hour, minute, half = int(match[1]), match[2] or "00", match[3]
    if half is not None and not 1 <= hour <= 12:
        return None
    if half is not None:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{minute}" if hour <= 48 and minute < "60" else None


_DAYS = "days are Mo Tu We Th Fr Sa Su"
_STEPS = (
    _Step("[\u2010-\u2015\u2212]", "-", "this dash is another sign than '-'"),
    _Step(r"\s+", " ", "one blank is enough here"),
    _Step(r"^ | $", "", "one blank is enough here"),
    _Step(_WEEKDAY, lambda match: match[0][:2].title(), _DAYS),
    _Step(_MONTH, lambda match: match[0][:3].title(), "months are Jan Feb Mar and so on"),
    _Step(
        r"\b(?:week|easter|days?|off|closed|open)\b",
        lambda match: match[0].lower(),
        "this word has small letters",
    ),
    _Step(r" (?:to|till?|until|thru|through) ", "-", "a range is written with '-'"),
    _Step(r"(?<=[\w\]]) ?- (?=\w)|(?<=\w) -(?=[A-Z])", "-", "a range has no blanks"),
    _Step(r" ?(?:\band\b|&) ?", ",", "a list is written with commas"),
    _Step(_PAIR, _pair, "times are written as 09:00-17:00"),
    _Step(r"(?<=[a-z\]]) ?: ?(?=\d)", " ", "between days and times there is a blank"),
    _Step(
        rf"(?<![\d,])({_TIMES}(?:,{_TIMES})*) ({DAY}[^;]*)",
        lambda match: match[0] if re.search(r"\d:", match[2]) else f"{match[2].strip()} {match[1]}",
        "days come first",
    ),
    _Step(rf"({_TIMES}) (?={_TIMES})", r"\1,", "between times there is a comma"),
    _Step(
        rf"(^|; ?)((?:{DAY}(?:-{DAY})?, ?)+)(?={DAY})",
        lambda match: match[1] + match[2].replace(", ", ","),
        "a list of days has no blanks",
    ),
    _Step(rf"({_TIMES}) (?={DAY}|{MONTH})", r"\1; ", "a new rule begins behind a ';'"),
    _Step(rf"({_TIMES}),(?={DAY}|{MONTH})", r"\1, ", "a new rule begins behind ', '"),
    _Step(r"[,.]$", "", "nothing comes behind this"),
)


def respelled(text: str) -> tuple[str, str]:
    """The text as the notation has it, as far as that is sure, and what was wrong first."""
    reason = ""
    for step in _STEPS:
        better = re.sub(step.pattern, step.by, text, flags=re.IGNORECASE if step.by else 0)
        if better != text:
            reason = reason or step.why
        text = better
    return text, reason
