"""Addresses that nobody can reach: slips at their beginning, ports, hosts and folders of ours."""

import pytest

from compiled import document_findings, make
from twimlc import pipeline
from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.findings.edits import apply_edits

URL = "https://voice.example.com/ivr"


def in_flow(step: str) -> list[Diagnostic]:
    return list(make(f"- {step}\n- say: Goodbye.\n- hangup\n").result.findings)


def in_document(inside: str) -> list[Diagnostic]:
    text = f"<Response>{inside}<Hangup/></Response>"
    return document_findings(text)


def slugs(found: list[Diagnostic]) -> list[str]:
    return [finding.rule.slug for finding in found]


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("https:/calls.contoso.com/x", "https://calls.contoso.com/x"),
        ("http:/calls.contoso.com/x", "http://calls.contoso.com/x"),
        ("https:calls.contoso.com/x", "https://calls.contoso.com/x"),
        ("https//calls.contoso.com/x", "https://calls.contoso.com/x"),
        ("www.contoso.com/x", "https://www.contoso.com/x"),
    ],
)
def test_a_slip_at_the_beginning_is_an_error_and_mended(written: str, mended: str) -> None:
    for found in (
        in_flow(f"gather: {{action: '{written}', prompt: Hello}}"),
        in_flow(f"play: {written}"),
        in_flow(f"dial: {{number: {{phoneNumber: +14155550100, url: '{written}'}}}}"),
        in_document(f"<Play>{written}</Play>"),
        in_document(f'<Dial><Conference waitUrl="{written}">Team</Conference></Dial>'),
    ):
        wrong = [finding for finding in found if finding.rule.slug == "bad-address"]
        assert len(wrong) == 1
        assert wrong[0].is_error
        fix = wrong[0].fix
        assert fix is not None
        text = apply_edits(wrong[0].span.file.text, fix.edits)
        assert mended in text
        assert text.replace(mended, written) == wrong[0].span.file.text


@pytest.mark.parametrize(
    "address",
    ["https/menu.xml", "./www.contoso.com/x.xml", "wwwroot/next.xml", "https://calls.contoso.com"],
)
def test_other_beginnings_are_left_alone(address: str) -> None:
    assert "bad-address" not in slugs(in_flow(f"gather: {{action: '{address}', prompt: Hello}}"))


@pytest.mark.parametrize("address", ["https:", "http:", "https:?x", "HTTPS:#a"])
def test_a_scheme_alone_is_no_address(address: str) -> None:
    assert slugs(in_flow(f"enqueue: {{name: q, waitUrl: '{address}'}}")) == ["bad-address"]
    assert slugs(in_document(f"<Redirect>{address}</Redirect>")) == ["bad-address"]


def test_what_looks_like_a_host_is_a_warning() -> None:
    for found in (
        in_flow("gather: {action: voice.contoso.com/next, prompt: Hello}"),
        in_document("<Redirect>voice.contoso.com/next</Redirect>"),
    ):
        (wrong,) = (finding for finding in found if finding.rule.slug == "bad-address")
        assert wrong.severity is Severity.WARNING
    assert "bad-address" not in slugs(in_document("<Redirect>./voice.contoso.com/a</Redirect>"))


@pytest.mark.parametrize(
    ("port", "right"),
    [("", True), (":", True), (":8443", True), (":65535", True)]
    + [(port, False) for port in (":0", ":65536", ":70000", ":abc")],
)
def test_ports(port: str, right: bool) -> None:
    play = f"https://media.contoso.com{port}/a.mp3"
    expected = [] if right else ["bad-address"]
    assert slugs(in_flow(f"play: '{play}'")) == expected
    assert slugs(in_document(f"<Play>{play}</Play>")) == expected
    assert slugs(in_flow(f"play: 'https://[2a00:1450::1]{port}/a.mp3'")) == expected
    if port != ":":
        expected = [] if right else ["bad-sip-address"]
        sip = f"sip:ann@pbx.contoso.com{port}"
        assert slugs(in_flow(f"dial: {{sip: '{sip}'}}")) == expected
        assert slugs(in_document(f"<Dial><Sip>{sip}</Sip></Dial>")) == expected


def test_letters_that_no_sip_header_carries() -> None:
    for value, right in (("ü", False), ("%C3%BC", True), ("plain", True)):
        found = in_flow(f"dial: {{sip: 'sip:ann@pbx.contoso.com?X-A={value}'}}")
        assert slugs(found) == ([] if right else ["bad-sip-header"])
        assert [finding.twilio for finding in found] == ([] if right else [(32112,)])


def test_edges_of_interconnect_in_a_document() -> None:
    (found,) = in_document("<Play>https://media.contoso.com/a.mp3#e=ashburn-ix</Play>")
    assert (found.rule.slug, found.twilio) == ("bad-override", (11242,))
    assert in_document("<Play>https://media.contoso.com/a.mp3#e=dublin</Play>") == []


def test_a_page_with_a_player_is_no_sound() -> None:
    for host in ("www.youtube.com", "youtu.be"):
        assert slugs(in_flow(f"play: 'https://{host}/watch?v=abc'")) == ["not-audio"]
    assert slugs(in_flow("play: 'https://media.contoso.com/prompts/12/'")) == []


@pytest.mark.parametrize(
    ("url", "severity"),
    [
        ("https://192.168.0.3/ivr", Severity.WARNING),
        ("https://pbx.local/ivr", Severity.WARNING),
        ("https://localhost:8443/ivr", Severity.NOTE),
        ("https://127.0.0.1/ivr", Severity.NOTE),
        ("https://voice.contoso.com/ivr", None),
    ],
)
def test_targets_in_a_house(url: str, severity: Severity | None) -> None:
    for target in (f"{{host: s3, url: '{url}'}}", f"{{host: twiml-bin, media: '{url}'}}"):
        made = make(
            "- hangup\n", files={"twimlc.yaml": f"targets: {{site: {target}}}\n"}, target="site"
        )
        found = [f for f in made.result.findings if f.rule.slug == "private-host"]
        assert [finding.severity for finding in found] == ([severity] if severity else [])
        assert made.result.ok


def own(files: dict[str, str], target: str = f"host: s3, url: '{URL}'") -> pipeline.Result:
    project = f"targets:\n  site: {{{target}}}\n"
    return make(files={**files, "twimlc.yaml": project}, target="site").result


SALES = "flow: sales\nsteps:\n  - say: You have reached sales.\n  - hangup\n"


@pytest.mark.parametrize(
    ("address", "severity"),
    [
        (f"{URL}/sales/index.xml", Severity.NOTE),
        (f"{URL}/sales/index.xml#rc=2", Severity.NOTE),
        ("/ivr/sales/index.xml", Severity.NOTE),
        ("../sales/index.xml", Severity.NOTE),
        (f"{{url: {URL}/sales/index.xml, method: GET}}", Severity.NOTE),
        (f"{URL}/sales/none.xml", Severity.ERROR),
        ("none.xml", Severity.ERROR),
        (f"{URL}/other/menu.xml", Severity.WARNING),
        (f"{URL}/next.php", Severity.WARNING),
        (f"{URL}-old/sales/none.xml", None),
        ("../../elsewhere/index.xml", None),
        ("https://calls.example.com/sales/index.xml", None),
    ],
)
def test_addresses_in_the_folder_of_the_build(address: str, severity: Severity | None) -> None:
    flow = f"flow: f\nsteps:\n  - say: One moment.\n  - redirect: {address}\n"
    found = own({"f.yaml": flow, "sales.yaml": SALES}).findings
    assert [f.severity for f in found if f.rule.slug == "own-address"] == (
        [severity] if severity else []
    )


def test_a_host_shared_with_others_may_have_documents_of_theirs() -> None:
    flow = "flow: f\nsteps:\n  - redirect: https://voice.example.com/legacy/menu.xml\n"
    found = own({"f.yaml": flow}, "host: static, url: 'https://voice.example.com'").findings
    assert slugs(list(found)) == []


def test_documents_of_other_rows_are_there() -> None:
    flow = "flow: f\nsteps:\n  - say: Hi.\n  - redirect: {url: ../../%s/g/index.xml, method: GET}\n"
    for row, expected in (("down", ["own-address"]), ("nowhere", ["own-address"])):
        files = {
            "f.yaml": flow % row,
            "g.yaml": SALES.replace("sales", "g"),
            "stores.csv": "store\ndown\nup\n",
            "twimlc.yaml": "matrix: stores.csv\n",
        }
        made = make(files=files, target="nginx")
        assert made.slugs == expected
