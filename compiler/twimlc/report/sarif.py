"""Findings for code scanning: findings in, a SARIF 2.1.0 log out.

A fingerprint is made of the rule, the file and the text of the line, so that a finding keeps its
identity when lines above it come and go.
"""

import json
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from twimlc import __url__, __version__
from twimlc.diagnostics.diagnostic import Diagnostic, Rule
from twimlc.report.json_report import second_places
from twimlc.text import Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(findings: Sequence[Diagnostic]) -> str:
    """The findings as one run; only the rules that occur are described."""
    rules = {finding.rule.slug: finding.rule for finding in findings}
    ordered = sorted(rules.values(), key=lambda rule: rule.number)
    index = {rule.slug: number for number, rule in enumerate(ordered)}
    seen: Counter[str] = Counter()
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
                    _result(finding, index[finding.rule.slug], seen) for finding in findings
                ],
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why}\n\nWrong:\n\n{rule.wrong.flow}\nRight:\n\n{rule.right.flow}"},
        "defaultConfiguration": {"level": str(rule.severity)},
        "properties": {"slug": rule.slug, "twilioErrors": list(rule.twilio)},
    }


def _result(finding: Diagnostic, index: int, seen: Counter[str]) -> dict[str, Any]:
    text = finding.message if finding.hint is None else f"{finding.message} ({finding.hint})"
    result: dict[str, Any] = {
        "ruleId": finding.rule.code,
        "ruleIndex": index,
        "level": str(finding.severity),
        "message": {"text": text},
        "locations": [{"physicalLocation": _location(finding.span)}],
        "partialFingerprints": {"twimlc/v1": _fingerprint(finding, seen)},
    }
    related = [
        {"id": number, "physicalLocation": _location(span), "message": {"text": message}}
        for number, (span, message) in enumerate(second_places(finding), start=1)
    ]
    if related:
        result["relatedLocations"] = related
    return result


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


def _fingerprint(finding: Diagnostic, seen: Counter[str]) -> str:
    span = finding.span
    line = span.file.line(span.begin.line).strip()
    text = f"{finding.rule.slug}\0{span.file.path}\0{line}"
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"
