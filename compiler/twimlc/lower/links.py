"""How one document names another, and what a verb looks like once its links are known.

A node and a way to resolve links come in, :class:`~twimlc.lower.plan.Markup` goes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from posixpath import normpath, relpath
from typing import NamedTuple

from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.flow.model import Element, Link, MediaLink, StateLink, Text
from twimlc.lower.host import Site
from twimlc.lower.names import DocumentKey, Keys, LinkKey
from twimlc.lower.plan import Approximation, Markup, MediaFile
from twimlc.lower.transitions import Way
from twimlc.text import lazy_pattern
from twimlc.vocabulary import Attribute as Row, Content

_ABSOLUTE = lazy_pattern(r"[/?#]|[A-Za-z][A-Za-z0-9+.-]*:")


class ExternalLink(NamedTuple):
    """An address of the author's that an action leads to, as ``node`` redirects there."""

    node: Node
    address: str
    method: str | None

    def asked_by(self) -> tuple[tuple[str, Text], ...]:
        """The attribute for its method, if one is given."""
        return () if self.method is None else (("method", self.method),)


@dataclass(frozen=True, slots=True, eq=False)
class Groundwork:
    """What is known before documents are cut, and what all of them share.

    ``ways`` says how each verb goes on. ``media`` gives the path of each audio file of ``files``.
    ``written`` keeps the verbs that read the same wherever they stand, in entries and elsewhere.
    """

    graph: Graph
    site: Site
    keys: Keys
    ways: Mapping[NodeKey, Way] = field(default_factory=dict)
    approximations: tuple[Approximation, ...] = ()
    media: Mapping[MediaLink, str] = field(default_factory=dict)
    files: tuple[MediaFile, ...] = ()
    assumptions: tuple[str, ...] = ()
    written: dict[tuple[NodeKey, bool], Markup] = field(default_factory=dict)


class Addresses:
    """Turns links into their text in the document at ``path``.

    ``relative_urls`` notes whether that rests on Twilio resolving a relative address where its
    pages do not promise it; ``documented`` says that they do.
    """

    def __init__(self, path: str, paths: Mapping[LinkKey, str], ground: Groundwork) -> None:
        self._inside = path[: path.rindex("/") + 1]
        self._paths = paths
        self._media, self._site = ground.media, ground.site
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

    def __init__(self, document: DocumentKey, ground: Groundwork, links: Addresses) -> None:
        self._folder, self._entry = document.folder, document.entry
        self._keys, self._written, host = ground.keys, ground.written, ground.site.host
        self._method, self._single = host.method, host.single
        self._links = links

    def verb(self, node: Node, leave: LinkKey | ExternalLink | None) -> Markup:
        """The verb of a node, with its action if it leaves through one."""
        assert node.element is not None
        at_home = node.place.flow == self._folder
        place = node.key, self._entry
        found = self._written.get(place) if at_home else None
        if found is None:
            found = self._element(node.element, node, tight=False)
            if at_home and not node.element.links():
                self._written[place] = found
        if leave is None:
            return found
        if isinstance(leave, ExternalLink):
            address, method = self._moved(leave.address, leave.node), leave.asked_by()
        else:
            address = self._links.document(leave, documented=True)
            method = self._asked_by("method")
        return replace(found, attributes=(("action", address), *method, *found.attributes))

    def forward(self, away: ExternalLink) -> Markup:
        """A Redirect to an address of the author's."""
        address = self._moved(away.address, away.node)
        state = self._state(away.node)
        return Markup("Redirect", away.asked_by(), (address,), away.node.key, away.node.span, state)

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
        for name, value, _ in element.attributes:
            row = spec.attributes.get(name) if spec else None
            attributes[name] = self._text(value, row, node, documented=name == "action")
            if row and row.method_attribute and isinstance(value, Link):
                asked = methods if isinstance(value, StateLink) else sounds
                asked.append(row.method_attribute)
        row = spec.text if spec else None
        children: list[Markup | Text] = []
        for child in element.children:
            if isinstance(child, Element):
                children.append(self._element(child, node, tight))
                continue
            children.append(self._text(child, row, node, documented=True))
            if row and row.method_attribute and isinstance(child, StateLink):
                methods.append(row.method_attribute)
        for name in methods:
            attributes.pop(name, None)
            attributes.update(self._asked_by(name))
        attributes.update(dict.fromkeys(sounds, "GET"))  # audio files lie on plain hosts
        return Markup(
            tag=element.tag,
            attributes=tuple(attributes.items()),
            children=tuple(children),
            node=node.key,
            span=element.span,
            state=self._state(node),
            tight=tight,
        )

    def _text(self, value: Text | Link, row: Row | None, node: Node, documented: bool) -> Text:
        """What an attribute or the content of an element says; ``row`` is the vocabulary's."""
        match value:
            case StateLink():
                return self._links.document(self._keys.state(value), documented)
            case MediaLink():
                return self._links.media(value)
            case str() if row and row.fetch:
                return self._moved(value, node)
        return value

    def _moved(self, address: str, node: Node) -> str:
        """An author's relative address means the same place in whichever document it is."""
        home = node.place.flow
        inside = not (self._entry or self._single)
        if (home == self._folder and not inside) or not address or _ABSOLUTE.match(address):
            return address
        path, mark, rest = address.partition("?")
        up = "../" * inside
        folder = f"{up}../{home}" if home != self._folder else ".."
        return normpath(f"{folder}/{path}") + mark + rest
