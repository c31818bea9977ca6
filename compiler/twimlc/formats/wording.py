"""What is said about a value of the wrong shape: a place and the keyword it breaks come in.

What a place takes is in the ``$comment`` of its schema.
"""

import re
from collections.abc import Mapping as Table
from decimal import Decimal
from typing import Any

from twimlc import vocabulary
from twimlc.findings import Diagnostic, Edit, Fix, rules
from twimlc.findings.edits import rewrite, space_after
from twimlc.formats.keys import BLOCK_VERBS
from twimlc.formats.place import Place
from twimlc.formats.synonyms import as_map, as_step, bare_verbs, called_together
from twimlc.formats.validator import BESIDE, PROMPT_STEP, STEP
from twimlc.text import Span, clip
from twimlc.yaml import names
from twimlc.yaml.tree import Mapping, Node, Scalar, Sequence, is_empty, key_spans

Schema = Table[str, Any]

_SWITCHES = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}


def word(place: Place, keyword: str, wanted: Any, schema: Schema) -> Diagnostic:
    """The finding about one broken keyword."""
    if keyword == "required":
        return _missing(place, [next(key for key in wanted if key not in key_spans(place.node))])
    if keyword == "anyOf" and "required" in wanted[0]:
        return _missing(place, [part["required"][0] for part in wanted])
    if keyword in ("minItems", "minProperties"):
        hint = _filler(schema.get("$comment", ""))
        return rules.EMPTY_LIST.at(place.value_span, f"{place.name} is empty", hint=hint)
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
        hint, fix = _among(place.node, among)
        asked = not place.lacks("action") or not place.lacks("url")
        if place.key == "method" and not asked and codes is not None:
            fix = None  # spelt right it would be refused where the compiler writes the action
            verb = vocabulary.verbs("voice").get(place.owner or "")
            if verb is not None and verb.default_action is not None:
                hint = "leave it out: it says how an action is asked for, and there is none"
        return rules.BAD_VALUE.at(span, message, hint=hint, fix=fix, twilio=codes)
    if keyword in ("minimum", "maximum"):
        return rules.BAD_VALUE.at(span, message, twilio=codes)
    of_text = types >= {"boolean", "number"} or takes.startswith("some of")
    if keyword == "pattern" and of_text:
        hint, fix = _among(place.node, takes)
        return rules.BAD_VALUE.at(span, message, hint=hint, fix=fix, twilio=codes)
    hint, fix = _rewrite(place, schema, types)
    return rules.WRONG_TYPE.at(span, message, hint=hint, fix=fix, twilio=codes)


def _types(schema: Schema) -> set[str]:
    types = schema.get("type", ("string", "null") if "anyOf" in schema else ())
    return {types} if isinstance(types, str) else {*types}


def _got(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a map"
    if isinstance(node, Sequence):
        return "a list"
    if node.value is None:
        return "nothing"
    if isinstance(node.value, (bool, int, Decimal)):
        return node.text
    return f"'{clip(node.text)}'"


def _missing(place: Place, keys: list[str]) -> Diagnostic:
    quoted = [f"'{key}'" for key in keys]
    shown = " or ".join(quoted) if len(keys) < 3 else f"one of {', '.join(quoted)}"
    codes = _codes_of_missing(place, keys)
    return rules.MISSING_KEY.at(place.head_span, f"{place.name} needs {shown}", twilio=codes)


def _codes_of_missing(place: Place, keys: list[str]) -> tuple[int, ...]:
    """Twilio's codes for an element without its text or attribute."""
    kind: vocabulary.DocumentKind = "messaging" if place.messaging else "voice"
    parent = vocabulary.verbs(kind).get(place.owner or "")
    spec = (vocabulary.verbs(kind) if parent is None else parent.inside).get(place.key or "")
    if spec is None:
        return ()
    text = [spec.text] if spec.text is not None and spec.text.name in keys else []
    parts = (*text, *(spec.attributes[key] for key in keys if key in spec.attributes))
    return tuple(dict.fromkeys(code for part in parts for code in part.twilio))


def _nothing(place: Place, takes: str) -> Diagnostic:
    if takes == "a list of steps":
        message = f"{place.name} has no steps"
        return rules.EMPTY_LIST.at(place.value_span, message, hint=_filler(takes))
    message = f"there is nothing after '{place.key}:'; it takes {takes}"
    return rules.MISSING_KEY.at(place.value_span, message)


def _filler(takes: str) -> str | None:
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
    article = "an" if noun == "item" else "a"
    hint: str | None
    fix = None
    if is_empty(node):
        verb = "say" if "say" in verbs and not place.messaging else verbs[0]
        hint = f"for example '- {verb}: …', or drop the dash"
        return rules.NO_VERB.at(node.span, f"this {noun} is empty", hint=hint)
    if not isinstance(node, Scalar):
        message = f"{article} {noun} is a map with one verb, not {_got(node)}"
        return rules.NO_VERB.at(node.span, message, hint="there is one dash too many")
    text = node.text
    verb, colon, rest = text.partition(":")
    if colon and verb in known:
        hint = f"a space is missing after the colon: '{verb}: {rest}'"
        fix = space_after(node.span, f"{verb}:")
    elif text in place.states and schema["$comment"] == STEP:
        hint = f"to go to the state '{text}', write 'goto: {text}'"
    elif text in known:
        hint = f"write what it takes after a colon: '{text}: …'"
    elif noun == "step" and (step := as_step(text, verbs, ())) is not None:
        what = "a colon is missing after the verb" if ":" in step else "it stands alone"
        hint = f"{what}: '- {step}'"
    elif place.key == "dial" and (together := called_together(text)) is not None:
        hint = together
    elif (near := names.nearest(text, [*bare, *verbs])) is not None:
        hint = f"did you mean '{near}'?"
        fix = names.respell(node.span, text, [*bare, *verbs]) if near in bare else None
    elif noun == "step" and schema["$comment"] == STEP and names.valid_name(text) is None:
        hint = f"to go to the state '{text}', write 'goto: {text}'"
    else:
        hint = f"to speak text, write 'say: {_short(text)}'" if "say" in known else None
    message = f"{_got(node)} alone is not {article} {noun}"
    return rules.NO_VERB.at(node.span, message, hint=hint, fix=fix)


def _short(text: str) -> str:
    return text if len(text) <= 30 else "…"


def _bad_name(node: Scalar, name: str, *, param: bool) -> Diagnostic:
    reason = names.valid_param(node.text) if param else names.valid_name(node.text)
    proposal = None if param else names.proposed_name(node.text)
    message = f"'{node.text}' cannot be the name here ({name}): {reason or 'it is not text'}"
    hint = None if proposal is None else f"write '{proposal}'"
    return rules.BAD_NAME.at(node.span, message, hint=hint)


def _codes(place: Place) -> tuple[int, ...] | None:
    owner = BLOCK_VERBS.get(place.owner or "", place.owner)
    specs = (e.attributes.get(place.key or "") for e in vocabulary.ELEMENTS if e.key == owner)
    return next((spec.twilio or None for spec in specs if spec is not None), None)


def _among(node: Node, takes: str) -> tuple[str | None, Fix | None]:
    """Which of the words that are taken is meant."""
    if not isinstance(node, Scalar):
        return None, None
    if takes.startswith("some of "):
        return _some(node, takes.removeprefix("some of ").split(", "))
    words = takes.removeprefix("one of ").split(", ")
    switch = _SWITCHES.get(node.text.lower()) if node.text.isalpha() else None
    if switch is not None and switch in words:
        return f"write {switch}", rewrite(node.span, node.text, switch)
    return names.hint_and_fix(node.span, node.text, words)


def _some(node: Scalar, words: list[str]) -> tuple[str | None, Fix | None]:
    """The same for a text of several words: commas between them, or one that is misspelt."""
    given = [word for part in node.text.split(",") for word in part.split() or [""]]
    wrong = [each for each in given if each not in words]
    if "," not in node.text:
        fix = names.respell_part(node.span, wrong[0], words) if len(wrong) == 1 else None
        return names.meant(wrong[0] if wrong else node.text, words), fix
    hint = "separate the words with one space, or write a list"
    if wrong or node.span.via is not None or "," not in node.span.text:
        return hint, None
    commas = re.finditer(r"(?:(?<!\s)\s+)?,\s*", node.span.text)
    start, file = node.span.start, node.span.file
    edits = (Edit(Span(file, start + c.start(), start + c.end()), " ") for c in commas)
    return hint, Fix("separate the words with spaces", tuple(edits))


def _rewrite(place: Place, schema: Schema, types: set[str]) -> tuple[str | None, Fix | None]:
    """How the value could be written so that it fits."""
    node = place.node
    if not isinstance(node, Scalar):
        return _rewrite_part(place, types), None
    text = node.text.strip()
    if text.startswith(("“", "‘", "„")):
        return "curly quotes are part of the value: use straight quotes", None
    if "integer" in types:
        number = re.fullmatch(r"\+?([0-9]{1,18})(\.0+)?( ?(s|secs?|seconds?))?", text)
        if number is None:
            return None, None
        return _written(node, str(int(number[1])))
    if types & {"boolean"} and not types & {"number", "array"}:
        words = ("true", "false")
        value = text.lower() if text.lower() in words else _SWITCHES.get(text.lower())
        value = value or names.beyond_doubt(text, words)
        return (None, None) if value is None else _written(node, value)
    known: Schema = schema.get("properties", {})
    if "object" in types and known:
        if (near := names.nearest(text, known)) is not None and near in schema.get("pattern", ""):
            return f"did you mean '{near}'?", None
        if (inside := as_map(place.key or "", text, known)) is not None:
            return f"write {place.key}: {{{inside}}}", None
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
