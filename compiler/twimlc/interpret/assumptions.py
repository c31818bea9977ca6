"""Where Twilio's pages are silent or disagree: our reading, by name, and what else it could be.

Nothing comes in; the table of assumptions and the set of readings in force go out. An
interpreter of documents is given :class:`Readings`, so any assumption can be switched.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from twimlc.flow.graph import Graph, Node
from twimlc.lower.common import may_decline_in_turn


@dataclass(frozen=True, slots=True)
class Assumption:
    """One open question. ``reading`` is ours, ``alternatives`` are the other possible answers.

    ``verbs`` are the elements it is about (or the context of a line, such as ``leg``, or ``hunt``:
    ringing one after another where somebody may decline); none where nothing that the compiler
    writes hangs on it. With ``independent`` a document that the compiler
    writes must be right under every answer, so the walk of :mod:`verify` tries them all.
    ``words`` say each answer as a sentence.
    """

    name: str
    question: str
    reading: str
    alternatives: tuple[str, ...]
    source: str
    verbs: tuple[str, ...] = ()
    independent: bool = False
    words: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        return (self.reading, *self.alternatives)

    def sentence(self, answer: str) -> str:
        """An answer in words; only questions that are not ``independent`` have them."""
        return self.words[self.answers.index(answer)]


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
        words=(
            "the call goes on when the connection to the relay is lost",
            "the call ends when the connection to the relay is lost",
        ),
    ),
    Assumption(
        "hunt-after-decline",
        "Does sequential ringing go on when a person answered and declined?",
        "next-ring",
        ("end",),
        "docs/voice/twiml/dial does not say whether a declined leg counts as answered",
        verbs=("hunt",),
        words=(
            "ringing one after another goes on when somebody declines",
            "ringing one after another stops when somebody declines",
        ),
    ),
    Assumption(
        "room-not-open",
        "Where does a call go when the room is not open and an action is given?",
        "next",
        ("action",),
        "docs/voice/twiml/connect/room: without a room in progress the next verb runs; an action "
        "is not mentioned there",
        verbs=("Room",),
        words=(
            "a call goes on with the next instruction when the room is not open",
            "a call is sent to the action of a room that is not open",
        ),
    ),
    Assumption(
        "leg-end",
        "What happens at the end of the document of a called party?",
        "join",
        ("hangup",),
        "docs/voice/twiml/number describes it as run before the parties are joined",
        verbs=("leg",),
        words=(
            "the parties are joined at the end of a called party's document",
            "a called party is hung up on at the end of its document",
        ),
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

    def dependent(self, tags: set[str]) -> "Iterator[tuple[Assumption, Readings]]":
        """Every change of one answer that may change what flows with ``tags`` mean."""
        for assumption in ASSUMPTIONS:
            if not assumption.independent and tags.intersection(assumption.verbs):
                for answer in assumption.answers:
                    if answer != self[assumption.name]:
                        yield assumption, self.but(assumption.name, answer)


OUR_READINGS = Readings()


def asked_about(node: Node) -> Iterator[str]:
    """What of a node an assumption can be about."""
    if node.element is not None:
        yield from (part.tag for part in node.element.walk())
        if may_decline_in_turn(node):
            yield "hunt"


def may_depend(graph: Graph) -> bool:
    """Whether any verb of a graph is one that a flow may mean something else by."""
    found = {name for node in graph.nodes for name in asked_about(node)}
    found.update(root.context.value for root in graph.roots)
    return any(True for _ in OUR_READINGS.dependent(found))
