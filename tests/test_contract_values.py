"""``${…}``: params and their precedence, types, filters, if and each, and values of the call."""

from pathlib import Path

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


@pytest.mark.parametrize(
    "step",
    [
        "say:We are here ${hours}.",
        "say We are here ${hours}.",
        "hangup ${hours}",
        "${hours}",
        "'${hours} ${hours}'",
        "gather: {prompt: ['say:We are here ${hours}.', pause]}",
        "{use: '${hours}'}",
        "{say: Hi., each: '${hours}'}",
    ],
)
def test_no_step_is_lost(step: str) -> None:
    made = make(f"params: {{hours: nine}}\nsteps:\n  - {step}\n  - say: Goodbye.\n")
    assert len(made.slugs) == 1
    assert made.files == []


@pytest.mark.parametrize("state", ["say Hello ${h}", "${h}", "hangup ${h}"])
def test_no_state_is_lost(state: str) -> None:
    assert slugs(f"params: {{h: nine}}\nstates:\n  a: {state}\n") == ["wrong-type"]


RELAY = "- connect: {conversationRelay: {url: 'wss://a.example.com', languages: %s}}"
MENU = "- {menu: {prompt: %s, choices: {1: %s}, invalid: %s}, fallback: %s}"
OFFER = "- offer: {prompt: %s, options: %s}\n- say: Bye."


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("steps: {say: Hi.}", "steps: [{say: Hi.}]"),
        ("steps: hangup", "steps: [hangup]"),
        ("states: {a: {goto: b}, b: pause}", "states: {a: [{goto: b}], b: [pause]}"),
        ("components: {c: {steps: {say: Hi.}}}\nsteps: {use: c}", "- say: Hi."),
        ("components: {c: {states: {a: {say: Hi.}}}}\nsteps: {use: c}", "- say: Hi."),
        ("params: {x: {say: Hi.}}\nstates: {a: '${x}'}", "states: {a: [{say: Hi.}]}"),
        ("params: {x: {say: Hi.}}\nsteps: ${x}", "- say: Hi."),
        ("- say: Hi.\n- {say: Ho., if: false}", "- say: Hi."),
        ("params: {x: {say: Ho., if: false}}\nsteps: [{say: Hi.}, '${x}']", "- say: Hi."),
        ("params: {x: {say: Hi., if: true}}\nsteps: ['${x}']", "- say: Hi."),
        ("- {record: {}, then: {say: Hi.}}", "- {record: {}, then: [{say: Hi.}]}"),
        (
            "params: {x: {say: Hi.}}\nsteps: [{record: {}, then: '${x}'}]",
            "- {record: {}, then: [{say: Hi.}]}",
        ),
        (RELAY % "{code: de-DE}", RELAY % "[{code: de-DE}]"),
        ("- hunt: {people: {number: '911'}}", "- hunt: {people: [{number: '911'}]}"),
        (
            "- voicemail: {say: {play: https://a.example.com/b.mp3}}",
            "- voicemail: {say: [{play: https://a.example.com/b.mp3}]}",
        ),
        (
            OFFER % ("{say: Hi.}", "{say: One, then: {say: A.}}"),
            OFFER % ("[{say: Hi.}]", "[{say: One, then: [{say: A.}]}]"),
        ),
        (MENU % (("{say: Hi.}",) * 4), MENU % (("[{say: Hi.}]",) * 4)),
    ],
)
def test_one_step_or_noun_without_its_dash(short: str, long: str) -> None:
    one, other = (make(flow, target="nginx") for flow in (short, long))
    assert one.slugs == other.slugs
    assert one.documents == other.documents
    assert one.files != []


NUMBERS = "<Number>+14155550100</Number><Number>+14155550101</Number>"
TABLE = "params: {ns: [+14155550100, +14155550101]}\nsteps:\n"


@pytest.mark.parametrize(
    "verb",
    [
        "dial: {number: [{phoneNumber: '${n}', each: '${ns}', as: n}]}",
        "dial: {number: {phoneNumber: '${n}', each: '${ns}', as: n}}",
        "dial: [{number: '${n}', each: '${ns}', as: n}, {client: ann, if: false}]",
        "hunt: {number: [{phoneNumber: '${n}', each: '${ns}', as: n}]}",
        "hunt: [{phoneNumber: '${n}', each: '${ns}', as: n}]",
        "hunt: {people: [{number: '${n}', each: '${ns}', as: n}, {client: ann, if: false}]}",
        "hunt: {people: {number: '${n}', each: '${ns}', as: n}}",
    ],
)
def test_each_and_if_stand_beside_nouns(verb: str) -> None:
    made = make(TABLE + f"  - {verb}\n  - say: Nobody.\n")
    assert NUMBERS in made.xml(), made.words
    assert "ann" not in made.xml()


def test_choices_as_a_list() -> None:
    listed = """
        params: {table: [{key: 1, to: sales}, {key: 2, to: desk}], closed: false}
        states:
          top:
            - menu:
                prompt: Press a key.
                choices:
                  - {key: "${row_.key}", then: "${row_.to}", each: "${table}", as: row_}
                  - {key: 3, then: {say: Three.}}
                  - {key: 4, then: hangup, if: "${closed}"}
              fallback: desk
          sales: {say: Sales.}
          desk: {say: Desk.}
    """
    mapped = """
        states:
          top:
            - menu: {prompt: Press a key., choices: {1: sales, 2: desk, 3: [{say: Three.}]}}
              fallback: desk
          sales: {say: Sales.}
          desk: {say: Desk.}
    """
    one, other = (make(flow, target="nginx") for flow in (listed, mapped))
    assert one.slugs == other.slugs == []
    assert one.documents == other.documents


@pytest.mark.parametrize(
    ("choices", "slug"),
    [
        ("[{key: 1, then: next}, {key: '${one}', then: hangup}]", "duplicate-key"),
        ("[{key: '${word}', then: next}]", "bad-key"),
        ("[{key: '${call.From}', then: next}]", "bad-key"),
        ("[{key: 1}]", "missing-key"),
        ("[{then: next}]", "missing-key"),
        ("[{key: 1, then: next, if: false}]", "missing-key"),
        ("[1]", "wrong-type"),
    ],
)
def test_choices_that_are_none(choices: str, slug: str) -> None:
    flow = f"params: {{one: 1, word: abc}}\nsteps:\n  - menu: {{prompt: Press 1., choices: {choices}}}\n    fallback: hangup\n"
    assert slug in make(flow, target="nginx").slugs


WRONG = {
    "dial: ${x}": "abc",
    "dial: {number: +14155550100, timeout: '${x}'}": "soon",
    "goto: ${x}": "nowhere",
    "{say: Hi., if: '${x}'}": "'false'",
    "{say: Hi., each: '${x}'}": "abc",
    "say: {message: Hi., language: '${x}'}": "english",
    "connect: {conversationRelay: {url: '${x}'}}": "https://a.example.com",
    "menu: {prompt: Hi., choices: '${x}'}": "{lost: next}",
    "{dial: +14155550100, when: '${x}'}": "{bussy: next}",
    "use: ${x}": "nothing",
    "gather: ${x}": "{numDigit: 1}",
    "dial: {number: {phoneNumber: +14155550100, url: '${x}'}}": "[{sya: Hi.}]",
}


def places(flow: str, **given: object) -> set[tuple[str, int, list[str]]]:
    """Of each error its file, its line, and the texts that use it."""
    found = []
    for finding in make(flow, **given).result.findings:  # type: ignore[arg-type]
        chain, span = [], finding.span.via
        while span is not None:
            chain.append(span.text.strip("'"))
            span = span.via
        if finding.is_error:
            found.append((finding.span.file.path, finding.span.begin.line, tuple(chain)))
    return {*found}  # type: ignore[arg-type]


@pytest.mark.parametrize("step", WRONG)
def test_a_finding_stands_where_the_value_was_written(step: str) -> None:
    value, steps = WRONG[step], f"steps:\n  - {step}\n  - say: Bye.\n"
    assert places(f"params:\n  x: {value}\n{steps}") == {("f.yaml", 2, ("${x}",))}
    through = f"params:\n  y: {value}\n  x: ${{y}}\n{steps}"
    assert places(through) == {("f.yaml", 2, ("${x}",))}
    part = f"params:\n  m:\n    x: {value}\n{steps}".replace("${x}", "${m.x}")
    assert places(part) == {("f.yaml", 3, ("${m.x}",))}
    if "goto" not in step:  # a state that is handed in is one of the flow
        component = f"components:\n  c:\n    params: {{x: }}\n    steps:\n      - {step}\n"
        used = f"{component}steps:\n  - use: c\n    with:\n      x: {value}\n  - say: Bye.\n"
        assert places(used) == {("f.yaml", 9, ("${x}", "c"))}


def test_the_same_slip_in_a_column_is_told_once(tmp_path: Path) -> None:
    files = {
        "twimlc.yaml": "flows: flows\nmatrix: shops.csv\ntargets: {one: {host: static}}\n",
        "flows/f.yaml": "params: {desk: }\nsteps:\n  - dial: ${desk}\n  - say: ${row.shop}\n",
        "shops.csv": "shop,desk\nMain St. 5,x12\nHarbor,+14155550100\nPier 9,y12\n",
    }
    made = make(files=files, target="one", folder=tmp_path)
    (error,) = (found for found in made.result.findings if found.is_error)
    assert error.message == "'x12' is not a phone number (in 2 rows, first: main-st-5)"
    assert (error.span.file.path, error.span.begin) == ("shops.csv", (2, 12))
    assert error.span.via is not None
    assert error.span.via.text == "${desk}"
    assert [label.span.text for label in error.labels] == ["y12"]
    files["shops.csv"] = files["shops.csv"].replace("x12", "+14155550101").replace("y12", "")
    made = make(files=files, target="one", folder=tmp_path)
    assert [f.span.begin.line for f in made.result.findings if f.is_error] == [4]


def test_params_of_the_project_come_between_the_flow_and_the_target(tmp_path: Path) -> None:
    files = {
        "twimlc.yaml": "params: {a: project, b: project, m: {x: deep}}\ntargets: {one: {host: static, params: {b: target}}}\n",
        "f.yaml": "params: {a: flow, b: flow, m: }\nsteps: [{say: '${a} ${b} ${m.x}'}]\n",
        "g.yaml": "steps: [{say: Hi.}]\n",
    }
    made = make(files=files, target="one", folder=tmp_path)
    assert made.xml() == "<Say>project target deep</Say>"
    files["f.yaml"] = "params: {a: , b: }\nsteps: [{say: '${a} ${b}'}]\n"
    made = make(files=files, target="one", folder=tmp_path)
    assert made.slugs == ["unknown-param"]


def test_lists_and_maps_on_the_command_line() -> None:
    flow = "params: {ns: , m: , t: }\nsteps: [{say: '${ns[1]} ${m.a.b} ${t}'}]\n"
    given = {"ns": "[1, two]", "m": "{a: {b: deep}}", "t": "'[beep] Hi.'"}
    assert xml(flow, params=given) == "<Say>two deep [beep] Hi.</Say>"
    turns = "params: {ns: [a]}\nsteps: [{say: '${n}', each: '${ns}', as: n}, {say: Bye.}]\n"
    assert xml(turns, params={"ns": "[]"}) == "<Say>Bye.</Say>"
    assert make(turns, params={"ns": "{}"}).slugs == ["each-not-list"]


@pytest.mark.parametrize("given", ["[a, b", "{a: 1, a: 2}", "[${w}]", "[beep] Hi.", "{"])
def test_a_broken_list_on_the_command_line_is_no_text(given: str) -> None:
    made = make("params: {v: }\nsteps: [{say: '${v}'}]\n", params={"v": given})
    hint = f"text that begins with {given[0]} goes in quotes: -p 'NAME=\"{given[0]}…\"'"
    assert hint in [f.hint for f in made.result.findings if f.span.file.path == "command line"]


@pytest.mark.parametrize("start", ["start: ${s}", "start: \"${'b' if s == 'b' else 'a'}\""])
def test_a_flow_may_start_where_a_param_says(start: str) -> None:
    other = f"params: {{s: b}}\n{start}\nstates: {{a: {{say: A.}}, b: {{say: B.}}}}\n"
    made = make("- goto: g/\n", files={"g.yaml": other})
    assert (made.xml(), made.xml("g/index.xml")) == (
        '<Redirect method="GET">../g/index.xml</Redirect>',
        "<Say>B.</Say>",
    )


def test_a_start_that_is_no_state_is_told_in_its_own_flow() -> None:
    other = "params: {s: nowhere}\nstart: ${s}\nstates: {a: {say: A.}}\n"
    found = make("- goto: g/\n", files={"g.yaml": other}).result.findings
    assert [(f.rule.slug, f.span.file.path) for f in found] == [("unknown-state", "g.yaml")]


def test_steps_of_another_flow_may_be_a_value() -> None:
    made = make("- goto: g/\n", files={"g.yaml": "params: {s: {say: G.}}\nsteps: ${s}\n"})
    assert made.xml("g/index.xml") == "<Say>G.</Say>"
