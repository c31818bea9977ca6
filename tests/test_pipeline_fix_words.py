"""Which misspelt words are mended, and edits of text."""

from collections.abc import Sequence

import pytest

from twimlc import vocabulary
from twimlc.cli.fixing import unified
from twimlc.findings.diagnostic import Diagnostic, Edit, Fix, Rule, Severity
from twimlc.findings.edits import (
    apply_edits,
    compatible,
    rewrite,
    rewrite_part,
    space_after,
)
from twimlc.text import SourceFile, Span
from twimlc.yaml.difference import same_elsewhere
from twimlc.yaml.names import beyond_doubt, nearest, respell_part
from twimlc.yaml.reader import read_yaml

RULE = Rule(301, "unknown-state", Severity.ERROR)


@pytest.mark.parametrize(
    ("word", "names", "meant"),
    [
        ("voicemial", ["voicemail", "greeting"], "voicemail"),
        ("num_digits", ["numDigits", "timeout"], "numDigits"),
        ("Say", ["say", "play"], "say"),
        ("bussy", ["busy", "no-answer"], "busy"),
        ("busi", ["busy", "no-answer"], "busy"),
        ("sales1", ["sales2", "sales3"], None),  # a digit is meant
        ("sale", ["sales", "sane"], None),  # both are near
        ("mainmenu", ["main-menu", "main-menus"], "main-menu"),
        ("mainmenu", ["main-menu", "mainMenu"], None),
        ("sya", ["say", "pay", "play"], "say"),
        ("asy", ["say", "pay", "play"], "say"),
        ("billling", ["selling", "billing"], "billing"),
        ("ab", ["abc", "x"], None),
        ("selling", ["billing"], None),  # a hint guesses so; a fix does not
        ("billing", ["billing"], None),
    ],
)
def test_words_beyond_doubt(word: str, names: list[str], meant: str | None) -> None:
    assert beyond_doubt(word, names) == meant


def test_of_names_equally_near_the_one_that_begins_alike_is_meant() -> None:
    assert nearest("sey", ["say", "use", "pay"]) == "say"
    assert nearest("sey", ["use", "pay", "say"]) == "say"


def test_a_fix_is_what_the_hint_says() -> None:
    names = [f"state-{char}{other}" for char in "abcdefghij" for other in "klmnopqrst"] * 4
    for word in ("statecm", "State-cm", "voicemail", "statte-cm"):
        meant = beyond_doubt(word, names)
        assert meant is None or meant == nearest(word, names)


def span(text: str, part: str, via: Span | None = None) -> Span:
    start = text.index(part)
    return Span(SourceFile("a.yaml", text), start, start + len(part), via)


def after(text: str, fix: Fix | None) -> str | None:
    return None if fix is None else apply_edits(text, fix.edits)


def test_quotes_stay_and_other_ways_of_writing_are_left_alone() -> None:
    assert after("a: 'bb'", rewrite(span("a: 'bb'", "'bb'"), "bb", "cc")) == "a: 'cc'"
    assert after('a: "bb"', rewrite(span('a: "bb"', '"bb"'), "bb", "cc")) == 'a: "cc"'
    assert after("a: bb", rewrite(span("a: bb", "bb"), "bb", "cc")) == "a: cc"
    assert rewrite(span("a: ${x}", "${x}"), "bb", "cc") is None
    assert rewrite(span('a: "b\\x62"', '"b\\x62"'), "bb", "cc") is None
    assert rewrite(span("a: bb", "bb"), "bb", "c: c") is None
    alias = span("x: *name", "*name")
    assert rewrite(span("a: bb", "bb", via=alias), "bb", "cc") is None


def finding(*edits: Edit) -> Diagnostic:
    return RULE.at(edits[0].span, "m", fix=Fix("t", edits))


def test_edits_that_touch_are_not_made_together() -> None:
    text = "one two three"
    first = finding(Edit(span(text, "one"), "1"), Edit(span(text, "three"), "3"))
    second, third = finding(Edit(span(text, "two"), "2")), finding(Edit(span(text, "e two"), ""))
    without = RULE.at(span(text, "two"), "m")
    chosen = compatible([without, first, second, third])
    assert chosen == [first, second]
    edits = [edit for each in chosen if each.fix for edit in each.fix.edits]
    assert apply_edits(text, edits) == "1 2 3"


def trees_match(before: str, after: str, edited: Sequence[tuple[str, str]]) -> bool:
    file = SourceFile("a.yaml", before)
    old, new = read_yaml(file)[0], read_yaml(SourceFile("a.yaml", after))[0]
    assert old is not None
    assert new is not None
    return same_elsewhere(old, new, [Edit(span(before, part), text) for part, text in edited])


def test_only_what_was_edited_may_differ() -> None:
    assert trees_match("{a: bb, c: d}", "{a: cc, c: d}", [("bb", "cc")])
    assert trees_match("{aa: b, c: d}", "{bb: b, c: d}", [("aa", "bb")])
    assert not trees_match("{a: bb, c: d}", "{a: cc, c: e}", [("bb", "cc")])
    assert not trees_match("{a: bb, c: d}", "{a: cc, e: d}", [("bb", "cc")])
    assert not trees_match("{a: [b], c: d}", "{a: b, c: d}", [("[b]", "b")])
    assert trees_match("a: b\n#: c\n", 'a: b\n"#": c\n', [("#", '"#"')])


def test_what_an_alias_repeats_may_not_differ() -> None:
    before, edited = "{a: &x bb, c: *x}", "{a: &x cc, c: *x}"
    assert not trees_match(before, edited, [("bb", "cc")])


@pytest.mark.parametrize("text", ["a\nb\n", "a\r\nb\r\n", "a\nb", ""])
def test_diffs_keep_line_ends(text: str) -> None:
    assert unified("x.yaml", text, text) == ""
    shown = unified("x.yaml", text, text.replace("b", "c") or "c\n")
    assert shown.startswith("--- a/x.yaml\n+++ b/x.yaml\n@@ ")
    assert shown.count("\\ No newline at end of file\n") == (2 if text == "a\nb" else 0)
    assert ("+c\r\n" in shown) == ("\r" in text)


def test_notes_of_the_vocabulary_that_findings_quote_are_sentences() -> None:
    """They begin with a capital or with the part that they are about, and end with a full stop."""
    for element in (*vocabulary.VOICE.values(), *vocabulary.MESSAGING.values()):
        parts = {element.key, *element.attributes, *element.inside}
        notes = [getattr(rule, "note", "") for rule in element.rules]
        notes += [attribute.note for attribute in element.attributes.values()]
        for note in filter(None, notes):
            first = note.split()[0].rstrip(",")
            assert note[0].isupper() or first.partition("-")[0] in parts, note
            assert note.endswith("."), note


def test_a_part_of_a_text_is_written_only_where_it_stands_once() -> None:
    text = 'a: "dtmf speach"'
    assert after(text, rewrite_part(span(text, '"dtmf speach"'), "speach", "speech")) == (
        'a: "dtmf speech"'
    )
    twice = "a: speach speach"
    assert rewrite_part(span(twice, "speach speach"), "speach", "speech") is None
    path = "a: ${x.phnoe}"
    assert after(path, rewrite_part(span(path, "${x.phnoe}"), ".phnoe", ".phone")) == (
        "a: ${x.phone}"
    )
    assert respell_part(span("a: ${speach}", "${speach}"), "speach", ["speech"]) is None


def test_a_blank_goes_behind_a_colon_of_plain_text_only() -> None:
    assert after("- say:Hi", space_after(span("- say:Hi", "say:Hi"), "say:")) == "- say: Hi"
    assert space_after(span("- 'say:Hi'", "'say:Hi'"), "say:") is None
