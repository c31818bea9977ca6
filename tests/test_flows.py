"""The example flows: they build cleanly for both targets, and their callers hear what they should."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from twimlc import pipeline
from twimlc.diagnostics.diagnostic import Severity

ROOT = Path(__file__).parents[1]
FILES = sorted(p for p in (ROOT / "flows").glob("*.yaml") if ".test." not in p.name)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[pipeline.Result, Path]:
    folder = tmp_path_factory.mktemp("build")
    return pipeline.build(pipeline.Options(cwd=ROOT, output=folder)), folder


def test_nothing_but_notes_is_found(built: tuple[pipeline.Result, Path]) -> None:
    result, _ = built
    assert [found for found in result.findings if found.severity is not Severity.NOTE] == []
    assert [report.name for report in result.targets] == ["plain", "bucket"]
    assert all(report.built for report in result.targets)


@pytest.mark.parametrize("host", ["static", "s3"])
def test_each_builds_for_a_bare_host(host: str) -> None:
    result = pipeline.check(pipeline.Options(cwd=ROOT, targets=(host,)))
    assert [found for found in result.findings if found.severity is not Severity.NOTE] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_says_what_it_is_for(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=../schema/flow.schema.json"
    comment = [line for line in lines[1:] if line.startswith("#")]
    assert any(line.startswith("# Change: ") for line in comment)
    assert f"flow: {file.stem}" in lines


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_numbers_are_nobodys(file: Path) -> None:
    for number in re.findall(r"\+\d+", file.read_text(encoding="utf-8")):
        assert re.fullmatch(r"\+141555501\d\d", number)


def test_every_link_leads_to_a_file(built: tuple[pipeline.Result, Path]) -> None:
    _, folder = built
    links = 0
    for document in sorted((folder / "plain").rglob("*.xml")):
        for element in ElementTree.parse(document).iter():
            named = [element.get(name) for name in ("action", "url", "waitUrl")]
            if element.tag in ("Redirect", "Play"):
                named.append(element.text)
            for link in named:
                if link and "://" not in link:
                    links += 1
                    assert (document.parent / link).is_file(), f"{document}: {link}"
    assert links > 10


def test_every_hop_asks_by_get(built: tuple[pipeline.Result, Path]) -> None:
    _, folder = built
    methods = {"action": "method", "url": "method", "waitUrl": "waitUrlMethod"}
    for document in sorted(folder.rglob("*.xml")):
        for element in ElementTree.parse(document).iter():
            for link, method in methods.items():
                if element.tag == "Conference":
                    method = "waitMethod"
                if link in element.attrib and element.tag != "Stream":
                    assert element.get(method) == "GET", f"{document}: {element.tag}"


def test_manifest_says_what_to_set_on_a_number(built: tuple[pipeline.Result, Path]) -> None:
    result, _ = built
    (bucket,) = (report for report in result.targets if report.name == "bucket")
    numbers = {number.flow: number for number in bucket.numbers}
    standup = numbers["standup"]
    assert standup.url == "https://voice.example.com/ivr/standup/index.xml"
    assert (standup.method, standup.kind) == ("GET", "voice")
    assert numbers["auto-reply"].kind == "messaging"
