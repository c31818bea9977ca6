"""Places as editors count them: offsets in a text come in, lines and units go out, and back.

The protocol counts lines from 0 and, unless both sides agree on something else, characters in
units of UTF-16, in which everything beyond U+FFFF (an emoji, say) takes two.
"""

from enum import StrEnum

from twimlc.text import SourceFile


class Units(StrEnum):
    """What a character of a line counts; the names are the protocol's."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def width(self, text: str) -> int:
        """How many units a piece of a line takes."""
        if self is Units.UTF32 or text.isascii():
            return len(text)
        if self is Units.UTF8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(char > "\uffff" for char in text)


def to_units(file: SourceFile, offset: int, units: Units) -> tuple[int, int]:
    """The line and character, both from 0, of an offset."""
    place = file.position(offset)
    return place.line - 1, units.width(file.line(place.line)[: place.column - 1])


def to_offset(file: SourceFile, line: int, character: int, units: Units) -> int:
    """The offset of a line and character; past the end of a line means its end."""
    if line >= file.line_count:
        return len(file.text)
    text, start = file.line(line + 1), file.offset(line + 1)
    if text.isascii() or units is Units.UTF32:
        return start + min(character, len(text))
    taken = 0
    for index, char in enumerate(text):
        if taken >= character:
            return start + index
        taken += units.width(char)
    return start + len(text)
