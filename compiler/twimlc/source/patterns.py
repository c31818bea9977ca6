"""Which flows are meant: names and globs of the project file in, yes or no for a flow out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from twimlc.text import Span

_ALLOWED = re.compile(r"[a-z0-9*?\[\]!-]+")


@dataclass(frozen=True, slots=True)
class FlowPattern:
    """A flow's name, or a glob over names, and where it stands."""

    text: str
    span: Span

    def matches(self, flow: str) -> bool:
        return fnmatchcase(flow, self.text)

    def matches_any(self, flows: Iterable[str]) -> bool:
        return any(self.matches(flow) for flow in flows)


def is_pattern(text: str) -> bool:
    """Whether this can fit the name of a flow at all."""
    return _ALLOWED.fullmatch(text) is not None


def selected(patterns: Sequence[FlowPattern], flow: str) -> bool:
    """Whether a flow is meant; no patterns mean every flow."""
    return not patterns or any(pattern.matches(flow) for pattern in patterns)
