"""Mistakes in components, and in what is given to them: each told once, where it was made."""

import pytest

from compiled import Made, make

USER = """
states:
  one:
    - use: clinic
      with: {hour: 9}
      when: {office: two}
    - use: inner
  two:
    - use: clinic
components:
  inner: {steps: [use: clinic]}
"""


def errors(made: Made) -> list[tuple[str, str, int]]:
    """The rule, the file and the line of each error."""
    found = (f for f in made.result.findings if f.is_error)
    return [(f.rule.slug, f.span.file.path, f.span.begin.line) for f in found]


def of_component(text: str) -> list[tuple[str, str, int]]:
    return errors(make(USER, files={"_components/clinic.yaml": text}))


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("steps:\n  - say: Hi.\n   - hangup\n", "indentation"),
        ("steps:\n  - say: Hi.\nsteps:\n  - hangup\n", "duplicate-key"),
        ("steps:\n\t- say: Hi.\n", "tab-indent"),
        ("params: {a: 1}\nsteps:\n  - dial: {number: ${a}}\n", "unquoted-braces"),
        ("# nothing\n", "not-a-component"),
    ],
)
def test_the_uses_of_a_component_that_cannot_be_read_say_nothing(text: str, slug: str) -> None:
    found = of_component(text)
    assert [rule for rule, _, _ in found] == [slug]
    assert found[0][1].endswith("_components/clinic.yaml")


def test_a_flows_own_component_does_not_suffer_from_a_shared_one() -> None:
    flow = "components: {clinic: {steps: [say: Hi.]}}\nsteps: [use: clinic, dial: nobody]\n"
    made = make(flow, files={"_components/clinic.yaml": "# nothing\n"})
    assert sorted(made.slugs) == ["bad-phone-number", "not-a-component"], made.words


@pytest.mark.parametrize(
    "step",
    [
        *(f"dial: {{number: +14155550100, timeout: {wrong}}}" for wrong in ("20s", 0, 5000)),
        "menu: {prompt: Hi., attempts: three, choices: {1: next}}",
        "{each: 3, say: Hi.}",
        "say: {message: Hi., loop: -1}",
        "record: {playBeep: maybe}",
        "gather: {input: foo, prompt: Hi.}",
    ],
)
def test_a_mistake_is_told_once_as_in_a_flow(step: str) -> None:
    told = make(f"steps:\n  - {step}\n  - say: Bye.\n").slugs
    assert len(told) == 1
    component = f"params: {{hour: 1}}\nsteps:\n  - {step}\n  - say: ${{hour}}\n  - return: office\n"
    assert [rule for rule, _, _ in of_component(component)] == told


def test_an_unknown_component_has_no_returns_to_be_wrong_about() -> None:
    made = make("steps:\n  - use: wiat\n    when: {done: next}\n  - say: Hi.\n")
    assert made.slugs == ["unknown-component"]


@pytest.mark.parametrize("dial", ["{number: “${desk}”}", "“${desk}”"])
def test_curly_quotes_are_no_quotes(dial: str) -> None:
    made = make(f"params: {{desk: +14155550100}}\nsteps:\n  - dial: {dial}\n")
    (found,) = (f for f in made.result.findings if f.is_error)
    hint = found.hint or ""
    assert "use straight quotes" in hint
    assert "“" not in hint


ASKS = "params: {words: }\nsteps:\n  - say: ${words.closed}\n  - say: ${words.hours}\n"
GIVES = """
params:
  english: {closed: We are closed., hours: Nine to five.}
  spanish: {hours: De nueve a cinco.}
steps:
  - use: clinic
    with: {words: "${english}"}
  - use: clinic
    with: {words: "${spanish}"}
  - use: clinic
    with: {words: {hours: De neuf}}
"""


@pytest.mark.parametrize(
    ("asks", "gives"),
    [
        (ASKS, GIVES),
        (ASKS.replace("words.closed", "words[1]"), GIVES.replace("{hours: De", "[De").replace("cinco.}", "cinco.]").replace("neuf}", "neuf]").replace("${english}", "${[1, 2]}")),
        (ASKS, GIVES.replace("{hours: De nueve a cinco.}", "Cerrado").replace("{hours: De neuf}", "Ferme")),
    ],
)  # fmt: skip
def test_each_value_that_lacks_a_part_is_told_where_it_was_written(asks: str, gives: str) -> None:
    asks = asks.rsplit("  -", 1)[0]
    made = make(gives, files={"_components/clinic.yaml": asks})
    found = [f for f in made.result.findings if f.is_error]
    assert [f.span.file.path.endswith("f.yaml") for f in found] == [True, True], made.words
    assert ["nueve" in f.span.text or "Cerrado" in f.span.text for f in found] == [True, False]
    assert {label.span.text for f in found for label in f.labels} == {
        asks.split("say: ")[1].strip()
    }


def test_a_value_of_each_that_lacks_a_part_is_told_where_it_was_written() -> None:
    made = make("""
        params: {a: {x: 1}, b: {y: 2}, c: {z: 3}}
        steps:
          - each: ["${a}", "${b}", "${c}"]
            as: m
            say: Number ${m.x}
    """)
    assert [f.span.text for f in made.result.findings if f.is_error] == ["{y: 2}", "{z: 3}"]
    typo = make(
        "params: {a: {closed: 1}}\nsteps:\n  - {each: ['${a}'], as: m, say: '${m.clsoed}'}\n"
    )
    (found,) = (f for f in typo.result.findings if f.is_error)
    assert (found.span.text, found.hint) == ("${m.clsoed}", "did you mean 'closed'?")


def test_a_computed_return_is_told_by_its_name() -> None:
    component = "params: {name: one}\nsteps: [{return: '${name}'}, {return: two}]\n"
    user = "steps:\n  - use: c\n    when: {zzzzzz: hangup}\n"
    made = make(user, files={"_components/c.yaml": component})
    assert [f.hint for f in made.result.findings if f.is_error] == ["it returns as one, two"]
