"""Findings for GitLab's merge requests: findings in, a Code Quality report out."""

import json
from collections.abc import Sequence

from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.report.fingerprint import fingerprints
from twimlc.report.visible import visible

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def gitlab(findings: Sequence[Diagnostic]) -> str:
    """The findings as a list of issues."""
    issues = [
        {
            "description": visible(_description(finding)),
            "check_name": finding.rule.slug,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                # GitLab compares paths as texts with those of the repository.
                "path": visible(finding.span.file.path).removeprefix("./"),
                "lines": {
                    "begin": finding.span.begin.line,
                    "end": finding.span.finish.line,
                },
            },
        }
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
    ]
    return json.dumps(issues, indent=2) + "\n"


def _description(finding: Diagnostic) -> str:
    hint = f" ({finding.hint})" if finding.hint else ""
    return f"{finding.rule.code} {finding.rule.slug}: {finding.message}{hint}"
