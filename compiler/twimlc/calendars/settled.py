"""A calendar as data: what routers, plans and the compiler itself read the clock with.

Nothing here knows a library, a notation or a machine's clock: an instant comes in, as seconds
since 1970 in UTC, and an outcome goes out. Days are counted from 1970-01-01, in the calendar's own
zone; the clock on the wall decides.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

DAY = 1440
"""Minutes."""


class Override(NamedTuple):
    """An outcome over everything, up to ``until`` (seconds in UTC; None: without end)."""

    outcome: int
    until: int | None


class Settled(NamedTuple):
    """A calendar that is worked out.

    ``outcomes`` are the names that all numbers of outcomes count; the first is ``closed``.
    ``offsets`` are (seconds in UTC, minutes ahead of UTC from then on), the first from ever;
    ``patterns`` the days there are, each as (minute, outcome from then on), the first at 0;
    ``weeks`` seven patterns each, Monday first; ``seasons`` (day, week from then on), the first
    from ever, the last for ever; ``days`` (day, pattern) those that are not as their week has them.
    ``first`` and ``last`` are the days that are worked out.
    """

    zone: str
    outcomes: tuple[str, ...]
    offsets: tuple[tuple[int, int], ...]
    patterns: tuple[tuple[tuple[int, int], ...], ...]
    weeks: tuple[tuple[int, ...], ...]
    seasons: tuple[tuple[int, int], ...]
    days: tuple[tuple[int, int], ...]
    first: int
    last: int
    override: Override | None = None

    def outcome_at(self, seconds: int) -> str:
        """The outcome at an instant."""
        override = self.override
        if override is not None and (override.until is None or seconds < override.until):
            return self.outcomes[override.outcome]
        day, minute = divmod(seconds // 60 + self.offset_at(seconds), DAY)
        return self.outcomes[_last(self.patterns[self.pattern_of(day)], minute)]

    def offset_at(self, seconds: int) -> int:
        """Minutes ahead of UTC at an instant."""
        return _last(self.offsets, seconds)

    def pattern_of(self, day: int) -> int:
        """The number of a day's pattern."""
        at = bisect_right(self.days, (day, -1))
        if at < len(self.days) and self.days[at][0] == day:
            return self.days[at][1]
        return self.weeks[_last(self.seasons, day)][(day + 3) % 7]  # 1970 began on a Thursday

    def switches(self, begin: int, end: int) -> Iterator[tuple[int, str]]:
        """The instants after ``begin``, up to ``end``, at which the outcome becomes another one."""
        now = self.outcome_at(begin)
        for instant in sorted(set(self._edges(begin, end))):
            after = self.outcome_at(instant)
            if after != now:
                yield instant, after
                now = after

    def _edges(self, begin: int, end: int) -> Iterator[int]:
        """Every instant in (begin, end] at which the outcome may change."""
        changes = [instant for instant, _ in self.offsets[1:]]
        if self.override is not None and self.override.until is not None:
            changes.append(self.override.until)
        yield from (instant for instant in changes if begin < instant <= end)
        starts = [begin, *(i for i, _ in self.offsets[1:] if begin < i < end)]
        for start, stop in zip(starts, [*starts[1:], end], strict=True):
            offset = self.offset_at(start)
            for day in range((start // 60 + offset) // DAY, (stop // 60 + offset) // DAY + 1):
                for minute, _ in self.patterns[self.pattern_of(day)]:
                    instant = (day * DAY + minute - offset) * 60
                    if start < instant <= stop:
                        yield instant


def _last(rows: tuple[tuple[int, int], ...], at: int) -> int:
    """What the last row at or before ``at`` says; the first one says it for all before, too."""
    return rows[max(bisect_right(rows, at, key=lambda row: row[0]) - 1, 0)][1]
