"""Outcomes of a dial or a room that lead where nobody wants to go.

The graph comes in, findings go out. Of the verbs after it their words say whom they are meant for.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from twimlc.findings import Diagnostic, Label, Severity, rules
from twimlc.flow.graph import Context, Graph, Node
from twimlc.flow.model import Element, Perform
from twimlc.rules.steps import steps_of
from twimlc.text import Span, clip_line
from twimlc.vocabulary import AttributeType

_ROOMS = (AttributeType.CONFERENCE_NAME, AttributeType.QUEUE_NAME)
_NO_PERSON = (
    r"\bnobody\b|\bno[ -]one (?:is|was|has|answer|picked|can|could|came|joined|else)|\bniemand"
    r"|\bpersonne n|\bnadie\b|\bnessuno\b|\bninguém\b|\bnikt nie\b"
)
# Words for somebody who was not answered; a sentence with "if" speaks to everybody.
_NOBODY = (
    rf"{_NO_PERSON}|\b(?:not|n't|n’t|no) answer"
    r"|\b(?:un|not )available\b|\b(?:is|are) (?:still |all |currently )?busy\b"
    r"|\bnicht erreichbar|\bbesetzt\b|\bmeldet sich nicht"
    r"|\bne répond|\boccupée?s?\b|\bindisponible"
    r"|\bno (?:contesta|responde)|\bocupad[oa]s?\b"
    r"|\bnon risponde|\boccupat[oaie]\b|\bnão atende"
    r"|\bneemt niet op|\bniet bereikbaar|\bingen svare?r"
)
# Words that are wrong when a meeting is over: it has not begun, or nobody came.
_NOT_YET = (
    rf"{_NO_PERSON}|(?:\b(?:not?|none)\b|n['’]t\b)[^,;]{{0,80}}\byet\b|\byet to\b"
    r"|(?:\bnot|n['’]t) (?:begun|started|opened|arrived|joined|come|shown up)\b"
    r"|\b(?:opens?|starts?|begins?|open|start|begin) (?:soon|shortly)\b"
    r"|\bnoch (?:nicht|kein\w*|geschlossen|zu)\b|\bpas encore\b|\bencore fermée?\b"
    r"|\b(?:todavía|aún) no\b|\bno\b[^,;]{0,80}\b(?:todavía|aún)\b"
    r"|\bnon\b[^,;]{0,80}\bancora\b|\bancora (?:chius|vuot)"
    r"|\bainda (?:não|fechad)|\bnão\b[^,;]{0,80}\bainda\b|\bnog (?:niet|geen)\b"
    r"|\b(?:ännu inte|endnu ikke|ennå ikke)\b|\binte\b[^,;]{0,80}\bän(?:nu)?\b"
    r"|\bikke\b[^,;]{0,80}\b(?:endnu|ennå|enda)\b|\bingen (?:har|er|är)\b|\bjeszcze nie\b"
)
_IF = r"\b(?:if|should|falls|wenn|sollten?|si|se|als|indien|om|hvis|jeśli)\b"

# Words for a meeting that has been: with them a sentence speaks to both.
_OVER = (
    r"\b(?:over|ended|finished|vorbei|beendet|zu Ende|finie?|terminée?s?|terminad[oa]"
    r"|finit[oa]|terminat[oa]|encerrad[oa]|afgelopen|slut|forbi|zakończon\w+)\b"
)
# What is so on certain days says nothing about this call.
_USUAL = (
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\bweekends?\b|\bholidays?\b"
    r"|\b(?:mon|diens|donners|frei|sams|sonn|feier)tag|\bmittwoch|\bwochenende"
    r"|\b(?:lun|mar|mercre|jeu|vendre|same)dis?\b|\bdimanches?\b|\bweek-ends?\b|\bfériés?\b"
    r"|\b(?:lunes|martes|miércoles|jueves|viernes|sábados?|domingos?|festivos?)\b"
    r"|\b(?:sabato|domenica|festivi)\b"
)
# Words that ask about the conversation, or that lead on to its next part.
_AFTER_TALK = (
    r"\bhow (?:did we do|we did|was)\b|\brate (?:this|the|our|your|us|how)\b|\bsurvey\b"
    r"|\bfeedback\b|\bsatisf|\bhappy with\b"
    r"|\bnow (?:we|I)(?:['’]ll| will)? (?:connect|transfer|put)\b"
    r"|\bwe(?:['’]ll| will)? now (?:connect|transfer|put)\b"
    r"|\bumfrage|\bbewert|\bzufrieden|\benquête|\bencuesta|\bsondaggio|\bsoddisf"
)


def check_outcomes(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about what follows a verb that can fail."""
    led, rooms = _led_after_answer(graph), set[object]()
    for node, verb in graph.verbs(Context.CALL):
        if verb.tag == "Dial":
            yield from _after_answer(graph, node, verb, led)
        if graph.twiml:  # a program may answer the action in another way each time
            continue
        room = (node.span, node.state, node.turn)  # of a join it is tried several times
        if node.outcomes.untold and not (ends_as_closed(node) and room in rooms):
            rooms.add(room)
            yield from _after_meeting(graph, node)
        if verb.spec is not None and verb.spec.script is not None:
            yield from _unhandled(graph, node, verb)


def ends_as_closed(node: Node) -> bool:
    """Whether a call goes the same way when a room ends as when it is not open."""
    same = len({*node.exits.values()}) == 1
    return same and node.outcomes.untold and not node.wants_action


def _after_meeting(graph: Graph, node: Node) -> Iterator[Diagnostic]:
    """What follows a meeting, and whether it is meant for a room that is not open."""
    after = list(graph.spoken_from(node.exits.get("ended")))
    if node.title == "join" and ends_as_closed(node) and after[-1].span == node.span:
        message = "callers who are still there when the room ends wait, and knock again"
        hint = "then: hangup ends the call after the meeting; then: next goes on after this step"
        yield rules.ROOM_ENDS_INTO_FALLBACK.at(node.span, message, hint=hint)
        return
    if after and after[-1] is not node and after[-1].outcomes.untold:  # the next try to enter it
        after += graph.spoken_from(after[-1].exits.get("not-open"))
    for verb in after:
        if verb.element is not None and (words := says_not_yet(verb.element)):
            message = f"callers who leave the meeting hear: {clip_line(words, 50)}"
            hint = "write then: hangup beside the room, or words that are true both times"
            if not ends_as_closed(node):
                hint = "lead the call elsewhere after the meeting, or use words that are true then"
            found = rules.ROOM_ENDS_INTO_FALLBACK.at(
                node.span, message, labels=[Label(verb.span, "heard here")], hint=hint
            )
            yield replace(found, severity=Severity.WARNING)
            return
    if not ends_as_closed(node) or all(verb.is_over for verb in after):
        return
    message = "what follows plays when the room is not open, and when the meeting ends"
    hint = "then: hangup ends the call after the meeting; then: next goes on after this step"
    yield rules.ROOM_ENDS_INTO_FALLBACK.at(node.span, message, hint=hint)


def _led_after_answer(graph: Graph) -> set[Span]:
    """The steps whose author said where the call goes after a conversation."""
    return {
        step.span
        for flow in graph.flows.values()
        for step in steps_of(flow)
        if isinstance(step, Perform)
        and (step.branches.then is not None or "completed" in step.branches.when)
    }


def _after_answer(
    graph: Graph, node: Node, dial: Element, led: Collection[Span]
) -> Iterator[Diagnostic]:
    """Somebody answered, and what follows is for callers whom nobody answered."""
    if "fallback-after-answer" in node.allow:
        return
    # A caller who leaves the conversation with the star key wants to go on.
    if dial.literal("hangupOnStar") == "true" or is_room(dial):
        return
    failed = map(node.exits.get, dial.outcomes.failed)
    unanswered = {after.key for start in failed for after in graph.spoken_from(start)}
    for after in graph.spoken_from(node.exits.get("completed")):
        if after.element is None or meant_after_talk(after.element):
            return
        where = meant_for_nobody(after.element)
        if node.span in led and not says_nobody(after.element):
            where = None
        if where is not None and after is not node and after.key in unanswered:
            message = f"also after a conversation here, the caller {where}"
            hint = "if it is for callers that nobody answered, write it as this step's fallback"
            if node.span in led:
                hint = "let then lead elsewhere: these words are for callers that nobody answered"
            elif graph.twiml:
                hint = "give the <Dial> an action, and let its answer go by DialCallStatus"
            elif node.branching is not None:
                hint = "say with then where the call goes after a conversation"
            yield rules.CONTINUES_AFTER_ANSWER.at(node.span, message, hint=hint)
            return


def _unhandled(graph: Graph, node: Node, verb: Element) -> Iterator[Diagnostic]:
    """Some outcomes lead somewhere, others to the end of the document."""
    lost = [
        name
        for name in verb.outcomes.failed
        if name != "declined"
        and (after := node.exits.get(name)) is not None
        and graph.nodes[after].element is None
    ]
    if not lost:
        return
    shown = ", ".join(lost)
    message = f"when this ends as {shown}, the line goes dead"
    if node.branching is None:
        if is_room(verb):
            return
        hint = "say something after it, or write hangup to show that this is intended"
        yield rules.ENDS_WITHOUT_A_WORD.at(node.span, message, hint=hint)
    elif any(not graph.nodes[after].is_over for after in node.exits.values()):
        hint = "give it a fallback, or write fallback: hangup if that is intended"
        yield rules.OUTCOME_NOT_HANDLED.at(node.span, message, hint=hint)


def meant_for_nobody(verb: Element) -> str | None:
    """What becomes of a caller in a verb that is meant for those who reached nobody."""
    if says_nobody(verb):
        return "hears that nobody could be reached"
    if verb.does.records:
        return "gets to the recording after it"
    if verb.does.waits:
        return "is put into the queue after it"
    rings = verb.does.reaches and not verb.does.connects and not is_room(verb)
    return "is put through to the next one" if rings else None


def meant_after_talk(verb: Element) -> bool:
    """Whether words are meant for callers who have talked to somebody: so is what follows them."""
    told = any(re.search(_AFTER_TALK, sentence, re.I) for sentence in _sentences(verb))
    return told and not says_nobody(verb)


def is_room(dial: Element) -> bool:
    """Whether a dial leads to where several meet, not to one who answers."""
    return any(child.text_type in _ROOMS for child in dial.elements())


def says_nobody(verb: Element) -> bool:
    """Whether words tell a caller that nobody could be reached."""
    return _telling(verb, _NOBODY, f"{_IF}|{_USUAL}") is not None


def says_not_yet(verb: Element) -> str | None:
    """The sentence that tells a caller that a meeting has not begun, or that nobody came."""
    but = f"{_IF}|{_USUAL}|{_OVER}"
    return next(filter(None, (_telling(part, _NOT_YET, but) for part in verb.walk())), None)


def _telling(verb: Element, words: str, but: str) -> str | None:
    """The first sentence with such ``words``, and with none of those that take them back."""
    for sentence in _sentences(verb):
        if re.search(words, sentence, re.I) and not re.search(but, sentence, re.I):
            return sentence
    return None


def _sentences(verb: Element) -> list[str]:
    if verb.tag != "Say":
        return []
    words = " ".join(child for child in verb.children if isinstance(child, str))
    return re.split(r"(?<=[.!?…])\s", words)
