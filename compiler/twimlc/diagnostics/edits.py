"""Fixes applied to text: findings with fixes come in, the edited text goes out.

Only what stands between the spans of the edits changes, so comments and layout stay.
"""

import re
from bisect import bisect_left, insort
from collections.abc import Sequence

from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Fix
from twimlc.text import Span

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_/+.-]*")


def rewrite(span: Span, old: str, new: str, title: str | None = None) -> Fix | None:
    """The fix that puts ``new`` in the place of ``old``, quotes kept; None where it is not safe.

    The place must hold just what was typed: not an expression that gave the value, not an alias,
    whose text stands for other places too.
    """
    if span.from_alias or not _PLAIN.fullmatch(new):
        return None
    start, end, text = span.start, span.end, span.text
    if text in (f'"{old}"', f"'{old}'"):
        start, end = start + 1, end - 1
    elif text != old:
        return None
    return Fix(title or f"write '{new}'", (Edit(Span(span.file, start, end), new),))


def rewrite_word(span: Span, old: str, new: str) -> Fix | None:
    """The same for the only place of a word in an expression ``${…}``."""
    return rewrite_part(span, old, new) if span.text.startswith("${") else None


def rewrite_part(span: Span, old: str, new: str) -> Fix | None:
    """The same for the only place of a word in a longer text."""
    # A part such as `.phone` brings the point before it along.
    before = "" if old.startswith(".") else r"(?<![\w.])"
    places = list(re.finditer(rf"{before}{re.escape(old)}(?!\w)", span.text))
    if len(places) != 1 or span.from_alias:
        return None
    place = Span(span.file, span.start + places[0].start(), span.start + places[0].end())
    return Fix(f"write '{new}'", (Edit(place, new),))


def blank_behind(span: Span, head: str) -> Fix | None:
    """The fix that puts a blank behind ``head``, which a plain text begins with."""
    if not span.text.startswith(head) or span.from_alias:
        return None
    at = span.start + len(head)
    return Fix("put a blank behind the colon", (Edit(Span(span.file, at, at), " "),))


def rewrite_head(span: Span, old: str, new: str) -> Fix | None:
    """The fix that puts ``new`` in the place of ``old``, which a value begins with."""
    at = span.start + span.text.startswith(('"', "'"))
    if span.file.text[at : at + len(old)] != old or span.from_alias:
        return None
    return Fix(f"write '{new}'", (Edit(Span(span.file, at, at + len(old)), new),))


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
