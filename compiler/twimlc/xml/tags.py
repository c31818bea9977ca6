"""XML with places: the text of a document comes in, positioned tags and words go out.

No DOCTYPE is read, so there are no entities but XML's own five, and nesting has an end. Where
the text is not well-formed, the fault says where the parser stopped and which tags were open.
Places are worked out when they are asked for: the proof reads thousands of documents for their
words alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple
from xml.parsers import expat

from twimlc.findings.diagnostic import Edit, Fix
from twimlc.text import SourceFile, Span, lazy_pattern

DEEPEST = 40
DEEPEST_IN_FRAGMENT = 32
AMPERSAND = "\ue000"
"""Stands for a bare ``&`` in a text that is to be read all the same."""

_ATTRIBUTE = lazy_pattern(r"\s*([^\s=/>\"'<]+)\s*=\s*(\"[^\"]*\"|'[^']*')")


class Source(NamedTuple):
    """A file, and its text as it is read: letter for letter its own, but for some stand-ins."""

    file: SourceFile
    text: str


class Given(NamedTuple):
    """An attribute as it is written. ``value_span`` leaves out the quotes."""

    name: str
    value: str
    name_span: Span
    value_span: Span


class Words(NamedTuple):
    """Text between tags, which are at ``start`` and ``end``."""

    text: str
    source: Source
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Its place, without the white space around it."""
        written = self.source.text[self.start : self.end]
        start = self.start + len(written) - len(written.lstrip())
        return Span(self.source.file, start, max(start, self.start + len(written.rstrip())))


@dataclass(eq=False)
class Tag:
    """An element as it is written, from its start tag on.

    ``pairs`` holds the names and values of its attributes, ``start`` and ``end`` are where its
    two tags begin. An element that is one tag ends after it.
    """

    name: str
    pairs: tuple[tuple[str, str], ...]
    source: Source
    start: int
    end: int = -1
    children: "list[Tag | Words]" = field(default_factory=list)

    @cached_property
    def given(self) -> tuple[Given, ...]:
        """Its attributes with their places."""
        (file, text), values, at = self.source, dict(self.pairs), self.name_span.end
        given: list[Given] = []
        while match := _ATTRIBUTE.match(text, at):
            at = match.end()
            value = values.get(match[1], match[2][1:-1])
            spans = Span(file, *match.span(1)), Span(file, match.start(2) + 1, at - 1)
            given.append(Given(match[1], value, *spans))
        return tuple(given)

    @property
    def name_span(self) -> Span:
        """The place of its name in its start tag."""
        return Span(self.source.file, self.start + 1, self.start + 1 + len(self.name))

    @cached_property
    def span(self) -> Span:
        """The place of its start tag."""
        at = self.given[-1].value_span.end + 1 if self.given else self.name_span.end
        end = self.source.text.find(">", at) + 1 or len(self.source.text)
        return Span(self.source.file, self.start, end)

    @property
    def line(self) -> int:
        """The line in which it begins."""
        return self.source.file.position(self.start).line

    @property
    def alone(self) -> bool:
        """Whether it is written as one tag that closes itself."""
        return self.span.text.endswith("/>")

    @property
    def closed(self) -> Span | None:
        """The place of its end tag, if it has one of its own."""
        if self.end < 0 or self.alone:
            return None
        return Span(self.source.file, self.end, self.source.text.find(">", self.end) + 1)

    def tags(self) -> "list[Tag]":
        """The elements right inside it."""
        return [child for child in self.children if isinstance(child, Tag)]

    def text(self) -> str:
        """Its own words, without those of what is inside."""
        return "".join(child.text for child in self.children if isinstance(child, Words))

    def words_span(self) -> Span | None:
        """The place of its own words, from the first to the last."""
        spans = [c.span for c in self.children if isinstance(c, Words) and c.text.strip()]
        return Span(spans[0].file, spans[0].start, spans[-1].end) if spans else None


class Fault(NamedTuple):
    """Why a text is no XML: expat's code and the offset, the tags open there, those closed before.

    ``code`` is one of expat's, ``NOT_READ`` for a DOCTYPE, or ``TOO_DEEP``.
    """

    code: int
    offset: int
    open: tuple[Tag, ...]
    closed: tuple[Tag, ...]


NOT_READ, TOO_DEEP = 0, -1


class _StoppedError(Exception):
    """Something that is not read any further."""

    def __init__(self, code: int) -> None:
        self.code = code


def renamed(tag: Tag, name: str) -> Fix:
    """The fix that writes another name in both tags of an element."""
    edits = [Edit(tag.name_span, name)]
    if tag.closed is not None:
        at = tag.closed.start + len("</")
        edits.append(Edit(Span(tag.span.file, at, at + len(tag.name)), name))
    return Fix(f"write <{name}>", tuple(edits))


def parse(
    file: SourceFile, text: str | None = None, *, fragment: bool = False, placed: bool = True
) -> Tag | Fault:
    """The root of a document, or the fault that keeps it from being read.

    ``text`` stands in for the file's own, letter for letter, where mistakes were passed over on
    the way. A ``fragment`` has no processing instructions, and comments do not divide its words.
    Unless they are ``placed`` nobody asks where words begin: expat then gives them whole.
    """
    source = Source(file, file.text if text is None else text)
    data = source.text.encode("utf-8", "surrogatepass")
    place = _places(data, source.text)
    deepest = DEEPEST_IN_FRAGMENT if fragment else DEEPEST
    stands_in = text is not None and AMPERSAND in text
    document = Tag("", (), source, 0)
    stack, closed = [document], list[Tag]()
    words: list[str] = []
    words_at = 0
    parser = expat.ParserCreate("utf-8")

    def divide(*_: object) -> int:
        """End the words that were read, and give the place that the parser is at."""
        at = place(parser.CurrentByteIndex)
        if words:
            text = "".join(words)
            words.clear()
            if stands_in:
                text = text.replace(AMPERSAND, "&")
            stack[-1].children.append(Words(text, source, words_at, at))
        return at

    def start(name: str, given: list[str]) -> None:
        at = divide()
        if len(stack) > deepest:
            raise _StoppedError(TOO_DEEP)
        if stands_in:
            given = [text.replace(AMPERSAND, "&") for text in given]
        tag = Tag(name, tuple(zip(given[::2], given[1::2], strict=True)), source, at)
        stack[-1].children.append(tag)
        stack.append(tag)

    def end(_: str) -> None:
        at = divide()
        tag = stack.pop()
        tag.end = at
        closed.append(tag)

    def characters(data: str) -> None:
        nonlocal words_at
        if not words:
            words_at = place(parser.CurrentByteIndex)
        words.append(data)

    def refuse(*_: object) -> None:
        raise _StoppedError(NOT_READ)

    parser.ordered_attributes, parser.buffer_text = True, not placed
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = characters, refuse
    parser.CommentHandler = None if fragment else divide
    parser.ProcessingInstructionHandler = refuse if fragment else divide
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, _StoppedError) as error:
        stopped = isinstance(error, _StoppedError)
        byte = parser.CurrentByteIndex if stopped else parser.ErrorByteIndex
        return Fault(error.code, place(max(byte, 0)), tuple(stack[1:]), tuple(closed))
    finally:
        # It and its handlers hold each other, and the command runs without the collector.
        parser.StartElementHandler = parser.EndElementHandler = None
        parser.CharacterDataHandler = parser.StartDoctypeDeclHandler = None
        parser.CommentHandler = parser.ProcessingInstructionHandler = None
    return document.tags()[0]


def _places(data: bytes, text: str) -> Callable[[int], int]:
    """From bytes to characters; places mostly come in order, so only the step is decoded."""
    if len(data) == len(text):
        return lambda byte: byte
    last = (0, 0)

    def place(byte: int) -> int:
        nonlocal last
        start, offset = last if last[0] <= byte else (0, 0)
        last = byte, offset + len(data[start:byte].decode("utf-8", "replace"))
        return last[1]

    return place
