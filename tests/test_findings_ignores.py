"""Comments that silence findings, severities of a project, and the order of findings."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from twimlc.findings.diagnostic import Diagnostic, Rule, Severity
from twimlc.findings.ignores import apply_ignores
from twimlc.findings.order import apply_severities, in_order, merge_variants
from twimlc.text import SourceFile, Span


@dataclass(frozen=True)
class Comment:
    span: Span
    line: int
    own_line: bool


def comments(file: SourceFile) -> list[Comment]:
    found = []
    for match in re.finditer(r"#[^\n]*", file.text):
        line = file.position(match.start()).line
        before = file.text[file.offset(line) : match.start()]
        found.append(Comment(Span(file, *match.span()), line, not before.strip()))
    return found


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> dict[str, Rule]:
    """An error and two warnings that the catalogue knows."""
    from twimlc.findings import catalogue

    made = {
        slug: Rule(number, slug, severity)
        for number, slug, severity in (
            (990, "wrong-thing", Severity.ERROR),
            (991, "odd-thing", Severity.WARNING),
            (992, "small-thing", Severity.NOTE),
        )
    }
    monkeypatch.setattr(catalogue, "RULES", {**catalogue.RULES, **made})
    numbers = {rule.number: rule for rule in made.values()}
    monkeypatch.setattr(catalogue, "_BY_NUMBER", {**catalogue._BY_NUMBER, **numbers})
    return made


def at(file: SourceFile, text: str, rule: Rule, message: str = "m") -> Diagnostic:
    start = file.text.index(text)
    return rule.at(Span(file, start, start + len(text)), message)


def run(
    file: SourceFile,
    *findings: Diagnostic,
    looked: Callable[[Rule, Span], bool] = lambda _rule, _place: True,
) -> list[str]:
    left = apply_ignores(findings, {file: comments(file)}, looked=looked)
    return [f"{found.rule.slug}:{found.span.begin.line}" for found in left]


@pytest.mark.parametrize(
    "text",
    [
        "a: here  # twimlc: ignore[odd-thing] because\n",
        "# twimlc: ignore[991]\na: here\n",
        "# twimlc: ignore[TW991]\n# why: the desk asked for it\na: here\n",
        "# notice\n---\n# twimlc: ignore-file[odd-thing] old file\n\nb: 1\na: here\n",
        "a: here  #twimlc:ignore[small-thing,odd-thing]\n",
    ],
)
def test_silences_a_warning(rules: dict[str, Rule], text: str) -> None:
    file = SourceFile("a.yaml", text)
    findings = [at(file, "here", rules["odd-thing"])]
    if "small" in text:
        findings.append(at(file, "here", rules["small-thing"]))
    assert run(file, *findings) == []


def test_another_line_or_rule_stays_and_the_ignore_is_unused(rules: dict[str, Rule]) -> None:
    file = SourceFile("a.yaml", "a: here\nb: 1  # twimlc: ignore[odd-thing]\nc: there\n")
    finding = at(file, "here", rules["odd-thing"])
    assert run(file, finding) == ["odd-thing:1", "unused-ignore:2"]
    assert run(file, finding, looked=lambda rule, _: rule.slug != "odd-thing") == ["odd-thing:1"]


def test_the_place_that_uses_a_component_may_silence(rules: dict[str, Rule]) -> None:
    component = SourceFile("_components/c.yaml", "x: here\n")
    flow = SourceFile("a.yaml", "- use: c  # twimlc: ignore[odd-thing]\n")
    span = Span(component, 3, 7).through(Span(flow, 2, 5))
    left = apply_ignores([rules["odd-thing"].at(span, "m")], {flow: comments(flow), component: []})
    assert left == []


def test_errors_cannot_be_silenced(rules: dict[str, Rule]) -> None:
    file = SourceFile("a.yaml", "a: here  # twimlc: ignore[wrong-thing]\n")
    finding = at(file, "here", rules["wrong-thing"])
    assert run(file, finding) == ["wrong-thing:1", "cannot-ignore:1"]


def test_names_are_checked_and_pointed_at(rules: dict[str, Rule]) -> None:
    file = SourceFile("a.yaml", "a: 1  # twimlc: ignore[odd-thnig, 12345]\n")
    first, second = apply_ignores([], {file: comments(file)})
    assert first.rule.slug == "unknown-rule"
    assert first.span.text == "odd-thnig"
    assert first.hint == "did you mean 'odd-thing'?"
    assert second.rule.slug == "unknown-rule"
    assert second.span.text == "12345"


@pytest.mark.parametrize(
    "comment",
    [
        "# twimlc: ignore everything",
        "# twimlc: ignore[]",
        "# twimlc: disable[odd-thing]",
        "# twimlc: ignore-file[odd-thing]",
    ],
)
def test_what_is_not_understood_is_told(rules: dict[str, Rule], comment: str) -> None:
    file = SourceFile("a.yaml", f"a: here\n{comment}\n")
    assert run(file) == ["bad-ignore:2"]


def test_other_comments_are_nothing_to_us() -> None:
    file = SourceFile("a.yaml", "# about twimlc: ignore[x]\n# yaml-language-server: x\n")
    assert run(file) == []


def test_an_ignore_kept_for_later_can_be_silenced(rules: dict[str, Rule]) -> None:
    file = SourceFile("a.yaml", "a: here  # twimlc: ignore[odd-thing, unused-ignore]\n")
    assert run(file) == []


def test_severities(rules: dict[str, Rule]) -> None:
    file = SourceFile("a.yaml", "a: here\n")
    findings = [at(file, "here", rule) for rule in rules.values()]
    wanted = {"odd-thing": "off", "TW992": "error", "wrong-thing": "off"}
    left = apply_severities(findings, wanted)
    assert [(f.rule.slug, str(f.severity)) for f in left] == [
        ("wrong-thing", "error"),
        ("small-thing", "error"),
    ]


def test_order_and_once(rules: dict[str, Rule]) -> None:
    one, two = SourceFile("a.yaml", "a: here\nb: there\n"), SourceFile("b.yaml", "a: here\n")
    findings = [
        at(two, "here", rules["odd-thing"]),
        at(one, "there", rules["odd-thing"]),
        at(one, "here", rules["small-thing"]),
        at(one, "here", rules["odd-thing"]),
        at(one, "here", rules["odd-thing"]),
    ]
    assert [(f.span.file.path, f.span.text, f.rule.number) for f in in_order(findings)] == [
        ("a.yaml", "here", 991),
        ("a.yaml", "here", 992),
        ("a.yaml", "there", 991),
        ("b.yaml", "here", 991),
    ]


def test_variants(rules: dict[str, Rule]) -> None:
    file = SourceFile("a.yaml", "a: here\nb: there\nc: where\n")
    everywhere, some, one = (
        at(file, text, rules["odd-thing"], text) for text in ("here", "there", "where")
    )
    merged = merge_variants(
        [
            ("uptown", [everywhere]),
            ("downtown", [everywhere, some, some]),
            ("harbour", [everywhere, some, one]),
        ]
    )
    assert [f.message for f in merged] == [
        "here",
        "there (in 2 rows, first: downtown)",
        "where (in row harbour)",
    ]
    assert merge_variants([("only", [one])]) == [one]
