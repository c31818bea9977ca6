"""What may be written at a place: a kind of file and a path come in, parts of its schema go out.

The published schemas hold every key of every verb and block; which row of the vocabulary a part
was made from is known by the definition that the path came through.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from twimlc import vocabulary
from twimlc.editor.cursor import Path
from twimlc.formats.validator import BESIDE, compiled
from twimlc.project.kinds import FileKind
from twimlc.text import lazy_pattern

Schema = Mapping[str, Any]

_DEFINITION = lazy_pattern(r"#/definitions/(\w+)(?:/properties/(\w+))?$")
_WORD = lazy_pattern(r"[a-z][a-z-]*")
_ROWS: Mapping[str, vocabulary.Element] = {**vocabulary.MESSAGING, **vocabulary.VOICE}


@dataclass(frozen=True, slots=True)
class Shape:
    """A part of a schema.

    ``element`` is the TwiML element that it is the content of; with ``attribute`` it is one
    attribute (or the text) of that element.
    """

    schema: Schema
    root: str
    element: vocabulary.Element | None = None
    attribute: str | None = None

    @property
    def row(self) -> vocabulary.Attribute | None:
        """The vocabulary's row of the attribute."""
        if self.element is None or self.attribute is None:
            return None
        text = self.element.text
        if text is not None and text.name == self.attribute:
            return text
        return self.element.attributes.get(self.attribute)

    @property
    def beside(self) -> frozenset[str] | None:
        """For a step: the keys that may be beside its verb."""
        return BESIDE.get(self.schema.get("$comment", ""))

    def keys(self) -> dict[str, "Shape"]:
        """The keys of a map here that are known by name."""
        return {key: part for part in _parts(self) for key, part in _properties(part)}

    def values(self) -> list[str]:
        """The values of a closed or an open set that this takes."""
        found: list[str] = []
        for part in _parts(self):
            found += [_written(value) for value in part.schema.get("enum", ())]
            if self.root == "script":
                # What happens far away is given by examples, because it may be a list too.
                found += [word for word in part.schema.get("examples", ()) if _WORD.fullmatch(word)]
            types = part.schema.get("type", ())
            named = str(part.schema.get("$comment", "")).startswith("the name of")
            if "boolean" in types and "number" not in types and not named:
                found += ["true", "false"]
        row = self.row
        if row is not None:
            found += [*row.values, *row.keywords, *row.known_values]
        return list(dict.fromkeys(found))

    @property
    def holds(self) -> str:
        """``map``, ``list`` or ``text``: what is most likely written here."""
        types = self.schema.get("type", ())
        types = {types} if isinstance(types, str) else {*types}
        if "then" in self.schema:  # a map there is an item without its dash
            types.discard("object")
        if "string" not in types or self.schema.get("pattern") == r"\$\{":
            if "object" in types:
                return "map"
            if "array" in types:
                return "list"
        return "text"


@cache
def shape_of(kind: FileKind) -> Shape:
    """The whole of a file of one kind."""
    if kind is FileKind.COMPONENT:
        root, _ = compiled("flow")
        return Shape(root["definitions"]["component"], "flow")
    root, _ = compiled(kind.value)
    return Shape(root, kind.value)


def shapes_at(kind: FileKind, path: Path) -> list[Shape]:
    """What may stand at a path, the alternatives of the schema each for itself."""
    if kind is FileKind.DOCUMENT:
        return []
    found = [shape_of(kind)]
    for part in path:
        found = [below for shape in found for below in _below(shape, part)]
    return [part for shape in found for part in _parts(shape)]


def _below(shape: Shape, part: str | int) -> Iterator[Shape]:
    for each in _parts(shape):
        known = dict(_properties(each)) if isinstance(part, str) else {}
        if part in known:
            yield known[part]
        elif isinstance(part, int):
            if isinstance(each.schema.get("items"), dict):
                yield _resolved(replace(each, schema=each.schema["items"]))
        else:
            _, compiler = compiled(each.root)
            yield from (
                _resolved(Shape(below, each.root))
                for below in compiler.parts_for(each.schema, part)[:1]
                if below  # nothing is known of notes (x-…)
            )


def _properties(shape: Shape) -> Iterator[tuple[str, Shape]]:
    # What is in the map of an attribute is no attribute of the element.
    element = None if shape.attribute else shape.element
    for key, schema in shape.schema.get("properties", {}).items():
        yield key, _resolved(Shape(schema, shape.root, element, key if element else None))


def _parts(shape: Shape) -> Iterator[Shape]:
    """The shape itself and each of its alternatives, those that only demand a key left out."""
    yield shape
    if "then" in shape.schema:
        yield _resolved(replace(shape, schema=shape.schema["then"], attribute=None))
    for schema in shape.schema.get("anyOf", ()):
        if schema.keys() - {"required"}:
            yield from _parts(_resolved(replace(shape, schema=schema)))


def _resolved(shape: Shape) -> Shape:
    """The shape with ``$ref`` followed, and the row of the vocabulary that it leads to."""
    while "$ref" in shape.schema:
        found = _DEFINITION.match(shape.schema["$ref"])
        _, compiler = compiled(shape.root)
        shape = replace(shape, schema=compiler.resolve(shape.schema))
        if found is not None and found[1] in _ROWS:
            shape = replace(shape, element=_ROWS[found[1]], attribute=found[2])
    return shape


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
