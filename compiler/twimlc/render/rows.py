"""A document's markup comes in, flat rows for the template go out.

The layout is decided here: two spaces of indent, one line for an element with text, and no white
space added where it would be heard.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from twimlc.lower.plan import Markup, Text
from twimlc.source.tree import Template


class Row(NamedTuple):
    """A piece of a document: ``kind`` is open, close, empty, leaf (one line) or text.

    ``before`` and ``after`` are white space: the indent, and the line end.
    """

    kind: str
    before: str
    tag: str
    attributes: tuple[tuple[str, str], ...]
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class LineOrigin:
    """One line of a document, and the place in the flow that put it there."""

    line: int
    state: str
    source: str
    source_line: int


class Layout:
    """Lays out one document; ``lines`` is known once the rows have been taken."""

    def __init__(self, body: tuple[Markup, ...]) -> None:
        self._body = body
        self._line = 2  # the XML declaration takes the first
        self.lines: list[LineOrigin] = []

    def rows(self) -> Iterator[Row]:
        """The rows of the whole document."""
        yield from self._element(Markup("Response", (), self._body), 0)

    def _element(self, markup: Markup, depth: int) -> Iterator[Row]:
        before = "  " * depth
        content = markup.content()
        attributes = _attributes(markup)
        if markup.span is not None:
            span = markup.span
            self.lines.append(LineOrigin(self._line, markup.state, span.file.path, span.begin.line))
        if not content:
            yield Row("empty", before, markup.tag, attributes, "", "\n")
            self._line += 1
        elif markup.is_inline:
            yield from self._inline(markup, content, attributes, before, "\n")
            self._line += 1
        else:
            yield Row("open", before, markup.tag, attributes, "", "\n")
            self._line += 1
            for child in content:
                if isinstance(child, Markup):
                    yield from self._element(child, depth + 1)
            yield Row("close", before, markup.tag, (), "", "\n")
            self._line += 1

    def _inline(
        self,
        markup: Markup,
        content: tuple[Markup | Text, ...],
        attributes: tuple[tuple[str, str], ...],
        before: str,
        after: str,
    ) -> Iterator[Row]:
        if len(content) == 1 and not isinstance(content[0], Markup):
            text = _literal(content[0])
            self._line += text.count("\n")
            yield Row("leaf", before, markup.tag, attributes, text, after)
            return
        yield Row("open", before, markup.tag, attributes, "", "")
        for child in content:
            if isinstance(child, Markup):
                inner = child.content()
                if inner:
                    yield from self._inline(child, inner, _attributes(child), "", "")
                else:
                    yield Row("empty", "", child.tag, _attributes(child), "", "")
            else:
                text = _literal(child)
                self._line += text.count("\n")
                yield Row("text", "", "", (), text, "")
        yield Row("close", "", markup.tag, (), "", after)


def _attributes(markup: Markup) -> tuple[tuple[str, str], ...]:
    return tuple((name, _literal(value)) for name, value in markup.attributes)


def _literal(value: Text) -> str:
    if isinstance(value, Template):
        raise TypeError("a call-time value in a document of a host without templates")
    return value
