"""Our own reading of a Bin's template: text comes in, what a request is answered with goes out.

Only the tags that we write are read: ``{{name}}``, ``{{#name}}``, ``{{^name}}`` and ``{{/name}}``.
The two engines that Twilio's pages name differ in two things, and both are followed here: inside
a positive section Handlebars sees no parameter any more, and to it an empty one is there.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Engine = Literal["mustache", "handlebars"]
ENGINES: tuple[Engine, ...] = ("mustache", "handlebars")

_TAG = re.compile(r"\{\{([#^/]?)([A-Za-z_][A-Za-z0-9_-]*)\}\}")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


@dataclass(frozen=True, slots=True)
class Value:
    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section; ``inverted`` ones are there when the parameter is not."""

    name: str
    inverted: bool
    inside: "tuple[Piece, ...]"


Piece = str | Value | Part


def parse(template: str) -> tuple[Piece, ...]:
    """The pieces of a template; raises ValueError for tags that we do not write."""
    stack: list[tuple[str, bool, list[Piece]]] = [("", False, [])]
    at = 0
    for tag in _TAG.finditer(template):
        _text(template[at : tag.start()], stack[-1][2])
        at = tag.end()
        kind, name = tag[1], tag[2]
        if kind == "":
            stack[-1][2].append(Value(name))
        elif kind == "/":
            opened, inverted, inside = stack.pop()
            if opened != name or not stack:
                raise ValueError(f"{tag[0]} closes nothing")
            stack[-1][2].append(Part(name, inverted, tuple(inside)))
        else:
            stack.append((name, kind == "^", []))
    _text(template[at:], stack[-1][2])
    if len(stack) != 1:
        raise ValueError(f"{stack[-1][0]} is not closed")
    return tuple(stack[0][2])


def _text(text: str, pieces: list[Piece]) -> None:
    if "{{" in text:
        raise ValueError(f"no tag of ours: {text[text.index('{{') :][:40]!r}")
    if text:
        pieces.append(text)


def render(
    pieces: Sequence[Piece],
    parameters: Mapping[str, str],
    engine: Engine,
    *,
    keep_lines: bool = False,
) -> str:
    """What a request with these parameters is answered with.

    With ``keep_lines`` what is left out leaves its line ends, so that each line has the number
    that it has in the template.
    """
    written: list[str] = []
    _render(pieces, parameters, engine, keep_lines, written)
    return "".join(written)


def _render(
    pieces: Sequence[Piece],
    parameters: Mapping[str, str],
    engine: Engine,
    keep_lines: bool,
    written: list[str],
) -> None:
    for piece in pieces:
        match piece:
            case str():
                written.append(piece)
            case Value(name=name):
                written.append("".join(_ESCAPED.get(c, c) for c in parameters.get(name, "")))
            case Part(name=name, inverted=inverted, inside=inside):
                found = parameters.get(name)
                there = found is not None if engine == "handlebars" else bool(found)
                if there is inverted:
                    if keep_lines:
                        written.append("\n" * _line_ends(inside))
                    continue
                hidden = engine == "handlebars" and not inverted
                _render(inside, {} if hidden else parameters, engine, keep_lines, written)


def _line_ends(pieces: Sequence[Piece]) -> int:
    return sum(
        piece.count("\n") if isinstance(piece, str) else _line_ends(piece.inside)
        for piece in pieces
        if not isinstance(piece, Value)
    )
