"""One run of a flow and one of its documents, walked together: the pairs of positions they reach.

What the walks of a plan share (:class:`Scene`) and where a run begins (:class:`Leg`) come in;
the pairs at which the two runs part go out, the one with the shortest script first.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.flow.contexts import context_at
from twimlc.flow.graph import Context, Graph, NodeKey
from twimlc.flow.model import Element, MediaLink, StateLink
from twimlc.hosts.answer import Host
from twimlc.interpret.assumptions import OUR_READINGS, Readings, asked_about, asked_of
from twimlc.interpret.difference import Difference, trace
from twimlc.interpret.documents import DocumentPlace, Documents
from twimlc.interpret.flow import AtNode, FlowMachine, FlowPlace, folder
from twimlc.interpret.library import Library
from twimlc.interpret.machine import (
    DONE,
    HANGUP,
    UNKNOWN,
    Asked,
    Choice,
    Position,
    may_end_otherwise,
    told_input,
)
from twimlc.interpret.markup import InternalLink, absolute, plain
from twimlc.lower.plan import Approximation
from twimlc.rules.words import wordings

_ENDING = re.compile(r"\.[a-z0-9]{1,8}$")
"""Says what kind of file it is; any other may be exchanged."""
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

    ``base`` is the address of the folder above the flows' own. Unless it is ``open_ended`` nothing
    is sent that nobody knows yet. ``approximations`` are those the
    target makes (:attr:`Plan.approximations`). With ``media`` audio files are compared by bytes.
    """

    def __init__(
        self,
        graph: Graph,
        host: Host,
        base: str,
        approximations: Iterable[Approximation] = (),
        media: Media | None = None,
        *,
        open_ended: bool = True,
    ) -> None:
        self.graph = graph
        self.open_ended = open_ended
        self.media = media
        self.library = Library(host, foreign(graph, base), share=True)
        self._choices: dict[FlowPlace, tuple[Choice, ...]] = {}
        self.roots = {(root.node, root.attribute): root.context for root in graph.roots}
        spans = {made.span for made in approximations if made.name == "fallback-after-answer"}
        approximated = frozenset(n.key for n in graph.nodes if spans and n.span in spans)
        self._flow = FlowMachine(graph, 0, approximated=approximated, base=base)

    def forget(self) -> None:
        """Drop what was found on the way; a big project would else be kept in memory whole."""
        self._flow.forget()
        self._choices.clear()
        self.library.forget()

    def machine(
        self, start: NodeKey, context: Context, readings: Readings = OUR_READINGS
    ) -> FlowMachine:
        """A run of the graph that shares what other runs know."""
        return self._flow.beginning(start, context, readings)

    def choices(self, place: FlowPlace, position: Position) -> tuple[Choice, ...]:
        """What can happen at a place of a flow, which many documents may lead to."""
        found = self._choices.get(place)
        if found is None:
            found = position.choices
            if self.open_ended and position.part and may_end_otherwise(position.part):
                found += UNKNOWN
            self._choices[place] = found
        return found

    def asked(self, flow_name: str) -> set[str]:
        """The assumptions that a flow can hang on, on any line, by name."""
        found: set[str] = set()
        for key in self.graph.reachable(self.graph.starts[flow_name], on_any_leg=True):
            found.update(asked_about(self.graph.nodes[key]))
            found.update(asked_of(self.graph.contexts.get(key, Context.CALL)))
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
    if element.tag == "Redirect" and not element.children:
        yield ""  # the same document again, which only the author can have written
    for wording in wordings(element):
        if wording.row is not None and wording.row.fetch:
            yield plain(wording.text).strip()


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
        self.flow = scene.machine(leg.node, leg.context, meant)
        names = vocabulary.REQUEST_PARAMETERS.get(leg.attribute, ())
        sent = {name: f"${{call.{name}}}" for name in names}

        def documents(read: Readings) -> Documents:
            return Documents(scene.library, leg.url, leg.method, leg.context, read, sent)

        self.documents = documents(readings)
        self._as_meant = documents(meant) if readings != meant else None
        self.legs: list[Leg] = []
        self.complete = True
        self._came: dict[Pair, tuple[Pair, Choice] | None] = {}
        self._media_seen: set[tuple[MediaLink, str]] = set()
        self._answered: dict[tuple[FlowPlace, Asked], tuple[Choice, ...]] = {}

    @property
    def pairs(self) -> int:
        return len(self._came)

    @property
    def met(self) -> Iterable[Pair]:
        """The pairs that were reached so far, the nearest first."""
        return self._came

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
            mine, theirs = flow.position(pair[0]), documents.position(pair[1])
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

    def _untried(self, pair: Pair, mine: Position) -> tuple[Choice, ...]:
        """The choices that may lead to a new pair.

        A menu that every entry comes back to stands at the end of as many documents as it has
        entries. What is entered leads to the same places from each of them, so that is tried once.
        """
        choices = self.scene.choices(pair[0], mine)
        asked = self.documents.asked(pair[1]) if len(choices) > 1 else None
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

    def _way(self, parting: Parting) -> list[tuple[Pair, Choice]]:
        """The pairs on the way to a parting, with what was chosen at each."""
        way: list[tuple[Pair, Choice]] = []
        came = self._came[parting.pair]
        while came is not None:
            way.append(came)
            came = self._came[came[0]]
        return way[::-1]

    def cause(self, parting: Parting) -> NodeKey:
        """The node at which the choice was made that led to a parting."""
        for (mine, _), choice in reversed(self._way(parting)):
            if isinstance(mine, AtNode) and choice != DONE:
                return mine.node
        return self.leg.node

    def _apart(self, mine: Position, theirs: Position) -> str | None:
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

    def _linked(self, link: InternalLink, found: InternalLink) -> str | None:
        assert isinstance(found.place, str)
        match link.place:
            case StateLink(state=state):
                node = self.scene.graph.entries.get(state)
                if node is None:
                    return f"the state {state} has no node"
                context = self.scene.roots.get((node, link.name)) or context_at(link.name)
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
        response = self.scene.library.ask(url, "GET", {})
        if response.status != 200:
            return f"the audio file {wanted.path} became {url}, which answers {response.status}"
        data = self.scene.media(wanted) if self.scene.media else None
        if data is not None and data != response.body:
            return f"the audio file {wanted.path} became {url}, which is another one"
        ending = _ENDING.search(wanted.path.lower())
        if ending is not None and not url.lower().endswith(ending[0]):
            return f"the audio file {wanted.path} became {url}, which is of another kind"
        return None

    def told(self, flow_name: str, parting: Parting) -> Difference:
        """The difference with the way to it."""
        way: list[tuple[Pair, Choice | None]] = [*self._way(parting), (parting.pair, None)]
        script = tuple(str(choice) for _, choice in way if choice not in (None, DONE))
        where = (
            f"the document of {self.leg.attribute}" if self.leg.attribute else "the caller's line"
        )
        return Difference(
            flow_name,
            where,
            parting.reason,
            script,
            tuple(trace((self.flow.moment(pair[0]), choice) for pair, choice in way)),
            tuple(trace((self.documents.moment(pair[1]), choice) for pair, choice in way)),
        )
