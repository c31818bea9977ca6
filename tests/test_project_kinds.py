"""What a file is by its name, and what flows and their scripts are called."""

from pathlib import Path

import pytest

from twimlc.cli.command import run
from twimlc.project.kinds import FileKind, kind_of_file, stem_of

FLOW = "steps:\n  - say: Hello\n  - hangup\n"
SCRIPT = "calls:\n  - name: whole\n    expect:\n      - say: Hello\n      - hangup\n"


@pytest.mark.parametrize(
    ("path", "kind", "stem"),
    [
        ("flows/desk.yaml", FileKind.FLOW, "desk"),
        ("flows/desk.flow.yml", FileKind.FLOW, "desk"),
        ("flows/desk.test.yaml", FileKind.SCRIPT, "desk"),
        ("flows/_components/desk.yaml", FileKind.COMPONENT, "desk"),
        ("twimlc.yaml", FileKind.PROJECT, "twimlc"),
        ("twimlc.yml", FileKind.PROJECT, "twimlc"),
        ("old/Desk.XML", FileKind.DOCUMENT, "Desk.XML"),
        ("old/desk.twiml", FileKind.DOCUMENT, "desk.twiml"),
        ("Untitled-1", FileKind.FLOW, "Untitled-1"),
    ],
)
def test_a_file_is_what_its_name_says(path: str, kind: FileKind, stem: str) -> None:
    assert kind_of_file(Path(path)) is kind
    assert stem_of(Path(path)) == stem


def test_the_script_of_a_flow_is_called_as_generate_calls_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desk.flow.yaml").write_text(FLOW)
    (tmp_path / "desk.test.yaml").write_text(SCRIPT)
    assert run(["test", "desk.flow.yaml"]) == 0


def test_a_twiml_document_is_no_flow_whatever_its_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desk.twiml").write_text("<Response/>")
    assert run(["build", "desk.twiml"]) != 0
    assert "is a TwiML document, not a flow" in capsys.readouterr().err
