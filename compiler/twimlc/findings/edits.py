"""Fixes applied to text: findings with fixes come in, the edited text goes out.

Only what is between the spans of the edits changes, so comments and layout stay.
"""

import re
from bisect import bisect_left, insort
from collections.abc import Sequence

from twimlc.findings.diagnostic import Diagnostic, Edit, Fix
from twimlc.text import Span, lazy_pattern

_PLAIN = lazy_pattern(r"[A-Za-z0-9][A-Za-z0-9_/+.-]*")


def rewrite(span: Span, old: str, new: str, title: str = "") -> Fix | None:
    """The fix that puts ``new`` in the place of ``old``, quotes kept; None where it is not safe.

    The place must hold just what was typed: not an expression that gave the value, not an alias,
    whose text stands for other places too.
    """
    quotes = span.text in (f'"{old}"', f"'{old}'")
    if not _PLAIN.fullmatch(new) or not (quotes or span.text == old):
        return None
    return _replace(span, int(quotes), len(span.text) - quotes, new, title)


def rewrite_word(span: Span, old: str, new: str) -> Fix | None:
    """The same for the only place of a word in an expression ``${…}``."""
    return rewrite_part(span, old, new) if span.text.startswith("${") else None


def rewrite_part(span: Span, old: str, new: str) -> Fix | None:
    """The same for the only place of a word in a longer text."""
    # A part such as `.phone` brings the point before it along.
    before = "" if old.startswith(".") else r"(?<![\w.])"
    places = list(re.finditer(rf"{before}{re.escape(old)}(?!\w)", span.text))
    return _replace(span, *places[0].span(), new) if len(places) == 1 else None


def space_after(span: Span, head: str) -> Fix | None:
    """The fix that puts a space after ``head``, which a plain text begins with."""
    if not span.text.startswith(head):
        return None
    return _replace(span, len(head), len(head), " ", "put a space after the colon")


def rewrite_head(span: Span, old: str, new: str) -> Fix | None:
    """The fix that puts ``new`` in the place of ``old``, which a value begins with."""
    at = int(span.text.startswith(('"', "'")))
    if not span.file.text.startswith(old, span.start + at):
        return None
    return _replace(span, at, at + len(old), new)


def _replace(span: Span, start: int, end: int, new: str, title: str = "") -> Fix | None:
    """The fix that replaces a part of a span; none in what stands for other places, too."""
    if span.from_alias:
        return None
    place = Span(span.file, span.start + start, span.start + end)
    return Fix(title or f"write '{new}'", (Edit(place, new),))


def put_in_quotes(span: Span, text: str, what: str) -> Fix | None:
    """The fix that writes ``text`` in quotes at ``span``; None where quotes would change it."""
    if '"' in text or "\\" in text or "\n" in text:
        return None
    return Fix(f"put the {what} in quotes", (Edit(span, f'"{text}"'),))


def compatible(findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Those findings whose fixes can be made together: no two edits touch the same text."""
    taken: dict[str, list[tuple[int, int]]] = {}
    chosen: list[Diagnostic] = []
    for finding in findings:
        if finding.fix is None:
            continue
        wanted = [
            (edit.span.file.path, edit.span.start, edit.span.end) for edit in finding.fix.edits
        ]
        if not any(touches(taken.get(path, []), start, end) for path, start, end in wanted):
            chosen.append(finding)
            for path, start, end in wanted:
                insort(taken.setdefault(path, []), (start, end))
    return chosen


def touches(taken: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a place touches one of those that are taken; they are in order, none in another."""
    after = bisect_left(taken, (start, end))
    before = taken[after - 1][1] if after else -1
    return before >= start or (after < len(taken) and taken[after][0] <= end)


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """``text`` after edits that do not overlap."""
    pieces, done = list[str](), 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        pieces += (text[done : edit.span.start], edit.text)
        done = edit.span.end
    return "".join(pieces) + text[done:]
