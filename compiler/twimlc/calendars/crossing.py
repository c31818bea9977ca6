"""Rules of the notation that take away what others give: rules come in, faults go out."""

from collections.abc import Iterator
from functools import lru_cache

from twimlc.calendars.notation import Fault, Hours, Rule
from twimlc.calendars.settled import DAY
from twimlc.calendars.sources import open_days

_EVERY = "Mo-Su"


@lru_cache(maxsize=512)
def crossings(hours: Hours, first: int, last: int) -> tuple[Fault, ...]:
    """What rules lose to later ones, on the days from ``first`` to ``last``."""
    if len(hours.rules) < 2:
        return ()
    days = [
        frozenset(open_days(f"{rule.days or _EVERY} 00:00-24:00", first, last) or ())
        for rule in hours.rules
    ]
    return tuple(_crossings(hours, days))


def _crossings(hours: Hours, days: list[frozenset[int]]) -> Iterator[Fault]:
    for at, rule in enumerate(hours.rules):
        later = [(n, r) for n, r in enumerate(hours.rules) if n > at and r.replaces]
        left = days[at]
        for number, other in later:
            if left and left <= days[number]:
                yield _replaced(hours, rule, other, number)
                break
            night = _night(rule, left - days[number], days[number])
            if night and not (other.off and not other.times and days[number] >= days[at]):
                yield _cut(hours.text, rule, other, days[at].isdisjoint(days[number]))
                break
            left -= days[number]


def _text(hours: str, rule: Rule) -> str:
    return hours[rule.start : rule.end]


def _night(rule: Rule, days: frozenset[int], other: frozenset[int]) -> bool:
    """Whether times that go on past midnight reach into days of another rule."""
    late = not rule.off and any(end > DAY for _, end in rule.times)
    return late and any(day + 1 in other for day in days)


def _replaced(hours: Hours, rule: Rule, other: Rule, number: int) -> Fault:
    whole, mine, its = hours.text, _text(hours.text, rule), _text(hours.text, other)
    ordinal = ("first", "second", "third", "fourth", "fifth")[number : number + 1] or ("last",)
    message = f"the {ordinal[0]} rule replaces '{mine}', which never holds"
    if rule.off or other.off:
        hint = f"put '{mine}' behind it" if rule.off else f"drop '{mine}'"
        return Fault(other.start, other.end, message, hint)
    hint = f"a comma adds: '{mine}, {its}'"
    return Fault(other.start, other.end, message, hint, _added(whole, other))


def _cut(text: str, rule: Rule, other: Rule, apart: bool) -> Fault:
    mine, its = _text(text, rule), _text(text, other)
    message = f"'{its}' takes away what '{mine}' has past midnight"
    if other.off:
        latest = max(end for _, end in rule.times) - DAY
        after = f"{other.days} {latest // 60:02}:{latest % 60:02}-24:00 off".lstrip()
        hint = f"write '{after}' to leave it"
        return Fault(other.start, other.end, message, hint, odd=True)
    hint = f"a comma adds: '{mine}, {its}'" if apart else "name what is left of the night as well"
    mended = _added(text, other) if apart else None
    return Fault(other.start, other.end, message, hint, mended, odd=True)


def _added(text: str, rule: Rule) -> str:
    """The text with a comma before a rule."""
    return f"{text[: rule.start].rstrip('; ')}, {text[rule.start :]}"
