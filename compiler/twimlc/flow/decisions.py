"""What a step decides before anybody has pressed a key: by a value of the request, or by the clock.

:class:`Cases` and :class:`Clock` say where the call goes, between whatever a stage leads to: names
of outcomes in the model of a flow, documents in a plan.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from twimlc.text import lazy_pattern
from twimlc.vocabulary import Outcomes
from twimlc.yaml.tree import Scalar

T = TypeVar("T")
U = TypeVar("U")
Rows = tuple[tuple[str, T], ...]
"""Values, and where each leads."""

WITHHOLDING = ("From", "ForwardedFrom")
"""Parameters that are withheld where they are missing or empty; of others that is no case."""

CALLERS = (*WITHHOLDING, "To")
"""Those that hold numbers, or addresses of clients and SIP."""

_WORDS = ["anonymous", "restricted", "unavailable", "unknown", "blocked", "private", "withheld"]
_KEYPAD = ["266696687", "7378742833", "86282452253", "8656696", "2562533", "7748283"]
WITHHELD = frozenset(("", "+", *_WORDS, *(f"+{one}{k}" for k in _KEYPAD for one in ("", "1"))))
"""Every spelling of a number that is withheld, as :func:`normal` gives it (facts: the words since
2022, what they are on a keypad before)."""

_NUMBER = lazy_pattern(r"[+]?[0-9]+")


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

    def meets(self, value: str) -> bool:
        """Whether a case names a value, as :func:`normal` gives it."""
        named = any(case == value for case, _ in self.whole)
        return named or any(begins(case, value) for case, _ in self.beginnings)

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


Asks = Cases[str] | Clock[str]
"""What a step asks: where each answer leads is the name of an outcome."""

Sample = tuple[str, str]
"""An outcome, and a value that leads to it."""

OTHER_VALUE = "anything else"
"""The outcome of every value that no case names."""

OPEN = "open"
"""The outcome of a calendar that worked."""

_OTHERS = ("+0", "+19999999999", "client:nobody", "zz", "-")
"""Values that are hardly ever a case."""


def subject_of(asks: "Cases[T] | Clock[T]") -> str:
    """What is asked about: the name of a parameter, or of a calendar. No name is both."""
    return asks.parameter if isinstance(asks, Cases) else asks.calendar


def named_by_case(asks: "Cases[T] | Clock[T]") -> Asks:
    """The same with each case leading to an outcome of its own name."""
    if isinstance(asks, Clock):
        ways = tuple((outcome, outcome) for outcome, _ in asks.outcomes)
        return Clock(asks.calendar, ways, OTHER_VALUE)
    whole = tuple((case, case) for case, _ in asks.whole)
    beginnings = tuple((case, f"{case}*") for case, _ in asks.beginnings)
    withheld = None if asks.withheld is None else "withheld"
    return Cases(asks.parameter, withheld, whole, beginnings, OTHER_VALUE)


def outcomes_of(asks: Asks) -> Outcomes:
    """How a step that asks can end."""
    if isinstance(asks, Clock):
        names = tuple(name for name, _ in asks.outcomes if name != OPEN)
        return Outcomes((OPEN,), names, subject_of(asks))
    return Outcomes((), tuple(dict.fromkeys(asks.targets())), subject_of(asks))


def samples(asks: Asks) -> Iterator[Sample]:
    """Each class of values: every one of a case, a member of each beginning, and others."""
    if isinstance(asks, Clock):
        yield from ((to, outcome) for outcome, to in asks.outcomes)
        yield asks.default, "not-known"
        return
    found = [value for value, _ in asks.whole]
    if asks.withheld is not None:
        found += ["", "anonymous", "+266696687"]
    for begin, to in asks.beginnings:
        members = (f"{begin}{more}" for more in ("0", "5", "99", "000", "0707", "x", "7x7"))
        found += [value for value in members if asks.way(value) == to][:1]
    others = [value for value in _OTHERS if not asks.meets(value)]
    yield from ((asks.way(value), value) for value in dict.fromkeys((*found, *others)))


class Known(NamedTuple):
    """What the steps of a flow can ask by name.

    ``calendars`` gives the name in the plan and the outcomes of each calendar, ``lists`` the cases
    of each list, ``sent`` the parameters that the flow's ``call:`` names.
    """

    calendars: Mapping[str, tuple[str, tuple[str, ...]]] = {}
    lists: Mapping[str, tuple[Scalar, ...]] = {}
    sent: Collection[str] = ()


NOTHING_KNOWN = Known()
