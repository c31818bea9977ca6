"""Which documents and decisions there can be, and what they and all other files are called.

The graph comes in. A :class:`DocumentKey` says where a document starts and whose line runs it, a
:class:`DecisionKey` which verb asks; :class:`Keys` makes them and gives each its path. Nodes
without a verb all look alike, so one ``hangup.xml`` (``next.xml`` on another party's line) serves
a whole flow: no state bears these names. In a TwiML Bin, places have names of their own
(:mod:`twimlc.hosts.twiml_bin.names`).
"""

import re
from collections.abc import Callable, Container, Iterable
from copy import copy
from types import MappingProxyType
from typing import Literal, NamedTuple

from twimlc.flow.decisions import Cases, Clock
from twimlc.flow.graph import Context, Graph, NodeKey
from twimlc.flow.model import MediaLink, StateKey, StateLink
from twimlc.lower.plan import MediaFile
from twimlc.lower.questions import JOINED
from twimlc.lower.transitions import END, canonical
from twimlc.project.files import FileContent
from twimlc.text import lazy_pattern, sha256
from twimlc.vocabulary import CONTEXTS

CALLER: NodeKey = -1
"""The home of documents that run on the caller's own line."""

NO_PLACE: NodeKey = -3
"""Of documents that do not lie beside a place."""

ANY_LEG: NodeKey = -2
"""The home of the empty document of other lines: it is the same wherever it is reached from."""

FLOW = "[a-z0-9-]+(?:/[a-z0-9-]+)?"
VERSION = "v[.][0-9a-f]{12}"
MEDIA = r"media/[^/?]+[.][0-9a-f]{8,64}[.][a-z0-9]+"
KEPT = f"{MEDIA}|{FLOW}/{VERSION}/[^/?]+[.]xml"
"""Expressions, in every dialect, for the folder of a flow, that of a version in it, audio files,
and the files that never change."""

BLANK = lazy_pattern(r"v\.\x0e\d{10}\x0f")
"""Stands for the name of a version (``v.`` and 12 digits) until it is known what is in it. No text
of a flow can look like it: XML has no such letters."""

CACHE_CONTROL = {"no-store": "no-store", "immutable": "public, max-age=31536000, immutable"}
"""The header for what :func:`cache_of` says."""

MEDIA_TYPES = MappingProxyType(
    {
        "mp3": "audio/mpeg",
        "mpeg": "audio/mpeg",
        "wav": "audio/wav",
        "wave": "audio/wav",
        "aif": "audio/x-aiff",
        "aiff": "audio/x-aiff",
        "aifc": "audio/x-aifc",
        "gsm": "audio/x-gsm",
        "ulaw": "audio/ulaw",
        "ul": "audio/ulaw",
    }
)
"""What Twilio plays (docs/voice/twiml/play), by file extension."""

_LONGEST = 130
"""So many letters of a state fit into the name of a file, with the flow's and what follows."""


def is_entry(path: str) -> bool:
    """Whether a document is replaced by later builds: an entry, or an apology."""
    folder, _, name = path.rpartition("/")
    return name in ("index.xml", "changed.xml") and not folder.rpartition("/")[2].startswith("v.")


def cache_of(path: str, decided: Container[str]) -> Literal["no-store", "immutable"]:
    """How long caches may keep the file at ``path`` of the target.

    Only audio files and what lies in a version never change. ``decided`` are paths that a decision
    answers with: where the header is the object's own, the answer must not be stored.
    """
    return "immutable" if re.fullmatch(KEPT, path) and path not in decided else "no-store"


class DocumentKey(NamedTuple):
    """A document: the flow whose folder it lies in, its first node, and its home.

    The home of another party's document is the node that its URL leads to: what is allowed there,
    and where it starts again, hangs on that and not on the node alone. ``entry`` is the document
    that a number points to, which the next build replaces; all others belong to a version.
    ``asks``: no document lies there, but the question that begins with its node is asked.
    ``place`` is the node of a place that is switched by plan, if the document lies beside it, for
    the outcomes ``due`` (none: for all that are not named).
    """

    folder: str
    node: NodeKey
    home: NodeKey = CALLER
    entry: bool = False
    asks: bool = False
    place: NodeKey = NO_PLACE
    due: str = ""


class DecisionKey(NamedTuple):
    """A decision: the folder it is asked in, the verb that asks, and the home of whose line."""

    folder: str
    node: NodeKey
    home: NodeKey = CALLER


LinkKey = DocumentKey | DecisionKey


class Keys:
    """Makes and names the documents of one graph."""

    def __init__(self, graph: Graph, root: str, *, clock: bool = True) -> None:
        self._graph, self._clock = graph, clock
        self._root = root
        self._blank = {flow: f"v.\x0e{number:010d}\x0f" for number, flow in enumerate(graph.flows)}
        self._starts = {flow: canonical(graph, key) for flow, key in graph.starts.items()}
        self._roots = {found.node: found.context for found in graph.roots}
        self._forbidding = {
            found.node: found.attribute
            for found in reversed(graph.roots)
            if found.attribute in CONTEXTS and "Redirect" not in CONTEXTS[found.attribute].verbs
        }
        self._bin: str | None = None

    def for_bin(self, flow: str) -> "Keys":
        """Those of one flow and of all it jumps into: they share a Bin, and so a folder."""
        keys = copy(self)  # the graph is not walked for each flow
        keys._bin = flow
        return keys

    def start(self, flow: str) -> DocumentKey:
        """The document that the number of a flow points to."""
        return DocumentKey(flow, self._starts[flow], entry=self._bin is None)

    def _at(self, flow: str, node: NodeKey, home: NodeKey = CALLER) -> DocumentKey:
        asks = node >= 0 and home == CALLER and self._bin is None and self.asks(node)
        return DocumentKey(self._bin or flow, node, home, asks=asks)

    def asks(self, node: NodeKey) -> bool:
        """Whether a host decides at a node before it answers."""
        asked = self._graph.nodes[node].asks
        return asked is not None and (self._clock or isinstance(asked, Cases))

    def is_place(self, key: LinkKey) -> bool:
        """Whether the file of a document is exchanged by plan."""
        plain = isinstance(key, DocumentKey) and key.place == NO_PLACE and key.node >= 0
        asked = self._graph.nodes[key.node].asks if plain else None
        return isinstance(asked, Clock) and not self._clock and key.home == CALLER

    def beside(self, key: DocumentKey, node: NodeKey, due: str) -> DocumentKey:
        """The document beside a place that goes on with ``node``."""
        return key._replace(node=node, place=key.node, due=due)

    def _start_of(self, flow: str) -> DocumentKey:
        return self.start(flow) if self._bin is None else self._at(flow, self._starts[flow])

    def state(self, link: StateLink) -> DocumentKey:
        """The document of a state that is given as a URL."""
        key = self._graph.entries[link.state]
        node = self._graph.nodes[key]
        context = self._roots.get(key) or self._graph.contexts.get(key, Context.CALL)
        own_line = context in (Context.CALL, Context.MESSAGE)
        if node.entry is not None and own_line:
            return self._start_of(node.entry)
        if canonical(self._graph, key) == END:
            return self._at(link.state.flow, END, CALLER if own_line else ANY_LEG)
        return self._at(node.place.flow, key, CALLER if own_line else key)

    def after(self, current: DocumentKey, node: NodeKey) -> DocumentKey:
        """The document that starts at ``node`` for somebody who is in ``current``."""
        if node != END:
            entry = self._graph.nodes[node].entry
            if entry is not None and current.home == CALLER:
                return self._start_of(entry)
            return self._at(self._graph.nodes[node].place.flow, node, current.home)
        if current.home == CALLER:
            return self._at(current.folder, END)
        if self.context(current).waits:
            return self.again(current)
        return self._at(current.folder, END, ANY_LEG)

    def decision(self, current: DocumentKey, node: NodeKey) -> DecisionKey:
        """The decision that ``node`` asks for in ``current``, or in any other document."""
        flow = self._bin or self._graph.nodes[node].place.flow
        return DecisionKey(flow, node, current.home)

    def decided(self, decision: DecisionKey, node: NodeKey) -> DocumentKey:
        """The document that a decision leads to, in its own folder.

        It is served at the decision's address, which its relative links are seen from.
        """
        asking = DocumentKey(decision.folder, decision.node, decision.home)
        if node != END and decision.home == CALLER and self._graph.nodes[node].entry is not None:
            return DocumentKey(decision.folder, node)
        after = self.after(asking, node)
        return DocumentKey(decision.folder, after.node, after.home)

    def again(self, current: DocumentKey) -> DocumentKey:
        """The document that a wait starts again with."""
        flow = self._graph.nodes[current.home].place.flow
        return self._at(flow, current.home, current.home)

    def context(self, key: DocumentKey) -> Context:
        """Whose line runs it."""
        if key.home == ANY_LEG:
            return Context.LEG
        if key.home != CALLER:
            return self._roots.get(key.home) or self._graph.contexts.get(key.home, Context.LEG)
        if key.node != END:
            return self._graph.contexts.get(key.node, Context.CALL)
        flow = self._graph.flows.get(key.folder)
        return Context.MESSAGE if flow and flow.kind == "messaging" else Context.CALL

    def forbids_redirect(self, key: DocumentKey) -> str | None:
        """The attribute whose rule keeps a Redirect out of the document, if there is one."""
        return self._forbidding.get(key.home)

    def natural(self, key: LinkKey) -> str:
        """The path it would have if nothing else wanted the same."""
        folder = f"{self._root}{key.folder}/"
        if isinstance(key, DocumentKey) and key.place != NO_PLACE:
            whole = self.natural(key._replace(node=key.place, place=NO_PLACE, due=""))
            version = f"{self._blank[key.folder]}." if key.entry else ""
            return f"{whole.removesuffix('xml')}{version}{key.due or JOINED}.xml"
        if isinstance(key, DocumentKey) and key.entry:
            return f"{folder}index.xml"
        folder += f"{self._blank[key.folder]}/"
        if isinstance(key, DecisionKey) or key.asks:
            place = self._graph.nodes[key.node].place
            return f"{folder}{_short(place.state)}.{place.index}.decide"
        if key.home == CALLER and key.node == self._starts.get(key.folder):
            return f"{folder}index.xml"
        if key.node == END:
            return folder + ("hangup.xml" if key.home == CALLER else "next.xml")
        node = self._graph.nodes[key.node]
        if node.entry is not None and key.home == CALLER:
            return f"{folder}{node.entry}.index.xml"
        place = node.place
        if place.flow != key.folder:
            folder += f"{place.flow}."
        if place.index or place.state == "index":
            return f"{folder}{_short(place.state)}.{place.index}.xml"
        return f"{folder}{_short(self._outermost(key.node))}.xml"

    def _outermost(self, node: NodeKey) -> str:
        """The outermost state that begins at a node: one may begin with a component."""
        place = self._graph.nodes[node].place
        parts = place.state.split(".")
        for outer in (".".join(parts[:end]) for end in range(1, len(parts))):
            if self._graph.entries.get(StateKey(place.flow, outer, outer)) == node:
                return outer
        return place.state

    def assign(self, keys: Iterable[LinkKey]) -> dict[LinkKey, str]:
        """The paths of all; the first in order keeps a name that several want."""
        paths: dict[LinkKey, str] = {}
        taken: set[str] = set()
        for key in sorted(keys, key=lambda key: (key.home, key.node, key.folder)):
            path = natural = self.natural(key)
            number = 1
            while path in taken:
                number += 1
                stem, _, ending = natural.rpartition(".")
                path = f"{stem}-{number}.{ending}"
            taken.add(path)
            paths[key] = path
        return paths


def _short(state: str) -> str:
    """A state's name as part of a file's: components inside components may make it too long."""
    if len(state) <= _LONGEST:
        return state
    return f"{state[:_LONGEST]}-{sha256(state.encode()).hexdigest()[:12]}"


def name_media(
    links: Iterable[MediaLink], read: Callable[[MediaLink], FileContent | None]
) -> tuple[dict[MediaLink, str], tuple[MediaFile, ...]]:
    """The path of every audio file in the build, called after what is in it, and the files.

    Missing files are left out.
    """
    paths: dict[MediaLink, str] = {}
    files: dict[str, MediaFile] = {}
    for link in dict.fromkeys(links):
        content = read(link)
        if content is None:
            continue
        stem, extension = _safe_name(link.path)
        length = 8
        path = f"media/{stem}.{content.sha256[:length]}.{extension}"
        while path in files and files[path].content.sha256 != content.sha256:
            length += 8
            path = f"media/{stem}.{content.sha256[:length]}.{extension}"
        media_type = MEDIA_TYPES.get(extension, "application/octet-stream")
        files.setdefault(path, MediaFile(path, link, content, media_type))
        paths[link] = path
    return paths, tuple(files[path] for path in sorted(files))


def _safe_name(path: str) -> tuple[str, str]:
    """A file's stem and extension in letters that need no escaping in any address."""
    name = path.rpartition("/")[2].lower()  # two names that differ in case are one on some disks
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, "bin"
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:64] or "audio"
    return stem, re.sub(r"[^a-z0-9]+", "", extension.lower())[:8] or "bin"
