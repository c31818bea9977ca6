"""A new project, from ``init`` to its documents, through the real pipeline."""

from pathlib import Path

import pytest

from twimlc.cli.command import run

pytest.importorskip("twimlc.pipeline")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TWIMLC_TARGET", raising=False)
    monkeypatch.delenv("TWIMLC_FORMAT", raising=False)
    assert run(["init", "-q"]) == 0
    return tmp_path


def test_a_new_project_is_clean_and_builds(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--fail-on", "note"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["build", "--fail-on", "note"]) == 0
    assert (project / "build" / "plain" / "hello" / "index.xml").is_file()
    assert (project / "build" / "plain" / "manifest.json").is_file()
    assert run(["build", "--check"]) == 0


def test_a_mistake_is_shown_and_the_old_build_stays(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["build"]) == 0
    entry = project / "build" / "plain" / "hello" / "index.xml"
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


def test_wrong_usage(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "no-such-file.yaml"]) == 2
    assert run(["build", "-t", "no-such-target"]) == 2
    assert run(["build", "-p", "no-such-param=1"]) in (1, 2)
    assert run(["graph", "no-such-flow"]) in (1, 2)
    assert not (project / "build").exists()
