"""The positioned tree that a YAML file is read into, before and after ``${…}`` is expanded.

Every node knows its place. Scalars keep the text that was typed beside the value, because a
price of ``12.50`` is spoken as it was typed.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from twimlc.records import record
from twimlc.text import Span, lazy_pattern


class CallValue(NamedTuple):
    """A value that exists only during a call: ``${call.From}`` is ``CallValue("From")``."""

    name: str


class Template(NamedTuple):
    """Text with call-time values in it; never empty, adjacent strings are joined."""

    parts: tuple[str | CallValue, ...]

    def written(self, value: str) -> str:
        """The text with ``value`` for each call-time value, whose name is for ``NAME`` in it."""
        return "".join(
            part if isinstance(part, str) else value.replace("NAME", part.name)
            for part in self.parts
        )


def template_of(
    text: str, pattern: re.Pattern[str], name: Callable[[re.Match[str]], str]
) -> Template:
    """Text in which each match of ``pattern`` is the value of the call that ``name`` says."""
    parts: list[str | CallValue] = []
    at = 0
    for match in pattern.finditer(text):
        parts += (text[at : match.start()], CallValue(name(match)))
        at = match.end()
    return Template(tuple(part for part in (*parts, text[at:]) if part != ""))


Atom = str | int | Decimal | bool | None

_INTEGER = lazy_pattern(r"(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = lazy_pattern(r"(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}\Z")
_WORDS: dict[str, Atom] = {"": None, "null": None, "true": True, "false": False}


@record(frozen=True, slots=True, eq=False)
class Scalar:
    """A leaf. ``value`` is typed by `parse_scalar`, ``text`` is what was typed (unquoted).

    ``plain`` tells whether it stood without quotes. A ``Template`` appears only after expansion.
    ``outward`` is 0 for what was written in place; inside a component, 1 for a value that the
    step using it gave, 2 for one that was given there from further out, and so on: a state named
    by such a value is a state of that outer scope.
    """

    value: Atom | Template
    text: str
    span: Span
    plain: bool = True
    outward: int = 0


@record(frozen=True, slots=True, eq=False)
class Sequence:
    """A list. Its span covers from the first item (or bracket) to the end of the last.

    ``emptied``: it has no items because ``if`` and ``each`` left all of them out.
    """

    items: "tuple[Node, ...]"
    span: Span
    emptied: bool = False

    def __iter__(self) -> "Iterator[Node]":
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@record(frozen=True, slots=True, eq=False)
class Entry:
    """A key and its value. Keys are always text, whatever they look like."""

    key: str
    key_span: Span
    value: "Node"


@record(frozen=True, slots=True, eq=False)
class Mapping:
    """A map, entries in the order typed; merge keys (``<<``) are already merged in.

    ``outward`` is that of `Scalar`: whose step it is.
    """

    entries: tuple[Entry, ...]
    span: Span
    outward: int = 0

    def get(self, key: str) -> "Node | None":
        for entry in self.entries:
            if entry.key == key:
                return entry.value
        return None

    def entry(self, key: str) -> Entry | None:
        for entry in self.entries:
            if entry.key == key:
                return entry
        return None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


Node = Scalar | Sequence | Mapping


def parse_scalar(text: str) -> Atom:
    """The value of a plain scalar, and of a parameter that is given from outside.

    YAML 1.1 turns ``+14155550100`` into a number, ``12:30`` into 750 and ``no`` into false. On a
    telephone all of those are text, so only what cannot be meant otherwise is typed:
    ``true``, ``false``, ``null``, nothing, integers without sign or leading zero, and decimals.
    Numbers of more than 18 digits stay text: they are identifiers, nobody counts
    with them.
    """
    if text in _WORDS:
        return _WORDS[text]
    if not "0" <= text[0] <= "9":
        return text
    if _INTEGER.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return Decimal(text)
    return text


def is_empty(node: Node | None) -> bool:
    """Whether a part counts as left out: absent, or written with nothing after the colon."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def name_of(node: Node | None) -> str | None:
    """The text of a scalar that names something."""
    if not isinstance(node, Scalar):
        return None
    return node.value if isinstance(node.value, str) else node.text


def entries_of(node: Node | None) -> tuple[Entry, ...]:
    """The entries of a map; none of what is no map."""
    return node.entries if isinstance(node, Mapping) else ()


def items_of(node: Node | None) -> tuple[Node, ...]:
    """The items of a list; none of what is no list."""
    return node.items if isinstance(node, Sequence) else ()


def walk(*nodes: Node, skip: Callable[[Node], bool] | None = None) -> Iterator[Node]:
    """Some nodes and all nodes in them; the last of a list or map come first.

    Where ``skip`` says so, a node is left out with all that is in it.
    """
    waiting = list(nodes)
    while waiting:
        part = waiting.pop()
        if skip is not None and skip(part):
            continue
        yield part
        if isinstance(part, Sequence):
            waiting += part.items
        elif isinstance(part, Mapping):
            waiting += (entry.value for entry in part.entries)


def scalars(*nodes: Node) -> Iterator[Scalar]:
    """All leaves of some nodes."""
    return (part for part in walk(*nodes) if isinstance(part, Scalar))


def maps(*nodes: Node, skip: Callable[[Node], bool] | None = None) -> Iterator[Mapping]:
    """All maps of some nodes."""
    return (part for part in walk(*nodes, skip=skip) if isinstance(part, Mapping))


def key_spans(node: Node | None) -> dict[str, Span]:
    """Where each key of a map is written; nothing for what is no map."""
    return {entry.key: entry.key_span for entry in entries_of(node)}
