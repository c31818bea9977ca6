"""The shape of a flow file and of a component: nothing comes in, their JSON Schema goes out."""

from twimlc.formats import leaves
from twimlc.formats.blocks import beside, block_defaults, steps, words
from twimlc.formats.calendar_rows import CALENDARS, in_flows
from twimlc.formats.elements import definitions, pointers, references, table
from twimlc.formats.project_file import LISTS

STATE_NAME = f"(?!(hangup|next)$){leaves.NAME}"


def flow_schema() -> leaves.Schema:
    """The schema of a flow file. A component's file is a flow file without the call around it."""
    body = _body()
    return {
        "$schema": leaves.DRAFT,
        "title": "A twimlc call flow",
        "description": "What the caller hears, what they can do, and where each outcome leads.",
        "type": "object",
        "properties": {
            "flow": leaves.matching(leaves.NAME, "a name made of a-z, 0-9 and '-'", _FLOW_HELP),
            "kind": leaves.one_of("What is answered: calls or messages.", "voice", "messaging"),
            **pointers("#/definitions/component/properties", body),
            "call": {
                "type": ["array", "null"],
                "items": {
                    "type": "string",
                    "pattern": f"^({leaves.PARAM_NAME})$",
                    "$comment": "the name of a value",
                },
                "$comment": "a list of names",
                "description": "Query parameters of the first request, for `${call.NAME}`.",
            },
            "invariants": {
                "type": ["array", "null"],
                "items": {"type": "string", "$comment": "a sentence"},
                "$comment": "a list of sentences",
                "description": "Promises that are checked on every path through the call: "
                "`never dials +1900*`, `always reaches human or voicemail`, or "
                "`nobody is hung up on`.",
            },
            "calendars": in_flows(CALENDARS.schema)
            | {"description": "When lines are open, by name; `hours` steps ask them."},
            "lists": in_flows(LISTS.schema)
            | {"description": "Lists of cases that `switch` steps name."},
            "components": leaves.names(
                leaves.NAME,
                {"$ref": "#/definitions/component"},
                "a map of names and components",
                "Components of this flow alone.",
            ),
        },
        "patternProperties": _ANCHORS,
        "additionalProperties": False,
        "$comment": "a map with steps or states",
        "definitions": {
            "steps": steps(),
            "words": words(),
            **beside(),
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


_FLOW_HELP = "The flow's name; by default the file's name."

# As in compose files: a place for anchors that nothing else reads.
_ANCHORS: leaves.Schema = {"^x-": {}}


def _body() -> dict[str, leaves.Schema]:
    """What flows and components have in common."""
    several = steps()
    return {
        "description": leaves.text("A description for readers."),
        "params": leaves.names(
            leaves.PARAM_NAME,
            {},
            "a map of names and values",
            "Values for `${NAME}`. One without a value must be given from outside.",
        ),
        "defaults": leaves.known(
            "a map of verbs and their attributes",
            "Attributes that each element or block of a name gets, unless it sets them itself.",
            _defaults(),
        ),
        "start": leaves.text("The first state; by default the first one in the file."),
        "states": leaves.names(
            STATE_NAME,
            {"$ref": "#/definitions/steps"},
            "a map of names and lists of steps",
            "The states of the call, each a list of steps.",
            minProperties=1,
        ),
        "steps": {
            **several,
            "type": [*several["type"], "null"],
            "items": leaves.STEP_REFERENCE,
            "description": "The one list of steps of a flow without states.",
        },
    }


def _defaults() -> dict[str, leaves.Schema]:
    by_key: dict[str, leaves.Schema] = {}
    for name, element in table().items():
        attributes = references(name, attributes_only=True)
        if attributes and element.map_key is None:
            help_ = f"Attributes that each {element.key} gets unless it sets them itself."
            empty = leaves.known("a map of its attributes", help_, {})
            given = by_key.setdefault(element.key, empty)
            given["properties"] = {**attributes, **given["properties"]}
    return {**by_key, **block_defaults()}
