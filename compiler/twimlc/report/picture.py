"""What a picture of a flow shows: the places of its call and the ways between them.

One model for all forms: ``graph`` writes Mermaid, DOT and JSON, ``svg`` draws.
"""

from collections.abc import Mapping
from typing import NamedTuple

MOST_ROWS = 6


class Row(NamedTuple):
    """What is heard or done: words in quotes, or (``symbol`` is not empty) another verb."""

    symbol: str
    text: str


class Box(NamedTuple):
    """A place of the call, up to and including the next question or the end.

    ``on`` is ``call``, ``leg`` or ``wait``; ``kind`` that of the question, ``end``, or empty.
    ``foot`` says how the line ends here.
    """

    id: str
    state: str
    name: str
    on: str = "call"
    kind: str = ""
    file: str = ""
    line: int = 1
    component: str = ""
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    foot: str = ""

    @property
    def only_ends(self) -> bool:
        """Whether nothing else happens there."""
        return bool(self.foot) and not self.rows and not self.notes

    def shown(self) -> list[str]:
        """Its rows as text, at most six of them."""
        found = [row.text for row in self.rows[:MOST_ROWS]]
        more = len(self.rows) - MOST_ROWS
        return [*found, f"… {more} more"] if more > 0 else found


class Way(NamedTuple):
    """All ways from one box to another, as one.

    ``kind`` is ``main`` (it worked, or is the only way), ``choice``, ``failure`` or ``other-line``.
    """

    kind: str
    source: str
    target: str
    outcomes: tuple[str, ...] = ()
    label: str = ""


class Picture(NamedTuple):
    """What a picture of one flow shows, in reading order.

    ``boxes`` are by id. ``cut`` are those that ways lead to and that are left out; ``box_of``
    gives the box of each node of the graph, ``left`` the one where a question of it leaves for an
    address, ``states`` that with which each state begins. Ways are in the order in which they hang
    at a box.
    """

    flow: str
    description: str
    start: str
    boxes: Mapping[str, Box]
    ways: tuple[Way, ...]
    cut: Mapping[str, Box] = {}
    states: Mapping[str, str] = {}
    box_of: Mapping[int, str] = {}
    left: Mapping[int, str] = {}

    def name(self, box: str) -> str:
        """What a box is called, be it shown or left out."""
        return (self.boxes.get(box) or self.cut[box]).name

    def ways_from(self) -> dict[str, list[Way]]:
        """The ways out of each box."""
        found: dict[str, list[Way]] = {box: [] for box in self.boxes}
        for way in self.ways:
            found[way.source].append(way)
        return found

    def only(self, start: str, depth: int | None = None) -> "Picture":
        """What can be reached from the box ``start``, ``depth`` ways deep."""
        out, far = self.ways_from(), {start: 0}
        waiting = [start]
        for box in waiting:
            for way in out[box]:
                if way.target not in far:
                    far[way.target] = far[box] + 1
                    waiting += [way.target] if depth is None or far[box] < depth else []
        kept = {*waiting}
        return self._replace(
            start=start,
            boxes={name: box for name, box in self.boxes.items() if name in kept},
            ways=tuple(way for way in self.ways if way.source in kept),
            cut={name: box for name, box in self.boxes.items() if name in far.keys() - kept},
        )
