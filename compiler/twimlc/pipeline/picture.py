"""The picture of a flow: its states, and which outcome leads from one to another."""

from collections.abc import Iterator

from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.flow.model import StateLink
from twimlc.report.graph import GraphEdge, GraphNode, GraphView

_PLAIN = ("done", "over", "recorded", "input")
_END = "(end)"
_OTHER_KEY = "any other key"


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
        for outcome, after in _ways(node):
            target = _state(graph, number, after, name)
            if target is None:
                continue
            words = labels.setdefault((node.state.home, target), [])
            if outcome not in words:
                words.append(outcome)
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
    if not any(child.get("url") is not None for child in node.element.elements()):
        ways.pop("declined", None)  # nobody can decline who is asked nothing
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
    if node.element is None or node.element.tag in ("Hangup", "Reject"):
        return _END
    if node.state.flow != flow:
        return f"{node.state.flow}/{node.state.home}"
    inside = node.state.home == before.state.home
    # Back to its own first step is a loop worth seeing.
    if inside and target != graph.entries.get(node.state):
        return None
    return node.state.home
