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
    """A section; ``inverted`` ones are there when the parameter is not.

    Inverted sections that stand right inside one another are one with all their names: it is there
    when none of the parameters is. There may be hundreds, and each answer meets them all.
    """

    names: frozenset[str]
    inverted: bool
    inside: "tuple[Piece, ...]"


Piece = str | Value | Part


def needed(piece: Piece) -> str | None:
    """A parameter without which nothing of a piece is there; None if there is no such one."""
    match piece:
        case Part(names=names, inverted=False):
            return next(iter(names))
        case Part(inside=(Part() as inner,)):
            return needed(inner)
    return None


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
            stack[-1][2].append(_part(name, inverted, inside))
        else:
            stack.append((name, kind == "^", []))
    _text(template[at:], stack[-1][2])
    if len(stack) != 1:
        raise ValueError(f"{stack[-1][0]} is not closed")
    return tuple(stack[0][2])


def _part(name: str, inverted: bool, inside: "list[Piece]") -> Part:
    names = frozenset((name,))
    match inside:
        case [Part(names=inner, inverted=True, inside=deeper)] if inverted:
            return Part(names | inner, inverted, deeper)
        case _:
            return Part(names, inverted, tuple(inside))


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
    if engine == "mustache":  # to it, an empty one is not there
        parameters = {name: value for name, value in parameters.items() if value}
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
            case Part(names=names, inverted=inverted, inside=inside):
                if names.isdisjoint(parameters) is not inverted:
                    if keep_lines:
                        written.append("\n" * _line_ends(inside))
                    continue
                hidden = engine == "handlebars" and not inverted
                _render(inside, {} if hidden else parameters, engine, keep_lines, written)


def _line_ends(pieces: Sequence[Piece]) -> int:
    found = 0
    for piece in pieces:  # not in an expression of its own: sections can be nested very deeply
        if isinstance(piece, str):
            found += piece.count("\n")
        elif isinstance(piece, Part):
            found += _line_ends(piece.inside)
    return found
