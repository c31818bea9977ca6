"""Exit statuses: findings in, a number out. The same for every subcommand and every format."""

from collections.abc import Iterable

from twimlc.diagnostics.diagnostic import Diagnostic, Severity

CLEAN = 0
FINDINGS = 1
USAGE = 2
FAULT = 3
INTERRUPTED = 130

FAIL_ON = ("error", "warning", "note", "never")

# What the machine refused is not the input's fault, although it is told as a finding.
_MACHINE = frozenset({"cannot-write"})


def threshold(fail_on: str) -> Severity | None:
    """The least bad severity that fails a run, or None for never."""
    return None if fail_on == "never" else Severity(fail_on)


def status(findings: Iterable[Diagnostic], fail_on: Severity | None) -> int:
    """The exit status that these findings ask for."""
    result = CLEAN
    for finding in findings:
        if finding.rule.slug in _MACHINE and finding.is_error:
            return FAULT
        if fail_on is not None and finding.severity.rank <= fail_on.rank:
            result = FINDINGS
    return result
