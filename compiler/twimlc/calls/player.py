"""A leg of a call being played: a :class:`Leg` and whoever is on it come in, how it ends goes out.

Call scripts, the phone and the search for calls all play here. Time is counted, never waited for.
"""

import re
from typing import NamedTuple, Protocol

from twimlc.calls.legs import Leg
from twimlc.interpret.documents import DocumentPlace
from twimlc.interpret.events import CALLER_HANGUP, Event
from twimlc.interpret.flow import FlowPlace
from twimlc.interpret.machine import DONE, HANGUP, Choice, Position
from twimlc.interpret.markup import Part
from twimlc.text import made_of

MOST_VERBS = 1000
"""A call of more verbs than this goes on forever."""

_CALL_VALUE = re.compile(r"(?:\$\{call\.\w+\})+")


class Observed(NamedTuple):
    """One event of a call that was played.

    ``event`` is what the documents do and ``meant`` what the flow says of it (names of states and
    files where documents have addresses); ``document`` and ``line`` are where that is written.
    """

    event: Event
    meant: Event | None = None
    part: Part | None = None
    document: str = ""
    line: str = ""

    @property
    def shown(self) -> Event:
        """The event as its author knows it."""
        return self.event if self.meant is None else self.meant


class Party(Protocol):
    """Whoever is on a leg."""

    def has_enough(self, player: "Player") -> bool:
        """Whether to stop before what happens next."""

    def hears(self, player: "Player", position: Position, meant: Position | None) -> None:
        """Something happens: in the documents, and, where that is known, in the flow."""

    def chooses(self, player: "Player", position: Position, meant: Position | None) -> Choice:
        """The answer to a question."""


class Player:
    """A leg as it is played: the place in its documents, and ``beside`` that in the flow.

    ``beside`` is None where the documents have no flow, or do something else.
    """

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.place: DocumentPlace = leg.documents.begin()
        self.beside: FlowPlace | None = leg.flow.begin() if leg.flow is not None else None

    @property
    def covered(self) -> DocumentPlace | FlowPlace | None:
        """The place in the flow, or in documents that have none; None where the flow is lost."""
        return self.place if self.leg.flow is None else self.beside

    def play(self, party: Party) -> str | None:
        """Play until the end: the kind of the last event, or None if the party has enough."""
        while not party.has_enough(self):
            position, meant = self._look()
            party.hears(self, position, meant)
            if not position.choices:
                return position.events[-1].kind if position.events else ""
            choice = DONE
            if position.choices != (DONE,):
                choice = party.chooses(self, position, meant)
            if choice == HANGUP:
                return CALLER_HANGUP.kind
            if self.leg.flow is not None and self.beside is not None:
                self.beside = self.leg.flow.take(self.beside, choice)
            self.place = self.leg.documents.take(self.place, choice)
        return None

    def _look(self) -> tuple[Position, Position | None]:
        """What happens now, in the documents and in the flow."""
        position, meant = self.leg.documents.moment(self.place), None
        if self.leg.flow is not None and self.beside is not None:
            meant = self.leg.flow.moment(self.beside)
            # A difference is for the proof to report; from here on the documents are alone.
            if not _same(meant.key, position.key):
                self.beside = meant = None
        return position, meant


def _same(meant: object, heard: object) -> bool:
    """Whether this is the same verb; in what is heard, values of the call are filled in."""
    if isinstance(meant, tuple) and isinstance(heard, tuple):
        return len(meant) == len(heard) and all(map(_same, meant, heard))
    if isinstance(meant, str) and isinstance(heard, str):
        return fits(meant, heard)
    return meant == heard


def fits(meant: str, heard: str) -> bool:
    """Whether ``heard`` may be ``meant`` with values of the running call: its literal pieces, in
    order."""
    return made_of(_CALL_VALUE.split(meant), heard)
