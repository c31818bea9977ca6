"""Where Twilio's pages are silent or disagree: our reading, by name, and what else it could be.

Nothing comes in; the table of assumptions and the set of readings in force go out. An
interpreter of documents is given :class:`Readings`, so any assumption can be switched.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Assumption:
    """One open question. ``reading`` is ours, ``alternatives`` are the other possible answers.

    ``verbs`` are the elements it is about. With ``independent`` a document that the compiler
    writes must be right under every answer, so the walk of :mod:`verify` tries them all.
    """

    name: str
    question: str
    reading: str
    alternatives: tuple[str, ...]
    source: str
    verbs: tuple[str, ...] = ()
    independent: bool = False

    @property
    def answers(self) -> tuple[str, ...]:
        return (self.reading, *self.alternatives)


ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption(
        "record-silence",
        "Is the action of a Record asked for when only silence was recorded?",
        "action",
        ("next",),
        "docs/voice/twiml/record: the page says silent recordings are kept; an older one let "
        "them fall through to the next verb",
        verbs=("Record",),
        independent=True,
    ),
    Assumption(
        "pay-attempts",
        "Where does a Pay go when maxAttempts is used up?",
        "action",
        ("next",),
        "docs/voice/twiml/pay: one paragraph names the next verb, another lists "
        "Result=too-many-failed-attempts among what the action is told",
        verbs=("Pay",),
        independent=True,
    ),
    Assumption(
        "virtual-agent-without-action",
        "Where does a call go behind a virtual agent when no action is given?",
        "next",
        ("self",),
        "docs/voice/twiml/connect against docs/voice/twiml/connect/virtualagent, which names the "
        "current document as the default",
        verbs=("VirtualAgent",),
        independent=True,
    ),
    Assumption(
        "relay-failed-without-action",
        "Does the call go on behind a relay whose socket was lost, when no action is given?",
        "next",
        ("end",),
        "docs/voice/twiml/connect/conversationrelay says so only of a call with an action",
        verbs=("ConversationRelay",),
    ),
    Assumption(
        "hunt-after-decline",
        "Does sequential ringing go on when a person answered and declined?",
        "next-ring",
        ("end",),
        "docs/voice/twiml/dial does not say whether a declined leg counts as answered",
        verbs=("Dial",),
    ),
    Assumption(
        "room-not-open",
        "Where does a call go when the room is not open and an action is given?",
        "next",
        ("action",),
        "docs/voice/twiml/connect/room: without a room in progress the next verb runs; an action "
        "is not mentioned there",
        verbs=("Room",),
    ),
    Assumption(
        "leg-end",
        "What happens at the end of the document of a called party?",
        "join",
        ("hangup",),
        "docs/voice/twiml/number describes it as run before the parties are joined",
    ),
    Assumption(
        "unknown-verb",
        "What happens at an element that Twilio does not know?",
        "next",
        ("failure",),
        "docs/api/errors/12200 is a warning with a line and a column",
    ),
    Assumption(
        "empty-answer",
        "What does an answer with nothing in it mean?",
        "failure",
        ("hangup",),
        "docs/api/errors/11770 speaks of chunked answers only; 204 is not described",
    ),
)

BY_NAME = {assumption.name: assumption for assumption in ASSUMPTIONS}


@dataclass(frozen=True, slots=True)
class Readings:
    """The answers in force: ours, except for those in ``changed``."""

    changed: tuple[tuple[str, str], ...] = ()

    def __getitem__(self, name: str) -> str:
        for changed, answer in self.changed:
            if changed == name:
                return answer
        return BY_NAME[name].reading

    def but(self, name: str, answer: str) -> "Readings":
        """The same, with one question answered otherwise."""
        if answer not in BY_NAME[name].answers:
            raise ValueError(f"{name} is answered by {BY_NAME[name].answers}, not {answer!r}")
        kept = tuple(pair for pair in self.changed if pair[0] != name)
        return Readings((*kept, (name, answer)))

    def independent(self, tags: set[str]) -> "Iterator[Readings]":
        """Every change of one answer that must make no difference to flows with ``tags``."""
        for assumption in ASSUMPTIONS:
            if assumption.independent and tags.intersection(assumption.verbs):
                for answer in assumption.answers:
                    if answer != self[assumption.name]:
                        yield self.but(assumption.name, answer)


OUR_READINGS = Readings()
