"""Params, ``if``, ``each`` and components: from the raw tree to the expanded one."""

from typing import Any

import pytest

from growth import counted
from test_values_expression import plain
from twimlc.findings import rules
from twimlc.findings.diagnostic import Diagnostic
from twimlc.text import SourceFile, Span
from twimlc.values.declarations import (
    Component,
    component_of,
    undeclared,
    unused_params,
)
from twimlc.values.expand import expand_flow, resolve_params
from twimlc.values.scope import ExpressionContext
from twimlc.yaml.reader import read_yaml
from twimlc.yaml.tree import CallValue, Mapping, Node, Scalar, Sequence, walk

AROUND = ExpressionContext("standup", "plain")


def read(text: str, path: str = "flow.yaml") -> Mapping:
    tree, findings = read_yaml(SourceFile(path, text))
    assert findings == []
    assert isinstance(tree, Mapping)
    return tree


def component(name: str, text: str) -> Component:
    tree = read(text, f"_components/{name}.yaml")
    made, findings = component_of(name, tree, Span(tree.span.file, 0, 0))
    assert findings == []
    assert made is not None
    return made


def given(text: str) -> dict[str, Node]:
    return {entry.key: entry.value for entry in read(text, "twimlc.yaml")}


def expand(
    text: str,
    *outside: str,
    around: ExpressionContext = AROUND,
    shared: dict[str, str] | None = None,
) -> tuple[Mapping, list[Diagnostic], set[str]]:
    tree = read(text)
    params, findings = resolve_params(tree, [given(one) for one in outside], around)
    components = {name: component(name, body) for name, body in (shared or {}).items()}
    expanded, more, used = expand_flow(tree, params, around, components)
    return expanded, [*findings, *more], used


def steps(text: str, *outside: str, shared: dict[str, str] | None = None) -> Any:
    tree, findings, _ = expand(text, *outside, shared=shared)
    assert findings == []
    return plain(tree)["steps"]


def faults(text: str, *outside: str, shared: dict[str, str] | None = None) -> list[str]:
    _, findings, _ = expand(text, *outside, shared=shared)
    return [f"{f.rule.slug} {f.span.text} {f.span.begin.line}" for f in findings]


def scalars(node: Node) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case Sequence():
            return [leaf for item in node.items for leaf in scalars(item)]
        case Mapping():
            return [leaf for entry in node.entries for leaf in scalars(entry.value)]


def leaf(node: Node, text: str) -> Scalar:
    (found,) = [one for one in scalars(node) if one.text == text]
    return found


def test_later_params_win_and_empty_ones_count_as_left_out() -> None:
    flow = "params: {a: one, b: '${a}!', c: }\nsteps:\n  - say: ${a} ${b} ${c}\n"
    assert steps(flow, "c: x\n") == [{"say": "one one! x"}]
    assert steps(flow, "{a: two, c: x}\n", "a: three\n") == [{"say": "three three! x"}]
    assert steps(flow, "{a: , c: '${b}'}\n") == [{"say": "one one! one!"}]
    assert faults(flow) == ["missing-param c 1"]
    assert faults(flow, "{c: '${c}'}\n") == ["param-circle c 1"]
    assert faults(flow, "{c: '${call.From}'}\n") == ["call-value-early ${call.From} 1"]


def test_params_in_any_order_and_number() -> None:
    chain = "".join(f"  p{i}: ${{p{i + 1}}}\n" for i in range(3000))
    assert steps(f"params:\n{chain}  p3000: 7\nsteps:\n  - pause: ${{p0}}\n") == [{"pause": 7}]
    circle = f"params:\n{chain}  p3000: ${{p0}}\nsteps:\n  - pause: ${{p0}}\n"
    assert faults(circle) == ["param-circle p0 2"]


def test_a_param_may_be_called_like_a_word_of_the_language() -> None:
    assert steps("params: {none: '${in}', in: x}\nsteps:\n  - say: ${none} ${in}\n") == [
        {"say": "x x"}
    ]


def test_undeclared_params_are_found_with_the_nearest_name() -> None:
    (finding,) = undeclared(["desk", "room"], given("desc: +14155550100\n"))
    assert finding.rule is rules.UNKNOWN_PARAM
    assert finding.hint == "did you mean 'desk'?"


def test_what_needs_no_expansion_is_shared() -> None:
    text = "description: ${x}\nx-y: ${z}\nparams: {a: b}\nstates:\n  one:\n    - say: ${a}\n  two:\n    - say: x\n"
    raw = read(text)
    params, _ = resolve_params(raw, [], AROUND)
    tree, findings, _ = expand_flow(raw, params, AROUND, {})
    assert findings == []
    for key in ("description", "x-y", "params"):
        assert tree.get(key) is raw.get(key)
    after, before = tree.get("states"), raw.get("states")
    assert isinstance(after, Mapping)
    assert isinstance(before, Mapping)
    assert after.get("two") is before.get("two")
    assert plain(after.get("one")) == [{"say": "b"}]


def test_lists_and_maps_keep_their_own_places() -> None:
    raw = read("params: {table: {'1': sales}}\nsteps:\n  - menu: {choices: '${table}'}\n")
    params, _ = resolve_params(raw, [], AROUND)
    tree, _, _ = expand_flow(raw, params, AROUND, {})
    (table,) = [params["table"]]
    menu = tree.get("steps").items[0].get("menu")  # type: ignore[union-attr]
    choices = menu.get("choices")  # type: ignore[union-attr]
    assert choices.span.place == table.span.place
    assert [part.span.via.text for part in walk(choices)] == ["'${table}'"] * 2


def test_if_and_each() -> None:
    text = """\
params: {days: [Mon, Tue], open: true, desks: [{n: Ann, to: 1}]}
steps:
  - say: a
    if: ${open}
  - say: b
    if: ${not open}
  - say: c
    if: true
  - each: ${days}
    as: day
    if: ${day != 'Mon'}
    say: ${day}
    then:
      - each: [1, "${day}"]
        as: n
        say: ${n} ${day}
  - each: [1, 2]
    pause: 1
  - each: ${desks}
    as: desk
    dial: {number: "${desk.to}"}
    note: ${desk.n}
  - each: []
    as: x
    say: ${nobody}
  - offer:
      options:
        - each: ${days}
          as: day
          say: ${day}
          then: hangup
"""
    assert steps(text) == [
        {"say": "a"},
        {"say": "c"},
        {"say": "Tue", "then": [{"say": "1 Tue"}, {"say": "Tue Tue"}]},
        {"pause": 1},
        {"pause": 1},
        {"dial": {"number": 1}, "note": "Ann"},
        {
            "offer": {
                "options": [{"say": "Mon", "then": "hangup"}, {"say": "Tue", "then": "hangup"}]
            }
        },
    ]


@pytest.mark.parametrize(
    ("step", "expected", "hint"),
    [
        ("if: ${t}", "if-not-boolean 'false' 1", "compare it: ${t == 'true'}"),
        ("if: 'false'", "if-not-boolean 'false' 4", "expression"),
        ("if: ${n}", "if-not-boolean 1 1", "comparison"),
        ("if: ${l}", "if-not-boolean [1] 1", "length"),
        ("if: ${t} == 'x'", "if-not-boolean ${t} == 'x' 4", "nothing around"),
        ("if: ${call.From}", "call-value-early ${call.From} 4", "menu"),
        ("each: ${t}", "each-not-list 'false' 1", "[Monday"),
        ("each: ${m}", "each-not-list {a: b} 1", "| list"),
        ("each: ${call.From}", "call-value-early ${call.From} 4", "menu"),
        ("with: {a: b}", "lost-step-key with 4", ""),
        ("as: x", "lost-step-key as 4", ""),
    ],
)
def test_if_and_each_refused(step: str, expected: str, hint: str) -> None:
    text = f"params: {{t: 'false', n: 1, l: [1], m: {{a: b}}}}\nsteps:\n  - say: x\n    {step}\n"
    _, findings, _ = expand(text)
    assert [f"{f.rule.slug} {f.span.text} {f.span.begin.line}" for f in findings] == [expected]
    assert hint in (findings[0].hint or "")


def test_state_flow_target_and_row() -> None:
    text = "defaults: {say: {voice: '${row.voice}'}}\nstates:\n  one:\n    - say: ${state} ${flow} ${target}\n"
    tree, findings, _ = expand(text, around=ExpressionContext("f", "t", given("voice: man")))
    assert findings == []
    assert plain(tree)["states"]["one"] == [{"say": "one f t"}]
    assert plain(tree)["defaults"] == {"say": {"voice": "man"}}
    assert faults(text) == ["unknown-name ${row.voice} 1"]
    assert faults("defaults: {say: {voice: '${state}'}}\nsteps:\n  - hangup\n") == [
        "unknown-name ${state} 1"
    ]


def test_values_in_xml_are_escaped() -> None:
    text = """\
params: {name: "A & <b>'\\"", n: 5}
steps:
  - say: {ssml: "<p>${name}</p> ${n}"}
  - say: {ssml: "${name}"}
  - say: ${name}
  - twiml: <Say>${name} ${call.From}</Say>
  - connect: {stream: {parameters: {ssml: "${name}"}}}
"""
    escaped = "A &amp; &lt;b&gt;&apos;&quot;"
    assert steps(text) == [
        {"say": {"ssml": f"<p>{escaped}</p> 5"}},
        {"say": {"ssml": escaped}},
        {"say": "A & <b>'\""},
        {"twiml": (f"<Say>{escaped} ", CallValue("From"), "</Say>")},
        {"connect": {"stream": {"parameters": {"ssml": "A & <b>'\""}}}},
    ]


CLOSING = """\
params: {company: , tone: polite, words: "${tone} goodbye", after: hangup, list: []}
steps:
  - say: ${words} from ${company} in ${flow}
  - goto: ${after}
"""


def test_use_puts_the_component_in_place() -> None:
    text = """\
params: {tone: rude}
steps:
  - note: n
    use: closing
    with: {company: "${tone} Contoso", tone: }
    when: {over: "${tone}"}
"""
    assert steps(text, shared={"closing": CLOSING}) == [
        {
            "note": "n",
            "use": {
                "component": "closing",
                "steps": [
                    {"say": "polite goodbye from rude Contoso in standup"},
                    {"goto": "hangup"},
                ],
            },
            "when": {"over": "rude"},
        }
    ]
    states = "start: b\nstates:\n  a:\n    - say: ${state}\n  b:\n    - goto: a\n"
    assert steps("steps:\n  - use: s\n", shared={"s": states}) == [
        {
            "use": {
                "component": "s",
                "start": "b",
                "states": {"a": [{"say": "a"}], "b": [{"goto": "a"}]},
            }
        }
    ]


def test_outer_params_are_not_visible() -> None:
    text = "params: {tone: x}\ncomponents:\n  c:\n    steps:\n      - say: ${tone}\nsteps:\n  - use: c\n  - use: c\n"
    _, findings, _ = expand(text)
    assert [f.rule.slug for f in findings] == ["unknown-name"]
    assert "with:" in (findings[0].hint or "")


def test_spans_show_the_component_and_the_use() -> None:
    text = (
        "params: {x: up}\nsteps:\n  - use: closing\n    with: {company: Contoso, after: '${x}'}\n"
    )
    tree, _, _ = expand(text, shared={"closing": CLOSING})
    said = next(one for one in scalars(tree) if one.text.startswith("polite"))
    assert said.span.file.path == "_components/closing.yaml"
    assert said.span.via is not None
    assert said.span.via.text == "closing"
    gone = [one for one in scalars(tree) if one.text == "up"][-1]
    assert (gone.outward, gone.span.text) == (1, "up")
    assert gone.span.via is not None
    assert gone.span.via.text == "${after}"
    assert gone.span.via.via is not None


def test_outward_counts_the_components_a_value_came_through() -> None:
    shared = {
        "outer": "params: {to: , own: mine}\nsteps:\n  - use: inner\n    with: {to: '${to}', other: there, own: '${own}'}\n",
        "inner": """\
params: {to: , other: , own: , here: fallen}
steps:
  - goto: ${to}
  - goto: ${other if true else here}
  - goto: ${own}
  - goto: ${here}
  - goto: ${to ~ 'x'}
  - goto: written
""",
    }
    tree, findings, _ = expand("steps:\n  - use: outer\n    with: {to: away}\n", shared=shared)
    assert findings == []
    levels = {
        name: leaf(tree, name).outward
        for name in ("away", "there", "mine", "fallen", "awayx", "written")
    }
    assert levels == {"away": 2, "there": 1, "mine": 1, "fallen": 0, "awayx": 0, "written": 0}


def test_steps_given_to_a_component_are_the_givers() -> None:
    text = """\
steps:
  - use: wrap
    with:
      steps:
        - goto: mine
        - use: leave
          with: {to: home}
"""
    shared = {
        "wrap": "params: {steps: }\nsteps:\n  - record: {}\n    then: ${steps}\n",
        "leave": "params: {to: }\nsteps:\n  - goto: ${to}\n  - goto: private\n",
    }
    tree, findings, used = expand(text, shared=shared)
    assert findings == []
    assert used == {"wrap", "leave"}
    # wrap sees `mine` one scope out; from inside leave, `home` is two out and `private` is its own.
    assert {n: leaf(tree, n).outward for n in ("mine", "home", "private")} == {
        "mine": 1,
        "home": 2,
        "private": 0,
    }


def test_one_step_given_to_a_component_is_the_givers() -> None:
    shared = {"wrap": "params: {steps: }\nsteps:\n  - record: {}\n    then: ${steps}\n"}
    text = """\
steps:
  - use: wrap
    with:
      steps: {use: wrap, with: {steps: {say: Bye}}}
"""
    assert steps(text, shared=shared)[0]["use"]["steps"][0]["then"] == {
        "use": {"component": "wrap", "steps": [{"record": {}, "then": {"say": "Bye"}}]}
    }


def test_a_value_may_be_too_deep_to_be_copied() -> None:
    deep = "[" * 56 + "a" + "]" * 56
    assert faults(f"params:\n  deep: {deep}\nsteps:\n  - say: ${{deep}}\n") == [
        "result-too-long ${deep} 4"
    ]


def test_params_may_hold_steps_that_use_components() -> None:
    text = """\
params:
  extra:
    - say: $${literal}
    - use: c
      with: {x: "$${y}"}
    - say: no
      if: false
components:
  c:
    params: {x: }
    steps:
      - say: ${x}
steps:
  - record: {}
    then: ${extra}
"""
    assert steps(text)[0]["then"] == [
        {"say": "${literal}"},
        {"use": {"component": "c", "steps": [{"say": "${y}"}]}},
    ]


def test_call_values_pass_through_components() -> None:
    shared = {"hi": "params: {who: }\nsteps:\n  - say: Hello ${who}!\n  - say: ${who}\n"}
    use = "steps:\n  - use: hi\n    with: {who: 'Mr ${call.From}'}\n"
    (step,) = steps(use, shared=shared)
    call = CallValue("From")
    assert step["use"]["steps"] == [{"say": ("Hello Mr ", call, "!")}, {"say": ("Mr ", call)}]
    shared = {
        "hi": "params: {who: }\nsteps:\n  - say: x\n    if: ${who}\n  - say: ${who | upper}\n"
    }
    assert faults(use, shared=shared) == [
        "call-value-early 'Mr ${call.From}' 3",
        "call-value-filtered ${who | upper} 5",
    ]
    shared = {"hi": "params: {who: }\nsteps:\n  - each: ${who}\n    say: x\n"}
    assert faults(use, shared=shared) == ["call-value-early 'Mr ${call.From}' 3"]
    shared = {"hi": "params: {who: '${call.From}'}\nsteps:\n  - say: ${who}\n"}
    assert faults("steps:\n  - use: hi\n", shared=shared) == ["call-value-early ${call.From} 1"]
    assert faults("steps:\n  - use: ${call.To}\n") == ["call-value-early ${call.To} 2"]


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("use: closing", ["missing-argument closing 2"]),
        ("use: closing\n    with: {company: }", ["missing-argument closing 2"]),
        ("use: closing\n    with: {compny: x}", ["unknown-argument compny 3"]),
        ("use: closing\n    with: {company: '${nope}'}", ["unknown-name ${nope} 3"]),
        ("use: closing\n    with: ${nope}", ["unknown-name ${nope} 3"]),
        ("use: loop\n    with: {a: x}", ["unknown-argument a 3", "component-circle loop 2"]),
        ("use: closing\n    with: {company: x, zzzzz: y}", ["unknown-argument zzzzz 3"]),
        ("use: zzzzzzzzzz", ["unknown-component zzzzzzzzzz 2"]),
        ("use: clsing", ["unknown-component clsing 2"]),
        ("use: {a: b}", ["wrong-type {a: b} 2"]),
        ("use: ", ["unknown-component  2"]),
        ("use: ${nope}", ["unknown-name ${nope} 2"]),
        ("use: loop", ["component-circle loop 2"]),
        ("use: round", ["param-circle a 1"]),
    ],
)
def test_use_refused(use: str, expected: list[str]) -> None:
    shared = {
        "closing": CLOSING,
        "loop": "steps:\n  - use: loop\n",
        "round": "params: {a: '${b}', b: '${a}'}\nsteps:\n  - say: ${a}\n",
    }
    assert faults(f"steps:\n  - {use}\n", shared=shared) == expected


def test_dropped_steps_still_use_what_they_mention() -> None:
    text = """\
params: {a: x, b: x, c: x, off: false}
components: {one: {steps: [{say: x}]}, two: {steps: [{say: x}]}}
steps:
  - use: one
    with: {z: "${a}"}
    if: ${off}
  - each: []
    say: ${b | upper}
"""
    _, findings, used = expand(text)
    assert findings == []
    assert used == {"one"}
    assert [f.span.text for f in unused_params(read(text))] == ["c"]


@pytest.mark.parametrize(
    "text",
    [
        "params: {l: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}\nsteps:\n"
        + "".join(f"{'  ' * (2 * i)}  - each: ${{l}}\n{'  ' * (2 * i)}    record: {{}}\n{'  ' * (2 * i)}    then:\n" for i in range(9))
        + " " * 38 + "- say: x\n",
        "components:\n"
        + "".join(f"  c{i}:\n    steps:\n" + f"      - use: c{i + 1}\n" * 10 for i in range(9))
        + "  c9: {steps: [{say: x}]}\nsteps:\n  - use: c0\n",
        "components:\n"
        + "".join(f"  c{i}:\n    steps:\n      - use: c{i + 1}\n" for i in range(90))
        + "  c90: {steps: [{say: x}]}\nsteps:\n  - use: c0\n",
    ],
    ids=["each", "components", "chain"],
)  # fmt: skip
def test_bombs_stop(text: str) -> None:
    made: list[tuple[Node, list[Diagnostic], set[str]]] = []
    calls = counted(lambda: made.append(expand(text)))
    ((tree, findings, _),) = made
    assert findings[-1].rule.slug in ("expansion-too-large", "too-many-documents")
    assert len(findings) == 1
    assert sum(calls.values()) < 10_000_000
    assert isinstance(tree, Mapping)


@pytest.mark.parametrize(
    "text",
    ["steps: 1\n", "states: [1]\n", "params: x\nsteps: ${a}\n", "components: [x]\nsteps: [x, [y]]\n", "params: {a: {b: [1]}}\n", "{}\n"],
)  # fmt: skip
def test_odd_shapes_do_not_raise(text: str) -> None:
    expand(text)
