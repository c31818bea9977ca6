"""What Twilio allows where, and what a value of the call may be used for."""

import pytest

from compiled import make, slugs


@pytest.mark.parametrize(
    ("attribute", "verb", "allowed"),
    [
        (
            "dial: {number: {phoneNumber: +14155550100, url: b}}",
            "play: https://x.example.com/a.mp3",
            True,
        ),
        ("dial: {number: {phoneNumber: +14155550100, url: b}}", "pause: ", None),
        ("dial: {number: {phoneNumber: +14155550100, url: b}}", "record: ", False),
        ("enqueue: {name: q, waitUrl: b}", "leave: ", True),
        ("enqueue: {name: q, waitUrl: b}", "record: ", False),
        ("dial: {conference: {name: c, waitUrl: b}}", "play: https://x.example.com/a.mp3", True),
        ("dial: {conference: {name: c, waitUrl: b}}", "gather: ", False),
    ],
)
def test_verbs_of_other_legs(attribute: str, verb: str, allowed: bool | None) -> None:
    from twimlc import vocabulary

    flow = f"states:\n  a: [{{{attribute}}}]\n  b: [{{say: Hi.}}, {{{verb}}}]\n"
    if allowed is None:  # the table decides
        context = vocabulary.CONTEXTS["Number.url"]
        allowed = "Pause" in context.verbs
    assert ("wrong-context" not in slugs(flow)) is allowed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("${call.From}", None),
        ("${call.CallSid}", None),
        ("${call.Digits}", None),
        ("${call.Form}", "did you mean 'From'?"),
        ("${call.Patient}", "call: [NAME]"),
    ],
)
def test_what_twilio_sends(text: str, found: str | None) -> None:
    made = make(f"- say: Hello {text}.\n")
    assert ("unknown-call-value" in made.slugs) is (found is not None)
    assert (found or "") in made.words


def test_the_authors_own_parameters_are_declared() -> None:
    assert "unknown-call-value" not in slugs(
        "call: [Patient]\nsteps: [say: 'Hello ${call.Patient}.']\n"
    )
    assert slugs("call: Patient\nsteps: [say: 'Hello ${call.Patient}.']\n") != []


@pytest.mark.parametrize(
    "step",
    [
        "dial: {number: '${call.Digits}'}",
        "dial: {client: '${call.Digits}'}",
        "refer: {sip: 'sip:${call.Digits}@x.example.com'}",
        "dial: {number: +14155550100, callerId: '${call.Digits}'}",
        "dial: {queue: '${call.From}'}",
        "dial: {application: {applicationSid: '${call.To}'}}",
        "hunt: {number: ['${call.From}']}",
    ],
)
def test_a_caller_does_not_choose_who_is_called(step: str) -> None:
    assert any(
        found in slugs(f"- {step}\n") for found in ("caller-chosen-number", "call-value-in-address")
    )


def test_a_conference_named_by_the_call_warns() -> None:
    found = make("- dial: {conference: 'room-${call.Digits}'}\n")
    assert any(f.severity == "warning" for f in found.result.findings), found.words
