"""Every kind of mistake in shape: one finding, at its exact place, with words that help."""

import pytest

from twimlc.findings.catalogue import ALL_RULES
from twimlc.findings.diagnostic import Diagnostic
from twimlc.formats.check import check_component, check_flow
from twimlc.text import SourceFile
from twimlc.yaml.reader import read_yaml


def findings(text: str) -> list[Diagnostic]:
    tree, problems = read_yaml(SourceFile("flow.yaml", text))
    assert not problems
    assert tree is not None
    return check_flow(tree)[1]


def step(text: str) -> str:
    return f"steps:\n  - {text}\n  - hangup\n"


# The flow, the rule, the text at the place, and a piece of the message or hint.
MISTAKES = [
    # unknown-key
    (step("say: {message: Hello, voise: alice}"), "unknown-key", "voise", "did you mean 'voice'?"),
    (step("gather: {num_digits: 1}"), "unknown-key", "num_digits", "it is written 'numDigits'"),
    (step("gather: {finish-on-key: '#'}"), "unknown-key", "finish-on-key", "'finishOnKey'"),
    (step("gather: {numdigits: 1}"), "unknown-key", "numdigits", "'numDigits'"),
    (step("say: {text: Hello}"), "unknown-key", "text", "the text of say is called 'message'"),
    (step("dial: {number: '1', then: next}"), "unknown-key", "then", "beside dial"),
    (step("say: {message: Hi, numDigits: 1}"), "unknown-key", "numDigits", "belongs to gather"),
    (step("say: Hello\n    voice: alice"), "unknown-key", "voice", "it belongs inside"),
    (step("dial: {sip: 'sip:a@b.example.com', username: a}"), "unknown-key", "username", "the sip"),
    (step("dial: {queue: desk, url: screen}"), "unknown-key", "url", "write queue: {name: …, url"),
    (step("dial: {number: '+14155550100', muted: true}"), "unknown-key", "muted", "conference"),
    (step("dial: {room: Review}"), "unknown-key", "room", "belongs inside connect"),
    (step("connect: {conference: Team}"), "unknown-key", "conference", "belongs inside dial"),
    ("params: {my-desk: a}\nsteps: [hangup]", "bad-name", "my-desk", "write 'my_desk'"),
    (step("say:\n    message: Hello"), "unknown-key", "message", "indent it deeper"),
    (step("say: Hello\n    fallbak: next"), "unknown-key", "fallbak", "'fallback'"),
    (
        step("connect: {room: {name: x, participant: y}}"),
        "unknown-key",
        "participant",
        "participantIdentity",
    ),
    (
        step("dial: {number: [{phoneNumber: '1', sendDigit: '2'}]}"),
        "unknown-key",
        "sendDigit",
        "'sendDigits'",
    ),
    (step("menu: {choices: {'1': next}, promt: Hello}"), "unknown-key", "promt", "'prompt'"),
    ("stat: a\nsteps: [hangup]\n", "unknown-key", "stat", "unknown key 'stat' in a flow"),
    ("on_call: '+1'\nsteps: [hangup]\n", "unknown-key", "on_call", "params: {on_call: …}"),
    ("strat: a\nstates: {a: [hangup]}\n", "unknown-key", "strat", "did you mean 'start'?"),
    ("account: {pci: true}\nsteps: [hangup]\n", "unknown-key", "account", "twimlc.yaml"),
    ("opening_hours: 9-17\nsteps: [hangup]\n", "unknown-key", "opening_hours", "docs/hours.md"),
    ("states: {a: [hangup]}\nb: [hangup]\n", "unknown-key", "b", "indent it"),
    ("steps: [hangup]\nstart: a\n", "unknown-key", "start", "drop it"),
    ("steps: [hangup]\ndefaults: {say: {voize: alice}}\n", "unknown-key", "voize", "'voice'"),
    ("steps: [hangup]\ndefaults: {sya: {voice: alice}}\n", "unknown-key", "sya", "'say'"),
    (step("{say: Good morning, everybody}"), "unknown-key", "everybody", "in quotes"),
    # wrong-type
    (step("dial: {number: '1', timeout: soon}"), "wrong-type", "soon", "whole number of seconds"),
    (step("dial: {number: '1', timeout: '020'}"), "wrong-type", "'020'", "write 20"),
    (step("dial: {number: '1', timeout: 20s}"), "wrong-type", "20s", "write 20"),
    (step("dial: {number: '1', timeout: 20.5}"), "wrong-type", "20.5", "whole number"),
    (step("dial: {number: '1', timeout: [20]}"), "wrong-type", "[20]", "not a list"),
    (step("gather: {bargeIn: yes}"), "wrong-type", "yes", "write true"),
    (step("gather: {bargeIn: False}"), "wrong-type", "False", "write false"),
    (step("gather: {bargeIn: 1}"), "wrong-type", "1", "write true"),
    (step("say: [Hello, there]"), "wrong-type", "[Hello, there]", "not a list"),
    (step("pause: 2"), "wrong-type", "2", "pause: {length: 2}"),
    (step("pause: 2s"), "wrong-type", "2s", "pause: {length: 2}"),
    (step("voicemail: Leave a word."), "wrong-type", "Leave a word.", "{say: Leave a word.}"),
    (
        step("gather: 'Press #, or wait.'"),
        "wrong-type",
        "'Press #, or wait.'",
        '{prompt: "Press #, ',
    ),
    (step("connect: Standup"), "wrong-type", "Standup", "connect: {room: Standup}"),
    (step("connect: wss://a.example/b"), "wrong-type", "wss://a.example/b", "{stream: {url: wss:"),
    (step("gather: Your number?"), "wrong-type", "Your number?", "gather: {prompt: Your number?}"),
    (step("connect: stram"), "wrong-type", "stram", "did you mean 'stream'?"),
    (step("say: {message: {a: b}}"), "wrong-type", "{a: b}", "not a map"),
    (step("say: {message: Hi, extra: 5}"), "wrong-type", "5", "names and values"),
    (step("say: Hi\n    if: 'false'"), "wrong-type", "'false'", "expression"),
    (step("say: Hi\n    each: three"), "wrong-type", "three", "list"),
    (step("dial: '1'\n    when: busy"), "wrong-type", "busy", "map of outcomes"),
    ("states: {a: Hello}\n", "wrong-type", "Hello", "- say: Hello"),
    ("states: {a: goto b}\n", "wrong-type", "goto b", "'- goto: b'"),
    (step("say Hello there"), "no-verb", "say Hello there", "'- say: Hello there'"),
    (step("dial +14155550100"), "no-verb", "dial +14155550100", "'- dial: +14155550100'"),
    (step("goto bye"), "no-verb", "goto bye", "a colon is missing"),
    (step("hangup now"), "no-verb", "hangup now", "it stands alone"),
    (step("gather: {method: get}"), "bad-value", "get", "leave it out"),
    (step("menu: {1: next}"), "unknown-key", "1", 'choices: {"1": next}'),
    (step("menu: {'#': [hangup]}"), "unknown-key", "'#'", 'choices: {"#": …}'),
    (step("menu: {choices: {'1': next}, retries: 2}"), "unknown-key", "retries", "'attempts'"),
    (step("menu: {choices: {'1': next}, say: Hi}"), "unknown-key", "say", "calls it 'prompt'"),
    (step("menu: {options: {'1': next}}"), "unknown-key", "options", "calls it 'choices'"),
    (step("menu: {choices: {'1': next}, default: a}"), "unknown-key", "default", "'fallback:'"),
    (step("dial: {number: '1', ring: 20}"), "unknown-key", "ring", "calls it 'timeout'"),
    (step("dial: '1'\n    else: next"), "unknown-key", "else", "'fallback'"),
    (step("dial: '1'\n    noAnswer: next"), "unknown-key", "noAnswer", "when: {no-answer: …}"),
    ("steps: Hello there\n", "wrong-type", "Hello there", "- say: Hello there"),
    ("states: [a, b]\n", "wrong-type", "[a, b]", "map of names"),
    ("steps: [hangup]\nparams: [a]\n", "wrong-type", "[a]", "map of names"),
    ("steps: [hangup]\ncall: Patient\n", "wrong-type", "Patient", "list of names"),
    (step("use: greet\n    with: Ann"), "wrong-type", "Ann", "params"),
    # bad-value
    (
        step("dial: {number: '1', record: record-from-answr}"),
        "bad-value",
        "record-from-answr",
        "'record-from-answer'?",
    ),
    (step("dial: {number: '1', timeout: 700}"), "bad-value", "700", "from 5 to 600"),
    (step("dial: {number: '1', method: get}"), "bad-value", "get", "did you mean 'GET'?"),
    (step("gather: {input: dtmf, speech}"), "unknown-key", "speech", "in quotes"),
    (step("gather: {input: 'dtmf, speech'}"), "bad-value", "'dtmf, speech'", "one space"),
    (step("gather: {input: [dtmf, speach]}"), "bad-value", "speach", "'speech'"),
    ("kind: video\nsteps: [hangup]\n", "bad-value", "video", "voice, messaging"),
    # missing-key
    (step("say: {voice: alice}"), "missing-key", "say", "'message' or 'ssml'"),
    (step("say:"), "missing-key", "say", "nothing after"),
    (step("dial: {timeout: 20}"), "missing-key", "dial", "needs one of"),
    (step("dial: {number: {sendDigits: '1'}}"), "missing-key", "number", "'phoneNumber'"),
    (step("dial: {number: [{sendDigits: '1'}]}"), "missing-key", "sendDigits", "'phoneNumber'"),
    (step("connect: {action: /x}"), "missing-key", "connect", "'room'"),
    (step("menu: {prompt: Hello}"), "missing-key", "menu", "'choices'"),
    (step("offer: {prompt: Hello}"), "missing-key", "offer", "'options'"),
    (step("offer: {options: [{say: Hello}]}"), "missing-key", "say", "'then'"),
    (step("hunt: {timeout: 20}"), "missing-key", "hunt", "'people'"),
    # several-verbs
    (step("say: Hello\n    dial: '1'"), "several-verbs", "dial", "say and dial are two steps"),
    (step("gather: {}\n    say: Hello"), "several-verbs", "say", "indent it deeper"),
    (step("gather: {prompt: [{say: a, play: b}]}"), "several-verbs", "play", "two steps"),
    (step("hunt: {people: [{number: '1', client: a}]}"), "several-verbs", "client", "dash"),
    # no-verb
    ("flow: a\nsteps:\n  - hangup\n  -\n", "no-verb", "", "for example '- say: …'"),
    ("flow: a\nkind: messaging\nsteps:\n  - message: Hi.\n  -\n", "no-verb", "", "'- message: …'"),
    (step("sya: Hello"), "no-verb", "sya", "did you mean 'say'?"),
    (step("Say: Hello"), "no-verb", "Say", "did you mean 'say'?"),
    (step("speak: Hello"), "no-verb", "speak", "write say"),
    (step("room: DailyStandup"), "no-verb", "room", "connect: {room: …}"),
    (step("then: next"), "no-verb", "then", "no verb that it belongs to"),
    (step("office-hours: {mon-fri: 8-17}"), "no-verb", "office-hours", "the step hours asks"),
    (step("dial: ['+14155550100']"), "no-verb", "'+14155550100'", "or hunt: [+14155550100, …]"),
    (step("say"), "no-verb", "say", "'say: …'"),
    (step("hangpu"), "no-verb", "hangpu", "did you mean 'hangup'?"),
    (step("goodbye"), "no-verb", "goodbye", "goto: goodbye"),
    (step("say:Hello"), "no-verb", "say:Hello", "a space is missing"),
    (step("- say: Hello"), "no-verb", "- say: Hello", "dash"),
    (step("dial: '1'\n    then: [{sai: Hello}]"), "no-verb", "sai", "'say'"),
    (step("gather: {prompt: [{dial: '1'}]}"), "no-verb", "dial", "say, play, pause"),
    # empty-list
    ("steps: []\n", "empty-list", "[]", "at least one step"),
    ("states: {a: [], b: [hangup]}\n", "empty-list", "[]", "- hangup"),
    ("states:\n  a:\n  b: [hangup]\n", "empty-list", "a", "no steps"),
    (step("dial: '1'\n    then: []"), "empty-list", "[]", "next"),
    (step("menu: {choices: {}}"), "empty-list", "{}", "empty"),
    (step("hunt: {people: []}"), "empty-list", "[]", "empty"),
    # bad-name
    ("flow: Front Desk\nsteps: [hangup]\n", "bad-name", "Front Desk", "write 'front-desk'"),
    ("states: {Main_Menu: [hangup]}\n", "bad-name", "Main_Menu", "write 'main-menu'"),
    ("states: {con: [hangup]}\n", "bad-name", "con", "device"),
    ("states: {next: [hangup]}\n", "bad-name", "next", "already"),
    ("steps: [hangup]\nparams: {my-room: a}\n", "bad-name", "my-room", "letters, digits and '_'"),
    ("steps: [hangup]\nparams: {state: a}\n", "bad-name", "state", "reserved"),
    ("steps: [hangup]\ncall: [first-name]\n", "bad-name", "first-name", "letters"),
    (step("say: '${x-y}'\n    each: [a]\n    as: x-y"), "bad-name", "x-y", "letters"),
    # not-a-flow
    ("- say: Hello\n", "not-a-flow", "- say: Hello", "write 'steps:'"),
    ("Hello there\n", "not-a-flow", "Hello there", "not a text"),
    ("flow: lunch\n", "not-a-flow", "flow", "neither"),
    ("steps: [hangup]\nstates: {a: [hangup]}\n", "not-a-flow", "states", "both"),
    ("greeting:\n  - say: Hi\nbye: [hangup]\n", "not-a-flow", "greeting", "above 'greeting'"),
    ("targets: {a: {host: s3}}\n", "not-a-flow", "targets", "twimlc.yaml"),
    (
        "steps: [hangup]\ncomponents: {a: {steps: [hangup], states: {b: [hangup]}}}\n",
        "not-a-flow",
        "states",
        "both",
    ),
    (
        "steps: [hangup]\ncomponents: {a: [say: Hi]}\n",
        "wrong-type",
        "[say: Hi]",
        "a map with steps",
    ),
    ("steps: [hangup]\ncomponents: {a: }\n", "missing-key", "a", "a map with steps"),
    # bad-key
    (step("menu: {choices: {'${k}': next}}"), "bad-key", "'${k}'", "choices: ${table}"),
    (step("menu: {choices: {a: next}}"), "bad-key", "a", "not a phone key"),
    (step("menu: {choices: {'1': next, star: hangup}}"), "bad-key", "star", 'write "*"'),
    (step("menu: {choices: {'1': next, default: hangup}}"), "bad-key", "default", "'fallback'"),
    (step("menu: {choices: {'1': next, fallback: hangup}}"), "bad-key", "fallback", "beside menu"),
    (step("menu: {choices: {'1': next, silence: Hi.}}"), "bad-key", "silence", "beside choices"),
    # what was meant stands somewhere else
    ("states: {a: [office], office: [hangup]}", "no-verb", "office", "write 'goto: office'"),
    (step("menu: {choices: [1: next, '*': hangup]}"), "unknown-key", "1", "{key: 1, then: next}"),
    (step("use: clinic\n    desk: 9"), "unknown-key", "desk", "under with: {desk: 9}"),
    (
        "steps: [hangup]\ncomponents: {a: {steps: [hangup], invariants: [x]}}\n",
        "unknown-key",
        "invariants",
        "at the top of a flow",
    ),
    (step("pause: {length: “3”}"), "wrong-type", "“3”", "use straight quotes"),
]


@pytest.mark.parametrize(("text", "slug", "place", "words"), MISTAKES)
def test_one_mistake_is_one_finding_at_its_place(
    text: str, slug: str, place: str, words: str
) -> None:
    found = findings(text)
    assert [(f.rule.slug, f.span.text) for f in found] == [(slug, place)], found
    assert words in f"{found[0].message} | {found[0].hint}"


def test_no_message_is_jsonschema_s() -> None:
    for text, *_ in MISTAKES:
        for found in findings(text):
            words = f"{found.message} {found.hint}"
            for wording in (
                "is not of type",
                "is not valid",
                "Additional",
                "required property",
                "does not match",
            ):
                assert wording not in words


def test_a_file_with_three_mistakes_has_three_findings_in_order() -> None:
    text = (
        "states:\n  a:\n    - say: {message: Hi, voise: alice}\n"
        "    - dial: {number: '1', timeout: soon}\n  b: []\n"
    )
    assert [(f.rule.slug, f.span.begin.line) for f in findings(text)] == [
        ("unknown-key", 3),
        ("wrong-type", 4),
        ("empty-list", 5),
    ]


def test_two_unknown_keys_are_two_findings() -> None:
    found = findings(step("say: {message: Hi, voise: a, lopp: 2}"))
    assert [f.span.text for f in found] == ["voise", "lopp"]


def test_a_mistake_in_an_anchored_part_is_told_once() -> None:
    text = "x-words: &words {message: Hi, voise: a}\nsteps:\n  - say: *words\n  - say: *words\n"
    assert len(findings(text)) == 1


def test_fixes_mend_what_they_promise() -> None:
    for text, wrong, right in (
        (step("gather: {num_digits: 1}"), "num_digits", "numDigits"),
        (step("dial: {number: '1', timeout: '020'}"), "020", "20"),
        (step("sya: Hello"), "sya", "say"),
    ):
        (found,) = findings(text)
        assert found.fix is not None
        (edit,) = found.fix.edits
        assert edit.span.text == wrong
        mended = text[: edit.span.start] + edit.text + text[edit.span.end :]
        assert mended == text.replace(wrong, right, 1)
        assert findings(mended) == []


def test_defaults_may_hold_what_an_element_cannot_do_without() -> None:
    sid = "WW" + "0" * 32
    text = f"defaults: {{enqueue: {{workflowSid: {sid}}}}}\n" + step("enqueue: {task: '{}'}")
    assert findings(text) == []


def test_a_component_is_checked_like_a_flow() -> None:
    text = "params: {name: }\nsteps:\n  - return: ok\n  - sya: Hello\n"
    tree, _ = read_yaml(SourceFile("_components/greet.yaml", text))
    assert tree is not None
    assert [f.span.text for f in check_component(tree)[1]] == ["sya"]
    tree, _ = read_yaml(SourceFile("_components/greet.yaml", "invariants: [x]\nsteps: [hangup]\n"))
    assert tree is not None
    (found,) = check_component(tree)[1]
    assert found.message == "unknown key 'invariants' in a component"
    assert found.hint == "'invariants' belongs at the top of a flow"


RULES = [rule for rule in ALL_RULES if 200 <= rule.number < 300]


def test_every_rule_about_shape_is_among_the_mistakes() -> None:
    assert {rule.slug for rule in RULES} == {slug for _, slug, *_ in MISTAKES}


def test_only_what_would_become_twiml_could_meet_an_error_of_twilio() -> None:
    assert findings(step("gather: {mathod: POST}"))[0].twilio == (12200,)
    assert findings(step("menu: {choices: {'1': next}, promt: Hello}"))[0].twilio == ()
    assert findings(step("say: Hello\n    fallbak: next"))[0].twilio == ()
    assert findings(step("gather: {method: get}"))[0].fix is None
