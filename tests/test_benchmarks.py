"""The benchmark measures what it says: its tables are whole, and builds that differ are noticed."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "benchmarks"))

import run  # noqa: E402
import workload  # noqa: E402
from measure import Bench, Figure, Project  # noqa: E402
from same import Way, differences  # noqa: E402


@pytest.mark.slow
def test_tables_figures_and_pictures(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("before\n<!-- measured -->\nold\n<!-- /measured -->\nafter\n")
    names = ("start", "naive", "growth", "equal")
    options = ("--quick", "--docs", tmp_path, "--work", tmp_path)
    ran = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "run.py", *options, "--rows", *names],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert not list(tmp_path.glob("twimlc-benchmark-*"))

    found = json.loads((tmp_path / "performance.json").read_text())
    assert set(found["figures"]) == set(names)
    for command in found["commands"]:
        rounds = {len(command[kind]) for kind in ("cpu", "wall", "peak")}
        assert rounds <= {1, 2}, command["name"]
        assert min(*command["cpu"], *command["wall"], *command["peak"]) > 0, command["name"]
    documents = {command["name"]: command["documents"] for command in found["commands"]}
    assert documents["`build`, 10 simple flows"] == documents["floor"] == 20

    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("<!-- /measured -->\nafter\n")
    assert "old" not in text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == sum(len(row) + 2 for row in found["figures"].values())
    assert {line.count("|") for line in lines} == {9}
    assert len(re.findall(r"\| -j 1 \| \d+ files are equal \|", text)) >= 3
    for picture in ("performance-build.svg", "performance-growth.svg"):
        assert ElementTree.parse(tmp_path / picture).getroot().tag.endswith("svg")
    assert str(ROOT) not in text + (tmp_path / "performance.json").read_text()


@pytest.mark.slow
def test_a_build_that_differs_is_noticed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    project = bench.project(workload.ordinary, 2)
    other = Way("other words", ("-p", "company=Somebody Else"))
    found = differences(bench, project, [Way("one", ("-j", "1")), Way("two", ("-j", "2")), other])
    assert found["two"] == []
    assert "build/static/public/flow-00000/index.xml" in found["other words"]


def test_a_row_that_fails_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> Iterator[Figure]:
        yield Figure("before", cpu=1.0)
        raise SystemExit("two folders differ\nat a.xml")

    monkeypatch.setitem(run.ROWS, "start", broken)
    monkeypatch.setitem(run.ROWS, "equal", lambda _: iter([Figure("after", cpu=1.0)]))
    bench: Any = SimpleNamespace(quick=True, commands=[], bars={}, growth={})
    found = run.measure(bench, ["start", "equal"])
    assert [figure.what for figure in found["figures"]["start"]] == ["before", "**failed**"]
    assert "| two folders differ |" in found["tables"]["start"]
    assert [figure.what for figure in found["figures"]["equal"]] == ["after"]


def test_a_build_that_makes_less_is_noticed(tmp_path: Path) -> None:
    project = Project(tmp_path)
    (tmp_path / "build").mkdir()
    with pytest.raises(SystemExit, match="0 documents"):
        project.count("build")
    for name in ("a.xml", "b.xml"):
        (tmp_path / "build" / name).touch()
    project.count("build")
    (tmp_path / "build" / "a.xml").unlink()
    with pytest.raises(SystemExit, match="1 documents, not 2"):
        project.count("build")


def test_projects_are_the_same_everywhere() -> None:
    for kind in (workload.ordinary, workload.simple, workload.steps, workload.rows):
        assert list(kind(3)) == list(kind(3))
    texts = [text for _, text in workload.simple(100)]
    assert 65 < sorted(text.count("\n") for text in texts)[50] < 85
    assert len({*texts}) == 100
