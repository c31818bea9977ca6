"""Outcomes of a dial that lead where nobody wants to go.

The graph comes in, findings go out.
"""

from collections.abc import Collection, Iterator

from twimlc.analysis.steps import steps_of
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import (
    ANSWERED_CALL_GOES_ON,
    ENDS_WITHOUT_A_WORD,
    OUTCOME_NOT_HANDLED,
)
from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.flow.model import Perform
from twimlc.flow.nobody import is_room, meant_after_talk, meant_for_nobody, says_nobody
from twimlc.flow.targets import outcomes_of
from twimlc.text import Span

_WORDS = ("Say", "Play", "Pause")
_CAN_FAIL = ("Dial", "Enqueue", "Pay", "Refer")


def check_outcomes(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about what follows a verb that can fail."""
    led = _led_after_answer(graph)
    for key, context in graph.contexts.items():
        node = graph.nodes[key]
        if context is not Context.CALL or node.element is None:
            continue
        if node.element.tag == "Dial":
            yield from _after_answer(graph, node, led)
        if node.element.tag in _CAN_FAIL:
            yield from _unhandled(graph, node)


def _led_after_answer(graph: Graph) -> set[Span]:
    """The steps whose author said where the call goes after a conversation."""
    return {
        step.span
        for flow in graph.flows.values()
        for step in steps_of(flow)
        if isinstance(step, Perform)
        and (step.branches.then is not None or "completed" in step.branches.when)
    }


def _after_answer(graph: Graph, node: Node, led: Collection[Span]) -> Iterator[Diagnostic]:
    """Somebody answered, and what follows is for callers whom nobody answered."""
    assert node.element is not None
    outcomes = outcomes_of(node.element)
    if outcomes is None or "fallback-after-answer" in node.allow:
        return
    # A caller who leaves the conversation with the star key wants to go on.
    if node.element.literal("hangupOnStar") == "true" or is_room(node.element):
        return
    unanswered = {
        after.key for name in outcomes.failed for after in _behind(graph, node.exits.get(name))
    }
    for after in _behind(graph, node.exits.get("completed")):
        if after.element is None or meant_after_talk(after.element):
            return
        where = meant_for_nobody(after.element)
        if node.span in led and not says_nobody(after.element):
            where = None
        if where is not None and after is not node and after.key in unanswered:
            message = f"also after a conversation here, the caller {where}"
            hint = "if it is for callers whom nobody answered, write it as this step's fallback"
            if node.span in led:
                hint = "let then lead elsewhere: these words are for callers whom nobody answered"
            elif node.branching is not None:
                hint = "say with then where the call goes after a conversation"
            yield ANSWERED_CALL_GOES_ON.at(node.span, message, hint=hint)
            return


def _behind(graph: Graph, start: NodeKey | None) -> Iterator[Node]:
    """What is said and played from here on, and the verb that follows it."""
    seen: set[NodeKey] = set()
    while start is not None and start not in seen:
        seen.add(start)
        node = graph.nodes[start]
        yield node
        spoken = node.element is not None and node.element.tag in _WORDS
        start = node.exits.get("done") if spoken else None


def _unhandled(graph: Graph, node: Node) -> Iterator[Diagnostic]:
    """Some outcomes lead somewhere, others to the end of the document."""
    assert node.element is not None
    outcomes = outcomes_of(node.element)
    if outcomes is None:
        return
    lost = [
        name
        for name in outcomes.failed
        if name != "declined"
        and (after := node.exits.get(name)) is not None
        and graph.nodes[after].element is None
    ]
    if not lost:
        return
    shown = ", ".join(lost)
    message = f"when this ends as {shown}, the line goes dead"
    if node.branching is None:
        if is_room(node.element):
            return
        hint = "say something behind it, or write hangup to show that it is meant"
        yield ENDS_WITHOUT_A_WORD.at(node.span, message, hint=hint)
    elif any(not _is_over(graph.nodes[after]) for after in node.exits.values()):
        hint = "give it a fallback, or write fallback: hangup if that is meant"
        yield OUTCOME_NOT_HANDLED.at(node.span, message, hint=hint)


def _is_over(node: Node) -> bool:
    return node.element is None or node.element.tag == "Hangup"
