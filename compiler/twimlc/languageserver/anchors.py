"""Anchors and aliases: the place of an alias comes in, that of its anchor goes out."""

import re

from twimlc.text import SourceFile, Span

_ALIAS = re.compile(r"(?<![^\s\[{,:-])[*&]([^\s,\[\]{}]+)")


def anchor_of(file: SourceFile, offset: int) -> Span | None:
    """The anchor that an alias at an offset stands for: the last of its name before it."""
    line = file.position(offset).line
    start, typed = file.offset(line), file.line(line)
    here = next((m for m in _ALIAS.finditer(typed) if m.start() <= offset - start <= m.end()), None)
    if here is None or not here[0].startswith("*"):
        return None
    found = None
    for match in _ALIAS.finditer(file.text, 0, start + here.start()):
        if match[0] == f"&{here[1]}":
            found = Span(file, *match.span())
    return found
