"""The examples of the rules about the project file: the wrong one is found, the right one clean."""

from pathlib import Path

import pytest

from twimlc import pipeline
from twimlc.diagnostics.diagnostic import Diagnostic, Example, Rule
from twimlc.diagnostics.rules import project as rules
from twimlc.pipeline import Options
from twimlc.source.matrix import rows_and_flows
from twimlc.source.project import choose_targets, find_root, read_project, unknown_flows
from twimlc.source.search import flow_files

RULES = [value for value in vars(rules).values() if isinstance(value, Rule)]


def findings_of(example: Example, root: Path) -> list[Diagnostic]:
    """What the reading of a project and the search for its flows find, short of the flows."""
    for name, text in (*example.files, (example.name, example.flow)):
        (root / name).write_text(text)
    home = find_root(root)
    project, findings = read_project(None if home is None else home / "twimlc.yaml", root)
    if project is None or findings:
        return findings
    findings += choose_targets(project, [example.target])[1]
    flows, found = flow_files(project, [root / example.name])
    findings += found
    stems = [path.stem if path.stem != "example" else "lunch" for path in flows]
    if "flow: shop" in example.flow:
        stems = ["shop"]
    if project.matrix is not None:
        findings += rows_and_flows(project.matrix, dict.fromkeys(stems))
    return findings + unknown_flows(project, stems)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_examples(rule: Rule, tmp_path: Path) -> None:
    wrong, right = tmp_path / "wrong", tmp_path / "right"
    wrong.mkdir()
    right.mkdir()
    assert [found.rule.slug for found in findings_of(rule.wrong, wrong)] == [rule.slug]
    assert findings_of(rule.right, right) == []


@pytest.mark.parametrize("key", ["Host", "hsot", "hosts"])
def test_a_misspelt_host_is_told_at_its_key(key: str, tmp_path: Path) -> None:
    (tmp_path / "twimlc.yaml").write_text(f"targets:\n  plain: {{{key}: static}}\n")
    _, (found,) = read_project(tmp_path / "twimlc.yaml", tmp_path)
    assert (found.rule.code, found.span.text) == ("TW361", key)
    assert found.fix is not None
    assert [edit.text for edit in found.fix.edits] == ["host"]


@pytest.mark.parametrize(
    "part", ["url: 'https://a.example.com'", "shop: static", "host: , hsot: s3"]
)
def test_a_target_without_a_host_is_told_so(part: str, tmp_path: Path) -> None:
    (tmp_path / "twimlc.yaml").write_text(f"targets:\n  plain: {{{part}}}\n")
    _, (found,) = read_project(tmp_path / "twimlc.yaml", tmp_path)
    assert (found.rule.code, found.span.text) == ("TW362", "plain")


def test_a_missing_folder_of_flows_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "twimlc.yaml").write_text("flows: flow\ntargets:\n  plain: {host: static}\n")
    found = pipeline.check(Options(cwd=tmp_path)).findings
    assert [(finding.rule.code, finding.span.text) for finding in found] == [("TW367", "flow")]
