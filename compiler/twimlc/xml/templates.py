"""Other languages left in a document: its text comes in, what fills it and findings go out.

A program that renders a template leaves no placeholder of it. Where some are found, the file is
what the program reads, not what Twilio gets. Each is replaced by as many letters, so that every
place stays what it was. Where a placeholder is a value of text or of an attribute, nothing else
of the document depends on it; anywhere else it may add, drop or repeat verbs.
"""

import re
from bisect import bisect
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import BIN_VALUES, PERHAPS_TEMPLATE, TEMPLATE
from twimlc.text import SourceFile, Span, clip_line
from twimlc.xml.file_type import without_comments
from twimlc.yaml.tree import Template, template_of

_FILLER = "\ue001"
"""Is there for each letter of what is filled in later."""


class Kind(Enum):
    """What a mark is for: a value, nothing, a choice between parts, or something unknown.

    After an unknown one nothing is sure about the rest of the document.
    """

    VALUE = "value"
    NOTHING = "nothing"
    CHOICE = "choice"
    UNKNOWN = "unknown"


class Mark(NamedTuple):
    """One placeholder; ``guess``: it may also be meant as it is, as in ``{SAVE10}``, ``$name``."""

    start: int
    end: int
    language: str
    kind: Kind
    guess: bool = False


class _Language(NamedTuple):
    """Marks of a language. What one is for says the first of ``kinds`` found in it, else ``kind``.

    ``text_only``: between < and > it is meant as it is.
    """

    name: str
    marks: str
    kind: Kind = Kind.VALUE
    kinds: tuple[tuple[Kind, str], ...] = ()
    guess: bool = False
    text_only: bool = False


_LANGUAGES = (
    _Language(
        "PHP",
        r"(?s)<\?(?:php\b|=)(?:<\?xml.{0,200}?\?>|.)*?(?:\?>|\Z)",
        Kind.CHOICE,
        ((Kind.VALUE, r"\A<\?(?:=|php\s+(?:echo|print)\b)[^;]*(?:;\s*)?\?>\Z"),),
    ),
    _Language(
        "ERB, EJS, ASP or JSP",
        r"(?s)<%.*?(?:%>|\Z)",
        Kind.CHOICE,
        (
            (Kind.NOTHING, r"\A<%(?:#|@|--)"),
            (
                Kind.CHOICE,
                r"(?:\bdo(?:\s*\|[^|]*\|)?|\{(?:\s*\|[^|]*\|)?|=>(?:\s*\{)?|\()\s*-?%>\Z",
            ),
            (Kind.VALUE, r"(?s)\A<%(?:==?|-(?=\s*[\w@]+(?:\.\w+)*\s*-?%>)).*?%>\Z"),
        ),
    ),
    _Language(
        "Jinja, Twig or Liquid",
        r"(?s)\{%.*?(?:%\}|\Z)|\{#.{0,1000}?#\}",
        Kind.CHOICE,
        (
            (Kind.NOTHING, r"\A\{#"),
            (Kind.VALUE, r"\A\{%-?\s*(?:url|trans|translate|static|now|t|get_static_prefix)\s"),
        ),
    ),
    _Language(
        "FreeMarker", r"</?[#@](?:if|else|elseif|list|assign|include|macro)\b[^>]*>?", Kind.CHOICE
    ),
    _Language("Thymeleaf", r"\sth:[a-z]+(?==)", Kind.UNKNOWN),
    _Language("JSP or XSLT", r"</?(?:c|fmt|jsp|xsl|s|h|t):[a-zA-Z-]+", Kind.UNKNOWN),
    _Language(
        "Razor",
        r"@(?:Model|ViewBag|ViewData|Html)\.\w+|@(?:if|foreach|for|switch)\s*\(",
        Kind.UNKNOWN,
    ),
    _Language("Velocity", r"#(?:if|foreach|set|elseif|parse)\s?\(", Kind.UNKNOWN),
    _Language("Ruby", r"#\{[^{}\n]+\}"),
    _Language("JavaScript, JSP or the shell", r"\$\{[^{}\n]+\}"),
    _Language(
        "a program that joins texts",
        r"(?<=[^\s=])?([\"'])\s?\+\s?[A-Za-z_][\w.\[\]()]*\s?\+\s?\1"
        r"|([\"'])\s?\.\s?\$\w[\w\[\]'\">-]*\s?\.\s?\2|\"\s?&\s?[A-Za-z_][\w.()]*\s?&\s?\"",
    ),
    _Language(
        "Template Toolkit",
        r"\[%[-+=~]?\s[^%\]\n]{1,200}\s[-+=~]?%\]",
        kinds=((Kind.CHOICE, r"\A\[%[-+=~]?\s+[A-Z]+\b"),),
        guess=True,
    ),
    _Language("PHP, Perl or the shell", r"(?<=[>\s])\$[A-Za-z_]\w+", guess=True),
    _Language(
        "a program that formats texts",
        r"(?<!\{)\{(?:[A-Za-z_]\w{0,40}|\d)\}(?!\})"
        r"|(?<![\w%])%(?:\(\w{1,40}\)|\d{1,2}\$)?s\b",
        guess=True,
        text_only=True,
    ),
)

_BRACES = re.compile(r"\{\{\{?[ \t]{0,9}([#^/!>&]?)([^{}]{1,200})\}?\}\}")
_WORD = re.compile(r"-?\s*(?:if|else|end|range|with|template|block|define|each|unless)\b")
_BIN_SECTIONS = ("e164", "url", "urlencode")
_HIDDEN_SECTION = re.compile(r"<!--(?:\{\{[#^/][^{}]{1,200}\}\})+-->")
_LATER = re.compile(f"{_BRACES.pattern}|{_FILLER}+")
_BRACKET = re.compile("[<>]")
_NOT_LINE_END = re.compile(r"[^\r\n]")
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_SENT = (
    frozenset(name for names in vocabulary.REQUEST_PARAMETERS.values() for name in names)
    | vocabulary.STANDARD_PARAMETERS
)
_TEXTS = frozenset(
    spec.tag
    for kind in ("voice", "messaging")
    for spec in vocabulary.table(kind).values()
    if spec.text is not None
)


class Certainty(Enum):
    """What can be said about a document that something else fills in."""

    WHOLE = "whole"  # nothing is filled in, or only what a TwiML Bin does
    VALUES = "values"  # a program fills in values, and may answer other addresses too
    PARTS = "parts"  # a program also chooses between parts
    NOTHING = "nothing"


class Filled(NamedTuple):
    """The text of a document, letter for letter as if filled in, and what is said of that."""

    certainty: Certainty
    text: str
    findings: tuple[Diagnostic, ...]


def find_template(file: SourceFile) -> Filled:
    """The one finding for a document that something else has to fill in."""
    hidden = _HIDDEN_SECTION.search(file.text)
    if hidden is not None:
        message = f"'{hidden[0]}' hides a section: this document works as a TwiML Bin only"
        hint = "its parts depend on the request, so nothing more is said about them"
        finding = BIN_VALUES.at(Span(file, *hidden.span()), message, hint=hint)
        return Filled(Certainty.NOTHING, file.text, (finding,))
    text = without_comments(file.text)
    marks = _find_marks(text)
    if not marks:
        return Filled(Certainty.WHOLE, file.text, ())
    more = f" (and {len(marks) - 1} more)" if len(marks) > 1 else ""
    sure = [mark for mark in marks if not mark.guess]
    unsent = (mark for mark in sure if not _is_sent(text, mark))
    mark = next((mark for mark in sure if mark.language), None) or next(unsent, None)
    mark = mark or next((mark for mark in marks if mark.guess), marks[0])
    span = Span(file, mark.start, mark.end)
    written = clip_line(text[mark.start : mark.end], 40)
    if mark.guess:
        message = f"'{written}' looks like a mark that is filled in by {mark.language}"
        hint = "from a file callers get it unchanged; ignore this where it is intended"
        finding = PERHAPS_TEMPLATE.at(span, message, hint=hint)
    elif mark.language:
        message = f"this is a template in {mark.language}, not TwiML: '{written}'"
        hint = "check what the program makes of it; from a file Twilio would get it unchanged"
        finding = TEMPLATE.at(span, message, hint=hint)
    elif _is_sent(text, mark):
        message = f"'{span.text}' is filled in by a TwiML Bin, and by no other host{more}"
        return Filled(Certainty.WHOLE, file.text, (BIN_VALUES.at(span, message),))
    else:
        message = f"'{written}' has to be filled in by a program{more}: this is a template"
        hint = "from a file Twilio gets it unchanged; a TwiML Bin knows only what Twilio sends"
        finding = TEMPLATE.at(span, message, hint=hint)
    if any(mark.kind is Kind.UNKNOWN for mark in marks):
        return Filled(Certainty.NOTHING, file.text, (finding,))
    filled, values_only = _fill_in(file.text, marks)
    return Filled(Certainty.VALUES if values_only else Certainty.PARTS, filled, (finding,))


def _is_sent(text: str, mark: Mark) -> bool:
    """Whether a TwiML Bin knows what to write for a mark."""
    name = _BRACES.match(text, mark.start)
    return mark.kind is Kind.NOTHING or (name is not None and name[2].strip() in _SENT)


def _find_marks(text: str) -> list[Mark]:
    """The marks in a text without comments, in order, none inside another."""
    brackets = [match.start() for match in _BRACKET.finditer(text)]

    def between_tags(at: int) -> bool:
        before = bisect(brackets, at)
        return before > 0 and text[brackets[before - 1]] == ">"

    marks = [
        Mark(*match.span(), language.name, _kind(language, match[0]), language.guess)
        for language in _LANGUAGES
        for match in re.finditer(language.marks, text)
        if not language.text_only or between_tags(match.start())
    ]
    marks += (_brace(match) for match in _BRACES.finditer(text))
    outermost: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not outermost or mark.start >= outermost[-1].end:
            outermost.append(mark)
    return outermost


def _kind(language: _Language, text: str) -> Kind:
    kinds = (kind for kind, pattern in language.kinds if re.search(pattern, text))
    return next(kinds, language.kind)


def _brace(match: re.Match[str]) -> Mark:
    """``{{…}}``: only a choice tells the language, a value looks alike in most of them."""
    kind, language = Kind.VALUE, ""
    if match[1] == "!" or (match[1] in ("#", "/") and match[2].strip() in _BIN_SECTIONS):
        kind = Kind.NOTHING
    elif match[1] in ("#", "^", "/", ">"):
        kind, language = Kind.CHOICE, "Mustache or Handlebars"
    elif _WORD.match(match[2]):
        kind, language = Kind.CHOICE, "Go or Handlebars"
    return Mark(*match.span(), language, kind)


def _fill_in(text: str, marks: Sequence[Mark]) -> tuple[str, bool]:
    """The text without its marks, and whether all of them are values and nothing more."""
    plain = without_comments(text)
    pieces: list[str] = []
    position, values_only, at = _Position(), True, 0
    for mark in marks:
        position.read(plain[at : mark.start])
        nothing = mark.kind is Kind.NOTHING
        value = mark.kind is Kind.VALUE and position.inside in _TEXTS
        values_only = values_only and bool(value or nothing or position.quote)
        space = not position.open or (not position.quote and (position.tag != "" or nothing))
        written = text[mark.start : mark.end]
        pieces += text[at : mark.start], _spaces(written) if space else _FILLER * len(written)
        at = mark.end
    filled = "".join((*pieces, text[at:]))
    declaration = _DECLARATION.match(filled)
    if declaration is not None:  # what was before it is gone, and spaces cannot be there
        filled = _spaces(declaration[0]) + filled[declaration.end() :]
    return filled, values_only


def _spaces(text: str) -> str:
    return _NOT_LINE_END.sub(" ", text)


class _Position:
    """Where in a document somebody is who reads it: in which elements, in a tag, in a value."""

    _STEP = re.compile(r"<(/?[A-Za-z][\w.:-]*)|/?>|[\"']")

    def __init__(self) -> None:
        self.open: list[str] = []
        self.tag = ""
        self.quote = ""

    @property
    def inside(self) -> str:
        """The element whose text is read; nothing while a tag is."""
        return self.open[-1] if self.open and not self.tag else ""

    def read(self, piece: str) -> None:
        """Go on to the end of ``piece``."""
        for step in self._STEP.finditer(piece):
            if self.quote:
                self.quote = "" if step[0] == self.quote else self.quote
            elif not self.tag:
                self.tag = step[1] or ""
            elif step[0] in "\"'":
                self.quote = step[0]
            elif step[0].endswith(">"):
                if self.tag.startswith("/"):
                    del self.open[-1:]
                elif step[0] == ">":
                    self.open.append(self.tag)
                self.tag = ""


def value_of(text: str) -> str | Template:
    """Text with the values that are filled in later marked as values of the call."""
    if "{{" not in text and _FILLER not in text:
        return text
    return template_of(text, _LATER, lambda mark: (mark[2] or "").strip() or "value")
