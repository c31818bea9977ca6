"""The hop: a constant Bin that leads from a value to a file, and a file for every value."""

import json
import random
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pytest

from compiled import make
from twimlc import pipeline
from twimlc.hosts.answer import ENGINES
from twimlc.hosts.twiml_bin.answer import parse, render
from twimlc.pipeline import Options

BIN = "EH00000000000000000000000000000001"
PROJECT = f"targets: {{hop: {{host: s3, url: 'https://voice.example.com/hop', router: twiml-bin, bin: {BIN}}}}}\n"
MENU = """
- menu: {prompt: P., choices: {1: [{say: One.}, hangup], '*': [{say: Star.}, hangup]}, invalid: No., attempts: 2}
- dial: {number: +14155550100, timeout: 9}
  when: {busy: [{say: Busy.}, hangup]}
- say: Bye.
"""


def hop(flow, folder, **more):
    (folder / "twimlc.yaml").write_text(PROJECT)
    return make(flow, folder=folder, target="hop", **more)


def test_every_value_has_a_file(tmp_path):
    made = hop(MENU, tmp_path)
    assert made.slugs == [], made.words
    stems = {path.rpartition("/")[2].split(".")[1] for path in made.files if path.count(".") == 3}
    assert stems, made.files
    for number in stems:
        found = {
            path.split(".")[2]
            for path in made.files
            if path.split("/")[-1].split(".")[1:2] == [number] and path.count(".") == 3
        }
        assert found >= set("0123456789*") or found >= {
            "busy",
            "no-answer",
            "failed",
            "canceled",
            "completed",
            "answered",
        }
    assert made.result.targets[0].pairs
    assert [paste.file for paste in made.result.targets[0].pastes] == ["hop.xml"]


@pytest.mark.parametrize(
    "flow",
    [
        "- menu: {prompt: P., choices: {123: [{say: One.}, hangup]}}\n- say: Bye.",
        "- menu: {prompt: P., choices: {'#': [{say: One.}, hangup]}}\n- say: Bye.",
        "- gather: {prompt: P., input: dtmf speech, numDigits: 1}\n  when: {1: [{say: One.}, hangup]}\n  then: [{say: Other.}, hangup]\n- say: Bye.",
        "- gather: {prompt: P.}\n  when: {1: [{say: One.}, hangup]}\n  then: [{say: Other.}, hangup]\n- say: Bye.",
    ],
)
def test_values_without_end_are_refused(flow, tmp_path):
    assert "values-without-end" in hop(flow, tmp_path).slugs


def test_the_bin_is_the_same_for_all_flows(tmp_path):
    made = hop(MENU, tmp_path)
    first = (made.folder / "hop.xml").read_bytes()
    head, mark, *rest = first.splitlines(keepends=True)
    digits = sha256(b"".join([head, *rest])).hexdigest()[:12]
    assert mark.decode() == f"<!-- twimlc hop.xml {digits} -->\n"
    assert [paste.mark for paste in made.result.targets[0].pastes] == [f"twimlc hop.xml {digits}"]
    again = hop("- say: Bye.", tmp_path)
    assert (again.folder / "hop.xml").read_bytes() == first
    pieces = parse(first.decode())
    for engine in ENGINES:
        for flag, name, value in [
            ("k", "Digits", "7"),
            ("d", "DialCallStatus", "busy"),
            ("e", "QueueResult", "leave"),
        ]:
            asked = {"n": "f/main.0", flag: "1", name: value, "From": "a&b<c"}
            root = ElementTree.fromstring(render(pieces, asked, engine))
            assert root[0].tag == "Redirect"
            assert root[0].get("method") == "GET"
            assert root[0].text == f"https://voice.example.com/hop/f/main.0.{value}.xml"
        assert ElementTree.fromstring(render(pieces, {}, engine))[0].tag == "Say"


@pytest.mark.sweep(5)
@pytest.mark.parametrize("seed", range(25))
def test_random_flows_are_the_same_call(seed, tmp_path):
    from test_hosts_bin_same_call import grown

    folder = grown(seed + random.Random(seed).randrange(1000), tmp_path)
    (folder / "twimlc.yaml").write_text(PROJECT)
    result = pipeline.build(Options(cwd=folder))
    assert not result.faults, result.faults
    if result.ok:
        manifest = json.loads(Path(folder / "build" / "hop" / "manifest.json").read_text())
        assert manifest["verified"]


WAITING = """
- enqueue:
    name: support
    waitUrl:
      - gather: {numDigits: 1, timeout: 2, prompt: Press 1 to leave the queue.}
        when: {1: [leave]}
      - play: https://media.example.com/hold.mp3
- hangup
"""
SCREENED = """
states:
  main: [{dial: {number: {phoneNumber: +14155550100, url: screen}}}, hangup]
  screen:
    - gather: {numDigits: 1, prompt: Press 1 to take the call.}
      when: {1: [{say: Connecting.}]}
    - hangup
"""


@pytest.mark.parametrize("target", ["hop", "twiml-bin"])
@pytest.mark.parametrize(
    ("flow", "reason", "other"),
    [(WAITING, "not translated", "somebody else"), (SCREENED, "somebody else", "not translated")],
)
def test_why_no_key_decides_there_is_told(flow, reason, other, target, tmp_path):
    made = hop(flow, tmp_path) if target == "hop" else make(flow, target=target)
    assert made.slugs == ["decision-on-other-line"]
    assert reason in made.words
    assert other not in made.words


def test_a_router_that_can_look_decides_while_somebody_waits():
    assert make(WAITING, target="nginx").slugs == []
