"""Tags of languages that nobody speaks. A tag comes in; what is wrong with it goes out.

Which languages a voice or a speech model knows changes often, and others are handed on as they
are. But a tag of two letters and two letters names a language of ISO 639-1 and a country of
ISO 3166, and one that does not is misspelt.
"""

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
