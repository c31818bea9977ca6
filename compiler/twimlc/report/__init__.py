"""Findings in, text out: for people, for editors and for the machines of continuous integration.

:data:`FORMATS` names the forms; :func:`render` writes one. The modules of the single
forms are imported only when there is something to write.
"""

from collections.abc import Sequence

from twimlc.findings.diagnostic import Diagnostic, Severity

FORMATS = ("human", "line", "json", "sarif", "github", "gitlab", "junit", "markdown", "outputs")
DOCUMENTS = ("json", "sarif", "gitlab", "junit", "markdown", "outputs")
"""These are whole documents even when there is nothing to report."""


def render(
    findings: Sequence[Diagnostic],
    form: str = "human",
    *,
    color: bool = False,
    fail_on: Severity | None = Severity.ERROR,
) -> str:
    """The report of ``findings``, with its final line end; empty where there is nothing to say.

    ``fail_on`` is the least bad severity that counts as a failure (JUnit knows only pass or fail).
    """
    if form not in FORMATS:
        raise ValueError(f"unknown report format {form!r}")
    if form in ("json", "sarif", "gitlab"):
        from twimlc.report import json_forms  # brings the pages of all rules along

        return json_forms.FORMS[form](findings)
    if form == "junit":
        from twimlc.report import junit  # brings what writes XML along

        return junit.junit(findings, fail_on=fail_on)
    # `--help` needs the names of the forms, and nothing of what writes them.
    from twimlc.report import human, text_forms

    if form == "human":
        return human.human(findings, color=color)
    return text_forms.FORMS[form](findings)
