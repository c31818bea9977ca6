"""The one interface of both interpreters, and a call played on either of them.

A machine is asked what happens at a position and where a choice leads; positions are hashable
and finitely many, so two machines can be walked together over everything that can happen.
"""

from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar

from twimlc.interpret.choices import DONE, HANGUP, Choice, choices, question
from twimlc.interpret.events import CALLER_HANGUP, Event, events
from twimlc.interpret.events import HANGUP as HANGUP_EVENT
from twimlc.interpret.markup import Ours, Part, canonical


class Over(NamedTuple):
    """A position behind which nothing of ours runs. ``source`` is the line that led there, ``url``
    the absolute form of an address of somebody else's."""

    event: Event
    source: str = ""
    url: str = ""

    def moment(self) -> "Moment":
        """What happens there."""
        key = (self.event.kind, self.url, self.event.attributes) if self.url else self.event
        return Moment(key, source=self.source, last=self.event)


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What happens at one position: one verb (``part``, at ring ``ring``), or the ``last`` event.

    ``key`` is what of it is compared, ``links`` the places of ours in it, ``distinguished`` the
    digits that are known to lead somewhere of their own. ``source`` is a file and line.
    """

    key: Hashable
    part: Part | None = None
    ring: int = 0
    links: tuple[Ours, ...] = ()
    distinguished: Collection[str] = ()
    source: str = ""
    last: Event | None = None

    # The walk over everything asks for keys only, so the rest is found when it is wanted.

    @property
    def events(self) -> tuple[Event, ...]:
        """What is observed."""
        if self.part is None:
            return (self.last,) if self.last is not None else ()
        return events(self.part, self.ring)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can happen: nothing where the run is over, ``(DONE,)`` where it only goes on."""
        if self.part is None:
            return ()
        return choices(self.part, self.ring, self.distinguished)

    @property
    def question(self) -> str:
        """The kind of question (``gather``, ``dial``, ``room`` …); empty: none."""
        return question(self.part) if self.part is not None else ""


def verb(
    part: Part, ring: int, base: str, distinguished: Collection[str] = (), source: str = ""
) -> Moment:
    """The moment of a verb in a document, or flow, whose addresses are seen from ``base``."""
    if part.tag == "Hangup":
        return Moment(HANGUP_EVENT, part, source=source)
    key, links = canonical(part, base)
    return Moment((key, ring), part, ring, links, distinguished, source)


Place = TypeVar("Place", bound=Hashable)


class Machine(Protocol[Place]):
    """An interpreter."""

    def begin(self) -> Place:
        """Where the run begins."""

    def moment(self, place: Place) -> Moment:
        """What happens there."""

    def take(self, place: Place, choice: Choice) -> Place:
        """Where ``choice`` leads."""


@dataclass(slots=True)
class Call(Generic[Place]):
    """A call being played: it stands at a question, or it is over.

    ``trace`` holds the events so far. A run of more than ``limit`` verbs without a question
    (hold music that plays for ever) ends in a ``failure``.
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
    def moment(self) -> Moment:
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
        self.trace.append(Event("failure", "the call goes on for ever"))
        self.over = True
