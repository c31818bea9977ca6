"""Values of the call in what others hear: which are the caller's, and whose the rest would be."""

import pytest

from compiled import make

DIALS = {
    "number": "dial: {number: {phoneNumber: +14155550100, url: leg}}",
    "client": "dial: {client: {identity: ann, url: leg}}",
    "sip": 'dial: {sip: {sipUrl: "sip:ann@example.com", url: leg}}',
    "hunt": "hunt: {people: [{number: {phoneNumber: +14155550100, url: leg}}]}",
    "queue": "dial: {queue: {name: help, url: leg}}",
    "refer": 'dial: {referUrl: leg, sip: "sip:ann@example.com"}',
    "wait": "enqueue: {name: help, waitUrl: leg}",
    "conference": "dial: {conference: {name: all, waitUrl: leg}}",
}
CALLED = ("number", "client", "sip", "hunt", "refer")
WAITS = ("wait", "conference")


def built(dial: str, name: str, leg: str = "- say: It is ${call.NAME} now."):
    step = DIALS.get(dial, dial)
    leg = leg.replace("NAME", name)
    return make(
        f"states:\n  main:\n    - {step}\n    - say: Bye.\n  leg:\n    {leg}\n", target="twiml-bin"
    )


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("From", (*CALLED, *WAITS)),
        ("Caller", (*CALLED, *WAITS)),
        ("FromCity", (*CALLED, *WAITS)),
        ("ParentCallSid", (*CALLED, *WAITS)),
        ("AccountSid", tuple(DIALS)),
        ("To", WAITS),
        ("Called", WAITS),
        ("ToZip", WAITS),
        ("CallSid", WAITS),
        ("CallStatus", WAITS),
        ("SipDomain", WAITS),
        ("QueuePosition", ("wait",)),
        ("AvgQueueTime", ("wait",)),
        ("CurrentQueueSize", ("wait",)),
        ("MaxQueueSize", ("wait",)),
        ("QueueTime", ("wait", "queue")),
        ("ReferTransferTarget", ("refer",)),
        ("Digits", ()),
        ("SpeechResult", ()),
        ("RecordingUrl", ()),
    ],
)
def test_what_is_known_where(name: str, places: tuple[str, ...]) -> None:
    for dial in DIALS:
        made = built(dial, name)
        if dial in places:
            assert made.slugs == [], (dial, made.words)
            assert not made.result.faults
            assert f"It is {{{{{name}}}}} now." in made.xml("f.xml")
        else:
            assert len(made.slugs) == 1, (dial, made.words)
            assert name in made.words


@pytest.mark.parametrize(
    ("dial", "name", "words"),
    [
        ("number", "To", "that of the person who is called"),
        ("client", "CallSid", "the caller's call is ParentCallSid"),
        ("queue", "From", "that of the person who waited in the queue"),
        ("queue", "QueuePosition", "known only in what enqueue.waitUrl leads to"),
        (
            "dial: {callerId: +14155550199, number: {phoneNumber: +14155550100, url: leg}}",
            "From",
            "the callerId here, which 'dial' shows",
        ),
        ("main", "RecordingUrl", "told to record.action alone"),
    ],
)
def test_whose_it_would_be_is_said(dial: str, name: str, words: str) -> None:
    made = make(f"- say: ${{call.{name}}}\n", target="twiml-bin")
    made = made if dial == "main" else built(dial, name)
    assert words in made.words


def test_a_caller_id_that_is_the_callers_own_changes_nothing() -> None:
    dial = "dial: {callerId: '${call.From}', number: {phoneNumber: +14155550100, url: leg}}"
    assert built(dial, "From").slugs == []


@pytest.mark.parametrize(
    "flow",
    [
        # an inline list
        "- dial: {number: {phoneNumber: +14155550100, url: [{say: 'To ${call.To}.'}]}}\n- hangup\n",
        # a state that the leg's state goes to
        """
states:
  main:
    - dial: {number: {phoneNumber: +14155550100, url: leg}}
    - hangup
  leg: [{say: Hello.}, {goto: more}]
  more: [{say: 'To ${call.To}.'}]
""",
        # one of two ways to a state
        """
states:
  main:
    - dial: {number: {phoneNumber: +14155550100, url: leg}}
      fallback:
        - dial: {callerId: +14155550199, number: {phoneNumber: +14155550101, url: leg}}
    - hangup
  leg: [{say: 'From ${call.From}.'}]
""",
        # a component
        """
components:
  words: {steps: [{say: 'To ${call.To}.'}]}
states:
  main:
    - dial: {number: {phoneNumber: +14155550100, url: leg}}
    - hangup
  leg: [{use: words}]
""",
    ],
)
def test_ways_to_what_others_hear(flow: str) -> None:
    assert make(flow, target="twiml-bin").slugs == ["value-of-other-call"]


def test_a_caller_says_it_to_themselves_wherever_a_component_is_used() -> None:
    flow = """
components:
  words: {steps: [{say: 'To ${call.To}.'}]}
steps: [{use: words}]
"""
    assert make(flow, target="twiml-bin").slugs == []


def test_keys_of_the_called_person_are_known_behind_their_gather() -> None:
    leg = "- gather: {prompt: Key, numDigits: 1}\n      then: [say: 'Key ${call.NAME}.']"
    made = built("number", "Digits", leg)
    assert made.slugs == [], made.words
    assert not made.result.faults
