"""What a value may be and yet should not: odd addresses, numbers, names and voices.

The canonical text of a value comes in; findings go out.
"""

import re
from collections.abc import Iterator

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.addresses import UNFAMILIAR_VALUE
from twimlc.diagnostics.rules.twiml import UNKNOWN_VOICE
from twimlc.flow.addresses import address_remarks, check_sip
from twimlc.flow.numbers import client_remarks, number_remarks
from twimlc.source.names import nearest
from twimlc.text import Span
from twimlc.vocabulary import AttributeType as T

_LONGEST = 60


def remarks(spec: vocabulary.Attribute, text: str, span: Span) -> Iterator[Diagnostic]:
    """What is odd about ``text``, which is a value of ``spec``."""
    if spec.type is T.VOICE and vocabulary.voice_family(text) is None:
        example = "such as Polly.Joanna-Neural or Google.en-US-Neural2-A"
        message = f"'{_short(text)}' is no voice that we know"
        yield UNKNOWN_VOICE.at(span, message, hint=f"Twilio's voices have names {example}")
    elif spec.type is T.URL:
        yield from address_remarks(spec, text, span)
    elif spec.type is T.PHONE_NUMBER:
        yield from number_remarks(text, span)
    elif spec.type is T.SIP_URI and spec.twilio:
        yield from check_sip(text, span)
    elif spec.type is T.CLIENT_IDENTITY:
        yield from client_remarks(text, span)
    elif spec.type is T.STRING and spec.known_values and text not in spec.known_values:
        yield from _unfamiliar(spec, text, span)


def _unfamiliar(spec: vocabulary.Attribute, text: str, span: Span) -> Iterator[Diagnostic]:
    close = nearest(text, spec.known_values)
    # Names of settings are the provider's own: only one that looks misspelt is worth a word.
    open_set = spec.name == "name" and close is None
    # Twilio's own examples write google for Google.
    if open_set or text.lower() in map(str.lower, spec.known_values):
        return
    if spec.pattern and re.fullmatch(spec.pattern, text):
        return
    message = f"'{_short(text)}' is no {spec.name} that Twilio's pages name"
    hint = f"did you mean '{close}'?" if close else f"they name {', '.join(spec.known_values)}"
    codes = spec.twilio or UNFAMILIAR_VALUE.twilio
    yield UNFAMILIAR_VALUE.at(span, message, hint=hint, twilio=codes)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
