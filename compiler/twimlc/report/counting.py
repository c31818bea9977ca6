"""Findings counted, and the many that are alike: what all forms of a report share."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from twimlc.findings.diagnostic import Diagnostic
from twimlc.text import count

_MOST = 100
"""So many findings of one rule in one file are reported one by one."""


def tally(findings: Sequence[Diagnostic]) -> dict[str, int]:
    """How many findings there are of each severity: ``{errors, warnings, notes}``."""
    counts = {"errors": 0, "warnings": 0, "notes": 0}
    for finding in findings:
        counts[f"{finding.severity}s"] += 1
    return counts


def sum_up(findings: Sequence[Diagnostic]) -> str:
    """``2 errors, 1 warning``, or that there are none."""
    numbers = [count(n, noun.removesuffix("s")) for noun, n in tally(findings).items() if n]
    return ", ".join(numbers) or "no problems found"


def first_of_each(findings: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings, for forms that people read: of very many alike only the first.

    In the place of the others one says how many there are.
    """
    if len(findings) <= _MOST:
        yield from findings
        return
    number = Counter(_kind(finding) for finding in findings)
    shown: Counter[tuple[str, int, str]] = Counter()
    for finding in findings:
        kind = _kind(finding)
        shown[kind] += 1
        if shown[kind] <= _MOST:
            yield finding
        elif shown[kind] == _MOST + 1:
            message = f"and {number[kind] - _MOST:,} more like this in this file, from here on"
            yield replace(finding, message=message, hint=None, labels=(), fix=None, twilio=())


def _kind(finding: Diagnostic) -> tuple[str, int, str]:
    return finding.span.file.path, finding.rule.number, finding.severity
