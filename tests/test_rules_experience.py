"""What a call is like: circles, recordings, outcomes, numbers, and what is public."""

import pytest

from compiled import make, slugs

DESK = "{number: +14155550100}"
ASK = "states:\n  ask:\n    - gather: {numDigits: 1, prompt: Press any key.}\n      then: desk\n"


@pytest.mark.parametrize(
    ("fallback", "found"),
    [
        ("      fallback: ask\n", ["endless-repeat"]),
        ("      fallback: desk\n", ["pointless-gather"]),
        ("      fallback: [say: Goodbye.]\n", []),
    ],
)
def test_a_caller_who_does_nothing_comes_to_an_end(fallback: str, found: list[str]) -> None:
    flow = ASK + fallback + f"    - hangup\n  desk:\n    - dial: {DESK}\n    - hangup\n"
    assert [slug for slug in slugs(flow) if slug != "unreachable-step"] == found


def test_a_circle_through_a_dial_has_a_way_out_but_no_end() -> None:
    flow = f"states:\n  a:\n    - say: Hold on.\n    - dial: {DESK}\n    - goto: a\n"
    made = make(flow)
    assert made.slugs == ["endless-repeat"]
    assert "as long as nobody answers" in made.words


def test_a_dial_is_tried_twice_at_most() -> None:
    flow = f"states:\n  a:\n    - dial: {DESK}\n      then: hangup\n      fallback: b\n  b:\n    - say: Once more.\n    - dial: {DESK}\n      then: hangup\n      fallback: %s\n"
    assert slugs(flow % "a", target="nginx") == ["endless-repeat"]
    assert slugs(flow % "hangup", target="nginx") == []


def test_a_circle_without_a_way_out_is_one_finding() -> None:
    flow = "states:\n  a:\n    - say: Hold on.\n    - goto: b\n  b:\n    - pause: {length: 9}\n    - goto: a\n"
    assert slugs(flow) == ["no-way-out"]


def test_a_waiting_document_may_go_round() -> None:
    flow = "states:\n  a:\n    - enqueue: {name: q, waitUrl: b}\n    - hangup\n  b:\n    - say: Hold.\n    - goto: b\n"
    assert "no-way-out" not in slugs(flow)


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("- say: Welcome.", ["recording-without-notice"]),
        ("- say: This call is recorded.", []),
        ("- play: https://x.example.com/notice.mp3", []),
        ("- say: {message: Dieser Anruf wird aufgezeichnet., language: de-DE}", []),
        ("- say: {message: Dieser Anruf wird aufgezeichnet., voice: Polly.Vicki}", []),
        ("- say: {message: Votre appel est enregistré., voice: Polly.Lea-Neural}", []),
        ("- say: {message: Esta llamada será grabada., voice: Polly.Lucia}", []),
        ("- say: A grand welcome.", ["recording-without-notice"]),
        ("- say: {message: Willkommen., language: de-DE}", ["recording-without-notice"]),
        ("- say: {message: Benvenuti., language: it-IT}", ["recording-without-notice"]),
        ("- say: {message: Questa chiamata è registrata., language: it-IT}", []),
        ("- say: By staying on the line you consent to this call being captured.", []),
        ("- say: {message: Samtalet spelas in., language: sv-SE}", []),
        ("- say: {message: Samtalen bliver optaget., language: da-DK}", []),
        ("- say: {message: Samtalen tas opp., language: nb-NO}", []),
        ("- say: {message: Rozmowa jest nagrywana., language: pl-PL}", []),
        ("- say: {message: Witamy., language: pl-PL}", ["recording-without-notice"]),
        ("- say: {message: お電話ありがとうございます。, language: ja-JP}", []),
        ("- say: {message: Здравствуйте., voice: Polly.Tatyana}", []),
        ("- say: {message: Welcome to us., voice: Polly.Joanna}", ["recording-without-notice"]),
        ("- say: {message: Merhaba., voice: Google.tr-TR-Wavenet-A}", []),
    ],
)
def test_recordings_are_announced(before: str, found: list[str]) -> None:
    dial = "- dial: {number: +14155550100, record: record-from-answer}\n- hangup\n"
    assert slugs(f"{before}\n{dial}") == found


def test_a_notice_may_follow_a_start_at_once() -> None:
    assert slugs("- start: {recording: {}}\n- say: This call is recorded.\n- hangup\n") == []


def test_voicemail_behind_an_answered_call() -> None:
    assert slugs(f"- dial: {DESK}\n- say: Sorry.\n- voicemail: {{}}\n") == [
        "continues-after-answer"
    ]
    meant = f"- dial: {DESK}\n  fallback: [voicemail: {{}}]\n  allow: fallback-after-answer\n"
    assert slugs(meant) == []
    assert slugs("- dial: {conference: Team}\n- voicemail: {}\n") == []


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ("- dial: +14155550101", True),
        ("- say: We try the next one.\n- dial: +14155550101", True),
        ("- enqueue: support", True),
        ("- say: Nobody answers. Please call again later.", True),
        ("- say: {message: Leider ist gerade besetzt., language: de-DE}", True),
        ("- say: {message: Personne ne répond., language: fr-FR}", True),
        ("- say: If nobody answered, please call again later.", False),
        ("- say: Thank you for calling. Nice to have met you.", False),
        ("- say: {message: Une personne vous rappelle., language: fr-FR}", False),
        ("- dial: {conference: Team}", False),
        ("- say: Nobody is available. Now we connect you with a colleague.", True),
        ("- say: Now we connect you with the bank.\n- dial: +14155550101", False),
        ("- say: How did we do? Please tell us after the tone.\n- record: {maxLength: 9}", False),
        ("- say: Our office is unavailable on Sundays. Goodbye.", False),
        ("- say: Our office is unavailable. Goodbye.", True),
        (
            "- gather: {prompt: Were you happy with us?, numDigits: 1}\n  then: hangup\n  fallback: hangup",
            False,
        ),
    ],
)
def test_what_is_meant_for_callers_whom_nobody_answered(after: str, found: bool) -> None:
    flow = f"- dial: {DESK}\n{after}\n- hangup\n"
    assert ("continues-after-answer" in slugs(flow)) is found
    star = f"- dial: {{number: +14155550100, hangupOnStar: true}}\n{after}\n- hangup\n"
    assert "continues-after-answer" not in slugs(star)


@pytest.mark.parametrize(
    ("then", "behind", "found"),
    [
        ("then: next", "- say: Tell us more.\n- record: {maxLength: 9}\n", False),
        ("when: {completed: next}", "- dial: +14155550101\n", False),
        ("then: next", "- say: Nobody is available.\n- record: {maxLength: 9}\n", True),
        ("when: {busy: next}", "- say: Tell us more.\n- record: {maxLength: 9}\n", True),
    ],
)
def test_then_is_an_answer(then: str, behind: str, found: bool) -> None:
    flow = f"- dial: {DESK}\n  {then}\n  fallback: next\n{behind}- hangup\n"
    assert ("continues-after-answer" in slugs(flow, target="nginx")) is found


@pytest.mark.parametrize(
    ("party", "found"), [("queue: support", []), ("number: '+14155550100'", ["endless-repeat"])]
)
def test_an_agents_line_waits_for_the_next_caller(party: str, found: list[str]) -> None:
    flow = (
        "states:\n  main:\n    - dial: {%s}\n    - say: You get the next caller soon.\n"
        "    - pause: {length: 5}\n    - goto: main\n"
    )
    assert slugs(flow % party) == found


@pytest.mark.parametrize(
    ("beside", "behind", "found"),
    [
        ("  fallback: [say: Nobody answers.]\n", "- voicemail: {}\n", True),
        ("  when: {busy: [say: The desk is busy.]}\n", "- dial: +14155550101\n", True),
        ("  then: hangup\n  fallback: [say: Nobody answers.]\n", "- voicemail: {}\n", False),
        ("  fallback: hangup\n", "- say: Were you happy?\n- record: {maxLength: 9}\n", False),
        ("  fallback: [say: Nobody answers.]\n", "- say: Goodbye.\n", False),
    ],
)
def test_a_list_that_ends_goes_on_for_everybody(beside: str, behind: str, found: bool) -> None:
    flow = f"- dial: {DESK}\n{beside}{behind}- hangup\n"
    assert ("continues-after-answer" in slugs(flow, target="nginx")) is found


@pytest.mark.parametrize(
    ("flow", "found"),
    [
        (f"- dial: {DESK}\n", True),
        ("- enqueue: support\n", True),
        (f"- dial: {DESK}\n- hangup\n", False),
        (f"- dial: {DESK}\n- say: Goodbye.\n", False),
        ("- dial: {conference: Team}\n", False),
    ],
)
def test_callers_who_reach_nobody_are_told_so(flow: str, found: bool) -> None:
    assert ("ends-without-a-word" in make(flow).notes) is found


def test_leave_needs_a_queue() -> None:
    assert slugs("- say: Hi.\n- leave\n") == ["ignored-part"]


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ("dial: '+14155550100'", []),
        ("dial: '911'", []),
        ("dial: 415-555-0100", ["national-number"]),
        ("dial: '+2105550100'", ["unknown-country"]),
        ("dial: '+19005550100'", ["costly-number"]),
        ("dial: {number: +14155550100, callerId: desk}", ["bad-caller-id"]),
        ("dial: {client: anna, callerId: 'client:front-desk'}", []),
        ("dial: {sip: 'sip:+14155550100@shop.sip.twilio.com'}", []),
        (
            "dial: {sip: 'sip:desk@pbx.example.com:5061;transport=tls?X-Shop=downtown&User-to-User=1'}",
            [],
        ),
        ("dial: {sip: 'sip:desk@pbx'}", ["private-host"]),
        ("dial: {sip: 'sip:4155550100;phone-context=+1@pbx.example.com'}", []),
        ("play: https://media.example.com/a.mp3#rc=2&rp=5xx,ct&e=dublin,ashburn", []),
        ("play: https://user:pa55@media.example.com/a.mp3", ["secret-in-document"]),
        ("play: https://8.8.8.8/a.mp3", []),
        ("play: http://media.example.com/a.mp3", []),
        ("say: {message: Hola., voice: Google.es-MX-Wavenet-A, language: es-ES}", []),
        ("say: {message: Hi., voice: man, language: en}", []),
        ("say: {message: Hi., voice: woman, language: it-IT}", ["language-of-voice"]),
        ("say: {message: Hallo., voice: Polly.Joanna, language: de-DE}", ["language-of-voice"]),
        ("say: {message: Hi., voice: Polly.Vicki-Neural, language: en-US}", ["language-of-voice"]),
        ("say: {message: Hi., voice: Polly.Joanna-Generative, language: de-DE}", []),
        ("say: {message: Hi., voice: Polly.Joanna, language: en-GB}", []),
        ("say: {message: Hi., voice: Polly.Kajal-Neural, language: en-IN}", []),
        ("say: {message: Nihao., voice: Polly.Zhiyu, language: zh-CN}", []),
        ("say: {message: Marhaba., voice: Polly.Zeina, language: arb}", []),
        ("dial: '+1212555014'", ["number-length"]),
        ("dial: '+121255501433'", ["number-length"]),
        ("dial: '+442079460'", ["number-length"]),
        ("dial: '+12121550143'", ["number-length"]),
        ("dial: '+10125550143'", ["number-length"]),
        ("dial: '+12125550143'", []),
        ("dial: '+442079460143'", []),
        ("dial: '+3315555010'", ["number-length"]),
        ("dial: '+331555501000'", ["number-length"]),
        ("dial: '+49301234'", []),
        ("dial: {number: +14155550100, callerId: '+1212555014'}", ["number-length"]),
        ("dial: {number: +14155550100, callerId: '+33155550100'}", []),
        ("dial: {conference: {name: Team, beep: onEnter}}", []),
    ],
)
def test_numbers_and_addresses(step: str, found: list[str]) -> None:
    assert slugs(f"- {step}\n- hangup\n") == found


PIN_MENU = "- menu:\n    prompt: %s\n    choices: {'4711': hangup, '0815': hangup}\n- hangup\n"


@pytest.mark.parametrize(
    ("prompt", "secret"),
    [
        ("Please key in your PIN.", True),
        ("Enter the four digits of your access code.", True),
        ("[{say: {message: Bitte geben Sie Ihr Kennwort ein., language: de-DE}}]", True),
        ("[{say: {message: Marque su clave., language: es-MX}}]", True),
        ("[{say: {message: Composez votre code secret., language: fr-FR}}]", True),
        ("Please dial the extension of the person.", False),
        ("Please key in your zip code.", False),
        ("To find the store near you, enter your six digit area pin code.", False),
        ("Key in the pin code of your area.", False),
        ("Key in the pin code of your card.", True),
        ("Key in the number of your order, and hold the pineapple.", False),
        ("Key in the code of the product.", False),
    ],
)
def test_pins_on_hosts_that_answer_everybody(prompt: str, secret: bool) -> None:
    flow = PIN_MENU % prompt
    assert ("pin-in-public" in slugs(flow, target="nginx")) is secret
    assert "pin-in-public" not in slugs(flow, target="twiml-bin")


def test_a_state_may_tell_that_a_pin_is_asked_for() -> None:
    flow = "states:\n  %s:\n    - gather: {numDigits: 4, prompt: [{play: 'https://x.example.com/a.mp3'}]}\n      when: {'4711': in}\n      fallback: out\n    - goto: out\n  in: [{say: Hello.}]\n  out: [{say: Goodbye.}]\n"
    assert slugs(flow % "check-pin", target="nginx") == ["pin-in-public"]
    assert slugs(flow % "spin", target="nginx") == []


@pytest.mark.parametrize(
    ("step", "note"),
    [
        ("play: http://media.example.com/a.mp3", True),
        ("gather: {numDigits: 1, prompt: [{play: 'http://media.example.com/a.mp3'}]}", True),
        ("dial: {conference: {name: Team, waitUrl: 'http://media.example.com/a.mp3'}}", True),
        ("play: https://media.example.com/a.mp3", False),
    ],
)
def test_sounds_that_are_fetched_in_the_open(step: str, note: bool) -> None:
    assert ("sound-over-http" in make(f"- {step}\n- say: Goodbye.\n").notes) is note


def test_a_target_alone_does_not_tell_what_no_flow_uses() -> None:
    files = {
        "twimlc.yaml": "targets:\n  static: {host: static, flows: [a]}\n  nginx: {host: nginx, flows: [b]}\n",
        "flows/a.yaml": "steps: [{say: Hello.}, hangup]\n",
        "flows/b.yaml": "steps: [{use: closing}]\n",
        "flows/_components/closing.yaml": "steps: [{say: Goodbye.}, hangup]\n",
    }
    assert make(files=files, target="static").slugs == []
    files["flows/b.yaml"] = "steps: [{say: Goodbye.}, hangup]\n"
    assert make(files=files, target=None).slugs == ["unused-component"]


@pytest.mark.parametrize(
    ("step", "secret"),
    [
        ("dial: {sip: {sipUrl: 'sip:a@b.example.com', username: me, password: s3cret}}", True),
        ("dial: {sip: 'sip:a@b.example.com?X-Auth-Token=s3cret'}", True),
        ("dial: {sip: 'sip:a@b.example.com?X-Tokens=none'}", False),
        ("connect: {stream: {url: 'wss://a.example.com/x', parameters: {apiKey: sk-1234}}}", True),
        ("connect: {stream: {url: 'wss://a.example.com/x', parameters: {keypad: full}}}", False),
        ("dial: {client: {identity: anna, parameters: {needsPassword: true}}}", False),
        ("redirect: https://x.example.com/a?token=abcdef", True),
    ],
)
def test_secrets_are_safe_where_twilio_alone_can_read(step: str, secret: bool) -> None:
    assert ("secret-in-document" in slugs(f"- {step}\n")) is secret
    assert "secret-in-document" not in slugs(f"- {step}\n", target="twiml-bin")
