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
_NAMES = {
    **{str(digit): str(digit) for digit in range(10)},
    **dict(zip("zero one two three four five six seven eight nine".split(), "0123456789", strict=True)),
    **dict(zip("cero uno dos tres cuatro cinco seis siete ocho nueve".split(), "0123456789", strict=True)),
    **{name: "#" for name in ("pound", "hash", "#", "numeral", "raute", "dièse")},
    **{name: "*" for name in ("star", "asterisk", "*", "asterisco", "estrella", "étoile", "stern")},
}
_KEYS = re.compile(
    rf"\b(?:{_PRESS})\s+(?:(?:the|a|el|la|le|les|die|den|sur|key|number|button|tecla|touche|taste)"
    rf"\s+)*({'|'.join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True))})(?![\w.,]*\d)(?!\w)",
    re.IGNORECASE,
)


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
