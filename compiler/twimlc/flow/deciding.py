"""The steps that decide before anything is heard: ``switch`` and ``hours``, read from the tree."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from twimlc import vocabulary
from twimlc.findings import Diagnostic, Label, rules
from twimlc.findings.edits import rewrite
from twimlc.flow import model
from twimlc.flow.blocks import StepAt
from twimlc.flow.decisions import (
    CALLERS,
    OPEN,
    OTHER_VALUE,
    WITHHELD,
    Asks,
    Cases,
    Clock,
    begins,
    normal,
)
from twimlc.flow.numbers import with_country
from twimlc.flow.targets import TargetReader
from twimlc.text import Span, clip, lazy_pattern
from twimlc.vocabulary.requests import REFUSED_IN_SWITCH, SWITCH_ANYWHERE, SWITCH_FIRST
from twimlc.yaml import tree
from twimlc.yaml.names import unknown
from twimlc.yaml.tree import entries_of, is_empty

MOST_CASES = 5000
_ALLOWED = lazy_pattern(r"[A-Za-z0-9+_.:@-]*\*?")
_NUMBER = lazy_pattern(r"\+(?:[0-9]{2,15}|[0-9]{0,15}\*)")
_LIKE_NUMBER = lazy_pattern(r"[+(]?[0-9][0-9 ()./+-]*\*?")
_WORD = lazy_pattern(r"[A-Za-z][A-Za-z0-9_-]*")

Read = tuple[model.Element, model.Branches] | None


def read_hours(reader: TargetReader, at: StepAt) -> Read:
    """The step, as a node that asks the calendar; nothing where the calendar is not known."""
    name = tree.name_of(at.node) or ""
    known = reader.known.calendars
    if name not in known:
        message = f"there is no calendar '{clip(name)}'" if name else "hours needs a calendar"
        hint = "calendars stand under calendars: of the flow or of twimlc.yaml"
        span = at.span if at.node is None or is_empty(at.node) else at.node.span
        reader.report(unknown(rules.UNKNOWN_CALENDAR, span, name, known, message, hint))
        return None
    key, outcomes = known[name]
    ways = tuple((outcome, outcome) for outcome in outcomes)
    element = _element("Hours", Clock(key, ways, OTHER_VALUE), at.span)
    branches = reader.branches(at.step, element, f"hours: {name}")
    if _same(
        branches.when.get(OPEN, branches.then), branches.when.get("closed", branches.fallback)
    ):
        message = f"the call goes on in the same way when '{name}' is open and when it is closed"
        hint = "say where it goes when closed: fallback: …"
        reader.report(rules.SAME_WAY.at(at.span, message, hint=hint))
    return element, branches


def read_switch(reader: TargetReader, at: StepAt) -> Read:
    """The step, as a node that asks the parameter; nothing where that cannot be asked."""
    name = tree.name_of(at.node) or ""
    refused = _refused(reader, name, at)
    if refused is not None:
        reader.report(refused)
        return None
    if (then := at.step.entry("then")) is not None and not is_empty(then.value):
        message = "a switch has cases, none of which worked, so it has no 'then'"
        hint = "write fallback: for every other value"
        reader.report(rules.BRANCH_NOT_ALLOWED.at(then.key_span, message, hint=hint))
    cases = _Cases(reader, name)
    for entry in entries_of(at.step.get("when")):
        if (target := reader.target(entry.value)) is not None:
            cases.add(entry.key, entry.key_span, target)
    fallback = reader.target(at.step.get("fallback"))
    cases.judge(at.span)
    named = (at.step.entry(key) for key in ("when", "fallback"))
    place = next((e.key_span for e in named if e is not None and not is_empty(e.value)), None)
    element = _element("Switch", cases.asks(), at.span)
    return element, model.Branches(None, cases.ways, fallback, span=place)


def _element(tag: str, asks: Asks, span: Span) -> model.Element:
    return model.Element(tag, vocabulary.DECIDING[tag], (), (), span, asks)


def _refused(reader: TargetReader, name: str, at: StepAt) -> Diagnostic | None:
    """Why a parameter cannot be asked."""
    if name in (*SWITCH_ANYWHERE, *SWITCH_FIRST):
        return None
    span = at.span if at.node is None or is_empty(at.node) else at.node.span
    if name in reader.known.sent:
        message = f"'{name}' comes with the first request alone: no file can hand it on to a switch"
        return rules.NOT_A_SWITCH.at(span, message, hint="a number, and a flow, for each value")
    if name in REFUSED_IN_SWITCH:
        why, instead = REFUSED_IN_SWITCH[name]
        fix = rewrite(span, name, instead) if instead in SWITCH_ANYWHERE else None
        hint = instead if " " in instead else f"write {instead}" if instead else None
        return rules.NOT_A_SWITCH.at(span, f"'{name}' cannot be asked: {why}", hint=hint, fix=fix)
    known = (*SWITCH_ANYWHERE, *SWITCH_FIRST)
    message = f"a switch cannot ask '{clip(name)}'" if name else "switch needs a parameter"
    hint = f"it takes {', '.join(known)}"
    return unknown(rules.NOT_A_SWITCH, span, name, known, message, hint)


def _same(one: model.Target | None, other: model.Target | None) -> bool:
    """Whether two ways are plainly one."""
    match one, other:
        case model.ToState(state=mine), model.ToState(state=theirs):
            return mine == theirs
        case model.ToSteps(), _:
            return False
        case None | model.ToNext(), None | model.ToNext():
            return True
    return type(one) is type(other)


@dataclass(slots=True, eq=False)
class _Cases:
    """The cases of one switch, as they are read."""

    reader: TargetReader
    parameter: str
    ways: dict[str, model.Target] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)
    beginnings: dict[str, str] = field(default_factory=dict)
    withheld: str | None = None
    seen: dict[str, Span] = field(default_factory=dict)

    def add(self, key: str, span: Span, target: model.Target) -> None:
        """A key of ``when``: a case, or a list of them."""
        lists = self.reader.known.lists
        self.ways[key] = target
        if key in lists and not (key == "withheld" and self.parameter in CALLERS):
            for case in lists[key]:
                self._case(case.text, case.span, key)
        elif self.parameter in CALLERS and key == "withheld":
            self.withheld = key
        elif self.parameter in CALLERS and _WORD.fullmatch(key) and normal(key) not in WITHHELD:
            message = f"there is no list '{clip(key)}', and it is neither a number nor an address"
            hint = "lists stand under lists: of the flow or of twimlc.yaml"
            known = (*lists, "withheld")
            self.reader.report(unknown(rules.BAD_CASE, span, key, known, message, hint))
        else:
            self._case(key, span, key)

    def _case(self, text: str, span: Span, outcome: str) -> None:
        fault = self._fault(text, span)
        if fault is not None:
            self.reader.report(fault)
            return
        value = normal(text.removesuffix("*"))
        again = f"{value}*" if text.endswith("*") else value
        if again in self.seen:
            message = f"the case '{clip(text)}' comes a second time"
            labels = [Label(self.seen[again], "here before")]
            self.reader.report(rules.DUPLICATE_CASE.at(span, message, labels=labels))
            return
        self.seen[again] = span
        (self.beginnings if text.endswith("*") else self.whole)[value] = outcome

    def _fault(self, text: str, span: Span) -> Diagnostic | None:
        number = self.parameter in CALLERS and _LIKE_NUMBER.fullmatch(text)
        if self.parameter in CALLERS and text != "*" and normal(text) in WITHHELD:
            message = f"'{clip(text)}' is how a number arrives that is withheld"
            return rules.BAD_CASE.at(span, message, hint="write withheld")
        if number and not _NUMBER.fullmatch(text):
            star = "*" * text.endswith("*")
            digits = "".join(c for c in text if c.isdecimal())
            right = f"+{digits.removeprefix('00')}{star}"
            message = f"'{clip(text)}' is no number as Twilio sends it"
            if not _NUMBER.fullmatch(right):
                return rules.BAD_CASE.at(span, message, hint="a number is + and 2 to 15 digits")
            hint = with_country(digits)
            if not star and text[0] != "+" and hint.startswith("in "):  # nobody knows which
                return rules.BAD_CASE.at(span, message, hint=hint)
            fix = rewrite(span, text, right)
            return rules.BAD_CASE.at(span, message, hint=f"write {right}", fix=fix)
        if not text or text == "*":
            hint = "fallback: takes every other value"
            return rules.BAD_CASE.at(span, "this case says nothing", hint=hint)
        if not _ALLOWED.fullmatch(text):
            hint = "letters, digits and + - _ . : @; one * may stand at the end"
            return rules.BAD_CASE.at(span, f"'{clip(text)}' cannot be a case", hint=hint)
        return None

    def judge(self, span: Span) -> None:
        """Findings about all cases together."""
        if len(self.seen) > MOST_CASES:
            message = f"this switch has {len(self.seen):,} cases; at most {MOST_CASES:,} are taken"
            self.reader.report(rules.BAD_CASE.at(span, message))
        self.reader.report(*self._idle())

    def _idle(self) -> Iterator[Diagnostic]:
        by_length = sorted(self.beginnings, key=len, reverse=True)
        for value, outcome in self.whole.items():
            begin = next((each for each in by_length if begins(each, value)), None)
            if begin is None:
                continue
            other = self.beginnings[begin]
            if outcome == other or _same(self.ways[outcome], self.ways[other]):
                message = f"'{value}' goes where '{begin}*' goes anyway"
                yield rules.IDLE_CASE.at(self.seen[value], message)

    def asks(self) -> Cases[str]:
        """What the step asks, its cases in an order of their own."""
        withheld = self.withheld or (OTHER_VALUE if self.parameter in CALLERS else None)
        whole, beginnings = (tuple(sorted(e.items())) for e in (self.whole, self.beginnings))
        return Cases(self.parameter, withheld, whole, beginnings, OTHER_VALUE)
