"""The command as its users know it: params, exit statuses, and where words go."""

import json
from pathlib import Path

import pytest

from twimlc.cli.command import run

FLOW = "params: {name: you, n: 1}\nsteps:\n  - say: Hello ${name}.\n  - pause: {length: '${n}'}\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f.yaml").write_text(FLOW)
    return tmp_path


def built(folder: Path, path: str = "build/static/public/f/index.xml") -> str:
    return (folder / path).read_text()


def test_params_of_the_command_line_keep_their_type(home: Path) -> None:
    assert run(["build", "-t", "static", "-q", "-p", "name=Ann", "-p", "n=12"]) == 0
    assert "Hello Ann." in built(home)
    assert 'length="12"' in built(home)


@pytest.mark.parametrize(
    ("name", "text"), [("p.yaml", "name: Ann\nn: 12\n"), ("p.json", '{"name": "Ann", "n": 12}')]
)
def test_params_from_a_file_are_weaker_than_the_line(home: Path, name: str, text: str) -> None:
    (home / name).write_text(text)
    assert run(["build", "-t", "static", "-q", "--params", name, "-p", "name=Bob"]) == 0
    assert "Hello Bob." in built(home)
    assert 'length="12"' in built(home)


def test_a_param_nobody_declares_is_an_error(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["build", "-t", "static", "-p", "nmae=Ann"]) == 1
    assert "did you mean 'name'?" in capsys.readouterr().err
    (home / "p.yaml").write_text("nmae: Ann\n")
    assert run(["check", "-t", "static", "--params", "p.yaml"]) == 1
    assert not (home / "build").exists()


def test_exit_statuses(home: Path) -> None:
    assert run(["check", "-q", "-t", "static"]) == 0
    assert run(["check", "-q", "-t", "nowhere"]) == 2
    assert run(["check", "-q", "nothing.yaml"]) == 2
    assert run(["check", "--no-such-option"]) == 2
    (home / "f.yaml").write_text("steps: [{hangup: }, {say: Never.}]\n")
    assert run(["check", "-q", "-t", "static"]) == 0
    assert run(["check", "-q", "-t", "static", "--fail-on", "warning"]) == 1
    assert run(["check", "-q", "-t", "static", "--strict"]) == 1
    (home / "f.yaml").write_text("steps: [{goto: nowhere}]\n")
    assert run(["check", "-q", "-t", "static"]) == 1
    assert run(["build", "-q", "-t", "static", "--fail-on", "never"]) == 1


def test_findings_are_the_result_of_check_and_an_aside_of_build(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "f.yaml").write_text("steps: [{goto: nowhere}]\n")
    run(["check", "-q", "-t", "static"])
    check = capsys.readouterr()
    run(["build", "-q", "-t", "static"])
    build = capsys.readouterr()
    assert "unknown-state" in check.out
    assert "unknown-state" not in check.err
    assert "unknown-state" in build.err
    assert "unknown-state" not in build.out


def test_findings_as_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "f.yaml").write_text("steps:\n  - goto: nowhere\n")
    assert run(["check", "-t", "static", "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    (finding,) = report["findings"]
    assert report["version"] == 1
    keys = {
        "rule",
        "slug",
        "severity",
        "message",
        "hint",
        "file",
        "line",
        "column",
        "endLine",
        "endColumn",
    }
    assert keys <= finding.keys()
    assert (finding["slug"], finding["line"], finding["column"]) == ("unknown-state", 2, 11)


def test_output_goes_where_it_is_told(home: Path) -> None:
    assert run(["build", "-q", "-t", "static", "-o", "elsewhere"]) == 0
    assert built(home, "elsewhere/static/public/f/index.xml")
    assert not (home / "build").exists()


def test_a_build_tells_what_it_made(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "-t", "static"]) == 0
    told = capsys.readouterr()
    for word in ("static", "f/index.xml"):
        assert word in told.out + told.err


def test_control_characters_are_made_visible(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "f.yaml").write_text('steps:\n  - goto: "a\\e[31mred"\n')
    assert run(["check", "-t", "static", "--color", "never"]) == 1
    assert "\x1b" not in capsys.readouterr().out
