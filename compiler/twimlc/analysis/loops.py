"""Circles: those that nothing leads out of, and those that run while a caller does nothing.

The graph comes in, findings go out. Circles without a sound are told elsewhere.
"""

from collections.abc import Callable, Collection, Iterable, Iterator

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import ENDLESS_ROUND, NO_WAY_OUT
from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.flow.targets import outcomes_of

_SOMEBODY = ("Dial", "Enqueue", "Connect", "Pay", "Refer")
_SILENT = ("Start", "Stop", "Sms", "Connect")
_PASSIVE = ("done", "no-input", "recorded", "not-open")
_REACHES = ("Dial", "Enqueue", "Connect")


def check_loops(graph: Graph) -> Iterator[Diagnostic]:
    """A finding for each circle of a caller's own call that does not end by itself."""
    calls = [key for key, context in graph.contexts.items() if context is Context.CALL]
    ending = graph.leading_to(key for key in calls if _ends(graph.nodes[key]))
    stuck = [key for key in calls if key not in ending]

    def onwards(key: NodeKey) -> Iterable[NodeKey]:
        return (after for _, after in graph.nodes[key].successors())

    def doing_nothing(key: NodeKey) -> Iterable[NodeKey]:
        node = graph.nodes[key]
        names = (*_PASSIVE, *_in_vain(node))
        return (after for name, after in node.exits.items() if name in names)

    for ring in circles(stuck, onwards):
        if not _silent(graph, ring):
            message = "whatever the caller does, the call stays in this circle"
            hint = "let a key, a person or a goodbye end it"
            yield NO_WAY_OUT.at(graph.nodes[min(ring)].span, message, hint=hint)
    for ring in circles([key for key in calls if key in ending], doing_nothing):
        if not _silent(graph, ring) and not any(_waits_for_callers(graph, key) for key in ring):
            message = "a caller who does nothing hears this again and again, without end"
            if any(_tag(graph, key) == "Dial" for key in ring):
                message = "as long as nobody answers, this is tried again and again, without end"
            hint = "after a few times say goodbye; a menu counts its attempts"
            asks = [key for key in ring if "no-input" in graph.nodes[key].exits]
            yield ENDLESS_ROUND.at(graph.nodes[min(asks or ring)].span, message, hint=hint)


def _in_vain(node: Node) -> Collection[str]:
    """The outcomes of a verb that reaches somebody which are not up to the caller."""
    if node.element is None or node.element.tag not in _REACHES:
        return ()
    outcomes = outcomes_of(node.element)
    return outcomes.failed if outcomes else ()


def _waits_for_callers(graph: Graph, key: NodeKey) -> bool:
    """Whether this takes the next caller of a queue: an agent's line stays until it is hung up."""
    element = graph.nodes[key].element
    if element is None or element.tag != "Dial":
        return False
    return any(child.tag == "Queue" for child in element.elements())


def _tag(graph: Graph, key: NodeKey) -> str | None:
    element = graph.nodes[key].element
    return element.tag if element is not None else None


def _ends(node: Node) -> bool:
    """Whether the call can end here, or leave, or reach somebody."""
    if node.element is None or node.element.tag in _SOMEBODY:
        return True
    return not any(node.successors()) or (node.title == "gather" and "input" not in node.exits)


def _silent(graph: Graph, ring: Iterable[NodeKey]) -> bool:
    elements = (graph.nodes[key].element for key in ring)
    return all(element is None or element.tag in _SILENT for element in elements)


def circles(
    keys: Iterable[NodeKey], successors: Callable[[NodeKey], Iterable[NodeKey]]
) -> Iterator[set[NodeKey]]:
    """Every set of nodes that lead to each other, by Tarjan's algorithm without recursion."""
    among = set(keys)
    index: dict[NodeKey, int] = {}
    low: dict[NodeKey, int] = {}
    held: list[NodeKey] = []
    holding: set[NodeKey] = set()
    for start in sorted(among):
        if start in index:
            continue
        stack: list[tuple[NodeKey, Iterator[NodeKey]]] = []
        _open(start, successors, index, low, held, holding, stack)
        while stack:
            key, after = stack[-1]
            following = next((other for other in after if other in among), None)
            if following is None:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[key])
                if low[key] == index[key]:
                    ring = {held.pop()}
                    while key not in ring:
                        ring.add(held.pop())
                    holding -= ring
                    if len(ring) > 1 or key in successors(key):
                        yield ring
            elif following not in index:
                _open(following, successors, index, low, held, holding, stack)
            elif following in holding:
                low[key] = min(low[key], index[following])


def _open(
    key: NodeKey,
    successors: Callable[[NodeKey], Iterable[NodeKey]],
    index: dict[NodeKey, int],
    low: dict[NodeKey, int],
    held: list[NodeKey],
    holding: set[NodeKey],
    stack: list[tuple[NodeKey, Iterator[NodeKey]]],
) -> None:
    index[key] = low[key] = len(index)
    held.append(key)
    holding.add(key)
    stack.append((key, iter(successors(key))))
