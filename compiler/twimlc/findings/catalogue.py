"""The catalogue: every rule that a finding can break, found by its names."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from twimlc.findings import rules
from twimlc.findings.diagnostic import Rule
from twimlc.text import lazy_pattern

_NUMBER = lazy_pattern(r"(?:tw)?(\d{1,4})", re.IGNORECASE)

_LINES = (value for value in vars(rules).values() if isinstance(value, Rule))
ALL_RULES: tuple[Rule, ...] = tuple(sorted(_LINES))
"""Every rule, in the order of their numbers."""

RULES: Mapping[str, Rule] = MappingProxyType({rule.slug: rule for rule in ALL_RULES})
"""The same by slug."""

_FORMER_SLUGS = {
    "answered-call-goes-on": "continues-after-answer",
    "asks-itself": "action-defaults-to-self",
    "endless-round": "endless-repeat",
    "outcome-twice": "duplicate-outcome",
    "stops-nothing": "stop-without-start",
}
"""Slugs that rules once had; projects and comments that use them keep their meaning."""

_BY_NUMBER: Mapping[int, Rule] = {rule.number: rule for rule in RULES.values()}


def find(text: str) -> Rule | None:
    """The rule that ``text`` names: ``unknown-state``, ``TW301``, ``tw301`` or ``301``."""
    word = text.strip()
    if (number := _NUMBER.fullmatch(word)) is not None:
        return _BY_NUMBER.get(int(number[1]))
    slug = word.lower()
    return RULES.get(_FORMER_SLUGS.get(slug, slug))


def nearest(text: str) -> str | None:
    """The slug that is most like ``text``, for "did you mean"."""
    from difflib import get_close_matches

    close = get_close_matches(text.strip().lower(), list(RULES), n=1)
    return close[0] if close else None
