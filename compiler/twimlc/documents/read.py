"""Bytes of an XML file become text: bytes come in, a source file or one finding goes out.

XML may name its encoding in its first line; what it names is used. Everything else is UTF-8.
"""

import codecs
import re

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.documents import DOCUMENT_NOT_READ, MALFORMED_XML
from twimlc.text import SourceFile, Span

MOST_BYTES = 1024 * 1024
"""More is not even looked at: Twilio takes 64 kB."""

_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_ONE_BYTE = (
    "iso8859-1",
    "iso8859-2",
    "iso8859-15",
    "cp1250",
    "cp1251",
    "cp1252",
    "koi8-r",
    "ascii",
)
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
    return SourceFile(path, text), []


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
        if name in _ONE_BYTE:
            return name, b""
    return "utf-8", b""
