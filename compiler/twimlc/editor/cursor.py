"""Where a cursor is: a text and an offset come in, the path of keys down to it goes out.

The parser of YAML reads what is before the cursor, with a mark there, and says where the mark is.
While somebody types a text is hardly ever whole: what the cursor's line lacks is added, and other
lines that are no YAML are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from yaml import MarkedYAMLError, YAMLError
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from twimlc.text import lazy_pattern
from twimlc.yaml.events import open_events, skip_properties

Path = tuple[str | int, ...]

_MARK = "0mark0"
_EXPRESSION = lazy_pattern(r"""\$\{[^}\n"']*\}?""")
_COLON = lazy_pattern(r":(?:\s|$)")
_DASHES = lazy_pattern(r"[ \t]*(?:-[ \t]+)*")
_WORD_END = lazy_pattern(r"[^\s,:{}\[\]\"'#]*")
_MAX_REPAIRS = 8


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a text.

    ``path`` leads to the map in which a key is typed (``is_key``) or to the value itself.
    ``word`` is what is written from ``start`` to the cursor, ``keys`` what the map has before it.
    ``inline`` is true inside brackets, ``quoted`` inside quotes, ``prose`` in a text of lines and
    where nothing can be typed but a comment.
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
    """An open map or list; ``line`` is that of the key whose value comes next."""

    is_map: bool
    inline: bool
    key: str | None = None
    line: int = 0
    index: int = 0
    keys: list[str] = field(default_factory=list)

    def part(self) -> Path:
        if not self.is_map:
            return (self.index,)
        return () if self.key is None else (self.key,)

    def take(self, text: str, line: int) -> None:
        """Go on after a key, a value or an item."""
        self.index += 1
        if self.key is not None:
            self.key = None
        elif self.is_map:
            self.key, self.line = text, line
            self.keys.append(text)


def cursor_at(text: str, offset: int) -> Cursor:
    """What is being typed at an offset."""
    before = text[:offset]
    start = before.rfind("\n") + 1
    readable = _EXPRESSION.sub(lambda found: "x" * len(found[0]), before)
    for head, tail in _completed(readable, readable[start:]):
        found = _find(head, tail, before)
        if found is not None:
            return found
    if not before[start:].strip() and (item := _find(f"{readable}- {_MARK}", "", before)):
        return replace(item, path=item.path[:-1])  # of the list, as long as there is no dash
    return Cursor((), False, before[start:].lstrip(), start, prose=True)


def word_at(text: str, offset: int) -> Cursor:
    """The same for the whole of the word that an offset is in, or at the end of."""
    match = _WORD_END.match(text, offset)
    return cursor_at(text, match.end() if match else offset)


def _completed(before: str, line: str) -> Iterator[tuple[str, str]]:
    """A text with the mark as a value or a key, and what it takes to end that."""
    if line.endswith((":", "-")):
        yield f"{before} {_MARK}", ""
    yield f"{before}{_MARK}", ""
    yield f"{before}{_MARK}", ":"


def _find(head: str, tail: str, before: str) -> Cursor | None:
    """Where the mark is; None if the text cannot be read, or the mark is in a comment."""
    quote = ""
    for _ in range(_MAX_REPAIRS):
        try:
            return _walk(head + quote + tail, before)
        except MarkedYAMLError as error:
            begun, problem = error.context_mark, error.problem or ""
            if begun is not None and "quoted" in (error.context or "") and "end of" in problem:
                quote = head[begun.index]
                continue
            repaired = _without_line(head, error)
            if repaired is None:
                return None
            head = repaired
        except (YAMLError, ValueError):  # a character that no text may hold
            return None
    return None


def _without_line(text: str, error: MarkedYAMLError) -> str | None:
    """The text without the line that is at fault; None if that is the cursor's own, the last."""
    context, at = error.context or "", error.problem_mark
    unclosed = at is not None and "flow" in context and "\n" not in text[at.index :]
    if unclosed or "simple key" in context:
        at = error.context_mark
    if at is None:
        return None
    start, end = _line_at(text, at.index)
    if "mapping values" in (error.problem or "") and len(_COLON.findall(text, start, end)) == 1:
        # The key itself is right: what is above it has no colon yet.
        start, end = _line_at(text, max(len(text[:start].rstrip()) - 1, 0))
    if end == len(text):
        return None
    dashes = _DASHES.match(text, start, end)
    if dashes is not None and text[dashes.end() : end].strip():
        start = dashes.end()  # the item stays, so that those below it are counted right
    return f"{text[:start]}{' ' * (end - start)}{text[end:]}"


def _line_at(text: str, index: int) -> tuple[int, int]:
    end = text.find("\n", index)
    return text.rfind("\n", 0, index) + 1, end if end >= 0 else len(text)


def _walk(typed: str, before: str) -> Cursor | None:
    levels: list[_Level] = []
    for event in iter(open_events(typed), None):
        line = event.start_mark.line
        if isinstance(event, CollectionStartEvent):
            levels.append(_Level(isinstance(event, MappingStartEvent), bool(event.flow_style)))
        elif isinstance(event, CollectionEndEvent):
            levels.pop()
            if levels:
                levels[-1].take("", line)
        elif isinstance(event, NodeEvent):
            text = event.value if isinstance(event, ScalarEvent) else event.anchor or ""
            if _MARK in text:
                return _cursor(levels, event, typed, before)
            if levels:
                levels[-1].take(text, line)
    return None


def _cursor(levels: list[_Level], event: Any, typed: str, before: str) -> Cursor:
    style = getattr(event, "style", None)
    quoted, prose = style in ("'", '"'), style in ("|", ">")
    start = min(skip_properties(typed, event.start_mark.index, len(typed)) + quoted, len(before))
    line = before.rfind("\n") + 1
    top = levels[-1] if levels else _Level(False, False)
    if prose or (start < line and not quoted and not top.inline):
        prose, start = True, len(before) - len(before[line:].lstrip())
    names_key = top.is_map and top.key is None
    path = tuple(part for level in (levels[:-1] if names_key else levels) for part in level.part())
    below = not top.inline and top.line < event.start_mark.line  # a map may begin there
    is_key = not prose and (names_key or not top.is_map or below)
    keys = tuple(top.keys) if names_key else ()
    return Cursor(path, is_key, before[start:], start, keys, top.inline, quoted, prose)
