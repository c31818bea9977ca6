"""Typing of plain scalars: the text that was typed comes in, the value it means goes out.

YAML 1.1 turns ``+14155550100`` into a number, ``12:30`` into 750 and ``no`` into false. On a
telephone all of those are text, so only what cannot be meant otherwise is typed.
"""

import re
from decimal import Decimal

from twimlc.source.tree import Atom

_INTEGER = re.compile(r"(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}\Z")
_WORDS: dict[str, Atom] = {"": None, "null": None, "true": True, "false": False}
_ADDRESSES = frozenset(
    {"client", "conference", "data", "http", "https", "mailto", "sip", "sips", "tel", "ws", "wss"}
)
_GLUED_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_-]*):(?=[^\s/:])")


def parse_scalar(text: str) -> Atom:
    """The value of a plain scalar, and of a parameter that is given from outside.

    ``true``, ``false``, ``null``, nothing, integers without sign or leading zero, and decimals
    are typed. Numbers of more than 18 digits stay text: they are identifiers, nobody counts
    with them.
    """
    if text in _WORDS:
        return _WORDS[text]
    if not "0" <= text[0] <= "9":
        return text
    if _INTEGER.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return Decimal(text)
    return text


def glued_key(text: str) -> str | None:
    """The key in a text such as ``say:Hello``, where the blank behind the colon was forgotten.

    None where the colon belongs to an address (``sip:ann@example.com``) or stands in a sentence.
    """
    match = _GLUED_KEY.match(text)
    if match is None or match[1] in _ADDRESSES:
        return None
    return match[1]
