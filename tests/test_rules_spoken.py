"""Texts that cannot be spoken, keys that do not end what they should, times in milliseconds."""

from pathlib import Path

import pytest

from twimlc import pipeline


def found(folder: Path, steps: str, *rules: str) -> list[tuple[str, int]]:
    """The findings of some rules in a flow of these steps: name and line."""
    path = folder / "flow.yaml"
    path.write_text(steps, encoding="utf-8")
    options = pipeline.Options(paths=(path,), targets=("nginx",), cwd=folder, write=False)
    return [
        (finding.rule.slug, finding.span.begin.line)
        for finding in pipeline.check(options).findings
        if finding.rule.slug in rules
    ]


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ("We are closed <break time='1s'/> today.", True),
        ("We are <b>closed</b>.", True),
        ("Tom &amp; Jerry.", True),
        ("https://media.contoso.com/welcome.mp3", True),
        ("You call from {{From}}.", True),
        ("You call from {{ From }}.", True),
        ("Prices are < 5 and > 3.", False),
        ("Tom & Jerry.", False),
        ("Our page is https://www.contoso.com and open.", False),
        ("Say {{hello}} to it.", True),
        ("Say {hello} to it.", True),
        ("Say { hello and goodbye } to it.", False),
        ("It costs $5, and $hello is no param.", False),
        ("Write $${hello} for a value.", False),
        ("<whisper> is a word here.", False),
    ],
)
def test_what_a_machine_reads(words: str, heard: bool, tmp_path: Path) -> None:
    steps = f'steps:\n  - say: "{words}"\n  - hangup\n'
    expected = [("unspeakable-text", 2)] if heard else []
    assert found(tmp_path, steps, "unspeakable-text") == expected


BLANKS = """\
params: {name: Ann, shop: {city: Bern}}
call: [Patient]
steps:
  - say: "%s"
  - say: Good day, ${name} in ${shop.city}.
  - hangup
"""


@pytest.mark.parametrize(
    ("words", "severity", "hint"),
    [
        ("Hello {{name}}.", "warning", "write ${name}"),
        ("Hello {name}.", "warning", "write ${name}"),
        ("Hello $name.", "warning", "write ${name}"),
        ("From {{ shop.city }}.", "warning", "write ${shop.city}"),
        ("From $shop.city.", "warning", "write ${shop.city}"),
        ("Hello {{Patient}}.", "warning", "write ${call.Patient}"),
        ("Hello {{title}} {name}.", "warning", "write ${name}"),
        ("Hello {{nmae}}.", "note", "a param is written ${name}; braces alone are text"),
    ],
)
def test_a_blank_of_another_language(words: str, severity: str, hint: str, tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    path.write_text(BLANKS % words, encoding="utf-8")
    options = pipeline.Options(paths=(path,), targets=("twiml-bin",), cwd=tmp_path, write=False)
    told = [f for f in pipeline.check(options).findings if f.rule.slug == "unspeakable-text"]
    assert [(str(f.severity), f.hint) for f in told] == [(severity, hint)]


def test_a_blank_in_a_component_knows_the_params_of_the_component(tmp_path: Path) -> None:
    steps = (
        "params: {name: Ann}\ncomponents:\n  greet:\n    params: {who: null}\n    steps:\n"
        "      - say: Hello {{who}}.\n      - say: Hello ${who}.\n"
        "steps:\n  - use: greet\n    with: {who: '${name}'}\n  - hangup\n"
    )
    assert found(tmp_path, steps, "unspeakable-text") == [("unspeakable-text", 6)]


def test_a_menu_says_it_once(tmp_path: Path) -> None:
    steps = (
        "steps:\n  - menu: {prompt: Tom &amp; Jerry. Press 1., choices: {1: hangup}}\n  - hangup\n"
    )
    assert found(tmp_path, steps, "unspeakable-text") == [("unspeakable-text", 2)]


@pytest.mark.parametrize(
    ("words", "record", "wrong"),
    [
        ("Press star when you are done.", "finishOnKey: '#'", True),
        ("Press star when you are done.", "finishOnKey: ''", True),
        ("Press star when you are done.", "finishOnKey: '*#'", False),
        ("Press star when you are done.", "maxLength: 60", False),
        ("Press 1 when you are done.", "finishOnKey: '#'", False),
        ("Please speak now.", "finishOnKey: '#'", False),
    ],
)
def test_the_key_that_ends_a_recording(
    words: str, record: str, wrong: bool, tmp_path: Path
) -> None:
    steps = (
        f"steps:\n  - say: {words}\n  - pause: {{length: 1}}\n  - record: {{{record}}}\n"
        "  - say: Thank you.\n  - hangup\n"
    )
    expected = [("other-end-key", 4)] if wrong else []
    assert found(tmp_path, steps, "other-end-key") == expected


@pytest.mark.parametrize(
    ("gather", "wrong"),
    [
        ("finishOnKey: '*'", True),
        ("finishOnKey: '*', numDigits: 4", False),
        ("timeout: 5", False),
        ("prompt: 'Enter your number, then press star.'", True),
        ("prompt: 'Enter your number, or press star for the menu.'", False),
    ],
)
def test_the_key_that_ends_an_input(gather: str, wrong: bool, tmp_path: Path) -> None:
    prompt = "" if "prompt" in gather else ", prompt: 'Key in your number, then press pound.'"
    steps = (
        f"steps:\n  - gather: {{{gather}{prompt}}}\n"
        "    then: hangup\n  - say: Goodbye.\n  - hangup\n"
    )
    expected = [("other-end-key", 2)] if wrong else []
    assert found(tmp_path, steps, "other-end-key") == expected


@pytest.mark.parametrize(("seconds", "wrong"), [(5000, True), (1000, True), (120, False)])
def test_timeouts_are_in_seconds(seconds: int, wrong: bool, tmp_path: Path) -> None:
    steps = (
        f"steps:\n  - gather: {{timeout: {seconds}, prompt: Press any key.}}\n"
        "    then: hangup\n  - say: Goodbye.\n  - hangup\n"
    )
    expected = [("milliseconds", 2)] if wrong else []
    assert found(tmp_path, steps, "milliseconds") == expected


def test_a_long_pause_may_be_meant(tmp_path: Path) -> None:
    steps = "steps:\n  - say: Hello.\n  - pause: {length: 3600}\n  - hangup\n"
    assert found(tmp_path, steps, "milliseconds") == []


def test_speech_parts_do_nothing_with_keys(tmp_path: Path) -> None:
    steps = (
        "steps:\n  - gather: {numDigits: 1, hints: 'yes,no', prompt: Press any key.}\n"
        "    then: hangup\n  - say: Goodbye.\n  - hangup\n"
    )
    assert found(tmp_path, steps, "ignored-part") == [("ignored-part", 2)]
    both = steps.replace("numDigits: 1", "input: dtmf speech")
    assert found(tmp_path, both, "ignored-part") == []


def test_defaults_may_be_meant_for_other_gathers(tmp_path: Path) -> None:
    steps = (
        "defaults:\n  gather: {speechTimeout: auto, finishOnKey: '*'}\n"
        "steps:\n  - gather: {input: speech, prompt: How can we help?}\n    then: hangup\n"
        "  - gather: {prompt: Press any key.}\n    then: hangup\n  - say: Goodbye.\n  - hangup\n"
    )
    assert found(tmp_path, steps, "ignored-part") == []


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ("statusCallbackEvent: answered", True),
        ("statusCallbackMethod: GET", True),
        ("statusCallbackEvent: answered, statusCallback: 'https://hooks.contoso.com/a'", False),
    ],
)
def test_nobody_is_told_without_an_address(given: str, wrong: bool, tmp_path: Path) -> None:
    steps = (
        f"steps:\n  - dial: {{number: {{phoneNumber: +14155550100, {given}}}}}\n"
        "  - say: Goodbye.\n  - hangup\n"
    )
    expected = [("ignored-part", 2)] if wrong else []
    assert found(tmp_path, steps, "ignored-part") == expected


@pytest.mark.parametrize(
    ("ways", "wrong"),
    [
        ("fallback: mailbox\n    - goto: mailbox", True),
        ("then: mailbox\n      fallback: mailbox", False),  # the author says so
        ("then: hangup\n      fallback: mailbox", False),
        ("then: mailbox\n      fallback: hangup", False),  # a word after the call, perhaps
    ],
)
def test_the_same_way_for_answered_calls(ways: str, wrong: bool, tmp_path: Path) -> None:
    steps = (
        f"states:\n  desk:\n    - dial: {{number: +14155550100}}\n      {ways}\n"
        "  mailbox:\n    - voicemail: {}\n    - hangup\n"
    )
    expected = [("continues-after-answer", 3)] if wrong else []
    assert found(tmp_path, steps, "continues-after-answer") == expected


def test_a_state_used_both_ways_is_one_mistake(tmp_path: Path) -> None:
    steps = (
        "states:\n  start:\n    - enqueue: {name: desk, waitUrl: waiting}\n    - hangup\n"
        "  waiting:\n    - say: Please hold.\n    - goto: start\n"
    )
    rules = ("wrong-context", "state-used-both-ways")
    assert found(tmp_path, steps, *rules) == [("state-used-both-ways", 3)]
