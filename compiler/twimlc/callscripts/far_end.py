"""What happens at a question: a verb and a script come in, a choice goes out.

Everybody who is not said anything about behaves in one fixed way: rooms are closed, nobody
answers, queues lead to an agent, connections end, payments succeed, callers are silent but speak
at a record.
"""

from collections import Counter
from dataclasses import dataclass, field

from twimlc.callscripts.model import Act, Answer, Asked, CallScript
from twimlc.interpret.choices import HANGUP, SILENCE, Choice, noun_of, outcomes_of
from twimlc.interpret.events import LEGS, name_of, parties, rings
from twimlc.interpret.machine import Moment
from twimlc.interpret.markup import Part

CONNECT_NAMES = {"conversationRelay": "relay"}
"""Nouns of Connect that scripts know by a shorter name."""

_WORST = ("declined", "hangup", "no-answer", "busy", "failed", "canceled")
"""Of several who ring at once, whose word holds if nobody answers."""

_UNSAID = {"rooms": "closed", "dial": "no-answer", "connect": "ended"}


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
    acts: list[Act] = field(default_factory=list)
    visits: Counter[Asked] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.acts = list(reversed(self.call.caller))

    def choose(self, moment: Moment) -> Chosen:
        """What happens at a question of the caller's line."""
        part = moment.part
        assert part is not None, "a question is asked by a verb"
        match part.tag:
            case "Gather" | "Record":
                act = self.acts.pop() if self.acts else None
                return Chosen(acted(part, act))
            case "Dial":
                return self._dialled(part, moment)
            case "Connect":
                return self._connected(part, moment)
            case "Enqueue":
                return self._plainly("queue", part.text, part, moment)
            case "Pay" | "Refer":
                return self._plainly(part.tag.lower(), "", part, moment)
            case _:
                return Chosen(moment.choices[0])

    def asked(self, kind: str, name: str) -> Answer | None:
        """The answer of this visit; None where the script says nothing."""
        answers = self.call.answers.get((kind, name))
        if not answers:
            return None
        visit = self.visits[kind, name]
        self.visits[kind, name] += 1
        return answers[min(visit, len(answers) - 1)]

    def _plainly(self, kind: str, name: str, part: Part, moment: Moment) -> Chosen:
        answer = self.asked(kind, name)
        outcomes = outcomes_of(part)
        assert outcomes is not None
        word = answer.outcome if answer else outcomes.worked[0]
        return _possible(word, moment, name, answer)

    def _connected(self, part: Part, moment: Moment) -> Chosen:
        noun = noun_of(part)
        outcomes = outcomes_of(part)
        if noun is None or outcomes is None:
            return Chosen(moment.choices[0])
        if noun.tag == "Room":
            name = name_of(noun)
            answer = self.asked("rooms", name)
            word = answer.outcome if answer else _UNSAID["rooms"]
            word = {"open": "ended", "closed": "not-open"}.get(word, word)
            return _possible(word, moment, name, answer)
        key = noun.spec.key if noun.spec else noun.tag
        key = CONNECT_NAMES.get(key, key)
        answer = self.asked("connect", key)
        word = answer.outcome if answer else _UNSAID["connect"]
        told = answer is not None and answer.told.get("HandoffData")
        if told and word == "ended" and len(outcomes.worked) > 1:
            word = outcomes.worked[1]  # the way that the handed over data choose
        elif word == "ended" or (word != "hangup" and len(outcomes.names) == 1):
            word = outcomes.worked[0]  # a stream that failed is over too
        return _possible(word, moment, key, answer)

    def _dialled(self, part: Part, moment: Moment) -> Chosen:
        if any(noun.tag == "Conference" for noun in part.parts()):
            name = moment.events[0].value
            assert isinstance(name, str)
            answer = self.asked("dial", name)
            word = "answered" if answer is None else answer.outcome
            return _possible("answered" if word == "completed" else word, moment, name, answer)
        names = list(parties(part))
        if rings(part) > 1:
            rung = [name_of(noun) for noun in part.parts() if noun.tag in LEGS]
            names = rung[moment.ring : moment.ring + 1]
        answers = [(name, self.asked("dial", name)) for name in names]
        words = {name: a.outcome if a else _UNSAID["dial"] for name, a in reversed(answers)}
        for word in ("completed", *_WORST):
            for name, answer in answers:
                if words[name] == word:
                    return _possible(word, moment, name, answer)
        return Chosen(moment.choices[0])


def acted(part: Part, act: Act | None) -> Choice:
    """What comes of an act at a gather or record; None is somebody who has no more to do."""
    if act is not None and act.kind == "hangup":
        return HANGUP
    if part.tag == "Record":
        silent = act is not None and act.kind == "silence"
        return SILENCE if silent else Choice("recorded")
    hears = part.literal("input", "dtmf").split()
    if act is not None and act.kind == "keys" and "dtmf" in hears:
        return Choice("keys", act.value)
    if act is not None and act.kind in ("speech", "speak") and "speech" in hears:
        return Choice("speech", act.value or "words")
    return SILENCE


def _possible(word: str, moment: Moment, name: str, answer: Answer | None) -> Chosen:
    if word == "hangup":
        return Chosen(HANGUP, name, answer)
    possible = [choice.outcome for choice in moment.choices if choice != HANGUP]
    if word in possible:
        return Chosen(Choice(word), name, answer)
    shown = f"'{word}'" + (f" for {name}" if name else "")
    problem = f"{shown} cannot happen here; there are {', '.join(possible)}"
    if word == "declined":
        problem = f"{shown} cannot happen: only a party with a document of its own (url) declines"
    return Chosen(moment.choices[0], name, answer, problem)
