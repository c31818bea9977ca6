"""From a verb as it is written to the TwiML element it means.

Comes in: a node of the expanded tree under a verb's or noun's key, with the defaults in force.
Goes out: an :class:`Element` whose attributes are canonical and whose links are resolved.
"""

from collections.abc import Callable, Iterator
from collections.abc import Mapping as TableOf
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.shape import UNKNOWN_KEY, WRONG_TYPE
from twimlc.diagnostics.rules.twiml import (
    IGNORED_PART,
    MISSING_PART,
    NOT_ALLOWED_INSIDE,
)
from twimlc.flow.address_faults import is_address, is_relative
from twimlc.flow.conflicts import check_element
from twimlc.flow.extra import read_extra
from twimlc.flow.markup import parse_ssml
from twimlc.flow.model import Attribute, Element, Kind, Link, MediaLink, StateLink, Text
from twimlc.flow.values import check_value
from twimlc.flow.words import at_words
from twimlc.source.names import nearest
from twimlc.source.respell import respell
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence, is_empty
from twimlc.vocabulary import Fetch

_OF_STATES = (Fetch.TWIML, Fetch.TWIML_LEG, Fetch.MEDIA_OR_TWIML)
_SPEAKABLE = ("Say", "Play", "Pause")


class Surroundings(NamedTuple):
    """What an element needs to know of the flow around it.

    ``link`` resolves a scalar or list that stands for a state's document; ``defaults`` gives the
    ``defaults:`` entries of a name; ``report`` takes findings.
    """

    kind: Kind
    flow: str
    link: Callable[[Node], StateLink | None]
    defaults: Callable[[str], tuple[Entry, ...]]
    report: Callable[[list[Diagnostic]], None]


class ElementReader:
    """Reads elements. ``blocks`` names the blocks and verbs whose defaults apply, inner first."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.refused = 0  # parts that were written, but not understood

    def report(self, found: list[Diagnostic]) -> None:
        """Pass findings on, counting what was refused."""
        if found:
            self.refused += sum(finding.is_error for finding in found)
            self.around.report(found)

    def verb(self, key: str, node: Node, *, block: str | None = None) -> Element | None:
        """The verb called ``key``; None if there is no such verb (reported elsewhere)."""
        spec = vocabulary.element_by_key(self.around.kind.value, None, key)
        if spec is None:
            return None
        return self.element(spec, node, parent=None, block=block)

    def element(
        self,
        spec: vocabulary.Element,
        node: Node,
        *,
        parent: vocabulary.Element | None,
        block: str | None = None,
        skip: frozenset[str] = frozenset(),
    ) -> Element:
        """The element ``spec`` as written in ``node``: a scalar, a map, or nothing."""
        refused = self.refused
        given: list[Entry] = []
        children: list[Element | Text | Link] = []
        text_nodes: list[Node] = []
        attributes: dict[str, Attribute] = {}
        extra: list[Attribute] = []
        if isinstance(node, Mapping):
            given += (entry for entry in node.entries if entry.key not in skip)
        elif isinstance(node, Sequence):
            children += self._listed(spec, node)
        elif not is_empty(node):
            text_nodes.append(node)
        named = {entry.key for entry in given if not is_empty(entry.value)}
        for source in (block, spec.key):
            for entry in self.around.defaults(source) if source else ():
                if entry.key in spec.attributes and entry.key not in named:
                    given.append(entry)
                    named.add(entry.key)
        kids = vocabulary.child_keys(spec)
        for entry in given:
            self._part(spec, entry, kids, attributes, extra, children, text_nodes)
        self._text(spec, text_nodes, children)
        ordered = [attributes[name] for name in spec.attributes if name in attributes]
        element = Element(spec.tag, spec, (*ordered, *extra), tuple(children), node.span)
        words = text_nodes[0].span if text_nodes else None
        findings = at_words(check_element(element, parent), element, words)
        if self.refused > refused:  # a part that was refused is not a part that is missing
            findings = [f for f in findings if f.rule not in (MISSING_PART, IGNORED_PART)]
        self.report(findings)
        return element

    def _part(
        self,
        spec: vocabulary.Element,
        entry: Entry,
        kids: "TableOf[str, vocabulary.Element]",
        attributes: dict[str, Attribute],
        extra: list[Attribute],
        children: list[Element | Text | Link],
        text_nodes: list[Node],
    ) -> None:
        key, value = entry.key, entry.value
        text = spec.text
        if key in spec.attributes:
            attribute = self._attribute(spec, spec.attributes[key], value)
            if attribute is not None:
                attributes[key] = attribute
        elif (
            text
            and key == text.name
            and (key not in kids or (text.as_child and spec.name != "Dial"))
        ):
            text_nodes.append(value)
        elif key in kids:
            kid = kids[key]
            # Headers is a wrapper: its own children are written in its place.
            mapped = kid.map_key == key or key in vocabulary.child_keys(kid)
            children += (self._mapped if mapped else self._child)(kid, spec, value)
        elif key == "prompt" and "Say" in spec.children:
            children += self.prompt(value, spec)
        elif key == "ssml" and spec.name == "Say":
            fragment, found = parse_ssml(value)
            self.report(found)
            children += fragment
        elif key == "extra":
            unknown, found = read_extra(spec, value)
            self.report(found)
            extra += unknown
        elif key == "twiml" and "Say" not in spec.children:
            return
        else:
            known = [*spec.attributes, *kids, *((text.name,) if text else ())]
            close = nearest(key, known)
            hint = f"did you mean '{close}'?" if close else None
            message = f"{spec.key} has no '{key}'"
            fix = respell(entry.key_span, key, known)
            self.report([UNKNOWN_KEY.at(entry.key_span, message, hint=hint, fix=fix)])

    def _attribute(
        self, spec: vocabulary.Element, known: vocabulary.Attribute, node: Node
    ) -> Attribute | None:
        if known.fetch in _OF_STATES and known.type is vocabulary.AttributeType.URL:
            link = self._own_document(known, node)
            if link is not None:
                return Attribute(known.name, link, node.span)
            if isinstance(node, Sequence) or _names_state(node):
                return None
        value, found = check_value(known, node)
        self.report(found)
        if value is None:
            return None
        if known.fetch is Fetch.MEDIA_OR_TWIML and isinstance(value, str) and _is_file(value):
            return Attribute(known.name, MediaLink(self.around.flow, value), node.span)
        return Attribute(known.name, value, node.span)

    def _own_document(self, known: vocabulary.Attribute, node: Node) -> StateLink | None:
        if isinstance(node, Sequence) or _names_state(node):
            link = self.around.link(node)
            self.refused += link is None
            return link
        return None

    def _text(
        self,
        spec: vocabulary.Element,
        nodes: list[Node],
        children: list[Element | Text | Link],
    ) -> None:
        text = spec.text
        nodes = [node for node in nodes if not is_empty(node)]
        if not nodes:
            return
        if text is None:
            bare = _bare(spec, nodes[0])
            if bare is not None:
                children.append(self.element(bare, _nothing(nodes[0]), parent=spec))
                return
            message = f"{spec.key} takes no text; write its parts as a map"
            self.report([WRONG_TYPE.at(nodes[0].span, message)])
            return
        node = nodes[0]
        if isinstance(node, Sequence) or (
            isinstance(node, Mapping) and text.type.value != "json-object"
        ):
            self.report([WRONG_TYPE.at(node.span, f"{spec.key} takes text here")])
            return
        value, found = check_value(text, node)
        self.report(found)
        if value is None:
            return
        content: Text | Link = value
        if text.fetch is Fetch.MEDIA and isinstance(value, str) and _is_file(value):
            content = MediaLink(self.around.flow, value)
        noun = "Number" if spec.name == "Dial" else text.as_child
        elements = any(isinstance(child, Element) for child in children)
        if noun and (spec.name == "Dial" or elements or not text.documented):
            kid = vocabulary.element_by_tag(self.around.kind.value, spec.name, noun)
            if kid is not None:
                children.insert(0, self.element(kid, node, parent=spec))
                return
        if content != "" or spec.name == "Say":
            children.insert(0, content)

    def _child(
        self, kid: vocabulary.Element, parent: vocabulary.Element, node: Node
    ) -> Iterator[Element]:
        if isinstance(node, Sequence):
            for item in node.items:
                yield self.element(kid, item, parent=parent)
        else:
            yield self.element(kid, node, parent=parent)

    def _listed(self, spec: vocabulary.Element, node: Sequence) -> Iterator[Element]:
        """A list straight under a verb: nouns, each a map with one key or a bare name."""
        kids = vocabulary.child_keys(spec)
        for item in node.items:
            if isinstance(item, Mapping) and len(item) == 1 and item.entries[0].key in kids:
                yield from self._child(kids[item.entries[0].key], spec, item.entries[0].value)
            elif spec.text is None and (bare := _bare(spec, item)) is not None:
                yield self.element(bare, _nothing(item), parent=spec)
            else:
                message = (
                    f"{spec.key} takes a map or text, or a list of {', '.join(kids) or 'nothing'}"
                )
                self.report([WRONG_TYPE.at(item.span, message)])

    def _mapped(
        self, kid: vocabulary.Element, parent: vocabulary.Element, node: Node
    ) -> Iterator[Element]:
        """Children written as one map of names and values (or ``languages``, a list of maps)."""
        if isinstance(node, Sequence):
            for item in node.items:
                yield self.element(kid, item, parent=parent)
            return
        if not isinstance(node, Mapping):
            message = f"{kid.map_key} takes a map of names and values"
            self.report([WRONG_TYPE.at(node.span, message)])
            return
        if "name" not in kid.attributes:  # Headers: a wrapper round its own children
            inner = vocabulary.child_keys(kid)
            header = next(iter(inner.values()))
            nested = tuple(self._pairs(header, node))
            yield Element(kid.tag, kid, (), nested, node.span)
            return
        yield from self._pairs(kid, node)

    def _pairs(self, kid: vocabulary.Element, node: Mapping) -> Iterator[Element]:
        for entry in node.entries:
            name, found = check_value(
                kid.attributes["name"], Scalar(entry.key, entry.key, entry.key_span)
            )
            value, more = check_value(kid.attributes["value"], entry.value)
            self.report(found + more)
            if name is None or value is None:
                continue
            yield Element(
                kid.tag,
                kid,
                (
                    Attribute("name", name, entry.key_span),
                    Attribute("value", value, entry.value.span),
                ),
                (),
                entry.value.span,
            )

    def prompt(self, node: Node, parent: vocabulary.Element | None) -> list[Element]:
        """One string that is spoken, or a list of say, play and pause."""
        say = vocabulary.VOICE["Say"]
        if isinstance(node, Scalar):
            if is_empty(node) or node.value == "":
                return []
            return [self.element(say, node, parent=parent)]
        if isinstance(node, Mapping):
            node = Sequence((node,), node.span)
        spoken: list[Element] = []
        for item in node.items:
            if isinstance(item, Scalar) and item.value == "pause":
                spoken.append(
                    self.element(vocabulary.VOICE["Pause"], _nothing(item), parent=parent)
                )
            elif isinstance(item, Scalar):
                spoken.append(self.element(say, item, parent=parent))
            elif isinstance(item, Mapping) and len(item) == 1:
                entry = item.entries[0]
                spec = vocabulary.element_by_key("voice", None, entry.key)
                if spec is None or spec.name not in _SPEAKABLE:
                    message = f"'{entry.key}' cannot stand in a prompt"
                    hint = "a prompt holds say, play and pause"
                    finding = NOT_ALLOWED_INSIDE.at(entry.key_span, message, hint=hint)
                    self.report([finding])
                    continue
                spoken.append(self.element(spec, entry.value, parent=parent))
            else:
                message = "a prompt is text, or a list of say, play and pause steps"
                self.report([WRONG_TYPE.at(item.span, message)])
        return spoken


def _nothing(node: Node) -> Scalar:
    return Scalar(None, "", node.span)


def _bare(spec: vocabulary.Element, node: Node) -> vocabulary.Element | None:
    """The noun whose name alone stands for it, as in ``start: recording``."""
    kid = vocabulary.child_keys(spec).get(node.text) if isinstance(node, Scalar) else None
    return kid if kid is not None and kid.kind is vocabulary.Kind.NOUN else None


def _names_state(node: Node) -> bool:
    """Whether a URL attribute's value is a state's name (and not an address or empty)."""
    return (
        isinstance(node, Scalar)
        and isinstance(node.value, (str, int, bool))
        and node.text != ""
        and not is_address(str(node.value) if isinstance(node.value, str) else node.text)
    )


def _is_file(text: str) -> bool:
    return text != "" and is_relative(text)
