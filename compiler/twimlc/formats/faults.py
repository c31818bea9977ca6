"""The places where a tree breaks a schema: both come in, one finding per mistake goes out.

jsonschema finds the places and never says a word: its keyword and path are looked up in the tree
and worded by ``wording.py``.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft7Validator

from twimlc.findings.diagnostic import Diagnostic
from twimlc.formats.keys import unknown_keys
from twimlc.formats.place import Path, Place, plain
from twimlc.formats.structure import step_faults
from twimlc.formats.validator import BESIDE, Compiler
from twimlc.formats.wording import word
from twimlc.yaml import tree
from twimlc.yaml.tree import Node

Schema = Mapping[str, Any]


def find_faults(root: Schema, schema: Schema, compiler: Compiler, node: Node) -> list[Diagnostic]:
    """Every mistake of the tree, each once, in the order of the file."""
    whole = schema if schema is root else {**schema, "definitions": root["definitions"]}
    errors = defaultdict[Path, list[Any]](list)
    for error in Draft7Validator(whole).iter_errors(plain(node)):
        errors[tuple(error.absolute_path)].append(error)
    findings: list[Diagnostic] = []
    explained: set[Path] = set()
    for path, part, mapping in _steps(compiler, schema, node):
        faults, empty = step_faults(mapping, part)
        findings += faults
        explained |= {(*path, verb) for verb in empty}
    defaults = _default_keys(node)
    for path, at_path in errors.items():
        if path not in explained:
            place = Place.of(node, path)
            if not (isinstance(place.node, tree.Sequence) and place.node.emptied):
                findings += _at(place, at_path, defaults)
    # An anchored part that is used twice has its mistake once.
    unique: dict[tuple[object, ...], Diagnostic] = {}
    for finding in findings:
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
    findings: list[Diagnostic] = []
    for error in errors:
        steps = error.schema.get("$comment") == "a list of steps"
        if error.validator == "minItems" and steps and place.messaging:
            continue  # nothing to send is an answer
        if error.validator == "anyOf" and "required" in error.validator_value[0]:
            needed = {part["required"][0] for part in error.validator_value}
            if needed & defaults.get(place.key or "", frozenset()):
                continue
        findings.append(word(place, error.validator, error.validator_value, error.schema))
    return findings


def _default_keys(node: Node) -> dict[str, frozenset[str]]:
    """The attributes that ``defaults:`` of a file or its components give, by element or block."""
    found: dict[str, frozenset[str]] = {}
    top = {entry.key: entry.value for entry in tree.entries_of(node)}
    parts = (node, *(entry.value for entry in tree.entries_of(top.get("components"))))
    bodies = (part for part in parts if isinstance(part, tree.Mapping))
    for entry in (e for body in bodies for e in tree.entries_of(body.get("defaults"))):
        keys = frozenset(tree.key_spans(entry.value))
        found[entry.key] = found.get(entry.key, frozenset()) | keys
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
