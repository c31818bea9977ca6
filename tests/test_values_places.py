"""What ``${…}`` puts into any place is held to the rules of what is typed there.

The places come from the schema. A value of each shape is typed into each of them, and put there
by a param: both flows are refused, or both are the same call.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from compiled import compile_target
from twimlc import pipeline
from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.graph import Graph
from twimlc.flow.model import Element
from twimlc.formats.validator import BESIDE, Compiler, compiled
from twimlc.pipeline.load import Loaded, load

SHAPES: list[Any] = [
    *("nine", "20", "https://example.com/a.mp3", "+14155550100", "hangup", "GET"),
    *(20, True, None, [], {}, ["a"], [{"say": "Hi."}], {"say": "Hi."}),
    *({"sya": "Hi."}, {"1": "next"}, {"a": "b"}, {"say": "Hi.", "if": False}),
]
NEEDED = {
    "message": "Hello.",
    "body": "Hello.",
    "prompt": "Press 1.",
    "choices": {"1": "next"},
    "options": [{"say": "Sales.", "then": "next"}],
    "number": "+14155550100",
    "phoneNumber": "+14155550100",
    "url": "https://a.example.com/b.mp3",
    "say": "Hello.",
    "then": "next",
    "key": "1",
    "sipUrl": "sip:ann@example.com",
    "stream": {"url": "wss://a.example.com/b"},
    "applicationSid": f"AP{'1' * 32}",
    "simSid": f"DE{'1' * 32}",
    "code": "de-DE",
    "for": "payment-card-number",
}
"""Right values of keys that an element or block cannot do without."""
DEEPEST = 5
HOLE = "${m.x}"


class Place(NamedTuple):
    """``flow`` makes a flow that holds a value at the place."""

    name: str
    flow: Callable[[Any], dict[str, Any]]


def in_steps(value: Any) -> dict[str, Any]:
    return {"states": {"start": [value, {"say": "Goodbye."}], "other": [{"say": "Other."}]}}


def in_message(value: Any) -> dict[str, Any]:
    return {"kind": "messaging", "steps": [{"message": value}]}


def component(**body: Any) -> dict[str, Any]:
    use = in_steps({"use": "c", "with": {"m": "${m}"}})
    return {"components": {"c": {"params": {"m": None}, **body}}} | use


def places() -> Iterator[Place]:
    root, compiler = compiled("flow")
    step = root["definitions"]["steps"]["items"]
    body = root["definitions"]["component"]["properties"]
    inner = {"components": {"c": {"steps": [{"say": "Hi."}]}}}
    yield Place("a step", in_steps)
    yield Place("a state", lambda value: {"states": {"start": value}})
    yield Place("steps", lambda value: {"steps": value})
    yield Place("steps[]", lambda value: {"steps": [value]})
    yield Place("start", lambda value: in_steps({"say": "Hi."}) | {"start": value})
    yield Place("invariants[]", lambda value: in_steps("hangup") | {"invariants": [value]})
    yield Place("use", lambda value: inner | in_steps({"use": value}))
    yield Place("with", lambda value: inner | in_steps({"use": "c", "with": value}))
    yield Place(
        "a component's steps",
        lambda value: component(steps=value),
    )
    yield Place(
        "a component's state",
        lambda value: component(states={"a": value}),
    )
    for key in ("if", "each"):
        yield Place(key, lambda value, key=key: in_steps({"say": "Hi.", key: value}))
    beside = BESIDE[step["$comment"]]
    for key, schema in step["properties"].items():
        verb = {"dial": "+14155550100"} if key in beside else {}
        if key not in ("use", "if", "each", "as", "with"):
            yield from below(
                compiler,
                schema,
                key,
                in_message
                if key == "message"
                else lambda value, key=key, verb=verb: in_steps(verb | {key: value}),
            )
    for key, schema in body["defaults"]["properties"].items():
        yield from below(
            compiler,
            schema,
            f"defaults.{key}",
            lambda value, key=key: in_steps({"say": "Hi."}) | {"defaults": {key: value}},
            DEEPEST - 1,
        )


def below(
    compiler: Compiler,
    schema: Any,
    name: str,
    flow: Callable[[Any], dict[str, Any]],
    depth: int = 0,
) -> Iterator[Place]:
    """A place and what it holds."""
    schema = compiler.resolve(schema)
    yield Place(name, flow)
    if depth == DEEPEST:
        return
    if "items" in schema and "list of steps" not in schema["$comment"]:
        yield from below(
            compiler, schema["items"], f"{name}[]", lambda value: flow([value]), depth + 1
        )
    parts = dict(schema.get("properties", {}))
    for part in schema.get("patternProperties", {}).values():
        parts["1"] = part
    if isinstance(rest := schema.get("additionalProperties"), dict):
        parts["busy" if "outcomes" in schema["$comment"] else "newName"] = rest
    either = [each["required"][0] for each in schema.get("anyOf", ()) if "required" in each]
    for key, part in parts.items():
        needed = schema.get("required") or ([] if key in either else either[:1])
        others = {other: NEEDED.get(other, "x") for other in needed if other != key}
        if "url" in others and ("stream" in name or "Relay" in name):
            others["url"] = "wss://a.example.com/b"
        if key in ("ssml", "media"):
            others = {}
        if key not in ("if", "each", "as"):
            yield from below(
                compiler,
                part,
                f"{name}.{key}",
                lambda value, key=key, others=others: flow(others | {key: value}),
                depth + 1,
            )


def meaning(flow: dict[str, Any], home: Path) -> tuple[list[Diagnostic], object]:
    """The errors of a flow, and all that callers can meet."""
    text = json.dumps({"kind": "voice", **flow}, ensure_ascii=False)
    options = pipeline.Options(cwd=home, targets=("twiml-bin",), stdin=("f.yaml", text.encode()))
    loaded = load(options)
    assert isinstance(loaded, Loaded)
    made = compile_target(loaded, loaded.targets[0])
    errors = [f for f in (*loaded.findings, *made.findings) if f.is_error]
    return errors, [said(variant.graph) for variant in made.variants]


def said(graph: Graph) -> object:
    return [
        (
            node.element and written(node.element),
            sorted(node.exits.items()),
            sorted(node.keys.items()),
            node.fallback,
            node.allow,
        )
        for node in graph.nodes
    ]


def written(part: object) -> object:
    if not isinstance(part, Element):
        return str(part)
    attributes = [(each.name, str(each.value)) for each in part.attributes]
    return part.tag, attributes, [written(child) for child in part.children]


def at_the_value(finding: Diagnostic) -> bool:
    """Whether a finding stands at the value in the param, or at the place that it is put into."""
    span = finding.span
    end = span.file.text.index('"states": ' if '"states": ' in span.file.text else '"steps": ')
    while span is not None:
        if span.start < end or HOLE in span.text:
            return True
        span = span.via
    return False


PLACES = list(places())


@pytest.mark.sweep(60)
@pytest.mark.parametrize("place", PLACES, ids=[place.name for place in PLACES])
def test_a_value_means_what_is_typed(place: Place, tmp_path: Path) -> None:
    for shape in SHAPES:
        params = {"params": {"m": {"x": shape}}}
        wrong, call = meaning(params | place.flow(shape), tmp_path)
        refused, other = meaning(params | place.flow(HOLE), tmp_path)
        assert bool(wrong) is bool(refused), (shape, wrong, refused)
        if not wrong:
            assert call == other, shape
        elif shape is not None and words(wrong) != words(refused):
            assert any(map(at_the_value, refused)), (shape, refused)


def words(found: list[Diagnostic]) -> set[str]:
    return {finding.message for finding in found}


def test_the_places_are_all_there() -> None:
    names = {place.name for place in PLACES}
    assert len(names) > 1000
    some = """
        a step, a state, with, then, when.busy, menu.prompt[].play, menu.choices.1, menu.choices[].key,
        hunt.people[].client.url, dial.number[].phoneNumber, offer.options[].then, allow[],
        connect.conversationRelay.languages[].code, connect.stream.parameters.newName,
        defaults.say.voice, message.media[].url, invariants[]
    """
    assert {name.strip() for name in some.split(",")} - names == set()
