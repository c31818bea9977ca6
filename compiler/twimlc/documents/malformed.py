"""Why a text is no XML, in words that help: a fault of the parser comes in, a finding goes out.

The parser stops where it no longer understands, which is often behind the mistake. The finding
stands at the mistake.
"""

import re
from collections.abc import Callable, Sequence
from xml.parsers.expat import errors

from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Fix, Label
from twimlc.diagnostics.rules.documents import DOCTYPE, DOCUMENT_NOT_READ, MALFORMED_XML
from twimlc.documents import positions as p
from twimlc.documents.slips import CURLY, bare_bracket, in_tag, open_quote, piece
from twimlc.source.names import nearest
from twimlc.source.respell import beyond_doubt
from twimlc.text import SourceFile, Span
from twimlc.vocabulary import MESSAGING, VOICE

_BARE = re.compile(r"&(?!(?:#[0-9]+|#x[0-9A-Fa-f]+|amp|lt|gt|quot|apos);)")
_PASSED_OVER = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL
)
_END_TAG = re.compile(r"</\s*([^\s<>/]*)\s*>?")
_MOST_BARE = 90
"""So many bare & are told one by one; the rest of a file of them in one finding."""
_UNENDED = re.compile(r"(amp|lt|gt|quot|apos)(?![A-Za-z0-9;=])")
_NAMES = frozenset(spec.tag for spec in (*VOICE.values(), *MESSAGING.values()))
_DOCTYPE = "<!DOCTYPE"
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_UP_TO_NEXT = re.compile(r"[^\s<>&\"']{1,30}")
_HTML = {"nbsp": "&#160;", "copy": "©", "reg": "®", "eacute": "é", "uuml": "ü", "mdash": "—"}


def bare_ampersands(file: SourceFile, text: str) -> tuple[str, list[Diagnostic]]:
    """The text with a mark for each ``&`` that begins no entity of XML, and a finding for each."""
    if "&" not in text:
        return text, []
    declared = _DOCTYPE in text
    read = _PASSED_OVER.sub(lambda match: " " * len(match[0]), text)
    found: list[Diagnostic] = []
    letters = list(text)
    rest: list[int] = []
    for match in _BARE.finditer(read):
        at = match.start()
        letters[at] = p.AMPERSAND
        named = _ENTITY.match(text, at)
        if named is not None and declared:  # perhaps there, and it is refused as a whole
            letters[at] = "&"
            continue
        if named is not None:
            letters[named.end() - 1] = "."  # or it would be found again among the words
        if len(found) == _MOST_BARE:
            rest.append(at)
        else:
            found.append(_entity(file, named) if named is not None else _ampersand(file, at))
    if rest:
        found.append(_more_ampersands(file, rest))
    return "".join(letters), found


def _more_ampersands(file: SourceFile, places: Sequence[int]) -> Diagnostic:
    """One finding for all that are left, which mends by one edit what is no entity at all."""
    first, text = places[0], file.text
    bare = frozenset(at for at in places if _ENTITY.match(text, at) is None)
    fix = None
    if bare:
        start, last = min(bare), max(bare)
        unended = _UNENDED.match(text, last + 1)
        whole = Span(file, start, unended.end() if unended is not None else last + 1)

        def mended(found: re.Match[str]) -> str:
            if start + found.start() not in bare:
                return found[0]
            return f"&{found[1]};" if found[1] else "&amp;"

        written = re.sub(rf"&(?:{_UNENDED.pattern})?", mended, whole.text)
        fix = Fix("write '&amp;' for each", (Edit(whole, written),))
    message = f"and {len(places):,} more like this in this file, from here on"
    span = Span(file, first, first + 1)
    return MALFORMED_XML.at(span, message, hint="write &amp; for each &", fix=fix)


def _ampersand(file: SourceFile, at: int) -> Diagnostic:
    span = Span(file, at, at + 1)
    unended = _UNENDED.match(file.text, at + 1)
    if unended is not None:
        whole = Span(file, at, unended.end())
        written = f"&{unended[1]};"
        fix = Fix(f"write '{written}'", (Edit(whole, written),))
        message = f"&{unended[1]} lacks its semicolon"
        return MALFORMED_XML.at(whole, message, hint=f"write {written}", fix=fix)
    name = _UP_TO_NEXT.match(file.text, at + 1)
    message = "a bare & stands here, which begins an entity in XML"
    fix = Fix("write '&amp;'", (Edit(span, "&amp;"),))
    hint = f"write &amp;{name[0] if name else ''}"
    return MALFORMED_XML.at(span, message, hint=hint, fix=fix)


def explain(file: SourceFile, fault: p.Fault) -> Diagnostic:
    """The finding for a fault, at the mistake."""
    if fault.code == p.DOCTYPE:
        message = "a DOCTYPE stands here; TwiML has none, and nothing behind it is read"
        start = max(file.text.rfind("<!", 0, fault.offset + 2), 0)
        return DOCTYPE.at(piece(file, start, "<!"), message, hint="delete it")
    if fault.code == p.TOO_DEEP:
        message = f"elements are nested deeper than {p.DEEPEST} levels"
        return DOCUMENT_NOT_READ.at(piece(file, fault.offset), message)
    name = errors.messages.get(fault.code, "")
    explained = _BY_REASON.get(name)
    if explained is not None:
        return explained(file, fault)
    where = piece(file, fault.offset)
    return MALFORMED_XML.at(where, f"this is no well-formed XML: {name or 'it cannot be read'}")


def _mismatched(file: SourceFile, fault: p.Fault) -> Diagnostic:
    text = file.text
    at = fault.offset if text.startswith("</", fault.offset) else text.rfind("</", 0, fault.offset)
    match = _END_TAG.match(text, max(at, 0))
    if match is None or not fault.open:
        return MALFORMED_XML.at(piece(file, fault.offset), "an end tag closes nothing here")
    name, end = match[1], Span(file, *match.span())
    last = fault.open[-1]
    if any(tag.name == name for tag in fault.open):
        slash = next(
            (t for t in last.tags() if t.name == last.name and t.alone and not t.given), None
        )
        if slash is not None:
            message = f"<{last.name}/> stands inside <{last.name}>, where its end tag is due"
            label = Label(last.span, f"{last.name} is open since here")
            hint = f"write </{last.name}>"
            return MALFORMED_XML.at(slash.span, message, labels=[label], hint=hint)
        message = f"<{last.name}> is never closed"
        hint = _closing(last)
        if len(fault.open) > 1 and fault.open[-2].name == last.name and not last.given:
            message = f"<{last.name}> opens a second one inside the first"
            hint = f"write </{last.name}>"
        elif len(unclosed := _inside(fault, name)) > 1:
            # The first of several is where somebody who reads from the top meets the mistake.
            last, *others = unclosed
            message = (
                f"<{last.name}> is never closed, nor is <{'>, <'.join(t.name for t in others)}>"
            )
            hint = f"write </{'>, </'.join(tag.name for tag in unclosed)}> behind their content"
        label = Label(end, f"this closes the {name} around it")
        return MALFORMED_XML.at(last.span, message, labels=[label], hint=hint)
    alone = next((tag for tag in reversed(fault.closed) if tag.name == name), None)
    if alone is not None and alone.alone and name.lower() != last.name.lower():
        message = f"</{name}> closes nothing: <{name} …/> is closed by its own /"
        label = Label(alone.span, "take the / out here")
        return MALFORMED_XML.at(end, message, labels=[label], hint=f"or take </{name}> out")
    label = Label(last.span, f"{last.name} is open since here")
    message = f"</{name}> stands where </{last.name}> is due"
    close = nearest(name, [last.name])
    hint = f"write </{last.name}>" if close else f"take </{name}> out, or open <{name}> before"
    if name.lower() == last.name.lower():
        message += "; capitals count"
    fix = _other_name(last, name, Span(file, *match.span(1)))
    return MALFORMED_XML.at(end, message, labels=[label], hint=hint, fix=fix)


def _closing(tag: p.Tag) -> str:
    """How an open tag is closed, with the capitals that its name has in TwiML."""
    name = next((name for name in _NAMES if name.lower() == tag.name.lower()), tag.name)
    more = " …" if tag.given else ""
    if name != tag.name:
        return f"write <{name}{more}/> if it is empty, else <{name}{more}> and </{name}>"
    return f"write </{name}> behind its content, or <{name}{more}/> if it is empty"


def _inside(fault: p.Fault, name: str) -> list[p.Tag]:
    """The open tags inside the innermost one of this name."""
    names = [tag.name for tag in fault.open]
    return list(fault.open[len(names) - names[::-1].index(name) :])


def _other_name(opened: p.Tag, closing: str, place: Span) -> Fix | None:
    """The fix that makes two tags alike where one is a slip of the other; a real name is kept."""
    if closing.lower() != opened.name.lower() and beyond_doubt(closing, [opened.name]) is None:
        return None
    if closing in _NAMES and opened.name not in _NAMES:
        return Fix(f"write <{closing}>", (Edit(opened.name_span, closing),))
    if opened.name not in _NAMES or closing in _NAMES:
        return None
    return Fix(f"write </{opened.name}>", (Edit(place, opened.name),))


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
    section = text.rfind("<![CDATA[", 0, at + 9)
    if section >= 0 and text.find("]]>", section) < 0:
        at, message, hint = section, "a CDATA section begins here and never ends", "end it with ]]>"
    elif text.startswith("<!--", at):
        message, hint = "a comment begins here and never ends", "end it with -->"
    elif text.startswith("<?xml", at):
        message, hint = "<?xml begins here and never ends", "end it with ?>"
    else:
        quotes = text.count('"', at) % 2
        message = "a tag begins here and never ends"
        hint = "a quote is missing in it" if quotes else "end it with >"
    return MALFORMED_XML.at(piece(file, at, text[at : at + 1]), message, hint=hint)


def _declaration(file: SourceFile, fault: p.Fault) -> Diagnostic:
    here = piece(file, fault.offset)
    if any(char in CURLY for char in here.text):
        message = f"the quotes are curly: {here.text}"
        return MALFORMED_XML.at(here, message, hint='values stand in straight quotes, "…"')
    message = "the line <?xml …?> is not as XML wants it"
    return MALFORMED_XML.at(here, message, hint='write <?xml version="1.0" encoding="UTF-8"?>')


def _number(file: SourceFile, fault: p.Fault) -> Diagnostic:
    here = piece(file, fault.offset)
    message = f"no character of XML has this number: '{here.text}'"
    return MALFORMED_XML.at(here, message, hint="delete it")


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
    return MALFORMED_XML.at(piece(file, fault.offset), message, hint="begin with <Response>")


def _late_declaration(file: SourceFile, fault: p.Fault) -> Diagnostic:
    text = file.text[: fault.offset]
    blank = not text.strip()
    what = "blanks or empty lines stand" if blank else "something stands"
    message = f"{what} before <?xml …?>, which must be the very first thing in the file"
    fix = Fix("delete the blanks", (Edit(Span(file, 0, len(text)), ""),)) if blank else None
    hint = "delete what stands before it"
    return MALFORMED_XML.at(piece(file, fault.offset), message, hint=hint, fix=fix)


def _duplicate(file: SourceFile, fault: p.Fault) -> Diagnostic:
    span = piece(file, fault.offset)
    name = span.text.split("=")[0]
    return MALFORMED_XML.at(span, f"the attribute {name} is there twice in one tag")


def _entity(file: SourceFile, match: re.Match[str]) -> Diagnostic:
    """The finding for an entity that only HTML knows, or nobody."""
    known = _HTML.get(match[1])
    message, hint = f"{match[0]} is no entity that XML knows", f"write &amp;{match[1]};"
    if _is_html(match[0]):
        message = f"{match[0]} is known to HTML, not to XML"
        hint = f"write {known}" if known else "write the character itself"
    place = Span(file, *match.span())
    fix = Fix(hint, (Edit(place, known),)) if known else None
    return MALFORMED_XML.at(place, message, hint=hint, fix=fix)


def _is_html(entity: str) -> bool:
    from html.entities import html5

    return entity.removeprefix("&") in html5


def _invalid(file: SourceFile, fault: p.Fault) -> Diagnostic:
    text, at = file.text, fault.offset
    char = text[at : at + 1]
    before = text[:at]
    if char and ord(char) < 32 and char not in "\t\r\n":
        message = f"a control character (U+{ord(char):04X}) stands here; XML cannot carry it"
        return MALFORMED_XML.at(Span(file, at, at + 1), message, hint="delete it")
    if before.rfind("<!--") > before.rfind("-->"):
        start = text.rfind("--", 0, at)
        message = "-- cannot stand inside a comment"
        return MALFORMED_XML.at(Span(file, start, start + 2), message, hint="write one hyphen")
    opened = _begun(text, fault)
    if opened < at and open_quote(text[opened:at]) is not None:
        return in_tag(file, opened, at)
    if text.startswith("]]>", at - 2):
        message, place = "]]> ends a CDATA section, and none is open", Span(file, at - 2, at + 1)
        fix = Fix("write ]]&gt;", (Edit(Span(file, at, at + 1), "&gt;"),))
        return MALFORMED_XML.at(place, message, hint="write ]]&gt;", fix=fix)
    opening = before.rfind("<")
    if opening > before.rfind(">") and opening >= 0:
        return in_tag(file, opening, at)
    if char == "<" or before.endswith("<"):
        return bare_bracket(file, at if char == "<" else at - 1)
    message = f"this cannot stand here in XML: '{piece(file, at).text}'"
    return MALFORMED_XML.at(piece(file, at), message)


def _begun(text: str, fault: p.Fault) -> int:
    """Where the first tag begins behind those that were read; the end of the text without one."""
    read = [tag.span.end for tag in (*fault.open, *fault.closed)]
    read += [tag.closed.end for tag in fault.closed if tag.closed is not None]
    at = max(read, default=0)
    while (found := _PASSED_OVER.search(text, at)) and "<" not in text[at : found.start()]:
        at = found.end()
    start = text.find("<", at)
    return len(text) if start < 0 or text.startswith("</", start) else start


_BY_REASON: dict[str, Callable[[SourceFile, p.Fault], Diagnostic]] = {
    errors.XML_ERROR_TAG_MISMATCH: _mismatched,
    errors.XML_ERROR_NO_ELEMENTS: _ended_early,
    errors.XML_ERROR_UNCLOSED_TOKEN: _unclosed,
    errors.XML_ERROR_UNCLOSED_CDATA_SECTION: _unclosed,
    errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: _behind,
    errors.XML_ERROR_SYNTAX: _before,
    errors.XML_ERROR_XML_DECL: _declaration,
    errors.XML_ERROR_BAD_CHAR_REF: _number,
    errors.XML_ERROR_MISPLACED_XML_PI: _late_declaration,
    errors.XML_ERROR_DUPLICATE_ATTRIBUTE: _duplicate,
    errors.XML_ERROR_INVALID_TOKEN: _invalid,
    errors.XML_ERROR_PARTIAL_CHAR: _invalid,
}
