"""Faults of the notation: what rules take from each other, and where a fault stands in the file.

Rules come in, faults go out; faults come in, findings at their place go out.
"""

from collections.abc import Iterator
from functools import lru_cache

from twimlc.calendars.notation import Fault, Hours, Rule, difference
from twimlc.calendars.settled import DAY
from twimlc.calendars.sources import open_days
from twimlc.findings import Diagnostic, Edit, Fix, Rule as Broken
from twimlc.text import Span
from twimlc.yaml.tree import Scalar

_EVERY = "Mo-Su"
_BLANK = " \t\r\n"


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


def piece(node: Scalar, start: int, end: int) -> Span:
    """Where a piece of the value stands; the whole value where nothing tells."""
    places = _places(node.span.text, node.text)
    if places is None or end <= start:
        return node.span
    begin = places[min(start, len(places) - 1)]
    stop = places[min(end, len(places)) - 1] + 1
    return node.span._replace(start=node.span.start + begin, end=node.span.start + stop)


def _places(raw: str, text: str) -> list[int] | None:
    """Where each letter of a value is in what was typed: plain, in quotes, or as a block."""
    if not text or "${" in raw:
        return None
    at = raw.find("\n") + 1 if raw[0] in "|>" else int(raw[0] in "'\"")
    found: list[int] = []
    for letter in text:
        blank = letter in _BLANK
        while at < len(raw) and (raw[at] in _BLANK) != blank:
            if blank or raw[at] not in _BLANK:
                return None
            at += 1
        if at >= len(raw) or not (blank or raw[at] == letter):
            return None
        found.append(at)
        at += 1
        while blank and at < len(raw) and raw[at] in _BLANK and "\n" in raw[found[-1] : at + 1]:
            at += 1  # a line that goes on
    return found


def told(rule: Broken, odd: Broken, node: Scalar, fault: Fault) -> Diagnostic:
    """The finding for a fault in the value of a node, with its fix."""
    span = piece(node, fault.start, fault.end)
    fix = None if fault.mended is None else _fix(node, fault.mended)
    chosen = odd if fault.odd else rule
    return chosen.at(span, fault.message, hint=fault.hint, fix=fix)


def _fix(node: Scalar, mended: str) -> Fix | None:
    """The fix that writes the text that is meant; none where the file says it in another way."""
    start, end = difference(node.text, mended)
    new = mended[start : len(mended) - (len(node.text) - end)]
    span = piece(node, start, end)
    if span.from_alias or span == node.span != piece(node, 0, len(node.text)):
        return None
    return (
        Fix(f"write '{mended}'", (Edit(span, new),)) if span.text == node.text[start:end] else None
    )
