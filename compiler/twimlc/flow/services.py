"""What voices and services are given, seen as a whole: languages, markup, settings, amounts.

A say, a gather, a noun of Connect or Start, or a payment comes in; findings go out.
"""

from collections.abc import Iterator
from dataclasses import replace

from twimlc import vocabulary
from twimlc.findings import Diagnostic, Severity, rules
from twimlc.flow.model import Element
from twimlc.text import lazy_pattern
from twimlc.vocabulary import values
from twimlc.vocabulary.codes import DECIMALS, is_tag, meant_tag, slip_in_tag
from twimlc.yaml.names import hint_and_fix

_SETTING_CODES = {"VirtualAgent": 32603, "Transcription": 32652}
_PROVIDERS = ("amazon", "deepgram", "elevenlabs", "google")
_DIALOGFLOW = ("resumeEndUserId",)
_SHARE = lazy_pattern(r"([0-9]{1,9})%")
_AMOUNT = lazy_pattern(r"[0-9]+\.([0-9]+)")


def check_service(element: Element) -> Iterator[Diagnostic]:
    """Findings about one service."""
    spec = element.spec
    if spec is None:
        return
    if spec.does.takes_payment:
        yield from _charged(element)
    if _speaks(element):
        yield from _relayed(element, element)
        for child in element.elements():
            if _speaks(child):
                yield from _relayed(child, element)
    if "Config" in spec.children:
        yield from _settings(element)
    if "transcriptionEngine" in spec.attributes:
        engine = element.literal("transcriptionEngine")
        engine = "google" if element.get("transcriptionEngine") is None else engine
        yield from _model(element, engine, 32651)


def _speaks(part: Element) -> bool:
    return part.spec is not None and "ttsProvider" in part.spec.attributes


def _relayed(part: Element, relay: Element) -> Iterator[Diagnostic]:
    """The voice and the model of a relay, or of one of its languages, and whose they are.

    Which provider is taken where none is named depends on the account.
    """
    speaker = _inherited("ttsProvider", part, relay)
    listener = _inherited("transcriptionProvider", part, relay)
    voice = part.get("voice")
    name = part.literal("voice") or ""
    if voice is not None and name.startswith(("Polly.", "Google.")):
        bare = name.partition(".")[2]
        message = f"'{name}' has its provider's name before it, which a relay does not take"
        yield rules.UNFAMILIAR_VALUE.at(voice.span, message, hint=f"write {bare}", twilio=(64106,))
    elif voice is not None and _is_of_another(speaker, maker := values.maker_of_voice(name)):
        message = f"the voice '{name}' is one of {maker}, not of {speaker}"
        yield rules.OTHER_PROVIDER.at(voice.span, message, twilio=(64106,))
    yield from _model(part, listener, 64106)
    code = part.get("code")
    if code is not None and code.value == "multi":
        for given, able in ((speaker, "ElevenLabs"), (listener, "Deepgram")):
            if _is_of_another(given, able):
                message = f"multi, any language, goes with {able} only, not with {given}"
                yield rules.OTHER_PROVIDER.at(code.span, message, twilio=(64106,))


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
    maker = values.maker_of_model(name)
    if model is not None and _is_of_another(provider, maker):
        message = f"the model '{name}' is one of {maker}, not of {provider}"
        yield rules.OTHER_PROVIDER.at(model.span, message, twilio=(code,))


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
        message = f"'{name}' is not a setting that Twilio's pages name"
        near, fix = hint_and_fix(given.span, name, shown)
        hint = near or f"they name {' and '.join(shown)}"
        code = _SETTING_CODES.get(service.tag)
        codes = () if code is None else (code,)
        found = rules.UNFAMILIAR_VALUE.at(given.span, message, hint=hint, fix=fix, twilio=codes)
        yield found if near else replace(found, severity=Severity.NOTE)


def _charged(payment: Element) -> Iterator[Diagnostic]:
    """The currency of a payment, and whether it has such small coins."""
    given = payment.get("currency")
    currency = "usd" if given is None else payment.literal("currency")
    if currency is None or len(currency) != 3:
        return
    decimals = DECIMALS.get(currency.upper())
    if decimals is None:
        if given is not None and currency.isalpha():
            message = f"'{currency}' is not a known currency (ISO 4217)"
            hint = "write its three letters, such as usd or eur"
            yield rules.UNFAMILIAR_VALUE.at(given.span, message, hint=hint, twilio=(64011,))
        return
    amount = payment.get("chargeAmount")
    typed = _AMOUNT.fullmatch(payment.literal("chargeAmount") or "")
    if amount is not None and typed is not None and len(typed[1]) > decimals:
        count = f"{decimals} decimals" if decimals else "no decimals"
        message = f"an amount in {currency} has {count}, and '{typed[0]}' has {len(typed[1])}"
        yield rules.BAD_VALUE.at(amount.span, message, twilio=(64003,))


def check_speech(element: Element) -> Iterator[Diagnostic]:
    """Findings about the language of an element, and about the voice of a say."""
    given = element.get("language")
    if given is None and element.tag != "Say":
        return
    language = given.value if given is not None and isinstance(given.value, str) else None
    voice = element.literal("voice") if element.tag == "Say" else None
    family = vocabulary.voice_family(voice) if voice else None
    basic = family is not None and bool(family.languages)  # takes a language without its country
    known = element.spec.attributes["language"].known_values if element.spec else ()
    if given is not None and language is not None and slip_in_tag(language) is None:
        if voice and not values.speaks(voice, language):
            spoken = ", ".join(values.languages_of_voice(voice))
            message = f"the voice {voice} speaks {spoken}, not {language}"
            yield rules.LANGUAGE_OF_VOICE.at(given.span, message)
        elif "-" not in language and is_tag(language) and language not in known and not basic:
            message = f"'{language}' is a language without its country"
            meant = meant_tag(language)
            hint = f"write it as {meant}" if meant else "write the language as in en-US"
            yield rules.BARE_LANGUAGE.at(given.span, message, hint=hint)
    yield from _rates(element, voice)
    if family is None:
        return
    marks = [inner for inner in element.walk() if inner is not element]
    if marks and not family.ssml:
        message = f"the voice {voice} does not follow {marks[0].tag}, or any other markup"
        yield rules.MARKUP_NOT_SPOKEN.at(marks[0].span, message)
        return
    support = values.SSML_SUPPORT.get(family.name, {})
    for inner in marks:
        if support.get(inner.tag) == "none":
            message = f"the voice {voice} does not follow {inner.tag}"
            hint = "the standard voice of the same name may; or leave the markup out"
            yield rules.MARKUP_NOT_SPOKEN.at(inner.span, message, hint=hint)
            return


def _rates(element: Element, voice: str | None) -> Iterator[Diagnostic]:
    """Speeds that Polly does not know; what Google's voices take is their own affair."""
    if element.get("voice") is not None and not (voice or "").startswith("Polly."):
        return
    for inner in element.walk():
        given = inner.get("rate") if inner.tag == "prosody" else None
        share = _SHARE.fullmatch(inner.literal("rate") or "")
        if given is not None and share is not None and not 20 <= int(share[1]) <= 200:
            message = f"nobody speaks at {share[0]} of the usual speed: Polly takes 20% to 200%"
            yield rules.MARKUP_NOT_SPOKEN.at(given.span, message)
