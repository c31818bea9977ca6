"""Two documents compared: before and after some edits, whether they differ at these places only."""

from collections.abc import Iterator, Sequence

from twimlc.diagnostics.diagnostic import Edit
from twimlc.diagnostics.edits import touches
from twimlc.documents.malformed import bare_ampersands
from twimlc.documents.positions import Given, Tag, Words, parse
from twimlc.text import SourceFile, Span


def same_document(before: SourceFile, after: SourceFile, edits: Sequence[Edit]) -> bool:
    """Whether everything that was not edited says what it said; true where that was no XML."""
    old = _root(before)
    if old is None:
        return True
    new = _root(after)
    if new is None:
        return False
    places = sorted((edit.span.start, edit.span.end) for edit in edits)
    was, now = list(_pieces(old)), list(_pieces(new))
    return len(was) == len(now) and all(
        one == other or touches(places, span.start, span.end)
        for (one, span), (other, _) in zip(was, now, strict=True)
    )


def _root(file: SourceFile) -> Tag | None:
    text, _ = bare_ampersands(file, file.text)
    return parse(file, text)[0]


def _pieces(tag: Tag) -> Iterator[tuple[str, Span]]:
    """Every name, value and text of a document, in order, and where each tag ends."""
    yield f"<{tag.name}", tag.name_span
    for given in tag.given:
        yield from _attribute(given)
    for child in tag.children:
        if isinstance(child, Words):
            yield child.text, child.span
        else:
            yield from _pieces(child)
    yield f"</{tag.name}", tag.name_span


def _attribute(given: Given) -> Iterator[tuple[str, Span]]:
    yield f"{given.name}=", given.name_span
    yield given.value, given.value_span
