"""Slips between < and >: quotes, equals signs, blanks. A place comes in, a finding goes out."""

import re

from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Fix, Label
from twimlc.diagnostics.rules.documents import MALFORMED_XML
from twimlc.text import SourceFile, Span

CURLY = "“”„«»‘’‚"
_IN_CURLY = re.compile(rf"[{CURLY}]([^<>&\"'{CURLY}=]*)[{CURLY}](?=[\s/>])")
_UNQUOTED = re.compile(r"(?:[^\s>/]|/(?!>))*")
_SURE = re.compile(r"[\w.,:;+#*?@/-]+|https?://[\w.,:;+#*?@/%=-]+", re.ASCII)
_NO_TAG = re.compile(r"<(?=[\s\d=])")
_SHOWN = re.compile(r"[^\s<>]{1,30}")
_BLANK_BEFORE_NAME = re.compile(r"<(/?)\s+(?=([A-Za-z]{1,30})\s*(?:/?>|[A-Za-z]+\s*=))")
_BACKSLASH = re.compile(r"<\\(?=([A-Za-z]{1,30})\s*>)")


def piece(file: SourceFile, offset: int, begin: str = "") -> Span:
    """What stands at an offset, to the next blank or tag; ``begin`` is there and may be a tag's."""
    match = _SHOWN.match(file.text, offset + len(begin))
    end = match.end() if match else min(offset + 1, len(file.text))
    return Span(file, min(offset, len(file.text)), max(offset, end))


def bare_bracket(file: SourceFile, at: int) -> Diagnostic:
    """What is wrong at a < that begins no tag."""
    blank = _BLANK_BEFORE_NAME.match(file.text, at)
    if blank is not None:
        message, place = (
            "a blank stands between < and the name of the tag",
            Span(file, *blank.span()),
        )
        hint = f"write <{blank[1]}{blank[2]}"
        fix = Fix("take the blank out", (Edit(place, f"<{blank[1]}"),))
        return MALFORMED_XML.at(place, message, hint=hint, fix=fix)
    turned = _BACKSLASH.match(file.text, at)
    if turned is not None:
        message, place = "an end tag has a slash, not a backslash", Span(file, *turned.span())
        fix = Fix("write a slash", (Edit(place, "</"),))
        return MALFORMED_XML.at(place, message, hint=f"write </{turned[1]}>", fix=fix)
    message, place = "a bare < stands here, which begins a tag in XML", Span(file, at, at + 1)
    written = Fix("write '&lt;'", (Edit(place, "&lt;"),))
    sure = written if _NO_TAG.match(file.text, at) else None
    return MALFORMED_XML.at(place, message, hint="write &lt;", fix=sure)


def in_tag(file: SourceFile, opening: int, at: int) -> Diagnostic:
    """A mistake between < and >: quotes, equals signs, blanks."""
    text = file.text
    char, written = text[at : at + 1], text[opening:at]
    name = re.match(r"</?([^\s/>]*)", written)
    tag = f"<{name[1]}>" if name and name[1] else "the tag"
    here = piece(file, at)
    attribute = re.search(r"(?<![^\s=\"'<>])([^\s=\"'<>]+)\s*+=?\s*+$", written)
    if name is None or not name[1] or not re.match(r"[A-Za-z_:]", name[1]):
        return bare_bracket(file, opening)
    if written.startswith("</"):
        message = f"an end tag holds its name and nothing else, not '{here.text}'"
        return MALFORMED_XML.at(here, message, hint=f"write </{name[1]}>")
    if char and char in CURLY:
        around = _IN_CURLY.match(text, at)
        here = Span(file, *around.span()) if around is not None else here
        message = f"the quotes are curly: {here.text}"
        hint = 'values stand in straight quotes, "…"'
        return MALFORMED_XML.at(here, message, hint=hint, fix=_straight(file, at))
    quote = open_quote(written)
    if quote is not None:
        start = opening + quote
        curly = next((i for i in range(start, at) if text[i] in CURLY), None)
        if char == "<" and curly is not None:
            message = f"a value that begins with {text[start]} ends with {text[curly]}"
            label = Label(Span(file, start, start + 1), "the quote is opened here")
            hint = f"write {text[start]}"
            return MALFORMED_XML.at(
                Span(file, curly, curly + 1), message, labels=[label], hint=hint
            )
        if char == "<" and re.match(rf"<[^/>\r\n{text[start]}][^>\r\n]*?{text[start]}", text[at:]):
            message = "a bare < stands in a value, where XML does not take it"
            return MALFORMED_XML.at(Span(file, at, at + 1), message, hint="write &lt;")
        if char == "<":
            message = f"a quote that is opened in {tag} is not closed before the next <"
            hint = "close it, or write &lt; if the < is part of the value"
            return MALFORMED_XML.at(piece(file, start), message, hint=hint)
        return MALFORMED_XML.at(here, f"this cannot stand in a value: '{here.text}'")
    if char == "<":
        message = f"{tag} is not ended before the next tag begins"
        label = Label(Span(file, opening, at), "the tag that is still open")
        return MALFORMED_XML.at(here, message, labels=[label], hint="write > before it")
    if attribute is not None and written.rstrip().endswith("="):
        value = _UNQUOTED.match(text, at)
        shown = value[0] if value else ""
        message = f"the value of {attribute[1]} stands without quotes"
        hint = f'write {attribute[1]}="{shown}"'
        return MALFORMED_XML.at(here, message, hint=hint, fix=_quoted(file, at, shown))
    if attribute is not None and char in ('"', "'"):
        start = opening + attribute.start(1)
        word = attribute[1].rstrip("-:")
        end = text.find(char, at + 1)
        value_text = text[at + 1 : end] if 0 <= end - at < 80 else "…"
        span = Span(file, start, at + 1)
        message = f"{attribute[1]} and its value are not joined by ="
        return MALFORMED_XML.at(span, message, hint=f'write {word}="{value_text}"')
    if written.endswith(('"', "'")) and char in ",;":
        message, place = f"attributes are parted by blanks, not by '{char}'", Span(file, at, at + 1)
        blank = "" if text[at + 1 : at + 2].isspace() else " "
        fix = Fix(f"take the '{char}' out", (Edit(place, blank),))
        return MALFORMED_XML.at(place, message, hint="write a blank", fix=fix)
    if written.endswith(('"', "'")) and re.match(r"[^=<>]*(?:<|\Z)", text[at:]):
        message = f"{tag} is not ended before '{here.text}'"
        return MALFORMED_XML.at(here, message, hint="write > before it")
    if written.endswith(('"', "'")):
        message = f"a blank is missing in {tag} before '{here.text}'"
        return MALFORMED_XML.at(here, message)
    if attribute is not None and (char in (">", "/") or char.isalpha()):
        span = Span(file, opening + attribute.start(1), opening + attribute.end(1))
        message = f"{attribute[1]} has no value"
        return MALFORMED_XML.at(span, message, hint=f'write {attribute[1]}="…"')
    return MALFORMED_XML.at(here, f"this cannot stand inside {tag}: '{here.text}'")


def _straight(file: SourceFile, at: int) -> Fix | None:
    """The fix that makes two curly quotes straight, where they surely stand around a value."""
    match = _IN_CURLY.match(file.text, at)
    if match is None:
        return None
    first, last = Span(file, at, at + 1), Span(file, match.end(1), match.end(1) + 1)
    return Fix("write straight quotes", (Edit(first, '"'), Edit(last, '"')))


def _quoted(file: SourceFile, at: int, value: str) -> Fix | None:
    """The fix that puts a value in quotes, where it is sure how far it goes."""
    end = at + len(value)
    if not _SURE.fullmatch(value) or file.text[end : end + 1] not in (
        " ",
        "\t",
        "\n",
        "\r",
        ">",
        "/",
    ):
        return None
    return Fix("put the value in quotes", (Edit(Span(file, at, end), f'"{value}"'),))


def open_quote(written: str) -> int | None:
    """Where a quote was opened that is still open at the end of a piece of a tag."""
    opened: int | None = None
    for index, char in enumerate(written):
        if opened is None and char in "\"'":
            opened = index
        elif opened is not None and char == written[opened]:
            opened = None
    return opened
