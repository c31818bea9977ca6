"""Commands come in, their times go out; the commands of a race take turns, round after round.

A time says little: machines differ, and the same one is slower a minute later. A ratio of two
commands that ran right after one another says a lot, so each ratio is the median over the rounds.
"""

import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from workload import STATIC, Files, write_project

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
# As the installed script starts it.
TWIMLC = (PYTHON, "-c", "import sys; from twimlc.__main__ import main; sys.exit(main())")
YARDSTICKS = (PYTHON, str(ROOT / "benchmarks" / "yardsticks.py"))


@dataclass
class Project:
    """A folder with a project. ``documents`` is how many every build of it has to make."""

    root: Path
    documents: int = 0

    def clean(self) -> None:
        for folder in ("build", "out", ".twimlc"):
            shutil.rmtree(self.root / folder, ignore_errors=True)

    def count(self, folder: str) -> None:
        """Nothing is fast because it did less."""
        made = sum(1 for _ in (self.root / folder).rglob("*.xml"))
        self.documents = self.documents or made
        if not made or made != self.documents:
            raise SystemExit(f"{self.root.name}/{folder}: {made} documents, not {self.documents}")


@dataclass(eq=False)
class Command:
    """``before`` runs untimed ahead of each start; documents are counted in the folder ``makes``.

    Times are seconds, with those of a process's children; peaks are MiB of the largest process.
    """

    name: str
    argv: tuple[str, ...]
    project: Project
    makes: str = ""
    before: Callable[[], object] = lambda: None
    rounds: int = 100
    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)

    def run(self, environment: dict[str, str]) -> None:
        self.before()
        with tempfile.TemporaryFile("w+") as said:
            started = time.perf_counter()
            process = subprocess.Popen(
                self.argv, cwd=self.project.root, env=environment, stdout=said, stderr=said
            )
            _, status, usage = os.wait4(process.pid, 0)
            self.walls.append(time.perf_counter() - started)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                raise SystemExit(f"{self.name}: exit {process.returncode}\n{said.read()[-2000:]}")
        self.cpus.append(usage.ru_utime + usage.ru_stime)
        self.peaks.append(usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024))
        if self.makes:
            self.project.count(self.makes)

    @property
    def cpu(self) -> float:
        return statistics.median(self.cpus)

    @property
    def wall(self) -> float:
        return statistics.median(self.walls)

    @property
    def peak(self) -> float:
        return statistics.median(self.peaks)


@dataclass(frozen=True)
class Figure:
    """A line of the table: a command beside others, a value of its own, or why there is none."""

    what: str
    beside: str = ""
    cpu: float | None = None
    wall: float | None = None
    unit: str = "×"
    goal: str = ""
    note: str = ""
    own: Command | None = None


def compare(own: Command, *others: Command, goal: str = "") -> Figure:
    """The median over the rounds of one command over the others together."""

    def ratio(kind: str) -> float:
        rounds: Iterable[tuple[float, ...]] = zip(
            *(getattr(command, kind) for command in (own, *others)), strict=False
        )
        return statistics.median(mine / sum(theirs) for mine, *theirs in rounds)

    beside = " + ".join(other.name for other in others)
    return Figure(own.name, beside, ratio("cpus"), ratio("walls"), goal=goal, own=own)


class Bench:
    """The projects under ``work``, and every command that was run."""

    def __init__(self, work: Path, quick: bool = False) -> None:
        self.work, self.quick = work, quick
        self.projects: dict[str, Project] = {}
        self.commands: list[Command] = []
        self.bars: dict[str, float] = {}
        self.growth: dict[str, dict[int, float]] = {}
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT / "compiler")}
        for name in ("PYTHONDONTWRITEBYTECODE", "CI"):
            self.environment.pop(name, None)
        self.environment["PYTHONPYCACHEPREFIX"] = str(work / "bytecode")
        self.call(PYTHON, "-m", "compileall", "-qq", str(ROOT / "compiler"))
        self.call(PYTHON, "-c", "import yaml, jinja2, jsonschema, click")
        self.has_twilio = importlib.util.find_spec("twilio") is not None
        if self.has_twilio:
            self.call(PYTHON, "-c", "import twilio.twiml.voice_response")

    def call(self, *argv: str, folder: Path | None = None) -> str:
        """Run something untimed; what it says comes back."""
        run = subprocess.run(argv, cwd=folder, env=self.environment, capture_output=True, text=True)
        if run.returncode:
            raise SystemExit(f"{argv[3:] or argv}: {run.stderr or run.stdout}")
        return run.stdout

    @cached_property
    def has_store(self) -> bool:
        return "--no-store" in self.call(*TWIMLC, "build", "--help")

    def size(self, number: int) -> int:
        return max(1, number // 10) if self.quick else number

    def project(
        self,
        kind: Callable[[int], Files],
        number: int,
        targets: tuple[str, ...] = STATIC,
        copy: str = "",
    ) -> Project:
        """Made when it is first asked for."""
        name = f"{kind.__name__}-{number}-{len(targets)}-{targets[0].partition(':')[0]}{copy}"
        if name not in self.projects:
            write_project(self.work / name, kind(number), targets)
            self.projects[name] = Project(self.work / name)
        return self.projects[name]

    def build(self, name: str, project: Project, *options: str, rounds: int = 100) -> Command:
        """A build of all of a project for the first time."""
        argv = (*TWIMLC, "build", "-q", *options)
        return Command(name, argv, project, "build", project.clean, rounds)

    def check(self, name: str, project: Project, *argv: str) -> Command:
        """A check of what was never seen."""
        return Command(name, (*TWIMLC, "check", "-q", *argv), project, "", project.clean)

    def floor(self, project: Project, mode: str = "events") -> Command:
        """Reading the flows and writing as much; or, with "twilio", Twilio's library."""
        if not (project.root / "documents").exists():
            self.call(*TWIMLC, "build", "-q", folder=project.root)
            self.call(*YARDSTICKS, "prepare", "build", "documents", folder=project.root)
        name, places = {"events": ("floor", ["flows"]), "twilio": ("Twilio's library", [])}[mode]
        argv = (*YARDSTICKS, mode, *places, "documents", "out")
        return Command(name, argv, project, "out", project.clean)

    def race(self, *commands: Command, rounds: int = 5, warm: bool = False) -> None:
        """Run commands in turn. With ``warm`` a first round does not count."""
        rounds = min(rounds, 2) if self.quick else rounds
        for turn in range(rounds + warm):
            for command in commands:
                if turn < command.rounds:
                    print(f"{command.name} ...", file=sys.stderr, flush=True)
                    command.run(self.environment)
        for command in commands if warm else ():
            for kept in (command.walls, command.cpus, command.peaks):
                del kept[0]
        self.commands += commands
