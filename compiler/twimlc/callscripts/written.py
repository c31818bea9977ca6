"""Call scripts as text: calls that were played come in, a file as people write it goes out."""

import json
import re
from collections.abc import Iterator

from twimlc.callscripts.expected import Heard
from twimlc.callscripts.model import Act, Answer, CallScript
from twimlc.callscripts.play import Played

_PLAIN = re.compile(r"[A-Za-z+][A-Za-z0-9 .,;!?'()/_+-]*[A-Za-z0-9.!?)]|[A-Za-z]")
_TYPED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_UNSAID = {"rooms": "closed", "dial": "no-answer", "queue": "bridged", "connect": "ended"}
_UNSAID_ALONE = {"pay": "success", "refer": "accepted"}


def file_text(flow: str | None, calls: list[tuple[CallScript, Played]], schema: str | None) -> str:
    """The text of a file. ``flow`` is its name where the file's own does not say it, ``schema``
    the address of the script's schema for editors."""
    lines = [] if schema is None else [f"# yaml-language-server: $schema={schema}"]
    if flow is not None:
        lines.append(f"flow: {flow}")
    lines.append("calls:" if calls else "calls: []")
    for call, played in calls:
        for number, line in enumerate(_call(call, played)):
            lines.append(f"    {line}" if number else f"  - {line}")
    return "\n".join(lines) + "\n"


def _call(call: CallScript, played: Played) -> Iterator[str]:
    yield f"name: {scalar(call.name, inline=False)}"
    if call.targets:
        yield f"targets: [{', '.join(name for name, _ in call.targets)}]"
    for kind, unsaid in _UNSAID.items():
        named = {name: found for (k, name), found in call.answers.items() if k == kind}
        usual = dict.fromkeys(named, unsaid)
        if kind == "dial":
            meet = {h.event.value for h in played.heard if h.event.kind == "conference"}
            usual |= {name: "completed" for name in named if name in meet}
        said = {name: found for name, found in named.items() if not _is(found, usual[name])}
        if said:
            pairs = (f"{scalar(name)}: {_answers(found)}" for name, found in said.items())
            yield f"{kind}: {{{', '.join(pairs)}}}"
    for kind, unsaid in _UNSAID_ALONE.items():
        found = call.answers.get((kind, ""), ())
        if found and not _is(found, unsaid):
            yield f"{kind}: {_answers(found)}"
    if call.caller:
        yield f"caller: [{', '.join(map(_act, call.caller))}]"
    yield "expect:"
    for heard in played.heard:
        yield f"  - {_event(heard)}"


def _is(found: tuple[Answer, ...], word: str) -> bool:
    return all(answer == Answer(word) for answer in found)


def _answers(found: tuple[Answer, ...]) -> str:
    shown = [_answer(answer) for answer in found]
    return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"


def _answer(answer: Answer) -> str:
    if answer.acts is not None:
        return f"{{{answer.outcome}: [{', '.join(map(_act, answer.acts))}]}}"
    if answer.told:
        pairs = ", ".join(f"{name}: {scalar(value)}" for name, value in answer.told.items())
        return f"{{{answer.outcome}: {{{pairs}}}}}"
    return answer.outcome


def _act(act: Act) -> str:
    if act.kind == "keys":
        return json.dumps(act.value)
    if act.kind == "speech":
        return f"{{say: {scalar(act.value)}}}"
    return act.kind


def _event(heard: Heard) -> str:
    event = heard.shown
    value = event.value
    if isinstance(value, tuple):
        return f"{event.kind}: [{', '.join(scalar(text) for text in value)}]"
    if event.noun:
        named = f"{{{event.noun}: {scalar(value)}}}" if value else event.noun
        return f"{event.kind}: {named}"
    if event.kind in ("record", "pay", "reject") or not value:
        return event.kind
    return f"{event.kind}: {value if value.isdecimal() else scalar(value, inline=False)}"


def scalar(text: str, *, inline: bool = True) -> str:
    """A text as YAML reads it back, quoted only where it has to be.

    ``inline`` is text inside brackets, where a comma ends it and some marks are traps.
    """
    if re.fullmatch(r"\+[0-9]{2,}", text):
        return text
    trap = text.lower() in _TYPED or (inline and ("," in text or text.endswith("?")))
    if _PLAIN.fullmatch(text) and not trap:
        return text
    return json.dumps(text, ensure_ascii=False)
