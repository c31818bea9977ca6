"""Reports in files: nothing that was read is lost, pipes are written to, each that fails is told."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from twimlc.cli.command import run

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


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab", "junit", "markdown"])
@pytest.mark.parametrize("text", [FLOW, FLOW + "  - goto: nowhere\n"])
def test_an_earlier_report_of_any_form_is_replaced(form: str, text: str, folder: Path) -> None:
    (folder / "line.yaml").write_text(text)
    for name in ("last.json", "last.xml"):
        (folder / name).touch()
        for _ in range(2):
            assert run(["check", "--report", f"{form}={name}"]) < 2
    assert run(["check", "--report", "json=last.xml"]) < 2
    assert json.loads((folder / "last.xml").read_text())["version"] == 1


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
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "link"])
def test_an_open_pipe_is_written_to(name: str, folder: Path) -> None:
    (folder / "link").symlink_to("/dev/stdout")
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
