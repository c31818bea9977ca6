"""Days made small: what each day is like comes in; weeks, seasons and days of their own go out.

A season is two numbers and so is a day of its own, so what is cheapest is found day by day: to go
on with the week that goes on, to begin another one, or to say the day by itself. So months,
and weeks by turns, are found alike.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

_MOST = 24
"""The weeks that are tried."""
_PAIR, _WEEK = 2, 7
"""What a season or a day costs, and what a week does, in numbers."""

Week = tuple[int, ...]


class Folded(NamedTuple):
    """Weeks of seven patterns (Monday first), (day, week from then on), and (day, pattern)."""

    weeks: tuple[Week, ...]
    seasons: tuple[tuple[int, int], ...]
    days: tuple[tuple[int, int], ...]


def fold(first: int, patterns: Sequence[int], usual: Sequence[int], after: Week) -> Folded:
    """``patterns`` of days from ``first`` on, ``after`` them a week that goes on for ever.

    ``usual`` is what they would be without holidays and exceptions.
    """
    chosen, least = [after], _cheapest(first, patterns, [after])
    waiting = _candidates(first, patterns, usual, after)
    while waiting:
        tried = [(_cheapest(first, patterns, [*chosen, week]), week) for week in waiting]
        (cost, way), week = min(tried, key=lambda each: each[0][0])
        if cost + _WEEK >= least[0]:
            break
        least = cost, way
        chosen.append(week)
        waiting.remove(week)
    return _folded(first, patterns, chosen, least[1])


def _candidates(
    first: int, patterns: Sequence[int], usual: Sequence[int], after: Week
) -> list[Week]:
    """The weeks that hold long enough, somewhere, to be cheaper than days of their own."""
    other = [after[(first + at + 3) % 7] != pattern for at, pattern in enumerate(patterns)]
    before = [0, *accumulate(other)]
    found: Counter[Week] = Counter()
    for days in (usual, patterns):
        windows = (tuple(days[at : at + 7]) for at in range(len(days) - 6))
        turned = (_turned(window, (first + at + 3) % 7) for at, window in enumerate(windows))
        begin = 0
        for week, times in groupby(turned):
            end = begin + sum(1 for _ in times)
            found[week] += max(_PAIR * (before[end + 6] - before[begin] - 2), 0)
            begin = end
    return [week for week, saved in found.most_common(_MOST) if saved > _WEEK and week != after]


def _turned(window: Week, weekday: int) -> Week:
    """Seven days that begin on a weekday, Monday first."""
    return window[-weekday:] + window[:-weekday] if weekday else window


def _cheapest(first: int, patterns: Sequence[int], weeks: Sequence[Week]) -> tuple[int, list[int]]:
    """What the days cost, and the week of each; behind the last the first of the weeks goes on."""
    costs = [0] * len(weeks)
    came: list[list[int]] = []
    for at, pattern in enumerate(patterns):
        weekday = (first + at + 3) % 7
        cheapest = min(range(len(weeks)), key=costs.__getitem__)
        change = costs[cheapest] + _PAIR
        before, now = [], []
        for number, week in enumerate(weeks):
            stays = costs[number] <= change
            before.append(number if stays else cheapest)
            own = 0 if week[weekday] == pattern else _PAIR
            now.append((costs[number] if stays else change) + own)
        costs = now
        came.append(before)
    cheapest = min(range(len(weeks)), key=lambda number: costs[number] + _PAIR * (number > 0))
    whole, way, at_end = costs[cheapest] + _PAIR * (cheapest > 0), [cheapest], cheapest
    for before in reversed(came[1:]):
        at_end = before[at_end]
        way.append(at_end)
    return whole, way[::-1]


def _folded(
    first: int, patterns: Sequence[int], weeks: Sequence[Week], way: Sequence[int]
) -> Folded:
    used = sorted({*way, 0})
    seasons: list[tuple[int, int]] = []
    days: list[tuple[int, int]] = []
    for at, (pattern, week) in enumerate(zip(patterns, way, strict=True)):
        if not seasons or seasons[-1][1] != used.index(week):
            seasons.append((first + at, used.index(week)))
        if weeks[week][(first + at + 3) % 7] != pattern:
            days.append((first + at, pattern))
    if seasons[-1][1] != used.index(0):
        seasons.append((first + len(patterns), used.index(0)))
    return Folded(tuple(weeks[number] for number in used), tuple(seasons), tuple(days))
