"""Other languages left in a document: its text comes in, what fills it and findings go out.

A program that renders a template leaves no trace of it. Where traces are found, what lies here
is what the program reads, not what Twilio gets.
"""

import re
from dataclasses import dataclass
from enum import Enum

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.documents import BIN_VALUES, PERHAPS_TEMPLATE, TEMPLATE
from twimlc.documents.blanks import FILLER, fill_in
from twimlc.documents.marks import BRACES, GUESSED, Kind, Mark, find_marks, without_comments
from twimlc.source.tree import CallValue, Template
from twimlc.text import SourceFile, Span

_HIDDEN_SECTION = re.compile(r"<!--(?:\{\{[#^/][^{}]{1,200}\}\})+-->")
_LATER = re.compile(f"{BRACES.pattern}|{FILLER}+")
_SENT = (
    frozenset(name for names in vocabulary.REQUEST_PARAMETERS.values() for name in names)
    | vocabulary.STANDARD_PARAMETERS
)


class Certainty(Enum):
    """What can be said about a document that something else fills in."""

    WHOLE = "whole"  # nothing is filled in, or only what a TwiML Bin does
    VALUES = "values"  # a program fills in values, and may answer other addresses too
    PARTS = "parts"  # a program also chooses between parts
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Filled:
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
        found = BIN_VALUES.at(Span(file, *hidden.span()), message, hint=hint)
        return Filled(Certainty.NOTHING, file.text, (found,))
    text = without_comments(file.text)
    marks = find_marks(text)
    sure = [mark for mark in marks if mark.language not in GUESSED]
    command = next((mark for mark in sure if mark.language), None)
    if command is not None:
        written = _short(text[command.start : command.end])
        message = f"this is a template in {command.language}, not TwiML: '{written}'"
        hint = "check what the program makes of it; from a file Twilio would get it as it stands"
        return _filled(file, marks, TEMPLATE.at(_span(file, command), message, hint=hint))
    if not marks:
        return Filled(Certainty.WHOLE, file.text, ())
    more = f" (and {len(marks) - 1} more)" if len(marks) > 1 else ""
    odd = next((mark for mark in sure if not _is_sent(text, mark)), None)
    guess = next((mark for mark in marks if mark.language in GUESSED), None)
    if odd is None and guess is not None:
        return _filled(file, marks, _guessed(_span(file, guess), guess.language))
    if odd is None:
        span = _span(file, marks[0])
        message = f"'{span.text}' is filled in by a TwiML Bin, and by no other host{more}"
        return Filled(Certainty.WHOLE, file.text, (BIN_VALUES.at(span, message),))
    span = _span(file, odd)
    message = f"'{_short(span.text)}' has to be filled in by a program{more}: this is a template"
    hint = "from a file Twilio gets it as it stands; a TwiML Bin knows only what Twilio sends"
    return _filled(file, marks, TEMPLATE.at(span, message, hint=hint))


def _guessed(span: Span, language: str) -> Diagnostic:
    message = f"'{_short(span.text)}' looks like a mark that is filled in by {language}"
    hint = "from a file callers get it as it stands; ignore this where it is meant so"
    return PERHAPS_TEMPLATE.at(span, message, hint=hint)


def _is_sent(text: str, mark: Mark) -> bool:
    """Whether a TwiML Bin knows what to write for a mark."""
    name = BRACES.match(text, mark.start)
    return mark.kind is Kind.NOTHING or (name is not None and name[2].strip() in _SENT)


def _span(file: SourceFile, mark: Mark) -> Span:
    return Span(file, mark.start, mark.end)


def _filled(file: SourceFile, marks: list[Mark], finding: Diagnostic) -> Filled:
    if any(mark.kind is Kind.UNKNOWN for mark in marks):
        return Filled(Certainty.NOTHING, file.text, (finding,))
    text, sure = fill_in(file.text, marks)
    return Filled(Certainty.VALUES if sure else Certainty.PARTS, text, (finding,))


def value_of(text: str) -> str | Template:
    """Text with the values that are filled in later marked as values of the call."""
    if "{{" not in text and FILLER not in text:
        return text
    parts: list[str | CallValue] = []
    at = 0
    for match in _LATER.finditer(text):
        if match.start() > at:
            parts.append(text[at : match.start()])
        name = "" if match[0].startswith(FILLER) else match[2].strip()
        parts.append(CallValue(name or "value"))
        at = match.end()
    if text[at:]:
        parts.append(text[at:])
    return Template(tuple(parts))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:37] + "…"
