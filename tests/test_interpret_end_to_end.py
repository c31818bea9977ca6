"""From YAML to bytes and back to the call: what a flow says is what its documents do."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from compiled import compile_target
from folders import write_files
from proofs import Call, verify_plan
from random_flows import Author
from twimlc import pipeline
from twimlc.findings.catalogue import RULES
from twimlc.findings.pages import page_of
from twimlc.hosts.answer import FileHost
from twimlc.interpret.documents import Documents
from twimlc.interpret.flow import FlowMachine
from twimlc.interpret.library import Library
from twimlc.interpret.machine import Choice
from twimlc.pipeline.load import Loaded, load

ROOT = Path(__file__).parents[1]


def variants(folder, *targets, allow_errors=False):
    """(target, row, graph, what is written) of everything in a project that can be built."""
    loaded = load(pipeline.Options(cwd=folder, targets=targets, write=False))
    if not isinstance(loaded, Loaded):
        return
    for target in loaded.targets:
        made = compile_target(loaded, target)
        if not made.ok:
            assert allow_errors, [str(f.message) for f in made.findings if f.is_error]
            continue
        for variant in made.variants:
            finished = variant.finished()
            if finished is not None:
                yield target, variant.row, variant.graph, finished


def differences(folder, *targets, allow_errors=False):
    """How many flows were verified, and what differs, for people."""
    count, found = 0, []
    for target, _, graph, finished in variants(folder, *targets, allow_errors=allow_errors):
        for flow, verified in verify_plan(graph, finished.plan, finished.files, target.url):
            count += 1
            assert verified.complete
            if verified.difference is not None:
                found.append(f"{target.name} {flow}\n{verified.difference.describe()}")
    return count, found


PROJECT = """\
flows: .
targets:
  here: {host: static}
  there: {host: s3, url: https://v.example.com/ivr}
"""


def project(folder, texts):
    flows = {f"{stem}.yaml": text for stem, text in texts.items()}
    sound = {"sounds/la.mp3": b"\xff\xfbla"}
    return write_files(folder, {"twimlc.yaml": PROJECT, **sound, **flows})


def test_random_flows_are_the_same_call(tmp_path):
    verified = 0
    for seed in range(100):
        folder = project(tmp_path / str(seed), Author(seed).write())
        count, found = differences(folder, allow_errors=True)
        assert not found, f"seed {seed}\n{found[0]}"
        verified += count
    assert verified > 100  # else the generator makes flows that nobody can serve


def test_the_flows_of_this_repository_are_the_same_call():
    if not list((ROOT / "flows").rglob("*.yaml")):
        pytest.skip("there are no flows in flows/")
    count, found = differences(ROOT)
    assert not found, found[0]
    assert count


def test_the_examples_of_all_rules_are_the_same_call(tmp_path):
    verified = 0
    for slug in RULES:
        folder = tmp_path / slug
        example = page_of(slug).right
        if example.target not in ("static", "s3") or example.files:
            continue
        folder.mkdir()
        (folder / example.name).write_bytes(example.flow.encode("utf-8", "surrogatepass"))
        count, found = differences(folder, example.target, allow_errors=True)
        assert not found, f"{slug}\n{found[0]}"
        verified += count
    assert verified > 20


STANDUP = """\
params: {room: DailyStandup, desk: +14155550100}
start: greeting
states:
  greeting:
    - say: Welcome to ${room}.
    - connect: {room: "${room}"}
      fallback:
        - say: The room is not open yet. We call the desk instead.
        - dial: {number: "${desk}", timeout: 20}
          allow: [fallback-after-answer]
          then: goodbye
          fallback: voicemail
  voicemail:
    - say: Please leave a message after the tone.
    - record: {maxLength: 120, finishOnKey: "#"}
      then: goodbye
  goodbye:
    - say: Goodbye.
    - hangup
"""


def test_one_call_is_played_alike_on_both(tmp_path):
    ((_, _, graph, finished),) = variants(project(tmp_path / "p", {"standup": STANDUP}), "static")
    host = FileHost("https://v.example.com", finished.files)
    made = frozenset(node.key for node in graph.nodes if node.allow)
    flow = Call(FlowMachine(graph, graph.starts["standup"], approximated=made))
    documents = Call(Documents(Library(host), host.url(finished.plan.entries[0].path)))
    for outcome in ("not-open", "busy", "recorded"):
        for call in (flow, documents):
            call.take(Choice(outcome))
    assert flow.over
    assert flow.trace == documents.trace
    assert [f"{event.kind} {event.value}" for event in flow.trace[:2]] == [
        "say Welcome to DailyStandup.",
        "connect DailyStandup",
    ]
    assert [event.kind for event in flow.trace] == [
        "say",
        "connect",
        "say",
        "dial",
        "say",
        "record",
        "say",
        "hangup",
    ]


def test_rows_of_a_matrix_and_jumps_inside_them_are_verified(tmp_path):
    folder = project(
        tmp_path / "p",
        {
            "shop": 'params: {desk: ""}\nsteps:\n  - say: Desk ${desk} of ${row.store}.\n  - goto: closing/\n',
            "closing": "steps:\n  - redirect: after.php\n",
        },
    )
    (folder / "stores.csv").write_text("store,desk\nuptown,one\ndowntown,two\n")
    config = folder / "twimlc.yaml"
    config.write_text(config.read_text() + "matrix: stores.csv\n")
    count, found = differences(folder)
    assert not found, found[0]
    assert count == 8  # two targets, two rows, two flows


def test_message_flows_are_verified(tmp_path):
    text = "kind: messaging\nstates:\n  start:\n    - message: Hello.\n    - goto: more\n  more:\n    - message: {body: Again., media: https://a.example/x.png}\n"
    folder = project(tmp_path / "p", {"reply": text})
    count, found = differences(folder)
    assert not found, found[0]
    assert count == 2


def test_a_verb_that_is_lost_anywhere_is_found(tmp_path):
    """Each verb of each document is taken out in turn; an end without its Hangup is the same end."""
    lost = missed = 0
    for seed in range(12):
        folder = project(tmp_path / str(seed), Author(seed).write())
        for _, _, graph, finished in variants(folder, "static", allow_errors=True):
            plan, files = finished.plan, finished.files
            for path, data in files.items():
                if path.endswith("/changed.xml"):
                    continue  # no call comes there as long as its version is there
                root = ET.fromstring(data)
                for verb in list(root):
                    if verb.tag == "Hangup":
                        continue
                    place = list(root).index(verb)
                    root.remove(verb)
                    changed = {**files, path: ET.tostring(root)}
                    results = verify_plan(graph, plan, changed)
                    missed += all(verified.same for _, verified in results)
                    lost += 1
                    root.insert(place, verb)
    assert lost > 100
    assert missed <= lost // 50, (missed, lost)  # of two equal verbs that loop one is enough
