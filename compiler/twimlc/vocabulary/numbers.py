"""Phone numbers by their first digits: the countries there are, and the ranges that cost a lot.

Nothing comes in; tuples of digits go out. Country codes are those that the ITU has assigned
(E.164); the dear ranges are the premium, satellite and personal ones of large countries.
"""


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
    670 672-683 685-692 800 808 850 852 853 855 856 870 878 880-883 886 888
    960-968 970-977 979 992-996 998
""")
"""Every code that a number can begin with behind its plus."""

COSTLY = {
    "1900": "a premium number",
    "1976": "a premium number",
    "449": "a British premium number",
    "4470": "a British personal number",
    "4487": "a British number with an extra charge",
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
