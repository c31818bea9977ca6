"""Reading of YAML: typing, places, merge keys, bounds, the words for what does not parse."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from growth import counted, overgrown
from twimlc.findings import rules
from twimlc.findings.catalogue import ALL_RULES
from twimlc.findings.diagnostic import Diagnostic, Rule
from twimlc.findings.pages import page_of
from twimlc.text import SourceFile, Span
from twimlc.yaml import events
from twimlc.yaml.comments import find_comments
from twimlc.yaml.reader import MAX_BYTES, read_text, read_yaml
from twimlc.yaml.syntax import glued_key
from twimlc.yaml.tree import Mapping, Node, Scalar, Sequence, parse_scalar

RULES = [rule for rule in ALL_RULES if rule.number < 200]


@pytest.fixture
def pure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_LIBYAML", None)


def read(text: str | bytes) -> tuple[Node | None, list[Diagnostic]]:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    file, findings = read_text(data, "flow.yaml")
    return (None, findings) if file is None else read_yaml(file)


def tree(text: str) -> Node:
    node, findings = read(text)
    assert findings == []
    assert node is not None
    return node


def only(text: str | bytes) -> Diagnostic:
    _, findings = read(text)
    assert len(findings) == 1, findings
    return findings[0]


def plain(node: Node | None) -> Any:
    """The tree as Python values; a map as a list of pairs, so that order counts."""
    match node:
        case Mapping():
            return [(entry.key, plain(entry.value)) for entry in node.entries]
        case Sequence():
            return [plain(item) for item in node.items]
        case Scalar():
            return node.value
        case None:
            return None


def spans(node: Node) -> list[Span]:
    found, waiting = [], [node]
    while waiting:
        at = waiting.pop()
        found.append(at.span)
        if isinstance(at, Mapping):
            found += [entry.key_span for entry in at]
            waiting += [entry.value for entry in at]
        elif isinstance(at, Sequence):
            waiting += at.items
    return found


# -- typing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20", 20),
        ("0", 0),
        ("12.50", Decimal("12.50")),
        ("0.5", Decimal("0.5")),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
    ],
)
def test_typed_scalars(text: str, value: object) -> None:
    found = parse_scalar(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        *("+14155550100", "-1", "0123", "007.5", "1.", ".5", "1e3", "0x1F", "0o17", "1_000"),
        *("12:30", "2024-01-31", "~", "yes", "no", "on", "off", "True", "FALSE", "Null", ".inf"),
        *(".nan", "١٢", "1٢", "=", "9" * 19, "1" * 10_000, "1." + "0" * 40, "5\n", "1 2"),
    ],
)
def test_everything_else_is_text(text: str) -> None:
    assert parse_scalar(text) == text


def test_quoted_and_block_scalars_are_text() -> None:
    node = tree("- '5'\n- \"true\"\n- |\n  5\n- !!str 5\n- ''\n")
    assert plain(node) == ["5", "true", "5\n", "5", ""]


def test_keys_are_text_as_typed() -> None:
    node = tree('1: a\n0: b\n"*": c\n"#": d\ntrue: e\n0x1F: f\n"<<": g\n? h\n: i\n')
    assert plain(node) == [
        (k, v)
        for k, v in zip(["1", "0", "*", "#", "true", "0x1F", "<<", "h"], "abcdefgi", strict=True)
    ]


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "null\n", "\ufeff"])
def test_an_empty_document_is_none_without_a_finding(text: str) -> None:
    assert read(text) == (None, [])


def test_a_directive_is_tolerated() -> None:
    assert plain(tree("%YAML 1.1\n---\na: no\n...\n")) == [("a", "no")]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("say:Hello", "say"),
        ("sip:ann@example.com", None),
        ("https://example.com", None),
        ("say: Hello", None),
        ("Hello", None),
    ],
)
def test_glued_key(text: str, key: str | None) -> None:
    assert glued_key(text) == key


def test_reading_text_alone_does_not_import_yaml() -> None:
    code = (
        "import sys, twimlc.yaml.reader as r; r.read_text(b'a', 'a'); print('yaml' in sys.modules)"
    )
    root = Path(rules.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(root)}, capture_output=True, text=True
    )
    assert done.stdout == "False\n", done.stderr


# -- places ------------------------------------------------------------------------------------


def test_spans_cover_what_was_typed() -> None:
    text = 'a: "x y"\nb: [1, {c: d}]\ne:\n  - f\n  - g: h\n\n# end\ni: |\n  text\n\n\nj: &k l\nm:\n'
    node = tree(text)
    assert isinstance(node, Mapping)
    shown = {entry.key: entry.value.span.text for entry in node}
    assert shown == {
        "a": '"x y"',
        "b": "[1, {c: d}]",
        "e": "- f\n  - g: h",
        "i": "|\n  text",
        "j": "l",
        "m": "",
    }
    assert [entry.key_span.text for entry in node] == list("abeijm")


@pytest.mark.parametrize(
    "text", ["a: 😀 x\nb: y", "\ufeffé: z\r\nb: y", "a: x\rb: y", "a:\tx\nb:\ty"]
)
def test_places_are_code_points(text: str) -> None:
    node = tree(text)
    assert isinstance(node, Mapping)
    assert node.entries[1].key_span.text == "b"
    assert node.entries[1].value.span.text == "y"
    assert node.entries[1].key_span.begin.line == 2


def test_missing_values_stand_behind_their_colon() -> None:
    node = tree("{a: , b: }")
    assert isinstance(node, Mapping)
    assert [entry.value.span.start for entry in node] == [3, 8]


# -- anchors, aliases, merge keys ---------------------------------------------------------------


def test_an_alias_knows_where_it_stands() -> None:
    node = tree("- &x {a: b}\n- *x\n")
    assert isinstance(node, Sequence)
    first, second = node.items
    assert isinstance(first, Mapping)
    assert isinstance(second, Mapping)
    assert second.span.text == "{a: b}"
    assert second.span.via is not None
    assert second.span.via.text == "*x"
    assert second.entries is first.entries


def test_an_alias_may_be_a_key() -> None:
    assert plain(tree("- &x a\n- *x : b\n")) == ["a", [("a", "b")]]


@pytest.mark.parametrize(
    ("text", "merged"),
    [
        ("<<: *a\nz: 9", [("x", 1), ("y", 2), ("z", 9)]),
        ("z: 9\n<<: *a\nx: 3", [("z", 9), ("y", 2), ("x", 3)]),
        ("<<: [*b, *a]", [("x", 5), ("y", 2)]),
        ("<<: {x: 7}", [("x", 7)]),
        ("<<: []", []),
    ],
)
def test_merge_keys(text: str, merged: object) -> None:
    body = "\n".join("    " + line for line in text.split("\n"))
    node = tree(f"- &a {{x: 1, y: 2}}\n- &b {{x: 5}}\n- c:\n{body}\n")
    assert isinstance(node, Sequence)
    assert plain(node.items[2]) == [("c", merged)]


def test_a_merged_entry_knows_its_way() -> None:
    node = tree("- &a {x: 1}\n- <<: *a\n")
    assert isinstance(node, Sequence)
    target = node.items[1]
    assert isinstance(target, Mapping)
    via = target.entries[0].key_span.via
    assert via is not None
    assert via.text == "*a"


@pytest.mark.parametrize("value", ["5", "", "[*a, 5]", "[[*a]]", "text"])
def test_merge_keys_take_maps_only(value: str) -> None:
    assert only(f"- &a {{x: 1}}\n- <<: {value}\n").rule is rules.MERGE_KEY


def test_a_duplicate_key_shows_the_first_and_keeps_it() -> None:
    node, findings = read("a: 1\nb: 2\n'a': 3\n")
    assert [(f.rule, f.span.text, f.labels[0].span.text) for f in findings] == [
        (rules.DUPLICATE_KEY, "'a'", "a")
    ]
    assert plain(node) == [("a", 1), ("b", 2)]


def test_all_unknown_aliases_are_reported() -> None:
    node, findings = read("- *a\n- *b\n- &c [*c]\n")
    assert node is None
    assert [f.span.text for f in findings] == ["*a", "*b", "*c"]


# -- rules -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("pure")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_examples_without_libyaml(rule: Rule) -> None:
    page = page_of(rule.slug)
    assert only(page.wrong.flow).rule is rule
    assert read(page.right.flow)[1] == []
    assert read(page.right.flow)[0] is not None


@pytest.mark.parametrize(
    ("text", "rule", "shown", "words"),
    [
        ("a: {room: ${room}}\n", rules.UNQUOTED_BRACES, "${room}", '"${room}"'),
        ("a: {b: Hi ${x}!, c: d}\n", rules.UNQUOTED_BRACES, "${x}", '"Hi ${x}!"'),
        ("a: [${x}]\n", rules.UNQUOTED_BRACES, "${x}", '"${x}"'),
        ("a: {{desk}}\n", rules.UNQUOTED_BRACES, "{{desk}}", "${desk}"),
        ("say: Hours: 9 to 5\n", rules.COLON_IN_TEXT, "Hours: 9 to 5", '"Hours: 9 to 5"'),
        ("say: Bye. goto: o\n", rules.COLON_IN_TEXT, "Bye. goto: o", "a key on its own line?"),
        ("say: Bye. when: x\n", rules.COLON_IN_TEXT, "Bye. when: x", "a key on its own line?"),
        ("a: {b: Hours: 9}\n", rules.TEXT_IN_BRACKETS, ":", "quotes"),
        ("c:\n  *: main\n", rules.UNQUOTED_SYMBOL, "*", '"*":'),
        ("a: @home\n", rules.UNQUOTED_SYMBOL, "@", "quotes"),
        ("a: & b\n", rules.UNQUOTED_SYMBOL, "&", "quotes"),
        ("a: > b\n", rules.UNQUOTED_SYMBOL, ">", "quotes"),
        ("a: - b\n", rules.UNQUOTED_SYMBOL, "-", "list"),
        ("a:\n\tb: c\n", rules.TAB, "\t", "spaces"),
        ("a: |\n\tb\n", rules.TAB, "\t", "spaces"),
        ("a: 'x\nb: y\n", rules.UNCLOSED_QUOTE, "'x", "at its end"),
        ('- a: "x\n- b: "y"\n', rules.UNCLOSED_QUOTE, '"x', "in this line"),
        ("a: 'it's'\n", rules.UNCLOSED_QUOTE, "s'", "apostrophe"),
        ('a: "b" c\n', rules.UNCLOSED_QUOTE, "c", "quote"),
        ("a: {b: c\nd: e\n", rules.UNCLOSED_BRACKET, "{", "}"),
        ("a: [b, c\n", rules.UNCLOSED_BRACKET, "[", "]"),
        ("a: {b: #}\n", rules.UNCLOSED_BRACKET, "#", 'write "#"'),
        ("a: {b: Press # to stop}\n", rules.UNCLOSED_BRACKET, "#", "the whole text in quotes"),
        ("a: {b: Don't # now}\n", rules.UNCLOSED_BRACKET, "#", "the whole text in quotes"),
        ('a: {b: "c # d", e: [f}\n', rules.UNCLOSED_BRACKET, "}", "]"),
        ('a: {b: "c # d", e: [f\n', rules.UNCLOSED_BRACKET, "[", "']' at its end"),
        ("a: {b: c}}\n", rules.UNCLOSED_BRACKET, "}", "delete"),
        ("a: [b}\n", rules.UNCLOSED_BRACKET, "}", "]"),
        ("- a: b\n   c: d\n", rules.INDENTATION, "c: d", "column 3"),
        ("- a: b\n c: d\n", rules.INDENTATION, "c: d", "column 3"),
        ("- a\nb: c\n", rules.INDENTATION, "b: c", "column"),
        ("a: b\ntimeout:20\nc: d\n", rules.BLANK_AFTER_COLON, "timeout:", "space"),
        ("a: b\nfoo bar\nc: d\n", rules.SYNTAX, "foo bar", "colon"),
        ("%YAML 3.0\n---\na: b\n", rules.SYNTAX, "%", "delete"),
        ("a: b\n: c\n", rules.KEY_NOT_TEXT, ":", "key"),
        ("? [a]\n: b\n", rules.KEY_NOT_TEXT, "[", "quotes"),
        ('a: "\\d"\n', rules.BAD_ESCAPE, "\\d", "backslash"),
        ('a: "\\U99999999"\n', rules.BAD_ESCAPE, "\\U", "backslash"),
        ("a: !ref b\n", rules.TAG, "!ref", "quotes"),
        ("a: !x!y b\n", rules.TAG, "!", "quotes"),
        ("a: !!python/object:os.system {}\n", rules.TAG, "!!python/object:os.system", "quotes"),
        ("a: *0\n", rules.ALIAS, "*0", '"*0"'),
        ("a: b\x1b\n", rules.CONTROL_CHARACTER, "\x1b", "invisible"),
        ("a: b\u2028c\n", rules.CONTROL_CHARACTER, "\u2028", "invisible"),
        ("a: b\ufeff\n", rules.CONTROL_CHARACTER, "\ufeff", "invisible"),
    ],
)
@pytest.mark.parametrize("parser", ["libyaml", "python"])
def test_traps(
    text: str, rule: Rule, shown: str, words: str, parser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if parser == "python":
        monkeypatch.setattr(events, "_LIBYAML", None)
    finding = only(text)
    assert (finding.rule, finding.span.text) == (rule, shown)
    assert words in (finding.hint or "")


def test_a_question_mark_in_braces() -> None:
    node = tree("a: {prompt: Again?}\n")
    assert plain(node) == [("a", [("prompt", "Again?")])]


@pytest.mark.usefixtures("pure")
def test_a_question_mark_in_braces_without_libyaml() -> None:
    assert only("a: {prompt: Again?}\n").rule is rules.TEXT_IN_BRACKETS


def test_fixes_mend() -> None:
    for text in ("a: {r: ${x}}\n", "a: b: c\n", "a: Press # now\n", "*: b\n", "a: #\n", "#: b\n"):
        whole = text if text.startswith("a: {") or text[0] != "#" else "a: b\n" + text
        finding = only(whole)
        assert finding.fix is not None, whole
        mended = whole
        for edit in finding.fix.edits:
            mended = mended[: edit.span.start] + edit.text + mended[edit.span.end :]
        assert read(mended)[1] == [], mended


@pytest.mark.parametrize(
    "text",
    [
        "say: Press # to stop",
        "say: When done, hit # please",
        "desk: Suite #200",
        "say: You (or your # key) win",
        "finishOnKey: #",
        "- {a: b}\n- Press # now",
    ],
)
def test_cut_texts_warn(text: str) -> None:
    assert only(text + "\n").rule is rules.CUT_BY_COMMENT


@pytest.mark.parametrize(
    "text",
    [
        "room: DailyStandup  # the room of the morning",
        "say: Welcome to our office. # greeting",
        "timeout: 20 #seconds",
        "params: # what can be set",
        "description: # to be written",
        "say: 'Press' # to stop",
        'say: "a # b"',
        "say: |\n  Press # to stop\n  #: x",
        "# press # now\na: b",
        "key: x # twimlc: ignore[cut-by-comment]",
        "finishOnKey: key # the pound",
    ],
)
def test_comments_do_not_warn(text: str) -> None:
    assert read(text + "\n")[1] == []


# -- comments ----------------------------------------------------------------------------------


def test_comments_are_found_outside_texts_only() -> None:
    text = (
        "# first\n"
        'a: "x # y" # second\n'
        "b: 'it''s # z'\n"
        "c: | # third\n  # text\n  more\n# fourth\n"
        "d: a#b\n"
        'e: "two\n  # lines"\n'
        "f: &x # fifth\n  g\n"
    )
    found = find_comments(SourceFile("x", text))
    assert [(c.text, c.line, c.own_line) for c in found] == [
        ("# first", 1, True),
        ("# second", 2, False),
        ("# third", 4, False),
        ("# fourth", 7, True),
        ("# fifth", 11, False),
    ]
    assert all(comment.span.text == comment.text for comment in found)
    assert [c.text for c in find_comments(SourceFile("x", text), "fourth")] == ["# fourth"]


def test_comments_are_found_in_a_file_that_does_not_parse() -> None:
    found = find_comments(SourceFile("x", "a: '# no'\nb: [ # yes\n- }\n"))
    assert [comment.text for comment in found] == ["# yes"]


# -- encodings and bounds -----------------------------------------------------------------------


def test_encodings() -> None:
    assert only("a: b".encode("utf-16")).rule is rules.NOT_UTF8
    assert only("a: b\n".encode("utf-16-le")).rule is rules.NOT_UTF8
    finding = only("ä: é\nb: café".encode()[:-1])
    assert (finding.rule, finding.span.begin.line, finding.span.begin.column) == (
        rules.NOT_UTF8,
        2,
        7,
    )
    assert "'é'" in (only("a: caf\xe9 b\n".encode("latin-1")).hint or "")


def test_a_big_file_is_refused_unread() -> None:
    assert only(b"a: " + b"x" * 100_000_000).rule is rules.TOO_BIG
    wide = SourceFile("x", "x" * (MAX_BYTES + 1))
    assert read_yaml(wide)[1][0].rule is rules.TOO_BIG
    assert sum(counted(lambda: read_yaml(wide)).values()) < 1000


@pytest.mark.parametrize("parser", ["libyaml", "python"])
@pytest.mark.parametrize(
    "text", ["[" * 10_000, "{a: " * 10_000, "- " * 10_000 + "x", "? " * 10_000]
)
def test_deep_nesting_is_refused(text: str, parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if parser == "python":
        monkeypatch.setattr(events, "_LIBYAML", None)
    assert only(text).rule in (rules.TOO_DEEP, rules.KEY_NOT_TEXT)


def test_sixty_levels_are_fine() -> None:
    assert tree("[" * 60 + "]" * 60)


def test_an_alias_bomb_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]" for n in range(20)]
    bomb = "\n".join(lines)
    assert only(bomb).rule is rules.TOO_BIG
    assert sum(counted(lambda: read(bomb)).values()) < 5_000_000


@pytest.mark.parametrize(("start", "more"), [("a: b", " #"), ("a: press # x ", "# x, ")])
def test_a_long_line_takes_no_longer_than_many(start: str, more: str) -> None:
    def looked_at(size: int) -> None:
        text = start + more * size
        read(text)
        find_comments(SourceFile("x", text))

    assert overgrown(looked_at, 50_000) == {}


def test_many_values_are_refused() -> None:
    assert only("[" + "a," * 320_000 + "]").rule is rules.TOO_BIG


# -- properties --------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *(
            "a",
            "b: ",
            "- ",
            "\n",
            "\n  ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            ": ",
            "'",
            '"',
            "#",
            " # ",
            "*a",
        ),
        *("&a ", "<<: ", "|\n", ">-\n", "\t", "!", "!!str ", "---\n", "${x}", "\\", "1", "5.0"),
        *("é😀", "%", "@", "\r\n"),
    ]
)
TEXTS = st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60)


@pytest.mark.sweep
@given(st.binary(max_size=80) | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_reading_never_raises(data: bytes) -> None:
    node, findings = read(data)
    for finding in findings:
        for span in (finding.span, *(label.span for label in finding.labels)):
            assert 0 <= span.start <= span.end <= len(span.file.text)
            assert finding.span.begin.line >= 1
    if node is None and not any(finding.is_error for finding in findings):
        text = data.decode("utf-8").removeprefix("\ufeff")
        if not set("#&%") & set(text):  # comments, an anchor of nothing, a directive
            assert text.strip(" \t\r\n-.") in ("", "null")


@pytest.mark.sweep
@given(TEXTS)
def test_spans_lie_inside_the_file_and_read_again(text: str) -> None:
    node, findings = read(text)
    if node is None or findings:
        return
    for span in spans(node):
        assert 0 <= span.start <= span.end <= len(span.file.text)
    waiting: list[Node] = [node]
    while waiting:
        at = waiting.pop()
        if isinstance(at, Mapping):
            waiting += [entry.value for entry in at]
        elif isinstance(at, Sequence):
            waiting += at.items
        elif at.text and "\n" not in at.span.text and "\r" not in at.span.text:
            again, _ = read(f"- {at.span.text}\n")
            assert isinstance(again, Sequence)
            first = again.items[0]
            assert isinstance(first, Scalar)
            assert (first.text, first.plain) == (at.text, at.plain)


@pytest.mark.sweep
@given(TEXTS)
def test_both_parsers_agree(text: str) -> None:
    found = read(text)
    libyaml, events._LIBYAML = events._LIBYAML, None
    try:
        pure = read(text)
    finally:
        events._LIBYAML = libyaml
    if "?" in text or "%" in text:  # what is left of their differences
        return
    failed = [any(finding.is_error for finding in findings) for _, findings in (found, pure)]
    assert failed[0] == failed[1]
    if failed[0]:
        return
    assert plain(found[0]) == plain(pure[0])
    if found[0] is not None and pure[0] is not None:
        places = [[(s.start, s.end) for s in spans(node)] for node in (found[0], pure[0])]
        assert places[0] == places[1]


@pytest.mark.sweep
@given(TEXTS)
def test_comments_never_lie_inside_a_text(text: str) -> None:
    node, _ = read(text)
    if node is None:
        return
    file = next(iter(spans(node))).file
    texts = [span for span in spans(node) if span.text[:1] in ("'", '"')]
    for comment in find_comments(file):
        assert not [span for span in texts if span.start < comment.span.start < span.end]


@pytest.mark.parametrize(
    ("text", "slug", "hint"),
    [
        ("states:\n  a:\n    say: Hi\n    hangup\n", "yaml-syntax", "'- hangup'"),
        ("states:\n  a\n    - say: Hi\n", "indentation", "a colon is missing after 'a'"),
        ("states:\n  a: [hangup]\n  b\n    \n", "yaml-syntax", "('b:')"),
    ],
)
def test_a_forgotten_dash_or_colon_is_told(text: str, slug: str, hint: str) -> None:
    found = only(text)
    assert found.rule.slug == slug
    assert hint in (found.hint or "")
