"""What can never run, what goes round in silence, where the line goes dead."""

import pytest

from compiled import make, slugs


def places(flow: str, slug: str) -> list[int]:
    return [f.span.begin.line for f in make(flow).result.findings if f.rule.slug == slug]


@pytest.mark.parametrize(
    "before",
    [
        "hangup: ",
        "goto: b",
        "redirect: https://x.example.com/a",
        "reject: ",
        "enqueue: {name: q, action: 'https://x.example.com/a'}",
        "dial: {number: +14155550100, action: 'https://x.example.com/a'}",
    ],
)
def test_a_step_behind_one_that_leaves(before: str) -> None:
    flow = (
        f"states:\n  a:\n    - {before}\n    - say: Never.\n    - say: Nor this.\n  b: [say: B.]\n"
    )
    assert places(flow, "unreachable-step") == [4]


@pytest.mark.parametrize(
    "before",
    [
        "gather: {prompt: Hi., action: 'https://x.example.com/a'}",
        "connect: {room: r, action: 'https://x.example.com/a'}",
        "dial: +14155550100",
    ],
)
def test_a_step_that_some_way_reaches(before: str) -> None:
    assert places(f"- {before}\n- say: Sometimes.\n", "unreachable-step") == []


def test_a_step_behind_a_use_that_never_ends() -> None:
    flow = "components: {c: {steps: [hangup]}}\nsteps:\n  - use: c\n  - say: Never.\n"
    assert places(flow, "unreachable-step") == [4]


def test_states_that_nothing_leads_to() -> None:
    flow = "states:\n  a: [say: A.]\n  b: [say: B.]\n  c: [goto: b]\n"
    assert places(flow, "unreachable-state") == [3, 4]


def test_a_state_used_from_another_flow_is_used() -> None:
    flow = "states:\n  a: [say: A.]\n  b: [say: B.]\n"
    assert slugs(flow, files={"g.yaml": "steps: [goto: f/b]\n"}) == []


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ("a: [goto: b]\n  b: [goto: a]", True),
        ("a: [redirect: ]", True),
        ("a: [{start: recording}, {goto: a}]", True),
        ("a: [{connect: {room: r}, then: hangup, fallback: a}]", True),
        ("a: [{say: Hi.}, {goto: a}]", False),
        ("a: [{pause: {length: 2}}, {goto: a}]", False),
        ("a: [{gather: {}, then: hangup, fallback: a}]", False),
    ],
)
def test_loops_without_a_sound(states: str, found: bool) -> None:
    assert ("silent-loop" in slugs(f"states:\n  {states}\n")) is found


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ("- gather: {prompt: Hi.}\n  then: [say: Thanks.]\n", True),
        ("- connect: {room: r}\n", True),
        ("- start: recording\n", True),
        ("- gather: {prompt: Hi.}\n  then: [say: Thanks.]\n  fallback: hangup\n", False),
        ("- connect: {room: r}\n  fallback: hangup\n", False),
        ("- start: recording\n- say: Hi.\n", False),
    ],
)
def test_where_the_line_goes_dead(steps: str, found: bool) -> None:
    assert ("dead-end" in slugs(steps)) is found


def test_reject_comes_first_or_too_late() -> None:
    assert slugs("- reject\n") == []
    assert slugs("- say: Hi.\n- reject\n") == ["reject-not-first"]


def test_findings_can_be_silenced_where_they_are() -> None:
    flow = "- hangup\n# twimlc: ignore[unreachable-step] kept for later\n- say: Never.\n"
    assert slugs(flow) == []
    assert slugs(flow.replace("unreachable-step", "dead-end")) != []


def test_an_answer_to_a_message_that_never_ends() -> None:
    steps = "[{message: Hello.}, {goto: first}]"
    made = make(f"kind: messaging\nstart: first\nstates:\n  first: {steps}\n")
    [finding] = made.result.findings
    assert (finding.rule.slug, finding.span.text) == ("silent-loop", "message")
    assert finding.message.startswith("the goto behind this leads back to it")
