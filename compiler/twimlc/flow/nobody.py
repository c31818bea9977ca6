"""What is meant for callers whom nobody answered: a verb comes in, their fate goes out."""

import re

from twimlc.flow.model import Element

_ROOMS = ("Conference", "Queue")
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


def meant_for_nobody(verb: Element) -> str | None:
    """What becomes of a caller in a verb that is meant for those who reached nobody."""
    if verb.tag == "Dial" and is_room(verb):
        return None
    if says_nobody(verb):
        return "is told that nobody could be reached"
    return _FOR_NOBODY.get(verb.tag)


def meant_after_talk(verb: Element) -> bool:
    """Whether words are meant for callers who have talked to somebody: so is what follows them."""
    told = any(re.search(_AFTER_TALK, sentence, re.I) for sentence in _sentences(verb))
    return told and not says_nobody(verb)


def is_room(dial: Element) -> bool:
    """Whether a dial leads to where several meet, not to one who answers."""
    return any(child.tag in _ROOMS for child in dial.elements())


def says_nobody(verb: Element) -> bool:
    """Whether words tell a caller that nobody could be reached."""
    return any(
        re.search(_NOBODY, sentence, re.I) and not re.search(f"{_IF}|{_USUAL}", sentence, re.I)
        for sentence in _sentences(verb)
    )


def _sentences(verb: Element) -> list[str]:
    if verb.tag != "Say":
        return []
    words = " ".join(child for child in verb.children if isinstance(child, str))
    return re.split(r"(?<=[.!?…])\s", words)
