"""How wide a text is, whatever the viewer's font: text in, widths and lines out.

Of Arial (which Helvetica and Liberation Sans match), Verdana and DejaVu Sans the widest counts.
Widths are in em, the size of the font.
"""

from collections.abc import Iterator

_CLASSES = {
    28: "'il", 34: "\\", 35: "j", 36: " f", 37: ",.", 40: "t", 41: "!¡", 43: "Ir",
    46: '"()-/:;[]|', 50: "J`", 52: "“”‘’", 53: "sz", 55: "c", 56: "?L–§", 60: "kvxy",
    62: "FTaeo¿", 63: "ß", 64: "$*0123456789_bdghnpqu{}€£", 67: "EPY", 69: "ABSVXZ", 70: "K",
    73: "CR", 74: "U", 75: "N", 76: "H", 78: "&DG", 79: "OQ", 82: "w", 84: "#+<=>^~", 87: "M",
    98: "m", 99: "Wæ", 100: "…—", 102: "@", 108: "%",
}  # fmt: skip
_WIDTHS = {ord(char): number / 100 for number, chars in _CLASSES.items() for char in chars}
_WIDTHS |= {
    ord(char): _WIDTHS[ord(base)] + (0.1 if base in "iI" else 0.0)
    for base, chars in {
        "a": "àáâãäå", "c": "ç", "e": "èéêë", "i": "ìíîï", "n": "ñ", "o": "òóôõöø", "u": "ùúûü",
        "y": "ýÿ", "A": "ÀÁÂÃÄÅ", "C": "Ç", "E": "ÈÉÊË", "I": "ÌÍÎÏ", "N": "Ñ", "O": "ÒÓÔÕÖØ",
        "U": "ÙÚÛÜ", "Y": "Ý",
    }.items()
    for char in chars
}  # fmt: skip
_ELSE = 1.1
"""Of what is not in the table; a picture squeezes it to that."""
BOLD = 1.27
"""So much wider a bold text may be."""


def width(text: str) -> float:
    """The width of ``text`` on one line."""
    return sum([_WIDTHS.get(char, _ELSE) for char in map(ord, text)])


def is_sure(text: str) -> bool:
    """Whether the table has every character."""
    return all(ord(char) in _WIDTHS for char in text)


def lines(text: str, room: float, most: int) -> list[str]:
    """``text`` in at most so many lines of width ``room``; what is left out ends in ``…``."""
    found: list[str] = []
    for line in _lines(text, room):
        if len(found) == most:
            found[-1] = _shortened(found[-1], room)
            break
        found.append(line)
    return found or [""]


def _shortened(line: str, room: float) -> str:
    while line and width(line) + 1 > room:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _lines(text: str, room: float) -> Iterator[str]:
    line, used = "", 0.0
    for word in text.split():
        size = width(word)
        if line and used + 0.36 + size <= room:
            line, used = f"{line} {word}", used + 0.36 + size
            continue
        if line:
            yield line
        while size > room:
            end = 1
            taken = width(word[0])
            while taken + (more := width(word[end])) <= room:
                taken += more
                end += 1
            yield word[:end]
            word = word[end:]
            size = width(word)
        line, used = word, size
    if line:
        yield line
