"""A piece of source under a line of carets: a span in, printable lines out.

Tabs are spread to stops of four, wide characters take two cells, and of a very long line only
the neighbourhood of the span is shown.
"""

from dataclasses import dataclass

from twimlc.report.visible import visible, width
from twimlc.text import SourceFile, Span

_TAB = 4
_LONGEST = 160
_BEFORE = 60


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
    if len(line) > _LONGEST:
        cut = max(0, min(start - _BEFORE, len(line) - _LONGEST))
        head = "…" if cut else ""
        tail = "…" if cut + _LONGEST < len(line) else ""
        line = line[cut : cut + _LONGEST]
        start, end = start - cut, min(end - cut, len(line))
    before = _spread(line[:start], len(head))
    marked = _spread(line[start:end], len(head) + width(before))
    after = _spread(line[end:], len(head) + width(before) + width(marked))
    indent = len(head) + width(before)
    return Excerpt(
        begin.line, f"{head}{before}{marked}{after}{tail}", indent, max(1, width(marked))
    )


def line_above(span: Span) -> tuple[int, str] | None:
    """The number and text of the line above a span, if it says anything."""
    number = span.begin.line - 1
    text = _printed(span.file, number)
    return (number, text) if text.strip() else None


def _printed(file: SourceFile, number: int) -> str:
    line = file.line(number)
    if len(line) > _LONGEST:
        return _spread(line[:_LONGEST], 0) + "…"
    return _spread(line, 0)


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
