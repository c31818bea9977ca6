"""The interpreter of flows: what the author wrote, read straight from the control-flow graph."""

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.interpret import machine
from twimlc.interpret.assumptions import OUR_READINGS, Readings
from twimlc.interpret.events import Event
from twimlc.interpret.markup import Part, of_element


class AtNode(NamedTuple):
    """A node about to run, at ring ``ring`` of its Dial."""

    node: NodeKey
    ring: int = 0


FlowPlace = AtNode | machine.End


@dataclass(slots=True, eq=False)
class FlowMachine:
    """A run of a flow that begins at a node; ``context`` says on whose line.

    ``base`` is the address of the folder above the flows' own folders, which addresses that the
    author wrote relatively are seen from. ``approximated`` holds the dials whose outcomes are not
    told apart, because the author allowed ``fallback-after-answer`` and the host needs it: all of
    them go to the fallback.
    """

    graph: Graph
    start: NodeKey
    context: Context = Context.CALL
    readings: Readings = OUR_READINGS
    approximated: Collection[NodeKey] = frozenset()
    base: str = ""
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
            found = self._parts[node.key] = of_element(node.element)
        return found

    def _source(self, node: Node) -> str:
        """The file and line a node came from."""
        found = self._sources.get(node.key)
        if found is None:
            found = f"{node.span.file.path}:{node.span.begin.line}"
            self._sources[node.key] = found
        return found

    def take(self, place: FlowPlace, choice: machine.Choice) -> FlowPlace:
        assert isinstance(place, AtNode)
        node = self.graph.nodes[place.node]
        part = self._part(node)
        outcome = choice.outcome
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
