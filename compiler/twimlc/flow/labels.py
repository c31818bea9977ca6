"""Labels: the places that exits lead to while the control-flow graph is being built."""

from dataclasses import dataclass, field
from typing import NamedTuple

from twimlc.flow.graph import Node
from twimlc.text import Span


@dataclass(slots=True, eq=False)
class Label:
    """A place to go to: bound to a node, or to another label.

    ``entry`` is the flow whose entry is passed on the way there.
    """

    span: Span
    node: Node | None = None
    other: "Label | None" = None
    entry: str | None = None


@dataclass(slots=True, eq=False)
class Pending:
    """A node whose exits are still labels."""

    node: Node
    exits: dict[str, Label] = field(default_factory=dict)
    keys: dict[str, Label] = field(default_factory=dict)
    fallback: Label | None = None


class Listed(NamedTuple):
    """A step of a list: its own label, the one behind it, and the step before, if there is one."""

    span: Span
    label: Label
    after: Label
    before: "Listed | None"
