"""How each verb goes on where nothing can be decided, down to the exact documents."""

import pytest

from call_graphs import Calls, documents_of, element, findings_of, plan_of, span, state_link
from twimlc.flow.graph import Context
from twimlc.flow.model import Element

DIAL = ("completed", "answered", "busy", "no-answer", "failed", "canceled", "declined")


def all_to(names: tuple[str, ...], label: str) -> dict[str, str]:
    return dict.fromkeys(names, label)


def test_room_without_then_goes_on_inline() -> None:
    """The seed of the language: a room, and what runs if it is not open."""
    calls = Calls()
    calls.say("hi", "Welcome.", at="acme/main", to="room")
    calls.verb(
        "room", element("Connect", element("Room", "DailyStandup")), at="acme/main",
        exits={"ended": "closed", "not-open": "closed"},
    )  # fmt: skip
    calls.say("closed", "The room is not open.", at="acme/main", to="end")
    assert documents_of(calls.graph("hi")) == {
        "acme/index.xml": (
            "<Say>Welcome.</Say>\n"
            "<Connect>\n  <Room>DailyStandup</Room>\n</Connect>\n"
            "<Say>The room is not open.</Say>"
        )
    }


def test_room_with_then_gets_an_action_and_the_fallback_inline() -> None:
    calls = Calls()
    calls.verb(
        "room", element("Connect", element("Room", "DailyStandup")), at="acme/main",
        exits={"ended": "bye", "not-open": "closed"}, wants_action=True,
    )  # fmt: skip
    calls.say("closed", "Not open.", at="acme/main", to="end")
    calls.say("bye", "Bye.", at="acme/bye", to="end")
    assert documents_of(calls.graph("room", {"acme/bye": "bye"})) == {
        "acme/index.xml": (
            '<Connect action="v/bye.xml" method="GET">\n  <Room>DailyStandup</Room>\n</Connect>\n'
            "<Say>Not open.</Say>"
        ),
        "acme/v/bye.xml": "<Say>Bye.</Say>",
    }


def room_with_action(ended: str, not_open: str) -> dict[str, str]:
    """The documents of a room whose end is asked about, and of ``Bye.`` after it."""
    calls = Calls()
    calls.verb(
        "room", element("Connect", element("Room", "r")), at="acme/main",
        exits={"ended": ended, "not-open": not_open}, wants_action=True,
    )  # fmt: skip
    calls.say("bye", "Bye.", at="acme/main", to="end")
    return documents_of(calls.graph("room"))


def test_room_with_then_next_still_gets_an_action() -> None:
    found = room_with_action("bye", "bye")
    assert 'action="v/main.1.xml"' in found["acme/index.xml"]
    assert found["acme/index.xml"].endswith("<Say>Bye.</Say>")
    assert found["acme/v/main.1.xml"] == "<Say>Bye.</Say>"


def test_room_then_hangup_leads_to_a_document_that_hangs_up() -> None:
    found = room_with_action("end", "bye")
    assert found["acme/v/hangup.xml"] == "<Hangup/>"
    assert 'action="v/hangup.xml" method="GET"' in found["acme/index.xml"]


def test_gather_with_any_key_has_an_action_and_silence_goes_on() -> None:
    calls = Calls()
    calls.verb(
        "ask", element("Gather", element("Say", "Press any key."), numDigits="1"), at="acme/main",
        exits={"input": "sales", "no-input": "bye"},
    )  # fmt: skip
    calls.say("bye", "Bye.", at="acme/main", to="end")
    calls.say("sales", "Sales.", at="acme/sales", to="end")
    assert documents_of(calls.graph("ask", {"acme/sales": "sales"}))["acme/index.xml"] == (
        '<Gather action="v/sales.xml" method="GET" numDigits="1">\n  <Say>Press any key.</Say>\n'
        "</Gather>\n<Say>Bye.</Say>"
    )


def test_pointless_gather_still_gets_an_action() -> None:
    calls = Calls()
    calls.verb("ask", element("Gather"), at="acme/main", exits={"input": "bye", "no-input": "bye"})
    calls.say("bye", "Bye.", at="acme/main", to="end")
    found = documents_of(calls.graph("ask"))
    assert found["acme/index.xml"] == (
        '<Gather action="v/main.1.xml" method="GET"/>\n<Say>Bye.</Say>'
    )


def test_record_is_right_under_both_readings_of_silence() -> None:
    calls = Calls()
    calls.verb("rec", element("Record", maxLength="120"), at="acme/main", exits={"recorded": "bye"})
    calls.say("bye", "Thank you.", at="acme/main", to="end")
    assert documents_of(calls.graph("rec")) == {
        "acme/index.xml": (
            '<Record action="v/main.1.xml" method="GET" maxLength="120"/>\n<Say>Thank you.</Say>'
        ),
        "acme/v/main.1.xml": "<Say>Thank you.</Say>",
    }


def test_virtual_agent_always_gets_an_action_and_nothing_behind_it() -> None:
    calls = Calls()
    calls.verb(
        "agent", element("Connect", element("VirtualAgent", connectorName="x")), at="acme/main",
        exits=all_to(("completed", "live-agent-handoff", "failed"), "bye"),
    )  # fmt: skip
    calls.say("bye", "Bye.", at="acme/main", to="end")
    found = documents_of(calls.graph("agent"))
    assert found["acme/index.xml"].endswith("</Connect>")
    assert found["acme/v/main.1.xml"] == "<Say>Bye.</Say>"


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (element("Dial", element("Number", "+14155550100")), DIAL),
        (element("Enqueue", "support"), ("bridged", "leave", "queue-full", "error")),
        (element("Refer", element("ReferSip", "sip:a@b.com")), ("accepted", "busy", "failed")),
        (element("Connect", element("Stream", url="wss://a.example.com")), ("over",)),
        (element("Connect", element("ConversationRelay", url="wss://a.example.com")), ("ended", "handoff", "failed")),
    ],
)  # fmt: skip
def test_equal_exits_need_no_action(made: object, names: tuple[str, ...]) -> None:
    calls = Calls()
    calls.verb("it", made, at="acme/main", exits=all_to(names, "bye"))  # type: ignore[arg-type]
    calls.say("bye", "Bye.", at="acme/main", to="end")
    found = documents_of(calls.graph("it"))
    assert list(found) == ["acme/index.xml"]
    assert "action" not in found["acme/index.xml"]
    assert found["acme/index.xml"].endswith("<Say>Bye.</Say>")


def test_ends_without_a_verb_are_all_the_same_end() -> None:
    calls = Calls()
    calls.verb("other-end", None, at="acme/main")
    calls.verb(
        "dial", element("Dial", "+14155550100"), at="acme/main",
        exits={**all_to(DIAL, "end"), "busy": "other-end"},
    )  # fmt: skip
    assert documents_of(calls.graph("dial")) == {"acme/index.xml": "<Dial>+14155550100</Dial>"}


def test_declined_counts_only_where_the_party_hears_a_document() -> None:
    calls = Calls()
    calls.verb(
        "dial", element("Dial", element("Number", "+14155550100")), at="acme/main",
        exits={**all_to(DIAL, "bye"), "declined": "other"},
    )  # fmt: skip
    calls.say("bye", "Bye.", at="acme/main", to="end")
    calls.say("other", "Other.", at="acme/main", to="end")
    assert list(documents_of(calls.graph("dial"))) == ["acme/index.xml"]


def test_allowed_approximation_goes_on_with_the_fallback_and_is_listed() -> None:
    calls = Calls()
    calls.verb(
        "dial", element("Dial", "+14155550100"), at="acme/main", fallback="mail",
        exits={**all_to(DIAL, "mail"), "completed": "bye", "answered": "bye"},
        allow=("fallback-after-answer",),
    )  # fmt: skip
    calls.say("bye", "Bye.", at="acme/bye", to="end")
    calls.say("mail", "Leave a message.", at="acme/mail", to="end")
    graph = calls.graph("dial", {"acme/bye": "bye", "acme/mail": "mail"})
    assert documents_of(graph) == {
        "acme/index.xml": "<Dial>+14155550100</Dial>\n<Say>Leave a message.</Say>"
    }
    (found,) = plan_of(graph).approximations
    assert (found.name, found.flow, found.span) == ("fallback-after-answer", "acme", span(2))
    assert "'mail'" in found.meaning


def test_an_action_of_the_authors_is_left_alone() -> None:
    calls = Calls()
    calls.verb("pay", element("Pay", action="https://pay.example.com/done"), at="acme/main")
    assert documents_of(calls.graph("pay")) == {
        "acme/index.xml": (
            '<Pay action="https://pay.example.com/done"/>\n'
            '<Redirect method="POST">https://pay.example.com/done</Redirect>'
        )
    }
    calls = Calls()
    calls.verb(
        "ask", element("Gather", action="https://x.example.com/in", method="POST"), at="acme/main",
        exits={"no-input": "bye"},
    )  # fmt: skip
    calls.say("bye", "Bye.", at="acme/main", to="end")
    assert documents_of(calls.graph("ask"))["acme/index.xml"] == (
        '<Gather action="https://x.example.com/in" method="POST"/>\n<Say>Bye.</Say>'
    )


def test_a_called_party_is_joined_at_the_end() -> None:
    calls = Calls()
    number = element("Number", "+14155550100", url=state_link("screen"))
    calls.verb("dial", element("Dial", number), at="acme/main", exits=all_to(DIAL, "end"))
    calls.verb(
        "ask", element("Gather", numDigits="1"), at="acme/screen",
        exits={"input": "end", "no-input": "no"},
    )  # fmt: skip
    calls.verb("no", element("Hangup"), at="acme/screen")
    graph = calls.graph("dial", {"acme/screen": "ask"}, {"ask": (Context.LEG, "Number.url")})
    assert documents_of(graph) == {
        "acme/index.xml": (
            '<Dial>\n  <Number url="v/screen.xml" method="GET">+14155550100</Number>\n</Dial>'
        ),
        "acme/v/screen.xml": '<Gather action="next.xml" method="GET" numDigits="1"/>\n<Hangup/>',
        "acme/v/next.xml": "<Response/>",
    }


def test_conference_wait_starts_again_and_queue_wait_is_left_to_twilio() -> None:
    calls = Calls()
    conference = element("Conference", "room", waitUrl=state_link("hold"))
    calls.verb("talk", element("Dial", conference), at="acme/main", exits=all_to(DIAL, "queue"))
    calls.verb(
        "queue", element("Enqueue", "q", waitUrl=state_link("line")), at="acme/main",
        exits={"bridged": "end"},
    )  # fmt: skip
    calls.say("hold", "Please hold.", at="acme/hold", to="end")
    calls.say("line", "You are in line.", at="acme/line", to="end")
    graph = calls.graph(
        "talk",
        {"acme/hold": "hold", "acme/line": "line"},
        {
            "hold": (Context.CONFERENCE_WAIT, "Conference.waitUrl"),
            "line": (Context.QUEUE_WAIT, "Enqueue.waitUrl"),
        },
    )
    found = documents_of(graph)
    assert '<Conference waitUrl="v/hold.xml" waitMethod="GET">' in found["acme/index.xml"]
    assert '<Enqueue waitUrl="v/line.xml" waitUrlMethod="GET">' in found["acme/index.xml"]
    assert found["acme/v/hold.xml"] == (
        '<Say>Please hold.</Say>\n<Redirect method="GET">hold.xml</Redirect>'
    )
    assert found["acme/v/line.xml"] == "<Say>You are in line.</Say>"


def test_a_key_in_a_queue_can_start_the_wait_again() -> None:
    calls = Calls()
    calls.verb(
        "queue", element("Enqueue", "q", waitUrl=state_link("line")), at="acme/main",
        exits={"bridged": "end"},
    )  # fmt: skip
    calls.verb("ask", element("Gather"), at="acme/line", exits={"input": "end", "no-input": "end"})
    graph = calls.graph(
        "queue", {"acme/line": "ask"}, {"ask": (Context.QUEUE_WAIT, "Enqueue.waitUrl")}
    )
    assert documents_of(graph)["acme/v/line.xml"] == '<Gather action="line.xml" method="GET"/>'


def test_an_empty_flow_hangs_up() -> None:
    assert documents_of(Calls().graph("end")) == {"acme/index.xml": "<Hangup/>"}


def test_ways_that_read_the_same_are_no_decision() -> None:
    """``then: hangup``, the end of the list, and twice the same list."""
    calls = Calls()
    for name in ("a", "b"):
        calls.say(f"{name}1", "Goodbye.", at="acme/main", to=f"{name}2")
        calls.verb(f"{name}2", element("Hangup") if name == "a" else None, at="acme/main")
    calls.verb(
        "dial", element("Dial", "+14155550100"), at="acme/main",
        exits={"completed": "a1", "busy": "b1", "no-answer": "a1"},
    )  # fmt: skip
    assert documents_of(calls.graph("dial")) == {
        "acme/index.xml": "<Dial>+14155550100</Dial>\n<Say>Goodbye.</Say>\n<Hangup/>"
    }


@pytest.mark.parametrize(
    "other",
    [
        element("Say", "Good night."),
        element("Say", "Goodbye.", voice="man"),
        element("Say", "Goodbye.", element("break")),
        element("Gather"),
        None,
    ],
)
def test_ways_that_differ_are_a_decision(other: Element | None) -> None:
    calls = Calls()
    calls.say("a", "Goodbye.", at="acme/main", to="again")
    calls.verb("b", other, at="acme/main", exits={"done": "again"} if other else {})
    calls.verb(
        "again", element("Enqueue", "q"), at="acme/main", exits={"bridged": "a", "error": "b"}
    )
    assert findings_of(calls.graph("again"))[0].startswith("decision-needs-host")


def test_loops_that_read_the_same_are_no_decision() -> None:
    calls = Calls()
    for name, after in (("a", "b"), ("b", "a")):
        calls.verb(
            name,
            element("Enqueue", "q"),
            at=f"acme/{name}",
            exits={"bridged": after, "error": name},
        )
    assert len(documents_of(calls.graph("a", {"acme/a": "a", "acme/b": "b"}))) >= 1


def test_an_empty_document_of_a_called_party() -> None:
    calls = Calls()
    number = element("Number", "+14155550100", url=state_link("nothing"))
    calls.verb("dial", element("Dial", number), at="acme/main", exits={"completed": "end"})
    calls.verb("nothing", None, at="acme/nothing")
    graph = calls.graph(
        "dial", {"acme/nothing": "nothing"}, {"nothing": (Context.LEG, "Number.url")}
    )
    assert documents_of(graph)["acme/v/next.xml"] == "<Response/>"
