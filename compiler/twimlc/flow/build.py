"""From the models of flows to the control-flow graph.

Works like an assembler: steps become nodes in reading order, exits point at labels, and a label
stands for a node or for another label until all are bound. What loops in labels alone is
a jump without end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from twimlc import vocabulary
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import SILENT_LOOP
from twimlc.flow import model
from twimlc.flow.contexts import find_contexts, not_only_words, returns_nowhere
from twimlc.flow.graph import OTHERWISE, Graph, Label, Listed, Node, NodeKey, Pending, Place, Uses
from twimlc.flow.reachability import Live
from twimlc.flow.targets import leaves_for, stays_unanswered
from twimlc.text import Span
from twimlc.values.conditional_steps import Switched


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """Where a list is: its state, what begins again, and the component it belongs to.

    ``own`` holds the states of all components used in this document, ``uses`` those it is in.
    """

    state: model.StateKey
    begin: Label
    own: Mapping[model.StateKey, Label] = field(default_factory=dict)
    returns: Mapping[str, Label] = field(default_factory=dict)
    end: Label | None = None
    uses: Uses = ()


def build_graph(
    flows: Mapping[str, model.Flow],
    switched: Mapping[str, Switched] = {},
    *,
    through_entries: bool = False,
) -> tuple[Graph, list[Diagnostic]]:
    """The graph of all flows of a target. Findings: jumps that never end, mixed contexts.

    ``switched`` tells for each flow which of its steps another build may have or lack. With
    ``through_entries`` a jump to another flow's start has a node of its own (:attr:`Node.entry`).
    """
    return _Builder(flows, switched, through_entries).build()


@dataclass(slots=True, eq=False)
class _Builder:
    flows: Mapping[str, model.Flow]
    switched: Mapping[str, Switched]
    through_entries: bool
    doors: dict[str, tuple[Node, Node]] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    states: dict[model.StateKey, Label] = field(default_factory=dict)
    private: dict[model.StateKey, model.State] = field(default_factory=dict)
    inside: dict[model.StateKey, list[Label]] = field(default_factory=dict)
    documents: dict[model.StateKey, Label] = field(default_factory=dict)
    counters: dict[tuple[str, str], int] = field(default_factory=dict)
    turns: dict[tuple[model.StateKey, Span], dict[int, int]] = field(default_factory=dict)
    turn: int = 0
    uses: Uses = ()
    uses_of: dict[model.StateKey, Uses] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)

    def build(self) -> tuple[Graph, list[Diagnostic]]:
        each = [s for f in self.flows.values() for s in (*f.states.values(), *f.lists.values())]
        self.states = {state.key: Label(state.span) for state in each}
        for state in sorted(each, key=lambda state: state.words is not None):
            self._state(state, self.states[state.key], None)
        written: set[model.StateKey] = set()
        while found := self.documents.keys() - written:
            for key in sorted(found):
                self._state(self.private[key], self.documents[key], None)
            written |= found
        inner = ((key, label) for key, uses in self.inside.items() for label in uses)
        of = {label: key for key, label in (*self.states.items(), *inner)}
        passed = {name: self.states[f.start].states_passed(of) for name, f in self.flows.items()}
        for pending in self.pending:
            node = pending.node
            ways = {**pending.exits, **pending.keys}
            node.exits = {name: self._key(to) for name, to in pending.exits.items()}
            keys = {name: self._key(to) for name, to in pending.keys.items()}
            same = node.exits.get("input")
            node.keys = {name: to for name, to in keys.items() if to != same}
            if pending.fallback is not None:
                ways[OTHERWISE] = pending.fallback
                node.fallback = self._key(pending.fallback)
            node.passes = {name: way for name, to in ways.items() if (way := to.states_passed(of))}
        labels = self.states | {key: uses[-1] for key, uses in self.inside.items()} | self.documents
        inside = {key: [*map(self._key, uses)] for key, uses in self.inside.items()}
        entries = {key: self._key(label) for key, label in labels.items()}
        for door, node in self.doors.values():
            door.exits, door.keys, door.fallback = node.exits, node.keys, node.fallback
            door.passes = node.passes
        starts = {name: entries[flow.start] for name, flow in self.flows.items()}
        roots, contexts, mixed = find_contexts(self.flows, self.nodes, entries, starts, inside)
        self.findings += mixed
        live = Live(self.flows, labels, self.pending, self.listed, self.switched)
        parts = (self.flows, tuple(self.nodes), entries, starts, roots, contexts)
        dead = tuple(live.dead_steps()), tuple(live.dead_states())
        return Graph(*parts, *dead, live.places(), passed), self.findings

    def _node(
        self, state: model.StateKey, span: Span, element: model.Element | None, title: str
    ) -> Pending:
        where = (state.flow, state.home)
        index = self.counters.get(where, 0)
        self.counters[where] = index + 1
        place = Place(*where, index)
        key = len(self.nodes)
        node = Node(key, place, span, element, title, state, turn=self.turn, uses=self.uses)
        self.nodes.append(node)
        for link in node.links():
            if isinstance(link, model.StateLink):
                self._document(link.state)
        pending = Pending(node)
        self.pending.append(pending)
        return pending

    def _key(self, label: Label) -> NodeKey:
        """The node that a label stands for, or the entry that is fetched on the way to it."""
        chain = label.chain()
        node = chain[-1].node or self._endless(chain)
        entry = next((passed.entry for passed in chain if passed.entry is not None), None)
        if entry is None:
            return node.key
        if entry not in self.doors:
            door = replace(node, key=len(self.nodes), entry=entry)
            self.nodes.append(door)
            self.doors[entry] = door, node
        return self.doors[entry][0].key

    def _endless(self, chain: Sequence[Label]) -> Node:
        """A ring of jumps with nothing in it: reported once, then it counts as the end."""
        span = (chain[-1].other or chain[-1]).span
        message = "these jumps form a loop in which nothing is said and nothing waits"
        self.findings.append(SILENT_LOOP.at(span, message))
        node = self._node(next(iter(self.states)), span, None, "end").node
        for passed in chain:
            passed.node = node
        return node

    # lists of steps

    def _state(self, state: model.State, label: Label, frame: _Frame | None) -> None:
        """A state's list. Its end is the end of the document, or leaves the component."""
        uses = self.uses_of.get(state.key, ())
        frame = replace(frame, begin=label) if frame else _Frame(state.key, label, uses=uses)
        end = frame.end or Label(state.span)
        label = self._words(state, label, frame)
        self._list(state.steps, label, end, frame)
        if frame.end is None:
            self.uses = frame.uses
            end.node = self._node(frame.state, state.span, None, "end").node

    def _words(self, state: model.State, label: Label, frame: _Frame) -> Label:
        """What is said before a state's own steps: a copy of another's words. Where they begin."""
        key = state.words
        if key is None:
            return label
        flow, after = self.flows[key.flow], Label(state.span)
        said = self.private.get(key) or flow.states.get(key) or flow.lists[key]
        if (fault := not_only_words(said.steps)) is not None:
            self.findings.append(fault)
            return label
        self._list(said.steps, label, after, replace(frame, state=key))
        return after

    def _document(self, key: model.StateKey) -> Label | None:
        """A state as the document of a URL: a component's own one ends there."""
        if key in self.private:
            return self.documents.setdefault(key, Label(self.private[key].span))
        return self.states.get(key)

    def _list(self, steps: Sequence[model.Step], label: Label, end: Label, frame: _Frame) -> None:
        """Bind ``label`` to the first of ``steps``; the last goes on at ``end``."""
        if not steps:
            label.other = end
            return
        before: Listed | None = None
        for index, step in enumerate(steps):
            after = end if index == len(steps) - 1 else Label(step.span)
            before = Listed(step.span, label, after, before)
            self.listed.append(before)
            self._step(step, label, after, frame)
            label = after

    def _step(self, step: model.Step, label: Label, after: Label, frame: _Frame) -> None:
        self.uses = frame.uses
        turns = self.turns.setdefault((frame.state, step.span), {})
        self.turn = turns.setdefault(id(step), len(turns))
        match step:
            case model.Perform():
                self._perform(step, label, after, frame)
            case model.Goto(target=target):
                label.other = self._target(target, after, frame)
            case model.Menu():
                self._menu(step, label, after, frame)
            case model.Offer():
                self._offer(step, label, after, frame)
            case model.Join():
                self._join(step, label, after, frame)
            case model.Use():
                self._use(step, label, after, frame)
            case model.Return(name=name, span=span):
                label.other = frame.returns.get(name) or frame.end or after
                if frame.end is None:
                    self.findings.append(returns_nowhere(span))

    def _target(self, target: model.Target | None, after: Label, frame: _Frame) -> Label:
        match target:
            case None | model.ToNext():
                return after
            case model.ToState(state=key, span=span, entry=True) if self.through_entries:
                return Label(span, other=self.states.get(key, after), entry=key.flow)
            case model.ToState(state=key, leaves=leaves):
                own = None if leaves else frame.own.get(key)
                return own or self._document(key) or after
            case model.ToBegin():
                return frame.begin
            case model.ToHangup(span=span):
                self.uses = frame.uses
                element = model.Element("Hangup", vocabulary.VOICE["Hangup"], (), (), span)
                return Label(span, self._node(frame.state, span, element, "hangup").node)
            case model.ToSteps(steps=steps, span=span):
                label = Label(span)
                self._list(steps, label, after, frame)
                return label

    def _perform(self, step: model.Perform, label: Label, after: Label, frame: _Frame) -> None:
        element, branches = step.element, step.branches
        pending = self._node(frame.state, step.span, element, step.title)
        label.node = pending.node
        pending.node.allow = step.allow
        outcomes = element.outcomes
        then = self._target(branches.then, after, frame)
        if element.spec is not None and element.spec.flow is vocabulary.Flow.NEVER:
            return
        leaves = leaves_for(element)
        if not outcomes.names:
            if not leaves:
                pending.exits["done"] = then
            return
        fallback = self._target(branches.fallback, after, frame)
        named = {name: self._target(to, after, frame) for name, to in branches.when.items()}
        room = outcomes.untold
        pending.node.branching = branches.span
        leaving = isinstance(branches.then, model.ToState) and branches.then.leaves
        pending.node.wants_action = leaving or (room and branches.then is not None)
        if room and branches.then is None:
            then = fallback
        keys = branches.keys.items()
        pending.keys.update((name, self._target(to, after, frame)) for name, to in keys)
        if not leaves:
            pending.exits.update((name, named.get(name, then)) for name in outcomes.worked)
        if not leaves or stays_unanswered(element):
            pending.exits.update((name, named.get(name, fallback)) for name in outcomes.failed)
        reported = outcomes.parameter is not None and outcomes.failed and element.tag != "Gather"
        if (reported and not leaves) or element.asks is not None:
            pending.fallback = fallback

    # blocks

    def _menu(self, menu: model.Menu, label: Label, after: Label, frame: _Frame) -> None:
        """Attempts unrolled: one node for each attempt and the words before its prompt."""
        attempts: dict[tuple[int, str], Pending] = {}
        words = {"": (), "invalid": menu.invalid, "silence": menu.silence}
        again = ("silence", "invalid") if menu.invalid or menu.silence else ("silence",)
        for attempt in range(1, menu.attempts + 1):
            for before in again if attempt > 1 else ("",):
                prompt = (*words[before], *menu.prompt)
                gather = replace(menu.gather, children=prompt, span=menu.span)
                attempts[attempt, before] = self._node(frame.state, menu.span, gather, "menu")
        label.node = attempts[1, ""].node
        choices = {keys: self._target(to, after, frame) for keys, to in menu.choices.items()}
        labels = {key: Label(menu.span, pending.node) for key, pending in attempts.items()}
        last = self._target(menu.fallback, after, frame)
        over = {name: self._target(to, after, frame) for name, to in menu.when.items()}
        # Silence uses up an attempt as a wrong key does: each leads to the next attempt, with the
        # words for what happened before its prompt. After the last one when, then fallback say
        # where the call goes.
        for (attempt, _), pending in attempts.items():
            silent = labels.get((attempt + 1, "silence"))
            invalid = labels.get((attempt + 1, "invalid"), silent)
            pending.exits["input"] = invalid or over.get("invalid", last)
            pending.exits["no-input"] = silent or over.get("silence", last)
            pending.keys.update(choices)

    def _offer(self, offer: model.Offer, label: Label, after: Label, frame: _Frame) -> None:
        here = label
        for element in offer.prompt:
            spoken = self._node(frame.state, offer.span, element, "offer")
            here.node = spoken.node
            here = spoken.exits["done"] = Label(offer.span)
        targets = [Label(option.span) for option in offer.options]
        for _ in range(offer.attempts):
            for option, target in zip(offer.options, targets, strict=True):
                gather = self._node(frame.state, option.span, option.gather, "offer")
                here.node = gather.node
                gather.exits["input"] = target
                here = gather.exits["no-input"] = Label(option.span)
        for option, target in zip(offer.options, targets, strict=True):
            target.other = self._target(option.target, after, frame)
        here.other = self._target(offer.fallback, after, frame)

    def _join(self, join: model.Join, label: Label, after: Label, frame: _Frame) -> None:
        """Attempts unrolled, with what is heard between them. Where nothing is said about a room
        that has ended the call goes on as from one that is not open."""
        here, ways = label, join.branches
        then = self._target(ways.then, after, frame) if ways.then is not None else None
        for attempt in range(join.attempts):
            for element in join.waiting if attempt else ():
                heard = self._node(frame.state, join.span, element, "join")
                here.node = heard.node
                here = heard.exits["done"] = Label(join.span)
            tried = self._node(frame.state, join.span, join.element, "join")
            here.node = tried.node
            here = tried.exits["not-open"] = Label(join.span)
            tried.exits["ended"] = then or here
            tried.node.branching, tried.node.wants_action = ways.span, then is not None
        here.other = self._target(ways.fallback, after, frame)

    def _use(self, use: model.Use, label: Label, after: Label, frame: _Frame) -> None:
        end = Label(use.span)
        returns = {name: Label(use.span) for name in use.returns}
        own = {state.key: Label(state.span) for state in use.states}
        uses = (*frame.uses, (use.component, use.span.start, self.turn))
        self.uses_of |= dict.fromkeys(own, uses)
        inner = _Frame(frame.state, label, {**frame.own, **own}, returns, end, uses)
        for state in use.states:
            self.private[state.key] = state
            self.inside.setdefault(state.key, []).append(own[state.key])
        if use.states:  # what follows is no longer the first of the state
            self.counters.setdefault((frame.state.flow, frame.state.home), 1)
        for state in sorted(use.states, key=lambda state: state.key != use.start):
            self._state(state, own[state.key], replace(inner, state=state.key))
        if use.start is not None and use.start in own:
            label.other = own[use.start]
        else:
            self._list(use.steps, label, end, inner)
        end.other = self._target(use.then, after, frame)
        for name, to in use.returns.items():
            returns[name].other = self._target(to, after, frame)
