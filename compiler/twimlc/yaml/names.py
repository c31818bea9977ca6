"""Names: why one is refused, which known one was meant by another, and the fix that writes it.

Names become folders, files, links and identifiers in configuration files on every system, so
one narrow alphabet holds for all of them. A hint may guess which was meant; a fix changes what a
caller hears. So there is one only where the word meant is beyond doubt: the same letters written
otherwise, or a slip or two and no other name as near.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile

from twimlc.findings.diagnostic import Diagnostic, Fix, Rule
from twimlc.findings.edits import rewrite, rewrite_part
from twimlc.text import Span, lazy_pattern

DEVICE_NAMES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
)
"""Windows opens the device when a file of this name, with any ending, is asked for."""

RESERVED_PARAMS = frozenset({"call", "flow", "state", "target", "row"})
"""Names that mean something else inside ``${…}``."""

_NAME = lazy_pattern(r"[a-z][a-z0-9-]{0,63}")
PARAM = lazy_pattern(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
"""What a param is called, and a value of the call."""

_SEPARATORS = lazy_pattern(r"[-_ ]")
_FEW = 300
_NEIGHBOURS = 16
_LONG = 40


def valid_name(text: str) -> str | None:
    """Why ``text`` cannot name a flow, state, target, component or row; None when it can."""
    if _NAME.fullmatch(text) is None:
        return _bad_length(text) or ("a name is made of a-z, 0-9 and '-', and starts with a letter")
    if text in DEVICE_NAMES:
        return f"'{text}' is a device name on Windows, where no file can have it"
    return None


def valid_param(text: str) -> str | None:
    """Why ``text`` cannot name a param, an ``as`` or a ``call`` value; None when it can."""
    if PARAM.fullmatch(text) is None:
        letters = "letters, digits and '_', and does not start with a digit"
        return _bad_length(text) or f"a param's name is made of {letters}"
    if text in RESERVED_PARAMS:
        return f"'{text}' is reserved inside ${{…}}"
    return None


def _bad_length(text: str) -> str | None:
    if not text:
        return "a name cannot be empty"
    return "a name has at most 64 characters" if len(text) > 64 else None


def name_in_small_letters(text: str) -> str:
    """A text as a name: small letters and digits, ``-`` for each run of anything else."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def proposed_name(text: str) -> str | None:
    """The valid name nearest to what was typed (``Main Menu``: ``main-menu``), if there is one."""
    name = name_in_small_letters(text)[:64]
    return name if name != text and valid_name(name) is None else None


@lru_cache(maxsize=4096)  # of a wrong name, all known ones are asked each time
def folded(name: str) -> str:
    """A name without what people vary when they type it: capitals, hyphens, underscores."""
    return _SEPARATORS.sub("", name).casefold()


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was most likely meant by ``word``; None when none looks like it."""
    near = _nearest(word, tuple(candidates))
    return near[0] if near else None


@lru_cache(maxsize=16)  # the hint asks, and then the fix
def _nearest(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The nearest name, and those that are as near in every way."""
    same = _by_letters(known).get(folded(word))
    if same is not None:
        return (same,)
    # difflib is quadratic in the word's length; no name of ours is anywhere near this long.
    from difflib import SequenceMatcher, get_close_matches

    word = word[:100]
    found = get_close_matches(word, alike(word, known), n=4, cutoff=0.6)
    if len(found) < 2:
        return tuple(found)

    # Of names equally near, one is meant that begins alike and is as long: sey is say, not use.
    def likeness(name: str) -> tuple[float, bool, bool]:
        ratio = SequenceMatcher(None, name, word).ratio()
        return ratio, name[:1] == word[:1], len(name) == len(word)

    most = max(map(likeness, found))
    return tuple(name for name in found if likeness(name) == most)


def alike(word: str, known: tuple[str, ...]) -> list[str]:
    """Those of the names, each once, that are worth comparing with ``word``."""
    return list(dict.fromkeys(known)) if len(known) <= _FEW else _alike(word, known)


@lru_cache(maxsize=16)
def _by_letters(known: tuple[str, ...]) -> dict[str, str]:
    """The first name for each way of writing that differs in capitals and hyphens only."""
    return {folded(name): name for name in reversed(known)}


@lru_cache(maxsize=16)
def _in_order(known: tuple[str, ...]) -> tuple[list[str], list[str]]:
    names = sorted(set(known))
    return names, sorted(name[::-1] for name in names)


def _alike(word: str, known: tuple[str, ...]) -> list[str]:
    """The names that begin or end most like ``word``.

    To compare every wrong name of a big flow with every right one would take minutes.
    """
    names, reversed_names = _in_order(known)
    first, last = bisect_left(names, word), bisect_left(reversed_names, word[::-1])
    near = names[max(first - _NEIGHBOURS, 0) : first + _NEIGHBOURS]
    far = reversed_names[max(last - _NEIGHBOURS, 0) : last + _NEIGHBOURS]
    return list(dict.fromkeys([*near, *(name[::-1] for name in far)]))


def meant(word: str, candidates: Iterable[str]) -> str | None:
    """The hint of a finding about an unknown ``word``: "did you mean 'voicemail'?", or None."""
    near = _nearest(word, tuple(candidates))
    names = " or ".join(f"'{name}'" for name in near[:2])
    return f"did you mean {names}?" if near else None


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
    sure = beyond_doubt(word, candidates)
    return None if sure is None else rewrite(span, word, sure)


def respell_part(span: Span, word: str, candidates: Iterable[str]) -> Fix | None:
    """The same where the word may be one of several."""
    sure = beyond_doubt(word, candidates)
    if sure is None or "${" in span.text:  # the word may be that of a param
        return None
    return rewrite(span, word, sure) or rewrite_part(span, word, sure)


def hint_and_fix(
    span: Span, word: str, candidates: Iterable[str], otherwise: str | None = None
) -> tuple[str | None, Fix | None]:
    """What is said about a word that is not known, and the fix if that is sure.

    The hint is "did you mean 'x'?", or ``otherwise`` where no candidate is near.
    """
    names = tuple(candidates)
    return meant(word, names) or otherwise, respell(span, word, names)


def unknown(
    rule: Rule,
    span: Span,
    word: str,
    candidates: Iterable[str],
    message: str,
    otherwise: str | None = None,
) -> Diagnostic:
    """The finding for a word that is not known, with :func:`hint_and_fix`."""
    hint, fix = hint_and_fix(span, word, candidates, otherwise)
    return rule.at(span, message, hint=hint, fix=fix)


def _slips(word: str, other: str) -> int:
    """How many letters are wrong, missing, too many, or changed places with their neighbor."""
    # What both begin and end with costs nothing, and names of one flow are often alike.
    start = _alike_from_start(word, other)
    word, other = word[start:], other[start:]
    end = _alike_from_start(word[::-1], other[::-1])
    word, other = word[: len(word) - end], other[: len(other) - end]
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, char in enumerate(word, start=1):
        line = [row]
        for column, wanted in enumerate(other, start=1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (char != wanted))
            swapped = row > 1 and column > 1 and char == other[column - 2]
            if swapped and word[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]


def _alike_from_start(word: str, other: str) -> int:
    """How many letters two words begin with alike."""
    pairs = zip(word, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
