"""What can happen at a question, and what a typed line means there.

A moment comes in, a :class:`Question` goes out; then a line of text comes in, and a choice goes
out, or why the line is no answer. The words are those of call scripts, so a transcript can be
played again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from twimlc.calls.script import script_of
from twimlc.flow.decisions import OPEN, OTHER_VALUE, Asks, Cases, subject_of
from twimlc.interpret.machine import HANGUP, SILENCE, Choice, Position, heard
from twimlc.yaml.names import meant

_KEYS = re.compile(r"[0-9*#][0-9*#\s-]*")
_QUOTED = re.compile(r"\"(.*)\"|'(.*)'")

_LISTEN = re.compile(r"l(?:isten)?(?:\s+([0-9]{1,2}))?")

_HANGUP = ("h", "hangup", "hang up")
_SILENCE = ("s", "w", "silence", "wait")
_SPEAK = ("", "speak")

_ALIASES = {
    "answer": "completed",
    "answers": "completed",
    "answered": "completed",
    "noanswer": "no-answer",
    "no answer": "no-answer",
    "cancelled": "canceled",
    "decline": "declined",
}
_ASKS = {
    "dial": "Who is called?",
    "room": "Is the room open?",
    "hours": "What does the calendar say?",
    "switch": "Which case is it?",
}

_MEANINGS = {
    "completed": "somebody answers, and later hangs up",
    "answered": "the conference is over for this caller",
    "busy": "the line is busy",
    "no-answer": "it rings until the timeout",
    "failed": "it cannot be reached",
    "canceled": "it is canceled before anybody answers",
    "declined": "somebody answers, and declines in the document of that line",
    "closed": "the room is not in progress",
    "open": "the caller joins the room, and the room ends",
    "bridged": "somebody takes the caller out of the queue, and the conversation ends",
    "queue-full": "the queue takes nobody any more",
    "leave": "the waiting document lets the caller out",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What the call waits for. ``outcomes``, by the words for them, is empty where the caller is
    heard; else ``what`` ends. ``usual`` is what happens where nobody does anything.

    ``others`` names the documents that can be listened to on other legs.
    """

    kind: str
    outcomes: Mapping[str, Choice] = field(default_factory=dict)
    what: str = "it"
    usual: Choice = SILENCE
    keys: bool = False
    speech: bool = False
    others: tuple[str, ...] = ()

    @property
    def prompt(self) -> str:
        """One line that says what can be typed."""
        if self.kind == "record":
            return "Enter = speak, s = silence, h = hang up"
        if not self.outcomes:
            heard_here = ["keys"] * self.keys + ["words"] * self.speech
            return f"{' or '.join(heard_here)}, Enter = silence, h = hang up"
        words = ", ".join(f"{number} {word}" for number, word in enumerate(self.outcomes, 1))
        listen = ", l = listen there" if self.others else ""
        return f"{words}{listen}, h = hang up [{self.word(self.usual)}]"

    @property
    def help(self) -> tuple[str, ...]:
        """Several lines that say it at length."""
        lines: list[str] = []
        if self.kind == "record":
            lines += ["Enter or speak  a message is recorded", "s or silence    nothing is said"]
        elif not self.outcomes:
            if self.keys:
                lines.append("1, 12#, ...     these keys are pressed")
            if self.speech:
                lines.append("say sales       these words are spoken (say may be left out)")
            lines.append("Enter, silence  nothing is done until the timeout")
        else:
            lines.append(_ASKS.get(self.kind, f"How does {self.what} end?"))
            for number, word in enumerate(self.outcomes, 1):
                lines.append(f"{number} {word:<14}{_MEANINGS.get(word, '')}".rstrip())
            lines.append(f"Enter           {self.word(self.usual)}")
            for number, name in enumerate(self.others, 1):
                key = f"l {number}" if self.others[1:] else "l"
                lines.append(f"{key:<16}listen on the other line: {name}")
        return (*lines, "h, hangup       the caller hangs up", "q               leave the phone")

    def listens(self, line: str) -> int | None:
        """The number (from 0) of the other leg that ``l`` or ``listen 2`` means."""
        found = _LISTEN.fullmatch(line.strip().lower())
        number = int(found[1] or 1) if found is not None else 0
        return number - 1 if 0 < number <= len(self.others) else None

    def word(self, choice: Choice) -> str:
        """A choice as it is written down."""
        words = {outcome: word for word, outcome in self.outcomes.items()}
        match choice.outcome:
            case "keys":
                return choice.value
            case "speech":
                return f"say {choice.value}"
            case "recorded":
                return "speak"
            case name:
                return words.get(choice, name)

    def read(self, line: str) -> Choice | str:
        """What a typed line means, or why it is no answer."""
        text = " ".join(line.split())
        word = text.lower()
        if word in _HANGUP:
            return HANGUP
        if self.kind == "record":
            return self._recorded(word)
        if self.outcomes:
            return self._outcome(word)
        return self._heard(text, word)

    def _recorded(self, word: str) -> Choice | str:
        if word in _SILENCE:
            return SILENCE
        if word in _SPEAK or word.startswith("say ") or _KEYS.fullmatch(word):
            return Choice("recorded")
        return f"'{word}' is not an answer to a recording: speak, silence or hangup"

    def _outcome(self, word: str) -> Choice | str:
        if not word:
            return self.usual
        if word.isdecimal() and 1 <= int(word[:4]) <= len(self.outcomes):
            return [*self.outcomes.values()][int(word) - 1]
        known = {**self.outcomes} | {choice.outcome: choice for choice in self.outcomes.values()}
        alias = _ALIASES.get(word, word)
        if word in known or alias in known:
            return known.get(word) or known[alias]
        begun = {choice for name, choice in known.items() if name.startswith(word)}
        if len(begun) == 1 and len(word) > 1:
            return begun.pop()
        near = meant(word, self.outcomes)
        hint = f"; {near}" if near else ""
        allowed = ", ".join(self.outcomes)
        return f"'{word}' cannot happen here: {allowed} or hangup{hint}"

    def _heard(self, text: str, word: str) -> Choice | str:
        if not word or word in _SILENCE:
            return SILENCE
        if _KEYS.fullmatch(word):
            if not self.keys:
                return f"no keys are listened for here; 'say {text}' speaks"
            return Choice("keys", re.sub(r"[\s-]", "", word))
        quoted = _QUOTED.fullmatch(text)
        if quoted:
            text = quoted[1] or quoted[2] or ""
        elif word.startswith("say "):
            text = text[4:]
        if not self.speech:
            return f"'{text}' is not a phone key: 0-9, * and #, silence or hangup"
        return Choice("speech", text) if text else SILENCE


def question(position: Position, others: tuple[str, ...] = ()) -> Question:
    """The question that a moment asks, with ``others`` to listen to meanwhile."""
    kind, part = position.question, position.part
    assert part is not None, "a question is asked by a verb"
    if kind == "gather":
        hears = part.literal("input", "dtmf").split()
        return Question(kind, keys="dtmf" in hears, speech="speech" in hears)
    if kind == "record":
        return Question(kind, usual=Choice("recorded"))
    if part.asks is not None:
        return _decided(kind, part.asks, position)
    script, untold = script_of(part), part.outcomes.untold
    names = {choice.outcome: choice for choice in position.choices if choice != HANGUP}
    outcomes = {script.word(name) if script and untold else name: names[name] for name in names}
    wish = script.usual if script is not None else ""
    wish = "answered" if "answered" in outcomes else wish
    usual = names.get(wish) or next(iter(names.values()))
    if untold:  # closed first, as it is before anybody has come
        outcomes = dict(sorted(outcomes.items()))
    what = script.what if script is not None else "it"
    return Question(kind, outcomes, what, usual, others=others)


def _decided(kind: str, asks: Asks, position: Position) -> Question:
    """What somebody says of the clock, or of who calls."""
    found: dict[str, Choice] = {}
    for choice in position.choices:
        if isinstance(asks, Cases) or choice.outcome != asks.default:
            found.setdefault(choice.outcome, choice)
    usual = found.get(OPEN) or found.get(OTHER_VALUE) or next(iter(found.values()))
    return Question(kind, found, f"'{subject_of(asks).rpartition('/')[2]}'", usual)


def note(position: Position, choice: Choice) -> str:
    """What Twilio makes of pressed keys, where that is not what was pressed."""
    if choice.outcome != "keys" or position.part is None:
        return ""
    digits = heard(position.part, choice.value)
    if not digits:
        return "no digits, which counts as silence"
    return f"Digits={digits}" if digits != choice.value else ""
