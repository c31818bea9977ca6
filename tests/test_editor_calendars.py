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
