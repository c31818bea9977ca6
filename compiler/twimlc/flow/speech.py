"""Whether a voice can speak what it is given, and whether languages have their country.

A say or a gather comes in; findings go out.
"""

import re
from collections.abc import Iterator

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.addresses import BARE_LANGUAGE, LANGUAGE_OF_VOICE, MARKUP_NOT_SPOKEN
from twimlc.flow.model import Element
from twimlc.vocabulary.locales import is_tag, meant_tag, slip_in_tag
from twimlc.vocabulary.values import SSML_SUPPORT, languages_of_voice, speaks

_SHARE = re.compile(r"([0-9]{1,9})%")


def check_speech(element: Element) -> Iterator[Diagnostic]:
    """Findings about the language of an element, and about the voice of a say."""
    given = element.get("language")
    if given is None and element.tag != "Say":
        return
    language = given.value if given is not None and isinstance(given.value, str) else None
    voice = element.literal("voice") if element.tag == "Say" else None
    family = vocabulary.voice_family(voice) if voice else None
    basic = family is not None and bool(family.languages)  # takes a language without its country
    if given is not None and language is not None and slip_in_tag(language) is None:
        if voice and not speaks(voice, language):
            spoken = ", ".join(languages_of_voice(voice))
            message = f"the voice {voice} speaks {spoken}, not {language}"
            yield LANGUAGE_OF_VOICE.at(given.span, message)
        elif element.tag == "Gather" and language == "multi":
            return  # any language: the speech model decides whether that goes
        elif _is_bare(language) and language not in _known(element) and not basic:
            message = f"'{language}' is a language without its country"
            meant = meant_tag(language)
            hint = f"write it as {meant}" if meant else "write the language as in en-US"
            yield BARE_LANGUAGE.at(given.span, message, hint=hint)
    yield from _rates(element, voice)
    if family is None:
        return
    marks = [inner for inner in element.walk() if inner is not element]
    if marks and not family.ssml:
        message = f"the voice {voice} does not follow {marks[0].tag}, or any other markup"
        yield MARKUP_NOT_SPOKEN.at(marks[0].span, message)
        return
    support = SSML_SUPPORT.get(family.name, {})
    for inner in marks:
        if support.get(inner.tag) == "none":
            message = f"the voice {voice} does not follow {inner.tag}"
            hint = "the standard voice of the same name may; or leave the markup out"
            yield MARKUP_NOT_SPOKEN.at(inner.span, message, hint=hint)
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
            yield MARKUP_NOT_SPOKEN.at(given.span, message)


def _is_bare(language: str) -> bool:
    """Whether it is a tag of a language alone; what is no tag at all has a finding already."""
    return "-" not in language and is_tag(language)


def _known(element: Element) -> tuple[str, ...]:
    return element.spec.attributes["language"].known_values if element.spec else ()
