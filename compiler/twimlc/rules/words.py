"""The words of elements: what is read out, what is known of it now, and in which language."""

from collections.abc import Iterator
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.flow.model import Element, Link, Text
from twimlc.text import Span, lazy_pattern
from twimlc.yaml.tree import CallValue, Template

_APART = ("p", "s", "break", "Body", "Media")

_LANGUAGE = lazy_pattern(r"([A-Za-z]{2,3})(?:-|$)")

VALUE = "\0"
"""Stands in a text for a value of the call, which may be any text."""


def texts_of(say: Element) -> Iterator[str]:
    """The words that stand in a say itself, between the values of the call."""
    for child in say.children:
        if isinstance(child, str):
            yield child
        elif isinstance(child, Template):
            yield from (part for part in child.parts if isinstance(part, str))


def known_text(text: Text | Link) -> str:
    """A text with ``VALUE`` for each value of the call in it; of a link nothing."""
    if not isinstance(text, Template):
        return text if isinstance(text, str) else ""
    return text.written(VALUE)


def words_of(element: Element) -> str:
    """What is read out of an element and all inside it, in the order of the document."""
    if (alias := element.get("alias")) is not None:
        return known_text(alias.value)
    inner = (words_of(c) if isinstance(c, Element) else known_text(c) for c in element.children)
    apart = " " if element.tag in _APART else ""
    return f"{apart}{''.join(inner)}{apart}"


def heard_in(element: Element | None) -> Iterator[str]:
    """The words of each say or message in a verb; a value of the call ends a phrase."""
    for inner in element.walk() if element is not None else ():
        if inner.tag in ("Say", "Message"):
            yield " ".join(words_of(inner).split())


def literal_words(element: Element) -> str:
    """All text inside an element that is known now; parts of it are held apart by a space."""
    parts = (child for inner in element.walk() for child in inner.children)
    return " ".join(part for part in parts if isinstance(part, str))


def language_of(say: Element) -> str | None:
    """Such as ``de``; English where nothing is given; None where only the voice's name tells."""
    maker, _, name = (say.literal("voice") or "").partition(".")
    given = say.get("language")
    text = say.literal("language") if given is not None else name if maker == "Google" else None
    if text is not None:
        tag = _LANGUAGE.match(text)
        return tag[1].lower() if tag is not None else None
    return None if given is not None or name else "en"


class Wording(NamedTuple):
    """A text of the author's in ``element``: an attribute, or (``name`` is None) its content.

    ``row`` is what the vocabulary says of it; None where it knows nothing.
    """

    text: Text
    span: Span
    element: Element
    name: str | None
    row: vocabulary.Attribute | None

    def call_values(self) -> Iterator[str]:
        """The names of the values of the call in it."""
        if isinstance(self.text, Template):
            yield from (part.name for part in self.text.parts if isinstance(part, CallValue))


def wordings(element: Element | None, *, addresses: bool = False) -> Iterator[Wording]:
    """Every text in an element and in all inside it; with ``addresses`` those that are one."""
    for inner in element.walk() if element is not None else ():
        spec = inner.spec
        for name, text, span in inner.attributes:
            row = spec.attributes.get(name) if spec is not None else None
            if isinstance(text, (str, Template)) and (not addresses or (row and row.fetch)):
                yield Wording(text, span, inner, name, row)
        row = spec.text if spec is not None else None
        if not addresses or (row and row.fetch):
            for child in inner.children:
                if isinstance(child, (str, Template)):
                    yield Wording(child, inner.span, inner, None, row)
