"""Texts that a row of the table fills in: what each is made of, and who looked into one.

Whoever only puts a text somewhere keeps the object. What makes another text of it loses track,
and has to say that the row's value decided something (:func:`looked_into`).
"""

from collections.abc import Mapping
from typing import NamedTuple

from twimlc.yaml.tree import Node, Scalar, scalars


class Column(NamedTuple):
    """The place of a row's value in a text."""

    name: str


class Filled(str):
    """A text with values of a row in it. ``read`` collects the columns that were looked into."""

    __slots__ = ("parts", "read")
    parts: tuple[str | Column, ...]
    read: set[str]

    @classmethod
    def of(cls, text: str, parts: tuple[str | Column, ...], read: set[str]) -> "Filled":
        """A text of its own, whose object nothing else holds."""
        filled = cls(text)
        filled.parts, filled.read = parts, read
        return filled

    def note(self) -> None:
        """What comes of its values is not known from here on."""
        self.read.update(part.name for part in self.parts if isinstance(part, Column))


def joined(first: str, second: str) -> str:
    """Two texts as one."""
    read = next((text.read for text in (first, second) if isinstance(text, Filled)), None)
    if read is None:
        return first + second
    parts = (text.parts if isinstance(text, Filled) else (text,) for text in (first, second))
    return Filled.of(first + second, sum(parts, ()), read)


def looked_into(node: Node) -> None:
    """Note that something is decided by a value, or made of it."""
    for leaf in scalars(node):
        if isinstance(leaf.value, Filled):
            leaf.value.note()


def marked(cells: Mapping[str, Scalar], read: set[str]) -> dict[str, Scalar]:
    """The values of a row, each with its name; ``read`` collects those that are looked into."""
    texts = {name: Filled.of(cell.text, (Column(name),), read) for name, cell in cells.items()}
    return {name: Scalar(texts[name], texts[name], cells[name].span, False) for name in cells}
