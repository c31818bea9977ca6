"""The catalogue: every rule that a finding can break, by slug.

In go the modules of ``diagnostics/rules``; out come :data:`RULES` and :func:`find`. Importing
this module imports every rule with its examples, so only those who look rules up by name do.
"""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import MappingProxyType

from twimlc.diagnostics.diagnostic import Rule

RULE_MODULES = (
    "yaml",
    "shape",
    "names",
    "values",
    "project",
    "flow",
    "scripts",
    "twiml",
    "addresses",
    "account",
    "documents",
    "words",
    "experience",
    "hosts",
    "output",
    "tool",
)

_NUMBER = re.compile(r"(?:tw)?(\d{1,4})", re.IGNORECASE)


def _collect(names: tuple[str, ...]) -> Iterator[Rule]:
    for name in names:
        module = import_module(f"twimlc.diagnostics.rules.{name}")
        yield from (value for value in vars(module).values() if isinstance(value, Rule))


ALL_RULES: tuple[Rule, ...] = tuple(sorted(_collect(RULE_MODULES), key=lambda rule: rule.number))
"""Every rule that a module of ``rules`` holds, in the order of their numbers."""

RULES: Mapping[str, Rule] = MappingProxyType({rule.slug: rule for rule in ALL_RULES})
"""The same by slug."""

_BY_NUMBER: Mapping[int, Rule] = {rule.number: rule for rule in RULES.values()}


def find(text: str) -> Rule | None:
    """The rule that ``text`` names: ``unknown-state``, ``TW301``, ``tw301`` or ``301``."""
    word = text.strip()
    if (number := _NUMBER.fullmatch(word)) is not None:
        return _BY_NUMBER.get(int(number[1]))
    return RULES.get(word.lower())


def nearest(text: str) -> str | None:
    """The slug that is most like ``text``, for "did you mean"."""
    from difflib import get_close_matches

    close = get_close_matches(text.strip().lower(), list(RULES), n=1)
    return close[0] if close else None
