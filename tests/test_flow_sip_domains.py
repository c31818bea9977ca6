"""SIP domains at Twilio, numbers in SIP addresses, and conversations that are one caller's."""

import pytest

from compiled import make


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("sip:ann@shop.sip.twilio.com", []),
        ("sip:ann@shop.sip.us1.twilio.com", []),
        ("sip:ann@shop.sip.ashburn.twilio.com", [("bad-sip-address", 32220)]),
        ("sip:ann@shop.sip.dublin-ix.twilio.com", [("bad-sip-address", 32220)]),
        ("sip:shop.sip.us1.twilio.com", [("bad-sip-address", 32223)]),
        ("sip:+14155550100@pbx.example.com", []),
        ("sip:1999@pbx.example.com", []),
        ("sip:+999123456789@pbx.example.com", [("unknown-country", 32101)]),
        ("sip:+1415555010012345@pbx.example.com", [("unknown-country", 32101)]),
        ("sip:+sales@pbx.example.com", []),
        ("sip:+19005550100@pbx.example.com", []),  # what it costs is the PBX's business
    ],
)
def test_sip_addresses(address: str, found: list[tuple[str, int]]) -> None:
    made = make(f"- dial: {{sip: '{address}'}}\n- say: Goodbye.\n- hangup\n")
    codes = [(f.rule.slug, *f.twilio) for f in made.result.findings]
    assert codes == found


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ("speechModel: deepgram_nova-3, language: multi", []),
        ("speechModel: deepgram_nova-3-general, language: multi", []),
        ("speechModel: googlev2_long, language: multi", ["needs-other-part"]),
        ("language: multi", ["needs-other-part"]),
        ("speechModel: googlev2_long, language: de-DE", []),
    ],
)
def test_only_one_model_finds_out_the_language(attributes: str, found: list[str]) -> None:
    flow = f"- gather: {{prompt: Please speak., input: speech, {attributes}}}\n  then: hangup\n- hangup\n"
    assert [s for s in make(flow).slugs if s != "pointless-gather"] == found


def test_a_conversation_that_is_taken_up_again_is_one_callers() -> None:
    step = "- connect: {virtualAgent: {connectorName: Agent, configs: {%s}}}\n  then: hangup\n"
    assert make(step % "resumeEndUserId: ann", target="nginx").slugs == ["fixed-sid"]
    assert make(step % 'resumeEndUserId: "${call.From}"', target="twiml-bin").slugs == []
    assert make(step % "language: en-US", target="nginx").slugs == []
