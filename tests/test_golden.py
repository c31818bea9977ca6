"""Whole projects against every byte that was once looked at and found good.

``tests/golden/NAME/`` is a project; its ``expected/`` holds the build folder and the findings.
After a change that is meant: ``pytest tests/test_golden.py --update-golden``, then read the diff.
"""

import shutil
from pathlib import Path

import pytest

from folders import files_in, write_files
from twimlc import pipeline

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())
FINDINGS = "findings.txt"


def _targets(home: Path) -> tuple[str, ...]:
    """Those of the project file; without one plain files."""
    return () if (home / "twimlc.yaml").is_file() else ("static",)


def _built(project: Path, folder: Path) -> dict[str, bytes]:
    """Every file of the build, and the findings as text."""
    home = folder / "project"
    shutil.copytree(project, home, ignore=shutil.ignore_patterns("expected"))
    result = pipeline.build(
        pipeline.Options(cwd=home, output=folder / "build", targets=_targets(home))
    )
    assert [report.name for report in result.targets if not report.built] == []
    lines = [
        f"{found.span.file.path}:{found.span.begin.line}:{found.span.begin.column}: "
        f"{found.severity}[{found.rule.slug}] {found.message}"
        for found in result.findings
    ]
    files = files_in(folder / "build")
    if lines:
        files[FINDINGS] = ("\n".join(lines) + "\n").encode()
    return files


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str, tmp_path: Path, update_golden: bool) -> None:
    expected = GOLDEN / name / "expected"
    built = _built(GOLDEN / name, tmp_path)
    if update_golden:
        shutil.rmtree(expected, ignore_errors=True)
        write_files(expected, built)
    wanted = files_in(expected)
    assert list(wanted) == sorted(built), "other files than expected"
    for path, data in built.items():
        assert data == wanted[path], path


@pytest.mark.parametrize("name", NAMES)
def test_no_expectation_without_a_flow(name: str) -> None:
    project = [path for path in (GOLDEN / name).rglob("*.yaml") if "expected" not in path.parts]
    assert project, f"tests/golden/{name} has no flow"
    assert (GOLDEN / name / "expected").is_dir(), "run pytest with --update-golden once"
