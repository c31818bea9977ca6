"""Places that are switched by plan: what is asked there, and what may lie there.

A document that begins with ``hours`` comes in; its turns, and where each outcome leads, go out.
"""

from collections.abc import Callable, Mapping

from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.graph import NodeKey
from twimlc.lower.drafts import Asked
from twimlc.lower.links import Groundwork
from twimlc.lower.names import DocumentKey
from twimlc.lower.questions import Cases, Clock
from twimlc.lower.transitions import END
from twimlc.values.multiples import too_many

MOST_BESIDE = 200
"""Files beside one place that is switched by plan."""


class _Unknown(dict[str, str]):
    """Says of every calendar what none says."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return ""


def by_plan(
    ground: Groundwork,
    key: DocumentKey,
    beside: Callable[[NodeKey, Mapping[str, str]], DocumentKey],
) -> tuple[Asked, DocumentKey] | Diagnostic:
    """What is asked at a place that is switched by plan, and what lies there at first.

    ``beside`` makes the document that goes on with a node after some outcomes (none: for all
    others). A finding if there are too many.
    """
    turns: list[Cases[int | DocumentKey] | Clock[int | DocumentKey] | None] = []
    leaves: set[DocumentKey] = set()

    def leaf(node: NodeKey, told: Mapping[str, str]) -> DocumentKey:
        leaves.add(found := beside(node, told))
        return found

    def grow(node: NodeKey, told: Mapping[str, str]) -> int | DocumentKey:
        found = _asked_now(ground, key, node, told)
        if not isinstance(found, Clock):
            return leaf(found, told)
        turns.append(None)
        number = len(turns) - 1
        rows = ((outcome, to, {**told, found.calendar: outcome}) for outcome, to in found.outcomes)
        ways = tuple((outcome, grow(to, known)) for outcome, to, known in rows)
        turns[number] = Clock(found.calendar, ways, otherwise)
        return number

    end = _asked_now(ground, key, key.node, _Unknown())
    assert not isinstance(end, Clock), "every outcome is said to be unknown"
    otherwise = leaf(end, {})
    grow(key.node, {})
    if len(leaves) > MOST_BESIDE:
        node = ground.graph.nodes[key.node]
        made = [(node.span, node.title, len(leaves))]
        return too_many(made, key.folder, MOST_BESIDE, "documents")
    return Asked(tuple(turn for turn in turns if turn is not None)), otherwise


def _asked_now(
    ground: Groundwork, key: DocumentKey, node: NodeKey, told: Mapping[str, str]
) -> NodeKey | Clock[NodeKey]:
    """The first calendar from a node on of which nothing is told; else where that leads."""
    for _ in ground.graph.nodes:  # steps that lead to each other forever are refused
        there = ground.graph.nodes[node] if node != END else None
        apart = there is None or there.entry is not None or there.place.flow != key.folder
        leave = ground.ways[node].leave if not apart else None
        if not isinstance(leave, Clock):
            return node
        if leave.calendar not in told:
            return leave
        node = leave.way(told[leave.calendar])
    return END
