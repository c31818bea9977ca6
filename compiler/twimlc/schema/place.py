"""A place in a tree, found again by its path; and the tree as the plain values others read."""

from dataclasses import dataclass
from typing import Any

from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence
from twimlc.text import Span

Path = tuple[str | int, ...]

_PLURALS = frozenset(
    {"steps", "states", "params", "choices", "people", "options", "components", "defaults"}
    | {"targets", "flows", "rules", "languages", "parameters", "configs", "headers"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """A node, the entry it is the value of (if it is no item), and what lies above it.

    ``messaging``: the flow that it is in says that it answers messages.
    """

    node: Node
    path: Path
    entry: Entry | None
    above: tuple[str, ...]
    parent: Node | None = None
    messaging: bool = False

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
        return cls(node, path, entry, above, parent, messaging)

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
        """Whether ``key`` does not stand beside the place."""
        return not isinstance(self.parent, Mapping) or self.parent.entry(key) is None

    @property
    def name(self) -> str:
        """What a message calls the place."""
        key = self.key
        if key is None:
            return "the file"
        kind = {
            "states": "state",
            "choices": "choice",
            "when": "outcome",
            "params": "param",
            "components": "component",
            "targets": "target",
        }.get(self.owner or "")
        shown = f"{kind} '{key}'" if kind else f"'{key}'" if key in _PLURALS else key
        return f"an item of {shown}" if self.path and isinstance(self.path[-1], int) else shown

    @property
    def value_span(self) -> Span:
        """Where the value stands; its key where nothing is written."""
        if isinstance(self.node, Scalar) and self.node.value is None and self.entry is not None:
            return self.entry.key_span
        return self.node.span

    @property
    def head_span(self) -> Span:
        """Where the part begins: its key, or the first key in it."""
        if self.entry is not None:
            return self.entry.key_span
        if isinstance(self.node, Mapping) and self.node.entries:
            return self.node.entries[0].key_span
        return self.node.span


def after_comma(entry: Entry) -> bool:
    """Whether the key is the end of a text that a comma inside ``{…}`` cut in two."""
    before = entry.key_span.file.text[: entry.key_span.start].rstrip()
    return before.endswith(",") and isinstance(entry.value, Scalar) and entry.value.value is None


COMMA_HINT = "inside {…} a comma ends a text: put the whole text in quotes"


def plain(node: Node) -> Any:
    """The tree as lists, maps and single values, as a validator takes them."""
    if isinstance(node, Mapping):
        return {entry.key: plain(entry.value) for entry in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value
