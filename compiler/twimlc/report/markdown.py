"""Findings for a page: findings in, a table in Markdown out, as job summaries show it.

Nothing from the input is taken as Markdown or HTML. The worst come first; a page has its limits,
so of very many only the number of the rest is told.
"""

import re
from collections.abc import Iterator, Sequence

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.report import tally
from twimlc.report.visible import visible

_MOST = 500
_MARKUP = re.compile(
    r"[^\w .,:;/()?='\"+-]|(?<=\w)_|_(?=\w)|(?<=:)//"
    r"|(?<=www)\.|(?<=[A-Za-z])-(?=[0-9])",  # links of GitHub: www.example.com, GH-12
    re.IGNORECASE,
)


def markdown(findings: Sequence[Diagnostic]) -> str:
    """A heading, how many there are, and a row for each."""
    return "".join(f"{line}\n" for line in _lines(findings))


def _lines(findings: Sequence[Diagnostic]) -> Iterator[str]:
    yield "## Call flows <!-- twimlc -->"
    yield ""
    counts = [
        f"{number:,} {noun if number != 1 else noun.removesuffix('s')}"
        for noun, number in tally(findings).items()
        if number
    ]
    yield (", ".join(counts) or "No problems found") + "."
    if not findings:
        return
    yield ""
    yield "| | Where | What |"
    yield "| --- | --- | --- |"
    worst_first = sorted(findings, key=lambda finding: finding.severity.rank)
    for finding in worst_first[:_MOST]:
        yield _row(finding)
    if len(findings) > _MOST:
        yield ""
        yield f"And {len(findings) - _MOST:,} more."


def _row(finding: Diagnostic) -> str:
    rule, span = finding.rule, finding.span
    begin = span.begin
    place = f"<code>{_text(span.file.path)}</code> {begin.line}:{begin.column}"
    said = _text(finding.message)
    if finding.hint:
        said += f"<br>{_text(finding.hint)}"
    return f"| {finding.severity} | {place} | {said}<br><sub>{rule.code} {rule.slug}</sub> |"


def _text(text: str) -> str:
    """Text that shows itself: whatever could be markup becomes a character reference."""
    return _MARKUP.sub(lambda found: "".join(f"&#{ord(char)};" for char in found[0]), visible(text))
