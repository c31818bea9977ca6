"""Call scripts as text: choices and calls that were played come in, a file as people write it
goes out."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from twimlc import vocabulary
from twimlc.calls.play import Played
from twimlc.calls.read import Columns
from twimlc.calls.script import Answer, Asked, CallerInput, CallScript, asked_of, script_of
from twimlc.flow.decisions import subject_of
from twimlc.interpret.events import Event
from twimlc.interpret.machine import Choice, Position, heard
from twimlc.text import grouped
from twimlc.yaml import tree as t
from twimlc.yaml.names import valid_param

_PLAIN = re.compile(r"[A-Za-z+][A-Za-z0-9 .,;!?'()/_+-]*[A-Za-z0-9.!?)]|[A-Za-z]")
_CALL_VALUE = re.compile(r"(\$\{call\.\w+\})")
_HOLE = re.compile(r"(\$\$\{)|\$\{(?!call\.)(\w+)\}")
_TYPED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def act_of(choice: Choice) -> CallerInput:
    """What somebody does at a gather or record so that a choice comes of it."""
    if choice.outcome == "recorded":
        return CallerInput("speak")
    return CallerInput(choice.outcome, choice.value)


def add_answer(
    answers: dict[Asked, list[Answer]],
    position: Position,
    choice: Choice,
    inputs: tuple[CallerInput, ...] | None,
) -> None:
    """Add what a script has to say so that a choice comes of a visit."""
    part = position.part
    assert part is not None, "a question is asked by a verb"
    script = script_of(part)
    if script is None:
        return
    word = script.word(choice.outcome)
    if part.tag != "Dial":
        # Where a word stands for several outcomes, data that are handed over choose the others.
        alike = [name for name in part.outcomes.names if script.word(name) == word]
        sent = {"HandoffData": "{}"} if choice.outcome in alike[1:] else {}
        answers[next(asked_of(position))].append(Answer(word, inputs, sent))
        return
    alone = word in ("completed", "declined", "hangup")
    for number, key in enumerate(asked_of(position)):
        said = word if number == 0 or not alone else "no-answer"
        answers[key].append(Answer(said, inputs if number == 0 else None))


def shortest(answers: list[Answer]) -> list[Answer]:
    """One value where all visits have the same."""
    while len(answers) > 1 and answers[-1] == answers[-2]:
        answers = answers[:-1]
    return answers


def words_of(position: Position, choice: Choice) -> list[str]:
    """What is special about a choice, for the name of a call."""
    part = position.part
    assert part is not None, "a question is asked by a verb"
    word = choice.outcome
    if part.does.records:
        return ["the caller hangs up"] if word == "hangup" else []
    if part.does.listens:
        if word == "keys":
            known = position.distinguished
            if known and heard(part, choice.value) not in known:
                return ["a wrong key"]
            return [f"key {choice.value}" if len(choice.value) == 1 else f"keys {choice.value}"]
        return [{"silence": "no key", "hangup": "the caller hangs up"}.get(word, word)]
    if part.asks is not None:
        return [f"{subject_of(part.asks).rpartition('/')[2]} is {word}"]
    script = script_of(part)
    assert script is not None, "scripts say how it ends"
    whom = _whom(position) if part.tag == "Dial" else script.title
    return [f"{whom} {script.said.get(word, word)}"]


def _whom(position: Position) -> str:
    value = position.events[0].value if position.events else ""
    names = value if isinstance(value, tuple) else (value,)
    return names[0] if len(names) == 1 else "everybody"


class RowText:
    """Texts of one row: with the names of columns for what they hold, and back."""

    def __init__(self, columns: Columns | None) -> None:
        cells = {
            name: cell.text
            for name, cell in (columns or {}).items()
            if isinstance(cell, t.Scalar) and cell.text and valid_param(name) is None
        }
        self._filled = columns is not None
        self._cells = cells
        self._names = {text: name for name, text in reversed(cells.items())}
        long = (text for text in self._names if len(text) > 2)
        self._long = sorted(long, key=len, reverse=True)

    def named(self, text: str) -> str:
        """``text`` as it is for every row: ``${column}`` for what this row's columns hold."""
        if not self._filled:
            return text
        if text in self._names:
            return f"${{{self._names[text]}}}"
        pieces = _CALL_VALUE.split(text)
        return "".join(p if n % 2 else self._words(p) for n, p in enumerate(pieces))

    def _words(self, text: str) -> str:
        for word in self._long:
            before, found, after = text.partition(word)
            if found and not (before[-1:].isalnum() or after[:1].isalnum()):
                return f"{self._words(before)}${{{self._names[word]}}}{self._words(after)}"
        return text.replace("${", "$${")

    def filled(self, text: str) -> str:
        """What such a text is in this row."""
        return _HOLE.sub(lambda found: self._hole(*found.groups()), text) if self._filled else text

    def _hole(self, escaped: str, name: str) -> str:
        return "${" if escaped else self._cells.get(name, "")


Texts = Callable[[str], str]
"""What becomes of a text of a call when rows of the matrix are told apart, or put in."""


class WrittenCall(NamedTuple):
    """A call, and what is heard in it: on the caller's line (``""``), and by whom else."""

    call: CallScript
    events: Mapping[tuple[str, str], tuple[Event, ...]]

    @staticmethod
    def of(call: CallScript, played: Played, text: Texts) -> "WrittenCall":
        """What was played, each text as it is written."""
        heard = {("", ""): played.heard, **played.legs}
        found = {key: tuple(event.shown for event in events) for key, events in heard.items()}
        return WrittenCall(call, WrittenCall(call, found).within(text))

    def within(self, text: Texts) -> dict[tuple[str, str], tuple[Event, ...]]:
        """The events, each text changed."""
        return {
            (kind, text(name)): tuple(event.with_texts(text) for event in events)
            for (kind, name), events in self.events.items()
        }


def changed(call: CallScript, text: Texts) -> CallScript:
    """A call with each of its texts changed."""
    return replace(
        call,
        name=text(call.name),
        answers={(kind, text(name)): found for (kind, name), found in call.answers.items()},
        caller=tuple(
            replace(act, value=text(act.value)) if len(act.value) > 2 else act
            for act in call.caller
        ),
    )


def file_text(head: Mapping[str, str], calls: list[WrittenCall], schema: str | None) -> str:
    """The text of a file. ``head`` are the keys before its calls, ``schema`` is the address of the
    script's schema for editors."""
    lines = [] if schema is None else [f"# yaml-language-server: $schema={schema}"]
    lines += [f"{key}: {value}" for key, value in head.items()]
    lines.append("calls:" if calls else "calls: []")
    for call, events in calls:
        for number, line in enumerate(_call(call, events)):
            lines.append(f"    {line}" if number else f"  - {line}")
    return "\n".join(lines) + "\n"


def _call(call: CallScript, events: Mapping[tuple[str, str], tuple[Event, ...]]) -> Iterator[str]:
    yield f"name: {scalar(call.name, inline=False)}"
    for key, names in (("targets", call.targets), ("row", call.rows)):
        if names:
            yield f"{key}: [{', '.join(name.text for name in names)}]"
    sent = dict(call.parameters)
    for name, key in (("From", "from"), ("To", "to")):
        if name in sent:
            yield f"{key}: {scalar(sent.pop(name), inline=False)}"
    if sent:
        yield f"params: {_inline(sent)}"
    if call.hours:
        outcomes = ((name, [node.text for node in nodes]) for name, nodes in call.hours.items())
        yield f"hours: {_inline({n: each if each[1:] else each[0] for n, each in outcomes})}"
    meet = {("dial", event.value) for event in events["", ""] if event.kind == "conference"}
    for kind, rows in vocabulary.scripted().items():
        script = rows[0].script
        unsaid = script.word(script.usual) if script is not None else ""
        said = {
            asked[1]: _answers(found)
            for asked, found in call.answers.items()
            if asked[0] == kind and not _is(found, "completed" if asked in meet else unsaid)
        }
        if said and vocabulary.answered_by_name(rows):
            pairs = (f"{scalar(name)}: {answers}" for name, answers in said.items())
            yield f"{kind}: {{{', '.join(pairs)}}}"
        elif said:
            yield f"{kind}: {said['']}"
    if call.caller:
        yield f"caller: {_inline([_act(act) for act in call.caller])}"
    heard = events["", ""]
    others = grouped((kind, (name, by)) for (kind, name), by in events.items() if kind)
    if not others:
        yield from _listed("expect", heard, "")
        return
    yield "expect:"
    yield from _listed("events", heard, "  ")
    for kind, lists in others.items():
        yield f"  {kind}:"
        for name, heard in lists:
            yield from _listed(scalar(name), heard, "    ")


def _listed(key: str, events: tuple[Event, ...], indent: str) -> Iterator[str]:
    yield f"{indent}{key}:" if events else f"{indent}{key}: []"
    yield from (f"{indent}  - {_event(event)}" for event in events)


def _is(found: tuple[Answer, ...], word: str) -> bool:
    return all(answer == Answer(word) for answer in found)


def _answers(found: tuple[Answer, ...]) -> str:
    shown = [answer_form(answer) for answer in found]
    return _inline(shown if shown[1:] else shown[0])


def answer_form(answer: Answer) -> Any:
    """What a script says of one visit."""
    if answer.acts is not None:
        return {answer.outcome: list(map(_act, answer.acts))}
    return {answer.outcome: answer.sent} if answer.sent else answer.outcome


def _act(act: CallerInput) -> Any:
    if act.kind == "keys":
        return act.value
    return {"say": act.value} if act.kind == "speech" else act.kind


def _event(event: Event) -> str:
    value = event.value
    if isinstance(value, tuple):
        return f"{event.kind}: {_inline(value)}"
    if event.noun:
        return f"{event.kind}: {_inline({event.noun: value} if value else event.noun)}"
    if not value:
        return event.kind
    return f"{event.kind}: {value if value.isdecimal() else scalar(value, inline=False)}"


def _inline(value: Any) -> str:
    """Maps, lists and texts on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_inline(inside)}' for key, inside in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_inline, value))}]"
    return scalar(value)


def scalar(text: str, *, inline: bool = True) -> str:
    """A text as YAML reads it back, quoted only where it has to be.

    ``inline`` is text inside brackets, where a comma ends it and some marks are traps.
    """
    if re.fullmatch(r"\+[0-9]{2,}|(?:client|sip):[A-Za-z0-9._@-]+", text):
        return text
    trap = text.lower() in _TYPED or (inline and ("," in text or text.endswith("?")))
    if _PLAIN.fullmatch(text) and not trap:
        return text
    return json.dumps(text, ensure_ascii=False)
