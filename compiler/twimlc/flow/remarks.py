"""What a value may be and yet should not: odd addresses, numbers, names and voices.

The canonical text of a value comes in; findings go out.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from twimlc import vocabulary
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.edits import rewrite
from twimlc.findings.rules import (
    BAD_SIP_ADDRESS,
    BAD_SIP_HEADER,
    PRIVATE_HOST,
    UNFAMILIAR_VALUE,
    UNKNOWN_COUNTRY,
    UNKNOWN_VOICE,
)
from twimlc.flow.addresses import address_remarks, is_port, secret
from twimlc.flow.numbers import client_remarks, number_remarks
from twimlc.formats.project_file import SIP_DOMAIN
from twimlc.project.site_address import is_private
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
_SECRET_HEADER = lazy_pattern(r"(?:token|secret|api-?key|password|authorization)$", re.IGNORECASE)
_SIP = lazy_pattern(r"(?:(sips?):)?(?:([^@?]*)@)?([^@;?]*)((?:;[^?]*)?)(?:\?(.*))?", re.IGNORECASE)
_SIP_HOST = lazy_pattern(
    r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?"
)
_HEADER_NAME = lazy_pattern(r"[A-Za-z0-9!%*_+`'~.\-]+")
_STANDARD = ("user-to-user", "remote-party-id", "p-preferred-identity", "p-called-party-id")
_MOST_OF_HEADERS = 1024
_REGISTERED = "sip.twilio.com"
_OLD_PLACES = ("us1", "us1-ix")
"""What may be in a SIP domain for the sake of old accounts (docs/api/errors/32220)."""


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


def check_sip(text: str, span: Span) -> Iterator[Diagnostic]:
    """What is wrong with the address of somebody who is dialed by SIP."""
    found = _SIP.fullmatch(text)
    _, user, host, params, headers = found.groups() if found else ("", None, "", "", None)
    if not _SIP_HOST.fullmatch(host or ""):
        message = f"'{text}' is not a valid SIP address: there is no host after the @"
        yield BAD_SIP_ADDRESS.at(span, message, hint="write it as sip:desk@pbx.example.com")
        return
    port = re.search(r":([0-9]+)$", host)
    if port is not None and not is_port(port[1]):
        message = f"'{port[1]}' is not a valid port: a port is a number from 1 to 65535"
        yield BAD_SIP_ADDRESS.at(span, message, hint="without a port it is 5060, over TLS 5061")
        return
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        message = "a % in a SIP address is followed by two hexadecimal digits"
        yield BAD_SIP_ADDRESS.at(span, message, hint="a % itself is written %25")
        return
    domain = SIP_DOMAIN.fullmatch(host)
    registered = host.lower().endswith(_REGISTERED) or domain is not None
    if registered and not user:
        message = f"'{text}' does not say whom to call at {host}"
        hint = f"write sip:NAME@{host}"
        yield BAD_SIP_ADDRESS.at(span, message, hint=hint, twilio=(32223,))
    for param in filter(None, params.split(";")):
        name, _, value = param.partition("=")
        allowed = {"transport": ("udp", "tcp", "tls"), "secure": ("true", "false")}.get(
            name.lower()
        )
        if allowed and value.lower() not in allowed:
            message = f"{name} of a SIP address is {' or '.join(allowed)}, not '{value}'"
            yield BAD_SIP_ADDRESS.at(span, message, twilio=(32114,))
        elif name.lower() == "edge" and registered:
            message = f"a phone registered at {host} is found without an edge"
            yield BAD_SIP_ADDRESS.at(span, message, hint="leave edge out", twilio=(32220,))
    if domain is not None and domain["place"] and domain["place"].lower() not in _OLD_PLACES:
        message = f"'{host}' is where phones register; they are called without '{domain['place']}'"
        hint = f"write {domain['name']}.sip.twilio.com"
        yield BAD_SIP_ADDRESS.at(span, message, hint=hint, twilio=(32220,))
    if user and re.fullmatch(r"\+[0-9(). \-]+", user):
        wrong = (found for found in number_remarks(user, span) if found.rule is UNKNOWN_COUNTRY)
        yield from (replace(found, twilio=(32101,)) for found in wrong)
    name = re.sub(r":[0-9]+$", "", host)
    if is_private(name):
        message = f"Twilio cannot reach '{name}': it is not a host on the public internet"
        yield PRIVATE_HOST.at(span, message, twilio=(13254,))
    if user and ":" in user:
        yield secret("a password", span)
    if headers:
        yield from _sip_headers(headers, span)


def _sip_headers(headers: str, address: Span) -> Iterator[Diagnostic]:
    if len(headers) >= _MOST_OF_HEADERS:
        message = f"the headers have {len(headers)} characters; {_MOST_OF_HEADERS - 1} are allowed"
        yield BAD_SIP_HEADER.at(address, message, twilio=(13253, 13251))
        return
    for header in headers.split("&"):
        name, _, value = header.partition("=")
        lower, span = name.lower(), _part(address, header)
        if not _HEADER_NAME.fullmatch(name):
            message = f"'{name}' is not a valid name of a SIP header"
            yield BAD_SIP_HEADER.at(span, message, twilio=(32111,))
        elif not lower.startswith("x-") and lower not in _STANDARD:
            message = f"Twilio does not pass on the SIP header '{name}'"
            yield BAD_SIP_HEADER.at(span, message, hint=f"call it X-{name}")
        elif _SECRET_HEADER.search(name) and value:
            yield secret(f"the value of {name}", span)
        elif lower.startswith("x-twilio"):
            message = f"'{name}' is a name that Twilio reserves"
            yield BAD_SIP_HEADER.at(span, message)
        elif re.search(r"%(?:[01][0-9A-Fa-f]|7[Ff])", value):
            message = f"the value of '{name}' has a character that is not allowed in a SIP header"
            yield BAD_SIP_HEADER.at(span, message, twilio=(32112,))
        elif strange := re.search(r"[^\x21-\x7e]", value):
            message = f"'{strange[0]}' must be escaped in the value of '{name}'"
            escaped = "".join(f"%{byte:02X}" for byte in strange[0].encode())
            hint = f"write {escaped}"
            yield BAD_SIP_HEADER.at(span, message, hint=hint, twilio=(32112,))


def _part(whole: Span, part: str) -> Span:
    """The place of a part that is written once in a place; else the whole."""
    if whole.via is not None or not part or whole.text.count(part) != 1:
        return whole
    start = whole.start + whole.text.index(part)
    return Span(whole.file, start, start + len(part))
