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
    "zwo": "2",
    "oh": "0",
    **dict.fromkeys(("star", "asterisk", "stern", "sterntaste", "étoile", "asterisco"), "*"),
    **dict.fromkeys(("pound", "hash", "raute", "rautetaste", "dièse", "carré"), "#"),
    **dict.fromkeys(("almohadilla", "numeral", "gato"), "#"),
}
_KEY = r"(?:[0-9]+|[*#]|" + "|".join(_NAMES) + r")(?![\w])"
_RUN = rf"{_KEY}(?:\s+{_KEY})*"
# In "press one of these keys" and "tapez un numéro" the number counts, and names no key.
_COUNTS = (
    r"(?!\s+(?:of|more|digit|de|des|n[uú]m[eé]ro|chiffre|bouton|code|"
    r"d[ií]gito|bot[oó]n|c[oó]digo|der|dieser)\b)"
)
_PRESS = re.compile(
    r"\b(?:press(?:ing)?|push|hit|drücken\s+sie|appuyez\s+sur|tapez|pulse|presione|oprima|marque)\s+"
    r"(?:bitte\s+)?(?:the\s+|die\s+|le\s+|la\s+|el\s+)?(?:key\s+|number\s+|taste\s+|touche\s+|tecla\s+)?"
    rf"({_RUN}(?:\s*(?:,|\bor\b|\band\b|\boder\b|\bund\b|\bou\b|\bet\b|\bo\b|\by\b)+\s*{_RUN})*)"
    + _COUNTS,
    re.IGNORECASE,
)
_ANY_KEY = re.compile(_KEY, re.IGNORECASE)
_ANY_RUN = re.compile(_RUN, re.IGNORECASE)
_RANGE = re.compile(
    rf"({_KEY})\s*(?:-|–|\bto\b|\bthrough\b|\bthru\b|\bbis\b|\bà\b|\bal?\b|\bhasta\b)\s*({_KEY})"
    rf"|\b(?:between|zwischen|entre)\s+({_KEY})\s+(?:and|und|et|y)\s+({_KEY})",
    re.IGNORECASE,
)
# Whoever is asked for an extension or a code knows it, or has it on paper.
_KNOWN_CODES = re.compile(
    r"\b(?:extensi[oó]n|code|pin|durchwahl|nebenstelle|poste|c[oó]digo|clave|interno|anexo)\b",
    re.IGNORECASE,
)
_LANGUAGES_READ = ("en", "de", "fr", "es")


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
    """The words of a prompt; None where a sound file, or words not read here, may say more."""
    parts: list[str] = []
    for element in elements:
        for inner in element.walk():
            language = (inner.literal("language") or "en").partition("-")[0]
            if inner.tag == "Play" or language not in _LANGUAGES_READ:
                return None
            parts += [child if isinstance(child, str) else " " for child in inner.children]
    return " ".join(parts)


def told_keys(words: str) -> list[str]:
    """The keys that callers are told to press, in order."""
    found: dict[str, None] = {}
    for told in _PRESS.finditer(words):
        for run in _ANY_RUN.findall(told[1]):
            found[_joined(run)] = None
    return list(found)


def _joined(run: str) -> str:
    """The keys of a run, as in `star nine` or `1 2`, in one."""
    return "".join(_NAMES.get(key.lower(), key) for key in _ANY_KEY.findall(run))


def _mentioned(words: str) -> set[str]:
    """Every key that the words speak of, alone, in a run or within a range."""
    keys = {_joined(key) for key in _ANY_KEY.findall(words)}
    keys.update(_joined(run) for run in _ANY_RUN.findall(words))
    for found in _RANGE.finditer(words):
        first, last = (_joined(end) for end in found.groups() if end)
        if first.isdecimal() and last.isdecimal() and len(first) == len(last) == 1:
            keys.update(str(key) for key in range(int(first), int(last) + 1))
    return keys


def _agree(
    choices: Iterable[str], prompt: Iterable[Element], gather: Element, span: Span
) -> Iterator[Diagnostic]:
    keys = list(choices)
    yield from _ended(keys, gather, span)
    words = _spoken(prompt)
    told = told_keys(words) if words is not None else []
    if not told or words is None:
        return
    written = _ANY_KEY.findall(words)
    for key in told:
        # The pound key ends an input; what it does is no choice of the menu. Keys told one after
        # the other may be a count, as in "press 1 two times".
        if key not in keys and key != "#" and (len(key) == 1 or key in written):
            message = f"the words say to press {key}, and the menu has no choice for it"
            hint = f"its choices are {', '.join(keys)}"
            yield UNKNOWN_KEY_SPOKEN.at(span, message, hint=hint)
    mentioned = _mentioned(words)
    codes_known = _KNOWN_CODES.search(words) is not None
    for key in keys:
        if key not in mentioned and not (len(key) > 1 and codes_known):
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
