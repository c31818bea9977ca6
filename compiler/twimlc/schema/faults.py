"""The places where a tree breaks a schema: both come in, one finding per mistake goes out.

jsonschema finds the places and never says a word: its keyword and path are looked up in the tree
and told in the words of ``wording.py``.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft7Validator

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.schema.closures import Compiler
from twimlc.schema.compiled import BESIDE
from twimlc.schema.keys import unknown_keys
from twimlc.schema.place import Path, Place, plain
from twimlc.schema.structure import step_faults
from twimlc.schema.wording import word
from twimlc.source import tree
from twimlc.source.tree import Node

Schema = Mapping[str, Any]


def find_faults(root: Schema, schema: Schema, compiler: Compiler, node: Node) -> list[Diagnostic]:
    """Every mistake of the tree, each once, in the order of the file."""
    whole = schema if schema is root else {**schema, "definitions": root["definitions"]}
    errors = defaultdict[Path, list[Any]](list)
    for error in Draft7Validator(whole).iter_errors(plain(node)):
        errors[tuple(error.absolute_path)].append(error)
    found: list[Diagnostic] = []
    explained: set[Path] = set()
    for path, part, mapping in _steps(compiler, schema, node):
        faults, empty = step_faults(mapping, part)
        found += faults
        explained |= {(*path, verb) for verb in empty}
    defaults = _default_keys(node)
    for path, at_path in errors.items():
        if path not in explained:
            place = Place.of(node, path)
            found += _at(place, at_path, defaults)
    # An anchored part that is used twice has its mistake once.
    unique: dict[tuple[object, ...], Diagnostic] = {}
    for finding in found:
        span = finding.span
        key = (finding.rule.slug, span.file.path, span.start, span.end, finding.message)
        unique.setdefault(key, finding)
    return sorted(unique.values(), key=lambda finding: finding.span.start)


def _at(
    place: Place, errors: list[Any], defaults: Mapping[str, frozenset[str]]
) -> list[Diagnostic]:
    by_keyword = {error.validator: error for error in errors}
    surplus = by_keyword.get("additionalProperties")
    if surplus is not None:
        # A misspelt key is also a missing one; it is one mistake.
        if surplus.schema.get("$comment") in BESIDE:
            return []
        return unknown_keys(place, surplus.schema)
    found: list[Diagnostic] = []
    for error in errors:
        if error.validator == "anyOf" and "required" in error.validator_value[0]:
            needed = {part["required"][0] for part in error.validator_value}
            if needed & defaults.get(place.key or "", frozenset()):
                continue
        found.append(word(place, error.validator, error.validator_value, error.schema))
    return found


def _default_keys(node: Node) -> dict[str, frozenset[str]]:
    """The attributes that ``defaults:`` gives, by element or block."""
    found: dict[str, frozenset[str]] = {}
    defaults = node.get("defaults") if isinstance(node, tree.Mapping) else None
    if isinstance(defaults, tree.Mapping):
        for entry in defaults:
            if isinstance(entry.value, tree.Mapping):
                found[entry.key] = frozenset(inner.key for inner in entry.value)
    return found


def _steps(
    compiler: Compiler, schema: Schema, node: Node, path: Path = ()
) -> Iterator[tuple[Path, Schema, tree.Mapping]]:
    """Every map of the tree that must hold one verb, with its schema."""
    schema = compiler.resolve(schema)
    if isinstance(node, tree.Sequence):
        if "items" in schema:
            for index, item in enumerate(node.items):
                yield from _steps(compiler, schema["items"], item, (*path, index))
    elif isinstance(node, tree.Mapping):
        if schema.get("$comment") in BESIDE:
            yield path, schema, node
        for entry in node:
            for part in compiler.parts_for(schema, entry.key):
                yield from _steps(compiler, part, entry.value, (*path, entry.key))
