"""Rendering: a plan comes in, the bytes of its documents go out.

A document's markup is laid out first: two spaces of indent, one line for an element with text, and
no white space added where it would be heard. Then one Jinja2 template, compiled once, writes every
document. What users wrote is only ever data to it: it is escaped for XML where it is put in, and
never looked at as a template. To a Bin's engine it is text as it is to XML: no brace of it can open
a tag.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from twimlc.lower.plan import Bin, Document, Markup, Plan, Tags, Text, escape_attribute, escape_text
from twimlc.text import lazy_pattern, sha256
from twimlc.yaml.tree import Template

if TYPE_CHECKING:
    import jinja2

MEDIA_TYPE = "text/xml"
"""What Twilio reads as TwiML without guessing (docs/voice/twiml)."""

Attributes = tuple[tuple[str, str], ...]

_BRACES = lazy_pattern(r"(?<=\{)\{|\{\Z")
_BESIDE_VALUE = str.maketrans({"{": "\x01", "}": "\x02", "\\": "\x03"})
_REFERENCES = str.maketrans(
    {"\x01": "&#123;", "\x02": "&#125;", "\x03": "&#92;", "\x04": "{{", "\x05": "}}"}
)
"""Characters that no document may hold stand for what must not be escaped twice. The last two are
the braces of our own tags."""


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
        tag, attributes = markup.tag, self._attributes(markup)
        span = markup.span and markup.span.put
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


class BinLayout(Layout):
    """Lays out a Bin: as any document, with tags in rows of their own.

    In comments, source and answers are well-formed XML. Bare tags stand beside the verbs: on
    lines of their own engines would differ on the white space that they leave.
    """

    def __init__(self, document: Bin) -> None:
        self.rows: list[Row] = [Row("open", "", "Response", (), "", "\n")]
        self.lines = []
        self._line = 4  # the mark of the text takes one
        opening = ""
        for block in document.blocks:
            if isinstance(block, Markup):
                if opening:
                    self.rows.append(Row("tags", "", "", (), opening, ""))
                    opening = ""
                self._element(block, "  ")
            elif document.bare:
                opening = self._beside(block)
            else:
                self.rows.append(Row("tags", "  <!--", "", (), _tags(block.names), "-->\n"))
                self._line += 1
        self.rows.append(Row("close", "", "Response", (), "", "\n"))
        if opening:
            self.rows.insert(-1, Row("tags", "", "", (), opening, "\n"))

    def _beside(self, block: Tags) -> str:
        """Puts closing tags before the line end of the verb before; gives back the rest."""
        closing = tuple(name for name in block.names if name[0] == "/")
        if closing:
            self.rows[-1] = self.rows[-1]._replace(after="")
            self.rows.append(Row("tags", "", "", (), _tags(closing), "\n"))
        return _tags(block.names[len(closing) :])

    def _literal(self, value: Text) -> str:
        if isinstance(value, str):
            return _BRACES.sub("\x01", value)
        return "".join(
            part.translate(_BESIDE_VALUE) if isinstance(part, str) else f"\x04{part.name}\x05"
            for part in value.parts
        )


def with_mark(name: str, text: str) -> str:
    """The text of a Bin with its mark behind the XML declaration: who sees it need not compare.

    ``name`` is that of its flow (``ROW/FLOW`` with a matrix), or of the file to paste.
    """
    head, body = text.split("\n", 1)
    digits = sha256(text.encode()).hexdigest()[:12]
    # Two hyphens would end the comment.
    return f"{head}\n<!-- twimlc {re.sub('(?<=-)-', '.', name)} {digits} -->\n{body}"


def mark_of(data: bytes) -> str:
    """The mark that :func:`with_mark` gave a text."""
    return data.split(b"\n", 2)[1].decode().removeprefix("<!-- ").removesuffix(" -->")


def _tags(names: tuple[str, ...]) -> str:
    return "".join(f"\x04{name}\x05" for name in names)


class Rendered(NamedTuple):
    """A document as it is written. ``lines`` is its source map."""

    document: Document
    data: bytes
    lines: tuple[LineOrigin, ...]

    @property
    def path(self) -> str:
        return self.document.path


def render(plan: Plan) -> list[Rendered]:
    """The documents of a plan, in its order."""
    return [render_document(document) for document in plan.documents]


def render_document(document: Document) -> Rendered:
    """One document of a plan."""
    layout = BinLayout(document) if isinstance(document, Bin) else Layout(document.body)
    text = _template().render(rows=layout.rows)
    if isinstance(document, Bin):
        text = with_mark(document.flow, text.translate(_REFERENCES))
    return Rendered(document, text.encode("utf-8"), tuple(layout.lines))


def render_in_bin(body: tuple[Markup, ...]) -> str:
    """The lines of some verbs for a Bin that a template of ours holds."""
    page = render_document(Bin("", "", body, (), "", blocks=body))
    return page.data.decode().partition("<Response>\n")[2].removesuffix("</Response>\n")


@cache
def _template() -> "jinja2.Template":
    escapes = {"text": escape_text, "attribute": escape_attribute}
    return environment(Path(__file__).parent / "templates", escapes).get_template("document.xml.j2")


def environment(
    folder: Path, filters: Mapping[str, Callable[..., str]], **options: Any
) -> "jinja2.Environment":
    """An environment for templates of ours; every value goes through one of the filters."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=False,  # Jinja2's escaping is HTML's
        undefined=StrictUndefined,
        auto_reload=False,
        keep_trailing_newline=True,
        **options,
    )
    made.filters |= filters
    return made
