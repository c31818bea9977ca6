"""Findings as lines of text: for editors and problem matchers, GitHub's logs, steps and pages.

- ``line``: ``path:line:column: severity: message (hint) [CODE slug]``.
- ``github``: workflow commands that annotate the changed lines. Only the first ten of a kind and
  step are shown there, so the worst come first. The place is repeated in the message, because the
  log of a run shows nothing but that.
- ``outputs``: ``name=number``, for the next steps of a workflow.
- ``markdown``: a table, as job summaries show it. Nothing from the input is taken as Markdown or
  HTML. A page has its limits, so of very many only the number of the rest is told.
"""

import re
from collections.abc import Iterator, Sequence

from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.report.counting import first_of_each, sum_up, tally
from twimlc.report.escape import visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_MOST_ROWS = 500
_MARKUP = re.compile(
    r"[^\w .,:;/()?='\"+-]|(?<=\w)_|_(?=\w)|(?<=:)//"
    r"|(?<=www)\.|(?<=[A-Za-z])-(?=[0-9])",  # links of GitHub: www.example.com, GH-12
    re.IGNORECASE,
)


def line(findings: Sequence[Diagnostic]) -> str:
    """One line for each finding; of very many alike only the first."""
    return "".join(f"{_line(finding)}\n" for finding in first_of_each(findings))


def _line(finding: Diagnostic) -> str:
    begin = finding.span.begin
    return visible(
        f"{finding.span.file.path}:{begin.line}:{begin.column}: {finding.severity}: "
        f"{finding.sentence} [{finding.rule.title}]"
    )


def github(findings: Sequence[Diagnostic]) -> str:
    """One workflow command a line."""
    worst_first = sorted(first_of_each(findings), key=_rank)
    return "".join(f"{_command(finding)}\n" for finding in worst_first)


def _command(finding: Diagnostic) -> str:
    span = finding.span
    begin, finish = span.begin, span.finish
    # A leading ./ makes GitHub drop the annotation.
    path = span.file.path.removeprefix("./")
    properties = {"file": path, "line": begin.line, "endLine": finish.line, "col": begin.column}
    if finish.line == begin.line:
        properties["endColumn"] = finish.column
    properties["title"] = finding.rule.title
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    lines = [finding.message, finding.hint, f"{path}:{begin.line}:{begin.column}"]
    message = "%0A".join(_data(line) for line in lines if line)
    return f"::{_COMMANDS[finding.severity]} {given}::{message}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def outputs(findings: Sequence[Diagnostic]) -> str:
    """``errors``, ``warnings``, ``notes``, and ``findings`` for all of them."""
    counts = {**tally(findings), "findings": len(findings)}
    return "".join(f"{name}={number}\n" for name, number in counts.items())


def markdown(findings: Sequence[Diagnostic]) -> str:
    """A heading, how many there are, and a row for each."""
    return "".join(f"{line}\n" for line in _lines(findings))


def _lines(findings: Sequence[Diagnostic]) -> Iterator[str]:
    yield "## Call flows <!-- twimlc -->"
    yield ""
    yield f"{sum_up(findings).capitalize()}."
    if not findings:
        return
    yield ""
    yield "| | Where | What |"
    yield "| --- | --- | --- |"
    for finding in sorted(findings, key=_rank)[:_MOST_ROWS]:
        yield _row(finding)
    if len(findings) > _MOST_ROWS:
        yield ""
        yield f"And {len(findings) - _MOST_ROWS:,} more."


def _row(finding: Diagnostic) -> str:
    begin = finding.span.begin
    place = f"<code>{_text(finding.span.file.path)}</code> {begin.line}:{begin.column}"
    said = _text(finding.message)
    if finding.hint:
        said += f"<br>{_text(finding.hint)}"
    return f"| {finding.severity} | {place} | {said}<br><sub>{finding.rule.title}</sub> |"


def _text(text: str) -> str:
    """Text that shows itself: whatever could be markup becomes a character reference."""
    return _MARKUP.sub(lambda found: "".join(f"&#{ord(char)};" for char in found[0]), visible(text))


def _rank(finding: Diagnostic) -> int:
    return finding.severity.rank


FORMS = {"line": line, "github": github, "outputs": outputs, "markdown": markdown}
