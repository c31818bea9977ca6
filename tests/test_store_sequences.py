"""After any edits a run with the store is the run without one: bytes, messages, exit status.

A project is edited at random, and after each edit built and checked; the same is done without a
store in a copy of it that has the same output folder.
"""

import gc
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import run as start

import pytest

from folders import files_in, write_files
from twimlc.__main__ import main
from twimlc.pipeline import kept, run
from twimlc.store import folder, stamp

COMPILER = Path(__file__).resolve().parents[1] / "compiler"
NAMES = ["alone", "closed", "desk", "door", "hunt"]
FLOWS = [
    "steps:\n  - say: Hello.\n  - hangup\n",
    "steps:\n  - say: Hello there.\n  - goto: closed/\n",
    "start: a\nstates:\n  a:\n    - menu: {prompt: Press 1 or 2., choices: {1: b, 2: b}}\n      fallback: b\n"
    "  b:\n    - say: Bye.\n    - goto: desk/\n",
    "steps:\n  - use: bye\n",
    "steps:\n  - say: Hello.\n  - use: greet\n    with: {name: Ann}\n",
    "params: {desk: '+14155550100'}\nsteps:\n  - dial: {number: '${desk}'}\n    fallback: hangup\n",
    "params: {desk}\nsteps:\n  - say: ${desk}\n  - hangup\n",
    "steps:\n  - play: ../sounds/a.wav\n  - play: ../sounds/b.wav\n",
    'steps:\n  - say: Hello.\n  - goto: "\\x61lone/"\n',
    "steps:\n  - say: {message: Hi., voice: Polly.Vicki, language: en-US}\n  - record: {}\n",
    "steps:\n  - redirect: https://voice.example.com/ivr/desk/index.xml\n",
    "steps:\n  - say: Hello.   # twimlc: ignore[unused-param] no reason\n  - hangup\n",
    "flow: closed\nsteps:\n  - say: Another one.\n",
    "steps:\n  - say: Hello.\n  - goto: nowhere\n",
    "steps:\n  - sya: Hello.\n",
    "steps: [\n",
    "",
]
COMPONENTS = [
    "steps:\n  - say: Good bye.\n  - hangup\n",
    "steps:\n  - say: Good bye to you.\n",
    "params: {name: you}\nsteps:\n  - say: Hello ${name}.\n",
    "params: {name: you}\nsteps:\n  - if: ${name == 'Ann'}\n    use: bye\n  - say: Hello.\n",
    "steps:\n  - sya: Hello.\n",
    "- 1\n",
]
TARGETS = [
    "targets: {web: {host: nginx, url: https://voice.example.com/ivr}}\n",
    "targets: {web: {host: nginx, url: https://voice.example.com/ivr}, bins: {host: twiml-bin, media: https://media.example.com}}\n",
    "targets: {plain: {host: static, allow: [default-branch]}, web: {host: caddy, apology: closed}}\n",
    "targets: {web: {host: nginx, flows: [desk, closed], onError: closed, params: {desk: '+14155550199'}}}\n",
    "targets: {web: {host: nginx, onError: nobody}}\nrules: {language-of-voice: off}\n",
    "params: {desk: '+14155550111'}\ntargets: {web: {host: apache}}\n",
    "matrix: {table: rooms.csv, flows: [desk, alone]}\ntargets: {web: {host: nginx}}\n",
    "targets: {web: {host: nowhere}}\n",
]
TABLES = [
    "row,desk\nann,+14155550123\nbob,+14155550124\n",
    "row,desk\nann,+14155550123\nbob,+14155550199\n",
    "row,desk\nzoe,+14155550100\nann,+14155550123\n",
    "row,desk\nann\n",
]
SOUNDS = [b"RIFF", b"RIFX", b"", b"\xff\xfb" * 50]
ARGUMENTS = [
    *[["build"]] * 8,
    *[["check"]] * 4,
    ["build", "-p", "desk=+14155550177"],
    ["check", "-p", "desk=+14155550177", "--strict"],
    ["build", "--no-verify"],
    ["build", "--check"],
    ["build", "flows/desk.yaml"],
    ["check", "-t", "s3"],
    ["build", "--params", "values.yaml"],
    ["build", "--verify-store"],
    ["check", "--verify-store"],
]


class Project:
    """A project that is edited by chance; each edit is told as one line."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root, self.chance = root, random.Random(seed)
        self.told: list[str] = []
        files: dict[str, str | bytes] = {"twimlc.yaml": TARGETS[0], "rooms.csv": TABLES[0]}
        files |= {"flows/_components/bye.yaml": COMPONENTS[0], "values.yaml": "{}\n"}
        files |= {f"flows/{name}.yaml": FLOWS[0] for name in NAMES[:3]}
        write_files(root, {**files, "sounds/a.wav": SOUNDS[0], "sounds/b.wav": SOUNDS[0]})

    def edit(self) -> None:
        for _ in range(self.chance.choice([1, 1, 1, 2, 3])):
            edits = [self.flow] * 9 + [self.component] * 3 + [self.project]
            edits += [self.table, self.sound, self.values, self.output, self.output, self.times]
            edits += [self.store, self.store, self.nothing, self.nothing, self.nothing]
            self.chance.choice(edits)()

    def write(self, path: str, choices: "list[str] | list[bytes]", gone: float = 0.0) -> None:
        if self.chance.random() < gone:
            (self.root / path).unlink(missing_ok=True)
            self.told.append(f"{path} is removed")
            return
        number = self.chance.randrange(len(choices))
        write_files(self.root, {path: choices[number]})
        self.told.append(f"{path} is number {number}")

    def flow(self) -> None:
        some = FLOWS[:12] if self.chance.random() < 0.8 else FLOWS
        self.write(f"flows/{self.chance.choice(NAMES)}.yaml", some, gone=0.1)

    def component(self) -> None:
        name = self.chance.choice(["bye", "greet"])
        some = COMPONENTS[:4] if self.chance.random() < 0.8 else COMPONENTS
        self.write(f"flows/_components/{name}.yaml", some, gone=0.1)

    def project(self) -> None:
        self.write("twimlc.yaml", TARGETS[:7] if self.chance.random() < 0.9 else TARGETS)

    def table(self) -> None:
        self.write("rooms.csv", TABLES, gone=0.05)

    def sound(self) -> None:
        self.write(f"sounds/{self.chance.choice('ab')}.wav", SOUNDS, gone=0.2)

    def values(self) -> None:
        self.write("values.yaml", ["{}\n", "desk: '+14155550155'\n", "dsek: 1\n", "[\n"])

    def output(self) -> None:
        """Somebody edits what was built."""
        built = [path for path in sorted(self.root.glob("build/**/*")) if path.is_file()]
        if built:
            path = self.chance.choice(built)
            match self.chance.randrange(3):
                case 0:
                    path.unlink()
                case 1:
                    path.write_bytes(path.read_bytes() + b"<!-- by hand -->")
                case 2:
                    path.with_name("strange.xml").write_bytes(b"<Response/>")
            self.told.append(f"{path.relative_to(self.root)} is changed by hand")

    def times(self) -> None:
        """The clock is set back, or a file comes from an archive."""
        files = [path for path in sorted(self.root.rglob("*")) if path.is_file()]
        path, when = self.chance.choice(files), self.chance.choice([1, 10**9, 2 * 10**9])
        os.utime(path, (when, when))
        self.told.append(f"{path.relative_to(self.root)} has the time {when}")

    def store(self) -> None:
        """Something befalls the store."""
        files = [p for p in sorted(self.root.glob(f"{folder.FOLDER}/**/*")) if p.is_file()]
        if files:
            path, other = self.chance.choice(files), self.chance.choice(files)
            data = path.read_bytes()
            match self.chance.randrange(4):
                case 0:
                    path.write_bytes(data[: self.chance.randrange(len(data) + 1)])
                case 1:
                    path.write_bytes(other.read_bytes())
                case 2:  # of another version, and whole
                    data = data.partition(b"\n")[2].replace(b'"key":"', b'"key":"x')
                    path.write_bytes(folder.digest(data).encode() + b"\n" + data)
                case 3:
                    shutil.rmtree(self.root / folder.FOLDER)
            self.told.append(f"{path.relative_to(self.root)} in the store is changed")

    def nothing(self) -> None:
        self.told.append("nothing")


@pytest.fixture
def tool(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[Path, list[str]], tuple[int, str, str]]]:
    """The command in a folder: status, standard output and standard error."""
    for name in (*stamp._READ, "TWIMLC_TARGET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(stamp, "_COARSE", 0)  # a run is always later than the edits before it

    def call(root: Path, arguments: list[str]) -> tuple[int, str, str]:
        monkeypatch.chdir(root)
        monkeypatch.setattr(sys, "argv", ["twimlc", *arguments])
        capsys.readouterr()
        status = main()
        return status, *capsys.readouterr()

    yield call
    gc.enable()


Tool = Callable[[Path, list[str]], tuple[int, str, str]]


@pytest.mark.sweep(5)
@pytest.mark.parametrize("seed", range(10))
def test_a_store_changes_nothing_but_time(
    seed: int, sweep: bool, tmp_path: Path, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path / "project", seed)
    compiled, found = 0, 0
    really, find = run.compile_unit, kept.Kept.find

    def counted(*arguments: object) -> object:
        nonlocal compiled
        compiled += 1
        return really(*arguments)  # type: ignore[arg-type]

    def looked(self: kept.Kept, task: object) -> object:
        nonlocal found
        result = find(self, task)  # type: ignore[arg-type]
        found += result is not None
        return result

    monkeypatch.setattr(run, "compile_unit", counted)
    monkeypatch.setattr(kept.Kept, "find", looked)
    for _ in range(150 if sweep else 25):
        project.edit()
        arguments = project.chance.choice(ARGUMENTS)
        project.told.append(f"twimlc {' '.join(arguments)}")
        copy = tmp_path / "copy" / "project"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(project.root, copy, ignore=shutil.ignore_patterns(folder.FOLDER))
        said = tool(project.root, arguments)
        assert said == tool(copy, [*arguments, "--no-store"]), "\n".join(project.told)
        assert said[0] < 3, "\n".join(project.told)
        written = {path: data for path, data in files_in(project.root).items() if path[0] != "."}
        assert written == files_in(copy), "\n".join(project.told)
    assert compiled > found > 0


@pytest.mark.slow
def test_two_builds_at_once_keep_the_same(tmp_path: Path, tool: Tool) -> None:
    roots = [tmp_path / str(number) / "project" for number in range(2)]
    for root in roots:
        project = Project(root, 1)
        for number, name in enumerate(NAMES):
            write_files(project.root, {f"flows/{name}.yaml": FLOWS[number]})
    environment = {**os.environ, "PYTHONPATH": str(COMPILER)}

    def build(root: Path, *more: str) -> str:
        command = [sys.executable, "-m", "twimlc", "build", *more]
        return start(command, cwd=root, env=environment, capture_output=True, text=True).stdout

    with ThreadPoolExecutor(4) as pool:
        one, both = roots
        single = pool.submit(build, one)
        list(pool.map(lambda _: build(both), range(3)))
        single.result()
    units = [files_in(root / folder.FOLDER) for root in roots]
    units = [{name: data for name, data in each.items() if "/" in name} for each in units]
    assert units[0] == units[1]
    assert len(units[0]) > 3
    assert files_in(one / "build") == files_in(both / "build")
    assert build(one) == build(both, "--no-store")
