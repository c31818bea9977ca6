"""A flow file, expanded, becomes the model of a flow.

The raw tree gives the names that other flows may use (:func:`flow_names`); with the names of
all flows the expanded tree gives the model and every finding about one flow alone
(:func:`read_flow`).
"""

from collections.abc import Mapping as MappingABC
from typing import NamedTuple

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.names import UNKNOWN_STATE
from twimlc.flow.model import Flow, Kind, State, StateKey
from twimlc.flow.names import FlowNames, Scope, state_called, state_fix
from twimlc.flow.steps import StepReader
from twimlc.flow.targets import name_of
from twimlc.source.expand import ONLY_STATE
from twimlc.source.names import nearest
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence, is_empty
from twimlc.text import SourceFile


class ReadFlow(NamedTuple):
    """A flow and the states that something in it names (its own and other flows')."""

    flow: Flow
    named: frozenset[StateKey]


def kind_of(tree: Mapping) -> Kind:
    """What a flow answers: calls, or messages with ``kind: messaging``."""
    return Kind.MESSAGING if name_of(tree.get("kind")) == "messaging" else Kind.VOICE


def name_of_flow(tree: Node | None, stem: str) -> str:
    """``flow:`` if given, else the file's stem."""
    if isinstance(tree, Mapping):
        given = tree.get("flow")
        if isinstance(given, Scalar) and not is_empty(given):
            return name_of(given) or stem
    return stem


def flow_names(tree: Mapping, name: str, *, reachable: bool = True) -> FlowNames:
    """What other flows may know of the flow in ``tree`` (raw or expanded)."""
    states = tree.get("states")
    keys: dict[str, StateKey] = {}
    if isinstance(states, Mapping):
        keys = {e.key: StateKey(name, e.key, e.key) for e in states.entries}
    start: StateKey | None = None
    if isinstance(tree.get("steps"), Sequence):
        start = StateKey(name, ONLY_STATE, ONLY_STATE)
    elif keys:
        given = name_of(tree.get("start")) if not is_empty(tree.get("start")) else None
        start = state_called(given, keys) if given else next(iter(keys.values()))
    return FlowNames(name, kind_of(tree), keys, start, reachable)


def read_flow(
    tree: Mapping, file: SourceFile, own: FlowNames, flows: MappingABC[str, FlowNames]
) -> tuple[ReadFlow | None, list[Diagnostic]]:
    """The model of one flow, and what is wrong in it. ``tree`` is expanded."""
    scope = Scope(own, flows, own.states)
    defaults = _defaults(tree)
    reader = StepReader(own.kind, own.name, defaults)
    states: dict[StateKey, State] = {}
    steps, listed = tree.get("steps"), tree.get("states")
    start = own.start
    if isinstance(steps, Sequence) and start is not None:
        entry = tree.entry("steps")
        span = entry.key_span if entry else tree.span
        states[start] = reader.state(start, steps, span, scope)
    elif isinstance(listed, Mapping):
        for entry in listed.entries:
            key = own.states.get(entry.key)
            if key is not None and key not in states:
                states[key] = reader.state(key, entry.value, entry.key_span, scope)
        named = tree.get("start")
        if isinstance(named, Scalar) and not is_empty(named):
            text = name_of(named) or ""
            start = state_called(text, own.states)
            if start is None:
                close = nearest(text, own.states)
                known = f"there are: {', '.join(list(own.states)[:12])}"
                hint = f"did you mean '{close}'?" if close else known
                message = f"the flow starts at '{text}', but no state is called so"
                fix = state_fix(named.span, text, own.states)
                reader.report([UNKNOWN_STATE.at(named.span, message, hint=hint, fix=fix)])
    if start is None or start not in states:
        return None, reader.findings
    description = (
        name_of(tree.get("description")) if not is_empty(tree.get("description")) else None
    )
    flow = Flow(
        own.name,
        own.kind,
        file,
        start,
        states,
        reader.lists,
        description,
        tree.span,
        nameless=isinstance(steps, Sequence),
        voice=defaults.get("say", ()),
    )
    return ReadFlow(flow, frozenset(scope.used)), reader.findings


def _defaults(tree: Mapping) -> dict[str, tuple[Entry, ...]]:
    given = tree.get("defaults")
    if not isinstance(given, Mapping):
        return {}
    return {
        entry.key: entry.value.entries
        for entry in given.entries
        if isinstance(entry.value, Mapping)
    }
