"""From a verb as it is written to the TwiML element it means.

Comes in: a node of the expanded tree under a verb's or noun's key, with the defaults in force.
Goes out: an :class:`Element` whose attributes are canonical and whose links are resolved.
"""

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence as SequenceABC
from dataclasses import dataclass, field

from twimlc import vocabulary
from twimlc.findings import Diagnostic, rules
from twimlc.flow.addresses import is_relative
from twimlc.flow.conflicts import check_element, written_here
from twimlc.flow.decisions import NOTHING_KNOWN, Known
from twimlc.flow.markup import parse_ssml
from twimlc.flow.model import (
    Attribute,
    Element,
    Link,
    MediaLink,
    StateKey,
    StateLink,
    Step,
    Text,
)
from twimlc.flow.names import FlowReader, LiesAt, Scope
from twimlc.flow.values import check_value, scalar_text
from twimlc.text import Place, Span, lazy_pattern
from twimlc.vocabulary import Fetch
from twimlc.vocabulary.blocks import BLOCKS
from twimlc.yaml import tree
from twimlc.yaml.tree import Entry, Mapping, Node, Scalar, Sequence, Template, is_empty

_XML_NAME = lazy_pattern(r"(xml:)?[A-Za-z_][A-Za-z0-9_.\-]*")
_SPEAKABLE = frozenset(vocabulary.VOICE[name].key for name in vocabulary.PROMPTS)


@dataclass(slots=True)
class _Read:
    """What an element is made of, as far as it is read."""

    spec: vocabulary.Element
    attributes: dict[str, Attribute] = field(default_factory=dict)
    extra: list[Attribute] = field(default_factory=list)
    children: list[Element | Text | Link] = field(default_factory=list)
    texts: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Asking:
    """What ``accept`` says: without a ``node`` nothing is asked. ``steps`` is the question made of
    it, ``links`` are its documents, by the state whose words come first."""

    node: Node | None
    span: Span
    steps: list[Step] = field(default_factory=list)
    links: dict[StateKey | None, StateLink] = field(default_factory=dict)


class ElementReader(FlowReader):
    """Reads elements, with the defaults in force where they are."""

    def __init__(
        self,
        kind: vocabulary.DocumentKind,
        scope: Scope,
        lies_at: LiesAt,
        known: Known = NOTHING_KNOWN,
    ) -> None:
        super().__init__(kind, scope, lies_at, known)
        self._refused = 0  # parts that were written, but not understood
        self._taken = Counter[Place]()  # how many elements take a default
        self._unused = dict[Place, Diagnostic]()  # what is said of it where none does
        self._asking: Asking | None = None  # what the dial being read says of all its nouns

    @abstractmethod
    def asking(self, given: SequenceABC[Entry], *names: str) -> Asking | None:
        """What ``accept`` says among these keys, or else in the defaults of these names."""

    @abstractmethod
    def asked(self, asking: Asking, url: Attribute | None) -> Attribute | None:
        """The ``url`` of somebody who is asked, after the words of their own one."""

    @abstractmethod
    def check_asked(self, dial: Element, asking: Asking | None, *, in_turn: bool) -> None:
        """Report what is wrong with whom a dial asks."""

    def _refuse(self, *found: Diagnostic) -> None:
        """Report what is wrong with a part; with an error it is not understood."""
        self._refused += sum(finding.is_error for finding in found)
        self.findings += found

    def element(
        self,
        spec: vocabulary.Element,
        node: Node,
        *,
        parent: vocabulary.Element | None = None,
        block: str | None = None,
        skip: frozenset[str] = frozenset(),
    ) -> Element:
        """The element ``spec`` as written in ``node``: a scalar, a map, or nothing."""
        refused, read = self._refused, _Read(spec)
        given: list[Entry] = []
        if isinstance(node, Mapping):
            given += (entry for entry in node.entries if entry.key not in skip)
        elif isinstance(node, Sequence):
            read.children += self._listed(spec, node)
        elif not is_empty(node):
            read.texts.append(node)
        named = {entry.key for entry in given if not is_empty(entry.value)}
        for source, entry in self.defaults(block or spec.key, spec.key):
            if entry.key not in spec.attributes or entry.key in named:
                continue
            if block is not None and source != block and entry.key in BLOCKS[block].owned:
                self._pass_over(entry.value.span, f"{block} has its own {entry.key}")
                continue
            self._taken[entry.value.span.place] += 1
            given.append(entry)
            named.add(entry.key)
        asks, outer = spec.name in BLOCKS["accept"].on, self._asking
        asking = self.asking(given, block or spec.key, spec.key) if asks else None
        if spec.name == "Dial":
            self._asking = asking
        for entry in given:
            if entry.key != "accept" or not asks:
                self._part(read, entry.key, entry.value)
        self._text(read)
        if spec.name == "Dial":
            self._asking = outer
        elif asks and (ask := asking or outer) is not None:
            url = self.asked(ask, read.attributes.get("url"))
            read.attributes |= {} if url is None else {"url": url}
        ordered = [read.attributes[name] for name in spec.attributes if name in read.attributes]
        parts = (*ordered, *read.extra)
        element = Element(spec.tag, spec, parts, tuple(read.children), node.span)
        findings = check_element(element, parent, read.texts[0].span if read.texts else None)
        if self._refused > refused:  # a part that was refused is not a part that is missing
            echoes = (rules.MISSING_PART, rules.IGNORED_PART)
            findings = [finding for finding in findings if finding.rule not in echoes]
        self._refuse(*findings)
        for name, value, _ in ordered:
            asked = spec.attributes[name].method_attribute
            if asked and isinstance(value, StateLink) and (method := element.get(asked)):
                self.leave_out(element, method, f"the host sets it where {name} is a state")
                element = element.without(asked)
        if spec.name == "Dial":
            sets = BLOCKS[block].sets if block is not None else {}
            in_turn = "true" in (sets.get("sequential"), element.literal("sequential"))
            self.check_asked(element, asking, in_turn=in_turn)
        return element

    def unused_defaults(self) -> Iterator[Diagnostic]:
        """Findings for defaults that only blocks met which have their own value."""
        return (found for place, found in self._unused.items() if not self._taken[place])

    def _pass_over(self, span: Span, why: str) -> None:
        finding = rules.UNUSED_DEFAULT.at(span, f"nothing takes this default: {why}")
        self._unused.setdefault(span.place, finding)

    def leave_out(self, element: Element, attribute: Attribute, because: str) -> None:
        """An attribute that is not written, since the compiler or nothing needs it."""
        why = f"{attribute.name} does nothing here: {because}"
        if written_here(element, attribute.name):
            self.report(rules.IGNORED_PART.at(attribute.span, why))
        else:
            self._taken[attribute.span.place] -= 1
            self._pass_over(attribute.span, why)

    def _part(self, read: "_Read", key: str, value: Node) -> None:
        spec, text = read.spec, read.spec.text
        kids, dial = spec.inside, spec.name == "Dial"
        if key in spec.attributes:
            attribute = self._attribute(spec, spec.attributes[key], value)
            if attribute is not None:
                read.attributes[key] = attribute
        elif (
            text
            and key == text.name
            and (key not in kids or (text.as_child and isinstance(value, Scalar) and not dial))
        ):
            read.texts.append(value)
        elif key in kids:
            kid = kids[key]
            # Headers is a wrapper: its own children are written in its place.
            mapped = kid.map_key == key or key in kid.inside
            read.children += (self._mapped if mapped else self._child)(kid, spec, value)
        elif key == "prompt" and "Say" in spec.children:
            read.children += self.prompt(value, spec)
        elif key == "ssml" and spec.name == "Say":
            fragment, found = parse_ssml(value)
            self._refuse(*found)
            read.children += fragment
        elif key == "extra":
            unknown, found = read_extra(spec, value)
            self._refuse(*found)
            read.extra += unknown
        else:
            self._refused += 1

    def _value(self, known: vocabulary.Attribute, node: Node) -> Text | None:
        value, found = check_value(known, node)
        self._refuse(*found)
        self._refused += value is None and not found
        return value

    def _attribute(
        self, spec: vocabulary.Element, known: vocabulary.Attribute, node: Node
    ) -> Attribute | None:
        of_state = known.fetch in vocabulary.TWIML_FETCHES
        if known.name == "action" and not spec.leads:
            of_state = False  # Twilio asks it, and runs nothing of the answer
        named = self.state_name(node) if of_state else None
        if of_state and (isinstance(node, Sequence) or named is not None):
            link = self.link(named or node)
            self._refused += link is None
            return Attribute(known.name, link, node.span) if link else None
        value = self._value(known, node)
        if value is None:
            return None
        if known.fetch is Fetch.MEDIA_OR_TWIML and isinstance(value, str) and _is_file(value):
            return Attribute(known.name, MediaLink(self.flow, value), node.span)
        return Attribute(known.name, value, node.span)

    def _text(self, read: "_Read") -> None:
        spec, text, children = read.spec, read.spec.text, read.children
        node = next((node for node in read.texts if not is_empty(node)), None)
        if node is None:
            return
        if text is None:
            # The noun whose name alone stands for it, as in `start: recording`.
            bare = spec.inside.get(node.text) if isinstance(node, Scalar) else None
            if bare is not None and bare.kind is vocabulary.Kind.NOUN:
                children.append(self.element(bare, _nothing(node), parent=spec))
            else:
                self._refused += 1
            return
        value = self._value(text, node)
        if value is None:
            return
        content: Text | Link = value
        if text.fetch is Fetch.MEDIA and isinstance(value, str) and _is_file(value):
            content = MediaLink(self.flow, value)
        noun = text.as_child
        elements = any(isinstance(child, Element) for child in children)
        if noun and (spec.name == "Dial" or elements or not text.documented):
            kid = vocabulary.element_by_tag(self.kind, spec.name, noun)
            if kid is not None:
                children.insert(0, self.element(kid, node, parent=spec))
                return
        if content != "":
            children.insert(0, content)

    def _child(
        self, kid: vocabulary.Element, parent: vocabulary.Element, node: Node
    ) -> Iterator[Element]:
        for item in node.items if isinstance(node, Sequence) else (node,):
            yield self.element(kid, item, parent=parent)

    def _listed(self, spec: vocabulary.Element, node: Sequence) -> Iterator[Element]:
        """A list straight under a verb: nouns, each a map with one key."""
        kids = spec.inside
        for item in node.items:
            if isinstance(item, Mapping) and len(item) == 1 and item.entries[0].key in kids:
                yield from self._child(kids[item.entries[0].key], spec, item.entries[0].value)
            else:
                self._refused += 1

    def _mapped(
        self, kid: vocabulary.Element, parent: vocabulary.Element, node: Node
    ) -> Iterator[Element]:
        """Children written as one map of names and values (or ``languages``, a list of maps)."""
        inner = kid.inside
        if isinstance(node, Sequence) or not (inner or "name" in kid.attributes):
            yield from self._child(kid, parent, node)
        elif not isinstance(node, Mapping):
            self._refused += 1
        elif "name" not in kid.attributes:  # Headers: a wrapper round its own children
            nested = tuple(self._pairs(next(iter(inner.values())), node))
            yield Element(kid.tag, kid, (), nested, node.span)
        else:
            yield from self._pairs(kid, node)

    def _pairs(self, kid: vocabulary.Element, node: Mapping) -> Iterator[Element]:
        for entry in node.entries:
            key = Scalar(entry.key, entry.key, entry.key_span)
            name = self._value(kid.attributes["name"], key)
            value = self._value(kid.attributes["value"], entry.value)
            if name is None or value is None:
                continue
            place = entry.value.span
            pair = Attribute("name", name, entry.key_span), Attribute("value", value, place)
            yield Element(kid.tag, kid, pair, (), place)

    def prompt(self, node: Node, parent: vocabulary.Element | None) -> list[Element]:
        """One string that is spoken, or a list of say, play and pause."""
        say = vocabulary.VOICE["Say"]
        if isinstance(node, Scalar):
            silent = is_empty(node) or node.value == ""
            return [] if silent else [self.element(say, node, parent=parent)]
        spoken: list[Element] = []
        for item in tree.items_of(node):
            if isinstance(item, Scalar) and item.value == "pause":
                pause = vocabulary.VOICE["Pause"]
                spoken.append(self.element(pause, _nothing(item), parent=parent))
            elif len(keys := tree.entries_of(item)) == 1 and keys[0].key in _SPEAKABLE:
                spec = vocabulary.verbs("voice")[keys[0].key]
                spoken.append(self.element(spec, keys[0].value, parent=parent))
            else:
                self._refused += 1
        return spoken


def _nothing(node: Node) -> Scalar:
    return Scalar(None, "", node.span)


def _is_file(text: str) -> bool:
    return text != "" and is_relative(text)


def read_extra(spec: vocabulary.Element, node: Node) -> tuple[list[Attribute], list[Diagnostic]]:
    """Those of ``extra:``, which are newer than the table; one that it has would be there twice."""
    attributes: list[Attribute] = []
    findings: list[Diagnostic] = []
    for entry in tree.entries_of(node):
        key, scalar = entry.key, entry.value
        if not isinstance(scalar, Scalar) or scalar.value is None:
            found = rules.WRONG_TYPE.at(scalar.span, f"extra attribute '{key}' takes text")
        elif not _XML_NAME.fullmatch(key):
            message = f"'{key}' is not a valid name of an attribute"
            found = rules.WRONG_TYPE.at(entry.key_span, message)
        elif key in spec.attributes:
            message = f"'{key}' is not an extra attribute: {spec.key} has it"
            found = rules.WRONG_TYPE.at(entry.key_span, message, hint="write it beside 'extra'")
        else:
            message = f"'{key}' is not in our table of TwiML, so nothing about it is checked"
            found = rules.EXTRA_MARKUP.at(entry.key_span, message)
            value = scalar.value
            text = value if isinstance(value, Template) else scalar_text(value, scalar.text)
            attributes.append(Attribute(key, text, scalar.span))
        findings.append(found)
    return attributes, findings
