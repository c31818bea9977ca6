"""The example flows: each builds cleanly wherever it can be built, and has calls that cover it."""

import json
import re
from os.path import normpath
from pathlib import Path
from xml.etree import ElementTree

import pytest

from folders import files_in
from twimlc import pipeline
from twimlc.calls.run import play_scripts
from twimlc.findings.diagnostic import Severity

ROOT = Path(__file__).parents[1]
FILES = sorted(p for p in (ROOT / "flows").glob("*.yaml") if ".test." not in p.name)

PLAIN = ["plain", "bucket"]
DECIDING = ["nginx", "caddy", "apache", "cloudfront"]
BINS_ALONE = {"meeting-code": "call-value-needs-templates", "payment": "pay-needs-post"}
"""Flows that no other host can carry, and what the others say then."""
NO_BIN = {"block-list", "front-desk", "store"}
"""Flows that ask who calls, or the time: a Bin knows neither."""
TOO_MANY_VALUES = {"conference-pin", "directory", "relay-agent", "room-pin"}
"""Flows whose decisions the hop refuses."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[pipeline.Result, Path]:
    folder = tmp_path_factory.mktemp("build")
    return pipeline.build(pipeline.Options(cwd=ROOT, output=folder)), folder


def test_nothing_but_notes_is_found(built: tuple[pipeline.Result, Path]) -> None:
    result, _ = built
    assert [found for found in result.findings if found.severity is not Severity.NOTE] == []
    assert [report.name for report in result.targets] == [*PLAIN, *DECIDING, "bins", "hop"]
    assert all(report.built for report in result.targets)
    assert not any(report.unverified for report in result.targets)


def refusals(file: Path, *hosts: str) -> set[str]:
    """The rules that speak against a flow on bare hosts."""
    options = pipeline.Options(cwd=ROOT, paths=(file,), targets=hosts)
    findings = pipeline.check(options).findings
    return {found.rule.slug for found in findings if found.severity is not Severity.NOTE}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_builds_on_every_host_that_can(
    file: Path, built: tuple[pipeline.Result, Path]
) -> None:
    wanted = {BINS_ALONE[file.stem]} if file.stem in BINS_ALONE else set()
    assert refusals(file, "vercel") == wanted  # a host that decides and that no target has
    _, folder = built

    def has(target: str) -> bool:
        public = folder / target / "public"  # a flow of the matrix is in each row
        return any((*public.glob(file.stem), *public.glob(f"*/{file.stem}")))

    carried = set(filter(has, PLAIN + DECIDING))
    plain = not refusals(file, "static", "s3")
    assert file.stem != "block-list" or not plain
    assert carried == set(PLAIN * plain + DECIDING * (not wanted))
    assert (folder / "bins" / f"{file.stem}.xml").is_file() is (file.stem not in NO_BIN)
    decides = not plain and not wanted and file.stem not in TOO_MANY_VALUES | {"block-list"}
    assert has("hop") is (decides or file.stem == "team-hunt")


def test_calls_cover_every_state_step_and_outcome() -> None:
    tested = play_scripts(pipeline.Options(cwd=ROOT, write=False), coverage=True)
    assert [found.message for found in tested.findings if found.is_error] == []
    assert tested.ok
    built = {file.stem for file in FILES}
    assert {flow.name: flow.percent for flow in tested.coverage} == dict.fromkeys(built, 100.0)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_says_what_it_is_for(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=../schema/flow.schema.json"
    comment = [line for line in lines[1:] if line.startswith("#")]
    assert any(line.startswith("# Change: ") for line in comment)
    assert f"flow: {file.stem}" in lines


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_numbers_are_nobodys(file: Path) -> None:
    for number in re.findall(r"\+\d+\b(?!\*)", file.read_text(encoding="utf-8")):
        assert re.fullmatch(r"\+141555501\d\d", number)


def test_every_link_leads_to_a_file_or_a_decision(built: tuple[pipeline.Result, Path]) -> None:
    _, folder = built
    for target in PLAIN + DECIDING:
        root = folder / target / "public"
        manifest = json.loads((root.parent / "manifest.json").read_text(encoding="utf-8"))
        asked = (*manifest["decisions"], *manifest.get("questions", ()))
        decisions = {each["path"].removeprefix("public/") for each in asked}
        links = set()
        for document in sorted(root.rglob("*/*.xml")):
            for element in ElementTree.parse(document).iter():
                named = [element.get(name) for name in ("action", "url", "waitUrl")]
                if element.tag in ("Redirect", "Play"):
                    named.append(element.text)
                for link in filter(None, named):
                    ours = link.removeprefix(f"{manifest['url']}/")
                    if "://" in ours:
                        continue
                    path = Path(ours) if ours != link else document.relative_to(root).parent / link
                    links.add(normpath(path))
        assert len(links) > 10
        assert links - files_in(root).keys() == decisions
        assert bool(decisions) is (target in DECIDING)


def test_every_hop_asks_by_get(built: tuple[pipeline.Result, Path]) -> None:
    _, folder = built
    methods = {"action": "method", "url": "method", "waitUrl": "waitUrlMethod"}
    documents = [
        path
        for target in PLAIN + DECIDING
        for path in (folder / target / "public").rglob("*/*.xml")
    ]
    for document in sorted(documents):
        for element in ElementTree.parse(document).iter():
            for link, method in methods.items():
                if element.tag == "Conference":
                    method = "waitMethod"
                if link in element.attrib and element.tag not in ("Stream", "ConversationRelay"):
                    assert element.get(method) == "GET", f"{document}: {element.tag}"


def test_manifest_says_what_to_set_on_a_number(built: tuple[pipeline.Result, Path]) -> None:
    result, _ = built
    (bucket,) = (report for report in result.targets if report.name == "bucket")
    numbers = {number.flow: number for number in bucket.numbers}
    standup = numbers["standup"]
    assert standup.url == "https://voice.example.com/ivr/standup/index.xml"
    assert (standup.method, standup.kind) == ("GET", "voice")
    assert numbers["auto-reply"].kind == "messaging"
