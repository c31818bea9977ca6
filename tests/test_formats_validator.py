"""The compiled check against jsonschema: it may refuse more, it never accepts more."""

import random
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft7Validator

from test_formats_accepted import PROJECT, SOUND, tree_of
from twimlc.formats.check import check_flow
from twimlc.formats.place import plain
from twimlc.formats.validator import Compiler, compiled
from twimlc.text import SourceFile, Span
from twimlc.yaml.tree import Entry, Mapping, Node, Scalar, Sequence

NOWHERE = Span(SourceFile("mutant.yaml", ""), 0, 0)
VALUES: list[Any] = [
    *("", "soon", "${x}", "020", "yes", "GET", "a/b", "pause", "1", None, True, False, 0, 20, 700),
    *(Decimal("1.5"), Decimal("3.0"), [], {}, ["a"], {"say": "Hi"}, [{"say": "Hi"}], [[]]),
]
KEYS = ["say", "dial", "then", "message", "timeout", "x-a", "1", "*", "number", "States", "extra"]


def node_of(value: Any) -> Node:
    if isinstance(value, dict):
        return Mapping(tuple(Entry(k, NOWHERE, node_of(v)) for k, v in value.items()), NOWHERE)
    if isinstance(value, list):
        return Sequence(tuple(map(node_of, value)), NOWHERE)
    return Scalar(value, str(value), NOWHERE)


def mutated(value: Any, chance: random.Random) -> Any:
    """The value with something in it changed, dropped, renamed or added."""
    if not isinstance(value, (dict, list)) or not value or chance.random() < 0.1:
        return chance.choice(VALUES)
    if isinstance(value, list):
        index = chance.randrange(len(value))
        if chance.random() < 0.1:
            return [*value[:index], *value[index + 1 :]]
        return [*value[:index], mutated(value[index], chance), *value[index + 1 :]]
    key = chance.choice([*value])
    act = chance.random()
    if act < 0.12:
        return {k: v for k, v in value.items() if k != key}
    if act < 0.24:
        new = chance.choice([*KEYS, key.upper(), key + "s"])
        return {new if k == key else k: v for k, v in value.items()}
    if act < 0.36:
        return {**value, chance.choice(KEYS): chance.choice(VALUES)}
    return {**value, key: mutated(value[key], chance)}


@pytest.mark.parametrize("name", ["flow", "project"])
def test_what_the_compiled_check_accepts_jsonschema_accepts(name: str) -> None:
    root, compiler = compiled(name)
    fast = compiler.check(root)
    slow = Draft7Validator(root)
    texts = [*SOUND.values()] if name == "flow" else [PROJECT]
    seeds = [plain(tree_of(text)) for text in texts]
    chance = random.Random(7)
    refused = wrongly = 0
    for _ in range(600):
        value = chance.choice(seeds)
        for _ in range(chance.randint(1, 3)):
            value = mutated(value, chance)
        node = node_of(value)
        if fast(node):
            assert slow.is_valid(value), value
        else:
            refused += 1
            # One verb a step is beside the schema, so only a project is judged the same way.
            wrongly += name == "project" and slow.is_valid(value)
    assert refused > 100
    assert wrongly == 0


def test_what_is_refused_has_a_finding_or_is_accepted_after_all() -> None:
    chance = random.Random(11)
    root, compiler = compiled("flow")
    seeds = [plain(tree_of(text)) for text in SOUND.values()]
    silent = 0
    for _ in range(150):
        value = mutated(chance.choice(seeds), chance)
        node = node_of(value)
        if not compiler.check(root)(node):
            whole, found = check_flow(node)
            silent += not found and not compiler.check(root)(whole)
    assert silent == 0


def compile_all(root: dict[str, Any]) -> int:
    """Compile each part of a schema; how many there are."""
    compiler, seen = Compiler(root), set[int]()
    waiting = [root, *root.get("definitions", {}).values()]
    while waiting:
        schema = compiler.resolve(waiting.pop())
        if id(schema) in seen:
            continue
        seen.add(id(schema))
        compiler.check(schema)
        waiting += [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
        waiting += schema.get("patternProperties", {}).values()
        rest = (schema.get("items"), schema.get("additionalProperties"))
        waiting += [part for part in rest if isinstance(part, dict)]
    return len(seen)


def test_a_keyword_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="oneOf"):
        Compiler({"oneOf": []}).check({"oneOf": []})


@pytest.mark.parametrize("name", ["flow", "project"])
def test_every_part_of_the_schemas_compiles(name: str) -> None:
    assert compile_all(compiled(name)[0]) > 30
