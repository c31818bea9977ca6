"""The language server, spoken to as an editor does: over stdin and stdout."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from editor_client import Client, apply, compiler_editor, editor, labels, place
from folders import write_files

pytest.importorskip("pygls", reason="NOT TESTED: the language server; pip install pygls")

pytestmark = pytest.mark.slow

FLOW = """\
flow: desk
params:
  number: "+14155550100"
states:
  greeting:
    - say: "📞 Hello 👋"
    - dial: {number: "${number}", timeout: 20}
      fallback: voicemail
    - goto: bye
  voicemail:
    - use: message
      with: {after: bye}
  bye:
    - say: Goodbye.
    - hangup
"""
OTHER = """\
flow: night
steps:
  - say: We are closed.
  - goto: desk/voicemail
"""
COMPONENT = """\
params:
  after:
steps:
  - voicemail
  - goto: ${after}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "twimlc.yaml": "targets:\n  site: {host: nginx, url: https://voice.example.com/ivr}\n",
        "flows/desk.yaml": FLOW,
        "flows/night.yaml": OTHER,
        "flows/_components/message.yaml": COMPONENT,
    }
    return write_files(tmp_path, files)


@pytest.fixture
def client(project: Path) -> Iterator[Client]:
    with compiler_editor(project) as client:
        yield client


@pytest.fixture
def desk(project: Path) -> Path:
    return project / "flows" / "desk.yaml"


def test_findings_follow_the_text_while_it_is_typed(client: Client, desk: Path) -> None:
    client.open(desk, FLOW)
    assert [d for d in client.diagnostics(desk) if d["severity"] == 1] == []
    wrong = FLOW.replace("fallback: voicemail", "fallback: voicemial")
    client.change(desk, wrong)
    found = [d for d in client.diagnostics(desk) if d["severity"] == 1]
    assert [d["code"] for d in found] == ["TW301"]
    assert "voicemail" in found[0]["message"]
    line, character = place(wrong, "voicemial")
    assert found[0]["range"] == {
        "start": {"line": line, "character": character},
        "end": {"line": line, "character": character + 9},
    }
    actions = client.request(
        "textDocument/codeAction",
        textDocument={"uri": desk.as_uri()},
        range=found[0]["range"],
        context={"diagnostics": found},
    )
    fix = next(a for a in actions if a["kind"] == "quickfix")
    assert apply(wrong, fix["edit"]["changes"][desk.as_uri()]) == FLOW
    every = client.request(
        "textDocument/codeAction",
        textDocument={"uri": desk.as_uri()},
        range=found[0]["range"],
        context={"diagnostics": [], "only": ["source.fixAll"]},
    )
    assert every[0]["edit"]["changes"][desk.as_uri()][0]["newText"] == FLOW
    client.change(desk, FLOW)
    assert [d for d in client.diagnostics(desk) if d["severity"] == 1] == []


def test_columns_count_utf16_units(client: Client, desk: Path) -> None:
    wrong = FLOW.replace('- say: "📞 Hello 👋"', '- {say: "📞 Hello 👋", langage: en}')
    client.open(desk, wrong)
    found = [d for d in client.diagnostics(desk) if d["severity"] == 1]
    assert found[0]["range"]["start"]["character"] == place(wrong, "langage")[1]
    assert place(wrong, "langage")[1] == wrong.splitlines()[5].index("langage") + 2


def test_an_unsaved_component_counts(client: Client, project: Path, desk: Path) -> None:
    client.open(desk, FLOW)
    client.diagnostics(desk)
    path = project / "flows" / "_components" / "message.yaml"
    client.open(path, COMPONENT.replace("after", "behind"))
    assert any(
        "behind" in d["message"] or "after" in d["message"] for d in client.diagnostics(desk)
    )


def test_going_to_states_components_and_params(client: Client, project: Path, desk: Path) -> None:
    client.open(desk, FLOW)

    def goes_to(word: str, nth: int = 0) -> tuple[str, int]:
        answer = client.at("definition", desk, *place(FLOW, word, nth))
        return Path(answer["uri"]).name, answer["range"]["start"]["line"]

    assert goes_to("voicemail") == ("desk.yaml", place(FLOW, "voicemail:")[0])
    assert goes_to("bye}") == ("desk.yaml", place(FLOW, "bye:")[0])
    assert goes_to("message") == ("message.yaml", 0)
    assert goes_to("after") == ("message.yaml", 1)
    assert goes_to("number}") == ("desk.yaml", 2)
    night = project / "flows" / "night.yaml"
    client.open(night, OTHER)
    answer = client.at("definition", night, *place(OTHER, "desk/voicemail"))
    assert answer["uri"] == desk.as_uri()
    assert answer["range"]["start"]["line"] == place(FLOW, "voicemail:")[0]


def test_a_state_is_renamed_wherever_it_is_named(client: Client, project: Path, desk: Path) -> None:
    client.open(desk, FLOW)
    ready = client.at("prepareRename", desk, *place(FLOW, "voicemail"))
    assert ready["placeholder"] == "voicemail"
    edit = client.at("rename", desk, *place(FLOW, "voicemail"), newName="mailbox")
    night = project / "flows" / "night.yaml"
    assert apply(FLOW, edit["changes"][desk.as_uri()]) == FLOW.replace("voicemail", "mailbox")
    assert apply(OTHER, edit["changes"][night.as_uri()]) == OTHER.replace("voicemail", "mailbox")
    edit = client.at("rename", desk, *place(FLOW, "bye:"), newName="end")
    assert apply(FLOW, edit["changes"][desk.as_uri()]) == (
        FLOW.replace("goto: bye", "goto: end")
        .replace("after: bye", "after: end")
        .replace("  bye:", "  end:")
    )
    for name, reason in (("hangup", "hangup"), ("Good Bye", "a-z"), ("greeting", "already")):
        with pytest.raises(LookupError, match=reason):
            client.at("rename", desk, *place(FLOW, "bye:"), newName=name)


def test_a_name_that_an_expression_makes_is_not_renamed(client: Client, desk: Path) -> None:
    made = FLOW.replace("goto: bye", "goto: ${'b' ~ 'ye'}").replace("after: bye", "after: greeting")
    client.open(desk, made)
    with pytest.raises(LookupError, match="expression"):
        client.at("rename", desk, *place(made, "bye:"), newName="end")


def test_the_states_of_a_component_are_its_own(client: Client, project: Path, desk: Path) -> None:
    own = """\
params:
  after:
states:
  bye:
    - say: One moment.
      note: first
    - goto: last
  last:
    - goto: ${after}
"""
    path = project / "flows" / "_components" / "message.yaml"
    client.open(desk, FLOW)
    client.open(path, own)
    edit = client.at("rename", path, *place(own, "last"), newName="end")
    assert list(edit["changes"]) == [path.as_uri()]
    assert apply(own, edit["changes"][path.as_uri()]) == own.replace("last", "end")
    context = {"includeDeclaration": False}
    assert client.at("references", path, *place(own, "bye:"), context=context) == []
    assert len(client.at("references", desk, *place(FLOW, "bye:"), context=context)) == 2
    outline = client.request("textDocument/documentSymbol", textDocument={"uri": path.as_uri()})
    assert [symbol["name"] for symbol in outline] == ["bye", "last"]


def test_a_warning_is_silenced_by_a_comment_above_it(client: Client, desk: Path) -> None:
    text = FLOW.replace("  bye:\n", "  nobody:\n    - hangup\n  bye:\n")
    client.open(desk, text)
    found = next(d for d in client.diagnostics(desk) if "nobody" in d["message"])
    assert found["severity"] == 2
    actions = client.request(
        "textDocument/codeAction",
        textDocument={"uri": desk.as_uri()},
        range=found["range"],
        context={"diagnostics": [found]},
    )
    silence = next(a for a in actions if a["title"].startswith("ignore"))
    client.change(desk, apply(text, silence["edit"]["changes"][desk.as_uri()]))
    assert not [d for d in client.diagnostics(desk) if "nobody" in d["message"]]


def test_completion_of_keys_states_outcomes_and_params(client: Client, desk: Path) -> None:
    def proposed(old: str, new: str) -> list[str]:
        assert old in FLOW
        text = FLOW.replace(old, new.replace("|", ""))
        before = FLOW[: FLOW.index(old)] + new[: new.index("|")]
        client.change(desk, text)
        line = before.count("\n")
        character = len(before.rpartition("\n")[2].encode("utf-16-le")) // 2
        return labels(client.at("completion", desk, line, character))

    client.open(desk, FLOW)
    inside = proposed("timeout: 20}", "timeout: 20, |}")
    assert {"callerId", "record", "hangupOnStar"} <= set(inside)
    assert "timeout" not in inside
    assert {"greeting", "voicemail", "bye", "hangup", "next", "night/"} <= set(
        proposed("goto: bye", "goto: |")
    )
    assert "dial" in proposed("- goto: bye", "- |")
    assert {"busy", "no-answer"} <= set(proposed("fallback: voicemail", "when: {|}"))
    menu = "menu: {prompt: One?, choices: {1: hangup}}\n      when: {|}"
    assert set(proposed("hangup", menu)) == {"silence", "invalid"}
    assert set(proposed("fallback: voicemail", "wh|")) >= {"then", "when", "fallback"}
    assert "number" in proposed("${number}", "${nu|}")
    assert "From" in proposed("Goodbye.", "Goodbye ${call.|}")
    assert proposed("use: message", "use: |") == ["message"]
    assert proposed("{after: bye}", "{|}") == ["after"]
    assert {"true", "false"} <= set(proposed("timeout: 20", "hangupOnStar: |"))


def test_hover_tells_twilios_facts_and_where_a_step_leads(client: Client, desk: Path) -> None:
    client.open(desk, FLOW)

    def said(word: str, nth: int = 0) -> str:
        return client.at("hover", desk, *place(FLOW, word, nth))["contents"]["value"]

    dial = said("dial:")
    assert "https://www.twilio.com/docs/voice/twiml/dial" in dial
    assert "busy" in dial
    assert "→ **voicemail**" in dial
    assert "from 5 to 600 seconds" in said("timeout")
    assert "**bye**" in said("greeting")
    assert "+14155550100" in said("${number}")


def test_an_unreadable_text_and_a_wrong_place_do_no_harm(
    client: Client, project: Path, desk: Path
) -> None:
    client.open(desk, "states: {a: [\n\x07")
    assert client.diagnostics(desk)
    for method in ("hover", "definition", "completion", "prepareRename"):
        client.at(method, desk, 500, 500)
        client.at(method, project / "nowhere.yaml", 0, 0)
    client.change(desk, FLOW)
    assert [d for d in client.diagnostics(desk) if d["severity"] == 1] == []


def test_another_yaml_file_is_left_alone(client: Client, project: Path, desk: Path) -> None:
    other = project / "compose.yaml"
    client.open(other, "services: {web: {image: nginx}}\n")
    client.open(desk, FLOW)
    client.diagnostics(desk)
    assert not [m for m in client.kept if m.get("params", {}).get("uri") == other.as_uri()]


def test_five_hundred_lines_are_checked_after_every_change(client: Client, desk: Path) -> None:
    states = "".join(
        f"  state-{n}:\n    - say: This is state {n}.\n    - dial: {{number: +14155550100, timeout: 20}}\n"
        f"      fallback: state-{n + 1}\n    - goto: state-0\n"
        for n in range(100)
    )
    text = f"states:\n{states}  state-100:\n    - hangup\n"
    assert text.count("\n") > 500
    client.open(desk, text)
    client.diagnostics(desk)
    for name, wrong in (("stat-1", 1), ("state-1", 0), ("stat-2", 1)):
        client.change(desk, text.replace("fallback: state-1\n", f"fallback: {name}\n", 1))
        assert len([each for each in client.diagnostics(desk) if each["severity"] == 1]) == wrong


def test_editors_that_can_are_asked_to_tell_of_files(project: Path) -> None:
    with editor(project) as client:
        client.start(project, workspace={"didChangeWatchedFiles": {"dynamicRegistration": True}})
        client.request("workspace/symbol", query="desk")
        registered = [r["method"] for each in client.asked for r in each.get("registrations", ())]
    assert registered == ["workspace/didChangeWatchedFiles"]


def test_a_huge_file_is_refused_in_words(client: Client, desk: Path) -> None:
    client.open(desk, FLOW + "# " + "x" * (5 * 1024 * 1024) + "\n")
    assert "4,194,304" in client.errors(desk)[0]["message"]
    assert client.at("hover", desk, 4, 6) is not None
