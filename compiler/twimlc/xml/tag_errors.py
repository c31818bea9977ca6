"""Mistakes between < and >: quotes, equals signs, spaces. A place comes in, a finding goes out."""

import re

from twimlc.findings.diagnostic import Diagnostic, Edit, Fix, Label
from twimlc.findings.rules import MALFORMED_XML
from twimlc.text import SourceFile, Span

CURLY = "“”„«»‘’‚"
_IN_CURLY = re.compile(rf"[{CURLY}]([^<>&\"'{CURLY}=]*)[{CURLY}](?=[\s/>])")
_UNQUOTED = re.compile(r"(?:[^\s>/]|/(?!>))*")
_SURE = re.compile(r"[\w.,:;+#*?@/-]+|https?://[\w.,:;+#*?@/%=-]+", re.ASCII)
_NO_TAG = re.compile(r"<(?=[\s\d=])")
_SHOWN = re.compile(r"[^\s<>]{1,30}")
_SPACE_BEFORE_NAME = re.compile(r"<(/?)\s+(?=([A-Za-z]{1,30})\s*(?:/?>|[A-Za-z]+\s*=))")
_BACKSLASH = re.compile(r"<\\(?=([A-Za-z]{1,30})\s*>)")


def piece(file: SourceFile, offset: int, begin: str = "") -> Span:
    """What is at an offset, to the next space or tag; ``begin`` is there and may be a tag's."""
    match = _SHOWN.match(file.text, offset + len(begin))
    end = match.end() if match else min(offset + 1, len(file.text))
    return Span(file, min(offset, len(file.text)), max(offset, end))


def mistake(
    place: Span,
    message: str,
    hint: str | None = None,
    fix: Fix | tuple[str, str] | None = None,
    label: tuple[Span, str] | None = None,
) -> Diagnostic:
    """The finding at a place; ``fix`` may be the title of one and what it writes there."""
    if fix is not None and not isinstance(fix, Fix):
        fix = Fix(fix[0], (Edit(place, fix[1]),))
    labels = [Label(*label)] if label is not None else []
    return MALFORMED_XML.at(place, message, hint=hint, fix=fix, labels=labels)


def bare_bracket(file: SourceFile, at: int) -> Diagnostic:
    """What is wrong at a < that begins no tag."""
    space = _SPACE_BEFORE_NAME.match(file.text, at)
    if space is not None:
        message = "there is a space between < and the name of the tag"
        hint, fix = f"write <{space[1]}{space[2]}", ("remove the space", f"<{space[1]}")
        return mistake(Span(file, *space.span()), message, hint, fix)
    turned = _BACKSLASH.match(file.text, at)
    if turned is not None:
        message = "an end tag has a slash, not a backslash"
        fix = ("write a slash", "</")
        return mistake(Span(file, *turned.span()), message, f"write </{turned[1]}>", fix)
    message = "there is a bare < here, which begins a tag in XML"
    sure = ("write '&lt;'", "&lt;") if _NO_TAG.match(file.text, at) else None
    return mistake(Span(file, at, at + 1), message, "write &lt;", sure)


def in_tag(file: SourceFile, opening: int, at: int) -> Diagnostic:
    """A mistake between the < at ``opening`` and its >; the parser stopped at ``at``."""
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
        return mistake(here, message, f"write </{name[1]}>")
    if char and char in CURLY:
        return _curly_quotes(file, at)
    quote = open_quote(written)
    if quote is not None and char == "<":
        return _open_value(file, opening + quote, at, tag)
    if quote is not None:
        return mistake(here, f"this cannot be used in a value: '{here.text}'")
    if char == "<":
        message = f"{tag} is not ended before the next tag begins"
        label = Span(file, opening, at), "the tag that is still open"
        return mistake(here, message, "write > before it", label=label)
    if attribute is not None and written.rstrip().endswith("="):
        value = _UNQUOTED.match(text, at)
        shown = value[0] if value else ""
        message = f"the value of {attribute[1]} has no quotes"
        hint = f'write {attribute[1]}="{shown}"'
        return mistake(here, message, hint, _quoted(file, at, shown))
    if attribute is not None and char in ('"', "'"):
        start = opening + attribute.start(1)
        word = attribute[1].rstrip("-:")
        end = text.find(char, at + 1)
        value_text = text[at + 1 : end] if 0 <= end - at < 80 else "…"
        message = f"{attribute[1]} and its value are not joined by ="
        return mistake(Span(file, start, at + 1), message, f'write {word}="{value_text}"')
    if written.endswith(('"', "'")) and char in ",;":
        message = f"attributes are separated by spaces, not by '{char}'"
        fix = (f"take the '{char}' out", "" if text[at + 1 : at + 2].isspace() else " ")
        return mistake(Span(file, at, at + 1), message, "write a space", fix)
    if written.endswith(('"', "'")) and re.match(r"[^=<>]*(?:<|\Z)", text[at:]):
        return mistake(here, f"{tag} is not ended before '{here.text}'", "write > before it")
    if written.endswith(('"', "'")):
        return mistake(here, f"a space is missing in {tag} before '{here.text}'")
    if attribute is not None and (char in (">", "/") or char.isalpha()):
        span = Span(file, opening + attribute.start(1), opening + attribute.end(1))
        return mistake(span, f"{attribute[1]} has no value", f'write {attribute[1]}="…"')
    return mistake(here, f"this cannot be used inside {tag}: '{here.text}'")


def _curly_quotes(file: SourceFile, at: int) -> Diagnostic:
    """Curly quotes; they are made straight where they surely are around a value."""
    around, here, fix = _IN_CURLY.match(file.text, at), piece(file, at), None
    if around is not None:
        here = Span(file, *around.span())
        quotes = Span(file, at, at + 1), Span(file, here.end - 1, here.end)
        fix = Fix("write straight quotes", tuple(Edit(quote, '"') for quote in quotes))
    hint = 'values are in straight quotes, "…"'
    return mistake(here, f"the quotes are curly: {here.text}", hint, fix)


def _open_value(file: SourceFile, start: int, at: int, tag: str) -> Diagnostic:
    """A < at ``at``, in a value whose quote is opened at ``start``."""
    text = file.text
    quote = text[start]
    curly = next((i for i in range(start, at) if text[i] in CURLY), None)
    if curly is not None:
        message = f"a value that begins with {quote} ends with {text[curly]}"
        label = Span(file, start, start + 1), "the quote is opened here"
        return mistake(Span(file, curly, curly + 1), message, f"write {quote}", label=label)
    if re.match(rf"<[^/>\r\n{quote}][^>\r\n]*?{quote}", text[at:]):
        message = "there is a bare < in a value, where XML does not allow it"
        return mistake(Span(file, at, at + 1), message, "write &lt;")
    message = f"a quote that is opened in {tag} is not closed before the next <"
    hint = "close it, or write &lt; if the < is part of the value"
    return mistake(piece(file, start), message, hint)


def _quoted(file: SourceFile, at: int, value: str) -> Fix | None:
    """The fix that puts a value in quotes, where it is sure how far it goes."""
    end = at + len(value)
    if not _SURE.fullmatch(value) or file.text[end : end + 1] not in {*" \t\n\r>/"}:
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
