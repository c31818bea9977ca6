"""``twimlc hours``: what people and programs read of calendars, and the statuses."""

import json
from pathlib import Path

import pytest

from command_line import Command, write

PROJECT = """
flows: .
targets: {site: {host: static}}
calendars:
  office:
    zone: America/New_York
    open: Mo-Fr 09:00-17:00; Sa 10:00-14:00
    periods: {lunch: Mo-Fr 12:00-13:00}
    holidays: {of: US, only: [New Year's Day, Christmas Day]}
    except:
      - {on: 2026-12-24, open: "09:00-12:00"}
      - {on: 2026-12-27..2026-12-31, is: winter-break}
    until: 2028-12-31
    override: {is: flooded, until: 2026-12-01T12:00}
"""
FLOW = """
flow: desk
params: {open: Mo-Fr 08:00-16:00}
calendars:
  desk: {zone: Europe/Berlin, open: "${open}", until: 2028-12-31}
steps:
  - say: Hello.
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path / "twimlc.yaml", PROJECT)
    write(tmp_path / "desk.yaml", FLOW)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("at", "line"),
    [
        ("2026-12-25T11:00", "office: holiday, Christmas Day, until Sat 26 Dec 10:00 EST"),
        ("2026-12-25T16:00:00Z", "office: holiday, Christmas Day, until Sat 26 Dec 10:00 EST"),
        ("2026-12-24T10:00", "office: open, by exception, until Thu 24 Dec 12:00 EST"),
        ("2026-12-31T10:00", "office: winter-break, by exception, until Fri 1 Jan 2027 00:00 EST"),
        ("2026-11-30T10:00", "office: flooded, by override, until Tue 1 Dec 12:00 EST"),
        ("2027-07-05T12:30", "office: lunch, until Mon 5 Jul 13:00 EDT"),
        (
            "2031-01-01T10:00",
            "office: open, outside of 2026 to 2028-12-31, until Wed 1 Jan 12:00 EST",
        ),
    ],
)
def test_at_is_one_line(folder: Path, command: Command, at: str, line: str) -> None:
    assert command("hours", "office", "--at", at) == (0, f"{line}\n", "")


def test_json(folder: Path, command: Command) -> None:
    status, out, _ = command("hours", "--at", "2026-12-24T10:00", "--format", "json", "--next", "3")
    body = json.loads(out)
    assert (status, body["version"]) == (0, 1)
    office, desk = body["calendars"]
    assert (office["name"], office["zone"], office["until"]) == (
        "office",
        "America/New_York",
        "2028-12-31",
    )
    assert office["outcomes"] == ["open", "closed", "holiday", "lunch", "winter-break", "flooded"]
    assert office["at"]["utc"] == "2026-12-24T15:00:00Z"
    assert office["at"]["until"]["local"] == "2026-12-24T12:00:00-05:00"
    assert [(each["utc"], each["outcome"]) for each in office["switches"]] == [
        ("2026-12-24T17:00:00Z", "closed"),
        ("2026-12-25T05:00:00Z", "holiday"),
        ("2026-12-26T05:00:00Z", "closed"),
    ]
    assert office["week"][3]["hours"][1] == {"from": "09:00", "to": "12:00", "outcome": "open"}
    assert {"day": "2026-12-25", "names": ["Christmas Day"]} in office["holidays"]
    assert (desk["name"], desk["flow"]) == ("desk", "desk")


def test_a_month_is_a_picture(folder: Path, command: Command) -> None:
    status, out, _ = command("hours", "office", "--month", "2026-12")
    lines = out.splitlines()
    assert status == 0
    assert f"  Thu 24 {'.' * 18}{'#' * 6}{'.' * 24}" in lines
    assert f"  Fri 25 {'h' * 48}  Christmas Day" in lines
    assert f"  Mon 14 {'.' * 18}{'#' * 6}=={'#' * 8}{'.' * 14}" in lines
    assert lines[-1] == "  . closed   h holiday   # open   = lunch   + winter-break"
    assert max(map(len, lines)) <= 80


def test_a_page(folder: Path, command: Command) -> None:
    status, out, _ = command("hours", "office", "--next", "2")
    assert status == 0
    assert out.startswith("office  America/New_York, until Sun 31 Dec 2028\nnow office: ")
    assert "09:00-12:00 open   12:00-13:00 lunch   13:00-17:00 open" in out
    assert out.count(" UTC   ") == 2


def test_a_flow_has_its_own_and_those_of_the_project(folder: Path, command: Command) -> None:
    out = command(
        "hours", "--flow", "desk", "--at", "2027-01-04T15:30+01:00", "-p", "open=Mo 15:00-15:45"
    )[1]
    assert out.splitlines() == [
        "office: open, until Mon 4 Jan 12:00 EST",
        "desk: open, until Mon 4 Jan 15:45 CET",
    ]


def test_statuses(folder: Path, command: Command) -> None:
    assert command("hours", "offise")[::2] == (2, command("hours", "offise")[2])
    assert "unknown calendar 'offise' (did you mean 'office'?)" in command("hours", "offise")[2]
    assert command("hours", "--at", "noon")[0] == 2
    assert command("hours", "--month", "2026-13")[0] == 2
    assert command("hours", "--flow", "dask")[0] == 2
    write(folder / "twimlc.yaml", PROJECT.replace("Mo-Fr 09:00", "Mon-Fri 09:00"))
    status, out, err = command("hours", "--at", "2027-01-04T15:30")
    assert status == 1
    assert "days are Mo Tu We Th Fr Sa Su" in err
    assert out == "desk: open, until Mon 4 Jan 16:00 CET\n"
    write(folder / "twimlc.yaml", "flows: .\n")
    write(folder / "desk.yaml", "steps:\n  - say: Hello.\n")
    assert command("hours") == (0, "", "there are no calendars here\n")
