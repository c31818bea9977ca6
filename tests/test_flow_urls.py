"""A state as a URL: where it ends, where an action leads, what an empty address begins again."""

import pytest

from compiled import make, slugs
from lines import HOSTS, heard

TEL = "+14155550100"


def component(step: str, more: str = "", **params: str) -> str:
    """A flow that uses a component with an own state ``own``; its step is ``step``."""
    wanted = ", ".join(f"{name}: {value}" for name, value in params.items())
    given = f"\n      with: {{{wanted}}}" if params else ""
    declared = f"\n    params: {{{', '.join(f'{name}: ' for name in params)}}}" if params else ""
    return f"""
components:
  c:{declared}
    states:
      begin: [{{{step}}}]
      own: [{{say: Own.}}{more}]
      other: [{{say: Other.}}]
states:
  main:
    - use: c{given}
    - say: Behind use.
    - hangup
{"  user: [{say: User.}]" if params else ""}
"""


ENDS = [
    (f"dial: {{number: {{phoneNumber: '{TEL}', url: X}}}}", "url", "join"),
    ("dial: {client: {identity: ann, url: X}}", "url", "join"),
    ("dial: {sip: {sipUrl: 'sip:a@x.example.com', url: X}}", "url", "join"),
    ("dial: {queue: {name: q, url: X}}", "url", "join"),
    ("enqueue: {name: q, waitUrl: X}", "waitUrl", ""),
    ("dial: {conference: {name: r, waitUrl: X}}", "waitUrl", ""),
]


def ended(words: list[str], end: str, most: int) -> list[str]:
    """What is heard where ``end`` follows, or where a wait starts again until ``most``."""
    return [*words, end] if end else (words * most)[:most]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(("step", "attribute", "end"), ENDS)
def test_a_components_own_state_ends_as_a_document(
    step: str, attribute: str, end: str, host: str
) -> None:
    flow = component(step.replace("X", "own"))
    assert heard(flow, host=host, leg=attribute, most=4)[:4] == ended(["Own."], end, 3)[:4]


@pytest.mark.parametrize(("step", "attribute", "end"), ENDS)
def test_so_do_the_states_that_it_goes_to(step: str, attribute: str, end: str) -> None:
    flow = component(step.replace("X", "own"), ", {goto: other}")
    words = ["Own.", "Other."]
    assert heard(flow, leg=attribute, most=5)[:4] == ended(words, end, 4)


@pytest.mark.parametrize(("step", "attribute", "end"), ENDS)
def test_so_does_what_a_list_goes_to(step: str, attribute: str, end: str) -> None:
    flow = component(step.replace("X", "[{say: List.}, {goto: other}]"))
    assert heard(flow, leg=attribute, most=5)[:4] == ended(["List.", "Other."], end, 4)


@pytest.mark.parametrize(("step", "attribute", "end"), ENDS)
def test_a_state_given_as_a_value_is_the_users_and_ends_too(
    step: str, attribute: str, end: str
) -> None:
    flow = component(step.replace("X", '"${to}"'), to="user")
    assert heard(flow, leg=attribute, most=3)[:2] == ended(["User."], end, 2)
    nested = f"""
components:
  outer:
    states:
      begin: [{{use: inner, with: {{to: mine}}}}, {{say: Behind inner.}}]
      mine: [{{say: Mine.}}]
  inner:
    params: {{to: }}
    steps: [{{{step.replace("X", '"${to}"')}}}]
steps: [{{use: outer}}, {{say: Behind outer.}}, hangup]
"""
    assert heard(nested, leg=attribute, most=3)[:2] == ended(["Mine."], end, 2)


def test_the_state_that_a_transfer_asks_for_ends_there() -> None:
    made = make(component(f"dial: {{number: '{TEL}', referUrl: own}}"))
    assert made.slugs == []
    assert "<Say>Own.</Say>" in made.documents.values()
    assert made.xml().endswith("</Dial><Say>Behind use.</Say><Hangup/>")


@pytest.mark.parametrize("host", HOSTS)
def test_an_action_leaves_the_component(host: str) -> None:
    flow = component("gather: {prompt: Key., action: own}")
    assert heard(flow, "5", host=host) == ["Key.", "Own.", "hangup"]
    assert heard(flow, "silence", host=host) == ["Key.", "Behind use.", "hangup"]
    both = component("gather: {prompt: Key., action: own}}, {goto: own")
    assert heard(both, "5", host=host) == ["Key.", "Own.", "hangup"]
    assert heard(both, "silence", host=host) == ["Key.", "Own.", "Behind use.", "hangup"]


def test_the_caller_may_come_behind_use_as_well() -> None:
    made = make(component(f"dial: {{number: {{phoneNumber: '{TEL}', url: own}}}}"))
    assert made.slugs == []
    assert made.xml().endswith("<Say>Behind use.</Say><Hangup/>")


def test_a_component_used_in_such_a_document_goes_on_in_it() -> None:
    flow = f"""
components:
  c:
    states:
      begin: [{{dial: {{number: {{phoneNumber: '{TEL}', url: own}}}}}}]
      own: [{{use: words, when: {{over: next}}}}, {{say: Behind words.}}]
  words:
    states:
      one: [{{say: One.}}, {{goto: two}}]
      two: [{{say: Two.}}, {{return: over}}]
steps: [{{use: c}}, {{say: Behind use.}}, hangup]
"""
    for host in HOSTS:
        assert heard(flow, leg="url", host=host) == ["One.", "Two.", "Behind words.", "join"]


@pytest.mark.parametrize("step", [step for step, _, _ in ENDS])
@pytest.mark.parametrize("where", ["own", "[{say: List.}, {return: done}]", "[{goto: own}]"])
def test_return_cannot_leave_a_document(step: str, where: str) -> None:
    flow = component(step.replace("X", where), ", {return: done}")
    made = make(flow)
    assert made.slugs == ["return-outside"]
    assert "it ends there" in made.words
    (found,) = [f for f in made.result.findings if f.is_error]
    written = "List.}, {return" if "List" in where else "Own.}, {return"
    begin = found.span.begin
    assert written in flow.splitlines()[begin.line]


def test_a_components_state_cannot_be_used_both_ways() -> None:
    flow = component(f"dial: {{number: {{phoneNumber: '{TEL}', url: own}}}}}}, {{goto: own")
    made = make(flow)
    assert made.slugs == ["state-used-both-ways"]
    assert "own' is used in two ways" in made.words
    through = component(
        f"dial: {{number: {{phoneNumber: '{TEL}', url: own}}}}}}, {{goto: other", ", {goto: other}"
    )
    assert slugs(through) == ["state-used-both-ways"]
    assert "other' is used in two ways" in make(through).words


ACTIONS = [
    ("gather: {prompt: Key., action: b}", {"5": "b", "silence": "next"}),
    ("gather: {prompt: Key., action: b, actionOnEmptyResult: true}", {"5": "b", "silence": "b"}),
    ("connect: {room: X, action: b}", {"ended": "b", "not-open": "next"}),
    (
        f"dial: {{number: '{TEL}', action: b}}",
        dict.fromkeys(("completed", "busy", "no-answer", "failed", "canceled"), "b"),
    ),
    ("enqueue: {name: q, action: b}", dict.fromkeys(("bridged", "leave", "queue-full"), "b")),
    ("record: {action: b}", {"silence": "b"}),
    ("refer: {sip: 'sip:a@x.example.com', action: b}", dict.fromkeys(("accepted", "busy"), "b")),
    (
        "connect: {conversationRelay: {url: 'wss://x.example.com/s'}, action: b}",
        dict.fromkeys(("ended", "handoff", "failed"), "b"),
    ),
    (
        "connect: {virtualAgent: {connectorName: x}, action: b}",
        dict.fromkeys(("completed", "live-agent-handoff", "failed"), "b"),
    ),
    ("connect: {stream: {url: 'wss://x.example.com/s'}, action: b}", {"over": "b"}),
]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(("step", "outcomes"), ACTIONS)
def test_an_action_that_names_a_state_is_like_an_address(
    step: str, outcomes: dict[str, str], host: str
) -> None:
    for action in ("b", "[{say: In b.}, hangup]"):
        flow = f"states:\n  a: [{{{step.replace('action: b', f'action: {action}')}}}, {{say: Next.}}, hangup]\n  b: [{{say: In b.}}, hangup]\n"
        for outcome, where in outcomes.items():
            words = {"b": "In b.", "next": "Next."}[where]
            assert heard(flow, outcome, host=host)[-2:] == [words, "hangup"], outcome


def test_pay_leaves_for_the_state_of_its_action() -> None:
    flow = "states:\n  a: [{pay: {chargeAmount: '1.00', action: b}}, {say: Next.}]\n  b: [{say: In b.}, hangup]\n"
    for outcome in ("success", "validation-error"):
        assert heard(flow, outcome, host="bin")[-2:] == ["In b.", "hangup"]


def test_what_an_action_takes_away_is_reported_as_for_an_address() -> None:
    for action in ("b", "https://x.example.com/b"):
        flow = f"states:\n  a: [{{gather: {{prompt: Key., action: '{action}', actionOnEmptyResult: true}}}}, {{say: Never.}}]\n  b: [{{say: B.}}]\n"
        found = slugs(flow)
        assert "unreachable-step" in found
        assert "pointless-gather" not in found


AGAIN = [
    ("redirect: ''", []),
    ("redirect: null", []),
    ("redirect: {url: ''}", []),
    ("gather: {prompt: Key., action: ''}", ["5"]),
]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(("step", "taken"), AGAIN)
def test_an_empty_address_is_the_components_state_again(
    step: str, taken: list[str], host: str
) -> None:
    flow = component("say: Begin.}, {goto: own", f", {{{step}}}")
    words = ["Begin.", "Own.", *(["Key."] if taken else []), "Own."]
    assert heard(flow, *taken, host=host, most=6)[: len(words)] == words


def test_an_empty_address_is_the_components_steps_again() -> None:
    flow = (
        "components: {c: {steps: [{say: One.}, {redirect: ''}]}}\nsteps: [{say: Zero.}, {use: c}]\n"
    )
    assert heard(flow, most=4) == ["Zero.", "One.", "One.", "One."]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("step", [ENDS[4][0], ENDS[5][0]])
def test_an_empty_address_is_the_list_again(step: str, host: str) -> None:
    flow = (
        f"- say: Welcome.\n- {step.replace('X', '''[{say: Wait.}, {redirect: ''}]''')}\n- hangup\n"
    )
    assert heard(flow, host=host, leg="waitUrl", most=5)[:3] == ["Wait.", "Wait.", "Wait."]
    inside = component(step.replace("X", "own"), ", {redirect: ''}")
    assert heard(inside, host=host, leg="waitUrl", most=5)[:3] == ["Own.", "Own.", "Own."]


def test_an_empty_address_beside_an_outcome_is_the_state_again() -> None:
    flow = """
states:
  a:
    - gather: {prompt: Key., numDigits: 1}
      fallback: [{say: Nothing.}, {redirect: ""}]
      then: hangup
"""
    assert heard(flow, "silence", "silence", "5") == [
        "Key.", "Nothing.", "Key.", "Nothing.", "Key.", "hangup",
    ]  # fmt: skip
