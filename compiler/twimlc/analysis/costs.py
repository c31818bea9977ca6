"""What a way through a call costs the caller: seconds, words and keys.

The graph comes in; for each flow the worst way to the first choice and to a human goes out.
"""

from collections.abc import Callable
from typing import NamedTuple

from twimlc.analysis.paths import Way
from twimlc.analysis.sounds import NO_SOUNDS, Sounds
from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.flow.model import Element

HUMAN = ("Dial", "Enqueue", "Connect")
_WORDS_PER_SECOND = 2.5
_RINGING_ADDED = 5  # docs/voice/twiml/dial: Twilio lets it ring a little longer than timeout says
_DEFAULTS = {"Gather": 5, "Record": 5, "Dial": 30, "Pause": 1}


class Cost(NamedTuple):
    """What the caller waits through, listens to and keys in."""

    seconds: float = 0
    words: int = 0
    keys: int = 0

    def plus(self, other: "Cost") -> "Cost":
        return Cost(self.seconds + other.seconds, self.words + other.words, self.keys + other.keys)


def worst(
    graph: Graph,
    start: NodeKey,
    ends: Callable[[Node], bool],
    measure: str,
    sounds: Sounds = NO_SOUNDS,
) -> tuple[Cost, Way, NodeKey] | None:
    """The dearest way from ``start`` to the first node that ``ends``; None if none leads there.

    A way goes round no circle twice. What the last node says counts, where it asks for a key.
    """
    best: dict[NodeKey, tuple[Cost, Way, NodeKey] | None] = {}
    on_path: set[NodeKey] = set()
    stack: list[tuple[NodeKey, list[tuple[str, NodeKey]]]] = [(start, [])]
    while stack:
        key, after = stack[-1]
        node = graph.nodes[key]
        if key not in on_path:
            on_path.add(key)
            best[key] = None
            if ends(node):
                asks = node.title in ("menu", "gather", "offer")
                best[key] = (_speech(node.element, sounds) if asks else Cost(), (), key)
            else:
                after.extend(reversed(list(node.successors())))
        if after:
            name, following = after[-1]
            if following not in best:
                stack.append((following, []))
                continue
            after.pop()
            found = best[following]
            if found is not None and following not in on_path:
                cost = _step(node, name, sounds).plus(found[0])
                known = best[key]
                if known is None or getattr(cost, measure) > getattr(known[0], measure):
                    best[key] = (cost, ((key, name), *found[1]), found[2])
            continue
        stack.pop()
        on_path.discard(key)
    return best.get(start)


def cheapest(
    graph: Graph,
    start: NodeKey,
    ends: Callable[[Node], bool],
    measure: str,
    sounds: Sounds = NO_SOUNDS,
) -> tuple[Cost, Way, NodeKey] | None:
    """The way from ``start`` to a node that ``ends`` which costs least of one measure."""
    from heapq import heappop, heappush

    waiting: list[tuple[float, int, NodeKey]] = [(0, 0, start)]
    known: dict[NodeKey, tuple[Cost, tuple[NodeKey, str] | None]] = {start: (Cost(), None)}
    done: set[NodeKey] = set()
    while waiting:
        _, _, key = heappop(waiting)
        if key in done:
            continue
        done.add(key)
        spent = known[key][0]
        if ends(graph.nodes[key]):
            way: list[tuple[NodeKey, str]] = []
            here = key
            while (before := known[here][1]) is not None:
                way.append(before)
                here = before[0]
            return spent, tuple(reversed(way)), key
        for name, after in graph.nodes[key].successors():
            cost = spent.plus(_step(graph.nodes[key], name, sounds))
            best = known.get(after)
            if best is None or getattr(cost, measure) < getattr(best[0], measure):
                known[after] = (cost, (key, name))
                heappush(waiting, (getattr(cost, measure), len(known), after))
    return None


def _number(element: Element, name: str) -> float:
    text = element.literal(name) or ""
    return float(text) if text.isdecimal() else _DEFAULTS.get(element.tag, 0)


def _speech(element: Element | None, sounds: Sounds) -> Cost:
    """What is said, played and waited for inside an element."""
    total = Cost()
    for inner in element.walk() if element is not None else ():
        if inner.tag == "Pause":
            total = total.plus(Cost(_number(inner, "length")))
        elif inner.tag == "Say":
            loop = int(inner.literal("loop") or "1") or 1
            count = len(_text(inner).split()) * loop
            total = total.plus(Cost(count / _WORDS_PER_SECOND, count))
        elif inner.tag == "Play":
            times = int(inner.literal("loop") or "1") or 1
            total = total.plus(Cost(sounds.seconds(inner) * times, sounds.words * times))
    return total


def _text(element: Element) -> str:
    return " ".join(
        _text(child) if isinstance(child, Element) else child if isinstance(child, str) else "x"
        for child in element.children
    )


def _step(node: Node, outcome: str, sounds: Sounds) -> Cost:
    """What leaving ``node`` by ``outcome`` has cost."""
    element = node.element
    if element is None:
        return Cost()
    cost = _speech(element, sounds)
    if element.tag == "Gather":
        if outcome == "no-input":
            return cost.plus(Cost(_number(element, "timeout")))
        most = int((element.literal("numDigits") or "1")[:3])
        keys = len(outcome) if outcome in node.keys else most
        # Twilio waits for the keys that are missing before it takes those it has.
        wait = _number(element, "timeout") if keys < most else 0
        return cost.plus(Cost(wait, 0, keys))
    if element.tag == "Dial" and outcome not in ("completed", "answered"):
        return cost.plus(Cost(_number(element, "timeout") + _RINGING_ADDED))
    if element.tag == "Record":
        return cost.plus(Cost(_number(element, "timeout")))
    return cost
