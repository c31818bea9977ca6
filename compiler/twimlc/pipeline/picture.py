"""The picture of a flow: its states, and which outcome leads from one to another."""

from twimlc.flow.graph import Graph, NodeKey
from twimlc.flow.model import StateLink
from twimlc.report.graph import GraphEdge, GraphNode, GraphView

_PLAIN = ("done", "over", "recorded", "input")
_END = "(end)"


def draw(graph: Graph, name: str) -> GraphView:
    """States as nodes; an edge for each outcome that leaves a state, the same ones joined."""
    flow = graph.flows[name]
    nodes: dict[str, GraphNode] = {}
    for key in flow.states:
        notes = [node.note for node in graph.nodes if node.state == key and node.note is not None]
        note = "; ".join(dict.fromkeys(notes)) or None
        nodes[key.name] = GraphNode(key.name, key.name, note, key == flow.start)
    labels: dict[tuple[str, str], list[str]] = {}
    for number in sorted(graph.contexts):
        node = graph.nodes[number]
        if node.state.flow != name or node.element is None:
            continue
        for outcome, after in node.successors():
            target = _state(graph, number, after, name)
            if target is None:
                continue
            words = labels.setdefault((node.state.home, target), [])
            label = "" if outcome in _PLAIN else outcome
            if label not in words:
                words.append(label)
        for _, attribute, link, _ in node.element.links():
            if isinstance(link, StateLink) and link.state in flow.states:
                words = labels.setdefault((node.state.home, link.state.name), [])
                if attribute and attribute not in words:
                    words.append(attribute)
    edges: list[GraphEdge] = []
    for (source, target), words in labels.items():
        if target not in nodes:
            title = "hang up" if target == _END else target
            nodes[target] = GraphNode(target, title, None, False)
        edges.append(GraphEdge(source, target, ", ".join(word for word in words if word)))
    return GraphView(tuple(nodes.values()), tuple(edges))


def _state(graph: Graph, source: NodeKey, target: NodeKey, flow: str) -> str | None:
    """What an exit leads to, as seen from outside its state; None if it stays inside."""
    node, before = graph.nodes[target], graph.nodes[source]
    if node.element is None or node.element.tag in ("Hangup", "Reject"):
        return _END
    if node.state.flow != flow:
        return f"{node.state.flow}/{node.state.home}"
    inside = node.state.home == before.state.home
    # Back to its own first step is a loop worth seeing.
    if inside and target != graph.entries.get(node.state):
        return None
    return node.state.home
