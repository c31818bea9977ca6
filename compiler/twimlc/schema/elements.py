"""The shape of TwiML elements in a flow: rows of the vocabulary come in, JSON Schemas go out.

Each element has one definition, under its name in the vocabulary. An element that may be written
as a scalar and as a map is one schema with merged types: keywords that do not fit a value's type
do not count, so no alternatives are needed and a mistake gives one error at its own place.
"""

from collections.abc import Iterable

from twimlc import vocabulary
from twimlc.schema.leaves import EXPRESSION, Schema, attribute, text
from twimlc.vocabulary import Content, Element, Kind
from twimlc.vocabulary.rules import ExactlyOneChild, MaxChildren, MinChildren

TWILIO = "https://www.twilio.com/"


def table() -> dict[str, Element]:
    """Every element that has a definition, voice before messaging."""
    found: dict[str, Element] = {}
    for elements in (vocabulary.VOICE, vocabulary.MESSAGING):
        for name, element in elements.items():
            if element.kind in (Kind.VERB, Kind.NOUN) or element.map_key == "languages":
                found.setdefault(name, element)
    return found


def definitions() -> dict[str, Schema]:
    """The definition of every element."""
    return {"extra": extra(), **{name: definition(row) for name, row in table().items()}}


def definition(element: Element) -> Schema:
    """An element as a scalar or a map."""
    properties = {name: attribute(spec) for name, spec in element.attributes.items()}
    if element.text is not None:
        properties[element.text.name] = attribute(element.text)
    if element.content is Content.TEXT_SSML:
        properties["ssml"] = text(
            "The words as an SSML fragment; what `${…}` inserts is always text.", takes="SSML"
        )
    properties |= _children(element)
    properties["extra"] = {"$ref": "#/definitions/extra"}
    schema: Schema = {
        "type": ["object"],
        "description": _summary(element),
        "properties": properties,
        "additionalProperties": False,
    }
    if element.doc:
        page = f"[Twilio's page]({TWILIO}{element.doc})"
        schema["markdownDescription"] = f"{_summary(element)} {page}"
    _add_scalar_form(element, schema)
    _add_list_form(element, schema)
    needed = _needed(element)
    if len(needed) == 1:
        schema["required"] = needed
    elif needed:
        schema["anyOf"] = [{"required": [name]} for name in needed]
    return schema


def may_stand_bare(element: Element) -> bool:
    """Whether the name alone is a whole element, as in ``- hangup``."""
    return not _needed(element)


def single_or_list(name: str, description: str | None = None) -> Schema:
    """Element ``name`` or several of it.

    Its keys are pointed at one by one: a ``$ref`` to the whole could not be merged with a list.
    """
    base = definition(table()[name])
    schema: Schema = {
        **base,
        "type": [*base["type"], "array"],
        "minItems": 1,
        "items": {"$ref": f"#/definitions/{name}"},
        "properties": references(name),
        "$comment": f"{base['$comment']}, or a list of these",
    }
    if description is not None:
        schema["description"] = description
    return schema


def references(name: str, attributes_only: bool = False) -> dict[str, Schema]:
    """The keys of element ``name``, each pointing at its definition."""
    element = table()[name]
    keys = element.attributes if attributes_only else definition(element)["properties"]
    return pointers(f"#/definitions/{name}/properties", keys)


def pointers(base: str, keys: Iterable[str]) -> dict[str, Schema]:
    """For each key, a reference to what stands under it at ``base``."""
    return {key: {"$ref": f"{base}/{key}"} for key in keys}


def _children(element: Element) -> dict[str, Schema]:
    children: dict[str, Schema] = {}
    for key, child in vocabulary.child_keys(element).items():
        if child.map_key == "languages":
            children[key] = {
                "type": ["array", "string"],
                "pattern": EXPRESSION,
                "minItems": 1,
                "items": {"$ref": f"#/definitions/{child.name}"},
                "$comment": "a list of maps, each with its code",
                "description": child.summary,
            }
        elif child.kind is Kind.PARAMETER or child.name == "Headers":
            children[key] = text_map(child.summary)
        elif child.name in _alone(element):
            children[key] = {"$ref": f"#/definitions/{child.name}"}
        else:
            children[key] = single_or_list(child.name)
    if element.name in ("Gather", "Prompt"):
        children["prompt"] = {"$ref": "#/definitions/words"}
    return children


def text_map(description: str) -> Schema:
    """Names and values."""
    return {
        "type": ["object", "string", "null"],
        "pattern": EXPRESSION,
        "additionalProperties": text(),
        "$comment": "a map of names and values",
        "description": description,
    }


def extra() -> Schema:
    """Attributes that the vocabulary does not know yet."""
    return text_map("Attributes newer than this compiler, passed on as they are (with a warning).")


def _add_scalar_form(element: Element, schema: Schema) -> None:
    types: list[str] = schema["type"]
    if element.text is not None:
        types += ["string", "number", "boolean"] + ([] if element.text.required else ["null"])
        schema["$comment"] = "text, or a map of its attributes"
        return
    types += ["string"] + (["null"] if may_stand_bare(element) else [])
    inside = vocabulary.child_keys(element)
    nouns = [key for key, child in inside.items() if child.name in table()]
    bare = [key for key in nouns if inside[key].kind is Kind.NOUN and may_stand_bare(inside[key])]
    schema["pattern"] = (f"^({'|'.join(bare)})$|" if bare else "") + EXPRESSION
    schema["$comment"] = "a map of its attributes"
    if nouns:
        schema["$comment"] = f"a map of its attributes and of what it holds ({', '.join(nouns)})"


def _add_list_form(element: Element, schema: Schema) -> None:
    """A verb that holds several nouns takes a list of them: order across kinds is kept."""
    nouns = {
        key: child
        for key, child in vocabulary.child_keys(element).items()
        if child.kind is Kind.NOUN and child.name not in _alone(element)
    }
    if element.kind is not Kind.VERB or not nouns:
        return
    schema["type"].append("array")
    schema["minItems"] = 1
    schema["items"] = {
        "type": ["object", "string"],
        "pattern": EXPRESSION,
        "properties": {
            **{key: {"$ref": f"#/definitions/{child.name}"} for key, child in nouns.items()},
            **pointers("#/definitions/steps/items/properties", ("if", "each", "as")),
        },
        "additionalProperties": False,
        "$comment": "one of what it holds",
    }
    schema["$comment"] += ", or a list of what it holds"


def _alone(element: Element) -> set[str]:
    """The children that have no brother of their kind."""
    if any(isinstance(rule, ExactlyOneChild) for rule in element.rules):
        return {*element.children}
    return {
        rule.children[0]
        for rule in element.rules
        if isinstance(rule, MaxChildren) and rule.max == 1 and len(rule.children) == 1
    }


def _needed(element: Element) -> list[str]:
    """The keys of which a map of this element must have one, where it cannot do without."""
    inside = vocabulary.child_keys(element)
    keys = {child.name: key for key, child in inside.items()}
    if element.text is not None and element.text.required:
        alternatives = [element.text.name]
        alternatives += [
            keys.get(name, name)
            for name in element.text.required_unless
            if name in keys or name in element.attributes
        ]
        if element.content is Content.TEXT_SSML:
            alternatives.append("ssml")
        return [*dict.fromkeys(alternatives)]
    for rule in element.rules:
        if isinstance(rule, MinChildren):
            text = [element.text.name] if element.text and rule.unless_text else []
            prompt = ["prompt"] if element.name == "Prompt" else []
            return [*dict.fromkeys(text + prompt + [keys[name] for name in rule.children])]
        if isinstance(rule, ExactlyOneChild):
            return [*inside]
    return []


def _summary(element: Element) -> str:
    return " ".join(part for part in (element.summary, element.status_note) if part)
