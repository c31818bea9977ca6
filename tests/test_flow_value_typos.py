"""Values that look right at first: SIDs, languages, numbers, hosts and pages instead of sounds."""

import pytest

from compiled import document_findings, make
from twimlc.findings.diagnostic import Diagnostic

HEX = "0123456789abcdef0123456789abcdef"


def in_flow(step: str) -> list[tuple[str, str]]:
    made = make(f"- {step}\n- say: Goodbye.\n- hangup\n")
    return [(found.rule.slug, found.hint or "") for found in made.result.findings]


def findings(inside: str) -> list[Diagnostic]:
    text = f"<Response>{inside}<Hangup/></Response>"
    return document_findings(text)


def in_document(inside: str) -> list[tuple[str, str]]:
    return [(found.rule.slug, found.hint or "") for found in findings(inside)]


def slugs(inside: str) -> list[str]:
    return [slug for slug, _ in in_document(inside)]


@pytest.mark.parametrize(
    ("inside", "right", "wrong"),
    [
        ('<Enqueue workflowSid="{}"/>', "WW", "WF"),
        ("<Dial><Application><ApplicationSid>{}</ApplicationSid></Application></Dial>", "AP", "CA"),
        ("<Dial><Sim>{}</Sim></Dial>", "DE", "AC"),
    ],
)
def test_a_sid_of_another_kind(inside: str, right: str, wrong: str) -> None:
    assert "bad-sid" not in slugs(inside.format(right + HEX))
    assert "bad-sid" in slugs(inside.format(wrong + HEX))


def test_a_sid_of_another_kind_in_a_flow() -> None:
    assert in_flow(f"enqueue: {{workflowSid: WW{HEX}}}") == []
    assert [slug for slug, _ in in_flow(f"enqueue: {{workflowSid: WF{HEX}}}")] == ["bad-sid"]


@pytest.mark.parametrize(
    ("language", "slug", "hint"),
    [
        ("english", "bad-value", "write en-US"),
        ("en_US", "bad-value", "write en-US"),
        ("pt_br", "bad-value", "write pt-BR"),
        ("en_QQ", "bad-value", "write the language as in en-US"),
        ("EN", "bare-language", "write it as en-US"),
        ("da", "bare-language", "write it as da-DK"),
        ("ch", "bare-language", "write the language as in en-US"),
        ("pt", "bare-language", "write the language as in en-US"),
    ],
)
def test_a_language_has_one_finding_with_a_tag_that_exists(
    language: str, slug: str, hint: str
) -> None:
    assert in_document(f'<Say language="{language}">Hi.</Say>') == [(slug, hint)]
    assert in_flow(f"say: {{message: Hi., language: {language}}}") == [(slug, hint)]


LEAVE_OUT = "leave out the 0 after the country code"
AMERICAN = "for a North American number write +18885550154"


@pytest.mark.parametrize(
    ("number", "slug", "hint"),
    [
        ("+8885550154", "unknown-country", AMERICAN),
        ("+4402079460958", "number-length", LEAVE_OUT),
        ("+44 (0)20 7946 0958", "number-length", LEAVE_OUT),
        ("+4903012345678", "number-length", LEAVE_OUT),
        ("+353015550100", "number-length", LEAVE_OUT),
    ],
)
def test_the_beginning_of_a_number(number: str, slug: str, hint: str) -> None:
    assert in_flow(f"dial: '{number}'") == [(slug, hint)]
    assert in_document(f"<Dial>{number}</Dial>") == [(slug, hint)]
    shown = f'<Dial callerId="{number}">+14155550100</Dial>'
    assert in_document(shown) == [(slug, hint)]


@pytest.mark.parametrize("number", ["+442079460958", "+390612345678", "+2250102030405"])
def test_a_zero_that_belongs_to_the_number(number: str) -> None:
    assert in_flow(f"dial: '{number}'") == []
    assert slugs(f'<Dial callerId="{number}">{number}</Dial>') == []


def test_what_was_meant_instead_of_a_number() -> None:
    for both in ("+14155550100, +14155550101", "+14155550100;+14155550101"):
        ((slug, hint),) = in_document(f"<Dial>{both}</Dial>")
        assert slug == "bad-phone-number"
        assert "one <Number> for each" in hint
        ((slug, hint),) = in_flow(f"dial: '{both}'")
        assert slug == "bad-phone-number"
        assert "with a list" in hint
    ((slug, hint),) = in_document("<Dial><Number>sip:a@pbx.contoso.com</Number></Dial>")
    assert slug == "bad-phone-number"
    assert "<Sip>" in hint
    ((_, hint),) = in_document("<Dial>+14155550100,12</Dial>")
    assert "country code" in hint


@pytest.mark.parametrize(
    "address",
    [
        *("wss://mywebsocketserver.com/a", "wss://api.myapp.com/a", "wss://[your-domain]/a"),
        "wss://enter-your-function.twil.io/a",
    ],
)
def test_hosts_that_stand_for_another(address: str) -> None:
    assert slugs(f'<Connect><Stream url="{address}"/></Connect>') == ["placeholder-host"]


@pytest.mark.parametrize(
    "address",
    ["wss://myappetite.com/a", "wss://myapp.contoso.com/a", "wss://[2a00:1450::1]/a"],
)
def test_hosts_of_somebody(address: str) -> None:
    assert slugs(f'<Connect><Stream url="{address}"/></Connect>') == []


def test_a_placeholder_in_an_address_of_sip() -> None:
    assert slugs("<Dial><Sip>kate@example.com</Sip></Dial>") == ["placeholder-host"]
    assert slugs("<Dial><Sip>kate@pbx.contoso.com</Sip></Dial>") == []


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("https://&lt;your-domain&gt;/x", "instead of <your-domain>"),
        ("file:///x.mp3", "https:// and http:// only"),
        ("Please hold the line.", "<Say>"),
        ("https://media.contoso.com/hold music.mp3", "%20"),
        ("hold music.mp3", "%20"),
        ("hold music of winter.mp3", "%20"),
    ],
)
def test_why_an_address_is_none(address: str, hint: str) -> None:
    ((slug, told),) = in_document(f"<Play>{address}</Play>")
    assert slug == "bad-address"
    assert hint in told


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://drive.google.com/file/d/1abc/view?usp=sharing", True),
        ("https://drive.google.com/uc?export=download&amp;id=1abc", False),
        ("https://github.com/contoso/sounds/blob/main/hold.mp3", True),
        ("https://github.com/contoso/sounds/blob/main/hold.mp3?raw=true", False),
        ("https://github.com/contoso/sounds/raw/main/hold.mp3", False),
        ("https://www.dropbox.com/s/abc/hold.mp3?dl=0", True),
        ("https://www.dropbox.com/s/abc/hold.mp3?dl=1", False),
        ("https://www.dropbox.com/scl/fi/abc/hold.mp3?rlkey=x&amp;raw=1", False),
    ],
)
def test_the_page_of_a_sound_is_no_sound(address: str, page: bool) -> None:
    assert slugs(f"<Play>{address}</Play>") == (["not-audio"] if page else [])
    written = address.replace("&amp;", "&")
    found = [slug for slug, _ in in_flow(f"play: '{written}'")]
    assert found == (["not-audio"] if page else [])


def test_each_header_of_sip_has_its_own_place() -> None:
    address = "sip:a@pbx.contoso.com?First=1&amp;X-Room=2&amp;Other=3"
    found = findings(f"<Dial><Sip>{address}</Sip></Dial>")
    assert [one.span.text for one in found] == ["First=1", "Other=3"]
    assert {one.rule.slug for one in found} == {"bad-sip-header"}


def test_ssml_has_its_root_already() -> None:
    ((slug, hint),) = in_document("<Say><speak>Hi</speak></Say>")
    assert slug == "unknown-element"
    assert hint == "remove <speak> and </speak>: Twilio adds them"
    ((slug, hint),) = in_flow("say: {ssml: <speak>Hi</speak>}")
    assert slug == "not-allowed-inside"
    assert hint == "remove <speak> and </speak>: Twilio adds them"


def test_marks_between_verbs_are_deleted_and_words_are_said() -> None:
    assert ("stray-text", "delete it") in in_document("- <Say>Hi</Say>")
    assert ("stray-text", "put it into a <Say>") in in_document("hello <Say>Hi</Say>")


def test_what_follows_a_start_alone_keeps_the_call() -> None:
    text = '<Response><Start><Stream url="wss://a.contoso.com/b"/></Start></Response>'
    (found,) = document_findings(text)
    assert found.rule.slug == "dead-end"
    assert "<Dial>" in (found.hint or "")
    assert "Hangup" not in (found.hint or "")
    made = make("- start: {stream: {url: 'wss://a.contoso.com/b'}}\n")
    (ended,) = (one for one in made.result.findings if one.rule.slug == "dead-end")
    assert "keeps the call" in (ended.hint or "")


@pytest.mark.parametrize("number", ["1.5", "-7", "0", "'-415'", "'+1'", "'(5)'"])
def test_what_is_too_short_for_a_number(number: str) -> None:
    ((slug, _),) = in_flow(f"dial: {number}")
    assert slug == "bad-phone-number"
    for short in ("15", "911", "415.555", "'(415) 555-0100'"):
        assert all(slug != "bad-phone-number" for slug, _ in in_flow(f"dial: {short}"))


def test_a_transfer_goes_to_an_address_of_sip_as_a_dial_does() -> None:
    for verb in ("dial", "refer"):
        ((slug, _),) = in_flow(f"{verb}: {{sip: true}}")
        assert slug == "private-host"
