"""The comments of a YAML file: a file comes in, its comments and the texts they cut off go out.

``say: Press # to stop`` is legal YAML whose text is "Press". A comment after a value is common,
so only what reads like one sentence with the comment is reported.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from twimlc.findings import Diagnostic, rules
from twimlc.findings.edits import put_in_quotes
from twimlc.findings.ignores import Comment
from twimlc.text import SourceFile, Span, lazy_pattern
from twimlc.yaml.tree import Node, Scalar, walk

_COMMENT = lazy_pattern(r"(?:(?<=\s)|\A)#[^\r\n]*")
_BLOCK_HEADER = lazy_pattern(r"[|>][-+0-9]*(?=\s|\Z)[^\r\n]*")
_CUT = lazy_pattern(r"[ \t]#")
# A key of the phone that became a comment: "#: main".
_KEY_LINE = lazy_pattern(r"(?m)^[ \t]*#:[ \t]+\S")
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


def find_comments(file: SourceFile, containing: str = "") -> list[Comment]:
    """All comments in the order of the file; a ``#`` inside quotes or block text is none.

    ``containing`` leaves out comments without that text, and a file without it costs nothing.
    After a syntax error comments are found as if no text were quoted there.
    """
    text = file.text
    if containing not in text or _COMMENT.search(text) is None:
        return []
    comments: list[Comment] = []
    for match in _COMMENT.finditer(_without_texts(text)):
        content, start = match[0].rstrip(), match.start()
        if containing in content:
            line = file.position(start).line
            own_line = not text[file.offset(line) : start].strip()
            span = Span(file, start, start + len(content))
            comments.append(Comment(span, content, line, own_line))
    return comments


def _without_texts(text: str) -> str:
    """A file without ``#`` in quoted and block texts, up to the first place that does not parse."""
    # PyYAML is imported for files that have comments only.
    from yaml import YAMLError

    from twimlc.yaml.events import open_events, skip_properties

    pieces: list[str] = []
    done = 0
    try:
        next_event = open_events(text)
        while (event := next_event()) is not None:
            if not getattr(event, "style", None):  # only scalars have one, plain ones an empty one
                continue
            start, end = event.start_mark.index, event.end_mark.index
            if event.anchor is not None or event.tag is not None:
                start = skip_properties(text, start, end)
            if event.style in "|>" and (header := _BLOCK_HEADER.match(text, start, end)):
                start = header.end()
            pieces += (text[done:start], text[start:end].replace("#", "-"))
            done = end
    except (YAMLError, UnicodeEncodeError):
        pass
    return "".join(pieces) + text[done:]


def find_cut_texts(file: SourceFile, root: Node) -> list[Diagnostic]:
    """One warning for each text that a ``#`` seems to have cut."""
    text = file.text
    findings: list[Diagnostic] = []
    suspects = dict(_suspects(text))
    # What an alias brought in was seen at its anchor.
    for part in walk(root, skip=lambda node: node.span.via is not None) if suspects else ():
        hash_at, comment = suspects.get(part.span.end, (0, ""))
        if hash_at and isinstance(part, Scalar) and part.plain:
            is_text = isinstance(part.value, str) or not part.text
            silences = comment.strip().startswith("twimlc:")
            if is_text and not silences and _reads_on(part.text, comment):
                findings.append(_cut(part, hash_at, comment))
    findings.reverse()
    if "#:" in text and _KEY_LINE.search(text):
        findings += [
            _lost_key(comment.span)
            for comment in find_comments(file, "#:")
            if comment.own_line and _KEY_LINE.match(comment.text)
        ]
    return findings


def _suspects(text: str) -> Iterator[tuple[int, tuple[int, str]]]:
    """Where a text ends that may go on in the comment after it; where that begins, its words.

    This first look at the lines is cheap, so that the tree is walked only for a reason.
    """
    start = 0
    for line in text.splitlines(keepends=True):
        for match in islice(_CUT.finditer(line), _PLACES_PER_LINE):
            before, comment = line[: match.start()].rstrip(" \t"), line[match.end() :].rstrip()
            # The text may have begun on a line above.
            if before and _reads_on("" if before[-1] == ":" else f"… {before}", comment):
                yield start + len(before), (start + match.end() - 1, comment)
        start += len(line)


def _reads_on(text: str, comment: str) -> bool:
    """Whether a text and the comment after it read like one sentence."""
    words = text.lower().split()
    if not words:
        # "finishOnKey: #": an empty comment says nothing, so it is none.
        return comment.strip() in ("", "#")
    if words[-1] in _PRESSING or comment[:1].isdigit():
        return True
    is_open = words[-1] in _OPEN_ENDS or words[-1][-1] in ",(" or text.count("(") > text.count(")")
    return len(words) > 1 and is_open


def _cut(scalar: Scalar, hash_at: int, comment: str) -> Diagnostic:
    file, end = scalar.span.file, hash_at + 1 + len(comment)
    whole = Span(file, scalar.span.start if scalar.text else hash_at, end)
    # A sentence that only seems unfinished may have a real comment, which no caller shall hear.
    words = scalar.text.lower().split()
    sure = (not words or words[-1] in _PRESSING or comment[:1].isdigit()) and " #" not in comment
    message = "there is no value here: the # starts a comment"
    if scalar.text:
        message = f"the text ends at '{scalar.text[-40:]}': the # after it starts a comment"
    return rules.CUT_BY_COMMENT.at(
        Span(file, hash_at, end),
        message,
        hint=f'put the text in quotes: "{whole.text}"; if it is a comment, reword it',
        fix=put_in_quotes(whole, whole.text, "text") if sure else None,
    )


def _lost_key(span: Span) -> Diagnostic:
    return rules.CUT_BY_COMMENT.at(
        span,
        "this line is a comment, not the pound key: '#' starts one",
        hint='a phone key needs quotes: "#":',
        fix=put_in_quotes(Span(span.file, span.start, span.start + 1), "#", "key"),
    )
