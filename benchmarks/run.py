"""Speed, as ratios between commands that take turns in one run: nothing comes in, tables go out.

    python benchmarks/run.py                    # everything, about five minutes
    python benchmarks/run.py start build        # some of: start build many again giant menu stages

A time says little, because machines differ and the same one is slower a minute later; a ratio
of two commands that ran right after one another says a lot. Every ratio is the median over the
rounds, of whole processes: of the time on the wall, and of the processor's. Byte code is compiled
before the first round, the files are in the system's cache, and what a build writes is deleted
before it starts unless a row says otherwise. A slow disk hides what the programs do: on Linux,
--work /dev/shm/benchmark keeps it out.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from workload import giant_text, menu_text, ordinary_flows, write_project

HERE = Path(__file__).resolve().parent
PYTHON = sys.executable
# As the installed script starts it.
TWIMLC = [PYTHON, "-c", "import sys; from twimlc.__main__ import main; sys.exit(main())"]


@dataclass
class Row:
    """One command of a race. ``before`` runs untimed ahead of each start."""

    name: str
    command: list[str]
    folder: Path
    before: Callable[[], None] = lambda: None
    walls: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)

    def compared_with(self, other: "Row") -> tuple[float, float]:
        """The ratios of the time on the wall and of the processor's."""
        pairs = zip(self.walls, other.walls, strict=True)
        wall = statistics.median(own / theirs for own, theirs in pairs)
        pairs = zip(self.processor, other.processor, strict=True)
        return wall, statistics.median(own / theirs for own, theirs in pairs)


class Bench:
    """The projects under ``work``, each made when it is first asked for."""

    def __init__(self, work: Path, rounds: int) -> None:
        self.work = work
        self.rounds = rounds
        self.environment = dict(os.environ)
        # A source tree may forbid writing byte code beside it; installed programs have theirs.
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.environment["PYTHONPYCACHEPREFIX"] = str(work / "bytecode")

    def project(self, flows: int) -> Path:
        root = self.work / f"flows-{flows}"
        if not root.exists():
            write_project(root, ordinary_flows(flows))
        return root

    def giant(self, steps: int) -> Path:
        root = self.work / f"giant-{steps}"
        if not root.exists():
            write_project(root, iter([("giant", giant_text(steps))]))
        return root

    def menu(self, entries: int) -> Path:
        root = self.work / f"menu-{entries}"
        if not root.exists():
            write_project(root, iter([("menu", menu_text(entries))]))
        return root

    def documents(self, root: Path) -> Path:
        """What the project builds, as data for the floors."""
        found = root / "documents"
        if not found.exists():
            self.run(Row("", [*TWIMLC, "build", "-q"], root))
            floor = [PYTHON, str(HERE / "floors.py")]
            self.run(Row("", [*floor, "prepare", str(root / "build" / "plain"), str(found)], root))
        return found

    def run(self, row: Row) -> tuple[float, float, float]:
        """Seconds on the wall and of the processor, and the peak of memory in MiB."""
        started = time.perf_counter()
        process = subprocess.Popen(
            row.command,
            cwd=row.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(row.command[-4:])}: exit {process.returncode}")
        peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
        return wall, usage.ru_utime + usage.ru_stime, peak

    def race(self, title: str, *rows: Row) -> None:
        """Run the rows in turn; the first is what the others are compared with."""
        for turn in range(self.rounds + 1):
            for row in rows:
                row.before()
                wall, processor, peak = self.run(row)
                if turn:  # the first round warms up
                    row.walls.append(wall)
                    row.processor.append(processor)
                    row.peaks.append(peak)
        print(f"\n{title:42} {'wall':>10} {'processor':>12} {'wall':>11} {'peak':>12}")
        for row in rows:
            wall, processor = row.compared_with(rows[0])
            took, peak = statistics.median(row.walls) * 1000, statistics.median(row.peaks)
            ratios = f"{wall:8.2f} x {processor:10.2f} x"
            print(f"  {row.name:40} {ratios} {took:8.0f} ms {peak:8.1f} MiB", flush=True)

    # the races

    def start(self) -> None:
        root = self.project(1)
        flow = str(next((root / "flows").rglob("*.yaml")))
        self.race(
            "start",
            Row("python -c pass", [PYTHON, "-c", "pass"], root),
            Row("import click, yaml", [PYTHON, "-c", "import click, yaml"], root),
            Row("twimlc --version", [*TWIMLC, "--version"], root),
            Row("twimlc --help", [*TWIMLC, "--help"], root),
            Row("twimlc check ONE.yaml", [*TWIMLC, "check", flow], root),
        )

    def cold(self, flows: int) -> None:
        root = self.project(flows)
        documents, out = str(self.documents(root)), str(root / "out")
        floor = [PYTHON, str(HERE / "floors.py")]
        places = [str(root / "flows"), documents, out]

        def clean() -> None:
            shutil.rmtree(root / "build", ignore_errors=True)
            shutil.rmtree(out, ignore_errors=True)

        self.race(
            f"cold build of {flows:,} flows",
            Row("libyaml's parse, and the files", [*floor, "raw", *places], root, clean),
            Row("twilio's library, from memory", [*floor, "twilio", *places], root, clean),
            Row("twimlc check", [*TWIMLC, "check", "-q"], root, clean),
            Row("twimlc build", [*TWIMLC, "build", "-q"], root, clean),
        )

    def build(self) -> None:
        self.cold(1000)

    def many(self) -> None:
        self.cold(5000)

    def again(self) -> None:
        root = self.project(1000)
        flow = next((root / "flows").rglob("*.yaml"))
        text = flow.read_text(encoding="utf-8")
        words = iter(range(1000))
        build = [*TWIMLC, "build", "-q"]

        def change() -> None:
            changed = text.replace("Welcome to", f"Welcome {next(words)} to")
            flow.write_text(changed, encoding="utf-8")

        self.race(
            "building 1,000 flows again",
            Row("cold", build, root, lambda: shutil.rmtree(root / "build", ignore_errors=True)),
            Row("nothing changed", build, root),
            Row("one flow changed", build, root, change),
            Row("only that flow asked for", [*build, str(flow)], root, change),
        )
        flow.write_text(text, encoding="utf-8")

    def giants(self) -> None:
        rows = (self.anew(f"{n:,} steps", self.giant(n)) for n in (1000, 2000, 5000, 10000))
        self.race("one giant flow", *rows)

    def menus(self) -> None:
        rows = (self.anew(f"{n:,} entries", self.menu(n), "-t", "nginx") for n in (300, 1000, 3000))
        self.race("one menu that its entries lead back to", *rows)

    def anew(self, name: str, root: Path, *options: str) -> Row:
        """A build of all of a project, for the first time."""
        clean = lambda: shutil.rmtree(root / "build", ignore_errors=True)  # noqa: E731
        return Row(name, [*TWIMLC, "build", "-q", *options], root, clean)

    def stages(self) -> None:
        root = self.project(1000)
        shutil.rmtree(root / "build", ignore_errors=True)
        print("\nshare of a cold build of 1,000 flows", flush=True)
        command = [PYTHON, str(HERE / "stages.py"), str(root)]
        subprocess.run(command, env=self.environment, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parts = {
        "start": Bench.start,
        "build": Bench.build,
        "many": Bench.many,
        "again": Bench.again,
        "giant": Bench.giants,
        "menu": Bench.menus,
        "stages": Bench.stages,
    }
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of: {', '.join(parts)}")
    parser.add_argument("-n", "--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, help="keep the synthetic projects in this folder")
    given = parser.parse_args()
    unknown = [name for name in given.parts if name not in parts]
    if unknown:
        parser.error(f"there is no part '{unknown[0]}'")
    work = given.work or Path(tempfile.mkdtemp(prefix="twimlc-benchmark-"))
    try:
        bench = Bench(work.resolve(), given.rounds)
        for name in given.parts or parts:
            parts[name](bench)
    finally:
        if given.work is None:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
