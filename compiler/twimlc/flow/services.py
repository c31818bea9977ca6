"""What a service is told, seen as a whole: settings, providers with their voices, amounts.

A noun of Connect or Start, or a Pay, comes in; findings go out.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.diagnostics.rules.addresses import OTHER_PROVIDER, UNFAMILIAR_VALUE
from twimlc.diagnostics.rules.shape import BAD_VALUE
from twimlc.flow.model import Element
from twimlc.source.names import nearest
from twimlc.source.respell import respell
from twimlc.vocabulary.currencies import DECIMALS
from twimlc.vocabulary.values import maker_of_model, maker_of_voice

SERVICES = ("ConversationRelay", "Pay", "Transcription", "VirtualAgent")
_SETTING_CODES = {"VirtualAgent": 32603, "Transcription": 32652}
_PROVIDERS = ("amazon", "deepgram", "elevenlabs", "google")
_DIALOGFLOW = ("resumeEndUserId",)
_AMOUNT = re.compile(r"[0-9]+\.([0-9]+)")


def check_service(element: Element) -> Iterator[Diagnostic]:
    """Findings about one service."""
    if element.tag == "Pay":
        yield from _charged(element)
        return
    if element.tag == "ConversationRelay":
        yield from _relayed(element, element)
        for child in element.elements():
            if child.tag == "Language":
                yield from _relayed(child, element)
        return
    yield from _settings(element)
    if element.tag == "Transcription":
        engine = element.literal("transcriptionEngine")
        engine = "google" if element.get("transcriptionEngine") is None else engine
        yield from _model(element, engine, 32651)


def _relayed(part: Element, relay: Element) -> Iterator[Diagnostic]:
    """The voice and the model of a relay, or of one of its languages, and whose they are.

    Which provider is taken where none is named depends on the account.
    """
    speaks = _inherited("ttsProvider", part, relay)
    listens = _inherited("transcriptionProvider", part, relay)
    voice = part.get("voice")
    name = part.literal("voice") or ""
    if voice is not None and name.startswith(("Polly.", "Google.")):
        bare = name.partition(".")[2]
        message = f"'{name}' has its provider's name before it, which a relay does not take"
        yield UNFAMILIAR_VALUE.at(voice.span, message, hint=f"write {bare}", twilio=(64106,))
    elif voice is not None and _is_of_another(speaks, maker := maker_of_voice(name)):
        message = f"the voice '{name}' is one of {maker}, not of {speaks}"
        yield OTHER_PROVIDER.at(voice.span, message, twilio=(64106,))
    yield from _model(part, listens, 64106)
    code = part.get("code")
    if code is not None and code.value == "multi":
        for given, able in ((speaks, "ElevenLabs"), (listens, "Deepgram")):
            if _is_of_another(given, able):
                message = f"multi, any language, goes with {able} only, not with {given}"
                yield OTHER_PROVIDER.at(code.span, message, twilio=(64106,))


def _is_of_another(provider: str | None, maker: str | None) -> bool:
    """Whether a maker is sure to be another than the provider, who is one that we know."""
    if provider is None or maker is None or provider.lower() not in _PROVIDERS:
        return False
    return provider.lower() != maker.lower()


def _inherited(name: str, part: Element, relay: Element) -> str | None:
    return relay.literal(name) if part.get(name) is None else part.literal(name)


def _model(element: Element, provider: str | None, code: int) -> Iterator[Diagnostic]:
    """A model of speech recognition that another provider has."""
    model = element.get("speechModel")
    name = element.literal("speechModel") or ""
    maker = maker_of_model(name)
    if model is not None and _is_of_another(provider, maker):
        message = f"the model '{name}' is one of {maker}, not of {provider}"
        yield OTHER_PROVIDER.at(model.span, message, twilio=(code,))


def _settings(service: Element) -> Iterator[Diagnostic]:
    """Settings whose names Twilio's pages do not show.

    They are the provider's own, so only one that looks misspelt is worth more than a note.
    """
    for config in service.elements():
        given, name = config.get("name"), config.literal("name")
        if config.tag != "Config" or config.spec is None or given is None or not name:
            continue
        shown = config.spec.attributes["name"].known_values
        others = (*service.spec.attributes, *_DIALOGFLOW) if service.spec is not None else ()
        if name in (*shown, *others):
            continue
        close = nearest(name, shown)
        message = f"'{name}' is no setting that Twilio's pages name"
        hint = f"did you mean '{close}'?" if close else f"they name {' and '.join(shown)}"
        code = _SETTING_CODES[service.tag]
        fix = respell(given.span, name, shown)
        found = UNFAMILIAR_VALUE.at(given.span, message, hint=hint, fix=fix, twilio=(code,))
        yield found if close else replace(found, severity=Severity.NOTE)


def _charged(pay: Element) -> Iterator[Diagnostic]:
    """The currency of a payment, and whether it has such small coins."""
    given = pay.get("currency")
    currency = "usd" if given is None else pay.literal("currency")
    if currency is None or len(currency) != 3:
        return
    decimals = DECIMALS.get(currency.upper())
    if decimals is None:
        if given is not None and currency.isalpha():
            message = f"'{currency}' is no currency (ISO 4217)"
            hint = "write its three letters, such as usd or eur"
            yield UNFAMILIAR_VALUE.at(given.span, message, hint=hint, twilio=(64011,))
        return
    amount = pay.get("chargeAmount")
    typed = _AMOUNT.fullmatch(pay.literal("chargeAmount") or "")
    if amount is not None and typed is not None and len(typed[1]) > decimals:
        count = f"{decimals} decimals" if decimals else "no decimals"
        message = f"an amount in {currency} has {count}, and '{typed[0]}' has {len(typed[1])}"
        yield BAD_VALUE.at(amount.span, message, twilio=(64003,))
