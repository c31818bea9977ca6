"""The shape of a step: the verbs of the vocabulary, the blocks, and the keys beside them.

Nothing but the vocabulary comes in; the schema of a list of steps goes out. A step is one object
that has every verb as an optional key. That a step holds exactly one of them is checked beside
the schema (``structure.py``): alternatives over ninety verbs would be slow and their errors
useless.
"""

from twimlc import vocabulary
from twimlc.formats import leaves
from twimlc.formats.elements import may_stand_bare, pointers, references, repeaters, single_or_list
from twimlc.formats.project_file import ALLOW
from twimlc.formats.validator import PERSON, PROMPT_STEP, STEP
from twimlc.vocabulary.blocks import BLOCKS, Block, Holds, Part

PROMPT_VERBS = ("say", "play", "pause")
KEY = "[0-9*#]+"


def target(description: str) -> leaves.Schema:
    """Where the call goes on: a name, ``hangup``, ``next`` or steps."""
    return leaves.or_one(
        {
            "type": [*leaves.TEXT_TYPES, "array"],
            "minItems": 1,
            "items": leaves.STEP_REFERENCE,
            "$comment": "the name of a state, hangup, next, or a list of steps",
            "description": description,
        }
    )


def words() -> leaves.Schema:
    """Something the caller hears: one text, or a list of say, play and pause."""
    verbs = _verbs()
    several: leaves.Schema = {
        "type": [*leaves.TEXT_TYPES, "array"],
        "minItems": 1,
        "items": {
            "type": leaves.ITEM,
            "pattern": f"^pause$|{leaves.EXPRESSION}",
            "properties": {key: verbs[key] for key in PROMPT_VERBS} | repeaters(),
            "additionalProperties": False,
            "$comment": PROMPT_STEP,
        },
        "$comment": "text, or a list of say, play and pause",
        "description": "What the caller hears: one text, or a list of say, play and pause.",
    }
    return leaves.or_one(several, leaves.PROMPT_REFERENCE)


def steps() -> leaves.Schema:
    """A list of steps, with the step itself inline."""
    bare = [key for key, element in _all_verbs().items() if may_stand_bare(element)]
    bare += [key for key, block in BLOCKS.items() if block.bare]
    blocks = {key: _block(block) for key, block in BLOCKS.items() if not block.on}
    item = {
        "type": leaves.ITEM,
        "pattern": f"^({'|'.join(bare)})$|{leaves.EXPRESSION}",
        "properties": {**_verbs(), **blocks, **_sides()},
        "additionalProperties": False,
        "$comment": STEP,
    }
    several = leaves.later(
        leaves.LIST, "a list of steps", "Steps, in calling order.", minItems=1, items=item
    )
    several["pattern"] = item["pattern"]  # a verb that needs nothing is a step by itself
    return leaves.or_one(several, leaves.STEP_REFERENCE)


def block_defaults() -> dict[str, leaves.Schema]:
    """What ``defaults:`` may hold for each block."""
    found: dict[str, leaves.Schema] = {}
    for key, block in BLOCKS.items():
        parts = _block(block).get("properties", {}).items()
        given = {part: shape for part, shape in parts if part not in block.own}
        help_ = f"What each {key} does unless it says otherwise."
        if given:
            found[key] = leaves.known("a map of its keys", help_, given)
    return found


def beside() -> dict[str, leaves.Schema]:
    """The blocks that are no steps, but stand beside the attributes of elements."""
    return {key: _block(block) for key, block in BLOCKS.items() if block.on}


def _all_verbs() -> dict[str, vocabulary.Element]:
    return {**vocabulary.verbs("messaging"), **vocabulary.verbs("voice")}


def _verbs() -> dict[str, leaves.Schema]:
    return {key: {"$ref": f"#/definitions/{element.name}"} for key, element in _all_verbs().items()}


def _sides() -> dict[str, leaves.Schema]:
    where = "Where the call continues after"
    return {
        "then": target("Where the call continues on success."),
        "when": leaves.later(
            leaves.MAP,
            "a map of outcomes and where each leads",
            "One outcome and where it leads (busy, no-answer, the digits; of a menu silence and "
            "invalid); it takes precedence over then and fallback.",
            additionalProperties=target(f"{where} this outcome."),
        ),
        "fallback": target(f"{where} every unsuccessful outcome."),
        "if": leaves.later(
            ["boolean", "string"],
            "true, false or an expression such as ${open}",
            "The step is left out when this is false, at compile time.",
        ),
        "each": leaves.later(
            leaves.LIST,
            "a list, or an expression that gives one",
            "The step is repeated for each item, at compile time.",
        ),
        "as": {
            "type": ["string"],
            "pattern": f"^({leaves.PARAM_NAME})$",
            "$comment": "the name of a value",
            "description": "The name of the current item of each.",
        },
        "with": leaves.later(
            leaves.MAP,
            "a map of the component's params",
            "Values for the params of the component that use names.",
            additionalProperties={},
        ),
        "allow": ALLOW.schema,
        "note": leaves.text("A note for readers, shown in graph and diff."),
    }


def _block(block: Block) -> leaves.Schema:
    if not block.parts:
        return leaves.text(block.summary)
    taken = references(block.verb, attributes_only=True) if block.verb and block.open else {}
    properties = {key: ref for key, ref in taken.items() if key not in block.sets}
    properties |= {key: _part(part) for key, part in block.parts.items()}
    schema = leaves.known(block.takes, block.summary, properties, *block.needed)
    if block.on:  # words as the prompt takes them, or a switch
        prompt = {key: properties["prompt"][key] for key in ("type", "minItems", "items")}
        del schema["pattern"]
        return {**schema, **prompt}
    if block.single is None:
        return schema
    schema["type"] = [*leaves.ITEM, "number"]
    del schema["pattern"]
    if "items" not in properties[block.single]:
        schema["type"] += ["boolean"]
        return schema
    del schema["required"]
    schema["type"] += ["array"]
    schema["items"] = properties[block.single]["items"]
    schema["minItems"] = 1
    schema["anyOf"] = [{"required": [key]} for key in block.needed]
    return schema


def _part(part: Part | vocabulary.Attribute) -> leaves.Schema:
    """What is under a key of a block."""
    if isinstance(part, vocabulary.Attribute):
        limits = leaves.integer(part.note, part.minimum, part.maximum, unit=part.unit or "")
        return {**limits, "default": int(part.default or 0)}
    match part.holds:
        case Holds.WORDS:
            return {**words(), "items": leaves.PROMPT_REFERENCE, "description": part.note}
        case Holds.SPEECH:
            spoken = _part(part._replace(holds=Holds.WORDS))
            return {
                **{key: part for key, part in spoken.items() if key not in ("if", "then")},
                "properties": references("Say"),
                "additionalProperties": False,
                "anyOf": [{"required": ["message"]}, {"required": ["ssml"]}],
                "$comment": "text, a map as say takes it, or a list of say, play and pause",
            }
        case Holds.TEXT:
            text = vocabulary.VOICE[part.element].text
            assert text is not None, "an element with a text"
            return {"$ref": f"#/definitions/{part.element}/properties/{text.name}"}
        case Holds.ELEMENT:
            return {"$ref": f"#/definitions/{part.element}"}
        case Holds.ELEMENTS:
            return single_or_list(part.element)
        case Holds.CHOICES:
            choice = {
                "key": leaves.matching(
                    KEY, "a key of the phone, or several", "What the caller presses."
                ),
                "then": target("Where this key leads."),
            }
            help_ = "A key, and where it leads."
            return leaves.later(
                [*leaves.ITEM, "array"],
                "a map of keys and where each leads",
                part.note,
                minProperties=1,
                patternProperties={f"^{KEY}$": target("Where this key leads.")},
                additionalProperties=False,
                minItems=1,
                items=leaves.known("a map of key and then", help_, choice | repeaters(), *choice),
            )
        case Holds.OPTIONS:
            option = {
                "say": _part(Part(Holds.SPEECH, "The words of this option.")),
                "then": target("Where the call goes on when the caller presses a key."),
            }
            help_ = "Words, and where any key pressed during them leads."
            item = leaves.known("a map of say and then", help_, option | repeaters(), *option)
            takes = "a list of options, each with say and then"
        case Holds.PEOPLE:
            nouns = pointers("#/definitions", ("Number", "Client", "Sip"))
            people = {name.lower(): noun for name, noun in nouns.items()} | repeaters()
            item = leaves.later(leaves.ITEM, PERSON, properties=people, additionalProperties=False)
            takes = "a list of number, client and sip"
    return leaves.or_one(leaves.later(leaves.LIST, takes, part.note, minItems=1, items=item))
