"""What is beside a verb: where it leads (``then``, ``when``, ``fallback``), and ``allow``.

Nodes of the tree come in; targets, names of approximations and findings go out.
"""

from collections.abc import Collection, Iterator, Mapping as Map, Set
from dataclasses import replace

from twimlc.findings import Diagnostic, Label, rules
from twimlc.flow import model
from twimlc.flow.names import FlowReader
from twimlc.text import Span, lazy_pattern
from twimlc.vocabulary import AttributeType
from twimlc.vocabulary.blocks import APPROXIMATIONS, BRANCHES
from twimlc.yaml import tree
from twimlc.yaml.names import unknown
from twimlc.yaml.tree import Entry, Mapping, Node, Scalar, Sequence, entries_of, is_empty, key_spans

KEYS = lazy_pattern(r"[0-9*#]+")
_HUNG_UP = ("hangup", "hang-up", "hung-up", "caller-hung-up", "caller-hangup", "redirected")


class TargetReader(FlowReader):
    """Reads where the outcomes of verbs lead."""

    def needed_target(self, key: str, node: Node, place: Span) -> model.Target | None:
        """A target that cannot be left out. A state may be called ``null``."""
        if isinstance(node, Scalar) and is_empty(node):
            if not node.text:
                message = f"'{key}' is empty; it takes the name of a state"
                self.report(rules.MISSING_KEY.at(place, message))
                return None
            node = replace(node, value=node.text)
        return self.target(node)

    def target(self, node: Node | None) -> model.Target | None:
        """A state's name, ``hangup``, ``next``, or a list of steps."""
        if node is None or is_empty(node):
            return None
        if isinstance(node, Sequence):
            return model.ToSteps(self.steps(node), node.span)
        if isinstance(node, Mapping):
            return None
        if node.value == "hangup":
            return model.ToHangup(node.span)
        if node.value == "next":
            return model.ToNext(node.span)
        key, found = self.scope.resolve(node)
        self.report(*found)
        return model.ToState(key, node.span, self.scope.is_entry(key, node)) if key else None

    def branches(self, step: Mapping, element: model.Element, title: str) -> model.Branches:
        """What is beside the verb of ``step``."""
        beside = (step.entry(key) for key in BRANCHES)
        written = {e.key: e for e in beside if e is not None and not is_empty(e.value)}
        if not written:
            return model.NO_BRANCHES
        outcomes = element.outcomes
        if not outcomes.names:
            for entry in written.values():
                message = f"{title} has only one outcome, so '{entry.key}' cannot be used beside it"
                hint = "write a goto as the next step"
                self.report(rules.BRANCH_NOT_ALLOWED.at(entry.key_span, message, hint=hint))
            return model.NO_BRANCHES
        given = {**written}
        if "fallback" in given and not outcomes.failed:
            place = given.pop("fallback").key_span
            message = f"{title} cannot fail, so its fallback would never run"
            hint = f"its one outcome is {outcomes.worked[0]}: use then, or a goto as the next step"
            self.report(rules.ONE_WAY_OUT.at(place, message, hint=hint))
        named: dict[str, model.Target] = {}
        keys: dict[str, model.Target] = {}
        for entry in entries_of(step.get("when")):
            target = self.target(entry.value)
            if element.tag == "Gather" and entry.key not in _HUNG_UP:
                if self._is_key(entry, element, target) and target is not None:
                    keys[entry.key] = target
            elif self.is_outcome(entry, outcomes.names, title, outcomes.not_outcomes):
                if element.tag == "Dial":
                    self._dial_status(entry, element)
                if target is not None:
                    named[entry.key] = target
        leads = {
            key: self.target(given[key].value) if key in given else None
            for key in ("then", "fallback")
        }
        if outcomes.untold:  # of a room when: {ended: X} is then: X, and not-open is fallback
            for name, key in ((outcomes.worked[0], "then"), (outcomes.failed[0], "fallback")):
                if name in named and leads[key] is not None:
                    message = f"'{name}' and '{key}' mean the same for a room"
                    place = key_spans(step.get("when"))[name]
                    labels = [Label(given[key].key_span, "said here already")]
                    self.report(rules.DUPLICATE_OUTCOME.at(place, message, labels=labels))
                leads[key] = named.pop(name, None) or leads[key]
        order = ("when",) if keys else ("fallback", "when", "then")
        place = next(written[key].key_span for key in order if key in written)
        return model.Branches(leads["then"], named, leads["fallback"], keys, place)

    def _is_key(self, entry: Entry, gather: model.Element, target: model.Target | None) -> bool:
        """Whether ``entry`` names keys of a phone; findings if not, or if they never arrive."""
        digits, keys = gather.literal("numDigits"), entry.key
        if not KEYS.fullmatch(keys):
            message = f"'{keys}' is not a sequence of phone keys"
            hint = "when beside gather names keys: 0-9, *, #; then and fallback are the rest"
            self.report(rules.UNKNOWN_OUTCOME.at(entry.key_span, message, hint=hint))
            return False
        if target is None:
            return True
        if ignores_dtmf(gather):
            message = f"input 'speech' ignores keys, so '{keys}' never arrives"
            hint = "write input: [dtmf, speech]"
            self.report(rules.CONFLICT.at(entry.key_span, message, hint=hint))
        elif digits and digits.isdecimal() and len(keys) > int(digits):
            message = f"'{keys}' can never be entered: numDigits is {digits}"
            self.report(rules.CHOICE_TOO_LONG.at(entry.key_span, message))
        return True

    def is_outcome(
        self, entry: Entry, names: Collection[str], title: str, gone: Collection[str] = ()
    ) -> bool:
        """Whether the key of ``entry`` is one of these outcomes; a finding says that it is not."""
        name = entry.key
        if name in gone or (name in _HUNG_UP and name not in names):
            message = f"nothing can follow '{name}': the caller is gone or elsewhere"
            hint = f"{title} ends as one of {', '.join(names)}"
            self.report(rules.NO_OUTCOME.at(entry.key_span, message, hint=hint))
            return False
        if name not in names:
            message, hint = f"{title} never ends as '{name}'", f"one of {', '.join(names)}"
            rule, span = rules.UNKNOWN_OUTCOME, entry.key_span
            self.report(unknown(rule, span, name, names, message, hint))
            return False
        return True

    def _dial_status(self, entry: Entry, element: model.Element) -> None:
        people = [child for child in element.elements() if child.does.rings]
        if entry.key == "declined" and not any(child.get("url") for child in people):
            message = "nobody can decline here: no noun of this dial has accept or a url"
            hint = "accept: true beside the number asks before joining; so may a url of your own"
            self.report(rules.DECLINED_WITHOUT_URL.at(entry.key_span, message, hint=hint))
        elif len(people) > 1 and entry.key in ("busy", "no-answer", "failed", "canceled"):
            message = f"'{entry.key}' is one status for all {len(people)} that are called"
            hint = "Twilio does not say which of them was meant; fallback covers them all"
            self.report(rules.SHARED_STATUS.at(entry.key_span, message, hint=hint))


def asks_itself(element: model.Element) -> bool:
    """Whether Twilio asks for the running document again where there is no action."""
    parts = (element, *element.elements())
    return any(part.spec is not None and part.spec.default_action for part in parts)


def leaves_for(element: model.Element) -> bool:
    """Whether the call leaves for an address of the author's when the verb is over."""
    return element.spec is not None and element.spec.leads and element.get("action") is not None


def stays_unanswered(element: model.Element) -> bool:
    """Whether the next verb runs on failure, action or not: silence, a room that is not open."""
    if element.tag == "Gather":
        return element.literal("actionOnEmptyResult") != "true"
    return element.outcomes.untold


def ignores_dtmf(gather: model.Element) -> bool:
    """Whether a Gather listens to speech alone, so that no key ever arrives."""
    return gather.literal("input") == "speech"


def allowed(step: Mapping) -> tuple[dict[str, Span], list[Diagnostic]]:
    """The approximations that stand beside a verb, and where."""
    names: dict[str, Span] = {}
    findings: list[Diagnostic] = []
    allow = step.get("allow")
    for node in allow.items if isinstance(allow, Sequence) else (allow,):
        name = tree.name_of(node)
        if node is None or name is None or is_empty(node):
            continue
        if name in APPROXIMATIONS:
            names[name] = node.span
            continue
        known, hint = APPROXIMATIONS, f"known are {' and '.join(APPROXIMATIONS)}"
        message = f"unknown approximation '{name}'"
        findings.append(unknown(rules.UNKNOWN_ALLOW, node.span, name, known, message, hint))
    return names, findings


def lost(key: str, given: Map[str, Span], done: Set[str]) -> Iterator[Diagnostic]:
    """Findings for what is allowed beside a verb that never does it."""
    for name, span in given.items():
        if name not in done:
            message = f"'{name}' cannot be allowed beside {key}: nothing there dials"
            hint = "it belongs beside dial, hunt, or a use of a component that dials"
            yield rules.LOST_STEP_KEY.at(span, message, hint=hint)


def may_do(element: model.Element) -> frozenset[str]:
    """The approximations that a verb can be, with the right values."""
    after_answer, chosen_number = APPROXIMATIONS
    found = {after_answer} if element.tag == "Dial" else set[str]()
    for part in (element, *element.elements()):
        if part.does.rings or part.text_type is AttributeType.SIP_URI:
            found.add(chosen_number)
    return frozenset(found)
