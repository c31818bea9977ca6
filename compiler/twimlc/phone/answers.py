"""What can happen at a question, and what a typed line means there.

A moment comes in, a :class:`Question` goes out; then a line of text comes in, and a choice goes
out, or why the line is no answer. The words are those of call scripts, so a transcript can be
played again.
"""

import re
from dataclasses import dataclass

from twimlc.interpret.choices import HANGUP, SILENCE, Choice, heard
from twimlc.interpret.machine import Moment
from twimlc.source.names import nearest

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
_SHOWN = {"room": {"not-open": "closed", "ended": "open"}}
_USUAL = {"dial": "no-answer", "room": "not-open"}
"""What happens where nobody says anything else; of the others the first outcome."""

_ASKS = {
    "dial": "Who is called?",
    "room": "Is the room open?",
    "enqueue": "How does the waiting end?",
    "pay": "How does the payment end?",
    "refer": "How does the referral end?",
}

_MEANINGS = {
    "completed": "somebody answers, and later hangs up",
    "answered": "the conference is over for this caller",
    "busy": "the line is busy",
    "no-answer": "it rings until the timeout",
    "failed": "it cannot be reached",
    "canceled": "it is cancelled before anybody answers",
    "declined": "somebody answers, and declines in the document of that line",
    "closed": "the room is not in progress",
    "open": "the caller joins the room, and the room ends",
    "bridged": "somebody takes the caller out of the queue, and the conversation ends",
    "queue-full": "the queue takes nobody any more",
    "leave": "the waiting document lets the caller out",
}


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """Why a line is no answer."""

    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A choice among named ones; ``word`` is what it is called here."""

    word: str
    choice: Choice


@dataclass(frozen=True, slots=True)
class Question:
    """What the call waits for. ``outcomes`` is empty where the caller is heard.

    ``others`` names the documents that can be listened to on other lines.
    """

    kind: str
    outcomes: tuple[Outcome, ...] = ()
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
            heard_here = [
                word for word, known in (("keys", self.keys), ("words", self.speech)) if known
            ]
            return f"{' or '.join(heard_here)}, Enter = silence, h = hang up"
        words = ", ".join(f"{n} {o.word}" for n, o in enumerate(self.outcomes, 1))
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
            lines.append(_ASKS.get(self.kind, "How does it end?"))
            for number, outcome in enumerate(self.outcomes, 1):
                meaning = _MEANINGS.get(outcome.word, "")
                lines.append(f"{number} {outcome.word:<14}{meaning}".rstrip())
            lines.append(f"Enter           {self.word(self.usual)}")
            lines += (
                f"{self._listen(number):<16}listen on the other line: {name}"
                for number, name in enumerate(self.others, 1)
            )
        return (*lines, "h, hangup       the caller hangs up", "q               leave the phone")

    def _listen(self, number: int) -> str:
        return "l" if len(self.others) == 1 else f"l {number}"

    def listens(self, line: str) -> int | None:
        """The number (from 0) of the other line that ``l`` or ``listen 2`` means."""
        found = _LISTEN.fullmatch(line.strip().lower())
        if found is None or not self.others:
            return None
        number = int(found[1] or 1) - 1
        return number if 0 <= number < len(self.others) else None

    def word(self, choice: Choice) -> str:
        """A choice as it is written down."""
        for outcome in self.outcomes:
            if outcome.choice == choice:
                return outcome.word
        match choice.outcome:
            case "keys":
                return choice.value
            case "speech":
                return f"say {choice.value}"
            case "recorded":
                return "speak"
            case name:
                return name

    def read(self, line: str) -> Choice | Misunderstood:
        """What a typed line means."""
        text = " ".join(line.split())
        word = text.lower()
        if word in _HANGUP:
            return HANGUP
        if self.kind == "record":
            return self._recorded(word)
        if self.outcomes:
            return self._outcome(word)
        return self._heard(text, word)

    def _recorded(self, word: str) -> Choice | Misunderstood:
        if word in _SILENCE:
            return SILENCE
        if word in _SPEAK or word.startswith("say ") or _KEYS.fullmatch(word):
            return Choice("recorded")
        return Misunderstood(f"'{word}' is no answer to a recording: speak, silence or hangup")

    def _outcome(self, word: str) -> Choice | Misunderstood:
        if not word:
            return self.usual
        if word.isdecimal() and 1 <= int(word[:4]) <= len(self.outcomes):
            return self.outcomes[int(word) - 1].choice
        known = {outcome.word: outcome.choice for outcome in self.outcomes}
        known |= {outcome.choice.outcome: outcome.choice for outcome in self.outcomes}
        alias = _ALIASES.get(word, word)
        if word in known or alias in known:
            return known.get(word) or known[alias]
        begun = {choice for name, choice in known.items() if name.startswith(word)}
        if len(begun) == 1 and len(word) > 1:
            return begun.pop()
        allowed = ", ".join(outcome.word for outcome in self.outcomes)
        close = nearest(word, [outcome.word for outcome in self.outcomes])
        hint = f"; did you mean '{close}'?" if close else ""
        return Misunderstood(f"'{word}' cannot happen here: {allowed} or hangup{hint}")

    def _heard(self, text: str, word: str) -> Choice | Misunderstood:
        if not word or word in _SILENCE:
            return SILENCE
        if _KEYS.fullmatch(word):
            if not self.keys:
                return Misunderstood(f"no keys are listened for here; 'say {text}' speaks")
            return Choice("keys", re.sub(r"[\s-]", "", word))
        quoted = _QUOTED.fullmatch(text)
        if quoted:
            text = quoted[1] or quoted[2] or ""
        elif word.startswith("say "):
            text = text[4:]
        if not self.speech:
            return Misunderstood(f"'{text}' is no key: 0-9, * and #, silence or hangup")
        return Choice("speech", text) if text else SILENCE


def question(moment: Moment, others: tuple[str, ...] = ()) -> Question:
    """The question that a moment asks, with ``others`` to listen to meanwhile."""
    kind = moment.question
    if kind == "gather":
        assert moment.part is not None
        hears = moment.part.literal("input", "dtmf").split()
        return Question(kind, keys="dtmf" in hears, speech="speech" in hears)
    if kind == "record":
        return Question(kind, usual=Choice("recorded"))
    shown = _SHOWN.get(kind, {})
    outcomes = tuple(
        Outcome(shown.get(choice.outcome, choice.outcome), choice)
        for choice in moment.choices
        if choice != HANGUP
    )
    wish = "answered" if any(o.word == "answered" for o in outcomes) else _USUAL.get(kind)
    usual = next((o.choice for o in outcomes if o.choice.outcome == wish), outcomes[0].choice)
    if kind == "room":  # closed first, as it is before anybody has come
        outcomes = tuple(sorted(outcomes, key=lambda outcome: outcome.word))
    return Question(kind, outcomes, usual, others=others)


def note(moment: Moment, choice: Choice) -> str:
    """What Twilio makes of pressed keys, where that is not what was pressed."""
    if choice.outcome != "keys" or moment.part is None:
        return ""
    digits = heard(moment.part, choice.value)
    if not digits:
        return "no digits, which counts as silence"
    return f"Digits={digits}" if digits != choice.value else ""
