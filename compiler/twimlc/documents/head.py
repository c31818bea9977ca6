"""Files that are no XML at all: text comes in, what it is instead goes out as one finding.

Their beginning gives them away: a web page, JSON, an answer of a server with its head.
"""

import re

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.documents import MALFORMED_XML, NOT_TWIML
from twimlc.documents.marks import without_comments
from twimlc.text import SourceFile, Span

_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(<!doctype\s+html\b[^>]{0,500}>|<html\b[^>]{0,500}>)",
    re.IGNORECASE,
)
_OF_PHP = r"(?:Warning|Notice|Deprecated|(?:Fatal|Parse) error)"
_PHP_AS_PAGE = re.compile(rf"\s*((?:<br\s*/?>\s*)?<b>{_OF_PHP}</b>):")
_WORD = re.compile(r"[^\s<]{1,40}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BEGINNINGS = (
    (re.compile(r"```"), "a fence of Markdown stands", "delete the lines with ```"),
    (re.compile(r"HTTP/\d"), "the head of a server's answer stands", "keep the body alone"),
    (
        re.compile(rf"(?:PHP )?{_OF_PHP}:[^<]{{1,500}} on line \d"),
        "the output of a program (a PHP warning) stands",
        "mend the program, or let it log its warnings",
    ),
    (re.compile(r"[\"']\s*<"), "a quote stands", "delete it, and the one at the end"),
)


def other_format(file: SourceFile) -> Diagnostic | None:
    """The finding for a file that begins like no document does."""
    text = file.text
    page = _PAGE.match(without_comments(text))
    if page is not None:
        message = "this is not TwiML but a web page"
        hint = "it may be an error page of your server: see what the address really answers"
        return NOT_TWIML.at(Span(file, *page.span(1)), message, hint=hint)
    warning = _PHP_AS_PAGE.match(text)
    if warning is not None:
        message = "the output of a program (a PHP warning) stands before the document"
        hint = "mend the program, or let it log its warnings instead of printing them"
        return MALFORMED_XML.at(Span(file, *warning.span(1)), message, hint=hint)
    start = len(text) - len(text.lstrip())
    word = _WORD.match(text, start)
    if word is None or _CONTROL.match(text, start):
        return None
    span = Span(file, *word.span())
    message, hint = _instead(text, start)
    return MALFORMED_XML.at(span, message, hint=hint)


def _instead(text: str, start: int) -> tuple[str, str]:
    """What a text is that does not begin with a tag, and what to do about it."""
    if text[start] in "{[":
        vendor = ", and Vonage's NCCO by its looks" if '"action"' in text else ""
        return f"this is JSON{vendor}, not XML", "Twilio takes TwiML: begin with <Response>"
    if text.startswith("&lt;", start):
        return "the tags are written as &lt; and &gt;, so they are none", "write < and >"
    if "<" not in text and _CONTROL.search(text, 0, 200):
        return "this is no text: it may be a sound or an archive", "name the right file"
    for pattern, what, hint in _BEGINNINGS:
        if pattern.match(text, start):
            return f"{what} before the first tag", hint
    message = "this is no XML: text stands before the first tag"
    if "<?xml" in text:
        return message, "<?xml …?> must be the very first thing: delete what stands before it"
    if "<Response" in text:
        return message, "delete it"
    return message, "begin with <Response>"
