"""What callers are told in one document, and what comes of it: verbs come in, findings go out."""

from collections.abc import Iterator, Sequence

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import (
    ANSWERED_CALL_GOES_ON,
    OTHER_END_KEY,
    UNSPEAKABLE_TEXT,
)
from twimlc.documents.words import end_keys_named, spoken
from twimlc.flow.model import Element
from twimlc.flow.nobody import is_room, meant_after_talk, meant_for_nobody
from twimlc.flow.readable import texts_of, unspeakable_in
from twimlc.flow.units import check_milliseconds

_WORDS = ("Say", "Play", "Pause")


def check_told(running: Sequence[Element]) -> Iterator[Diagnostic]:
    """Findings about words that cannot be spoken, keys that end nothing, and who hears what."""
    for index, verb in enumerate(running):
        for element in verb.walk():
            if element.tag == "Say":
                yield from _unspeakable(element)
        yield from check_milliseconds(verb)
        if verb.tag == "Gather":
            yield from _end_key(verb, spoken(verb))
        elif verb.tag == "Record":
            yield from _end_key(verb, _right_before(running[:index]))
        elif verb.tag == "Dial":
            yield from _after_answer(verb, running[index + 1 :])


def _unspeakable(say: Element) -> Iterator[Diagnostic]:
    words = " ".join(texts_of(say))
    found = unspeakable_in(words)
    if found is not None:
        hint = found.hint
        if found.kind == "markup":
            hint = "write markup with < and >, not as text"
        elif found.kind == "address":
            hint = "a sound is played: put it into a <Play>"
        yield UNSPEAKABLE_TEXT.at(say.span, found.message, hint=hint)


def _right_before(before: Sequence[Element]) -> str:
    """The words right before a verb; sounds and pauses may stand between."""
    for verb in reversed(before):
        if verb.tag == "Say":
            return spoken(verb)
        if verb.tag not in _WORDS:
            break
    return ""


def _end_key(asked: Element, words: str) -> Iterator[Diagnostic]:
    """Words that tell how to end, and the keys that do."""
    if asked.spec is None or asked.get("numDigits") is not None:
        return
    if "dtmf" not in (asked.literal("input") or "dtmf"):
        return
    given = asked.get("finishOnKey")
    ends = given.value if given is not None else asked.spec.attributes["finishOnKey"].default
    told = end_keys_named(words)
    if not isinstance(ends, str) or not told or any(key in ends for key in told):
        return
    message = f"callers are told to press {told[0]}, and {ends or 'no key'} ends this"
    hint = f'write finishOnKey="{told[0]}", or tell the other key'
    yield OTHER_END_KEY.at((given or asked).span, message, hint=hint)


def _after_answer(dial: Element, behind: Sequence[Element]) -> Iterator[Diagnostic]:
    """Somebody answered, and what follows is for callers whom nobody answered."""
    # A caller who leaves the conversation with the star key wants to go on.
    if dial.literal("hangupOnStar") == "true" or is_room(dial):
        return
    for verb in behind:
        if meant_after_talk(verb):
            return
        where = meant_for_nobody(verb)
        if where is not None:
            message = f"also after a conversation here, the caller {where}"
            hint = "give the <Dial> an action, and let its answer go by DialCallStatus"
            yield ANSWERED_CALL_GOES_ON.at(dial.span, message, hint=hint)
        if where is not None or verb.tag not in _WORDS:
            return
