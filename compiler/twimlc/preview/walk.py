"""Every position of a flow: a compiled flow comes in; positions, numbered, go out.

A position is a place of the flow's interpreter, on one line: the caller's, that of somebody who is
called, or that of somebody who waits.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, product
from typing import Any, NamedTuple
from urllib.parse import urljoin

from twimlc.calls.answers import Question, question
from twimlc.calls.legs import LegLink, leg_links
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import TOO_MANY_DOCUMENTS
from twimlc.flow.graph import Node
from twimlc.flow.model import StateLink
from twimlc.hosts.answer import served
from twimlc.interpret.assumptions import OUR_READINGS
from twimlc.interpret.documents import DocumentPlace, Documents
from twimlc.interpret.flow import AtNode, FlowMachine
from twimlc.interpret.machine import (
    DONE,
    HANGUP,
    KEYS,
    SILENCE,
    SPEECH,
    Choice,
    End,
    Position,
    heard,
)
from twimlc.interpret.markup import Part
from twimlc.interpret.verify import walks
from twimlc.interpret.walk import Scene
from twimlc.pipeline.proof import MOST_PAIRS
from twimlc.pipeline.single import CompiledFlow

MOST_POSITIONS = 20_000
"""A flow with more positions is no line that anybody can look at."""


class TooManyError(Exception):
    """The flow has too many positions; ``finding`` is at the step that multiplies them."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


class Spot(NamedTuple):
    """Where a run stands; ``node`` is the one there, also where it ends."""

    line: FlowMachine | Documents
    place: Any
    node: Node


@dataclass(slots=True, eq=False)
class Standing:
    """A position. ``asked`` is the question there; ``next`` leads to numbers of positions, by
    answers in their order, ``listen`` by attributes; ``beside`` are the places in documents."""

    spot: Spot
    position: Position
    asked: Question | None
    beside: tuple[DocumentPlace, ...]
    next: dict[str, int] = field(default_factory=dict)
    listen: dict[str, int] = field(default_factory=dict)


class Walked:
    """A flow that was walked; ``library`` holds the documents that ``beside`` are places of."""

    def __init__(self, flow: CompiledFlow) -> None:
        plan, graph = flow.finished.plan, flow.graph
        host = served(plan, flow.finished.files, flow.url, references=True)
        address = host.url(flow.entry)
        base, whole = urljoin(address, "../"), plan.hop is None
        self.base = host.url("")
        self.scene = Scene(graph, host, base, plan.approximations, open_ended=whole)
        self.beside: dict[object, list[DocumentPlace]] = {}
        for walk in walks(self.scene, flow.name, address, OUR_READINGS, OUR_READINGS):
            for _ in walk.partings(MOST_PAIRS):
                pass  # the proof tells them
            for mine, theirs in walk.met:
                self.beside.setdefault(_key(walk.flow, mine), []).append(theirs)
        self.documents = Documents(self.scene.library, address)
        self.positions: list[Standing] = []
        self._numbers: dict[object, int] = {}
        machine = self.scene.machine(graph.starts[flow.name], flow.context)
        self._line(self._spot(machine, machine.begin()))
        for here in self.positions:  # they grow: other lines follow
            for name, spot in self._others(here):
                here.listen.setdefault(name, self._line(spot))

    def _line(self, first: Spot) -> int:
        """Number everything that a line comes to, the nearest first; the number of its start."""
        begun = len(self.positions)
        number = self._number(first)
        for here in islice(self.positions, begun, None):
            for answer, choice in answers(here.position, here.asked):
                line = here.spot.line
                after = line.take(here.spot.place, choice)
                spot = Spot(line, after, here.spot.node)
                if isinstance(line, FlowMachine):
                    spot = self._spot(line, after)
                here.next[answer] = self._number(spot)
        return number

    def _spot(self, line: FlowMachine, place: Any) -> Spot:
        """Where a run has just come to."""
        node = place.node if isinstance(place, AtNode) else line.last
        return Spot(line, place, self.scene.graph.nodes[node])

    def _number(self, spot: Spot) -> int:
        key = _key(spot.line, spot.place)
        number = (key, spot.node.key) if isinstance(spot.place, End) else key
        known = self._numbers.get(number)
        if known is None:
            if len(self.positions) == MOST_POSITIONS:
                raise TooManyError(self._most())
            known = self._numbers[number] = len(self.positions)
            position = spot.line.position(spot.place)
            asked = None
            if position.part is not None and position.choices not in ((), (DONE,)):
                asked = question(position, tuple(link.attribute for link in _links(position)))
            self.positions.append(Standing(spot, position, asked, tuple(self.beside.get(key, ()))))
        return known

    def _others(self, here: Standing) -> Iterator[tuple[str, Spot]]:
        """What can be listened to at a question: where other lines begin, by attributes."""
        if here.asked is None or not here.asked.others:
            return
        theirs = self.documents.position(here.beside[0]) if here.beside else here.position
        for mine, link in zip(_links(here.position), _links(theirs), strict=True):
            place = mine.place.place
            if isinstance(place, StateLink):
                node = self.scene.graph.entries[place.state]
                root = self.scene.roots.get((node, mine.attribute))
                line = self.scene.machine(node, root or mine.context)
                yield mine.attribute, self._spot(line, line.begin())
            elif isinstance(link.place.place, str):  # a sound, which is no place of the flow
                sound = replace(self.documents, url=link.place.place, context=mine.context)
                yield mine.attribute, Spot(sound, sound.begin(), here.spot.node)

    def _most(self) -> Diagnostic:
        """That there are too many, at the step that has most of them."""
        steps = Counter(each.spot.node.span for each in self.positions)
        ((span, times),) = steps.most_common(1)
        message = f"the flow has more than {MOST_POSITIONS:,} places, this step {times:,} of them"
        hint = "what multiplies it is a component, a turn of 'each' or an attempt around it"
        return TOO_MANY_DOCUMENTS.at(span, message, hint=hint)


def _key(line: FlowMachine | Documents, place: object) -> object:
    """What is the same on several lines, and what is not: who waits starts again where it began."""
    if isinstance(line, Documents):
        return line.url, place
    return line.context, line.start if line.context.waits else -1, place


def _links(position: Position) -> list[LegLink]:
    return [] if position.part is None else list(leg_links(position.part, None))


def answers(position: Position, asked: Question | None) -> Iterator[tuple[str, Choice]]:
    """Everything that can happen, but for hanging up, by its word in calls."""
    if asked is None:
        yield from (("", choice) for choice in position.choices)
    elif asked.kind == "gather" and position.part is not None:
        if asked.keys:
            yield from _pressed(position.part, position.distinguished)
        if asked.speech:
            yield "speech", SPEECH
        yield "silence", SILENCE
    else:
        words = asked.outcomes or {asked.word(each): each for each in position.choices}
        yield from ((word, choice) for word, choice in words.items() if choice != HANGUP)


def _pressed(gather: Part, distinguished: Collection[str]) -> Iterator[tuple[str, Choice]]:
    """The digits that lead somewhere of their own; ``other`` if any others can be entered."""
    yield from (
        (digits, Choice("keys", digits))
        for digits in distinguished
        if heard(gather, digits) == digits
    )
    _, length, finish = gather.hears
    most = int(length) if length.isdecimal() and int(length) else len(distinguished) + 1
    keys = KEYS.replace(finish, "") if finish else KEYS
    entered = ("".join(each) for many in range(1, most + 1) for each in product(keys, repeat=many))
    other = next((digits for digits in entered if digits not in distinguished), None)
    if other is not None:
        yield "other", Choice("keys", other)
