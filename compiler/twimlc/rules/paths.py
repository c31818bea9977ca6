"""Ways through a call, told in the caller's words: moments come in, one sentence goes out."""

from itertools import groupby

from twimlc.flow.graph import Node
from twimlc.flow.model import Element
from twimlc.rules.moments import WAITING, Calls, Way, answered, rings
from twimlc.rules.words import VALUE, known_text
from twimlc.text import clip, count
from twimlc.vocabulary import NOTHING_MORE

_MOST_WORDS = 30
_LONGEST = 190
"""Of a way that takes more letters, steps in its middle are left out."""
_MOST_STEPS = 12


def told(calls: Calls, way: Way, end: str = "") -> str:
    """A way as a caller would tell it; ``end`` says what happens at its last moment."""
    *before, last = way
    parts = [_part(calls.node(moment), moment.left) for moment in before if moment.left]
    node = calls.node(last)
    parts.append(end or (_part(node, last.left).removesuffix(_OVER) if last.left else _what(node)))
    again = [(part, len(list(same))) for part, same in groupby(filter(None, parts))]
    return _joined([f"{part} {times} times" if times > 1 else part for part, times in again])


def _joined(parts: list[str]) -> str:
    """Whole steps: as many of the first and of the last ones as fit."""
    text = ""
    for out in range(max(0, len(parts) - _MOST_STEPS), len(parts)):
        first = (len(parts) - out) // 2
        left_out = [f"… {count(out, 'more step')} …"] if out else []
        text = ", then ".join([*parts[:first], *left_out, *parts[first + out :]])
        if len(text) <= _LONGEST:
            break
    return text


_OVER = ", and the conversation ends"


def _part(node: Node, outcome: str) -> str:
    element = node.element
    if element is None:
        return ""
    if outcome == WAITING:
        return f"while waiting in {_named(node)}"
    if element.tag == "Gather":
        if outcome == "no-input":
            return f"nothing is pressed at {_heard(node)}"
        if outcome == "input":
            other = "a wrong key" if node.title == "menu" else "another key"
            return f"{other if node.keys else 'any key'} is pressed at {_heard(node)}"
        return f"{outcome} is pressed at {_heard(node)}"
    if outcome == "done":
        return _what(node) if element.does.audible else ""
    if element.does.records:
        return "a message is recorded"
    happened = _HAPPENED.get(outcome)
    if happened is not None:
        each = "one of" if outcome in answered(element) else "each of"
        if outcome in _NONE and len(_names(node)) > 1:
            each, happened = "none of", _NONE[outcome]
        return f"{_named(node, each)} {happened}"
    return f"{_what(node)} ({outcome.replace('-', ' ')})"


_HAPPENED = {
    "completed": f"answers{_OVER}",
    "answered": f"answers{_OVER}",
    "busy": "is busy",
    "no-answer": "does not answer",
    "failed": "cannot be reached",
    "canceled": "is no longer called",
    "declined": "declines the call",
    "not-open": "is not open",
    "ended": "ends",
    "bridged": f"takes the call{_OVER}",
    "leave": "is left",
    "queue-full": "is full",
}
_NONE = {"no-answer": "answers", "failed": "can be reached"}
"""What none of several does, where of one the opposite is told."""


def _names(node: Node) -> list[str]:
    """Who is called, by the numbers or the names alone."""
    assert node.element is not None
    texts = [child for child in node.element.children if isinstance(child, str)]
    named = [c for noun in _nouns(node) for c in noun.children if isinstance(c, str)] or texts
    return [clip(name, _MOST_WORDS) for name in named]


def _nouns(node: Node) -> list[Element]:
    assert node.element is not None
    return [noun for noun in node.element.elements() if noun.does != NOTHING_MORE or noun.children]


def _named(node: Node, each: str = "each of") -> str:
    """Who is called; of several the first and the last."""
    assert node.element is not None
    names = _names(node)
    if not rings(node.element) and not node.element.does.transfers:
        script = node.element.spec.script if node.element.spec and node.element.does.waits else None
        nouns = _nouns(node)
        kind = script.key if script else nouns[0].tag.lower() if nouns else node.title
        return f"the {kind} {names[0] if names else ''}".strip()
    if len(names) < 2:
        return names[0] if names else f"the {node.title}"
    if len(names) == 2:
        if each == "none of":
            return f"neither {names[0]} nor {names[1]}"
        return f"{each} {names[0]} and {names[1]}"
    return f"{each} {names[0]} … {names[-1]}"


def _what(node: Node) -> str:
    element = node.element
    if element is None or element.tag == "Hangup":
        return "the end of the call"
    if element.does.audible or element.tag == "Gather":
        return _heard(node)
    if rings(element):
        return f"{_named(node)} rings"
    if element.does.reaches:
        return _named(node)
    texts = (child for child in element.children if isinstance(child, str))
    return " ".join([node.title, *(clip(text, _MOST_WORDS) for text in texts)])


def _heard(node: Node) -> str:
    """The first words of a say or of a prompt."""
    assert node.element is not None
    for inner in node.element.walk():
        for child in inner.children:
            words = "" if isinstance(child, Element) else " ".join(known_text(child).split())
            if words:
                words = words.replace(VALUE, "…")
                if len(words) > _MOST_WORDS:
                    words = (words[:_MOST_WORDS].rpartition(" ")[0] or words[:_MOST_WORDS]) + "…"
                return f"'{words}'"
    return node.title
