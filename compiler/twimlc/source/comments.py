"""The comments of a YAML file: a file comes in, its comments with their places go out."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from twimlc.text import SourceFile, Span

_CANDIDATE = re.compile(r"(?:(?<=\s)|\A)#")
_REST_OF_LINE = re.compile(r"[^\r\n]*")
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*(?=\s|\Z)")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: ``span`` and ``text`` cover ``#`` to the line's end, ``line`` is 1-based.

    ``own_line`` tells whether nothing stands before it.
    """

    span: Span
    text: str
    line: int
    own_line: bool


def find_comments(file: SourceFile, containing: str = "") -> list[Comment]:
    """All comments in the order of the file; a ``#`` inside quotes or block text is none.

    ``containing`` leaves out comments without that text, and a file without it costs nothing.
    Behind a syntax error comments are found as if no text were quoted there.
    """
    text = file.text
    if "#" not in text or containing not in text:
        return []
    candidates = [match.start() for match in _CANDIDATE.finditer(text)]
    if not candidates:
        return []
    texts = _text_spans(text)
    starts = [start for start, _ in texts]
    comments: list[Comment] = []
    end = 0
    for start in candidates:
        before = bisect_right(starts, start) - 1
        if start < end or (before >= 0 and start < texts[before][1]):
            continue
        end = _line_end(text, start)
        content = text[start:end].rstrip()
        if containing not in content:
            continue
        line = file.position(start).line
        own_line = not text[file.offset(line) : start].strip()
        comments.append(Comment(Span(file, start, start + len(content)), content, line, own_line))
    return comments


def _line_end(text: str, start: int) -> int:
    match = _REST_OF_LINE.match(text, start)
    return match.end() if match else start


def _text_spans(text: str) -> list[tuple[int, int]]:
    """Where quoted and block scalars lie, up to the first place that does not parse."""
    from yaml import YAMLError

    from twimlc.source.events import open_events, skip_properties

    spans: list[tuple[int, int]] = []
    try:
        next_event = open_events(text)
        while (event := next_event()) is not None:
            if not getattr(event, "style", None):  # only scalars have one, plain ones an empty one
                continue
            start, end = event.start_mark.index, event.end_mark.index
            if event.anchor is not None or event.tag is not None:
                start = skip_properties(text, start, end)
            header = _BLOCK_HEADER.match(text, start, end)
            if header is not None and event.style in "|>":
                start = _line_end(text, start)
            spans.append((start, end))
    except (YAMLError, UnicodeEncodeError):
        pass
    return spans
