"""The shape of a step: the verbs of the vocabulary, the blocks, and the keys beside them.

Nothing but the vocabulary comes in; the schema of a list of steps goes out. A step is one object
that has every verb as an optional key. That a step holds exactly one of them is checked beside
the schema (``steps.py``): alternatives over ninety verbs would be slow and their errors useless.
"""

from twimlc import vocabulary
from twimlc.schema.elements import (
    may_stand_bare,
    references,
    single_or_list,
    table,
)
from twimlc.schema.leaves import (
    EXPRESSION,
    STEP_REFERENCE,
    TEXT_TYPES,
    Schema,
    integer,
    text,
)
from twimlc.source.targets import APPROXIMATIONS

PARAM_NAME = "(?!(call|flow|state|target|row)$)[A-Za-z_][A-Za-z0-9_]{0,63}"

SIDE_KEYS = ("then", "when", "fallback", "if", "each", "as", "with", "allow", "note")
"""What may stand beside the one verb of a step."""

PROMPT_VERBS = ("say", "play", "pause")

_TARGET_WORDS = "the name of a state, hangup, next, or a list of steps"


def target(description: str, takes: str = _TARGET_WORDS) -> Schema:
    """Where the call goes on: a name, ``hangup``, ``next`` or steps."""
    return {
        "type": [*TEXT_TYPES, "array"],
        "minItems": 1,
        "items": STEP_REFERENCE,
        "$comment": takes,
        "description": description,
    }


def words() -> Schema:
    """Something the caller hears: one text, or a list of say, play and pause."""
    return {
        "type": [*TEXT_TYPES, "array"],
        "minItems": 1,
        "items": {
            "type": ["object", "string"],
            "pattern": f"^pause$|{EXPRESSION}",
            "properties": {
                **{name: {"$ref": f"#/definitions/{_verb(name)}"} for name in PROMPT_VERBS},
                **{key: side for key, side in _sides().items() if key in _REPEATERS},
            },
            "additionalProperties": False,
            "$comment": "a step that says, plays or pauses",
        },
        "$comment": "text, or a list of say, play and pause",
        "description": "What the caller hears: one text, or a list of say, play and pause.",
    }


_REPEATERS = ("if", "each", "as")


def steps(description: str = "Steps, in calling order.") -> Schema:
    """A list of steps, with the step itself inline."""
    bare = [key for key, element in _all_verbs().items() if may_stand_bare(element)]
    return {
        "type": ["array", "string"],
        "pattern": EXPRESSION,
        "minItems": 1,
        "items": {
            "type": ["object", "string"],
            "pattern": f"^({'|'.join([*bare, 'voicemail'])})$|{EXPRESSION}",
            "properties": {**_verbs(), **_blocks(), **_sides()},
            "additionalProperties": False,
            "$comment": "a step",
        },
        "$comment": "a list of steps",
        "description": description,
    }


def block_defaults() -> dict[str, Schema]:
    """What ``defaults:`` may hold for each block."""
    made = _blocks()
    kept = {
        "menu": [key for key in made["menu"]["properties"] if key not in ("prompt", "choices")],
        "offer": ["timeout", "attempts"],
        "voicemail": ["say", "record", "goodbye"],
        "hunt": [key for key in made["hunt"]["properties"] if key in table()["Dial"].attributes],
    }
    return {
        block: {
            "type": ["object", "string", "null"],
            "pattern": EXPRESSION,
            "properties": {key: made[block]["properties"][key] for key in keys},
            "additionalProperties": False,
            "$comment": "a map of its keys",
            "description": f"What each {block} does unless it says otherwise.",
        }
        for block, keys in kept.items()
    }


def _all_verbs() -> dict[str, vocabulary.Element]:
    return {**vocabulary.verbs("messaging"), **vocabulary.verbs("voice")}


def _verb(key: str) -> str:
    return _all_verbs()[key].name


def _verbs() -> dict[str, Schema]:
    return {key: {"$ref": f"#/definitions/{element.name}"} for key, element in _all_verbs().items()}


def _sides() -> dict[str, Schema]:
    return {
        "then": target("Where the call goes on when it worked."),
        "when": {
            "type": ["object", "string", "null"],
            "pattern": EXPRESSION,
            "additionalProperties": target("Where the call goes on after this outcome."),
            "$comment": "a map of outcomes and where each leads",
            "description": "One outcome and where it leads (busy, no-answer, the digits), stronger "
            "than then and fallback.",
        },
        "fallback": target("Where the call goes on after every unsuccessful outcome."),
        "if": {
            "type": ["boolean", "string"],
            "pattern": EXPRESSION,
            "$comment": "true, false or an expression such as ${open}",
            "description": "The step is dropped when this is false, at compile time.",
        },
        "each": {
            "type": ["array", "string"],
            "pattern": EXPRESSION,
            "$comment": "a list, or an expression that gives one",
            "description": "The step is repeated for each item, at compile time.",
        },
        "as": {
            "type": ["string"],
            "pattern": f"^({PARAM_NAME})$",
            "$comment": "the name of a value",
            "description": "What the item of each is called.",
        },
        "with": {
            "type": ["object", "string", "null"],
            "pattern": EXPRESSION,
            "additionalProperties": {},
            "$comment": "a map of the component's params",
            "description": "Values for the params of the component that use names.",
        },
        "allow": allow(),
        "note": text("Words for people, shown in graph and diff."),
    }


def allow() -> Schema:
    """Approximations that the author puts up with; whether a name is one is asked elsewhere."""
    return {
        "type": ["array", "string", "null"],
        "items": {"type": "string", "$comment": "the name of an approximation"},
        "$comment": f"some of {', '.join(APPROXIMATIONS)}",
        "description": "Approximations that are put up with where a host cannot do better: "
        f"{' and '.join(APPROXIMATIONS)}.",
        "examples": [[name] for name in APPROXIMATIONS],
    }


def _map(takes: str, description: str, properties: dict[str, Schema], *needed: str) -> Schema:
    return {
        "type": ["object", "string"] + ([] if needed else ["null"]),
        "pattern": EXPRESSION,
        "properties": properties,
        "additionalProperties": False,
        **({"required": [*needed]} if needed else {}),
        "$comment": takes,
        "description": description,
    }


def _blocks() -> dict[str, Schema]:
    return {
        "goto": text("Go to a state: its name, FLOW/STATE, or FLOW/ for the start of a flow."),
        "return": text("Leave the component by this name; `when` beside use says where to."),
        "menu": _menu(),
        "offer": _offer(),
        "voicemail": _map(
            "a map of say, record and goodbye",
            "Says, records a message, says goodbye and goes on.",
            {
                "say": _says("What is said before the tone."),
                "record": {"$ref": "#/definitions/Record"},
                "goodbye": _says("What is said after the recording."),
            },
        ),
        "hunt": _hunt(),
        "use": text("The steps of a component: its name. `with` gives its params."),
        "twiml": text("TwiML newer than this compiler, as XML (with a warning)."),
    }


def _hears(description: str) -> Schema:
    return {**words(), "items": {"$ref": "#/definitions/words/items"}, "description": description}


def _says(description: str) -> Schema:
    """What is heard, or the map of a ``say``."""
    return {
        **_hears(description),
        "type": [*TEXT_TYPES, "array", "object"],
        "properties": references("Say"),
        "additionalProperties": False,
        "anyOf": [{"required": ["message"]}, {"required": ["ssml"]}],
        "$comment": "text, a map as say takes it, or a list of say, play and pause",
    }


def _menu() -> Schema:
    own = {key: ref for key, ref in references("Gather").items() if key not in PROMPT_VERBS}
    return _map(
        "a map of prompt, choices and more",
        "Asks for a key and goes where the choice says.",
        {
            **own,
            "prompt": _hears("What the caller hears before choosing."),
            "choices": {
                "type": ["object", "string"],
                "pattern": EXPRESSION,
                "minProperties": 1,
                "patternProperties": {"^[0-9*#]+$": target("Where this key leads.")},
                "additionalProperties": False,
                "$comment": "a map of keys and where each leads",
                "description": "Keys as on the phone, one or several, and where each leads.",
            },
            "attempts": {
                **integer("How often the caller may try.", 1, unit="attempts"),
                "default": 3,
            },
            "timeout": {
                **integer("Silence that ends an attempt.", 1, unit="seconds"),
                "default": 5,
            },
            "invalid": _hears("What is said after a wrong key, before the prompt is repeated."),
            "silence": _hears("What is said after silence, before the prompt is repeated."),
        },
        "choices",
    )


def _offer() -> Schema:
    option = _map(
        "a map of say and then",
        "Words, and where any key pressed during them leads.",
        {
            "say": _says("The words of this option."),
            "then": target("Where the call goes on when the caller presses a key."),
            **{key: side for key, side in _sides().items() if key in _REPEATERS},
        },
        "say",
        "then",
    )
    return _map(
        "a map of prompt and options",
        "A menu for hosts without decisions: a key pressed during an option's words takes it.",
        {
            "prompt": _hears("What the caller hears first, once."),
            "options": {
                "type": ["array", "string"],
                "pattern": EXPRESSION,
                "minItems": 1,
                "items": option,
                "$comment": "a list of options, each with say and then",
                "description": "The options, in order.",
            },
            "timeout": {
                **integer("Silence after each option's words.", 1, unit="seconds"),
                "default": 3,
            },
            "attempts": {
                **integer("How often the round is made.", 1, unit="attempts"),
                "default": 1,
            },
        },
        "options",
    )


def _hunt() -> Schema:
    dial = references("Dial", attributes_only=True)
    dial.pop("sequential", None)
    nouns = {"number": "Number", "client": "Client", "sip": "Sip"}
    people: Schema = {
        "type": ["object", "string"],
        "pattern": EXPRESSION,
        "properties": {
            **{key: {"$ref": f"#/definitions/{name}"} for key, name in nouns.items()},
            **{key: side for key, side in _sides().items() if key in _REPEATERS},
        },
        "additionalProperties": False,
        "$comment": "somebody to ring: a number, a client or a sip",
    }
    hunt = _map(
        "a number, a list of numbers, or a map of whom to ring",
        "Rings one after another until somebody answers.",
        {
            **dial,
            **{key: single_or_list(name) for key, name in nouns.items()},
            "people": {
                "type": ["array", "string"],
                "pattern": EXPRESSION,
                "minItems": 1,
                "items": people,
                "$comment": "a list of number, client and sip",
                "description": "Whom to ring, in order.",
            },
            "timeout": {
                **integer("How long each one is rung.", 5, 600, unit="seconds"),
                "default": 20,
            },
            "extra": {"$ref": "#/definitions/extra"},
        },
    )
    hunt["type"] = ["object", "string", "number", "array"]
    del hunt["pattern"]
    hunt["items"] = {"$ref": "#/definitions/Number"}
    hunt["minItems"] = 1
    hunt["anyOf"] = [{"required": [key]} for key in (*nouns, "people")]
    return hunt
