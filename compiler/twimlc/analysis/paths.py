"""Ways through a call, told in the caller's words.

The graph and a list of steps along it come in; one sentence goes out.
"""

from collections.abc import Callable, Collection, Mapping

from twimlc.flow.graph import Graph, Node, NodeKey

Way = tuple[tuple[NodeKey, str], ...]
"""Nodes in calling order, each with the outcome (or the keys) by which the call left it."""

_SHORTEST_WORDS = 40


def shortest(
    graph: Graph,
    start: NodeKey,
    ends: Callable[[NodeKey], bool],
    *,
    barred: Collection[NodeKey] = (),
) -> tuple[Way, NodeKey] | None:
    """The shortest way from ``start`` to a node that ``ends``, passing none that is barred."""
    if start in barred:
        return None
    came: dict[NodeKey, tuple[NodeKey, str] | None] = {start: None}
    waiting = [start]
    for key in waiting:
        if ends(key):
            return _back(came, key), key
        for name, after in graph.nodes[key].successors():
            if after not in came and after not in barred:
                came[after] = (key, name)
                waiting.append(after)
    return None


def _back(came: Mapping[NodeKey, tuple[NodeKey, str] | None], key: NodeKey) -> Way:
    way: list[tuple[NodeKey, str]] = []
    while (before := came[key]) is not None:
        way.append(before)
        key = before[0]
    return tuple(reversed(way))


def told(graph: Graph, way: Way, end: NodeKey) -> str:
    """A way as a caller would tell it."""
    parts = [_part(graph.nodes[key], outcome) for key, outcome in way]
    parts.append(_what(graph.nodes[end]))
    return ", then ".join(part for part in parts if part)


def _part(node: Node, outcome: str) -> str:
    element = node.element
    if element is None:
        return ""
    if element.tag == "Gather":
        if outcome == "no-input":
            return f"silence at {_heard(node)}"
        if outcome == "input":
            return f"{'a wrong key' if node.title == 'menu' else 'any key'} at {_heard(node)}"
        return f"{outcome} pressed at {_heard(node)}"
    if outcome == "done":
        return "" if element.tag not in ("Say", "Play") else _what(node)
    return f"{_what(node)} ({outcome.replace('-', ' ')})"


def _what(node: Node) -> str:
    element = node.element
    if element is None or element.tag == "Hangup":
        return "the end of the call"
    if element.tag in ("Say", "Play", "Gather"):
        return _heard(node)
    nouns = [child for child in element.elements() if child.children]
    text = next((c for noun in nouns for c in noun.children if isinstance(c, str)), "")
    text = text or next((c for c in element.children if isinstance(c, str)), "")
    return f"{node.title} {text}".strip()


def _heard(node: Node) -> str:
    """The first words of a say or of a prompt."""
    assert node.element is not None
    for inner in node.element.walk():
        for child in inner.children:
            if isinstance(child, str) and child.strip():
                words = " ".join(child.split())
                if len(words) > _SHORTEST_WORDS:
                    words = words[: _SHORTEST_WORDS - 1].rstrip() + "…"
                return f"'{words}'"
    return node.title
