"""When calendars end, seen from today: findings come in, and those that hold today go out.

Everything else is the same on any day. Only who knows the date (`check`) asks here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from twimlc.findings.diagnostic import Diagnostic, Edit, Fix, Severity
from twimlc.findings.rules import BAD_CALENDAR, CALENDAR_ENDS
from twimlc.text import Span

NEEDS_UNTIL = "a calendar needs 'until': the last day that is worked out"
ENDS = "the last day that is worked out is "
SOON = 90
"""Days before the last one from which on it is told."""


def as_of(findings: Iterable[Diagnostic], today: date | None) -> Iterator[Diagnostic]:
    """The findings, with those about the end of a calendar as they are today."""
    for found in findings:
        if found.rule == CALENDAR_ENDS:
            if today is not None and (told := _ending(found, today)) is not None:
                yield told
        elif found.rule == BAD_CALENDAR and found.message.startswith(NEEDS_UNTIL) and today:
            until = _proposed(today)
            yield replace(found, hint=f"write {until}", fix=_added(found.span, until))
        else:
            yield found


def _proposed(today: date) -> str:
    """The end of the year after next."""
    return f"until: {today.year + 2}-12-31"


def _ending(found: Diagnostic, today: date) -> Diagnostic | None:
    """What is said of a last day; None while it is far away."""
    day = found.message.removeprefix(ENDS)[:10]
    rest, left = found.message.removeprefix(f"{ENDS}{day}"), (date.fromisoformat(day) - today).days
    if left > SOON:
        return None
    words = "was" if left < 0 else "is"
    behind = "behind it the week goes on, without holidays and exceptions"
    message = f"the last day that is worked out {words} {day}{rest}; {behind}"
    severity = Severity.WARNING if left < 0 else Severity.NOTE
    return replace(found, message=message, hint=f"write {_proposed(today)}", severity=severity)


def _added(name: Span, until: str) -> Fix | None:
    """The fix that writes a last day behind the name of a calendar."""
    text, file = name.file.text, name.file
    at = text.find("{", name.end)
    if name.from_alias or text[name.end : name.end + 1] != ":":
        return None
    if text[name.end + 1 : at].strip() == "" and "\n" not in text[name.end : at]:
        return Fix(f"write '{until}'", (Edit(Span(file, at + 1, at + 1), f"{until}, "),))
    end = text.find("\n", name.end)
    rest = text[end + 1 :]
    indent = rest[: len(rest) - len(rest.lstrip(" "))]
    if end < 0 or text[name.end + 1 : end].split("#")[0].strip() or not indent:
        return None
    return Fix(f"write '{until}'", (Edit(Span(file, end, end), f"\n{indent}{until}"),))
