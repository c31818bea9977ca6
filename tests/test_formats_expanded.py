"""The shape of values: what comes through ``${…}`` is asked of the schema as what is typed."""

import random
from typing import Any

import pytest
from jsonschema import Draft7Validator

from compiled import make
from test_formats_accepted import SOUND, tree_of
from test_formats_validator import compile_all, mutated, node_of
from twimlc.formats.check import check_expanded, expanded
from twimlc.formats.place import plain
from twimlc.yaml.tree import CallValue, Mapping, Scalar, Template


def findings(value: str, *steps: str) -> list[tuple[str, str]]:
    body = "".join(f"  - {step}\n" for step in steps)
    made = make(f"params: {{value: {value}}}\nsteps:\n{body}  - hangup\n")
    return [(found.rule.slug, found.message) for found in made.result.findings]


@pytest.mark.parametrize(
    ("step", "value", "slug", "message"),
    [
        ("${value}", "nonsense", "no-verb", "'nonsense' alone is not a step"),
        ("${value}", "{sya: Hello.}", "no-verb", "unknown verb 'sya'"),
        ("${value}", "{say: Hi., play: a.mp3}", "several-verbs", "a step does one thing: say and"),
        (
            "say: ${value}",
            "{message: Hi, vioce: alice}",
            "unknown-key",
            "unknown key 'vioce' in 'say'",
        ),
        ("say: ${value}", "[Hi.]", "wrong-type", "say takes text, or a map of its attributes, not"),
        ("gather: ${value}", "Hi.", "wrong-type", "gather takes a map of its attributes and of"),
        ("gather: {prompt: '${value}'}", "[{dial: x}]", "no-verb", "unknown verb 'dial'"),
        ("menu: ${value}", "Hi.", "wrong-type", "menu takes a map of prompt, choices and more"),
        ("menu: ${value}", "{prompt: Hi.}", "missing-key", "menu needs 'choices'"),
        ("menu: {choices: '${value}'}", "[a]", "wrong-type", "an item of 'choices' takes a map of"),
        ("menu: {choices: '${value}'}", "{lost: next}", "bad-key", "'lost' is not a phone key"),
        ("offer: ${value}", "{options: [{say: Hi.}]}", "missing-key", "an item of 'options' needs"),
        ("voicemail: ${value}", "Hi.", "wrong-type", "voicemail takes a map of say, record and"),
        ("hunt: {people: '${value}'}", "[{queue: q}]", "no-verb", "'queue' cannot be used in this"),
        ("{dial: '+14155550100', when: '${value}'}", "[a]", "wrong-type", "when takes a map of"),
        ("gather: {prompt: ['${value}']}", "Hello.", "no-verb", "'Hello.' alone is not a step"),
        ("{dial: '+14155550100', then: '${value}'}", "[]", "empty-list", "then is empty"),
        ("{say: {message: Hi., extra: '${value}'}}", "a", "wrong-type", "extra takes a map of"),
        ("menu: {choices: {1: next}, attempts: '${value}'}", "21", "bad-value", "attempts takes a"),
    ],
)
def test_a_value_of_the_wrong_shape(step: str, value: str, slug: str, message: str) -> None:
    found = [(rule, text) for rule, text in findings(value, step) if rule == slug]
    assert found
    assert found[0][1].startswith(message)


@pytest.mark.parametrize(
    ("step", "value"),
    [
        ("${value}", "hangup"),
        ("${value}", "{say: Hello.}"),
        ("say: ${value}", "12.50"),
        ("gather: {prompt: '${value}'}", "{say: Hello.}"),
        ("{dial: '+14155550100', then: '${value}'}", "{say: Hello.}"),
        ("dial: ${value}", "'+14155550100'"),
        ("{dial: '+14155550100', then: '${value}'}", "[hangup]"),
        ("hunt: ${value}", "['+14155550100', '+14155550101']"),
        ("connect: {stream: {url: 'wss://a.example.com', parameters: '${value}'}}", "{a: b}"),
    ],
)
def test_a_value_of_the_right_shape(step: str, value: str) -> None:
    shape = {"no-verb", "several-verbs", "unknown-key", "wrong-type", "missing-key", "bad-value"}
    assert not shape & {slug for slug, _ in findings(value, step)}


def test_a_list_may_have_lost_its_items() -> None:
    steps = ("say: Hello.", "{dial: '+14155550100', then: [{if: '${value}', say: Hi.}]}")
    assert "wrong-type" not in {slug for slug, _ in findings("false", *steps)}


def test_what_the_compiled_check_accepts_jsonschema_accepts() -> None:
    root, compiler = expanded()
    slow = Draft7Validator(root)
    chance = random.Random(7)
    seeds = [plain(tree_of(text)) for text in SOUND.values()]
    refused = 0
    for _ in range(600):
        value: Any = chance.choice(seeds)
        for _ in range(chance.randint(1, 3)):
            value = mutated(value, chance)
        node = node_of(value)
        if compiler.check(root)(node):
            assert slow.is_valid(value), value
        elif isinstance(node, Mapping):
            refused += 1
            whole, found = check_expanded(node)
            assert found or compiler.check(root)(whole), value
    assert refused > 30


def test_every_part_compiles() -> None:
    assert compile_all(expanded()[0]) > 30


def test_a_value_of_the_call_is_text() -> None:
    root, compiler = expanded()
    steps = root["definitions"]["steps"]["items"]
    span = tree_of("a: b").span
    value = Scalar(Template((CallValue("From"),)), "${call.From}", span)
    assert compiler.check(steps["properties"]["goto"])(value)
    assert not compiler.check(steps)(value)


@pytest.mark.parametrize("block", ["menu: {choices: {1: next}}", "voicemail", "hunt: '1'"])
def test_a_block_of_calls_in_a_flow_of_messages(block: str) -> None:
    made = make(f"kind: messaging\nsteps:\n  - message: Hello.\n  - {block}\n")
    assert "not-allowed-inside" in made.slugs
