"""A place in a tree, found again by its path; and the tree as the plain values others read."""

import re
from collections.abc import Collection
from itertools import takewhile
from typing import Any, NamedTuple

from twimlc.findings.diagnostic import Edit, Fix
from twimlc.text import Span
from twimlc.yaml.tree import Entry, Mapping, Node, Scalar, Sequence, Template, key_spans

Path = tuple[str | int, ...]

_PLURALS = frozenset(
    {"steps", "states", "params", "choices", "people", "options", "components", "defaults"}
    | {"targets", "flows", "rules", "languages", "parameters", "configs", "headers"}
)


_KINDS = {
    "states": "state",
    "choices": "choice",
    "when": "outcome",
    "params": "param",
    "components": "component",
    "targets": "target",
    "bins": "flow",
    "rules": "rule",
}
"""The maps whose keys are names, and what each name is of."""


class Place(NamedTuple):
    """A node, the entry it is the value of (if it is no item), and what lies above it.

    ``messaging``: the flow that it is in says that it answers messages. ``states``: those of the
    file, where a step can go to them.
    """

    node: Node
    path: Path
    entry: Entry | None
    above: tuple[str, ...]
    parent: Node | None = None
    messaging: bool = False
    states: Collection[str] = ()

    @classmethod
    def of(cls, root: Node, path: Path) -> "Place":
        """The place at ``path`` below ``root``."""
        node, entry, parent = root, None, None
        kind = root.get("kind") if isinstance(root, Mapping) else None
        messaging = isinstance(kind, Scalar) and kind.text == "messaging"
        for part in path:
            parent = node
            if isinstance(node, Mapping) and isinstance(part, str):
                entry = node.entry(part)
                assert entry is not None, "the path was found in this tree"
                node = entry.value
            elif isinstance(node, Sequence) and isinstance(part, int):
                node, entry = node.items[part], None
        above = tuple(part for part in path if isinstance(part, str))
        inner = path[:1] == ("components",)
        states = root.get("states") if isinstance(root, Mapping) and not inner else None
        return cls(node, path, entry, above, parent, messaging, key_spans(states))

    @property
    def key(self) -> str | None:
        """The nearest key: the place's own, or that of the list it is in."""
        return self.above[-1] if self.above else None

    @property
    def owner(self) -> str | None:
        """The key above that."""
        return self.above[-2] if len(self.above) > 1 else None

    @property
    def verb(self) -> str | None:
        """The verb of the step that the place is in."""
        for index in range(len(self.path) - 1, 0, -1):
            key = self.path[index]
            listed = isinstance(self.path[index - 1], int)
            if listed and isinstance(key, str) and self.path[index - 2 : index - 1] != ("people",):
                return key
        return None

    def lacks(self, key: str) -> bool:
        """Whether ``key`` is not beside the place."""
        return not isinstance(self.parent, Mapping) or self.parent.entry(key) is None

    @property
    def name(self) -> str:
        """What a message calls the place."""
        key = self.key
        if key is None:
            return "the file"
        chosen = len(self.above) > 2 and self.above[-3] in _KINDS  # a target may be called 'bins'
        keys = self.path[:-1] if self.path and isinstance(self.path[-1], int) else self.path
        chosen = chosen or keys[-2:-1] != self.above[-2:-1]
        kind = None if chosen else _KINDS.get(self.owner or "")
        shown = f"{kind} '{key}'" if kind else f"'{key}'" if key in _PLURALS else key
        return f"an item of {shown}" if self.path and isinstance(self.path[-1], int) else shown

    @property
    def value_span(self) -> Span:
        """Where the value is; its key where nothing is written."""
        if isinstance(self.node, Scalar) and self.node.value is None and self.entry is not None:
            return self.entry.key_span
        return self.node.span

    @property
    def head_span(self) -> Span:
        """Where the part begins: its key, or the first key in it if it was written elsewhere."""
        if self.entry is not None and self.node.span.via == self.entry.key_span.via:
            return self.entry.key_span
        if isinstance(self.node, Mapping) and self.node.entries:
            return self.node.entries[0].key_span
        return self.node.span


def after_comma(entry: Entry) -> bool:
    """Whether the key is the end of a text that a comma inside ``{…}`` cut in two."""
    before = entry.key_span.file.text[: entry.key_span.start].rstrip()
    return before.endswith(",") and isinstance(entry.value, Scalar) and entry.value.value is None


def hours_in_quotes(entry: Entry, body: Node) -> Fix | None:
    """The fix for opening hours that a comma inside ``{…}`` cut, where ``entry`` is the rest."""
    entries = body.entries if isinstance(body, Mapping) else ()
    at = entries.index(entry)
    cut = [*takewhile(after_comma, entries[at:])]
    if not cut or not at or after_comma(entries[at - 1]):
        return None
    begin, end = entries[at - 1].value.span, cut[-1].key_span
    text = begin.file.text[begin.start : end.end]
    if begin.from_alias or re.search(r"['\"\\\n]", text) or not re.search(r"\d:\d\d", text):
        return None
    marks = (Edit(begin._replace(end=begin.start), '"'), Edit(end._replace(start=end.end), '"'))
    return Fix("put the hours in quotes", marks)


COMMA_HINT = "inside {…} a comma ends the text: put all of it in quotes"


def plain(node: Node) -> Any:
    """The tree as lists, maps and single values, as a validator takes them."""
    if isinstance(node, Mapping):
        return {entry.key: plain(entry.value) for entry in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text if isinstance(node.value, Template) else node.value
