"""A settled calendar as JSON, for manifests and plans, and back; what is read is not trusted."""

from datetime import date
from itertools import pairwise
from typing import Any

from twimlc.calendars.settled import DAY, Override, Settled
from twimlc.text import lazy_pattern

NAME = lazy_pattern(r"[a-z][a-z0-9-]{0,63}")
ZONE = lazy_pattern(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*")
_MOST = 100_000
_FAR = 1 << 40
"""No instant or day is further from 1970."""


def to_json(settled: Settled) -> dict[str, Any]:
    """The fields by name, lists for tuples."""
    return settled._asdict()


def from_json(body: Any) -> Settled:
    """The calendar that ``body`` holds; raises ValueError, KeyError or TypeError for anything else.

    Whatever is taken can be asked at any instant.
    """
    outcomes = tuple(_matching(NAME, name) for name in _list(body["outcomes"]))
    patterns = tuple(_rows(rows, DAY, len(outcomes)) for rows in _list(body["patterns"]))
    weeks = tuple(
        tuple(_number(pattern, 0, len(patterns)) for pattern in _list(week))
        for week in _list(body["weeks"])
    )
    found = Settled(
        zone=_matching(ZONE, body["zone"]),
        outcomes=outcomes,
        offsets=_rows(body["offsets"], _FAR, _FAR, negative=True),
        patterns=patterns,
        weeks=weeks,
        seasons=_rows(body["seasons"], _FAR, len(weeks)),
        days=_rows(body["days"], _FAR, len(patterns)),
        first=_number(body["first"], -_FAR, _FAR),
        last=_number(body["last"], -_FAR, _FAR),
        override=_override(body["override"], len(outcomes)),
    )
    parts = (found.outcomes, found.offsets, found.seasons, *found.patterns)
    if not all(parts) or any(len(week) != 7 for week in weeks):
        raise ValueError("a part of a calendar is empty")
    return found


def until(settled: Settled) -> str:
    """The last day that is worked out, as the flow's author writes it."""
    return date.fromordinal(date(1970, 1, 1).toordinal() + settled.last).isoformat()


def _override(body: Any, outcomes: int) -> Override | None:
    if body is None:
        return None
    outcome, end = body
    return Override(_number(outcome, 0, outcomes), None if end is None else _number(end, 0, _FAR))


def _rows(body: Any, most: int, values: int, *, negative: bool = False) -> tuple[Any, ...]:
    """(from, value) pairs in order."""
    low = -_FAR if negative else 0
    rows = [(_number(at, -_FAR, most), _number(value, low, values)) for at, value in _list(body)]
    if any(one >= other for (one, _), (other, _) in pairwise(rows)):
        raise ValueError("rows out of order")
    return tuple(rows)


def _number(value: Any, low: int, end: int) -> int:
    if type(value) is not int or not low <= value < end:
        raise ValueError(value)
    return value


def _list(value: Any) -> Any:
    if not isinstance(value, (list, tuple)) or len(value) > _MOST:
        raise TypeError(type(value))
    return value


def _matching(pattern: Any, value: Any) -> str:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise ValueError(value)
    return value
