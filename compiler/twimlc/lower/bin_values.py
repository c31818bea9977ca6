"""Values of the call in a Bin. Drafts and markup come in, names and markup go out."""

from dataclasses import replace

from twimlc.flow.model import Element, Text
from twimlc.lower.drafts import Draft, Verb
from twimlc.lower.plan import Markup
from twimlc.source.tree import CallValue, Template

KEPT = CallValue("keys")
"""The keys that a decision was made by, told on by its Redirect: that request has no Digits."""


def shown(draft: Draft) -> frozenset[str]:
    """The names of all values of the call that a document shows."""
    return frozenset(
        part.name
        for piece in draft.pieces
        if isinstance(piece, Verb) and piece.node.element is not None
        for text in texts(piece.node.element)
        for part in text.parts
        if isinstance(part, CallValue)
    )


def texts(element: Element) -> list[Template]:
    """The texts and attributes of an element that hold values of the call."""
    found: list[Template] = []
    for inner in element.walk():
        found += (a.value for a in inner.attributes if isinstance(a.value, Template))
        found += (child for child in inner.children if isinstance(child, Template))
    return found


def with_kept_keys(markup: Markup) -> Markup:
    """The same verb, with the keys also as a decision tells them on: one of the two is there."""
    return replace(
        markup,
        attributes=tuple((name, _kept(value)) for name, value in markup.attributes),
        children=tuple(
            with_kept_keys(child) if isinstance(child, Markup) else _kept(child)
            for child in markup.children
        ),
    )


def _kept(value: Text) -> Text:
    if not isinstance(value, Template) or CallValue("Digits") not in value.parts:
        return value
    parts: list[str | CallValue] = []
    for part in value.parts:
        parts += (part, KEPT) if part == CallValue("Digits") else (part,)
    return Template(tuple(parts))
