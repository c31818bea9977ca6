"""The shape of a flow file and of a component: nothing comes in, their JSON Schema goes out."""

from twimlc.schema.blocks import PARAM_NAME, block_defaults, steps, words
from twimlc.schema.elements import definitions, pointers, references, table
from twimlc.schema.leaves import EXPRESSION, Schema, matching, one_of, text
from twimlc.source.names import DEVICE_NAMES

DRAFT = "http://json-schema.org/draft-07/schema#"

NAME = f"(?!({'|'.join(sorted(DEVICE_NAMES))})$)[a-z][a-z0-9-]{{0,63}}"
STATE_NAME = f"(?!(hangup|next)$){NAME}"


def flow_schema() -> Schema:
    """The schema of a flow file. A component's file is a flow file without the call around it."""
    body = _body()
    return {
        "$schema": DRAFT,
        "title": "A twimlc call flow",
        "description": "What the caller hears, what they can do, and where each outcome leads.",
        "type": "object",
        "properties": {
            "flow": matching(NAME, "a name made of a-z, 0-9 and '-'", _FLOW_HELP),
            "kind": one_of("What is answered: calls or messages.", "voice", "messaging"),
            **pointers("#/definitions/component/properties", body),
            "call": {
                "type": ["array", "null"],
                "items": {
                    "type": "string",
                    "pattern": f"^({PARAM_NAME})$",
                    "$comment": "the name of a value",
                },
                "$comment": "a list of names",
                "description": "Query parameters of the first request, for `${call.NAME}`.",
            },
            "invariants": {
                "type": ["array", "null"],
                "items": {"type": "string", "$comment": "a sentence"},
                "$comment": "a list of sentences",
                "description": "Promises that are checked on every way through the call, such as "
                "`always reaches human`, `never dials +1900*` or `'recorded' before record`.",
            },
            "components": {
                "type": ["object", "null"],
                "patternProperties": {f"^{NAME}$": {"$ref": "#/definitions/component"}},
                "additionalProperties": False,
                "$comment": "a map of names and components",
                "description": "Components of this flow alone.",
            },
        },
        "patternProperties": _ANCHORS,
        "additionalProperties": False,
        "$comment": "a map with steps or states",
        "definitions": {
            "steps": steps(),
            "words": words(),
            "component": {
                "type": "object",
                "properties": body,
                "patternProperties": _ANCHORS,
                "additionalProperties": False,
                "$comment": "a map with steps or states",
                "description": "Steps that a step can use, and the params they take.",
            },
            **definitions(),
        },
    }


_FLOW_HELP = "The flow's name; the file's name otherwise."

# As in compose files: a place for anchors that nothing else reads.
_ANCHORS: Schema = {"^x-": {}}


def _body() -> dict[str, Schema]:
    """What flows and components have in common."""
    return {
        "description": text("Words for people."),
        "params": {
            "type": ["object", "null"],
            "patternProperties": {f"^{PARAM_NAME}$": {}},
            "additionalProperties": False,
            "$comment": "a map of names and values",
            "description": "Values for `${NAME}`. One without a value must be given from outside.",
        },
        "defaults": {
            "type": ["object", "string", "null"],
            "pattern": EXPRESSION,
            "properties": _defaults(),
            "additionalProperties": False,
            "$comment": "a map of verbs and their attributes",
            "description": "Attributes that each element or block of a name gets, unless it sets "
            "them itself.",
        },
        "start": text("The first state; the first one written otherwise."),
        "states": {
            "type": ["object", "null"],
            "minProperties": 1,
            "patternProperties": {f"^{STATE_NAME}$": {"$ref": "#/definitions/steps"}},
            "additionalProperties": False,
            "$comment": "a map of names and lists of steps",
            "description": "The states of the call, each a list of steps.",
        },
        "steps": {
            "type": ["array", "string", "null"],
            "pattern": EXPRESSION,
            "minItems": 1,
            "items": {"$ref": "#/definitions/steps/items"},
            "$comment": "a list of steps",
            "description": "The one list of steps of a flow without states.",
        },
    }


def _defaults() -> dict[str, Schema]:
    by_key: dict[str, Schema] = {}
    for name, element in table().items():
        attributes = references(name, attributes_only=True)
        if not attributes or element.map_key is not None:
            continue
        known = by_key.get(element.key)
        if known is not None:
            known["properties"] = {**attributes, **known["properties"]}
            continue
        by_key[element.key] = {
            "type": ["object", "string", "null"],
            "pattern": EXPRESSION,
            "properties": attributes,
            "additionalProperties": False,
            "$comment": "a map of its attributes",
            "description": f"Attributes that each {element.key} gets unless it sets them itself.",
        }
    return {**by_key, **block_defaults()}
