"""A new project, from ``init`` to its documents, through the real pipeline."""

import json
from pathlib import Path

import pytest

from twimlc.cli.command import run

pytest.importorskip("twimlc.pipeline")

DESK = """\
flow: desk
start: menu
states:
  main:
    - connect: {room: Desk}
      then: hangup
    - dial: {number: +14155550100, timeout: 20}
  menu:
    - menu:
        prompt: Press 1 to enter.
        choices: {1: main}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "-q"]) == 0
    return tmp_path


def test_a_new_project_is_clean_and_builds(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--fail-on", "note"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["build", "--fail-on", "note"]) == 0
    assert (project / "build" / "bins" / "hello.xml").is_file()
    assert (project / "build" / "bins" / "manifest.json").is_file()
    assert run(["build", "--check"]) == 0


def test_a_mistake_is_shown_and_the_old_build_stays(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["build"]) == 0
    entry = project / "build" / "bins" / "hello.xml"
    before = entry.read_bytes()
    flow = project / "flows" / "hello.yaml"
    flow.write_text(flow.read_text().replace("goto: goodbye", "goto: godbye"))
    capsys.readouterr()
    assert run(["build"]) == 1
    assert "did you mean 'goodbye'?" in capsys.readouterr().err
    assert entry.read_bytes() == before


def test_the_new_flow_can_be_drawn(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "hello"]) == 0
    assert capsys.readouterr().out.startswith("flowchart TD\n")


def test_a_flow_is_drawn_by_its_path(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = project / "flows" / "desk.yaml"
    flow.write_text(DESK, encoding="utf-8")
    assert run(["graph", "flows/desk.yaml"]) == 0
    drawn = capsys.readouterr().out
    assert 'b0 ==>|"after the room"| b1' in drawn
    assert 'b0 -.->|"closed"| b2' in drawn
    assert 'b3 -.->|"no choice made"| b4' in drawn
    assert run(["graph", "desk"]) == 0
    assert capsys.readouterr().out == drawn
    assert "declined" not in drawn


def test_a_refused_menu_may_be_left_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "flows" / "desk.yaml").write_text(DESK, encoding="utf-8")
    assert run(["build", "-t", "static"]) == 1
    assert "leave this flow out of the target" in " ".join(capsys.readouterr().err.split())


def test_hosts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["hosts"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "A  static: any web server or folder that serves files over https" in lines
    assert "- - x x x x x x x  a key that picks (`menu`, `when` by digits)" in lines
    assert max(map(len, lines)) <= 80
    assert run(["hosts", "--format", "json"]) == 0
    menu = next(
        row
        for row in json.loads(capsys.readouterr().out)["constructs"]
        if row["name"].startswith("a key that picks")
    )
    assert (menu["hosts"]["static"], menu["hosts"]["nginx"]) == (False, True)
    assert menu["instead"] == "`offer`"


def test_usage_is_told_without_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 2
    assert "\\t" not in capsys.readouterr().err


@pytest.mark.parametrize("command", ["build", "check", "test"])
def test_a_flows_name_leads_to_its_file(
    command: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, "hello"]) == 2
    assert "did you mean 'flows/hello.yaml'?" in capsys.readouterr().err


def test_a_misnamed_project_file_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "twimlc.yaml").rename(project / "twimlc.yml")
    assert run(["check"]) == 1
    assert "'twimlc.yml' has no effect" in capsys.readouterr().out
    assert run(["build"]) == 1
    assert not (project / "build").exists()


def test_a_build_without_a_project_says_so(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "twimlc.yaml").unlink()
    run(["build", "flows/hello.yaml"])
    assert "no twimlc.yaml from here upward" in capsys.readouterr().err
    run(["build", "flows/hello.yaml", "-t", "plain"])
    assert "no twimlc.yaml from here upward" not in capsys.readouterr().err


def test_a_folder_without_project_and_flows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["check"]) == 1
    assert "no twimlc.yaml was found from here upward" in capsys.readouterr().out


def test_wrong_usage(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "no-such-file.yaml"]) == 2
    assert run(["build", "-t", "no-such-target"]) == 2
    assert run(["build", "-p", "no-such-param=1"]) in (1, 2)
    assert run(["graph", "no-such-flow"]) in (1, 2)
    assert not (project / "build").exists()


def test_watch_follows_the_project_that_is_built(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots: list[Path] = []

    def changes(root: Path, is_output: object) -> list[None]:
        roots.append(root)
        return []

    monkeypatch.setattr("twimlc.cli.commands.watch.changes", changes)
    assert run(["watch", "-q"]) == 0
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert run(["watch", "-q", str(project / "flows")]) == 0
    assert roots == [project.resolve(), project.resolve()]
