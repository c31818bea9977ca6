"""Exit statuses of every command: 0 clean, 1 the input, 2 usage, 3 a fault, 130 interrupted."""

import io
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from twimlc.cli.command import command_names, run

FLOW = "flow: line\nsteps:\n  - say: Hello\n  - hangup\n"
SCRIPT = "flow: line\ncalls:\n  - name: whole\n    expect:\n      - say: Hello\n      - hangup\n"
CLEAN = {
    "init": "init new",
    "check": "check",
    "build": "build",
    "watch": "watch",
    "test": "test",
    "call": "call line",
    "preview": "preview line --export x.html",
    "graph": "graph line",
    "clean": "clean",
    "explain": "explain 301",
    "hosts": "hosts",
    "hours": "hours",
    "lsp": "lsp",
    "schema": "schema flow",
}
"""A use of every command that ends well."""
COMPILING = ("check", "build", "watch", "test", "call")
"""The commands that take params."""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "twimlc.yaml").write_text("targets:\n  plain: {host: static}\n")
    (tmp_path / "flows" / "line.yaml").write_text(FLOW)
    (tmp_path / "flows" / "line.test.yaml").write_text(SCRIPT)
    (tmp_path / "wrong.yaml").write_text(FLOW + "  - goto: nowhere\n")
    (tmp_path / "values.json").write_text("{}\n")
    (tmp_path / "round").symlink_to("round")
    (tmp_path / "round.yaml").symlink_to("round.yaml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    return tmp_path


def status(line: str) -> int:
    return run(shlex.split(line))


def test_the_table_has_every_command() -> None:
    assert list(CLEAN) == command_names()


@pytest.mark.parametrize("command", sorted({*command_names()} - {"watch", "lsp"}))
def test_what_is_right_is_clean(command: str) -> None:
    assert status(CLEAN[command]) == 0


@pytest.mark.parametrize(
    "line",
    [
        "check wrong.yaml",
        "build wrong.yaml",
        "build --check",
        "test -p nobody=1",
        "call wrong.yaml",
        "graph wrong.yaml",
        "check -p nobody=1",
        "check --params twimlc.yaml",
    ],
)
def test_what_is_wrong_in_the_input_is_1(line: str) -> None:
    assert status(line) == 1


@pytest.mark.parametrize("command", command_names())
@pytest.mark.parametrize("more", ["--nope", "--nope=1", "-Z", "--color", "a b c d"])
def test_bad_usage_is_2(command: str, more: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(f"{CLEAN[command]} {more}") == 2
    assert "Error: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        *(f"{CLEAN[c]} --params {p}" for c in COMPILING for p in ("nope.json", ".", "round", "''")),
        *(f"{CLEAN[c]} --params values.json --params no/p.json" for c in COMPILING),
        *(
            f"{CLEAN[c]} --config {p}"
            for c in (*COMPILING, "graph")
            for p in ("nope.yaml", ".", "round.yaml", "twimlc.yaml/x", "''")
        ),
        *(f"{CLEAN[c]} -t nope" for c in (*COMPILING, "graph")),
        *(
            f"{c} {p}"
            for c in ("check", "build", "watch", "test", "call", "graph")
            for p in ("nope.yaml", "no/pe.yaml", "flows/line.yaml/x.yaml", "round.yaml", "''")
        ),
        *(f"{c} -o {p}" for c in ("build", "watch") for p in ("twimlc.yaml", "flows/line.yaml")),
        *(
            f"{c} --report json={p}"
            for c in ("check", "build", "watch")
            for p in (".", "values.json")
        ),
        "call --documents nope",
        "call --documents twimlc.yaml",
        "call --documents round",
        "call --documents .",
        "call --documents flows --entry nope.xml",
        "call --documents flows --entry ../twimlc.yaml",
        "call --url flows",
        "test --generate nope",
        "test --generate line",
        "test --fail-under 101",
        "init twimlc.yaml",
        "init twimlc.yaml/x",
        "init .",
        "init round",
        "explain nope",
        "schema nope",
        "schema",
        "nope",
        "",
    ],
)
def test_what_the_command_line_names_and_is_not_there_is_2(
    line: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(project.rglob("*"))
    assert status(line) == 2
    assert capsys.readouterr().err
    assert sorted(project.rglob("*")) == before


@pytest.mark.parametrize(
    "line",
    [
        "init new --from ''",
        "call line -t ''",
        "graph line -t ''",
        "call --documents /dev/null",
        "init taken",
    ],
)
def test_what_is_empty_or_no_folder_is_2_and_nothing_is_written(project: Path, line: str) -> None:
    (project / "taken").mkdir()
    (project / "taken" / "flows").touch()
    before = set(project.rglob("*"))
    assert status(line) == 2
    assert set(project.rglob("*")) == before


@pytest.mark.parametrize("command", ["graph line", "call line", "build"])
def test_a_host_that_is_unknown_is_told_by_every_command(
    project: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "twimlc.yaml").write_text("targets:\n  plain: {host: statik}\n")
    assert status(command) == 1
    assert "TW363" in capsys.readouterr().err


def test_an_unknown_target_is_2_also_where_there_is_nothing_to_play(project: Path) -> None:
    (project / "flows" / "line.test.yaml").unlink()
    assert status("test") == 1
    assert status("test -t nope") == 2


@pytest.mark.parametrize("command", ["check", "build"])
def test_a_link_that_leads_in_a_circle_is_1(
    command: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "flows" / "circle.yaml").symlink_to("circle.yaml")
    for more in ("", " --params values.json"):
        assert status(command + more) == 1
        told = capsys.readouterr()
        assert "'flows/circle.yaml' cannot be read: its links form" in told.out + told.err


@pytest.mark.parametrize("command", COMPILING)
def test_a_file_of_params_that_may_not_be_read_is_2(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    access = os.access
    monkeypatch.setattr(os, "access", lambda p, *a, **k: p != "values.json" and access(p, *a, **k))
    assert status(f"{CLEAN[command]} --params values.json") == 2
    assert "'values.json' is not readable" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "build", "call", "graph", "test"])
@pytest.mark.parametrize("name", ["twimlc.yaml", "flows/line.yaml"])
def test_a_source_that_may_not_be_read_is_1(
    command: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    opened = os.open

    def refused(path: str | Path, *args: int) -> int:
        if str(path).endswith(name):
            raise PermissionError(13, os.strerror(13), path)
        return opened(path, *args)

    monkeypatch.setattr(os, "open", refused)
    assert status(CLEAN[command]) == 1
    told = capsys.readouterr()
    assert f"'{name}' cannot be read: there is no permission to read it" in told.out + told.err


@pytest.mark.parametrize("command", command_names())
def test_a_working_folder_that_is_gone_is_2_where_one_is_needed(
    command: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = project / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    if command == "lsp":
        pytest.skip("it has the folders of its editor")
    needs = command not in ("explain", "hosts", "schema")
    assert status(CLEAN[command]) == (2 if needs else 0)
    if needs:
        assert capsys.readouterr().err == (
            "twimlc: the working folder no longer exists; change to another one\n"
        )
    assert status(f"init {project / command}") == 0
    assert status("--help") == 0


@pytest.mark.parametrize("line", ["check", "check -q --report json=out/a.json", "build"])
def test_what_the_machine_refuses_is_3(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "makedirs", full)
    monkeypatch.setattr(os, "mkdir", full)
    if line == "check":
        monkeypatch.setattr("twimlc.pipeline.check", full)
    assert status(line) == 3
    assert re.search("No space left on device|the disk is full", capsys.readouterr().err)


# Ctrl-C


class Interrupted(io.StringIO):
    """A stream at which somebody presses ctrl-c as soon as something is printed."""

    pressed = False

    def write(self, text: str) -> int:
        if not self.pressed:
            Interrupted.pressed = True
            raise KeyboardInterrupt
        return super().write(text)


@pytest.mark.parametrize("command", sorted({*command_names()} - {"lsp"}))
def test_ctrl_c_while_something_is_printed(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Interrupted, "pressed", False)
    monkeypatch.setattr(sys, "stdout", Interrupted())
    monkeypatch.setattr(sys, "stderr", Interrupted())
    assert status(CLEAN[command]) == (0 if command == "watch" else 130)
    assert Interrupted.pressed
    end = "" if command == "watch" else "twimlc: interrupted"
    assert sys.stderr.getvalue().strip() == end  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", ["check", "build", "watch", "test", "call", "graph"])
def test_ctrl_c_while_something_is_read(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("twimlc.project.files._bounded", pressed)
    assert status(CLEAN[command]) == (0 if command == "watch" else 130)


@pytest.mark.parametrize("line", ["check -", "build -", "call line"])
def test_ctrl_c_at_a_question(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Keys(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            raise KeyboardInterrupt

    Path("flows/line.yaml").write_text("flow: line\nsteps:\n  - record\n  - hangup\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Keys())))
    assert status(line) == 130


@pytest.mark.skipif(os.name == "nt", reason="no such signal here")
def test_a_real_ctrl_c_ends_watch_well() -> None:
    command = [sys.executable, "-m", "twimlc", "watch"]
    # A job in the background starts its own without the signal.
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as watching:
        signal.signal(signal.SIGINT, ours)
        assert watching.stderr is not None
        while b"watching" not in watching.stderr.readline():
            pass
        watching.send_signal(signal.SIGINT)
        assert watching.wait() == 0
