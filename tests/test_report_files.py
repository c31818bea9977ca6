"""Reports in files: nothing that was read is lost, pipes are written to, each that fails is told."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from twimlc.cli.command import run
from twimlc.report import FORMATS

FLOW = "flow: line\nsteps:\n  - say: Hello\n  - hangup\n"
ANSWER = "<Response><Say>Hello</Say><Hangup/></Response>\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "line.yaml").write_text(FLOW)
    (tmp_path / "answer.xml").write_text(ANSWER)
    (tmp_path / "answer").write_text(ANSWER)
    (tmp_path / "desks.csv").write_text("row,desk\n")
    (tmp_path / "values.json").write_text('{"desk": "+14155550100"}\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("report", "path"),
    [
        ("junit=answer.xml", "answer.xml"),
        ("junit=answer.xml", "line.yaml"),
        ("json=values.json", "line.yaml"),
        ("json=desks.csv", "line.yaml"),
        ("human=answer", "answer"),
        ("json=flow.json", "line.yaml"),
        ("human=plain", "line.yaml"),
        ("human=table.txt", "line.yaml"),
    ],
)
def test_a_report_never_takes_the_place_of_what_is_read(
    report: str, path: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for link, place in (
        ("flow.json", "line.yaml"),
        ("plain", "line.yaml"),
        ("table.txt", "values.json"),
    ):
        (folder / link).symlink_to(place)
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    for command in ("check", "build"):
        assert run([command, "--params", "values.json", "--report", report, path]) == 2
        assert "report" in capsys.readouterr().err
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before


WRONG = """\
flow: line
steps:
  - say: Hello       # twimlc: ignore[unused-ignore]
    colour: "|"
  - gather: {finishOnKey: "12", numDigits: 0, timeout: 10000}
  - goto: nowhere
"""


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("text", [FLOW, WRONG, "steps:\n" + "  - goto: nowhere\n" * 150])
def test_only_an_earlier_report_of_the_same_form_is_replaced(
    form: str, text: str, folder: Path
) -> None:
    (folder / "line.yaml").write_text(text)
    reports = {each: f"last.{each}" for each in FORMATS}
    for _ in range(2):
        assert run(["check", *(f"--report={each}={name}" for each, name in reports.items())]) < 2
    before = {name: Path(name).read_bytes() for name in reports.values()}
    for each, name in reports.items():
        took = run(["check", "--report", f"{form}={name}"])
        assert (took < 2) == (each == form or not before[name])
    if before[reports[form]]:
        with open(reports[form], "a") as stream:
            stream.write("mine\n")
        marked = form in ("json", "sarif", "junit", "markdown")
        assert (run(["check", "--report", f"{form}={reports[form]}"]) < 2) == marked


MINE = {
    "package.json": '{\n  "name": "twimlc",\n  "version": "1.0.0"\n}\n',
    "pyproject.toml": '[project]\n"name": "twimlc"\n',
    "Makefile": "run:\n\ttwimlc build\n",
    "README.md": "## Call flows\n\nOurs.\n",
    "table": "    1 | a\n      | ^\n",
    "quality.json": '[\n  {\n    "description": "E501 line too long",\n    "check_name": "E501"\n  }\n]\n',
    "lists.json": '[\n  "check_name": "a"\n]\n',
    "lint.txt": "src/a.py:1:2: error: wrong\n",
    "more.txt": "line.yaml:1:2: error[TW301 unknown-state] wrong\nand notes of mine\n",
    "run.sh": "::error file=a.yaml::hello\n",
    "names": "errors=1\nPATH=/bin\n",
    "tests.xml": '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="mine"/>\n',
    "data": "\udcff\udcfe\x00",
    "blank": "\n\t\n",
    ".git/config": "[core]\n",
}


@pytest.mark.parametrize("name", MINE)
def test_no_report_takes_the_place_of_anything_else(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(MINE[name], errors="surrogateescape")
    (folder / "link").symlink_to(name)
    before = path.read_bytes()
    for form in FORMATS:
        for given in (name, "link", str(path)):
            assert run(["check", "--report", f"{form}={given}"]) == 2
            told = capsys.readouterr().err
            assert (
                f"exists and is not an earlier {form} report; delete it or name another file"
                in told
            )
    assert path.read_bytes() == before


def test_a_report_that_is_not_one_any_more_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from twimlc import pipeline

    check = pipeline.check

    def meanwhile(options: pipeline.Options) -> pipeline.Result:
        (folder / "out.json").write_text("mine")
        return check(options)

    monkeypatch.setattr(pipeline, "check", meanwhile)
    assert run(["check", "--report", "json=out.json"]) == 3
    assert "the report out.json cannot be written: it exists" in capsys.readouterr().err
    assert (folder / "out.json").read_text() == "mine"


@pytest.mark.parametrize("given", ["out.json", "out/a.json", "out/../out.json", "sub/up/x.json"])
@pytest.mark.parametrize("there", [False, True])
def test_a_link_does_not_lead_a_report_out(
    given: str,
    there: bool,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    away, home = folder / "away", folder / "home"
    (away / "deep").mkdir(parents=True)
    (home / "sub").mkdir(parents=True)
    for each in ("x.json", "a.json", "out.json"):
        if there:
            (away / each).touch()
    (home / "out.json").symlink_to(away / "x.json")
    (home / "out").symlink_to(away / "deep" if ".." in given else away)
    (home / "sub" / "up").symlink_to("../../away")
    monkeypatch.chdir(home)
    before = sorted(away.rglob("*"))
    for name in (given, str(home / given)):
        assert run(["check", str(folder / "line.yaml"), "--report", f"json={name}"]) == 2
        assert "is a link out of" in capsys.readouterr().err
    assert sorted(away.rglob("*")) == before
    assert not any(each.stat().st_size for each in away.glob("*.json"))


def test_a_link_may_lead_about_in_a_repository_or_a_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "home" / ".git").mkdir(parents=True)
    (folder / "home" / "phone").mkdir()
    (folder / "home" / "phone" / "a.json").symlink_to("../all/a.json")
    (folder / "tmp").mkdir()
    (folder / "link").symlink_to("tmp")
    (folder / "tmp" / "b.json").symlink_to("c.json")
    monkeypatch.chdir(folder / "home" / "phone")
    for name, place in (("a.json", "home/all/a.json"), (str(folder / "link/b.json"), "tmp/c.json")):
        for _ in range(2):
            assert run(["check", str(folder / "line.yaml"), "--report", f"json={name}"]) == 0
        assert json.loads((folder / place).read_text())["version"] == 1


def test_a_folder_is_no_place_for_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--report", "json=."]) == 2
    assert "is a folder; name a file in it" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
def test_a_report_that_fails_does_not_lose_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = ("json=/dev/full", "sarif=ok.sarif", "json=line.yaml/x.json", "gitlab=ok.json")
    assert run(["check", *(f"--report={report}" for report in reports)]) == 3
    told = capsys.readouterr().err
    assert "the report /dev/full cannot be written: " in told
    assert "the report line.yaml/x.json cannot be written: " in told
    assert json.loads((folder / "ok.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((folder / "ok.json").read_text()) == []


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="open files have no names here")
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1"])
def test_an_open_pipe_is_written_to(name: str) -> None:
    command = [sys.executable, "-m", "twimlc", "check", f"--report=gitlab={name}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "[]\n")


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="open files have no names here")
def test_nothing_is_lost_where_standard_output_is_a_file(folder: Path) -> None:
    out = folder / "out.txt"
    command = [sys.executable, "-m", "twimlc", "build", "--report=gitlab=/dev/stdout"]
    with out.open("w") as stream:
        assert subprocess.run(command, stdout=stream, check=False).returncode == 0
    assert out.read_text().startswith("[]\ntwiml-bin")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_written_to(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((folder / "pipe").read_text()))
    reader.start()
    assert run(["check", "--report", "gitlab=pipe"]) == 0
    reader.join()
    assert read == ["[]\n"]
