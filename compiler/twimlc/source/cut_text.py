"""Texts that a ``#`` cut off: a file and its tree come in, warnings go out.

``say: Press # to stop`` is legal YAML whose text is "Press". A comment behind a value is common,
so only what reads like one sentence with the comment is reported.
"""

import re
from collections.abc import Iterator
from typing import Final

from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Fix
from twimlc.diagnostics.rules import yaml as rules
from twimlc.source.comments import find_comments
from twimlc.source.tree import Mapping, Node, Scalar, Sequence
from twimlc.text import SourceFile, Span

_CUT = re.compile(r"[ \t]+#([^\r\n]*)")
# A key of the phone that became a comment: "#: main".
_KEY_LINE = re.compile(r"(?m)^[ \t]*#:[ \t]+\S")
# A line may be the whole file; more places than these are not looked at in one line.
_PLACES_PER_LINE: Final = 8
# What people do with the pound key; one of these alone is enough.
_PRESSING = frozenset({"press", "dial", "hit", "push", "pressing", "punch", "tap"})
# A sentence does not end with one of these.
_OPEN_ENDS = frozenset(
    (
        *("a", "an", "and", "at", "by", "called", "enter", "for", "from", "hash", "in", "is"),
        *("key", "number", "of", "on", "or", "pound", "press", "room", "star", "suite", "the"),
        *("then", "to", "type", "with", "use", "using", "your"),
    )
)


def find_cut_texts(file: SourceFile, root: Node) -> list[Diagnostic]:
    """One warning for each text that a ``#`` seems to have cut."""
    text = file.text
    findings: list[Diagnostic] = []
    suspects = {match.start(): match for match in _suspects(text)}
    if suspects:
        for scalar in _plain_scalars(root):
            match = suspects.get(scalar.span.end)
            if match is not None and _was_meant(scalar, match[1]):
                findings.append(_cut(file, scalar, match))
    if "#:" in text and _KEY_LINE.search(text):
        findings += [
            _lost_key(comment.span)
            for comment in find_comments(file, "#:")
            if comment.own_line and _KEY_LINE.match(comment.text)
        ]
    return findings


def _suspects(text: str) -> Iterator[re.Match[str]]:
    """Blanks and a comment that stand behind something on the same line that may go on."""
    at, line_start, left = text.find("#"), -1, 0
    while at >= 0:
        start = text.rfind("\n", max(line_start, 0), at) + 1 or max(line_start, 0)
        if start != line_start:
            line_start, left = start, _PLACES_PER_LINE
        if left == 0:
            end = text.find("\n", at)
            at = text.find("#", end) if end >= 0 else -1
            continue
        left -= 1
        if text[at - 1 : at] in (" ", "\t"):
            before = text[line_start:at].rstrip(" \t")
            match = _CUT.match(text, line_start + len(before))
            if before and match is not None and _reads_on(before, match[1]):
                yield match
        at = text.find("#", at + 1)


def _reads_on(before: str, comment: str) -> bool:
    """A cheap first look at the line, so that the tree is walked only for a reason."""
    words = before.split()
    last = words[-1].lower() if words else ""
    return (
        last in _OPEN_ENDS
        or last in _PRESSING
        or last[-1:] in (",", "(")
        or (last[-1:] == ":" and comment.strip(" \t#") == "")
        or comment[:1].isdigit()
        or before.count("(") > before.count(")")
    )


def _was_meant(scalar: Scalar, comment: str) -> bool:
    text, rest = scalar.text, comment.strip()
    if rest.startswith("twimlc:"):
        return False
    if not text:
        # "finishOnKey: #": an empty comment says nothing, so it is none.
        return rest in ("", "#")
    if not isinstance(scalar.value, str):
        return False
    words = text.lower().split()
    last = words[-1]
    if last in _PRESSING or comment[:1].isdigit():
        return True
    return len(words) > 1 and (
        last in _OPEN_ENDS or last[-1] in ",(" or text.count("(") > text.count(")")
    )


def _plain_scalars(root: Node) -> Iterator[Scalar]:
    """Plain values as they were typed; what an alias brought in was seen at its anchor."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.span.via is not None:
            continue
        if isinstance(node, Scalar):
            if node.plain:
                yield node
        elif isinstance(node, Sequence):
            waiting.extend(reversed(node.items))
        elif isinstance(node, Mapping):
            waiting.extend(entry.value for entry in reversed(node.entries))


def _cut(file: SourceFile, scalar: Scalar, match: re.Match[str]) -> Diagnostic:
    start, end = scalar.span.start, match.start() + len(match[0].rstrip())
    whole = file.text[start:end].strip()
    fix = None
    # A sentence that only seems unfinished may have a comment that is one: no caller shall hear it.
    words = scalar.text.lower().split()
    sure = (not words or words[-1] in _PRESSING or match[1][:1].isdigit()) and " #" not in match[1]
    if sure and '"' not in whole and "\\" not in whole and "\n" not in whole:
        padding = "" if scalar.text else " "
        edit = Edit(Span(file, start, end), f'{padding}"{whole}"')
        fix = Fix("put the text in quotes", (edit,))
    if scalar.text:
        message = f"the text ends at '{scalar.text[-40:]}': the # behind it starts a comment"
    else:
        message = "there is no value here: the # starts a comment"
    hash_at = match.start() + match[0].index("#")
    return rules.CUT_BY_COMMENT.at(
        Span(file, hash_at, end),
        message,
        hint=f'put the text in quotes: "{whole}"; a comment that is one may be worded otherwise',
        fix=fix,
    )


def _lost_key(span: Span) -> Diagnostic:
    edit = Edit(Span(span.file, span.start, span.start + 1), '"#"')
    return rules.CUT_BY_COMMENT.at(
        span,
        "this line is a comment, not the pound key: '#' starts one",
        hint='a key of the phone goes in quotes: "#":',
        fix=Fix("put the key in quotes", (edit,)),
    )
