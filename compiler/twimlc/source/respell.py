"""A word that is nearly a known one: the word, its place and the known ones in, a fix out.

A hint may guess; a fix changes what a caller hears. So there is one only where the word meant is
beyond doubt: the same letters written otherwise, or a slip or two and no other name as near.
"""

from collections.abc import Iterable
from functools import lru_cache

from twimlc.diagnostics.diagnostic import Fix
from twimlc.diagnostics.edits import rewrite, rewrite_part
from twimlc.source.names import alike, folded, meant, nearest
from twimlc.text import Span

_LONG = 40


def beyond_doubt(word: str, candidates: Iterable[str]) -> str | None:
    """The one candidate that ``word`` can only have been meant as."""
    return _beyond_doubt(word, tuple(candidates))


@lru_cache(maxsize=64)  # a slip is often made again and again
def _beyond_doubt(word: str, names: tuple[str, ...]) -> str | None:
    near = nearest(word, names)
    if near is None or near == word:
        return None
    known = alike(word[:_LONG], names)
    same = [name for name in known if folded(name) == folded(word)]
    if same or folded(near) == folded(word):
        return near if len(same) <= 1 else None
    if max(len(word), len(near)) > _LONG:
        return None
    slips = _slips(word, near)
    # Short names are near to each other by nature, and a slip hardly ever hits the first letter.
    if len(word) < 3 or slips > (1 if min(len(word), len(near)) < 6 else 2):
        return None
    if word[0] != near[0] and word[:2] != near[1::-1]:
        return None
    reach = slips if slips == 1 else slips + 1
    rivals = (name for name in known if name != near and abs(len(name) - len(word)) <= reach)
    if any(_slips(word, name) <= reach for name in rivals):
        return None
    # A digit is never a slip of the hand: sales1 is not sales2.
    digits = [char for char in word if char.isdigit()]
    return near if digits == [char for char in near if char.isdigit()] else None


def respell(span: Span, word: str, candidates: Iterable[str]) -> Fix | None:
    """The fix that writes the name that was meant, where ``word`` alone stands."""
    meant = beyond_doubt(word, candidates)
    return None if meant is None else rewrite(span, word, meant)


def respell_part(span: Span, word: str, candidates: Iterable[str]) -> Fix | None:
    """The same where the word may be one of several."""
    meant = beyond_doubt(word, candidates)
    if meant is None or "${" in span.text:  # the word may be that of a param
        return None
    return rewrite(span, word, meant) or rewrite_part(span, word, meant)


def hint_and_fix(span: Span, word: str, candidates: Iterable[str]) -> tuple[str | None, Fix | None]:
    """What is said about a word that is not known: "did you mean 'x'?", and the fix if sure."""
    names = tuple(candidates)
    return meant(word, names), respell(span, word, names)


def _slips(one: str, other: str) -> int:
    """How many letters are wrong, missing, too many, or changed places with their neighbour."""
    # What both begin and end with costs nothing, and names of one flow are often alike.
    start = _alike_from_start(one, other)
    one, other = one[start:], other[start:]
    end = _alike_from_start(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, char in enumerate(one, start=1):
        line = [row]
        for column, wanted in enumerate(other, start=1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (char != wanted))
            swapped = row > 1 and column > 1 and char == other[column - 2]
            if swapped and one[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]


def _alike_from_start(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    count = 0
    for char, wanted in zip(one, other, strict=False):
        if char != wanted:
            break
        count += 1
    return count
