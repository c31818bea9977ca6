"""What follows a room plays when it is not open, and when the meeting ends."""

import pytest

from compiled import make
from twimlc.findings.diagnostic import Severity

ROOM = "room-ends-into-fallback"


def told(words: str, where: str = "fallback", step: str = "say") -> tuple[Severity, ...]:
    """How severe the findings about a room are that is followed by these words."""
    said = f"{step}: {words!r}" if step == "say" else f"gather: {{prompt: {words!r}, numDigits: 1}}"
    flow = f"- connect: {{room: X}}\n  fallback: [{{{said}}}]\n- hangup\n"
    if where != "fallback":
        flow = f"- connect: {{room: X}}\n- pause: {{length: 1}}\n- {said}\n- hangup\n"
    made = make(flow)
    return tuple(f.severity for f in made.result.findings if f.rule.slug == ROOM)


@pytest.mark.parametrize("where", ["fallback", "next"])
@pytest.mark.parametrize(
    "words",
    [
        "The room is not open yet.",
        "Sorry. The meeting hasn't started. Goodbye.",
        "The host has not arrived.",
        "No meeting is open yet.",
        "Nobody is here.",
        "No one came.",
        "The room opens soon.",
        "Der Raum ist noch nicht offen.",
        "Es ist niemand da.",
        "La salle n'est pas encore ouverte.",
        "La sala no está abierta todavía.",
        "La sala aún no está abierta.",
        "La sala non è ancora aperta.",
        "A sala ainda não está aberta.",
        "De kamer is nog niet open.",
        "Rummet är inte öppet ännu.",
        "Rummet er ikke åbent endnu.",
        "Rommet er ikke åpent ennå.",
        "Pokój jeszcze nie jest otwarty.",
    ],
)
def test_words_that_are_wrong_after_a_meeting_warn(words: str, where: str) -> None:
    assert told(words, where) == (Severity.WARNING,)


@pytest.mark.parametrize("where", ["fallback", "next"])
@pytest.mark.parametrize(
    "words",
    [
        "The room is closed now.",
        "The room is not open.",
        "The meeting is over, or not open yet.",
        "If nobody is here yet, please call again.",
        "There is no meeting now, yet you can leave a message.",
        "Der Raum ist jetzt geschlossen.",
        "La salle est fermée.",
        "Thank you. We will call you soon.",
    ],
)
def test_words_that_are_true_both_times_are_worth_a_note(words: str, where: str) -> None:
    assert told(words, where) == (Severity.NOTE,)


def test_the_words_of_a_question_count_too() -> None:
    assert told("The room is not open yet.", step="gather") == (Severity.WARNING,)


def test_the_warning_shows_the_words_and_what_to_write() -> None:
    made = make("- connect: {room: X}\n- say: Hello. The room is not open yet.\n- hangup\n")
    (found,) = [f for f in made.result.findings if f.rule.slug == ROOM]
    assert found.message == "callers who leave the meeting hear: The room is not open yet."
    assert "then: hangup" in str(found.hint)
    assert [label.span.begin.line for label in found.labels] == [3]


@pytest.mark.parametrize(
    "flow",
    [
        "- connect: {room: X}\n  then: hangup\n- say: The room is not open yet.\n",
        "- connect: {room: X}\n  then: next\n  fallback: [say: Not open yet.]\n- say: Bye.\n",
        "- connect: {room: X}\n- hangup\n",
        "- connect: {room: X}\n  when: {ended: hangup, not-open: [say: Not open yet.]}\n",
        "- connect: {room: X, action: 'https://x.example.com/a'}\n- say: Not open yet.\n",
        "states:\n  a: [{connect: {room: X, action: b}}, {say: Not open yet.}]\n  b: [hangup]\n",
    ],
)
def test_a_room_whose_end_leads_elsewhere_is_right(flow: str) -> None:
    assert all(f.rule.slug != ROOM for f in make(flow).result.findings)


def test_words_in_a_component_count_where_it_is_used() -> None:
    flow = """
components:
  closed: {steps: [{say: Nobody is here yet.}]}
states:
  a: [{connect: {room: X}}, {use: closed}, hangup]
"""
    assert ROOM in make(flow).slugs


ATTEMPT = """
components:
  attempt:
    steps:
      - connect: {room: X}
        then: [{return: left}]
      - say: The room is not open yet.
steps:
  - use: attempt
    WAYS
  - use: attempt
    WAYS
  - hangup
"""


@pytest.mark.parametrize(("ways", "warnings"), [("when: {left: hangup}", 0), ("note: none", 1)])
def test_a_meeting_that_ends_before_the_next_try(ways: str, warnings: int) -> None:
    """A way out of a component that nobody names leads to the next try, and to its words."""
    made = make(ATTEMPT.replace("WAYS", ways))
    assert made.slugs == [ROOM] * warnings, made.words
