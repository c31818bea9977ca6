"""Text with places: a source file, positions in it, spans of it.

Offsets are code points, half-open and 0-based inside the compiler; lines and columns are
1-based and exist only where a finding is printed.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


def shorten(text: str, longest: int = 300) -> str:
    """``text``, with each line of more than ``longest`` letters cut to that in its middle."""
    if len(text) <= longest:
        return text
    tail = longest // 3
    return "\n".join(
        line if len(line) <= longest else f"{line[: longest - tail - 3]} … {line[-tail:]}"
        for line in text.split("\n")
    )


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
    def from_alias(self) -> bool:
        """Whether an alias repeats the piece: it stands at the anchor, for other places too."""
        via = self.via
        while via is not None:
            if via.text.startswith("*"):
                return True
            via = via.via
        return False

    def through(self, via: "Span") -> "Span":
        """The same piece, reached through ``via`` (put at the outer end of the chain)."""
        outer = via if self.via is None else self.via.through(via)
        return Span(self.file, self.start, self.end, outer)

    def __repr__(self) -> str:
        begin = self.begin
        return f"Span({self.file.path}:{begin.line}:{begin.column}, {self.text[:40]!r})"
