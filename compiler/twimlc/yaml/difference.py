"""Two trees compared: before and after some edits, whether they differ at these places only."""

from collections.abc import Sequence as List

from twimlc.findings.diagnostic import Edit
from twimlc.text import Span
from twimlc.yaml.tree import Mapping, Node, Scalar, Sequence

_Range = tuple[int, int]


def same_elsewhere(before: Node, after: Node, edits: List[Edit]) -> bool:
    """Whether everything that was not edited means what it meant.

    A text that an alias repeats may not differ, although it is where an edit is.
    """
    ordered = sorted(edits, key=lambda edit: edit.span.start)
    here = [(edit.span.start, edit.span.end) for edit in ordered]
    there: list[_Range] = []
    moved = 0
    for edit in ordered:
        start = edit.span.start + moved
        there.append((start, start + len(edit.text)))
        moved += len(edit.text) - (edit.span.end - edit.span.start)
    waiting: list[tuple[Node, Node]] = [(before, after)]
    while waiting:
        match waiting.pop():
            case (Scalar() as old, Scalar() as new):
                same = old.value == new.value and old.text == new.text
                if not same and not _touched(old.span, here):
                    return False
            case (Scalar() as old, _) if _inside(old.span, here):
                continue  # a space after a colon makes a map of a text
            case (Sequence(items=old_items), Sequence(items=new_items)):
                if len(old_items) != len(new_items):
                    return False
                waiting += zip(old_items, new_items, strict=True)
            case (Mapping(entries=old_entries), Mapping(entries=new_entries)):
                kept, were = [*new_entries], [*old_entries]
                if len(kept) > len(were):  # an edit made some
                    kept = [entry for entry in kept if not _within(entry.key_span, there)]
                elif len(were) > len(kept):  # or put some into another one
                    were = [entry for entry in were if not _touched(entry.key_span, here)]
                if len(kept) != len(were):
                    return False
                for was, now in zip(were, kept, strict=True):
                    if was.key != now.key and not _touched(was.key_span, here):
                        return False
                    waiting.append((was.value, now.value))
            case _:
                return False
    return True


def _touched(span: Span, ranges: List[_Range]) -> bool:
    return span.via is None and any(
        start <= span.end and span.start <= end for start, end in ranges
    )


def _inside(span: Span, ranges: List[_Range]) -> bool:
    return span.via is None and any(span.start < start and end < span.end for start, end in ranges)


def _within(span: Span, ranges: List[_Range]) -> bool:
    return span.via is None and any(
        start <= span.start and span.end <= end for start, end in ranges
    )
