"""Outcomes of a dial that lead where nobody wants to go.

The graph comes in, findings go out.
"""

from collections.abc import Iterator

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import ANSWERED_CALL_GOES_ON, OUTCOME_NOT_HANDLED
from twimlc.flow.graph import Context, Graph, Node
from twimlc.flow.targets import outcomes_of

_WORDS = ("Say", "Play", "Pause")
_ROOMS = ("Conference", "Queue")


def check_outcomes(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about what follows a verb that can fail."""
    for key, context in graph.contexts.items():
        node = graph.nodes[key]
        if context is not Context.CALL or node.element is None:
            continue
        if node.element.tag == "Dial":
            yield from _after_answer(graph, node)
        if node.element.tag in ("Dial", "Enqueue", "Pay", "Refer"):
            yield from _unhandled(graph, node)


def _after_answer(graph: Graph, node: Node) -> Iterator[Diagnostic]:
    """Somebody answered, and what follows is for callers whom nobody answered."""
    assert node.element is not None
    if node.branching is not None or "fallback-after-answer" in node.allow:
        return
    if any(child.tag in _ROOMS for child in node.element.elements()):
        return
    seen = {node.key}
    key = node.exits.get("completed")
    while key is not None and key not in seen:
        seen.add(key)
        after = graph.nodes[key]
        if after.element is None:
            return
        if after.element.tag == "Record":
            message = "also after a conversation here, the caller comes to the recording behind it"
            hint = "if it is for callers whom nobody answered, write it as this step's fallback"
            yield ANSWERED_CALL_GOES_ON.at(node.span, message, hint=hint)
            return
        key = after.exits.get("done") if after.element.tag in _WORDS else None


def _unhandled(graph: Graph, node: Node) -> Iterator[Diagnostic]:
    """Some outcomes lead somewhere, others to the end of the document."""
    assert node.element is not None
    outcomes = outcomes_of(node.element)
    if node.branching is None or outcomes is None:
        return
    lost = [
        name
        for name in outcomes.failed
        if name != "declined"
        and (after := node.exits.get(name)) is not None
        and graph.nodes[after].element is None
    ]
    if lost and any(not _is_over(graph.nodes[after]) for after in node.exits.values()):
        shown = ", ".join(lost)
        message = f"when this ends as {shown}, the line goes dead"
        hint = "give it a fallback, or write fallback: hangup if that is meant"
        yield OUTCOME_NOT_HANDLED.at(node.span, message, hint=hint)


def _is_over(node: Node) -> bool:
    return node.element is None or node.element.tag == "Hangup"
