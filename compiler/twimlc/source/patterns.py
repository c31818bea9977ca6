"""Which flows are meant: names and globs of the project file in, yes or no for a flow out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.project import BAD_PROJECT
from twimlc.source import tree
from twimlc.source.tree import Node, Scalar, is_empty
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


def read_patterns(node: Node | None, findings: list[Diagnostic]) -> tuple[FlowPattern, ...]:
    """``flows``: one name or glob, or a list of them."""
    patterns: list[FlowPattern] = []
    for item in listed(node):
        if not isinstance(item, Scalar) or item.value is None:
            findings.append(BAD_PROJECT.at(item.span, "here stands the name of a flow, or a glob"))
        elif not is_pattern(item.text):
            findings.append(
                BAD_PROJECT.at(
                    item.span,
                    f"'{item.text}' cannot fit the name of a flow",
                    hint="flows are named here, not files: a-z, 0-9, '-' and the wildcards * and ?",
                )
            )
        else:
            patterns.append(FlowPattern(item.text, item.span))
    return tuple(patterns)


def listed(node: Node | None) -> Sequence[Node]:
    """The items of a list; a single value counts as a list of one, an empty part as none."""
    if node is None or is_empty(node):
        return ()
    return node.items if isinstance(node, tree.Sequence) else (node,)
