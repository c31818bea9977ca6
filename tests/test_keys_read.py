"""Every key that a schema accepts is read: another value gives another call, finding or picture.

The schemas are walked, so a key that is added is tried too. Each key stands in a small flow, once
with each of two values; what comes of the two must differ, or the key be refused there.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from compiled import make
from twimlc import vocabulary
from twimlc.flow.build import build_graph
from twimlc.flow.decisions import Known
from twimlc.flow.graph import Graph
from twimlc.flow.model import Element
from twimlc.flow.read import flow_names, read_flow
from twimlc.formats.check import check_expanded, check_flow
from twimlc.formats.flow_file import flow_schema
from twimlc.pipeline.picture import draw
from twimlc.report.graph import render_graph
from twimlc.text import SourceFile
from twimlc.values.expand import expand_flow, resolve_params
from twimlc.values.scope import ExpressionContext
from twimlc.vocabulary import AttributeType as T, Fetch
from twimlc.vocabulary.blocks import BLOCKS, SIDE_KEYS, Holds, Part
from twimlc.yaml import tree as yaml
from twimlc.yaml.reader import read_yaml

Tree = Any

SCHEMA = flow_schema()["definitions"]
DEFAULTS = SCHEMA["component"]["properties"]["defaults"]["properties"]
SAY = vocabulary.VOICE["Say"]
AROUND = ExpressionContext("f", "site")
NUMBER = "+14155550100"
AWAY = "https://voice.example.com/answer"
DIAL: Tree = {"number": NUMBER}

ELEMENTS: Mapping[str, tuple[str, Tree]] = {
    "Say": ("say", {"message": "Hello."}),
    "Play": ("play", {"url": "https://media.example.com/a.mp3"}),
    "Pause": ("pause", {}),
    "Gather": ("gather", {"prompt": "Press a key."}),
    "Record": ("record", {}),
    "Dial": ("dial", DIAL),
    "Enqueue": ("enqueue", {"name": "support"}),
    "Leave": ("leave", {}),
    "Hangup": ("hangup", {}),
    "Reject": ("reject", {}),
    "Redirect": ("redirect", {"url": AWAY}),
    "Refer": ("refer", {"sip": {"sipUrl": "sip:ann@example.com"}}),
    "Echo": ("echo", {}),
    "Sms": ("sms", {"message": "Hello."}),
    "Connect": ("connect", {"room": "Daily"}),
    "Start": ("start", {"stream": {"url": "wss://a.example.com/x"}}),
    "Stop": ("stop", {"stream": {"name": "one"}}),
    "Pay": ("pay", {}),
    "Prompt": ("pay.prompt", {"for": "payment-card-number", "prompt": "Your card."}),
    "Number": ("dial.number", {"phoneNumber": NUMBER}),
    "Client": ("dial.client", {"identity": "ann"}),
    "Identity": ("dial.client.identity", {"clientIdentity": "ann"}),
    "Conference": ("dial.conference", {"name": "Daily"}),
    "Queue": ("dial.queue", {"name": "support"}),
    "Sim": ("dial.sim", {"simSid": "DE" + "0" * 32}),
    "Sip": ("dial.sip", {"sipUrl": "sip:ann@example.com"}),
    "Uri": ("dial.sip.uri", {"sipUrl": "sip:ann@example.com"}),
    "Application": ("dial.application", {"applicationSid": "AP" + "0" * 32}),
    "ApplicationSid": ("dial.application.applicationSid", {"sid": "AP" + "0" * 32}),
    "WhatsApp": ("dial.whatsApp", {"phoneNumber": NUMBER}),
    "Task": ("enqueue.task", {"body": '{"a": "b"}'}),
    "ReferSip": ("refer.sip", {"sipUrl": "sip:ann@example.com"}),
    "Room": ("connect.room", {"name": "Daily"}),
    "Autopilot": ("connect.autopilot", {"name": "UA" + "0" * 32}),
    "VirtualAgent": ("connect.virtualAgent", {"connectorName": "desk"}),
    "Conversation": ("connect.conversation", {"serviceInstanceSid": "IS" + "0" * 32}),
    "ConversationRelay": ("connect.conversationRelay", {"url": "wss://a.example.com/x"}),
    "Language": ("connect.conversationRelay.languages", {"code": "es-US"}),
    "ConversationRelaySession": ("connect.conversationRelaySession", {"connector": "desk"}),
    "AiSession": ("connect.aiSession", {"aiConnector": "desk"}),
    "Stream": ("start.stream", {"url": "wss://a.example.com/x"}),
    "Siprec": ("start.siprec", {"connectorName": "desk"}),
    "Transcription": ("start.transcription", {}),
    "Recording": ("start.recording", {}),
    "Message": ("message", {"body": "Hello."}),
    "Body": ("message.body", {"message": "Hello."}),
    "Media": ("message.media", {"url": "https://media.example.com/a.png"}),
}
"""Where each element stands in a step, and what it needs there."""


class Case(NamedTuple):
    """A key at a place, and two flows that differ in its value."""

    name: str
    key: str
    one: Tree
    two: Tree


def two(row: vocabulary.Attribute) -> tuple[Tree, Tree]:
    """Two values that an attribute takes."""
    one = {
        T.BOOLEAN: ("true", "false"),
        T.METHOD: ("GET", "POST"),
        T.PHONE_NUMBER: (NUMBER, "+14155550101"),
        T.PHONE_NUMBER_OR_SENDER_ID: (NUMBER, "+14155550101"),
        T.LANGUAGE_TAG: ("en-GB", "de-DE"),
        T.JSON_OBJECT: ('{"a": "b"}', '{"a": "c"}'),
        T.SIP_URI: ("sip:ann@example.com", "sip:bob@example.com"),
        T.SID: ((row.prefix or "AP") + "0" * 32, (row.prefix or "AP") + "1" * 32),
        T.DIGITS: ("1", "2"),
        T.DURATION: ("1s", "2s"),
    }.get(row.type)
    if row.type is T.URL:
        end = {Fetch.MEDIA: ".mp3"}.get(row.fetch, "") if row.fetch else ""
        scheme = "wss" if row.fetch is Fetch.WEBSOCKET else "https"
        return f"{scheme}://a.example.com/x{end}", f"{scheme}://a.example.com/y{end}"
    if one is not None:
        return one
    if words := (*row.values, *row.known_values, *row.keywords):
        return (words[0], words[1]) if len(words) > 1 else (words[0], "other")
    if row.type in (T.INTEGER, T.DECIMAL, T.INTEGER_OR_KEYWORD, T.LIST_OF_INTEGER):
        least = row.minimum or 0
        return str(least + 1), str(least + 2)
    return "one", "two"


def step(path: str, body: Tree) -> Tree:
    """A step that holds ``body`` at ``gather.say`` or the like."""
    for key in reversed(path.split(".")):
        body = {key: [body] if key == "languages" else body}
    return body


OFFICE: Tree = {"zone": "UTC", "open": "Mo 10:00-11:00", "until": "2028-12-31"}


def flow(*steps: Tree, **more: Tree) -> Tree:
    """A flow of one state ``here``, with states ``one`` and ``two`` to go to."""
    others = {name: [{"say": f"State {name}."}] for name in ("one", "two")}
    kind = {"kind": "messaging"} if "message" in steps[0] else {}
    if any("hours" in step for step in steps):
        kind = {"calendars": {"office": OFFICE}}
    if "kind" in kind:
        others = {}
    return {**kind, **more, "states": {"here": [*steps], **others}}


def cases_of(name: str) -> Iterator[Case]:
    """Each key of one element, in it and among ``defaults:`` of a flow and of a component."""
    path, sample = ELEMENTS[name]
    row = vocabulary.VOICE.get(name) or vocabulary.MESSAGING[name]
    key = path.rpartition(".")[2]
    for part in SCHEMA[name]["properties"]:
        more, values = around(name, part, row)
        kept = {k: v for k, v in {**sample, **more}.items() if k != part and v is not None}
        yield Case(
            f"{name}.{part}", part,
            *(flow(step(path, kept | ({} if v is None else {part: v}))) for v in values),
        )  # fmt: skip
        if part in DEFAULTS.get(key, {}).get("properties", {}):
            yield from defaults_cases(f"{name}.{part}", step(path, kept), key, part, values)


def defaults_cases(
    name: str, at: Tree, key: str, part: str, values: tuple[Tree, Tree], inner: str = ""
) -> Iterator[Case]:
    """The part among what ``defaults:`` say of ``key``, in the flow and in a component.

    ``inner`` is the key that is looked at, where it stands inside the part.
    """
    given = [{"defaults": {key: {part: value}}} for value in values]
    yield Case(f"defaults.{name}", inner or part, *(flow(at) | more for more in given))
    inside = [{**more, "states": flow(at)["states"]} for more in given]
    user = {key: flow(at)[key] for key in ("kind",) if key in flow(at)}
    yield Case(
        f"component.{name}", inner or part,
        *({**user, "steps": [{"use": "piece"}], "components": {"piece": piece}} for piece in inside),
    )  # fmt: skip


BODIES: Mapping[str, Tree] = {
    "menu": {"prompt": "For one press 1, for two 2.", "choices": {"1": "one", "2": "two"}},
    "offer": {"options": [{"say": "Press any key.", "then": "one"}]},
    "voicemail": {"say": "Speak.", "record": {}},
    "hunt": {"number": [NUMBER, "+14155550101"]},
    "join": {"room": "Daily", "attempts": 2},
    "accept": {"prompt": "Press any key."},
}
"""What each block needs."""


def placed(name: str, body: Tree) -> Tree:
    """The step that a block is, or is in."""
    return {"dial": {**DIAL, "accept": body}} if name == "accept" else {name: body}


PARTS: Mapping[Holds, tuple[Tree, Tree]] = {
    Holds.WORDS: ("One.", "Two."),
    Holds.SPEECH: ("One.", "Two."),
    Holds.CHOICES: ({"1": "one"}, {"1": "two"}),
    Holds.OPTIONS: ([{"say": "Key.", "then": "one"}], [{"say": "Key.", "then": "two"}]),
    Holds.PEOPLE: ([{"number": NUMBER}], [{"client": "ann"}]),
    Holds.ELEMENT: ({"newAttribute": "1"}, {"newAttribute": "2"}),
    Holds.ELEMENTS: ([NUMBER], ["sip:ann@example.com"]),
    Holds.TEXT: ("Daily", "Weekly"),
}


def block_cases(name: str) -> Iterator[Case]:
    """Each key of one block, in it, in its defaults and in those of its verb."""
    block = BLOCKS[name]
    verb = vocabulary.VOICE.get(block.verb or "Record")
    assert verb is not None
    shape = {**SCHEMA, **SCHEMA["steps"]["items"]["properties"]}[name]
    for part in shape["properties"]:
        row = block.parts.get(part) or verb.attributes.get(part, Part(Holds.WORDS))
        values = PARTS[row.holds] if isinstance(row, Part) else two(row)
        if part == "record":
            values = {"maxLength": 5}, {"maxLength": 6}
        beside = {} if part not in ("people", "client", "sip") else {"number": None}
        body = {**BODIES[name], **beside}
        body = {k: v for k, v in body.items() if k != part and v is not None}
        steps = (placed(name, {**body, part: v}) for v in values)
        yield Case(f"{name}.{part}", part, *map(flow, steps))
        if part in DEFAULTS[name]["properties"]:
            yield from defaults_cases(f"{name}.{part}", placed(name, body), name, part, values)
    for part, row in verb.attributes.items():
        at = placed(name, BODIES[name])
        yield from defaults_cases(f"{name} {verb.key}.{part}", at, verb.key, part, two(row))
    if name == "voicemail":
        yield from spoken_cases(name, verb)


def spoken_cases(name: str, record: vocabulary.Element) -> Iterator[Case]:
    """The attributes of what stands in a voicemail, in it and in its defaults."""
    for part, row in (("record", record), ("say", SAY), ("goodbye", SAY)):
        for key, attribute in row.attributes.items():
            text = {"message": "Hi."} if row is SAY else {}
            values = tuple({**text, key: value} for value in two(attribute))
            yield Case(f"{name}.{part}.{key}", key, *(flow({name: {part: v}}) for v in values))
            at = {name: {part: "Hello." if text else {"trim": "do-not-trim"}}}
            if key != "trim":
                yield from defaults_cases(f"{name}.{part}.{key}", at, name, part, values, key)


VERBS: Mapping[str, Tree] = {
    **{path: sample for path, sample in ELEMENTS.values() if "." not in path},
    **{name: body for name, body in BODIES.items() if name != "accept"},
    "switch": "From",
    "hours": "office",
    "goto": "one",
    "return": "away",
    "use": "piece",
    "twiml": "<New/>",
}
"""Every step."""


def side_cases(verb: str) -> Iterator[Case]:
    """Each key that stands beside a verb."""
    for side in SIDE_KEYS:
        more = {"as": {"each": [1], "note": "${n}"}, "each": {"as": "n"}}.get(side, {})
        values = SIDES[side] if side != "when" else ways(verb)
        steps = [{verb: VERBS[verb], **more, side: value} for value in values]
        yield Case(f"{verb}+{side}", side, *map(whole, steps))


def whole(at: Tree) -> Tree:
    """A flow with this step; a ``return`` stands in the component that a ``use`` names."""
    inner, outer = {"steps": [{"say": "Hello."}]}, at
    if "return" in at:
        inner, outer = {"steps": [at]}, {"use": "piece", "when": {"away": "one"}}
    elif "with" in at:
        inner = {"params": {"a": 0}, "steps": [{"say": "${a}"}]}
    elif "when" in at and "use" in at:
        inner = {"steps": [{"return": "away"}]}
    elif "allow" in at and "use" in at:
        inner = {"steps": [{"dial": DIAL}]}
    more = {"components": {"piece": inner}} if "use" in outer else {}
    return flow(outer) | more


def ways(verb: str) -> tuple[Tree, Tree]:
    """Two maps of an outcome of this verb, and where it leads."""
    row = vocabulary.VOICE.get(verb[0].upper() + verb[1:])
    name = {
        "gather": "1",
        "use": "away",
        "connect": "ended",
        "hunt": "busy",
        "voicemail": "recorded",
        "join": "ended",
        "menu": "silence",
        "hours": "closed",
        "switch": "+14155550100",
    }.get(verb)
    if name is None:
        name = row.outcomes.names[-1] if row is not None and row.outcomes else "ended"
    return {name: "one"}, {name: "two"}


SIDES: Mapping[str, tuple[Tree, Tree]] = {
    "then": ("one", "two"),
    "fallback": ("one", "two"),
    "if": (True, False),
    "each": ([1], []),
    "as": ("n", "m"),
    "with": ({"a": 1}, {"a": 2}),
    "allow": ([], ["fallback-after-answer", "caller-chosen-number"]),
    "note": ("One.", "Two."),
}


ITEMS: Mapping[str, tuple[str, Tree]] = {
    "offer.options": ("offer.options", {"say": "${n}, any key.", "then": "one"}),
    "hunt.people": ("hunt.people", {"number": "+1415555010${n}"}),
    "dial": ("dial", {"number": "+1415555010${n}"}),
    "gather.prompt": ("gather.prompt", {"say": "Number ${n}."}),
    "menu.invalid": ("menu.invalid", {"say": "Number ${n}."}),
    "pay": ("pay", {"prompt": {"for": "postal-code", "prompt": "Number ${n}."}}),
    "message": ("message", {"media": "https://a.example.com/${n}.png"}),
}
"""Lists of items that may be dropped or repeated, and an item of each."""


def item_cases(name: str) -> Iterator[Case]:
    """The keys of an item: what drops or repeats it, and what an option holds."""
    path, item = ITEMS[name]
    verb, _, part = path.partition(".")
    base = {"menu": BODIES["menu"], "gather": {}, "offer": {}, "hunt": {}}.get(verb)
    given = {
        "if": [{"each": [1, 2], "as": "n", "if": value} for value in (True, False)],
        "each": [{"as": "n", "each": value} for value in ([1, 2], [1])],
        "as": [{"each": [1, 2], "as": value} for value in ("n", "m")],
    }
    given |= {
        key: [{"each": [1], "as": "n", key: v} for v in ("one", "two")]
        for key in item
        if base == {} and key in ("say", "then")
    }
    for key, values in given.items():
        bodies = [[{**item, **value}] for value in values]
        steps = [{verb: {**base, part: body} if base is not None else body} for body in bodies]
        yield Case(f"{name}[].{key}", key, *map(flow, steps))


def top_cases() -> Iterator[Case]:
    """The keys at the top of a flow and of a component."""
    for key, (more, *values) in TOP.items():
        part = key.partition(".")[2] or key
        made = [{**more, part: value} for value in values]
        if key.startswith("component."):
            made = [{"steps": [{"use": "piece"}], "components": {"piece": body}} for body in made]
        yield Case(key, part, made[0], made[1])


ONE, TWO = ({"say": "One."}, {"say": "Two."})
STATES = {"a": [ONE, {"goto": "b"}], "b": [TWO, {"goto": "a"}]}
SAYS = {"steps": [{"say": "${x}"}]}
BODY: Mapping[str, tuple[Tree, Tree, Tree]] = {
    "description": ({"steps": [ONE]}, "What it is for.", "What else."),
    "params": (SAYS, {"x": "One."}, {"x": "Two."}),
    "defaults": ({"steps": [ONE]}, {"say": {"loop": 2}}, {"say": {"loop": 3}}),
    "start": ({"states": STATES}, "a", "b"),
    "states": ({}, {"a": [ONE]}, {"a": [TWO]}),
    "steps": ({}, [ONE], [TWO]),
}
TOP: Mapping[str, tuple[Tree, Tree, Tree]] = {
    **BODY,
    **{f"component.{key}": values for key, values in BODY.items()},
    "kind": ({"steps": [ONE]}, "voice", "messaging"),
    "call": ({"steps": [{"say": "${call.Room}"}]}, ["Room"], []),
    "components": (
        {"steps": [{"use": "piece"}]},
        {"piece": {"steps": [ONE]}},
        {"piece": {"steps": [TWO]}},
    ),
    "flow": ({"steps": [ONE]}, "one", "two"),
    "invariants": ({"steps": [ONE]}, ["always reaches human"], ["never reaches human"]),
    "lists": (
        {"steps": [{"switch": "From", "when": {"some": "hangup"}}, ONE]},
        {"some": ["+14155550100"]},
        {"some": ["4155550101"]},
    ),
    "calendars": (
        {"steps": [ONE]},
        *(
            {"a": {"zone": zone, "open": "Mo 10:00-11:00", "until": "2028-12-31"}}
            for zone in ("UTC", "EST")
        ),
    ),
}
"""What stands around each key, and two values."""


def groups() -> Iterator[tuple[str, str]]:
    yield from (("element", name) for name in SCHEMA if name in ELEMENTS)
    yield from (("block", name) for name in BODIES)
    yield from (("beside", verb) for verb in VERBS)
    yield from (("item", name) for name in ITEMS)
    yield "top", ""


def test_every_part_of_the_schema_has_a_row_here() -> None:
    other = {"steps", "words", "component", "extra", "Headers"}  # headers are a map of their names
    assert set(SCHEMA) - other - set(BODIES) == set(ELEMENTS)
    assert {name for name, block in BLOCKS.items() if block.parts} == set(BODIES)
    step = SCHEMA["steps"]["items"]["properties"]
    assert set(step) == {*VERBS, *SIDE_KEYS}
    assert set(SIDE_KEYS) == {*SIDES, "when"}
    inner = {f"component.{key}" for key in SCHEMA["component"]["properties"]}
    assert {*flow_schema()["properties"], *inner} == set(TOP)


MAKERS = {"element": cases_of, "block": block_cases, "beside": side_cases, "item": item_cases}


@pytest.mark.sweep(3)
@pytest.mark.parametrize(("kind", "name"), list(groups()))
def test_another_value_of_a_key_is_another_call_finding_or_picture(kind: str, name: str) -> None:
    cases = MAKERS[kind](name) if name else top_cases()
    assert [case.name for case in cases if not is_read(case)] == []


def is_read(case: Case) -> bool:
    """Whether the two values differ in what comes of them, or a finding speaks of the key."""
    one, two = outcome(case.one), outcome(case.two)
    key = re.compile(rf"\b{re.escape(case.key)}\b")
    if one != two or any(key.search(finding) for finding in one[0]):
        return True
    return case.name in TOP and built(case.one) != built(case.two)


def around(name: str, part: str, row: vocabulary.Element) -> tuple[Tree, tuple[Tree, Tree]]:
    """What must stand beside a key of an element, and two values for it."""
    if (name, part) in NEEDS:
        more, *values = NEEDS[name, part]
        return more, (values[0], values[1]) if values else two(row.attributes[part])
    if part in row.attributes:
        return {}, two(row.attributes[part])
    if row.text is not None and part == row.text.name:
        return {}, two(row.text)
    if part == "extra":
        return {}, ({"newAttribute": "1"}, {"newAttribute": "2"})
    child = row.inside.get(part)
    if child is not None and child.name in ELEMENTS:
        return {}, (ELEMENTS[child.name][1], None)
    return {}, ({"a": "1"}, {"a": "2"})


NEEDS: Mapping[tuple[str, str], tuple[Tree, ...]] = {
    ("Say", "ssml"): ({"message": None}, "So <break/>", "So <break time='1s'/>"),
    ("Play", "digits"): ({"url": None}, "1", "2"),
    ("Gather", "method"): ({"action": AWAY},),
    ("Gather", "actionOnEmptyResult"): ({"action": AWAY},),
    ("Gather", "prompt"): ({}, "One.", "Two."),
    ("Record", "method"): ({"action": AWAY},),
    ("Record", "transcribeCallback"): ({"transcribe": True},),
    ("Dial", "method"): ({"action": AWAY},),
    ("Enqueue", "method"): ({"action": AWAY},),
    ("Refer", "method"): ({"action": AWAY},),
    ("Sms", "method"): ({"action": AWAY},),
    ("Connect", "method"): ({"action": AWAY},),
    ("Pay", "bankAccountType"): ({"paymentMethod": "ach-debit", "parameters": {"AVSName": "Ann"}},),
    ("Prompt", "prompt"): ({}, "One.", "Two."),
    ("Queue", "postWorkActivitySid"): ({"reservationSid": "WR" + "0" * 32},),
    **{(name, "accept"): ({}, True, False) for name in ("Dial", "Number", "Client", "Sip")},
    ("Sip", "headers"): ({}, {"X-A": "1"}, {"X-A": "2"}),
}
"""What some keys need beside them; two values where a row of the vocabulary does not say them."""


Outcome = tuple[list[str], list[str]]


def built(tree: Tree) -> Outcome:
    """Findings and documents of a flow."""
    made = make(json.dumps(tree), target="nginx" if "lists" in tree else "twiml-bin")
    return made.slugs + made.notes, [f"{name} {text}" for name, text in made.documents.items()]


def outcome(tree: Tree) -> Outcome:
    """Findings, graph and picture of a flow called ``f``."""
    file = SourceFile("f.yaml", json.dumps(tree))
    body, found = read_yaml(file)
    assert isinstance(body, yaml.Mapping)
    body, shape = check_flow(body)
    found += shape
    given, more = resolve_params(body, [], AROUND)
    expanded, further, _ = expand_flow(body, given, AROUND, {})
    expanded, shape = check_expanded(expanded)
    names = flow_names(body, "f", reachable=True)
    known = Known({"office": ("office", ("closed", "open"))})
    read, faults = read_flow(expanded, file, names, {"f": names}, asked=known)
    found += [*more, *further, *shape, *faults]
    assert read is not None, found
    graph, faults = build_graph({"f": read.flow})
    return [one.message for one in (*found, *faults)], [*drawn(graph, "f")]


def drawn(graph: Graph, name: str) -> Iterator[str]:
    """What a flow does, and its picture."""
    yield render_graph(draw(graph, name), "json")
    for node in graph.nodes:
        if node.element is not None:
            exits = {way: graph.nodes[to].place for way, to in node.successors()}
            yield f"{node.place} {shown(node.element)} {exits} {sorted(node.allow)}"


def shown(element: Element) -> str:
    inside = [shown(c) if isinstance(c, Element) else str(c) for c in element.children]
    return f"{element.tag} {[(a.name, str(a.value)) for a in element.attributes]} {inside}"
