"""Findings that are all alike, for forms that people read: many come in, the first go out.

Forms that machines read stay whole.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from twimlc.diagnostics.diagnostic import Diagnostic

_MOST = 100
"""So many findings of one rule in one file are told one by one."""


def first_of_each(findings: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings; in the place of those beyond the first of their kind, one tells how many."""
    if len(findings) <= _MOST:
        yield from findings
        return
    number = Counter(_kind(finding) for finding in findings)
    told: Counter[tuple[str, int, str]] = Counter()
    for finding in findings:
        kind = _kind(finding)
        told[kind] += 1
        if told[kind] <= _MOST:
            yield finding
        elif told[kind] == _MOST + 1:
            message = f"and {number[kind] - _MOST:,} more like this in this file, from here on"
            yield replace(finding, message=message, hint=None, labels=(), fix=None, twilio=())


def _kind(finding: Diagnostic) -> tuple[str, int, str]:
    return finding.span.file.path, finding.rule.number, finding.severity
