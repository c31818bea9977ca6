"""The one interface of both interpreters: positions, and what can happen there.

A machine is asked what happens at a position and where a choice leads; positions are hashable
and finitely many, so two machines can be walked together over everything that can happen. Both
interpreters ask here what caller, far end and Twilio's machinery can do while a verb runs, and
what Twilio makes of keys and of a ring that nobody answered: a choice means the same to both.
"""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeVar

from twimlc.flow.decisions import subject_of
from twimlc.flow.graph import Context
from twimlc.interpret.assumptions import Readings
from twimlc.interpret.events import (
    HANGUP as HANGUP_EVENT,
    JOIN,
    SENT,
    SILENCE as NOTHING_PLAYS,
    Event,
    events,
    external,
)
from twimlc.interpret.markup import InternalLink, Part, absolute, canonical


class Choice(NamedTuple):
    """One thing that can happen. ``outcome`` is a name of the vocabulary, or

    ``done`` (the verb is over), ``keys`` (``value`` holds the keys pressed), ``speech``
    (``value`` holds the words), ``silence``, ``hangup`` (the caller hangs up).
    """

    outcome: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.outcome} {self.value}" if self.value else self.outcome


class Asked(NamedTuple):
    """How a Gather hears, and where it sends what it heard: what each of its answers hangs on."""

    hears: tuple[str, str, str]
    url: str
    method: str


DONE = Choice("done")
SILENCE = Choice("silence")
SPEECH = Choice("speech", "words")
HANGUP = Choice("hangup")
UNKNOWN = (Choice("unknown", "not+yet%2Dknown#"), Choice("unknown", ""))
"""Outcomes that Twilio may add one day, with words that hold what an address reads otherwise."""

KEYS = "1234567890*#"


def about(part: Part) -> Part:
    """What says how a verb ends: the noun of a Connect, else the verb itself."""
    return next(part.parts(), part) if part.does.connects else part


def question(part: Part) -> str:
    """The kind of question a verb asks (``gather``, ``dial``, ``room`` …); empty: none."""
    if not part.outcomes.names:
        return ""
    if part.asks is not None:
        return part.tag.lower()
    asked = about(part)
    return asked.spec.key if asked.spec else asked.tag.lower()


def choices(part: Part, ring: int = 0, distinguished: Collection[str] = ()) -> tuple[Choice, ...]:
    """Everything that can happen at a verb; empty where it ends the run.

    ``distinguished`` are the digits that lead somewhere of their own.
    """
    if part.spec is not None and part.spec.ends:
        return ()
    if part.asks is not None:
        return tuple(Choice(*sample) for sample in part.samples)
    names = part.outcomes.names
    if not names:
        return (DONE,)
    if part.tag == "Gather":
        return (*_gathered(part, distinguished), HANGUP)
    if part.tag == "Dial":
        names = tuple(name for name in names if _rings_so(part, ring, name))
    silence = (SILENCE,) if part.does.listens else ()
    return (*map(Choice, names), *silence, HANGUP)


def _gathered(part: Part, distinguished: Collection[str]) -> list[Choice]:
    hears, length, _ = part.hears
    found: list[Choice] = []
    if "dtmf" in hears.split():
        pressed = dict.fromkeys(distinguished)
        # Where some keys are told apart every single key is tried: any of them may be confused.
        pressed.update(dict.fromkeys(KEYS if distinguished else "1*"))
        longer = (f"{keys}{key}" for keys in [*distinguished][:1] for key in "0*#")
        pressed.update(dict.fromkeys(longer))
        if length.isdecimal() and 1 < int(length) <= 64:
            pressed.update(dict.fromkeys(key * int(length) for key in "90"))
        found.extend(Choice("keys", keys) for keys in pressed)
    if "speech" in hears.split():
        found.append(SPEECH)
    return [*found, SILENCE]


def _rings_so(part: Part, ring: int, outcome: str) -> bool:
    if any(noun.does.waits for noun in part.parts()):  # a conference
        return outcome not in ("completed", "declined")
    if outcome == "answered":  # the word for conferences only (docs/voice/twiml/dial)
        return False
    if outcome == "declined":
        asked = part.legs[ring : ring + 1] if part.rings > 1 else part.legs
        return any(noun.get("url") for noun in asked)
    return True


def may_end_otherwise(part: Part) -> bool:
    """Whether a request tells how a verb ended by a word, so that there may be more words."""
    return bool(part.outcomes.values and part.outcomes.failed)


def heard(gather: Part, keys: str) -> str:
    """The Digits that Twilio makes of ``keys``; empty is no input (docs/voice/twiml/gather)."""
    return _heard(*gather.hears, keys)


@lru_cache(maxsize=4096)
def _heard(hears: str, length: str, finish: str, keys: str) -> str:
    if "dtmf" not in hears.split():
        return ""
    most = int(length) if length.isdecimal() and int(length) > 0 else len(keys)
    digits = ""
    for key in keys:
        if key == finish or len(digits) == most:
            break
        digits += key
    return digits


def told_input(gather: Part, choice: Choice) -> dict[str, str]:
    """The request parameters that tell what was entered; none where that is nothing."""
    if choice.outcome == "keys" and (digits := heard(gather, choice.value)):
        return {"Digits": digits}
    return {"SpeechResult": choice.value} if choice.outcome == "speech" else {}


def told(part: Part, choice: Choice) -> dict[str, str]:
    """The request parameters that tell how a verb ended."""
    outcomes = part.outcomes
    if choice == DONE:
        return {}
    found: dict[str, str] = {}
    if choice in UNKNOWN and outcomes.parameter:
        return {outcomes.parameter: choice.value}
    if outcomes.parameter and outcomes.values.get(choice.outcome):
        found[outcomes.parameter] = outcomes.values[choice.outcome][0]
    for name, (parameter, values) in outcomes.read_elsewhere.items():
        if name == choice.outcome:
            worked = outcomes.values[outcomes.worked[0]][0]
            found.setdefault(outcomes.parameter or parameter, worked)
            found[parameter] = values[0] if values else "present"
    return found


def next_ring(dial: Part, ring: int, outcome: str, readings: Readings) -> int | None:
    """The ring that follows ``ring``; None when the Dial is over. Of those who are rung at once,
    each ring is for one less, if the others go on ringing."""
    rings = dial.rings
    if rings == 1 and outcome == "declined" and readings["others-stop-ringing"] == "ring-on":
        rings = len(dial.legs)
    elif rings == 1 or (outcome == "declined" and readings["hunt-after-decline"] != "next-ring"):
        return None
    return ring + 1 if ring + 1 < rings and outcome not in ("completed", "answered") else None


class End(NamedTuple):
    """A position behind which nothing of ours runs. ``source`` is the line that led there, ``url``
    the absolute form of an address of somebody else's."""

    event: Event
    source: str = ""
    url: str = ""

    @classmethod
    def external(cls, base: str, address: str, method: str, source: str) -> "End":
        """Where a line leaves for an address of somebody else's, which is seen from ``base``."""
        return cls(external(address, method), source, absolute(base, address))

    @classmethod
    def of_line(cls, context: Context, readings: Readings, source: str) -> "End":
        """What the end of a document means on this line, where nobody starts it again."""
        if context is Context.LEG and readings["leg-end"] == "join":
            return cls(JOIN, source)
        known = {Context.CONFERENCE_WAIT: NOTHING_PLAYS, Context.MESSAGE: SENT}
        return cls(known.get(context, HANGUP_EVENT), source)

    def moment(self) -> "Position":
        """What happens there."""
        key = (self.event.kind, self.url, self.event.attributes) if self.url else self.event
        return Position(key, source=self.source, last=self.event)


@dataclass(frozen=True, slots=True, eq=False)
class Position:
    """What happens at one position: one verb (``part``, at ring ``ring``), or the ``last`` event.

    ``key`` is what of it is compared, ``links`` the places of ours in it, ``distinguished`` the
    digits that are known to lead somewhere of their own. ``source`` is a file and line, of what
    ``moment`` gives.
    """

    key: Hashable
    part: Part | None = None
    ring: int = 0
    links: tuple[InternalLink, ...] = ()
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


def verb(part: Part, ring: int, base: str, distinguished: Collection[str] = ()) -> Position:
    """The position of a verb in a document, or flow, whose addresses are seen from ``base``."""
    if part.tag == "Hangup":
        return Position(HANGUP_EVENT, part)
    if part.asks is not None:
        return Position((part.tag, subject_of(part.asks)), part)
    key, links = canonical(part, base)
    return Position((key, ring), part, ring, links, distinguished)


Place = TypeVar("Place", bound=Hashable)


class Machine(Protocol[Place]):
    """An interpreter."""

    def begin(self) -> Place:
        """Where the run begins."""

    def moment(self, place: Place) -> Position:
        """What happens there."""

    def take(self, place: Place, choice: Choice) -> Place:
        """Where ``choice`` leads."""
