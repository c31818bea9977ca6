"""What is said about a value of the wrong shape: a place and the keyword it breaks come in.

What a place takes is told by the ``$comment`` of its schema.
"""

import re
from collections.abc import Mapping as Table
from decimal import Decimal
from typing import Any

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Fix
from twimlc.diagnostics.edits import blank_behind, rewrite
from twimlc.diagnostics.rules.shape import (
    BAD_NAME,
    BAD_VALUE,
    EMPTY_LIST,
    MISSING_KEY,
    NO_VERB,
    WRONG_TYPE,
)
from twimlc.schema.compiled import BESIDE, PROMPT_STEP, STEP
from twimlc.schema.keys import BLOCK_VERBS
from twimlc.schema.other_words import as_map, as_step, bare_verbs, called_together
from twimlc.schema.place import Place
from twimlc.source.names import meant, nearest, proposed_name, valid_name, valid_param
from twimlc.source.respell import beyond_doubt, respell, respell_part
from twimlc.source.tree import Mapping, Node, Scalar, Sequence, is_empty
from twimlc.text import Span

Schema = Table[str, Any]

_SWITCHES = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}


def word(place: Place, keyword: str, wanted: Any, schema: Schema) -> Diagnostic:
    """The finding about one broken keyword."""
    if keyword == "required":
        missing = next(key for key in wanted if _lacks(place.node, key))
        return _missing(place, [missing])
    if keyword == "anyOf" and "required" in wanted[0]:
        return _missing(place, [part["required"][0] for part in wanted])
    if keyword in ("minItems", "minProperties"):
        message, hint = f"{place.name} is empty", _filler(schema)
        return EMPTY_LIST.at(place.value_span, message, hint=hint)
    if schema.get("$comment") in BESIDE:
        return _no_step(place, schema)
    takes = schema.get("$comment", "another kind of value")
    types = _types(schema)
    if is_empty(place.node) and "null" not in types:
        return _nothing(place, takes)
    message = f"{place.name} takes {takes}, not {_got(place.node)}"
    span, codes = place.value_span, _codes(place)
    if isinstance(place.node, Scalar) and takes.startswith(("a name made", "the name of a value")):
        return _bad_name(place.node, place.name, param=takes.startswith("the name of"))
    if keyword in ("enum", "anyOf") and isinstance(place.node, Scalar):
        choices = (value for part in wanted for value in part.get("enum", ()))
        among = ", ".join(str(value) for value in choices if value is not True)
        hint, fix = _among(place.node, among), _among_fix(place.node, among)
        asked = not place.lacks("action") or not place.lacks("url")
        if place.key == "method" and not asked and codes is not None:
            fix = None  # spelt right it would be refused where the compiler writes the action
            if place.owner in ("gather", "record", "pay"):
                hint = "leave it out: it says how an action is asked for, and there is none"
        return BAD_VALUE.at(span, message, hint=hint, fix=fix, twilio=codes)
    if keyword in ("minimum", "maximum"):
        return BAD_VALUE.at(span, message, twilio=codes)
    of_text = types >= {"boolean", "number"} or takes.startswith("some of")
    if keyword == "pattern" and of_text:
        fix = _among_fix(place.node, takes)
        return BAD_VALUE.at(span, message, hint=_among(place.node, takes), fix=fix, twilio=codes)
    hint, fix = _rewrite(place, schema, types)
    return WRONG_TYPE.at(span, message, hint=hint, fix=fix, twilio=codes)


def _lacks(node: Node, key: str) -> bool:
    return not isinstance(node, Mapping) or node.get(key) is None


def _types(schema: Schema) -> set[str]:
    names = schema.get("type", ("string", "null") if "anyOf" in schema else ())
    return {names} if isinstance(names, str) else {*names}


def _got(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a map"
    if isinstance(node, Sequence):
        return "a list"
    if node.value is None:
        return "nothing"
    if isinstance(node.value, (bool, int, Decimal)):
        return node.text
    text = node.text if len(node.text) <= 60 else node.text[:57] + "…"
    return f"'{text}'"


def _missing(place: Place, keys: list[str]) -> Diagnostic:
    shown = f"'{keys[0]}'"
    if len(keys) > 1:
        shown = "one of " + ", ".join(f"'{key}'" for key in keys)
    if len(keys) == 2:
        shown = f"'{keys[0]}' or '{keys[1]}'"
    codes = _codes_of_missing(place, keys)
    return MISSING_KEY.at(place.head_span, f"{place.name} needs {shown}", twilio=codes)


def _codes_of_missing(place: Place, keys: list[str]) -> tuple[int, ...]:
    """Twilio's codes for an element without its text or attribute."""
    kind: vocabulary.DocumentKind = "messaging" if place.messaging else "voice"
    parent = vocabulary.element_by_key(kind, None, place.owner or "")
    spec = vocabulary.element_by_key(kind, parent, place.key or "")
    if spec is None:
        return ()
    text = [spec.text] if spec.text is not None and spec.text.name in keys else []
    parts = (*text, *(spec.attributes[key] for key in keys if key in spec.attributes))
    return tuple(dict.fromkeys(code for part in parts for code in part.twilio))


def _nothing(place: Place, takes: str) -> Diagnostic:
    if takes == "a list of steps":
        hint = "write at least one step, such as '- hangup'"
        return EMPTY_LIST.at(place.value_span, f"{place.name} has no steps", hint=hint)
    message = f"there is nothing behind '{place.key}:'; it takes {takes}"
    return MISSING_KEY.at(place.value_span, message)


def _filler(schema: Schema) -> str | None:
    takes = schema.get("$comment", "")
    if "the name of a state" in takes:
        return "write 'next' to go on with the next step, or 'hangup'"
    if "list of steps" in takes:
        return "write at least one step, such as '- hangup'"
    return None


def _no_step(place: Place, schema: Schema) -> Diagnostic:
    node, known = place.node, schema["properties"]
    beside = BESIDE[schema["$comment"]]
    verbs = [key for key in known if key not in beside]
    bare = bare_verbs(schema)
    noun = "item" if schema["$comment"] not in (STEP, PROMPT_STEP) else "step"
    hint: str | None
    fix = None
    if is_empty(node):
        verb = "say" if "say" in verbs and not place.messaging else verbs[0]
        hint = f"for example '- {verb}: …', or drop the dash"
        return NO_VERB.at(node.span, f"this {noun} is empty", hint=hint)
    if not isinstance(node, Scalar):
        message = f"a {noun} is a map with one verb, not {_got(node)}"
        return NO_VERB.at(node.span, message, hint="one of the dashes is too many")
    text = node.text
    verb, colon, rest = text.partition(":")
    if colon and verb in known:
        hint = f"a blank is missing behind the colon: '{verb}: {rest}'"
        fix = blank_behind(node.span, f"{verb}:")
    elif text in known:
        hint = f"write what it takes behind a colon: '{text}: …'"
    elif noun == "step" and (step := as_step(text, verbs, ())) is not None:
        what = "a colon is missing behind the verb" if ":" in step else "it stands alone"
        hint = f"{what}: '- {step}'"
    elif place.key == "dial" and (together := called_together(text)) is not None:
        hint = together
    elif (near := nearest(text, [*bare, *verbs])) is not None:
        hint = f"did you mean '{near}'?"
        fix = respell(node.span, text, [*bare, *verbs]) if near in bare else None
    elif noun == "step" and schema["$comment"] == STEP and valid_name(text) is None:
        hint = f"to go to the state '{text}', write 'goto: {text}'"
    else:
        hint = f"to speak a text, write 'say: {_short(text)}'" if "say" in known else None
    return NO_VERB.at(node.span, f"{_got(node)} alone is no {noun}", hint=hint, fix=fix)


def _short(text: str) -> str:
    return text if len(text) <= 30 else "…"


def _bad_name(node: Scalar, name: str, *, param: bool) -> Diagnostic:
    reason = valid_param(node.text) if param else valid_name(node.text)
    proposal = None if param else proposed_name(node.text)
    message = f"'{node.text}' cannot be the name here ({name}): {reason or 'it is not a text'}"
    hint = None if proposal is None else f"'{proposal}' would do"
    return BAD_NAME.at(node.span, message, hint=hint)


def _codes(place: Place) -> tuple[int, ...] | None:
    owner = BLOCK_VERBS.get(place.owner or "", place.owner)
    for element in (*vocabulary.VOICE.values(), *vocabulary.MESSAGING.values()):
        spec = element.attributes.get(place.key or "")
        if element.key == owner and spec is not None:
            return spec.twilio or None
    return None


def _among(node: Node, takes: str) -> str | None:
    if not isinstance(node, Scalar):
        return None
    words = takes.removeprefix("some of ").split(", ")
    if "," in node.text and takes.startswith("some of"):
        return "the words stand with one blank between them, or in a list"
    if takes.startswith("some of"):
        wrong = next((each for each in node.text.split() if each not in words), node.text)
        return meant(wrong, words)
    switch = _SWITCHES.get(node.text.lower()) if node.text.isalpha() else None
    return f"write {switch}" if switch in words else meant(node.text, words)


def _among_fix(node: Node, takes: str) -> Fix | None:
    if not isinstance(node, Scalar):
        return None
    if takes.startswith("some of "):
        return _some_fix(node, takes.removeprefix("some of ").split(", "))
    words = takes.removeprefix("one of ").split(", ")
    switch = _SWITCHES.get(node.text.lower()) if node.text.isalpha() else None
    if switch in words:
        return rewrite(node.span, node.text, switch)
    return respell(node.span, node.text, words)


def _some_fix(node: Scalar, words: list[str]) -> Fix | None:
    """The fix for a text of several words: their commas taken out, or the one that is misspelt."""
    given = [word for part in node.text.split(",") for word in part.split() or [""]]
    wrong = [each for each in given if each not in words]
    if len(wrong) == 1 and "," not in node.text:
        return respell_part(node.span, wrong[0], words)
    if wrong or "," not in node.text or node.span.via is not None or "," not in node.span.text:
        return None
    commas = re.finditer(r"(?:(?<!\s)\s+)?,\s*", node.span.text)
    start, file = node.span.start, node.span.file
    edits = (Edit(Span(file, start + c.start(), start + c.end()), " ") for c in commas)
    return Fix("part the words with blanks", tuple(edits))


def _rewrite(place: Place, schema: Schema, types: set[str]) -> tuple[str | None, Fix | None]:
    """How the value could be written so that it fits."""
    node = place.node
    if not isinstance(node, Scalar):
        return _rewrite_part(place, types), None
    text = node.text.strip()
    if "integer" in types:
        number = re.fullmatch(r"\+?([0-9]{1,18})(\.0+)?( ?(s|secs?|seconds?))?", text)
        if number is None:
            return None, None
        return _written(node, str(int(number[1])))
    if types & {"boolean"} and not types & {"number", "array"}:
        words = ("true", "false")
        value = text.lower() if text.lower() in words else _SWITCHES.get(text.lower())
        value = value or beyond_doubt(text, words)
        return (None, None) if value is None else _written(node, value)
    known: Schema = schema.get("properties", {})
    if "object" in types and known:
        if (near := nearest(text, known)) is not None and near in schema.get("pattern", ""):
            return f"did you mean '{near}'?", None
        if (meant := as_map(place.key or "", text, known)) is not None:
            return f"write {place.key}: {{{meant}}}", None
    if schema.get("$comment") == "a list of steps":
        step = schema.get("items", {})
        whole = as_step(text, step.get("properties", ()), bare_verbs(step))
        return f"write it as a list: '- {whole or f'say: {_short(text)}'}'", None
    return None, None


def _rewrite_part(place: Place, types: set[str]) -> str | None:
    if isinstance(place.node, Mapping) and "array" in types and "object" not in types:
        return "put a dash before each item"
    if isinstance(place.node, Mapping) and len(place.node) == 1:
        entry = place.node.entries[0]
        if is_empty(entry.value):
            return f'for the value of a param write "${{{entry.key}}}", with quotes'
    if isinstance(place.node, Sequence) and "object" in types:
        return "drop the dashes"
    return None


def _written(node: Scalar, value: str) -> tuple[str, Fix | None]:
    return f"write {value}", rewrite(node.span, node.text, value, f"write {value}")
