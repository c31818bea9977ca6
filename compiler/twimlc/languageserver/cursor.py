"""Where a cursor stands: a text and an offset come in, the path of keys down to it goes out.

The text is scanned and not parsed, because while somebody types it is hardly ever whole: only
what stands before the cursor counts, by indentation in blocks and by brackets inside ``{…}``.
"""

import re
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

_KEY = re.compile(
    r"""("(?:[^"\\\n]|\\.)*"[ \t]*|'(?:[^'\n]|'')*'[ \t]*"""
    r"""|(?:[^\s{}\[\],&!|>'"%@`#-]|-(?=\S))[^\n]*?):(?=[ \t\r\n]|$)"""
)
_BLANK = re.compile(r"[ \t]*(?:#[^\n]*|---[^\n]*|%[^\n]*)?\r?$")
_BLOCK_TEXT = re.compile(r"(?:[&!]\S+[ \t]+)*[|>][-+0-9]*[ \t]*(?:#[^\n]*)?\r?$")
_MARKS = re.compile(r"(?:[&!]\S*[ \t]+)+")
_PLAIN = re.compile(r"(?:\$\{[^}\n]*\}?|[^,\[\]{}:\n#]|:(?![\s,\[\]{}])|(?<!\s)#)+")
_QUOTED = {
    '"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL),
    "'": re.compile(r"'(?:[^']|'')*'", re.DOTALL),
}
_COLON = re.compile(r"\s*:")
_WORD_END = re.compile(r"[^\s,:{}\[\]\"'#]*")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a text.

    ``path`` leads to the map in which a key is typed (``is_key``) or to the value itself.
    ``word`` is what stands from ``start`` to the cursor, ``keys`` what the map has before it.
    ``inline`` is true inside brackets, ``quoted`` inside quotes, ``prose`` in a text of lines.
    """

    path: Path
    is_key: bool
    word: str
    start: int
    keys: tuple[str, ...] = ()
    inline: bool = False
    quoted: bool = False
    prose: bool = False

    @property
    def place(self) -> Path:
        """The path down to the key or value that is being typed."""
        return (*self.path, self.word) if self.is_key else self.path


@dataclass(slots=True, eq=False)
class _Level:
    """An open map or list. ``column`` is its indentation, -1 inside brackets."""

    is_map: bool
    column: int
    key: str | None = None
    index: int = -1
    keys: list[str] = field(default_factory=list)

    def part(self) -> Path:
        if not self.is_map:
            return (max(self.index, 0),)
        return () if self.key is None else (self.key,)


def cursor_at(text: str, offset: int) -> Cursor:
    """What is being typed at an offset."""
    return _Scan(text[:offset]).run()


def word_at(text: str, offset: int) -> Cursor:
    """The same for the whole of the word that an offset stands in, or at the end of."""
    match = _WORD_END.match(text, offset)
    return cursor_at(text, match.end() if match else offset)


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.end = len(text)
        self.levels: list[_Level] = []
        self.depth = 0  # how many of the levels are brackets

    def run(self) -> Cursor:
        at = 0
        while True:
            found = self._line(at)
            if isinstance(found, Cursor):
                return found
            at = found

    def _path(self, levels: list[_Level]) -> Path:
        return tuple(part for level in levels for part in level.part())

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return self.end if end < 0 else end

    def _line(self, at: int) -> "int | Cursor":
        """Take one line that starts in a block; the start of the next, or the place."""
        text, end = self.text, self._line_end(at)
        last = end == self.end
        if _BLANK.match(text, at, end) and not (last and not text[at:end].strip()):
            if last:
                return Cursor((), False, text[at:end].lstrip(), at, prose=True)
            return end + 1
        column = len(text[at:end]) - len(text[at:end].lstrip(" \t"))
        start = at + column
        if start >= end:
            return self._typed(column, start) if last else end + 1
        while (
            start < end and text[start] == "-" and text[start + 1 : start + 2] in ("", *" \t\r\n")
        ):
            self._item(column)
            after = start + 1
            while after < end and text[after] in " \t":
                after += 1
            column, start = column + after - start, after
        key = _KEY.match(text, start, end)
        if key is not None:
            self._close(column, keep_list=False)
            level = self._map(column)
            level.key = _unquoted(key[1].rstrip(" \t"))
            level.keys.append(level.key)
            return self._value(key.end(), end, column)
        if start < end and (text[start] in "{[" or self._closes(start, last)):
            return self._value(start, end, column)
        if last:
            return self._typed(column, start)
        return end + 1

    def _typed(self, column: int, start: int) -> Cursor:
        """A key whose colon is not there yet, on the last line."""
        self._close(column, keep_list=True)
        levels, quoted = self.levels, self.text[start : start + 1] in ("'", '"')
        top = levels[-1] if levels else None
        if top is not None and not top.is_map and top.column == column and self._dashless(start):
            # A key in the column of a list's dashes belongs to the map that the list is in.
            levels.pop()
            top = levels[-1] if levels else None
        start += quoted
        word = self.text[start:]
        if top is not None and top.is_map and top.column == column:
            path, keys = self._path(levels[:-1]), tuple(top.keys)
            return Cursor(path, True, word, start, keys, quoted=quoted)
        return Cursor(self._path(levels), True, word, start, quoted=quoted)

    def _closes(self, start: int, last: bool) -> bool:
        """Whether a quoted text begins here that may go over lines, and no key being typed."""
        quoted = _QUOTED.get(self.text[start])
        return quoted is not None and (not last or quoted.match(self.text, start) is not None)

    def _dashless(self, start: int) -> bool:
        line = self.text[self.text.rfind("\n", 0, start) + 1 :]
        return not line.lstrip().startswith("-")

    def _close(self, column: int, *, keep_list: bool) -> None:
        levels = self.levels
        while levels and (
            levels[-1].column > column
            or (levels[-1].column == column and not levels[-1].is_map and not keep_list)
        ):
            levels.pop()

    def _item(self, column: int) -> None:
        self._close(column, keep_list=True)
        top = self.levels[-1] if self.levels else None
        if top is None or top.is_map or top.column != column:
            top = _Level(False, column)
            self.levels.append(top)
        top.index += 1

    def _map(self, column: int) -> _Level:
        top = self.levels[-1] if self.levels else None
        if top is None or not top.is_map or top.column != column:
            top = _Level(True, column)
            self.levels.append(top)
        return top

    def _value(self, at: int, end: int, column: int) -> "int | Cursor":
        """What stands behind a key or dash on its line."""
        text = self.text
        while at < end and text[at] in " \t":
            at += 1
        if _BLOCK_TEXT.match(text, at, end):
            return self._prose(end, column)
        marks = _MARKS.match(text, at, end)
        at = marks.end() if marks else at
        if text[at : at + 1] in ("{", "["):
            return self._brackets(at)
        if text[at : at + 1] in ("'", '"'):
            closed = _QUOTED[text[at]].match(text, at)
            if closed is None:
                return self._at_value(at + 1, quoted=True)
            if closed.end() == self.end:
                return self._at_value(at + 1, quoted=True, cut=1)
            end = self._line_end(closed.end())
        if end == self.end:
            return self._at_value(at)
        return end + 1

    def _at_value(self, start: int, *, quoted: bool = False, cut: int = 0) -> Cursor:
        word = self.text[start : self.end - cut]
        return Cursor(self._path(self.levels), False, word, start, quoted=quoted)

    def _prose(self, end: int, column: int) -> "int | Cursor":
        """The lines of a text behind ``|`` or ``>``: all that stand deeper than its key."""
        while end < self.end:
            start, end = end + 1, self._line_end(end + 1)
            line = self.text[start:end]
            indent = len(line) - len(line.lstrip(" "))
            if line.strip() and indent <= column:
                return start
            if end == self.end and indent > column:
                return Cursor(
                    self._path(self.levels), False, line.strip(), start + indent, prose=True
                )
            if end == self.end:
                return start
        return Cursor(self._path(self.levels), False, "", self.end, prose=True)

    def _brackets(self, at: int) -> "int | Cursor":
        """From an opening bracket to behind its end, over as many lines as it takes."""
        text, levels, bottom = self.text, self.levels, len(self.levels)
        while at < self.end:
            char = text[at]
            if char in "{[":
                levels.append(_Level(char == "{", -1, index=0))
            elif char in "}]":
                levels.pop()
                if len(levels) == bottom:
                    return (
                        self._line_end(at) + 1
                        if self._line_end(at) < self.end
                        else Cursor(self._path(levels), False, "", self.end, prose=True)
                    )
            elif char == ",":
                levels[-1].key = None
                levels[-1].index += 1
            elif char == "#" and text[at - 1] in " \t\n":
                at = self._line_end(at)
            elif char not in " \t\r\n:":
                found = self._token(at)
                if isinstance(found, Cursor):
                    return found
                at = found
                continue
            at += 1
        return self._in_brackets(self.end, "", quoted=False)

    def _token(self, at: int) -> "int | Cursor":
        """A key or value inside brackets."""
        text, level = self.text, self.levels[-1]
        quote = text[at] if text[at] in _QUOTED else None
        match = _QUOTED[quote].match(text, at) if quote else _PLAIN.match(text, at)
        if match is None and quote:
            return self._in_brackets(at + 1, text[at + 1 :], quoted=True)
        if match is None:
            return at + 1
        if match.end() == self.end:
            if quote:
                return self._in_brackets(at + 1, match[0][1:-1], quoted=True)
            return self._in_brackets(at, match[0], quoted=False)
        colon = _COLON.match(text, match.end())
        if level.is_map and level.key is None and colon is not None:
            level.key = _unquoted(match[0].strip())
            level.keys.append(level.key)
            return colon.end()
        return match.end()

    def _in_brackets(self, start: int, word: str, *, quoted: bool) -> Cursor:
        levels = self.levels
        top = levels[-1]
        if top.is_map and top.key is None:
            path = self._path(levels[:-1])
            return Cursor(path, True, word, start, tuple(top.keys), inline=True, quoted=quoted)
        is_key = not top.is_map  # an item of [a, b] may turn out to be a step
        return Cursor(self._path(levels), is_key, word, start, inline=True, quoted=quoted)


def _unquoted(key: str) -> str:
    return key[1:-1] if key[:1] in ("'", '"') and len(key) > 1 else key
