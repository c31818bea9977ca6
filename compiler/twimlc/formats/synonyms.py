"""What people write who think in other words: a text or a key comes in, how it is written goes out.

These are not typos, so no spelling is near to them. None is fixed automatically: a retry is not an
attempt, and text may begin with a word that is a verb too.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from twimlc.about import URL
from twimlc.vocabulary.blocks import BLOCKS, SIDE_KEYS
from twimlc.yaml.names import folded

_ALONE = frozenset({"hangup", "leave", "echo"})

_INSIDE: Mapping[str, tuple[str, ...]] = {
    "attempts": ("retries", "retry", "tries", "repeat", "maxAttempts"),
    "choices": ("options", "keys", "digits"),
    "numDigits": ("digits",),
    "options": ("choices",),
    "prompt": ("say", "greeting", "question"),
    "timeout": ("ring", "ringTime", "ringFor", "wait", "seconds"),
    "length": ("seconds",),
    "callerId": ("from", "callerid"),
}
"""Our names for a key of a part, and what others call it."""
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
_TIMES = frozenset(
    {"hours", "openinghours", "businesshours", "officehours", "schedule"}
    | {"time", "timeofday", "localtime", "currenttime", "hour", "minute", "now", "clock"}
    | {"timezone", "date", "today", "day", "dayofweek", "weekday", "weekend", "daytime"}
    | {"holiday", "holidays"}
)
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SIGNS: Mapping[str, str] = {name: str(digit) for digit, name in enumerate(_DIGITS)} | {
    "star": "*",
    "asterisk": "*",
    "pound": "#",
    "hash": "#",
}


def clock_hint(name: str) -> str | None:
    """What to do instead of asking for the time, where ``name`` means it."""
    if folded(name) not in _TIMES:
        return None
    return f"the step hours asks a calendar for the time, see {URL}/blob/main/docs/hours.md"


def sign_called(name: str) -> str | None:
    """The key of a phone that people call by a name: ``pound`` is ``#``."""
    return _SIGNS.get(name)


def choice_hint(key: str, sign: str | None) -> str | None:
    """What to write instead of a choice that is not a phone key."""
    if sign is not None:
        return f'write "{sign}"'
    if key in SIDE_KEYS:
        return f"'{key}' belongs beside menu: in the column of its name"
    place = {"default": "fallback", "else": "fallback", "timeout": "silence"}.get(key)
    if place is None and key in BLOCKS["menu"].parts:
        return f"'{key}' belongs inside menu, beside choices: in the column of its name"
    return None if place is None else f"other outcomes go under '{place}'"


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
    """How a text is written in the map that a verb takes, which knows the keys ``known``."""
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
    """What is said of a number that is alone in the list of a dial."""
    if re.fullmatch(r"\+?[0-9][0-9 ().-]*", text) is None:
        return None
    return (
        f"write dial: {{number: [{text}, …]}} to ring all of them at once, or hunt: [{text}, …] to "
        "ring one after another"
    )


def bare_verbs(step: Mapping[str, Any]) -> list[str]:
    """The verbs that may be alone, from the pattern in the schema of a step."""
    pattern = step.get("pattern", "")
    return re.findall(r"\w+", pattern.split("$|")[0]) if "^(" in pattern else []


def inside_hint(key: str, owner: str, known: Collection[str]) -> str | None:
    """What the part ``owner``, which knows the keys ``known``, calls what others call ``key``."""
    for name, others in _INSIDE.items():
        if key in others and name in known:
            too = name == "attempts" and key != "maxAttempts"
            return f"{owner} calls it '{name}'" + (", and the first one counts too" if too else "")
    if key in _OTHERWISE and ("choices" in known or "options" in known or "callerId" in known):
        return f"every other outcome goes to 'fallback:', beside {owner}: in the column of its name"
    return None


def beside_hint(key: str, verb: str) -> str | None:
    """How a step says what follows in a case that others give a key of its own."""
    if key in _OTHERWISE:
        return "every other outcome goes to 'fallback'"
    outcome = _OUTCOMES.get(re.sub(r"[-_ ]|^on(?=[-_A-Z])", "", key).lower())
    if outcome is not None and verb in ("dial", "hunt"):
        return f"outcomes go under 'when': when: {{{outcome}: …}}"
    return None
