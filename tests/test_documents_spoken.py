"""Rules of flows that hold for the same TwiML: what callers are told, and what is started."""

import pytest

from compiled import document_findings
from twimlc.findings.diagnostic import Diagnostic, Severity

NUMBER = "+14155550100"
FOR_NOBODY = "continues-after-answer"


def found(inside: str) -> list[Diagnostic]:
    return document_findings(f"<Response>{inside}</Response>")


def slugs(inside: str) -> list[str]:
    return [finding.rule.slug for finding in found(inside)]


def stream(name: str, verb: str = "Start") -> str:
    address = ' url="wss://stream.contoso.com/call"' if verb == "Start" else ""
    return f'<{verb}><Stream name="{name}"{address}/></{verb}>'


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('<Gather action="/x" timeout="5000"/><Hangup/>', ["milliseconds"]),
        ('<Record action="/x" timeout="3000"/>', ["milliseconds"]),
        ('<Record action="/x" timeout="30" maxLength="3600"/>', []),
        (f'<Dial timeout="5000">{NUMBER}</Dial>', ["bad-value"]),
        ('<Say>Hello &lt;break time="1s"/&gt;</Say>', ["unspeakable-text"]),
        ("<Say><![CDATA[Hello <break/>]]></Say>", ["unspeakable-text"]),
        ("<Say>Tom &amp;amp; Ann</Say>", ["unspeakable-text"]),
        ("<Say>https://cdn.contoso.com/hello.mp3</Say>", ["unspeakable-text"]),
        ('<Say>Tom &amp; Ann, 5 &lt; 6 <break time="1s"/> and more</Say>', []),
        ("<Say>See https://contoso.com/help for more.</Say>", []),
        (
            '<Gather action="/x"><Say>Hi &lt;b&gt;you&lt;/b&gt;</Say></Gather><Hangup/>',
            ["unspeakable-text"],
        ),
    ],
)
def test_times_and_texts(inside: str, expected: list[str]) -> None:
    assert slugs(inside) == expected


@pytest.mark.parametrize(
    ("attributes", "words", "wrong"),
    [
        ('finishOnKey="*"', "Enter your PIN, followed by the pound key.", True),
        ('finishOnKey="*"', "Enter your PIN and press pound.", True),
        ("", "Key in your number, then press star.", True),
        ('finishOnKey="#"', "Enter your PIN, then press pound. To cancel press star.", False),
        ('finishOnKey="*#"', "Enter your PIN, then press pound.", False),
        ("", "Enter your PIN, followed by the pound key.", False),
        ('finishOnKey=""', "To hear this again, press star.", False),
        ('finishOnKey="*" numDigits="4"', "Enter your PIN and press pound.", False),
        ('finishOnKey="*" input="speech"', "Say your PIN and press pound.", False),
        ('finishOnKey="*"', "Ask for the pound, and the star of the show.", False),
    ],
)
def test_the_key_that_ends_a_gather(attributes: str, words: str, wrong: bool) -> None:
    gather = f'<Gather action="/x" {attributes}><Say>{words}</Say></Gather><Hangup/>'
    assert ("other-end-key" in slugs(gather)) is wrong


def test_the_key_that_ends_a_recording() -> None:
    words = "<Say>Leave a message and press star to end.</Say><Play>/beep.mp3</Play>"
    record = '<Record action="/x" finishOnKey="#"/>'
    assert slugs(words + record) == ["other-end-key"]
    assert slugs(words + record.replace("#", "*")) == []
    assert slugs(words + '<Record action="/x"/>') == []
    assert slugs(words + f"<Dial>{NUMBER}</Dial>" + record) == [FOR_NOBODY]


@pytest.mark.parametrize(
    ("behind", "wrong"),
    [
        ('<Say>How did we do?</Say><Record action="/x"/>', False),
        ("<Say>The shop is unavailable on Sundays. Goodbye.</Say>", False),
        ("<Say>Sorry, nobody is available.</Say>", True),
        ('<Pause/><Say>Please leave a message.</Say><Record action="/x"/>', True),
        ("<Dial>+14155550101</Dial>", True),
        ("<Say>Thank you for calling.</Say>", False),
        ("<Say>If nobody answered, please call again.</Say>", False),
        ("<Hangup/>", False),
        ('<Gather action="/x"/><Say>Nobody is available.</Say>', False),
    ],
)
def test_what_is_for_callers_whom_nobody_answered(behind: str, wrong: bool) -> None:
    assert (FOR_NOBODY in slugs(f"<Dial>{NUMBER}</Dial>{behind}")) is wrong
    assert FOR_NOBODY not in slugs(f'<Dial hangupOnStar="true">{NUMBER}</Dial>{behind}')
    assert FOR_NOBODY not in slugs(f"<Dial><Conference>R</Conference></Dial>{behind}")


def test_names_of_streams() -> None:
    one = stream("agent")
    assert slugs(f"{one}<Say>Hi</Say>{one}<Say>Hi</Say>") == ["name-taken"]
    assert slugs(f"{one}<Say>Hi</Say>{stream('agent', 'Stop')}{one}<Say>Hi</Say>") == []
    assert slugs(f"{one}{stream('other')}<Say>Hi</Say>") == []
    [slip] = found(f"{one}<Say>Hi</Say>{stream('agnet', 'Stop')}<Hangup/>")
    assert (slip.rule.slug, slip.severity) == ("stop-without-start", Severity.WARNING)
    assert slip.hint == "did you mean 'agent'?"


def test_a_stream_of_an_earlier_document_may_be_stopped() -> None:
    assert slugs(f"{stream('old', 'Stop')}{stream('agent')}<Say>Hi</Say>") == []
    assert slugs(f"{stream('old', 'Stop')}<Dial>{NUMBER}</Dial>") == []
    [other] = found(f"{stream('agent')}{stream('old', 'Stop')}<Say>Hi</Say>")
    assert (other.rule.slug, other.severity) == ("stop-without-start", Severity.NOTE)


def test_a_caller_who_keys_nothing_in_is_asked_for_ever() -> None:
    gather = '<Gather action="/x"><Say>Press any key.</Say></Gather>'
    [note] = found(f"<Say>Hi</Say>{gather}<Redirect/>")
    assert (note.rule.slug, note.severity) == ("endless-repeat", Severity.NOTE)
    assert slugs(f'{gather}<Redirect method="GET">bye.xml</Redirect>') == []
    assert "endless-repeat" not in slugs("<Gather/><Redirect/>")
    [note] = found(f"{gather}<Dial>{NUMBER}</Dial><Redirect/>")
    assert "as long as nobody answers, this is tried again and again" in note.message
