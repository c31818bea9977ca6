"""Templates read as if they were filled in: text and its marks come in, plain XML goes out.

Each mark is replaced by as many letters, so that every place stays what it was. Where a mark
stands for a value of text or of an attribute, nothing else of the document depends on it; a mark
anywhere else may add, drop or repeat verbs.
"""

import re
from collections.abc import Sequence

from twimlc import vocabulary
from twimlc.documents.marks import Kind, Mark, without_comments

FILLER = "\ue001"
"""Stands for each letter of what is filled in later."""

_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_NAME = re.compile(r"/?[A-Za-z][\w.:-]*")
_TEXTS = frozenset(
    spec.tag
    for kind in ("voice", "messaging")
    for spec in vocabulary.table(kind).values()
    if spec.text is not None
)


def fill_in(text: str, marks: Sequence[Mark]) -> tuple[str, bool]:
    """The text without its marks, and whether they are all values that stand by themselves."""
    letters = list(text)
    plain = without_comments(text)
    place = _Place()
    sure = True
    at = 0
    for mark in marks:
        place.read(plain[at : mark.start])
        at = mark.end
        value = mark.kind is Kind.VALUE and (place.quote or place.inside in _TEXTS)
        sure = sure and bool(value or mark.kind is Kind.NOTHING or place.quote)
        blank = (place.tag and not place.quote) or not place.open
        if mark.kind is Kind.NOTHING and not place.quote:
            blank = True
        for index in range(mark.start, mark.end):
            if letters[index] not in "\r\n" or not blank:
                letters[index] = " " if blank else FILLER
    filled = "".join(letters)
    declaration = _DECLARATION.match(filled)
    if declaration is not None:  # what stood before it is gone, and blanks may not stand there
        filled = re.sub(r"[^\r\n]", " ", declaration[0]) + filled[declaration.end() :]
    return filled, sure


class _Place:
    """Where in a document a reader of its letters stands."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.tag = ""
        self.quote = ""

    @property
    def inside(self) -> str:
        """The element whose text is read; nothing while a tag is."""
        return self.open[-1] if self.open and not self.tag else ""

    def read(self, piece: str) -> None:
        for index, letter in enumerate(piece):
            if self.quote:
                self.quote = "" if letter == self.quote else self.quote
            elif self.tag:
                self._in_tag(piece, index, letter)
            elif letter == "<" and (name := _NAME.match(piece, index + 1)):
                self.tag = name[0]

    def _in_tag(self, piece: str, index: int, letter: str) -> None:
        if letter in "\"'":
            self.quote = letter
        elif letter == ">":
            if self.tag.startswith("/"):
                del self.open[-1:]
            elif piece[index - 1 : index] != "/":
                self.open.append(self.tag)
            self.tag = ""
