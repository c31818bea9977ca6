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


OPEN = """\
params: {open: %s}
states:
  main:
    - goto: shut
      if: ${open == "no"}
    - say: We are open.
    - hangup
  shut:
    - say: Closed.
    - goto: bye
  bye: [hangup]
"""


@pytest.mark.parametrize("given", ["'yes'", "'no'"])
def test_what_a_step_with_if_switches_is_no_slip(given: str) -> None:
    assert slugs(OPEN % given) == []


def test_a_step_with_if_excuses_nothing_else() -> None:
    old = "  old:\n    - goto: older\n      if: ${open == 'no'}\n    - hangup\n    - say: Never.\n"
    flow = OPEN % "'yes'" + old + "  older: [hangup]\n"
    assert places(flow, "unreachable-state") == [12, 17]
    flow = (OPEN % "'yes'").replace("bye: [hangup]", "bye: [hangup, say: Never.]")
    assert places(flow, "unreachable-step") == [11]


PROJECT = "matrix: stores.csv\ntargets: {nginx: {host: nginx, url: 'https://x.example.com'}}\n"


def of_rows(flow: str, rows: str) -> list[tuple[str, int]]:
    files = {"flows/f.yaml": flow, "twimlc.yaml": PROJECT, "stores.csv": rows}
    found = make(files=files, target="nginx").result.findings
    return [(finding.rule.slug, finding.span.begin.line) for finding in found]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("store,to\na,x\nb,y\n", []),
        ("store,to\na,x\nb,x\n", [("unreachable-state", 5)]),
    ],
)
def test_dead_is_what_is_dead_in_every_row(rows: str, found: list[tuple[str, int]]) -> None:
    flow = "params: {to: }\nstates:\n  main: [goto: '${to}']\n  x: [hangup]\n  y: [hangup]\n"
    assert of_rows(flow, rows) == found


def test_dead_is_what_is_dead_in_every_target() -> None:
    flow = (
        "params: {to: x}\nstates:\n  main: [goto: '${to}']\n  x: [hangup]\n  y: [hangup]\n"
        "  z: [hangup]\n"
    )
    project = "targets:\n  one: {host: static}\n  two: {host: static, params: {to: y}}\n"
    made = make(files={"flows/f.yaml": flow, "twimlc.yaml": project}, target=None)
    dead = [f.span.begin.line for f in made.result.findings if f.rule.slug == "unreachable-state"]
    assert dead == [6]


MAYBE = """\
components:
  maybe:
    params: {go: , to: }
    steps:
      - goto: ${to}
        if: ${go}
      - say: We are open.
states:
  main:
    - use: maybe
      with: {go: false, to: shut}
    - dial: +14155550100
    - use: maybe
      with: {go: %s, to: shut}
    - hangup
  shut: [{say: Closed.}, hangup]
"""


@pytest.mark.parametrize("go", ["true", "false"])
def test_a_step_of_a_component_lives_if_one_use_reaches_it(go: str) -> None:
    assert slugs(MAYBE % go) == []


def test_a_return_that_is_left_out_would_go_on_behind_the_use() -> None:
    flow = """\
components:
  maybe:
    params: {go: }
    steps:
      - return: left
        if: ${go}
      - hangup
steps:
  - use: maybe
    with: {go: %s}
  - say: Goodbye.
  - hangup
"""
    assert places(flow % "true", "unreachable-step") == []
    assert places(flow % "false", "unreachable-step") == []
    assert places((flow % "true").replace("if: ${go}", "note: x"), "unreachable-step") == [7]


def test_two_uses_one_of_which_leaves() -> None:
    flow = """\
components:
  go:
    params: {to: }
    steps: [{goto: '${to}'}, {say: Never.}]
states:
  main:
    - use: go
      with: {to: a}
  a:
    - use: go
      with: {to: b}
  b: [hangup]
"""
    assert set(places(flow, "unreachable-step")) == {4}


def test_a_room_that_ends_as_if_it_were_closed_is_told_of() -> None:
    flow = "- connect: {room: r}\n  when: {not-open: [say: No., hangup]}\n- say: Bye.\n- hangup\n"
    found = make(flow).result.findings
    hints = {each.rule.slug: each.hint or "" for each in found}
    assert "then: next" in hints["unreachable-step"]
    assert "then: next" in hints["room-ends-into-fallback"]
    mended = flow.replace("  when:", "  then: next\n  when:")
    assert "unreachable-step" not in slugs(mended)


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
    assert finding.message.startswith("the goto after this leads back to it")
