"""Where everything stands in a picture: boxes and their sizes in, places and lines out.

The main way of a box goes straight down from its left edge; its other ways hang to the right from
a bar at its foot. A box that several ways lead to stands under the one that all of them pass
through; each way to it, and each way back, ends in a link. So nothing crosses or overlaps, and what
is drawn grows with what is shown. All lengths are in the picture's own units.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from twimlc.report.picture import Picture, Way

MAIN, BAR, STEP = 12, 34, 56
"""From the left edge of a box: its main way, its bar, and what hangs there."""
_ROW, _GAP, _APART, _TICK, _MARGIN, _ASIDE = 20, 10, 26, 16, 4, 24
ANOTHER_LINE, NOWHERE = "On another line", "Nothing in this flow leads here"


class Frame(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


class Line(NamedTuple):
    """A way: its corners, where its label stands, and the link that it ends in, if it does."""

    way: Way
    points: tuple[tuple[float, float], ...]
    label: Frame | None = None
    link: Frame | None = None
    up: bool = False


class Sizes(NamedTuple):
    """How large things are: each box, the label of a way, the link to a box."""

    boxes: Mapping[str, tuple[float, float]]
    label: Callable[[str], tuple[float, float]]
    link: Callable[[str], tuple[float, float]]


@dataclass(slots=True)
class Arrangement:
    """What stands where. ``texts`` are captions (x, y, words, whether a heading)."""

    boxes: dict[str, Frame] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    texts: list[tuple[float, float, str, bool]] = field(default_factory=list)
    apart: frozenset[str] = frozenset()
    height: float = 0

    @property
    def width(self) -> float:
        """How far to the right anything reaches."""
        links = [line.link for line in self.lines if line.link]
        labels = [line.label for line in self.lines if line.label]
        return max(each.x + each.width for each in (*self.boxes.values(), *links, *labels))


def arrange(picture: Picture, sizes: Sizes, top: float) -> Arrangement:
    """Where all of a picture stands, from ``top`` downward."""
    return _Arranging(picture, sizes, top).arranged()


class _Arranging:
    def __init__(self, picture: Picture, sizes: Sizes, top: float) -> None:
        self.picture, self.sizes, self.y = picture, sizes, top
        self.ways = picture.ways_from()
        self.made = Arrangement()
        here = picture.boxes.keys()
        self.calls = {
            box: [way.target for way in ways if way.kind != "other-line" and way.target in here]
            for box, ways in self.ways.items()
        }
        seen: dict[str, None] = {}
        self._walk((picture.start,), seen)
        called = {*seen}
        aside = {way.target for way in picture.ways if way.kind == "other-line"}
        self.lines = [box for box in picture.boxes if box in aside and box not in seen]
        apart: dict[str, None] = {}
        self._walk(self.lines, seen, apart)
        self.dead: list[str] = []
        for box in picture.boxes:
            if box not in seen:
                self.dead.append(box)
                self._walk((box,), seen)
        self.made.apart = frozenset(apart)
        roots = (picture.start, *self.lines, *self.dead)
        # What a line shares with the call stands where the call has it.
        turn = {box: 0 if box in called else 1 if box in apart else 2 for box in seen}
        leads = {box: [to for to in self.calls[box] if turn[to] >= turn[box]] for box in seen}
        under, self.spans = dominated(roots, leads)
        into: dict[str, dict[str, None]] = {box: {} for box in picture.boxes}
        for way in picture.ways:
            if way.target in into and not _within(self.spans, way.source, way.target):
                into[way.target][way.source] = None
        self.into = {box: len(sources) for box, sources in into.items()}
        self.roots = {*roots}
        self.own = {box for box, count in self.into.items() if count == 1 and box not in self.roots}
        self.joins: dict[str | None, list[str]] = {}
        for box in picture.boxes:
            if box not in self.own and box not in self.roots:
                self.joins.setdefault(under[box], []).append(box)
        shared = self.joins.get(None, ())  # by several lines, or by what nothing leads to
        self.lines += [box for box in shared if box in apart]
        self.dead += [box for box in shared if box not in apart]

    def _walk(self, starts: Iterable[str], *seen: dict[str, None]) -> None:
        """Add to each of ``seen`` what ``starts`` lead to, on their own line."""
        waiting = [*starts]
        while waiting:
            box = waiting.pop()
            if box not in seen[0]:
                for each in seen:
                    each[box] = None
                waiting += self.calls[box]

    def arranged(self) -> Arrangement:
        """Everything in its place."""
        self._tree(self.picture.start)
        for heading, roots in ((ANOTHER_LINE, self.lines), (NOWHERE, self.dead)):
            for number, box in enumerate(roots):
                self.y += _APART if number else 2 * _APART
                if not number:
                    self.made.texts.append((0, self.y, heading, True))
                    self.y += _ROW + _GAP
                self._tree(box)
        self.made.height = self.y
        return self.made

    def _tree(self, root: str) -> None:
        self.todo: list[Callable[[], None]] = []
        self._join(root, 0)
        while self.todo:
            self.todo.pop()()

    def _join(self, box: str, x: float) -> None:
        """A box that stands by itself, with how many lead there."""
        if box not in self.roots:
            self.y += _APART
        if (count := self.into[box]) > 1:
            words = f"{self.picture.name(box)}: from {count} places"
            self.made.texts.append((x, self.y, words, False))
            self.y += _ROW
        self._put(box, x)

    def _put(self, box: str, x: float) -> None:
        """A box, and then all that stands below it."""
        frame = self.made.boxes[box] = Frame(x, self.y, *self.sizes.boxes[box])
        self.y += frame.height
        main = self._main(self.ways[box])
        below = [partial(self._hang, frame, way) for way in self.ways[box] if way is not main]
        below += [partial(self._straight, frame, main)] if main is not None else []
        below += [partial(self._join, each, x) for each in self.joins.get(box, ())]
        self.todo += reversed(below)

    def _opens(self, way: Way) -> bool:
        """Whether it leads to a box of its own."""
        return way.target in self.own and not _within(self.spans, way.source, way.target)

    def _main(self, ways: list[Way]) -> Way | None:
        """The way that goes straight down."""
        ways = [way for way in ways if way.kind != "other-line"]
        if len(ways) == 1:
            return ways[0]
        own = [way for way in ways if self._opens(way)]
        for way in own:
            if way.kind == "main" and not self.picture.boxes[way.target].only_ends:
                return way
        on = [way for way in own if self.calls[way.target] or self.ways[way.target]]
        return on[0] if len(on) == 1 and on[0].kind != "choice" else None

    def _straight(self, frame: Frame, way: Way) -> None:
        """The main way: to the box or the link right below."""
        x = frame.x
        width, height = self.sizes.label(way.label)
        self.y += max(_APART, height + 2 * _MARGIN if way.label else 0)
        label = Frame(x + _ASIDE, self.y - height - _MARGIN, width, height) if way.label else None
        points = ((x + MAIN, frame.y + frame.height), (x + MAIN, self.y))
        if self._opens(way):
            self.made.lines.append(Line(way, points, label))
            self.todo.append(partial(self._put, way.target, x))
            return
        link = Frame(x, self.y, *self.sizes.link(way.target))
        up = way.target in self.made.boxes
        self.made.lines.append(Line(way, points, label, link, up))
        self.y += link.height

    def _hang(self, frame: Frame, way: Way) -> None:
        """A way to the right, from the bar."""
        self.y += _GAP
        x, bar = frame.x + STEP, frame.x + BAR
        begin = (bar, frame.y + frame.height)
        width, height = self.sizes.label(way.label)
        opens = self._opens(way)
        label = None
        if opens and not (self.picture.boxes[way.target].only_ends):
            middle = self.y + height / 2
            label = Frame(x + _ASIDE, self.y, width, height) if way.label else None
            self.y += height + _MARGIN
            points = (begin, (bar, middle), (x + MAIN, middle), (x + MAIN, self.y))
            self.made.lines.append(Line(way, points, label))
            self.todo.append(partial(self._put, way.target, x))
            return
        size = self.sizes.boxes[way.target] if opens else self.sizes.link(way.target)
        row = max(height, size[1])
        middle = self.y + row / 2
        if way.label:
            label = Frame(x, middle - height / 2, width, height)
            x += width + _TICK
        end = Frame(x, middle - size[1] / 2, *size)
        up = way.target in self.made.boxes
        to_right = (begin, (bar, middle), (x, middle))
        self.made.lines.append(Line(way, to_right, label, None if opens else end, up))
        if opens:
            self.made.boxes[way.target] = end
        self.y += row


def _within(spans: Mapping[str, tuple[int, int]], box: str, around: str) -> bool:
    """Whether a box can only be reached through another one, or is it."""
    return spans[around][0] <= spans[box][0] <= spans[around][1]


def dominated(
    roots: Iterable[str], leads: Mapping[str, Iterable[str]]
) -> tuple[dict[str, str | None], dict[str, tuple[int, int]]]:
    """For each box the one that all ways to it pass through last, None where there is none.

    Also a number for each, and the last number among those that can only be reached through it.
    (Lengauer and Tarjan's algorithm, without recursion.)
    """
    boxes: list[str] = [""]
    number = {"": 0}
    parent = [0]
    before: list[list[int]] = [[]]
    walk: list[tuple[int, Iterator[str]]] = [(0, iter([*roots]))]
    while walk:
        at, after = walk[-1]
        box = next(after, None)
        if box is None:
            walk.pop()
        elif box in number:
            before[number[box]].append(at)
        else:
            number[box] = len(boxes)
            boxes.append(box)
            parent.append(at)
            before.append([at])
            walk.append((number[box], iter(leads[box])))
    every = range(len(boxes))
    lowest: list[int] = [*every]
    best: list[int] = [*every]
    above, over = [-1] * len(boxes), [0] * len(boxes)
    held: list[list[int]] = [[] for _ in every]

    def least(at: int) -> int:
        """Of those above ``at`` the one with the lowest number that leads there by a detour."""
        path = [at]
        while above[path[-1]] >= 0 and above[above[path[-1]]] >= 0:
            path.append(above[path[-1]])
        for each in reversed(path[:-1]):
            if lowest[best[above[each]]] < lowest[best[each]]:
                best[each] = best[above[each]]
            above[each] = above[above[each]]
        return best[at]

    for at in reversed(every[1:]):
        lowest[at] = min(lowest[least(each)] for each in before[at])
        held[lowest[at]].append(at)
        above[at] = parent[at]
        for each in held[parent[at]]:
            found = least(each)
            over[each] = found if lowest[found] < lowest[each] else parent[at]
        held[parent[at]] = []
    for at in every[1:]:
        if over[at] != lowest[at]:
            over[at] = over[over[at]]
    below: list[list[int]] = [[] for _ in every]
    for at in every[1:]:
        below[over[at]].append(at)
    first, last = [0] * len(boxes), [0] * len(boxes)
    count, left = 0, [0]
    while left:
        at = left.pop()
        if at < 0:
            last[~at] = count
            continue
        count += 1
        first[at] = count
        left += [~at, *below[at]]
    spans = {boxes[at]: (first[at], last[at]) for at in every[1:]}
    return {boxes[at]: boxes[over[at]] or None for at in every[1:]}, spans
