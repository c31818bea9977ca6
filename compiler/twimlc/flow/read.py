"""A flow file, expanded, becomes the model of a flow.

The raw tree gives the names that other flows may use (:func:`flow_names`); with the names of
all flows the expanded tree gives the model and every finding about one flow alone
(:func:`read_flow`).
"""

from collections.abc import Iterator, Mapping as MappingABC
from typing import NamedTuple

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import UNKNOWN_STATE
from twimlc.flow.decisions import NOTHING_KNOWN, Known
from twimlc.flow.model import Flow, State, StateKey
from twimlc.flow.names import FlowNames, LiesAt, Scope, defaults_of, state_called, state_fix
from twimlc.flow.steps import StepReader
from twimlc.flow.values import check_value
from twimlc.text import SourceFile
from twimlc.values.expand import ONLY_STATE
from twimlc.vocabulary import ELEMENTS, AttributeType, DocumentKind
from twimlc.vocabulary.blocks import BLOCKS
from twimlc.yaml.names import meant
from twimlc.yaml.tree import Entry, Mapping, Scalar, Sequence, entries_of, is_empty, name_of


class ReadFlow(NamedTuple):
    """A flow and the states that something in it names (its own and other flows')."""

    flow: Flow
    named: frozenset[StateKey]


def kind_of(tree: Mapping) -> DocumentKind:
    """What a flow answers: calls, or messages with ``kind: messaging``."""
    return "messaging" if name_of(tree.get("kind")) == "messaging" else "voice"


def flow_names(tree: Mapping, name: str, *, reachable: bool) -> FlowNames:
    """What other flows may know of the flow in ``tree`` (raw or expanded)."""
    states = entries_of(tree.get("states"))
    keys = {entry.key: StateKey(name, entry.key, entry.key) for entry in states}
    start: StateKey | None = None
    if not is_empty(tree.get("steps")):
        start = StateKey(name, ONLY_STATE, ONLY_STATE)
    elif keys:
        given = None if is_empty(tree.get("start")) else name_of(tree.get("start"))
        first = next(iter(keys.values()))  # a start that is no state is reported in its own flow
        start = (state_called(given, keys) if given else None) or first
    return FlowNames(name, kind_of(tree), keys, start, reachable)


def read_flow(
    tree: Mapping,
    file: SourceFile,
    own: FlowNames,
    flows: MappingABC[str, FlowNames],
    lies_at: LiesAt = lambda address, flow: None,
    asked: Known = NOTHING_KNOWN,
) -> tuple[ReadFlow | None, list[Diagnostic]]:
    """The model of one flow, and what is wrong in it. ``tree`` is expanded; ``asked`` is what its
    steps can ask by name."""
    defaults = defaults_of(tree)
    scope = Scope(own, flows, own.states, defaults=(defaults,))
    reader = StepReader(own.kind, scope, lies_at, asked)
    states: dict[StateKey, State] = {}
    steps, listed = tree.get("steps"), tree.get("states")
    start = own.start
    if isinstance(steps, Sequence) and start is not None:
        entry = tree.entry("steps")
        span = entry.key_span if entry else tree.span
        states[start] = reader.state(start, steps, span)
    elif isinstance(listed, Mapping):
        for entry in listed.entries:
            key = own.states.get(entry.key)
            if key is not None and key not in states:
                states[key] = reader.state(key, entry.value, entry.key_span)
        named = tree.get("start")
        if isinstance(named, Scalar) and not is_empty(named):
            text = name_of(named) or ""
            start = state_called(text, own.states)
            if start is None:
                known = f"known states: {', '.join(list(own.states)[:12])}"
                hint = meant(text, own.states) or known
                message = f"the flow starts at unknown state '{text}'"
                fix = state_fix(named.span, text, own.states)
                reader.report(UNKNOWN_STATE.at(named.span, message, hint=hint, fix=fix))
    reader.report(*_bad_defaults(defaults))
    if start is None or start not in states:
        return None, reader.findings
    reader.report(*reader.unused_defaults())
    said = None if is_empty(tree.get("description")) else name_of(tree.get("description"))
    parts = (own.name, own.kind, file, start, states, reader.lists, said, tree.span)
    flow = Flow(*parts, nameless=isinstance(steps, Sequence), voice=defaults.get("say", ()))
    return ReadFlow(flow, frozenset(scope.used)), reader.findings


def _bad_defaults(defaults: MappingABC[str, tuple[Entry, ...]]) -> Iterator[Diagnostic]:
    """Errors in attributes that no element may have asked for."""
    for name, entries in defaults.items():
        block = BLOCKS.get(name)
        verb = block.verb if block is not None else None
        rows = [e.attributes for e in ELEMENTS if name == e.key or verb == e.name]
        known = {key: spec for row in rows for key, spec in row.items()}
        for spec, value in ((known.get(entry.key), entry.value) for entry in entries):
            if spec and spec.type is not AttributeType.URL and not is_empty(value):
                yield from (f for f in check_value(spec, value)[1] if f.is_error)
