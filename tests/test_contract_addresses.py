"""A state as an address: which documents come of it, whose line runs them, what may stand there."""

import pytest

from compiled import Made, make, slugs

LEGS = [
    ("dial: {number: {phoneNumber: +14155550100, url: STATE}}", "url", "method"),
    ("dial: {client: {identity: ann, url: STATE}}", "url", "method"),
    ("dial: {sip: {sipUrl: 'sip:ann@x.example.com', url: STATE}}", "url", "method"),
    ("dial: {queue: {name: q, url: STATE}}", "url", "method"),
    ("enqueue: {name: q, waitUrl: STATE}", "waitUrl", "waitUrlMethod"),
    ("dial: {conference: {name: c, waitUrl: STATE}}", "waitUrl", "waitMethod"),
    ("dial: {number: +14155550100, referUrl: STATE}", "referUrl", "referMethod"),
]


def flow(step: str, value: str) -> Made:
    text = f"states:\n  a: [{{{step.replace('STATE', value)}}}]\n"
    return make(text + ("" if value.startswith("[") else "  other: [{say: Hello.}]\n"))


@pytest.mark.parametrize(("step", "attribute", "method"), LEGS)
def test_a_states_name_stands_for_its_document(step: str, attribute: str, method: str) -> None:
    made = flow(step, "other")
    assert made.slugs == []
    assert f'{attribute}="v/other.xml" {method}="GET"' in made.xml()
    again = '<Redirect method="GET">other.xml</Redirect>' if "conference" in step else ""
    assert made.xml("f/v/other.xml") == f"<Say>Hello.</Say>{again}"


@pytest.mark.parametrize(("step", "attribute", "method"), LEGS)
def test_an_inline_list_is_a_document_too(step: str, attribute: str, method: str) -> None:
    made = flow(step, "[{say: Hello.}]")
    assert made.slugs == []
    (path,) = set(made.documents) - {"f/index.xml"}
    assert path.startswith("f/v/a.")
    assert f'{attribute}="{path[2:]}" {method}="GET"' in made.xml()
    assert made.xml(path).startswith("<Say>Hello.</Say>")


@pytest.mark.parametrize(("step", "attribute", "method"), LEGS)
@pytest.mark.parametrize("address", ["https://x.example.com/w", "/w", "/w?a=1"])
def test_an_address_stays_an_address(step: str, attribute: str, method: str, address: str) -> None:
    made = make(f"- {step.replace('STATE', repr(address))}\n")
    assert f'{attribute}="{address}"' in made.xml()
    assert f'{method}="' not in made.xml()


@pytest.mark.parametrize(("step", "attribute"), [(LEGS[4][0], "waitUrl"), (LEGS[5][0], "waitUrl")])
def test_the_empty_text_is_twilios_own_meaning(step: str, attribute: str) -> None:
    assert f'{attribute}=""' in make(f"- {step.replace('STATE', repr(''))}\n").xml()


@pytest.mark.parametrize(("step", "attribute", "method"), LEGS)
def test_a_wrong_state_name_is_an_error(step: str, attribute: str, method: str) -> None:
    assert (
        slugs(f"states:\n  a: [{{{step.replace('STATE', 'othr')}}}]\n  other: [{{say: Hi.}}]\n")[0]
        == "unknown-state"
    )


def test_the_state_of_another_flow() -> None:
    other = "start: begin\nstates:\n  begin: [say: Begin.]\n  hold: [say: Please wait.]\n"
    made = make("- enqueue: {name: q, waitUrl: g/hold}\n", files={"g.yaml": other})
    assert made.slugs == []
    assert 'waitUrl="../g/v/hold.xml"' in made.xml()
    assert made.xml("g/v/hold.xml") == "<Say>Please wait.</Say>"


def test_an_authors_method_gives_way_to_the_hosts() -> None:
    step = "dial: {number: {phoneNumber: +14155550100, url: other, method: POST}}"
    assert 'url="v/other.xml" method="GET"' in flow(step, "other").xml()


def test_an_action_may_be_a_state() -> None:
    gather = make(
        "states:\n  a: [{gather: {prompt: Hi., action: b}}, {say: None.}]\n  b: [say: B.]\n"
    )
    assert gather.slugs == []
    assert (
        gather.xml()
        == '<Gather action="v/b.xml" method="GET"><Say>Hi.</Say></Gather><Say>None.</Say>'
    )
    beside = "states:\n  a: [{gather: {prompt: Hi., action: b}, then: b, fallback: hangup}]\n  b: [say: B.]\n"
    assert slugs(beside) == ["action-owned"]


def test_the_wait_of_a_conference_starts_again_by_itself() -> None:
    text = """
        states:
          a: [{dial: {conference: {name: c, waitUrl: one}}}]
          one: [{say: Wait.}, {goto: two}]
          two: [play: https://x.example.com/a.mp3]
    """
    made = make(text)
    assert made.slugs == []
    assert made.xml("f/v/one.xml") == (
        "<Say>Wait.</Say><Play>https://x.example.com/a.mp3</Play>"
        '<Redirect method="GET">one.xml</Redirect>'
    )


def test_hangup_before_joining_declines() -> None:
    text = """
        states:
          a: [{dial: {number: {phoneNumber: +14155550100, url: ask}}}]
          ask:
            - gather: {prompt: Press a key to take the call., numDigits: 1}
              then: next
              fallback: hangup
            - say: Connecting.
    """
    made = make(text)
    assert made.slugs == []
    assert made.xml("f/v/ask.xml").endswith("</Gather><Hangup/>")
    action = made.xml("f/v/ask.xml").split('action="')[1].split('"')[0]
    assert made.xml(f"f/v/{action}") == "<Say>Connecting.</Say>"


@pytest.mark.parametrize("step", [step for step, _, _ in LEGS[:6]])
def test_only_some_verbs_may_stand_in_the_document_of_another_leg(step: str) -> None:
    text = f"states:\n  a: [{{{step.replace('STATE', 'b')}}}]\n  b: [{{say: Hi.}}, {{dial: +14155550101}}]\n"
    made = make(text)
    assert made.slugs == ["wrong-context"]
    assert "dial cannot be used" in made.words


@pytest.mark.parametrize("step", [LEGS[4][0], LEGS[5][0]])
def test_a_wait_without_a_sound_is_an_error(step: str) -> None:
    assert slugs(f"- {step.replace('STATE', '[{pause: {length: 3}}]')}\n") == ["silent-wait"]


def test_a_state_used_both_ways_is_an_error() -> None:
    text = """
        states:
          a: [{dial: {number: {phoneNumber: +14155550100, url: b}}}, {goto: b}]
          b: [say: Hi.]
    """
    assert slugs(text) == ["state-used-both-ways"]


def test_a_wait_may_be_a_sound_of_ones_own() -> None:
    for step, method in ((LEGS[4][0], "waitUrlMethod"), (LEGS[5][0], "waitMethod")):
        made = make(f"- {step.replace('STATE', 'hold.mp3')}\n", files={"hold.mp3": b"ID3 hold"})
        assert made.slugs == []
        (media,) = [path for path in made.files if path.startswith("media/")]
        assert f'waitUrl="../{media}" {method}="GET"' in made.xml()


def test_links_are_whole_where_only_that_is_documented() -> None:
    project = "flows: flows\ntargets:\n  site: {host: static, url: https://v.example.com/ivr}\n"
    text = """
        steps:
          - gather: {prompt: Hi.}
            then: [say: Thanks.]
            fallback: next
          - enqueue: {name: q, waitUrl: [say: Wait.]}
    """
    made = make(files={"twimlc.yaml": project, "flows/f.yaml": text}, target="site")
    assert made.slugs == []
    assert 'waitUrl="https://v.example.com/ivr/f/v/start.' in made.xml()
    assert 'action="v/start.' in made.xml()
    plain = make(text)
    assert "https:" not in "".join(plain.documents.values())
    assert plain.result.targets[0].assumptions[0].startswith("relative-urls")
    assert made.result.targets[0].assumptions == ()


@pytest.mark.parametrize(("caller", "found"), [("4155550100", True), ("+14155550100", False)])
def test_a_caller_id_says_its_country(caller: str, found: bool) -> None:
    made = flow(f"dial: {{number: +14155550101, callerId: '{caller}'}}", "other")
    assert ("national-number" in made.slugs) is found


def test_a_verb_named_as_a_state_is_told_how_it_is_written() -> None:
    made = make("steps:\n  - dial: +14155550100\n    fallback: voicemail\n")
    assert made.slugs == ["unknown-state"]
    assert "write a list of steps: [voicemail]" in made.words
