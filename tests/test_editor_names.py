"""Names in an editor, spoken to over stdio: going to them, finding their uses, calling them otherwise."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from editor_client import Client, apply, compiler_editor, labels, place
from folders import write_files

pytest.importorskip("pygls", reason="NOT TESTED: the language server; pip install pygls")

pytestmark = pytest.mark.slow

PROJECT = """\
targets:
  site: {host: nginx, url: https://voice.example.com/ivr, params: {desk: "+14155550100"}}
"""
MAIN = """\
flow: desk
params:
  desk: "+14155550199"
  greeting: Welcome
  people: ["+14155550101", "+14155550102"]
invariants:
  - reaches bye
  - "'Welcome' before bye"
  - main before bye
components:
  sorry:
    params: {words: Sorry}
    steps:
      - say: ${words}. ${words}.
start: main
states:
  main:
    - menu:
        prompt: ${greeting}, press 1 or 2. ${ greeting | lower }
        choices:
          "1": desk
          "2": [{use: message, with: {text: "${greeting}", after: bye}}]
      fallback: bye
  desk:
    - dial: {number: "${desk}", timeout: 20}
      when: {busy: bye, no-answer: night/}
      fallback: bye
    - use: sorry
      with: {words: Oh}
    - goto: bye
  bye:
    - say: Goodbye.
    - hangup
"""
NIGHT = """\
flow: night
x-closed: &closed We are closed. 👋
steps:
  - say: *closed
  - use: message
    with: {text: Ring later., after: hangup}
"""
OTHER = """\
flow: other
steps:
  - say: One moment.
  - goto: desk/bye
"""
MESSAGE = """\
params:
  text:
  after: hangup
steps:
  - say: ${text}
  - goto: ${after}
"""
SCRIPT = """\
flow: desk
calls:
  - name: nobody presses a key
    expect: {reaches: [main, bye], avoids: desk/desk}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {
        "twimlc.yaml": PROJECT,
        "flows/desk.yaml": MAIN,
        "flows/night.yaml": NIGHT,
        "flows/other.yaml": OTHER,
        "flows/desk.test.yaml": SCRIPT,
        "flows/_components/message.yaml": MESSAGE,
    }
    return write_files(tmp_path_factory.mktemp("project"), files)


@pytest.fixture(scope="module")
def client(project: Path) -> Iterator[Client]:
    """One server for all: what a test writes it removes."""
    with compiler_editor(project) as client:
        yield client


@pytest.fixture
def desk(project: Path, client: Client) -> Iterator[Path]:
    path = project / "flows" / "desk.yaml"
    client.open(path, MAIN)
    assert client.errors(path) == []
    yield path
    client.close(path)
    client.request("workspace/symbol", query="nothing")
    client.kept.clear()


def changed(edit: dict[str, Any], texts: dict[Path, str]) -> dict[str, str]:
    """The files that an edit changes, and what they say then."""
    return {
        path.name: apply(text, edit["changes"][path.as_uri()])
        for path, text in texts.items()
        if path.as_uri() in edit["changes"]
    }


@pytest.mark.parametrize(
    ("word", "nth", "at"),
    [
        ("main\nstates", 0, "main:"),
        ("desk\n          ", 0, "desk:\n    - dial"),
        ("bye}}]", 0, "bye:"),
        ("bye\n  desk:", 0, "bye:"),
        ("bye, no-answer", 0, "bye:"),
        ("bye\n  - \"'Welcome'", 0, "bye:"),
        ("main before", 0, "main:"),
        ("greeting}, press", 0, "greeting: Welcome"),
        ("greeting | lower", 0, "greeting: Welcome"),
        ("words}. ${", 0, "words: Sorry"),
        ("words: Oh", 0, "words: Sorry"),
        ("sorry\n      with", 0, "sorry:"),
    ],
)
def test_going_to_what_is_named(client: Client, desk: Path, word: str, nth: int, at: str) -> None:
    answer = client.at("definition", desk, *place(MAIN, word, nth))
    start = answer["range"]["start"]
    assert (answer["uri"], start["line"], start["character"]) == (desk.as_uri(), *place(MAIN, at))


def test_going_to_other_files_and_to_anchors(client: Client, project: Path, desk: Path) -> None:
    flows = project / "flows"
    assert (
        client.at("definition", desk, *place(MAIN, "night/"))["uri"]
        == (flows / "night.yaml").as_uri()
    )
    text = client.at("definition", desk, *place(MAIN, 'text: "${'))
    assert text["uri"] == (flows / "_components" / "message.yaml").as_uri()
    assert text["range"]["start"]["line"] == 1
    client.open(flows / "night.yaml", NIGHT)
    anchor = client.at("definition", flows / "night.yaml", *place(NIGHT, "*closed"))
    start = anchor["range"]["start"]
    assert (start["line"], start["character"]) == place(NIGHT, "&closed")
    client.open(flows / "desk.test.yaml", SCRIPT)
    flow = client.at("definition", flows / "desk.test.yaml", *place(SCRIPT, "desk\ncalls"))
    assert (flow["uri"], flow["range"]["start"]["line"]) == (desk.as_uri(), 0)
    state = client.at("definition", flows / "desk.test.yaml", *place(SCRIPT, "bye]"))
    assert (state["uri"], state["range"]["start"]["line"]) == (
        desk.as_uri(),
        place(MAIN, "bye:")[0],
    )


def test_a_state_is_renamed_in_promises_scripts_and_other_flows(
    client: Client, project: Path, desk: Path
) -> None:
    flows = project / "flows"
    texts = {desk: MAIN, flows / "other.yaml": OTHER, flows / "desk.test.yaml": SCRIPT}
    edit = client.at("rename", desk, *place(MAIN, "bye:"), newName="end")
    assert changed(edit, texts) == {
        "desk.yaml": MAIN.replace("bye", "end").replace("Goodend", "Goodbye"),
        "other.yaml": OTHER.replace("bye", "end"),
        "desk.test.yaml": SCRIPT.replace("bye", "end"),
    }
    client.open(flows / "desk.test.yaml", SCRIPT)
    again = client.at("rename", flows / "desk.test.yaml", *place(SCRIPT, "bye]"), newName="end")
    assert again == edit
    before = len(
        client.at("references", desk, *place(MAIN, "bye:"), context={"includeDeclaration": True})
    )
    assert before == sum(len(each) for each in edit["changes"].values())


SHOP = """\
flow: shop
invariants:
  - reaches checkout.card or checkout.2.card within 0 keys
  - checkout before checkout.card
components:
  payment:
    states:
      card:
        - use: retry
  retry:
    states:
      again:
        - say: Once more.
states:
  checkout:
    - use: payment
    - use: payment
"""
SHOP_SCRIPT = """\
calls:
  - name: twice
    expect: {reaches: [checkout.card.again, 'shop/checkout.2.card'], avoids: shop/checkout}
"""


def test_the_states_of_a_component_are_named_through_its_use(client: Client, project: Path) -> None:
    shop, script = project / "flows" / "shop.yaml", project / "flows" / "shop.test.yaml"
    shop.write_text(SHOP)
    script.write_text(SHOP_SCRIPT)
    client.open(shop, SHOP)
    client.open(script, SHOP_SCRIPT)
    assert client.errors(shop) == []
    assert client.errors(script) == []
    for path, text, word, at in (
        (shop, SHOP, "card or", "card:"),
        (shop, SHOP, "checkout.2", "checkout:"),
        (script, SHOP_SCRIPT, "again", "again:"),
        (script, SHOP_SCRIPT, "card'", "card:"),
        (script, SHOP_SCRIPT, "checkout.card", "checkout:"),
    ):
        start = client.at("definition", path, *place(text, word))["range"]["start"]
        assert (start["line"], start["character"]) == place(SHOP, at)
    texts = {shop: SHOP, script: SHOP_SCRIPT}
    for path, text, word in ((shop, SHOP, "card:"), (script, SHOP_SCRIPT, "card'")):
        edit = client.at("rename", path, *place(text, word), newName="digits")
        assert changed(edit, texts) == {
            "shop.yaml": SHOP.replace("card", "digits"),
            "shop.test.yaml": SHOP_SCRIPT.replace("card", "digits"),
        }
    edit = client.at("rename", script, *place(SHOP_SCRIPT, "checkout.2"), newName="till")
    assert changed(edit, texts) == {
        "shop.yaml": SHOP.replace("checkout", "till"),
        "shop.test.yaml": SHOP_SCRIPT.replace("checkout", "till"),
    }
    proposals = client.at("completion", script, *place(SHOP_SCRIPT, "checkout.card"))
    names = {"checkout", "checkout.card", "checkout.2.card", "checkout.2.card.again"}
    assert names <= set(labels(proposals))
    for path in (shop, script):
        client.close(path)
        path.unlink()


def test_a_param_is_renamed_in_expressions_and_where_it_is_given(
    client: Client, project: Path, desk: Path
) -> None:
    edit = client.at("rename", desk, *place(MAIN, "greeting | lower"), newName="hello")
    assert changed(edit, {desk: MAIN}) == {"desk.yaml": MAIN.replace("greeting", "hello")}
    flows = project / "flows"
    message = flows / "_components" / "message.yaml"
    client.open(message, MESSAGE)
    edit = client.at("rename", message, *place(MESSAGE, "text:"), newName="words")
    assert changed(edit, {message: MESSAGE, desk: MAIN, flows / "night.yaml": NIGHT}) == {
        "message.yaml": MESSAGE.replace("text", "words"),
        "desk.yaml": MAIN.replace("text:", "words:"),
        "night.yaml": NIGHT.replace("text:", "words:"),
    }
    assert client.at("rename", desk, *place(MAIN, 'text: "${'), newName="words") == edit


def test_a_component_is_renamed_inside_a_flow(client: Client, desk: Path) -> None:
    edit = client.at("rename", desk, *place(MAIN, "sorry\n      with"), newName="regret")
    assert changed(edit, {desk: MAIN}) == {"desk.yaml": MAIN.replace("sorry", "regret")}


def test_the_uses_of_a_component_follow_its_file(client: Client, project: Path, desk: Path) -> None:
    flows = project / "flows"
    old, new = flows / "_components" / "message.yaml", flows / "_components" / "mailbox.yaml"
    files = [{"oldUri": old.as_uri(), "newUri": new.as_uri()}]
    edit = client.request("workspace/willRenameFiles", files=files)
    assert changed(edit, {desk: MAIN, flows / "night.yaml": NIGHT}) == {
        "desk.yaml": MAIN.replace("use: message", "use: mailbox"),
        "night.yaml": NIGHT.replace("use: message", "use: mailbox"),
    }


@pytest.mark.parametrize(
    ("word", "new", "reason"),
    [
        ("flow: desk", "front", None),
        ("desk\nparams", "front", "a flow"),
        ("night/", "evening", "a flow"),
        ("message", "mailbox", "rename flows/_components/message.yaml"),
        ('desk: "+', "number", "target 'site'"),
        ("greeting: Welcome", "people", "already"),
        ("greeting: Welcome", "call", "is reserved"),
        ("greeting: Welcome", "good day", "letters"),
        ("sorry:", "message", "already"),
        ("bye:", "desk", "already"),
        ("Goodbye", "words", None),
    ],
)
def test_what_cannot_be_renamed_is_said_in_words(
    client: Client, desk: Path, word: str, new: str, reason: str | None
) -> None:
    with pytest.raises(LookupError, match=reason or "no name"):
        client.at("rename", desk, *place(MAIN, word), newName=new)


def test_a_param_that_an_each_hides_is_not_renamed(client: Client, desk: Path) -> None:
    text = MAIN.replace(
        "    - say: Goodbye.\n",
        "    - say: ${greeting}\n      each: ${people}\n      as: greeting\n",
    )
    assert text != MAIN
    client.change(desk, text)
    with pytest.raises(LookupError, match="'each'"):
        client.at("rename", desk, *place(text, "greeting: Welcome"), newName="hello")


def test_outlines_and_a_search_by_name(client: Client, project: Path, desk: Path) -> None:
    def outline(path: Path) -> list[str]:
        return [
            s["name"]
            for s in client.request(
                "textDocument/documentSymbol", textDocument={"uri": path.as_uri()}
            )
        ]

    assert outline(desk) == ["main", "desk", "bye"]
    client.open(project / "flows" / "desk.test.yaml", SCRIPT)
    assert outline(project / "flows" / "desk.test.yaml") == ["nobody presses a key"]
    client.open(project / "twimlc.yaml", PROJECT)
    assert outline(project / "twimlc.yaml") == ["site"]
    found = client.request("workspace/symbol", query="DES")
    assert [(s["name"], s.get("containerName")) for s in found] == [
        ("desk", None),
        ("desk", "desk"),
    ]
    assert "message" in [s["name"] for s in client.request("workspace/symbol", query="")]
