"""Choices as a script tells them: a moment and a choice come in; acts, answers, words go out."""

from twimlc.callscripts.far_end import CONNECT_NAMES
from twimlc.callscripts.model import Act, Answer, Asked
from twimlc.interpret.choices import Choice, heard, noun_of
from twimlc.interpret.events import LEGS, name_of, parties, rings
from twimlc.interpret.machine import Moment

_CONNECTED = dict.fromkeys(("over", "completed", "handoff", "live-agent-handoff"), "ended")


def act_of(choice: Choice) -> Act:
    """What somebody does at a gather or record so that a choice comes of it."""
    if choice.outcome == "recorded":
        return Act("speak")
    return Act(choice.outcome, choice.value)


def add_answer(
    answers: dict[Asked, list[Answer]],
    moment: Moment,
    choice: Choice,
    acts: tuple[Act, ...] | None,
) -> None:
    """Add what a script has to say so that a choice comes of a visit."""
    part = moment.part
    assert part is not None, "a question is asked by a verb"
    word = choice.outcome
    match part.tag:
        case "Dial":
            names = list(parties(part))
            if any(noun.tag == "Conference" for noun in part.parts()):
                names = [name_of(noun) for noun in part.parts() if noun.tag == "Conference"]
                word = "completed" if word == "answered" else word
            elif rings(part) > 1:
                names = [name_of(noun) for noun in part.parts() if noun.tag in LEGS]
                names = names[moment.ring : moment.ring + 1]
            alone = word in ("completed", "declined", "hangup")
            for number, name in enumerate(names):
                said = word if number == 0 or not alone else "no-answer"
                answers["dial", name].append(Answer(said, acts if number == 0 else None))
        case "Connect":
            noun = noun_of(part)
            if noun is not None and noun.tag == "Room":
                word = {"ended": "open", "not-open": "closed"}.get(word, word)
                answers["rooms", name_of(noun)].append(Answer(word))
            elif noun is not None:
                key = noun.spec.key if noun.spec is not None else noun.tag
                told = {"HandoffData": "{}"} if word in ("handoff", "live-agent-handoff") else {}
                word = _CONNECTED.get(word, word)
                answers["connect", CONNECT_NAMES.get(key, key)].append(Answer(word, None, told))
        case "Enqueue":
            answers["queue", part.text].append(Answer(word, acts))
        case "Pay" | "Refer":
            answers[part.tag.lower(), ""].append(Answer(word))


def shortest(answers: list[Answer]) -> list[Answer]:
    """One value where all visits have the same."""
    while len(answers) > 1 and answers[-1] == answers[-2]:
        answers = answers[:-1]
    return answers


def words_of(moment: Moment, choice: Choice) -> list[str]:
    """What is special about a choice, for the name of a call."""
    part = moment.part
    assert part is not None, "a question is asked by a verb"
    word = choice.outcome
    match part.tag:
        case "Gather":
            if word == "keys":
                known = moment.distinguished
                if known and heard(part, choice.value) not in known:
                    return ["a wrong key"]
                return [f"key {choice.value}" if len(choice.value) == 1 else f"keys {choice.value}"]
            return [{"silence": "no key", "hangup": "the caller hangs up"}.get(word, word)]
        case "Record":
            return ["the caller hangs up"] if word == "hangup" else []
        case "Connect":
            noun = noun_of(part)
            what = noun.spec.key if noun is not None and noun.spec is not None else "connect"
            said = {"ended": "is open", "not-open": "is closed"} if what == "room" else {}
            shown = {"conversationRelay": "relay", "virtualAgent": "agent"}.get(what, what)
            return [f"{shown} {said.get(word, word)}".replace("over", "ends")]
        case "Dial":
            return [f"{_whom(moment)} {word}"]
        case _:
            return [f"{part.tag.lower()} {word}"]


def _whom(moment: Moment) -> str:
    value = moment.events[0].value if moment.events else ""
    names = value if isinstance(value, tuple) else (value,)
    return names[0] if len(names) == 1 else "everybody"
