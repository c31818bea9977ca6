"""Flow and documents walked together over everything that can happen: is it the same call?

A graph and a host that serves its documents come in; the number of pairs of positions visited
and the first difference (the one with the shortest script) go out. A difference is a fault of
the compiler, never of the author.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urljoin

from twimlc import vocabulary
from twimlc.flow.graph import Context, Graph, NodeKey
from twimlc.flow.model import Element, MediaLink, StateLink
from twimlc.interpret.assumptions import OUR_READINGS, Readings
from twimlc.interpret.choices import DONE, HANGUP, Choice
from twimlc.interpret.difference import Difference, Line
from twimlc.interpret.documents import DocumentPlace, Documents, Library
from twimlc.interpret.flow import FlowMachine, FlowPlace, folder
from twimlc.interpret.host import Host
from twimlc.interpret.machine import Moment
from twimlc.interpret.markup import Ours, absolute, plain
from twimlc.lower.plan import Approximation

MOST_PAIRS = 5_000_000
"""More pairs than this are not visited: a flow has a few for each of its verbs."""

Media = Callable[[MediaLink], bytes | None]
"""The bytes of an audio file beside a flow."""


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was walked, and what was found. ``complete`` is false if the bound was met."""

    pairs: int
    difference: Difference | None
    complete: bool = True

    @property
    def same(self) -> bool:
        return self.difference is None and self.complete


class Leg(NamedTuple):
    """A document of another party: where it begins in the flow and on the host."""

    node: NodeKey
    url: str
    method: str
    context: Context
    attribute: str


Pair = tuple[FlowPlace, DocumentPlace]


def verify(
    graph: Graph,
    flow_name: str,
    entry_url: str,
    host: Host,
    assumptions: Readings = OUR_READINGS,
    *,
    approximations: Iterable[Approximation] = (),
    media: Media | None = None,
    most_pairs: int = MOST_PAIRS,
) -> Verified:
    """Walk one flow from its start, and every document of other legs that it meets.

    ``approximations`` are those the target makes (:attr:`Plan.approximations`). With ``media``
    audio files are compared by their bytes.
    """
    start = graph.starts[flow_name]
    spans = {made.span for made in approximations if made.name == "fallback-after-answer"}
    approximated = frozenset(node.key for node in graph.nodes if node.span in spans)
    base = urljoin(entry_url, "../")
    library = Library(host, _foreign(graph, base))
    tags = {found.tag for node in graph.nodes if node.element for found in node.element.walk()}
    kind = graph.contexts.get(start, Context.CALL)
    pairs = 0
    complete = True
    for readings in (assumptions, *assumptions.independent(tags)):
        known: set[Leg] = set()
        waiting = deque([Leg(start, entry_url, "GET", kind, "")])
        while waiting:
            leg = waiting.popleft()
            if leg in known:
                continue
            known.add(leg)
            walk = _Walk(graph, library, leg, readings, approximated, media, base)
            difference = walk.run(most_pairs - pairs)
            pairs += walk.pairs
            if difference is not None:
                return Verified(pairs, walk.told(flow_name, difference), complete)
            complete = complete and walk.complete
            waiting.extend(walk.legs)
    return Verified(pairs, None, complete)


def _foreign(graph: Graph, base: str) -> frozenset[str]:
    """Every address the author wrote: documents that hold it lead elsewhere, as the flow says."""
    return frozenset(
        absolute(folder(base, node), text)
        for node in graph.nodes
        if node.element
        for text in _addresses(node.element)
    )


def _addresses(element: Element) -> Iterator[str]:
    for found in element.walk():
        spec = found.spec
        if spec is None:
            continue
        for attribute in found.attributes:
            known = spec.attributes.get(attribute.name)
            value = attribute.value
            if known and known.fetch and not isinstance(value, (StateLink, MediaLink)):
                yield plain(value).strip()
        if found.tag == "Redirect" and not found.children:
            yield ""  # the same document again, which only the author can have written
        if spec.text and spec.text.fetch:
            for child in found.children:
                if not isinstance(child, (StateLink, MediaLink, Element)):
                    yield plain(child).strip()


class _Parting(NamedTuple):
    """Where two runs part."""

    pair: Pair
    reason: str


class _Walk:
    """One run on one line, breadth first, so that the first difference is a shortest one."""

    def __init__(
        self,
        graph: Graph,
        library: Library,
        leg: Leg,
        readings: Readings,
        approximated: Collection[NodeKey],
        media: Media | None,
        base: str,
    ) -> None:
        self.graph = graph
        self.library = library
        self.leg = leg
        self.media = media
        self.flow = FlowMachine(graph, leg.node, leg.context, readings, approximated, base)
        self.documents = Documents(library, leg.url, leg.method, leg.context, readings)
        self.legs: list[Leg] = []
        self.complete = True
        self._came: dict[Pair, tuple[Pair, Choice] | None] = {}
        self._roots = {(root.node, root.attribute): root.context for root in graph.roots}
        self._media_seen: set[tuple[MediaLink, str]] = set()

    @property
    def pairs(self) -> int:
        return len(self._came)

    def run(self, limit: int) -> _Parting | None:
        first = (self.flow.begin(), self.documents.begin())
        self._came[first] = None
        waiting = deque([first])
        while waiting:
            pair = waiting.popleft()
            mine, theirs = self.flow.moment(pair[0]), self.documents.moment(pair[1])
            reason = self._apart(mine, theirs)
            if reason is not None:
                return _Parting(pair, reason)
            for choice in mine.choices:
                if choice == HANGUP:  # nothing of either run is heard any more
                    continue
                following = (
                    self.flow.take(pair[0], choice),
                    self.documents.take(pair[1], choice),
                )
                if following in self._came:
                    continue
                if len(self._came) >= limit:
                    self.complete = False
                    return None
                self._came[following] = (pair, choice)
                waiting.append(following)
        return None

    def _apart(self, mine: Moment, theirs: Moment) -> str | None:
        """How two moments differ, in words; None if they do not."""
        if mine.key != theirs.key:
            if [str(event) for event in mine.events] != [str(event) for event in theirs.events]:
                return "another thing happens"
            return f"the same verb is not written the same: {mine.key!r} against {theirs.key!r}"
        for link, found in zip(mine.links, theirs.links, strict=True):
            reason = self._linked(link, found)
            if reason is not None:
                return reason
        return None

    def _linked(self, link: Ours, found: Ours) -> str | None:
        assert isinstance(found.place, str)
        match link.place:
            case StateLink(state=state):
                node = self.graph.entries.get(state)
                if node is None:
                    return f"the state {state} has no node"
                context = self._roots.get((node, link.name)) or _context(link.name)
                self.legs.append(Leg(node, found.place, found.method, context, link.name))
                return None
            case MediaLink() as wanted:
                return self._played(wanted, found.place)
            case address:
                return None if address == found.place else f"{address} became {found.place}"

    def _played(self, wanted: MediaLink, url: str) -> str | None:
        if (wanted, url) in self._media_seen:
            return None
        self._media_seen.add((wanted, url))
        response = self.library.host.fetch(url, "GET", {})
        if response.status != 200:
            return f"the audio file {wanted.path} became {url}, which answers {response.status}"
        data = self.media(wanted) if self.media else None
        if data is not None and data != response.body:
            return f"the audio file {wanted.path} became {url}, which is another one"
        if wanted.path.rpartition(".")[2].lower() != url.rpartition(".")[2].lower():
            return f"the audio file {wanted.path} became {url}, which is of another kind"
        return None

    def told(self, flow_name: str, parting: _Parting) -> Difference:
        """The difference with the way to it."""
        way: list[tuple[Pair, Choice | None]] = [(parting.pair, None)]
        came = self._came[parting.pair]
        while came is not None:
            way.append(came)
            came = self._came[came[0]]
        way.reverse()
        script = tuple(str(choice) for _, choice in way if choice not in (None, DONE))
        where = (
            f"the document of {self.leg.attribute}" if self.leg.attribute else "the caller's line"
        )
        return Difference(
            flow_name,
            where,
            parting.reason,
            script,
            tuple(_lines((self.flow.moment(pair[0]), choice) for pair, choice in way)),
            tuple(_lines((self.documents.moment(pair[1]), choice) for pair, choice in way)),
        )


_AT_END = {
    "join": Context.LEG,
    "repeat": Context.QUEUE_WAIT,
    "silence": Context.CONFERENCE_WAIT,
}


def _context(attribute: str) -> Context:
    """Whose line runs what an attribute leads to, for graphs that name no root for it."""
    known = vocabulary.CONTEXTS.get(attribute)
    return _AT_END[known.at_end] if known else Context.CALL


def _lines(way: Iterable[tuple[Moment, Choice | None]]) -> Iterator[Line]:
    for moment, choice in way:
        happened = [str(event) for event in moment.events]
        if moment.question == "gather":
            happened.append("listens for keys or speech")
        for text in happened:
            yield Line(text, moment.source)
        if choice not in (None, DONE):
            yield Line(str(choice), chosen=True)
