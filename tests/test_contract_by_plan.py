"""Hours on hosts without a clock: places are files, and a plan says what lies in them when."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from test_contract_deciding import CALENDARS, heard
from twimlc import pipeline
from twimlc.calendars.kept import from_json
from twimlc.formats.validator import schema_text

FLOW = """
states:
  start:
    - hours: office
      when: {lunch: back, holiday: words}
      fallback: closed
    - say: Welcome to Contoso.
    - hours: office
      fallback: closed
    - say: You are right in time.
    - hangup
  back: [{say: We are back at one.}, hangup]
  words: [{say: It is a holiday.}, hangup]
  closed: [{say: We are closed.}, hangup]
"""
SAID = {
    "open": ["Welcome to Contoso."],
    "lunch": ["We are back at one."],
    "holiday": ["It is a holiday."],
    "closed": ["We are closed."],
    "winter-break": ["We are closed."],
}
TARGETS = {
    "static": "{host: static, url: https://voice.example.com/ivr}",
    "bucket": "{host: s3}",
    "hop": "{host: s3, router: twiml-bin, bin: EH%s, url: https://h.example.com}" % ("0" * 32),
    "vercel": "{host: vercel, url: https://voice.example.com/ivr}",
}


def project(folder: Path, flow: str = FLOW) -> Path:
    named = "".join(f"  {name}: {body}\n" for name, body in TARGETS.items())
    (folder / "flows").mkdir(exist_ok=True)
    (folder / "twimlc.yaml").write_text(f"targets:\n{named}{CALENDARS}")
    (folder / "flows/desk.yaml").write_text(flow)
    return folder


def build(folder: Path) -> None:
    result = pipeline.build(pipeline.Options(cwd=folder))
    assert not any(finding.is_error for finding in result.findings), result.findings


def words(path: Path) -> list[str]:
    return re.findall("<Say>(.*?)</Say>", path.read_text())


def run(folder: Path, *arguments: str, status: int = 0) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "twimlc", "hours", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout.splitlines()


def test_calls_are_played_as_if_applied_then(tmp_path: Path) -> None:
    calls = [
        (
            "hours: {office: [open, closed]}",
            ["say: Welcome to Contoso.", "say: We are closed.", "hangup"],
        ),
        ("at: 2026-12-25T10:00", ["say: It is a holiday.", "hangup"]),
        ("at: 2026-12-23T12:30", ["say: We are back at one.", "hangup"]),
    ]
    heard(project(tmp_path), calls)


@pytest.mark.parametrize("target", TARGETS)
def test_each_outcome_has_a_file_beside_the_place(tmp_path: Path, target: str) -> None:
    build(project(tmp_path))
    root = tmp_path / "build" / target
    plan = json.loads((root / "plan.json").read_text())
    (entry, later) = plan["places"]
    assert entry["file"] == "public/desk/index.xml"
    assert entry["asks"] == later["asks"] == ["office"]
    assert entry["files"].keys() == SAID.keys()
    assert entry["file"] not in entry["files"].values()
    for outcome, path in entry["files"].items():
        assert re.fullmatch(rf"public/desk/index\.[0-9a-f]{{12}}\.{outcome}\.xml", path)
        assert words(root / path)[:1] == SAID[outcome]
    assert re.fullmatch(r"public/desk/v\.[0-9a-f]{12}/start\.[0-9]+\.xml", later["file"])
    assert words(root / entry["file"]) == ["We are closed."]  # the fallback, until it is applied
    cached = json.loads((root / "manifest.json").read_text())["documents"]
    assert {cached[place["file"]]["cache"] for place in plan["places"]} == {"no-store"}


def test_the_plan_follows_its_schema_and_its_switches_follow_the_calendar(tmp_path: Path) -> None:
    from jsonschema import Draft7Validator

    build(project(tmp_path))
    plan = json.loads((tmp_path / "build/static/plan.json").read_text())
    Draft7Validator(json.loads(schema_text("plan"))).validate(plan)
    office = plan["calendars"]["office"]
    assert (office["zone"], office["until"]) == ("America/New_York", "2028-12-31")
    settled, instants = from_json(office["settled"]), []
    from datetime import datetime

    for at, outcome in office["switches"]:
        seconds = int(datetime.fromisoformat(at).timestamp())
        assert settled.outcome_at(seconds) == outcome
        instants.append(seconds)
    assert instants == sorted(set(instants))
    assert len(instants) > 2000


def test_apply_names_what_changes_and_nothing_twice(tmp_path: Path) -> None:
    folder = project(tmp_path)
    build(folder)
    manifest = (folder / "build/static/manifest.json").read_bytes()
    at = ("--apply", "static", "--at", "2026-12-23T10:00")
    changed = run(folder, *at)
    assert changed[0] == "build/static/public/desk/index.xml"
    assert len(changed) == 2
    assert words(folder / changed[0]) == ["Welcome to Contoso."]
    assert run(folder, *at) == []
    assert run(folder, "--apply", "static", "--at", "2026-12-25T10:00") == changed
    assert words(folder / changed[0]) == ["It is a holiday."]
    run(folder, *at, "--override", "office=closed")
    assert words(folder / changed[0]) == ["We are closed."]
    assert (folder / "build/static/manifest.json").read_bytes() == manifest


def test_builds_know_what_lies_in_places_and_keep_versions_with_them(tmp_path: Path) -> None:
    folder = project(tmp_path)
    build(folder)
    run(folder, "--apply", "static", "--at", "2026-12-23T10:00")
    (folder / "flows/desk.yaml").write_text(FLOW.replace("right in time", "just in time"))
    result = pipeline.build(pipeline.Options(cwd=folder))
    report = next(target for target in result.targets if target.name == "static")
    assert not any("by hand" in remark or "kept" in remark for remark in report.remarks)
    plan = json.loads((folder / "build/static/plan.json").read_text())
    assert len(plan["places"]) == 3  # the entry, and the second question of both versions
    assert len(run(folder, "--apply", "static", "--at", "2026-12-23T12:00")) >= 1
    (folder / "again").mkdir()
    again = pipeline.Options(cwd=folder, output=Path("again"), previous=Path("build"))
    assert not any(f.is_error for f in pipeline.build(again).findings)
    kept = json.loads((folder / "again/static/plan.json").read_text())
    assert kept["places"] == plan["places"]


def test_mistakes_on_the_command_line(tmp_path: Path) -> None:
    folder = project(tmp_path)
    for wrong in (
        ["--apply", "static"],  # not built yet
        ["--apply", "statc"],
        ["--apply", "static", "--at", "noon"],
        ["--apply", "static", "--override", "office=flooded"],
        ["--apply", "static", "--override", "ofice=open"],
        ["--schedule", "cron", "-t", "static"],
        ["--override", "office=open"],
    ):
        run(folder, *wrong, status=2)
        if wrong == ["--apply", "static"]:
            build(folder)


def stand_in(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize("form", ["cron", "github"])
def test_the_commands_of_a_schedule_run(tmp_path: Path, form: str) -> None:
    folder = project(tmp_path / "live") if (tmp_path / "live").mkdir() is None else tmp_path
    build(folder)
    tools = tmp_path / "tools"
    tools.mkdir()
    stand_in(tools, "upload", f'echo "$1" >> {tmp_path}/uploaded; cp "$1" {tmp_path}/online.xml')
    stand_in(tools, "twimlc", f'exec {sys.executable} -m twimlc "$@"')
    stand_in(
        tools,
        "gh",
        f'case "$2" in http*) cd {folder}/build/static && exec zip -qr - . ;; *) echo http://x ;; esac',
    )
    upload = ["--schedule", form, "-t", "static", "--upload", "upload"]
    text = "\n".join(run(folder, *upload, "--override", "office=lunch"))
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    if form == "cron":
        given = dict(line.split("=", 1) for line in text.splitlines() if re.match("[A-Z_]+=", line))
        lines = [line for line in text.splitlines() if line.endswith('eval "$RUN"')]
        assert lines[-1].startswith("37 * * * *")
        assert len(lines) >= 2
        environment |= {**given, "LIVE": str(folder)}
        commands = ['eval "$RUN"']
    else:
        import yaml

        job = yaml.safe_load(text)["jobs"]["hours"]
        runs = [step["run"] for step in job["steps"] if "run" in step]
        commands = [each for each in runs if not each.startswith("pip")]
        environment |= {
            "GITHUB_REPOSITORY": "x/y",
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "BRANCH": "main",
        }
        if subprocess.run(["which", "zip", "unzip"], capture_output=True).returncode:
            pytest.skip("zip and unzip are not installed")
    for _ in range(2):
        for command in commands:
            subprocess.run(["sh", "-ec", command], cwd=folder, env=environment, check=True)
    uploaded = (tmp_path / "uploaded").read_text().splitlines()
    assert sorted(path.rpartition("public/")[2] for path in uploaded)[0] == "desk/index.xml"
    if form == "cron":
        assert len(uploaded) == 1  # a second run finds nothing to do
    assert words(folder / "build/static/public/desk/index.xml") == ["We are back at one."]


def test_an_upload_that_fails_is_tried_again(tmp_path: Path) -> None:
    folder = project(tmp_path)
    build(folder)
    text = run(folder, *["--schedule", "cron", "-t", "static", "--upload", "false"])
    command = next(line for line in text if line.startswith("RUN=")).removeprefix("RUN=")
    tools = tmp_path / "tools"
    tools.mkdir()
    stand_in(tools, "twimlc", f'exec {sys.executable} -m twimlc "$@" --override office=lunch')
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "LIVE": str(folder)}
    assert subprocess.run(["sh", "-c", command], env=environment, check=False).returncode != 0
    assert words(folder / "build/static/public/desk/index.xml") == ["We are closed."]


@pytest.mark.parametrize(
    ("given", "heard_then"),
    [
        (["office=lunch"], "We are back at one."),
        (["office=lunch@2026-12-23T11:00"], "We are back at one."),
        (["office=lunch@2026-12-23T10:00"], "Welcome to Contoso."),
        (["office=closed", "office=lunch"], "We are back at one."),
        (["office=closed", "office=lunch@2026-12-23T10:00"], "We are closed."),
    ],
)
def test_an_override_is_over_the_hours_of_a_place_and_of_a_call(
    tmp_path: Path, given: list[str], heard_then: str
) -> None:
    more = [each for text in given for each in ("--override", text)]
    at = ["--at", "2026-12-23T10:30"]
    build(project(tmp_path))
    run(tmp_path, "--apply", "static", *at, *more)
    assert words(tmp_path / "build/static/public/desk/index.xml") == [heard_then]
    done = subprocess.run(
        [sys.executable, "-m", "twimlc", "call", "desk", "-t", "static", *at, *more],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert re.findall('say "(.*?)"', done.stdout)[0] == heard_then
