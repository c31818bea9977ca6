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
            return f"nothing is pressed at {_heard(node)}"
        if outcome == "input":
            other = "a wrong key" if node.title == "menu" else "another key"
            return f"{other if node.keys else 'any key'} is pressed at {_heard(node)}"
        return f"{outcome} is pressed at {_heard(node)}"
    if outcome == "done":
        return "" if element.tag not in ("Say", "Play") else _what(node)
    if element.tag == "Record":
        return "a message is recorded"
    happened = _HAPPENED.get(outcome)
    if happened is not None:
        return f"{_named(node)} {happened}"
    return f"{_what(node)} ({outcome.replace('-', ' ')})"


_HAPPENED = {
    "completed": "answers, and the conversation ends",
    "answered": "answers, and the conversation ends",
    "busy": "is busy",
    "no-answer": "does not answer",
    "failed": "cannot be reached",
    "canceled": "is no longer called",
    "declined": "declines the call",
    "not-open": "is not open",
    "ended": "ends",
    "bridged": "takes the call, and the conversation ends",
    "leave": "is left",
    "queue-full": "is full",
}


def _named(node: Node) -> str:
    """Who is called, by the number or the name alone."""
    assert node.element is not None
    if node.element.tag in ("Enqueue", "Connect"):
        return _what(node)
    nouns = [noun for noun in node.element.elements() if noun.children]
    names = [c for noun in nouns for c in noun.children if isinstance(c, str)]
    names = names or [c for c in node.element.children if isinstance(c, str)]
    if not names:
        return f"the {node.title}"
    return names[0] if len(names) == 1 else f"each of {names[0]} … {names[-1]}"


def _what(node: Node) -> str:
    element = node.element
    if element is None or element.tag == "Hangup":
        return "the end of the call"
    if element.tag in ("Say", "Play", "Gather"):
        return _heard(node)
    nouns = [child for child in element.elements() if child.children]
    text = next((c for noun in nouns for c in noun.children if isinstance(c, str)), "")
    text = text or next((c for c in element.children if isinstance(c, str)), "")
    return f"{_TITLES.get(element.tag, node.title)} {text}".strip()


_TITLES = {"Enqueue": "the queue"}


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
