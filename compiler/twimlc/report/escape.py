"""Text of strangers made safe for a terminal: text in, text that shows what it holds out.

Control characters, the marks that turn the direction of writing around, and halves of surrogate
pairs appear as escapes; everything a caller's language needs stays.
"""

import re
from unicodedata import category, combining, east_asian_width

from twimlc.text import lazy_pattern

# Tab and line ends are in the set: whoever wants to keep them splits at them first.
_HIDDEN = lazy_pattern(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_NAMES = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _NAMES:
        return _NAMES[char]
    number = ord(char)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def visible(text: str) -> str:
    """``text`` on one line, with everything invisible written as an escape."""
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub(_escape, text)


def width(text: str) -> int:
    """How many cells of a terminal ``text`` (already visible) takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if char < "\u0300":
        return 1
    if combining(char) or category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
