"""Findings put in order: many lists in, one list out, each mistake once.

Also where a project's own severities are applied. Everything here keeps the findings as they
are, but for the severity and the words that say how often they occur.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from twimlc.diagnostics.diagnostic import Diagnostic, Severity

_Key = tuple[int, str, int, int, str]


def _key(finding: Diagnostic) -> _Key:
    span = finding.span
    return finding.rule.number, span.file.path, span.start, span.end, finding.message


def in_order(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by file, place and rule; equal findings are one."""
    once: dict[_Key, Diagnostic] = {}
    for finding in findings:
        once.setdefault(_key(finding), finding)
    return sorted(
        once.values(),
        key=lambda found: (
            found.span.file.path,
            found.span.start,
            found.rule.number,
            found.span.end,
            found.message,
        ),
    )


def merge_variants(
    variants: Iterable[tuple[str, Sequence[Diagnostic]]], *, noun: str = "row"
) -> list[Diagnostic]:
    """The findings of several compilations of the same sources, each once.

    One that does not occur in every variant says in how many it does, and which is the first.
    """
    first: dict[_Key, tuple[str, Diagnostic]] = {}
    count: dict[_Key, int] = {}
    whole = 0
    for name, findings in variants:
        whole += 1
        for key, finding in {_key(finding): finding for finding in findings}.items():
            first.setdefault(key, (name, finding))
            count[key] = count.get(key, 0) + 1
    merged = []
    for key, (name, finding) in first.items():
        times = count[key]
        if times < whole:
            where = f"in {noun} {name}" if times == 1 else f"in {times} {noun}s, first: {name}"
            finding = replace(finding, message=f"{finding.message} ({where})")
        merged.append(finding)
    return merged


def apply_severities(
    findings: Iterable[Diagnostic], severities: Mapping[str, Severity | str]
) -> list[Diagnostic]:
    """The findings as a project wants them: ``{slug or number: off | note | warning | error}``.

    A rule that is an error by itself stays one: without it a wrong document could be built.
    """
    if not severities:
        return list(findings)
    wanted = {name.lower(): str(value) for name, value in severities.items()}
    kept = []
    for finding in findings:
        rule = finding.rule
        names = (rule.slug, rule.code.lower(), str(rule.number))
        value = next((wanted[name] for name in names if name in wanted), None)
        if value is None or rule.severity is Severity.ERROR:
            kept.append(finding)
        elif value != "off":
            kept.append(replace(finding, severity=Severity(value)))
    return kept
