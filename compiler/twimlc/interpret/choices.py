"""What the caller, the far end and Twilio's machinery can do while a verb runs.

A verb comes in, the choices go out; also what Twilio makes of keys, and of a ring that nobody
answered. Both interpreters ask here, so that a choice means the same to both.
"""

from collections.abc import Collection
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.interpret.events import LEGS, rings
from twimlc.interpret.markup import Part


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

    hears: str
    length: str
    finish: str
    url: str
    method: str


DONE = Choice("done")
SILENCE = Choice("silence")
SPEECH = Choice("speech", "words")
HANGUP = Choice("hangup")

KEYS = "1234567890*#"

ENDS = frozenset({"Hangup", "Reject", "Leave"})
"""Verbs after which nothing of this run follows."""


def noun_of(connect: Part) -> Part | None:
    """The noun that a Connect is about."""
    return next(connect.parts(), None)


def outcomes_of(part: Part) -> vocabulary.Outcomes | None:
    """How a verb can end; None where it only goes on."""
    if part.tag == "Connect":
        noun = noun_of(part)
        if noun is not None and noun.spec is not None and noun.spec.outcomes is not None:
            return noun.spec.outcomes
    return part.spec.outcomes if part.spec else None


def question(part: Part) -> str:
    """The kind of question a verb asks (``gather``, ``dial``, ``room`` …); empty: none."""
    if outcomes_of(part) is None:
        return ""
    noun = noun_of(part) if part.tag == "Connect" else None
    asked = noun if noun is not None else part
    return asked.spec.key if asked.spec else asked.tag.lower()


def choices(part: Part, ring: int = 0, distinguished: Collection[str] = ()) -> tuple[Choice, ...]:
    """Everything that can happen at a verb; empty where it ends the run.

    ``distinguished`` are the digits that lead somewhere of their own.
    """
    if part.tag in ENDS:
        return ()
    outcomes = outcomes_of(part)
    if outcomes is None:
        return (DONE,)
    match part.tag:
        case "Gather":
            return (*_gathered(part, distinguished), HANGUP)
        case "Record":
            return (*(Choice(name) for name in outcomes.names), SILENCE, HANGUP)
        case "Dial":
            return (
                *(Choice(name) for name in outcomes.names if _rings_so(part, ring, name)),
                HANGUP,
            )
        case _:
            return (*(Choice(name) for name in outcomes.names), HANGUP)


def _gathered(part: Part, distinguished: Collection[str]) -> list[Choice]:
    hears = part.literal("input", "dtmf").split()
    found: list[Choice] = []
    if "dtmf" in hears:
        pressed = dict.fromkeys(distinguished)
        # Where some keys are told apart every single key is tried: any of them may be confused.
        pressed.update(dict.fromkeys(KEYS if distinguished else "1*"))
        length = part.literal("numDigits")
        if length.isdecimal() and 1 < int(length) <= 64:
            pressed.update(dict.fromkeys(key * int(length) for key in "90"))
        found.extend(Choice("keys", keys) for keys in pressed)
    if "speech" in hears:
        found.append(SPEECH)
    return [*found, SILENCE]


def _rings_so(part: Part, ring: int, outcome: str) -> bool:
    nouns = list(part.parts())
    if any(noun.tag == "Conference" for noun in nouns):
        return outcome not in ("completed", "declined")
    if outcome == "answered":  # the word for conferences only (docs/voice/twiml/dial)
        return False
    if outcome == "declined":
        legs = [noun for noun in nouns if noun.tag in LEGS]
        asked = legs[ring : ring + 1] if rings(part) > 1 else legs
        return any(noun.get("url") for noun in asked)
    return True


def heard(gather: Part, keys: str) -> str:
    """The Digits that Twilio makes of ``keys``; empty is no input (docs/voice/twiml/gather)."""
    if "dtmf" not in gather.literal("input", "dtmf").split():
        return ""
    finish = gather.literal("finishOnKey", "#")
    length = gather.literal("numDigits")
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
    outcomes = outcomes_of(part)
    if outcomes is None or choice == DONE:
        return {}
    found: dict[str, str] = {}
    if outcomes.parameter and outcomes.values.get(choice.outcome):
        found[outcomes.parameter] = outcomes.values[choice.outcome][0]
    for name, (parameter, values) in outcomes.read_elsewhere.items():
        if name == choice.outcome:
            worked = outcomes.values[outcomes.worked[0]][0]
            found.setdefault(outcomes.parameter or parameter, worked)
            found[parameter] = values[0] if values else "present"
    return found


def next_ring(dial: Part, ring: int, outcome: str, after_declined: str) -> int | None:
    """The ring that follows ``ring``; None when the Dial is over."""
    if ring + 1 >= rings(dial) or outcome in ("completed", "answered"):
        return None
    if outcome == "declined" and after_declined != "next-ring":
        return None
    return ring + 1
