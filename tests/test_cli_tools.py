"""The command's own business: init, explain, schema, watching files, completion, the list."""

import io
import os
import shlex
import sys
from importlib import import_module
from itertools import islice
from pathlib import Path

import click
import pytest
from click.shell_completion import CompletionItem, ShellComplete

from command_line import Command
from twimlc.cli import commands
from twimlc.cli.command import command_names, first_line, twimlc as group
from twimlc.cli.commands import watch as watching
from twimlc.cli.streams import say, write
from twimlc.findings.catalogue import RULES
from twimlc.findings.pages import page_of


@pytest.mark.parametrize("name", command_names())
def test_the_list_says_what_the_subcommands_say(name: str) -> None:
    found = getattr(import_module(f"twimlc.cli.commands.{name}"), name)
    assert isinstance(found, click.Command)
    assert first_line(name) == (found.help or "").partition("\n")[0] != ""


def test_a_file_is_all_that_a_command_takes(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ferry.py").write_text(
        'import click\n\n\n@click.command()\ndef ferry():\n    """Bring it over.\n\n    More.\n    """\n'
        "    click.echo('over')\n"
    )
    monkeypatch.setattr(commands, "__path__", [*commands.__path__, str(tmp_path)])
    monkeypatch.setattr(
        "twimlc.cli.command.get_data", lambda *_: (tmp_path / "ferry.py").read_bytes()
    )
    assert command_names()[8:] == sorted(command_names()[8:])
    assert "ferry" in command_names()
    assert first_line("ferry") == "Bring it over."
    assert command("ferry")[:2] == (0, "over\n")


def test_help_and_version(command: Command) -> None:
    status, out, _ = command("-h")
    assert status == 0
    assert all(name in out for name in command_names())
    assert "_TWIMLC_COMPLETE" in out
    for name in command_names():
        assert command(name, "--help")[0] == 0
    assert command("check", "--help")[1].startswith("Usage: twimlc check")
    assert command("--version")[1] == command("-V")[1]


def test_init(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "project"
    status, out, _ = command("init", str(folder))
    assert status == 0
    assert len(out.splitlines()) == 4
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
    assert err.endswith("another folder: twimlc init my-line-2\n")
    assert os.listdir(tmp_path) == ["flows"]
    (tmp_path / "flows" / "hello.yaml").unlink()
    (tmp_path / ".gitignore").write_text("*.log\n")
    status, _, err = command("init")
    assert status == 0
    assert ".gitignore" in err
    assert (tmp_path / ".gitignore").read_text() == "*.log\n"
    assert command("init")[0] == 2
    assert command("init", "twimlc.yaml")[0] == 2


def test_init_names_a_folder_that_is_free(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command("init", "a line", "--from", "office")[0] == 0
    again = command("init", "a line", "--from", "office")[2].rpartition("twimlc ")[2]
    assert again == "init 'a line-2' --from office\n"
    assert command(*shlex.split(again))[0] == 0
    assert command("init", "a line")[2].endswith("twimlc init 'a line-3'\n")


def test_init_follows_no_dangling_link(command: Command, tmp_path: Path) -> None:
    (tmp_path / "twimlc.yaml").symlink_to(tmp_path / "elsewhere")
    assert command("init", str(tmp_path))[0] == 2
    assert not (tmp_path / "elsewhere").exists()


def test_explain(command: Command) -> None:
    rule = RULES["unused-ignore"]
    pages = {command("explain", name)[1] for name in ("unused-ignore", "TW901", "901", "tw901")}
    (page,) = pages
    assert page.startswith("TW901 unused-ignore (warning)\n")
    assert page_of(rule.slug).wrong.flow.splitlines()[0] in page
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
        wrong, right = page_of(rule.slug).wrong, page_of(rule.slug).right
        told = {path for path, text in wrong.files if (path, text) not in right.files}
        assert all(path in out for path in told)


def test_explain_shows_only_files_that_differ(command: Command) -> None:
    _, out, _ = command("explain", "unknown-project-key")
    assert "  twimlc.yaml\n" in out
    assert "example.yaml" not in out


def test_explain_says_on_which_host_an_example_is_wrong(command: Command) -> None:
    for slug in RULES:
        _, out, _ = command("explain", slug)
        wrong, _, right = out.partition("\nWrong")[2].partition("\nRight")
        assert wrong != right, slug
        assert "](" not in out.partition("\nWrong")[0], slug


def test_explain_takes_errors_of_twilio(command: Command) -> None:
    status, out, _ = command("explain", "11200")
    assert status == 0
    told = [line.split()[2] for line in out.splitlines() if line.startswith("TW")]
    assert told == [slug for slug, rule in RULES.items() if 11200 in rule.twilio]
    assert max(map(len, out.splitlines())) <= 80


def offers(*words: str) -> list[CompletionItem]:
    """What the shell offers after these words, of which the last one is typed so far."""
    return ShellComplete(group, {}, "twimlc", "_").get_completions([*words[:-1]], words[-1])


def completed(*words: str) -> list[str]:
    return [item.value for item in offers(*words)]


def test_completion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flows = tmp_path / "calls" / "night"
    flows.mkdir(parents=True)
    (flows / "closed.yaml").touch()
    (flows / "closed.test.yaml").touch()
    (tmp_path / "calls" / "desk.yml").touch()
    (tmp_path / "twimlc.yaml").write_text("flows: calls\ntargets: {plain: {}, site: {}}\n")
    monkeypatch.chdir(flows)
    assert completed("call", "") == ["desk", "closed"]
    assert completed("graph", "--target", "pl") == completed("build", "-t", "pl") == ["plain"]
    assert "unused-ignore" in completed("explain", "unus")
    assert "TW901" in completed("explain", "tw90")
    assert offers("check", "x")[0].type == "file"


@pytest.mark.parametrize("text", ["targets: [", "- a", "\x00", "flows: 1\ntargets: 2"])
def test_completion_never_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "twimlc.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert completed("call", "-t", "") == completed("call", "") == []


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
    built = str(output)
    before = watching.snapshot(tmp_path, lambda path: path.startswith(built))
    signals = watching.poll(tmp_path, lambda path: path.startswith(built), before)
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
        def watch(root: Path, **_: object) -> list[set[tuple[int, str]]]:
            names = (".git/index", "build/x.xml", "node_modules/x", "flows/a.yaml")
            return [{(1, str(root / name))} for name in names]

    monkeypatch.setattr(watching, "import_module", lambda _: Package)
    signals = watching.changes(tmp_path, lambda path: "build" in path)
    assert list(signals) == [None]


def test_what_is_saved_before_the_watch_begins_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Package:
        @staticmethod
        def watch(root: Path, **_: object) -> list[set[tuple[int, str]]]:
            return [set(), set()]

    monkeypatch.setattr(watching, "import_module", lambda _: Package)
    for name, reported in (("build/x.xml", 0), ("flows/a.yaml", 1)):
        signals = watching.changes(tmp_path, lambda path: "build" in path)
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("new")
        assert len(list(signals)) == reported


def test_schema_comes_with_the_package_or_lies_in_the_repository(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "compiler" / "twimlc"
    module = import_module("twimlc.formats.validator")
    monkeypatch.setattr(module, "__file__", str(package / "formats" / "files.py"))
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
    say("x")
    monkeypatch.setattr(sys, "stdout", None)
    write("x")
