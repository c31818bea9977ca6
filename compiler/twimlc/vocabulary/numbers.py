"""Phone numbers by their first digits: country codes, premium ranges, and the number of digits.

Nothing comes in; tuples of digits go out. Country codes are those that the ITU has assigned
(E.164); the costly ranges are the premium, satellite and personal ones of large countries.
"""

import re
from typing import NamedTuple

from twimlc.text import lazy_pattern


def _codes(text: str) -> frozenset[str]:
    """Codes written as ``20`` or as a range ``30-34``."""
    found: set[str] = set()
    for word in text.split():
        first, _, last = word.partition("-")
        found |= {str(code) for code in range(int(first), int(last or first) + 1)}
    return frozenset(found)


COUNTRY_CODES = _codes("""
    1 7 20 27 30-34 36 39 40 41 43-49 51-58 60-66 81 82 84 86 90-95 98
    211-213 216 218 220-258 260-269 290 291 297-299
    350-359 370-383 385-387 389 420 421 423 500-509 590-599
    670 672-683 685-692 800 808 850 852 853 855 856 870 878 880-883 886
    960-968 970-977 979 992-996 998
""")
"""Every code that can follow the plus of a number."""

COSTLY = {
    "1900": "a premium number",
    "1976": "a premium number",
    "449": "a British premium number",
    "4470": "a British personal number",
    "4487": "a British number with a surcharge",
    "3389": "a French premium number",
    "49900": "a German premium number",
    "34803": "a Spanish premium number",
    "34806": "a Spanish premium number",
    "34807": "a Spanish premium number",
    "39899": "an Italian premium number",
    "43900": "an Austrian premium number",
    "41900": "a Swiss premium number",
    "41901": "a Swiss premium number",
    "41906": "a Swiss premium number",
    "31900": "a Dutch premium number",
    "31906": "a Dutch premium number",
    "31909": "a Dutch premium number",
    "61190": "an Australian premium number",
    "870": "a satellite phone",
    "8816": "a satellite phone",
    "8817": "a satellite phone",
    "8818": "a satellite phone",
    "8819": "a satellite phone",
    "882": "an international network",
    "883": "an international network",
    "979": "an international premium number",
}
"""First digits, country code included, of numbers that are charged at a premium."""

TRUNK_ZERO = _codes("27 31-33 40 41 43 44 46 49 61 62 64 81 90 91 353 358 380 972")
"""Countries where a 0 is dialed before numbers at home, and none begins with it from abroad."""


class Length(NamedTuple):
    """How many digits the numbers of a range have after their country code."""

    country: str
    fewest: int
    most: int


# A country code, what the number begins with after it, and the fewest and most digits there.
# Countries whose numbers have no fixed length are left out, and so are the ranges of machines,
# short codes and free calls, whose lengths differ from those of phones.
_LENGTHS = (
    ("1", r".", 10, 10),
    ("7", r"[3479]", 10, 10),
    ("27", r"[1-7]", 9, 9),
    ("30", r"2|69", 10, 10),
    ("31", r"(?!14)[1-7]", 9, 9),
    ("32", r"[1-35689]", 8, 8),
    ("32", r"4", 8, 9),
    ("33", r"[1-69]", 9, 9),
    ("34", r"[6-9]", 9, 9),
    ("36", r"(?!71)[1-9]", 8, 9),
    ("40", r"7", 9, 9),
    ("41", r"[2-7]", 9, 9),
    ("44", r"1", 9, 10),
    ("44", r"[237]", 10, 10),
    ("45", r"(?!37)[2-9]", 8, 8),
    ("46", r"7[02369]", 9, 9),
    ("46", r"8", 7, 9),
    ("47", r"[2-4679]|5[0-7]", 8, 8),
    ("48", r"(?!..19|26|64|80)[1-9]", 9, 9),
    ("52", r"[2-9]", 10, 10),
    ("55", r"[1267]", 10, 11),
    ("56", r"[2-57-9]", 9, 9),
    ("57", r"3", 10, 10),
    ("61", r"[23478]", 9, 9),
    ("65", r"[369]", 8, 8),
    ("81", r"(?!20)[1-9]", 9, 10),
    ("90", r"[235]", 10, 10),
    ("91", r"[2-9]", 10, 10),
    ("351", r"[2-9]", 9, 9),
    ("380", r"[3-7]", 9, 9),
    ("420", r"[2-7]", 9, 9),
    ("852", r"[2356]", 8, 8),
)
# Nobody has the area 555: numbers in it are used in examples until the real ones are known.
_NORTH_AMERICAN = lazy_pattern(r"1(555|[2-9][0-9]{2}[2-9])[0-9]+")


def length_of(digits: str) -> Length | None:
    """How many digits a number that begins like this one has; None where that is not certain."""
    for code, begins, fewest, most in _LENGTHS:
        if digits.startswith(code) and re.match(begins, digits[len(code) :]):
            return Length(code, fewest, most)
    return None


def is_no_north_american(digits: str) -> bool:
    """Whether digits after the code 1 belong to no area, or to no exchange of one."""
    return digits.startswith("1") and _NORTH_AMERICAN.fullmatch(digits) is None
