"""The shape of single values: attributes of the vocabulary come in, JSON Schemas go out.

``$comment`` holds what a place takes in plain words; findings quote it, editors pass it over.
Whatever holds ``${`` is accepted anywhere, because its value is known only after expansion.
"""

import re
from collections.abc import Sequence
from typing import Any

from twimlc.vocabulary import TWIML_FETCHES, Attribute, AttributeType, Status
from twimlc.yaml.names import DEVICE_NAMES

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"

NAME = f"(?!({'|'.join(sorted(DEVICE_NAMES))})$)[a-z][a-z0-9-]{{0,63}}"
PARAM_NAME = "(?!(call|flow|state|target|row)$)[A-Za-z_][A-Za-z0-9_]{0,63}"

EXPRESSION = "\\$\\{"
"""The pattern of text that is decided later."""

# Editors read +14155550100 and 12:30 as numbers and an empty value as null; we keep the text.
TEXT_TYPES = ["string", "number", "boolean", "null"]

LIST, MAP, ITEM = ["array", "string"], ["object", "string", "null"], ["object", "string"]

STEP_REFERENCE: Schema = {"$ref": "#/definitions/steps/items"}
PROMPT_REFERENCE: Schema = {"$ref": "#/definitions/words/items"}

_T = AttributeType
_SYMBOLS = {
    "$current-document": "the current document",
    "$hold-music": "Twilio's hold music",
    "$caller-id": "the caller's number",
    "$timeout": "the value of timeout",
    "$language": "the value of language",
    "$sender": "the sender",
    "$receiving-number": "the number that received the message",
}


def text(description: str = "", takes: str = "text") -> Schema:
    """Any text, however an editor may type it."""
    schema: Schema = {"type": [*TEXT_TYPES], "$comment": takes}
    return schema | ({"description": description} if description else {})


def later(types: list[str], takes: str, description: str = "", **rest: Any) -> Schema:
    """A list or map, or the text that says which one; ``rest`` is what is asked of it."""
    schema: Schema = {"type": types, "pattern": EXPRESSION, **rest, "$comment": takes}
    return schema | ({"description": description} if description else {})


def known(takes: str, description: str, properties: dict[str, Schema], *needed: str) -> Schema:
    """A map of known keys, of which those that are ``needed`` have to be there."""
    rest: Schema = {"properties": properties, "additionalProperties": False}
    rest |= {"required": [*needed]} if needed else {}
    return later(ITEM if needed else MAP, takes, description, **rest)


def names(pattern: str, item: Schema, takes: str, description: str, **rest: Any) -> Schema:
    """A map whose keys its author chooses; ``rest`` is what else is asked of it."""
    keys = {"patternProperties": {f"^{pattern}$": item}, "additionalProperties": False}
    words = {"$comment": takes, "description": description}
    return {"type": ["object", "null"], **rest, **keys, **words}


def or_one(schema: Schema, item: Schema | None = None) -> Schema:
    """A list whose one item may be without its dash. ``item`` refers to an inline one.

    Editors read ``then`` as it is; here it marks the places where a single item becomes a list.
    """
    types = [*schema["type"], "object"]
    item = item or schema["items"]
    return {**schema, "type": types, "if": {"type": "object"}, "then": item}


def integer(description: str, low: int | None, high: int | None = None, unit: str = "") -> Schema:
    """A whole number, typed or as its canonical text."""
    types, takes = ["integer", "string", "null"], whole_number(low, high, unit)
    schema = _text_of(types, f"^(0|[1-9][0-9]*)$|{EXPRESSION}", takes, description)
    if low is not None:
        schema["minimum"] = low
    if high is not None:
        schema["maximum"] = high
    return schema


def whole_number(low: int | None, high: int | None, unit: str | None) -> str:
    """In words: "a whole number of seconds from 1 to 600"."""
    words = "a whole number" + (f" of {unit}" if unit else "")
    if low is not None and high is not None:
        return f"{words} from {low} to {high}"
    if low is not None:
        return f"{words}, {low} or more"
    return words if high is None else f"{words} up to {high}"


def one_of(description: str, *values: str, takes: str = "") -> Schema:
    """One of a few words. Editors offer the words; text that is decided later is let through."""
    return {
        "anyOf": [
            {"enum": _typed_too(values)},
            {"type": ["string", "null"], "pattern": EXPRESSION},
        ],
        "$comment": takes or f"one of {', '.join(values)}",
        "description": description,
    }


def boolean(description: str) -> Schema:
    """A switch, typed or as its canonical text."""
    pattern = f"^(true|false)$|{EXPRESSION}"
    return _text_of(["boolean", "string", "null"], pattern, "true or false", description)


def matching(pattern: str, takes: str, description: str) -> Schema:
    """Text of one form; ``pattern`` is matched against the whole of it."""
    return _text_of([*TEXT_TYPES], f"^({pattern})$|{EXPRESSION}", takes, description)


def _text_of(types: list[str], pattern: str, takes: str, description: str) -> Schema:
    return {"type": types, "pattern": pattern, "$comment": takes, "description": description}


def attribute(spec: Attribute) -> Schema:
    """The shape of one attribute, or of the text of an element."""
    schema = _of_type(spec)
    schema["description"] = _hover_help(spec)
    default = _default(spec)
    if default is not None:
        schema["default"] = default
    examples = [*spec.known_values][:40]
    if spec.type in (_T.LIST_OF_ENUM, _T.LIST_OF_INTEGER):
        examples = [*spec.values]
    if examples:
        schema["examples"] = examples
    return schema


def takes(spec: Attribute) -> str:
    """What a value of an attribute looks like, in words; ``text`` where a schema asks no more."""
    return str(_of_type(spec)["$comment"])


def _of_type(spec: Attribute) -> Schema:
    kind, words = spec.type, (*spec.values, *spec.aliases)
    if kind is _T.INTEGER:
        return integer("", spec.minimum, spec.maximum, spec.unit or "")
    if kind is _T.BOOLEAN:
        return boolean("")
    if kind is _T.DECIMAL:
        pattern = f"^(0|[1-9][0-9]*)(\\.[0-9]+)?$|{EXPRESSION}"
        types = ["number", "string", "null"]
        return {"type": types, "pattern": pattern, "$comment": "a number"}
    if kind is _T.METHOD:
        return one_of("", "GET", "POST", takes="GET or POST")
    if kind is _T.INTEGER_OR_KEYWORD:
        pattern = f"^(0|[1-9][0-9]*|{_any_of(spec.keywords)})$|{EXPRESSION}"
        comment = f"a whole number or {' or '.join(spec.keywords)}"
        return {"type": ["integer", "string", "null"], "pattern": pattern, "$comment": comment}
    if kind is _T.ENUM and spec.values:
        return one_of("", *words)
    several: Schema = {"type": [*TEXT_TYPES, "array"]}
    if kind is _T.LIST_OF_ENUM and spec.values:
        one = _any_of(words)
        several |= {"pattern": f"^({one})( ({one}))*$|{EXPRESSION}", "items": one_of("", *words)}
        return several | {"$comment": f"some of {', '.join(words)}"}
    if kind is _T.LIST_OF_INTEGER:
        return several | {"items": text(), "$comment": "whole numbers"}
    if kind in (_T.LIST_OF_ENUM, _T.COMMA_LIST):
        return several | {"items": text(), "$comment": "text, or a list of text items"}
    if spec.fetch in TWIML_FETCHES:
        comment = "an address, the name of a state, or a list of steps"
        return or_one(several | {"minItems": 1, "items": STEP_REFERENCE, "$comment": comment})
    if kind is _T.JSON_OBJECT:
        return {"type": [*TEXT_TYPES, "object"], "$comment": "JSON, as text or as a map"}
    return text(takes="an address" if kind is _T.URL else "text")


def _any_of(words: Sequence[str]) -> str:
    """A pattern of words. ECMAScript, whose dialect schemas are in, refuses an escaped dash."""
    return "|".join(re.escape(word).replace(r"\-", "-") for word in words)


def _typed_too(values: tuple[str, ...]) -> list[str | int | bool]:
    """The words, and the values that YAML makes of those that look typed."""
    known: list[str | int | bool] = [*dict.fromkeys(values)]
    known += [word == "true" for word in values if word in ("true", "false")]
    known += [int(word) for word in values if re.fullmatch(r"0|[1-9][0-9]*", word)]
    return known


def _default(spec: Attribute) -> str | int | bool | None:
    default = spec.default
    if default is None or default.startswith("$"):
        return None
    if spec.type is _T.BOOLEAN:
        return default == "true"
    if spec.type is _T.INTEGER and default.isdecimal():
        return int(default)
    return default


def _hover_help(spec: Attribute) -> str:
    parts = [spec.note]
    if spec.type is _T.INTEGER and (spec.unit or spec.minimum is not None):
        words = whole_number(spec.minimum, spec.maximum, spec.unit)
        parts.append(f"{words[0].upper()}{words[1:]}.")
    if spec.max_length is not None:
        parts.append(f"At most {spec.max_length} characters.")
    if spec.default is not None and spec.default in _SYMBOLS:
        parts.append(f"Default: {_SYMBOLS[spec.default]}.")
    if spec.status is not Status.CURRENT:
        parts.append(f"Status: {spec.status.value.replace('-', ' ')}.")
    return " ".join(part for part in parts if part)
