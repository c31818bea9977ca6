"""Two documents compared: before and after some edits, whether they differ at these places only."""

from collections.abc import Iterator, Sequence

from twimlc.findings.diagnostic import Edit
from twimlc.findings.edits import touches
from twimlc.text import SourceFile, Span
from twimlc.xml.malformed import bare_ampersands
from twimlc.xml.tags import Fault, Tag, Words, parse


def same_document(before: SourceFile, after: SourceFile, edits: Sequence[Edit]) -> bool:
    """Whether everything that was not edited says what it said; true where that was no XML."""
    old, new = (parse(file, bare_ampersands(file, file.text)[0]) for file in (before, after))
    if isinstance(old, Fault):
        return True
    if isinstance(new, Fault):
        return False
    places = sorted((edit.span.start, edit.span.end) for edit in edits)
    was, now = list(_pieces(old)), list(_pieces(new))
    return len(was) == len(now) and all(
        mine == theirs or touches(places, span.start, span.end)
        for (mine, span), (theirs, _) in zip(was, now, strict=True)
    )


def _pieces(tag: Tag) -> Iterator[tuple[str, Span]]:
    """Every name, value and text of a document, in order, and where each tag ends."""
    yield f"<{tag.name}", tag.name_span
    for given in tag.given:
        yield f"{given.name}=", given.name_span
        yield given.value, given.value_span
    for child in tag.children:
        if isinstance(child, Words):
            yield child.text, child.span
        else:
            yield from _pieces(child)
    yield f"</{tag.name}", tag.name_span
