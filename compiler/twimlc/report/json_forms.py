"""Findings as JSON: for programs, for code scanning and for GitLab's merge requests.

- ``json``: one object, as ``formats/report.schema.json`` describes it. Within version 1 keys may
  be added, never changed. Lines and columns are 1-based, a column counts code points, and the end
  is the place after the last character.
- ``sarif``: a SARIF 2.1.0 log. Paths are relative to the folder that the command ran in. A fix is
  given as the replacement of regions, so that viewers can offer it.
- ``gitlab``: a Code Quality report.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from twimlc.about import URL, VERSION
from twimlc.findings.diagnostic import Diagnostic, Fix, Rule, Severity
from twimlc.findings.pages import page_of, page_url
from twimlc.report.counting import tally
from twimlc.report.escape import visible
from twimlc.text import Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def json_report(findings: Sequence[Diagnostic]) -> str:
    """The findings and their number as JSON, safe to print anywhere (ASCII only)."""
    return _written(
        {
            "version": 1,
            "tool": {"name": "twimlc", "version": VERSION},
            "findings": [finding_form(finding) for finding in findings],
            "summary": tally(findings),
        }
    )


def finding_form(finding: Diagnostic) -> dict[str, Any]:
    """One finding, as an object of JSON."""
    return {
        "rule": finding.rule.code,
        "slug": finding.rule.slug,
        "severity": str(finding.severity),
        "message": finding.message,
        "hint": finding.hint,
        **_place(finding.span),
        "twilio": list(finding.twilio),
        "fix": None if finding.fix is None else _json_fix(finding.fix),
        "labels": [
            {"message": message, **_place(span)} for span, message in _second_places(finding)
        ],
    }


def _json_fix(fix: Fix) -> dict[str, Any]:
    edits = [{"text": edit.text, **_place(edit.span)} for edit in fix.edits]
    return {"title": fix.title, "edits": edits}


def _second_places(finding: Diagnostic) -> Iterator[tuple[Span, str]]:
    """The other places that a finding talks about, and the chain that brought it in."""
    for label in finding.labels:
        yield label.span, label.message
    for via in finding.span.chain:
        yield via, "used here"


def _place(span: Span) -> dict[str, Any]:
    begin, finish = span.begin, span.finish
    return {
        "file": span.file.path,
        "line": begin.line,
        "column": begin.column,
        "endLine": finish.line,
        "endColumn": finish.column,
    }


def sarif(findings: Sequence[Diagnostic]) -> str:
    """The findings as one run; only the rules that occur are described."""
    rules = {finding.rule.slug: finding.rule for finding in findings}
    ordered = sorted(rules.values(), key=lambda rule: rule.number)
    index = {rule.slug: number for number, rule in enumerate(ordered)}
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "twimlc",
                        "version": VERSION,
                        "informationUri": URL,
                        "rules": [_sarif_rule(rule) for rule in ordered],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(finding, index[finding.rule.slug], fingerprint)
                    for finding, fingerprint in zip(findings, _fingerprints(findings), strict=True)
                ],
            }
        ],
    }
    return _written(log)


def _sarif_rule(rule: Rule) -> dict[str, Any]:
    page = page_of(rule.slug)
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "helpUri": page_url(rule.slug),
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": page.why},
        "help": {"text": f"{page.why}\n\nWrong:\n\n{page.wrong.flow}\nRight:\n\n{page.right.flow}"},
        "defaultConfiguration": {"level": str(rule.severity)},
        "properties": {"slug": rule.slug, "twilioErrors": list(rule.twilio)},
    }


def _result(finding: Diagnostic, index: int, fingerprint: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule.code,
        "ruleIndex": index,
        "level": str(finding.severity),
        "message": {"text": finding.sentence},
        "locations": [{"physicalLocation": _location(finding.span)}],
        "partialFingerprints": {"twimlc/v1": fingerprint},
    }
    related = [
        {"id": number, "physicalLocation": _location(span), "message": {"text": message}}
        for number, (span, message) in enumerate(_second_places(finding), start=1)
    ]
    if related:
        result["relatedLocations"] = related
    if finding.fix is not None:
        result["fixes"] = [_sarif_fix(finding.fix)]
    return result


def _sarif_fix(fix: Fix) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        place = _location(edit.span)
        replacement = {"deletedRegion": place["region"], "insertedContent": {"text": edit.text}}
        changes.setdefault(place["artifactLocation"]["uri"], []).append(replacement)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": {"uri": uri}, "replacements": replacements}
            for uri, replacements in changes.items()
        ],
    }


def _location(span: Span) -> dict[str, Any]:
    begin, finish = span.begin, span.finish
    # A file name that is no Unicode has surrogates in it.
    uri = quote(span.file.path, safe="/~", errors="surrogatepass")
    return {
        "artifactLocation": {"uri": uri},
        "region": {
            "startLine": begin.line,
            "startColumn": begin.column,
            "endLine": finish.line,
            "endColumn": finish.column,
        },
    }


def gitlab(findings: Sequence[Diagnostic]) -> str:
    """The findings as a list of issues."""
    issues = [
        {
            "description": visible(f"{finding.rule.title}: {finding.sentence}"),
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
        for finding, fingerprint in zip(findings, _fingerprints(findings), strict=True)
    ]
    return _written(issues)


def _written(content: Any) -> str:
    return json.dumps(content, indent=2) + "\n"


def _fingerprints(findings: Sequence[Diagnostic]) -> list[str]:
    """What each finding is known by from run to run, all of them different.

    It is made of the rule, the file and the text of the line, so that a finding keeps it when
    lines above come and go; findings that are alike in all of that are counted.
    """
    seen: Counter[str] = Counter()
    keys = []
    for finding in findings:
        span = finding.span
        line = span.file.line(span.begin.line).strip()
        text = f"{finding.rule.slug}\0{span.file.path}\0{line}"
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[digest] += 1
        keys.append(f"{digest}:{seen[digest]}")
    return keys


FORMS = {"json": json_report, "sarif": sarif, "gitlab": gitlab}
