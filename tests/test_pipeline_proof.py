"""A build compares what it is about to write with what was written down, and notes what is open."""

import json
from dataclasses import replace

import jsonschema
import pytest

from twimlc import pipeline
from twimlc.cli.command import run
from twimlc.formats.validator import schema_text
from twimlc.lower import links
from twimlc.pipeline import proof, variants

MANIFEST_SCHEMA = json.loads(schema_text("manifest"))

FLOW = """\
states:
  main:
    - say: Welcome.
    - gather: {numDigits: 1, prompt: Press a key.}
      then: more
    - goto: main
  more:
    - say: More.
    - hangup
"""
PROJECT = (
    "flows: flows\ntargets:\n  one: {host: static}\n  two: {host: s3, url: https://v.example.com}\n"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "acme.yaml").write_text(FLOW)
    (tmp_path / "twimlc.yaml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def manifest(folder, target="one"):
    found = json.loads((folder / "build" / target / "manifest.json").read_text())
    assert list(jsonschema.Draft7Validator(MANIFEST_SCHEMA).iter_errors(found)) == []
    return found


def test_a_build_is_verified_and_says_so(folder):
    result = pipeline.build(pipeline.Options(cwd=folder))
    assert result.ok
    assert [report.pairs for report in result.targets] == [6, 6]
    assert manifest(folder)["verified"] == {"pairs": 6}
    assert manifest(folder)["flows"]["acme"]["verified"] == {"pairs": 6}


def test_without_verifying_the_manifest_says_so(folder, capsys):
    assert run(["build", "--no-verify"]) == 0
    assert "not asked for" in capsys.readouterr().out
    assert manifest(folder)["verified"] is False


def test_one_flow_that_was_not_verified_is_enough(folder):
    pipeline.build(pipeline.Options(cwd=folder))
    other = folder / "flows" / "other.yaml"
    other.write_text("steps:\n  - say: Hello.\n")
    pipeline.build(pipeline.Options(cwd=folder, paths=(other,), verify=False))
    assert manifest(folder)["verified"] is False
    assert manifest(folder)["flows"]["acme"]["verified"] == {"pairs": 6}
    pipeline.build(pipeline.Options(cwd=folder, paths=(other,)))
    assert manifest(folder)["verified"] == {"pairs": 8}


def test_our_own_mistake_writes_nothing_of_that_target(folder, capsys, monkeypatch):
    assert run(["build", "-q"]) == 0
    before = {path: path.read_bytes() for path in (folder / "build").rglob("*.xml")}
    (folder / "flows" / "acme.yaml").write_text(FLOW.replace("Welcome", "Good day"))
    monkeypatch.setattr(links.Addresses, "_address", lambda self, path, documented: "index.xml")
    capsys.readouterr()
    assert run(["build"]) == 3
    err = capsys.readouterr().err
    assert (
        "internal error: the documents for target 'one' are not the call that the flow says" in err
    )
    assert "please report it at" in err
    assert "script: keys" in err
    assert "flows/acme.yaml:8" in err
    assert {path: path.read_bytes() for path in (folder / "build").rglob("*.xml")} == before
    assert run(["build", "-q", "--no-verify"]) == 0


def test_the_target_that_is_right_is_written(folder, monkeypatch):
    right = variants.finish

    def wrong(plan):
        made = right(plan)
        return made if plan.host.name == "s3" else replace(made, pages=made.pages[:1])

    monkeypatch.setattr(variants, "finish", wrong)
    result = pipeline.build(pipeline.Options(cwd=folder))
    assert [report.built for report in result.targets] == [False, True]
    assert len(result.faults) == 1
    assert not result.ok
    assert not (folder / "build" / "one").exists()


def test_a_flow_beyond_the_bound_is_told(folder, capsys, monkeypatch):
    monkeypatch.setattr(proof, "MOST_PAIRS", 2)
    assert run(["build"]) == 0
    assert "not verified acme is too big" in capsys.readouterr().out
    assert manifest(folder)["verified"] is False


def notes(folder, steps, **more):
    (folder / "flows" / "acme.yaml").write_text(steps)
    result = pipeline.check(pipeline.Options(cwd=folder, targets=("one",), **more))
    assert result.ok, [found.message for found in result.findings]
    return [found for found in result.findings if found.rule.slug == "depends-on-assumption"]


ROOM = "steps:\n  - connect: {room: daily}\n    then: hangup\n    fallback: [{say: Not open.}]\n  - say: Bye.\n"


def test_a_room_that_leaves_by_its_action_rests_on_an_open_question(folder):
    (found,) = notes(folder, ROOM)
    assert found.span.begin.line == 2
    assert "room-not-open" in found.message
    assert found.hint == (
        "make one test call: 'say \"Not open.\"' should follow after 'not-open'; if the "
        "end of the call follows, a call is sent to the action of a room that is not open"
    )


def test_a_question_is_noted_once_in_a_file(folder):
    again = ROOM.replace("steps:\n", "").replace("daily", "weekly")
    assert [found.span.begin.line for found in notes(folder, ROOM + again)] == [2]


@pytest.mark.parametrize(
    ("steps", "question"),
    [
        (
            "states:\n  main:\n    - dial: {number: {phoneNumber: +14155550100, url: say}}\n    - hangup\n  say:\n    - say: A call.\n",
            "leg-end",
        ),
        (
            "states:\n  main:\n    - hunt: {number: [{phoneNumber: +14155550100, url: ask}, +14155550101]}\n  ask:\n    - hangup\n",
            "hunt-after-decline",
        ),
        (
            "steps:\n  - connect: {conversationRelay: {url: wss://a.example/r}}\n  - say: Bye.\n",
            "relay-failed-without-action",
        ),
    ],
)
def test_other_open_questions(folder, steps, question):
    assert question in " ".join(found.message for found in notes(folder, steps))


@pytest.mark.parametrize(
    "steps",
    [
        FLOW,
        "steps:\n  - connect: {room: daily}\n  - say: Not open.\n",
        "steps:\n  - record: {maxLength: 9}\n    then: hangup\n",
        "steps:\n  - connect: {virtualAgent: {connectorName: bot}}\n  - say: Bye.\n",
        "steps:\n  - connect: {conversationRelay: {url: wss://a.example/r}}\n",
        "steps:\n  - hunt: {number: [+14155550100, +14155550101]}\n  - say: Bye.\n",
    ],
)
def test_what_is_right_under_every_answer_is_not_mentioned(folder, steps):
    assert notes(folder, steps) == []


def test_the_note_can_be_turned_off(folder):
    (folder / "twimlc.yaml").write_text(PROJECT + "rules: {depends-on-assumption: off}\n")
    assert notes(folder, ROOM) == []


@pytest.mark.parametrize("name", ["./hold", "mp3.", "a.m-p-3", "hold.longending"])
def test_an_audio_file_without_a_known_ending_is_built(tmp_path, name):
    (tmp_path / name).write_bytes(b"RIFF")
    (tmp_path / "f.yaml").write_text(f"steps: [{{play: {name}}}, hangup]\n")
    (report,) = pipeline.build(pipeline.Options(cwd=tmp_path, targets=("static",))).targets
    assert report.built
