"""Findings as data: findings in, what JSON can hold out, and back with the texts of the files.

A place is a path and two offsets, so it fits where the text is the same, which the key of an entry
sees to. A text that is none of the given ones, such as an argument, goes along.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from twimlc.findings.catalogue import RULES
from twimlc.findings.diagnostic import Diagnostic, Edit, Fix, Label, Severity
from twimlc.text import SourceFile, Span

Files = Mapping[str, SourceFile]


def to_data(findings: Iterable[Diagnostic], files: Files) -> list[Any]:
    """The findings as lists, numbers and texts; ``files`` are those whose texts are known."""
    return [
        [
            finding.rule.slug,
            finding.severity.value,
            finding.message,
            finding.hint,
            list(finding.twilio),
            _places(finding.span, files),
            [[_places(label.span, files), label.message] for label in finding.labels],
            finding.fix
            and [
                finding.fix.title,
                [[_places(edit.span, files), edit.text] for edit in finding.fix.edits],
            ],
        ]
        for finding in findings
    ]


def from_data(data: Any, files: Files) -> list[Diagnostic]:
    """The findings of :func:`to_data`. Raises ValueError for anything else."""
    try:
        return [_finding(item, files) for item in data]
    except (KeyError, TypeError) as fault:
        raise ValueError("these are no findings") from fault


def _places(span: Span, files: Files) -> list[Any]:
    """A span and those that brought it in, the innermost first."""
    return [
        [place.file.path, place.start, place.end]
        + ([] if files.get(place.file.path) == place.file else [place.file.text])
        for place in (span, *span.chain)
    ]


def _finding(item: Any, files: Files) -> Diagnostic:
    slug, severity, message, hint, twilio, places, labels, fix = item
    return Diagnostic(
        rule=RULES[_text(slug)],
        message=_text(message),
        span=_span(places, files),
        severity=Severity(severity),
        hint=None if hint is None else _text(hint),
        labels=tuple(Label(_span(at, files), _text(words)) for at, words in labels),
        fix=None if fix is None else _fix(fix, files),
        twilio=tuple(map(_number, twilio)),
    )


def _fix(data: Any, files: Files) -> Fix:
    title, edits = data
    return Fix(_text(title), tuple(Edit(_span(at, files), _text(text)) for at, text in edits))


def _span(places: Any, files: Files) -> Span:
    span = None
    for path, start, end, *text in reversed(places):
        file = SourceFile(_text(path), *map(_text, text)) if text else files[path]
        if not 0 <= _number(start) <= _number(end):
            raise ValueError("a place ends before it begins")
        span = Span(file, start, end, span)
    if span is None:
        raise ValueError("a finding is nowhere")
    return span


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("this is no text")
    return value


def _number(value: Any) -> int:
    if type(value) is not int:
        raise ValueError("this is no number")
    return value
