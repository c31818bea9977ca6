"""Tags of languages that nobody speaks. A tag comes in; what is wrong with it goes out.

Which languages a voice or a speech model knows changes often, and others are handed on as they
are. But a tag of two letters and two letters names a language of ISO 639-1 and a country of
ISO 3166, and one that does not is misspelt.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from twimlc.vocabulary.countries import COUNTRIES

_LANGUAGES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik io is it iu iw ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li
    ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa
    pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg
    th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_KNOWN = frozenset(_LANGUAGES.split())
_PLACES = COUNTRIES | {"XA"}
"""XA stands for all of Arabia in names of Google's voices."""

_MEANT: Mapping[str, str] = MappingProxyType(
    {"cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "ua": "uk", "UK": "GB", "EN": "GB"}
)
"""What people write for a language or a country, and its code."""

_TAG = re.compile(r"[A-Za-z]{2,4}(-[A-Za-z0-9]{1,8})*")
_OF_COUNTRIES = re.compile(r"([A-Za-z]{2})[_ ]([A-Za-z]{2})")
_LIKE_COUNTRIES = "bg de es fi fr hr hu id is it lt lv nl pl ro ru sk th tr"
_COUNTRY_OF: Mapping[str, str] = MappingProxyType(
    {code: code.upper() for code in _LIKE_COUNTRIES.split()}
    | {"cs": "CZ", "da": "DK", "el": "GR", "en": "US", "et": "EE", "he": "IL", "hi": "IN"}
    | {"ja": "JP", "ko": "KR", "nb": "NO", "sl": "SI", "sv": "SE", "uk": "UA", "vi": "VN"}
)
"""The country that people mean first with a language; where two come to mind it is left out."""

_NAMES: Mapping[str, str] = MappingProxyType(
    {"dutch": "nl", "english": "en", "french": "fr", "german": "de", "italian": "it"}
    | {"japanese": "ja", "korean": "ko", "polish": "pl", "russian": "ru"}
    | {"spanish": "es", "swedish": "sv", "turkish": "tr"}
)


def is_tag(text: str) -> bool:
    """Whether a text has the form of a language's tag."""
    return _TAG.fullmatch(text) is not None


def meant_tag(text: str) -> str | None:
    """The tag with a country for ``en``, ``english`` or ``en_US``; None where it is not sure."""
    parted = _OF_COUNTRIES.fullmatch(text)
    if parted is not None:
        tag = f"{parted[1].lower()}-{parted[2].upper()}"
        return tag if slip_in_tag(tag) is None else None
    language = _NAMES.get(text.lower(), text.lower())
    country = _COUNTRY_OF.get(language)
    return f"{language}-{country}" if country is not None else None


def slip_in_tag(tag: str) -> tuple[str, str | None] | None:
    """The part of a tag that names nothing, and the tag that may be meant; None for a sound one."""
    parts = tag.split("-")
    language, country = parts[0].lower(), parts[1].upper() if len(parts) == 2 else ""
    if len(language) == 2 and language not in _KNOWN:
        meant = _MEANT.get(language)
        return parts[0], meant and "-".join((meant, *parts[1:]))
    if len(country) == 2 and country.isalpha() and country not in _PLACES:
        meant = _MEANT.get(country)
        return parts[1], meant and f"{parts[0]}-{meant}"
    return None
