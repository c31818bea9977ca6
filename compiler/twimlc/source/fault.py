"""Where a parser stopped, and the findings that need nothing but that place: places come in,
findings go out.
"""

from dataclasses import dataclass
from typing import Final

from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Fix, Rule
from twimlc.diagnostics.rules import yaml as rules
from twimlc.text import SourceFile, Span

_SYMBOLS: Final = {
    "*": "an alias",
    "&": "an anchor",
    "@": "nothing yet",
    "`": "nothing yet",
    "%": "a directive",
    "?": "a key of its own",
    "-": "a list item",
    ">": "folded text on the lines below",
    "|": "text on the lines below",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Where and why the parser stopped; places are offsets.

    ``brackets`` are the flow lists and maps open there, outermost first; ``last_quoted`` is the
    last quoted text that was read before (0, 0 if none).
    """

    problem: str
    at: int
    context: int | None
    brackets: tuple[int, ...]
    last_quoted: tuple[int, int]

    def says(self, *words: str) -> bool:
        return any(word in self.problem for word in words)


def point(
    rule: Rule, file: SourceFile, start: int, message: str, hint: str, *, length: int = 1
) -> Diagnostic:
    """A finding at a place, ``length`` characters long."""
    end = min(start + length, len(file.text))
    return rule.at(Span(file, start, end), message, hint=hint)


def line_end(file: SourceFile, offset: int) -> int:
    """Where the line of an offset ends."""
    number = file.position(offset).line
    return file.offset(number) + len(file.line(number))


def symbol(file: SourceFile, start: int, char: str) -> Diagnostic:
    """A character at the start of a text that means something else there."""
    meaning = _SYMBOLS.get(char)
    text = file.text
    end = min(start + 1, len(text))
    fix = None
    hint = f'put the text in quotes: "{char}…"'
    if char == "*" and text[start : start + 2] == "*:":
        hint = 'a key of the phone goes in quotes: "*":'
        fix = Fix("put the key in quotes", (Edit(Span(file, start, end), '"*"'),))
    elif char in ("-", "?"):
        hint = f'start a list on the next line, or put the text in quotes: "{char} …"'
        if char == "?":
            hint = 'put the text in quotes: "? …"'
    if meaning is None:
        return point(
            rules.SYNTAX, file, start, f"'{char}' cannot stand here" if char.strip()
            else "something is missing here", "check the line and the one above it",
        )  # fmt: skip
    message = f"a text cannot start with '{char}'"
    if meaning != "nothing yet":
        message += f": for YAML it starts {meaning}"
    return rules.UNQUOTED_SYMBOL.at(Span(file, start, end), message, hint=hint, fix=fix)
