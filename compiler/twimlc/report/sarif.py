"""Findings for code scanning: findings in, a SARIF 2.1.0 log out.

Paths are relative to the folder that the command ran in. A fix is given as the replacement of
regions, so that viewers can offer it.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from twimlc import __url__, __version__
from twimlc.diagnostics.diagnostic import Diagnostic, Fix, Rule
from twimlc.report.fingerprint import fingerprints
from twimlc.report.json_report import second_places
from twimlc.text import Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


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
                        "version": __version__,
                        "informationUri": __url__,
                        "rules": [_rule(rule) for rule in ordered],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(finding, index[finding.rule.slug], fingerprint)
                    for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
                ],
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "helpUri": f"{__url__}/blob/main/docs/findings.md#{rule.code.lower()}-{rule.slug}",
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why}\n\nWrong:\n\n{rule.wrong.flow}\nRight:\n\n{rule.right.flow}"},
        "defaultConfiguration": {"level": str(rule.severity)},
        "properties": {"slug": rule.slug, "twilioErrors": list(rule.twilio)},
    }


def _result(finding: Diagnostic, index: int, fingerprint: str) -> dict[str, Any]:
    text = finding.message if finding.hint is None else f"{finding.message} ({finding.hint})"
    result: dict[str, Any] = {
        "ruleId": finding.rule.code,
        "ruleIndex": index,
        "level": str(finding.severity),
        "message": {"text": text},
        "locations": [{"physicalLocation": _location(finding.span)}],
        "partialFingerprints": {"twimlc/v1": fingerprint},
    }
    related = [
        {"id": number, "physicalLocation": _location(span), "message": {"text": message}}
        for number, (span, message) in enumerate(second_places(finding), start=1)
    ]
    if related:
        result["relatedLocations"] = related
    if finding.fix is not None:
        result["fixes"] = [_fix(finding.fix)]
    return result


def _fix(fix: Fix) -> dict[str, Any]:
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
