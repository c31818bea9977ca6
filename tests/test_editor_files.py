"""Every kind of file in an editor, spoken to over stdio: call scripts, the project file, TwiML, files without a name."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from editor_client import Client, apply, compiler_editor, editor, labels, place
from folders import write_files

pytest.importorskip("pygls", reason="NOT TESTED: the language server; pip install pygls")

pytestmark = pytest.mark.slow

PROJECT = "targets:\n  site: {host: nginx, url: https://voice.example.com/ivr}\n"
FLOW = """\
params:
  number: "+14155550100"
states:
  main:
    - say: Hello.
    - connect: {room: Standup}
    - dial: {number: "${number}", timeout: 20}
      fallback: bye
    - say: Thank you.
    - goto: bye
  bye:
    - say: Goodbye.
    - hangup
"""
SCRIPT = """\
calls:
  - name: the number is busy
    dial: {+14155550100: busy}
    expect:
      reaches: [main, bye]
      hears:
        - say: Goodbye.
"""
DOCUMENT = """\
<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Say>Grüß Gott 👋</Say><Dial timeOut="20">+14155550100</Dial>
</Response>
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {"twimlc.yaml": PROJECT, "flows/desk.yaml": FLOW}
    return write_files(tmp_path / "Büro & Empfang", files)


@pytest.fixture
def client(project: Path) -> Iterator[Client]:
    with compiler_editor(project) as client:
        yield client


@pytest.fixture
def desk(project: Path) -> Path:
    return project / "flows" / "desk.yaml"


@pytest.fixture
def script(project: Path) -> Path:
    return project / "flows" / "desk.test.yaml"


def proposed(client: Client, path: Path | str, text: str) -> list[str]:
    """What is proposed at the mark ``|``."""
    at = place(text, "|")
    client.change(path, text.replace("|", "", 1))
    return labels(client.at("completion", path, *at))


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("reaches: [main, bye]", "reaches: [main, by]", "TW426"),
        ("- say: Goodbye.", "- sya: Goodbye.", "TW423"),
        ("calls:", "flow: dezk\ncalls:", "TW421"),
        ("expect:", "expects:", None),
        ("busy}", "bussy}", "TW424"),
        ("    dial:", "    targets: sight\n    dial:", "TW426"),
    ],
)
def test_a_call_script_is_checked_while_it_is_typed(
    client: Client, script: Path, right: str, wrong: str, code: str | None
) -> None:
    client.open(script, SCRIPT)
    assert client.diagnostics(script) == []
    client.change(script, SCRIPT.replace(right, wrong))
    found = client.errors(script)
    assert len(found) == 1
    assert code is None or found[0]["code"] == code
    client.change(script, SCRIPT)
    assert client.diagnostics(script) == []


def test_a_call_script_knows_what_its_flow_says_in_the_editor(
    client: Client, script: Path, desk: Path
) -> None:
    client.open(script, SCRIPT)
    assert client.diagnostics(script) == []
    client.open(desk, FLOW.replace("bye", "end"))
    found = client.errors(script)
    while not found:
        found = client.errors(script)
    assert "bye" in found[0]["message"]
    line, character = place(SCRIPT, "bye]")
    assert found[0]["range"]["start"] == {"line": line, "character": character}


def test_a_misspelt_state_of_a_script_is_mended(client: Client, script: Path) -> None:
    wrong = SCRIPT.replace("reaches: [main, bye]", "reaches: [main, byee]")
    client.open(script, wrong)
    found = client.errors(script)
    every = client.actions(script, found[0]["range"], "source.fixAll")
    assert every[0]["edit"]["changes"][script.as_uri()][0]["newText"] == SCRIPT


def test_completion_in_a_call_script(client: Client, script: Path) -> None:
    client.open(script, SCRIPT)
    assert {"main", "bye"} <= set(
        proposed(client, script, SCRIPT.replace("[main, bye]", "[main, |]"))
    )
    assert {"say", "dial", "hangup"} <= set(
        proposed(client, script, SCRIPT.replace("- say: Goodbye.", "- |"))
    )
    assert {"busy", "no-answer"} <= set(proposed(client, script, SCRIPT.replace("busy}", "|}")))
    assert "+14155550100" in proposed(client, script, SCRIPT.replace("{+14155550100: busy}", "{|}"))
    rooms = SCRIPT.replace("    dial:", "    rooms: {Standup: |}\n    dial:")
    assert {"open", "closed"} <= set(proposed(client, script, rooms))
    assert proposed(client, script, rooms.replace("Standup: |", "|")) == ["Standup"]
    assert proposed(client, script, f"flow: |\n{SCRIPT}") == ["desk"]
    targets = SCRIPT.replace("    dial:", "    targets: |\n    dial:")
    assert proposed(client, script, targets) == ["site"]


def test_the_project_file_is_checked_while_it_is_typed(
    client: Client, project: Path, desk: Path
) -> None:
    path = project / "twimlc.yaml"
    client.open(desk, FLOW)
    assert client.errors(desk) == []
    client.open(path, PROJECT)
    assert client.errors(path) == []
    client.change(path, PROJECT.replace("nginx", "ngimx"))
    assert [d["code"] for d in client.errors(path)] == ["TW363"]
    client.change(path, PROJECT + "rules: {missing-outcome: of}\n")
    found = client.errors(path)
    while not any("severity" in d["message"] or "rule" in d["message"] for d in found):
        found = client.errors(path)
    client.change(path, PROJECT.replace("nginx", "static"))
    again = client.errors(desk)
    while not again:
        again = client.errors(desk)
    assert "depends on how it ended" in again[0]["message"]


def test_a_project_file_that_is_half_typed_leaves_the_flows_alone(
    client: Client, project: Path, desk: Path
) -> None:
    path = project / "twimlc.yaml"
    wrong = FLOW.replace("goto: bye", "goto: bey")
    client.open(path, PROJECT)
    assert client.errors(path) == []
    client.open(desk, wrong)
    assert [d["code"] for d in client.errors(desk)] == ["TW301"]
    client.kept.clear()
    client.change(path, PROJECT + "rules: {")
    found = client.errors(path)
    while not found:
        found = client.errors(path)
    assert [d["code"] for d in client.errors(desk)] == ["TW301"]


def test_completion_and_hover_in_the_project_file(client: Client, project: Path) -> None:
    path = project / "twimlc.yaml"
    client.open(path, PROJECT)
    assert {"nginx", "static", "twiml-bin"} <= set(
        proposed(client, path, "targets:\n  site:\n    host: |\n")
    )
    assert {"targets", "rules", "budgets"} <= set(proposed(client, path, "|\n"))
    assert {"host", "url"} <= set(proposed(client, path, "targets:\n  site:\n    |\n"))
    assert {"region", "countries", "connectors"} <= set(proposed(client, path, "account:\n  |\n"))
    assert {"us1", "ie1", "au1"} <= set(proposed(client, path, "account:\n  region: |\n"))
    assert {"charge", "currencies"} <= set(
        proposed(client, path, "account:\n  connectors:\n    pay:\n      Default:\n        |\n")
    )
    assert "reusable" in proposed(
        client, path, "account:\n  connectors:\n    pay:\n      Default:\n        tokenTypes: [|]\n"
    )
    assert proposed(client, path, PROJECT.replace("}", ", params: {|}}")) == ["number"]
    assert "desk" in proposed(client, path, PROJECT.replace("}", ", flows: [|]}"))
    rules = f"{PROJECT}rules:\n  unused-param: |\n"
    assert {"off", "note", "warning", "error"} <= set(proposed(client, path, rules))
    assert "unused-param" in proposed(client, path, f"{PROJECT}rules:\n  un|\n")
    client.change(path, rules.replace("|", "off"))
    said = client.at("hover", path, *place(rules, "unused-param"))["contents"]["value"]
    assert "unused-param" in said
    assert "TW" in said


def test_a_twiml_document_is_checked_and_mended(client: Client, project: Path) -> None:
    path = project / "old.xml"
    client.open(path, DOCUMENT)
    found = [d for d in client.diagnostics(path) if "timeOut" in d["message"]]
    start = found[0]["range"]["start"]
    assert (start["line"], start["character"]) == place(DOCUMENT, "timeOut")
    fix = next(
        a
        for a in client.actions(path, found[0]["range"])
        if a["kind"] == "quickfix" and a.get("isPreferred")
    )
    assert fix["diagnostics"] == [found[0]]
    mended = apply(DOCUMENT, fix["edit"]["changes"][path.as_uri()])
    assert mended == DOCUMENT.replace("timeOut", "timeout")
    client.change(path, mended)
    assert not [d for d in client.diagnostics(path) if "timeOut" in d["message"]]
    for method in ("completion", "hover", "definition", "prepareRename"):
        assert not client.at(method, path, 2, 4)


def test_silence_in_xml_and_with_windows_line_ends(
    client: Client, project: Path, desk: Path
) -> None:
    path = project / "old.xml"
    text = "<Response>\r\n  <Dial>+14155550100</Dial>\r\n  <Say>Bye</Say>\r\n  <Hangup/>\r\n  <Say>Never</Say>\r\n</Response>\r\n"
    client.open(path, text)
    found = next(d for d in client.diagnostics(path) if d["severity"] > 1)
    silence = next(
        a for a in client.actions(path, found["range"]) if a["title"].startswith("ignore")
    )
    quiet = apply(text, silence["edit"]["changes"][path.as_uri()])
    assert "\n" not in quiet.replace("\r\n", "")
    client.change(path, quiet)
    assert found["message"] not in [d["message"] for d in client.diagnostics(path)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_with_any_line_end_and_beyond_the_first_plane(
    client: Client, desk: Path, end: str
) -> None:
    text = FLOW.replace("- say: Hello.", '- {say: "e\u0301 👋🏽 Grüße", langage: en}')
    client.open(desk, text.replace("\n", end))
    found = next(d for d in client.errors(desk) if "langage" in d["message"])
    start, stop = found["range"]["start"], found["range"]["end"]
    assert (start["line"], start["character"]) == place(text, "langage")
    assert stop["character"] - start["character"] == len("langage")


def test_the_editors_own_spelling_of_a_uri_comes_back(client: Client, desk: Path) -> None:
    uri = desk.as_uri().replace("%C3%BC", "%c3%bc").replace("&", "%26")
    assert uri != desk.as_uri()
    client.open(uri, FLOW.replace("fallback: bye", "fallback: bey"))
    assert [d["code"] for d in client.errors(uri)] == ["TW301"]
    client.change(uri, FLOW)
    assert client.errors(uri) == []
    edit = client.at("rename", uri, *place(FLOW, "bye:"), newName="end")
    assert list(edit["changes"]) == [uri]
    answer = client.at("definition", uri, *place(FLOW, "bye\n    - say"))
    assert answer["uri"] == uri


def test_a_flow_without_a_name_is_checked(client: Client) -> None:
    uri = "untitled:Untitled-1"
    client.open(uri, FLOW.replace("goto: bye", "goto: bey"))
    assert [d["code"] for d in client.errors(uri)] == ["TW301"]
    assert "bye" in proposed(client, uri, FLOW.replace("goto: bye", "goto: |"))
    client.close(uri)
    assert client.diagnostics(uri) == []


@pytest.mark.parametrize(
    "uri",
    [
        "file:///c%3A/Users/J%C3%BCrgen%20M/flow.yaml",
        "file:",
        "git:/x/flow.yaml",
        "file:///a%00b.yaml",
    ],
)
def test_strange_uris_do_no_harm(client: Client, desk: Path, uri: str) -> None:
    client.open(uri, FLOW)
    client.change(uri, FLOW)
    for method in ("completion", "hover", "definition", "prepareRename"):
        client.at(method, uri, 4, 9)
    client.close(uri)
    client.open(desk, FLOW)
    assert client.errors(desk) == []


def test_a_new_file_and_one_that_was_deleted(client: Client, project: Path, desk: Path) -> None:
    new = project / "flows" / "new.yaml"
    client.open(new, FLOW.replace("goto: bye", "goto: bey"))
    assert [d["code"] for d in client.errors(new)] == ["TW301"]
    client.open(desk, FLOW)
    assert client.errors(desk) == []
    desk.unlink()
    client.notify("workspace/didChangeWatchedFiles", changes=[{"uri": desk.as_uri(), "type": 3}])
    assert client.errors(desk) == []
    client.change(desk, FLOW.replace("fallback: bye", "fallback: bey"))
    assert [d["code"] for d in client.errors(desk)] == ["TW301"]


def test_a_file_that_changes_outside_counts(client: Client, project: Path, desk: Path) -> None:
    client.open(desk, FLOW.replace("goto: bye", "goto: night/late"))
    assert [d["code"] for d in client.errors(desk)]
    (project / "flows" / "night.yaml").write_text("states:\n  late:\n    - hangup\n")
    client.notify(
        "workspace/didChangeWatchedFiles",
        changes=[{"uri": (project / "flows" / "night.yaml").as_uri(), "type": 1}],
    )
    assert client.errors(desk) == []


def test_two_projects_in_one_window_and_a_file_outside_of_both(tmp_path: Path) -> None:
    roots = [tmp_path / "one", tmp_path / "two"]
    for root in roots:
        (root / "flows").mkdir(parents=True)
        (root / "twimlc.yaml").write_text(
            PROJECT if root.name == "one" else PROJECT.replace("nginx", "static")
        )
        (root / "flows" / "desk.yaml").write_text(FLOW)
    stray = tmp_path / "stray.yaml"
    with editor(tmp_path) as client:
        client.start(*roots)
        found: dict[str, list[dict[str, Any]]] = {}
        for path in (roots[0] / "flows" / "desk.yaml", roots[1] / "flows" / "desk.yaml", stray):
            client.open(path, FLOW)
            found[path.parent.parent.name] = client.errors(path)
        assert found["one"] == []
        assert "depends on how it ended" in found["two"][0]["message"]
        names = [s["name"] for s in client.request("workspace/symbol", query="main")]
        assert names.count("main") >= 2
        edit = client.at(
            "rename", roots[0] / "flows" / "desk.yaml", *place(FLOW, "bye:"), newName="end"
        )
        assert list(edit["changes"]) == [(roots[0] / "flows" / "desk.yaml").as_uri()]
        assert client.faults == []


def findings_of(client: Client, path: Path, text: str) -> list[dict[str, Any]]:
    """The findings of the text that is there; what was told before may be about an older one."""
    client.kept.clear()
    client.change(path, text)
    return client.diagnostics(path)


CUT = {
    "flow": (
        "flows/desk.yaml",
        FLOW.replace("timeout: 20}", "timeout: 20, callerId: '${call.To}'}"),
    ),
    "script": ("flows/desk.test.yaml", SCRIPT),
    "project": (
        "twimlc.yaml",
        PROJECT + "rules: {unused-param: off}\nmatrix: {table: stores.csv}\n",
    ),
    "document": ("old.xml", DOCUMENT),
}


@pytest.mark.parametrize("kind", CUT)
def test_half_typed_text_does_no_harm_in_any_place(
    client: Client, project: Path, kind: str
) -> None:
    name, text = CUT[kind]
    path = project / name
    client.open(path, text)
    for cut in range(0, len(text), 7):
        typed = text[:cut]
        client.change(path, typed)
        line = typed.count("\n")
        here = {"line": line, "character": len(typed.rpartition("\n")[2].encode("utf-16-le")) // 2}
        for method in ("completion", "hover", "definition", "prepareRename"):
            client.at(method, path, *here.values())
        client.at("references", path, *here.values(), context={"includeDeclaration": True})
        client.actions(path, {"start": {"line": 0, "character": 0}, "end": here})
        client.request("textDocument/documentSymbol", textDocument={"uri": path.as_uri()})
        with suppress(
            LookupError
        ):  # refused in words; what breaks is logged, and asked for at the end
            client.at("rename", path, *here.values(), newName="other")
        lines = typed.split("\n")
        for found in findings_of(client, path, typed) if cut % 70 == 0 else ():
            for end in found["range"].values():
                assert end["line"] < len(lines)
                assert end["character"] <= len(lines[end["line"]].encode("utf-16-le")) // 2
