"""Calendars for servers that can hardly calculate: what holds when, over a clock in UTC.

A week of a calendar becomes times of the week in UTC, one for each distance from it. Which of these
holds at an instant, and what holds instead on days of their own, is told by spans of instants.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from twimlc.calendars.settled import DAY, Settled

_EVER, _NEVER = 10**9, 10**10
"""Seconds since 1970, from 2001 to 2286: all have ten digits."""
_ZEROS, _NINES = (str.maketrans("0123456789", digit * 10) for digit in "09")
_AT_ONCE = 8
"""Spans in one expression: servers stop at long ones."""

Span = tuple[int, int]
Held = tuple[str, tuple[Span, ...]]


class Timed(NamedTuple):
    """A calendar as spans of instants (seconds in UTC).

    ``held`` says what holds in which of them, the first that fits: ``oN``, the outcome of that
    number, or ``wN``, the week of that number in ``weeks``. ``rest`` is what holds otherwise. A
    week is rows of (outcome, days from 0 for Monday, spans of minutes), both in UTC; what no row
    names is closed.
    """

    held: tuple[Held, ...]
    rest: str
    weeks: tuple[tuple[tuple[int, tuple[int, ...], tuple[Span, ...]], ...], ...]

    @property
    def outcomes(self) -> list[int]:
        """Those of whole spans, without closed."""
        return sorted({int(what[1:]) for what, _ in self.held if what[0] == "o"} - {0})


def timed(settled: Settled) -> Timed:
    """What holds when."""
    weeks: dict[tuple[int, int], str] = {}
    days: list[tuple[int, int, str]] = []
    eras: list[tuple[int, int, str]] = []
    changes = [at for at, _ in settled.offsets[1:] if _EVER < at < _NEVER]
    for begin, end in pairwise([_EVER, *changes, _NEVER]):
        offset = settled.offset_at(begin)
        seasons = [((day * DAY - offset) * 60, week) for day, week in settled.seasons]
        first = max((row for row in seasons if row[0] <= begin), default=seasons[0])
        within = [(begin, first[1]), *(row for row in seasons if begin < row[0] < end)]
        for (start, week), (stop, _) in pairwise([*within, (end, 0)]):
            _add(eras, start, stop, weeks.setdefault((offset, week), f"w{len(weeks)}"))
        for day, pattern in settled.days:
            for minute, until, outcome in _steps(settled, pattern):
                start, stop = ((day * DAY + m - offset) * 60 for m in (minute, until))
                if max(start, begin) < min(stop, end):
                    _add(days, max(start, begin), min(stop, end), f"o{outcome}")
    rest = eras[-1][2]
    rows = [*_joined(days), *_joined([era for era in eras if era[2] != rest])]
    if settled.override is not None:
        outcome, last = settled.override
        rows.insert(
            0, (f"o{outcome}", ((_EVER, _NEVER if last is None else max(last, _EVER + 1)),))
        )
    return Timed(tuple(rows), rest, tuple(tuple(_week(settled, *key)) for key in weeks))


def _steps(settled: Settled, pattern: int) -> Iterator[tuple[int, int, int]]:
    """(from minute, to minute, outcome) of a day."""
    for (minute, outcome), (until, _) in pairwise([*settled.patterns[pattern], (DAY, 0)]):
        yield minute, until, outcome


def _add(spans: list[tuple[int, int, str]], begin: int, end: int, what: str) -> None:
    """Add a span, or make the last one longer."""
    if spans and spans[-1][1:] == (begin, what):
        begin = spans.pop()[0]
    spans.append((begin, end, what))


def _joined(spans: list[tuple[int, int, str]]) -> Iterator[Held]:
    """Spans that do not meet, some of the same at a time."""
    for what in dict.fromkeys(span[2] for span in spans):
        same = tuple((begin, end) for begin, end, other in spans if other == what)
        yield from ((what, same[at : at + _AT_ONCE]) for at in range(0, len(same), _AT_ONCE))


def _week(
    settled: Settled, offset: int, week: int
) -> Iterator[tuple[int, tuple[int, ...], tuple[Span, ...]]]:
    """A week of the calendar, so far ahead of UTC."""
    found: dict[int, dict[int, list[Span]]] = {}
    for day, pattern in enumerate(settled.weeks[week]):
        for minute, until, outcome in _steps(settled, pattern):
            begin, end = (day * DAY + m - offset for m in (minute, until))
            while outcome and begin < end:
                stop, (at, start) = min(end, (begin // DAY + 1) * DAY), divmod(begin, DAY)
                spans = found.setdefault(outcome, {}).setdefault(at % 7, [])
                spans.append((start, start + stop - begin))
                begin = stop
    for outcome, days in sorted(found.items()):
        alike: dict[tuple[Span, ...], list[int]] = {}
        for day, spans in sorted(days.items()):
            alike.setdefault(tuple(sorted(spans)), []).append(day)
        yield from ((outcome, tuple(days), spans) for spans, days in alike.items())


def seconds_between(begin: int, end: int) -> str:
    """An expression for the first digits of instants from ``begin`` to before ``end``."""
    return _between(str(begin), str(end - 1))


def times_between(begin: int, end: int) -> str:
    """An expression for the first letters of ``HH:MM``, minutes of a day."""
    low, high = (f"{minute // 60:02}:{minute % 60:02}" for minute in (begin, end - 1))
    # What no clock shows may be taken, which makes full hours and the day's end short.
    high = f"{high[:3]}99" if high.endswith("59") else high
    return _between(low, "99:99" if end == DAY else high)


def _between(low: str, high: str) -> str:
    """All texts of digits from ``low`` to ``high``, as long as these and with the same others."""
    rest = low[1:]
    zeros, nines = rest.translate(_ZEROS), rest.translate(_NINES)
    if low.translate(_ZEROS) == low and high.translate(_NINES) == high:
        return ""
    if low[0] == high[0]:
        return low[0] + _between(rest, high[1:])
    first, last, parts = int(low[0]), int(high[0]), []
    if rest != zeros:
        parts.append(low[0] + _between(rest, nines))
        first += 1
    last -= high[1:] != nines
    if first <= last:
        parts.append(f"[{first}-{last}]" if first < last else f"{first}")
    if high[1:] != nines:
        parts.append(high[0] + _between(zeros, high[1:]))
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def digits(seconds: int) -> str:
    """An instant as ``YYYYmmddHHMMSS`` in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d%H%M%S")
