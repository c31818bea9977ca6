"""What people write who think in other words: a text or a key comes in, how it is written goes out.

These are no slips of the hand, so no spelling is near to them; and none is mended by itself, for
a retry is not an attempt and a text may begin with a word that is a verb too.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

_ALONE = frozenset({"hangup", "leave", "echo"})

_INSIDE: Mapping[str, tuple[str, ...]] = {
    "retries": ("attempts",),
    "retry": ("attempts",),
    "tries": ("attempts",),
    "repeat": ("attempts",),
    "maxAttempts": ("attempts",),
    "options": ("choices",),
    "keys": ("choices",),
    "digits": ("choices", "numDigits"),
    "choices": ("options",),
    "say": ("prompt",),
    "greeting": ("prompt",),
    "question": ("prompt",),
    "ring": ("timeout",),
    "ringTime": ("timeout",),
    "ringFor": ("timeout",),
    "wait": ("timeout",),
    "seconds": ("timeout", "length"),
    "from": ("callerId",),
    "callerid": ("callerId",),
}
_OTHERWISE = frozenset({"default", "else", "otherwise", "onFailure", "noMatch", "noInput"})
_OUTCOMES = {
    "noanswer": "no-answer",
    "busy": "busy",
    "failed": "failed",
    "completed": "completed",
    "answered": "completed",
    "canceled": "canceled",
    "cancelled": "canceled",
}


_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SIGNS: Mapping[str, str] = {name: str(digit) for digit, name in enumerate(_DIGITS)} | {
    "star": "*",
    "asterisk": "*",
    "pound": "#",
    "hash": "#",
}


def sign_called(name: str) -> str | None:
    """The key of a phone that people call by a name: ``pound`` is ``#``."""
    return _SIGNS.get(name)


def choice_hint(key: str, sign: str | None) -> str | None:
    """What to write instead of a choice that is no key of a phone."""
    if sign is not None:
        return f'write "{sign}"'
    place = {"default": "fallback", "else": "fallback", "timeout": "silence"}.get(key)
    return None if place is None else f"what else can happen stands under '{place}'"


def as_step(text: str, verbs: Collection[str], bare: Collection[str]) -> str | None:
    """The step that a text was meant as which is, or begins with, the name of a verb."""
    text = text.strip()
    if text in bare:
        return text
    verb, _, rest = text.partition(" ")
    rest = rest.strip()
    if verb not in verbs or not rest:
        return None
    if verb in _ALONE:
        return verb
    if verb == "pause" and (length := re.match(r"[0-9]+\b", rest)):
        return f"pause: {{length: {length[0]}}}"
    return f"{verb}: {rest if len(rest) <= 40 else '…'}"


def as_map(verb: str, text: str, known: Collection[str]) -> str | None:
    """How a text stands in the map that a verb takes, which knows the keys ``known``."""
    short = text if len(text) <= 30 else "…"
    if re.search(r"[][{},#]|: ", short) and '"' not in short:
        short = f'"{short}"'
    number = re.fullmatch(r"([0-9]+) ?(s|secs?|seconds?)?", text)
    if number is not None:
        key = next((key for key in ("length", "maxLength") if key in known), None)
        return None if key is None else f"{key}: {number[1]}"
    if "prompt" in known:
        return f"prompt: {short}"
    if verb == "voicemail":
        return f"say: {short}"
    if verb == "connect":
        return f"stream: {{url: {short}}}" if text.startswith("wss:") else f"room: {short}"
    return None


def called_together(text: str) -> str | None:
    """What is said of a number that stands alone in the list of a dial."""
    if re.fullmatch(r"\+?[0-9][0-9 ().-]*", text) is None:
        return None
    return (
        f"write dial: {{number: [{text}, …]}} to ring all of them at once, or hunt: [{text}, …] to "
        "ring one after another"
    )


def bare_verbs(step: Mapping[str, Any]) -> list[str]:
    """The verbs that may stand alone, from the pattern in the schema of a step."""
    pattern = step.get("pattern", "")
    return re.findall(r"\w+", pattern.split("$|")[0]) if "^(" in pattern else []


def inside_hint(key: str, owner: str, known: Collection[str]) -> str | None:
    """What the part ``owner``, which knows the keys ``known``, calls what others call ``key``."""
    for name in _INSIDE.get(key, ()):
        if name in known:
            if name == "attempts" and key != "maxAttempts":
                return f"{owner} calls it 'attempts', and the first one counts too"
            return f"{owner} calls it '{name}'"
    if key in _OTHERWISE and ("choices" in known or "options" in known or "callerId" in known):
        return f"what follows otherwise is 'fallback:', beside {owner}: in the column of its name"
    return None


def beside_hint(key: str, verb: str) -> str | None:
    """How a step says what follows in a case that others give a key of its own."""
    if key in _OTHERWISE:
        return "what follows otherwise is called 'fallback'"
    outcome = _OUTCOMES.get(re.sub(r"[-_ ]|^on(?=[-_A-Z])", "", key).lower())
    if outcome is not None and verb in ("dial", "hunt"):
        return f"an outcome stands under 'when': when: {{{outcome}: …}}"
    return None
