"""Findings for GitHub: findings in, workflow commands out that annotate the changed lines.

Only the first ten of a kind and step are shown there, so the worst come first. The place is
repeated in the message, because the log of a run shows nothing but that.
"""

from collections.abc import Sequence

from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.report.few import first_of_each
from twimlc.report.visible import visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def github(findings: Sequence[Diagnostic]) -> str:
    """One workflow command a line."""
    worst_first = sorted(first_of_each(findings), key=lambda finding: finding.severity.rank)
    return "".join(f"{_command(finding)}\n" for finding in worst_first)


def _command(finding: Diagnostic) -> str:
    rule, span = finding.rule, finding.span
    begin, finish = span.begin, span.finish
    # A leading ./ makes GitHub drop the annotation.
    path = span.file.path.removeprefix("./")
    properties = {"file": path, "line": begin.line, "endLine": finish.line, "col": begin.column}
    if finish.line == begin.line:
        properties["endColumn"] = finish.column
    properties["title"] = f"{rule.code} {rule.slug}"
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    lines = [finding.message, finding.hint, f"{path}:{begin.line}:{begin.column}"]
    message = "%0A".join(_data(line) for line in lines if line)
    return f"::{_COMMANDS[finding.severity]} {given}::{message}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
