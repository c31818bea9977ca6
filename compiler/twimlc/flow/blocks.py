"""The blocks: shorter spellings for what callers meet most, lowered to the verbs they stand for."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.flow import (
    CHOICE_TOO_LONG,
    CHOICES_SAY_WHERE,
    MIXED_CHOICES,
    MORE_KEYS_THAN_CHOICES,
)
from twimlc.diagnostics.rules.shape import BAD_VALUE, MISSING_KEY, WRONG_TYPE
from twimlc.diagnostics.rules.twiml import ACTION_OWNED, CONFLICT, NOT_ALLOWED_INSIDE
from twimlc.diagnostics.rules.words import ENGLISH_WORDS
from twimlc.flow.elements import ElementReader
from twimlc.flow.model import (
    NO_BRANCHES,
    Attribute,
    Branches,
    Element,
    Menu,
    Offer,
    Option,
    Perform,
    Step,
    Target,
)
from twimlc.flow.names import Scope
from twimlc.flow.targets import KEYS, TargetReader, deaf_to_keys
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence, is_empty
from twimlc.text import Span

OWNED = ("action", "method", "actionOnEmptyResult")
_SAY_WHERE = {
    "menu": "its choices say where",
    "offer": "its options say where",
    "voicemail": "then says where",
    "hunt": "then, when and fallback say where",
}
MOST_ATTEMPTS = 20
_HUNTED = ("Number", "Client", "Sip")


@dataclass(frozen=True, slots=True)
class BlockReader:
    """Reads blocks with the readers of elements and targets."""

    elements: ElementReader
    targets: TargetReader

    def report(self, *found: Diagnostic) -> None:
        self.elements.around.report(list(found))

    def _part(self, node: Mapping, block: str, key: str) -> Node | None:
        """A part of a block: written in it, else in its defaults."""
        value = node.get(key)
        if value is not None and not is_empty(value):
            return value
        for entry in self.elements.around.defaults(block):
            if entry.key == key:
                return entry.value
        return None

    def _words(self, node: Node | None) -> tuple[Element, ...]:
        """A string, a prompt list, or the map of a ``say``."""
        if node is None:
            return ()
        if isinstance(node, Mapping):
            return (self.elements.element(vocabulary.VOICE["Say"], node, parent=None),)
        return tuple(self.elements.prompt(node, None))

    def _nested(self, node: Node | None) -> tuple[Element, ...]:
        """Words that are spoken inside a Gather."""
        if node is None:
            return ()
        gather = vocabulary.VOICE["Gather"]
        if isinstance(node, Mapping) and not (
            len(node) == 1 and node.entries[0].key in ("say", "play", "pause")
        ):
            return (self.elements.element(vocabulary.VOICE["Say"], node, parent=gather),)
        return tuple(self.elements.prompt(node, gather))

    def _count(self, node: Mapping, block: str, key: str, default: int) -> int:
        value = self._part(node, block, key)
        if value is None:
            return default
        number = value.value if isinstance(value, Scalar) else None
        if (
            isinstance(number, str)
            and number.isdecimal()
            and len(number) < 4
            and number == str(int(number))
        ):
            number = int(number)
        if (
            not isinstance(number, int)
            or isinstance(number, bool)
            or not 1 <= number <= MOST_ATTEMPTS
        ):
            message = f"{key} takes a whole number from 1 to {MOST_ATTEMPTS}"
            self.report(BAD_VALUE.at(value.span, message))
            return default
        return number

    def _refuse_owned(self, element: Element, title: str) -> Element:
        """Drop and report attributes that the compiler writes itself."""
        where = _SAY_WHERE[title]
        for name in OWNED:
            if found := element.get(name):
                message = f"{name} is written by the compiler for {title}; {where}"
                self.report(ACTION_OWNED.at(found.span, message))
        kept = tuple(a for a in element.attributes if a.name not in OWNED)
        return replace(element, attributes=kept)

    def menu(
        self, node: Node, step: Mapping, span: Span, scope: Scope, common: "Common"
    ) -> list[Step]:
        """``menu``: keys as choices, with attempts and words for wrong keys and silence."""
        if not isinstance(node, Mapping):
            self.report(WRONG_TYPE.at(node.span, "menu takes a map with a prompt and choices"))
            return []
        for key in ("then", "when"):
            if (entry := step.entry(key)) and not is_empty(entry.value):
                message = f"'{key}' cannot stand beside menu: its choices say where"
                self.report(CHOICES_SAY_WHERE.at(entry.key_span, message))
        choices_node = node.get("choices")
        if not isinstance(choices_node, Mapping) or not choices_node.entries:
            place = node.span if choices_node is None else choices_node.span
            self.report(
                MISSING_KEY.at(place, "menu needs choices: a map from keys to where they lead")
            )
            return []
        choices: dict[str, Target] = {}
        choices_node = Mapping(
            tuple(e for e in choices_node.entries if KEYS.fullmatch(e.key)), choices_node.span
        )
        if not choices_node.entries:  # the schema said what is wrong with them
            return []
        for entry in choices_node.entries:
            target = self.targets.named(entry.key, entry.value, entry.key_span, scope)
            if target is not None:
                choices[entry.key] = target
        skip = frozenset({"prompt", "choices", "attempts", "invalid", "silence"})
        gather = self.elements.element(
            vocabulary.VOICE["Gather"], node, parent=None, block="menu", skip=skip
        )
        gather = self._keys(self._refuse_owned(gather, "menu"), node, choices_node)
        return [
            Menu(
                gather=with_default(gather, "timeout", "5"),
                prompt=self._nested(self._part(node, "menu", "prompt")),
                choices=choices,
                attempts=self._count(node, "menu", "attempts", 3),
                invalid=self._nested(self._part(node, "menu", "invalid")),
                silence=self._nested(self._part(node, "menu", "silence")),
                fallback=self.targets.target(step.get("fallback"), scope),
                span=span,
                allow=common.allow,
                note=common.note,
            )
        ]

    def _keys(self, gather: Element, node: Mapping, choices: Mapping) -> Element:
        """numDigits and finishOnKey, as the choices need them."""
        lengths = sorted({len(entry.key) for entry in choices.entries})
        if deaf_to_keys(gather):
            first = choices.entries[0]
            message = f"input 'speech' hears no keys, so choice '{first.key}' never arrives"
            self.report(CONFLICT.at(first.key_span, message, hint="write input: [dtmf, speech]"))
        own = node.get("numDigits")
        if own is None:
            gather = with_attribute(gather, "numDigits", str(lengths[-1]))
        elif (digits := gather.literal("numDigits")) and digits.isdecimal():
            longest = max(choices.entries, key=lambda entry: len(entry.key))
            if lengths[-1] > int(digits):
                message = f"'{longest.key}' can never be keyed in: numDigits is {digits}"
                self.report(CHOICE_TOO_LONG.at(longest.key_span, message))
            elif lengths[-1] < int(digits):
                message = f"numDigits is {digits}, and the longest choice is {longest.key}"
                hint = "leave it out: every caller waits for the timeout before a choice is taken"
                self.report(MORE_KEYS_THAN_CHOICES.at(own.span, message, hint=hint))
        if len(lengths) > 1:
            odd = next(e for e in choices.entries if len(e.key) == lengths[0])
            message = (
                f"choices have {lengths[0]} and {lengths[-1]} keys: "
                "the short ones wait for the timeout"
            )
            hint = "give all choices the same number of keys, or let callers end with #"
            self.report(MIXED_CHOICES.at(odd.key_span, message, hint=hint))
        if any("#" in entry.key for entry in choices.entries):
            return with_attribute(gather, "finishOnKey", "")
        finish = gather.literal("finishOnKey")
        for entry in choices.entries:
            if finish and finish in entry.key:
                message = (
                    f"finishOnKey '{finish}' ends the input, so choice '{entry.key}' never arrives"
                )
                self.report(CONFLICT.at(entry.key_span, message))
        return gather

    def offer(
        self, node: Node, step: Mapping, span: Span, scope: Scope, common: "Common"
    ) -> list[Step]:
        """``offer``: each option's words, and any key takes it."""
        if not isinstance(node, Mapping):
            self.report(WRONG_TYPE.at(node.span, "offer takes a map with a prompt and options"))
            return []
        for key in ("then", "when"):
            if (entry := step.entry(key)) and not is_empty(entry.value):
                message = f"'{key}' cannot stand beside offer: its options say where"
                self.report(CHOICES_SAY_WHERE.at(entry.key_span, message))
        listed = node.get("options")
        if not isinstance(listed, Sequence) or not listed.items:
            place = node.span if listed is None else listed.span
            self.report(MISSING_KEY.at(place, "offer needs options: a list of say and then"))
            return []
        attributes = Mapping(tuple(e for e in node.entries if e.key == "timeout"), node.span)
        gather = self.elements.element(
            vocabulary.VOICE["Gather"], attributes, parent=None, block="offer"
        )
        gather = with_attribute(
            with_default(self._refuse_owned(gather, "offer"), "timeout", "3"), "numDigits", "1"
        )
        options: list[Option] = []
        for item in listed.items:
            if not isinstance(item, Mapping) or item.get("say") is None or item.get("then") is None:
                message = "an option has say (the words) and then (where any key leads)"
                self.report(MISSING_KEY.at(item.span, message))
                continue
            target = self.targets.target(item.get("then"), scope)
            if target is not None:
                words = self._nested(item.get("say"))
                options.append(
                    Option(replace(gather, children=words, span=item.span), target, item.span)
                )
        return [
            Offer(
                prompt=self._words(self._part(node, "offer", "prompt")),
                options=tuple(options),
                attempts=self._count(node, "offer", "attempts", 1),
                fallback=self.targets.target(step.get("fallback"), scope),
                span=span,
                note=common.note,
            )
        ]

    def voicemail(
        self, node: Node, step: Mapping, span: Span, scope: Scope, common: "Common"
    ) -> list[Step]:
        """``voicemail``: says, records, says, goes on."""
        body = node if isinstance(node, Mapping) else Mapping((), node.span)
        if not isinstance(node, Mapping) and not is_empty(node):
            self.report(
                WRONG_TYPE.at(node.span, "voicemail takes a map with say, record and goodbye")
            )
        before = self._spoken(body, "say", "Please leave a message after the tone.")
        after = self._spoken(body, "goodbye", "Thank you. Goodbye.")
        record_node = self._part(body, "voicemail", "record")
        record = self.elements.element(
            vocabulary.VOICE["Record"], record_node or Scalar(None, "", span), parent=None
        )
        record = replace(self._refuse_owned(record, "voicemail"), span=span)
        branches = self.targets.branches(step, record, "voicemail", scope)
        steps: list[Step] = [Perform(e, NO_BRANCHES, span, "voicemail") for e in before]
        steps.append(Perform(record, NO_BRANCHES, span, "voicemail", note=common.note))
        steps += [Perform(e, NO_BRANCHES, span, "voicemail") for e in after]
        way_on = branches.when.get("recorded") or branches.then
        if way_on is not None:
            last = steps.pop()
            assert isinstance(last, Perform)
            steps.append(replace(last, branches=Branches(then=way_on)))
        return steps

    def _spoken(self, node: Mapping, key: str, words: str) -> tuple[Element, ...]:
        given = self._part(node, "voicemail", key)
        if given is not None:
            return self._words(given)
        language = next(
            (e for e in self.elements.around.defaults("say") if e.key == "language"), None
        )
        tongue = language.value.value if language and isinstance(language.value, Scalar) else None
        if isinstance(tongue, str) and not tongue.lower().startswith("en"):
            message = f"voicemail says its own English words here, but this flow speaks {tongue}"
            missing = [
                part for part in ("say", "goodbye") if not self._part(node, "voicemail", part)
            ]
            hint = f"give voicemail a {' and a '.join(missing)} of your own"
            self.report(ENGLISH_WORDS.at(node.span, message, hint=hint))
        return self._words(Scalar(words, words, node.span))

    def hunt(
        self, node: Node, step: Mapping, span: Span, scope: Scope, common: "Common"
    ) -> list[Step]:
        """``hunt``: one after another until somebody answers."""
        if not isinstance(node, Mapping):
            node = Mapping((Entry("number", node.span, node),), node.span)
        dial = vocabulary.VOICE["Dial"]
        people = node.get("people")
        element_node = node
        if isinstance(people, Sequence):
            flat = tuple(
                entry
                for item in people.items
                if isinstance(item, Mapping)
                for entry in item.entries
            )
            element_node = Mapping(
                tuple(e for e in node.entries if e.key != "people") + flat, node.span
            )
        element = self._dial_in_order(dial, element_node)
        for child in element.elements():
            if child.spec is not None and child.spec.name not in _HUNTED:
                message = f"hunt calls numbers, clients and SIP addresses, not a {child.spec.key}"
                self.report(NOT_ALLOWED_INSIDE.at(child.span, message))
        element = with_attribute(with_default(element, "timeout", "20"), "sequential", "true")
        element = replace(self._refuse_owned(element, "hunt"), span=span)
        branches = self.targets.branches(step, element, "hunt", scope)
        return [Perform(element, branches, span, "hunt", common.allow, common.note)]

    def _dial_in_order(self, dial: vocabulary.Element, node: Mapping) -> Element:
        """A Dial whose nouns may repeat a key (people of several kinds, order kept)."""
        return self.elements.element(dial, node, parent=None, block="hunt")


class Common(NamedTuple):
    """What may stand beside any verb."""

    allow: frozenset[str]
    note: str | None


def with_attribute(element: Element, name: str, value: str) -> Element:
    """The element with this attribute, in the vocabulary's order."""
    assert element.spec is not None
    kept = {a.name: a for a in element.attributes}
    kept[name] = Attribute(name, value, kept[name].span if name in kept else element.span)
    order = [n for n in element.spec.attributes if n in kept]
    order += [n for n in kept if n not in element.spec.attributes]
    return replace(element, attributes=tuple(kept[n] for n in order))


def with_default(element: Element, name: str, value: str) -> Element:
    return element if element.get(name) else with_attribute(element, name, value)
