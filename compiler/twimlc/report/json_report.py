"""Findings for programs: findings in, one JSON object out.

Its shape is ``schema/report.schema.json``. Within version 1 keys may be added, never changed.
Lines and columns are 1-based, a column counts code points, and the end is the place behind the
last character.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from twimlc import __version__
from twimlc.diagnostics.diagnostic import Diagnostic, Fix
from twimlc.report import tally
from twimlc.text import Span

VERSION = 1


def json_report(findings: Sequence[Diagnostic]) -> str:
    """The findings and their number as JSON, safe to print anywhere (ASCII only)."""
    return json.dumps(report_object(findings), indent=2) + "\n"


def report_object(findings: Sequence[Diagnostic]) -> dict[str, Any]:
    """The same before it becomes text."""
    return {
        "version": VERSION,
        "tool": {"name": "twimlc", "version": __version__},
        "findings": [_finding(finding) for finding in findings],
        "summary": tally(findings),
    }


def _finding(finding: Diagnostic) -> dict[str, Any]:
    return {
        "rule": finding.rule.code,
        "slug": finding.rule.slug,
        "severity": str(finding.severity),
        "message": finding.message,
        "hint": finding.hint,
        **_place(finding.span),
        "twilio": list(finding.twilio),
        "fix": None if finding.fix is None else _fix(finding.fix),
        "labels": [
            {"message": message, **_place(span)} for span, message in second_places(finding)
        ],
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [{"text": edit.text, **_place(edit.span)} for edit in fix.edits]
    return {"title": fix.title, "edits": edits}


def second_places(finding: Diagnostic) -> Iterator[tuple[Span, str]]:
    """The other places that a finding talks about, and the chain that brought it in."""
    for label in finding.labels:
        yield label.span, label.message
    via = finding.span.via
    while via is not None:
        yield via, "used here"
        via = via.via


def _place(span: Span) -> dict[str, Any]:
    begin, finish = span.begin, span.finish
    return {
        "file": span.file.path,
        "line": begin.line,
        "column": begin.column,
        "endLine": finish.line,
        "endColumn": finish.column,
    }
