"""Whether what callers are told to press is what they can press.

The graph comes in, findings go out. Words are read in English, German, French and Spanish; what
another language says is not judged, nor what a sound file says.
"""

import re
from collections.abc import Iterable, Iterator

from twimlc.analysis.steps import steps_of
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import (
    CHOICE_NOT_SPOKEN,
    KEY_ENDS_INPUT,
    KEY_TOO_EARLY,
    UNKNOWN_KEY_SPOKEN,
)
from twimlc.flow.graph import Context, Graph, Node
from twimlc.flow.model import Element, Menu, Perform
from twimlc.text import Span


def _counted(words: str) -> dict[str, str]:
    """Digits by their names, told from nought on."""
    return {name: str(digit) for digit, name in enumerate(words.split())}


_NAMES = {
    **_counted("zero one two three four five six seven eight nine"),
    **_counted("null eins zwei drei vier fünf sechs sieben acht neun"),
    **_counted("zéro un deux trois quatre cinq six sept huit neuf"),
    **_counted("cero uno dos tres cuatro cinco seis siete ocho nueve"),
    **dict.fromkeys(("star", "asterisk", "stern", "étoile", "asterisco"), "*"),
    **dict.fromkeys(("pound", "hash", "raute", "dièse", "almohadilla"), "#"),
}
_KEY = r"(?:[0-9]+|[*#]|" + "|".join(_NAMES) + r")(?![\w])"
_PRESS = re.compile(
    r"\b(?:press(?:ing)?|push|hit|drücken\s+sie|appuyez\s+sur|tapez|pulse|presione|oprima|marque)\s+"
    r"(?:bitte\s+)?(?:the\s+|die\s+|le\s+|la\s+|el\s+)?(?:key\s+|number\s+|taste\s+|touche\s+|tecla\s+)?"
    rf"({_KEY}(?:\s*(?:,|\bor\b|\band\b|\boder\b|\bund\b|\bou\b|\bet\b|\bo\b|\by\b)+\s*{_KEY})*)",
    re.IGNORECASE,
)
_ANY_KEY = re.compile(_KEY, re.IGNORECASE)


def check_prompts(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about words and keys that do not agree."""
    for flow in graph.flows.values():
        for step in steps_of(flow):
            match step:
                case Menu(choices=choices, prompt=prompt, gather=gather, span=span):
                    yield from _agree(choices, prompt, gather, span)
                case Perform(element=element, branches=branches, span=span) if branches.keys:
                    words = tuple(element.elements())
                    if branches.then is None:
                        yield from _agree(branches.keys, words, element, span)
                    else:
                        yield from _ended(branches.keys, element, span)
    for key, context in graph.contexts.items():
        node = graph.nodes[key]
        if context is Context.CALL and node.element is not None and node.element.tag == "Say":
            yield from _too_early(graph, node)


def _spoken(elements: Iterable[Element]) -> str | None:
    """The words of a prompt; None where a sound file may say more."""
    parts: list[str] = []
    for element in elements:
        for inner in element.walk():
            if inner.tag == "Play":
                return None
            parts += [child if isinstance(child, str) else " " for child in inner.children]
    return " ".join(parts)


def told_keys(words: str) -> list[str]:
    """The keys that callers are told to press, in order."""
    found: dict[str, None] = {}
    for told in _PRESS.finditer(words):
        for key in _ANY_KEY.findall(told[1]):
            found[_NAMES.get(key.lower(), key)] = None
    return list(found)


def _agree(
    choices: Iterable[str], prompt: Iterable[Element], gather: Element, span: Span
) -> Iterator[Diagnostic]:
    keys = list(choices)
    yield from _ended(keys, gather, span)
    words = _spoken(prompt)
    told = told_keys(words) if words is not None else []
    if not told or words is None:
        return
    for key in told:
        # The pound key ends an input; what it does is no choice of the menu.
        if key not in keys and key != "#":
            message = f"the words say to press {key}, and the menu has no choice for it"
            hint = f"its choices are {', '.join(keys)}"
            yield UNKNOWN_KEY_SPOKEN.at(span, message, hint=hint)
    mentioned = {_NAMES.get(key.lower(), key) for key in _ANY_KEY.findall(words)}
    for key in keys:
        if key not in mentioned:
            message = f"nothing tells callers of the choice {key}"
            hint = f"the words name {', '.join(told)}"
            yield CHOICE_NOT_SPOKEN.at(span, message, hint=hint)


def _ended(choices: Iterable[str], gather: Element, span: Span) -> Iterator[Diagnostic]:
    end = gather.literal("finishOnKey")
    for key in choices:
        if end and end in key:
            found = gather.get("finishOnKey")
            message = f"{end} ends the input, so the choice {key} can never be made"
            hint = 'write finishOnKey: "" to let every key count'
            yield KEY_ENDS_INPUT.at(found.span if found else span, message, hint=hint)


def _too_early(graph: Graph, node: Node) -> Iterator[Diagnostic]:
    """Words outside a gather that tell keys, with a gather that comes behind them."""
    assert node.element is not None
    told = told_keys(_spoken([node.element]) or "")
    if not told:
        return
    after = node
    seen = {node.key}
    while after.element is not None and after.element.tag in ("Say", "Play", "Pause"):
        following = after.exits.get("done")
        if following is None or following in seen:
            return
        seen.add(following)
        after = graph.nodes[following]
    if after.element is None or after.element.tag != "Gather":
        return
    words = _spoken(after.element.elements())
    if words is None or any(key in told_keys(words) for key in told):
        return
    message = f"callers are told to press {told[0]} before the keys are listened to"
    yield KEY_TOO_EARLY.at(node.span, message, hint="move these words into the prompt behind them")
