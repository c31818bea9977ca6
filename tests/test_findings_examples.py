"""The examples of all rules: the wrong one gives exactly its finding, the right one none."""

import re
from datetime import date
from pathlib import Path

import pytest

from twimlc import pipeline
from twimlc.calls.run import play_scripts
from twimlc.findings.catalogue import RULES
from twimlc.findings.diagnostic import Severity
from twimlc.findings.pages import Example, page_of

WHOLE = {"unknown-target"}  # what only the command line can get wrong
# What is found when the folder is written.
OUTPUT = {"cannot-write", "foreign-manifest", "foreign-files", "linked-folder"}

SCRIPTS = {rule.slug for rule in RULES.values() if 420 <= rule.number < 450}


def slugs(example: Example, folder: Path, slug: str) -> list[str]:
    """What is found in an example; notes only if the rule is one."""
    for path, text in ((example.name, example.flow), *example.files):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("-> "):  # a link; nothing else in an example can look like this
            file.symlink_to(text[3:].strip(), target_is_directory=True)
        elif (size := re.fullmatch(r"<(\d+) MB>\n", text)) is not None:
            file.write_bytes(bytes(int(size[1]) * 1_000_000))
        else:
            file.write_bytes(text.encode("utf-8", "surrogatepass"))
    paths = () if example.files else (folder / example.name,)
    if example.files and example.name.endswith(".xml"):
        paths = (folder,)
    options = pipeline.Options(
        paths=paths, targets=(example.target,), cwd=folder, write=False, today=date(2026, 11, 30)
    )
    if slug in SCRIPTS:
        return [finding.rule.slug for finding in play_scripts(options).findings]
    result = pipeline.build(options) if slug in OUTPUT else pipeline.check(options)
    return [
        finding.rule.slug
        for finding in result.findings
        if finding.rule.slug == slug or finding.severity is not Severity.NOTE
    ]


@pytest.mark.parametrize("slug", list(RULES))
def test_wrong(slug: str, tmp_path: Path) -> None:
    if slug in WHOLE:
        with pytest.raises(pipeline.UsageError):
            slugs(page_of(slug).wrong, tmp_path, slug)
        return
    assert slugs(page_of(slug).wrong, tmp_path, slug) == [slug]


@pytest.mark.parametrize("slug", list(RULES))
def test_right(slug: str, tmp_path: Path) -> None:
    assert slugs(page_of(slug).right, tmp_path, slug) == []
