"""Findings in, text out: for people, for editors and for the machines of continuous integration.

:data:`FORMATS` names the forms; :func:`render` writes one. The modules of the single
forms are imported only when their form is asked for.
"""

from collections.abc import Sequence

from twimlc.diagnostics.diagnostic import Diagnostic, Severity

FORMATS = ("human", "line", "json", "sarif", "github", "gitlab", "junit", "markdown", "outputs")
DOCUMENTS = ("json", "sarif", "gitlab", "junit", "markdown", "outputs")
"""These are whole documents even when there is nothing to tell."""


def render(
    findings: Sequence[Diagnostic],
    form: str = "human",
    *,
    colour: bool = False,
    fail_on: Severity | None = Severity.ERROR,
) -> str:
    """The report of ``findings``, with its final line end; empty where there is nothing to say.

    ``fail_on`` is the least bad severity that counts as a failure (JUnit knows only pass or fail).
    """
    match form:
        case "human":
            from twimlc.report.human import human

            return human(findings, colour=colour)
        case "line":
            from twimlc.report.line import line_report

            return line_report(findings)
        case "json":
            from twimlc.report.json_report import json_report

            return json_report(findings)
        case "sarif":
            from twimlc.report.sarif import sarif

            return sarif(findings)
        case "github":
            from twimlc.report.github import github

            return github(findings)
        case "gitlab":
            from twimlc.report.gitlab import gitlab

            return gitlab(findings)
        case "markdown":
            from twimlc.report.markdown import markdown

            return markdown(findings)
        case "junit":
            from twimlc.report.junit import junit

            return junit(findings, fail_on=fail_on)
        case "outputs":
            from twimlc.report.outputs import outputs

            return outputs(findings)
        case _:
            raise ValueError(f"unknown report format {form!r}")


def tally(findings: Sequence[Diagnostic]) -> dict[str, int]:
    """How many findings there are of each severity: ``{errors, warnings, notes}``."""
    counts = {"errors": 0, "warnings": 0, "notes": 0}
    for finding in findings:
        counts[f"{finding.severity}s"] += 1
    return counts
