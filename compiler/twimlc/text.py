"""Text with places: a source file, positions in it, spans of it.

Offsets are code points, half-open and 0-based inside the compiler; lines and columns are
1-based and exist only where a finding is printed.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, AnyStr, NamedTuple, TypeVar, cast

if TYPE_CHECKING:
    import hashlib

NOT_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""What XML 1.0 cannot carry; an escape of YAML in double quotes may make it."""

_K = TypeVar("_K")
_V = TypeVar("_V")


def shorten(text: str, longest: int = 300) -> str:
    """``text``, with each line of more than ``longest`` letters cut to that in its middle."""
    if len(text) <= longest:
        return text
    tail = longest // 3
    return "\n".join(
        line if len(line) <= longest else f"{line[: longest - tail - 3]} … {line[-tail:]}"
        for line in text.split("\n")
    )


def clip(text: str, most: int = 60) -> str:
    """``text`` if it has at most ``most`` letters, else its beginning: enough to recognize it."""
    return text if len(text) <= most else text[: most - 3] + "…"


def clip_line(text: str, most: int = 60) -> str:
    """The same on one line, each run of spaces and line ends being one space."""
    return clip(" ".join(text[: 40 * most].split()), most)


def folded(text: str, first: str = "", further: str = "  ", columns: int = 80) -> list[str]:
    """``text`` in lines of at most ``columns``, words and addresses whole, after indents."""
    if len(first) + len(text) <= columns:
        return [first + text]
    from textwrap import wrap

    return wrap(
        text,
        columns,
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def count(number: int, noun: str, plural: str | None = None) -> str:
    """``1 error``, ``2 errors``."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def grouped(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, list[_V]]:
    """All second members by their first, in the order in which they come."""
    groups: dict[_K, list[_V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


class LazyPattern:
    """A regular expression that is compiled when it is first asked for something."""

    def __init__(self, pattern: Any, options: int) -> None:
        self.pattern, self._options = pattern, options

    def __getattr__(self, name: str) -> Any:
        vars(self)[name] = value = getattr(re.compile(self.pattern, self._options), name)
        return value


def lazy_pattern(pattern: AnyStr, flags: int = 0) -> "re.Pattern[AnyStr]":
    """``re.compile`` for modules that each run imports; a short run uses few of their patterns."""
    return cast("re.Pattern[AnyStr]", LazyPattern(pattern, flags))


def sha256(data: bytes = b"") -> "hashlib._Hash":
    """That of ``hashlib``, which brings OpenSSL along, and so is imported when it is needed."""
    from hashlib import sha256

    return sha256(data)


class Position(NamedTuple):
    """A 1-based line and column (column counts code points)."""

    line: int
    column: int


@dataclass(frozen=True)
class SourceFile:
    """A text that was read, under the name that findings show (a posix path)."""

    path: str
    text: str

    @cached_property
    def _line_starts(self) -> list[int]:
        """Offsets at which lines start. Only LF, CRLF and CR end a line, as in YAML 1.2."""
        starts = [0]
        text, at = self.text, 0
        if "\r" not in text:
            while (at := text.find("\n", at) + 1) > 0:
                starts.append(at)
            return starts
        for index, char in enumerate(text):
            if char == "\n" or (char == "\r" and text[index + 1 : index + 2] != "\n"):
                starts.append(index + 1)
        return starts

    @property
    def line_count(self) -> int:
        return len(self._line_starts)

    def position(self, offset: int) -> Position:
        """The line and column of an offset; offsets past the end give the end."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def offset(self, line: int, column: int = 1) -> int:
        """The offset of a 1-based line and column, clipped to the text."""
        if line > len(self._line_starts):
            return len(self.text)
        return min(self._line_starts[line - 1] + column - 1, len(self.text))

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its line end; empty past the last."""
        starts = self._line_starts
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def __hash__(self) -> int:
        return hash(self.path)

    def __repr__(self) -> str:
        return f"SourceFile({self.path!r}, {len(self.text)} characters)"


Place = tuple[str, int, int]
"""A piece of a file, however it was reached: its path, its start and its end."""


class Span(NamedTuple):
    """A half-open piece of a source file.

    ``via`` is the place that brought this piece in, if another did: the ``use`` of a component,
    the alias of an anchor. A finding shows the whole chain.
    """

    file: SourceFile
    start: int
    end: int
    via: "Span | None" = None

    @property
    def begin(self) -> Position:
        return self.file.position(self.start)

    @property
    def finish(self) -> Position:
        return self.file.position(self.end)

    @property
    def place(self) -> Place:
        return self.file.path, self.start, self.end

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]

    @property
    def chain(self) -> "list[Span]":
        """The places that brought the piece in, the innermost first."""
        places: list[Span] = []
        span = self
        while span.via is not None:
            span = span.via
            places.append(span)
        return places

    @property
    def from_alias(self) -> bool:
        """Whether an alias or ``${…}`` repeats the piece: it stands for other places, too."""
        return any(via.text.startswith("*") or "${" in via.text for via in self.chain)

    @property
    def put(self) -> "Span":
        """Where the piece is put by ``${…}``; where it is, if it is put nowhere."""
        span = self
        while span.via is not None and "${" in span.via.text:
            span = span.via
        return span

    def covers(self, other: "Span") -> bool:
        """Whether another piece begins in this one."""
        return other.file is self.file and self.start <= other.start < self.end

    def through(self, via: "Span") -> "Span":
        """The same piece, reached through ``via`` (put at the outer end of the chain)."""
        outer = via if self.via is None else self.via.through(via)
        return Span(self.file, self.start, self.end, outer)

    def __repr__(self) -> str:
        begin = self.begin
        return f"Span({self.file.path}:{begin.line}:{begin.column}, {self.text[:40]!r})"


def made_of(pieces: Sequence[str], text: str) -> bool:
    """Whether a text is these pieces in their order, with anything between them."""
    first, *rest = pieces
    if not rest:
        return text == first
    if not text.startswith(first):
        return False
    at = len(first)
    for piece in rest[:-1]:
        if (found := text.find(piece, at)) < 0:
            return False
        at = found + len(piece)
    return text.endswith(rest[-1]) and len(text) - len(rest[-1]) >= at
