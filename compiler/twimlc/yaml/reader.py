"""Reading of YAML for telephones: bytes come in, a positioned tree and findings go out.

Nothing in a file can raise here or take more time and memory than in proportion to its size.
PyYAML is imported with the first tree, so that a command which reads none starts without it.
"""

import re

from twimlc.findings import Diagnostic, rules
from twimlc.text import SourceFile, Span
from twimlc.yaml.tree import Node

MAX_BYTES = 4 * 1024 * 1024

_UTF8_MARK = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_ALLOWED_BYTES = bytes({9, 10, 13, *range(0x20, 0x7F), *range(0x80, 0x100)})
# U+0085, U+2028 and U+2029 end a line in YAML 1.1 and in no editor; U+FEFF is invisible.
_ALLOWED = (
    ("\t", "\n"),
    ("\r", "\r"),
    ("\x20", "\x7e"),
    ("\xa0", "\u2027"),
    ("\u202a", "\ud7ff"),
    ("\ue000", "\ufefe"),
    ("\uff00", "\ufffd"),
    ("\U00010000", "\U0010ffff"),
)
# Compiled when a file needs it: that takes longer than to read a flow.
_REFUSED = f"[^{''.join(f'{first}-{last}' for first, last in _ALLOWED)}]"
_NAMES = {
    "\0": "a NUL",
    "\x07": "a bell",
    "\x08": "a backspace",
    "\x0b": "a vertical tab",
    "\x0c": "a form feed",
    "\x1b": "an escape",
    "\x7f": "a delete",
    "\x85": "a next-line",
    "\u2028": "a line separator",
    "\u2029": "a paragraph separator",
    "\ufeff": "a byte order mark inside the text, a",
}


def read_text(data: bytes, path: str) -> tuple[SourceFile | None, list[Diagnostic]]:
    """The text of a file, or the one finding that says why it is none."""
    if len(data) > MAX_BYTES:
        head = SourceFile(path, data[:200].decode("utf-8", "replace"))
        message = (
            f"the file has {len(data):,} bytes; a source file may have up to {MAX_BYTES:,} "
            f"({MAX_BYTES // 1024 // 1024} MiB)"
        )
        return None, [rules.TOO_BIG.at(Span(head, 0, 0), message)]
    if data.startswith(_WIDE_MARKS):
        empty = SourceFile(path, "")
        message = "the file is saved as UTF-16 or UTF-32; it must be UTF-8"
        hint = "save the file as UTF-8"
        return None, [rules.NOT_UTF8.at(Span(empty, 0, 0), message, hint=hint)]
    data = data.removeprefix(_UTF8_MARK)
    try:
        file = SourceFile(path, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return None, [_bad_byte(data, error.start, path)]
    refused = _refused_character(file)
    return (file, []) if refused is None else (None, [refused])


def read_yaml(file: SourceFile) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of a YAML file, with all that is wrong in it as YAML.

    None without a finding is an empty document. A tree beside errors is whole as far as it
    goes: of a key that is there twice the first is kept, a refused tag is left out.
    """
    if len(file.text) > MAX_BYTES:
        message = f"the file has {len(file.text):,} characters; up to {MAX_BYTES:,} are read"
        return None, [rules.TOO_BIG.at(Span(file, 0, 0), message)]
    refused = _refused_character(file)
    if refused is not None:
        return None, [refused]
    # PyYAML comes with it.
    from twimlc.yaml.loader import load_tree

    return load_tree(file)


def _bad_byte(data: bytes, start: int, path: str) -> Diagnostic:
    offset = len(data[:start].decode("utf-8"))
    file = SourceFile(path, data.decode("utf-8", "replace"))
    byte = data[start]
    guess = bytes([byte]).decode("cp1252", "replace")
    hint = "save the file as UTF-8"
    if guess.isalpha() or guess in "‘’“”–—…€":
        hint = f"in Windows-1252 this byte is '{guess}'; {hint}"
    message = f"the byte 0x{byte:02X} is not UTF-8 here; the file must be UTF-8"
    return rules.NOT_UTF8.at(Span(file, offset, offset + 1), message, hint=hint)


def _refused_character(file: SourceFile) -> Diagnostic | None:
    """The finding for the first character that neither YAML nor XML may carry."""
    text = file.text
    # Deleting the allowed bytes is ten times faster than a search, and most flows are ASCII.
    if text.isascii() and not text.encode("ascii").translate(None, _ALLOWED_BYTES):
        return None
    if all(any(first <= char <= last for first, last in _ALLOWED) for char in set(text)):
        return None
    match = re.search(_REFUSED, text)
    assert match is not None
    char, span = match[0], Span(file, match.start(), match.end())
    if char == "\0" and text.count("\0") * 3 > len(text):
        message = "every other byte is 0: the file is saved as UTF-16; it must be UTF-8"
        hint = "save the file as UTF-8"
        return rules.NOT_UTF8.at(span, message, hint=hint)
    name = _NAMES.get(char, "a control")
    more = sum(1 for _ in re.finditer(_REFUSED, text)) - 1
    message = f"{name} character (U+{ord(char):04X}) is here; YAML and XML cannot carry it"
    if more:
        message += f" (and {more} more in this file)"
    hint = "delete it; it is invisible and often comes with pasted text"
    return rules.CONTROL_CHARACTER.at(span, message, hint=hint)
