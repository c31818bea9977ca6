"""Where a step leads: ``then``, ``when`` and ``fallback`` beside a verb, and the names in them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic, Label
from twimlc.diagnostics.rules.flow import (
    BRANCH_NOT_ALLOWED,
    CHOICE_TOO_LONG,
    DECLINED_WITHOUT_URL,
    NO_OUTCOME,
    ONE_WAY_OUT,
    OUTCOME_TWICE,
    SHARED_STATUS,
    UNKNOWN_OUTCOME,
)
from twimlc.diagnostics.rules.shape import MISSING_KEY, WRONG_TYPE
from twimlc.diagnostics.rules.twiml import CONFLICT
from twimlc.flow.model import (
    NO_BRANCHES,
    Branches,
    Element,
    Step,
    Target,
    ToHangup,
    ToNext,
    ToState,
    ToSteps,
)
from twimlc.flow.names import Scope
from twimlc.source.names import nearest
from twimlc.source.respell import respell
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence, is_empty
from twimlc.text import Span

Report = Callable[[Iterable[Diagnostic]], None]
ReadSteps = Callable[[Sequence, Scope], "tuple[Step, ...]"]

KEYS = re.compile(r"[0-9*#]+")
_HUNG_UP = ("hangup", "hang-up", "hung-up", "caller-hung-up", "caller-hangup", "redirected")
PEOPLE = ("Number", "Client", "Sip", "WhatsApp", "Sim", "Application")


class TargetReader:
    """Reads targets in a scope. ``steps`` reads an inline list."""

    def __init__(self, report: Report, steps: ReadSteps) -> None:
        self.report = report
        self.steps = steps

    def named(self, key: str, node: Node, place: Span, scope: Scope) -> Target | None:
        """A target that cannot be left out. A state may be called ``null``."""
        if isinstance(node, Scalar) and is_empty(node):
            if not node.text:
                message = f"there is nothing behind '{key}:'; it takes a state's name"
                self.report([MISSING_KEY.at(place, message)])
                return None
            node = replace(node, value=node.text)
        return self.target(node, scope)

    def target(self, node: Node | None, scope: Scope) -> Target | None:
        """A state's name, ``hangup``, ``next``, or a list of steps."""
        if node is None or is_empty(node):
            return None
        if isinstance(node, Sequence):
            return ToSteps(self.steps(node, scope), node.span)
        if isinstance(node, Mapping):
            message = "this takes a state's name, hangup, next, or a list of steps"
            hint = "put a dash before the step to make it a list"
            self.report([WRONG_TYPE.at(node.span, message, hint=hint)])
            return None
        if node.value == "hangup":
            return ToHangup(node.span)
        if node.value == "next":
            return ToNext(node.span)
        key, found = scope.resolve(node)
        self.report(found)
        return ToState(key, node.span, scope.is_entry(key, node)) if key else None

    def branches(self, step: Mapping, element: Element, title: str, scope: Scope) -> Branches:
        """What stands beside the verb of ``step``."""
        then, when, fallback = (step.entry(key) for key in ("then", "when", "fallback"))
        given = [e for e in (then, when, fallback) if e is not None and not is_empty(e.value)]
        if not given:
            return NO_BRANCHES
        outcomes = outcomes_of(element)
        if outcomes is None:
            for entry in given:
                message = f"{title} has one way on, so '{entry.key}' cannot stand beside it"
                hint = "write a goto as the next step"
                self.report([BRANCH_NOT_ALLOWED.at(entry.key_span, message, hint=hint)])
            return NO_BRANCHES
        if fallback is not None and fallback in given and not outcomes.failed:
            message = f"{title} cannot fail, so its fallback would never run"
            hint = f"it has one way out: {', '.join(outcomes.worked)}; use then"
            self.report([ONE_WAY_OUT.at(fallback.key_span, message, hint=hint)])
            fallback = None
        named: dict[str, Target] = {}
        keys: dict[str, Target] = {}
        if when is not None and not is_empty(when.value):
            if not isinstance(when.value, Mapping):
                message = "when takes a map from outcomes to where they lead"
                self.report([WRONG_TYPE.at(when.value.span, message)])
            else:
                for entry in when.value.entries:
                    self._when(entry, element, outcomes, title, scope, named, keys)
        to = self.target(then.value if then else None, scope)
        otherwise = self.target(fallback.value if fallback else None, scope)
        if element.tag == "Connect" and outcomes.failed == ("not-open",):
            to, otherwise = self._room(when, then, fallback, named, to, otherwise)
        written = {entry.key: entry.key_span for entry in given}
        order = ("when", "fallback", "then") if keys else ("fallback", "when", "then")
        place = next(written[key] for key in order if key in written)
        return Branches(to, named, otherwise, keys, place)

    def _when(
        self,
        entry: Entry,
        element: Element,
        outcomes: vocabulary.Outcomes,
        title: str,
        scope: Scope,
        named: dict[str, Target],
        keys: dict[str, Target],
    ) -> None:
        name = entry.key
        target = self.target(entry.value, scope)
        if element.tag == "Gather":
            if not KEYS.fullmatch(name):
                message = f"'{name}' is not a row of keys on a phone"
                hint = "when beside gather names keys: 0-9, *, #; then and fallback are the rest"
                self.report([UNKNOWN_OUTCOME.at(entry.key_span, message, hint=hint)])
            elif target is not None:
                self.report(_never_keyed(name, element, entry.key_span))
                keys[name] = target
            return
        if name in outcomes.not_outcomes or (name in _HUNG_UP and name not in outcomes.names):
            message = (
                f"after '{name}' nothing of the flow can follow: the caller is gone or elsewhere"
            )
            hint = f"{title} ends as one of {', '.join(outcomes.names)}"
            self.report([NO_OUTCOME.at(entry.key_span, message, hint=hint)])
            return
        if name not in outcomes.names:
            close = nearest(name, outcomes.names)
            choices = f"one of {', '.join(outcomes.names)}"
            hint = f"did you mean '{close}'?" if close else choices
            message = f"{title} never ends as '{name}'"
            fix = respell(entry.key_span, name, outcomes.names)
            self.report([UNKNOWN_OUTCOME.at(entry.key_span, message, hint=hint, fix=fix)])
            return
        if element.tag == "Dial":
            self._dial_status(entry, element)
        if target is not None:
            named[name] = target

    def _dial_status(self, entry: Entry, element: Element) -> None:
        people = [child for child in element.elements() if child.tag in PEOPLE]
        if entry.key == "declined" and not any(child.get("url") for child in people):
            message = "nobody can decline here: no noun of this dial has a url"
            hint = "give the number a url whose document asks before joining"
            self.report([DECLINED_WITHOUT_URL.at(entry.key_span, message, hint=hint)])
        elif len(people) > 1 and entry.key in ("busy", "no-answer", "failed", "canceled"):
            message = f"'{entry.key}' is one status for all {len(people)} that are called"
            hint = "Twilio does not say who of them was meant; fallback covers them all"
            self.report([SHARED_STATUS.at(entry.key_span, message, hint=hint)])

    def _room(
        self,
        when: Entry | None,
        then: Entry | None,
        fallback: Entry | None,
        named: dict[str, Target],
        to: Target | None,
        otherwise: Target | None,
    ) -> tuple[Target | None, Target | None]:
        """For a room ``when: {ended: X}`` is ``then: X`` and ``not-open`` is ``fallback``."""
        for name, spelling, other in (("ended", then, to), ("not-open", fallback, otherwise)):
            if name in named and other is not None and when is not None and spelling is not None:
                place = when.value.entry(name) if isinstance(when.value, Mapping) else None
                message = f"'{name}' and '{spelling.key}' say the same of a room"
                labels = [Label(spelling.key_span, "said here already")]
                span = place.key_span if place else when.key_span
                self.report([OUTCOME_TWICE.at(span, message, labels=labels)])
        return named.pop("ended", None) or to, named.pop("not-open", None) or otherwise


def _never_keyed(keys: str, gather: Element, place: Span) -> Iterable[Diagnostic]:
    """Findings about keys that this gather can never hand over."""
    digits = gather.literal("numDigits")
    if deaf_to_keys(gather):
        message = f"input 'speech' hears no keys, so '{keys}' never arrives"
        yield CONFLICT.at(place, message, hint="write input: [dtmf, speech]")
    elif digits and digits.isdecimal() and len(keys) > int(digits):
        yield CHOICE_TOO_LONG.at(place, f"'{keys}' can never be keyed in: numDigits is {digits}")


def outcomes_of(element: Element) -> vocabulary.Outcomes | None:
    """The outcomes of a verb; those of its noun where Connect holds one."""
    if element.spec is None:
        return None
    if element.tag == "Connect":
        for child in element.elements():
            if child.spec is not None and child.spec.outcomes is not None:
                return child.spec.outcomes
    return element.spec.outcomes


def leaves_for(element: Element) -> bool:
    """Whether the call leaves for an address of the author's when the verb is over."""
    if element.spec is None or element.get("action") is None:
        return False
    return element.spec.attributes["action"].fetch is vocabulary.Fetch.TWIML


def asked_anyway(element: Element) -> bool:
    """Whether a Gather asks its action also when nothing was entered."""
    return element.literal("actionOnEmptyResult") == "true"


def deaf_to_keys(gather: Element) -> bool:
    """Whether a Gather listens to speech alone, so that no key ever arrives."""
    return gather.literal("input") == "speech"


def name_of(node: Node | None) -> str | None:
    """The text of a scalar that names something."""
    if not isinstance(node, Scalar):
        return None
    return node.value if isinstance(node.value, str) else node.text
