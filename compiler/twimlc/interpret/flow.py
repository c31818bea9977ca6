"""The interpreter of flows: what the author wrote, read straight from the control-flow graph."""

from collections.abc import Collection
from typing import NamedTuple

from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.interpret import events
from twimlc.interpret.assumptions import OUR_READINGS, Readings
from twimlc.interpret.choices import Choice, heard, next_ring
from twimlc.interpret.events import HANGUP, JOIN, Event
from twimlc.interpret.machine import Moment, Over, verb
from twimlc.interpret.markup import Part, absolute, of_element


class Standing(NamedTuple):
    """A node about to run, at ring ``ring`` of its Dial."""

    node: NodeKey
    ring: int = 0


FlowPlace = Standing | Over


class FlowMachine:
    """A run of a flow that begins at a node; ``context`` says on whose line.

    ``base`` is the address of the folder above the flows' own folders, which addresses that the
    author wrote relatively are seen from. ``approximated`` holds the dials whose outcomes are not
    told apart, because the author allowed ``fallback-after-answer`` and the host needs it: all of
    them go to the fallback. ``moments`` and ``parts`` may be shared by machines of one graph and
    base.
    """

    def __init__(
        self,
        graph: Graph,
        start: NodeKey,
        context: Context = Context.CALL,
        readings: Readings = OUR_READINGS,
        approximated: Collection[NodeKey] = frozenset(),
        base: str = "",
        moments: dict[FlowPlace, Moment] | None = None,
        parts: dict[NodeKey, Part] | None = None,
    ) -> None:
        self.graph = graph
        self.start = start
        self.context = context
        self.readings = readings
        self.approximated = approximated
        self.base = base
        self._moments = {} if moments is None else moments
        self._parts = {} if parts is None else parts
        self._sources: dict[NodeKey, str] = {}
        self._standing: dict[NodeKey, Standing] = {}

    def begin(self) -> FlowPlace:
        return self._settled(self.start)

    def moment(self, place: FlowPlace) -> Moment:
        found = self._moments.get(place)
        if found is None:
            found = self._moments[place] = self._moment(place)
        return found

    def _moment(self, place: FlowPlace) -> Moment:
        if isinstance(place, Over):
            return place.moment()
        node = self.graph.nodes[place.node]
        base = folder(self.base, node)
        return verb(self._part(node), place.ring, base, node.keys, self._source(node))

    def _part(self, node: Node) -> Part:
        found = self._parts.get(node.key)
        if found is None:
            assert node.element is not None
            found = self._parts[node.key] = of_element(node.element)
        return found

    def _source(self, node: Node) -> str:
        """The file and line a node came from."""
        found = self._sources.get(node.key)
        if found is None:
            line = node.span.begin.line
            found = self._sources[node.key] = f"{node.span.file.path}:{line}"
        return found

    def take(self, place: FlowPlace, choice: Choice) -> FlowPlace:
        assert isinstance(place, Standing)
        node = self.graph.nodes[place.node]
        part = self._part(node)
        outcome = choice.outcome
        if part.tag == "Gather":
            return self._gathered(node, part, choice)
        if part.tag == "Record":
            outcome = "recorded"
        if part.tag == "Dial":
            ring = next_ring(part, place.ring, outcome, self.readings["hunt-after-decline"])
            if ring is not None:
                return Standing(node.key, ring)
            if node.key in self.approximated:
                if node.fallback is not None:
                    return self._settled(node.fallback)
                outcome = "no-answer"
        return self._leave(node, part, outcome)

    def _gathered(self, node: Node, part: Part, choice: Choice) -> FlowPlace:
        digits = heard(part, choice.value) if choice.outcome == "keys" else ""
        if digits in node.keys:
            return self._settled(node.keys[digits])
        if digits or choice.outcome == "speech":
            return self._leave(node, part, "input")
        if part.literal("actionOnEmptyResult") == "true" and part.get("action") is not None:
            return self._external(node, part)
        return self._leave(node, part, "no-input")

    def _leave(self, node: Node, part: Part, outcome: str) -> FlowPlace:
        after = node.exits.get(outcome)
        if after is not None:
            return self._settled(after)
        if part.get("action") is not None:
            return self._external(node, part)
        raise LookupError(f"node {node.key} ({part.tag}) has no exit {outcome!r}")

    def _external(self, node: Node, part: Part) -> Over:
        method = "POST" if part.tag == "Pay" else part.literal("method", "POST").upper()
        return self._away(node, part.literal("action").strip(), method)

    def _away(self, node: Node, address: str, method: str) -> Over:
        there = absolute(folder(self.base, node), address)
        return Over(events.external(address, method), self._source(node), there)

    def _settled(self, key: NodeKey) -> FlowPlace:
        """The place where something happens: what an end means, the address that is left for."""
        node = self.graph.nodes[key]
        if node.element is None and self.context in (Context.QUEUE_WAIT, Context.CONFERENCE_WAIT):
            key = self.start  # a document that is waited to starts again
            node = self.graph.nodes[key]
            if node.element is None:
                return Over(Event("failure", "nothing to wait to"), self._source(node))
        if node.element is None:
            return Over(self._end(), self._source(node))
        if node.element.tag == "Redirect":
            part = self._part(node)
            method = part.literal("method", "POST").upper()
            return self._away(node, part.text, method)
        return self._standing.setdefault(key, Standing(key))  # one for all documents it is in

    def _end(self) -> Event:
        match self.context:
            case Context.LEG:
                return JOIN if self.readings["leg-end"] == "join" else HANGUP
            case Context.MESSAGE:
                return events.SENT
            case _:
                return HANGUP


def folder(base: str, node: Node) -> str:
    """The folder of the flow that a node was written in; empty if no base is known."""
    return f"{base}{node.place.flow}/" if base else ""
