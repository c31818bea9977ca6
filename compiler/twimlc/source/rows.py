"""A table of comma-separated values: text in, rows of cells with their places out.

The standard library's reader knows no places, and findings about a cell need one. Quoting is as
in RFC 4180; a table that a spreadsheet saved with semicolons or tabs is read as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.project import BAD_TABLE
from twimlc.text import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table, without its quotes, and where it stands."""

    text: str
    span: Span


_LINE_END = re.compile(r"\r\n|\n|\r|\Z")
_QUOTED = re.compile(r'[ ]*"((?:[^"]|"")*)"[ ]*')


def read_rows(file: SourceFile) -> tuple[list[tuple[Cell, ...]], list[Diagnostic]]:
    """All rows that are not blank, the heading first."""
    findings: list[Diagnostic] = []
    rows = _rows(file, _delimiter(file.text), findings)
    return [row for row in rows if len(row) > 1 or row[0].text], findings


def _delimiter(text: str) -> str:
    heading = text[: text.find("\n")] if "\n" in text else text
    return max(",;\t", key=heading.count)


def _rows(
    file: SourceFile, delimiter: str, findings: list[Diagnostic]
) -> Iterator[tuple[Cell, ...]]:
    text, at = file.text, 0
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    row: list[Cell] = []
    while True:
        cell, end = _cell(file, at, plain, findings)
        row.append(cell)
        if text.startswith(delimiter, end):
            at = end + 1
            continue
        yield tuple(row)
        row = []
        line_end = _LINE_END.match(text, end)
        at = line_end.end() if line_end is not None else len(text)
        if at >= len(text):
            return


def _cell(
    file: SourceFile, at: int, plain: re.Pattern[str], findings: list[Diagnostic]
) -> tuple[Cell, int]:
    text = file.text
    typed = plain.match(text, at)
    assert typed is not None, "the pattern matches nothing too"
    quoted = _QUOTED.match(text, at)
    if quoted is not None:
        rest = plain.match(text, quoted.end())
        assert rest is not None, "the pattern matches nothing too"
        if rest.group() == "":
            words = quoted.group(1).replace('""', '"')
            return Cell(words, Span(file, at, quoted.end())), quoted.end()
    raw = typed.group()
    start = at + len(raw) - len(raw.lstrip())
    span = Span(file, start, max(start, at + len(raw.rstrip())))
    if raw.lstrip().startswith('"'):
        findings.append(
            BAD_TABLE.at(
                span,
                "a quoted value must end with a quote that the next value or line follows",
                hint='inside quotes, write a quote twice: "say ""hello"""',
            )
        )
    return Cell(raw.strip(), span), typed.end()
