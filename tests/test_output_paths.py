"""The same project gives the same bytes, from whichever folder it is built."""

import json
import shutil
from pathlib import Path

import pytest

from folders import files_in, write_files
from twimlc import pipeline

ROOT = Path(__file__).parents[1]
PROJECTS = [ROOT, *sorted(path.parents[1] for path in ROOT.glob("tests/golden/*/flows/*.yaml"))]

FRONT = """
steps:
  - play: tune.mp3
  - use: ring
"""
RING = """
steps:
  - dial: {number: +14155550100}
    fallback: [{say: Nobody is here.}]
    allow: [fallback-after-answer]
"""


def _copy(project: Path, home: Path) -> Path:
    """The project file, its table and the flows."""
    home.mkdir()
    for path in (project / "twimlc.yaml", *project.glob("*.csv")):
        shutil.copy(path, home)
    shutil.copytree(project / "flows", home / "flows")
    return home


def _built(home: Path, cwd: Path, folder: Path) -> dict[str, bytes]:
    options = pipeline.Options(cwd=cwd, config=home / "twimlc.yaml", output=folder, verify=False)
    result = pipeline.build(options)
    assert all(report.built for report in result.targets), result.findings
    return files_in(folder)


def _three(home: Path, tmp_path: Path) -> list[dict[str, bytes]]:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folders = (home, home / "flows", elsewhere)
    return [_built(home, cwd, tmp_path / f"out{n}") for n, cwd in enumerate(folders)]


@pytest.mark.parametrize("project", dict.fromkeys(PROJECTS), ids=lambda path: path.name)
def test_examples_from_three_folders(project: Path, tmp_path: Path) -> None:
    first, second, third = _three(_copy(project, tmp_path / "project"), tmp_path)
    assert first
    assert first == second
    assert first == third


def test_every_path_is_told_from_the_project(tmp_path: Path) -> None:
    home = tmp_path / "project"
    files = {
        "twimlc.yaml": "flows: flows\ntargets: {plain: {host: static}}\n",
        "flows/front.yaml": FRONT,
        "flows/tune.mp3": "ID3",
        "flows/_components/ring.yaml": RING,
    }
    write_files(home, files)
    first, second, third = _three(home, tmp_path)
    assert first == second == third
    manifest = json.loads(first["plain/manifest.json"])
    assert [each["source"] for each in manifest["approximations"]] == [
        "flows/_components/ring.yaml"
    ]
    sources = {each["source"] for each in manifest["documents"].values()}
    assert sources == {"flows/front.yaml", "flows/tune.mp3"}
