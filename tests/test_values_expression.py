"""Expressions: what is computed, what is refused where, and that nothing gets through."""

import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st
from jinja2 import Environment

from growth import counted
from twimlc.findings.diagnostic import Diagnostic
from twimlc.text import SourceFile, Span
from twimlc.values.expand import expand_flow, resolve_params
from twimlc.values.expression import Hole, scan
from twimlc.values.filters import FILTERS
from twimlc.values.scope import ExpressionContext
from twimlc.yaml.reader import read_yaml
from twimlc.yaml.tree import CallValue, Entry, Mapping, Node, Scalar, Sequence, Template

PARAMS = """\
params:
  company: Contoso
  price: 12.50
  count: 3
  open: true
  days: [Monday, tuesday, Friday]
  numbers: [3, 1, 2]
  empty: []
  desks: [{name: Ann, to: +14155550101}, {name: Bob, to: +14155550102}]
  table: {"1": sales, size: {big: yes}}
  literal: $${company}
"""


def plain(node: Node | None) -> Any:
    match node:
        case Scalar(value=Template(parts=parts)):
            return parts
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {entry.key: plain(entry.value) for entry in node.entries}
    raise AssertionError(node)


def say(text: str, params: str = PARAMS) -> tuple[Any, list[Diagnostic]]:
    """What ``say:`` gets when its text is ``text``, put into the tree as it is."""
    tree, findings = read_yaml(SourceFile("flow.yaml", params + "steps:\n  - say: x\n"))
    assert isinstance(tree, Mapping)
    assert not findings
    file = SourceFile("text.yaml", text)
    span = Span(file, 0, len(text))
    step = Mapping((Entry("say", span, Scalar(text, text, span)),), span)
    entries = [
        Entry("steps", span, Sequence((step,), span)) if entry.key == "steps" else entry
        for entry in tree
    ]
    tree = Mapping(tuple(entries), span)
    around = ExpressionContext("standup", "plain", {"store": Scalar("downtown", "downtown", span)})
    known, faults = resolve_params(tree, [], around)
    expanded, more, _ = expand_flow(tree, known, around, {})
    assert not faults
    return plain(expanded)["steps"][0]["say"], more


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Hello", "Hello"),
        ("Hello ${company}.", "Hello Contoso."),
        ("${count}", 3),
        ("${ price }", Decimal("12.50")),
        ("${price} dollars", "12.50 dollars"),
        ("${price + 1} dollars", "13.50 dollars"),
        ("${open}", True),
        ("It is ${open}", "It is true"),
        ("${days}", ["Monday", "tuesday", "Friday"]),
        ("${table['1']} ${table[1]} ${table.size.big}", "sales sales yes"),
        ("${days[0]} ${days[-1]}", "Monday Friday"),
        (
            "${literal} $${x} $$${x} $5 {% if %} {# x #} {{x}}",
            "${company} ${x} $${x} $5 {% if %} {# x #} {{x}}",
        ),
        ("${flow} ${target} ${row.store} ${state}", "standup plain downtown start"),
        ("${'closed' if count > 5 else 'open'}", "open"),
        ("${count == 3 and not (company == 'x') or empty}", True),
        ("${count - 5}", -2),
        ("${-count}", -3),
        ("${'a' ~ count ~ price}", "a312.50"),
        ("${'a' + 'b'}", "ab"),
        ("${empty + ['x']}", ["x"]),
        (
            "${'Monday' in days} ${'x' not in days} ${'size' in table} ${'ont' in company}",
            "true true true true",
        ),
        ("${1 < count <= 3} ${'a' < 'b'} ${count != 3}", "true true false"),
        ("${1 == true} ${'3' == count}", "false false"),
        (
            "${table.nothing | default('x')} ${nobody | default('y')} ${empty | default('z', true)}",
            "x y z",
        ),
        ("${desks | join(' or ', attribute='name')}", "Ann or Bob"),
        ("${(desks | sort(reverse=true, attribute='name'))[0].to}", "+14155550102"),
        ("${ '}' ~ \"{\" }", "}{"),
        ("${company or 'nobody'}${'' or 'x'}", "Contosox"),
        ("${empty | first | default('-')}", "-"),
        ("${days | length}${company | length}${table | length}", "372"),
        ("${none}${''}", None),
        ("You are ${call.From}", ("You are ", CallValue("From"))),
        ("${call['From']}", (CallValue("From"),)),
        (
            "${days == ['Monday', 'tuesday', 'Friday']} ${days == [1]} ${days == table}",
            "true false false",
        ),
        ("${table == table} ${table == desks[0]} ${desks[0] == desks[1]}", "true false false"),
        (
            "${price | float} ${open | int} ${1234 | round(-2)} ${table | list | join}",
            "12.50 1 1200 1size",
        ),
        ("${'1e5' | int} ${0 | float} ${1500 | round(-3, 'ceil')}", "100000 0.0 2000.0"),
        ("${company}", "Contoso"),
        ("${company}\n", "Contoso"),
        ("", ""),
    ],
)
def test_values(text: str, value: object) -> None:
    got, findings = say(text)
    if value is None:
        assert [f.rule.slug for f in findings] == ["value-not-text"]
        return
    assert findings == []
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    "expression",
    [
        "'grüße & co' | upper", "'ABC' | lower", "'hello big-time (now)' | title", "'heLLO' | capitalize",
        "'  x ' | trim", "'xxaxx' | trim('x')", "'aXbXc' | replace('X', '-')", "'aXbXc' | replace('X', '-', 1)",
        "'ab' | replace('', '.')", "'' | default('x')", "'' | default('x', true)", "['a', 'b'] | join", "'abc' | join('-')",
        "['a', 'b'] | join(d=', ')", "[1, 2] | length", "'abc' | first", "[1, 2] | last", "'42' | int", "'x' | int", "'x' | int(7)",
        "'ff' | int(base=16)", "'3.9' | int", "'3.5' | float", "'x' | float", "5 | float", "5 | string", "42.55 | round",
        "2.5 | round", "42.567 | round(2)", "42.55 | round(1, 'floor')", "42.01 | round(method='ceil')", "5 | round",
        "['b', 'A', 'c'] | sort | join", "['b', 'A'] | sort(case_sensitive=true) | join", "[3, 1] | sort(true) | join(',')",
        "['a', 'A', 'b'] | unique | join", "'abc' | list | last", "'1' ~ 2 ~ 3.5", "1 + 2 - 5", "3 > 2 and 'yes'", "'a' if false else 'b'",
        "['x', 'y'][1]", "'b' in ['a', 'b']", "not 1 == 2", "'é' 'x'", "1 < 2 < 3",
    ],
)  # fmt: skip
def test_as_jinja(expression: str) -> None:
    got, findings = say(f"<${{{expression}}}>")
    theirs = Environment().from_string(f"<{{{{ {expression} }}}}>").render()
    assert findings == []
    assert got == theirs.replace("True", "true").replace("False", "false")


def test_filters_are_those_of_the_language() -> None:
    assert " ".join(sorted(FILTERS)) == (
        "capitalize default first float int join last length list lower replace round sort string "
        "title trim unique upper"
    )
    assert set(FILTERS) <= set(Environment().filters)


@pytest.mark.parametrize(
    ("text", "slug", "word"),
    [
        ("Hi ${compny}", "unknown-name", "did you mean 'company'?"),
        ("${From}", "unknown-name", "${call.From}"),
        ("${'x' if time > 8}", "unknown-name", "docs/hours.md"),
        ("${opening_hours}", "unknown-name", "the step hours asks a calendar"),
        ("${table.sise}", "unknown-name", "did you mean 'size'?"),
        ("${days[3]}", "unknown-name", "3 values"),
        ("${__class__}", "unknown-name", "__class__"),
        ("${company.__class__}", "wrong-operand", "__class__"),
        ("${table.__class__}", "unknown-name", "__class__"),
        ("${days.append}", "wrong-operand", "append"),
        ("${company.upper()}", "bad-expression", "calls"),
        ("${company | attr('x')}", "bad-expression", "attr"),
        ("${company | uper}", "bad-expression", "did you mean 'upper'?"),
        ("${company | format}", "bad-expression", "format"),
        ("${'%s' % company}", "bad-expression", "%"),
        ("${count * 2}", "bad-expression", "*"),
        ("${9 ** 9 ** 9}", "bad-expression", "**"),
        ("${days[0:1]}", "bad-expression", "slices"),
        ("${ {'a': 1} }", "bad-expression", "maps"),
        ("${(1, 2)}", "bad-expression", "list"),
        ("${company is defined}", "bad-expression", "is"),
        ("${+14155550100}", "bad-expression", "quotes"),
        ("${company:-x}", "bad-expression", "default"),
        ("${open ? 1 : 2}", "bad-expression", "if condition else"),
        ("${count && open}", "bad-expression", "and"),
        ("${count = 3}", "bad-expression", "=="),
        ("${company ${count}}", "bad-expression", "without another"),
        ("${‘x’}", "bad-expression", "straight"),
        ("${}", "bad-expression", "nothing between"),
        ("${'\\x00'}", "bad-expression", "control"),
        ("${'\\ud800'}", "bad-expression", "control"),
        ("${company | replace('a')}", "bad-expression", "needs its argument 'new'"),
        ("${company | upper(1)}", "bad-expression", "up to 0"),
        ("${company | join(x=1)}", "bad-expression", "'x'"),
        ("${company | join(*days)}", "bad-expression", "plain arguments"),
        ("${'x' if empty}", "bad-expression", "else"),
        ("${company", "unclosed-expression", "}"),
        ("${company's}", "unclosed-expression", "quote '"),
        ("${ {", "unclosed-expression", "{"),
        ("on ${days}", "value-not-text", "join"),
        ("on ${table}", "value-not-text", "a map"),
        ("${'a' + 1}", "wrong-operand", "~"),
        ("${1 < 'a'}", "wrong-operand", "int"),
        ("${open + 1}", "wrong-operand", "boolean"),
        ("${not 'false'}", "wrong-operand", "== 'false'"),
        ("${[1, 'a'] | sort}", "wrong-operand", "sort"),
        ("${desks | sort}", "wrong-operand", "attribute"),
        ("${desks | join(attribute='nam')}", "unknown-name", "nam"),
        ("${'x' | round}", "wrong-operand", "float"),
        ("${5 | round(method='up')}", "wrong-operand", "ceil"),
        ("${days | int}", "wrong-operand", "a list"),
        ("${'1' | int(base=99)}", "wrong-operand", "36"),
        ("${5 | first}", "wrong-operand", "first"),
        ("${5 | length}", "wrong-operand", "length"),
        ("${1 in 5}", "wrong-operand", "in"),
        ("${'a' | replace('a', 'b', 'x')}", "wrong-operand", "whole number"),
        ("${call}", "bad-expression", "${call.From}"),
        ("${call.From | upper}", "call-value-filtered", "upper"),
        ("${call.From ~ 'x'}", "call-value-filtered", "during the call"),
        ("${call.From == '1'}", "call-value-filtered", "comparison"),
        ("${call.From in days}", "call-value-filtered", "in"),
        ("${call.From.x}", "call-value-filtered", "x"),
        ("${call.From + 1}", "call-value-filtered", "+"),
        ("${not call.From}", "call-value-filtered", "condition"),
        ("${call['a b']}", "bad-expression", "a b"),
        ("${1e999}", "result-too-long", "digits"),
        ("${" + "9" * 400 + "}", "result-too-long", "digits"),
        ("${" + "9" * 4900 + "}", "bad-expression", "4,900 characters"),
        ("${" + "(" * 1500 + "1" + ")" * 1500 + "}", "bad-expression", "deep"),
        ("${" + "not " * 900 + "1}", "bad-expression", "deep"),
        ("${" + "[" * 60 + "]" * 60 + "}", "result-too-long", "deep"),
        ("${" + "1+" * 1900 + "1}", "bad-expression", "deep"),
    ],
)  # fmt: skip
def test_refused(text: str, slug: str, word: str) -> None:
    got, findings = say(text)
    assert [finding.rule.slug for finding in findings] == [slug]
    assert word in f"{findings[0].message} {findings[0].hint}"
    assert got == text


def test_growth_is_bounded_before_it_is_built() -> None:
    params = "params:\n  a: " + "x" * 5000 + "\n  l: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n"
    for text in (
        "${a | replace('x', a)}", "${a | replace('', a)}", "${a | list | join(a)}", "${a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a}",
        "${[l,l,l,l,l,l,l,l,l,l] + [[l,l,l,l,l,l,l,l,l,l],[l,l,l,l,l,l,l,l,l,l],[[l,l,l,l,l,l,l,l,l,l],[[l,l,l,l,l,l,l,l,l,l]]]] ~ 'x'}",
        "${a}" * 14,
    ):  # fmt: skip
        made: list[list[Diagnostic]] = []
        calls = counted(lambda text=text, to=made: to.append(say(text, params)[1]))  # type: ignore[misc]
        assert made[0][0].rule.slug in ("result-too-long", "value-not-text")
        assert sum(calls.values()) < 1_000_000
    doubling = "params:\n  p0: [x, x]\n" + "".join(
        f"  p{i}: ${{[p{i - 1}, p{i - 1}]}}\n" for i in range(1, 40)
    )
    tree, _ = read_yaml(SourceFile("flow.yaml", doubling + "steps:\n  - say: x\n"))
    assert isinstance(tree, Mapping)
    around, made = ExpressionContext("x", "static"), []
    calls = counted(lambda: made.append(resolve_params(tree, [], around)[1]))
    assert [finding.rule.slug for finding in made[0]] == ["result-too-long"]
    assert sum(calls.values()) < 3_000_000


def test_scan_keeps_every_character() -> None:
    text = "a $${b} ${c['}']} ${ {'x': {}} } $$$ ${"
    pieces = scan(text)
    holes = [piece for piece in pieces if isinstance(piece, Hole)]
    assert [text[hole.start : hole.end] for hole in holes] == ["${c['}']}", "${ {'x': {}} }", "${"]
    assert [piece for piece in pieces if isinstance(piece, str)] == ["a ${b} ", " ", " $$$ "]


@pytest.mark.parametrize(
    ("yaml", "piece"),
    [
        ("Hello ${a} and ${nope}.", "${nope}"),
        ('"Hello ${nope}."', "${nope}"),
        ("'It''s ${nope}.'", "${nope}"),
        ("|\n      Hello\n      ${nope}.", "${nope}"),
        ('"\\x24{nope}"', '"\\x24{nope}"'),
    ],
)
def test_place(yaml: str, piece: str) -> None:
    file = SourceFile("flow.yaml", f"params: {{a: x}}\nsteps:\n  - say: {yaml}\n")
    tree, _ = read_yaml(file)
    assert isinstance(tree, Mapping)
    around = ExpressionContext("x", "static")
    params, _ = resolve_params(tree, [], around)
    _, findings, _ = expand_flow(tree, params, around, {})
    assert [finding.span.text for finding in findings] == [piece]


def test_plain_names_need_no_jinja() -> None:
    program = (
        "import sys\n"
        "from twimlc.values.expand import *\n"
        "from twimlc.yaml.reader import read_yaml\n"
        "from twimlc.text import SourceFile\n"
        "text = 'params: {a: x, b: \"${a}\"}\\nsteps:\\n  - say: Hi ${a} ${b} ${call.From}\\n'\n"
        "tree, _ = read_yaml(SourceFile('x', text))\n"
        "params, _ = resolve_params(tree, [], ExpressionContext('x', 'static'))\n"
        "expand_flow(tree, params, ExpressionContext('x', 'static'), {})\n"
        "sys.exit('jinja2' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": "compiler"}, check=False
    )
    assert done.returncode == 0


PIECES = st.sampled_from(
    ["${", "}", "$${", "{", "[", "]", "(", ")", "'", '"', "\\", "|", "~", "+", "-", "*", "**", ".", ",", ":", "=", "==", "!=", "<", ">", "in", "not", "and", "or", "if", "else", "is", "call", ".From", "company", "days", "table", "count", "upper", "join", "replace", "default", "sort", "round", "int", "0", "1", "99", "1.5", "'a'", "''", "\\x00", "é", "�", "__class__", "\n", "{%", "{{", "{#", "true", "none"]
)  # fmt: skip


@pytest.mark.sweep
@given(st.lists(PIECES, max_size=14), st.booleans())
def test_nothing_raises(pieces: list[str], whole: bool) -> None:
    text = " ".join(pieces)
    _, findings = say("${" + text + "}" if whole else text)
    assert len(findings) <= 1
