"""What a call is like: circles, prompts, recordings, outcomes, budgets and promises."""

import pytest

from compiled import make, slugs
from twimlc.analysis.prompts import told_keys

DESK = "{number: +14155550100}"
ASK = "states:\n  ask:\n    - gather: {numDigits: 1, prompt: Press any key.}\n      then: desk\n"


@pytest.mark.parametrize(
    ("fallback", "found"),
    [
        ("      fallback: ask\n", ["endless-round"]),
        ("      fallback: desk\n", ["pointless-gather"]),
        ("      fallback: [say: Goodbye.]\n", []),
    ],
)
def test_a_caller_who_does_nothing_comes_to_an_end(fallback: str, found: list[str]) -> None:
    flow = ASK + fallback + f"    - hangup\n  desk:\n    - dial: {DESK}\n    - hangup\n"
    assert [slug for slug in slugs(flow) if slug != "unreachable-step"] == found


def test_a_circle_through_a_dial_has_a_way_out() -> None:
    flow = f"states:\n  a:\n    - say: Hold on.\n    - dial: {DESK}\n    - goto: a\n"
    assert slugs(flow) == []


def test_a_circle_without_a_way_out_is_one_finding() -> None:
    flow = "states:\n  a:\n    - say: Hold on.\n    - goto: b\n  b:\n    - pause: {length: 9}\n    - goto: a\n"
    assert slugs(flow) == ["no-way-out"]


def test_a_waiting_document_may_go_round() -> None:
    flow = "states:\n  a:\n    - enqueue: {name: q, waitUrl: b}\n    - hangup\n  b:\n    - say: Hold.\n    - goto: b\n"
    assert "no-way-out" not in slugs(flow)


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("For sales press 1, or press two for service.", ["1", "2"]),
        ("Press 1, 2 or 3.", ["1", "2", "3"]),
        ("In an emergency hang up and dial 911.", []),
        ("Press any key.", []),
        ("Press one moment longer", ["1"]),
        ("Drücken Sie die 3, pulse el 4, appuyez sur la touche 5.", ["3", "4", "5"]),
        ("Press the star key to hear this again, and press pound when done.", ["*", "#"]),
        ("We compress 7 files.", []),
        ("Press one of these keys. Tapez un numéro. Marque un número.", []),
        ("Tapez un pour les ventes.", ["1"]),
        ("Press star nine, or press one one.", ["*9", "11"]),
        ("Drücken Sie die Sterntaste oder die 2. Drücken Sie zwo.", ["*", "2"]),
    ],
)
def test_keys_are_read_out_of_words(words: str, keys: list[str]) -> None:
    assert told_keys(words) == keys


def menu(prompt: str, *keys: str) -> list[str]:
    choices = "".join(f'    "{key}": hangup\n' for key in keys)
    return make(f"- menu:\n    prompt: {prompt}\n    choices:\n  {choices.replace(chr(10), chr(10) + '  ').rstrip()}\n- hangup\n", target="nginx").slugs


def test_prompt_and_choices_agree() -> None:
    assert menu("Press 1 or 2.", "1", "2") == []
    assert menu("Press 1 or 3.", "1", "2") == ["key-without-choice", "choice-not-spoken"]
    assert menu("Dial the extension you want.", "1", "2") == []
    assert menu("Press 1 for sales; for service it is 2.", "1", "2") == []


@pytest.mark.parametrize(
    ("prompt", "keys"),
    [
        ("Press 1 to 4.", "1234"),
        ("Drücken Sie 1 bis 3.", "123"),
        ("Press 1. Or any key between 2 and 4.", "1234"),
        ("Press 1. Press 1 two times to hear it again.", "1"),
        ("Press one of these keys, 2 for sales, 3 for service. Press 2 now.", "23"),
        ("Para ventas, marque uno. Para repetir, marque la tecla numeral.", "1#"),
        ("Drücken Sie die Eins. Mit der Sterntaste hören Sie dies noch einmal.", "1*"),
        ("[{say: Press 1.}, {say: {message: Premere due., language: it-IT}}]", "12"),
    ],
)
def test_ranges_counts_and_other_names_of_keys(prompt: str, keys: str) -> None:
    assert menu(prompt, *keys) == []


def test_codes_that_callers_know_need_no_words() -> None:
    assert menu("Dial the extension, or press star nine.", "101", "102", "*9") == ["mixed-choices"]
    assert menu("Press 11 for sales.", "11", "12") == ["choice-not-spoken"]
    assert menu("Press 12 for sales.", "1") == ["key-without-choice", "choice-not-spoken"]


def test_a_sound_may_name_what_the_words_do_not() -> None:
    prompt = "[{say: Press 1 for sales.}, {play: 'https://x.example.com/more.mp3'}]"
    assert menu(prompt, "1", "2") == []


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
    ],
)
def test_recordings_are_announced(before: str, found: list[str]) -> None:
    dial = "- dial: {number: +14155550100, record: record-from-answer}\n- hangup\n"
    assert slugs(f"{before}\n{dial}") == found


def test_a_notice_may_follow_a_start_at_once() -> None:
    assert slugs("- start: {recording: {}}\n- say: This call is recorded.\n- hangup\n") == []


def test_voicemail_behind_an_answered_call() -> None:
    assert slugs(f"- dial: {DESK}\n- say: Sorry.\n- voicemail: {{}}\n") == ["answered-call-goes-on"]
    meant = f"- dial: {DESK}\n  fallback: [voicemail: {{}}]\n  allow: fallback-after-answer\n"
    assert slugs(meant) == []
    assert slugs("- dial: {conference: Team}\n- voicemail: {}\n") == []


def test_leave_needs_a_queue() -> None:
    assert slugs("- say: Hi.\n- leave\n") == ["ignored-part"]


PROJECT = "targets:\n  static: {host: static}\nbudgets:\n  %s\n"
LONG = "- say: one two three four five\n- pause: {length: 10}\n- dial: +14155550100\n- hangup\n"


@pytest.mark.parametrize(
    ("budget", "found"),
    [
        ("human: {words: 5}", []),
        ("human: {words: 4}", ["over-budget"]),
        ("human: {seconds: 12}", []),
        ("human: {seconds: 11}", ["over-budget"]),
        ("choice: {seconds: 1}", []),
        ("human: {keys: many}", ["bad-project"]),
        ("humans: {keys: 1}", ["unknown-project-key"]),
    ],
)
def test_budgets(budget: str, found: list[str]) -> None:
    made = make(files={"flows/f.yaml": "steps:\n" + "".join(f"  {line}\n" for line in LONG.splitlines()), "twimlc.yaml": PROJECT % budget})
    assert made.slugs == found


TREE = """\
invariants: ["{promise}"]
states:
  top:
    - say: This call is recorded.
    - menu:
        prompt: Press 1 for sales or 2 for a message.
        attempts: 2
        choices: {{"1": sales, "2": message}}
      fallback: bye
  sales:
    - dial: +14155550100
    - goto: bye
  message:
    - record: {{maxLength: 20}}
    - goto: bye
  bye:
    - say: Goodbye.
    - hangup
"""


@pytest.mark.parametrize(
    ("promise", "way"),
    [
        ("always reaches bye", None),
        ("always reaches human", "2 pressed at"),
        ("reaches human within 1 key", None),
        ("reaches human within 0 keys", "1 pressed at"),
        ("never reaches voicemail", "2 pressed at"),
        ("never dials +1900*", None),
        ("never dials +1415*", "1 pressed at"),
        ("'recorded' before record", None),
        ("'consent' before record", "2 pressed at"),
        ("sales before message", "2 pressed at"),
        ("always reaches bye within 2 keys", None),
        ("always reaches bye within 1 key", "it may take 2 keys"),
    ],
)
def test_promises(promise: str, way: str | None) -> None:
    made = make(TREE.format(promise=promise), target="nginx")
    assert made.slugs == ([] if way is None else ["broken-invariant"])
    assert way is None or way in made.words


@pytest.mark.parametrize("promise", ["always reaches byee", "never dials sales", "be nice"])
def test_what_cannot_be_checked_is_an_error(promise: str) -> None:
    made = make(TREE.format(promise=promise), target="nginx")
    assert made.slugs == ["bad-invariant"]


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
        ("dial: {sip: 'sip:desk@pbx.example.com:5061;transport=tls?X-Shop=downtown&User-to-User=1'}", []),
        ("dial: {sip: 'sip:desk@pbx'}", ["private-host"]),
        ("dial: {sip: 'sip:4155550100;phone-context=+1@pbx.example.com'}", []),
        ("play: https://media.example.com/a.mp3#rc=2&rp=5xx,ct&e=dublin,ashburn", []),
        ("play: https://user:pa55@media.example.com/a.mp3", ["secret-in-document"]),
        ("play: https://8.8.8.8/a.mp3", []),
        ("play: http://media.example.com/a.mp3", []),
        ("say: {message: Hola., voice: Google.es-MX-Wavenet-A, language: es-ES}", []),
        ("say: {message: Hi., voice: man, language: en}", []),
        ("say: {message: Hi., voice: woman, language: it-IT}", ["language-of-voice"]),
        ("dial: {conference: {name: Team, beep: onEnter}}", []),
    ],
)
def test_numbers_and_addresses(step: str, found: list[str]) -> None:
    assert slugs(f"- {step}\n- hangup\n") == found
