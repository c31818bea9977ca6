"""XML with places: the text of a document comes in, positioned tags and words go out.

No DOCTYPE is read, so there are no entities but XML's own five, and nesting has an end. Where
the text is not well-formed, the fault says where the parser stood and which tags were open.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from twimlc.diagnostics.diagnostic import Edit, Fix
from twimlc.text import SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 40
AMPERSAND = "\ue000"
"""Stands for a bare ``&`` in a text that is to be read all the same."""

_ATTRIBUTE = re.compile(r"\s*([^\s=/>\"'<]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_NAME = re.compile(r"<([^\s/>]+)")


@dataclass(frozen=True, slots=True)
class Given:
    """An attribute as it is written. ``value_span`` leaves out the quotes."""

    name: str
    value: str
    name_span: Span
    value_span: Span


@dataclass(frozen=True, slots=True)
class Words:
    """Text between tags; its span leaves out the white space around it."""

    text: str
    span: Span


@dataclass(slots=True, eq=False)
class Tag:
    """An element as it is written. ``span`` is its start tag, ``closed`` its end tag's place."""

    name: str
    given: tuple[Given, ...]
    span: Span
    name_span: Span
    children: "list[Tag | Words]" = field(default_factory=list)
    closed: Span | None = None

    @property
    def alone(self) -> bool:
        """Whether it is written as one tag that closes itself."""
        return self.span.text.endswith("/>")

    def tags(self) -> "Iterator[Tag]":
        for child in self.children:
            if isinstance(child, Tag):
                yield child

    def walk(self) -> "Iterator[Tag]":
        yield self
        for child in self.tags():
            yield from child.walk()

    def text(self) -> str:
        """Its own words, without those of what is inside."""
        return "".join(child.text for child in self.children if isinstance(child, Words))

    def words_span(self) -> Span | None:
        """The place of its own words, from the first to the last."""
        spans = [c.span for c in self.children if isinstance(c, Words) and c.text.strip()]
        return Span(spans[0].file, spans[0].start, spans[-1].end) if spans else None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is no XML: expat's code and the offset, the tags open there, those closed before.

    ``code`` is 0 for a DOCTYPE and -1 for what is nested too deep.
    """

    code: int
    offset: int
    open: tuple[Tag, ...]
    closed: tuple[Tag, ...]


DOCTYPE, TOO_DEEP = 0, -1


class _StoppedError(Exception):
    """Something that is not read any further; the code says what."""


def renamed(tag: Tag, name: str) -> Fix:
    """The fix that writes another name in both tags of an element."""
    edits = [Edit(tag.name_span, name)]
    if tag.closed is not None:
        at = tag.closed.start + len("</")
        edits.append(Edit(Span(tag.span.file, at, at + len(tag.name)), name))
    return Fix(f"write <{name}>", tuple(edits))


def parse(file: SourceFile, text: str | None = None) -> tuple[Tag | None, Fault | None]:
    """The root of a document, or the fault that keeps it from being read.

    ``text`` stands in for the file's own, letter for letter, where faults were mended on the way.
    """
    return _Reader(file, file.text if text is None else text).read()


class _Reader:
    def __init__(self, file: SourceFile, text: str) -> None:
        self.file = file
        self.text = text
        self.data = text.encode("utf-8", "surrogatepass")
        self.ascii = len(self.data) == len(text)
        self.seen = (0, 0)
        self.root: Tag | None = None
        self.stack: list[Tag] = []
        self.closed: list[Tag] = []
        self.words: list[str] = []
        self.words_at = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.CommentHandler = self._other
        self.parser.ProcessingInstructionHandler = self._other
        self.parser.StartDoctypeDeclHandler = self._doctype

    def read(self) -> tuple[Tag | None, Fault | None]:
        try:
            self.parser.Parse(self.data, True)
        except expat.ExpatError as error:
            return None, self._fault(error.code, self._offset(self.parser.ErrorByteIndex))
        except _StoppedError as stopped:
            code = int(str(stopped))
            return None, self._fault(code, self._offset(self.parser.CurrentByteIndex))
        return self.root, None

    def _fault(self, code: int, offset: int) -> Fault:
        return Fault(code, offset, tuple(self.stack), tuple(self.closed))

    def _offset(self, byte: int) -> int:
        """Bytes to characters; places mostly come in order, so only the step is decoded."""
        byte = max(byte, 0)
        if self.ascii:
            return byte
        at, offset = self.seen if self.seen[0] <= byte else (0, 0)
        offset += len(self.data[at:byte].decode("utf-8", "replace"))
        self.seen = (byte, offset)
        return offset

    def _span(self, start: int, end: int) -> Span:
        return Span(self.file, start, end)

    def _start(self, name: str, given: list[str]) -> None:
        start = self._offset(self.parser.CurrentByteIndex)
        self._finish_words(start)
        if len(self.stack) >= DEEPEST:
            raise _StoppedError(TOO_DEEP)
        attributes, end = self._attributes(start, given)
        name_end = start + 1 + len(name)
        tag = Tag(name, attributes, self._span(start, end), self._span(start + 1, name_end))
        if self.stack:
            self.stack[-1].children.append(tag)
        else:
            self.root = tag
        self.stack.append(tag)

    def _attributes(self, start: int, given: list[str]) -> tuple[tuple[Given, ...], int]:
        values = dict(zip(given[::2], given[1::2], strict=True))
        found: list[Given] = []
        name = _NAME.match(self.text, start)
        at = name.end() if name else start + 1
        while match := _ATTRIBUTE.match(self.text, at):
            value = values.get(match[1], match[2][1:-1]).replace(AMPERSAND, "&")
            spans = self._span(*match.span(1)), self._span(match.start(2) + 1, match.end(2) - 1)
            found.append(Given(match[1], value, *spans))
            at = match.end()
        return tuple(found), self.text.find(">", at) + 1 or len(self.text)

    def _end(self, _: str) -> None:
        at = self._offset(self.parser.CurrentByteIndex)
        self._finish_words(at)
        tag = self.stack.pop()
        if not tag.alone:
            tag.closed = self._span(at, self.text.find(">", at) + 1)
        self.closed.append(tag)

    def _characters(self, data: str) -> None:
        if not self.words:
            self.words_at = self._offset(self.parser.CurrentByteIndex)
        self.words.append(data)

    def _other(self, *_: object) -> None:
        self._finish_words(self._offset(self.parser.CurrentByteIndex))

    def _finish_words(self, end: int) -> None:
        if not self.words:
            return
        text = "".join(self.words).replace(AMPERSAND, "&")
        self.words.clear()
        written = self.text[self.words_at : end]
        start = self.words_at + len(written) - len(written.lstrip())
        span = self._span(start, max(start, self.words_at + len(written.rstrip())))
        self.stack[-1].children.append(Words(text, span))

    def _doctype(self, *_: object) -> None:
        raise _StoppedError(DOCTYPE)
