"""``${…}``: params and their precedence, types, filters, if and each, and values of the call."""

import pytest

from compiled import make, slugs, xml


@pytest.mark.parametrize(
    ("expression", "params", "heard"),
    [
        ("${a}", "{a: Ann}", "Ann"),
        ("at ${d}", "{d: 12.50}", "at 12.50"),
        ("${n} + ${n}", "{n: 7}", "7 + 7"),
        ("${z}", "{z: 0123}", "0123"),
        ("${p}", "{p: +14155550100}", "+14155550100"),
        ("${t.x.y}", "{t: {x: {y: 1}}}", "1"),
        ('${t["x"]}', "{t: {x: a}}", "a"),
        ("${l[1]}", "{l: [a, b]}", "b"),
        ("${a if n > 2 else b}", "{a: many, b: few, n: 3}", "many"),
        ("${a in l}", "{a: x, l: [x]}", "true"),
        ("${not n == 2 and n < 4 or n}", "{n: 3}", "true"),
        ("${a ~ n ~ 1}", "{a: x, n: 3}", "x31"),
        ("${n + 1 - 2}", "{n: 3}", "2"),
        ("${a | upper}", "{a: ann}", "ANN"),
        ('${a | replace("n", "m") | capitalize}', "{a: ann}", "Amm"),
        ('${l | sort | unique | join(", ")}', "{l: [b, a, b]}", "a, b"),
        ("${l | length}${l | first}${l | last}", "{l: [b, a]}", "2ba"),
        ("${a | int + 1}", '{a: "4"}', "5"),
        ("${a | trim}", '{a: " x "}', "x"),
        ("$${a} ${a}", "{a: 1}", "${a} 1"),
        ("{{x}} {% if %} {# c #} ${a}", "{a: 1}", "{{x}} {% if %} {# c #} 1"),
        ("${flow} ${state} ${target}", "{}", "f start static"),
        ("${a}", "{a: '${b}-${b}', b: x}", "x-x"),
    ],
)
def test_expressions(expression: str, params: str, heard: str) -> None:
    flow = f"params: {params}\nsteps:\n  - say: {{message: '{expression}'}}\n"
    assert xml(flow) == f"<Say>{heard}</Say>"


@pytest.mark.parametrize(
    ("expression", "slug"),
    [
        ("${a.upper()}", "bad-expression"),
        ("${a * 3}", "bad-expression"),
        ("${a ** 3}", "bad-expression"),
        ("${a | safe}", "bad-expression"),
        ("${}", "bad-expression"),
        ("${b}", "unknown-name"),
    ],
)
def test_what_is_not_in_the_language(expression: str, slug: str) -> None:
    made = make(f"params: {{a: 1}}\nsteps: [{{say: '{expression} ${{a}}'}}]\n")
    assert made.slugs == [slug], made.words


def test_a_value_that_is_only_an_expression_keeps_its_type() -> None:
    flow = """
        params: {seconds: 12, loud: true, people: [+14155550100, +14155550101]}
        steps:
          - record: {maxLength: "${seconds}", playBeep: "${loud}"}
          - hunt: {number: "${people}"}
    """
    made = make(flow)
    assert made.slugs == []
    assert 'maxLength="12" playBeep="true"' in made.xml()
    assert "<Number>+14155550100</Number><Number>+14155550101</Number>" in made.xml()


def test_choices_take_a_whole_map() -> None:
    flow = "params: {table: {1: hangup, 2: next}}\nsteps:\n  - menu: {prompt: Hi., choices: '${table}'}\n    fallback: hangup\n"
    made = make(flow)
    assert made.slugs == ["decision-needs-host"]
    assert "1: hang up" in made.words


def test_circles_and_missing_values() -> None:
    assert slugs("params: {a: '${b}', b: '${a}'}\nsteps: [{say: '${a}'}]\n") == ["param-circle"]
    assert slugs("params: {a: }\nsteps: [{say: '${a}'}]\n") == ["missing-param"]
    assert (
        make("params: {a: }\nsteps: [{say: '${a}'}]\n", params={"a": "x"}).xml() == "<Say>x</Say>"
    )


def test_a_result_is_bounded() -> None:
    flow = "params:\n  a0: " + "x" * 1000 + "\n"
    for number in range(1, 6):
        before = f"a{number - 1}"
        flow += f"  a{number}: '${{{before} ~ {before} ~ {before}}}'\n"
    made = make(flow + "steps: [{say: '${a5}'}]\n")
    assert made.slugs == ["result-too-long"]


def test_params_from_weak_to_strong() -> None:
    files = {
        "twimlc.yaml": "flows: flows\nmatrix: {table: rows.csv, flows: [f]}\ntargets:\n  one: {host: static, params: {b: target, c: target, d: target}}\n",
        "rows.csv": "row,c,d\nr1,matrix,matrix\n",
        "flows/f.yaml": "params: {a: flow, b: flow, c: flow, d: flow}\nsteps: [{say: '${a} ${b} ${c} ${d}'}]\n",
    }
    made = make(files=files, target="one", params={"d": "line"})
    assert made.slugs == []
    assert made.xml("r1/f/index.xml") == "<Say>flow target matrix line</Say>"


def test_a_param_that_no_flow_declares_is_an_error() -> None:
    flow = "params: {room: a}\nsteps: [{say: '${room}'}]\n"
    made = make(flow, params={"roon": "b"})
    assert made.slugs == ["unknown-param"]
    assert "did you mean 'room'?" in made.words
    project = "flows: flows\ntargets:\n  one: {host: static, params: {roon: b}}\n"
    assert slugs("", files={"twimlc.yaml": project, "flows/f.yaml": flow}, target="one") == [
        "unknown-param"
    ]


@pytest.mark.parametrize(
    ("value", "heard"),
    [("false", ""), ("${on}", ""), ("${not on}", "<Say>Hi.</Say>"), ("true", "<Say>Hi.</Say>")],
)
def test_if_drops_a_step(value: str, heard: str) -> None:
    flow = f"params: {{on: false}}\nsteps:\n  - say: Hi.\n    if: {value}\n  - say: '${{on}}'\n"
    assert xml(flow) == f"{heard}<Say>false</Say>"


@pytest.mark.parametrize("value", ["'false'", "${'false'}", "0", "${1}", "[]"])
def test_if_takes_no_text_for_a_truth(value: str) -> None:
    found = slugs(f"- say: Hi.\n  if: {value}\n- pause\n")
    assert len(found) == 1
    assert found[0] in ("if-not-boolean", "wrong-type")


def test_each_repeats_and_if_is_asked_per_item() -> None:
    flow = """
        params: {people: [{name: Ann, on: true}, {name: Bob, on: false}, {name: Cy, on: true}]}
        steps:
          - say: Hello ${person.name}.
            each: ${people}
            as: person
            if: ${person.on}
    """
    assert xml(flow) == "<Say>Hello Ann.</Say><Say>Hello Cy.</Say>"


def test_each_repeats_a_step_with_its_ways_on() -> None:
    flow = """
        params: {numbers: [+14155550100, +14155550101]}
        steps:
          - dial: ${item}
            each: ${numbers}
            as: item
          - say: Nobody.
    """
    # It is warned of, since the second dial also follows a conversation.
    assert make(flow).xml() == (
        "<Dial><Number>+14155550100</Number></Dial><Dial><Number>+14155550101</Number></Dial>"
        "<Say>Nobody.</Say>"
    )


def test_values_of_the_call_need_a_host_with_templates() -> None:
    made = make("- say: You call from ${call.From}.\n")
    assert made.slugs == ["call-value-needs-templates"]
    assert "twiml-bin" in made.words


@pytest.mark.parametrize(
    ("steps", "slug"),
    [
        ("- say: Hi ${call.Form}.\n", "unknown-call-value"),
        ("- say: Hi ${call.From | upper}.\n", "call-value-filtered"),
        ("- dial: ${call.Called}\n", "caller-chosen-number"),
        (
            "- dial: {number: +14155550100, callerId: '${call.ForwardedFrom}'}\n",
            "caller-chosen-number",
        ),
        ("- play: https://x.example.com/${call.From}\n", "call-value-in-address"),
    ],
)
def test_what_a_value_of_the_call_may_not_be(steps: str, slug: str) -> None:
    assert slug in slugs(steps)


@pytest.mark.parametrize("name", ["From", "To"])
def test_a_caller_id_may_be_from_or_to(name: str) -> None:
    found = slugs(f"- dial: {{number: +14155550100, callerId: '${{call.{name}}}'}}\n")
    assert "caller-chosen-number" not in found


def test_a_number_of_the_callers_choice_can_be_allowed() -> None:
    found = slugs("- dial: ${call.Called}\n  allow: [caller-chosen-number]\n")
    assert "caller-chosen-number" not in found
    assert "caller-chosen-number" in slugs("- dial: ${call.Called}\n")


def test_names_the_language_keeps_for_itself() -> None:
    for name in ("call", "flow", "state", "target", "row", "1a", "a-b"):
        assert slugs(f"params: {{{name}: 1}}\nsteps: [say: Hi]\n")[:1] == ["bad-name"], name


def test_keys_take_no_expressions() -> None:
    assert not make("params: {k: say}\nsteps: [{'${k}': Hi}]\n").result.ok
