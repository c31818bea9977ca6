"""A call script: who calls, what happens at the far ends, what must be heard.

The types that :mod:`read` fills; and, for a verb that asks a question, the choice that they make
there. Everybody who is not said anything about behaves in one fixed way: rooms are closed, nobody
answers, queues lead to an agent, connections end, payments succeed, callers are silent but speak
at a record.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from twimlc import vocabulary
from twimlc.interpret.events import name_of, parties
from twimlc.interpret.machine import HANGUP, SILENCE, Choice, Position, about
from twimlc.interpret.markup import Part
from twimlc.text import SourceFile, Span
from twimlc.yaml import tree as t


@dataclass(frozen=True, slots=True)
class CallerInput:
    """What somebody does once: ``kind`` is keys, speech, speak, silence or hangup."""

    kind: str
    value: str = ""
    span: Span | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.value}" if self.value else self.kind


@dataclass(frozen=True, slots=True)
class Answer:
    """What happens at a room, a number, a queue …, on one visit.

    ``outcome`` is a word of the script. ``acts`` is what the person at that end does in a document
    of theirs, None where the script does not say; ``sent`` are parameters such as HandoffData.
    """

    outcome: str
    acts: tuple[CallerInput, ...] | None = None
    sent: Mapping[str, str] = field(default_factory=dict)
    span: Span | None = field(default=None, compare=False)


Asked = tuple[str, str]
"""What an answer is for: a key of the call (such as rooms), and a name or nothing."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One event to be heard. ``values`` None matches any; so does None in an attribute.

    ``text`` is how the script says it.
    """

    kind: str
    text: str
    span: Span
    values: tuple[str, ...] | None = None
    attributes: tuple[tuple[str, tuple[str, ...] | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be heard: every one of ``events`` in order (None: not said), or short forms.

    ``last`` is the last event; ``hears`` come in this order, with others between; ``never`` come
    not at all. ``called`` and ``waiting`` are whole lists by target and by queue; ``reaches`` and
    ``avoids`` are states.
    """

    span: Span
    events: tuple[Expected, ...] | None = None
    last: Expected | None = None
    hears: tuple[Expected, ...] = ()
    never: tuple[Expected, ...] = ()
    reaches: tuple[t.Scalar, ...] = ()
    avoids: tuple[t.Scalar, ...] = ()
    called: tuple[tuple[str, tuple[Expected, ...]], ...] = ()
    waiting: tuple[tuple[str, tuple[Expected, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class CallScript:
    """One call. ``answers`` gives one value for each visit; the last one stays.

    ``targets`` and ``rows`` are those that it is played on; without any it is played on all.
    ``at`` is when it is made, ``hours`` what calendars say, which is stronger.
    """

    name: str
    span: Span
    parameters: Mapping[str, str]
    answers: Mapping[Asked, tuple[Answer, ...]]
    answer_spans: Mapping[Asked, Span]
    caller: tuple[CallerInput, ...]
    expect: Expectation | None
    targets: tuple[t.Scalar, ...] = ()
    rows: tuple[t.Scalar, ...] = ()
    at: t.Scalar | None = None
    hours: Mapping[str, tuple[t.Scalar, ...]] = field(default_factory=dict)
    hours_spans: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Script:
    """A file of calls, for a ``flow``, or for a folder of ``documents`` that begins at ``entry``.

    ``url`` is where the folder is served. ``rows`` are rows of the project's matrix (``all``: every
    one), ``own_rows`` those that single calls name. Where something is ``${…}``, the calls are for
    :func:`~twimlc.calls.read.calls_in_row` to read from ``tree``.
    """

    file: SourceFile
    flow: str
    flow_span: Span
    calls: tuple[CallScript, ...]
    documents: str | None = None
    entry: str = "index.xml"
    url: str | None = None
    rows: tuple[t.Scalar, ...] = ()
    own_rows: tuple[t.Scalar, ...] = ()
    tree: t.Mapping | None = None

    @property
    def size(self) -> int:
        """How many calls are written in it."""
        listed = self.tree.get("calls") if self.tree is not None else None
        return len(listed.items) if isinstance(listed, t.Sequence) else len(self.calls)


CONNECT_NAMES = {
    row.key: row.script.name
    for rows in vocabulary.scripted().values()
    for row in rows
    if row.script is not None
}
"""What scripts call the nouns of Connect."""

_OF_SEVERAL = ("completed", "declined", "hangup", "no-answer", "busy", "failed", "canceled")
"""Of several who ring at once, whose word holds."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice, who made it (``name``, its ``answer``), and why it cannot be, if it cannot."""

    choice: Choice
    name: str = ""
    answer: Answer | None = None
    problem: str = ""


@dataclass(slots=True)
class FarEnd:
    """Everything around one call; it remembers who was visited how often."""

    call: CallScript
    acts: Iterator[CallerInput]
    visits: Counter[Asked] = field(default_factory=Counter)

    def choose(self, position: Position) -> Chosen:
        """What happens at a question of the caller's leg."""
        part = position.part
        assert part is not None, "a question is asked by a verb"
        if part.does.listens:
            return Chosen(acted(part, next(self.acts, None)))
        script, outcomes = script_of(part), part.outcomes
        visits = [(name, self._answer(kind, name)) for kind, name in asked_of(position)]
        if script is None or not visits:
            return Chosen(position.choices[0])
        possible = [choice.outcome for choice in position.choices]
        name, answer = visits[0]
        if part.tag == "Dial":
            # Nobody answers of whom nothing is said, but a conference takes place.
            unsaid = "completed" if "answered" in possible else script.usual
            words = {name: answer.outcome if answer else unsaid for name, answer in visits[::-1]}
            name, answer = min(visits, key=lambda visit: _OF_SEVERAL.index(words[visit[0]]))
            word = words[name]
        elif answer is None:
            return _possible(script.usual, position, name, answer)
        else:
            word = answer.outcome
        meant = [n for n in outcomes.names if script.word(n) == word and n in possible]
        if len(outcomes.names) == 1 and word != "hangup":
            meant = [*outcomes.names]  # a stream that failed is over too
        if answer is not None and answer.sent.get("HandoffData"):
            meant.reverse()  # data that are handed over choose the other way of the same word
        return _possible(meant[0] if meant else word, position, name, answer)

    def _answer(self, kind: str, name: str) -> Answer | None:
        """The answer of this visit; None where the script says nothing."""
        known = self.call.answers
        answers = known.get((kind, name)) or known.get((kind, name.removeprefix("client:")))
        if not answers:
            return None
        visit = self.visits[kind, name]
        self.visits[kind, name] += 1
        return answers[min(visit, len(answers) - 1)]


def script_of(part: Part) -> vocabulary.Script | None:
    """How scripts say how a verb ends; None where they have nothing to say."""
    row = about(part).spec
    return row.script if row is not None else None


def asked_of(position: Position) -> Iterator[Asked]:
    """What the answers of a script are for at a verb: several where some ring at once."""
    part = position.part
    row = about(part).spec if part is not None else None
    if part is None or row is None or row.script is None:
        return
    kind = row.script.key
    if part.tag == "Dial":
        nouns = [noun for noun in part.parts() if noun.does.waits]  # a conference
        nouns = [part.legs[position.ring]] if part.rings > 1 else nouns
        yield from ((kind, name) for name in (map(name_of, nouns) if nouns else parties(part)))
    elif len(vocabulary.scripted()[kind]) > 1:
        yield kind, row.script.name
    else:
        yield kind, "" if row.text is None else about(part).text


def acted(part: Part, act: CallerInput | None) -> Choice:
    """What comes of an act at a gather or record; None is somebody who has no more to do."""
    kind, value = (act.kind, act.value) if act is not None else ("", "")
    if kind == "hangup":
        return HANGUP
    if part.does.records:
        return SILENCE if kind == "silence" else Choice("recorded")
    hears = part.literal("input", "dtmf").split()
    if kind == "keys" and "dtmf" in hears:
        return Choice("keys", value)
    if kind in ("speech", "speak") and "speech" in hears:
        return Choice("speech", value or "words")
    return SILENCE


def _possible(word: str, position: Position, name: str, answer: Answer | None) -> Chosen:
    if word == "hangup":
        return Chosen(HANGUP, name, answer)
    possible = [choice.outcome for choice in position.choices if choice != HANGUP]
    if word in possible:
        return Chosen(Choice(word), name, answer)
    shown = f"'{word}'" + (f" for {name}" if name else "")
    problem = f"{shown} cannot happen here; there are {', '.join(possible)}"
    if word == "declined":
        problem = f"{shown} cannot happen: only a party with a document of its own declines"
    return Chosen(position.choices[0], name, answer, problem)
