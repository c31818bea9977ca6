"""What a way through a call costs the caller: seconds, words and keys.

Calls and what to reach in them come in; the dearest or the cheapest way there goes out, and
findings about what is more than the project allows a caller to bear.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import OVER_BUDGET
from twimlc.flow.contexts import context_of
from twimlc.flow.graph import Context
from twimlc.flow.model import Element, StateLink
from twimlc.rules.media import Sounds
from twimlc.rules.moments import WAITING, Calls, Fits, Moment, Way, answered, rings, shortest
from twimlc.rules.paths import told
from twimlc.rules.words import words_of

Budgets = Mapping[str, Mapping[str, int]]
"""For ``choice`` and ``human``: the most ``seconds``, ``words`` and ``keys`` before it.

``sound`` holds what a file counts whose length is not known.
"""

_BEFORE = {"choice": "the first choice", "human": "a human"}
_WORDS_PER_SECOND = 2.5
_RINGING_ADDED = 5  # docs/voice/twiml/dial: Twilio lets it ring a little longer than timeout says


class Cost(NamedTuple):
    """What the caller waits through, listens to and enters."""

    seconds: float = 0
    words: int = 0
    keys: int = 0

    def plus(self, other: "Cost") -> "Cost":
        return Cost(self.seconds + other.seconds, self.words + other.words, self.keys + other.keys)


def check_budgets(calls: Calls, budgets: Budgets) -> Iterator[Diagnostic]:
    """A finding for each budget that the worst way of a flow breaks."""
    ends: dict[str, Fits] = {
        "choice": lambda moment: calls.node(moment).tag == "Gather",
        "human": lambda moment: moment.left in answered(calls.node(moment).element),
    }
    for start in calls.graph.starts.values():
        if calls.graph.contexts.get(start) is not Context.CALL:
            continue
        for goal, fits in ends.items():
            for measure, most in budgets.get(goal, {}).items():
                found = worst(calls, Moment(start), fits, measure)
                if found is None or getattr(found[0], measure) <= most:
                    continue
                cost, way = found
                amount = f"{ceil(getattr(cost, measure))} {measure}"
                message = f"{amount} may pass before {_BEFORE[goal]}; the budget is {most}"
                hint = f"the worst path: {told(calls, way)}"
                yield OVER_BUDGET.at(calls.node(way[-1]).span, message, hint=hint)


def worst(
    calls: Calls,
    start: Moment,
    ends: Fits,
    measure: str,
    *,
    quoted: Collection[str] = (),
    queue: float = 0,
) -> tuple[Cost, Way] | None:
    """The dearest way from ``start`` to the first moment that ``ends``; None if none leads there.

    A way goes round no loop twice. Of the last moment counts what is said before a key is asked
    for, and up to the first of the ``quoted`` words. ``queue`` is how many seconds a queue takes.
    """
    best: dict[Moment, tuple[Cost, Way] | None] = {}
    on_path: set[Moment] = set()
    stack: list[tuple[Moment, list[Moment]]] = [(start, [])]
    while stack:
        moment, following = stack[-1]
        if moment not in on_path:
            on_path.add(moment)
            best[moment] = None
            if ends(moment):
                best[moment] = _last(calls, moment, quoted), (moment,)
            else:
                following.extend(reversed(calls.after(moment)))
        if following:
            after = following[-1]
            if after not in best:
                stack.append((after, []))
                continue
            following.pop()
            further = best[after]
            if further is not None and after not in on_path:
                cost = _step(calls, moment, after, queue).plus(further[0])
                known = best[moment]
                if known is None or getattr(cost, measure) > getattr(known[0], measure):
                    best[moment] = (cost, (moment, *further[1]))
            continue
        stack.pop()
        on_path.discard(moment)
    return best.get(start)


def cheapest(
    calls: Calls, start: Moment, ends: Fits, measure: str, *, quoted: Collection[str] = ()
) -> tuple[Cost, Way] | None:
    """The way from ``start`` to a moment that ``ends`` which costs least of one measure."""

    def length(moment: Moment, after: Moment) -> float:
        return float(getattr(_step(calls, moment, after, None), measure))

    way = shortest(calls, start, ends, length=length)
    if way is None:
        return None
    steps = (_step(calls, moment, after, None) for moment, after in pairwise(way))
    return reduce(Cost.plus, steps, _last(calls, way[-1], quoted)), way


def _number(element: Element, name: str) -> float:
    text = element.literal(name) or ""
    if not text.isdecimal() and element.spec is not None:
        text = element.spec.attributes[name].default or ""
    return float(text or 0)


def _speech(element: Element, sounds: Sounds, quoted: Collection[str] = ()) -> Cost:
    """What is said, played and waited for inside an element; up to the end of ``quoted`` words."""
    total = Cost()
    for inner in element.walk():
        times = int(inner.literal("loop") or "1") or 1
        if inner.tag == "Pause":
            total = total.plus(Cost(_number(inner, "length")))
        elif inner.tag == "Say":
            text = " ".join(words_of(inner).split())
            low = text.lower()
            ends = [low.index(words) + len(words) for words in quoted if words in low]
            count = len(text[: min(ends, default=None)].split()) * (1 if ends else times)
            total = total.plus(Cost(count / _WORDS_PER_SECOND, count))
            if ends:
                break
        elif inner.tag == "Play":
            total = total.plus(Cost(sounds.seconds(inner) * times, sounds.words * times))
    return total


def _last(calls: Calls, moment: Moment, quoted: Collection[str]) -> Cost:
    """What the moment costs at which a way ends."""
    node = calls.node(moment)
    asks = not moment.left and node.title in ("menu", "gather", "offer")
    heard = node.element if asks or quoted else None
    return Cost() if heard is None else _speech(heard, calls.sounds, quoted)


def _step(calls: Calls, moment: Moment, after: Moment, queue: float | None) -> Cost:
    """What it costs to get from one moment to the next; ``queue`` is None on the cheapest way."""
    node, outcome = calls.node(moment), after.left
    element = node.element
    if element is None or moment.left:
        return Cost()
    if outcome == WAITING:
        return Cost(queue or 0)
    cost = _speech(element, calls.sounds)
    if element.tag == "Gather":
        if outcome == "no-input":
            return cost.plus(Cost(_number(element, "timeout")))
        most = int((element.literal("numDigits") or "1")[:3])
        keys = len(outcome) if outcome in node.keys else most
        # Twilio waits for the keys that are missing before it takes those it has.
        wait = _number(element, "timeout") if keys < most else 0
        return cost.plus(Cost(wait, 0, keys))
    if element.tag == "Dial":
        return cost.plus(Cost(_rung(calls, element, outcome, worst_way=queue is not None)))
    if element.does.waits and outcome in answered(element):
        return cost.plus(Cost(queue or 0))
    if element.does.records:
        return cost.plus(Cost(_number(element, "timeout")))
    return cost


def _rung(calls: Calls, element: Element, outcome: str, *, worst_way: bool) -> float:
    """The seconds that phones ring, with what the person called hears before both are joined."""
    if not rings(element):
        return 0
    once = _number(element, "timeout")
    turns = rings(element) if element.literal("sequential") == "true" else 1
    if not worst_way:
        return once * turns if outcome == "no-answer" else 0
    asked = 0.0
    picked_up = outcome in (*answered(element), "declined")
    for part, name, link, _ in element.links() if picked_up else ():
        if context_of(part, name) is Context.LEG and isinstance(link, StateLink):
            first = Moment(calls.graph.entries[link.state])
            found = worst(calls, first, lambda moment: not calls.after(moment), "seconds")
            asked = max(asked, found[0].seconds if found is not None else 0)
    # Whoever answers does so within the timeout; only those who do not ring for longer.
    longer = _RINGING_ADDED * (turns - (outcome in answered(element)))
    return (once + asked) * turns + longer
