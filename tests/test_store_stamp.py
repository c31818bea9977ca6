"""The stamp: an unchanged run is said again word for word, and whatever changes is seen."""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from command_line import CLINIC
from folders import files_in, write_files
from twimlc.__main__ import main
from twimlc.cli import command
from twimlc.store import folder, stamp

COMPILER = Path(__file__).resolve().parents[1] / "compiler"
PROJECT = {
    "twimlc.yaml": "targets:\n  web: {host: nginx, url: https://voice.example.com}\n",
    "flows/clinic.yaml": CLINIC,
    "flows/closed.yaml": "steps:\n  - play: ../sounds/closed.wav\n  - use: bye\n",
    "flows/_components/bye.yaml": "steps:\n  - say: Good bye.\n  - hangup\n",
    "flows/closed.test.yaml": "calls:\n  - name: closed\n    expect: [hangup]\n",
    "sounds/closed.wav": b"RIFF",
    "values.yaml": "{}\n",
}

Said = tuple[int, str, str]


class Tool:
    """The command in a project of its own; ``whole`` counts the runs that were not said again."""

    def __init__(self, patch: pytest.MonkeyPatch, streams: pytest.CaptureFixture[str]) -> None:
        self.patch, self.streams = patch, streams
        self.whole = 0
        run = command.run

        def counted(*arguments: object) -> int:
            self.whole += 1
            return run(*arguments)  # type: ignore[arg-type]

        patch.setattr(command, "run", counted)

    def __call__(self, *arguments: str) -> Said:
        self.patch.setattr(sys, "argv", ["twimlc", *arguments])
        self.streams.readouterr()
        status = main()
        return status, *self.streams.readouterr()

    def again(self, *arguments: str) -> bool:
        """Whether it is said again, and then in the same words as without a store."""
        before = self.whole
        said = self(*arguments)
        again = self.whole == before
        assert said == self(*arguments, "--no-store")
        return again


@pytest.fixture
def tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Tool]:
    """A project whose files are old enough, in which everything is built."""
    for name in (*stamp._READ, "TWIMLC_TARGET"):
        monkeypatch.delenv(name, raising=False)
    # Files of the test are older than a run that follows, if not by two seconds.
    monkeypatch.setattr(stamp, "_COARSE", 0)
    monkeypatch.chdir(write_files(tmp_path / "project", PROJECT))
    tool = Tool(monkeypatch, capsys)
    assert tool("build")[0] == 0
    yield tool
    gc.enable()


COMMANDS = [
    ("check",),
    ("build",),
    ("build", "--check"),
    ("build", "clinic.yaml", "--previous", "../before", "-o", "../out"),
    ("check", "flows/closed.yaml", "-t", "twiml-bin", "--strict"),
    ("check", "--params", "values.yaml", "--format", "json"),
    ("check", "--verify-store"),
    ("check", "--config=project/twimlc.yaml"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_an_unchanged_run_is_said_again(tool: Tool, arguments: tuple[str, ...]) -> None:
    if any("--config" in each for each in arguments):
        os.chdir("..")
    if "--previous" in arguments:
        os.chdir("flows")
        shutil.copytree("../build", "../before")
        tool(*arguments)
    first = tool(*arguments)
    for _ in range(2):
        assert tool(*arguments) == first
    assert tool.whole == (3 if "--previous" in arguments else 2)
    assert tool.again(*arguments)


def test_a_run_that_is_said_again_imports_next_to_nothing(tool: Tool) -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from twimlc.__main__ import main\n"
        "from twimlc.store import stamp; stamp._COARSE = 0\n"
        "main(); print(*sorted(set(sys.modules) - before), file=sys.stderr)"
    )
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", code, "check"],
            env={**os.environ, "PYTHONPATH": str(COMPILER)},
            capture_output=True,
            text=True,
            check=True,
        )
    ours = {"__main__", "about", "store", "store.folder", "store.stamp", "store.state"}
    assert set(done.stderr.splitlines()[-1].split()) - {"_blake2", "gc"} == {
        "twimlc",
        *(f"twimlc.{name}" for name in ours),
    }


CHANGES: dict[str, Callable[[Path], object]] = {
    "a flow": lambda root: (root / "flows/clinic.yaml").write_text(CLINIC + "# more\n"),
    "as long as before": lambda root: (root / "flows/clinic.yaml").write_text(
        CLINIC.replace("Thank you", "Thank God")
    ),
    "a new flow": lambda root: (root / "flows/new.yaml").write_text("steps: [hangup]\n"),
    "a broken flow": lambda root: (
        (root / "flows/deep").mkdir() or (root / "flows/deep/new.yaml").write_text("steps: [\n")
    ),
    "a flow that is gone": lambda root: (root / "flows/closed.yaml").unlink(),
    "a component": lambda root: (root / "flows/_components/bye.yaml").write_text("steps: [hang]\n"),
    "a sound": lambda root: (root / "sounds/closed.wav").write_bytes(b"RIFX"),
    "a sound that is gone": lambda root: (root / "sounds/closed.wav").unlink(),
    "the project file": lambda root: (root / "twimlc.yaml").write_text("targets: {a: {host: s3}}"),
    "another project file": lambda root: (root / "flows/twimlc.yml").write_text(""),
    "a document": lambda root: next((root / "build").rglob("index.xml")).write_text("<Response/>"),
    "a document that is gone": lambda root: next((root / "build").rglob("index.xml")).unlink(),
    "the manifest": lambda root: (root / "build/web/manifest.json").write_text("{}"),
    "a strange file in its way": lambda root: (
        shutil.rmtree(root / "build/web") or (root / "build/web").write_text("")
    ),
    "rights": lambda root: (root / "flows/clinic.yaml").chmod(0),
    "a link": lambda root: (root / "flows/more.yaml").symlink_to("clinic.yaml"),
    "a call script": lambda root: (root / "flows/closed.test.yaml").write_text("calls: 1\n"),
}


@pytest.mark.parametrize("arguments", [("build",), ("check",), ("build", "--verify-store")])
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen(tool: Tool, change: str, arguments: tuple[str, ...]) -> None:
    tool(*arguments)
    assert tool.again(*arguments)
    root = Path.cwd()
    CHANGES[change](root)
    if "build" in arguments:  # two runs do not say the same: the first one writes
        other = root.parent / "other" / root.name
        shutil.copytree(root, other, symlinks=True)
        said = tool(*arguments)
        os.chdir(other)
        assert said == tool(*arguments, "--no-store")
        assert files_in(root / "build") == files_in(other / "build")
        os.chdir(root)
    else:
        tool.again(*arguments)


@pytest.mark.parametrize(
    ("name", "value"),
    [("NO_COLOR", "1"), ("FORCE_COLOR", "1"), ("TWIMLC_TARGET", "s3"), ("TWIMLC_FORMAT", "json")],
)
def test_what_is_set_counts(tool: Tool, name: str, value: str) -> None:
    tool("check")
    assert tool.again("check")
    tool.patch.setenv(name, value)
    assert not tool.again("check")


def test_what_was_written_lately_is_no_ground(tool: Tool) -> None:
    tool.patch.setattr(stamp, "_COARSE", 3600 * 10**9)
    tool("check")
    assert not tool.again("check")


@pytest.mark.parametrize("arguments", ["check -v", "check --report json=out.json", "check --fix"])
def test_some_runs_are_always_whole(tool: Tool, arguments: str) -> None:
    for _ in range(3):
        before = tool.whole
        tool(*arguments.split())
        assert tool.whole == before + 1


def test_contents_count_where_ci_is_set(tool: Tool) -> None:
    tool.patch.setenv("CI", "true")
    tool("check")
    flow = Path("flows/clinic.yaml")
    os.utime(flow, (1, 1))
    assert tool.again("check")
    times = flow.stat()
    flow.write_text(CLINIC.replace("Thank you", "Thank God"))
    os.utime(flow, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert not tool.again("check")


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


@pytest.mark.parametrize("version", ["2", "4"])
def test_a_store_of_the_checkout_is_not_read_in_ci(tool: Tool, version: str) -> None:
    git("init", "-q")
    git("config", "index.version", version)
    git("add", "flows")
    tool("check")
    tool.patch.setenv("CI", "true")
    tool("check")
    assert tool.again("check") == (version == "2")  # that of version 4 is not taken apart
    git("add", "-f", ".twimlc")
    before = files_in(store())
    assert not tool.again("check")
    assert files_in(store()) == before
    tool.patch.delenv("CI")
    assert tool.again("check")


def store() -> Path:
    return Path(folder.FOLDER)


def stamps() -> list[Path]:
    return sorted(store().glob("stamp-*"))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "cut short": lambda place: place.write_bytes(place.read_bytes()[:-1]),
    "empty": lambda place: place.write_bytes(b""),
    "other words": lambda place: place.write_bytes(place.read_bytes().replace(b"0", b"1")),
    "a folder": lambda place: place.unlink() or place.mkdir(),
    "a link": lambda place: place.unlink() or place.symlink_to("/etc/passwd"),
    "a pipe": lambda place: place.unlink() or os.mkfifo(place),
    "no text": lambda place: place.write_bytes(signed(b"\xff\0\0")),
    "few fields": lambda place: place.write_bytes(signed(b"a\0b")),
    "an odd number": lambda place: place.write_bytes(
        signed(f"{place.name}\0digest\0status\0x".encode())
    ),
    "a place elsewhere": lambda place: place.write_bytes(
        signed(f"{place.name}\0digest\x000\x001\0/etc\0oHello".encode())
    ),
}


def signed(data: bytes) -> bytes:
    return folder.digest(data).encode() + b"\n" + data


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_counts_as_absent(tool: Tool, damage: str, tmp_path: Path) -> None:
    tool("check")
    [place] = stamps()
    DAMAGE[damage](place)
    seen = {path: os.lstat(path).st_mtime_ns for path in tmp_path.glob("*")}
    assert not tool.again("check")
    assert seen == {path: os.lstat(path).st_mtime_ns for path in tmp_path.glob("*")}
    if damage != "a folder":
        assert tool.again("check")


def test_a_stamp_under_the_name_of_another_is_none(tool: Tool) -> None:
    tool("check")
    [first] = stamps()
    tool("check", "--strict")
    [other] = set(stamps()) - {first}
    other.write_bytes(first.read_bytes())
    assert not tool.again("check", "--strict")


def test_a_store_that_is_a_link_is_left_alone(tool: Tool, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    shutil.rmtree(store())
    store().symlink_to(tmp_path / "elsewhere")
    for _ in range(2):
        assert not tool.again("check")
    assert not files_in(tmp_path / "elsewhere")
    assert tool("clean") == (1, "", ".twimlc/ stays: it has, or is, what twimlc did not write\n")
    assert (tmp_path / "elsewhere").is_dir()


def test_without_room_for_a_store_everything_is_as_without_one(tool: Tool) -> None:
    shutil.rmtree(store())
    store().write_text("")  # a file is in its place
    for _ in range(2):
        assert not tool.again("check")


def test_git_takes_no_notice_and_clean_removes_it(tool: Tool) -> None:
    git("init", "-q")
    tool("check")
    untracked = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], check=True, capture_output=True, text=True
    )
    assert folder.FOLDER not in untracked.stdout
    assert tool("clean") == (0, "", "removed .twimlc/\n")
    assert not store().exists()
    assert tool("clean") == (0, "", "there is no .twimlc/ to remove\n")


def test_clean_leaves_what_others_wrote(tool: Tool) -> None:
    tool("check")
    write_files(store(), {"notes.txt": "mine", "ab/notes.json": "mine", ".gitignore": "mine"})
    assert tool("clean")[0] == 1
    assert files_in(store()) == dict.fromkeys([".gitignore", "ab/notes.json", "notes.txt"], b"mine")


WATCHER = """
import os, sys
root, seen = os.getcwd(), set()
def see(path):
    if isinstance(path, (str, bytes, os.PathLike)):
        path = os.path.abspath(os.fsdecode(path))
        if path.startswith(root + os.sep) and not path.startswith(os.path.join(root, ".twimlc")):
            seen.add(path)
def hook(event, arguments):
    if event in ("open", "os.listdir", "os.scandir"):
        see(arguments[0])
def wrapped(look):
    def call(path, *rest, **more):
        see(path)
        return look(path, *rest, **more)
    return call
sys.addaudithook(hook)
os.stat, os.lstat = wrapped(os.stat), wrapped(os.lstat)
from twimlc.__main__ import main
from twimlc.store.stamp import Stamp, _covers
def keep(self, status, read):
    whole = [*map(os.path.abspath, read), os.path.join(root, "twimlc.yml")]
    missed = {p for p in seen if not os.path.isdir(p) and p not in whole}
    missed -= {p for p in missed for outer in whole if _covers(outer + os.sep, p)}
    print("kept", *sorted(missed), file=sys.stderr)
Stamp.keep = keep
from twimlc.cli import command
def run(*arguments, really=command.run):
    seen.clear()
    return really(*arguments)
command.run = run
main()
"""


@pytest.mark.parametrize("arguments", COMMANDS[:3] + COMMANDS[4:7], ids=" ".join)
def test_all_that_is_looked_at_counts(tool: Tool, arguments: tuple[str, ...]) -> None:
    more = {
        "twimlc.yaml": "targets:\n  web: {host: nginx, url: https://voice.example.com}\n"
        "matrix: {table: data/rooms.csv, flows: [closed]}\n",
        "data/rooms.csv": "row,name\na,b\n",
        "flows/.hidden/closed.wav": b"RIFF",
        "flows/other.yaml": "steps:\n  - play: .hidden/closed.wav\n  - play: gone.wav\n",
        "flows/third.yaml": "steps:\n  - play: .hidden/gone.wav\n",
    }
    write_files(Path.cwd(), more)
    done = subprocess.run(
        [sys.executable, "-c", WATCHER, *arguments],
        env={**os.environ, "PYTHONPATH": str(COMPILER)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "kept"


def test_ci_begins_a_store(tool: Tool) -> None:
    git("init", "-q")
    git("add", "flows")
    shutil.rmtree(store())
    tool.patch.setenv("CI", "true")
    tool("check")
    assert tool.again("check")
