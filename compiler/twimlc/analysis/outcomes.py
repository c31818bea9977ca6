"""Outcomes of a dial that lead where nobody wants to go.

The graph comes in, findings go out.
"""

import re
from collections.abc import Iterator

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import (
    ANSWERED_CALL_GOES_ON,
    ENDS_WITHOUT_A_WORD,
    OUTCOME_NOT_HANDLED,
)
from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.flow.model import Element
from twimlc.flow.targets import outcomes_of

_WORDS = ("Say", "Play", "Pause")
_ROOMS = ("Conference", "Queue")
_CAN_FAIL = ("Dial", "Enqueue", "Pay", "Refer")
_FOR_NOBODY = {
    "Record": "comes to the recording behind it",
    "Dial": "is put through to the next one",
    "Enqueue": "is put into the queue behind it",
}
# Words for somebody who was not answered; a sentence with "if" speaks to everybody.
_NOBODY = (
    r"\bnobody\b|\bno[ -]one (?:is|was|has|answer|picked|can|could)|\b(?:not|n't|n’t|no) answer"
    r"|\b(?:un|not )available\b|\b(?:is|are) (?:still |all |currently )?busy\b"
    r"|\bniemand|\bnicht erreichbar|\bbesetzt\b|\bmeldet sich nicht"
    r"|\bpersonne n|\bne répond|\boccupée?s?\b|\bindisponible"
    r"|\bnadie\b|\bno (?:contesta|responde)|\bocupad[oa]s?\b"
    r"|\bnessuno\b|\bnon risponde|\boccupat[oaie]\b|\bninguém\b|\bnão atende"
    r"|\bneemt niet op|\bniet bereikbaar|\bingen svare?r|\bnikt nie\b"
)
_IF = r"\b(?:if|should|falls|wenn|sollten?|si|se|als|indien|om|hvis|jeśli)\b"


def check_outcomes(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about what follows a verb that can fail."""
    for key, context in graph.contexts.items():
        node = graph.nodes[key]
        if context is not Context.CALL or node.element is None:
            continue
        if node.element.tag == "Dial":
            yield from _after_answer(graph, node)
        if node.element.tag in _CAN_FAIL:
            yield from _unhandled(graph, node)


def _after_answer(graph: Graph, node: Node) -> Iterator[Diagnostic]:
    """Somebody answered, and what follows is for callers whom nobody answered."""
    assert node.element is not None
    outcomes = outcomes_of(node.element)
    if outcomes is None or "fallback-after-answer" in node.allow:
        return
    # A caller who leaves the conversation with the star key wants to go on.
    if node.element.literal("hangupOnStar") == "true" or _is_room(node.element):
        return
    unanswered = {
        after.key for name in outcomes.failed for after in _behind(graph, node.exits.get(name))
    }
    for after in _behind(graph, node.exits.get("completed")):
        where = _for_nobody(after)
        if where is not None and after is not node and after.key in unanswered:
            message = f"also after a conversation here, the caller {where}"
            hint = "if it is for callers whom nobody answered, write it as this step's fallback"
            if node.branching is not None:
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


def _for_nobody(node: Node) -> str | None:
    """What becomes of a caller in a step that is meant for those who reached nobody."""
    if node.element is None or (node.element.tag == "Dial" and _is_room(node.element)):
        return None
    if _says_nobody(node.element):
        return "is told that nobody could be reached"
    return _FOR_NOBODY.get(node.element.tag)


def _is_room(dial: Element) -> bool:
    return any(child.tag in _ROOMS for child in dial.elements())


def _says_nobody(element: Element) -> bool:
    if element.tag != "Say":
        return False
    words = " ".join(child for child in element.children if isinstance(child, str))
    return any(
        re.search(_NOBODY, sentence, re.I) and not re.search(_IF, sentence, re.I)
        for sentence in re.split(r"(?<=[.!?…])\s", words)
    )


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
        if _is_room(node.element):
            return
        hint = "say something behind it, or write hangup to show that it is meant"
        yield ENDS_WITHOUT_A_WORD.at(node.span, message, hint=hint)
    elif any(not _is_over(graph.nodes[after]) for after in node.exits.values()):
        hint = "give it a fallback, or write fallback: hangup if that is meant"
        yield OUTCOME_NOT_HANDLED.at(node.span, message, hint=hint)


def _is_over(node: Node) -> bool:
    return node.element is None or node.element.tag == "Hangup"
