"""Why a text is no XML, in words that help: a fault of the parser comes in, a finding goes out.

The parser stops where it no longer understands, which is often behind the mistake. The finding
stands at the mistake.
"""

import re
from collections.abc import Callable
from xml.parsers.expat import errors

from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Fix, Label
from twimlc.diagnostics.rules.documents import DOCTYPE, DOCUMENT_NOT_READ, MALFORMED_XML
from twimlc.documents import positions as p
from twimlc.source.names import nearest
from twimlc.text import SourceFile, Span

_BARE = re.compile(r"&(?!(?:#[0-9]+|#x[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);)")
_PASSED_OVER = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL
)
_END_TAG = re.compile(r"</\s*([^\s<>/]*)\s*>?")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_CURLY = "“”„«»‘’‚"
_SHOWN = re.compile(r"[^\s<>]{1,30}")
_UP_TO_NEXT = re.compile(r"[^\s<>&\"']{1,30}")
_HTML = {"nbsp": "&#160;", "copy": "©", "reg": "®", "eacute": "é", "uuml": "ü", "mdash": "—"}


def bare_ampersands(file: SourceFile) -> tuple[str, list[Diagnostic]]:
    """The text with a mark for each ``&`` that begins no entity, and a finding for each."""
    text = file.text
    if "&" not in text:
        return text, []
    passed = [match.span() for match in _PASSED_OVER.finditer(text)]
    found: list[Diagnostic] = []
    letters = list(text)
    for match in _BARE.finditer(text):
        at = match.start()
        if any(start <= at < end for start, end in passed):
            continue
        letters[at] = p.AMPERSAND
        name = _UP_TO_NEXT.match(text, at + 1)
        written = f"&{name[0]}" if name else "&"
        message = "a bare & stands here, which begins an entity in XML"
        fix = Fix("write '&amp;'", (Edit(Span(file, at, at + 1), "&amp;"),))
        hint = f"write {written.replace('&', '&amp;', 1)}"
        found.append(MALFORMED_XML.at(Span(file, at, at + 1), message, hint=hint, fix=fix))
    return "".join(letters), found


def explain(file: SourceFile, fault: p.Fault) -> Diagnostic:
    """The finding for a fault, at the mistake."""
    if fault.code == p.DOCTYPE:
        message = "a DOCTYPE stands here; TwiML has none, and nothing behind it is read"
        return DOCTYPE.at(_piece(file, fault.offset), message, hint="delete it")
    if fault.code == p.TOO_DEEP:
        message = f"elements are nested deeper than {p.DEEPEST} levels"
        return DOCUMENT_NOT_READ.at(_piece(file, fault.offset), message)
    name = errors.messages.get(fault.code, "")
    explained = _BY_REASON.get(name)
    if explained is not None:
        return explained(file, fault)
    where = _piece(file, fault.offset)
    return MALFORMED_XML.at(where, f"this is no well-formed XML: {name or 'it cannot be read'}")


def _piece(file: SourceFile, offset: int) -> Span:
    """What stands at an offset, to the next blank or tag."""
    match = _SHOWN.match(file.text, offset)
    end = match.end() if match else min(offset + 1, len(file.text))
    return Span(file, min(offset, len(file.text)), max(offset, end))


def _mismatched(file: SourceFile, fault: p.Fault) -> Diagnostic:
    text = file.text
    at = fault.offset if text.startswith("</", fault.offset) else text.rfind("</", 0, fault.offset)
    match = _END_TAG.match(text, max(at, 0))
    if match is None or not fault.open:
        return MALFORMED_XML.at(_piece(file, fault.offset), "an end tag closes nothing here")
    name, end = match[1], Span(file, *match.span())
    last = fault.open[-1]
    if any(tag.name == name for tag in fault.open):
        message = f"<{last.name}> is never closed"
        hint = f"write </{last.name}> behind its content, or <{last.name}/> if it is empty"
        if len(fault.open) > 1 and fault.open[-2].name == last.name and not last.given:
            message = f"<{last.name}> opens a second one inside the first"
            hint = f"write </{last.name}>"
        label = Label(end, f"this closes the {name} around it")
        return MALFORMED_XML.at(last.span, message, labels=[label], hint=hint)
    alone = next((tag for tag in reversed(fault.closed) if tag.name == name), None)
    if alone is not None and alone.alone:
        message = f"</{name}> closes nothing: <{name} …/> is closed by its own /"
        label = Label(alone.span, "take the / out here")
        return MALFORMED_XML.at(end, message, labels=[label], hint=f"or take </{name}> out")
    label = Label(last.span, f"{last.name} is open since here")
    message = f"</{name}> stands where </{last.name}> is due"
    close = nearest(name, [last.name])
    hint = f"write </{last.name}>" if close else f"take </{name}> out, or open <{name}> before"
    if name.lower() == last.name.lower():
        message += "; capitals count"
    return MALFORMED_XML.at(end, message, labels=[label], hint=hint)


def _ended_early(file: SourceFile, fault: p.Fault) -> Diagnostic:
    if fault.open:
        last = fault.open[-1]
        message = f"<{last.name}> is never closed: the file ends before"
        return MALFORMED_XML.at(last.span, message, hint=f"write </{last.name}>")
    if file.text.strip():
        return MALFORMED_XML.at(Span(file, 0, 0), "there is no element in this file")
    message = "the file is empty; the least that Twilio takes is <Response/>"
    return MALFORMED_XML.at(Span(file, 0, 0), message)


def _unclosed(file: SourceFile, fault: p.Fault) -> Diagnostic:
    text, at = file.text, fault.offset
    if text.startswith("<!--", at):
        message, hint = "a comment begins here and never ends", "end it with -->"
    elif text.startswith("<![CDATA[", at):
        message, hint = "a CDATA section begins here and never ends", "end it with ]]>"
    else:
        quotes = text.count('"', at) % 2
        message = "a tag begins here and never ends"
        hint = "a quote is missing in it" if quotes else "end it with >"
    return MALFORMED_XML.at(_piece(file, at), message, hint=hint)


def _behind(file: SourceFile, fault: p.Fault) -> Diagnostic:
    text, at = file.text, fault.offset
    start = at + len(text[at:]) - len(text[at:].lstrip())
    line_end = min(x for x in (text.find("\n", start), len(text)) if x >= 0)
    span = Span(file, start, max(start, line_end))
    if fault.closed and text.startswith("<", start):
        message = f"a second element stands behind </{fault.closed[-1].name}>"
        return MALFORMED_XML.at(span, message, hint="a document has one <Response>, with all in it")
    return MALFORMED_XML.at(
        span, "something stands behind the end of the document", hint="delete it"
    )


def _before(file: SourceFile, fault: p.Fault) -> Diagnostic:
    message = "this is no XML: text stands before the first tag"
    return MALFORMED_XML.at(_piece(file, fault.offset), message, hint="begin with <Response>")


def _late_declaration(file: SourceFile, fault: p.Fault) -> Diagnostic:
    text = file.text[: fault.offset]
    what = "blanks or empty lines stand" if not text.strip() else "something stands"
    message = f"{what} before <?xml …?>, which must be the very first thing in the file"
    return MALFORMED_XML.at(
        _piece(file, fault.offset), message, hint="delete what stands before it"
    )


def _duplicate(file: SourceFile, fault: p.Fault) -> Diagnostic:
    span = _piece(file, fault.offset)
    name = span.text.split("=")[0]
    return MALFORMED_XML.at(span, f"the attribute {name} is there twice in one tag")


def _entity(file: SourceFile, fault: p.Fault) -> Diagnostic:
    match = _ENTITY.search(file.text, fault.offset)
    if match is None:
        return MALFORMED_XML.at(_piece(file, fault.offset), "an entity here is not known to XML")
    known = _HTML.get(match[1])
    message = f"{match[0]} is known to HTML, not to XML"
    hint = f"write {known}" if known else "write the character itself"
    return MALFORMED_XML.at(Span(file, *match.span()), message, hint=hint)


def _invalid(file: SourceFile, fault: p.Fault) -> Diagnostic:
    text, at = file.text, fault.offset
    char = text[at : at + 1]
    before = text[:at]
    if char and ord(char) < 32 and char not in "\t\r\n":
        message = f"a control character (U+{ord(char):04X}) stands here; XML cannot carry it"
        return MALFORMED_XML.at(Span(file, at, at + 1), message, hint="delete it")
    if before.rfind("<!--") > before.rfind("-->"):
        message = "-- cannot stand inside a comment"
        return MALFORMED_XML.at(_piece(file, at), message, hint="write one hyphen")
    opened = _begun(text, fault)
    if opened < at and _open_quote(text[opened:at]) is not None:
        return _in_tag(file, opened, at)
    opening = before.rfind("<")
    if opening > before.rfind(">") and opening >= 0:
        return _in_tag(file, opening, at)
    if char == "<" or before.endswith("<"):
        start = at if char == "<" else at - 1
        message = "a bare < stands here, which begins a tag in XML"
        return MALFORMED_XML.at(Span(file, start, start + 1), message, hint="write &lt;")
    message = f"this cannot stand here in XML: '{_piece(file, at).text}'"
    return MALFORMED_XML.at(_piece(file, at), message)


def _begun(text: str, fault: p.Fault) -> int:
    """Where the first tag begins behind those that were read; the end of the text without one."""
    read = [tag.span.end for tag in (*fault.open, *fault.closed)]
    read += [tag.closed.end for tag in fault.closed if tag.closed is not None]
    at = max(read, default=0)
    while (found := _PASSED_OVER.search(text, at)) and "<" not in text[at : found.start()]:
        at = found.end()
    start = text.find("<", at)
    return len(text) if start < 0 or text.startswith("</", start) else start


def _in_tag(file: SourceFile, opening: int, at: int) -> Diagnostic:
    """A mistake between < and >: quotes, equals signs, blanks."""
    text = file.text
    char, written = text[at : at + 1], text[opening:at]
    name = re.match(r"</?([^\s/>]*)", written)
    tag = f"<{name[1]}>" if name and name[1] else "the tag"
    here = _piece(file, at)
    attribute = re.search(r"([^\s=\"'<>]+)\s*=?\s*$", written)
    if name is None or not name[1] or not re.match(r"[A-Za-z_:]", name[1]):
        message = "a bare < stands here, which begins a tag in XML"
        return MALFORMED_XML.at(Span(file, opening, opening + 1), message, hint="write &lt;")
    if char and char in _CURLY:
        message = f"the quotes are curly: {here.text}"
        return MALFORMED_XML.at(here, message, hint='values stand in straight quotes, "…"')
    quote = _open_quote(written)
    if quote is not None:
        start = opening + quote
        if char == "<":
            message = f"a quote that is opened in {tag} is not closed before the next <"
            hint = "close it, or write &lt; if the < is part of the value"
            return MALFORMED_XML.at(_piece(file, start), message, hint=hint)
        return MALFORMED_XML.at(here, f"this cannot stand in a value: '{here.text}'")
    if char == "<":
        message = f"{tag} is not ended before the next tag begins"
        label = Label(Span(file, opening, at), "the tag that is still open")
        return MALFORMED_XML.at(here, message, labels=[label], hint="write > before it")
    if attribute is not None and written.rstrip().endswith("="):
        value = re.match(r"[^\s>/]*", text[at:])
        shown = value[0] if value else ""
        message = f"the value of {attribute[1]} stands without quotes"
        return MALFORMED_XML.at(here, message, hint=f'write {attribute[1]}="{shown}"')
    if attribute is not None and char in ('"', "'"):
        start = opening + attribute.start(1)
        word = attribute[1].rstrip("-:")
        end = text.find(char, at + 1)
        value_text = text[at + 1 : end] if 0 <= end - at < 80 else "…"
        span = Span(file, start, at + 1)
        message = f"{attribute[1]} and its value are not joined by ="
        return MALFORMED_XML.at(span, message, hint=f'write {word}="{value_text}"')
    if written.endswith(('"', "'")):
        message = f"a blank is missing in {tag} before '{here.text}'"
        return MALFORMED_XML.at(here, message)
    if attribute is not None and (char in (">", "/") or char.isalpha()):
        span = Span(file, opening + attribute.start(1), opening + attribute.end(1))
        message = f"{attribute[1]} has no value"
        return MALFORMED_XML.at(span, message, hint=f'write {attribute[1]}="…"')
    return MALFORMED_XML.at(here, f"this cannot stand inside {tag}: '{here.text}'")


def _open_quote(written: str) -> int | None:
    """Where a quote was opened that is still open at the end of a piece of a tag."""
    opened: int | None = None
    for index, char in enumerate(written):
        if opened is None and char in "\"'":
            opened = index
        elif opened is not None and char == written[opened]:
            opened = None
    return opened


_BY_REASON: dict[str, Callable[[SourceFile, p.Fault], Diagnostic]] = {
    errors.XML_ERROR_TAG_MISMATCH: _mismatched,
    errors.XML_ERROR_NO_ELEMENTS: _ended_early,
    errors.XML_ERROR_UNCLOSED_TOKEN: _unclosed,
    errors.XML_ERROR_UNCLOSED_CDATA_SECTION: _unclosed,
    errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: _behind,
    errors.XML_ERROR_SYNTAX: _before,
    errors.XML_ERROR_MISPLACED_XML_PI: _late_declaration,
    errors.XML_ERROR_DUPLICATE_ATTRIBUTE: _duplicate,
    errors.XML_ERROR_UNDEFINED_ENTITY: _entity,
    errors.XML_ERROR_INVALID_TOKEN: _invalid,
    errors.XML_ERROR_PARTIAL_CHAR: _invalid,
}
