"""The examples of all rules: the wrong one gives exactly its finding, the right one none."""

from pathlib import Path

import pytest

from twimlc.diagnostics.catalogue import RULES
from twimlc.diagnostics.diagnostic import Example

pipeline = pytest.importorskip("twimlc.pipeline")


def slugs(example: Example, folder: Path) -> list[str]:
    for path, text in ((example.name, example.flow), *example.files):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
    options = pipeline.Options(
        paths=(folder / example.name,), targets=(example.target,), cwd=folder, write=False
    )
    result = pipeline.check(options)
    return [finding.rule.slug for finding in result.findings]


@pytest.mark.parametrize("slug", list(RULES))
def test_wrong(slug: str, tmp_path: Path) -> None:
    assert slugs(RULES[slug].wrong, tmp_path) == [slug]


@pytest.mark.parametrize("slug", list(RULES))
def test_right(slug: str, tmp_path: Path) -> None:
    assert slugs(RULES[slug].right, tmp_path) == []
