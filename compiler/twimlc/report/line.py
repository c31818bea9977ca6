"""Findings for editors and problem matchers: findings in, one line each out.

``path:line:column: severity: message (hint) [CODE slug]``
"""

from collections.abc import Sequence

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.report.few import first_of_each
from twimlc.report.visible import visible


def line_report(findings: Sequence[Diagnostic]) -> str:
    """One line for each finding; of very many alike only the first."""
    return "".join(f"{_line(finding)}\n" for finding in first_of_each(findings))


def _line(finding: Diagnostic) -> str:
    begin = finding.span.begin
    hint = f" ({finding.hint})" if finding.hint else ""
    return visible(
        f"{finding.span.file.path}:{begin.line}:{begin.column}: {finding.severity}: "
        f"{finding.message}{hint} [{finding.rule.code} {finding.rule.slug}]"
    )
