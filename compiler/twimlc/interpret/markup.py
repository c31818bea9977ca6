"""One verb as both interpreters see it: tags, attributes, text, and links that are ours.

A flow's element or an element of a document comes in; a :class:`Part` goes out, and from it the
canonical form in which two verbs are compared. Links of ours are taken out of that form, since a
flow names a state where a document holds an address.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from operator import itemgetter
from urllib.parse import urljoin

from twimlc import vocabulary
from twimlc.flow.model import Element, MediaLink, StateLink
from twimlc.source.tree import CallValue, Template

_SPACE = re.compile(r"\s+")
_name = itemgetter(0)
_FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")


def leads(spec: vocabulary.Element | None) -> bool:
    """Whether the verb's ``action`` takes over the call (of a Start or a Message it does not)."""
    if spec is None or not spec.action or spec.flow is vocabulary.Flow.ASYNC:
        return False
    return spec.attributes["action"].fetch is vocabulary.Fetch.TWIML


@dataclass(frozen=True, slots=True)
class Ours:
    """A link to something of ours: a state or audio file of a flow, or an address of a host.

    ``name`` is the place it stands in (``Number.url``), ``method`` how a document asks for it.
    """

    place: StateLink | MediaLink | str
    name: str
    method: str = "GET"


Value = str | Ours
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """An element. ``line`` is its line in a document; 0 in a flow, where nobody asks for it."""

    tag: str
    spec: vocabulary.Element | None
    attributes: tuple[tuple[str, Value], ...]
    children: "tuple[Part | Value, ...]"
    line: int

    def get(self, name: str) -> Value | None:
        for key, value in self.attributes:
            if key == name:
                return value
        return None

    def literal(self, name: str, default: str = "") -> str:
        """An attribute's text; ``default`` where it is not given or is a link of ours."""
        found = self.get(name)
        return found if isinstance(found, str) else default

    def parts(self) -> "Iterator[Part]":
        for child in self.children:
            if isinstance(child, Part):
                yield child

    def walk(self) -> "Iterator[Part]":
        yield self
        for child in self.parts():
            yield from child.walk()

    def link(self) -> Ours | None:
        """The link that stands in place of the text, if one does."""
        for child in self.children:
            if isinstance(child, Ours):
                return child
        return None

    @property
    def text(self) -> str:
        """All words in it, without markup and with white space squeezed."""
        return " ".join(self._words().split())

    def _words(self) -> str:
        words = []
        for child in self.children:
            if isinstance(child, str):
                words.append(child)
            elif isinstance(child, Part):
                words.append(child._words())
        return "".join(words)


def shared(part: Part, known: dict[Key, Part]) -> Part:
    """The one among those that are known which reads the same, whatever its line; else this one."""
    inside = tuple(shared(c, known) if isinstance(c, Part) else c for c in part.children)
    alike = tuple(id(child) if isinstance(child, Part) else child for child in inside)
    found = replace(part, children=inside)
    return known.setdefault((part.tag, part.attributes, alike), found)


def plain(value: str | Template) -> str:
    """Text as it is compared; a call-time value stands as the reference that it is."""
    if isinstance(value, str):
        return value
    return "".join(
        f"${{call.{part.name}}}" if isinstance(part, CallValue) else part for part in value.parts
    )


def of_element(element: Element) -> Part:
    """The part of a flow's element."""
    name = element.spec.name if element.spec else element.tag
    attributes: list[tuple[str, Value]] = []
    for attribute in element.attributes:
        value = attribute.value
        if isinstance(value, (StateLink, MediaLink)):
            attributes.append((attribute.name, Ours(value, f"{name}.{attribute.name}")))
        else:
            attributes.append((attribute.name, plain(value)))
    children: list[Part | Value] = []
    for child in element.children:
        if isinstance(child, Element):
            children.append(of_element(child))
        elif isinstance(child, (StateLink, MediaLink)):
            children.append(Ours(child, name))
        else:
            children.append(plain(child))
    return Part(element.tag, element.spec, tuple(attributes), tuple(children), 0)


_FOLLOWED = frozenset(
    {
        vocabulary.Fetch.TWIML,
        vocabulary.Fetch.TWIML_LEG,
        vocabulary.Fetch.MEDIA,
        vocabulary.Fetch.MEDIA_OR_TWIML,
    }
)


def _may_link(part: Part) -> bool:
    """Whether an address that Twilio follows may stand in it."""
    spec = part.spec
    if spec is None:
        return False
    if spec.text and spec.text.fetch in _FOLLOWED:
        return True
    for name, _ in part.attributes:
        if name != "action" and name in spec.attributes and spec.attributes[name].fetch:
            return True
    return any(_may_link(child) for child in part.parts())


def with_links(part: Part, resolve: Callable[[str], str | None]) -> Part:
    """The same part of a document, with each address of ours found by ``resolve`` as a link.

    Where the verb itself leads (``action``, the text of a Redirect) stays text: the interpreter
    goes there.
    """
    spec = part.spec
    if spec is None or spec.tag == "Redirect":
        return part
    if not _may_link(part):
        return part
    attributes: list[tuple[str, Value]] = []
    for name, value in part.attributes:
        kind = spec.attributes.get(name)
        if kind and name != "action" and kind.fetch in _FOLLOWED and isinstance(value, str):
            found = resolve(value) if value else None
            if found is not None:
                asked = part.literal(kind.method_attribute or "", "POST").upper()
                attributes.append((name, Ours(found, f"{spec.name}.{name}", asked)))
                continue
        attributes.append((name, value))
    children: list[Part | Value] = []
    for child in part.children:
        if isinstance(child, Part):
            children.append(with_links(child, resolve))
            continue
        found = None
        if spec.text and spec.text.fetch in _FOLLOWED and isinstance(child, str) and child.strip():
            found = resolve(child.strip())
        children.append(child if found is None else Ours(found, spec.name))
    return Part(part.tag, spec, tuple(attributes), tuple(children), part.line)


def absolute(base: str, address: str) -> str:
    """An address as seen from ``base``. A mere query or nothing is left as it is: it means the
    document that it stands in, whichever that is."""
    if not base or not address or address[0] in "?#":
        return address
    return joined(base, address)


def joined(base: str, address: str) -> str:
    """``urljoin``, at a tenth of its cost for whole addresses and files in the same folder."""
    if address.startswith(("https://", "http://", "wss://")):
        return address
    if _FILE_NAME.fullmatch(address) and "?" not in base and "#" not in base:
        return f"{base.rpartition('/')[0]}/{address}"
    try:
        return urljoin(base, address)
    except ValueError:  # half a number of an IPv6 host
        return address


def canonical(part: Part, base: str = "") -> tuple[Key, tuple[Ours, ...]]:
    """What caller and far end notice of a verb, comparable, and the links of ours in it.

    Left out: where the verb leads, methods of links of ours, values that are Twilio's default.
    Addresses of others are seen from ``base``.
    """
    links: list[Ours] = []
    return _canonical(part, base, links, spoken=False), tuple(links)


def _canonical(part: Part, base: str, links: list[Ours], *, spoken: bool) -> Key:
    spec = part.spec
    known = spec.attributes if spec else {}
    skipped: set[str] = set()
    if spec and leads(spec):  # where the call goes is compared by going there
        skipped = {"action", "actionOnEmptyResult", known["action"].method_attribute or ""}
    for name, value in part.attributes:
        kind = known.get(name)
        if kind and kind.method_attribute and isinstance(value, Ours):
            skipped.add(kind.method_attribute)
    attributes: list[tuple[str, object]] = []
    for name, value in sorted(part.attributes, key=_name):
        if name in skipped:
            continue
        if isinstance(value, Ours):
            links.append(value)
            attributes.append((name, None))
        elif name in known and known[name].fetch:
            attributes.append((name, absolute(base, value)))
        elif not (name in known and known[name].default == value):
            attributes.append((name, value))
    spoken = spoken or part.tag == "Say"
    children = _canonical_children(part, base, links, spoken=spoken)
    return (part.tag, tuple(attributes), children)


def _canonical_children(part: Part, base: str, links: list[Ours], *, spoken: bool) -> Key:
    children: list[object] = []
    for child in part.children:
        if isinstance(child, Part):
            children.append(_canonical(child, base, links, spoken=spoken))
        elif isinstance(child, Ours):
            links.append(child)
            children.append(None)
        elif children and isinstance(children[-1], str):
            children[-1] = _SPACE.sub(" ", children[-1] + child)
        else:
            children.append(_SPACE.sub(" ", child))
    if spoken and part.tag != "Say":
        return tuple(children)
    if spoken:  # white space at either end of what is said is not heard
        if children and isinstance(children[0], str):
            children[0] = children[0].lstrip()
        if children and isinstance(children[-1], str):
            children[-1] = children[-1].rstrip()
    else:
        address = bool(part.spec and part.spec.text and part.spec.text.fetch)
        children = [
            (absolute(base, child.strip()) if address else child.strip())
            if isinstance(child, str)
            else child
            for child in children
        ]
    return tuple(child for child in children if child != "")
