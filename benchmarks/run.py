"""The speed of twimlc, as a table of ratios from one run.

    python benchmarks/run.py                     every row: about ten minutes
    python benchmarks/run.py --quick             a tenth of the sizes: one or two minutes
    python benchmarks/run.py --rows start rows   some rows
    python benchmarks/run.py --docs              also into docs/: table, pictures, all figures

Byte code is compiled before, what was built and kept is removed before each build that is to be
the first, and the documents of every build are counted. Files lie in memory where /dev/shm is, so
that no disk hides what the programs do.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import re
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import plots
from measure import ROOT, Bench, Command, Figure
from rows import ROWS

PACKAGES = ("pyyaml", "jinja2", "jsonschema", "click", "pygls", "twilio", "yamllint", "cfn-lint")
COLUMNS = """\
| | CPU | wall | peak | beside | CPU over it | wall over it | goal |
|---|--:|--:|--:|---|--:|--:|--:|
"""
MARKED = re.compile(r"(?s)(<!-- measured -->\n).*(<!-- /measured -->)")


def machine() -> dict[str, str]:
    """What is measured, and on what."""
    cpu = Path("/proc/cpuinfo")
    configured = sysconfig.get_config_var("CONFIG_ARGS") or ""
    model = re.search(r"model name\s*: (.*)", cpu.read_text() if cpu.exists() else "")
    found = {
        "processor": f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores",
        "load before the run": f"{os.getloadavg()[0]:.1f}",
        "system": platform.system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "compiler": platform.python_compiler(),
        "build": "optimized" if "--enable-optimizations" in configured else "plain",
    }
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def table(heading: str, figures: Sequence[Figure], quick: bool) -> str:
    lines = "".join(f"| {' | '.join(cells(figure, quick))} |\n" for figure in figures)
    return f"\n### {heading}\n\n{COLUMNS}{lines}"


def cells(figure: Figure, quick: bool) -> list[str]:
    """Goals are for the full sizes."""

    def value(number: float | None) -> str:
        digits = 0 if number is None or abs(number) >= 100 else 1 if abs(number) >= 10 else 2
        return "" if number is None else f"{number:,.{digits}f} {figure.unit}"

    own = figure.own
    took = [f"{own.cpu:.2f} s", f"{own.wall:.2f} s", f"{own.peak:.0f} MiB"] if own else [""] * 3
    compared = [figure.note or value(figure.cpu), value(figure.wall)]
    return [figure.what, *took, figure.beside, *compared, "" if quick else figure.goal]


def recorded(thing: Any) -> Any:
    if isinstance(thing, Command):
        kept = {"name": thing.name, "documents": thing.project.documents if thing.makes else None}
        return kept | {"cpu": thing.cpus, "wall": thing.walls, "peak": thing.peaks}
    return {name: value for name, value in vars(thing).items() if name != "own"}


def measure(bench: Bench, rows: Sequence[str]) -> dict[str, Any]:
    """Everything that was measured; each table is printed as soon as its row is done."""
    about = {"size": "a tenth" if bench.quick else "full", **machine()}
    tables: dict[str, str] = {}
    figures: dict[str, list[Figure]] = {}
    for name in rows:
        figures[name] = []
        try:
            figures[name] += ROWS[name](bench)
        except (Exception, SystemExit) as fault:  # the others are worth having
            print(f"{name}: {fault}", file=sys.stderr)
            figures[name].append(Figure("**failed**", note=str(fault).partition("\n")[0]))
        tables[name] = table(ROWS[name].__doc__ or name, figures[name], bench.quick)
        print(tables[name], flush=True)
    kept = {"commands": bench.commands, "bars": bench.bars, "growth": bench.growth}
    return {"about": about, "figures": figures, **kept, "tables": tables}


def write_docs(found: dict[str, Any], docs: Path) -> None:
    """The tables between the marks of the page; beside it all figures, and pictures of some."""
    page = docs / "performance.md"
    stated = "; ".join(f"{name} {value}" for name, value in found["about"].items())
    text = "".join(found.pop("tables").values()) + f"\nMeasured: {stated}.\n"
    old = page.read_text(encoding="utf-8")
    page.write_text(MARKED.sub(lambda m: m[1] + text + "\n" + m[2], old), encoding="utf-8")
    kept = json.dumps(found, default=recorded, indent=1)
    (docs / "performance.json").write_text(kept + "\n", encoding="utf-8")
    if found["bars"]:
        title = "CPU of the same documents, over the floor (logarithmic)"
        (docs / "performance-build.svg").write_text(plots.bars(title, found["bars"]))
    if found["growth"]:
        title = "CPU of a build, over that of the smallest (logarithmic)"
        (docs / "performance-growth.svg").write_text(plots.lines(title, found["growth"]))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    usual = [name for name in ROWS if name != "tests"]
    parser.add_argument(
        "--rows",
        nargs="+",
        choices=ROWS,
        metavar="NAME",
        default=usual,
        help=f"of: {', '.join(ROWS)}; all but tests by default",
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes")
    folder: dict[str, Any] = {
        "nargs": "?",
        "type": Path,
        "const": ROOT / "docs",
        "metavar": "FOLDER",
    }
    parser.add_argument("--docs", help="write the page, pictures, every time", **folder)
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="where the projects are made")
    given = parser.parse_args(arguments)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    work = Path(tempfile.mkdtemp(prefix="twimlc-benchmark-", dir=given.work or memory))
    try:
        found = measure(Bench(work, given.quick), given.rows)
    finally:
        shutil.rmtree(work)
    if given.docs:
        write_docs(found, given.docs)
    if any(figure.what == "**failed**" for row in found["figures"].values() for figure in row):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
