"""What a file is: its bytes come in, its text goes out, or one finding that says what is wrong.

XML may name its encoding in its first line; what it names is used. Everything else is UTF-8.
The beginning gives away what is no XML at all: a web page, JSON, an answer with its head.
"""

import codecs
import re

from twimlc.findings.diagnostic import Diagnostic, Edit, Fix
from twimlc.findings.rules import DOCUMENT_TOO_BIG, MALFORMED_XML, NOT_TWIML
from twimlc.text import SourceFile, Span
from twimlc.vocabulary import DOCUMENT_LIMITS

MOST_BYTES = 1024 * 1024
"""More is not even looked at, and far more than Twilio takes."""

_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_OLDER = re.compile(r"iso8859-\d+|cp\d+|koi8-[ru]|mac-\w+|ascii|gb\w+|big5\w*|shift_jis\w*|euc_\w+")
"""Encodings that a file may be written in when it names them."""
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# What follows is compiled at its first use: few files are no XML, and all builds read XML.
_COMMENT = r"(?s)<!--.*?(?:-->|\Z)"
_PAGE = r"(?i)\s*(?:<\?xml[^>]{0,200}>\s*)?(<!doctype\s+html\b[^>]{0,500}>|<html\b[^>]{0,500}>)"
_OF_PHP = r"(?:Warning|Notice|Deprecated|(?:Fatal|Parse) error)"
_PHP_AS_PAGE = rf"\s*((?:<br\s*/?>\s*)?<b>{_OF_PHP}</b>):"
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
_BEGINNINGS = (
    (r"```", "a fence of Markdown is", "delete the lines with ```"),
    (r"HTTP/\d", "the head of a server's answer is", "keep the body alone"),
    (
        rf"(?:PHP )?{_OF_PHP}:[^<]{{1,500}} on line \d",
        "the output of a program (a PHP warning) is",
        "fix the program, or let it log its warnings",
    ),
    (r"[\"']\s*<", "a quote is", "delete it, and the one at the end"),
)


def read_document(data: bytes, path: str) -> tuple[SourceFile | None, list[Diagnostic]]:
    """The text of an XML file."""
    if len(data) > MOST_BYTES:
        head = SourceFile(path, data[:200].decode("utf-8", "replace"))
        most = DOCUMENT_LIMITS.max_bytes
        message = f"the file has {len(data):,} bytes; Twilio takes a document of {most:,} at most"
        return None, [DOCUMENT_TOO_BIG.at(Span(head, 0, 0), message)]
    encoding, mark, wrong = _encoding(data)
    try:
        text = data[len(mark) if encoding == "utf-8" else 0 :].decode(encoding)
    except UnicodeDecodeError as error:
        file = SourceFile(path, data.decode(encoding, "replace"))
        at = len(data[: error.start].decode(encoding, "replace"))
        guess = data[error.start : error.start + 1].decode("cp1252", "replace")
        name = f" (in Windows-1252 it is '{guess}')" if guess.isprintable() else ""
        message = f"the byte 0x{data[error.start]:02X} is not valid {encoding.upper()} here{name}"
        hint = "save the file again with the encoding UTF-8"
        return None, [MALFORMED_XML.at(Span(file, at, at + 1), message, hint=hint)]
    file, declared = SourceFile(path, text), _DECLARED.match(data)
    if not wrong or declared is None:
        return file, []
    place = Span(file, *declared.span(1))
    fix = Fix("write UTF-8", (Edit(place, "UTF-8"),))
    return file, [MALFORMED_XML.at(place, wrong, hint='write encoding="UTF-8"', fix=fix)]


def _encoding(data: bytes) -> tuple[str, bytes, str]:
    """The encoding of a file, its byte order mark, and what is wrong with the one that it names."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding, mark, ""
    if data[:4] in (b"<\0?\0", b"\0<\0?"):
        return ("utf-16-le" if data[0] else "utf-16-be"), b"", ""
    declared = _DECLARED.match(data)
    name = declared[1].decode("ascii") if declared is not None else "utf-8"
    try:
        named = codecs.lookup(name).name
    except LookupError:
        return "utf-8", b"", f"unknown encoding '{name}'"
    if named.startswith(("utf-16", "utf-32")):
        return "utf-8", b"", f"the file says that it is {name}, and is not written in it"
    return (named if _OLDER.fullmatch(named) else "utf-8"), b"", ""


def without_comments(text: str) -> str:
    """The text with spaces for comments."""
    return re.sub(_COMMENT, lambda match: " " * len(match[0]), text)


def other_format(file: SourceFile) -> Diagnostic | None:
    """The finding for a file that begins like no document does."""
    text = file.text
    page = re.match(_PAGE, without_comments(text))
    if page is not None:
        message = "this is not TwiML but a web page"
        hint = "it may be an error page of your server: see what the address really answers"
        return NOT_TWIML.at(Span(file, *page.span(1)), message, hint=hint)
    warning = re.match(_PHP_AS_PAGE, text)
    if warning is not None:
        message = "the output of a program (a PHP warning) is before the document"
        hint = "fix the program, or let it log its warnings instead of printing them"
        return MALFORMED_XML.at(Span(file, *warning.span(1)), message, hint=hint)
    word = re.match(rf"\s*(?!{_CONTROL})([^\s<]{{1,40}})", text)
    if word is None:
        return None
    message, hint = _instead(text, word.start(1))
    return MALFORMED_XML.at(Span(file, *word.span(1)), message, hint=hint)


def _instead(text: str, start: int) -> tuple[str, str]:
    """What a text is that does not begin with a tag, and what to do about it."""
    if text[start] in "{[":
        vendor = ", and Vonage's NCCO by its looks" if '"action"' in text else ""
        return f"this is JSON{vendor}, not XML", "Twilio takes TwiML: begin with <Response>"
    if text.startswith("&lt;", start):
        return "the tags are written as &lt; and &gt;, so they are none", "write < and >"
    if "<" not in text and re.search(_CONTROL, text[:200]):
        return "this is not text: it may be an audio file or an archive", "name the right file"
    for pattern, what, hint in _BEGINNINGS:
        if re.match(pattern, text[start:]):
            return f"{what} before the first tag", hint
    message = "this is not XML: there is text before the first tag"
    if "<?xml" in text:
        return message, "<?xml …?> must be the very first thing: delete what is before it"
    return message, "delete it" if "<Response" in text else "begin with <Response>"
