"""What values say together: voices, languages, providers and their models, amounts, names."""

from pathlib import Path

import pytest

from compiled import document_findings
from twimlc import pipeline
from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.vocabulary.codes import DECIMALS, slip_in_tag
from twimlc.vocabulary.values import GATHER_LANGUAGES, POLLY_SPEAKERS, SAY_LANGUAGES, SSML_LANGUAGES

RELAY = "connect: {conversationRelay: {url: 'wss://relay.contoso.com/a', %s}}"
GATHER = "gather: {prompt: Please speak., input: speech, %s}\n    fallback: hangup"
PAY = "pay: {%s}\n    then: hangup"
AGENT = "connect: {virtualAgent: {connectorName: Agent, configs: %s}}\n    then: hangup"
WRITTEN = "start: {transcription: {%s}}"
SIP = "dial: {sip: {sipUrl: 'sip:desk@pbx.contoso.com', %s}}"


def findings(folder: Path, step: str, target: str = "twiml-bin") -> list[Diagnostic]:
    path = folder / "flow.yaml"
    path.write_text(f"steps:\n  - {step}\n  - say: Goodbye.\n  - hangup\n", encoding="utf-8")
    options = pipeline.Options(paths=(path,), targets=(target,), cwd=folder, write=False)
    of_hosts = ("callback-to-file", "public-secret")
    return [f for f in pipeline.check(options).findings if f.rule.slug not in of_hosts]


def told(folder: Path, step: str, *slugs: str) -> list[tuple[str, tuple[int, ...]]]:
    """Those findings of some rules, with Twilio's codes; a note counts too."""
    return [(f.rule.slug, f.twilio) for f in findings(folder, step) if f.rule.slug in slugs]


@pytest.mark.parametrize(
    ("voice", "meant"),
    [
        ("Polly.Jonna", "Polly.Joanna"),
        ("Polly.joanna", "Polly.Joanna"),
        ("polly.joanna", "Polly.Joanna"),
        ("Polly.Joanna-Nueral", "Polly.Joanna-Neural"),
        ("Polly.jonna-neural", "Polly.Joanna-Neural"),
        ("google.en-us-neural2-a", "Google.en-US-Neural2-A"),
        ("Woman", "woman"),
    ],
)
def test_a_voice_with_a_slip_is_mended(voice: str, meant: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, f"say: {{message: Hello., voice: {voice}}}")
    assert (found.rule.slug, found.hint) == ("unknown-voice", f"did you mean '{meant}'?")
    assert found.fix is not None
    assert [edit.text for edit in found.fix.edits] == [meant]


@pytest.mark.parametrize(
    "voice", ["Polly.Jon", "Polly.Xyzzy-Neural", "Google.en-US-Foo-Z", "alloy"]
)
def test_a_voice_that_may_be_any_is_told_without_a_fix(voice: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, f"say: {{message: Hello., voice: {voice}}}")
    assert (found.rule.slug, found.severity) == ("unknown-voice", Severity.WARNING)
    assert found.fix is None


@pytest.mark.parametrize("style", ["", "-Neural", "-Generative"])
def test_every_speaker_of_polly_is_known(style: str, tmp_path: Path) -> None:
    says = "".join(
        f"\n  - say: {{message: Hello., voice: Polly.{name}{style}}}" for name in POLLY_SPEAKERS
    )
    assert told(tmp_path, "pause" + says, "unknown-voice") == []


def test_a_speaker_without_polly_before_it(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "say: {message: Hello., voice: Joanna}")
    assert found.hint == "did you mean 'Polly.Joanna'?"


@pytest.mark.parametrize(
    ("step", "codes"),
    [
        ("say: {message: Hello., language: xx-XX}", (13512,)),
        ("say: {message: Hello., language: xx}", (13512,)),
        ("say: {message: Hello., language: en-UK}", (13512,)),
        (GATHER % "language: xx-XX", (13331, 13512)),
        (GATHER % "language: jp-JP", (13331, 13512)),
        (RELAY % "language: xx-XX", (64106,)),
        (WRITTEN % "languageCode: xx-XX", (32651,)),
    ],
)
def test_a_language_that_nobody_speaks(step: str, codes: tuple[int, ...], tmp_path: Path) -> None:
    rules = ("unfamiliar-value", "bare-language", "bad-value", "language-of-voice")
    assert told(tmp_path, step, *rules) == [("unfamiliar-value", codes)]


def test_languages_that_there_are() -> None:
    known = [*SAY_LANGUAGES, *GATHER_LANGUAGES, *SSML_LANGUAGES, "de-CH", "en-HK", "multi"]
    assert [tag for tag in (*known, "es-419", "sr-Latn-RS", "EN-us") if slip_in_tag(tag)] == []
    assert slip_in_tag("en-UK") == ("UK", "en-GB")
    assert slip_in_tag("jp") == ("jp", "ja")
    assert slip_in_tag("en-QQ") == ("QQ", None)


@pytest.mark.parametrize(
    ("step", "codes"),
    [
        ("say: {message: Hello., language: english}", (13512,)),
        (RELAY % "language: english", (64106,)),
        (PAY % "timeout: 0", (64020,)),
        (PAY % "validCardTypes: vise", (64020,)),
        (PAY % "minPostalCodeLength: 0", (64020,)),
        (PAY % "input: speech", (64020,)),
        (PAY % "prompt: [{for: card, say: Hello.}]", (64020,)),
        (PAY % "prompt: [{for: security-code, cardType: vise, say: Hello.}]", (64020,)),
        (PAY % "chargeAmount: '20.456'", (64003,)),
        (PAY % "chargeAmount: '20.45', currency: JPY", (64003,)),
        (SIP % "username: '', password: ''", (13249,)),
        (SIP % "username: ann, password: ''", (13249,)),
    ],
)
def test_the_codes_of_a_bad_value(step: str, codes: tuple[int, ...], tmp_path: Path) -> None:
    rules = ("bad-value", "unfamiliar-value", "secret-in-document")
    assert told(tmp_path, step, *rules) == [("bad-value", codes)]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("enqueue: {}", ("missing-key", (14204, 14205, 14220))),
        ("say: {language: en-US}", ("missing-key", (13520,))),
        (
            "gather: {numDigits: 1, prompt: [{play: {digits: '12'}}]}\n    fallback: hangup",
            ("conflicting-parts", (13320,)),
        ),
        (
            "dial: {callerId: '+14155550101', whatsApp: '+14155550100'}",
            ("needs-other-part", (13214,)),
        ),
        (SIP % "username: ann", ("needs-other-part", (13249,))),
        (
            "record: {transcribe: true, maxLength: 60, transcribeCallback: done.php}",
            ("address-needs-folder", (13257,)),
        ),
        (
            "connect: {conversationRelay: {url: 'https://relay.contoso.com/a'}}",
            ("bad-address", (64101, 11100, 11206)),
        ),
        (
            "start: {recording: {name: a, track: inbound, channels: dual}}",
            ("conflicting-parts", (13622,)),
        ),
    ],
)
def test_the_codes_of_other_mistakes(
    step: str, expected: tuple[str, tuple[int, ...]], tmp_path: Path
) -> None:
    assert told(tmp_path, step, expected[0]) == [expected]


@pytest.mark.parametrize(
    ("amount", "right"),
    [
        ("chargeAmount: '20.45'", True),
        ("chargeAmount: 20, currency: jpy", True),
        ("chargeAmount: '20.455', currency: kwd", True),
        ("chargeAmount: '20.4555', currency: kwd", False),
        ("chargeAmount: '20.4', currency: xaf", False),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(
    amount: str, right: bool, tmp_path: Path
) -> None:
    assert (told(tmp_path, PAY % amount, "bad-value") == []) is right


def test_currencies(tmp_path: Path) -> None:
    step = PAY % "chargeAmount: '20.45', currency: %s"
    assert told(tmp_path, step % "xyz", "unfamiliar-value") == [("unfamiliar-value", (64011,))]
    assert told(tmp_path, step % "EUR", "unfamiliar-value") == []
    assert (len(DECIMALS), DECIMALS["USD"], DECIMALS["ISK"], DECIMALS["TND"]) == (161, 2, 0, 3)


@pytest.mark.parametrize(
    ("step", "codes"),
    [
        (RELAY % "ttsProvider: Google, voice: Joanna-Neural", (64106,)),
        (RELAY % "ttsProvider: google, voice: UgBBYS2sOqTuMpoF3BR0", (64106,)),
        (RELAY % "ttsProvider: ElevenLabs, voice: en-US-Neural2-A", (64106,)),
        (RELAY % "transcriptionProvider: Deepgram, speechModel: telephony", (64106,)),
        (RELAY % "ttsProvider: Amazon, languages: [{code: multi}]", (64106,)),
        (
            RELAY % "ttsProvider: Amazon, languages: [{code: de-DE, voice: de-DE-Neural2-A}]",
            (64106,),
        ),
        (WRITTEN % "transcriptionEngine: google, speechModel: nova-2", (32651,)),
        (WRITTEN % "transcriptionEngine: deepgram, speechModel: telephony", (32651,)),
        (WRITTEN % "speechModel: nova-3", (32651,)),
    ],
)
def test_a_voice_or_model_of_another_provider(
    step: str, codes: tuple[int, ...], tmp_path: Path
) -> None:
    assert told(tmp_path, step, "other-provider") == [("other-provider", codes)]


@pytest.mark.parametrize(
    "step",
    [
        RELAY % "voice: Joanna-Neural, speechModel: telephony",
        RELAY % "ttsProvider: amazon, voice: Joanna-Neural",
        RELAY % "ttsProvider: Google, voice: en-US-Journey-O",
        RELAY % "ttsProvider: ElevenLabs, voice: UgBBYS2sOqTuMpoF3BR0-flash_v2_5-1.0_0.8_0.8",
        RELAY % "transcriptionProvider: Deepgram, speechModel: nova-2-general",
        RELAY
        % "ttsProvider: Google, languages: [{code: de-DE, ttsProvider: Amazon, voice: Vicki-Neural}]",
        RELAY % "languages: [{code: multi}]",
        WRITTEN % "transcriptionEngine: deepgram, speechModel: nova-3",
        WRITTEN % "transcriptionEngine: Google, speechModel: long",
    ],
)
def test_a_provider_with_what_is_its_own(step: str, tmp_path: Path) -> None:
    assert told(tmp_path, step, "other-provider", "unfamiliar-value") == []


def test_a_relay_takes_the_name_of_a_voice_alone(tmp_path: Path) -> None:
    step = RELAY % "ttsProvider: Amazon, voice: Polly.Joanna-Neural"
    (found,) = (f for f in findings(tmp_path, step) if f.rule.slug == "unfamiliar-value")
    assert (found.hint, found.twilio) == ("write Joanna-Neural", (64106,))


@pytest.mark.parametrize(
    ("step", "severity", "code"),
    [
        (AGENT % "{voicename: x}", Severity.WARNING, 32603),
        (AGENT % "{langauge: en-US}", Severity.WARNING, 32603),
        (AGENT % "{mood: x}", Severity.NOTE, 32603),
        (WRITTEN % "configs: {langauge: en-US}", Severity.WARNING, 32652),
        (WRITTEN % "configs: {mood: x}", Severity.NOTE, 32652),
    ],
)
def test_settings_that_twilio_does_not_name(
    step: str, severity: Severity, code: int, tmp_path: Path
) -> None:
    (found,) = (f for f in findings(tmp_path, step) if f.rule.slug == "unfamiliar-value")
    assert (found.severity, found.twilio) == (severity, (code,))


def test_settings_that_twilio_names(tmp_path: Path) -> None:
    step = AGENT % "{language: en-US, voiceName: x, sentimentAnalysis: true}"
    assert told(tmp_path, step, "unfamiliar-value") == []


@pytest.mark.parametrize(
    ("voice", "rate", "wrong"),
    [
        ("", "900%", True),
        ("voice: Polly.Joanna, ", "10%", True),
        ("voice: Polly.Joanna, ", "200%", False),
        ("voice: Google.en-US-Neural2-A, ", "250%", False),
    ],
)
def test_the_speed_of_a_voice(voice: str, rate: str, wrong: bool, tmp_path: Path) -> None:
    step = f"say: {{{voice}ssml: \"<prosody rate='{rate}'>Hello.</prosody>\"}}"
    expected = [("markup-not-spoken", (13513,))] if wrong else []
    assert told(tmp_path, step, "markup-not-spoken") == expected


START = "start: {stream: {name: %s, url: 'wss://stream.contoso.com/a'}}\n  - say: One moment.\n  - "
STOP = "stop: {stream: {name: %s}}"


@pytest.mark.parametrize(
    ("step", "slugs"),
    [
        (START % "agent" + STOP % "agnet", ["stop-without-start"]),
        (START % "agent" + STOP % "agent", []),
        (STOP % "agent", []),
        ("start: {siprec: {name: a}}\n  - " + STOP % "agent", []),
        ("start: {siprec: {name: a}}\n  - stop: {siprec: {name: b}}", ["stop-without-start"]),
        (START % "a" + START % "a" + "pause", ["name-taken"]),
        (START % "a" + START % "b" + "pause", []),
        (START % "a" + STOP % "a" + "\n  - " + START % "a" + "pause", []),
        (START % "a" + "start: {siprec: {name: a}}", []),
    ],
)
def test_names_of_streams(step: str, slugs: list[str], tmp_path: Path) -> None:
    found = told(tmp_path, step, "stop-without-start", "name-taken")
    assert [slug for slug, _ in found] == slugs


def test_one_name_on_two_ways_of_a_call(tmp_path: Path) -> None:
    start = START.removesuffix("\n  - say: One moment.\n  - ") % "a"
    step = (
        "menu:\n      prompt: Press 1 or 2.\n      choices:\n"
        f"        1:\n          - {start}\n        2:\n          - {start}"
    )
    assert told(tmp_path, step, "name-taken") == []


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<Response><Say/><Hangup/></Response>", ("empty-element", (13520,))),
        ("<Response><Dial/><Hangup/></Response>", ("empty-element", (13223,))),
        ("<Response><Message/></Response>", ("empty-element", (14103,))),
        ("<Response><Enqueue/></Response>", ("empty-element", (14204, 14205))),
        ("<Response><Connect><Room/></Connect></Response>", ("empty-element", (53100,))),
        ("<response><Say>Hi.</Say></response>", ("not-twiml", (12102,))),
        ("<Say>Hi.</Say>", ("not-twiml", (12102,))),
        ('<Response version="1"><Hangup/></Response>', ("unknown-attribute", (12101, 12200))),
        (
            '<Response><Gather action="" actionOnEmptyResult="true"/></Response>',
            ("action-defaults-to-self", (13338,)),
        ),
        (
            '<Response><Gather action="a" input="speech" speechModel="Phone_Call"/></Response>',
            ("unfamiliar-value", (13334,)),
        ),
        (
            '<Response><Say voice="polly.joanna">Hi.</Say></Response>',
            ("unknown-voice", (13511, 13321)),
        ),
        (
            "<Response><Pay chargeAmount='1.005' action='https://contoso.com/a'/></Response>",
            ("bad-value", (64003,)),
        ),
    ],
)
def test_the_codes_of_documents(document: str, expected: tuple[str, tuple[int, ...]]) -> None:
    found = document_findings(document)
    assert [(f.rule.slug, f.twilio) for f in found if f.rule.slug == expected[0]] == [expected]
