"""The control-flow graph: every verb once, and where each of its outcomes leads.

Attempts are unrolled, lists are chained, jumps are gone: an exit names the verb that runs next.
One graph holds all flows of a target, since flows jump into each other. Lowering, rules and
the interpreter of flows all read this.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from twimlc.flow.decisions import OTHER_VALUE, Asks
from twimlc.flow.model import Element, Flow, MediaLink, StateKey, StateLink
from twimlc.flow.walks import reached
from twimlc.records import record
from twimlc.text import Place as TextPlace, Span, grouped
from twimlc.vocabulary import NO_OUTCOMES, NOTHING_MORE, PROMPTS, Does, Outcomes

NodeKey = int
"""Index into :attr:`Graph.nodes`."""

Uses = tuple[tuple[str, int, int], ...]
"""Components: the name of each, and where it is used (offset, turn)."""

OTHERWISE = OTHER_VALUE
"""How a verb ended that reports what nobody knows, where no outcome leads to the same."""


class Context(StrEnum):
    """Whose line runs a document, and so what its end means."""

    CALL = "call"  # the caller's own call: the end hangs up
    LEG = "leg"  # a called or queued party before it is joined: the end joins
    QUEUE_WAIT = "queue-wait"  # Enqueue waitUrl: Twilio asks for it again at its end
    CONFERENCE_WAIT = "conference-wait"  # Conference waitUrl: made to start again
    MESSAGE = "message"  # a messaging flow: the end sends what was said

    @property
    def waits(self) -> bool:
        """Whether it plays for a caller who waits."""
        return self in (Context.QUEUE_WAIT, Context.CONFERENCE_WAIT)


@record(frozen=True, slots=True, order=True)
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
    ``input``. ``branching`` is where the author made its outcomes differ, in a TwiML file the
    address that it leads to. A verb that leaves for
    an address of the author's has no exit for what leaves.
    ``entry``: it stands for the first node of that flow for those who jump to the flow's start
    from another one, and so fetch whatever is the flow's start when they do.
    ``fallback`` is where the unsuccessful outcomes go that ``when`` does not name, and values
    that nobody knows; with ``wants_action`` the author asked for a separate way after success
    (``then`` on a room, or an action that names a state).
    ``turn`` distinguishes the steps that one place of a file makes in a state, by ``each``.
    ``uses`` are the components that it is a step of, the outermost first.
    ``passes`` holds, by outcome or keys, states without a verb of their own on the way there.
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
    turn: int = 0
    uses: Uses = ()
    passes: dict[str, tuple[StateKey, ...]] = field(default_factory=dict)

    @property
    def tag(self) -> str:
        """That of the verb; nothing at the end."""
        return "" if self.element is None else self.element.tag

    @property
    def asks(self) -> Asks | None:
        """What it asks, if it decides before anything is heard."""
        return None if self.element is None else self.element.asks

    @property
    def does(self) -> Does:
        """What the verb does in a call, as far as the vocabulary knows it."""
        return NOTHING_MORE if self.element is None else self.element.does

    @property
    def outcomes(self) -> Outcomes:
        """How the verb can end; without names where it only goes on."""
        return NO_OUTCOMES if self.element is None else self.element.outcomes

    @property
    def is_over(self) -> bool:
        """Whether nothing follows: the document ends, or the call is hung up."""
        return self.tag in ("", "Hangup")

    def successors(self) -> list[tuple[str, NodeKey]]:
        """(outcome or keys, node) pairs, in a fixed order."""
        found = [*self.keys.items(), *self.exits.items()]
        if self.fallback is not None and self.fallback not in self.exits.values():
            found.append((OTHERWISE, self.fallback))
        return found

    def links(self) -> list[StateLink | MediaLink]:
        """The states and files beside the flow that its attributes name."""
        return [] if self.element is None else [placed.link for placed in self.element.links()]


def written_by(flows: Mapping[str, Flow], link: StateLink) -> tuple[StateKey, ...]:
    """The states that the document of a URL is made of: its own, and one whose words it says."""
    listed = flows[link.state.flow].lists.get(link.state)
    return (link.state, *((listed.words,) if listed and listed.words else ()))


class Root(NamedTuple):
    """A place that a URL of ours leads to other than by going on: a leg's or a wait document.

    ``origin`` is the verb that has the URL.
    """

    node: NodeKey
    context: Context
    attribute: str  # "Number.url", "Enqueue.waitUrl", … names vocabulary.CONTEXTS
    span: Span
    origin: NodeKey = 0


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
    ``passed`` holds the states without a verb of their own that each flow begins with.
    With ``twiml`` it is of TwiML files, each of which is a flow of one state: findings speak of
    tags, and of what other documents may do; ``filled`` are those that a program completes.
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
    passed: Mapping[str, tuple[StateKey, ...]] = field(default_factory=dict)
    twiml: bool = False
    filled: frozenset[str] = frozenset()

    def states(self, flow: str) -> Iterator[StateKey]:
        """The states of a flow that have a name, those of its components among them."""
        return (key for key in self.entries if key.flow == flow and key.name == key.home)

    def verbs(self, *contexts: Context) -> Iterator[tuple[Node, Element]]:
        """The verbs that can run, with their nodes; only in ``contexts`` where these are given."""
        for key, context in self.contexts.items():
            node = self.nodes[key]
            if node.element is not None and (context in contexts or not contexts):
                yield node, node.element

    def after(self, key: NodeKey) -> list[NodeKey]:
        """The nodes that can run right after a node."""
        return [after for _, after in self.nodes[key].successors()]

    def after_on_any_leg(self, key: NodeKey) -> list[NodeKey]:
        """The same, and the nodes that documents begin with which the verb has played to others."""
        states = (link.state for link in self.nodes[key].links() if isinstance(link, StateLink))
        others = (self.entries[state] for state in states if state in self.entries)
        return [*self.after(key), *others]

    def reachable(self, start: NodeKey, *, on_any_leg: bool = False) -> set[NodeKey]:
        """All nodes that can run after (and including) ``start``, on its own leg only or on any."""
        return {*reached((start,), self.after_on_any_leg if on_any_leg else self.after)}

    def leading_to(self, ends: Iterable[NodeKey]) -> set[NodeKey]:
        """All nodes from which some way leads to one of ``ends``, these included."""
        if not (ends := [*ends]):
            return set()
        before = grouped((to, node.key) for node in self.nodes for to in self.after(node.key))
        return {*reached(ends, lambda key: before.get(key, ()))}

    def spoken_from(self, start: NodeKey | None) -> Iterator[Node]:
        """What is said and played from a node on, one after the other, and what follows that."""
        seen: set[NodeKey] = set()
        while start is not None and start not in seen:
            seen.add(start)
            node = self.nodes[start]
            yield node
            start = node.exits.get("done") if node.tag in PROMPTS else None


@dataclass(slots=True, eq=False)
class Label:
    """A place to go to: bound to a node, or to another label.

    ``entry`` is the flow whose entry is passed on the way there.
    """

    span: Span
    node: Node | None = None
    other: "Label | None" = None
    entry: str | None = None

    def chain(self) -> "list[Label]":
        """The labels on the way to what it is bound to, itself first; of a ring each once."""
        found: dict[Label, None] = {}
        label: Label | None = self
        while label is not None and label not in found:
            found[label] = None
            label = label.other
        return [*found]

    def states_passed(self, state_of: "Mapping[Label, StateKey]") -> tuple[StateKey, ...]:
        """The states on the way to what it is bound to that have no node of their own."""
        passed = (label for label in self.chain() if label.other is not None)
        return tuple(state_of[label] for label in passed if label in state_of)


@dataclass(slots=True, eq=False)
class Pending:
    """A node whose exits are still labels."""

    node: Node
    exits: dict[str, Label] = field(default_factory=dict)
    keys: dict[str, Label] = field(default_factory=dict)
    fallback: Label | None = None


class Listed(NamedTuple):
    """A step of a list: its own label, the one after it, and the step before, if there is one."""

    span: Span
    label: Label
    after: Label
    before: "Listed | None"
