"""Versions of a flow: a name is its content, and what leads to what."""

import re
from pathlib import Path

import pytest

from kept_builds import Project, menu
from twimlc import pipeline

VERSION = r"v\.[0-9a-f]{12}"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "p")


def test_a_name_is_the_content_and_nothing_else(tmp_path: Path) -> None:
    names = set()
    for number in (1, 2):
        made = Project(tmp_path / str(number))
        made.write(f=menu(), **{f"other{number}": menu(more="Other.")})
        made.build()
        names.add(made.version("f"))
    (name,) = names
    assert name is not None
    assert re.fullmatch(VERSION, name)
    made.write(f="# A comment.\n" + menu().replace("main", "begin").replace("[", " ["))
    made.build()
    assert made.versions("f") == [name], "neither comments nor names that no document shows"
    made.write(f=menu("Other words of the entry."))
    made.build()
    assert made.versions("f") == [name], "the entry is not part of it"
    made.write(f=menu(more="Others."))
    made.build()
    assert made.versions("f")[1:] == [name]
    assert made.version("f") != name


def test_the_name_of_a_state_that_has_a_document_is_content(project: Project) -> None:
    project.write(f=menu())
    project.build()
    before = project.version("f")
    project.write(f=menu().replace("more", "rest"))
    project.build()
    assert project.version("f") != before


def test_an_edit_of_one_flow_is_no_other_flows_concern(project: Project) -> None:
    project.write(
        f=menu(),
        g=menu(more="G."),
        jumps=menu().replace("- say: More.", "- say: Jump.\n    - goto: f/more"),
        start=menu().replace("- say: More.", "- say: Start.\n    - goto: f/"),
    )
    project.build()
    names = {flow: project.version(flow) for flow in ("f", "g", "jumps", "start")}
    assert len({*names.values()}) == 4
    project.write(f=menu(more="New."))
    project.build()
    changed = {flow for flow, name in names.items() if project.version(flow) != name}
    # What it jumps to stands in the document that jumps; the live entry is nobody's content.
    assert changed == {"f", "jumps"}


def test_a_link_into_another_flow_is_content(project: Project) -> None:
    """Also where what is said there does not show in the document that leads there."""
    loop = menu().replace("- say: More.", "- gather: {numDigits: 1}\n      then: f/more")
    project.write(f=menu(), leads=loop)
    project.build()
    before, of_f = project.version("leads"), project.version("f")
    assert f'action="../../f/{of_f}/more.xml"' in project.xml(f"leads/{before}/more.xml")
    project.write(f=menu(more="New."))
    project.build()
    assert project.version("leads") != before
    # The version before still leads where it led.
    assert of_f in project.versions("f")
    assert f'action="../../f/{of_f}/more.xml"' in project.xml(f"leads/{before}/more.xml")


ASKING = """\
states:
  main:
    - gather: {numDigits: 1, prompt: Words.}
      then: OTHER/back
    - hangup
  back:
    - gather: {numDigits: 1, prompt: WORDS}
      then: OTHER/back
    - hangup
"""


def asking(other: str, words: str) -> str:
    return ASKING.replace("OTHER", other).replace("WORDS", words)


def test_flows_that_lead_into_each_other_share_a_name(tmp_path: Path) -> None:
    names = set()
    for number in (1, 2):
        made = Project(tmp_path / str(number))
        texts = {"a": asking("b", "A."), "b": asking("c", "B."), "c": asking("a", "C.")}
        made.write(**texts, apart=asking("a", "Apart."))
        made.build()
        names.add(made.version("a"))
        assert made.version("a") == made.version("b") == made.version("c") != made.version("apart")
    (before,) = names
    made.write(c=asking("a", "Otherwise."))
    made.build()
    assert made.version("a") == made.version("b") == made.version("c") != before
    assert f'action="../../b/{made.version("b")}/back.xml"' in made.xml(
        f"a/{made.version('a')}/back.xml"
    )
    made.write(c=asking("a", "C."))
    made.build()
    assert made.version("a") == before


def test_a_flow_without_documents_behind_its_entry_has_no_folder(project: Project) -> None:
    project.write(f="steps:\n  - say: Hello.\n")
    project.build()
    assert sorted(project.tree()) == [
        "manifest.json",
        "public/f/changed.xml",
        "public/f/index.xml",
    ]
    assert (project.version("f"), project.versions("f")) == (None, [])
    assert project.xml("f/changed.xml").endswith("<Hangup/>")


def test_another_flows_name_changes_nothing(project: Project) -> None:
    project.write(f=menu(), z="flow: g\nsteps:\n  - say: Hello.\n")
    project.build()
    before = project.tree("public/f")
    project.write(z="flow: a\nsteps:\n  - say: Hello.\n")
    project.build()
    assert project.tree("public/f") == before


def test_no_document_behind_an_entry_leads_to_an_entry_of_its_own(project: Project) -> None:
    text = menu().replace("- say: More.\n    - hangup", "- goto: f/")
    again = menu().replace("- say: More.\n    - hangup", "- goto: main")
    project.write(f=text, g=again)
    project.build()
    for flow in ("f", "g"):
        version = project.version(flow)
        assert f'action="{version}/index.xml"' in project.xml(f"{flow}/index.xml")
        assert 'action="index.xml"' in project.xml(f"{flow}/{version}/index.xml")
        assert [*project.tree(f"public/{flow}/{version}")] == ["index.xml"]


def test_an_empty_redirect_in_an_entry_is_this_place_in_its_version(project: Project) -> None:
    project.write(f='steps:\n  - gather: {prompt: Hello.}\n    then: hangup\n  - redirect: ""\n')
    project.build()
    version = project.version("f")
    link = f'<Redirect method="GET">{version}/index.xml</Redirect>'
    entry = project.xml("f/index.xml")
    assert entry.endswith((link, f"<Redirect>{version}/index.xml</Redirect>")), entry


OTHER = "states:\n  begin:\n    - say: Other.\n    - hangup\n  rest:\n    - say: Rest.\n"


def test_another_flows_start_is_its_live_entry(project: Project) -> None:
    redirect = '<Redirect method="GET">{}other/index.xml</Redirect>'
    project.write(
        other=OTHER,
        entry="steps:\n  - say: Hello.\n  - goto: other/\n",
        inside=menu()
        .replace("- hangup\n  more", "- goto: more\n  more")
        .replace("- say: More.\n    - hangup", "- say: More.\n    - goto: other/"),
        action="steps:\n  - gather: {numDigits: 1, prompt: Hello.}\n    then: other/\n",
        own="steps:\n  - gather: {numDigits: 1, prompt: Hello., action: other/}\n  - hangup\n",
        dialed="steps:\n  - dial: {number: +14155550100, action: other/}\n",
        first="states:\n  main:\n    - goto: other/\n",
        through="states:\n  main:\n    - say: Hi.\n    - goto: first/\n",
    )
    project.build()
    assert project.xml("entry/index.xml") == "<Say>Hello.</Say>" + redirect.format("../")
    inside = project.xml(f"inside/{project.version('inside')}/more.xml")
    assert inside == "<Say>More.</Say>" + redirect.format("../../")
    assert project.xml("dialed/index.xml").endswith("</Dial>" + redirect.format("../"))
    for flow in ("action", "own"):
        assert 'action="../other/index.xml" method="GET"' in project.xml(f"{flow}/index.xml"), flow
    assert project.xml("first/index.xml") == redirect.format("../")
    # The entry on the way is passed, since it may lead elsewhere when the caller comes there.
    assert project.xml("through/index.xml") == "<Say>Hi.</Say>" + redirect.format("../").replace(
        "other", "first"
    )
    for flow in ("entry", "action", "own", "dialed", "first", "through"):
        assert project.version(flow) is None


def test_a_decision_leads_to_another_flows_start_by_a_document_of_its_own(tmp_path: Path) -> None:
    made = Project(tmp_path / "p", "host: nginx")
    made.write(
        other=OTHER,
        f="steps:\n  - menu: {prompt: Press 1 or 2., choices: {1: other/, 2: [{say: Two.}]}}\n",
    )
    made.build()
    version = made.version("f")
    assert made.xml(f"f/{version}/other.index.xml") == (
        '<Redirect method="GET">../../other/index.xml</Redirect>'
    )
    branches = [item["branches"]["1"] for item in made.manifest["decisions"]]  # type: ignore[index]
    assert {*branches} == {f"public/f/{version}/other.index.xml"}
    # The start of a flow may so be exchanged while a menu of this one waits for a key.
    made.write(other="states:\n  rest:\n    - say: Another start.\n")
    made.build()
    assert made.version("f") == version


@pytest.mark.parametrize(
    "flows",
    [
        {"a": "states:\n  s:\n    - goto: b/\n", "b": "states:\n  s:\n    - goto: a/\n"},
        {
            "a": "states:\n  s:\n    - goto: b/\n",
            "b": "states:\n  s:\n    - goto: t\n  t:\n    - goto: c/\n",
            "c": "states:\n  s:\n    - goto: a/s\n",
        },
    ],
)
def test_entries_that_lead_round_in_a_circle_are_refused(
    project: Project, flows: dict[str, str]
) -> None:
    project.write(**flows)
    found = {f.rule.slug for f in project.result().findings if f.is_error}
    assert found == {"silent-loop"}
    assert not project.out.exists()


def test_rows_have_versions_of_their_own(tmp_path: Path) -> None:
    made = Project(tmp_path / "p", more="matrix: stores.csv\n")
    (made.folder / "stores.csv").write_text("store,words\nuptown,One.\nharbor,Two.\n")
    made.write(
        f="params: {words: }\n" + menu(more="${words}"),
        g="params: {words: }\n" + menu().replace("say: More.", "say: Hi.\n    - goto: f/more"),
    )
    made.build()
    uptown, harbor = made.version("uptown/f"), made.version("harbor/f")
    assert uptown != harbor
    (made.folder / "stores.csv").write_text("store,words\nuptown,New.\nharbor,Two.\n")
    made.build()
    assert made.versions("uptown/f")[1:] == [uptown]
    assert len(made.versions("uptown/g")) == 2
    assert made.versions("harbor/f") == [harbor]
    assert len(made.versions("harbor/g")) == 1


def test_no_blank_is_left_anywhere(tmp_path: Path) -> None:
    made = Project(tmp_path / "p", "host: nginx, url: https://v.example.com/ivr")
    made.write(
        f="steps:\n  - menu: {prompt: Press 1., choices: {1: g/more}}\n"
        "  - dial: {number: {phoneNumber: +14155550100, url: g/whisper}}\n",
        g=menu() + "  whisper:\n    - say: A call for you.\n",
    )
    made.build()
    assert not any(b"\x0e" in data or b"\x0f" in data for data in made.tree().values())
    graph = pipeline.compiled(pipeline.Options(cwd=made.folder))[1][0].variants[0].finished()
    assert graph is not None
    for item in (*graph.plan.documents, *graph.plan.decisions):
        assert "\x0e" not in item.path
