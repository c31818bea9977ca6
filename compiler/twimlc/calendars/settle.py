"""A calendar worked out: what it says comes in; data for any clock, and what is odd, go out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from twimlc.calendars.days import Days
from twimlc.calendars.settled import DAY, Override, Settled
from twimlc.calendars.sources import (
    Times,
    bare_name,
    clock_changes,
    date_text,
    day_of,
    holidays_of,
    number_of,
    open_days,
)
from twimlc.calendars.weeks import fold

USUAL = "usual"
YEARS = 3
"""How many years are worked out; the last is that of ``until``."""
_FURTHER = 10
"""For how many years more the changes of the clock are known."""

Steps = tuple[tuple[int, str], ...]
"""A day: (minute, outcome from then on), the first at 0."""


class Apart(NamedTuple):
    """An exception: its days, and their outcome (`USUAL` is the week as ever) or times open."""

    days: Days
    outcome: str
    times: Times | None


class Said(NamedTuple):
    """What a calendar says, in values alone; what is left out is empty.

    ``outcomes`` are all that it knows, ``closed`` first. Of holidays those count that are called
    one of ``only``, if there are any, and none of ``without``. ``override`` is an outcome and the
    minute since 1970, by the clock on the wall, when it ends (-1: never).
    """

    zone: str
    until: date
    outcomes: tuple[str, ...]
    open: str = ""
    periods: tuple[tuple[str, str], ...] = ()
    holidays: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    apart: tuple[Apart, ...] = ()
    override: tuple[str, int] | None = None

    @property
    def first(self) -> int:
        """The first day that is worked out."""
        return number_of(date(self.until.year - YEARS + 1, 1, 1))

    @property
    def last(self) -> int:
        """The last one."""
        return number_of(self.until)

    @property
    def years(self) -> tuple[int, int]:
        return self.until.year - YEARS + 1, self.until.year


class Odd(NamedTuple):
    """Something odd about a part (``periods`` or ``apart``): its number, and that of another."""

    part: str
    number: int
    message: str
    other: int = -1


class Worked(NamedTuple):
    """``settled`` is None where exceptions or periods contradict each other.

    ``holidays`` are the names of those that count, ``apart`` which exceptions each day has, the
    strongest last; ``comes`` are the outcomes that some day has.
    """

    settled: Settled | None
    holidays: Mapping[int, tuple[str, ...]]
    apart: Mapping[int, tuple[int, ...]]
    comes: frozenset[str]
    wrong: tuple[Odd, ...] = ()
    odd: tuple[Odd, ...] = ()


@lru_cache(maxsize=256)
def work_out(said: Said) -> Worked:
    """Everything about a calendar whose parts are sound. Equal ones are worked out once."""
    first, last = said.first, said.last
    wrong = [*_periods_that_meet(said)]
    usual = _usual_days(said)
    holidays = _holidays(said)
    final = [(((0, "holiday"),) if first + at in holidays else day) for at, day in enumerate(usual)]
    turns = sorted(
        (begin, end, number)
        for number, apart in enumerate(said.apart)
        for begin, end in apart.days.in_years(*said.years)
        if begin < (last + 1) * DAY and end > first * DAY
    )
    wrong += _exceptions_that_meet(said, turns)
    here: dict[int, tuple[int, ...]] = {}
    idle = set(range(len(said.apart)))
    # Of those that meet the shorter one counts, and one with a year before that of every year.
    for begin, end, number in sorted(
        turns, key=lambda turn: (turn[0] - turn[1], not said.apart[turn[2]].days.yearly)
    ):
        apart = said.apart[number]
        for day in range(max(begin // DAY, first), min((end - 1) // DAY, last) + 1):
            own = usual[day - first] if apart.outcome == USUAL else _own(apart)
            low, high = max(begin - day * DAY, 0), min(end - day * DAY, DAY)
            before = final[day - first]
            final[day - first] = after = _between(before, own, low, high)
            here[day] = (*here.get(day, ()), number)
            if after != before:
                idle.discard(number)
    came = {number for _, _, number in turns}
    first_year, last_year = said.years
    odd = [
        Odd("apart", number, "this changes nothing: the week is the same without it")
        if number in came
        else Odd(
            "apart", number, f"this is outside of what is worked out: {first_year} to {last_year}"
        )
        for number in sorted(idle)
    ]
    comes = frozenset(outcome for steps in {*final} for _, outcome in steps)
    settled = None if wrong else _settled(said, usual, final)
    return Worked(settled, holidays, here, comes, tuple(wrong), tuple(odd))


def _usual_days(said: Said) -> list[Steps]:
    """Each day without holidays and exceptions; periods win over what is open."""
    every = [("open", said.open), *said.periods]
    hours = [(name, open_days(text, said.first, said.last) or {}) for name, text in every if text]
    made: dict[tuple[Times | None, ...], Steps] = {}
    days: list[Steps] = []
    for day in range(said.first, said.last + 1):
        key = tuple(found.get(day) for _, found in hours)
        if key not in made:
            steps: Steps = ((0, "closed"),)
            for (name, _), times in zip(hours, key, strict=True):
                for begin, end in times or ():
                    steps = _between(steps, ((0, name),), begin, end)
            made[key] = steps
        days.append(made[key])
    return days


def _own(apart: Apart) -> Steps:
    """A day of an exception."""
    if apart.times is None:
        return ((0, apart.outcome),)
    steps: Steps = ((0, "closed"),)
    for begin, end in apart.times:
        steps = _between(steps, ((0, "open"),), begin, end)
    return steps


def _between(outer: Steps, inner: Steps, low: int, high: int) -> Steps:
    """A day that is ``inner`` from minute to minute, and ``outer`` otherwise."""
    marks = {low, *(minute for minute, _ in inner if low < minute < high)}
    marks |= {minute for minute, _ in outer if not low <= minute < high}
    marks |= {high} if high < DAY else set()
    steps: list[tuple[int, str]] = []
    for minute in sorted(marks):
        source = inner if low <= minute < high else outer
        outcome = [each for at, each in source if at <= minute][-1]
        if not steps or steps[-1][1] != outcome:
            steps.append((minute, outcome))
    return tuple(steps)


def _holidays(said: Said) -> dict[int, tuple[str, ...]]:
    """The names of the holidays that count, by day."""
    found: dict[int, tuple[str, ...]] = {}
    only, without = (frozenset(map(bare_name, each)) for each in (said.only, said.without))
    for place in said.holidays:
        every = holidays_of(place, *said.years)
        for day, names in every.names.items():
            called = every.called[day]
            counts = not (called & without) if not only else bool(called & only)
            if counts and said.first <= day <= said.last:
                found[day] = tuple(dict.fromkeys((*found.get(day, ()), *names)))
    return found


def _periods_that_meet(said: Said) -> Iterator[Odd]:
    hours = [open_days(text, said.first, said.last) if text else None for _, text in said.periods]
    for number, later in enumerate(hours):
        for before, earlier in enumerate(hours[:number]):
            day = next(iter(_meeting(earlier or {}, later or {})), None)
            if day is not None:
                names = f"'{said.periods[before][0]}' and '{said.periods[number][0]}'"
                message = f"{names} meet, first on {date_text(day[0])} at {shown(day[1])}"
                yield Odd("periods", number, message, before)


def _meeting(one: Mapping[int, Times], other: Mapping[int, Times]) -> Iterator[tuple[date, int]]:
    for day in sorted(one.keys() & other.keys()):
        for begin, end in one[day]:
            for start, stop in other[day]:
                if begin < stop and start < end:
                    yield day_of(day), max(begin, start)


def _exceptions_that_meet(said: Said, turns: Sequence[tuple[int, int, int]]) -> Iterator[Odd]:
    """Exceptions that are equally strong, in each other's time; each pair once."""
    told: set[tuple[int, int]] = set()
    for at, (begin, end, number) in enumerate(turns):
        for start, stop, other in turns[at + 1 :]:
            if start >= end:
                break
            pair = min(number, other), max(number, other)
            alike = said.apart[number].days.yearly == said.apart[other].days.yearly
            if number != other and alike and end - begin == stop - start and pair not in told:
                told.add(pair)
                day = date_text(day_of(start // DAY))
                yield Odd("apart", pair[1], f"two exceptions say what holds on {day}", pair[0])


def shown(minute: int) -> str:
    """A minute of a day, as a clock shows it."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _settled(said: Said, usual: Sequence[Steps], final: Sequence[Steps]) -> Settled:
    number = {outcome: at for at, outcome in enumerate(said.outcomes)}
    every = sorted({*usual, *final}, key=lambda steps: [(at, number[name]) for at, name in steps])
    at = {steps: index for index, steps in enumerate(every)}
    folded = fold(
        said.first, [at[day] for day in final], [at[day] for day in usual], _after(said, usual, at)
    )
    used = sorted({*(p for week in folded.weeks for p in week), *(p for _, p in folded.days)})
    short = {pattern: index for index, pattern in enumerate(used)}
    until = date(said.until.year + _FURTHER, 12, 31)
    offsets = clock_changes(said.zone, said.first, number_of(until))
    override = None
    if said.override is not None:
        outcome, minute = said.override
        override = Override(number[outcome], None if minute < 0 else instant_of(offsets, minute))
    settled = Settled(
        said.zone,
        said.outcomes,
        offsets,
        tuple(tuple((minute, number[name]) for minute, name in every[p]) for p in used),
        tuple(tuple(short[p] for p in week) for week in folded.weeks),
        folded.seasons,
        tuple((day, short[p]) for day, p in folded.days),
        said.first,
        said.last,
        override,
    )
    for day, steps in enumerate(final, said.first):
        same = used[settled.pattern_of(day)] == at[steps]
        assert same, f"{day_of(day)} is not as the calendar says"
    return settled


def _after(said: Said, usual: Sequence[Steps], at: Mapping[Steps, int]) -> tuple[int, ...]:
    """The week behind ``until``: for each weekday what most of its last three days are like.

    So one day off at the end of a year does not take away that weekday for ever.
    """
    week: list[int] = []
    for weekday in range(7):
        back = (said.last + 3 - weekday) % 7
        last = [at[day] for day in usual[len(usual) - 1 - back :: -7][:3]]
        week.append(max(last, key=last.count))
    return tuple(week)


def instant_of(offsets: Sequence[tuple[int, int]], minute: int) -> int:
    """The first instant (seconds in UTC) at which the clock on the wall shows a minute or more."""
    ends = [begin for begin, _ in offsets[1:]]
    for (begin, ahead), end in zip(offsets, [*ends, 1 << 40], strict=True):
        instant = max((minute - ahead) * 60, begin if begin != offsets[0][0] else 0)
        if instant < end and instant // 60 + ahead >= minute:
            return instant
    return (minute - offsets[-1][1]) * 60


def instant_at(settled: Settled, text: str) -> int | None:
    """Seconds in UTC of a time as people write it; without an offset the calendar's zone counts.

    None for what is no time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return int(moment.timestamp())
    minute = number_of(moment.date()) * DAY + moment.hour * 60 + moment.minute
    return instant_of(settled.offsets, minute) + moment.second
