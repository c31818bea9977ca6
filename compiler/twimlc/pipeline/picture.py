"""The picture of a flow: its states, and which outcome leads from one to another."""

from collections.abc import Iterator

from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.graph import Graph, Node, NodeKey, written_by
from twimlc.flow.model import StateKey, StateLink
from twimlc.lower.transitions import may_decline
from twimlc.pipeline import Options, one_flow
from twimlc.report.graph import GraphEdge, GraphNode, GraphView
from twimlc.rules.steps import states_of, steps_in

_PLAIN = ("done", "over", "recorded", "input")
_END = "(end)"
_OTHER_KEY = "any other key"


def graph(options: Options, flow: str) -> tuple[GraphView | None, list[Diagnostic]]:
    """The states of one flow, a name or a path, and what leads from one to another."""
    made, name, findings = one_flow(options, flow)
    variants = made.variants if made is not None else ()
    graphs = [variant.graph for variant in variants if name in variant.graph.flows]
    return draw(graphs[0], name) if graphs else None, findings


def draw(graph: Graph, name: str) -> GraphView:
    """States as nodes; an edge for each outcome that leaves a state, the same ones joined."""
    flow = graph.flows[name]
    begin = flow.start.name
    notes: dict[str, list[str]] = {key.name: [] for key in graph.states(name)}
    notes[begin].append(flow.description or "")
    for own in states_of(flow):
        said = (step.note for step in steps_in(own.steps, own=True))
        notes.get(own.key.home, []).extend(note for note in said if note)
    nodes = {
        state: GraphNode(
            state, state, "; ".join(filter(None, dict.fromkeys(said))) or None, state == begin
        )
        for state, said in notes.items()
    }
    labels: dict[tuple[str, str], list[str]] = {}
    for state in nodes:  # what begins with a component leads into it
        first = graph.entries[StateKey(name, state, state)]
        inner = _begun(graph, first, state)
        if graph.nodes[first].element is not None and f"{inner}.".startswith(f"{state}."):
            labels |= {(state, inner): [""]} if inner != state else {}
    for number in sorted(graph.contexts):
        node = graph.nodes[number]
        if node.state.flow != name or node.element is None or node.title == "accept":
            continue  # who declines is in the call no more; where that leads is said at the dial
        for outcome, after in _ways(node):
            target = _state(graph, number, after, name)
            if target is None:
                continue
            words = labels.setdefault((node.state.home, target), [])
            if outcome not in words:
                words.append(outcome)
        for _, attribute, link, _ in node.element.links():
            for key in written_by(graph.flows, link) if isinstance(link, StateLink) else ():
                if key.flow == name and key.name in nodes:
                    words = labels.setdefault((node.state.home, key.name), [])
                    if attribute and attribute not in words:
                        words.append(attribute)
    edges: list[GraphEdge] = []
    for (source, target), words in labels.items():
        if target not in nodes:
            title = "hang up" if target == _END else target
            nodes[target] = GraphNode(target, title, None, False)
        if label := ", ".join(word for word in words if word):
            edges.append(GraphEdge(source, target, label))
        # A way of its own: it is taken whatever the outcomes beside it say.
        if "" in words:
            edges.append(GraphEdge(source, target))
    return GraphView(tuple(nodes.values()), tuple(edges))


def _ways(node: Node) -> Iterator[tuple[str, NodeKey]]:
    """What is written on each way out of a verb; nothing where there is only one."""
    assert node.element is not None
    ways = dict(node.successors())
    if not may_decline(node.element):
        ways.pop("declined", None)
    if len(set(ways.values())) == 1:
        yield "", next(iter(ways.values()))
        return
    for outcome, after in ways.items():
        if outcome == "input" and node.keys:
            yield _OTHER_KEY, after
        else:
            yield "" if outcome in _PLAIN else outcome, after


def _state(graph: Graph, source: NodeKey, target: NodeKey, flow: str) -> str | None:
    """What an exit leads to, as seen from outside its state; None if it stays inside."""
    node, before = graph.nodes[target], graph.nodes[source]
    if node.element is None or node.element.does.ends_call:
        return _END
    if node.state.flow != flow:
        return f"{node.state.flow}/{_begun(graph, target, '')}"
    inside = node.state.home == before.state.home
    # Back to its own first step is a loop worth seeing.
    if inside and target != graph.entries.get(node.state):
        return None
    return _begun(graph, target, before.state.home)


def _begun(graph: Graph, target: NodeKey, around: str) -> str:
    """The state that begins at a node, or that it is in: the outermost one not ``around`` it."""
    flow, _, home = graph.nodes[target].state
    parts = home.split(".")
    for outer in (".".join(parts[:end]) for end in range(1, len(parts))):
        begins = graph.entries.get(StateKey(flow, outer, outer)) == target
        if begins and not f"{around}.".startswith(f"{outer}."):
            return outer
    return home
