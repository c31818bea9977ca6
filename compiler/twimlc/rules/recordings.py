"""Calls that are recorded before anything has said so: the graph comes in, findings go out.

The messages that callers leave are not meant.
"""

import re
from collections.abc import Iterable, Iterator

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import RECORDING_WITHOUT_NOTICE
from twimlc.flow.graph import Context, Graph, NodeKey
from twimlc.flow.model import Element
from twimlc.flow.walks import reached
from twimlc.rules.words import language_of, literal_words
from twimlc.text import lazy_pattern

# What says in each language that a call is recorded. Others are not judged.
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
# What turns a notice into its opposite: before it, within it, or right after it.
_NOT = (
    r"not(?!\s+only)(?:\s+(?:all|every))?|never|no(?!\s+problem)|without|cannot|\w+n['’]t|nicht|nie|niemals|ohne|kein\w*|pas|jamais"
    r"|aucun\w*|sans|nunca|sin|não|sem|non|mai|senza|niet|nooit|geen|zonder|inte|aldrig|ikke|aldri|nigdy|bez"
)
_DENIED = lazy_pattern(
    rf"\b(?:{_NOT})\s+(?:[^\W_]+\s+){{0,2}}?\w*(?:{_NOTICE})\w*"
    r"(?:(?:\s*,|\s+(?:or|nor|and|oder|und|ou|et|ni|o|y|e|eller|of|lub|i))\s+\w+){0,2}"
    rf"|\bn['’](?=enregistr|écout)\w+(?:\s+pas)?"
    r"|\b(?:zeichnen|nehmen|schneiden|nemen)\b[^.!?]{0,200}\b(?:nicht|kein\w*|niet|geen|nie)\b[^.!?]*"
    r"|\b\w+(?:s|es)\s+(?:ikke|inte)\b",
    re.IGNORECASE,
)
# Words of a wish: "if you do not want to be recorded, tell us" is a notice.
_WISH = lazy_pattern(
    r"\b(?:if|unless|prefer|wish|want|consent|tell|ask|wenn|falls|möchten|wünschen|souhaitez|voulez"
    r"|desea|quiere|desejar|vuole|desidera|als|wilt|wenst|vill|hvis|ønsker|jeśli|jeżeli)\b",
    re.IGNORECASE,
)
# A voice alone does not show its language; these words do.
_TELLING = (
    r"\b(?:the|and|you|your|our|we|to|for|please|welcome|hello|thank|thanks"
    r"|und|der|wir|sie|bei|bitte|willkommen|guten|danke"
    r"|vous|nous|votre|bienvenue|bonjour|merci|bienvenid[oa]s?|gracias|usted|nuestr[oa]"
    r"|bem-vind[oa]s?|obrigad[oa]|você|benvenut[oi]|grazie|welkom|bedankt"
    r"|välkommen|velkommen|tack|takk|tak|witamy|dziękujemy)\b"
)
_NOT_RECORDED = ("do-not-record", "false")


def check_recordings(graph: Graph) -> Iterator[Diagnostic]:
    """A finding for each place where a call is recorded and its caller may not know."""

    def goes_on(key: NodeKey) -> Iterable[NodeKey]:
        element = graph.nodes[key].element
        told = element is not None and (_announces(element) or _unannounced(graph, key))
        return () if told else graph.after(key)

    if not any(_records(verb) for _, verb in graph.verbs()):
        return  # most flows record nothing, and notices take long to find
    starts = (key for key in graph.starts.values() if graph.contexts.get(key) is Context.CALL)
    for key in reached(starts, goes_on):
        recording = _unannounced(graph, key)
        if recording is not None:
            record = recording.get("record")
            span = graph.nodes[key].span if record is None else record.span
            message = "the call is recorded here, and nothing has said so to the caller"
            hint = "say it before, as in: This call is recorded."
            yield RECORDING_WITHOUT_NOTICE.at(span, message, hint=hint)


def _unannounced(graph: Graph, key: NodeKey) -> Element | None:
    """The part of a verb that records the call, unless a notice follows its start at once."""
    verb = graph.nodes[key].element
    recording = _records(verb) if verb is not None else None
    if verb is None or recording is None or not verb.does.starts:
        return recording
    after = next((graph.nodes[after].element for after in graph.after(key)), None)
    return recording if after is None or not _announces(after) else None


def _records(verb: Element) -> Element | None:
    """The part of a verb that records what is said on the line."""
    for inner in verb.walk() if not verb.does.connects else ():
        wish = inner.literal("record")
        known = inner.spec is not None and "record" in inner.spec.attributes
        if known and wish and wish not in _NOT_RECORDED:
            return inner
        if verb.does.starts and inner.does.records:
            return inner
    return None


def _announces(element: Element) -> bool:
    """Whether these words may say that the call is recorded.

    What a file says is not known, nor words in a language that is not judged: they get the
    benefit of the doubt.
    """
    for inner in element.walk():
        if inner.tag == "Play":
            return True
        if inner.tag == "Say":
            words = literal_words(inner)
            if _is_notice(words) or not _is_judged(inner, words):
                return True
    return False


def _is_notice(words: str) -> bool:
    """Whether a sentence says that a recording is made, and does not deny it."""
    for sentence in re.split(r"[.!?;]", words):
        meant = sentence if _WISH.search(sentence) else _DENIED.sub(" ", sentence)
        if re.search(_NOTICE, meant, re.IGNORECASE):
            return True
    return False


def _is_judged(say: Element, words: str) -> bool:
    """Whether a notice in the language of these words would be seen."""
    language = language_of(say)
    if language is not None:
        return language in _NOTICES
    return bool(re.search(_TELLING, words, re.IGNORECASE) or _DENIED.search(words))
