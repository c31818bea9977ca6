"""What is decided before anybody has pressed a key: by a value of the request, or by the clock.

A :class:`Question` is asked at an address of its own, for which there is no file: the host answers
with the document that its turns lead to. Steps in a row are one question; each is a turn of it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from twimlc.lower.plan import Rows

T = TypeVar("T")
U = TypeVar("U")

WITHHOLDING = ("From", "ForwardedFrom")
"""Parameters that are withheld where they are missing or empty; of others that is no case."""

CALLERS = (*WITHHOLDING, "To")
"""Those that hold numbers, or addresses of clients and SIP."""

_WORDS = ["anonymous", "restricted", "unavailable", "unknown", "blocked", "private", "withheld"]
_KEYPAD = ["266696687", "7378742833", "86282452253", "8656696", "2562533", "7748283"]
WITHHELD = frozenset(("", "+", *_WORDS, *(f"+{one}{k}" for k in _KEYPAD for one in ("", "1"))))
"""Every spelling of a number that is withheld, as :func:`normal` gives it (facts: the words since
2022, what they are on a keypad before)."""

_NUMBER = re.compile(r"[+]?[0-9]+")


def normal(value: str) -> str:
    """A decoded value as cases are compared: small letters, a blank for a plus, a plus before
    numbers."""
    value = value.replace(" ", "+").lower()
    return f"+{value.removeprefix('+')}" if _NUMBER.fullmatch(value) else value


class Cases(NamedTuple, Generic[T]):
    """Where one value of the request leads: a ``switch``.

    All values are as :func:`normal` gives them. ``withheld`` counts first, then ``whole``, then
    the longest of ``beginnings`` (a beginning that is a number, ``+1900``, meets numbers only),
    then ``default``. ``withheld`` is None for parameters that are no :data:`CALLERS`.
    """

    parameter: str
    withheld: T | None
    whole: Rows[T]
    beginnings: Rows[T]
    default: T

    def way(self, sent: str | None) -> T:
        """Where a value leads as it was decoded; None and empty alike are missing."""
        value = normal(sent or "")
        if self.withheld is not None and value in WITHHELD:
            return self.withheld if value or self.parameter in WITHHOLDING else self.default
        for case, to in self.whole:
            if case == value:
                return to
        found = [row for row in self.beginnings if begins(row[0], value)]
        return max(found, key=lambda row: len(row[0]))[1] if found else self.default

    def targets(self) -> Iterator[T]:
        """Everything it may lead to."""
        if self.withheld is not None:
            yield self.withheld
        yield from (to for _, to in (*self.whole, *self.beginnings))
        yield self.default

    def mapped(self, to: Callable[[T], U]) -> "Cases[U]":
        """The same between other things."""
        withheld = None if self.withheld is None else to(self.withheld)
        whole = tuple((case, to(target)) for case, target in self.whole)
        beginnings = tuple((case, to(target)) for case, target in self.beginnings)
        return Cases(self.parameter, withheld, whole, beginnings, to(self.default))


def begins(case: str, value: str) -> bool:
    """Whether a value begins with a case; with a number only where it is one."""
    return value.startswith(case) and (_NUMBER.fullmatch(case) is None or value[1:].isdecimal())


class Clock(NamedTuple, Generic[T]):
    """Where each outcome of a calendar leads: ``hours``.

    ``calendar`` is its name in the plan: that of the project's (``office``), or with the flow's
    folder before it (``front-desk/office``, ``downtown/front-desk/office``).
    """

    calendar: str
    outcomes: Rows[T]
    default: T

    def way(self, outcome: str) -> T:
        """Where an outcome leads, also one that it does not know."""
        return dict(self.outcomes).get(outcome, self.default)

    def targets(self) -> Iterator[T]:
        """Everything it may lead to."""
        yield from (to for _, to in self.outcomes)
        yield self.default

    def mapped(self, to: Callable[[T], U]) -> "Clock[U]":
        """The same between other things."""
        outcomes = tuple((outcome, to(target)) for outcome, target in self.outcomes)
        return Clock(self.calendar, outcomes, to(self.default))


To = int | str
"""A later turn of the same question, by its number, or the path of a document."""

Turn = Cases[To] | Clock[To]

PLAN = "plan.json"
"""The file that says which outcome of a calendar is due when, on hosts without a clock."""

JOINED = "+"
"""Between the outcomes of several calendars, in the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked at ``path``, beginning with the first of ``turns``; each leads to later ones
    only. All documents lie in the folder of ``path``."""

    path: str
    flow: str
    turns: tuple[Turn, ...]
    states: tuple[str, ...] = ()

    def document(self, sent: Callable[[str], str | None], clock: Callable[[str], str]) -> str:
        """The document that answers: ``sent`` gives a parameter's value, ``clock`` the outcome of a
        calendar."""
        to: To = 0
        while isinstance(to, int):
            turn = self.turns[to]
            if isinstance(turn, Cases):
                to = turn.way(sent(turn.parameter))
            else:
                to = turn.way(clock(turn.calendar))
        return to

    def targets(self) -> Iterator[str]:
        """Every document it may lead to."""
        for turn in self.turns:
            yield from (to for to in turn.targets() if isinstance(to, str))

    def renamed(self, to: Callable[[str], str]) -> "Question":
        """The same with other names of files."""
        turns = tuple(
            turn.mapped(lambda t: t if isinstance(t, int) else to(t)) for turn in self.turns
        )
        return Question(to(self.path), self.flow, turns, self.states)
