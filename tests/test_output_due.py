"""Places switched by plan: what is due is put in its place, wholly or not at all."""

import json
import os
from pathlib import Path

import pytest

from twimlc.calendars.settled import DAY, Settled
from twimlc.flow.decisions import Clock
from twimlc.hosts.by_plan import plan_json
from twimlc.lower.questions import PLAN, Question
from twimlc.output import stage
from twimlc.output.due import put_due
from twimlc.output.manifest import DocumentEntry, FlowEntry, Manifest
from twimlc.output.plan import OutputFile, Scope
from twimlc.output.write import write_target
from twimlc.project.files import FileContent

DAYTIME = Settled(
    zone="UTC",
    outcomes=("closed", "open"),
    offsets=((0, 0),),
    patterns=(((0, 0), (540, 1), (1020, 0)),),
    weeks=((0,) * 7,),
    seasons=((20454, 0),),
    days=(),
    first=20454,
    last=20820,
)
NOON, NIGHT = 20500 * DAY * 60 + 12 * 3600, 20500 * DAY * 60 + 22 * 3600
BODY = {"index.xml": "closed", "index.a.open.xml": "open", "index.a.closed.xml": "closed"}
OTHERWISE = "index.a.+.xml"


def built(folder: Path) -> Path:
    """A target with one place: an entry that asks a calendar."""
    files = [
        OutputFile(
            f"public/desk/{name}",
            FileContent.of(f"<Response><Say>{words}</Say></Response>".encode()),
            DocumentEntry("text/xml", "desk", "no-store"),
        )
        for name, words in {**BODY, OTHERWISE: "closed"}.items()
    ]
    leads = (("open", "desk/index.a.open.xml"), ("closed", "desk/index.a.closed.xml"))
    asked = Clock[int | str]("office", leads, f"desk/{OTHERWISE}")
    question = Question("desk/index.xml", "desk", (asked,))
    plan = plan_json([question], {"office": DAYTIME}, lambda path: f"public/{path}")
    files.append(OutputFile(PLAN, FileContent.of(plan), DocumentEntry("application/json")))
    flow = FlowEntry("public/desk/index.xml", "flows/desk.yaml")
    manifest = Manifest("site", "static", flows={"desk": flow})
    written, findings = write_target(folder, files, manifest, Scope(lambda source: True))
    assert written is not None, findings
    return folder


def words(folder: Path) -> str:
    text = (folder / "public/desk/index.xml").read_text()
    return text.removeprefix("<Response><Say>").removesuffix("</Say></Response>")


def test_what_is_due_is_put_in_its_place_once(tmp_path: Path) -> None:
    folder = built(tmp_path / "site")
    manifest = (folder / "manifest.json").read_bytes()
    assert put_due(folder, lambda name, s: s.outcome_at(NIGHT)) == ([], [])
    assert put_due(folder, lambda name, s: s.outcome_at(NOON)) == (["public/desk/index.xml"], [])
    assert words(folder) == "open"
    assert put_due(folder, lambda name, s: s.outcome_at(NOON)) == ([], [])
    assert put_due(folder, lambda name, s: s.outcome_at(NIGHT)) == (["public/desk/index.xml"], [])
    assert words(folder) == "closed"
    assert (folder / "manifest.json").read_bytes() == manifest


def test_an_outcome_that_a_place_does_not_know_takes_the_fallback(tmp_path: Path) -> None:
    folder = built(tmp_path / "site")
    put_due(folder, lambda name, s: s.outcome_at(NOON))
    assert put_due(folder, lambda name, s: "flooded")[0] == ["public/desk/index.xml"]
    assert words(folder) == "closed"


@pytest.mark.parametrize("step", ["mkdir", "open", "write", "replace", "rmtree"])
def test_killed_it_leaves_the_place_whole_and_the_next_run_ends_it(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = built(tmp_path / "site")

    class Killed(BaseException):
        pass

    def die(*arguments: object, **more: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(stage.shutil, "rmtree", die)  # who is killed sweeps nothing
        if step != "rmtree":
            patched.setattr(os, step, die)
        with pytest.raises(Killed):
            put_due(folder, lambda name, s: s.outcome_at(NOON))
    assert words(folder) == ("open" if step == "rmtree" else "closed")
    assert put_due(folder, lambda name, s: s.outcome_at(NOON))[1] == []
    assert words(folder) == "open"
    assert sorted(os.listdir(folder)) == ["manifest.json", PLAN, "public"]


def test_what_somebody_else_put_there_stays(tmp_path: Path) -> None:
    folder = built(tmp_path / "site")
    (folder / "public/desk/index.xml").write_text("mine")
    changed, findings = put_due(folder, lambda name, s: s.outcome_at(NOON))
    assert (changed, [f.rule.slug for f in findings]) == ([], ["foreign-files"])
    assert (folder / "public/desk/index.xml").read_text() == "mine"


def test_what_is_due_but_was_edited_is_not_put_there(tmp_path: Path) -> None:
    folder = built(tmp_path / "site")
    (folder / "public/desk/index.a.open.xml").write_text("mine")
    assert [f.rule.slug for f in put_due(folder, lambda name, s: "open")[1]] == ["foreign-files"]
    assert words(folder) == "closed"


@pytest.mark.parametrize(
    "changed",
    [
        {"file": "../outside.xml"},
        {"file": "/etc/passwd"},
        {"file": "plan.json"},
        {"files": {"open": "public/desk/other.xml"}},
        {"asks": 3},
        {"otherwise": None},
    ],
)
def test_a_hostile_plan_changes_nothing(tmp_path: Path, changed: dict[str, object]) -> None:
    folder = built(tmp_path / "site")
    plan = json.loads((folder / PLAN).read_text())
    plan["places"][0] |= changed
    (folder / PLAN).write_text(json.dumps(plan))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert [f.rule.slug for f in put_due(folder, lambda name, s: "open")[1]] == ["foreign-manifest"]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert not (tmp_path / "outside.xml").exists()


def test_no_link_is_followed(tmp_path: Path) -> None:
    folder = built(tmp_path / "site")
    (folder / "public/desk").rename(tmp_path / "desk")
    (folder / "public/desk").symlink_to(tmp_path / "desk")
    assert [f.rule.slug for f in put_due(folder, lambda name, s: "open")[1]] == ["foreign-manifest"]
    assert "closed" in (tmp_path / "desk/index.xml").read_text()
