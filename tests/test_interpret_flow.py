"""A flow is played as the author wrote it, also where no host of plain files could serve it."""

import pytest

from compiled import variant_of
from proofs import Call
from twimlc.interpret.flow import FlowMachine
from twimlc.interpret.machine import Choice

SILENCE = Choice("silence")


def play(tmp_path, text, *choices):
    """What is observed of a call, as short texts."""
    (tmp_path / "main.yaml").write_text(text)
    graph = variant_of(tmp_path, "static").graph
    call = Call(FlowMachine(graph, graph.starts["main"]))
    for choice in choices:
        taken = Choice(*choice) if isinstance(choice, tuple) else Choice(choice)
        assert taken in call.choices() or taken.outcome == "keys", (taken, call.choices())
        call.take(taken)
    assert call.over or choices == ()
    return [
        f"{event.kind} {event.value}"
        if isinstance(event.value, str) and event.value
        else event.kind
        for event in call.trace
    ]


MENU = """\
states:
  start:
    - menu:
        prompt: One or twelve?
        choices: {1: one, 2: next, "*": hangup}
        invalid: Wrong.
        silence: Nothing heard.
      fallback: gone
    - say: Behind.
  one:
    - say: One.
  gone:
    - say: Gone.
"""
ASK = "say One or twelve?"


@pytest.mark.parametrize(
    ("choices", "heard"),
    [
        ([("keys", "1")], [ASK, "say One.", "hangup"]),
        ([("keys", "2")], [ASK, "say Behind.", "hangup"]),
        ([("keys", "*")], [ASK, "hangup"]),
        ([("keys", "9"), ("keys", "1")], [ASK, "say Wrong.", ASK, "say One.", "hangup"]),
        ([("silence",), ("keys", "1")], [ASK, "say Nothing heard.", ASK, "say One.", "hangup"]),
        ([("keys", "#"), ("keys", "1")], [ASK, "say Nothing heard.", ASK, "say One.", "hangup"]),
        (
            [("keys", "8"), ("silence",), ("keys", "7")],
            [ASK, "say Wrong.", ASK, "say Nothing heard.", ASK, "say Gone.", "hangup"],
        ),
        ([("hangup",)], [ASK, "caller-hangup"]),
    ],
)
def test_menus_count_attempts_and_treat_hash_as_silence(tmp_path, choices, heard):
    assert play(tmp_path, MENU, *choices) == heard


DIAL = """\
states:
  start:
    - dial: {number: "+14155550100"}
      then: done
      when: {busy: engaged}
      fallback: voicemail
  engaged:
    - say: Engaged.
  voicemail:
    - say: Leave a message.
  done:
    - hangup
"""


@pytest.mark.parametrize(
    ("outcome", "heard"),
    [("completed", []), ("busy", ["say Engaged."]), ("no-answer", ["say Leave a message."])],
)
def test_outcomes_lead_where_the_author_said(tmp_path, outcome, heard):
    assert play(tmp_path, DIAL, outcome) == ["dial", *heard, "hangup"]


HUNT = """\
steps:
  - hunt: {number: ["+14155550100", "+14155550101"], timeout: 15}
    then: hangup
  - say: Nobody is here.
"""


def test_a_hunt_rings_one_after_another(tmp_path):
    assert play(tmp_path, HUNT, "busy", "no-answer") == [
        "dial",
        "dial",
        "say Nobody is here.",
        "hangup",
    ]
    assert play(tmp_path, HUNT, "busy", "completed") == ["dial", "dial", "hangup"]


def test_a_loop_without_a_question_is_cut(tmp_path):
    music = "states:\n  start:\n    - play: https://a.example/music.mp3\n    - goto: start\n"
    assert play(tmp_path, music)[-1] == "failure the call goes on forever"


def test_an_address_of_the_authors_ends_our_part(tmp_path):
    text = "steps:\n  - say: Bye.\n  - redirect: https://a.example/next\n"
    assert play(tmp_path, text) == ["say Bye.", "goto-external https://a.example/next"]
