"""Whose name is it: from the text of a scalar to the state it names.

Comes in: what every flow is called and which states it has. Goes out: resolved states, or a
finding with the nearest name.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from twimlc.findings import Diagnostic, Fix, Severity, rules
from twimlc.findings.edits import rewrite
from twimlc.flow.addresses import is_address
from twimlc.flow.decisions import NOTHING_KNOWN, Known
from twimlc.flow.model import State, StateKey, StateLink, Step
from twimlc.text import Span, clip
from twimlc.vocabulary import DocumentKind
from twimlc.yaml.names import beyond_doubt, meant, nearest, proposed_name, valid_name
from twimlc.yaml.tree import (
    Entry,
    Mapping as Map,
    Node,
    Scalar,
    Sequence,
    Template,
    entries_of,
    name_of,
)

Defaults = Mapping[str, tuple[Entry, ...]]
"""What ``defaults:`` of a flow or component gives, by the name of an element or block."""

_BLOCKS = frozenset({"voicemail", "leave", "reject", "record"})


class FlowNames(NamedTuple):
    """What other flows may know of a flow: its states by name, its start, its kind.

    ``reachable`` is false for a flow of the matrix seen from outside it. ``missing_in`` names the
    target that is compiled if the flow is none of its flows and cannot come along.
    """

    name: str
    kind: DocumentKind
    states: Mapping[str, StateKey]
    start: StateKey | None
    reachable: bool = True
    missing_in: str = ""


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


def defaults_of(tree: Map) -> Defaults:
    """The ``defaults:`` of a flow or component, expanded."""
    given = tree.get("defaults")
    return {
        entry.key: entry.value.entries
        for entry in entries_of(given)
        if isinstance(entry.value, Map)
    }


@dataclass(slots=True)
class Scope:
    """The states that a place can name: a flow's, or a component's with the user's after it.

    ``defaults`` hold for what is said here, the stronger ones first; the last are the flow's.
    """

    flow: FlowNames
    flows: Mapping[str, FlowNames]
    states: Mapping[str, StateKey]
    outer: "Scope | None" = None
    used: set[StateKey] = field(default_factory=set)
    defaults: tuple[Defaults, ...] = ()

    def outward(self, levels: int) -> "Scope":
        """The scope that a value given from ``levels`` further out belongs to."""
        scope = self
        while levels > 0 and scope.outer is not None:
            scope, levels = scope.outer, levels - 1
        return scope

    def inside(self, states: Mapping[str, StateKey], defaults: Defaults) -> "Scope":
        """The scope of a component that is used here."""
        both = (defaults, self.defaults[-1])
        return Scope(self.flow, self.flows, states, self, self.used, both)

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
            hint = f"known states: {', '.join(list(scope.states)[:12])}"
        where = " in this component" if scope.outer is not None else ""
        message = f"unknown state '{text}'{where}"
        return None, [rules.UNKNOWN_STATE.at(node.span, message, hint=hint, fix=fix)]

    def is_entry(self, key: StateKey, node: Scalar) -> bool:
        """Whether ``node`` names another flow (``FLOW/``) and not one of its states."""
        text = node.value if isinstance(node.value, str) else node.text
        return text.endswith("/") and key.flow != self.flow.name

    def _elsewhere(
        self, node: Scalar, flow_name: str, state_name: str
    ) -> tuple[StateKey | None, list[Diagnostic]]:
        flow = self.flow if flow_name == self.flow.name else self.flows.get(flow_name)
        hint, fix = None, None
        if flow is None:
            close = nearest(flow_name, self.flows)
            hint = f"did you mean '{close}/{state_name}'?" if close else None
            fix = self._fix(node, beyond_doubt(flow_name, self.flows), state_name)
            rule, message = rules.UNKNOWN_FLOW, f"unknown flow '{flow_name}'"
        elif flow.missing_in:
            rule = rules.UNKNOWN_FLOW
            message = f"'{flow_name}' is not among the flows of target '{flow.missing_in}'"
            hint = "add it to 'flows:' of the target, or leave this flow out of the target"
        elif flow.kind != self.flow.kind:
            rule = rules.JUMP_BETWEEN_KINDS
            kinds = f"a {flow.kind} flow and this is a {self.flow.kind} flow"
            never = "a call cannot continue as messages, nor messages as a call"
            message = f"'{flow_name}' is {kinds}: {never}"
        elif not flow.reachable:
            rule = rules.JUMP_INTO_MATRIX
            message = f"'{flow_name}' is built once per row of the matrix; this flow is not"
            hint = "a jump stays in its row: put this flow into the matrix too"
        elif key := state_called(state_name, flow.states) if state_name else flow.start:
            self.used.add(key)
            return key, []
        else:
            rule, message = rules.UNKNOWN_STATE, f"the flow '{flow_name}' has no start"
            close = nearest(state_name, flow.states) if state_name else None
            hint = f"did you mean '{flow_name}/{close}'?" if close else None
            fix = self._fix(node, flow_name, beyond_doubt(state_name, flow.states))
            if state_name:
                message = f"unknown state '{state_name}' in flow '{flow_name}'"
        return None, [rule.at(node.span, message, hint=hint, fix=fix)]

    def _fix(self, node: Scalar, flow: str | None, state: str | None) -> Fix | None:
        if flow is None or state is None or (state and valid_name(state) is not None):
            return None
        return rewrite(node.span, node.text, f"{flow}/{state}")


LiesAt = Callable[[str, str], str | None]
"""What an address, written in a flow, leads to in the build; None for other addresses."""


class FlowReader(ABC):
    """What all share that read parts of one flow.

    ``findings`` collects what is wrong, ``lists`` the lists of steps that are given as URLs.
    ``known`` is what steps can ask by name. ``scope`` is that of the step being read, ``home``
    the name of the state that it is in.
    """

    def __init__(
        self, kind: DocumentKind, scope: Scope, lies_at: LiesAt, known: Known = NOTHING_KNOWN
    ) -> None:
        self.kind, self.known = kind, known
        self.flow = scope.flow.name
        self.scope = scope
        self.outward = 0  # how far out the step being read was given from
        self.home = ""
        self.findings: list[Diagnostic] = []
        self.lists: dict[StateKey, State] = {}
        self._lies_at = lies_at
        self._urls = 0

    @abstractmethod
    def steps(self, node: Node | None) -> tuple[Step, ...]:
        """The steps of a list."""

    def report(self, *found: Diagnostic) -> None:
        self.findings += found

    def defaults(self, *names: str) -> Iterator[tuple[str, Entry]]:
        """What ``defaults:`` say of these names, with the name, the stronger first."""
        for given in self.scope.outward(self.outward).defaults:
            for name in dict.fromkeys(names):
                yield from ((name, entry) for entry in given.get(name, ()))

    def link(self, node: Node) -> StateLink | None:
        """The state that a URL attribute means: a name, or a list that becomes a state."""
        if isinstance(node, Scalar):
            key, found = self.scope.resolve(node)
            self.report(*found)
            return StateLink(key, self.scope.is_entry(key, node)) if key else None
        if not isinstance(node, Sequence):
            return None
        key = self.new_list()
        self.lists[key] = State(key, self.steps(node), node.span)
        return StateLink(key)

    def new_list(self) -> StateKey:
        """The key of one more list that is given as a URL."""
        self._urls += 1
        return StateKey(self.flow, f"{self.home}~{self._urls}", self.home)

    def state_name(self, url: Node | None) -> Scalar | None:
        """The name of a state that a URL is, or leads to in the build; None for other addresses."""
        text = name_of(url)
        if not text or not isinstance(url, Scalar) or isinstance(url.value, Template):
            return None
        if not is_address(text):
            return url
        name = self._lies_at(text.strip(), self.flow)
        if name is None:
            return None
        message = f"'{clip(text)}' is a document of this build, named by its address"
        hint = f"write {name}, as in goto: {name}; then it is checked for every target"
        self.report(rules.OWN_ADDRESS.at(url.span, message, hint=hint, severity=Severity.NOTE))
        return replace(url, value=name, text=name)
