"""The control-flow graph: every verb once, and where each of its outcomes leads.

Attempts are unrolled, lists are chained, jumps are gone: an exit names the verb that runs next.
One graph holds all flows of a target, since flows jump into each other. Lowering, analysis and
the interpreter of flows all read this.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from twimlc.flow.model import Element, Flow, StateKey
from twimlc.text import Place as TextPlace
from twimlc.text import Span

NodeKey = int
"""Index into :attr:`Graph.nodes`."""


class Context(StrEnum):
    """Whose line runs a document, and so what its end means."""

    CALL = "call"  # the caller's own call: the end hangs up
    LEG = "leg"  # a called or queued party before it is joined: the end joins
    QUEUE_WAIT = "queue-wait"  # Enqueue waitUrl: Twilio asks for it again at its end
    CONFERENCE_WAIT = "conference-wait"  # Conference waitUrl: made to start again
    MESSAGE = "message"  # a messaging flow: the end sends what was said


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """What a document that starts at a node is called after: STATE, or place N inside it.

    ``index`` counts the verbs of the author's state in reading order, 0 for its first.
    """

    flow: str
    state: str
    index: int


@dataclass(slots=True, eq=False)
class Node:
    """One verb, or the end (``element`` is None: nothing follows, the document ends).

    ``exits`` maps each outcome (the names of the vocabulary; ``done`` for verbs with none) to
    the node that runs next. Of a Gather, ``keys`` holds the digits that lead elsewhere than
    ``input``. ``branching`` is where the author made its outcomes differ. A verb that leaves for
    an address of the author's has no exit for what leaves.
    ``entry``: it stands for the first node of that flow for those who jump to the flow's start
    from another one, and so fetch whatever is the flow's start when they do.
    ``fallback`` is where the unsuccessful outcomes go that ``when`` does not name; with
    ``wants_action`` the author asked for a separate way after success (``then`` on a room).
    """

    key: NodeKey
    place: Place
    span: Span
    element: Element | None
    title: str
    state: StateKey
    exits: dict[str, NodeKey] = field(default_factory=dict)
    keys: dict[str, NodeKey] = field(default_factory=dict)
    fallback: NodeKey | None = None
    branching: Span | None = None
    wants_action: bool = False
    entry: str | None = None
    allow: frozenset[str] = frozenset()
    note: str | None = None

    def successors(self) -> Iterator[tuple[str, NodeKey]]:
        """(outcome or keys, node) pairs, in a fixed order."""
        yield from self.keys.items()
        yield from self.exits.items()


class Root(NamedTuple):
    """A place that a URL of ours leads to other than by going on: a leg's or a wait document."""

    node: NodeKey
    context: Context
    attribute: str  # "Number.url", "Enqueue.waitUrl", … names vocabulary.CONTEXTS
    span: Span


class DeadStep(NamedTuple):
    """A step that nothing leads to, and the one before it."""

    span: Span
    before: Span


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """All flows of one target (and row).

    ``entries`` gives the first node of every state, ``starts`` that of each flow; ``roots`` the
    documents of other legs; ``contexts`` the context that each reachable node runs in.
    ``dead_steps`` are the steps that nothing leads to (the first of each such run),
    ``dead_states`` the states that nothing leads to, ``alive`` the places of all others.
    """

    flows: Mapping[str, Flow]
    nodes: tuple[Node, ...]
    entries: Mapping[StateKey, NodeKey]
    starts: Mapping[str, NodeKey]
    roots: tuple[Root, ...]
    contexts: Mapping[NodeKey, Context]
    dead_steps: tuple[DeadStep, ...] = ()
    dead_states: tuple[StateKey, ...] = ()
    alive: frozenset[TextPlace] = frozenset()

    def reachable(self, start: NodeKey) -> set[NodeKey]:
        """All nodes that can run after (and including) ``start`` without leaving this leg."""
        seen = {start}
        stack = [start]
        while stack:
            for _, after in self.nodes[stack.pop()].successors():
                if after not in seen:
                    seen.add(after)
                    stack.append(after)
        return seen

    def leading_to(self, ends: Iterable[NodeKey]) -> set[NodeKey]:
        """All nodes from which some way leads to one of ``ends``, these included."""
        before: dict[NodeKey, list[NodeKey]] = {}
        for node in self.nodes:
            for _, after in node.successors():
                before.setdefault(after, []).append(node.key)
        seen = set(ends)
        stack = list(seen)
        while stack:
            more = [key for key in before.get(stack.pop(), ()) if key not in seen]
            seen.update(more)
            stack += more
        return seen
