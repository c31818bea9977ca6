"""The rows of the table: a bench comes in, commands are raced, and figures go out.

Every command is a whole process. The *floor* reads the YAML of the same flows as PyYAML's events
and writes files of the same sizes; the other yardsticks are in yardsticks.py.
"""

import importlib.util
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import workload
from measure import PYTHON, ROOT, TWIMLC, YARDSTICKS, Bench, Command, Figure, Project, compare
from same import Way, differences
from workload import BIN, DECIDING, STATIC, Files

Figures = Iterator[Figure]
Kind = Callable[[int], Files]
SCAN = str(ROOT / "benchmarks" / "scan.py")
FLOW = "flows/000/flow-00000.yaml"
ANSWER = "textDocument/publishDiagnostics"
ABSENT, MISSING = "not in this version", "not installed"


def start(bench: Bench) -> Figures:
    """Start-up"""
    new, known = (bench.project(workload.ordinary, 1, copy=copy) for copy in ("", "-known"))
    nothing = Command("`python -c pass`", (PYTHON, "-c", "pass"), new)
    imports = (PYTHON, "-c", "import yaml, jinja2, jsonschema, click")
    raced = {
        Command("importing the four packages", imports, new): "",
        Command("`--version`", (*TWIMLC, "--version"), new): "",
        Command("`--help`", (*TWIMLC, "--help"), new): "",
        bench.check("`check FLOW`, never seen", new, FLOW): "12",
    }
    unchanged = Command("`check FLOW`, unchanged", (*TWIMLC, "check", "-q", FLOW), known)
    if bench.has_store:
        settle(bench, known, "check", "-q", FLOW)
        raced[unchanged] = "3"
    bench.race(nothing, *raced, rounds=15, warm=True)
    for command, goal in raced.items():
        yield compare(command, nothing, goal=goal)
    if not bench.has_store:
        yield Figure(unchanged.name, nothing.name, goal="3", note=ABSENT)


def settle(bench: Bench, project: Project, *argv: str) -> None:
    """Run until nothing is left to do; a file younger than two seconds proves nothing."""
    bench.call(*TWIMLC, *argv, folder=project.root)
    time.sleep(2.1)
    bench.call(*TWIMLC, *argv, folder=project.root)


def cold(bench: Bench, kind: Kind, flows: int, proved: str, unproved: str, peak: str) -> Figures:
    named = f"{flows:,} {kind.__name__} flows"
    project = bench.project(kind, flows)
    floor = bench.floor(project)
    check = bench.check(f"`check`, {named}", project)
    fast = bench.build(f"`build --no-verify`, {named}", project, "--no-verify")
    build = bench.build(f"`build`, {named}", project)
    two = bench.build(f"`build -j 2`, {named}", project, "-j", "2")
    library = [bench.floor(project, "twilio")] if bench.has_twilio else []
    bench.race(floor, *library, check, fast, build, two, rounds=3)
    yield compare(check, floor)
    yield compare(fast, floor, goal=unproved)
    yield compare(build, floor, goal=proved)
    yield compare(build, *library) if library else Figure("Twilio's library", note=MISSING)
    yield compare(two, build, goal="1.15, wall 0.65")
    yield Figure(build.name, "peak", build.peak, unit="MiB", goal=peak)


def ordinary(bench: Bench) -> Figures:
    """Flows of four documents each, for the first time"""
    return cold(bench, workload.ordinary, bench.size(1000), "19", "15", "90")


def simple(bench: Bench) -> Figures:
    """Flows of one document each, for the first time"""
    return cold(bench, workload.simple, bench.size(300), "13", "11", "")


def naive(bench: Bench) -> Figures:
    """What one writes with the same four packages"""
    project = bench.project(workload.simple, bench.size(100))
    floor = bench.floor(project)
    library = [bench.floor(project, "twilio")] if bench.has_twilio else []
    careful, first = (
        Command(f"{mode} pipeline", (*YARDSTICKS, mode, "flows", "out"), project, "", project.clean)
        for mode in ("careful", "naive")
    )
    first.rounds = 1  # alone it takes as long as all others together
    build = bench.build(f"`build`, {bench.size(100):,} simple flows", project)
    fast = bench.build("`build --no-verify`", project, "--no-verify")
    bench.race(floor, *library, fast, build, careful, first)
    for command in (*library, careful, fast, build, first):
        figure = compare(command, floor)
        bench.bars[command.name] = figure.cpu or 0
        yield figure
    yield compare(first, build)
    bench.call(*TWIMLC, "build", "-q", folder=project.root)
    for path in (project.root / "build" / "static").rglob("index.xml"):
        other = project.root / "out" / path.parent.name / "index.xml"
        if len({canonicalize(each.read_text(), strip_text=True) for each in (path, other)}) > 1:
            raise SystemExit(f"{path.parent.name}: the naive pipeline makes another document")


def grow(bench: Bench, name: str, kind: Kind, *sizes: int, rounds: int = 3) -> dict[int, Command]:
    """Builds by size; the last of three is raced only once."""
    target = DECIDING[:1] if kind in (workload.entries, workload.uses) else STATIC
    made = {n: bench.build(f"`build`, {n:,} {name}", bench.project(kind, n, target)) for n in sizes}
    made[sizes[-1]].rounds = 1 if len(sizes) > 2 else rounds
    bench.race(*made.values(), rounds=rounds)
    bench.growth[name] = {number: command.cpu for number, command in made.items()}
    return made


def many(bench: Bench) -> Figures:
    """Five times as many flows, and building again"""
    sizes = bench.size(1000), bench.size(5000)
    small, big = grow(bench, "flows", workload.ordinary, *sizes, rounds=2).values()
    yield compare(big, small, goal="5.2")
    yield Figure(big.name, "peak", big.peak, unit="MiB", goal="130")
    for flows, goal in zip(sizes, ("1.6", "1.3"), strict=True):
        yield from again(bench, flows, goal)


def again(bench: Bench, flows: int, goal: str) -> Figures:
    names = f"nothing changed, {flows:,} flows", f"one of {flows:,} flows changed"
    if not bench.has_store:
        yield Figure(names[0], "looking at all files", goal=goal, note=ABSENT)
        yield Figure(names[1], "nothing changed + `check FLOW`", goal="1.3", note=ABSENT)
        return
    project = bench.project(workload.ordinary, flows)
    settle(bench, project, "build", "-q")
    touched = Project(bench.work / f"touched-{flows}")
    shutil.copytree(project.root, touched.root)
    flow, words = touched.root / FLOW, count()
    text = flow.read_text(encoding="utf-8")

    def change() -> None:
        flow.write_text(text.replace("Welcome to", f"Welcome {next(words)} to"), encoding="utf-8")

    scan = Command("looking at all files", (PYTHON, SCAN, "flows", "build"), project)
    check = bench.check("`check FLOW`", bench.project(workload.ordinary, 1), FLOW)
    nothing = Command(names[0], (*TWIMLC, "build", "-q"), project, "build")
    one = Command(names[1], (*TWIMLC, "build", "-q"), touched, before=change)
    bench.race(scan, check, nothing, one, warm=True)
    yield compare(nothing, scan, goal=goal)
    yield compare(one, nothing, check, goal="1.3")


def targets(bench: Bench) -> Figures:
    """Eight targets"""
    times = bench.size(80) // 10 or 1
    one, eight = (bench.project(workload.deciding, times, t) for t in (DECIDING[:1], DECIDING))
    floor = bench.floor(one)
    flows = f"{len(list(one.root.glob('flows/*.yaml')))} example flows"
    single = bench.build(f"`build`, {flows}, nginx", one)
    every = bench.build(f"`build`, {flows}, eight targets", eight)
    bench.race(floor, single, every, rounds=3)
    yield compare(single, floor)
    yield compare(every, single, goal="3.0")


def bins(bench: Bench) -> Figures:
    """TwiML Bins"""
    few, most = bench.size(100), bench.size(1000)

    def made(kind: Kind, number: int, target: tuple[str, ...], host: str) -> Command:
        project = bench.project(kind, number, target)
        return bench.build(f"`build`, {number:,} × {kind.__name__}, {host}", project)

    kinds: list[tuple[Kind, int]] = [(workload.simple, number) for number in (1, few, most)]
    kinds.append((workload.undecided, bench.size(10)))
    in_bins = [made(*kind, BIN, "Bins") for kind in kinds]
    in_files = [made(*kind, STATIC, "files") for kind in kinds[2:]]
    bench.race(*in_bins, *in_files, rounds=2)
    for own, other in zip(in_bins[2:], in_files, strict=True):
        yield compare(own, other, goal="1.6")
    one, small, big, _ = (command.cpu for command in in_bins)
    grown = (big - one) / (small - one)
    yield Figure(in_bins[2].name, f"{few:,}, start-up taken off", grown, goal="10")


def rows(bench: Bench) -> Figures:
    """A matrix: eight documents for each row of a table"""
    few, some, most = (bench.size(number) for number in (100, 1000, 10_000))
    made = grow(bench, "rows", workload.rows, few, some, most)
    milliseconds = (made[some].cpu - made[few].cpu) / (some - few) * 1000
    yield Figure("one more row", "", milliseconds, unit="ms", goal="0.8", own=made[some])
    more = made[most].peak - made[few].peak
    beside = f"peak, above that of {few:,} rows"
    yield Figure(made[most].name, beside, more, unit="MiB", goal="20", own=made[most])


def growth(bench: Bench) -> Figures:
    """Ten times as much in one flow"""
    for name, kind, most, goal in (
        ("steps", workload.steps, bench.size(10_000), "10.5"),
        ("menu entries", workload.entries, bench.size(3000), "10"),
        ("uses of a menu", workload.uses, bench.size(100), "10"),
    ):
        small, big = grow(bench, name, kind, most // 10, most).values()
        yield compare(big, small, goal=goal)


def editor(bench: Bench) -> Figures:
    """The language server, until it shows findings"""
    if importlib.util.find_spec("pygls") is None:
        yield Figure("first findings", goal="0.35", note=f"pygls is {MISSING}")
        return
    answer = (PYTHON, "-c", f"print(input() and {ANSWER!r})")
    client, server = (
        Command(name, (*YARDSTICKS, "editor", FLOW, *argv), bench.project(workload.ordinary, 1))
        for name, argv in (("client", answer), ("client and server", (*TWIMLC, "lsp")))
    )
    bench.race(client, server, rounds=7, warm=True)
    cpu, wall = server.cpu - client.cpu, server.wall - client.wall
    yield Figure("first findings", "start of the client taken off", cpu, wall, "s", "0.35")


def peers(bench: Bench) -> Figures:
    """One more file of the same size, for linters"""
    most = bench.size(100)
    for name, kind, argv in (
        ("`twimlc check`", workload.simple, (*TWIMLC, "check", "-q")),
        ("yamllint", workload.simple, (script("yamllint"), "-d", "relaxed")),
        ("cfn-lint", workload.templates, (script("cfn-lint"),)),
    ):
        if not Path(argv[0]).exists():
            yield Figure(name, note=MISSING)
            continue
        one, every = (
            Command(f"{name}, {number} files", (*argv, *files), project, "", project.clean)
            for number in (1, most)
            for project in [bench.project(kind, number)]
            for files in [map(str, project.root.glob("[ft]*s/**/*.yaml"))]
        )
        bench.race(one, every, rounds=3, warm=True)
        milliseconds = (every.cpu - one.cpu) / (most - 1) * 1000
        yield Figure(name, "", milliseconds, unit="ms", own=every)


def script(name: str) -> str:
    return str(Path(PYTHON).with_name(name))


def equal(bench: Bench) -> Figures:
    """Is it the same, byte for byte?"""
    ways = [Way("-j 1", ("-j", "1")), Way("-j 2", ("-j", "2"))]
    later = [Way("--no-store", ("--no-store",)), Way("from the store", store="-j 1")]
    for project in (
        bench.project(workload.ordinary, bench.size(100), copy="-equal"),
        bench.project(workload.deciding, 1, (*DECIDING[:1], *BIN), "-equal"),
        bench.project(workload.rows, bench.size(50), copy="-equal"),
    ):
        name = project.root.name.partition("-")[0]
        found = differences(bench, project, ways + later * bench.has_store)
        files = len(found.pop("-j 1"))
        for way, paths in found.items():
            if paths:
                raise SystemExit(f"{way}: {len(paths)} files differ from -j 1: {paths[0]} ...")
            yield Figure(f"{name}, {way}", "-j 1", note=f"{files:,} files are equal")
        for absent in later:
            if absent.name not in found:
                yield Figure(f"{name}, {absent.name}", "-j 1", note=ABSENT)


def tests(bench: Bench) -> Figures:
    """The tests that are not slow"""
    argv = (PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow")
    command = Command("tests", argv, Project(ROOT))
    bench.race(command, rounds=1)
    yield Figure("all of them", "", command.cpu, command.wall, unit="s", goal="140")


_ALL = (
    start,
    ordinary,
    simple,
    naive,
    many,
    targets,
    bins,
    rows,
    growth,
    editor,
    peers,
    equal,
    tests,
)
ROWS: dict[str, Callable[[Bench], Figures]] = {row.__name__: row for row in _ALL}
"""What `--rows` takes."""
