"""Other languages left in a document: its text comes in, what fills it and findings go out.

A program that renders a template leaves no trace of it. Where traces are found, what lies here
is what the program reads, not what Twilio gets.
"""

import re
from dataclasses import dataclass

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.documents import BIN_VALUES, TEMPLATE
from twimlc.source.tree import CallValue, Template
from twimlc.text import SourceFile, Span

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HIDDEN_SECTION = re.compile(r"<!--(?:\{\{[#^/][^{}]{1,200}\}\})+-->")
_COMMANDS = (
    ("PHP", re.compile(r"<\?(?:php\b|=).*?(?:\?>|\Z)", re.DOTALL)),
    ("ERB, EJS, ASP or JSP", re.compile(r"<%.*?(?:%>|\Z)", re.DOTALL)),
    ("Jinja, Twig or Liquid", re.compile(r"\{%.*?(?:%\}|\Z)|\{#.*?#\}", re.DOTALL)),
    ("Ruby", re.compile(r"#\{[^{}\n]+\}")),
    ("JavaScript, JSP or the shell", re.compile(r"\$\{[^{}\n]+\}")),
)
_BRACES = re.compile(r"\{\{\{?[ \t]{0,9}([#^/!>&]?)([^{}]{1,200})\}?\}\}")
_BIN_SECTIONS = ("e164", "url", "urlencode")
_SENT = (
    frozenset(name for names in vocabulary.REQUEST_PARAMETERS.values() for name in names)
    | vocabulary.STANDARD_PARAMETERS
)


@dataclass(frozen=True, slots=True)
class Filled:
    """What is found in a document of another language; ``readable`` if only values are missing."""

    readable: bool
    findings: tuple[Diagnostic, ...]


def find_template(file: SourceFile) -> Filled:
    """The one finding for a document that something else has to fill in."""
    hidden = _HIDDEN_SECTION.search(file.text)
    if hidden is not None:
        message = f"'{hidden[0]}' hides a section: this document works as a TwiML Bin only"
        hint = "its parts depend on the request, so nothing more is said about them"
        return Filled(False, (BIN_VALUES.at(Span(file, *hidden.span()), message, hint=hint),))
    text = _COMMENT.sub(lambda match: " " * len(match[0]), file.text)
    commands = [
        (match.start(), match.end(), language)
        for language, pattern in _COMMANDS
        for match in pattern.finditer(text)
    ]
    braces = list(_BRACES.finditer(text))
    sections = [b for b in braces if b[1] and not (b[1] in "#/" and b[2].strip() in _BIN_SECTIONS)]
    commands += [(b.start(), b.end(), "Mustache or Handlebars") for b in sections]
    if commands:
        start, end, language = min(commands)
        message = f"this is a template in {language}, not TwiML: '{_short(text[start:end])}'"
        hint = "check what the program makes of it; from a file Twilio would get it as it stands"
        return Filled(False, (TEMPLATE.at(Span(file, start, end), message, hint=hint),))
    if not braces:
        return Filled(True, ())
    first = braces[0]
    span = Span(file, *first.span())
    more = f" (and {len(braces) - 1} more)" if len(braces) > 1 else ""
    if all(b[1] or b[2].strip() in _SENT for b in braces):
        message = f"'{first[0]}' is filled in by a TwiML Bin, and by no other host{more}"
        return Filled(True, (BIN_VALUES.at(span, message),))
    odd = next(b for b in braces if not b[1] and b[2].strip() not in _SENT)
    message = f"'{_short(odd[0])}' has to be filled in by a program{more}: this is a template"
    hint = "from a file Twilio gets it as it stands; a TwiML Bin knows only what Twilio sends"
    return Filled(True, (TEMPLATE.at(Span(file, *odd.span()), message, hint=hint),))


def value_of(text: str) -> str | Template:
    """Text with the values that are filled in later marked as values of the call."""
    if "{{" not in text:
        return text
    parts: list[str | CallValue] = []
    at = 0
    for match in _BRACES.finditer(text):
        if match.start() > at:
            parts.append(text[at : match.start()])
        parts.append(CallValue(match[2].strip() or "value"))
        at = match.end()
    if text[at:]:
        parts.append(text[at:])
    return Template(tuple(parts))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:37] + "…"
