"""One run of a flow and one of its documents, walked together: the pairs of positions they reach.

What the walks of a plan share (:class:`Scene`) and where a run begins (:class:`Leg`) come in;
the pairs at which the two runs part go out, the one with the shortest script first.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.flow.graph import Context, Graph, NodeKey
from twimlc.flow.model import Element, MediaLink, StateLink
from twimlc.interpret.assumptions import Readings, asked_about
from twimlc.interpret.choices import DONE, HANGUP, Asked, Choice, told_input
from twimlc.interpret.difference import Difference, Line
from twimlc.interpret.documents import DocumentPlace, Documents, Library
from twimlc.interpret.flow import FlowMachine, FlowPlace, Standing, folder
from twimlc.interpret.host import Host
from twimlc.interpret.machine import Moment
from twimlc.interpret.markup import Ours, Part, absolute, plain
from twimlc.lower.plan import Approximation

Media = Callable[[MediaLink], bytes | None]
"""The bytes of an audio file beside a flow."""


class Leg(NamedTuple):
    """A document of another party: where it begins in the flow and on the host."""

    node: NodeKey
    url: str
    method: str
    context: Context
    attribute: str


Pair = tuple[FlowPlace, DocumentPlace]


class Scene:
    """What every walk over one graph and one host shares, so that it is found once.

    ``base`` is the address of the folder above the flows' own. ``approximations`` are those the
    target makes (:attr:`Plan.approximations`). With ``media`` audio files are compared by bytes.
    """

    def __init__(
        self,
        graph: Graph,
        host: Host,
        base: str,
        approximations: Iterable[Approximation] = (),
        media: Media | None = None,
    ) -> None:
        self.graph = graph
        self.base = base
        self.media = media
        self.library = Library(host, foreign(graph, base), share=True)
        self.moments: dict[FlowPlace, Moment] = {}
        self.parts: dict[NodeKey, Part] = {}
        self._choices: dict[FlowPlace, tuple[Choice, ...]] = {}
        self.roots = {(root.node, root.attribute): root.context for root in graph.roots}
        spans = {made.span for made in approximations if made.name == "fallback-after-answer"}
        self.approximated: frozenset[NodeKey] = frozenset(
            node.key for node in graph.nodes if spans and node.span in spans
        )

    def forget(self) -> None:
        """Drop what was found on the way; a big project would else be kept in memory whole."""
        for kept in (self.moments, self.parts, self._choices):
            kept.clear()
        self.library.forget()

    def choices(self, place: FlowPlace, moment: Moment) -> tuple[Choice, ...]:
        """What can happen at a place of a flow, which many documents may lead to."""
        found = self._choices.get(place)
        if found is None:
            found = self._choices[place] = moment.choices
        return found

    def tags(self, flow_name: str) -> set[str]:
        """What of a flow, on any line, an assumption can be about."""
        found: set[str] = set()
        waiting = [self.graph.starts[flow_name]]
        seen = set(waiting)
        while waiting:
            node = self.graph.nodes[waiting.pop()]
            after = [key for _, key in node.successors()]
            found.update(asked_about(node))
            if node.element is not None:
                for _, _, link, _ in node.element.links():
                    if isinstance(link, StateLink) and link.state in self.graph.entries:
                        after.append(self.graph.entries[link.state])
                        found.add(self.graph.contexts.get(after[-1], Context.CALL).value)
            waiting += (key for key in after if key not in seen)
            seen.update(after)
        return found


def foreign(graph: Graph, base: str) -> frozenset[str]:
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


class Parting(NamedTuple):
    """Where two runs part."""

    pair: Pair
    reason: str


class Walk:
    """One run on one line, breadth first, so that the first difference is a shortest one.

    ``readings`` are those of the documents; the flow is read under ``meant``.
    """

    def __init__(self, scene: Scene, leg: Leg, readings: Readings, meant: Readings) -> None:
        self.scene = scene
        self.leg = leg
        self.flow = FlowMachine(
            scene.graph,
            leg.node,
            leg.context,
            meant,
            scene.approximated,
            scene.base,
            scene.moments,
            scene.parts,
        )
        self.documents = Documents(scene.library, leg.url, leg.method, leg.context, readings)
        self._as_meant = None
        if readings != meant:
            self._as_meant = Documents(scene.library, leg.url, leg.method, leg.context, meant)
        self.legs: list[Leg] = []
        self.complete = True
        self._came: dict[Pair, tuple[Pair, Choice] | None] = {}
        self._media_seen: set[tuple[MediaLink, str]] = set()
        self._answered: dict[tuple[FlowPlace, Asked], tuple[Choice, ...]] = {}

    @property
    def pairs(self) -> int:
        return len(self._came)

    def partings(self, limit: int) -> Iterator[Parting]:
        """Where the two runs part.

        Behind it the walk goes on as if the documents were read as the flow is, so that one
        open question does not hide the next place where it matters.
        """
        flow, documents, came = self.flow, self.documents, self._came
        first = (flow.begin(), documents.begin())
        came[first] = None
        waiting = deque([first])
        while waiting:
            pair = waiting.popleft()
            mine, theirs = flow.moment(pair[0]), documents.moment(pair[1])
            reason = self._apart(mine, theirs)
            if reason is not None:
                yield Parting(pair, reason)
                beside = self._beside(pair)
                if beside is not None and beside not in came:
                    came[beside] = came[pair]
                    waiting.append(beside)
                continue
            for choice in self._untried(pair, mine):
                if choice == HANGUP:  # nothing of either run is heard any more
                    continue
                following = (flow.take(pair[0], choice), documents.take(pair[1], choice))
                if following in came:
                    continue
                if len(came) >= limit:
                    self.complete = False
                    return
                came[following] = (pair, choice)
                waiting.append(following)

    def _untried(self, pair: Pair, mine: Moment) -> tuple[Choice, ...]:
        """The choices that may lead to a new pair.

        A menu that every entry comes back to stands at the end of as many documents as it has
        entries. What is entered leads to the same places from each of them, so that is tried once.
        """
        asked = self.documents.asked(pair[1])
        choices = self.scene.choices(pair[0], mine)
        if asked is None:
            return choices
        known = self._answered.get((pair[0], asked))
        if known is None:
            assert mine.part is not None
            unheard = (choice for choice in choices if not told_input(mine.part, choice))
            self._answered[pair[0], asked] = tuple(unheard)
            return choices
        return known

    def _beside(self, pair: Pair) -> Pair | None:
        """The pair that would have been reached under the readings that the flow is meant for."""
        came = self._came[pair]
        if self._as_meant is None or came is None:
            return None
        (_, before), choice = came
        return pair[0], self._as_meant.take(before, choice)

    def cause(self, parting: Parting) -> NodeKey:
        """The node at which the choice was made that led to a parting."""
        came = self._came[parting.pair]
        while came is not None:
            (mine, _), choice = came
            if isinstance(mine, Standing) and choice != DONE:
                return mine.node
            came = self._came[came[0]]
        return self.leg.node

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
                node = self.scene.graph.entries.get(state)
                if node is None:
                    return f"the state {state} has no node"
                context = self.scene.roots.get((node, link.name)) or _context(link.name)
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
        response = self.scene.library.host.fetch(url, "GET", {})
        if response.status != 200:
            return f"the audio file {wanted.path} became {url}, which answers {response.status}"
        data = self.scene.media(wanted) if self.scene.media else None
        if data is not None and data != response.body:
            return f"the audio file {wanted.path} became {url}, which is another one"
        if wanted.path.rpartition(".")[2].lower() != url.rpartition(".")[2].lower():
            return f"the audio file {wanted.path} became {url}, which is of another kind"
        return None

    def told(self, flow_name: str, parting: Parting) -> Difference:
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
