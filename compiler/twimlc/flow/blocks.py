"""The blocks: shorter spellings for what callers meet most, lowered to the verbs they stand for."""

from dataclasses import replace
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.findings import Label, rules
from twimlc.flow import model
from twimlc.flow.elements import ElementReader
from twimlc.flow.targets import KEYS, TargetReader, ignores_dtmf
from twimlc.flow.values import check_value, expected
from twimlc.formats.keys import bad_key
from twimlc.text import Span
from twimlc.vocabulary.blocks import BLOCKS, BRANCHES, OWNED, Holds, Part
from twimlc.yaml.tree import (
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Template,
    entries_of,
    is_empty,
    items_of,
)


class StepAt(NamedTuple):
    """A step that is read: what is after its verb, all of it, and where it is."""

    node: Node
    step: Mapping
    span: Span
    allow: frozenset[str]
    note: str | None


class BlockReader(ElementReader, TargetReader):
    """Reads blocks, which are made of elements and targets."""

    def block(self, key: str, at: StepAt) -> list[model.Step]:
        """The verbs and choices that the block ``key`` stands for."""
        block, body = BLOCKS[key], at.node
        if not isinstance(body, Mapping):
            single = (Entry(block.single, body.span, body),) if block.single is not None else ()
            body = Mapping(single, body.span)
        if block.single is None and not self._has(body, key, *block.needed):
            return []
        for side in BRANCHES:
            entry = at.step.entry(side)
            if entry and side not in block.beside and not is_empty(entry.value):
                message = f"'{side}' cannot be used beside {key}: {block.leads}"
                self.report(rules.CHOICES_SAY_WHERE.at(entry.key_span, message))
        readers = {
            "menu": self._menu,
            "offer": self._offer,
            "voicemail": self._voicemail,
            "hunt": self._hunt,
            "join": self._join,
        }
        return readers[key](body, at)

    def _has(self, node: Mapping, name: str, *needed: str) -> bool:
        """Whether all these keys are filled in; the first that is not has its finding."""
        for key in needed:
            value = node.get(key)
            if is_empty(value) or (isinstance(value, Mapping | Sequence) and not len(value)):
                place = node.span if value is None else value.span
                self.report(rules.MISSING_KEY.at(place, f"{name} needs '{key}'"))
                return False
        return True

    def _block_part(self, node: Mapping, block: str, key: str) -> Node | None:
        """A part of a block: written in it, else in its defaults; of an element each attribute."""
        defaults, own = self.defaults, node.get(key)
        written = [own, *(e.value for _, e in defaults(block) if e.key == key)]
        first = next((each for each in written if not is_empty(each)), None)
        part = BLOCKS[block].parts[key]
        if not isinstance(part, Part) or part.holds not in (Holds.ELEMENT, Holds.SPEECH):
            return first
        spec = vocabulary.VOICE[part.element or "Say"]
        named: dict[str, Entry] = {}  # the stronger first, be it for the block or for the element
        for name, given in defaults(block, spec.key):
            inside: tuple[Entry, ...] = (given,) if name == spec.key else ()
            if name == block and given.key == key and isinstance(given.value, Mapping):
                inside = given.value.entries
            for entry in inside:
                if entry.key in (*spec.attributes, "extra"):
                    named.setdefault(entry.key, entry)
        if named and isinstance(first, Scalar) and spec.text:
            first = Mapping((Entry(spec.text.name, first.span, first),), first.span)
        if not named or not isinstance(first, Mapping):
            return first
        rest = {e.key: e for e in first if first is own or e.key not in named}
        return Mapping(tuple((named | rest).values()), first.span)

    def _words(self, node: Node | None, parent: str | None = None) -> tuple[model.Element, ...]:
        """A string, a prompt list, or the map of a ``say``; ``parent`` is what it is in."""
        if node is None:
            return ()
        inside = vocabulary.VOICE[parent] if parent else None
        if isinstance(node, Mapping):
            return (self.element(vocabulary.VOICE["Say"], node, parent=inside),)
        return tuple(self.prompt(node, inside))

    def _attempts(self, node: Mapping, block: str) -> int:
        spec = BLOCKS[block].parts["attempts"]
        assert isinstance(spec, vocabulary.Attribute)
        value = self._block_part(node, block, "attempts")
        text, found = (None, []) if value is None else check_value(spec, value)
        self.report(*found)
        if value is not None and isinstance(text, Template):
            message = f"attempts takes {expected(spec)}, not a value of the call"
            self.report(rules.BAD_VALUE.at(value.span, message))
        return int(text if isinstance(text, str) else spec.default or 1)

    def _element(self, node: Mapping, key: str) -> model.Element:
        """The verb that the block becomes: as the author says, else as the block does it."""
        block = BLOCKS[key]
        spec = vocabulary.VOICE[block.verb or ""]
        own = frozenset(block.parts.keys() - spec.attributes.keys() - {"extra"})
        skip = own - spec.inside.keys()
        element = self.element(spec, node, block=key, skip=skip)
        element = self._refuse_owned(element, key)
        for part in block.parts.values():
            if not isinstance(part, vocabulary.Attribute) or element.get(part.name) is not None:
                continue
            if part.name in spec.attributes:
                element = element.having(part.name, part.default or "")
        for name, value in block.sets.items():
            if value != spec.attributes[name].default:
                element = element.having(name, value)
        return element

    def _refuse_owned(self, element: model.Element, title: str) -> model.Element:
        """Drop and report attributes that the compiler writes itself."""
        for name in OWNED:
            if found := element.get(name):
                message = f"{name} is written by the compiler for {title}; {BLOCKS[title].leads}"
                self.report(rules.ACTION_OWNED.at(found.span, message))
        return element.without(*OWNED)

    def _menu(self, body: Mapping, at: StepAt) -> list[model.Step]:
        """Keys as choices, with attempts and words for wrong keys and silence."""
        entries = self._choices(body.get("choices"))
        if not entries:  # the schema said what is wrong with them
            return []
        targets = {e.key: self.needed_target(e.key, e.value, e.key_span) for e in entries}
        choices = {key: target for key, target in targets.items() if target is not None}
        gather = self._keys(self._element(body, "menu"), entries)
        prompt, invalid, silence = (
            self._words(self._block_part(body, "menu", part), "Gather")
            for part in ("prompt", "invalid", "silence")
        )
        attempts, when = self._attempts(body, "menu"), self._last(at)
        over = self.target(at.step.get("fallback"))
        words = (prompt, invalid, silence)
        return [model.Menu(gather, *words, choices, attempts, when, over, at.span, at.note)]

    def _last(self, at: StepAt) -> dict[str, model.Target]:
        """Where the last attempt leads, by what happened in it."""
        names, found = BLOCKS["menu"].outcomes, dict[str, model.Target]()
        for entry in entries_of(at.step.get("when")):
            target = self.target(entry.value)
            if KEYS.fullmatch(entry.key):
                message = f"'{entry.key}' is a key, so it goes into the menu's choices"
                hint = f"when beside menu names {' and '.join(names)}: how the last attempt ended"
                self.report(rules.CHOICES_SAY_WHERE.at(entry.key_span, message, hint=hint))
            elif self.is_outcome(entry, names, "menu") and target is not None:
                found[entry.key] = target
        return found

    def _choices(self, given: Node | None) -> tuple[Entry, ...]:
        """The keys and where each leads, from a map of them or a list of key and then."""
        if isinstance(given, Mapping):  # the schema said what is wrong with other keys
            return tuple(entry for entry in given.entries if KEYS.fullmatch(entry.key))
        found: dict[str, Entry] = {}
        for item in items_of(given):
            parts = {entry.key: entry.value for entry in entries_of(item)}
            key, then = parts.get("key"), parts.get("then")
            if not isinstance(key, Scalar) or then is None:
                continue  # the schema said that it is missing
            entry = Entry(key.text, key.span, then)
            if not KEYS.fullmatch(key.text) or isinstance(key.value, Template):
                self.report(bad_key(entry))
            elif (first := found.setdefault(key.text, entry)) is not entry:
                labels = [Label(first.key_span, "the first one")]
                message = f"there are two choices for '{key.text}'"
                self.report(rules.DUPLICATE_KEY.at(key.span, message, labels=labels))
        return tuple(found.values())

    def _keys(self, gather: model.Element, choices: tuple[Entry, ...]) -> model.Element:
        """numDigits and finishOnKey, as the choices need them."""
        lengths = sorted({len(entry.key) for entry in choices})
        if ignores_dtmf(gather):
            first = choices[0]
            message = f"input 'speech' ignores keys, so choice '{first.key}' never arrives"
            hint = "write input: [dtmf, speech]"
            self.report(rules.CONFLICT.at(first.key_span, message, hint=hint))
        own = gather.get("numDigits")
        if own is None:
            gather = gather.having("numDigits", str(lengths[-1]))
        elif (digits := gather.literal("numDigits")) and digits.isdecimal():
            longest = max(choices, key=lambda entry: len(entry.key))
            if lengths[-1] > int(digits):
                message = f"'{longest.key}' can never be entered: numDigits is {digits}"
                self.report(rules.CHOICE_TOO_LONG.at(longest.key_span, message))
            elif lengths[-1] < int(digits):
                message = f"numDigits is {digits}, and the longest choice is {longest.key}"
                hint = "leave it out: every caller waits for the timeout before a choice is taken"
                self.report(rules.MORE_KEYS_THAN_CHOICES.at(own.span, message, hint=hint))
        if len(lengths) > 1:
            odd = next(e for e in choices if len(e.key) == lengths[0])
            both = f"{lengths[0]} and {lengths[-1]} keys"
            message = f"choices have {both}: the short ones wait for the timeout"
            hint = "give all choices the same number of keys, or let callers end with #"
            self.report(rules.MIXED_CHOICES.at(odd.key_span, message, hint=hint))
        if gather.get("finishOnKey") is None and any("#" in entry.key for entry in choices):
            gather = gather.having("finishOnKey", "")
        finish = gather.literal("finishOnKey")
        for entry in choices:
            if finish and finish in entry.key:
                never = f"choice '{entry.key}' never arrives"
                message = f"finishOnKey '{finish}' ends the input, so {never}"
                self.report(rules.CONFLICT.at(entry.key_span, message))
        return gather

    def _offer(self, body: Mapping, at: StepAt) -> list[model.Step]:
        """Each option's words, and any key takes it."""
        gather = self._element(body, "offer")
        options: list[model.Option] = []
        for item in items_of(body.get("options")):
            if not isinstance(item, Mapping) or not self._has(item, "an option", "say", "then"):
                continue
            target = self.target(item.get("then"))
            if target is not None:
                words = self._words(item.get("say"), "Gather")
                spoken = replace(gather, children=words, span=item.span)
                options.append(model.Option(spoken, target, item.span))
        prompt = self._words(self._block_part(body, "offer", "prompt"))
        attempts = self._attempts(body, "offer")
        over = self.target(at.step.get("fallback"))
        return [model.Offer(prompt, tuple(options), attempts, over, at.span, at.note)]

    def _voicemail(self, body: Mapping, at: StepAt) -> list[model.Step]:
        """Says, records, says, goes on."""
        before = self._spoken(body, "say", "Please leave a message after the tone.")
        after = self._spoken(body, "goodbye", "Thank you. Goodbye.")
        record_node = self._block_part(body, "voicemail", "record") or Scalar(None, "", at.span)
        record = self.element(vocabulary.VOICE["Record"], record_node)
        record = replace(self._refuse_owned(record, "voicemail"), span=at.span)
        branches = self.branches(at.step, record, "voicemail")
        elements = (*before, record, *after)
        steps = [
            model.Perform(element, model.NO_BRANCHES, at.span, "voicemail") for element in elements
        ]
        steps[len(before)] = replace(steps[len(before)], note=at.note)
        way_on = model.Branches(then=branches.when.get("recorded") or branches.then)
        steps[-1] = replace(steps[-1], branches=way_on)
        return [*steps]

    def _spoken(self, node: Mapping, key: str, words: str) -> tuple[model.Element, ...]:
        given = self._block_part(node, "voicemail", key)
        if given is not None:
            return self._words(given)
        missing = [k for k in ("say", "goodbye") if not self._block_part(node, "voicemail", k)]
        return self.english(node, "voicemail", missing, words)

    def english(
        self, node: Mapping, block: str, missing: list[str], words: str
    ) -> tuple[model.Element, ...]:
        """The block's own words, where the flow speaks English; ``missing`` are its parts."""
        said = self.defaults("say")
        language = next((entry for _, entry in said if entry.key == "language"), None)
        tongue = language.value.value if language and isinstance(language.value, Scalar) else None
        if isinstance(tongue, str) and not tongue.lower().startswith("en"):
            message = f"{block} says its own English words here, but this flow speaks {tongue}"
            hint = f"give {block} a {' and a '.join(missing)} of your own"
            self.report(rules.ENGLISH_WORDS.at(node.span, message, hint=hint))
        return self._words(Scalar(words, words, node.span))

    def _hunt(self, body: Mapping, at: StepAt) -> list[model.Step]:
        """One after another until somebody answers."""
        people = (entry for item in items_of(body.get("people")) for entry in entries_of(item))
        element = self._element(Mapping((*body.entries, *people), body.span), "hunt")
        element = replace(element, span=at.span)
        branches = self.branches(at.step, element, "hunt")
        return [model.Perform(element, branches, at.span, "hunt", at.allow, at.note)]

    def _join(self, body: Mapping, at: StepAt) -> list[model.Step]:
        """A room that is knocked at while it is not open."""
        noun = vocabulary.VOICE["Room"]
        assert noun.text is not None, "a room has a name"
        named = (replace(e, key=noun.text.name) if e.key == "room" else e for e in body)
        room = self._element(Mapping((*named,), body.span), "join")
        element = model.Element("Connect", vocabulary.VOICE["Connect"], (), (room,), at.span)
        given, attempts = self._block_part(body, "join", "waiting"), self._attempts(body, "join")
        waiting = self._words(given)
        if given is None:
            pause = vocabulary.VOICE["Pause"]
            waiting = (self.element(pause, Scalar(None, "", at.span)).having("length", "10"),)
        elif attempts == 1 and body.get("waiting") is given:
            message = "nobody hears this: callers wait between two attempts, and there is one"
            self.report(rules.IGNORED_PART.at(given.span, message, hint="give attempts as well"))
        branches = self.branches(at.step, element, "join")
        return [model.Join(element, waiting, attempts, branches, at.span, at.note)]
