"""Steps that decide before anything is heard: what they can be told, and what they may not do."""

from collections.abc import Iterator

from twimlc.findings import Diagnostic, rules
from twimlc.flow.decisions import OTHER_VALUE, Cases
from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.flow.walks import loops, reached
from twimlc.text import grouped
from twimlc.vocabulary.requests import SWITCH_FIRST


def check_decisions(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about every step that asks."""
    asking = [graph.nodes[key] for key in graph.contexts if graph.nodes[key].asks is not None]
    if asking:
        yield from _rings(graph, asking)
        yield from _too_late(graph, asking)
        yield from _forged(graph, asking)


def _rings(graph: Graph, asking: list[Node]) -> Iterator[Diagnostic]:
    """Steps that lead to each other without a word: every answer is the same again."""
    keys = {node.key for node in asking}

    def after(key: NodeKey) -> list[NodeKey]:
        return [to for to in graph.after(key) if to in keys]

    for ring in loops(sorted(keys), after):
        message = "these steps lead back to each other, and nothing is said on the way"
        yield rules.SILENT_LOOP.at(graph.nodes[min(ring)].span, message)


def _too_late(graph: Graph, asking: list[Node]) -> Iterator[Diagnostic]:
    """What only the first request is sure to carry, asked after another one."""
    wanted = [n for n in asking if isinstance(n.asks, Cases) and n.asks.parameter in SWITCH_FIRST]
    if not wanted:
        return
    further = (key for key in graph.contexts if _fetches(graph.nodes[key]))
    late = {*reached((to for key in further for to in graph.after(key)), graph.after)}
    for node in wanted:
        assert isinstance(node.asks, Cases), "it is a switch"
        if node.key in late:
            message = f"'{node.asks.parameter}' comes with the first request of a call alone"
            hint = "move the switch to the start, before anything is asked"
            yield rules.NOT_A_SWITCH.at(node.span, message, hint=hint)


def _fetches(node: Node) -> bool:
    """Whether the call may go on with another request after it."""
    return node.entry is not None or (node.asks is None and bool(node.outcomes.names))


def _forged(graph: Graph, asking: list[Node]) -> Iterator[Diagnostic]:
    """A place that only callers of some numbers reach; said once for each flow."""
    before = grouped((to, node.key) for node in graph.nodes for to in graph.after(node.key))
    roots = {*graph.starts.values(), *(root.node for root in graph.roots)}
    told: set[str] = set()
    for node in asking:
        if not isinstance(node.asks, Cases) or node.asks.parameter != "From":
            continue
        other = {node.exits.get(OTHER_VALUE), node.exits.get("withheld"), node.fallback}
        for case, to in node.exits.items():
            alone = to not in other | roots and {*before[to]} == {node.key}
            if alone and not graph.nodes[to].is_over and node.state.flow not in told:
                told.add(node.state.flow)
                message = f"only '{case}' leads to this place, and a caller's number can be forged"
                hint = "ask for a PIN there, if it is not for everybody"
                yield rules.CALLER_ID_IS_NO_KEY.at(node.span, message, hint=hint)
