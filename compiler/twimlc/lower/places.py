"""Places that are switched by plan: what is asked there, and what may lie there.

A document that begins with ``hours`` comes in; its turns, and where each outcome leads, go out.
"""

from collections.abc import Callable, Mapping

from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.decisions import Clock
from twimlc.flow.graph import Graph, NodeKey
from twimlc.lower.drafts import Asked
from twimlc.lower.links import Groundwork
from twimlc.lower.names import DocumentKey
from twimlc.lower.transitions import END
from twimlc.values.multiples import too_many

MOST_BESIDE = 200
"""Files beside one place that is switched by plan."""


def by_plan(
    ground: Groundwork,
    key: DocumentKey,
    beside: Callable[[NodeKey, Mapping[str, str]], DocumentKey],
) -> tuple[Asked, DocumentKey] | Diagnostic:
    """What is asked at a place that is switched by plan, and what lies there at first.

    ``beside`` makes the document that goes on with a node after some outcomes (an empty one is any
    that has no way of its own, and none at all if every one is). A finding if there are too many.
    """
    turns: list[Clock[int | DocumentKey]] = []
    leaves: set[DocumentKey] = set()

    def grow(node: NodeKey, told: Mapping[str, str]) -> int | DocumentKey:
        found = _asked_now(ground, key, node, told)
        if not isinstance(found, Clock):
            leaves.add(leaf := beside(found, told if any(told.values()) else {}))
            return leaf
        number = len(turns)
        turns.append(Clock(found.calendar, (), number))  # to be filled in behind its ways
        ways = tuple(
            (name, grow(to, {**told, found.calendar: name})) for name, to in found.outcomes
        )
        others = grow(found.default, {**told, found.calendar: ""})
        turns[number] = Clock(found.calendar, ways, others)
        return number

    otherwise = grow(key.node, {})
    if len(leaves) > MOST_BESIDE:
        node = ground.graph.nodes[key.node]
        made = [(node.span, node.title, len(leaves))]
        return too_many(made, key.folder, MOST_BESIDE, "documents")
    while isinstance(otherwise, int):
        otherwise = turns[otherwise].default
    return Asked(tuple(turns)), otherwise


def _asked_now(
    ground: Groundwork, key: DocumentKey, node: NodeKey, told: Mapping[str, str]
) -> NodeKey | Clock[NodeKey]:
    """The first calendar from a node on of which nothing is told; else where that leads."""
    for _ in ground.graph.nodes:  # steps that lead to each other forever are refused
        leave = ground.ways[node].leave if is_with(ground.graph, key, node) else None
        if not isinstance(leave, Clock):
            return node
        if leave.calendar not in told:
            return leave
        node = leave.way(told[leave.calendar])
    return END


def is_with(graph: Graph, key: DocumentKey, node: NodeKey) -> bool:
    """Whether a step that decides may be answered together with the one at the start of ``key``."""
    there = graph.nodes[node] if node != END else None
    return there is not None and there.entry is None and there.place.flow == key.folder
