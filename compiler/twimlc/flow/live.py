"""What some way through the flows can reach, in this build or in another of the same sources.

Steps with ``if:`` are there in one row of the matrix and gone in the next. What only such a step
cuts off, or what only such a step leads to, is no slip of the author's.
"""

from collections.abc import Iterator, Mapping, Sequence

from twimlc.flow.graph import DeadStep, Node, NodeKey
from twimlc.flow.labels import Label, Listed, Pending
from twimlc.flow.model import Flow, StateKey, StateLink
from twimlc.source.switched import NOTHING_SWITCHED, Switched
from twimlc.text import Place


class Live:
    """What is reached, and so what is dead."""

    def __init__(
        self,
        flows: Mapping[str, Flow],
        states: Mapping[StateKey, Label],
        pending: Sequence[Pending],
        listed: Sequence[Listed],
        switched: Mapping[str, Switched],
    ) -> None:
        self.flows, self.states, self.listed, self.switched = flows, states, listed, switched
        self.pending: dict[NodeKey, Pending] = {made.node.key: made for made in pending}
        self.state_of = {id(label): key for key, label in states.items()}
        places = {place for each in switched.values() for place in each.places}
        self.skipped = {id(step.label): step.after for step in listed if step.span.place in places}
        self.live = self._reached()
        self.alive = {step.span.place for step in listed if id(step.label) in self.live}

    def dead_steps(self) -> Iterator[DeadStep]:
        """The first of each run of steps that nothing leads to."""
        for step in self.listed:
            before = step.before
            if id(step.label) in self.live or before is None or id(before.label) not in self.live:
                continue
            if step.span.place not in self.alive:  # else another use of the component reaches it
                yield DeadStep(step.span, before.span)

    def dead_states(self) -> Iterator[StateKey]:
        for flow in self.flows.values():
            for key in flow.states:
                if id(self.states[key]) not in self.live:
                    yield key

    def places(self) -> frozenset[Place]:
        """Where the steps and states stand that are reached."""
        every = (state for flow in self.flows.values() for state in flow.states.values())
        states = {each.span.place for each in every if id(self.states[each.key]) in self.live}
        return frozenset(self.alive | states)

    def _reached(self) -> set[int]:
        live: set[int] = set()
        met: set[NodeKey] = set()  # a menu is behind every choice that goes back to it
        waiting: list[Label | None] = [self.states[flow.start] for flow in self.flows.values()]
        for flow in self.flows:
            waiting += self._named(flow, None)
        while waiting:
            label = waiting.pop()
            if label is None or id(label) in live:
                continue
            live.add(id(label))
            waiting += (label.other, self.skipped.get(id(label)))
            if label.node is not None and label.node.key not in met:
                met.add(label.node.key)
                waiting += self._behind(label.node)
            state = self.state_of.get(id(label))
            if state is not None:
                waiting += self._named(state.flow, state.name)
        return live

    def _behind(self, node: Node) -> Iterator[Label | None]:
        made = self.pending[node.key]
        yield from made.exits.values()
        yield from made.keys.values()
        yield made.fallback
        for _, _, link, _ in node.element.links() if node.element else ():
            if isinstance(link, StateLink):
                yield self.states.get(link.state)

    def _named(self, flow: str, state: str | None) -> Iterator[Label | None]:
        """The states that steps with ``if:`` of this state name, whether they are there or not."""
        for name in self.switched.get(flow, NOTHING_SWITCHED).names.get(state, ()):
            other, _, rest = name.rpartition("/")
            yield self.states.get(StateKey(other or flow, rest, rest))
