"""Calendars in an editor: zones and countries are offered, and a hover shows the week."""

from pathlib import Path

import pytest

from twimlc.editor.complete import complete
from twimlc.editor.hover import hover
from twimlc.editor.open_files import Snapshot

CALENDARS = """calendars:
  office:
    zone: America/New_York
    open: Mo-Fr 09:00-17:00
    holidays: US
    until: 2028-12-31
"""
FLOW = f"{CALENDARS}steps:\n  - say: Hello.\n"
PROJECT = f"targets: {{site: {{host: static}}}}\n{CALENDARS}"


def opened(folder: Path, name: str, text: str) -> Snapshot:
    path = folder / name
    path.write_text(text)
    return Snapshot(path, folder, {path: text})


@pytest.mark.parametrize(("name", "text"), [("desk.yaml", FLOW), ("twimlc.yaml", PROJECT)])
def test_zones_and_countries_are_offered(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "twimlc.yaml").write_text("targets: {site: {host: static}}\n")
    for typed, offered in (("America/New", "America/New_York"), ("holidays: U", "US")):
        snapshot = opened(tmp_path, name, text)
        found = complete(snapshot, text.index(typed) + len(typed))
        assert offered in [proposal.label for proposal in found]


@pytest.mark.parametrize(("name", "text"), [("desk.yaml", FLOW), ("twimlc.yaml", PROJECT)])
def test_a_hover_shows_the_week(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "twimlc.yaml").write_text("targets: {site: {host: static}}\n")
    snapshot = opened(tmp_path, name, text)
    found = hover(snapshot, text.index("office") + 2, snapshot.check)
    assert found is not None
    assert found.span.text == "office"
    assert (
        "office  America/New_York, until Sun 31 Dec 2028" in found.text
        or "(flow desk)" in found.text
    )
    wrong = opened(tmp_path, name, text.replace("Mo-Fr", "Mon-Fri"))
    assert hover(wrong, text.index("office") + 2, wrong.check) is None


DESK = f"""{CALENDARS}    periods: {{lunch: Mo-Fr 12:00-13:00}}
    except: [{{on: 2026-12-27..2026-12-31, is: winter-break}}]
lists: {{vip: [+14155550170]}}
steps:
  - switch: From
    when:
      HERE
  - hours: office
    when:
      HERE
  - hangup
""".replace("HERE", "")


def offered(folder: Path, text: str, offset: int) -> list[str]:
    snapshot = opened(folder, "desk.yaml", text)
    return [proposal.label for proposal in complete(snapshot, offset)]


def test_cases_outcomes_calendars_and_parameters_are_offered(tmp_path: Path) -> None:
    shared = "lists: {blocked: [+14155550190]}\n" + PROJECT.replace("office", "shop")
    (tmp_path / "twimlc.yaml").write_text(shared)
    first, second = (
        DESK.index("when:\n      ", DESK.index(step)) + 12 for step in ("switch", "hours")
    )
    assert {"blocked", "vip", "withheld"} <= {*offered(tmp_path, DESK, first)}
    found = offered(tmp_path, DESK, second)
    assert {"closed", "holiday", "lunch", "winter-break"} <= {*found}
    assert "open" not in found
    value = DESK.index("hours: office") + len("hours: office")
    assert {"office", "shop"} <= {*offered(tmp_path, DESK, value)}
    value = DESK.index("switch: From") + len("switch: From")
    assert {"From", "FromState", "ForwardedFrom"} <= {*offered(tmp_path, DESK, value)}


def test_a_hover_on_the_step_shows_the_week(tmp_path: Path) -> None:
    text = f"{CALENDARS}steps:\n  - hours: office\n    fallback: [hangup]\n  - hangup\n"
    (tmp_path / "twimlc.yaml").write_text("targets: {site: {host: static}}\n")
    snapshot = opened(tmp_path, "desk.yaml", text)
    found = hover(snapshot, text.index("hours: office") + 9, snapshot.check)
    assert found is not None
    assert "America/New_York" in found.text
