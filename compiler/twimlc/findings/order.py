"""Findings put in order: many lists in, one list out, each mistake once.

Also where a project's own severities are applied. Everything here keeps the findings as they
are, but for the severity and the words that say how often they occur.
"""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from twimlc.findings.diagnostic import Diagnostic, Label, Severity
from twimlc.findings.rules import MISSING_KEY, MISSING_PART
from twimlc.text import Span

_Key = tuple[int, str, int, int, str]


def _key(finding: Diagnostic) -> _Key:
    span = finding.span
    return finding.rule.number, span.file.path, span.start, span.end, finding.message


def unique(
    findings: Iterable[Diagnostic], key: Callable[[Diagnostic], Hashable] = _key
) -> list[Diagnostic]:
    """The first of all findings that are equal, or that have the same ``key``."""
    first: dict[Hashable, Diagnostic] = {}
    for finding in findings:
        first.setdefault(key(finding), finding)
    return list(first.values())


def in_order(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by file, place and rule; equal findings are one."""

    def place(finding: Diagnostic) -> tuple[object, ...]:
        rule, path, start, end, message = _key(finding)
        return path, start, rule, end, message

    return sorted(unique(findings), key=place)


def once(findings: list[Diagnostic]) -> list[Diagnostic]:
    """One finding per place and rule: the attempts of a menu are the same step."""
    return unique(findings, lambda finding: (finding.rule.number, finding.span))


def merge_variants(
    variants: Iterable[tuple[str, Sequence[Diagnostic]]],
    *,
    noun: str = "row",
    table: str | None = None,
) -> list[Diagnostic]:
    """The findings of several compilations of the same sources, each once.

    One that does not occur in every variant says in how many it does, and which is the first. So
    does one about the cells of a column of ``table``, where each says what it holds; a few of the
    other cells are its labels.
    """
    first: dict[_Key, tuple[str, Diagnostic]] = {}
    cells: dict[_Key, dict[str, Diagnostic]] = {}
    count: dict[_Key, int] = {}
    whole = 0
    for name, findings in variants:
        whole += 1
        for key, finding in {_across(finding, table): finding for finding in findings}.items():
            first.setdefault(key, (name, finding))
            count[key] = count.get(key, 0) + 1
            if finding.span.file.path == table and len(others := cells.setdefault(key, {})) < 4:
                others.setdefault(finding.message, finding)
    merged = []
    for key, (name, finding) in first.items():
        times = count[key]
        if times < whole or (key in cells and times > 1):
            where = f"in {noun} {name}" if times == 1 else f"in {times} {noun}s, first: {name}"
            labels = [Label(f.span, f.message) for f in [*cells.get(key, {}).values()][1:]]
            finding = replace(
                finding,
                message=f"{finding.message} ({where})",
                labels=(*finding.labels, *labels),
            )
        merged.append(finding)
    return merged


def _across(finding: Diagnostic, table: str | None) -> _Key:
    """What is the same of a finding in every row: for a cell, the place that it is put into."""
    span = finding.span
    if span.file.path != table or span.via is None:
        return _key(finding)
    return finding.rule.number, *span.via.place, f"{finding.severity} of a cell"


def without_echoes(found: list[Diagnostic], earlier: list[Diagnostic]) -> list[Diagnostic]:
    """The findings that are not only an echo of an ``earlier`` error."""
    if not earlier:
        return found
    lines = {(f.span.file.path, f.span.begin.line) for f in earlier}
    missing = (MISSING_KEY, MISSING_PART)
    told = {(f.span.file.path, f.message) for f in earlier if f.rule in missing}
    unfilled = any(300 <= f.rule.number < 400 for f in earlier)
    overlaps = overlapping(f.span for f in earlier)
    return [
        f
        for f in found
        if not overlaps(f.span)
        and not (f.rule in missing and (f.span.file.path, f.span.begin.line) in lines)
        and (f.span.file.path, f.message) not in told
        # What could not be expanded stays as it was typed, and is no value of anything.
        and not (unfilled and "${" in f.span.text)
    ]


def overlapping(spans: Iterable[Span]) -> Callable[[Span], bool]:
    """Whether a span meets one of these; each takes up a letter at least."""
    taken: dict[str, list[tuple[int, int]]] = {}  # by file: starts, and how far any reaches so far
    for path, start, end in sorted(span.place for span in spans):
        before = taken.setdefault(path, [])
        before.append((start, max(end, start + 1, before[-1][1] if before else 0)))

    def meets(span: Span) -> bool:
        before = taken.get(span.file.path, ())
        at = bisect_left(before, (max(span.end, span.start + 1),))
        return at > 0 and before[at - 1][1] > span.start

    return meets


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
