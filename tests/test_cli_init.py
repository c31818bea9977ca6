"""Every example as a project of its own: it checks, builds and passes its calls far from here."""

import re
from pathlib import Path

import pytest

import test_flows
from twimlc.cli.command import run
from twimlc.cli.commands.init import example_names

ROOT = Path(__file__).parents[1]
SCHEMA = re.compile(
    r"# yaml-language-server: \$schema=https://\S+/v[0-9.]+/schema/(\w+\.schema\.json)"
)


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_examples_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    names = [line.split()[0] for line in lines if line[0] != " "]
    assert sorted(names) == sorted(file.stem for file in test_flows.FILES)
    assert all(len(line) <= 80 for line in lines)
    assert all(example_names().values())


@pytest.mark.parametrize("name", example_names())
def test_each_example_is_a_project(
    name: str, empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--from", name]) == 0
    assert run(["check", "--strict"]) == 0
    assert run(["build"]) == 0
    capsys.readouterr()
    assert run(["test", "--fail-under", "50"]) == 0
    hosts = (
        ["static", "nginx"]
        if not test_flows.refusals(ROOT / f"flows/{name}.yaml", "static")
        else ["nginx"]
    )
    for host in [] if name in test_flows.BINS_ALONE else hosts:
        assert run(["check", "--strict", "-t", host]) == 0
        assert run(["build", "-t", host]) == 0
        # Where plain files are only nearly right, the calls of the project are for its Bin.
        assert run(["test", "-t", host]) == (name == "team-hunt" and host == "static")
    for file in empty.rglob("*.yaml"):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        found = SCHEMA.fullmatch(first)
        assert found is not None or file.parent.name == "_components", first
        if found is not None:
            assert (ROOT / "schema" / found[1]).is_file()


def test_the_small_project_passes_its_calls(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init"]) == 0
    assert run(["test", "--fail-under", "100"]) == 0
    assert "4 calls played on 1 target, all as expected" in capsys.readouterr().out


def test_an_unknown_example_is_told(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--from", "frontdesk"]) == 2
    assert "Did you mean 'front-desk'?" in capsys.readouterr().err
    assert run(["init", "--from", "zzz"]) == 2
    assert "twimlc init --list shows them." in capsys.readouterr().err
    assert list(empty.iterdir()) == []
