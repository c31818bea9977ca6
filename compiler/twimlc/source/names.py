"""What may be called how: names in, the reason why one is refused out.

Names become folders, files, links and identifiers in configuration files on every system, so
one narrow alphabet holds for all of them.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache

DEVICE_NAMES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
)
"""Windows opens the device when a file of this name, with any ending, is asked for."""

RESERVED_PARAMS = frozenset({"call", "flow", "state", "target", "row"})
"""Names that mean something else inside ``${…}``."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
_PARAM = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_SEPARATORS = re.compile(r"[-_ ]")
_FEW = 300
_NEIGHBOURS = 16


def valid_name(text: str) -> str | None:
    """Why ``text`` cannot name a flow, state, target, component or row; None when it can."""
    if _NAME.fullmatch(text) is None:
        if not text:
            return "a name cannot be empty"
        if len(text) > 64:
            return "a name has at most 64 characters"
        return "a name is made of a-z, 0-9 and '-', and starts with a letter"
    if text in DEVICE_NAMES:
        return f"'{text}' is the name of a device on Windows, where no file can be called so"
    return None


def valid_param(text: str) -> str | None:
    """Why ``text`` cannot name a param, an ``as`` or a ``call`` value; None when it can."""
    if _PARAM.fullmatch(text) is None:
        if not text:
            return "a name cannot be empty"
        if len(text) > 64:
            return "a name has at most 64 characters"
        return "a param's name is made of letters, digits and '_', and does not start with a digit"
    if text in RESERVED_PARAMS:
        return f"'{text}' means something else inside ${{…}}"
    return None


def proposed_name(text: str) -> str | None:
    """The valid name nearest to what was typed (``Main Menu``: ``main-menu``), if there is one."""
    name = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:64]
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
    ahead, behind = _in_order(known)
    first, last = bisect_left(ahead, word), bisect_left(behind, word[::-1])
    near = ahead[max(first - _NEIGHBOURS, 0) : first + _NEIGHBOURS]
    far = behind[max(last - _NEIGHBOURS, 0) : last + _NEIGHBOURS]
    return list(dict.fromkeys([*near, *(name[::-1] for name in far)]))


def meant(word: str, candidates: Iterable[str]) -> str | None:
    """The hint of a finding about an unknown ``word``: "did you mean 'voicemail'?", or None."""
    near = _nearest(word, tuple(candidates))
    names = " or ".join(f"'{name}'" for name in near[:2])
    return f"did you mean {names}?" if near else None
