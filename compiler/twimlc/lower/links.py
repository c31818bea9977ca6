"""How one document names another, and what a verb looks like once its links are known.

A node and a way to resolve links come in, :class:`~twimlc.lower.plan.Markup` goes out.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from posixpath import normpath, relpath
from typing import NamedTuple, Protocol

from twimlc.flow.graph import Node, NodeKey
from twimlc.flow.model import Attribute, Element, MediaLink, StateLink, Text
from twimlc.lower.host import Site
from twimlc.lower.keys import DocumentKey, Keys, LinkKey
from twimlc.lower.plan import Markup
from twimlc.vocabulary import Content

_ABSOLUTE = re.compile(r"[/?#]|[A-Za-z][A-Za-z0-9+.-]*:")


class Away(NamedTuple):
    """An address of the author's that an action leads to, as ``node`` redirects there."""

    node: Node
    address: str
    method: str | None


Written = dict[tuple[NodeKey, bool], Markup]
"""Verbs that read the same wherever they stand, in entries and elsewhere."""


class Resolver(Protocol):
    """Turns links into the text that stands in one document.

    ``documented`` says that Twilio promises to resolve a relative address there.
    """

    def document(self, key: LinkKey, documented: bool) -> str: ...

    def media(self, link: MediaLink) -> str: ...


class Addresses:
    """Resolves the links of the document at ``path``, and notes what that rests on."""

    def __init__(
        self,
        path: str,
        paths: Mapping[LinkKey, str],
        media: Mapping[MediaLink, str],
        site: Site,
    ) -> None:
        self._inside = path[: path.rindex("/") + 1]
        self._paths = paths
        self._media = media
        self._site = site
        self.relative_urls = False

    def document(self, key: LinkKey, documented: bool) -> str:
        path = self._paths[key]
        return path if path.startswith("https:") else self._address(path, documented)

    def media(self, link: MediaLink) -> str:
        return self._address(self._media.get(link, link.path), documented=False)

    def _address(self, path: str, documented: bool) -> str:
        if not documented:
            if self._site.url is not None:
                return f"{self._site.url.rstrip('/')}/{path}"
            self.relative_urls = True
        if path.startswith(self._inside):
            return path[len(self._inside) :]
        return relpath(path, self._inside)


class Writer:
    """Writes the verbs of one document as markup."""

    def __init__(
        self,
        document: DocumentKey,
        keys: Keys,
        site: Site,
        links: Resolver,
        written: Written | None = None,
    ) -> None:
        """``written`` keeps what reads the same wherever it stands, for the next writer."""
        self._folder, self._entry = document.folder, document.entry
        self._written = {} if written is None else written
        self._keys = keys
        self._method, self._single = site.host.method, site.host.single
        self._links = links

    def verb(self, node: Node, leave: LinkKey | Away | None) -> Markup:
        """The verb of a node, with its action if it leaves through one."""
        assert node.element is not None
        at_home = node.place.flow == self._folder
        place = node.key, self._entry
        found = self._written.get(place) if at_home else None
        if found is None:
            found = self._element(node.element, node, tight=False)
            if at_home and not any(node.element.links()):
                self._written[place] = found
        if leave is None:
            return found
        action: tuple[tuple[str, Text], ...]
        if isinstance(leave, Away):
            action = (("action", self._moved(leave.address, leave.node)),)
            if leave.method is not None:
                action += (("method", leave.method),)
        else:
            action = (
                ("action", self._links.document(leave, documented=True)),
                *self._asked_by("method"),
            )
        kept = tuple(pair for pair in found.attributes if pair[0] not in ("action", "method"))
        return replace(found, attributes=action + kept)

    def forward(self, away: Away) -> Markup:
        """A Redirect to an address of the author's."""
        method = () if away.method is None else (("method", away.method),)
        address = self._moved(away.address, away.node)
        state = self._state(away.node)
        return Markup("Redirect", method, (address,), away.node.key, away.node.span, state)

    def jump(self, target: DocumentKey, node: Node | None) -> Markup:
        """A Redirect to another document of ours; ``node`` is what goes on there."""
        return Markup(
            "Redirect",
            self._asked_by("method"),
            (self._links.document(target, documented=True),),
            node.key if node else None,
            node.span if node else None,
            self._state(node) if node else "",
        )

    def _asked_by(self, name: str) -> tuple[tuple[str, Text], ...]:
        """The attribute for the method of a link of ours; none where it is Twilio's own choice."""
        return () if self._method == "POST" else ((name, self._method),)

    def _state(self, node: Node) -> str:
        place = node.place
        return place.state if place.flow == self._folder else f"{place.flow}/{place.state}"

    def _element(self, element: Element, node: Node, tight: bool) -> Markup:
        spec = element.spec
        tight = tight or (spec is not None and spec.content is Content.TEXT_SSML)
        attributes: dict[str, Text] = {}
        methods: list[str] = []
        sounds: list[str] = []
        for attribute in element.attributes:
            known = spec.attributes.get(attribute.name) if spec else None
            attributes[attribute.name] = self._value(attribute, element, node)
            if isinstance(attribute.value, MediaLink) and known and known.method_attribute:
                sounds.append(known.method_attribute)
            elif isinstance(attribute.value, StateLink) and known and known.method_attribute:
                methods.append(known.method_attribute)
                attributes.setdefault(known.method_attribute, self._method)
        children: list[Markup | Text] = []
        for child in element.children:
            match child:
                case Element():
                    children.append(self._element(child, node, tight))
                case StateLink():
                    children.append(self._links.document(self._keys.state(child), documented=True))
                    if spec and spec.text and spec.text.method_attribute:
                        methods.append(spec.text.method_attribute)
                case MediaLink():
                    children.append(self._links.media(child))
                case str() if spec and spec.text and spec.text.fetch:
                    children.append(self._moved(child, node))
                case _:
                    children.append(child)
        for name in methods:
            attributes.pop(name, None)
            attributes.update(self._asked_by(name))
        attributes.update(dict.fromkeys(sounds, "GET"))  # sound files lie on plain hosts
        return Markup(
            tag=element.tag,
            attributes=tuple(attributes.items()),
            children=tuple(children),
            node=node.key,
            span=element.span,
            state=self._state(node),
            tight=tight,
        )

    def _value(self, attribute: Attribute, element: Element, node: Node) -> Text:
        value = attribute.value
        match value:
            case StateLink():
                key = self._keys.state(value)
                return self._links.document(key, documented=attribute.name == "action")
            case MediaLink():
                return self._links.media(value)
            case str() if element.spec and attribute.name in element.spec.attributes:
                if element.spec.attributes[attribute.name].fetch:
                    return self._moved(value, node)
        return value

    def _moved(self, address: str, node: Node) -> str:
        """An author's relative address means the same place in whichever document it stands."""
        home = node.place.flow
        inside = not (self._entry or self._single)
        if (home == self._folder and not inside) or not address or _ABSOLUTE.match(address):
            return address
        path, mark, rest = address.partition("?")
        up = "../" * inside
        folder = f"{up}../{home}" if home != self._folder else ".."
        return normpath(f"{folder}/{path}") + mark + rest
