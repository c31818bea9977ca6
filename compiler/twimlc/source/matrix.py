"""The table of a project: the text of a CSV file in, one set of params for each row out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from twimlc.diagnostics.diagnostic import Diagnostic, Label
from twimlc.diagnostics.rules.project import (
    BAD_COLUMN,
    BAD_ROW_NAME,
    DUPLICATE_ROW,
    EMPTY_TABLE,
    RAGGED_ROW,
    ROW_IS_FLOW,
)
from twimlc.source.names import RESERVED_PARAMS, proposed_name, valid_name, valid_param
from twimlc.source.patterns import FlowPattern, selected
from twimlc.source.respell import hint_and_fix
from twimlc.source.rows import Cell, read_rows
from twimlc.source.tree import Node, Scalar
from twimlc.text import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Matrix:
    """The rows that flows are compiled for.

    ``rows`` is what ``${row}`` sees, ``params`` the same values as nodes with their places in the
    table, ``places`` where the name of each row stands. ``flows`` empty means all of them.
    """

    file: SourceFile
    rows: Mapping[str, Mapping[str, str]]
    params: Mapping[str, Mapping[str, Node]]
    places: Mapping[str, Span]
    flows: tuple[FlowPattern, ...] = field(default=())

    def covers(self, flow: str) -> bool:
        """Whether this flow is compiled once for each row, and not for itself."""
        return selected(self.flows, flow)


def read_matrix(
    file: SourceFile, *, folder: Scalar | None = None, flows: Sequence[FlowPattern] = ()
) -> tuple[Matrix | None, list[Diagnostic]]:
    """The table. ``folder`` is the column that names the rows, the first one by default."""
    table, findings = read_rows(file)
    if not table:
        start = Span(file, 0, 0)
        return None, [*findings, EMPTY_TABLE.at(start, f"'{file.path}' is empty")]
    heading, body = table[0], table[1:]
    findings += _column_faults(heading, folder)
    if not body:
        findings.append(EMPTY_TABLE.at(heading[0].span, f"'{file.path}' has no row"))
    if any(f.is_error for f in findings):
        return None, findings

    columns = [cell.text for cell in heading]
    naming = 0 if folder is None else columns.index(folder.text)
    names: dict[str, Span] = {}
    rows: dict[str, Mapping[str, str]] = {}
    params: dict[str, Mapping[str, Node]] = {}
    for row in body:
        fault = _row_fault(row, heading, naming, names)
        if fault is not None:
            findings.append(fault)
            continue
        name = row[naming]
        names[name.text] = name.span
        rows[name.text] = {column: cell.text for column, cell in zip(columns, row, strict=True)}
        params[name.text] = {
            column: Scalar(cell.text, cell.text, cell.span, plain=False)
            for column, cell in zip(columns, row, strict=True)
            if column not in RESERVED_PARAMS
        }
    return Matrix(file, rows, params, names, tuple(flows)), findings


def rows_and_flows(matrix: Matrix, flows: Mapping[str, Span | None]) -> list[Diagnostic]:
    """A finding for each row that has the name of a flow: both are folders side by side."""
    return [
        ROW_IS_FLOW.at(
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
            findings.append(BAD_COLUMN.at(cell.span, f"column {shown}: {reason}"))
        elif cell.text in seen:
            findings.append(
                BAD_COLUMN.at(
                    cell.span,
                    f"two columns are called '{cell.text}'",
                    labels=[Label(seen[cell.text].span, "the first one")],
                )
            )
        seen.setdefault(cell.text, cell)
    if folder is not None and folder.text not in seen:
        near, fix = hint_and_fix(folder.span, folder.text, seen)
        hint = near or f"its columns are {', '.join(seen)}"
        message = f"the table has no column '{folder.text}'"
        findings.append(BAD_COLUMN.at(folder.span, message, hint=hint, fix=fix))
    return findings


def _row_fault(
    row: Sequence[Cell], heading: Sequence[Cell], naming: int, names: Mapping[str, Span]
) -> Diagnostic | None:
    if len(row) != len(heading):
        first, last = row[0].span, row[-1].span
        return RAGGED_ROW.at(
            Span(first.file, first.start, last.end),
            f"this row has {_count(len(row), 'value')}, but there are "
            f"{_count(len(heading), 'column')}",
            hint=None if len(row) < len(heading) else "a value with a comma in it stands in quotes",
            labels=[Label(heading[0].span, "the columns")],
        )
    name = row[naming]
    reason = valid_name(name.text)
    if reason is not None:
        proposal = proposed_name(name.text)
        return BAD_ROW_NAME.at(
            name.span,
            f"'{name.text}' cannot name a row: {reason}",
            hint=None if proposal is None else f"'{proposal}' would do",
        )
    if name.text in names:
        return DUPLICATE_ROW.at(
            name.span,
            f"two rows are called '{name.text}'",
            labels=[Label(names[name.text], "the first one")],
        )
    return None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
