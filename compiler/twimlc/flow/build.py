"""From the models of flows to the control-flow graph.

Works like an assembler: steps become nodes in reading order, exits point at labels, and a label
stands for a node or for another label until all are bound. What leads round in labels alone is
a jump without end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.flow import SILENT_LOOP
from twimlc.flow.contexts import find_contexts
from twimlc.flow.graph import Graph, Node, NodeKey, Place
from twimlc.flow.labels import Label, Listed, Pending
from twimlc.flow.live import Live
from twimlc.flow.model import (
    Branches,
    Element,
    Flow,
    Goto,
    Menu,
    Offer,
    Perform,
    Return,
    State,
    StateKey,
    Step,
    Target,
    ToHangup,
    ToNext,
    ToState,
    ToSteps,
    Use,
)
from twimlc.flow.targets import asked_anyway, leaves_for, outcomes_of
from twimlc.source.switched import Switched
from twimlc.text import Span

_NOTHING: Mapping[str, Switched] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """Where a list stands: its state, and the component it belongs to."""

    state: StateKey
    returns: Mapping[str, Label] | None = None
    behind: Label | None = None


def build_graph(
    flows: Mapping[str, Flow],
    switched: Mapping[str, Switched] = _NOTHING,
    *,
    through_entries: bool = False,
) -> tuple[Graph, list[Diagnostic]]:
    """The graph of all flows of a target. Findings: jumps that never end, mixed contexts.

    ``switched`` tells for each flow which of its steps another build may have or lack. With
    ``through_entries`` a jump to another flow's start has a node of its own (:attr:`Node.entry`).
    """
    return _Builder(flows, switched, through_entries).build()


class _Builder:
    def __init__(
        self, flows: Mapping[str, Flow], switched: Mapping[str, Switched], through_entries: bool
    ) -> None:
        self.flows, self.switched, self.through_entries = flows, switched, through_entries
        self.doors: dict[str, tuple[Node, Node]] = {}
        self.nodes: list[Node] = []
        self.pending: list[Pending] = []
        self.states: dict[StateKey, Label] = {}
        self.counters: dict[tuple[str, str], int] = {}
        self.findings: list[Diagnostic] = []
        self.listed: list[Listed] = []

    def build(self) -> tuple[Graph, list[Diagnostic]]:
        for flow in self.flows.values():
            for state in (*flow.states.values(), *flow.lists.values()):
                self.states[state.key] = Label(state.span)
        for flow in self.flows.values():
            for state in (*flow.states.values(), *flow.lists.values()):
                self._state(state, self.states[state.key], None)
        for pending in self.pending:
            node = pending.node
            node.exits = {name: self._key(to) for name, to in pending.exits.items()}
            node.keys = {name: self._key(to) for name, to in pending.keys.items()}
            if "input" in node.exits:
                same = node.exits["input"]
                node.keys = {name: to for name, to in node.keys.items() if to != same}
            if pending.fallback is not None:
                node.fallback = self._key(pending.fallback)
        entries = {key: self._key(label) for key, label in self.states.items()}
        for door, node in self.doors.values():
            door.exits, door.keys, door.fallback = node.exits, node.keys, node.fallback
        starts = {name: entries[flow.start] for name, flow in self.flows.items()}
        roots, contexts, found = find_contexts(self.flows, self.nodes, entries, starts)
        self.findings += found
        live = Live(self.flows, self.states, self.pending, self.listed, self.switched)
        graph = Graph(
            self.flows,
            tuple(self.nodes),
            entries,
            starts,
            roots,
            contexts,
            tuple(live.dead_steps()),
            tuple(live.dead_states()),
            live.places(),
        )
        return graph, self.findings

    # nodes and labels

    def _node(self, frame: _Frame, span: Span, element: Element | None, title: str) -> Pending:
        where = (frame.state.flow, frame.state.home)
        index = self.counters.get(where, 0)
        self.counters[where] = index + 1
        place = Place(*where, index)
        node = Node(len(self.nodes), place, span, element, title, frame.state)
        self.nodes.append(node)
        pending = Pending(node)
        self.pending.append(pending)
        return pending

    def _resolve(self, label: Label) -> Node:
        chain: list[Label] = []
        seen: set[int] = set()
        while label.node is None:
            if id(label) in seen or label.other is None:
                return self._endless(label, chain)
            seen.add(id(label))
            chain.append(label)
            label = label.other
        entry = label.entry
        for passed in reversed(chain):
            passed.node = label.node
            entry = passed.entry = passed.entry or entry
        return label.node

    def _key(self, label: Label) -> NodeKey:
        """The node that a label stands for, or the entry that is fetched on the way to it."""
        node = self._resolve(label)
        if label.entry is None:
            return node.key
        if label.entry not in self.doors:
            door = replace(node, key=len(self.nodes), entry=label.entry)
            self.nodes.append(door)
            self.doors[label.entry] = door, node
        return self.doors[label.entry][0].key

    def _endless(self, label: Label, chain: Sequence[Label]) -> Node:
        """A ring of jumps with nothing in it: reported once, then it counts as the end."""
        message = "these jumps lead round in a circle in which nothing is said and nothing waits"
        self.findings.append(SILENT_LOOP.at(label.span, message))
        state = next(iter(self.states))
        node = self._node(_Frame(state), label.span, None, "end").node
        for passed in (*chain, label):
            passed.node = node
        return node

    # lists of steps

    def _state(self, state: State, label: Label, frame: _Frame | None) -> None:
        """A state's list. Its end is the end of the document, or leaves the component."""
        frame = frame or _Frame(state.key)
        behind = frame.behind
        if behind is None:
            behind = Label(state.span)
            self._list(state.steps, label, behind, frame)
            behind.node = self._node(frame, state.span, None, "end").node
        else:
            self._list(state.steps, label, behind, frame)

    def _list(self, steps: Sequence[Step], label: Label, behind: Label, frame: _Frame) -> None:
        """Bind ``label`` to the first of ``steps``; the last goes on at ``behind``."""
        if not steps:
            label.other = behind
            return
        before: Listed | None = None
        for index, step in enumerate(steps):
            after = behind if index == len(steps) - 1 else Label(step.span)
            before = Listed(step.span, label, after, before)
            self.listed.append(before)
            self._step(step, label, after, frame)
            label = after

    def _step(self, step: Step, label: Label, after: Label, frame: _Frame) -> None:
        match step:
            case Perform():
                self._perform(step, label, after, frame)
            case Goto(target=target):
                label.other = self._target(target, after, frame)
            case Menu():
                self._menu(step, label, after, frame)
            case Offer():
                self._offer(step, label, after, frame)
            case Use():
                self._use(step, label, after, frame)
            case Return(name=name):
                known = frame.returns or {}
                label.other = known.get(name) or frame.behind or after

    def _target(self, target: Target | None, after: Label, frame: _Frame) -> Label:
        match target:
            case None | ToNext():
                return after
            case ToState(state=key, span=span, entry=True) if self.through_entries:
                return Label(span, other=self.states.get(key, after), entry=key.flow)
            case ToState(state=key):
                return self.states.get(key, after)
            case ToHangup(span=span):
                spec = vocabulary.VOICE["Hangup"]
                element = Element("Hangup", spec, (), (), span)
                return Label(span, self._node(frame, span, element, "hangup").node)
            case ToSteps(steps=steps, span=span):
                label = Label(span)
                self._list(steps, label, after, frame)
                return label

    def _perform(self, step: Perform, label: Label, after: Label, frame: _Frame) -> None:
        made = self._node(frame, step.span, step.element, step.title)
        label.node = made.node
        made.node.allow, made.node.note = step.allow, step.note
        self._exits(made, step.element, step.branches, after, frame)

    def _exits(
        self, made: Pending, element: Element, branches: Branches, after: Label, frame: _Frame
    ) -> None:
        spec = element.spec
        outcomes = outcomes_of(element)
        then = self._target(branches.then, after, frame)
        if spec is not None and spec.flow is vocabulary.Flow.NEVER:
            return
        leaves = leaves_for(element)
        if outcomes is None:
            if not leaves:
                made.exits["done"] = then
            return
        fallback = self._target(branches.fallback, after, frame)
        named = {name: self._target(to, after, frame) for name, to in branches.when.items()}
        room = element.tag == "Connect" and outcomes.failed == ("not-open",)
        made.node.branching = branches.span
        made.node.wants_action = room and branches.then is not None
        if room and branches.then is None:
            then = fallback
        if element.tag == "Gather":
            made.keys.update(
                (keys, self._target(to, after, frame)) for keys, to in branches.keys.items()
            )
        for name in outcomes.worked:
            if not leaves:
                made.exits[name] = named.get(name, then)
        stays = (element.tag == "Gather" and not asked_anyway(element)) or room
        for name in outcomes.failed:
            if not leaves or stays:
                made.exits[name] = named.get(name, fallback)
        if (element.tag == "Dial" and not leaves) or (room and branches.fallback is not None):
            made.fallback = fallback

    # blocks

    def _menu(self, menu: Menu, label: Label, after: Label, frame: _Frame) -> None:
        """Attempts unrolled; a node is (attempt, words before), shared however it is reached."""
        made: dict[tuple[int, str], Pending] = {}
        labels: dict[tuple[int, str], Label] = {}
        words = {"": (), "invalid": menu.invalid, "silence": menu.silence}
        same = menu.invalid == menu.silence or not (menu.invalid or menu.silence)
        for attempt in range(1, menu.attempts + 1):
            for before in (
                ("",) if attempt == 1 else ("silence",) if same else ("silence", "invalid")
            ):
                prompt = (*words[before], *menu.prompt)
                gather = Element(
                    menu.gather.tag, menu.gather.spec, menu.gather.attributes, prompt, menu.span
                )
                node = self._node(frame, menu.span, gather, "menu")
                node.node.allow, node.node.note = menu.allow, menu.note
                made[attempt, before] = node
                labels[attempt, before] = Label(menu.span, node.node)
        label.node = made[1, ""].node
        choices = {keys: self._target(to, after, frame) for keys, to in menu.choices.items()}
        last = self._target(menu.fallback, after, frame)
        for (attempt, _), node in made.items():
            again = attempt + 1
            silent = labels.get((again, "silence"), last)
            node.exits["input"] = labels.get((again, "invalid"), silent)
            node.exits["no-input"] = silent
            node.keys.update(choices)
            node.fallback = last

    def _offer(self, offer: Offer, label: Label, after: Label, frame: _Frame) -> None:
        here = label
        for element in offer.prompt:
            spoken = self._node(frame, offer.span, element, "offer")
            here.node = spoken.node
            here = spoken.exits["done"] = Label(offer.span)
        targets = [Label(option.span) for option in offer.options]
        for _ in range(offer.attempts):
            for option, target in zip(offer.options, targets, strict=True):
                made = self._node(frame, option.span, option.gather, "offer")
                made.node.note = offer.note
                here.node = made.node
                made.exits["input"] = target
                here = made.exits["no-input"] = Label(option.span)
        for option, target in zip(offer.options, targets, strict=True):
            target.other = self._target(option.target, after, frame)
        here.other = self._target(offer.fallback, after, frame)

    def _use(self, use: Use, label: Label, after: Label, frame: _Frame) -> None:
        # The component's first verb is the first of this state: its document bears the name.
        behind = Label(use.span)
        returns = {name: Label(use.span) for name in use.returns}
        inner = _Frame(frame.state, returns, behind)
        for state in use.states:
            self.states[state.key] = Label(state.span)
        for state in sorted(use.states, key=lambda state: state.key != use.start):
            self._state(state, self.states[state.key], inner)
        if use.start is not None and use.start in self.states:
            label.other = self.states[use.start]
        else:
            self._list(use.steps, label, behind, inner)
        behind.other = self._target(use.then, after, frame)
        for name, to in use.returns.items():
            returns[name].other = self._target(to, after, frame)
