"""The shape of TwiML elements in a flow: rows of the vocabulary come in, JSON Schemas go out.

Each element has one definition, under its name in the vocabulary. An element that may be written
as a scalar and as a map is one schema with merged types: keywords that do not fit a value's type
do not count, so no alternatives are needed and a mistake gives one error at its own place.
"""

from collections.abc import Iterable

from twimlc import vocabulary
from twimlc.about import TWILIO
from twimlc.formats import leaves
from twimlc.formats.validator import NOUN
from twimlc.vocabulary import Content, Element, Kind
from twimlc.vocabulary.blocks import BLOCKS, REPEATERS
from twimlc.vocabulary.rules import ExactlyOneChild, MaxChildren, MinChildren


def table() -> dict[str, Element]:
    """Every element that has a definition, voice before messaging."""
    found: dict[str, Element] = {}
    for elements in (vocabulary.VOICE, vocabulary.MESSAGING):
        for name, element in elements.items():
            if element.kind in (Kind.VERB, Kind.NOUN) or element.map_key == "languages":
                found.setdefault(name, element)
    return found


def definitions() -> dict[str, leaves.Schema]:
    """The definition of every element."""
    return {"extra": extra(), **{name: definition(row) for name, row in table().items()}}


def definition(element: Element) -> leaves.Schema:
    """An element as a scalar or a map."""
    properties = {name: leaves.attribute(spec) for name, spec in element.attributes.items()}
    if element.text is not None:
        properties[element.text.name] = leaves.attribute(element.text)
    if element.content is Content.TEXT_SSML:
        words = "The words as an SSML fragment; what `${…}` inserts is always text."
        properties["ssml"] = leaves.text(words, takes="SSML")
    properties |= _children(element) | _asking(element)
    properties["extra"] = {"$ref": "#/definitions/extra"}
    schema: leaves.Schema = {
        "type": ["object"],
        "description": _summary(element),
        "properties": properties,
        "additionalProperties": False,
    }
    if element.doc:
        schema["markdownDescription"] = f"{_summary(element)} {page_link(element)}"
    _add_scalar_form(element, schema)
    _add_list_form(element, schema)
    needed = _needed(element)
    if len(needed) == 1:
        schema["required"] = needed
    elif needed:
        schema["anyOf"] = [{"required": [name]} for name in needed]
    return schema


def page_link(element: Element) -> str:
    """Twilio's page about an element, in Markdown."""
    return f"[Twilio's page]({TWILIO}{element.doc})"


def may_stand_bare(element: Element) -> bool:
    """Whether the name alone is a whole element, as in ``- hangup``."""
    return not _needed(element)


def single_or_list(name: str) -> leaves.Schema:
    """Element ``name`` or several of it.

    Its keys are pointed at one by one: a ``$ref`` to the whole could not be merged with a list.
    """
    base = definition(table()[name])
    properties = references(name) | repeaters()
    return {
        **base,
        "type": [*base["type"], "array"],
        "minItems": 1,
        "items": {**base, "properties": properties},
        "properties": properties,
        "$comment": f"{base['$comment']}, or a list of these",
    }


def references(name: str, attributes_only: bool = False) -> dict[str, leaves.Schema]:
    """The keys of element ``name``, each pointing at its definition."""
    element = table()[name]
    own = {**element.attributes, **_asking(element)}
    keys = own if attributes_only else definition(element)["properties"]
    return pointers(f"#/definitions/{name}/properties", keys)


def pointers(base: str, keys: Iterable[str]) -> dict[str, leaves.Schema]:
    """For each key, a reference to what is under it at ``base``."""
    return {key: {"$ref": f"{base}/{key}"} for key in keys}


def _asking(element: Element) -> dict[str, leaves.Schema]:
    """The blocks that stand beside the attributes of an element."""
    return pointers(
        "#/definitions", (key for key, block in BLOCKS.items() if element.name in block.on)
    )


def repeaters() -> dict[str, leaves.Schema]:
    """The keys that drop or repeat an item of a list."""
    return pointers("#/definitions/steps/items/properties", REPEATERS)


def _children(element: Element) -> dict[str, leaves.Schema]:
    children: dict[str, leaves.Schema] = {}
    for key, child in element.inside.items():
        if child.map_key == "languages":
            item = definition(child)
            item["properties"] = references(child.name) | repeaters()
            takes = "a list of maps, each with its code"
            listed = leaves.later(leaves.LIST, takes, child.summary, minItems=1, items=item)
            children[key] = leaves.or_one(listed)
        elif child.kind is Kind.PARAMETER or child.name == "Headers":
            children[key] = text_map(child.summary)
        elif child.name in _alone(element):
            children[key] = {"$ref": f"#/definitions/{child.name}"}
        else:
            children[key] = single_or_list(child.name)
    if element.name in ("Gather", "Prompt"):
        children["prompt"] = {"$ref": "#/definitions/words"}
    return children


def text_map(description: str) -> leaves.Schema:
    """Names and values."""
    values = {"additionalProperties": leaves.text()}
    return leaves.later(leaves.MAP, "a map of names and values", description, **values)


def extra() -> leaves.Schema:
    """Attributes that the vocabulary does not know yet."""
    return text_map("Attributes newer than this compiler, passed on as they are (with a warning).")


def _add_scalar_form(element: Element, schema: leaves.Schema) -> None:
    types: list[str] = schema["type"]
    if element.text is not None:
        types += ["string", "number", "boolean"] + ([] if element.text.required else ["null"])
        schema["$comment"] = "text, or a map of its attributes"
        return
    types += ["string"] + (["null"] if may_stand_bare(element) else [])
    inside = element.inside
    nouns = [key for key, child in inside.items() if child.name in table()]
    bare = [key for key in nouns if inside[key].kind is Kind.NOUN and may_stand_bare(inside[key])]
    schema["pattern"] = (f"^({'|'.join(bare)})$|" if bare else "") + leaves.EXPRESSION
    schema["$comment"] = "a map of its attributes"
    if nouns:
        schema["$comment"] = f"a map of its attributes and of what it holds ({', '.join(nouns)})"


def _add_list_form(element: Element, schema: leaves.Schema) -> None:
    """A verb that holds several nouns takes a list of them: order across kinds is kept."""
    nouns = {
        key: child
        for key, child in element.inside.items()
        if child.kind is Kind.NOUN and child.name not in _alone(element)
    }
    if element.kind is not Kind.VERB or not nouns:
        return
    schema["type"].append("array")
    schema["minItems"] = 1
    properties = {
        **{key: {"$ref": f"#/definitions/{child.name}"} for key, child in nouns.items()},
        **repeaters(),
    }
    known: leaves.Schema = {"properties": properties, "additionalProperties": False}
    schema["items"] = leaves.later(leaves.ITEM, NOUN, **known)
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
    inside = element.inside
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
            words = [element.text.name] if element.text and rule.unless_text else []
            prompt = ["prompt"] if element.name == "Prompt" else []
            return [*dict.fromkeys(words + prompt + [keys[name] for name in rule.children])]
        if isinstance(rule, ExactlyOneChild):
            return [*inside]
    return []


def _summary(element: Element) -> str:
    return " ".join(part for part in (element.summary, element.status_note) if part)
