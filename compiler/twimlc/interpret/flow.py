"""The interpreter of flows: what the author wrote, read straight from the control-flow graph."""

from collections.abc import Collection, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from twimlc.flow.decisions import Asks, Sample, samples, subject_of
from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.flow.walks import reached
from twimlc.interpret import machine
from twimlc.interpret.assumptions import OUR_READINGS, Readings
from twimlc.interpret.events import Event
from twimlc.interpret.markup import Part, of_element, of_question


class AtNode(NamedTuple):
    """A node about to run, at ring ``ring`` of its Dial.

    ``told`` are answers, by what was asked, that still hold: steps in a row ask one host once.
    """

    node: NodeKey
    ring: int = 0
    told: tuple[Sample, ...] = ()


FlowPlace = AtNode | machine.End


@dataclass(slots=True, eq=False)
class FlowMachine:
    """A run of a flow that begins at a node; ``context`` says on whose line.

    ``base`` is the address of the folder above the flows' own folders, which addresses that the
    author wrote relatively are seen from. ``approximated`` holds the dials whose outcomes are not
    told apart, because the author allowed ``fallback-after-answer`` and the host needs it: all of
    them go to the fallback. ``last`` is the node that was come to last, be it an end.
    """

    graph: Graph
    start: NodeKey
    context: Context = Context.CALL
    readings: Readings = OUR_READINGS
    approximated: Collection[NodeKey] = frozenset()
    base: str = ""
    last: NodeKey = -1
    _positions: dict[AtNode, machine.Position] = field(default_factory=dict, init=False)
    _parts: dict[NodeKey, Part] = field(default_factory=dict, init=False)
    _sources: dict[NodeKey, str] = field(default_factory=dict, init=False)
    _standing: dict[NodeKey, AtNode] = field(default_factory=dict, init=False)

    def beginning(self, start: NodeKey, context: Context, readings: Readings) -> "FlowMachine":
        """A run of the same graph that begins elsewhere, and shares what is known of its nodes."""
        other = copy(self)
        other.start, other.context, other.readings = start, context, readings
        return other

    def forget(self) -> None:
        """Drop what is known of nodes, for all runs that share it."""
        for known in (self._positions, self._parts, self._sources, self._standing):
            known.clear()

    def begin(self) -> FlowPlace:
        return self._settled(self.start)

    def moment(self, place: FlowPlace) -> machine.Position:
        found = self.position(place)
        if isinstance(place, machine.End):
            return found
        return replace(found, source=self._source(self.graph.nodes[place.node]))

    def position(self, place: FlowPlace) -> machine.Position:
        """What happens there; nobody asks for its line."""
        if isinstance(place, machine.End):
            return place.moment()
        found = self._positions.get(place)
        if found is None:
            node = self.graph.nodes[place.node]
            part, base = self._part(node), folder(self.base, node)
            found = self._positions[place] = machine.verb(part, place.ring, base, node.keys)
        return found

    def _part(self, node: Node) -> Part:
        found = self._parts.get(node.key)
        if found is None:
            assert node.element is not None
            asks = node.asks
            found = of_element(node.element) if asks is None else self._question(node, asks)
            self._parts[node.key] = found
        return found

    def _question(self, node: Node, asks: Asks) -> Part:
        """A step that decides: it is tried with all that later ones in a row tell apart."""
        later = [asks]
        for key in reached((node.key,), self._in_a_row):
            other = self.graph.nodes[key].asks
            if other is not None and subject_of(other) == subject_of(asks):
                later.append(other)
        more = ((asks.way(value), value) for each in later for _, value in samples(each))
        return of_question(node.tag, asks, more)

    def _in_a_row(self, key: NodeKey) -> Iterator[NodeKey]:
        """The steps right after one that decides which are decided by the same answer."""
        node = self.graph.nodes[key]
        return (after for after in self.graph.after(key) if self._follows(node, after))

    def _follows(self, node: Node, after: NodeKey) -> bool:
        other = self.graph.nodes[after]
        apart = other.entry is not None or other.place.flow != node.place.flow
        return other.asks is not None and not apart

    def _source(self, node: Node) -> str:
        """The file and line a node came from."""
        found = self._sources.get(node.key)
        if found is None:
            found = f"{node.span.file.path}:{node.span.begin.line}"
            self._sources[node.key] = found
        return found

    def take(self, place: FlowPlace, choice: machine.Choice) -> FlowPlace:
        assert isinstance(place, AtNode)
        self.last = place.node
        node = self.graph.nodes[place.node]
        part = self._part(node)
        outcome = choice.outcome
        if part.asks is not None:
            return self._answered(place, node, part.asks, choice.value)
        if part.tag == "Gather":
            return self._gathered(node, part, choice)
        if choice == machine.SILENCE and part.outcomes.names:
            outcome = part.outcomes.worked[0]  # a recording of nothing is one
        if part.tag == "Dial":
            ring = machine.next_ring(part, place.ring, outcome, self.readings)
            if ring is not None:
                return AtNode(node.key, ring)
            if node.key in self.approximated:
                choice = machine.UNKNOWN[0]
        if choice in machine.UNKNOWN and node.fallback is not None:
            return self._settled(node.fallback)
        return self._leave(node, part, outcome)

    def _answered(self, place: AtNode, node: Node, asks: Asks, value: str) -> FlowPlace:
        told = (*place.told, (subject_of(asks), value))
        known = dict(told)
        for _ in self.graph.nodes:  # steps that decide in a ring are refused
            outcome = asks.way(known[subject_of(asks)])
            after = node.exits.get(outcome, node.fallback)
            assert after is not None, "whatever asks has a way for all other answers"
            if not self._follows(node, after):
                return self._settled(after)
            node = self.graph.nodes[after]
            assert node.asks is not None, "it decides, too"
            asks = node.asks
            if subject_of(asks) not in known:
                return AtNode(after, told=told)
        return self._settled(node.key)

    def _gathered(self, node: Node, part: Part, choice: machine.Choice) -> FlowPlace:
        digits = machine.heard(part, choice.value) if choice.outcome == "keys" else ""
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

    def _external(self, node: Node, part: Part) -> machine.End:
        return self._away(node, part.literal("action").strip(), part.method)

    def _away(self, node: Node, address: str, method: str) -> machine.End:
        return machine.End.external(folder(self.base, node), address, method, self._source(node))

    def _settled(self, key: NodeKey) -> FlowPlace:
        """The place where something happens: what an end means, the address that is left for."""
        self.last = key
        found = self._standing.get(key)
        if found is not None:
            return found
        node = self.graph.nodes[key]
        if node.element is None and self.context.waits:
            key = self.start  # a document that is waited to starts again
            node = self.graph.nodes[key]
            if node.element is None:
                return machine.End(Event("failure", "nothing to wait to"), self._source(node))
        if node.element is None:
            return machine.End.of_line(self.context, self.readings, self._source(node))
        if node.element.tag == "Redirect":
            part = self._part(node)
            return self._away(node, part.text, part.method)
        return self._standing.setdefault(key, AtNode(key))  # one for all documents it is in


def folder(base: str, node: Node) -> str:
    """The folder of the flow that a node was written in; empty if no base is known."""
    return f"{base}{node.place.flow}/" if base else ""
