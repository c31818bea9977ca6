"""What a value may be and yet should not: odd addresses, numbers, names and voices.

The canonical text of a value comes in; findings go out.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from twimlc import vocabulary
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.edits import rewrite
from twimlc.findings.rules import UNFAMILIAR_VALUE, UNKNOWN_VOICE
from twimlc.flow.addresses import address_remarks
from twimlc.flow.numbers import client_remarks, number_remarks
from twimlc.flow.sip import check_sip
from twimlc.text import Span, clip, lazy_pattern
from twimlc.vocabulary import AttributeType as T
from twimlc.vocabulary.codes import slip_in_tag
from twimlc.vocabulary.values import POLLY_SPEAKERS, is_known_voice
from twimlc.yaml.names import beyond_doubt, hint_and_fix

_ANY_CAPITALS = ("ttsProvider", "transcriptionProvider", "transcriptionEngine")
"""Twilio's own examples write google for Google here."""

_SETTING = "name"
"""Which names a setting may have depends on the service around it, so that is judged there."""

_BASIC_VOICES = ("man", "woman", "alice")
_STYLES = ("Neural", "Generative")
_SURE = 5
"""Shorter names of speakers are near to each other by nature: Jon may be Jan or Joey."""

_GOOGLE = lazy_pattern(
    r"google\.([a-z]{2,3})-([a-z]{2})-(standard|wavenet|neural2)-([a-z])", re.IGNORECASE
)


def remarks(spec: vocabulary.Attribute, text: str, span: Span) -> Iterator[Diagnostic]:
    """What is odd about ``text``, which is a value of ``spec``."""
    if spec.type is T.VOICE and not is_known_voice(text):
        yield _unknown_voice(text, span)
    elif spec.type is T.LANGUAGE_TAG:
        yield from _no_language(spec, text, span)
    elif spec.type is T.URL:
        yield from address_remarks(spec, text, span)
    elif spec.type is T.PHONE_NUMBER:
        yield from number_remarks(text, span)
    elif spec.type is T.SIP_URI:
        for found in check_sip(text, span):  # the codes are those of calls, not of transfers
            yield found if spec.twilio else replace(found, twilio=())
    elif spec.type is T.CLIENT_IDENTITY:
        yield from client_remarks(text, span)
    elif spec.type is T.STRING and spec.known_values and text not in spec.known_values:
        yield from _unfamiliar(spec, text, span)


def _unknown_voice(text: str, span: Span) -> Diagnostic:
    meant = _meant_voice(text)
    hint = "Twilio's voices have names such as Polly.Joanna-Neural or Google.en-US-Neural2-A"
    if meant is not None:
        hint = f"did you mean '{meant}'?"
    elif text in POLLY_SPEAKERS:
        hint = f"did you mean 'Polly.{text}'?"
    fix = rewrite(span, text, meant) if meant is not None else None
    message = f"'{clip(text)}' is not a known voice"
    return UNKNOWN_VOICE.at(span, message, hint=hint, fix=fix)


def _meant_voice(text: str) -> str | None:
    """The voice that a name with a slip, or with other capitals, can only stand for."""
    if text.lower() in _BASIC_VOICES:
        return text.lower()
    if (google := _GOOGLE.fullmatch(text)) is not None:
        language, country, style, letter = google.groups()
        return f"Google.{language.lower()}-{country.upper()}-{style.capitalize()}-{letter.upper()}"
    maker, _, rest = text.partition(".")
    name, dash, style = rest.partition("-")
    if maker.lower() != "polly":
        return None
    speaker = _among(name, POLLY_SPEAKERS)
    if speaker is not None and len(name) < _SURE and speaker.lower() != name.lower():
        return None
    known = _among(style, _STYLES) if dash else ""
    return f"Polly.{speaker}{dash}{known}" if speaker is not None and known is not None else None


def _among(word: str, names: tuple[str, ...]) -> str | None:
    word = word[:1].upper() + word[1:]
    return word if word in names else beyond_doubt(word, names)


def _no_language(spec: vocabulary.Attribute, text: str, span: Span) -> Iterator[Diagnostic]:
    slip = slip_in_tag(text)
    if slip is not None:
        part, meant = slip
        message = f"'{clip(text)}' is not a known language: '{part}' is not a code"
        hint = f"did you mean '{meant}'?" if meant else "write the language as in en-US"
        yield UNFAMILIAR_VALUE.at(span, message, hint=hint, twilio=spec.twilio)


def _unfamiliar(spec: vocabulary.Attribute, text: str, span: Span) -> Iterator[Diagnostic]:
    if spec.name == _SETTING:
        return
    if spec.name in _ANY_CAPITALS and text.lower() in map(str.lower, spec.known_values):
        return
    if spec.pattern and re.fullmatch(spec.pattern, text):
        return
    message = f"'{clip(text)}' is not a {spec.name} that Twilio's pages name"
    known = f"they name {', '.join(spec.known_values)}"
    hint, fix = hint_and_fix(span, text, spec.known_values, known)
    yield UNFAMILIAR_VALUE.at(span, message, hint=hint, fix=fix, twilio=spec.twilio)
