"""Finding ``${…}`` in text: a text comes in, its literal pieces and holes come out in order.

The scanner knows quotes and nested braces inside a hole, so ``${ names | join('}') }`` is one.
``$${`` stands for a literal ``${``.
"""

import re
from dataclasses import dataclass

from twimlc.text import Span

_INSIDE = re.compile(r"""['"{}]""")
_QUOTED = {
    "'": re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL),
    '"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL),
}


@dataclass(frozen=True, slots=True)
class Hole:
    """One ``${…}``: the expression in it, and the piece of the text that it takes.

    ``fault`` is set when it never ends, and then says what was left open.
    """

    source: str
    start: int
    end: int
    fault: str | None = None


def scan(text: str) -> list[str | Hole]:
    """The literal pieces (``$${`` already replaced, never empty) and the holes of a text."""
    pieces: list[str | Hole] = []
    literal: list[str] = []
    at = 0
    while (found := text.find("${", at)) >= 0:
        if found > at and text[found - 1] == "$":
            literal.append(text[at : found - 1] + "${")
            at = found + 2
            continue
        literal.append(text[at:found])
        if before := "".join(literal):
            pieces.append(before)
        literal.clear()
        hole = _hole(text, found)
        pieces.append(hole)
        at = hole.end
    literal.append(text[at:])
    if rest := "".join(literal):
        pieces.append(rest)
    return pieces


def _hole(text: str, start: int) -> Hole:
    depth, at = 1, start + 2
    while found := _INSIDE.search(text, at):
        char, at = found.group(), found.end()
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                return Hole(text[start + 2 : at - 1].strip(), start, at)
        else:
            quoted = _QUOTED[char].match(text, at - 1)
            if quoted is None:
                fault = f"the quote {char} inside it has no partner"
                return Hole(text[start + 2 :], start, len(text), fault)
            at = quoted.end()
    fault = "the } is missing" if depth == 1 else "a { inside it has no partner"
    return Hole(text[start + 2 :], start, len(text), fault)


def place(span: Span, text: str, start: int, end: int) -> Span:
    """Where ``text[start:end]`` stands in the file, if ``text`` was read from ``span``.

    Quotes, escapes and folded lines make the two differ; then the piece is looked for, and when
    it cannot be told from another the whole span is the answer.
    """
    typed, piece = span.text, text[start:end]
    if piece and typed.count(piece) == text.count(piece):
        at = typed.find(piece)
        for _ in range(text.count(piece, 0, start)):
            at = typed.find(piece, at + len(piece))
        if at >= 0:
            return Span(span.file, span.start + at, span.start + at + len(piece), span.via)
    return span
