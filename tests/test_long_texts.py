"""Long lines and many lines: what is read of them, and how much of them a finding prints."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from compiled import check_document
from twimlc import pipeline
from twimlc.calls.player import fits
from twimlc.editor.open_files import Snapshot
from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.model import Element
from twimlc.flow.walks import strongly_connected
from twimlc.report.human import human
from twimlc.text import SourceFile

FLOW = "steps:\n  - say: Hello\n"
DOCUMENT = "<Response><Say>Hello</Say></Response>\n"
K = 60_000


def found(folder: Path, name: str, text: str) -> list[Diagnostic]:
    path = folder / name
    path.write_bytes(text.encode())
    options = pipeline.Options(paths=(path,), cwd=folder)
    edited = Snapshot(path, folder, {path: text}).check().findings
    findings = list(pipeline.check(options).findings)
    assert [each.message for each in edited] == [each.message for each in findings]
    return findings


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("above", "on_top"),
    [
        ([""] * 200, True),
        ([" \t"] * 200, True),
        (["# why", ""] * 100, True),
        (["  # why"] * 200, True),
        (["%YAML 1.2", "# why", "---"], True),
        (["# why"] * 200 + ["a: b"], False),
        ([""] * 200 + ["- a"], False),
    ],
)
def test_what_may_stand_above_an_ignore_of_a_file(
    tmp_path: Path, above: list[str], on_top: bool, end: str
) -> None:
    lines = [*above, "# twimlc: ignore-file[unreachable-step] no matter", *FLOW.split("\n")]
    slugs = {each.rule.slug for each in found(tmp_path, "a.yaml", end.join(lines))}
    assert ("bad-ignore" not in slugs) is on_top


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("above", "slug"),
    [
        ([*["<!-- why -->", ""] * 100], "unused-ignore"),
        ([*[""] * 200, "<!-- why -->", " "], "unused-ignore"),
        (["<Response>"], "bad-ignore"),
        (["<!-- why --> "], "unused-ignore"),
    ],
)
def test_the_same_above_twiml(tmp_path: Path, above: list[str], slug: str, end: str) -> None:
    body = DOCUMENT.removeprefix("<Response>") if "<Response>" in above else DOCUMENT
    lines = [*above, "<!-- twimlc: ignore-file[unreachable-step] no matter -->", body]
    slugs = {each.rule.slug for each in found(tmp_path, "a.xml", end.join(lines))}
    assert slugs & {"bad-ignore", "unused-ignore", "unknown-rule"} == {slug}


def test_an_ignore_behind_another_comment_is_not_on_top(tmp_path: Path) -> None:
    text = "<!-- why --> <!-- twimlc: ignore-file[unreachable-step] no matter -->\n" + DOCUMENT
    assert "bad-ignore" in {each.rule.slug for each in found(tmp_path, "a.xml", text)}


@pytest.mark.parametrize(
    "meant", ["{}", "a{}", "{}a", "a{}b", "{}{}", "a{}b{}b", "{}ab{}b{}", "{}a{}"]
)
def test_values_of_the_call_may_be_anything(meant: str) -> None:
    text = meant.replace("{}", "${call.From}")
    pattern = ".*".join(map(re.escape, meant.split("{}")))
    for letters in product("ab\n", repeat=4):
        for size in range(5):
            heard = "".join(letters[:size])
            assert fits(text, heard) is (re.fullmatch(pattern, heard, re.DOTALL) is not None)


def test_many_values_of_the_call_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a pattern that is made from a text")

    monkeypatch.setattr(re, "fullmatch", refused)
    assert not fits("a" + "${call.From}${call.To}b" * 50 + "c", "a" + "b" * 5_000)
    assert fits("a" + "${call.From}b${call.To}" * 50 + "c", "a" + "b" * 5_000 + "c")


@pytest.mark.parametrize(
    ("name", "text", "slug"),
    [
        ("a.yaml", f"steps:\n  - say: Hours:{' ' * K}x\n", "colon-in-text"),
        ("a.yaml", f"steps:\n  - play: {'a' * K}\n", "missing-media"),
        ("a.yaml", f"steps:\n  - dial: '+{'1' * K}x'\n", "bad-phone-number"),
        (
            "a.yaml",
            f"invariants: [always reaches {' or '.join(['human'] * (K // 9))}]\n{FLOW}",
            "broken-invariant",
        ),
        (
            "a.yaml",
            f"invariants: [always reaches {'x within 5 ' * (K // 11)}]\n{FLOW}",
            "bad-invariant",
        ),
        ("a.xml", f"<Response><Say {'a' * K} =x</Say></Response>", "malformed-xml"),
        ("a.xml", f"<Response><Dial>+{'1' * K}x</Dial></Response>", "bad-phone-number"),
        ("a.xml", f"<Response><Say><?={' ' * K}</Say></Response>", "template-not-filled"),
    ],
)
def test_a_finding_prints_300_letters_of_a_line(
    tmp_path: Path, name: str, text: str, slug: str
) -> None:
    findings = found(tmp_path, name, text)
    assert slug in {each.rule.slug for each in findings}
    for each in findings:
        said = [each.message, each.hint or "", each.fix.title if each.fix else ""]
        said += [label.message for label in each.labels]
        assert max(len(line) for part in said for line in part.split("\n")) <= 300
    assert len(human(findings)) < 1_200 * len(findings)


def test_a_shortened_line_keeps_both_ends(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, "a.yaml", f"steps:\n  - say: Hours:{' ' * K}x\n")
    assert finding.hint is not None
    assert finding.hint.startswith('put it in quotes: "Hours: ')
    assert finding.hint.endswith('   x"')
    assert " … " in finding.hint
    assert finding.fix is not None
    assert finding.fix.edits[0].text == f'"Hours:{" " * K}x"'


@pytest.mark.parametrize(
    ("promise", "slugs"),
    [
        ("always says 'one or Hello'", ["broken-invariant"]),
        ("always says 'Hello' or 'one or two'", []),
        ("always says \"it's or not\" or 'Hello'", []),
        ('always says "it\'s or Hello"', ["broken-invariant"]),
        ("always reaches human or 'Hello' or bye", ["bad-invariant"]),
    ],
)
def test_or_inside_quotes_parts_nothing(tmp_path: Path, promise: str, slugs: list[str]) -> None:
    text = f"invariants:\n  - {promise}\nsteps:\n  - say: Hello\n"
    assert [each.rule.slug for each in found(tmp_path, "a.yaml", text)] == slugs


def test_children_at_the_wrong_place_are_not_looked_for_among_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def looked_at(verbs: int) -> int:
        counted = 0

        def elements(element: Element) -> Iterator[Element]:
            nonlocal counted
            for child in real(element):
                counted += 1
                yield child

        with monkeypatch.context() as patch:
            patch.setattr(Element, "elements", elements)
            findings = check_document(
                SourceFile("a.xml", f"<Response>{'<Number/>' * verbs}</Response>")
            )
        assert "it belongs in <Dial>" in {each.hint for each in findings}
        return counted

    real = Element.elements
    assert looked_at(200) < 2.2 * looked_at(100)


def test_a_chain_of_nodes_is_not_looked_through_at_each_of_them() -> None:
    class Key(int):
        compared = 0

        def __eq__(self, other: object) -> bool:
            Key.compared += 1
            return super().__eq__(other)

        __hash__ = int.__hash__

    def looked_at(nodes: int) -> int:
        Key.compared = 0
        keys = [Key(at) for at in range(nodes)]
        assert all(
            len(ring) == 1 for ring in strongly_connected(keys, lambda key: keys[key + 1 : key + 2])
        )
        (ring,) = strongly_connected(keys, lambda key: [keys[(key + 1) % nodes]])
        assert {*ring} == {*range(nodes)}
        return Key.compared

    assert looked_at(400) < 2.5 * looked_at(200) + 100
