"""In-file ignores: findings and comments in, the findings that remain out.

``# twimlc: ignore[RULE, …] reason`` silences on its own line, or, standing alone, on the next line
that is no comment; ``# twimlc: ignore-file[RULE, …] reason`` on top of a file silences in all of
it. Errors cannot be silenced. An ignore that does nothing is a finding itself.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from twimlc.findings.catalogue import find, nearest
from twimlc.findings.diagnostic import Diagnostic, Rule, Severity
from twimlc.findings.rules import BAD_IGNORE, CANNOT_IGNORE, UNKNOWN_RULE, UNUSED_IGNORE
from twimlc.text import SourceFile, Span, lazy_pattern

_OURS = lazy_pattern(r"\s*(?:#+|<!--)\s*twimlc:\s*", re.IGNORECASE)
_IGNORE = lazy_pattern(r"(ignore-file|ignore)\s*\[([^\]]*)\]")
_WORD = lazy_pattern(r"[^\s,]+")
_BLANKS = " \t\ufeff"


class Comment(NamedTuple):
    """One comment: ``span`` and ``text`` cover ``#`` to the line's end, ``line`` is 1-based.

    ``own_line`` tells whether nothing precedes it in its line.
    """

    span: Span
    text: str
    line: int
    own_line: bool


class _Ignore(NamedTuple):
    """One rule named by one comment. ``line`` is None where it speaks for the whole file."""

    rule: Rule
    span: Span
    line: int | None

    @property
    def key(self) -> tuple[str, int]:
        return self.span.file.path, self.span.start


def apply_ignores(
    findings: Sequence[Diagnostic],
    comments_by_file: Mapping[SourceFile, Sequence[Comment]],
    *,
    looked: Callable[[Rule, Span], bool] = lambda _rule, _place: True,
) -> list[Diagnostic]:
    """The findings without the silenced ones, and with what is wrong with the ignores.

    ``findings`` are those of all targets and rows together, since an ignore that is used in one
    of them is used. ``looked`` tells whether this run would have found whatever breaks a rule in
    the file of a comment; an ignore is called unused only then.
    """
    ignores: dict[tuple[str, int | None], list[_Ignore]] = {}
    kept: list[Diagnostic] = []
    for file, comments in comments_by_file.items():
        top, meant = _first_of_content(file), 0
        for comment in comments:
            if not comment.own_line or comment.line >= meant:
                meant = _line_meant(comment)
            for found in _read(comment, top, meant):
                if isinstance(found, Diagnostic):
                    kept.append(found)
                else:
                    ignores.setdefault((file.path, found.line), []).append(found)
    silenced = [(finding, _silencer(finding, ignores)) for finding in (*findings, *kept)]
    remaining = [finding for finding, by in silenced if by is None]
    used = {by.key for _, by in silenced if by is not None}
    for ignore in (ignore for group in ignores.values() for ignore in group):
        idle = ignore.rule is not UNUSED_IGNORE and ignore.key not in used
        if idle and looked(ignore.rule, ignore.span):
            message = f"there is no '{ignore.rule.slug}' finding here to ignore"
            hint = "remove this name from the comment"
            unused = UNUSED_IGNORE.at(ignore.span, message, hint=hint)
            remaining += [unused] if _silencer(unused, ignores) is None else []
    return remaining


def _line_meant(comment: Comment) -> int:
    """The line a comment speaks for; comments that stand alone may be stacked."""
    line = comment.line
    if comment.own_line:
        line += 1
        while comment.span.file.line(line).lstrip().startswith(("#", "<!--")):
            line += 1
    return line


def _first_of_content(file: SourceFile) -> int:
    """The first line that is more than a comment, a directive, the start of a document or blank."""
    for number in range(1, file.line_count + 1):
        line = file.line(number).strip(_BLANKS)
        if line not in ("", "---") and not line.startswith(("#", "%", "<?", "<!")):
            return number
    return file.line_count + 1


def _read(comment: Comment, top: int, meant: int) -> Iterator[_Ignore | Diagnostic]:
    """The ignores of one comment, and what is wrong with it.

    ``top`` is the first line at which 'ignore-file' comes too late, ``meant`` the line that
    'ignore' speaks for.
    """
    span = comment.span
    text = span.text
    ours = _OURS.match(text)
    if ours is None:
        return
    match = _IGNORE.match(text, ours.end())
    if match is None:
        hint = "write '# twimlc: ignore[RULE] reason'"
        yield BAD_IGNORE.at(span, f"'{text.strip()}' is not understood", hint=hint)
        return
    whole_file = match[1] == "ignore-file"
    before = span.file.text[span.file.offset(comment.line) : span.start]
    if whole_file and (comment.line >= top or before.strip(_BLANKS)):
        message = "'ignore-file' applies to the whole file and belongs above everything else in it"
        hint = "move it to the top, or write 'ignore' for one line"
        yield BAD_IGNORE.at(span, message, hint=hint)
        return
    words = list(_WORD.finditer(text, match.start(2), match.end(2)))
    if not words:
        hint = f"write '# twimlc: {match[1]}[RULE] reason'"
        yield BAD_IGNORE.at(span, "the brackets name no rule", hint=hint)
    for word in words:
        place = Span(span.file, span.start + word.start(), span.start + word.end())
        rule = find(word[0])
        if rule is None:
            near = nearest(word[0])
            hint = f"did you mean '{near}'?" if near else "'twimlc explain' lists all rules"
            yield UNKNOWN_RULE.at(place, f"unknown rule '{word[0]}'", hint=hint)
        elif rule.severity is Severity.ERROR:
            yield CANNOT_IGNORE.at(place, f"'{rule.slug}' is an error and cannot be ignored")
        else:
            yield _Ignore(rule, place, None if whole_file else meant)


def _silencer(
    finding: Diagnostic, ignores: Mapping[tuple[str, int | None], list[_Ignore]]
) -> _Ignore | None:
    """The ignore that silences a finding, at its own place or at one that brought it in."""
    if not ignores or finding.rule.severity is Severity.ERROR:
        return None
    for place in _places(finding.span):
        path = place.file.path
        for line in (place.begin.line, None):
            for ignore in ignores.get((path, line), ()):
                if ignore.rule is finding.rule:
                    return ignore
    return None


def _places(span: Span) -> Iterable[Span]:
    place: Span | None = span
    while place is not None:
        yield place
        place = place.via
