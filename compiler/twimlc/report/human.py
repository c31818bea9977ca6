"""Findings for people: findings in, excerpts with carets out.

::

    flows/standup.yaml:14:21: error[TW301 unknown-state] unknown state 'voicemial'
       13 |         - dial: {number: "${desk}", timeout: 20}
       14 |           fallback: voicemial
          |                     ^^^^^^^^^ did you mean 'voicemail'?

Color never carries meaning alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from twimlc.about import TWILIO_ERRORS
from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.report.counting import first_of_each
from twimlc.report.escape import visible, width
from twimlc.text import Span, folded

Paint = Callable[[str, str], str]
"""Paints a text in a color, or does nothing."""

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_QUIET = "blue"
_COLUMNS = 80
_FURTHER = "    "
# A chain of components that use components stays readable; its ends say enough.
_LONGEST_CHAIN = 6
_TAB = 4
_LONGEST_LINE = 160
_BEFORE = 60


def _plain(text: str, color: str) -> str:
    return text


def _painted(text: str, color: str) -> str:
    import click

    return click.style(text, fg=color, bold=color != _QUIET)


def human(findings: Sequence[Diagnostic], *, color: bool = False) -> str:
    """The findings, one block of lines each, with a blank line between them."""
    paint = _painted if color else _plain
    return "\n".join(
        "".join(f"{line}\n" for line in _finding(each, paint)) for each in first_of_each(findings)
    )


def place(span: Span) -> str:
    """``path:line:column`` of where a span begins; the path alone if nothing is there."""
    if not span.file.text:
        return visible(span.file.path)
    begin = span.begin
    return f"{visible(span.file.path)}:{begin.line}:{begin.column}"


def _finding(finding: Diagnostic, paint: Paint) -> Iterator[str]:
    span = finding.span
    color = _COLORS[finding.severity]
    head, tag = f"{place(span)}: ", f"{finding.severity}[{finding.rule.title}]"
    # What is short stays in one piece, beside its place.
    message = visible(finding.message)
    beside = " " * len(f"{head}{tag} ") if len(message) > _COLUMNS else ""
    first, *rest = folded(message, beside, _FURTHER)
    yield f"{head}{paint(tag, color)} {first[len(beside) :]}"
    yield from rest
    hints = [visible(line) for line in (finding.hint or "").splitlines()]
    yield from _marked(span, "^", hints, paint, color, with_line_above=True)
    for label in finding.labels:
        yield from _second(label.span, label.message, paint)
    places = span.chain
    if len(places) > _LONGEST_CHAIN:
        half = _LONGEST_CHAIN // 2
        places = places[:half] + places[-half:]
    for via in places:
        yield from _second(via, "used here", paint)
    if finding.twilio:
        codes = ", ".join(str(code) for code in finding.twilio)
        errors = f"error {codes} ({TWILIO_ERRORS}{codes})"
        if len(finding.twilio) > 1:
            errors = f"Twilio's errors {codes}"
        yield f"      {paint('=', _QUIET)} prevents {errors}"


def _second(span: Span, message: str, paint: Paint) -> Iterator[str]:
    """A second place: no line above it, and quieter marks."""
    yield from folded(f"{place(span)}: {visible(message)}", "  ", _FURTHER)
    yield from _marked(span, "-", [], paint, _QUIET)


def _marked(
    span: Span,
    mark: str,
    hints: Sequence[str],
    paint: Paint,
    color: str,
    *,
    with_line_above: bool = False,
) -> Iterator[str]:
    bar = paint("|", _QUIET)
    if not span.file.text:
        for hint in _folded(hints, 8):
            yield f"      {bar} {hint}"
        return
    if with_line_above and (above := _line_above(span)) is not None:
        yield f"{paint(f'{above[0]:5}', _QUIET)} {bar} {above[1]}".rstrip()
    shown = excerpt(span)
    yield f"{paint(f'{shown.number:5}', _QUIET)} {bar} {shown.text}".rstrip()
    marks = " " * shown.indent + paint(mark * shown.length, color)
    column = 8 + shown.indent + shown.length + 1
    if any(column + width(hint) > _COLUMNS for hint in hints):
        hints, column = ["", *_folded(hints, 10)], 10  # below the marks
    first, *others = hints or [""]
    yield f"      {bar} {marks} {first}".rstrip()
    for hint in others:
        yield f"      {bar} {' ' * (column - 8)}{hint}".rstrip()


def _folded(hints: Sequence[str], column: int) -> list[str]:
    return [line for hint in hints for line in folded(hint, columns=_COLUMNS - column)]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The line of a span as it is printed, and where the marks under it go."""

    number: int
    text: str
    indent: int
    length: int


def excerpt(span: Span) -> Excerpt:
    """The first line of ``span``, with the place to underline."""
    begin, finish = span.begin, span.finish
    line = span.file.line(begin.line)
    start = min(begin.column - 1, len(line))
    end = min(finish.column - 1, len(line)) if finish.line == begin.line else len(line)
    end = max(end, start)
    head = tail = ""
    if len(line) > _LONGEST_LINE:
        cut = max(0, min(start - _BEFORE, len(line) - _LONGEST_LINE))
        head = "…" if cut else ""
        tail = "…" if cut + _LONGEST_LINE < len(line) else ""
        line = line[cut : cut + _LONGEST_LINE]
        start, end = start - cut, min(end - cut, len(line))
    before = _spread(line[:start], len(head))
    marked = _spread(line[start:end], len(head) + width(before))
    after = _spread(line[end:], len(head) + width(before) + width(marked))
    indent = len(head) + width(before)
    return Excerpt(
        begin.line, f"{head}{before}{marked}{after}{tail}", indent, max(1, width(marked))
    )


def _line_above(span: Span) -> tuple[int, str] | None:
    """The number and text of the line above a span, if it says anything."""
    number = span.begin.line - 1
    line = span.file.line(number)
    text = _spread(line[:_LONGEST_LINE], 0) + "…" * (len(line) > _LONGEST_LINE)
    return (number, text) if text.strip() else None


def _spread(text: str, column: int) -> str:
    """``text`` made visible, with its tabs as spaces; ``column`` is the cell it starts in."""
    if "\t" not in text:
        return visible(text)
    pieces: list[str] = []
    for index, piece in enumerate(text.split("\t")):
        if index:
            spaces = _TAB - column % _TAB
            pieces.append(" " * spaces)
            column += spaces
        shown = visible(piece)
        pieces.append(shown)
        column += width(shown)
    return "".join(pieces)
