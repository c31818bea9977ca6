"""Where a step or a state leads: graphs and a place come in, lines of Markdown go out."""

from collections.abc import Iterator

from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.flow.model import StateLink
from twimlc.languageserver.open_files import Checked

_PLAIN = ("done", "over")
_MOST = 12


def ways_of_step(checked: Checked, offset: int) -> list[str]:
    """One line for each place that the step at an offset leads to, with its outcomes."""
    for graph in checked.graphs:
        nodes = [
            node
            for node in graph.nodes
            if node.element is not None
            and node.span.file.path == checked.name
            and node.span.start <= offset <= node.span.end
        ]
        if nodes:
            return _lines(graph, nodes)
    return []


def ways_of_state(checked: Checked, state: str) -> list[str]:
    """One line for each place outside of it that a state of the file leads to."""
    for graph in checked.graphs:
        nodes = [
            node
            for node in graph.nodes
            if node.element is not None
            and node.state.home == state
            and graph.flows[node.state.flow].file.path == checked.name
        ]
        if nodes:
            return _lines(graph, nodes, leaving=True)
    return []


def _lines(graph: Graph, nodes: list[Node], *, leaving: bool = False) -> list[str]:
    ways: dict[str, list[str]] = {}
    for node in nodes:
        for outcome, after in node.successors():
            to = graph.nodes[after]
            if any(to.span == other.span for other in nodes) and not leaving:
                continue  # the next attempt of the same menu
            if leaving and to.state.home == node.state.home and to.element is not None:
                continue
            words = ways.setdefault(_destination(graph, node, after), [])
            if outcome not in (*_PLAIN, *words):
                words.append(outcome)
        for attribute, state in _linked(node):
            ways.setdefault(f"**{state}**", []).append(attribute)
    lines = [f"- {', '.join(words)} → {to}" if words else f"- → {to}" for to, words in ways.items()]
    more = len(lines) - _MOST
    return [*lines[:_MOST], f"- and {more} more"] if more > 0 else lines


def _linked(node: Node) -> Iterator[tuple[str, str]]:
    for element, attribute, link, _ in node.element.links() if node.element else ():
        if isinstance(link, StateLink):
            yield f"{element.tag}.{attribute}" if attribute else element.tag, link.state.home


def _destination(graph: Graph, node: Node, after: NodeKey) -> str:
    to = graph.nodes[after]
    if to.element is None:
        return "the end of the list: the call ends"
    if to.element.tag == "Hangup" and to.state == node.state:
        return "hang up"
    inside = to.state.flow == node.state.flow and to.state.home == node.state.home
    line = to.span.begin.line
    if inside and graph.entries.get(to.state) != after:
        return f"`{to.title}` in line {line}"
    name = to.state.home if to.state.flow == node.state.flow else f"{to.state.flow}/{to.state.home}"
    return f"**{name}** (`{to.title}`, line {line})"
