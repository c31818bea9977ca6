"""Bytes of an XML file become text: bytes come in, a source file or one finding goes out.

XML may name its encoding in its first line; what it names is used. Everything else is UTF-8.
"""

import codecs
import re

from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Fix
from twimlc.diagnostics.rules.documents import DOCUMENT_NOT_READ, MALFORMED_XML
from twimlc.text import SourceFile, Span

MOST_BYTES = 1024 * 1024
"""More is not even looked at: Twilio takes 64 kB."""

_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_OLDER = re.compile(r"iso8859-\d+|cp\d+|koi8-[ru]|mac-\w+|ascii|gb\w+|big5\w*|shift_jis\w*|euc_\w+")
"""Encodings that a file may be written in when it names them."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_document(data: bytes, path: str) -> tuple[SourceFile | None, list[Diagnostic]]:
    """The text of an XML file."""
    if len(data) > MOST_BYTES:
        head = SourceFile(path, data[:200].decode("utf-8", "replace"))
        message = f"the file has {len(data):,} bytes; Twilio takes a document of 65,536 at most"
        return None, [DOCUMENT_NOT_READ.at(Span(head, 0, 0), message)]
    encoding, mark = _encoding(data)
    false = None if mark else _false_encoding(data, encoding)
    try:
        text = data[len(mark) if encoding == "utf-8" else 0 :].decode(encoding)
    except UnicodeDecodeError as error:
        file = SourceFile(path, data.decode(encoding, "replace"))
        at = len(data[: error.start].decode(encoding, "replace"))
        guess = data[error.start : error.start + 1].decode("cp1252", "replace")
        name = f" (in Windows-1252 it is '{guess}')" if guess.isprintable() else ""
        message = f"the byte 0x{data[error.start]:02X} is no {encoding.upper()} here{name}"
        hint = "save the file again with the encoding UTF-8"
        return None, [MALFORMED_XML.at(Span(file, at, at + 1), message, hint=hint)]
    file = SourceFile(path, text)
    if false is None:
        return file, []
    place, message = Span(file, *false[0]), false[1]
    hint = 'write encoding="UTF-8"'
    fix = Fix("write UTF-8", (Edit(place, "UTF-8"),)) if encoding == "utf-8" else None
    return file, [MALFORMED_XML.at(place, message, hint=hint, fix=fix)]


def _false_encoding(data: bytes, encoding: str) -> tuple[tuple[int, int], str] | None:
    """Where a file names an encoding that it is not written in, and what is wrong with it."""
    declared = _DECLARED.match(data)
    if declared is None:
        return None
    name = declared[1].decode("ascii")
    try:
        meant = codecs.lookup(name).name
    except LookupError:
        return declared.span(1), f"no encoding is called '{name}'"
    if meant.startswith(("utf-16", "utf-32")) and not encoding.startswith(("utf-16", "utf-32")):
        return declared.span(1), f"the file says that it is {name}, and is not written in it"
    return None


def _encoding(data: bytes) -> tuple[str, bytes]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, mark
    if data[:4] in (b"<\0?\0", b"\0<\0?"):
        return ("utf-16-le" if data[0] else "utf-16-be"), b""
    declared = _DECLARED.match(data)
    if declared is not None:
        try:
            name = codecs.lookup(declared[1].decode("ascii")).name
        except LookupError:
            name = "utf-8"
        if _OLDER.fullmatch(name):
            return name, b""
    return "utf-8", b""
