"""The table of a project: the text of a CSV file in, one set of params for each row out.

The standard library's reader knows no places, and findings about a cell need one. Quoting is as
in RFC 4180; a table that a spreadsheet saved with semicolons or tabs is read as well.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from twimlc.findings import Diagnostic, Label, rules
from twimlc.formats.project_file import FlowPattern, selected
from twimlc.text import SourceFile, Span, count, lazy_pattern
from twimlc.yaml.names import (
    RESERVED_PARAMS,
    name_in_small_letters,
    unknown,
    valid_name,
    valid_param,
)
from twimlc.yaml.tree import Scalar

_LINE_END = lazy_pattern(r"\r\n|\n|\r|\Z")
_QUOTED = lazy_pattern(r'[ ]*"((?:[^"]|"")*+)"[ ]*+')


class Cell(NamedTuple):
    """One value of a table, without its quotes, and where it is."""

    text: str
    span: Span


class Matrix(NamedTuple):
    """The rows that flows are compiled for.

    ``rows`` is what ``${row}`` sees: the values with their places in the table. ``params`` are
    those that can be params, ``places`` where the name of each row is. ``flows`` empty means all of
    them.
    """

    file: SourceFile
    rows: Mapping[str, Mapping[str, Scalar]]
    params: Mapping[str, Mapping[str, Scalar]]
    places: Mapping[str, Span]
    flows: tuple[FlowPattern, ...] = ()

    def covers(self, flow: str) -> bool:
        """Whether this flow is compiled once for each row, and not for itself."""
        return selected(self.flows, flow)


def read_rows(file: SourceFile) -> tuple[list[tuple[Cell, ...]], list[Diagnostic]]:
    """All rows that are not blank, the heading first."""
    text, at = file.text, 0
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    rows: list[tuple[Cell, ...]] = []
    row: list[Cell] = []
    findings: list[Diagnostic] = []
    while True:
        quoted, typed = _QUOTED.match(text, at), plain.match(text, at)
        assert typed is not None, "the pattern matches nothing too"
        if quoted is not None and text[quoted.end() : quoted.end() + 1] in ("", delimiter, *"\r\n"):
            row.append(Cell(quoted[1].replace('""', '"'), Span(file, at, quoted.end())))
            at = quoted.end()
        else:
            row.append(_plain_cell(Span(file, at, typed.end()), findings))
            at = typed.end()
        if text.startswith(delimiter, at):
            at += 1
            continue
        if len(row) > 1 or row[0].text:
            rows.append(tuple(row))
        row = []
        line_end = _LINE_END.match(text, at)
        at = line_end.end() if line_end is not None else len(text)
        if at >= len(text):
            return rows, findings


def _plain_cell(typed: Span, findings: list[Diagnostic]) -> Cell:
    raw = typed.text
    start = typed.start + len(raw) - len(raw.lstrip())
    span = Span(typed.file, start, max(start, typed.start + len(raw.rstrip())))
    if raw.lstrip().startswith('"'):
        message = "a quoted value must end with a quote that the next value or line follows"
        hint = 'inside quotes, write a quote twice: "say ""hello"""'
        findings.append(rules.BAD_TABLE.at(span, message, hint=hint))
    return Cell(raw.strip(), span)


def read_matrix(
    file: SourceFile, *, folder: Scalar | None = None, flows: Sequence[FlowPattern] = ()
) -> tuple[Matrix | None, list[Diagnostic]]:
    """The table. ``folder`` is the column that names the rows, the first one by default."""
    table, findings = read_rows(file)
    if not table:
        start = Span(file, 0, 0)
        return None, [*findings, rules.EMPTY_TABLE.at(start, f"'{file.path}' is empty")]
    heading, body = table[0], table[1:]
    findings += _column_faults(heading, folder)
    if not body:
        findings.append(rules.EMPTY_TABLE.at(heading[0].span, f"'{file.path}' has no rows"))
    if any(f.is_error for f in findings):
        return None, findings

    columns = [cell.text for cell in heading]
    naming = 0 if folder is None else columns.index(folder.text)
    names: dict[str, Span] = {}
    rows: dict[str, Mapping[str, Scalar]] = {}
    params: dict[str, Mapping[str, Scalar]] = {}
    for row in body:
        fault = _row_fault(row, heading, naming, names)
        if fault is not None:
            findings.append(fault)
            continue
        name = name_in_small_letters(row[naming].text)
        names[name] = row[naming].span
        cells = rows[name] = {
            column: Scalar(cell.text, cell.text, cell.span, plain=False)
            for column, cell in zip(columns, row, strict=True)
        }
        params[name] = {key: cells[key] for key in columns if key not in RESERVED_PARAMS}
    return Matrix(file, rows, params, names, tuple(flows)), findings


def rows_and_flows(matrix: Matrix, flows: Mapping[str, Span | None]) -> list[Diagnostic]:
    """A finding for each row that has the name of a flow: both are folders side by side."""
    return [
        rules.ROW_IS_FLOW.at(
            span,
            f"the row '{name}' has the name of a flow",
            hint="give the row or the flow another name",
            labels=[Label(place, "the flow")] if (place := flows[name]) is not None else [],
        )
        for name, span in matrix.places.items()
        if name in flows
    ]


def _column_faults(heading: Sequence[Cell], folder: Scalar | None) -> list[Diagnostic]:
    findings: list[Diagnostic] = []
    seen: dict[str, Cell] = {}
    naming = heading[0].text if folder is None else folder.text
    for number, cell in enumerate(heading, 1):
        # The column of the names is often headed "row"; it names folders and need not be a param.
        own = cell.text == naming and cell.text in RESERVED_PARAMS
        reason = None if own else valid_param(cell.text)
        if reason is not None:
            shown = f"'{cell.text}'" if cell.text else f"number {number}"
            findings.append(rules.BAD_COLUMN.at(cell.span, f"column {shown}: {reason}"))
        elif cell.text in seen:
            labels = [Label(seen[cell.text].span, "the first one")]
            message = f"two columns are called '{cell.text}'"
            findings.append(rules.BAD_COLUMN.at(cell.span, message, labels=labels))
        seen.setdefault(cell.text, cell)
    if folder is not None and folder.text not in seen:
        known = f"its columns are {', '.join(seen)}"
        message = f"the table has no column '{folder.text}'"
        findings.append(unknown(rules.BAD_COLUMN, folder.span, folder.text, seen, message, known))
    return findings


def _row_fault(
    row: Sequence[Cell], heading: Sequence[Cell], naming: int, names: Mapping[str, Span]
) -> Diagnostic | None:
    if len(row) != len(heading):
        first, last = row[0].span, row[-1].span
        return rules.RAGGED_ROW.at(
            Span(first.file, first.start, last.end),
            f"this row has {count(len(row), 'value')}, but there are "
            f"{count(len(heading), 'column')}",
            hint=None if len(row) < len(heading) else "a value with a comma in it needs quotes",
            labels=[Label(heading[0].span, "the columns")],
        )
    cell = row[naming]
    name = name_in_small_letters(cell.text)
    reason = valid_name(name)
    if reason is not None:
        message = f"'{cell.text}' cannot name a row: {reason}"
        # Only a wrong name asks for it.
        from unicodedata import normalize

        bare = name_in_small_letters(normalize("NFKD", cell.text))
        better = f"row-{name}" if name[:1].isdigit() else bare
        hint = f"write '{better}'" if valid_name(better) is None else None
        return rules.BAD_ROW_NAME.at(cell.span, message, hint=hint)
    if name in names:
        labels = [Label(names[name], "the first one")]
        return rules.DUPLICATE_ROW.at(cell.span, f"two rows are called '{name}'", labels=labels)
    return None
