"""Keys that words name: spoken text comes in, the keys it tells callers to press go out."""

import re

from twimlc.flow.model import Element

_PRESS = (
    r"press(?:ing)?|dial|enter|type|hit|push|"
    r"presion[ea]|pulse|marque|oprima|digite|pulsa|marca|"
    r"appuyez(?:\s+sur)?|tapez|composez|faites|"
    r"dr(?:ü|ue)cken\s+sie|w(?:ä|ae)hlen\s+sie|"
    r"prem[ai](?:\s+il)?|premere|digiti|pressione|aperte|tecle|"
    r"druk(?:\s+op)?|toets|tryk|tryck|naci[sś]nij"
)
_WORDS = {
    "0": "0 zero cero null",
    "1": "1 one uno un eins",
    "2": "2 two dos deux zwei",
    "3": "3 three tres trois drei",
    "4": "4 four cuatro quatre vier",
    "5": "5 five cinco cinq fünf",
    "6": "6 six seis sechs",
    "7": "7 seven siete sept sieben",
    "8": "8 eight ocho huit acht",
    "9": "9 nine nueve neuf neun",
    "#": "# pound hash numeral raute dièse",
    "*": "* star asterisk asterisco estrella étoile stern",
}
_NAMES = {name: key for key, names in _WORDS.items() for name in names.split()}
_ANY = "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True))
_ARTICLES = r"(?:(?:the|el|la|le|les|die|den|sur|key|number|button|tecla|touche|taste)\s+)*"
# What follows shows that no key is meant: a longer number, "4 digits", "one of".
_NOT_BEFORE = r"(?![-.,]?\w|[-\s]+(?:digit|dígito|chiffre|stellig)|\s+of\b|[-\s]\d)"
_KEYS = re.compile(rf"\b(?:{_PRESS})\s+{_ARTICLES}({_ANY}){_NOT_BEFORE}", re.IGNORECASE)
# The key that ends what is keyed in or recorded, as English tells it.
_END = r"(?:the\s+)?(pound|hash|star|asterisk|[#*])(?!\w)"
_ENDING = "|".join(
    (
        rf"\bfollowed\s+by\s+{_END}",
        rf"\b(?:and|then|and\s+then)\s+(?:press|hit|push)\s+{_END}",
        rf"\b(?:press|hit|push)\s+{_END}(?:\s+(?:key|sign|button))?"
        r"\s+(?:when\s+you|once\s+you|when\s+(?:done|finished)|to\s+(?:end|finish|stop)\b)",
        r"\b(?:when|once)\s+(?:you\s+(?:are|have)\s+)?(?:done|finished)\W{1,2}"
        rf"(?:please\s+)?(?:press|hit|push)\s+{_END}",
    )
)
_ENDS = re.compile(_ENDING, re.IGNORECASE)
_PLAIN = re.compile(r"\b(pound|hash|star|asterisk)\b|([#*])", re.IGNORECASE)


def spoken(element: Element) -> str:
    """All words inside an element."""
    return " ".join(
        spoken(child) if isinstance(child, Element) else child
        for child in element.children
        if isinstance(child, (Element, str))
    )


def keys_named(words: str) -> list[str]:
    """The keys that callers are told to press, in the order in which they are named."""
    found = (_NAMES[match[1].lower()] for match in _KEYS.finditer(words))
    return list(dict.fromkeys(found))


def end_keys_named(words: str) -> list[str]:
    """The keys, pound or star, that words tell to end an input with; all that they name then."""
    if _ENDS.search(words) is None:
        return []
    found = (_NAMES[match[0].lower()] for match in _PLAIN.finditer(words))
    return list(dict.fromkeys(found))
