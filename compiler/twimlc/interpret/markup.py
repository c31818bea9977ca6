"""One verb as both interpreters see it: tags, attributes, text, and links that are ours.

A flow's element or the bytes of a document come in; a :class:`Part` goes out, and from it the
canonical form in which two verbs are compared. Links of ours are taken out of that form, since a
flow names a state where a document holds an address.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import urljoin

from twimlc import vocabulary
from twimlc.flow.decisions import Asks, Sample, outcomes_of, samples
from twimlc.flow.model import Element, Link, MediaLink, StateLink, Text
from twimlc.text import SourceFile
from twimlc.xml.file_type import read_document
from twimlc.xml.tags import Fault, Tag, parse
from twimlc.yaml.tree import Template

_SPACE = re.compile(r"\s+")
_name = itemgetter(0)
_QUERY = re.compile(r"\?[A-Za-z0-9._~%=&+-]+")
_FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class InternalLink:
    """A link to something of ours: a state or audio file of a flow, or an address of a host.

    ``name`` is the place it is in (``Number.url``), ``method`` how a document asks for it.
    """

    place: StateLink | MediaLink | str
    name: str
    method: str = "GET"


Value = str | InternalLink
Key = tuple[object, ...]


@dataclass(eq=False)
class Part:
    """An element. ``line`` is its line in a document; 0 in a flow, and where several share it.

    ``asks`` is what the host is asked before anything is heard, ``samples`` the answers to try.
    """

    tag: str
    spec: vocabulary.Element | None
    attributes: tuple[tuple[str, Value], ...]
    children: "tuple[Part | Value, ...]"
    line: int
    asks: Asks | None = None
    samples: tuple[Sample, ...] = ()

    @property
    def does(self) -> vocabulary.Does:
        """What it does in a call, as far as the vocabulary knows it."""
        return vocabulary.NOTHING_MORE if self.spec is None else self.spec.does

    @cached_property
    def outcomes(self) -> vocabulary.Outcomes:
        """How it can end: of a Connect, as its noun says; without names where it only goes on."""
        if self.asks is not None:
            return outcomes_of(self.asks)
        for part in (next(self.parts(), self) if self.does.connects else self, self):
            if part.spec is not None and part.spec.outcomes is not None:
                return part.spec.outcomes
        return vocabulary.NO_OUTCOMES

    def get(self, name: str) -> Value | None:
        for key, value in self.attributes:
            if key == name:
                return value
        return None

    def literal(self, name: str, default: str = "") -> str:
        """An attribute's text; ``default`` where it is not given or is a link of ours."""
        found = self.get(name)
        return found if isinstance(found, str) else default

    @cached_property
    def hears(self) -> tuple[str, str, str]:
        """What a Gather listens for, for how many keys, and which key is the last one."""
        length, finish = self.literal("numDigits"), self.literal("finishOnKey", "#")
        return self.literal("input", "dtmf"), length, finish

    @cached_property
    def method(self) -> str:
        """How Twilio asks for the action, or for the next document."""
        posts = self.spec is not None and self.spec.only_posts
        return "POST" if posts else self.literal("method", "POST").upper()

    def parts(self) -> "Iterator[Part]":
        """The elements right inside it."""
        return (child for child in self.children if isinstance(child, Part))

    @property
    def legs(self) -> "list[Part]":
        """Of a Dial, the nouns that ring somebody, in order."""
        return [noun for noun in self.parts() if noun.does.rings]

    @cached_property
    def rings(self) -> int:
        """How often a Dial rings, one after another, if nobody answers."""
        return max(1, len(self.legs)) if self.literal("sequential") == "true" else 1

    def walk(self) -> "Iterator[Part]":
        yield self
        for child in self.parts():
            yield from child.walk()

    def link(self) -> InternalLink | None:
        """The link that is there instead of the text, if one is."""
        return next((child for child in self.children if isinstance(child, InternalLink)), None)

    @property
    def text(self) -> str:
        """All words in it, without markup and with white space squeezed."""
        return " ".join(self._words().split())

    def _words(self) -> str:
        texts = (c._words() if isinstance(c, Part) else c for c in self.children)
        return "".join(text for text in texts if isinstance(text, str))


def of_question(tag: str, asks: Asks, more: Iterable[Sample] = ()) -> Part:
    """The part of a step that decides; ``more`` are answers to try beside its own."""
    tried = tuple(dict.fromkeys((*samples(asks), *more)))
    return Part(tag, vocabulary.DECIDING[tag], (), (), 0, asks, tried)


Read = tuple[SourceFile, tuple[Part, ...], Sequence[int]]


def plain(value: str | Template) -> str:
    """Text as it is compared; a call-time value is the reference that it is."""
    return value if isinstance(value, str) else value.written("${call.NAME}")


def of_element(element: Element) -> Part:
    """The part of a flow's element."""
    name = element.spec.name if element.spec else element.tag

    def value(given: Text | Link, place: str) -> Value:
        if isinstance(given, (StateLink, MediaLink)):
            return InternalLink(given, place)
        return plain(given)

    attributes = tuple((a.name, value(a.value, f"{name}.{a.name}")) for a in element.attributes)
    children = tuple(
        of_element(child) if isinstance(child, Element) else value(child, name)
        for child in element.children
    )
    return Part(element.tag, element.spec, attributes, children, 0)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a document cannot be run, with Twilio's code (www.twilio.com/docs/api/errors/CODE)."""

    code: int
    why: str


def read(
    body: bytes, resolve: Callable[[str], str | None], known: dict[Key, Part] | None = None
) -> Read | Unreadable:
    """The text of a document and its verbs, read as Twilio reads it, each with where it starts.

    An address that ``resolve`` knows is a link of ours. Where the verb itself leads (``action``,
    the text of a Redirect) it stays text: the interpreter goes there. Parts that read the same
    are one, whatever their line, if ``known`` is there to keep them.
    """
    file, found = read_document(body, "")
    if file is None or found:
        return Unreadable(12100, f"not well-formed XML in line {found[0].span.begin.line}")
    root = parse(file, placed=False)
    if isinstance(root, Fault):
        line = file.position(root.offset).line
        return Unreadable(12100, f"not well-formed XML in line {line}")
    if root.name != "Response":
        return Unreadable(12102, f"the outermost element is {root.name}, not Response")
    tags = list(root.tags())
    verbs = tuple([_of_tag(tag, "Response", resolve, known) for tag in tags])
    return file, verbs, array("L", [tag.start for tag in tags])


class _Row(NamedTuple):
    """What the vocabulary knows of a tag, and where in it an address may be a link of ours.

    ``methods`` names the attributes with one, each with the attribute that holds its method.
    """

    spec: vocabulary.Element | None
    methods: Mapping[str, str]
    text: bool


_FOLLOWED = frozenset(vocabulary.Fetch) - {vocabulary.Fetch.STATUS, vocabulary.Fetch.WEBSOCKET}


@cache
def _row(parent: str, tag: str) -> _Row:
    """The row of a tag inside the element ``parent``, calls before messages."""
    spec = vocabulary.element_by_tag("voice", parent, tag) or vocabulary.element_by_tag(
        "messaging", parent, tag
    )
    if spec is None or spec.tag == "Redirect":
        return _Row(spec, {}, text=False)
    methods = {
        name: attribute.method_attribute or ""
        for name, attribute in spec.attributes.items()
        if name != "action" and attribute.fetch in _FOLLOWED
    }
    return _Row(spec, methods, text=spec.text is not None and spec.text.fetch in _FOLLOWED)


def _of_tag(
    tag: Tag, parent: str, resolve: Callable[[str], str | None], known: dict[Key, Part] | None
) -> Part:
    spec, methods, linked = _row(parent, tag.name)
    name = spec.name if spec is not None else ""

    def link(value: str, where: str, method: str = "GET") -> Value:
        place = resolve(value) if value else None
        return value if place is None else InternalLink(place, where, method)

    attributes: tuple[tuple[str, Value], ...] = tag.pairs
    if methods:
        given = dict(tag.pairs)
        attributes = tuple(
            (key, link(value, f"{name}.{key}", given.get(methods[key], "POST").upper()))
            if key in methods
            else (key, value)
            for key, value in tag.pairs
        )
    children: list[Part | Value] = []
    for child in tag.children:
        if isinstance(child, Tag):
            children.append(_of_tag(child, name, resolve, known))
        else:
            children.append(link(child.text.strip(), name) if linked else child.text)
    if known is None:
        return Part(tag.name, spec, attributes, tuple(children), tag.line)
    part = Part(tag.name, spec, attributes, tuple(children), 0)
    alike = tuple(id(child) if isinstance(child, Part) else child for child in children)
    # The same tag may be another noun in another verb, as <Sip> is.
    return known.setdefault((tag.name, name, attributes, alike), part)


def absolute(base: str, address: str) -> str:
    """An address as seen from ``base``. A mere query or nothing is left as it is: it means the
    document that it is in, whichever that is."""
    if not base or not address or address[0] in "?#":
        return address
    return joined(base, address)


def joined(base: str, address: str) -> str:
    """``urljoin``, at a tenth of its cost for whole addresses, queries, and files beside it."""
    if address.startswith(("https://", "http://", "wss://")):
        return address
    if _FILE_NAME.fullmatch(address) and "?" not in base and "#" not in base:
        return f"{base.rpartition('/')[0]}/{address}"
    if _QUERY.fullmatch(address) and base.startswith("https://") and "#" not in base:
        return base.partition("?")[0] + address
    try:
        return urljoin(base, address)
    except ValueError:  # half a number of an IPv6 host
        return address


def canonical(part: Part, base: str = "") -> tuple[Key, tuple[InternalLink, ...]]:
    """What caller and far end notice of a verb, comparable, and the links of ours in it.

    Left out: where the verb leads, methods of links of ours, values that are Twilio's default.
    Addresses of others are seen from ``base``.
    """
    links: list[InternalLink] = []
    return _canonical(part, base, links, spoken=False), tuple(links)


def _canonical(part: Part, base: str, links: list[InternalLink], *, spoken: bool) -> Key:
    spec = part.spec
    kinds = spec.attributes if spec else {}
    skipped: set[str | None] = set()
    if spec and spec.leads:  # where the call goes is compared by going there
        skipped = {"action", "actionOnEmptyResult", kinds["action"].method_attribute}
    for name, value in part.attributes:
        if isinstance(value, InternalLink) and name in kinds:
            skipped.add(kinds[name].method_attribute)
    attributes: list[tuple[str, object]] = []
    for name, value in sorted(part.attributes, key=_name):
        if name in skipped:
            continue
        if isinstance(value, InternalLink):
            links.append(value)
            attributes.append((name, None))
        elif name in kinds and kinds[name].fetch:
            attributes.append((name, absolute(base, value)))
        elif name not in kinds or kinds[name].default != value:
            attributes.append((name, value))
    spoken = spoken or part.tag == "Say"
    children = _canonical_children(part, base, links, spoken=spoken)
    return (part.tag, tuple(attributes), children)


def _canonical_children(part: Part, base: str, links: list[InternalLink], *, spoken: bool) -> Key:
    address = bool(part.spec and part.spec.text and part.spec.text.fetch)
    if len(part.children) == 1 and (part.tag == "Say" or not (spoken or address)):
        (only,) = part.children
        if isinstance(only, str):
            only = " ".join(only.split())
            return (only,) if only else ()
    children: list[object] = []
    for child in part.children:
        if isinstance(child, Part):
            children.append(_canonical(child, base, links, spoken=spoken))
        elif isinstance(child, InternalLink):
            links.append(child)
            children.append(None)
        elif children and isinstance(children[-1], str):
            children[-1] = _SPACE.sub(" ", children[-1] + child)
        else:
            children.append(_SPACE.sub(" ", child))
    if spoken and part.tag != "Say":
        return tuple(children)
    for index, text in enumerate(children):
        if isinstance(text, str) and not spoken:
            children[index] = absolute(base, text.strip()) if address else text.strip()
        elif isinstance(text, str):  # white space at either end of what is said is not heard
            text = text.lstrip() if index == 0 else text
            children[index] = text.rstrip() if index == len(children) - 1 else text
    return tuple(child for child in children if child != "")
