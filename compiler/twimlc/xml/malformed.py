"""Why a text is no XML, in words that help: a fault of the parser comes in, a finding goes out.

The parser stops where it no longer understands, which is often after the mistake. The finding is
at the mistake.
"""

import re
from collections.abc import Callable, Sequence
from html.entities import html5
from xml.parsers.expat import errors

from twimlc.findings.diagnostic import Diagnostic, Edit, Fix
from twimlc.findings.rules import DOCTYPE, DOCUMENT_TOO_BIG
from twimlc.text import SourceFile, Span
from twimlc.vocabulary import MESSAGING, VOICE
from twimlc.xml.tag_errors import CURLY, bare_bracket, in_tag, mistake, open_quote, piece
from twimlc.xml.tags import AMPERSAND, DEEPEST, NOT_READ, TOO_DEEP, Fault, Tag
from twimlc.yaml.names import beyond_doubt, nearest

_BARE = re.compile(r"&(?!(?:#[0-9]+|#x[0-9A-Fa-f]+|amp|lt|gt|quot|apos);)")
_PASSED_OVER = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL
)
_END_TAG = re.compile(r"</\s*([^\s<>/]*)\s*>?")
_MOST_BARE = 90
"""So many bare & have a finding each; the rest of a file of them are one."""
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
    findings: list[Diagnostic] = []
    letters = list(text)
    rest: list[int] = []
    for match in _BARE.finditer(read):
        at = match.start()
        letters[at] = AMPERSAND
        named = _ENTITY.match(text, at)
        if named is not None and declared:  # perhaps there, and it is refused as a whole
            letters[at] = "&"
            continue
        if named is not None:
            letters[named.end() - 1] = "."  # or it would be found again among the words
        if len(findings) == _MOST_BARE:
            rest.append(at)
        else:
            findings.append(_entity(file, named) if named is not None else _ampersand(file, at))
    if rest:
        findings.append(_more_ampersands(file, rest))
    return "".join(letters), findings


def _more_ampersands(file: SourceFile, places: Sequence[int]) -> Diagnostic:
    """One finding for all that are left, which fixes by one edit what is no entity at all."""
    first, text = places[0], file.text
    bare = frozenset(at for at in places if _ENTITY.match(text, at) is None)
    fix = None
    if bare:
        start, last = min(bare), max(bare)
        unended = _UNENDED.match(text, last + 1)
        whole = Span(file, start, unended.end() if unended is not None else last + 1)

        def escaped(match: re.Match[str]) -> str:
            if start + match.start() not in bare:
                return match[0]
            return f"&{match[1]};" if match[1] else "&amp;"

        written = re.sub(rf"&(?:{_UNENDED.pattern})?", escaped, whole.text)
        fix = Fix("write '&amp;' for each", (Edit(whole, written),))
    message = f"and {len(places):,} more like this in this file, from here on"
    return mistake(Span(file, first, first + 1), message, "write &amp; for each &", fix)


def _ampersand(file: SourceFile, at: int) -> Diagnostic:
    unended = _UNENDED.match(file.text, at + 1)
    if unended is not None:
        whole, written = Span(file, at, unended.end()), f"&{unended[1]};"
        message, fix = f"&{unended[1]} lacks its semicolon", (f"write '{written}'", written)
        return mistake(whole, message, f"write {written}", fix)
    name = _UP_TO_NEXT.match(file.text, at + 1)
    message = "there is a bare & here, which begins an entity in XML"
    hint = f"write &amp;{name[0] if name else ''}"
    return mistake(Span(file, at, at + 1), message, hint, ("write '&amp;'", "&amp;"))


def explain(file: SourceFile, fault: Fault) -> Diagnostic:
    """The finding for a fault, at the mistake."""
    if fault.code == NOT_READ:
        message = "there is a DOCTYPE here; TwiML has none, and nothing after it is read"
        start = max(file.text.rfind("<!", 0, fault.offset + 2), 0)
        return DOCTYPE.at(piece(file, start, "<!"), message, hint="delete it")
    if fault.code == TOO_DEEP:
        message = f"elements are nested deeper than {DEEPEST} levels"
        return DOCUMENT_TOO_BIG.at(piece(file, fault.offset), message)
    reason = errors.messages.get(fault.code, "it cannot be read")
    if reason in _BY_REASON:
        return _BY_REASON[reason](file, fault)
    here = piece(file, fault.offset)
    message, hint = _SAID.get(reason, (f"this is not well-formed XML: {reason}", None))
    return mistake(here, message.format(here=here.text, name=here.text.split("=")[0]), hint)


def _mismatched(file: SourceFile, fault: Fault) -> Diagnostic:
    text = file.text
    at = fault.offset if text.startswith("</", fault.offset) else text.rfind("</", 0, fault.offset)
    match = _END_TAG.match(text, max(at, 0))
    if match is None or not fault.open:
        return mistake(piece(file, fault.offset), "an end tag closes nothing here")
    name, end, last = match[1], Span(file, *match.span()), fault.open[-1]
    names = [tag.name for tag in fault.open]
    if name in names:
        return _never_closed(fault, names[::-1].index(name), end)
    alone = next((tag for tag in reversed(fault.closed) if tag.name == name), None)
    if alone is not None and alone.alone and name.lower() != last.name.lower():
        message = f"</{name}> closes nothing: <{name} …/> is closed by its own /"
        label = alone.span, "take the / out here"
        return mistake(end, message, f"or take </{name}> out", label=label)
    message = f"</{name}> is where </{last.name}> is due"
    close = nearest(name, [last.name])
    hint = f"write </{last.name}>" if close else f"take </{name}> out, or open <{name}> before"
    if name.lower() == last.name.lower():
        message += "; capitals count"
    fix = _other_name(last, name, Span(file, *match.span(1)))
    return mistake(end, message, hint, fix, _open_since(last))


def _open_since(tag: Tag) -> tuple[Span, str]:
    return tag.span, f"{tag.name} is open since here"


def _never_closed(fault: Fault, number: int, end: Span) -> Diagnostic:
    """The innermost ``number`` of the open tags are not closed where the one around them is."""
    last, (first, *others) = fault.open[-1], fault.open[-number:]
    for tag in last.tags():
        if tag.name == last.name and tag.alone and not tag.given:
            message = f"<{tag.name}/> is inside <{tag.name}>, where its end tag is due"
            return mistake(tag.span, message, f"write </{tag.name}>", label=_open_since(last))
    message, hint = f"<{first.name}> is never closed", _closing(first)
    if len(fault.open) > 1 and fault.open[-2].name == last.name and not last.given:
        first, hint = last, f"write </{last.name}>"
        message = f"<{last.name}> opens a second one inside the first"
    elif others:  # the first is where somebody who reads from the top meets the mistake
        message += f", nor is <{'>, <'.join(tag.name for tag in others)}>"
        hint = f"write </{'>, </'.join(tag.name for tag in (first, *others))}> after their content"
    around = fault.open[-number - 1].name
    return mistake(first.span, message, hint, label=(end, f"this closes the {around} around it"))


def _closing(tag: Tag) -> str:
    """How an open tag is closed, with the capitals that its name has in TwiML."""
    name = next((name for name in _NAMES if name.lower() == tag.name.lower()), tag.name)
    more = " …" if tag.given else ""
    if name != tag.name:
        return f"write <{name}{more}/> if it is empty, else <{name}{more}> and </{name}>"
    return f"write </{name}> after its content, or <{name}{more}/> if it is empty"


def _other_name(opened: Tag, closing: str, place: Span) -> Fix | None:
    """The fix that makes two tags alike where one is a mistyped other; a real name is kept."""
    if closing.lower() != opened.name.lower() and beyond_doubt(closing, [opened.name]) is None:
        return None
    if closing in _NAMES and opened.name not in _NAMES:
        return Fix(f"write <{closing}>", (Edit(opened.name_span, closing),))
    if opened.name not in _NAMES or closing in _NAMES:
        return None
    return Fix(f"write </{opened.name}>", (Edit(place, opened.name),))


def _ended_early(file: SourceFile, fault: Fault) -> Diagnostic:
    if fault.open:
        last = fault.open[-1]
        message = f"<{last.name}> is never closed: the file ends before"
        return mistake(last.span, message, f"write </{last.name}>")
    message = "the file is empty; the least that Twilio takes is <Response/>"
    if file.text.strip():
        message = "there is no element in this file"
    return mistake(Span(file, 0, 0), message)


def _unclosed(file: SourceFile, fault: Fault) -> Diagnostic:
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
    return mistake(piece(file, at, text[at : at + 1]), message, hint)


def _declaration(file: SourceFile, fault: Fault) -> Diagnostic:
    here = piece(file, fault.offset)
    if any(char in CURLY for char in here.text):
        message = f"the quotes are curly: {here.text}"
        return mistake(here, message, 'values are in straight quotes, "…"')
    message = "the line <?xml …?> is not as XML wants it"
    return mistake(here, message, 'write <?xml version="1.0" encoding="UTF-8"?>')


def _after_end(file: SourceFile, fault: Fault) -> Diagnostic:
    rest = file.text[fault.offset :].lstrip()
    start = len(file.text) - len(rest)
    span = Span(file, start, start + len(rest.partition("\n")[0]))
    if fault.closed and rest.startswith("<"):
        message = f"there is a second element after </{fault.closed[-1].name}>"
        return mistake(span, message, "a document has one <Response>, with all in it")
    return mistake(span, "there is something after the end of the document", "delete it")


def _late_declaration(file: SourceFile, fault: Fault) -> Diagnostic:
    before = file.text[: fault.offset]
    what, fix = "there is something", None
    if not before.strip():
        what = "there are spaces or empty lines"
        fix = Fix("delete the spaces", (Edit(Span(file, 0, len(before)), ""),))
    message = f"{what} before <?xml …?>, which must be the very first thing in the file"
    return mistake(piece(file, fault.offset), message, "delete what is before it", fix)


def _entity(file: SourceFile, match: re.Match[str]) -> Diagnostic:
    """The finding for an entity that only HTML knows, or nobody."""
    known = _HTML.get(match[1])
    message, hint = f"{match[0]} is not an entity that XML knows", f"write &amp;{match[1]};"
    if f"{match[1]};" in html5:
        message = f"{match[0]} is known to HTML, not to XML"
        hint = f"write {known}" if known else "write the character itself"
    return mistake(Span(file, *match.span()), message, hint, (hint, known) if known else None)


def _invalid(file: SourceFile, fault: Fault) -> Diagnostic:
    text, at = file.text, fault.offset
    char = text[at : at + 1]
    before = text[:at]
    if char and ord(char) < 32 and char not in "\t\r\n":
        message = f"there is a control character (U+{ord(char):04X}) here; XML cannot carry it"
        return mistake(Span(file, at, at + 1), message, "delete it")
    if before.rfind("<!--") > before.rfind("-->"):
        start = text.rfind("--", 0, at)
        message = "-- cannot be used inside a comment"
        return mistake(Span(file, start, start + 2), message, "write one hyphen")
    opened = _begun(text, fault)
    if opened < at and open_quote(text[opened:at]) is not None:
        return in_tag(file, opened, at)
    if text.startswith("]]>", at - 2):
        message, place = "]]> ends a CDATA section, and none is open", Span(file, at - 2, at + 1)
        fix = Fix("write ]]&gt;", (Edit(Span(file, at, at + 1), "&gt;"),))
        return mistake(place, message, "write ]]&gt;", fix)
    opening = before.rfind("<")
    if opening > before.rfind(">") and opening >= 0:
        return in_tag(file, opening, at)
    if char == "<" or before.endswith("<"):
        return bare_bracket(file, at if char == "<" else at - 1)
    here = piece(file, at)
    return mistake(here, f"this cannot be used here in XML: '{here.text}'")


def _begun(text: str, fault: Fault) -> int:
    """Where the first tag begins after those that were read; the end of the text without one."""
    read = [tag.span.end for tag in (*fault.open, *fault.closed)]
    read += [tag.closed.end for tag in fault.closed if tag.closed is not None]
    at = max(read, default=0)
    while (found := _PASSED_OVER.search(text, at)) and "<" not in text[at : found.start()]:
        at = found.end()
    start = text.find("<", at)
    return len(text) if start < 0 or text.startswith("</", start) else start


_SAID: dict[str, tuple[str, str | None]] = {
    errors.XML_ERROR_BAD_CHAR_REF: ("no character of XML has this number: '{here}'", "delete it"),
    errors.XML_ERROR_DUPLICATE_ATTRIBUTE: ("the attribute {name} is there twice in one tag", None),
    errors.XML_ERROR_SYNTAX: (
        "this is not XML: there is text before the first tag",
        "begin with <Response>",
    ),
}
"""What is wrong where the parser stopped, and what to do about it."""

_BY_REASON: dict[str, Callable[[SourceFile, Fault], Diagnostic]] = {
    errors.XML_ERROR_TAG_MISMATCH: _mismatched,
    errors.XML_ERROR_NO_ELEMENTS: _ended_early,
    errors.XML_ERROR_UNCLOSED_TOKEN: _unclosed,
    errors.XML_ERROR_UNCLOSED_CDATA_SECTION: _unclosed,
    errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: _after_end,
    errors.XML_ERROR_XML_DECL: _declaration,
    errors.XML_ERROR_MISPLACED_XML_PI: _late_declaration,
    errors.XML_ERROR_INVALID_TOKEN: _invalid,
    errors.XML_ERROR_PARTIAL_CHAR: _invalid,
}
