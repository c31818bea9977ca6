"""Lists of values that Twilio names: languages, ring tones, speakers, and families of voices.

Nothing comes in; tuples and :class:`VoiceFamily` records go out. Sources:
docs/voice/twiml/say/text-speech, docs/voice/twiml/gather, docs/voice/twiml/dial.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from twimlc.text import lazy_pattern


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


RING_TONES = _words("""
    at au bg br be ch cl cn cz de dk ee es fi fr gr hu il in it lt jp mx my nl no nz ph pl pt ru se
    sg th uk us us-old tw ve za
""")
"""Countries whose ringing Dial can imitate (the United Kingdom is uk here), and us-old."""

SAY_LANGUAGES = _words("""
    af-ZA am-ET ar-AE ar-XA arb bg-BG bn-IN ca-ES cmn-CN cmn-TW cs-CZ cy-GB da-DK de-AT de-DE el-GR
    en-AU en-CA en-GB en-GB-WLS en-IE en-IN en-NZ en-US en-ZA es-ES es-MX es-US fi-FI fil-PH fr-CA
    fr-FR fr-BE gu-IN he-IL hi-IN hu-HU id-ID is-IS it-IT ja-JP kn-IN ko-KR lv-LV ml-IN mr-IN ms-MY
    nb-NO nl-BE nl-NL pa-IN pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sr-RS sv-SE ta-IN te-IN th-TH tr-TR
    uk-UA vi-VN yue-HK zh-CN zh-HK zh-TW
""")
"""Languages that some voice of Say speaks. Voices change often, so this is an open set."""

GATHER_LANGUAGES = _words("""
    af-ZA am-ET ar-AE ar-BH ar-DZ ar-EG ar-IL ar-IQ ar-JO ar-KW ar-LB ar-MA ar-OM ar-PS ar-QA ar-SA
    ar-TN az-AZ bg-BG bn-BD bn-IN ca-ES cs-CZ da-DK de-DE el-GR en-AU en-CA en-GB en-GH en-IE en-IN
    en-KE en-NG en-NZ en-PH en-SG en-TZ en-US en-ZA es-AR es-BO es-CL es-CO es-CR es-DO es-EC es-ES
    es-GT es-HN es-MX es-NI es-PA es-PE es-PR es-PY es-SV es-US es-UY es-VE et-EE eu-ES fa-IR fi-FI
    fil-PH fr-CA fr-FR gl-ES gu-IN he-IL hi-IN hr-HR hu-HU hy-AM id-ID is-IS it-IT ja-JP jv-ID ka-GE
    km-KH kn-IN ko-KR lo-LA lt-LT lv-LV mk-MK ml-IN mn-MN mr-IN ms-MY my-MM nar-IQ nb-NO ne-NP nl-BE
    nl-NL pa-guru-IN pl-PL pt-BR pt-PT ro-RO ru-RU si-LK sk-SK sl-SI sq-AL sr-RS su-ID sv-SE sw-KE
    sw-TZ ta-IN ta-LK ta-MY ta-SG te-IN th-TH tr-TR uk-UA ur-IN ur-PK uz-UZ vi-VN yue-Hant-HK zh
    cmn-Hans-CN zh-TW cmn-Hant-TW zu-ZA
""")
"""Languages of speech recognition; Gather passes others to the provider unchanged."""

SSML_LANGUAGES = _words("""
    arb ar-AE ca-ES cmn-CN cy-GB da-DK de-DE de-AT en-AU en-GB en-GB-WLS en-IN en-NZ en-US en-ZA
    es-ES es-MX es-US fi-FI fr-CA fr-FR he-IL hi-IN is-IS it-IT ja-JP ko-KR nb-NO nl-NL pl-PL pt-BR
    pt-PT ro-RO ru-RU sv-SE tr-TR yue-CN
""")
"""Languages that the SSML element lang switches to."""


def _speakers(text: str) -> dict[str, tuple[str, ...]]:
    """A language, a colon and its speakers, line by line."""
    found: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        language, _, names = line.partition(":")
        for name in names.split():
            found[name] = (*found.get(name, ()), language.strip())
    return dict(sorted(found.items()))


POLLY_LANGUAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    _speakers("""
        ar: Hala Zayd Zeina
        ca: Arlet
        cmn: Zhiyu
        cy: Gwyneth
        da: Mads Naja Sofie
        de: Daniel Hannah Hans Marlene Vicki
        en: Amy Arthur Aria Ayanda Brian Danielle Emma Geraint Gregory Ivy Joanna Joey Justin Kendra
        en: Kevin Kimberly Matthew Niamh Nicole Olivia Raveena Russell Ruth Salli Stephen
        en: Aditi Hala Kajal Zayd
        es: Andres Conchita Enrique Lucia Lupe Mia Miguel Mía Pedro Penelope Sergio
        fi: Suvi
        fr: Celine Chantal Gabrielle Isabelle Lea Liam Mathieu Remi Rémi
        hi: Aditi Kajal
        is: Dora Karl
        it: Adriano Bianca Carla Giorgio
        ja: Kazuha Mizuki Takumi Tomoko
        ko: Seoyeon
        nb: Ida Liv
        nl: Laura Lisa Lotte Ruben
        pl: Ewa Jacek Jan Maja Ola
        pt: Camila Cristiano Ines Ricardo Thiago Vitoria
        ro: Carmen
        ru: Maxim Tatyana
        sv: Astrid Elin
        tr: Burcu Filiz
        yue: Hiujin
    """)
)
"""Given names that may follow ``Polly.``, and the languages each speaks; an open set."""

POLLY_SPEAKERS = tuple(POLLY_LANGUAGES)

BASIC_LANGUAGES = ("en", "en-gb", "es", "fr", "de")
"""The only languages of the voices man and woman."""

CARD_TYPES = ("visa", "mastercard", "amex", "maestro", "discover", "optima", "jcb", "diners-club", "enroute")
"""Cards that Pay knows by name."""

BASIC_TEXT = 4096
POLLY_TEXT = 3000
GOOGLE_TEXT = 5000
ENCODED_TEXT = 4500
"""How much text one Say takes: basic voices, Polly (tags not counted), Google (tags counted),
and the URL-encoded text with any voice."""


class VoiceFamily(NamedTuple):
    """Voices of one kind and provider. ``pattern`` is matched against the whole name.

    No ``languages`` means that each voice has its own.
    """

    name: str
    pattern: str
    example: str
    languages: tuple[str, ...] = ()
    ssml: bool = True
    legacy: bool = False
    note: str = ""


def _google(name: str, part: str, example: str) -> VoiceFamily:
    pattern = rf"Google\.[a-z]{{2,3}}-[A-Za-z]{{2}}-{part}"
    return VoiceFamily(name, pattern, example)


VOICE_FAMILIES: Mapping[str, VoiceFamily] = MappingProxyType({
    family.name: family
    for family in (
        VoiceFamily("man", "man", "man", languages=BASIC_LANGUAGES, ssml=False),
        VoiceFamily("woman", "woman", "woman", languages=BASIC_LANGUAGES, ssml=False),
        VoiceFamily("alice", "alice", "alice", ssml=False, legacy=True, note="an old voice that Twilio's page no longer lists"),
        VoiceFamily("polly-standard", r"Polly\.\w+", "Polly.Joanna"),
        VoiceFamily("polly-neural", r"Polly\.\w+-Neural", "Polly.Joanna-Neural"),
        VoiceFamily("polly-generative", r"Polly\.\w+-Generative", "Polly.Joanna-Generative"),
        _google("google-standard", "Standard-[A-Z]", "Google.en-US-Standard-A"),
        _google("google-wavenet", "Wavenet-[A-Z]", "Google.en-US-Wavenet-A"),
        _google("google-neural2", "Neural2-[A-Z]", "Google.en-US-Neural2-A"),
        _google("google-chirp3-hd", "Chirp3-HD-[A-Za-z]+", "Google.en-US-Chirp3-HD-Aoede"),
    )
})
"""Voices of Say by family. A name of none of these shapes deserves a warning, not an error."""


_LANGUAGE_NAMES = MappingProxyType({"arb": "ar", "zh": "cmn", "no": "nb"})


def languages_of_voice(voice: str) -> tuple[str, ...]:
    """The languages, without their countries, that a voice is known to speak; none if unknown.

    Polly's generative voices are left out: they may speak others than their own.
    """
    family = voice_family(voice)
    if family is None:
        return ()
    if family.languages:
        return family.languages
    maker, _, rest = voice.partition(".")
    if maker == "Google":
        return (rest.split("-")[0].lower(),)
    if family.name == "polly-generative":
        return ()
    return POLLY_LANGUAGES.get(rest.split("-")[0], ())


@lru_cache(256)
def speaks(voice: str, language: str) -> bool:
    """Whether a voice may speak a language; an unknown voice may."""
    known = languages_of_voice(voice)
    spoken = language.lower().split("-")[0]
    return not known or bool({spoken, _LANGUAGE_NAMES.get(spoken, spoken)} & {*known})


_GOOGLE_VOICE = lazy_pattern(r"[a-z]{2,3}-[A-Z]{2}-[A-Z][A-Za-z0-9-]+")
_ELEVENLABS_VOICE = lazy_pattern(r"[A-Za-z0-9]{20}(-.+)?")
_GOOGLE_MODELS = ("long", "short", "telephony", "telephony_short")


def maker_of_voice(voice: str) -> str | None:
    """The provider of a ConversationRelay voice, by the shape of its name; None if unknown."""
    name, _, style = voice.partition("-")
    if name in POLLY_LANGUAGES and style in ("", "Neural", "Generative"):
        return "Amazon"
    if _GOOGLE_VOICE.fullmatch(voice):
        return "Google"
    return "ElevenLabs" if _ELEVENLABS_VOICE.fullmatch(voice) else None


def maker_of_model(model: str) -> str | None:
    """The provider of a speech recognition model, by its name; None if unknown."""
    if model.startswith("nova-"):
        return "Deepgram"
    return "Google" if model in _GOOGLE_MODELS else None


def is_known_voice(voice: str) -> bool:
    """Whether a name has the shape of a voice and, for Polly, a known speaker."""
    maker, _, rest = voice.partition(".")
    if maker == "Polly" and rest.split("-")[0] not in POLLY_LANGUAGES:
        return False
    return voice_family(voice) is not None


@lru_cache(256)
def voice_family(voice: str) -> VoiceFamily | None:
    """The family of a voice by the shape of its name."""
    for family in VOICE_FAMILIES.values():
        if re.fullmatch(family.pattern, voice):
            return family
    return None


SSML_SUPPORT: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "polly-neural": MappingProxyType({"emphasis": "none", "prosody": "partial", "say-as": "partial"}),
    "polly-generative": MappingProxyType({"emphasis": "none", "phoneme": "partial", "prosody": "partial", "say-as": "partial"}),
})
"""SSML that a family of voices does not support, or supports in part; all else it supports in full.
Neural voices support volume and rate of prosody, not pitch."""

MMS_LIMIT = 5 * 1024 * 1024
"""The largest size of the text and the media of one message together, in bytes. WhatsApp carries
16 MB (docs/api/errors/11751)."""
