"""What some way through the flows can reach, in this build or in another of the same sources.

Steps with ``if:`` are there in one row of the matrix and gone in the next. What only such a step
cuts off, or what only such a step leads to, is no slip of the author's.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import UNREACHABLE_STATE, UNREACHABLE_STEP
from twimlc.flow.graph import DeadStep, Label, Listed, NodeKey, Pending, written_by
from twimlc.flow.model import Flow, StateKey, StateLink
from twimlc.flow.walks import reached
from twimlc.text import Place
from twimlc.values.conditional_steps import NOTHING_SWITCHED, Switched

DEAD = (UNREACHABLE_STEP, UNREACHABLE_STATE)
"""Rules about what no call reaches."""


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
        self.state_of = {label: key for key, label in states.items()}
        places = {place for each in switched.values() for place in each.places}
        self.skipped = {step.label: step.after for step in listed if step.span.place in places}
        starts: list[Label | Pending] = [self.states[flow.start] for flow in flows.values()]
        for flow in flows:
            starts += self._named(flow, None)
        self.live = {*reached(starts, self._leads)}
        self.alive = {step.span.place for step in listed if step.label in self.live}

    def dead_steps(self) -> Iterator[DeadStep]:
        """The first of each run of steps that nothing leads to."""
        for step in self.listed:
            before = step.before
            if step.label in self.live or before is None or before.label not in self.live:
                continue
            if step.span.place not in self.alive:  # else another use of the component reaches it
                yield DeadStep(step.span, before.span)

    def dead_states(self) -> Iterator[StateKey]:
        for flow in self.flows.values():
            for key in flow.states:
                if self.states[key] not in self.live:
                    yield key

    def places(self) -> frozenset[Place]:
        """Where the steps and states stand that are reached."""
        every = (state for flow in self.flows.values() for state in flow.states.values())
        states = {each.span.place for each in every if self.states[each.key] in self.live}
        return frozenset(self.alive | states)

    def _leads(self, place: Label | Pending) -> Iterator[Label | Pending]:
        """What a label stands for, or where a node leads: a menu is after many labels."""
        if isinstance(place, Label):
            yield from filter(None, (place.other, self.skipped.get(place)))
            if place.node is not None:
                yield self.pending[place.node.key]
            if (state := self.state_of.get(place)) is not None:
                yield from self._named(state.flow, state.name)
            return
        after = (*place.exits.values(), *place.keys.values(), place.fallback)
        yield from (label for label in after if label is not None)
        for link in place.node.links():
            for state in written_by(self.flows, link) if isinstance(link, StateLink) else ():
                if state in self.states:
                    yield self.states[state]

    def _named(self, flow: str, state: str | None) -> Iterator[Label]:
        """The states that steps with ``if:`` of this state name, whether they are there or not."""
        for name in self.switched.get(flow, NOTHING_SWITCHED).names.get(state, ()):
            other, _, rest = name.rpartition("/")
            if (label := self.states.get(StateKey(other or flow, rest, rest))) is not None:
                yield label


def dead_everywhere(
    findings: Iterable[Diagnostic], alive: Sequence[Collection[Place]]
) -> list[Diagnostic]:
    """All findings but those about what is dead here and reached in another row or target.

    ``alive`` are the places that each target reaches in some row.
    """
    return [
        finding
        for finding in findings
        if finding.rule not in DEAD or not any(finding.span.place in places for places in alive)
    ]
