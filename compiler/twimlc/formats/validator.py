"""A schema compiled to functions: JSON Schema comes in, a yes-or-no check of a tree goes out.

Only the keywords that our schemas use are known; any other is refused when it is compiled, so
that a check cannot pass over one in silence. What the functions accept, a validator of draft-07
accepts too; they may refuse more (they never do so alone: the validator has the last word). So
they refuse an item without its dash (``then``), and whoever asked puts it into a list.
Parts are compiled when a file first needs them, because one flow uses few of ninety verbs.
"""

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from twimlc.vocabulary.blocks import REPEATERS, SIDE_KEYS
from twimlc.yaml.tree import Mapping as MappingNode, Node, Scalar, Sequence, Template

Check = Callable[[Node], bool]
Schema = Mapping[str, Any]

STEP = "a step"
PROMPT_STEP = "a step that says, plays or pauses"
PERSON = "somebody to ring: a number, a client or a sip"
NOUN = "one of what it holds"

BESIDE: Mapping[str, frozenset[str]] = {
    STEP: frozenset(SIDE_KEYS),
    **dict.fromkeys((PROMPT_STEP, PERSON, NOUN), frozenset(REPEATERS)),
}
"""By the ``$comment`` of a map: the keys that may be beside its one verb."""

_ANNOTATIONS = frozenset(
    {"$schema", "$comment", "title", "description", "markdownDescription", "default", "examples"}
    | {"definitions", "if", "then"}
)
_ASSERTIONS = frozenset(
    {"type", "properties", "patternProperties", "additionalProperties", "items", "required"}
    | {"minItems", "minProperties", "anyOf", "enum", "pattern", "minimum", "maximum"}
)
_TYPES: Mapping[str, frozenset[type]] = {
    "string": frozenset({str, Template}),
    "integer": frozenset({int}),
    "number": frozenset({int, Decimal}),
    "boolean": frozenset({bool}),
    "null": frozenset({type(None)}),
    "object": frozenset({MappingNode}),
    "array": frozenset({Sequence}),
}
_SCALARS = frozenset({str, Template, int, Decimal, bool, type(None)})
NAMES = ("flow", "project", "manifest", "report", "script", "plan", "preview")


class Compiler:
    """The functions of one schema, compiled as they are asked for."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._functions: dict[int, Check] = {}

    def resolve(self, schema: Schema) -> Schema:
        """The schema itself, with ``$ref`` followed."""
        while "$ref" in schema:
            target: Any = self._root
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = target
        return schema

    def check(self, schema: Schema) -> Check:
        """The function of one part."""
        schema = self.resolve(schema)
        function = self._functions.get(id(schema))
        if function is None:
            function = self._functions[id(schema)] = self._compile(schema)
        return function

    def parts_for(self, schema: Schema, key: str) -> list[Schema]:
        """The schemas of the value under ``key`` of a map."""
        parts = [
            part
            for pattern, part in schema.get("patternProperties", {}).items()
            if re.search(pattern, key)
        ]
        if key in schema.get("properties", {}):
            parts.append(schema["properties"][key])
        rest = schema.get("additionalProperties", False)
        return parts or ([rest] if isinstance(rest, Mapping) else [])

    def _compile(self, schema: Schema) -> Check:
        unknown = schema.keys() - _ANNOTATIONS - _ASSERTIONS
        if unknown:
            raise ValueError(f"keywords that the compiled check does not know: {sorted(unknown)}")
        scalar, sequence = self._scalar(schema), self._sequence(schema)
        mapping = self._mapping(schema)
        if mapping is _refuse and sequence is _refuse:
            if scalar is _accept:
                return _is_scalar
            return lambda node: type(node) is Scalar and scalar(node)

        def check(node: Node) -> bool:
            if type(node) is Scalar:
                return scalar(node)
            if type(node) is MappingNode:
                return mapping(node)
            return sequence(node)

        return check

    def _types(self, schema: Schema) -> frozenset[type]:
        if "type" not in schema:
            return frozenset().union(*_TYPES.values())
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return frozenset().union(*(_TYPES[name] for name in names))

    def _any_of(self, schema: Schema) -> tuple[Check, ...]:
        return tuple(self.check(part) for part in schema.get("anyOf", ()))

    def _scalar(self, schema: Schema) -> Check:
        types = self._types(schema)
        pattern = schema.get("pattern")
        if pattern and "then" in schema:
            pattern = pattern.rpartition("|")[2]
        search = re.compile(pattern).search if pattern else None
        low, high = schema.get("minimum"), schema.get("maximum")
        enum = None
        if "enum" in schema:
            enum = frozenset((type(value), value) for value in schema["enum"])
        any_of = self._any_of(schema)
        if not types & _SCALARS:
            return _refuse
        asserted = schema.keys() & {"pattern", "minimum", "maximum", "enum", "anyOf"}
        if types >= _SCALARS and not asserted - ({"anyOf"} if keys_needed(schema) else set()):
            return _accept
        if keys_needed(schema):
            any_of = ()

        def check(node: Any) -> bool:
            value = node.value
            kind = str if isinstance(value, str) else type(value)
            if kind not in types:
                return False
            if kind is str:
                if search is not None and search(value) is None:
                    return False
            elif kind is Template:
                return search is None
            elif (kind is int or kind is Decimal) and (
                (low is not None and value < low) or (high is not None and value > high)
            ):
                return False
            if enum is not None and (kind, value) not in enum:
                return False
            return not any_of or any(part(node) for part in any_of)

        return check

    def _sequence(self, schema: Schema) -> Check:
        if Sequence not in self._types(schema) or "enum" in schema:
            return _refuse
        least = schema.get("minItems", 0)
        any_of = () if keys_needed(schema) else self._any_of(schema)
        items = schema.get("items")
        item: Check | None = None

        def check(node: Any) -> bool:
            nonlocal item
            if len(node.items) < least and not node.emptied:
                return False
            if any_of and not any(part(node) for part in any_of):
                return False
            if items is not None:
                if item is None:
                    item = self.check(items)
                for child in node.items:
                    if not item(child):
                        return False
            return True

        return check

    def _mapping(self, schema: Schema) -> Check:
        types = self._types(schema)
        if MappingNode not in types or "enum" in schema or "then" in schema:
            return _refuse
        properties: Schema = schema.get("properties", {})
        if Sequence in types and "type" in schema:
            properties = {key: properties[key] for key in properties if key not in REPEATERS}
        patterns = [
            (re.compile(text).search, part)
            for text, part in schema.get("patternProperties", {}).items()
        ]
        rest = schema.get("additionalProperties", {})
        required = frozenset(schema.get("required", ()))
        least = schema.get("minProperties", 0)
        alternatives = keys_needed(schema)
        any_of = () if alternatives else self._any_of(schema)
        beside = BESIDE.get(schema.get("$comment", ""))
        known: dict[str, Check] = {}

        def of_key(key: str) -> Check | None:
            parts = [part for search, part in patterns if search(key)]
            if key in properties:
                parts.append(properties[key])
            if not parts:
                return None if rest is False else self.check(rest)
            checks = [self.check(part) for part in parts]
            if len(checks) == 1:
                if key in properties:
                    known[key] = checks[0]
                return checks[0]
            return lambda node: all(check(node) for check in checks)

        def check(node: Any) -> bool:
            entries = node.entries
            if len(entries) < least:
                return False
            for entry in entries:
                value = known.get(entry.key) or of_key(entry.key)
                if value is None or not value(entry.value):
                    return False
            if beside is not None and sum(entry.key not in beside for entry in entries) != 1:
                return False
            if required and not required.issubset([entry.key for entry in entries]):
                return False
            if alternatives and alternatives.isdisjoint([entry.key for entry in entries]):
                return False
            return not any_of or any(part(node) for part in any_of)

        return check


def _refuse(node: Node) -> bool:
    return False


def _accept(node: Node) -> bool:
    return True


def _is_scalar(node: Node) -> bool:
    return type(node) is Scalar


def keys_needed(schema: Schema) -> frozenset[str]:
    """The keys of which a map needs one, where ``anyOf`` says that and nothing else."""
    parts = schema.get("anyOf", ())
    if any(part.keys() != {"required"} or len(part["required"]) != 1 for part in parts):
        return frozenset()
    return frozenset(part["required"][0] for part in parts)


@cache
def compiled(name: str) -> tuple[dict[str, Any], Compiler]:
    """A published schema and its compiled form."""
    root: dict[str, Any] = json.loads(schema_text(name))
    return root, Compiler(root)


def schema_text(name: str) -> str:
    """The text of ``NAME.schema.json``, from the package or, in a checkout, from beside it."""
    if name not in NAMES:
        raise ValueError(f"unknown schema {name!r}")
    return schema_path(name).read_text(encoding="utf-8")


def schema_path(name: str) -> Path:
    """Where ``NAME.schema.json`` lies."""
    package = Path(__file__).parent.parent
    packed = package / "_schema" / f"{name}.schema.json"
    if packed.is_file():
        return packed
    return package.parent.parent / "schema" / f"{name}.schema.json"
