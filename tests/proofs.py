"""Proofs and calls for tests: a flow and a host come in; whether they agree, or what is heard, goes out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic
from urllib.parse import urljoin

from twimlc.flow.graph import Graph
from twimlc.hosts.answer import Host
from twimlc.interpret import verify as proof
from twimlc.interpret.assumptions import OUR_READINGS, Readings
from twimlc.interpret.events import CALLER_HANGUP, Event
from twimlc.interpret.machine import DONE, HANGUP, Choice, Machine, Place, Position
from twimlc.interpret.verify import Proof, Verified
from twimlc.interpret.walk import Media, Scene
from twimlc.lower.plan import Approximation, Plan

MOST_PAIRS = 5_000_000
"""More pairs than any flow of the tests has."""


def verify(
    graph: Graph,
    flow_name: str,
    entry_url: str,
    host: Host,
    readings: Readings = OUR_READINGS,
    *,
    approximations: Iterable[Approximation] = (),
    media: Media | None = None,
    most_pairs: int = MOST_PAIRS,
) -> Verified:
    """One flow and the documents that a host has of it."""
    scene = Scene(graph, host, urljoin(entry_url, "../"), approximations, media)
    return proof.verify(scene, flow_name, entry_url, most_pairs, readings)


def verify_plan(
    graph: Graph,
    plan: Plan,
    files: Mapping[str, bytes],
    url: str | None = None,
    media: Media | None = None,
    readings: Readings = OUR_READINGS,
) -> Iterator[tuple[str, Verified]]:
    """(ROW/FLOW, what was found) for every flow of a plan; ``files`` are the rendered documents."""
    return Proof(graph, plan, files, url, media).verified(graph.starts, MOST_PAIRS, readings)


@dataclass(slots=True)
class Call(Generic[Place]):
    """A call being played: it stands at a question, or it is over.

    ``trace`` holds the events so far. A run of more than ``limit`` verbs without a question
    (hold music that plays forever) ends in a ``failure``.
    """

    machine: Machine[Place]
    limit: int = 1000
    trace: list[Event] = field(default_factory=list)
    over: bool = False
    _place: Place = field(init=False)

    def __post_init__(self) -> None:
        self._place = self.machine.begin()
        self._run()

    @property
    def moment(self) -> Position:
        """What the call stands at."""
        return self.machine.moment(self._place)

    def choices(self) -> tuple[Choice, ...]:
        """What can happen now; empty when the call is over."""
        return () if self.over else self.moment.choices

    def take(self, choice: Choice) -> None:
        """Let ``choice`` happen, and play until the next question."""
        if self.over:
            raise ValueError("the call is over")
        if choice == HANGUP:
            self.trace.append(CALLER_HANGUP)
            self.over = True
            return
        self._place = self.machine.take(self._place, choice)
        self._run()

    def _run(self) -> None:
        for _ in range(self.limit):
            moment = self.moment
            self.trace.extend(moment.events)
            if not moment.choices:
                self.over = True
                return
            if moment.choices != (DONE,):
                return
            self._place = self.machine.take(self._place, DONE)
        self.trace.append(Event("failure", "the call goes on forever"))
        self.over = True
