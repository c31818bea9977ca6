"""A call moment by moment: the graph comes in; what can follow what goes out.

A verb is two moments: it begins, and it is left by one of its outcomes. So "a phone rings" and
"somebody answered" are different places on a way. Words that callers hear while they wait are part
of their call, though the graph has them as documents of their own.
"""

from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.flow.contexts import context_of
from twimlc.flow.decisions import subject_of
from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.flow.model import Element, StateLink
from twimlc.flow.targets import leaves_for
from twimlc.flow.walks import reached
from twimlc.rules.media import Sounds

WAITING = "waiting"
"""Stands for an outcome where the caller is still in the queue or the conference."""


class Heard(StrEnum):
    """What the caller has heard last."""

    NOTHING = "nothing"  # silence, ringing, their own voice
    WORDS = "words"  # or audio
    QUESTION = "question"  # words, and then they had to answer
    TALK = "talk"  # a conversation


class Moment(NamedTuple):
    """A verb begins; or, with ``left``, it is left by that outcome, or by these keys."""

    node: NodeKey
    heard: Heard = Heard.NOTHING
    left: str = ""


Way = tuple[Moment, ...]
"""Moments in calling order."""

Fits = Callable[[Moment], bool]


def _asks(node: Node) -> str:
    """What a step asks, as its author calls it."""
    return subject_of(node.asks).rpartition("/")[2] if node.asks is not None else ""


class Calls:
    """All calls that a graph holds; ``alike`` are dials after which fallback is for everybody."""

    def __init__(self, graph: Graph, alike: Collection[NodeKey], sounds: Sounds) -> None:
        self.graph, self.alike, self.sounds = graph, alike, sounds
        self._only: dict[str, Collection[str]] = {}
        self._after: dict[Moment, tuple[Moment, ...]] = {}
        self._joins: dict[NodeKey, tuple[bool, bool]] = {}

    def where(self, subject: str, outcomes: Collection[str]) -> "Calls":
        """Those in which each step that asks a calendar or a parameter has one of these answers."""
        some = Calls(self.graph, self.alike, self.sounds)
        some._only = {subject: outcomes}
        return some

    def answers(self, start: Moment, subject: str) -> set[str]:
        """The outcomes of all steps that ask so."""
        nodes = (self.node(moment) for moment in self.all_from(start))
        asking = (node for node in nodes if node.asks and _asks(node) == subject)
        return {outcome for node in asking for outcome in node.outcomes.names}

    def node(self, moment: Moment) -> Node:
        return self.graph.nodes[moment.node]

    def after(self, moment: Moment) -> tuple[Moment, ...]:
        """What can follow a moment, in a fixed order."""
        if (known := self._after.get(moment)) is None:
            known = self._after[moment] = tuple(self._following(moment))
        return known

    def _following(self, moment: Moment) -> Iterator[Moment]:
        node = self.node(moment)
        if moment.left:
            to = node.keys.get(moment.left, node.exits.get(moment.left))
            if to is not None and node.key in self.alike:
                to = node.fallback
            linked = [to] if to is not None else self._linked(node, (Context.CALL,))
            if moment.left == WAITING:
                linked = self._linked(node, (Context.QUEUE_WAIT, Context.CONFERENCE_WAIT))
            elif moment.left in answered(node.element, people=False):
                linked = [*linked, *self._linked(node, (Context.CALL,), ("referUrl",))]
            yield from (Moment(key, moment.heard) for key in linked)
            return
        if node.element is not None and node.element.literal("loop") == "0":
            return
        names = [name for name, _ in node.successors() if self._can_be(node, name)]
        if self._only and node.asks and (only := self._only.get(_asks(node))) is not None:
            names = [name for name in names if name in only]
        if node.element is not None and leaves_for(node.element):
            more = node.outcomes.names or ("done",)
            names += [n for n in more if n not in names and self._can_be(node, n)]
        heard = _heard(node.element, moment.heard)
        talks = _talks(node.element)
        # Of ways of the same length that of somebody who does nothing is told.
        for name in sorted(names, key=lambda name: name not in ("no-answer", "no-input")):
            yield Moment(moment.node, Heard.TALK if name in talks else heard, name)
        if self._linked(node, (Context.QUEUE_WAIT, Context.CONFERENCE_WAIT)):
            yield Moment(moment.node, Heard.NOTHING, WAITING)

    def all_from(self, start: Moment) -> set[Moment]:
        return {*reached((start,), self.after)}

    def is_end(self, moment: Moment) -> bool:
        """Whether the call is over, or leaves for an address that is not ours."""
        # At the end of its document a wait begins again.
        ends = self.is_on_call(moment) or self.node(moment).does.ends_call
        return ends and not self.after(moment)

    def without_keys(self, moment: Moment) -> Iterator[Moment]:
        """What can follow for a caller who presses and says nothing."""
        tag = self.node(moment).tag
        for after in self.after(moment):
            if tag != "Gather" or after.left in ("", "no-input"):
                yield after

    def is_cut_off(self, moment: Moment) -> bool:
        """Whether the call ends while the caller hears nothing that leads up to it."""
        node = self.node(moment)
        over = node.does.ends_call or (self.is_on_call(moment) and not node.element)
        return over and not moment.left and moment.heard not in (Heard.WORDS, Heard.TALK)

    def is_on_call(self, moment: Moment) -> bool:
        """Whether it is a moment of the call itself, not of a wait."""
        return self.graph.contexts.get(moment.node) in (Context.CALL, Context.MESSAGE)

    def _linked(
        self,
        node: Node,
        contexts: Collection[Context],
        of_call: Collection[str | None] = ("action", None),
    ) -> list[NodeKey]:
        """The first nodes of the states that attributes of a verb lead to."""
        return [
            self.graph.entries[link.state]
            for element, name, link, _ in (node.element.links() if node.element else ())
            if isinstance(link, StateLink) and link.state in self.graph.entries
            if context_of(element, name) in contexts
            and (Context.CALL not in contexts or name in of_call)
        ]

    def _legs(self, node: Node) -> tuple[bool, bool]:
        """Whether somebody who is called may be joined, and whether they may decline."""
        if (known := self._joins.get(node.key)) is not None:
            return known
        joined = declined = False
        self._joins[node.key] = True, True  # for a document that dials the same again
        for noun in node.element.elements() if node.element is not None else ():
            url = noun.get("url")
            link = url.value if url is not None else None
            if isinstance(link, StateLink) and link.state in self.graph.entries:
                every = self.all_from(Moment(self.graph.entries[link.state]))
                last = [self.node(moment) for moment in every if not self.after(moment)]
                ends = [node.does.ends_call for node in last]
                joined, declined = joined or not all(ends), declined or any(ends)
            else:
                joined, declined = True, declined or url is not None
        if node.element is not None and not node.element.elements():
            joined = True
        self._joins[node.key] = joined, declined
        return joined, declined

    def _can_be(self, node: Node, outcome: str) -> bool:
        """Whether Twilio may report an outcome here."""
        element = node.element
        if element is None or outcome in node.keys:
            return True
        if outcome == "declined":
            return self._legs(node)[1]
        if element.tag == "Dial" and outcome in answered(element):
            return self._legs(node)[0]
        if outcome not in element.does.alone or element.literal(element.does.waits):
            return True
        waits = self._linked(node, (Context.QUEUE_WAIT,))
        reached = (self.graph.nodes[key] for root in waits for key in self.graph.reachable(root))
        return any(node.tag == "Leave" for node in reached)


def answered(element: Element | None, *, people: bool = True) -> Collection[str]:
    """The outcomes of a verb after which the caller has talked to somebody, or to a program."""
    if element is None or not element.does.reaches:
        return ()
    if people and not any(part.does.people for part in (element, *element.elements())):
        return ()
    return [name for name in element.outcomes.worked if name not in element.does.alone]


def rings(element: Element | None) -> int:
    """How many phones a verb rings."""
    if element is None or not element.does.reaches:
        return 0
    if nouns := element.elements():
        return sum(noun.does.rings for noun in nouns)
    return int(element.text_type is vocabulary.AttributeType.PHONE_NUMBER)


def is_heard(element: Element) -> bool:
    """Whether it has words or audio for the caller; tones are neither."""
    return any(part.does.audible and part.get("digits") is None for part in element.walk())


def _talks(element: Element | None) -> Collection[str]:
    """The outcomes that come after a conversation, also one that goes on elsewhere."""
    if element is not None and element.does.transfers:
        return element.outcomes.worked
    return answered(element, people=False)


def _heard(element: Element | None, before: Heard) -> Heard:
    """What the caller has heard last when a verb is over, if they have not talked."""
    if element is None or element.spec is None or element.does.silent:
        return before
    if element.tag == "Gather":
        asked = is_heard(element) or before in (Heard.WORDS, Heard.QUESTION)
        return Heard.QUESTION if asked else Heard.NOTHING
    if is_heard(element):
        return Heard.WORDS
    return Heard.NOTHING if element.outcomes.names else before


def shortest(
    calls: Calls,
    start: Moment,
    ends: Fits,
    *,
    barred: Collection[Moment] = (),
    length: Callable[[Moment, Moment], float] = lambda before, after: 1,
) -> Way | None:
    """The shortest way from ``start`` to a moment that ``ends``, past none that is barred.

    ``length`` is that from one moment to the next.
    """
    came: dict[Moment, tuple[float, Moment | None]] = {start: (0, None)}
    waiting = [] if start in barred else [(0.0, 0, start)]
    order = count(1)  # of ways of the same length the first one counts
    done: set[Moment] = set()
    while waiting:
        so_far, _, moment = heappop(waiting)
        if ends(moment):
            way = [moment]
            while (before := came[way[-1]][1]) is not None:
                way.append(before)
            return tuple(reversed(way))
        if moment in done:
            continue
        done.add(moment)
        for after in calls.after(moment):
            total = so_far + length(moment, after)
            if after not in barred and (after not in came or total < came[after][0]):
                came[after] = total, moment
                heappush(waiting, (total, next(order), after))
    return None
