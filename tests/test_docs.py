"""The documentation: every block of YAML compiles, and generated pages are up to date."""

import re
import runpy
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from twimlc import pipeline
from twimlc.diagnostics.diagnostic import Severity
from twimlc.source.project import read_project

ROOT = Path(__file__).parents[1]
GENERATED = ("constructs.md", "error-codes.md", "findings.md", "twiml.md")
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
    and block.mark not in ("fragment", "example", "project", "component")
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


def test_every_block_says_what_it_is() -> None:
    marks = {block.mark for block in BLOCKS if block.language == "yaml"}
    known = {"", "fragment", "project", "refused", "component", "example", "flows/standup.yaml"}
    assert marks <= known


def test_first_screen_is_the_tools_own_output(tmp_path: Path) -> None:
    by_mark = {block.mark: block.text for block in blocks(ROOT / "README.md")}
    flow = by_mark["flows/standup.yaml"]
    assert (ROOT / "flows" / "standup.yaml").read_text(encoding="utf-8").endswith("\n" + flow)
    options = pipeline.Options(
        paths=(Path("flows/standup.yaml"),), targets=("static",), output=tmp_path, cwd=ROOT
    )
    assert pipeline.build(options).ok
    written = (tmp_path / "static/public/standup/index.xml").read_text(encoding="utf-8")
    assert by_mark["build/static/public/standup/index.xml"] == written


def test_generated_pages_are_up_to_date() -> None:
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    assert generate["stale"]() == [], "run make docs"


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name not in GENERATED], ids=lambda page: page.name
)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#\s]*)(?:#[^)]*)?\)", text):
        if link and "://" not in link:
            assert (page.parent / link).exists(), link


def test_readme_names_every_example_flow() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    flows = {f.name for f in (ROOT / "flows").glob("*.yaml") if ".test." not in f.name}
    assert set(re.findall(r"\]\(flows/([a-z-]+\.yaml)\)", table)) == flows
