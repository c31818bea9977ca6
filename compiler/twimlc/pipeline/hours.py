"""The calendars of a project: options come in; calendars, each with its flow, go out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from twimlc.calendars.read import Calendar
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.order import in_order
from twimlc.pipeline.load import Loaded, read_flows
from twimlc.pipeline.look import survey
from twimlc.pipeline.meaning import RowReader
from twimlc.pipeline.model import Options
from twimlc.pipeline.single import file_of, target_of


class Found(NamedTuple):
    """A calendar; ``flow`` is "" for one of the project file, ``row`` that of a matrix."""

    calendar: Calendar
    flow: str = ""
    row: str | None = None


def find_calendars(options: Options, flow: str | None) -> tuple[list[Found], list[Diagnostic]]:
    """The calendars that a flow can ask, or all, and what is wrong in them.

    Of a flow that is compiled for each row of a matrix they are those of the first.
    """
    path = None if flow is None else file_of(options, flow)
    there = survey(replace(options, paths=() if path is None else (path,)))
    if isinstance(there, list):
        return [], in_order(there)
    found = [Found(each) for each in there.project.calendars.values()]
    findings = [each for each in there.findings if 390 <= each.rule.number < 400]
    loaded = read_flows(there, there.every)
    for name in sorted(loaded.selected):
        built = any(target.covers(name) for target in there.targets)
        if built and loaded.flows[name].tree.get("calendars") is not None:
            mine, row, more = _of_flow(loaded, name, dict(there.project.calendars))
            found += (Found(each, name, row) for each in mine.values())
            findings += more
    return found, in_order(findings)


def _of_flow(
    loaded: Loaded, name: str, shared: Mapping[str, Calendar]
) -> tuple[dict[str, Calendar], str | None, list[Diagnostic]]:
    """Those of a flow alone, and the row that they are of."""
    matrix = loaded.project.matrix
    row = next(iter(matrix.rows), None) if matrix is not None and matrix.covers(name) else None
    made = RowReader(loaded, target_of(loaded.survey, name), row).read()
    own = {key: each for key, each in made.calendars.get(name, {}).items() if key not in shared}
    path = loaded.flows[name].file.path
    return own, row, [each for each in made.findings if each.span.file.path == path]
