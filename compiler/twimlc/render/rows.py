"""A document's markup comes in, flat rows for the template go out.

The layout is decided here: two spaces of indent, one line for an element with text, and no white
space added where it would be heard.
"""

from typing import NamedTuple

from twimlc.lower.plan import Markup, Text
from twimlc.source.tree import Template

Attributes = tuple[tuple[str, str], ...]


class Row(NamedTuple):
    """A piece of a document: ``kind`` is open, close, empty, leaf (one line), text or tags.

    ``before`` and ``after`` are white space: the indent, and the line end.
    """

    kind: str
    before: str
    tag: str
    attributes: Attributes
    text: str
    after: str


class LineOrigin(NamedTuple):
    """One line of a document, and the place in the flow that put it there."""

    line: int
    state: str
    source: str
    source_line: int


class Layout:
    """Lays out one document: its ``rows``, and the origin of its ``lines``."""

    def __init__(self, body: tuple[Markup, ...]) -> None:
        self.rows: list[Row] = []
        self.lines: list[LineOrigin] = []
        self._line = 2  # the XML declaration takes the first
        self._element(Markup("Response", (), body), "")

    def _element(self, markup: Markup, indent: str) -> None:
        tag, attributes, span = markup.tag, self._attributes(markup), markup.span
        if span is not None:
            source_line = span.file.position(span.start).line
            self.lines.append(LineOrigin(self._line, markup.state, span.file.path, source_line))
        content = markup.content()
        if not content:
            self.rows.append(Row("empty", indent, tag, attributes, "", "\n"))
        elif markup.is_inline:
            self._inline(markup, content, attributes, indent, "\n")
        else:
            self.rows.append(Row("open", indent, tag, attributes, "", "\n"))
            self._line += 1
            for child in content:
                if isinstance(child, Markup):
                    self._element(child, indent + "  ")
            self.rows.append(Row("close", indent, tag, (), "", "\n"))
        self._line += 1

    def _inline(
        self,
        markup: Markup,
        content: tuple[Markup | Text, ...],
        attributes: Attributes,
        before: str,
        after: str,
    ) -> None:
        """An element in whose content white space counts, on one line unless its text has more."""
        tag, add = markup.tag, self.rows.append
        if len(content) == 1 and not isinstance(content[0], Markup):
            add(Row("leaf", before, tag, attributes, self._text(content[0]), after))
            return
        add(Row("open", before, tag, attributes, "", ""))
        for child in content:
            if not isinstance(child, Markup):
                add(Row("text", "", "", (), self._text(child), ""))
            elif inner := child.content():
                self._inline(child, inner, self._attributes(child), "", "")
            else:
                add(Row("empty", "", child.tag, self._attributes(child), "", ""))
        add(Row("close", "", tag, (), "", after))

    def _text(self, value: Text) -> str:
        text = self._literal(value)
        self._line += text.count("\n")
        return text

    def _attributes(self, markup: Markup) -> Attributes:
        return tuple([(name, self._literal(value)) for name, value in markup.attributes])

    def _literal(self, value: Text) -> str:
        if isinstance(value, Template):
            raise TypeError("a call-time value in a document of a host without templates")
        return value
