"""The documentation: every block of YAML compiles, and generated pages are up to date."""

import io
import os
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from twimlc import pipeline
from twimlc.cli.command import run
from twimlc.findings.diagnostic import Severity
from twimlc.project.read import read_project

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

HOST_CANNOT = ("decision-needs-host", "call-value-needs-templates", "pay-needs-post")

_FENCE = re.compile(r"^( *)(```+)(\w+)([^\n]*)\n(.*?)^\1\2\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block. ``mark`` is what stands behind the language, such as ``fragment``."""

    page: Path
    line: int
    language: str
    mark: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        indent, _, language, mark, body = match.groups()
        lines = [line.removeprefix(indent) for line in body.splitlines(keepends=True)]
        number = text.count("\n", 0, match.start()) + 1
        found.append(Block(page, number, language, mark.strip(), "".join(lines)))
    return found


BLOCKS = [block for page in PAGES for block in blocks(page)]
FLOWS = [
    block
    for block in BLOCKS
    if block.language == "yaml"
    and block.mark not in ("fragment", "example", "project", "component", "flows/office.yaml")
]
PROJECTS = [block for block in BLOCKS if block.language == "yaml" and block.mark == "project"]


def found_in(block: Block, folder: Path) -> list[pipeline.Diagnostic]:
    """What is found in a flow; components of the same page and the examples' sounds are there."""
    shutil.copytree(ROOT / "flows" / "media", folder / "media")
    for other in blocks(block.page):
        if other.mark == "component":
            path = folder / other.text.splitlines()[0].removeprefix("# ")
            path.parent.mkdir(exist_ok=True)
            path.write_text(other.text, encoding="utf-8")
    flow = folder / "page.yaml"
    flow.write_text(block.text, encoding="utf-8")
    options = pipeline.Options(paths=(flow,), targets=("static",), cwd=folder)
    findings = pipeline.check(options).findings
    return [finding for finding in findings if finding.severity is not Severity.NOTE]


@pytest.mark.parametrize("block", FLOWS, ids=str)
def test_flow_compiles(block: Block, tmp_path: Path) -> None:
    findings = found_in(block, tmp_path)
    if block.mark == "refused":
        assert findings
        findings = [found for found in findings if found.rule.slug not in HOST_CANNOT]
    assert [(found.rule.slug, found.message) for found in findings] == []


@pytest.mark.parametrize("block", PROJECTS, ids=str)
def test_project_file_is_one(block: Block, tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "stores.csv").write_text("store,phone\ndowntown,+14155550101\n", encoding="utf-8")
    (tmp_path / "twimlc.yaml").write_text(block.text, encoding="utf-8")
    project, findings = read_project(Path("twimlc.yaml"), tmp_path)
    assert project is not None
    assert [(found.rule.slug, found.message) for found in findings] == []


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "sh"], ids=str)
def test_shell_can_be_parsed(block: Block) -> None:
    done = subprocess.run(
        ["bash", "-n"], input=block.text, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_block_says_what_it_is() -> None:
    marks = {block.mark for block in BLOCKS if block.language == "yaml"}
    known = {"", "fragment", "project", "refused", "component", "example", "flows/office.yaml"}
    assert marks <= known


FIRST_SCREEN = {block.mark: block.text for block in blocks(ROOT / "README.md")}


def without_versions(text: str) -> str:
    return re.sub(r"v\.[0-9a-f]{12}", "v.HASH", text)


def test_first_screen_is_the_tools_own_output(tmp_path: Path) -> None:
    flow = FIRST_SCREEN["flows/office.yaml"]
    assert (ROOT / "flows" / "office.yaml").read_text(encoding="utf-8").endswith("\n" + flow)
    options = pipeline.Options(
        paths=(Path("flows/office.yaml"),), targets=("nginx",), output=tmp_path, cwd=ROOT
    )
    assert pipeline.build(options).ok
    written = (tmp_path / "nginx/public/office/index.xml").read_text(encoding="utf-8")
    shown = FIRST_SCREEN["build/nginx/public/office/index.xml"]
    assert without_versions(shown) == without_versions(written)
    assert len(list(tmp_path.rglob("*.xml"))) == 8


def test_first_screen_plays_its_call(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sys.stdin", io.StringIO("2\nno-answer\nspeak\n"))
    assert run(["call", "office"]) == 0
    heard = without_versions(capsys.readouterr().out)
    assert heard == without_versions(FIRST_SCREEN["office call"])


def test_first_screen_shows_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    flow = (ROOT / "flows" / "office.yaml").read_text(encoding="utf-8")
    (tmp_path / "flows").mkdir()
    slip = flow.replace("goto: desk", "goto: dekc")
    (tmp_path / "flows" / "office.yaml").write_text(slip, encoding="utf-8")
    assert run(["check", "flows/office.yaml"]) == 1
    assert capsys.readouterr().out == FIRST_SCREEN["office check"]


def made(folder: Path) -> subprocess.CompletedProcess[str]:
    """What ``make run`` does in a copy."""
    outer = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")  # of a make that runs these tests
    environment = {name: value for name, value in os.environ.items() if name not in outer}
    environment["PYTHONPATH"] = str(ROOT / "compiler")
    return subprocess.run(
        ["make", "run"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_make_run_fits_a_screen(tmp_path: Path) -> None:
    """As in a clone, on 80 columns, with what is to be installed there already."""
    for name in ("flows", "Makefile", "twimlc.yaml", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    command = tmp_path / ".venv" / "bin" / "twimlc"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m twimlc "$@"\n')
    command.chmod(0o755)
    for mark in (".created", ".installed"):
        (tmp_path / ".venv" / mark).touch()
    done = made(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) <= 40
    assert [line for line in lines if len(line) > 80] == []
    assert sum(" in build/" in line for line in lines) == 8
    assert {"  <Response>", "Next:"} <= {*lines}
    following = lines[lines.index("Next:") + 1 :]
    assert following[0].startswith("  . .venv/bin/activate ")
    assert sum(line.startswith("  twimlc ") for line in following) == 4
    assert ".venv" not in "".join(following[1:])
    (tmp_path / "flows" / "office.yaml").write_text("steps: [{goto: nowhere}]\n")
    wrong = made(tmp_path)
    assert wrong.returncode != 0
    assert "unknown state 'nowhere'" in wrong.stdout


def test_generated_pages_are_up_to_date() -> None:
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    assert list(generate["stale"]()) == [], "run make docs"


def test_screenshots_are_of_the_page_as_it_is() -> None:
    taken = runpy.run_path(str(ROOT / "docs" / "pictures.py"))
    assert taken["stale"]() == [], "run make pictures"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#\s]*)(?:#[^)]*)?\)", text):
        if link and "://" not in link:
            assert (page.parent / link).exists(), link


def test_readme_names_every_example_flow() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    flows = {f.name for f in (ROOT / "flows").glob("*.yaml") if ".test." not in f.name}
    assert set(re.findall(r"\]\(flows/([a-z-]+\.yaml)\)", table)) == flows
