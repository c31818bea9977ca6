"""The shape of a flow: its tree comes in; the tree with its lists, and findings, go out.

A sound file costs one pass of compiled functions. Only when they refuse is jsonschema imported
to find the places; what is said about them is ours.
"""

import re
from collections.abc import Mapping as Table
from dataclasses import replace
from functools import cache
from typing import Any

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import NOT_A_FLOW
from twimlc.formats.leaves import EXPRESSION, TEXT_TYPES
from twimlc.formats.structure import body_faults
from twimlc.formats.validator import BESIDE, Compiler, compiled, keys_needed
from twimlc.vocabulary.blocks import REPEATERS
from twimlc.yaml.tree import Mapping, Node, Scalar, Sequence, is_empty

Schema = Table[str, Any]
Checked = tuple[Node, list[Diagnostic]]
"""A tree in which what stood without its dash is a list, and what is wrong with its shape."""


def check_flow(tree: Node) -> Checked:
    """The shape of a flow file as it is typed."""
    return _check(tree) if isinstance(tree, Mapping) else (tree, [_not_a_map(tree)])


def check_component(tree: Node) -> Checked:
    """The shape of a component's file.

    That it is a map with steps or states is asked where components are collected.
    """
    return _check(tree, "component") if isinstance(tree, Mapping) else (tree, [])


def _check(tree: Mapping, part: str = "") -> Checked:
    root, compiler = compiled("flow")
    schema = root["definitions"][part] if part else root
    whole, found = _listed(tree, root, schema, compiler)
    return whole, body_faults(whole, schema, found, component=bool(part))


def check_expanded(tree: Mapping) -> tuple[Mapping, list[Diagnostic]]:
    """The shape of a flow since its ``${…}`` are replaced."""
    root, compiler = expanded()
    whole, found = _listed(tree, root, root, compiler, settle=True)
    return whole, body_faults(whole, root, found)


def _listed(
    tree: Mapping,
    root: Schema,
    schema: Schema,
    compiler: Compiler,
    *,
    settle: bool = False,
) -> tuple[Mapping, list[Diagnostic]]:
    check = compiler.check(schema)
    if check(tree):
        return tree, []
    whole = listed(compiler, schema, tree, settle=settle)
    assert isinstance(whole, Mapping), "a map stays one"
    if check(whole):
        return whole, []
    from twimlc.formats.faults import find_faults  # most files fit

    return whole, find_faults(root, schema, compiler, whole)


def _not_a_map(tree: Node) -> Diagnostic:
    message = "a flow is a map that holds 'steps:' or 'states:'"
    if is_empty(tree):
        return NOT_A_FLOW.at(tree.span, f"{message}, and this file is empty")
    got = "a list" if not hasattr(tree, "value") else "a text"
    hint = "write 'steps:' above the list" if got == "a list" else None
    return NOT_A_FLOW.at(tree.span, f"{message}, not {got}", hint=hint)


UNEXPANDED = frozenset({"flow", "kind", "description", "params", "call", "components"})
"""Parts of a flow that are the compiler's own, or names; nothing in them reaches a caller."""

_KEPT = ("$comment", "additionalProperties", "then", "required", "minItems", "minProperties")
_MAPS = ("properties", "patternProperties")


class _Definitions(dict[str, Any]):
    """Definitions, each expanded when it is first asked for: one flow uses few of them."""

    def __init__(self, given: Schema) -> None:
        super().__init__()
        self._given = given

    def __missing__(self, name: str) -> Any:
        self[name] = part = _expanded(self._given[name])
        return part


@cache
def expanded() -> tuple[dict[str, Any], Compiler]:
    """The schema of an expanded flow and its compiled form.

    Which keys and which kinds of nodes may be where is as in the file. What a value says is asked
    of the vocabulary when it is read.
    """
    given = compiled("flow")[0]
    root = _expanded(given)
    root["definitions"] = _Definitions(given["definitions"])
    root["properties"] |= {key: {} for key in UNEXPANDED}
    body = "#/definitions/component/properties"
    steps = root["definitions"]["component"]["properties"]["steps"]
    used: dict[str, Any] = {
        **{key: {"$ref": f"{body}/{key}"} for key in ("defaults", "states")},
        "steps": {**steps, "type": [kind for kind in steps["type"] if kind != "null"]},
    }
    step = root["definitions"]["steps"]["items"]["properties"]
    bodies = [{"required": [key]} for key in ("steps", "states")]
    step["use"] = {"type": "object", "properties": used, "anyOf": bodies}
    step["use"]["$comment"] = "the name of a component"
    del step["with"]
    return root, Compiler(root)


def _expanded(schema: Schema) -> dict[str, Any]:
    if "$ref" in schema:
        return {**schema}
    shape = {key: schema[key] for key in _KEPT if key in schema}
    if keys_needed(schema):
        shape["anyOf"] = schema["anyOf"]
    for key in _MAPS:
        if key in schema:
            parts = schema[key].items()
            shape[key] = {name: _expanded(part) for name, part in parts if name not in REPEATERS}
    for key in ("items", "additionalProperties"):
        if isinstance(part := schema.get(key), dict):
            shape[key] = _expanded(part)
    given = schema.get("type", TEXT_TYPES if "anyOf" in schema else None)
    if given is None:
        return shape
    types = {given} if isinstance(given, str) else {*given}
    words = schema.get("pattern", "").removesuffix(EXPRESSION).removesuffix("|")
    if "then" in schema:
        types.discard("object")
    nested = types & {"object", "array"}
    text = "number" in types or "pattern" not in schema
    if given == "string":
        pass
    elif not nested or ("string" in types and text):
        types |= {"string", "number", "boolean"}
    elif words and "then" not in schema:
        shape["pattern"] = words
    else:
        types.discard("string")
    shape["type"] = sorted(types)
    return shape


def listed(compiler: Compiler, schema: Schema, node: Node, *, settle: bool = False) -> Node:
    """The tree with lists of one where items are without their dash.

    With ``settle`` an ``if`` in a param, which is true or false by now, is decided.
    """
    schema = compiler.resolve(schema)
    if not isinstance(node, Sequence) and _alone(compiler, schema, node):
        node = Sequence((node,), node.span)
    if isinstance(node, Sequence) and "items" in schema:
        item = compiler.resolve(schema["items"])
        parts = []
        for each in node.items:
            part, stays = _settled(each) if settle else (each, True)
            part = listed(compiler, item, part, settle=settle)
            if stays or not compiler.check(item)(part):  # what is left out has to be right, too
                parts.append(part)
        emptied = node.emptied or (not parts and bool(node.items))
        return Sequence(tuple(parts), node.span, emptied)
    if not isinstance(node, Mapping):
        return node
    shaped = ((entry, compiler.parts_for(schema, entry.key)) for entry in node.entries)
    entries = (
        replace(e, value=listed(compiler, shapes[0], e.value, settle=settle)) if shapes else e
        for e, shapes in shaped
    )
    return replace(node, entries=tuple(entries))


def _alone(compiler: Compiler, schema: Schema, node: Node) -> bool:
    """Whether a node is an item of the list that is due here."""
    if "items" not in schema or "array" not in schema.get("type", ()):
        return False
    item = compiler.resolve(schema["items"])
    if isinstance(node, Scalar):
        if "then" not in schema or not isinstance(node.value, str) or "${" in node.value:
            return False
        text_is_due = "pattern" not in schema and "string" in schema["type"]
        return not text_is_due and bool(re.search(item.get("pattern", "(?!)"), node.value))
    if "then" in schema or not isinstance(node, Mapping):
        return "then" in schema
    beside = BESIDE.get(item.get("$comment", ""))
    own = schema.get("properties", {}).keys()
    heads = item.get("required", ()) if beside is None else item["properties"].keys() - beside
    marks = {*heads, *REPEATERS} - (own - {*REPEATERS})
    return any(entry.key in marks for entry in node.entries)


def _settled(item: Node) -> tuple[Node, bool]:
    """An item without its ``if``, where that is decided, and what it says."""
    entry = item.entry("if") if isinstance(item, Mapping) else None
    says = entry.value.value if entry and isinstance(entry.value, Scalar) else None
    if not isinstance(item, Mapping) or not isinstance(says, bool):
        return item, True
    return replace(item, entries=tuple(e for e in item.entries if e is not entry)), says
