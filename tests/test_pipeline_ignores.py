"""A comment that silences is called unused only where every stage could look."""

from pathlib import Path

import pytest

from folders import write_files
from twimlc import pipeline
from twimlc.findings.diagnostic import Severity

ROOM = """\
flow: room
steps:
  - connect: {room: A}  # twimlc: ignore[room-ends-into-fallback] the desk rings after it, too
  - dial: {number: +14155550100, timeout: 20}
  - say: Goodbye.  # twimlc: ignore[%s] nothing here
  - hangup
"""


def slugs(folder: Path, *paths: str, target: str = "") -> list[str]:
    options = pipeline.Options(
        paths=tuple(folder / path for path in paths),
        targets=(target,) if target else (),
        cwd=folder,
        write=False,
    )
    found = pipeline.check(options).findings
    return [each.rule.slug for each in found if each.severity is not Severity.NOTE]


def project(folder: Path, *hosts: str, **flows: str) -> Path:
    lines = [f"  t{number}: {{host: {host}}}" for number, host in enumerate(hosts)]
    texts = {f"flows/{name}.yaml": text for name, text in flows.items()}
    return write_files(folder, {"twimlc.yaml": "\n".join(["targets:", *lines, ""]), **texts})


def test_an_error_keeps_the_ignores_of_later_stages(tmp_path: Path) -> None:
    text = ROOM % "mixed-choices"
    project(tmp_path, "nginx", room=text.replace("timeout", "timout"))
    assert slugs(tmp_path) == ["unknown-key"]
    project(tmp_path, "nginx", room=text)
    assert slugs(tmp_path) == ["unused-ignore"]


def test_all_targets_have_to_be_looked_at(tmp_path: Path) -> None:
    project(tmp_path, "nginx", "caddy", room=ROOM % "mixed-choices")
    assert slugs(tmp_path, target="t0") == []
    assert slugs(tmp_path, target="nginx") == []
    assert slugs(tmp_path, "flows/room.yaml") == ["unused-ignore"]


@pytest.mark.parametrize(
    ("hosts", "unused"), [(["twiml-bin"], False), (["twiml-bin", "nginx"], True)]
)
def test_a_secret_of_public_hosts_is_not_judged_on_private_ones(
    tmp_path: Path, hosts: list[str], unused: bool
) -> None:
    project(tmp_path, *hosts, room=ROOM % "pin-in-public")
    assert ("unused-ignore" in slugs(tmp_path)) is unused


def test_without_a_project_one_host_says_nothing_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(ROOM % "callback-to-file")
    assert slugs(tmp_path, "room.yaml", target="nginx") == []
    project(tmp_path, "nginx", room=ROOM % "callback-to-file")
    assert slugs(tmp_path) == ["unused-ignore"]


def test_a_component_may_be_for_flows_that_are_not_asked_for(tmp_path: Path) -> None:
    use = "flow: %s\nsteps:\n  - use: bye\n"
    project(tmp_path, "nginx", one=use % "one", two=use % "two")
    component = tmp_path / "flows" / "_components" / "bye.yaml"
    component.parent.mkdir()
    component.write_text("steps:\n  - say: Bye.  # twimlc: ignore[mixed-choices] no\n  - hangup\n")
    assert slugs(tmp_path, "flows/one.yaml") == []
    assert slugs(tmp_path) == ["unused-ignore"]


def test_a_broken_document_keeps_its_ignores(tmp_path: Path) -> None:
    text = (
        "<Response>\n  <!-- twimlc: ignore[milliseconds] -->\n  <Say>Hello.</Say>\n%s</Response>\n"
    )
    (tmp_path / "a.xml").write_text(text % "  <Dail>+14155550100</Dail>\n")
    assert slugs(tmp_path, "a.xml") == ["unknown-element"]
    (tmp_path / "a.xml").write_text(text % "")
    assert slugs(tmp_path, "a.xml") == ["unused-ignore"]
