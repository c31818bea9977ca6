"""Hours in TwiML Bins: the number's address says which outcome is due."""

import json
import re
from pathlib import Path

import pytest

from test_contract_by_plan import SAID, run
from test_contract_deciding import CALENDARS, heard
from twimlc import pipeline
from twimlc.formats.validator import schema_text
from twimlc.hosts.answer import ENGINES, Engine
from twimlc.hosts.by_plan import plan_json
from twimlc.hosts.twiml_bin.answer import parse, render
from twimlc.pipeline.asked import calendars_of, question_of

SID = "EH" + "1" * 32
FLOW = """
states:
  start:
    - hours: office
      when: {lunch: back, holiday: words}
      fallback: closed
    - say: Welcome to Contoso.
    - menu: {prompt: Press one or two., choices: {"1": owner, "2": back}}
      fallback: closed
  owner: [{say: "You are ${call.From}."}, hangup]
  back: [{say: We are back at one.}, hangup]
  words: [{say: "It is a holiday, ${call.From}."}, {goto: owner}]
  closed: [{say: We are closed.}, hangup]
"""
HEARD = {**SAID, "holiday": ["It is a holiday, +14155550199."]}


def project(folder: Path, flow: str = FLOW) -> Path:
    (folder / "flows").mkdir(exist_ok=True)
    target = f"{{host: twiml-bin, bins: {{desk: {SID}}}}}"
    (folder / "twimlc.yaml").write_text(f"targets:\n  bins: {target}\n{CALENDARS}")
    (folder / "flows/desk.yaml").write_text(flow)
    return folder


def built(folder: Path) -> dict[str, object]:
    result = pipeline.build(pipeline.Options(cwd=folder))
    assert not any(finding.is_error for finding in result.findings), result.findings
    plan: dict[str, object] = json.loads((folder / "build/bins/plan.json").read_text())
    return plan


def place(plan: dict[str, object]) -> dict[str, object]:
    (found,) = plan["places"]  # type: ignore[misc]
    return found  # type: ignore[no-any-return]


def refused(folder: Path, flow: str) -> list[str]:
    result = pipeline.check(pipeline.Options(cwd=project(folder, flow)))
    return [f"{f.rule.slug}: {f.message}" for f in result.findings if f.is_error]


@pytest.mark.parametrize("engine", ENGINES)
def test_callers_hear_what_the_address_says(tmp_path: Path, engine: Engine) -> None:
    found = place(built(project(tmp_path)))
    pieces = parse((tmp_path / "build/bins/desk.xml").read_text())

    def words(query: str) -> list[str]:
        sent = {"From": "+14155550199", **dict(p.split("=") for p in query.split("&") if p)}
        heard = render(pieces, sent, engine).partition("<Hangup/>")[0]
        return re.findall("<Say>(.*?)</Say>", heard)

    assert (found["file"], found["asks"]) == ("desk.xml", ["office"])
    assert found["otherwise"] == "desk.xml"
    files = found["files"]
    assert isinstance(files, dict)
    assert files.keys() == HEARD.keys()
    assert len({*files.values()}) == len(files)
    for outcome, address in files.items():
        assert re.fullmatch(r"desk\.xml\?h[0-9a-f]{12}=1", address)
        assert words(address.partition("?")[2])[:1] == HEARD[outcome]
    for other in ("", "h000000000000=1"):  # the latter of an outcome that is gone
        assert words(other) == ["We are closed."]
    assert words("go=1&s000000=1") == ["We are sorry, something went wrong. Please call again."]


def test_calls_are_played_as_if_applied_then(tmp_path: Path) -> None:

    calls = [
        ("at: 2026-12-23T12:30", ["say: We are back at one.", "hangup"]),
        ("hours: {office: winter-break}", ["say: We are closed.", "hangup"]),
    ]
    heard(project(tmp_path), calls)


def test_names_of_outcomes_stay_and_the_plan_follows_its_schema(tmp_path: Path) -> None:
    from jsonschema import Draft7Validator

    before = built(project(tmp_path))
    Draft7Validator(json.loads(schema_text("plan"))).validate(before)
    changed = FLOW.replace("one.}, hangup]", "one as ever.}, hangup]")
    changed = re.sub(r"\bback\b(?! at)", "later", changed)
    after = built(project(tmp_path, changed))
    assert place(after) == place(before)
    (tmp_path / "again").mkdir()
    again = pipeline.Options(cwd=tmp_path, output=Path("again"), previous=Path("build"))
    assert not any(f.is_error for f in pipeline.build(again).findings)
    assert json.loads((tmp_path / "again/bins/plan.json").read_text()) == after


def test_apply_prints_what_sets_the_number(tmp_path: Path) -> None:
    files = place(built(project(tmp_path)))["files"]
    assert isinstance(files, dict)
    text = (tmp_path / "build/bins/desk.xml").read_bytes()

    def line(query: str) -> str:
        address = f"https://handler.twilio.com/twiml/{SID}{query}"
        return f"twilio phone-numbers:update NUMBER-OF-desk --voice-url='{address}'"

    lunch = line(files["lunch"].removeprefix("desk.xml"))
    for _ in range(2):
        assert run(tmp_path, "--apply", "bins", "--at", "2026-12-23T12:30") == [lunch]
    closed = line(files["closed"].removeprefix("desk.xml"))
    at = ("--apply", "bins", "--at", "2026-12-23T12:30", "--override", "office=closed")
    assert run(tmp_path, *at) == [closed]
    assert (tmp_path / "build/bins/desk.xml").read_bytes() == text


def test_two_calendars_in_a_row_are_one_address(tmp_path: Path) -> None:
    flow = """
calendars: {sales: {zone: UTC, open: "24/7", until: 2028-12-31}}
states:
  start:
    - hours: office
      when: {lunch: closed}
      fallback: closed
    - hours: sales
      fallback: closed
    - say: Welcome.
  closed: [{say: We are closed.}, hangup]
"""
    found = place(built(project(tmp_path, flow)))
    files = found["files"]
    assert isinstance(files, dict)
    assert found["asks"] == ["office", "desk/sales"]
    assert files["lunch+open"] == files["lunch+closed"] != files["open+closed"]
    assert files["open+open"] != files["open+closed"]


def test_what_a_bin_is_not_told_is_refused(tmp_path: Path) -> None:
    late = "hours is asked here after the call has begun"
    after_words = FLOW.replace("    - hours:", "    - say: Hello.\n    - hours:", 1)
    assert [f.partition(",")[0] for f in refused(tmp_path, after_words)] == [
        f"decision-needs-host: {late}"
    ]
    back_again = FLOW.replace('"2": back', '"2": start')
    assert [f.partition(",")[0] for f in refused(tmp_path, back_again)] == [
        f"decision-needs-host: {late}"
    ]
    replies = """
kind: messaging
states:
  start:
    - hours: office
      fallback: closed
    - message: "Welcome, ${call.From}."
  closed: [{message: We are closed.}]
"""
    assert refused(tmp_path, replies) == [
        "call-value-lost: '${call.From}' is hidden from what a Bin replies to messages by plan"
    ]
    (tmp_path / "flows/desk.yaml").write_text(replies.replace(", ${call.From}", ""))
    assert place(built(tmp_path))["file"] == "desk.xml"


def test_an_outcome_without_a_way_leaves_the_next_calendar_its_say(tmp_path: Path) -> None:
    """What the first calendar says has no way of its own: the second still decides."""
    flow = """
calendars: {sales: {zone: UTC, open: Mo-Fr 09:00-17:00, until: 2028-12-31}}
states:
  start:
    - hours: sales
      when: {closed: night}
    - hours: office
      when: {lunch: back}
      fallback: closed
    - say: Welcome.
    - hangup
  night: [{say: Good night.}, hangup]
  back: [{say: We are back at one.}, hangup]
  closed: [{say: We are closed.}, hangup]
"""
    folder = project(tmp_path, flow)
    text = (folder / "twimlc.yaml").read_text()
    (folder / "twimlc.yaml").write_text(
        text.replace("targets:\n", "targets:\n  site: {host: static}\n", 1)
    )
    assert isinstance(place(built(folder))["files"], dict)
    site = json.loads((folder / "build/site/plan.json").read_text())
    (entry,) = site["places"]
    beside = {p.name: p.read_text() for p in (folder / "build/site/public/desk").glob("index.*+*")}
    lunch = [text for name, text in beside.items() if name.endswith(".+lunch.xml")]
    assert ["We are back at one." in text for text in lunch] == [True]
    manifest = json.loads((folder / "build/site/manifest.json").read_text())
    office = {"office": calendars_of(manifest["calendars"])["office"]}
    question = question_of(manifest["questions"][0])
    later = json.loads(plan_json([question], office, lambda path: f"public/{path}"))
    files = later["places"][0]["files"]  # sales is gone: nothing of it is known any more
    assert files["+lunch"] in {f"public/desk/{name}" for name in beside}
    assert "We are back at one." in (folder / "build/site" / files["+lunch"]).read_text()
    assert "We are closed." in (folder / "build/site" / entry["otherwise"]).read_text()
