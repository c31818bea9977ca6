"""Which documents and decisions there can be, and what they are called.

The graph comes in. A :class:`DocumentKey` says where a document starts and whose line runs it, a
:class:`DecisionKey` which verb asks; :class:`Keys` makes them and gives each its path. Nodes
without a verb all look alike, so one ``hangup.xml`` (``next.xml`` on another party's line) serves
a whole flow: no state bears these names.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from twimlc.flow.graph import Context, Graph, NodeKey
from twimlc.flow.model import StateLink
from twimlc.lower.ways import END, canonical
from twimlc.vocabulary import CONTEXTS

CALLER: NodeKey = -1
"""The home of documents that run on the caller's own line."""

ANY_LEG: NodeKey = -2
"""The home of the empty document of other lines: it is the same wherever it is reached from."""

BLANK = re.compile(r"v\.\x0e\d{10}\x0f")
"""Stands for the name of a version (``v.`` and 12 digits) until it is known what is in it. No text
of a flow can look like it: XML has no such letters."""

WAITS = (Context.QUEUE_WAIT, Context.CONFERENCE_WAIT)


def blank(number: int) -> str:
    """What stands for the version of a flow, by the flow's number."""
    return f"v.\x0e{number:010d}\x0f"


@dataclass(frozen=True, slots=True, order=True)
class DocumentKey:
    """A document: the flow whose folder it lies in, its first node, and its home.

    The home of another party's document is the node that its URL leads to: what is allowed there,
    and where it starts again, hangs on that and not on the node alone. ``entry`` is the document
    that a number points to, which the next build replaces; all others belong to a version.
    """

    folder: str
    node: NodeKey
    home: NodeKey = CALLER
    entry: bool = False


@dataclass(frozen=True, slots=True, order=True)
class DecisionKey:
    """A decision: the folder it is asked in, the verb that asks, and the home of whose line."""

    folder: str
    node: NodeKey
    home: NodeKey = CALLER


LinkKey = DocumentKey | DecisionKey


class Keys:
    """Makes and names the documents of one graph."""

    def __init__(self, graph: Graph, root: str) -> None:
        self._graph = graph
        self._root = root
        self._blank = {flow: blank(number) for number, flow in enumerate(graph.flows)}
        self._starts = {flow: canonical(graph, key) for flow, key in graph.starts.items()}
        self._roots = {found.node: found.context for found in graph.roots}
        self._forbidding = {
            found.node: found.attribute
            for found in reversed(graph.roots)
            if found.attribute in CONTEXTS and "Redirect" not in CONTEXTS[found.attribute].verbs
        }

    def start(self, flow: str) -> DocumentKey:
        """The document that the number of a flow points to."""
        return DocumentKey(flow, self._starts[flow], entry=True)

    def state(self, link: StateLink) -> DocumentKey:
        """The document of a state that is given as a URL."""
        node = self._graph.entries[link.state]
        context = self._roots.get(node) or self._graph.contexts.get(node, Context.CALL)
        entry = self._graph.nodes[node].entry
        if entry is not None and context in (Context.CALL, Context.MESSAGE):
            return self.start(entry)
        if canonical(self._graph, node) == END:
            home = CALLER if context in (Context.CALL, Context.MESSAGE) else ANY_LEG
            return DocumentKey(link.state.flow, END, home)
        other_line = context not in (Context.CALL, Context.MESSAGE)
        return DocumentKey(self._graph.nodes[node].place.flow, node, node if other_line else CALLER)

    def after(self, current: DocumentKey, node: NodeKey) -> DocumentKey:
        """The document that starts at ``node`` for somebody who is in ``current``."""
        if node != END:
            entry = self._graph.nodes[node].entry
            if entry is not None and current.home == CALLER:
                return self.start(entry)
            return DocumentKey(self._graph.nodes[node].place.flow, node, current.home)
        if current.home == CALLER:
            return DocumentKey(current.folder, END)
        if self.context(current) in WAITS:
            return self.again(current)
        return DocumentKey(current.folder, END, ANY_LEG)

    def decision(self, current: DocumentKey, node: NodeKey) -> DecisionKey:
        """The decision that ``node`` asks for in ``current``, or in any other document."""
        return DecisionKey(self._graph.nodes[node].place.flow, node, current.home)

    def decided(self, decision: DecisionKey, node: NodeKey) -> DocumentKey:
        """The document that a decision leads to, in its own folder.

        It is served at the decision's address, which its relative links are seen from.
        """
        asking = DocumentKey(decision.folder, decision.node, decision.home)
        if node != END and decision.home == CALLER and self._graph.nodes[node].entry is not None:
            return DocumentKey(decision.folder, node)
        found = self.after(asking, node)
        return DocumentKey(decision.folder, found.node, found.home)

    def again(self, current: DocumentKey) -> DocumentKey:
        """The document that a wait starts again with."""
        return DocumentKey(self._graph.nodes[current.home].place.flow, current.home, current.home)

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
        if isinstance(key, DocumentKey) and key.entry:
            return f"{folder}index.xml"
        folder += f"{self._blank[key.folder]}/"
        if isinstance(key, DecisionKey):
            place = self._graph.nodes[key.node].place
            return f"{folder}{place.state}.{place.index}.decide"
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
            return f"{folder}{place.state}.{place.index}.xml"
        return f"{folder}{place.state}.xml"

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
