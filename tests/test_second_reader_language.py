"""The second reader itself, on flows whose calls are written down by hand."""

from pathlib import Path
from textwrap import dedent

import pytest

from second.events import MADE_UP, Script, told
from second.expressions import shown
from second.reader import Reader
from second.scopes import Project
from second.values import expanded, worked_out
from second.visits import Visits


class Answers(Script):
    """What everybody does, in order; then nobody presses a key and nobody answers."""

    def __init__(self, *answers: str) -> None:
        super().__init__(0, made_up=False)
        self.answers = list(answers)

    def next(self, otherwise: str) -> str:
        return self.answers.pop(0) if self.answers else otherwise

    def keys(self, gather: object) -> str:
        return self.next("")

    def ending(self, parameter: str) -> str:
        return self.next("error")

    def ring(self, parties: int) -> tuple[str, int]:
        return self.next("no-answer"), 0

    def room(self) -> str:
        return self.next("not-open")

    def waits(self) -> int:
        return 2


def call(folder: Path, flow: str, *answers: str) -> list[str]:
    """What is said and what happens in a call."""
    (folder / "flows").mkdir(exist_ok=True)
    (folder / "flows" / "f.yaml").write_text(dedent(flow))
    (folder / "twimlc.yaml").write_text("flows: flows\n")
    events = Reader(Project(folder), Answers(*answers), Visits()).play("f")
    return [line.replace("<Say>", "").replace("</Say>", "") for line in told(events)]


MENU = """
steps:
  - menu: {prompt: Key?, choices: [{key: 1, then: {say: One.}}], attempts: 2, invalid: Wrong., silence: Silent.}
    when: {silence: [{say: Nothing.}], invalid: [{say: Bad.}]}
  - say: Behind.
"""


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (["1"], ["Key?", "One.", "Behind."]),
        (["", "1"], ["Key?", "Silent.Key?", "One.", "Behind."]),
        (["7", ""], ["Key?", "Wrong.Key?", "Nothing.", "Behind."]),
        (["", "7"], ["Key?", "Silent.Key?", "Bad.", "Behind."]),
    ],
)
def test_a_menu(tmp_path: Path, answers: list[str], said: list[str]) -> None:
    heard = call(tmp_path, MENU, *answers)
    words = [line.replace('<Gather numDigits="1">', "").replace("</Gather>", "") for line in heard]
    assert words == [*said, "hangup"]


COMPONENTS = """
defaults: {say: {voice: man}}
components:
  ask:
    params: {out: , word: {top: Hi}}
    defaults: {say: {voice: woman}, gather: {timeout: 9}}
    start: second
    states:
      first: [{say: First.}, {return: done}]
      second:
        - gather: {prompt: "${word.top}", numDigits: 1}
          when: {1: first, 2: "${out}", 3: [{say: Three.}, {redirect: ""}]}
          fallback: [{return: none}]
start: main
states:
  other: [{say: Other.}]
  main:
    - use: ask
      with: {out: other}
      when: {done: [{say: Done.}]}
      then: [{say: Then.}]
    - say: Behind.
"""
ASKED = '<Gather numDigits="1" timeout="9"><Say voice="woman">Hi</Gather>'


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (["1"], ["woman First.", "man Done.", "man Behind."]),
        (["2"], ["man Other."]),
        (["9"], ["man Then.", "man Behind."]),
        ([""], ["man Then.", "man Behind."]),
    ],
)
def test_a_component(tmp_path: Path, keys: list[str], said: list[str]) -> None:
    lines = [f'<Say voice="{line.split()[0]}">{line.split()[1]}' for line in said]
    assert call(tmp_path, COMPONENTS, *keys) == [ASKED, *lines, "hangup"]


def test_an_empty_redirect_repeats_the_state_that_it_stands_in(tmp_path: Path) -> None:
    heard = call(tmp_path, COMPONENTS, "3", "3")
    assert heard[:4] == [ASKED, '<Say voice="woman">Three.'] * 2


def test_an_address_leads_nowhere_behind_a_use(tmp_path: Path) -> None:
    flow = """
    components:
      ring:
        states:
          start: [{dial: {number: {phoneNumber: +14155550100, url: told}}}, {say: Over.}]
          told: [{say: A call.}, {goto: more}]
          more: [{say: For you.}]
    steps: [{use: ring}, {say: Behind.}]
    """
    dial = '<Dial><Number url="(ours)">+14155550100</Number></Dial>'
    legs = ["leg A call.", "leg For you.", "leg join"]
    assert call(tmp_path, flow, "completed") == [dial, *legs, "Over.", "Behind.", "hangup"]


@pytest.mark.parametrize(
    ("step", "answer", "said"),
    [
        ("{dial: +14155550100}", MADE_UP, "Fallback."),
        ("{enqueue: x}", MADE_UP, "Fallback."),
        ("{refer: {sip: 'sip:a@example.com'}}", "busy", "Fallback."),
        ("{refer: {sip: 'sip:a@example.com'}}", "in-progress", "Then."),
        ("{connect: {room: X}}", "ended", "Then."),
        ("{connect: {room: X}}", "not-open", "Fallback."),
    ],
)
def test_an_outcome_that_nobody_names(tmp_path: Path, step: str, answer: str, said: str) -> None:
    sides = "then: {say: Then.}, fallback: {say: Fallback.}"
    assert call(tmp_path, f"steps: [{step[:-1]}, {sides}}}]", answer)[1:] == [said, "hangup"]


@pytest.mark.parametrize(
    ("action", "answer", "said"),
    [("", "", "Next."), ("", "1", "There."), (", actionOnEmptyResult: true", "", "There.")],
)
def test_an_action_that_is_a_state(tmp_path: Path, action: str, answer: str, said: str) -> None:
    flow = f"""
    states:
      main: [{{gather: {{prompt: Key?, action: there{action}}}}}, {{say: Next.}}]
      there: [{{say: There.}}]
    """
    assert call(tmp_path, flow, answer)[1:] == [said, "hangup"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'a' ~ 1 == 'a1'", True),
        ("1 + 2 - 4", -1),
        ("price", "12.50"),
        ("words.deep[1] | upper", "B"),
        ("'no' if not open or 2 > 3 else 'yes'", "yes"),
        ("[3, 1, 3] | unique | sort | join('-')", "1-3"),
        ("'x' in ['x', \"}\"] and 'y' not in 'xz'", True),
    ],
)
def test_an_expression(text: str, value: object) -> None:
    made = expanded("${p}", {"p": worked_out(text, ENV)})
    assert (shown(made) if isinstance(value, str) else made) == value


ENV = expanded({"price": "12.50", "open": True, "words": {"deep": ["a", "b"]}}, {})


def test_a_list_with_values() -> None:
    items = [
        {"each": "${days}", "as": "day", "if": "${day != 'b'}", "say": "${day}$${x}"},
        "${days[0]}",
    ]
    assert [item if isinstance(item, str) else item["say"] for item in expanded(items, {"days": ["a", "b", "c"]})] == [
        "a${x}",
        "c${x}",
        "a",
    ]  # fmt: skip
