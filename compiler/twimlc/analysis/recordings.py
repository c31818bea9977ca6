"""Recordings that run at the same time, and recordings that nobody was told about.

The graph comes in, findings go out.
"""

import re
from collections.abc import Iterator

from twimlc.analysis.languages import language_of
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.addresses import RECORDING_TWICE
from twimlc.diagnostics.rules.experience import RECORDING_WITHOUT_NOTICE
from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.flow.model import Element

# What tells in each language that a call is recorded. Others are not judged.
_NOTICES = {
    "en": r"record|captur|monitor|quality|training|transcri|\b(?:audio|video)?tap(?:e[ds]?|ing)\b",
    "de": r"aufgezeichnet|aufzeichn|aufgenommen|aufnahme|aufnehm|mitgeschnitten|mitschneid"
    r"|mitschnitt|\b(?:zeichnen|nehmen)\b[^.]{0,200}\bauf\b|\bschneiden\b[^.]{0,200}\bmit\b|qualität|schulung",
    "fr": r"enregistr|qualité|écout",
    "es": r"\bgrab(?:ad|ar|aci|am|an|e|a\b)|registrad|calidad|monitor",
    "pt": r"\bgrava(?:d|r|ç|m)|qualidade|monitor",
    "it": r"\bregistr(?:a|i(?:amo|no|are))|qualità",
    "nl": r"opgenomen|opnemen|opname|\bnemen\b[^.]{0,200}\bop\b|kwaliteit|\btraining",
    "sv": r"\bspela[sr]? in\b|inspel|kvalitet",
    "da": r"\boptage|optagelse|kvalitet",
    "nb": r"\bt(?:as|ar|att) opp\b|opptak|kvalitet",
    "no": r"\bt(?:as|ar|att) opp\b|opptak|kvalitet",
    "pl": r"nagryw|nagran|rejestrow|jakości",
}
_NOTICE = "|".join(_NOTICES.values())
# What turns a notice into its opposite: before it, within it, or right behind it.
_NOT = (
    r"not(?!\s+only)(?:\s+(?:all|every))?|never|no(?!\s+problem)|without|cannot|\w+n['’]t|nicht|nie|niemals|ohne|kein\w*|pas|jamais"
    r"|aucun\w*|sans|nunca|sin|não|sem|non|mai|senza|niet|nooit|geen|zonder|inte|aldrig|ikke|aldri|nigdy|bez"
)
_DENIED = re.compile(
    rf"\b(?:{_NOT})\s+(?:[^\W_]+\s+){{0,2}}?\w*(?:{_NOTICE})\w*"
    r"(?:(?:\s*,|\s+(?:or|nor|and|oder|und|ou|et|ni|o|y|e|eller|of|lub|i))\s+\w+){0,2}"
    rf"|\bn['’](?=enregistr|écout)\w+(?:\s+pas)?"
    r"|\b(?:zeichnen|nehmen|schneiden|nemen)\b[^.!?]{0,200}\b(?:nicht|kein\w*|niet|geen|nie)\b[^.!?]*"
    r"|\b\w+(?:s|es)\s+(?:ikke|inte)\b",
    re.IGNORECASE,
)
# Words of a wish: "if you do not want to be recorded, tell us" is a notice.
_WISH = re.compile(
    r"\b(?:if|unless|prefer|wish|want|consent|tell|ask|wenn|falls|möchten|wünschen|souhaitez|voulez"
    r"|desea|quiere|desejar|vuole|desidera|als|wilt|wenst|vill|hvis|ønsker|jeśli|jeżeli)\b",
    re.IGNORECASE,
)
# A voice alone does not tell its language; these words do.
_TELLING = (
    r"\b(?:the|and|you|your|our|we|to|for|please|welcome|hello|thank|thanks"
    r"|und|der|wir|sie|bei|bitte|willkommen|guten|danke"
    r"|vous|nous|votre|bienvenue|bonjour|merci|bienvenid[oa]s?|gracias|usted|nuestr[oa]"
    r"|bem-vind[oa]s?|obrigad[oa]|você|benvenut[oi]|grazie|welkom|bedankt"
    r"|välkommen|velkommen|tack|takk|tak|witamy|dziękujemy)\b"
)
_NOT_RECORDED = ("do-not-record", "false")


def check_recordings(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about the recordings of calls (not about messages that callers leave)."""
    yield from _twice(graph)
    yield from _unannounced(graph)


def _noun(node: Node, verb: str) -> Element | None:
    element = node.element
    if element is None or element.tag != verb:
        return None
    return next((child for child in element.elements() if child.tag == "Recording"), None)


def _twice(graph: Graph) -> Iterator[Diagnostic]:
    starts = [key for key in graph.contexts if _noun(graph.nodes[key], "Start")]
    for first in sorted(starts):
        seen: set[NodeKey] = set()
        waiting = [after for _, after in graph.nodes[first].successors()]
        while waiting:
            key = waiting.pop()
            node = graph.nodes[key]
            if key in seen or _noun(node, "Stop"):
                continue
            seen.add(key)
            if key in starts:
                message = "the recording that was started before may still run here"
                if key == first:
                    message = "coming back here, the recording is started again while it still runs"
                hint = "stop it first, or start it where the call comes by once only"
                yield RECORDING_TWICE.at(node.span, message, hint=hint)
                continue
            waiting += [after for _, after in node.successors()]


def _records(element: Element) -> Element | None:
    """The part of a verb that records what is said on the line."""
    for inner in element.walk():
        wish = inner.literal("record")
        if inner.tag in ("Dial", "Conference") and wish and wish not in _NOT_RECORDED:
            return inner
        if element.tag == "Start" and inner.tag == "Recording":
            return inner
    return None


def _announces(element: Element) -> bool:
    """Whether these words may tell that the call is recorded.

    What a sound says is not known, nor words in a language that is not judged: they get the
    benefit of the doubt.
    """
    for inner in element.walk():
        if inner.tag == "Play":
            return True
        if inner.tag == "Say":
            words = " ".join(_words(part) for part in inner.walk())
            if _is_notice(words) or not _is_judged(inner, words):
                return True
    return False


def _is_notice(words: str) -> bool:
    """Whether a sentence says that a recording is made, and does not deny it."""
    for sentence in re.split(r"[.!?;]", words):
        told = sentence if _WISH.search(sentence) else _DENIED.sub(" ", sentence)
        if re.search(_NOTICE, told, re.IGNORECASE):
            return True
    return False


def _is_judged(say: Element, words: str) -> bool:
    """Whether a notice in the language of these words would be seen."""
    language = language_of(say)
    if language is not None:
        return language in _NOTICES
    return bool(re.search(_TELLING, words, re.IGNORECASE) or _DENIED.search(words))


def _words(element: Element) -> str:
    return " ".join(child for child in element.children if isinstance(child, str))


def _unannounced(graph: Graph) -> Iterator[Diagnostic]:
    seen: set[NodeKey] = set()
    waiting = [key for key in graph.starts.values() if graph.contexts.get(key) is Context.CALL]
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        node = graph.nodes[key]
        if node.element is not None:
            recording = _records(node.element)
            if recording is not None and not _told_beforehand(graph, node):
                span = node.span
                if (record := recording.get("record")) is not None:
                    span = record.span
                message = "the call is recorded here, and nothing has told the caller so"
                hint = "say it before, as in: This call is recorded."
                yield RECORDING_WITHOUT_NOTICE.at(span, message, hint=hint)
                continue
            if _announces(node.element):
                continue
        waiting += [after for _, after in node.successors()]


def _told_beforehand(graph: Graph, node: Node) -> bool:
    """Whether the verb itself, or what follows a start at once, is the notice."""
    assert node.element is not None
    if node.element.tag != "Start":
        return False
    after = next((graph.nodes[key] for _, key in node.successors()), None)
    return after is not None and after.element is not None and _announces(after.element)
