"""TwiML files: what is found in them, and where."""

from pathlib import Path

import pytest

from compiled import check_document, document_findings, document_slugs
from document_faults import CLASSES
from twimlc import pipeline
from twimlc.findings.diagnostic import Diagnostic
from twimlc.text import SourceFile
from twimlc.xml.file_type import read_document


def slugs(inside: str) -> list[str]:
    return [slug for slug, _ in document_slugs(f"<Response>{inside}</Response>")]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('<Record> timeout="10" </Record><Hangup/>', ["action-defaults-to-self", "attributes-as-text"]),
        ("<Record action='a'> timeout=”10” </Record><Hangup/>", ["attributes-as-text"]),
        ('<Gather action="a" method="GET"><Say>Press 1.</Say></Gather>', ["dead-end"]),
        ('<Gather action="a" actionOnEmptyResult="true"/>', []),
        ('<Say>For sales press 1.</Say><Gather action="a"/><Hangup/>', ["key-too-early"]),
        ('<Say>Please enter a 4 digit code.</Say><Gather action="a"/><Hangup/>', []),
        ('<Say>Press one of the keys.</Say><Gather action="a"/><Hangup/>', []),
        ('<Gather action="a" finishOnKey="9" numDigits="5"/><Hangup/>', ["key-ends-input"]),
        ("<Redirect/>", ["silent-loop"]),
        ("<Redirect> </Redirect>", ["silent-loop"]),
        ("<Start><Recording/></Start><Redirect/>", ["silent-loop"]),
        ("<Dial><Queue>support</Queue></Dial><Redirect></Redirect>", []),
        ("<Play>hold.mp3</Play><Redirect/>", ["no-way-out"]),
        ('<Gather action="a"/><Redirect/>', ["endless-repeat"]),
        ("<Dial/><Hangup/>", ["empty-element"]),
        ("<Say/><Hangup/>", ["empty-element"]),
        ("<Redirect>next.xml</Redirect>", ["post-to-file"]),
        ('<Redirect method="GET">next.xml</Redirect><Say>Hi</Say>', ["unreachable-step"]),
        ('<Dial action="a">+14155550100</Dial><Say>Hi</Say>', ["unreachable-step"]),
        ('<Dial action="a">+14155550100</Dial><Hangup/>', []),
        ('<Connect action="a"><Room>R</Room></Connect><Say>Closed</Say>', []),
        ('<Play loop="0">a.mp3</Play><Say>Hi</Say>', ["unreachable-step"]),
        ("<Response><Say>Hi</Say></Response><Hangup/>", ["nested-response"]),
        ('<Pause length=".5"/><Hangup/>', ["bad-value"]),
        ('<Record action="a" transcribe="true" maxLength="99999"/><Hangup/>', ["bad-value"]),
        ('<Record action="a" transcribe="true" maxLength="300"/><Hangup/>', ["conflicting-parts"]),
        ('<Say voice="alice">Hi</Say>', ["retired-part"]),
        ("<Sms>Hi</Sms>", ["retired-part"]),
        ("<Say>Hi</Say><Message>Hi</Message>", ["unknown-element"]),
        ("<Message>Hi</Message>", []),
        ("<Sms>Hi</Sms><Message>Hi</Message>", ["retired-part"]),
        ("<Message>Hi</Message><Mesage>Hi</Mesage>", ["unknown-element"]),
        ("<Message><Media>map.png</Media></Message>", ["bad-address"]),
        ("<Message><Media>/map.png</Media></Message>", ["bad-address"]),
        ("<Message><Media>https://media.contoso.com/map.png</Media></Message>", []),
        ("<Message>Hi</Message>" * 10, []),
        ("<Message>Hi</Message><Redirect/>", ["missing-part"]),
        ("<Dial><Conference participantLabel='desk'>R</Conference></Dial>", ["fixed-identity"]),
        ("<Dial><Conference participantLabel='{{From}}'>R</Conference></Dial>", ["only-in-a-bin"]),
        ("<Connect><Room participantIdentity='desk'>R</Room></Connect>", ["fixed-identity"]),
        ("<Start><Recording/></Start><Say>a</Say><Start><Recording/></Start><Say>b</Say>", ["recording-twice"]),
        ("<Start><Recording/></Start><Say>a</Say><Stop><Recording name='r'/></Stop><Start><Recording/></Start><Say>b</Say>", []),
        ('<Gather input="speech,dtmf" speechTimeout="auto" action="a"/><Hangup/>', ["bad-value"]),
        ("<Dial>415-555-0100</Dial>", ["national-number"]),
        ("<Dial><Speak>Hi</Speak></Dial>", ["other-dialect"]),
        ("<Speak>Hi</Speak><Speak>Hi</Speak>", ["other-dialect"]),
        ("<Say>{{From}}</Say>", ["only-in-a-bin"]),
        ("<Say>{{ name }} {{ other }}</Say>", ["template-not-filled"]),
        ("{% if x %}<Say>a</Say>{% endif %}<Redirect/>", ["template-not-filled"]),
        ("<Say><?php echo 1 ?></Say>", ["template-not-filled"]),
        ("<!-- {{ x }} --><Hangup/>", []),
        ("<Say>Hi</Say>words", ["stray-text"]),
        ('<Say xmlns:a="b">Hi</Say>', []),
    ],
)  # fmt: skip
def test_found(inside: str, expected: list[str]) -> None:
    assert slugs(inside) == expected


@pytest.mark.parametrize(("slug", "inside"), [(slug, inside) for slug, inside, _ in CLASSES])
def test_kinds_of_faults(slug: str, inside: str) -> None:
    assert slugs(inside) == [slug]


def test_half_seconds_have_a_hint() -> None:
    file = SourceFile("x.xml", '<Response><Pause length=".5"/><Hangup/></Response>')
    [finding] = check_document(file)
    assert finding.hint == "whole seconds only: write 1"


@pytest.mark.parametrize(
    ("inside", "hint"),
    [
        ('<Pause length="2s"/>', "whole seconds only: write 2"),
        ('<Pause length="2.0"/>', "whole seconds only: write 2"),
        ('<Say loop="1.5">Hello.</Say>', "whole numbers only: write 2"),
        ('<Dial timeout="4.5">+14155550100</Dial>', "whole seconds only: write 5"),
        ('<Dial timeout="900.5">+14155550100</Dial>', None),
        ('<Pause length="two"/>', None),
        ('<Pause length="-1"/>', None),
    ],
)
def test_hints_for_numbers(inside: str, hint: str | None) -> None:
    [finding] = document_findings(f"<Response>{inside}<Hangup/></Response>")
    assert (finding.rule.slug, finding.hint or None) == ("bad-value", hint)


def test_another_vendor_is_one_finding() -> None:
    """What its verbs and attributes do instead is not known, so nothing follows from it."""
    assert slugs('<SpeakSentence>Hi</SpeakSentence><Gather gatherUrl="/a" maxDigits="1"/>') == [
        "other-dialect"
    ]
    assert slugs('<Redirect redirectUrl="https://voice.contoso.com/a"/>') == ["other-dialect"]
    assert slugs('<Record recordCompleteUrl="/a" maxDuration="3"/>') == ["other-dialect"]


def test_a_part_at_the_wrong_place_is_told_the_right_one() -> None:
    file = SourceFile("x.xml", "<Response><Conference>Team</Conference></Response>")
    assert [f.hint for f in check_document(file)] == ["it belongs in <Dial>"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("<Response><Say>a&b=1</Say></Response>", "&"),
        ("<Response><Say voice=“man”>x</Say></Response>", "“man”"),
        ("<Response><Say voice=man>x</Say></Response>", "man"),
        ('<Response><Say loop="1"voice="man">x</Say></Response>', 'voice="man"'),
        ('<Response><Say voice="man>x</Say></Response>', '"man'),
        ('<Response><Say voice-"man">x</Say></Response>', 'voice-"'),
        ("<Response><Say>5 < 6</Say></Response>", "<"),
        ("<Response><Say>x</say></Response>", "</say>"),
        ("<Response><pause><Say>x</Say></Response>", "<pause>"),
        ("<Response><Dial><Number>1<Number></Dial></Response>", "<Number>"),
        ("<Response><Enqueue/></Enqueue></Response>", "</Enqueue>"),
        ("<Response><Say>a&nbsp;b</Say></Response>", "&nbsp;"),
        ("<Response><Say loop>x</Say></Response>", "loop"),
        ("<Response><Say <Play/>>x</Say></Response>", "<"),
        ("<Response/>gh", "gh"),
        ("<Response><Say>ü</Say><!-- a -- b --></Response>", None),
        ("<Response><Say>x", "<Say>"),
        ("", ""),
        ("words", "words"),
        ("\n<?xml version='1.0'?><Response/>", None),
    ],
)
def test_malformed(text: str, place: str | None) -> None:
    [(slug, at)] = document_slugs(text)
    assert slug == "malformed-xml"
    assert place is None or at == place


def first(inside: str) -> Diagnostic:
    """The one finding about a document."""
    [finding] = pipeline.check(
        pipeline.Options(stdin=("x.xml", f"<Response>{inside}</Response>".encode()))
    ).findings
    return finding


@pytest.mark.parametrize(
    ("inside", "place", "words", "hint"),
    [
        ("<Pause length=”2”/>", "”2”", "curly: ”2”", "straight"),
        ("<Say>a&foo;b</Say>", "&foo;", "not an entity", "&amp;foo;"),
        ("<Say>a&eacute;b</Say>", "&eacute;", "HTML", "é"),
        ("<Say>a]]>b</Say>", "]]>", "CDATA", "]]&gt;"),
        ("<say/><Say>a</say >", "</say >", "capitals count", "</Say>"),
    ],
)
def test_malformed_documents_are_told_why(inside: str, place: str, words: str, hint: str) -> None:
    finding = first(inside)
    assert (finding.rule.slug, finding.span.text) == ("malformed-xml", place)
    assert words in finding.message
    assert hint in (finding.hint or "")


def test_what_is_wrong_with_words_stands_at_them() -> None:
    sid = "CF" + "0" * 32
    assert first(f"<Dial><Conference>{sid}</Conference></Dial>").span.text == sid
    words = "word " * 840
    assert first(f"<Say>{words}</Say>").span.text == words.strip()


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("http://twimlets.com/holdmusic?Bucket=a", "this TwiML"),
        ("http://media.contoso.com/hold.mp3", "this audio"),
        ("http://media.contoso.com/hold", "what plays here"),
    ],
)
def test_what_plays_to_who_waits_need_not_be_a_sound(address: str, what: str) -> None:
    finding = first(f'<Dial><Conference waitUrl="{address}">R</Conference></Dial>')
    assert finding.rule.slug == "sound-over-http"
    assert finding.message.startswith(f"Twilio fetches {what} from")


def test_words_of_a_list_are_parted_by_blanks() -> None:
    finding = first('<Gather input="speech,dtmf" action="a"/><Hangup/>')
    assert finding.hint == "write 'dtmf speech', with spaces and no commas"
    assert "'speech'" in (first('<Gather input="speach" action="a"/><Hangup/>').hint or "")


def test_music_on_hold_may_ask_for_itself() -> None:
    assert first("<Say>Please hold.</Say><Redirect/>").severity == "note"


def test_places() -> None:
    text = '<Response>\n  <Say>é</Say><Gather\n   numdigits="1" action="a"/>\n  <Hangup/>\n</Response>\n'
    [finding] = document_findings(text)
    assert (finding.span.begin.line, finding.span.begin.column) == (3, 4)
    assert finding.hint == "write numDigits"
    assert finding.fix is not None


def test_a_bare_ampersand_hides_nothing_else() -> None:
    text = "<Response><Say>a & b &amp; c</Say><say>x</say></Response>"
    assert [slug for slug, _ in document_slugs(text)] == ["malformed-xml", "unknown-element"]


def test_bounds() -> None:
    deep = "<Say>" * 100_000
    assert [slug for slug, _ in document_slugs(f"<Response>{deep}")] == ["document-too-big"]
    bomb = '<!DOCTYPE a [<!ENTITY b "c">]><Response><Say>&b;</Say></Response>'
    assert [slug for slug, _ in document_slugs(bomb)] == ["doctype"]
    file, findings = read_document(b"<" * (2 << 20), "x.xml")
    assert file is None
    assert [f.rule.slug for f in findings] == ["document-too-big"]


@pytest.mark.parametrize(
    "data",
    [
        '<?xml version="1.0" encoding="ISO-8859-1"?><Response><Say>é</Say></Response>'.encode(
            "latin-1"
        ),
        "<Response><Say>é</Say></Response>".encode("utf-16"),
        b"\xef\xbb\xbf<Response><Say>x</Say></Response>",
    ],
)
def test_encodings(data: bytes) -> None:
    file, findings = read_document(data, "x.xml")
    assert file is not None
    assert findings == check_document(file) == []


def test_other_bytes() -> None:
    file, [finding] = read_document(b"<Response><Say>\xe9</Say></Response>", "x.xml")
    assert file is None
    assert (finding.rule.slug, finding.span.begin.column) == ("malformed-xml", 16)


def check(
    folder: Path, *paths: str, stdin: tuple[str, bytes] | None = None
) -> list[tuple[str, str]]:
    options = pipeline.Options(paths=tuple(Path(p) for p in paths), cwd=folder, stdin=stdin)
    return [(f.span.file.path, f.rule.slug) for f in pipeline.check(options).findings]


def test_folders_and_ignores(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.xml").write_text(
        '<?xml version="1.0"?>\n<!-- twimlc: ignore-file[post-to-file] our server answers -->\n'
        "<Response>\n  <!-- twimlc: ignore[action-defaults-to-self] it does -->\n  <Record/>\n"
        "  <Redirect>two.xml</Redirect>\n</Response>\n"
    )
    (tmp_path / "a" / "queue.xml").write_text(
        '<Response><Enqueue waitUrl="wait.xml" waitUrlMethod="GET">q</Enqueue></Response>'
    )
    (tmp_path / "a" / "wait.xml").write_text(
        '<Response><Gather action="x" numDigits="1"/></Response>'
    )
    (tmp_path / "a" / "other.xml").write_text("<project/>")
    (tmp_path / "flow.yaml").write_text("flow: x\nsteps:\n  - hangup\n")
    missing = ("a/one.xml", "missing-document")
    assert check(tmp_path, "a") == [missing, ("a/other.xml", "not-twiml")]
    assert check(tmp_path, "a/wait.xml") == [("a/wait.xml", "dead-end")]
    assert check(tmp_path, ".") == []  # flows lie here: the folder is theirs
    assert check(tmp_path, "a/other.xml", "flow.yaml") == [("a/other.xml", "not-twiml")]
    with pytest.raises(pipeline.UsageError):
        check(tmp_path, "none.xml")


def test_standard_input(tmp_path: Path) -> None:
    data = b"<Response><Dial/></Response>"
    assert check(tmp_path, stdin=("x.xml", data)) == [("x.xml", "empty-element")]
    assert check(tmp_path, stdin=("stdin.yaml", data)) == [("stdin.xml", "empty-element")]


def test_severities_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "twimlc.yaml").write_text("version: 1\nrules:\n  placeholder-host: off\n")
    (tmp_path / "x.xml").write_text("<Response><Play>https://example.com/a.mp3</Play></Response>")
    assert check(tmp_path, "x.xml") == []
