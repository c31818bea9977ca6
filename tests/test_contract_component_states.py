"""States of components are USE.STATE wherever a state is named: promises, scripts, files, pictures."""

import json
from pathlib import Path

import pytest

from twimlc import pipeline
from twimlc.calls.generate import generate
from twimlc.calls.run import play_scripts
from twimlc.pipeline import Options
from twimlc.pipeline.picture import graph

FLOW = """\
flow: door
invariants: [INVARIANT]
components:
  deep:
    states:
      low: [{say: Low.}, {goto: lower}]
      lower: [{say: Lower.}]
  ask:
    params: {code: "1"}
    states:
      first:
        - gather: {numDigits: 1, prompt: "Your code, ${code}."}
          when: {1: [{return: ok}]}
          then: second
        - return: no
      second:
        - say: Wrong.
        - use: deep
        - return: no
states:
  start:
    - use: ask
      when: {ok: inside}
    - use: ask
      with: {code: "2"}
      when: {ok: inside}
    - say: No.
  inside:
    - say: Yes.
"""
STATES = [
    "start",
    "inside",
    "start.first",
    "start.second",
    "start.second.low",
    "start.second.lower",
    "start.2.first",
    "start.2.second",
    "start.2.second.low",
    "start.2.second.lower",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "door.yaml").write_text(FLOW.replace("[INVARIANT]", "[]"))
    return tmp_path


def promised(folder: Path, sentence: str) -> list[str]:
    (folder / "door.yaml").write_text(FLOW.replace("INVARIANT", json.dumps(sentence)))
    found = pipeline.check(Options(cwd=folder, targets=("nginx",))).findings
    return [
        f"{one.message} {one.hint}"
        for one in found
        if "promise" in one.rule.slug or "invariant" in one.rule.slug
    ]


def test_promises(folder: Path) -> None:
    for state in STATES:
        assert promised(folder, f"reaches {state} within 9 keys") == []
        assert promised(folder, f"never reaches {state}") != []
    assert promised(folder, "start.second before start.second.lower") == []
    assert promised(folder, "start.first before inside") == []
    (found,) = promised(folder, "reaches start.secnd within 9 keys")
    assert "did you mean 'start.second'?" in found


def test_scripts(folder: Path) -> None:
    script = "calls:\n  - {name: a, caller: ['7', '1'], expect: {reaches: [R], avoids: [A]}}\n"
    met = ["start", "inside", *(state for state in STATES[2:7])]
    text = script.replace("[R]", f"[{', '.join(met)}]")
    avoided = [*STATES[7:], "door/start.2.second"]
    (folder / "door.test.yaml").write_text(text.replace("[A]", f"[{', '.join(avoided)}]"))
    made = play_scripts(Options(cwd=folder, targets=("nginx",)), coverage=True)
    assert made.findings == []
    assert made.ok, made.results
    (coverage,) = made.coverage
    assert coverage.states == {f"door/{state}" for state in STATES}
    missing = ["start.2.second", "start.2.second.low", "start.2.second.lower"]
    assert [state.removeprefix("door/") for state in coverage.states_missing] == missing
    (folder / "door.test.yaml").write_text(
        script.replace("[R]", "start.2.frist").replace("[A]", "[]")
    )
    (found,) = play_scripts(Options(cwd=folder, targets=("nginx",))).findings
    assert found.hint == "did you mean 'start.2.first'?"


def test_generated_scripts(folder: Path) -> None:
    options = Options(cwd=folder, targets=("nginx",))
    made, _ = generate(options, "door")
    assert made is not None
    assert made.coverage.percent == 100
    (folder / "door.test.yaml").write_text(made.text)
    again = play_scripts(options, coverage=True)
    assert again.ok
    assert again.percent == 100


def test_names_of_documents_and_their_states(folder: Path) -> None:
    for _ in range(2):  # the second build reads the manifest of the first
        assert pipeline.build(Options(cwd=folder, targets=("nginx",))).ok
    build = folder / "build/nginx"
    documents = {path.name for path in build.glob("public/door/v.*/*.xml")}
    assert documents == {"inside.xml", "start.second.xml", "start.2.second.xml"}
    manifest = json.loads((build / "manifest.json").read_text())
    decisions = {item["path"].rpartition("/")[2]: item["states"] for item in manifest["decisions"]}
    assert decisions == {
        "start.first.0.decide": ["start.first"],
        "start.2.first.0.decide": ["start.2.first"],
    }


def test_pictures(folder: Path) -> None:
    picture, _ = graph(Options(cwd=folder), "door")
    assert picture is not None
    assert [box.name for box in picture.boxes.values() if "(" not in box.name] == STATES
    assert {box.component for box in picture.boxes.values()} == {"", "ask", "deep"}
    edges = {(picture.name(way.source), picture.name(way.target)) for way in picture.ways}
    assert ("start.first", "inside") in edges
    assert ("start.second", "start.second.low") in edges
    assert ("start.second.lower", "start.2.first") in edges
    assert ("start.2.first", "start") in edges  # what follows the uses


def test_what_follows_a_use_never_has_the_name_of_its_state(folder: Path) -> None:
    """``STATE.xml`` is where a state begins, so a step behind a component is ``STATE.N.xml``."""
    (folder / "door.yaml").write_text(
        """\
components:
  ask: {states: {first: [{gather: {numDigits: 1, prompt: Code.}, then: next, fallback: hangup}]}}
steps:
  - use: ask
  - say: Behind.
  - gather: {numDigits: 1, prompt: More.}
    then: hangup
"""
    )
    assert pipeline.build(Options(cwd=folder, targets=("nginx",))).ok
    found = {path.name for path in (folder / "build/nginx/public/door").rglob("*.xml")}
    assert "start.1.xml" in found
    assert "start.xml" not in found


def test_names_of_files_stay_short(folder: Path) -> None:
    long = "x" * 64
    asks = "{gather: {prompt: A., numDigits: 1}, when: {1: hangup}}"
    lines = [f"  c0: {{states: {{{long}: [{asks}]}}}}"]
    lines += [f"  c{n}: {{states: {{{long}: [{{use: c{n - 1}}}, {asks}]}}}}" for n in range(1, 5)]
    text = "components:\n" + "\n".join(lines) + "\nsteps: [{use: c4}]\n"
    (folder / "door.yaml").write_text(text)
    assert pipeline.build(Options(cwd=folder, targets=("nginx",))).ok
    manifest = json.loads((folder / "build/nginx/manifest.json").read_text())
    names = [item["path"].rpartition("/")[2] for item in manifest["decisions"]]
    assert len(set(names)) == 4  # the last one has nothing to decide
    assert max(map(len, names)) < 200
