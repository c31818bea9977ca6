"""What only a machine can read in spoken words: words come in, the first of it goes out."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.flow.model import Element
from twimlc.source.tree import Template

_OF_PAGES = ("a", "b", "br", "em", "i", "strong", "u")
_TAG = re.compile(
    rf"</?({'|'.join(map(re.escape, (*vocabulary.SSML, *_OF_PAGES)))})(?:\s[^<>]*)?/?>"
)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]+|#x[0-9A-Fa-f]+);")
_ADDRESS = re.compile(r"https?://\S+")


class Unspeakable(NamedTuple):
    """What is wrong, and how it is mended where that is the same everywhere.

    ``kind`` is markup, page (a tag of web pages), entity or address.
    """

    kind: str
    message: str
    hint: str | None = None


def unspeakable_in(words: str) -> Unspeakable | None:
    """The first tag, entity or address that callers would hear read out."""
    if found := _TAG.search(words):
        message = f"the tag {found[0]} would be read out as it stands"
        if found[1] in _OF_PAGES:
            hint = "leave it out: a voice knows no markup of web pages"
            return Unspeakable("page", message, hint)
        return Unspeakable("markup", message)
    if found := _ENTITY.search(words):
        message = f"{found[0]} would be read out as it stands"
        return Unspeakable("entity", message, "write the character itself")
    if _ADDRESS.fullmatch(words.strip()):
        return Unspeakable("address", "an address would be read out, letter by letter")
    return None


def texts_of(say: Element) -> Iterator[str]:
    """The words that stand in a say itself, between the values of the call."""
    for child in say.children:
        if isinstance(child, str):
            yield child
        elif isinstance(child, Template):
            yield from (part for part in child.parts if isinstance(part, str))
