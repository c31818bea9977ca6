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
    "en": r"record|monitor|quality|training|transcri|\b(?:audio|video)?tap(?:e[ds]?|ing)\b",
    "de": r"aufgezeichnet|aufzeichn|aufgenommen|aufnahme|aufnehm|mitgeschnitten|mitschneid"
    r"|mitschnitt|\b(?:zeichnen|nehmen)\b[^.]*\bauf\b|\bschneiden\b[^.]*\bmit\b|qualität|schulung",
    "fr": r"enregistr|qualité|écout",
    "es": r"\bgrab(?:ad|ar|aci|am|an|e)|registrad|calidad|monitor",
    "pt": r"\bgrava(?:d|r|ç|m)|qualidade|monitor",
    "it": r"\bregistr(?:a|i(?:amo|no|are))|qualità",
    "nl": r"opgenomen|opnemen|opname|\bnemen\b[^.]*\bop\b|kwaliteit|\btraining",
    "sv": r"\bspela[sr]? in\b|inspel|kvalitet",
    "da": r"\boptage|optagelse|kvalitet",
    "nb": r"\bt(?:as|ar|att) opp\b|opptak|kvalitet",
    "no": r"\bt(?:as|ar|att) opp\b|opptak|kvalitet",
    "pl": r"nagryw|nagran|rejestrow|jakości",
}
_NOTICE = "|".join(_NOTICES.values())
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
            if re.search(_NOTICE, words, re.IGNORECASE) or not _is_judged(inner, words):
                return True
    return False


def _is_judged(say: Element, words: str) -> bool:
    """Whether a notice in the language of these words would be seen."""
    language = language_of(say)
    if language is not None:
        return language in _NOTICES
    return re.search(_TELLING, words, re.IGNORECASE) is not None


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
