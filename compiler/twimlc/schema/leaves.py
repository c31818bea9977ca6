"""The shape of single values: attributes of the vocabulary come in, JSON Schemas go out.

``$comment`` holds what a place takes in plain words; findings quote it, editors pass it over.
Whatever holds ``${`` is accepted anywhere, because its value is known only after expansion.
"""

import re
from typing import Any

from twimlc.vocabulary import Attribute, AttributeType, Fetch, Status

Schema = dict[str, Any]

EXPRESSION = "\\$\\{"
"""The pattern of text that is decided later."""

# Editors read +14155550100 and 12:30 as numbers and an empty value as null; we keep the text.
TEXT_TYPES = ["string", "number", "boolean", "null"]

STEP_REFERENCE: Schema = {"$ref": "#/definitions/steps/items"}

_T = AttributeType
_SYMBOLS = {
    "$current-document": "the running document",
    "$hold-music": "Twilio's hold music",
    "$caller-id": "the caller's number",
    "$timeout": "the value of timeout",
    "$language": "the value of language",
    "$sender": "whoever wrote",
    "$receiving-number": "the number that got the message",
}
_DOCUMENT_FETCHES = (Fetch.TWIML, Fetch.TWIML_LEG, Fetch.MEDIA_OR_TWIML)


def text(description: str = "", takes: str = "text", examples: tuple[str, ...] = ()) -> Schema:
    """Any text, however an editor may type it."""
    schema: Schema = {"type": [*TEXT_TYPES], "$comment": takes}
    if description:
        schema["description"] = description
    if examples:
        schema["examples"] = [*examples]
    return schema


def integer(description: str, low: int | None, high: int | None = None, unit: str = "") -> Schema:
    """A whole number, typed or as its canonical text."""
    schema: Schema = {
        "type": ["integer", "string", "null"],
        "pattern": f"^(0|[1-9][0-9]*)$|{EXPRESSION}",
        "$comment": whole_number(low, high, unit),
        "description": description,
    }
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
    return {
        "type": ["boolean", "string", "null"],
        "pattern": f"^(true|false)$|{EXPRESSION}",
        "$comment": "true or false",
        "description": description,
    }


def matching(pattern: str, takes: str, description: str) -> Schema:
    """Text of one form; ``pattern`` is matched against the whole of it."""
    return {
        "type": [*TEXT_TYPES],
        "pattern": f"^({pattern})$|{EXPRESSION}",
        "$comment": takes,
        "description": description,
    }


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


def _of_type(spec: Attribute) -> Schema:
    kind = spec.type
    if kind is _T.INTEGER:
        return integer("", spec.minimum, spec.maximum, spec.unit or "")
    if kind is _T.BOOLEAN:
        return boolean("")
    if kind is _T.DECIMAL:
        return {
            "type": ["number", "string", "null"],
            "pattern": f"^(0|[1-9][0-9]*)(\\.[0-9]+)?$|{EXPRESSION}",
            "$comment": "a number",
        }
    if kind is _T.METHOD:
        return one_of("", "GET", "POST", takes="GET or POST")
    if kind is _T.INTEGER_OR_KEYWORD:
        words = "|".join(map(re.escape, spec.keywords))
        return {
            "type": ["integer", "string", "null"],
            "pattern": f"^(0|[1-9][0-9]*|{words})$|{EXPRESSION}",
            "$comment": f"a whole number or {' or '.join(spec.keywords)}",
        }
    if kind is _T.ENUM and spec.values:
        return one_of("", *spec.values, *spec.aliases)
    if kind is _T.LIST_OF_ENUM and spec.values:
        return _several_words(spec)
    if kind in (_T.LIST_OF_ENUM, _T.LIST_OF_INTEGER, _T.COMMA_LIST):
        takes = "whole numbers" if kind is _T.LIST_OF_INTEGER else "text, or a list of texts"
        item = text(takes="text")
        return {"type": [*TEXT_TYPES, "array"], "items": item, "$comment": takes}
    if kind is _T.URL and spec.fetch in _DOCUMENT_FETCHES:
        return {
            "type": [*TEXT_TYPES, "array"],
            "minItems": 1,
            "items": STEP_REFERENCE,
            "$comment": "an address, the name of a state, or a list of steps",
        }
    if kind is _T.JSON_OBJECT:
        return {"type": [*TEXT_TYPES, "object"], "$comment": "JSON, as text or as a map"}
    return text(takes="an address" if kind is _T.URL else "text")


def _several_words(spec: Attribute) -> Schema:
    words = (*spec.values, *spec.aliases)
    one = "|".join(map(re.escape, words))
    shown = f"some of {', '.join(words)}"
    return {
        "type": [*TEXT_TYPES, "array"],
        "pattern": f"^({one})( ({one}))*$|{EXPRESSION}",
        "items": one_of("", *words),
        "$comment": shown,
    }


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
        parts.append(f"Left out: {_SYMBOLS[spec.default]}.")
    if spec.status is not Status.CURRENT:
        parts.append(f"Status: {spec.status.value.replace('-', ' ')}.")
    return " ".join(part for part in parts if part)
