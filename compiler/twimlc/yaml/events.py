"""The stream of YAML events of a text: a text comes in, a function that gives the next event
goes out.

libyaml parses where PyYAML was built with it. Elsewhere PyYAML's own parser does, with libyaml's
ways taken over where the two differ on what people write, so that a flow means the same on
every machine. (One difference is left: ``{prompt: Again?}`` is an error there and fine here.)
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError

from twimlc.text import lazy_pattern

# PyYAML's C module; tests take it away.
_LIBYAML: Any = import_module("yaml.cyaml") if yaml.__with_libyaml__ else None
_PROPERTIES = lazy_pattern(r"(?:[&!]\S*(?:[ \t\r\n]+|#[^\r\n]*)*)+")


class _PythonParser(Reader, Scanner, Parser):
    """PyYAML's own parser with libyaml's reading of tabs and of bad escapes."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def scan_to_next_token(self) -> None:
        while True:
            tabs = self.flow_level or not self.allow_simple_key
            while self.peek() == " " or (tabs and self.peek() == "\t"):
                self.forward()
            if self.peek() == "#":
                while self.peek() not in "\0\r\n":
                    self.forward()
            line_break: str = self.scan_line_break()  # type: ignore[no-untyped-call]
            if not line_break:
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_plain_spaces(self, indent: int, start_mark: Any) -> list[str] | None:
        blanks = self._blanks()
        if self.peek() not in "\r\n":
            return [blanks] if blanks else []
        breaks = []
        while self.peek() in "\r\n":
            breaks.append(str(self.scan_line_break()))  # type: ignore[no-untyped-call]
            self.allow_simple_key = True
            if self.prefix(3) in ("---", "...") and self.peek(3) in "\0 \t\r\n":
                return None
            while self.peek() == " ":
                self.forward()
            if self.peek() == "\t" and self.column < indent:
                problem = "found a tab character that violates indentation"
                raise ScannerError(
                    "while scanning a plain scalar", start_mark, problem, self.get_mark()
                )
            self._blanks()
        return breaks[1:] or [" "]

    def _blanks(self) -> str:
        length = 0
        while self.peek(length) in " \t":
            length += 1
        blanks: str = self.prefix(length)
        self.forward(length)
        return blanks

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: Any) -> list[str]:
        try:
            chunks: list[str] = super().scan_flow_scalar_non_spaces(double, start_mark)
        except (OverflowError, ValueError):
            # chr() of a number that is no character; the parser has no words for it.
            mark = self.get_mark()
            raise ScannerError(
                "while scanning a double-quoted scalar", start_mark, "bad escape code", mark
            ) from None
        return chunks


def open_events(text: str) -> Callable[[], Any]:
    """A function that gives the next event of ``text``, and None after the last.

    Events are told apart by their class itself, which is quick and which types cannot follow;
    hence ``Any``.
    """
    get_event: Callable[[], Any]
    if _LIBYAML is not None:
        get_event = _LIBYAML.CParser(text).get_event
    else:
        get_event = _PythonParser(text).get_event
    return get_event


def skip_properties(text: str, start: int, end: int) -> int:
    """Where the node itself begins after its anchor and tag, which events count as part of it."""
    match = _PROPERTIES.match(text, start, end)
    return match.end() if match else start
