"""Whether two ways on are the same call. Two nodes come in, yes or no goes out.

``then: hangup`` and the end of a list read the same to the caller, and so do two lists with the
same steps. Where all outcomes of a verb go on alike there is nothing to decide.
"""

from collections.abc import Iterable

from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.flow.model import Element

Shape = tuple[object, ...]


def all_the_same(graph: Graph, keys: Iterable[NodeKey]) -> bool:
    """Whether the nodes cannot be told apart by anybody on the line."""
    first, *others = keys
    return all(_same(graph, first, other) for other in others)


def _same(graph: Graph, first: NodeKey, second: NodeKey) -> bool:
    seen: set[tuple[NodeKey, NodeKey]] = set()
    waiting = [(first, second)]
    while waiting:
        pair = waiting.pop()
        if pair in seen or pair[0] == pair[1]:
            continue
        seen.add(pair)
        one, two = graph.nodes[pair[0]], graph.nodes[pair[1]]
        if one.entry != two.entry:  # the next build may give one of them another start
            return False
        if _is_over(graph, one) and _is_over(graph, two):
            continue
        if one.element is None or two.element is None:
            if one.element is two.element:
                continue
            return False
        if one.exits.keys() != two.exits.keys() or one.keys.keys() != two.keys.keys():
            return False
        if (one.wants_action, one.allow) != (two.wants_action, two.allow):
            return False
        if one.place.flow != two.place.flow or _shape(one.element) != _shape(two.element):
            return False
        waiting += ((to, two.exits[name]) for name, to in one.exits.items())
        waiting += ((to, two.keys[name]) for name, to in one.keys.items())
        if one.fallback is not None and two.fallback is not None:
            waiting.append((one.fallback, two.fallback))
    return True


def _is_over(graph: Graph, node: Node) -> bool:
    """Whether the call is hung up here: said outright, or by the end of the caller's document."""
    if graph.contexts.get(node.key, Context.CALL) is not Context.CALL:
        return False
    return node.element is None or node.element.tag == "Hangup"


def _shape(element: Element) -> Shape:
    """What an element says, wherever it was written."""
    return (
        element.tag,
        frozenset((attribute.name, attribute.value) for attribute in element.attributes),
        tuple(_shape(c) if isinstance(c, Element) else c for c in element.children),
    )
