"""The command's own business: init, explain, schema, watching files, completion, the list."""

import io
import os
import sys
from collections.abc import Callable
from importlib import import_module
from itertools import islice
from pathlib import Path

import click
import pytest

from twimlc.cli import changes as watching
from twimlc.cli import complete
from twimlc.cli.command import SUBCOMMANDS, run
from twimlc.cli.command import twimlc as group
from twimlc.cli.streams import say, write
from twimlc.diagnostics.catalogue import RULES

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return call


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_the_list_says_what_the_subcommands_say(name: str) -> None:
    found = getattr(import_module(f"twimlc.cli.{name}"), name)
    assert isinstance(found, click.Command)
    first = (found.help or "").replace("\n", " ").split(". ")[0].rstrip(".")
    assert SUBCOMMANDS[name].rstrip(".") == first.split("  ")[0].rstrip(".")


def test_help_and_version(command: Command) -> None:
    status, out, _ = command("-h")
    assert status == 0
    assert all(name in out for name in SUBCOMMANDS)
    assert "_TWIMLC_COMPLETE" in out
    for name in SUBCOMMANDS:
        assert command(name, "--help")[0] == 0
    assert command("check", "--help")[1].startswith("Usage: twimlc check")
    assert command("--version")[1] == command("-V")[1]


def test_init(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "project"
    status, out, _ = command("init", str(folder))
    assert status == 0
    assert len(out.splitlines()) == 3
    assert (folder / ".gitignore").read_text() == "/build/\n"
    for path in ("twimlc.yaml", "flows/hello.yaml"):
        text = (folder / path).read_text()
        assert text.startswith("# yaml-language-server: $schema=https://")


def test_init_overwrites_nothing(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "hello.yaml").write_text("mine")
    status, out, err = command("init")
    assert (status, out) == (2, "")
    assert "flows/hello.yaml" in err
    assert os.listdir(tmp_path) == ["flows"]
    (tmp_path / "flows" / "hello.yaml").unlink()
    (tmp_path / ".gitignore").write_text("*.log\n")
    status, _, err = command("init")
    assert status == 0
    assert ".gitignore" in err
    assert (tmp_path / ".gitignore").read_text() == "*.log\n"
    assert command("init")[0] == 2
    assert command("init", "twimlc.yaml")[0] == 2


def test_init_follows_no_dangling_link(command: Command, tmp_path: Path) -> None:
    (tmp_path / "twimlc.yaml").symlink_to(tmp_path / "elsewhere")
    assert command("init", str(tmp_path))[0] == 2
    assert not (tmp_path / "elsewhere").exists()


def test_explain(command: Command) -> None:
    rule = RULES["unused-ignore"]
    pages = {command("explain", name)[1] for name in ("unused-ignore", "TW901", "901", "tw901")}
    (page,) = pages
    assert page.startswith("TW901 unused-ignore (warning)\n")
    assert rule.wrong.flow.splitlines()[0] in page
    assert "\nRight:\n" in page


def test_explain_lists_all(command: Command) -> None:
    status, out, _ = command("explain")
    assert status == 0
    assert [line.split()[2] for line in out.splitlines()] == list(RULES)


def test_explain_shows_files_and_codes_of_twilio(command: Command) -> None:
    for rule in RULES.values():
        status, out, _ = command("explain", rule.slug)
        assert status == 0
        assert all(f"/{code}\n" in out for code in rule.twilio)
        assert all(path in out for path, _ in rule.wrong.files)


def items(offered: list[click.shell_completion.CompletionItem]) -> list[str]:
    return [item.value for item in offered]


def test_completion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flows = tmp_path / "calls" / "night"
    flows.mkdir(parents=True)
    (flows / "closed.yaml").touch()
    (flows / "closed.test.yaml").touch()
    (tmp_path / "calls" / "desk.yml").touch()
    (tmp_path / "twimlc.yaml").write_text("flows: calls\ntargets: {plain: {}, site: {}}\n")
    monkeypatch.chdir(flows)
    ctx = click.Context(group)
    param = click.Argument(["x"])
    assert items(complete.complete_flows(ctx, param, "")) == ["desk", "closed"]
    assert items(complete.complete_targets(ctx, param, "pl")) == ["plain"]
    assert "unused-ignore" in items(complete.complete_rules(ctx, param, "unus"))
    assert "TW901" in items(complete.complete_rules(ctx, param, "tw90"))
    assert complete.complete_flow_paths(ctx, param, "")[0].type == "file"


@pytest.mark.parametrize("text", ["targets: [", "- a", "\x00", "flows: 1\ntargets: 2"])
def test_completion_never_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "twimlc.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    ctx = click.Context(group)
    param = click.Argument(["x"])
    assert complete.complete_targets(ctx, param, "") == []
    assert complete.complete_flows(ctx, param, "") == []


def test_polling_sees_changes_but_not_our_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "build"
    output.mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "flows").mkdir()
    looks = iter(range(100))

    def sleep(_: float) -> None:
        look = next(looks)
        if look == 0:
            (output / "a.xml").touch()
            (tmp_path / ".git" / "index").touch()
        elif look == 1:
            (tmp_path / "flows" / "a.yaml").write_text("steps: []")
        elif look == 3:
            (tmp_path / "flows" / "a.yaml").unlink()
        assert look < 10

    monkeypatch.setattr("time.sleep", sleep)
    signals = watching.poll(tmp_path, lambda path: path.startswith(str(output)))
    assert list(islice(signals, 2)) == [None, None]


def test_watching_works_without_the_extra_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(watching, "import_module", missing)
    monkeypatch.setattr(watching, "poll", lambda *_: iter([None]))
    assert list(watching.changes(tmp_path, lambda _: False)) == [None]


def test_watching_with_the_extra_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Package:
        @staticmethod
        def watch(root: Path, raise_interrupt: bool) -> list[set[tuple[int, str]]]:
            names = (".git/index", "build/x.xml", "node_modules/x", "flows/a.yaml")
            return [{(1, str(root / name))} for name in names]

    monkeypatch.setattr(watching, "import_module", lambda _: Package)
    signals = watching.changes(tmp_path, lambda path: "build" in path)
    assert list(signals) == [None]


def test_schema_comes_with_the_package_or_lies_in_the_repository(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "compiler" / "twimlc"
    module = import_module("twimlc.schema.files")
    monkeypatch.setattr(module, "__file__", str(package / "schema" / "files.py"))
    status, out, err = command("schema", "flow")
    assert (status, out) == (3, "")
    assert "flow.schema.json" in err
    for folder, text in ((tmp_path / "schema", "repository\n"), (package / "_schema", "wheel\n")):
        folder.mkdir(parents=True)
        (folder / "flow.schema.json").write_text(text)
        assert command("schema", "flow")[:2] == (0, text)


def test_streams_that_are_gone(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class Gone(io.StringIO):
        error: OSError = BrokenPipeError()

        def flush(self) -> None:
            raise self.error

    class Full(Gone):
        error = OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Gone())
    write("x")
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(OSError, match="No space"):
        write("x")
    monkeypatch.setattr(sys, "stderr", Full())
    say("x", colour="red")
    monkeypatch.setattr(sys, "stdout", None)
    write("x")
