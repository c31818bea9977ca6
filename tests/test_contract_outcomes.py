"""Where outcomes lead: the last attempt of a menu, a room's two spellings, ways out of a component."""

import pytest

from compiled import make, slugs
from lines import HOSTS, ROUTED, heard

TEL = "+14155550100"
MENU = """
states:
  a:
    - menu:
        prompt: One?
        attempts: 2
        invalid: Wrong.
        silence: Nothing.
        choices: {{1: [{{say: One.}}, hangup]}}
      {beside}
    - say: After.
    - hangup
  quiet: [{{say: Quiet.}}, hangup]
  lost: [{{say: Lost.}}, hangup]
  rest: [{{say: Rest.}}, hangup]
"""


@pytest.mark.parametrize("host", ROUTED)
@pytest.mark.parametrize(
    ("when", "silent", "wrong"),
    [
        ("when: {silence: quiet, invalid: lost}", "Quiet.", "Lost."),
        ("when: {silence: quiet, invalid: lost}\n      fallback: rest", "Quiet.", "Lost."),
        ("when: {silence: quiet}\n      fallback: rest", "Quiet.", "Rest."),
        ("when: {invalid: lost}\n      fallback: rest", "Rest.", "Lost."),
        ("when: {invalid: [{say: Lost.}, hangup]}", "After.", "Lost."),
        ("when: {silence: next, invalid: hangup}\n      fallback: rest", "After.", "hangup"),
    ],
)
def test_the_last_attempt_of_a_menu_leads_by_what_happened_in_it(
    when: str, silent: str, wrong: str, host: str
) -> None:
    flow = MENU.format(beside=when)
    for first in ("silence", "7"):
        for last, led in (("silence", silent), ("8", wrong)):
            said = heard(flow, first, last, host=host)
            met = ["One?", "Wrong." if first == "7" else "Nothing.", "One?"]
            assert said == [*met, *([led] if led != "hangup" else []), "hangup"]
    assert heard(flow, "silence", "1", host=host)[-2:] == ["One.", "hangup"]


def test_a_menu_without_words_for_faults_still_tells_them_apart() -> None:
    flow = MENU.format(beside="when: {silence: quiet, invalid: lost}")
    flow = flow.replace("        invalid: Wrong.\n        silence: Nothing.\n", "")
    for host in ROUTED:
        assert heard(flow, "7", "silence", host=host) == ["One?", "One?", "Quiet.", "hangup"]
        assert heard(flow, "silence", "7", host=host) == ["One?", "One?", "Lost.", "hangup"]


@pytest.mark.parametrize(
    ("when", "slug", "words"),
    [
        ("{1: quiet}", "choices-say-where", "goes into the menu's choices"),
        ("{silense: quiet}", "unknown-outcome", "did you mean 'silence'?"),
        ("{no-input: quiet}", "unknown-outcome", "one of silence, invalid"),
        ("{hangup: quiet}", "no-outcome", "nothing can follow 'hangup'"),
    ],
)
def test_what_a_menu_never_ends_as(when: str, slug: str, words: str) -> None:
    made = make(MENU.format(beside=f"when: {when}"), target="nginx")
    assert made.slugs[0] == slug
    assert words in made.words


@pytest.mark.parametrize("name", ["hangup", "caller-hung-up", "redirected"])
@pytest.mark.parametrize(
    "verb",
    [
        "gather: {prompt: Key.}",
        f"dial: '{TEL}'",
        f"hunt: '{TEL}'",
        "connect: {room: X}",
        "connect: {conversationRelay: {url: 'wss://x.example.com/s'}}",
        "connect: {virtualAgent: {connectorName: x}}",
        "connect: {stream: {url: 'wss://x.example.com/s'}}",
        "record: {}",
        "voicemail: {}",
        "enqueue: q",
        "pay: {chargeAmount: '1.00'}",
        "refer: {sip: 'sip:a@x.example.com'}",
        "menu: {prompt: One?, choices: {1: hangup}}",
    ],
)
def test_no_verb_goes_on_for_a_caller_who_is_gone(verb: str, name: str) -> None:
    made = make(f"- {verb}\n  when: {{{name}: hangup}}\n- say: After.\n", target="twiml-bin")
    assert "no-outcome" in made.slugs, made.words
    assert f"nothing can follow '{name}'" in made.words


COMPONENT = """
components:
  ask:
    steps:
      - gather: {prompt: Key., numDigits: 1}
        when: {1: [{return: one}], 2: [return], 3: [{say: Three.}]}
        then: [{return: rest}]
        fallback: [{say: Nothing.}]
"""


@pytest.mark.parametrize("host", ROUTED)
@pytest.mark.parametrize(
    ("beside", "ways"),
    [
        ("", dict.fromkeys(("1", "2", "3", "4", "silence"), "After.")),
        ("then: rest", dict.fromkeys(("1", "2", "3", "4", "silence"), "Rest.")),
        (
            "then: rest, when: {one: mine}",
            {"1": "Mine.", **dict.fromkeys(("2", "3", "4", "silence"), "Rest.")},
        ),
        (
            "when: {one: mine, rest: rest}",
            {"1": "Mine.", "4": "Rest.", **dict.fromkeys(("2", "3", "silence"), "After.")},
        ),
    ],
)
def test_the_ways_out_of_a_component(beside: str, ways: dict[str, str], host: str) -> None:
    flow = f"""{COMPONENT}
states:
  a: [{{use: ask{", " if beside else ""}{beside}}}, {{say: After.}}, hangup]
"""
    flow += "".join(
        f"  {name.lower()[:-1]}: [{{say: {name}}}, hangup]\n"
        for name in {*ways.values()} - {"After."}
    )
    for taken, words in ways.items():
        assert heard(flow, taken, host=host)[-2:] == [words, "hangup"], taken


@pytest.mark.parametrize(
    "verb", ["record: {}", "connect: {stream: {url: 'wss://x.example.com/s'}}", "voicemail: {}"]
)
def test_what_cannot_fail_offers_a_goto(verb: str) -> None:
    made = make(f"- {verb}\n  fallback: hangup\n")
    assert made.slugs == ["one-way-out"]
    assert "goto" in made.words


@pytest.mark.parametrize("side", ["then: hangup", "when: {a: hangup}", "fallback: hangup"])
@pytest.mark.parametrize("verb", ["goto: b", "redirect: b", "return: x", "say: Hi.", "hangup"])
def test_where_one_way_leads_on_a_goto_is_offered(verb: str, side: str) -> None:
    step = f"{{{verb}, {side}}}" if ":" in verb else f"{{{verb}: , {side}}}"
    flow = f"components: {{c: {{states: {{a: [{step}], b: [hangup]}}}}}}\nsteps: [{{use: c}}]\n"
    made = make(flow)
    assert "branch-not-allowed" in made.slugs
    assert "goto" in made.words


@pytest.mark.parametrize("host", HOSTS)
def test_a_room_names_its_outcomes_in_two_ways(host: str) -> None:
    room = "- connect: {room: X}\n  SIDE\n- say: After.\n- hangup\n"
    long = "when: {ended: [{say: Ended.}, hangup], not-open: [{say: Closed.}, hangup]}"
    short = "then: [{say: Ended.}, hangup]\n  fallback: [{say: Closed.}, hangup]"
    for side in (long, short):
        flow = room.replace("SIDE", side).replace("- say: After.\n- hangup\n", "")
        assert heard(flow, "ended", host=host)[-2:] == ["Ended.", "hangup"]
        assert heard(flow, "not-open", host=host)[-2:] == ["Closed.", "hangup"]


@pytest.mark.parametrize("key", ["action: x", "method: GET", "actionOnEmptyResult: true"])
@pytest.mark.parametrize(
    "step",
    [
        "gather: {prompt: Key., KEY}\n  then: x",
        "gather: {prompt: Key., KEY}\n  when: {1: x}",
        "menu: {prompt: One?, choices: {1: x}, KEY}",
        "hunt: {number: '+14155550100', KEY}",
        "dial: {number: '+14155550100', KEY}\n  fallback: x",
        "connect: {room: X, KEY}\n  then: x",
        "record: {KEY}\n  then: x",
        "enqueue: {name: q, KEY}\n  then: x",
        "voicemail: {record: {KEY}}",
    ],
)
def test_where_the_compiler_writes_the_action_it_owns_it(step: str, key: str) -> None:
    verb = step.split(":")[0]
    if key.startswith("actionOn") and verb not in ("gather", "menu"):
        key = "action: x"
    step = step.replace("KEY", key).replace("\n", "\n    ")
    made = make(f"states:\n  a:\n    - {step}\n    - goto: x\n  x: [say: X.]\n", target="nginx")
    assert "action-owned" in made.slugs, made.words


def test_a_status_of_several_people_warns_beside_a_hunt_too() -> None:
    people = "{number: ['+14155550100', '+14155550101']}"
    for verb in ("dial", "hunt"):
        flow = f"- {verb}: {people}\n  when: {{busy: hangup}}\n- say: After.\n"
        assert "shared-status" in slugs(flow, target="nginx")
