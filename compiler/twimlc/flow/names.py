"""Whose name is it: from the text of a scalar to the state it names.

Comes in: what every flow is called and which states it has. Goes out: resolved states, or a
finding with the nearest name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from twimlc.diagnostics.diagnostic import Diagnostic, Fix
from twimlc.diagnostics.edits import rewrite
from twimlc.diagnostics.rules.names import (
    JUMP_BETWEEN_KINDS,
    JUMP_INTO_MATRIX,
    UNKNOWN_FLOW,
    UNKNOWN_STATE,
)
from twimlc.flow.model import Kind, StateKey
from twimlc.source.names import meant, nearest, proposed_name, valid_name
from twimlc.source.respell import beyond_doubt
from twimlc.source.tree import Scalar
from twimlc.text import Span

_BLOCKS = frozenset({"voicemail", "leave", "reject", "record"})


class FlowNames(NamedTuple):
    """What other flows may know of a flow: its states by name, its start, its kind.

    ``reachable`` is false for a flow of the matrix seen from outside it.
    """

    name: str
    kind: Kind
    states: Mapping[str, StateKey]
    start: StateKey | None
    reachable: bool = True


def state_called(text: str, states: Mapping[str, StateKey]) -> StateKey | None:
    """The state that a name means, be it one that has still to be called so.

    Where a state is ``Main``, its own finding asks for ``main``, and ``goto: main`` is right.
    """
    key = states.get(text)
    if key is None:
        near = nearest(text, states)
        key = states[near] if near is not None and proposed_name(near) == text else None
    return key


def state_fix(span: Span, text: str, states: Iterable[str]) -> Fix | None:
    """The fix that writes the state that was meant; none that leads to a name that cannot stay."""
    near = beyond_doubt(text, states)
    return rewrite(span, text, near) if near is not None and valid_name(near) is None else None


@dataclass(slots=True)
class Scope:
    """The states that a place can name: a flow's, or a component's with the user's behind it."""

    flow: FlowNames
    flows: Mapping[str, FlowNames]
    states: Mapping[str, StateKey]
    outer: "Scope | None" = None
    used: set[StateKey] = field(default_factory=set)

    def outward(self, levels: int) -> "Scope":
        """The scope that a value given from ``levels`` further out belongs to."""
        scope = self
        while levels > 0 and scope.outer is not None:
            scope, levels = scope.outer, levels - 1
        return scope

    def inside(self, states: Mapping[str, StateKey]) -> "Scope":
        """The scope of a component that is used here."""
        return Scope(self.flow, self.flows, states, self, self.used)

    def resolve(self, node: Scalar) -> tuple[StateKey | None, list[Diagnostic]]:
        """The state that ``node`` names: ``STATE``, ``FLOW/STATE`` or ``FLOW/``."""
        text = str(node.value) if isinstance(node.value, str) else node.text
        flow_name, slash, state_name = text.partition("/")
        if slash:
            return self._elsewhere(node, flow_name, state_name)
        scope = self.outward(node.outward)
        key = state_called(text, scope.states)
        if key is not None:
            self.used.add(key)
            return key, []
        known = [*scope.states, "hangup", "next"]
        hint, fix = meant(text, known), state_fix(node.span, text, known)
        if hint is None and text in self.flows:
            hint = f"to go to the flow of that name, write {text}/"
        if hint is None and text in _BLOCKS:
            hint = f"for what the step '- {text}' does, write a list of steps: [{text}]"
        if hint is None and scope.states:
            hint = f"there are: {', '.join(list(scope.states)[:12])}"
        where = "in this component " if scope.outer is not None else ""
        message = f"no state {where}is called '{text}'"
        return None, [UNKNOWN_STATE.at(node.span, message, hint=hint, fix=fix)]

    def is_entry(self, key: StateKey, node: Scalar) -> bool:
        """Whether ``node`` names another flow (``FLOW/``) and not one of its states."""
        text = node.value if isinstance(node.value, str) else node.text
        return text.endswith("/") and key.flow != self.flow.name

    def _elsewhere(
        self, node: Scalar, flow_name: str, state_name: str
    ) -> tuple[StateKey | None, list[Diagnostic]]:
        flow = self.flow if flow_name == self.flow.name else self.flows.get(flow_name)
        if flow is None:
            close = nearest(flow_name, self.flows)
            hint = f"did you mean '{close}/{state_name}'?" if close else None
            message = f"no flow is called '{flow_name}'"
            fix = self._fix(node, beyond_doubt(flow_name, self.flows), state_name)
            return None, [UNKNOWN_FLOW.at(node.span, message, hint=hint, fix=fix)]
        if flow.kind is not self.flow.kind:
            message = (
                f"'{flow_name}' is a {flow.kind} flow and this is a {self.flow.kind} flow: "
                "a call cannot go on as messages, nor the other way round"
            )
            return None, [JUMP_BETWEEN_KINDS.at(node.span, message)]
        if not flow.reachable:
            message = f"'{flow_name}' is built once per row of the matrix; this flow is not"
            hint = "a jump stays in its row: put this flow into the matrix too"
            return None, [JUMP_INTO_MATRIX.at(node.span, message, hint=hint)]
        key = state_called(state_name, flow.states) if state_name else flow.start
        if key is None:
            close = nearest(state_name, flow.states) if state_name else None
            hint = f"did you mean '{flow_name}/{close}'?" if close else None
            if not state_name:
                message = f"the flow '{flow_name}' has no start"
            else:
                message = f"no state of '{flow_name}' is called '{state_name}'"
            fix = self._fix(node, flow_name, beyond_doubt(state_name, flow.states))
            return None, [UNKNOWN_STATE.at(node.span, message, hint=hint, fix=fix)]
        self.used.add(key)
        return key, []

    def _fix(self, node: Scalar, flow: str | None, state: str | None) -> Fix | None:
        if flow is None or state is None or (state and valid_name(state) is not None):
            return None
        return rewrite(node.span, node.text, f"{flow}/{state}")
