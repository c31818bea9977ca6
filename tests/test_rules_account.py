"""What an account would refuse, and what is left alone because nobody said anything of it."""

import pytest

from compiled import make
from twimlc.vocabulary.codes import COUNTRIES, countries_of
from twimlc.vocabulary.numbers import COUNTRY_CODES

WW = "WW" + "0" * 32
STREAM = "- connect: {stream: {url: wss://stream.example.com/call, connectorName: %s}}"
PAY = "connectors: {pay: {Default: {%s}, Bank: {paymentMethods: [ach-debit]}}}"


def found(account: str, step: str, target: str = "static", kind: str = "") -> list[str]:
    """What is found in a step, and the codes that it would have had at Twilio."""
    end = "" if kind else "  - say: Goodbye.\n  - hangup\n"
    flow = f"{kind}steps:\n  {step}\n{end}"
    project = f"account: {{{account}}}\n"
    made = make(files={"f.yaml": flow, "twimlc.yaml": project}, target=target)
    return made.slugs


@pytest.mark.parametrize(
    ("countries", "number", "right"),
    [
        ("[US]", "+14155550100", True),
        ("[CA]", "+14155550100", True),  # they share their code
        ("[GB]", "+14155550100", False),
        ("[US, CA]", "+12425550100", False),  # the Bahamas
        ("[BS]", "+12425550100", True),
        ("[JE]", "+442079460100", True),
        ("[US]", "+80055501000", True),  # a freephone number of all countries
        ("[US]", "911", True),
        ("[]", "+14155550100", False),
        ("", "+14155550100", True),
    ],
)
def test_countries(countries: str, number: str, right: bool) -> None:
    wanted = [] if right else ["country-not-enabled"]
    said = f"countries: {countries}"
    assert found(said, f'- dial: "{number}"') == wanted
    assert found(said, f'- dial: {{timeout: 9, number: [{{phoneNumber: "{number}"}}]}}') == wanted


def test_every_country_code_is_one_of_a_country_or_of_none_at_all() -> None:
    none = {"800", "808", "870", "878", "881", "882", "883", "979"}
    assert {code for code in COUNTRY_CODES if not countries_of(code)} == none
    assert all(len(name) == 2 and name.isupper() for name in COUNTRIES)


@pytest.mark.parametrize(
    ("account", "step", "rule"),
    [
        ("region: us1", f"- enqueue: {{workflowSid: {WW}}}", None),
        ("region: ie1", f"- enqueue: {{workflowSid: {WW}}}", "not-in-region"),
        ("region: au1", "- connect: {room: Standup}", "not-in-region"),
        ("region: ie1", "- dial: {conference: Team}", None),
        ("region: ie1", "- dial: {queue: support}", None),
        ("calls: [sip, pstn]", "- refer: {sip: 'sip:desk@pbx.example.com'}", None),
        ("calls: [client]", "- refer: {sip: 'sip:desk@pbx.example.com'}", "no-sip-caller"),
        ("callTransfer: false", "- dial: {sip: 'sip:desk@pbx.example.com'}", None),
        ("callTransfer: true", "- dial: +14155550100", None),
        (
            "recordingEncryption: true",
            "- record: {maxLength: 20, transcribe: true}",
            "not-transcribed",
        ),
        ("recordingEncryption: true", "- record: {maxLength: 20, transcribe: false}", None),
        ("pci: false", "- record: {maxLength: 20, transcribe: true}", None),
        ("connectors: {stream: [Clear]}", STREAM % "Clear", None),
        ("connectors: {stream: [Clear]}", STREAM % "Loud", "unknown-connector"),
        ("connectors: {stream: []}", STREAM % "Loud", "unknown-connector"),
        ("connectors: {siprec: [Clear]}", STREAM % "Loud", None),
        (
            "connectors: {siprec: [Clear]}",
            "- start: {siprec: {connectorName: Loud}}",
            "unknown-connector",
        ),
        ("connectors: {siprec: [Clear]}", "- start: {siprec: {name: copy}}", "unknown-connector"),
        ("connectors: {siprec: [Clear]}", "- stop: {siprec: {name: copy}}", None),
        ("connectors: {siprec: [Default]}", "- start: {siprec: {name: copy}}", None),
    ],
)
def test_account(account: str, step: str, rule: str | None) -> None:
    notice = "- say: This call is recorded.\n  " if "record:" in step else ""
    assert found(account, notice + step) == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("can", "attributes", "right"),
    [
        ("", "chargeAmount: 10", True),
        ("charge: true", "chargeAmount: 10", True),
        ("charge: false", "chargeAmount: 10", False),
        ("charge: false", "chargeAmount: 0", True),
        ("charge: false", "postalCode: false", True),
        ("tokenTypes: []", "postalCode: false", False),
        ("tokenTypes: []", "chargeAmount: 10", True),
        ("tokenTypes: [one-time]", "postalCode: false", False),  # reusable is the default
        ("tokenTypes: [one-time]", "tokenType: one-time", True),
        ("currencies: [USD]", "chargeAmount: 10", True),  # usd is the default
        ("currencies: [eur]", "chargeAmount: 10", False),
        ("currencies: [eur]", "postalCode: false", True),  # a token has no currency
        ("paymentMethods: [ach-debit]", "chargeAmount: 10", False),
        ("paymentMethods: [credit-card]", "chargeAmount: 10", True),
        ("parameters: [shop]", "chargeAmount: 10, parameters: {shop: one}", True),
        ("parameters: [shop]", "chargeAmount: 10, parameters: {till: one}", False),
        (
            "parameters: [shop]",
            "chargeAmount: 10, paymentConnector: Bank, paymentMethod: ach-debit, parameters: {AVSName: Ann}",
            True,
        ),
    ],
)
def test_payments(can: str, attributes: str, right: bool) -> None:
    slugs = found(PAY % can, f"- pay: {{{attributes}}}", "twiml-bin")
    assert slugs == ([] if right else ["connector-cannot"])


def test_a_pay_without_a_connector_asks_for_the_one_called_default() -> None:
    step = "- pay: {chargeAmount: 10}"
    assert found("connectors: {pay: [Shop]}", step, "twiml-bin") == ["unknown-connector"]
    assert found("connectors: {pay: [Shop, Default]}", step, "twiml-bin") == []
    assert found("connectors: {}", step, "twiml-bin") == []


@pytest.mark.parametrize(
    ("account", "dial", "right"),
    [
        ("callerIds: [+14155550100]", "number: +14155550101, callerId: +14155550100", True),
        ("callerIds: ['+1 (415) 555-0100']", "number: +14155550101, callerId: +14155550100", True),
        ("callerIds: [+14155550100]", "number: +14155550101, callerId: +14155550102", False),
        (
            "callerIds: [], numbers: [+14155550102]",
            "number: +14155550101, callerId: +14155550102",
            True,
        ),
        ("numbers: [+14155550100]", "number: +14155550101, callerId: +14155550102", True),
        ("callerIds: [+14155550100]", "number: +14155550101", True),
        ("callerIds: [+14155550100]", "client: ann, callerId: +14155550102", True),
        ("sipDomains: [shop.sip.twilio.com]", "sip: 'sip:ann@SHOP.sip.twilio.com'", True),
        ("sipDomains: [shop.sip.ie1.twilio.com]", "sip: 'ann@shop.sip.us1.twilio.com'", True),
        (
            "sipDomains: [shop.sip.twilio.com]",
            "sip: 'sip:ann@desk.sip.twilio.com;transport=tls'",
            False,
        ),
        ("sipDomains: [shop.sip.twilio.com]", "sip: 'sip:ann@pbx.example.com'", True),
        (
            "applications: [AP00000000000000000000000000000001]",
            "application: AP00000000000000000000000000000001",
            True,
        ),
        (
            "applications: [AP00000000000000000000000000000001]",
            "application: AP00000000000000000000000000000002",
            False,
        ),
    ],
)
def test_what_is_the_accounts_own(account: str, dial: str, right: bool) -> None:
    assert found(account, f"- dial: {{{dial}}}") == ([] if right else ["not-in-account"])


def test_a_message_comes_from_a_number_of_the_account() -> None:
    kind, step = "kind: messaging\n", '- message: {body: Hello., from: "+14155550101"}'
    assert found("numbers: [+14155550101]", step, kind=kind) == []
    assert found("numbers: [+14155550100]", step, kind=kind) == ["not-in-account"]
    assert found("callerIds: [+14155550100]", step, kind=kind) == []
    assert found("numbers: []", "- message: {body: Hello., from: Shop}", kind=kind) == []


def test_in_pci_mode_http_is_an_error_unless_the_project_says_otherwise() -> None:
    flow = "- redirect: http://calls.example.com/next\n"
    severities = {
        account: [
            str(f.severity) for f in make(flow, files={"twimlc.yaml": account}).result.findings
        ]
        for account in (
            "account: {}",
            "account: {pci: true}",
            "account: {pci: true}\nrules: {insecure-address: note}",
        )
    }
    assert list(severities.values()) == [["warning"], ["error"], ["note"]]


@pytest.mark.parametrize("place", ["- play: %s", "- say: Hi.\n  - redirect: %s"])
def test_private_edges_need_a_contract(place: str) -> None:
    flow = "steps:\n  " + place % "https://calls.example.com/a.mp3#e=ashburn-ix,dublin" + "\n"
    flow += "" if "redirect" in place else "  - hangup\n"
    for account, slugs in (("", ["bad-override"]), ("interconnect: true", [])):
        project = f"account: {{{account}}}\n"
        made = make(files={"f.yaml": flow, "twimlc.yaml": project})
        assert made.slugs == slugs
        assert made.files == ([] if slugs else ["f/index.xml"])
        assert {f.span.text for f in made.result.findings} <= {
            "https://calls.example.com/a.mp3#e=ashburn-ix,dublin"
        }
        assert {code for f in made.result.findings for code in f.twilio} >= (
            {11242} if slugs else set()
        )
    assert found("interconnect: true", "- play: https://calls.example.com/a.mp3#e=moon-ix") == [
        "bad-override"
    ]


@pytest.mark.parametrize(
    ("account", "rule", "words"),
    [
        ("regoin: ie1", "unknown-project-key", "did you mean 'region'?"),
        ("region: eu1", "bad-project", "region takes one of us1, ie1, au1, not 'eu1'"),
        (
            "countries: [UK]",
            "bad-project",
            "countries takes a two-letter country code, not 'UK' (did you mean 'GB'?)",
        ),
        ("countries: [uk]", "bad-project", "did you mean 'GB'?"),
        ("countries: [Norway]", "bad-project", "such as US or GB"),
        ("numbers: [4155550100]", "bad-project", "as in +14155550100"),
        ("sipDomains: [pbx.example.com]", "bad-project", "such as desk.sip.twilio.com"),
        (
            "calls: [isdn]",
            "bad-project",
            "calls takes one of pstn, sip, client, whatsapp, not 'isdn'",
        ),
        ("pci: yes", "bad-project", "pci takes true or false, not 'yes' (write true)"),
        ("callerIds: {a: b}", "bad-project", "callerIds takes a list, not a map"),
        ("connectors: [Default]", "bad-project", "connectors takes a map of pay"),
        (
            "connectors: {payment: [Default]}",
            "unknown-project-key",
            "unknown key 'payment' in 'connectors'",
        ),
        (
            "connectors: {pay: {Default: {fees: 1}}}",
            "unknown-project-key",
            "unknown key 'fees' in 'Default'",
        ),
        ("connectors: {pay: {Default: {tokenTypes: [forever]}}}", "bad-project", "one-time"),
    ],
)
def test_mistakes(account: str, rule: str, words: str) -> None:
    made = make("- hangup\n", files={"twimlc.yaml": f"account: {{{account}}}\n"})
    assert made.slugs == [rule]
    assert words in made.words


def test_a_step_that_stands_for_several_is_told_once() -> None:
    flow = """
        - dial: +442079460100
          each: ${["a", "b"]}
          then: next
          fallback: next
        - hangup
    """
    made = make(flow, files={"twimlc.yaml": "account: {countries: [US]}\n"}, target="nginx")
    assert made.slugs.count("country-not-enabled") == 1
