"""The positioned tree that a YAML file is read into, before and after ``${…}`` is expanded.

Every node knows its place. Scalars keep the text that was typed beside the value, because a
price of ``12.50`` is spoken as it was typed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from twimlc.text import Span


class CallValue(NamedTuple):
    """A value that exists only during a call: ``${call.From}`` is ``CallValue("From")``."""

    name: str


class Template(NamedTuple):
    """Text with call-time values in it; never empty, adjacent strings are joined."""

    parts: tuple[str | CallValue, ...]


Atom = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A leaf. ``value`` is typed by section 5's rules, ``text`` is what was typed (unquoted).

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


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A list. Its span covers from the first item (or bracket) to the end of the last."""

    items: "tuple[Node, ...]"
    span: Span

    def __iter__(self) -> "Iterator[Node]":
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A key and its value. Keys are always text, whatever they look like."""

    key: str
    key_span: Span
    value: "Node"


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """A map, entries in the order typed; merge keys (``<<``) are already merged in."""

    entries: tuple[Entry, ...]
    span: Span

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


def is_empty(node: Node | None) -> bool:
    """Whether a part counts as left out: absent, or written with nothing behind the colon."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes in it; the last of a list or map come first."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, Sequence):
            waiting += part.items
        elif isinstance(part, Mapping):
            waiting += (entry.value for entry in part.entries)
