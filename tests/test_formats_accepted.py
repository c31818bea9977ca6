"""What people may write is accepted, by the compiled check and by any validator of draft-07."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from twimlc import vocabulary
from twimlc.formats import project_file as rows
from twimlc.formats.check import check_component, check_flow
from twimlc.formats.format import At
from twimlc.formats.generate import main, schemas, stale
from twimlc.formats.place import plain
from twimlc.formats.validator import NAMES, compiled, schema_path, schema_text
from twimlc.text import SourceFile
from twimlc.yaml.reader import read_yaml
from twimlc.yaml.tree import Node

STANDUP = """\
# yaml-language-server: $schema=../schema/flow.schema.json
flow: standup
description: Phone entry to the stand-up's video room.
params:
  room: DailyStandup
  desk: +14155550100
defaults:
  say: {voice: Polly.Joanna-Neural, language: en-US}
start: greeting
states:
  greeting:
    - say: Welcome to ${room}.
    - connect: {room: "${room}"}
      fallback:
        - say: The room is not open yet. We call the desk instead.
        - dial: {number: "${desk}", timeout: 20}
          fallback: voicemail
        - goto: goodbye
  voicemail:
    - say: Please leave a message after the tone.
    - record: {maxLength: 120, finishOnKey: "#"}
      then: goodbye
  goodbye:
    - say: Goodbye.
    - hangup
"""

SOUND = {
    "standup": STANDUP,
    "blocks": """\
kind: voice
call: [Patient, Day]
x-anchors: {anything: [1, 2]}
components:
  greet:
    params: {name: , lists: [a, b]}
    steps:
      - say: Hello ${name}
      - return: done
steps:
  - menu:
      prompt: [{say: For sales press 1.}, pause, {play: tune.mp3}]
      choices: {1: sales, "*": [hangup], "#": next, 12: other/}
      attempts: 2
      timeout: "${seconds}"
      invalid: That is no choice.
      silence: [say: Are you there]
      numDigits: 2
    fallback: hangup
  - menu: {choices: "${table}"}
  - offer: {prompt: Hello, options: [{say: Sales, then: sales}, {say: {message: Desk, language: en-GB}, then: [hangup]}]}
  - offer: {options: [{say: "${it.name}", then: "${it.state}", each: "${table}", as: it}]}
  - voicemail
  - voicemail: {say: Leave a message., record: {maxLength: 60}, goodbye: {message: Bye, voice: alice}}
    then: goodbye
  - hunt: {number: ["+14155550100", {phoneNumber: +14155550101, sendDigits: ww1}], timeout: 15}
    when: {busy: line, no-answer: [hangup]}
  - hunt: {people: [{number: 1}, {client: ann}, {sip: "sip:a@example.com"}, {number: "${n}", each: "${list}", as: n}]}
  - hunt: [+14155550100, +14155550101]
  - use: greet
    with: {name: Ann, lists: [1], where: [hangup]}
    when: {done: next}
  - goto: other/
    if: ${open}
    note: 12
  - say: ${n}
    each: [1, 2]
    as: n
  - twiml: <NewVerb attribute="x"/>
  - hangup
""",
    "nouns": """\
steps:
  - dial: +14155550100
  - dial: {number: [+14155550100, +14155550101], client: ann, callerId: +14155550199}
  - dial: [{number: +14155550100}, {client: {identity: ann, parameters: {a: 1}}}]
    allow: [fallback-after-answer]
  - dial: {sip: {sipUrl: "sip:a@example.com", headers: {X-Reason: overflow}, url: [say: Hello]}}
  - dial: {conference: {name: room, waitUrl: hold, beep: true, startConferenceOnEnter: "false"}}
  - dial: {queue: support, referUrl: refer-state}
  - enqueue: {name: support, waitUrl: [play: music.mp3], action: ""}
  - enqueue: {workflowSid: WW00000000000000000000000000000001, task: {body: {team: a}, priority: 5}}
  - start: recording
  - start: {stream: {url: "wss://example.com", parameters: {tenant: contoso}}}
  - stop: {stream: {name: a}}
  - connect: {conversationRelay: {url: "wss://example.com", languages: [{code: de-DE}], language: en-US}}
    when: {ended: next, handoff: desk}
  - connect: {virtualAgent: {connectorName: x, configs: {language: de}}}
  - gather: {input: [dtmf, speech], hints: [yes, no], speechTimeout: auto, prompt: Say yes., numDigits: "${n}"}
    when: {1: sales, 2: [hangup]}
  - gather: {input: dtmf speech, say: Hello, finishOnKey: ""}
  - pay: {chargeAmount: 20.45, prompt: [{for: payment-card-number, prompt: Your card., attempt: [1, 2]}]}
  - refer: {sip: sip:a@example.com}
  - say: {ssml: "<break/> Hi", loop: 2}
  - say: {message: Hi, extra: {newAttribute: 1}}
  - say: 12:30
  - say: true
  - play: {digits: ww1, loop: "${n}"}
  - play: https://example.com/a.mp3
  - redirect: /next?x=1
  - sms: {message: Hi, to: +14155550100}
  - reject: {reason: busy}
  - pause: {length: "2"}
  - echo
  - leave
""",
    "messages": """\
kind: messaging
steps:
  - message: Thank you.
  - message: {body: Look., media: [https://example.com/a.jpg, https://example.com/b.jpg]}
  - message: {media: https://example.com/a.jpg, to: +14155550100}
    if: "${pictures}"
  - redirect: https://example.com/more
""",
    "expressions": """\
defaults: ${defaults}
states:
  a: ${steps}
  b: ["${step}", {say: "${words}"}, {menu: "${menu}"}, {connect: "${service}"}]
  c:
    - gather: {bargeIn: "${flag}", input: "${kinds}", prompt: "${list}"}
      then: ${where}
      when: ${outcomes}
    - dial: {number: "${numbers}", record: "${how}", method: "${how}"}
      allow: ${names}
""",
    "empty parts": "description:\nparams:\ncall:\ndefaults:\ncomponents:\nstates:\n  a: [hangup]\nsteps:\nstart:\n",
}

PROJECT = """\
flows: flows
build: build
x-site: &site {host: s3}
targets:
  site:   {host: s3, url: https://voice.example.com/ivr, router: cloudfront, params: {desk: +14155550199}, onError: sorry}
  bins:   {host: twiml-bin, media: https://media.example.com/ivr}
  plain:  {host: static, flows: [standup, "notice-*"]}
  hop:    {<<: *site, url: https://voice.example.com/hop, router: twiml-bin, bin: EH00000000000000000000000000000001}
matrix: {table: stores.csv, folder: store, flows: [shop]}
rules: {unreachable-state: off}
"""


def tree_of(text: str) -> Node:
    tree, problems = read_yaml(SourceFile("flow.yaml", text))
    assert not problems
    assert tree is not None
    return tree


@pytest.mark.parametrize("name", SOUND)
def test_sound_flows_are_accepted_by_both(name: str) -> None:
    tree = tree_of(SOUND[name])
    assert check_flow(tree)[1] == []
    root, compiler = compiled("flow")
    assert compiler.check(root)(tree)
    assert Draft7Validator(root).is_valid(plain(tree))


def test_the_project_file_is_accepted() -> None:
    root, compiler = compiled("project")
    for text in (PROJECT, "matrix: stores.csv\n"):
        tree = tree_of(text)
        place = At(tree, tree, [], *rows.RULES)
        rows.PROJECT.read(place)
        assert place.findings == []
        assert compiler.check(root)(tree)
        assert Draft7Validator(root).is_valid(plain(tree))


def test_components_are_accepted() -> None:
    tree = tree_of(
        "params: {a: }\nstates:\n  one: [{goto: two}]\n  two: [{return: done}]\nstart: one\n"
    )
    assert check_component(tree)[1] == []


@pytest.mark.parametrize("kind", ["voice", "messaging"])
def test_every_verb_is_accepted_as_its_rules_allow(kind: str) -> None:
    for key, element in vocabulary.verbs(kind).items():  # type: ignore[arg-type]
        if element.text is not None:
            assert check_flow(tree_of(f"steps:\n  - {key}: words\n"))[1] == [], key
            assert (
                check_flow(tree_of(f"steps:\n  - {key}: {{{element.text.name}: words}}\n"))[1] == []
            ), key
        elif not element.rules or key in ("hangup", "pause", "leave", "gather", "record"):
            assert check_flow(tree_of(f"steps:\n  - {key}\n  - {key}: {{}}\n"))[1] == [], key


def test_every_attribute_of_every_element_has_a_place() -> None:
    definitions = schemas()["flow"]["definitions"]
    for table in (vocabulary.VOICE, vocabulary.MESSAGING):
        for name, element in table.items():
            if element.kind in (vocabulary.Kind.VERB, vocabulary.Kind.NOUN):
                assert {*element.attributes} <= {*definitions[name]["properties"]}, name
                assert {*element.inside} <= {*definitions[name]["properties"]}, name


def test_every_key_has_words_for_editors() -> None:
    definitions = schemas()["flow"]["definitions"]
    for name, definition in definitions.items():
        for key, part in definition.get("properties", {}).items():
            assert "$ref" in part or part.get("description"), (name, key)


def test_the_published_files_are_what_the_vocabulary_says() -> None:
    assert stale() == []
    assert main(["--check"]) == 0


def test_stale_files_are_named_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "schema"
    assert main(["--check"], folder) == 1
    assert "flow.schema.json is stale" in capsys.readouterr().out
    assert main([], folder) == 0
    assert main(["--check"], folder) == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_published_schemas_are_draft_07(name: str) -> None:
    schema = json.loads(schema_text(name))
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(schema)
    assert schema_path(name).name == f"{name}.schema.json"


def test_an_unknown_schema_is_our_own_mistake() -> None:
    with pytest.raises(ValueError):
        schema_text("recipe")


def test_a_sound_file_needs_no_jsonschema() -> None:
    program = (
        "import sys\n"
        "from twimlc.formats.check import check_flow\n"
        "from twimlc.yaml.reader import read_yaml\n"
        "from twimlc.text import SourceFile\n"
        f"tree, _ = read_yaml(SourceFile('a.yaml', {STANDUP!r}))\n"
        "assert check_flow(tree)[1] == []\n"
        "assert not {'jsonschema', 'jinja2', 'referencing'} & {*sys.modules}\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
