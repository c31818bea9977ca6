"""The picture of a flow: the places of its call, and the ways between them, from the graph.

A place (a *box*) is what is heard and done up to and including the next question, or the end.
"""

from collections.abc import Iterator, Sequence

from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.flow.model import StateKey, Use
from twimlc.flow.walks import reached
from twimlc.pipeline import Options, UsageError, one_flow
from twimlc.pipeline.picture_words import (
    Out,
    exits_of,
    foot_of,
    kind_of,
    label_of,
    lines_of,
    question_of,
    rows_of,
)
from twimlc.report.picture import Box, Picture, Way
from twimlc.rules.steps import states_of, steps_in
from twimlc.text import Span, grouped
from twimlc.yaml.names import meant

_HUNG = ("choice", "main", "failure", "other-line")
"""The order in which ways hang at a box."""
_STRONGEST = ("main", "choice", "failure", "other-line")
_ATTEMPTS = ("menu", "join")
"""Blocks whose attempts are nodes of their own, one after the other."""

Place = NodeKey | str
"""A node. What has none has a name: a state that only goes on, or an address that is left for."""


def graph(
    options: Options, flow: str, row: str | None = None
) -> tuple[Picture | None, list[Diagnostic]]:
    """The picture of one flow, a name or a path; None where something is wrong with it.

    Raises :class:`UsageError` where there is no such flow, target or row.
    """
    made, name, findings = one_flow(options, flow)
    if made is None or any(finding.is_error for finding in findings):
        return None, findings
    graphs = {v.row: v.graph for v in made.variants if name in v.graph.flows}
    if row is not None and row not in graphs:
        raise UsageError(f"unknown row '{row}'", meant(row, filter(None, graphs)))
    first = next(iter(graphs.values()), None)
    chosen = first if row is None else graphs[row]
    return draw(chosen, name) if chosen is not None else None, findings


def draw(graph: Graph, name: str) -> Picture:
    """The picture of one flow of a graph."""
    return _Drawing(graph, name).picture()


def part_of(picture: Picture, state: str | None, depth: int | None) -> Picture:
    """What can be reached from a state (the start, where none is named), ``depth`` ways deep.

    Raises :class:`UsageError` where there is no such state.
    """
    if state is None and depth is None:
        return picture
    if state is not None and state not in picture.states:
        raise UsageError(f"unknown state '{state}'", meant(state, picture.states))
    return picture.only(picture.start if state is None else picture.states[state], depth)


class _Drawing:
    """Nodes that are attempts of one block are one place; the first stands for them.

    ``away`` holds for each address that is left for: the node that does, the address, and (in
    another flow) the node there. ``empty`` are the states without a verb of their own.
    """

    def __init__(self, graph: Graph, name: str) -> None:
        self.graph, self.name, self.nodes = graph, name, graph.nodes
        self.order = {key.home: place for place, key in enumerate(graph.states(name))}
        self.groups: dict[NodeKey, list[NodeKey]] = {}
        self.spans: dict[str, Span] = {}
        self.unit = self._units()
        self.again = self._again()
        self.away: dict[Place, tuple[NodeKey, str, NodeKey | None]] = {}
        self.live = {self.unit[key] for key in graph.contexts if key in self.unit}
        self.live -= self.again.keys()
        self.empty = self._empty()
        passes = [way for node in self.nodes for way in node.passes.values()]
        passes.append(graph.passed.get(name, ()))
        rest = {key: way[n:] for way in passes for n, key in enumerate(way, 1)}
        self.outs: dict[Place, list[Out]] = {unit: self._outs(unit) for unit in sorted(self.live)}
        for key, place in self.empty.items():
            to = self._places(graph.entries[key], rest.get(key, ()), graph.entries[key])
            self.outs[place] = [Out("done", "main", each) for each in to]
        self.outs |= {place: [] for place in self.away}
        self.after = {place: self._goes_on(place) for place in self.outs}

    def picture(self) -> Picture:
        """All boxes and ways."""
        chains = self._chains()
        ids = {place: f"b{number}" for number, chain in enumerate(chains) for place in chain}
        notes, names = self._notes(ids), dict[str, int]()
        boxes = {ids[chain[0]]: self._box(ids[chain[0]], chain, notes, names) for chain in chains}
        ways = [
            way
            for chain in chains
            for way in sorted(self._ways(chain, ids), key=lambda way: _HUNG.index(way.kind))
        ]
        box_of = {key: ids[unit] for key, unit in self.unit.items() if unit in ids}
        box_of |= {end: ids[to[0]] for end, to in self.again.items()}
        left: dict[NodeKey, str] = {}
        there: dict[NodeKey, str] = {}
        for place, (source, _, to) in self.away.items():
            if to is None:
                left |= dict.fromkeys(self.groups[source], ids[place])
            else:
                there.setdefault(to, ids[place])
        for to, box in [*there.items()]:
            for key in reached([to], self.graph.after_on_any_leg):
                there.setdefault(key, box)
        box_of = there | box_of
        flow = self.graph.flows[self.name]
        states = {
            key.home: ids[self._place_of(key, self.graph.entries[key])]
            for key in self.graph.states(self.name)
        }
        passed = self.graph.passed.get(self.name, ())
        start = ids[self._places(self.graph.starts[self.name], passed)[0]]
        said = flow.description or ""
        return Picture(self.name, said, start, boxes, tuple(ways), {}, states, box_of, left)

    # nodes and places

    def _units(self) -> dict[NodeKey, NodeKey]:
        """The node that stands for each node of the flow."""
        units: dict[NodeKey, NodeKey] = {}
        before: object = None
        for node in self.nodes:
            if node.state.flow != self.name:
                before = None
            elif node.entry is not None:  # a start is one place, whoever goes there
                units[node.key] = units[self.graph.starts[self.name]]
            else:
                same = (node.state, node.span, node.turn, node.uses, node.title)
                first = units[node.key - 1] if same == before else node.key
                before = same if node.title in _ATTEMPTS else None
                units[node.key] = first
                self.groups.setdefault(first, []).append(node.key)
        return units

    def _again(self) -> dict[NodeKey, list[NodeKey]]:
        """Where the ends of documents lead that are waited to: to their beginnings."""
        starts = dict.fromkeys(root.node for root in self.graph.roots if root.context.waits)
        return grouped(
            (end, self.unit[start])
            for start in starts
            if start in self.unit and self.nodes[start].element is not None
            for end in sorted(self.graph.reachable(start))
            if end in self.unit and self.nodes[end].element is None
        )

    def _empty(self) -> dict[StateKey, str]:
        """States without a verb of their own; others that nothing leads to become live."""
        empty: dict[StateKey, str] = {}
        for key in self.graph.states(self.name):
            first = self.graph.entries[key]
            state = self.nodes[first].state
            if state.flow != self.name or not state.within(key.home):
                empty[key] = key.home
            elif self.unit[first] not in self.live:
                dead = reached((first,), self.graph.after_on_any_leg)
                self.live |= {self.unit[node] for node in dead if node in self.unit}
        return empty

    def _places(
        self, to: NodeKey, passes: Sequence[StateKey] = (), source: NodeKey = -1
    ) -> list[Place]:
        """The places that a way to a node leads to; several only from the end of a wait."""
        for key in passes:
            if key in self.empty:
                return [self.empty[key]]
        if to in self.unit:
            return [*self.again.get(to, (self.unit[to],))]
        state = self.nodes[to].state
        return [self._left(source, f"{state.flow}/{state.home}", to)]

    def _left(self, source: NodeKey, address: str, there: NodeKey | None = None) -> Place:
        place = f"{source} {address}"
        self.away[place] = (source, address, there)
        return place

    def _place_of(self, key: StateKey, source: NodeKey) -> Place:
        """The place that a state begins with."""
        return self.empty.get(key) or self._places(self.graph.entries[key], (), source)[0]

    # ways

    def _outs(self, unit: NodeKey) -> list[Out]:
        """The ways out of a node, or of all attempts that it stands for."""
        group = self.groups[unit]
        found: dict[Out, None] = {}
        lines: dict[Out, None] = {}
        for node in map(self.nodes.__getitem__, group):
            for outcome, to in exits_of(node):
                if isinstance(to, str):
                    places = [self._left(unit, to)]
                elif isinstance(to, StateKey):
                    places = [self._place_of(to, unit)]
                else:
                    passes = node.passes.get(outcome, ())
                    places = [] if to in group[1:] else self._places(to, passes, unit)
                kind = kind_of(node, outcome)
                found |= dict.fromkeys(Out(outcome, kind, place) for place in places)
            for line, state in lines_of(node):
                lines[Out(line, "other-line", self._place_of(state, unit))] = None
        return [*found, *lines]

    def _goes_on(self, place: Place) -> Place | None:
        """The place that follows, where nothing is asked."""
        call = {out.to for out in self.outs[place] if out.kind != "other-line"}
        asks = isinstance(place, int) and self.nodes[place].outcomes.untold
        return call.pop() if len(call) == 1 and not asks else None

    def _chains(self) -> list[list[Place]]:
        """The places of each box, in the order of the call; boxes in reading order."""
        sources: dict[Place, set[Place]] = {}
        for place, outs in self.outs.items():
            for out in outs:
                sources.setdefault(out.to, set()).add(place)
        entries = (self.graph.entries[key] for key in self.graph.entries if key.flow == self.name)
        firsts = {self.unit[key] for key in entries if key in self.unit}
        firsts |= {to for starts in self.again.values() for to in starts}
        inner = {
            after: place
            for place, after in self.after.items()
            if after is not None
            and len(sources[after]) == 1
            and after not in firsts
            and self._where(place) == self._where(after)
        }
        begin = sorted((place for place in self.outs if place not in inner), key=self._reading)
        chains = [[place] for place in begin]
        for chain in chains:
            while (after := self.after[chain[-1]]) is not None and after in inner:
                chain.append(after)
        return chains

    def _node(self, place: Place) -> Node | None:
        """The node of a place, or the one that leaves for it."""
        key = self.away[place][0] if place in self.away else place
        return self.nodes[key] if isinstance(key, int) else None

    def _where(self, place: Place) -> object:
        """The state, the component and the line that a place is in."""
        node = self._node(place)
        return place if node is None else (node.state.home, node.uses, self._on(node))

    def _on(self, node: Node | None) -> str:
        context = Context.CALL if node is None else self.graph.contexts.get(node.key, Context.CALL)
        return "leg" if context is Context.LEG else "wait" if context.waits else "call"

    def _reading(self, place: Place) -> tuple[object, ...]:
        """Places in the order in which a flow is read: states, then steps, then ends."""
        node = self._node(place)
        if node is None:
            return (self.order[str(place)],)
        steps = (*((start, turn) for _, start, turn in node.uses), (node.span.start, node.turn))
        order = self.order.get(node.state.home, 0)
        return (order, node.element is None, steps, node.key, place in self.away)

    def _ways(self, chain: list[Place], ids: dict[Place, str]) -> Iterator[Way]:
        """The ways out of a box, one for each other box."""
        own = (out for place in chain for out in self.outs[place] if out.to not in chain[1:])
        node, asks = self._node(chain[-1]), self.after[chain[-1]] is None
        for to, outs in grouped((ids[out.to], out) for out in own).items():
            kinds = {out.kind for out in outs}
            kind = next(each for each in _STRONGEST if each in kinds)
            if not asks and kind != "other-line":
                kind = "main"
            names = tuple(dict.fromkeys(out.outcome for out in outs if out.outcome != "done"))
            said = label_of(node, outs, asks=asks) if node is not None else ""
            yield Way(kind, ids[chain[0]], to, names, said)

    # boxes

    def _box(
        self, number: str, chain: list[Place], notes: dict[str, list[str]], names: dict[str, int]
    ) -> Box:
        first, last = self._node(chain[0]), chain[-1]
        home = str(chain[0]) if first is None else first.state.home
        names[home] = names.get(home, 0) + 1
        name = home if names[home] == 1 else f"{home} ({names[home]})"
        span = self.spans[home] if first is None else first.span
        nodes = [self.nodes[place] for place in chain if isinstance(place, int)]
        foot = f"leaves for {self.away[last][1]}" if last in self.away else ""
        context = self.graph.contexts.get(nodes[-1].key, Context.CALL) if nodes else Context.CALL
        foot = foot or (foot_of(nodes[-1], context) if nodes and not self.outs[last] else "")
        spoken = nodes[:-1] if foot and last not in self.away else nodes
        rows = [row for each in spoken for row in rows_of(self._group(each))]
        asks = (
            "end" if foot else question_of(nodes[-1]) if nodes and self.after[last] is None else ""
        )
        return Box(
            number,
            home,
            name,
            self._on(first),
            asks,
            span.file.path,
            span.begin.line,
            first.uses[-1][0] if first is not None and first.uses else "",
            tuple(rows),
            tuple(dict.fromkeys(notes.get(number, ()))),
            foot,
        )

    def _group(self, node: Node) -> list[Node]:
        return [self.nodes[key] for key in self.groups[node.key]]

    def _notes(self, ids: dict[Place, str]) -> dict[str, list[str]]:
        """The notes of each box: those of its steps, and of steps without a verb behind them."""
        steps: dict[tuple[str, Span, int], list[str]] = {}
        firsts: dict[str, str] = {}
        for place, box in ids.items():
            node = self._node(place)
            home = str(place) if node is None else node.state.home
            firsts.setdefault(home, box)
            if node is not None and place not in self.away:
                steps.setdefault((home, node.span, node.turn), []).append(box)
        found: dict[str, list[str]] = {}
        for state in states_of(self.graph.flows[self.name]):
            home = state.key.home
            self.spans.setdefault(home, state.span)
            turns: dict[Span, int] = {}
            here = [firsts[home]] if home in firsts else []
            held: list[str] = []  # of uses: said where the component begins
            for step in steps_in(state.steps, own=True):
                turn = turns[step.span] = turns.get(step.span, -1) + 1
                if isinstance(step, Use):
                    held += [step.note] if step.note else []
                    continue
                here = steps.get((home, step.span, turn), here)
                said = [*held, *([step.note] if step.note else ())]
                held = []
                for box in here:
                    found.setdefault(box, []).extend(said)
            for box in here:
                found.setdefault(box, []).extend(held)
        return found
