"""Files of call scripts: where they are found, what they may hold, the command, folders of TwiML."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from twimlc import pipeline
from twimlc.calls import report
from twimlc.calls.generate import generate
from twimlc.calls.run import check_script, play_scripts
from twimlc.cli.command import run
from twimlc.pipeline import Options

ROOT = Path(__file__).parents[1]
FLOW = """\
flow: line
start: main
states:
  main:
    - gather: {numDigits: 1, prompt: Press any key for the desk.}
      then: desk
    - say: Goodbye.
  desk:
    - dial: +14155550100
    - hangup
"""
SCRIPT = """\
calls:
  - name: no key
    expect: [say: Press any key for the desk., say: Goodbye., hangup]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "line.yaml").write_text(FLOW)
    (tmp_path / "line.test.yaml").write_text(SCRIPT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_example_flow_is_covered(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    flows = [p for p in (tmp_path / "flows").glob("*.yaml") if ".test." not in p.name]
    refused = [
        flow.stem
        for flow in flows
        if not pipeline.check(Options(cwd=tmp_path, paths=(flow,), targets=("static",))).ok
    ]
    plain = [flow.stem for flow in flows if flow.stem not in refused]
    (tmp_path / "twimlc.yaml").write_text(
        f"targets:\n  plain: {{host: static, flows: [{', '.join(plain)}]}}\n"
        "  bucket: {host: s3, url: https://voice.example.com/ivr, "
        f"flows: [{', '.join(plain)}]}}\n"
        f"  web: {{host: nginx, flows: [{', '.join(['none', *refused]).removeprefix('none, ')}]}}\n"
    )
    made = play_scripts(Options(cwd=tmp_path), coverage=True)
    assert [result.call.name for result in made.results if not result.ok] == []
    assert [one.name for one in made.coverage if one.percent < 100] == []
    assert len(made.coverage) > 20


def test_exit_status(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test"]) == 0
    assert "1 call played on 1 target, all as expected" in capsys.readouterr().out
    assert run(["test", "--fail-under", "100"]) == 1
    out = capsys.readouterr().out
    assert "line: 6 of 10 not covered\n" in out
    assert "line.yaml:9: state desk is never reached\n" in out
    assert "line.yaml:5: Gather never ends with keys" in out
    (folder / "line.test.yaml").write_text(SCRIPT.replace("Goodbye.", "Bye."))
    assert run(["test", "line.yaml"]) == 1
    assert run(["test", "other.yaml"]) == 2
    assert run(["test", "-t", "nonsense"]) == 2


def test_json_and_junit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "line.test.yaml").write_text(SCRIPT.replace("Goodbye.", "Bye."))
    assert run(["test", "--format", "json", "--coverage", "-t", "static"]) == 1
    whole = json.loads(capsys.readouterr().out)
    assert whole["summary"]["failed"] == 1
    (failure,) = whole["calls"][0]["failures"]
    assert failure["rows"][1] == {
        "same": False,
        "expected": 'say "Bye."',
        "line": 3,
        "heard": 'say "Goodbye."',
        "source": "line.yaml:7",
        "document": "line/index.xml:6",
    }
    assert [step["line"] for step in whole["coverage"][0]["steps"]["missing"]] == [9, 10]
    assert run(["test", "--format", "junit"]) == 1
    root = ElementTree.fromstring(capsys.readouterr().out)
    assert (root.get("tests"), root.get("failures")) == ("1", "1")
    assert root.find(".//failure") is not None


def test_generated_script_covers_everything(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", "--generate", "line"]) == 2  # it would replace the one that is there
    assert (folder / "line.test.yaml").read_text() == SCRIPT
    assert run(["test", "--generate", "line", "--force"]) == 0
    capsys.readouterr()
    assert run(["test", "--fail-under", "100"]) == 0
    text = (folder / "line.test.yaml").read_text()
    assert '    caller: ["1"]\n' in text
    assert "      - dial: [+14155550100]\n" in text


def test_generated_scripts_of_menus_queues_and_whispers(tmp_path: Path) -> None:
    from test_calls_play import DESK, MENU, WHISPER

    for flow in (DESK, MENU, WHISPER):
        (tmp_path / "f.yaml").write_text(flow)
        options = Options(cwd=tmp_path, targets=("nginx",))
        made, findings = generate(options, "f")
        assert made is not None, findings
        assert made.coverage.percent == 100, made.text
        (tmp_path / "f.test.yaml").write_text(made.text)
        again = play_scripts(options, coverage=True)
        assert again.ok
        assert again.percent == 100


def test_folder_of_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ivr").mkdir()
    (tmp_path / "ivr/start.xml").write_text(
        '<Response>\n<Gather numDigits="1" action="desk.xml"><Say>Press a key.</Say></Gather>\n'
        "<Redirect>https://other.example.com/x</Redirect></Response>"
    )
    (tmp_path / "ivr/desk.xml").write_text("<Response><Dial>+14155550100</Dial></Response>")
    (tmp_path / "ivr.test.yaml").write_text(
        """\
documents: ivr
entry: start.xml
calls:
  - name: a key
    caller: ["3"]
    expect: {reaches: desk, hears: {dial: +14155550100}, last: hangup}
  - name: no key
    expect: [say: Press a key., goto-external]
"""
    )
    made = play_scripts(Options(cwd=tmp_path), coverage=True)
    assert made.findings == []
    assert [result.failures for result in made.results] == [(), ()]
    (coverage,) = made.coverage
    assert {step.path for step in coverage.steps} == {"start.xml", "desk.xml"}
    assert [way.label for way in coverage.ways_missing] == ["completed"]


def test_missing_document_fails_the_call(tmp_path: Path) -> None:
    (tmp_path / "ivr").mkdir()
    (tmp_path / "ivr/index.xml").write_text("<Response><Redirect>gone.xml</Redirect></Response>")
    (tmp_path / "ivr.test.yaml").write_text("documents: ivr\ncalls:\n  - {name: it}\n")
    (result,) = play_scripts(Options(cwd=tmp_path)).results
    assert "11200" in result.failures[0][1].message


@pytest.mark.parametrize(
    ("script", "slug", "words"),
    [
        ("calls: []\nflwo: x\n", "unknown-key", "did you mean 'flow'?"),
        ("calls: []\nnotes: x\n", "unknown-key", "unknown key 'notes' in a call script"),
        ("calls:\n  - {name: a}\n  - {name: a}\n", "bad-call-script", "two calls"),
        ("calls:\n  - {name: a, caller: [sale]}\n", "bad-caller-act", "{say: sale}"),
        ("calls:\n  - {name: a, dial: {x: bussy}}\n", "unknown-script-outcome", "'busy'"),
        ("calls:\n  - {name: a, expect: [sya: b]}\n", "unknown-event", "'say'"),
        (
            "calls:\n  - {name: a, expect: [record: {maxlength: 3}]}\n",
            "unknown-event",
            "'maxLength'",
        ),
        ("calls:\n  - {name: a, expect: {reaches: dsk}}\n", "unknown-script-state", "'desk'"),
        (
            "calls:\n  - {name: a, expect: {reaches: office}}\n",
            "unknown-script-state",
            "there are ",
        ),
        ("calls:\n  - {name: a, expect: {avoids: human}}\n", "unknown-script-state", "hears: dial"),
        ("calls:\n  - {name: a, dial: {+14155550101: busy}}\n", "unused-answer", "+14155550100"),
    ],
)
def test_faults_of_scripts(folder: Path, script: str, slug: str, words: str) -> None:
    (folder / "line.test.yaml").write_text(script)
    (finding,) = play_scripts(Options(cwd=folder)).findings
    assert finding.rule.slug == slug
    assert words in f"{finding.message} {finding.hint}"


@pytest.mark.parametrize("wanted", ["office", "strat"])
def test_steps_have_no_state_to_name(wanted: str, tmp_path: Path) -> None:
    (tmp_path / "line.yaml").write_text("flow: line\nsteps:\n  - say: Hello.\n  - hangup\n")
    script = f"calls:\n  - {{name: a, expect: {{reaches: {wanted}}}}}\n"
    (tmp_path / "line.test.yaml").write_text(script)
    (finding,) = play_scripts(Options(paths=(tmp_path / "line.test.yaml",), cwd=tmp_path)).findings
    assert finding.rule.slug == "unknown-script-state"
    assert finding.hint == "'line' has steps, and no states"


def test_how_to_have_a_first_script_is_told_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And of no line: there is none in a folder."""
    for script in folder.rglob("*.test.yaml"):
        script.unlink()
    monkeypatch.chdir(folder)
    assert run(["test", "--coverage"]) == 1
    out, err = capsys.readouterr()
    assert (out + err).count("--generate") == 1
    assert ":1:1" not in out + err


def test_scripts_with_mistakes_are_counted_in_the_last_line(folder: Path) -> None:
    (folder / "line.test.yaml").write_text("calls:\n  - {name: a}\n")
    (folder / "other.test.yaml").write_text("flow: line\ncalls:\n  - {nmae: a}\n")
    made = play_scripts(Options(cwd=folder))
    assert not made.ok
    assert made.broken == 1
    last = report.human(made).splitlines()[-1]
    assert last.endswith("all as expected, 1 script was not played (see above)")
    assert json.loads(report.as_json(made))["summary"]["scriptsNotPlayed"] == 1


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n"])
def test_an_empty_script_is_told(folder: Path, text: str) -> None:
    path = folder / "line.test.yaml"
    path.write_text(text)
    for findings in (
        play_scripts(Options(cwd=folder)).findings,
        check_script(path, Options(cwd=folder)),
    ):
        (finding,) = findings
        assert (finding.rule.slug, finding.span.file.path) == ("bad-call-script", "line.test.yaml")


@pytest.mark.parametrize("fault", ["targets: [static, 5]", "expect: {avoids: [o.zz]}"])
def test_calls_of_a_script_with_errors_are_not_called_as_expected(folder: Path, fault: str) -> None:
    (folder / "twimlc.yaml").write_text("flows: .\ntargets: {static: {host: static}}\n")
    (folder / "line.test.yaml").write_text(f"calls:\n  - {{name: a, {fault}}}\n")
    made = play_scripts(Options(cwd=folder))
    assert not made.ok
    last = report.human(made).splitlines()[-1]
    assert last == "1 call played on 1 target, none failed, see the errors above"


def test_flow_that_no_target_builds_cannot_be_played(folder: Path) -> None:
    (folder / "line.yaml").write_text(FLOW.replace("then: desk", "then: dsek"))
    made = play_scripts(Options(cwd=folder))
    assert not made.ok
    assert made.not_played == 1
    assert [finding.rule.slug for finding in made.findings] == ["unknown-state"]


def test_rows_of_a_matrix(folder: Path) -> None:
    (folder / "twimlc.yaml").write_text("flows: .\nmatrix: t.csv\ntargets: {s: {host: static}}\n")
    (folder / "t.csv").write_text("store,city\none,Rome\ntwo,Oslo\n")
    (folder / "line.yaml").write_text("flow: line\nparams: {city: }\nsteps:\n  - say: ${city}\n")
    script = "row: two\ncalls:\n  - {name: it, expect: [say: Oslo, hangup]}\n"
    (folder / "line.test.yaml").write_text(script)
    made = play_scripts(Options(cwd=folder))
    assert made.ok, made.findings
    assert (made.results[0].targets, made.results[0].row) == (("s",), "two")
    (folder / "line.test.yaml").write_text(script.replace("row: two\n", ""))
    assert not play_scripts(Options(cwd=folder)).ok  # the first row, which is Rome


def test_scripts_are_no_flows(folder: Path) -> None:
    assert pipeline.check(Options(cwd=folder)).ok


def test_page_of_the_documentation() -> None:
    import re
    import tempfile

    text = (ROOT / "docs/testing.md").read_text()
    flow, script = re.findall(r"```yaml[^\n]*\n(.*?)```", text, re.DOTALL)[:2]
    with tempfile.TemporaryDirectory() as name:
        Path(name, "doctor.yaml").write_text(flow)
        Path(name, "doctor.test.yaml").write_text(script)
        made = play_scripts(Options(cwd=Path(name), targets=("nginx",)), coverage=True)
    assert made.findings == []
    assert made.ok, made.results
    assert made.percent == 100


def test_command_as_a_process(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "twimlc", "test", "-v"], capture_output=True, text=True, cwd=folder
    )
    assert done.returncode == 0
    assert "ok    line.test.yaml:2: no key\n" in done.stdout


def test_a_script_is_never_taken_for_its_flow(folder: Path) -> None:
    (folder / "line.yaml").unlink()
    (found,) = play_scripts(Options(paths=(Path("line.test.yaml"),))).findings
    assert found.message == "there is no flow 'line' beside this script"
    assert found.hint is None
    (folder / "lime.yaml").write_text(FLOW.replace("flow: line", "flow: lines"))
    (found,) = play_scripts(Options(paths=(Path("line.test.yaml"),))).findings
    assert found.hint == "did you mean 'lines'?"
