"""The form for people: excerpt, caret, hints, labels, chains; and nothing invisible."""

import re
from io import StringIO

import pytest

from twimlc.cli.reports import is_report
from twimlc.findings.diagnostic import Label, Rule, Severity
from twimlc.report import render
from twimlc.report.escape import visible, width
from twimlc.report.human import excerpt
from twimlc.text import SourceFile, Span

ERROR = Rule(301, "unknown-state", Severity.ERROR)
CODED = Rule(503, "bad-url", Severity.WARNING, twilio=(11100,))


def span(text: str, piece: str, path: str = "flows/a.yaml") -> Span:
    start = text.index(piece)
    return Span(SourceFile(path, text), start, start + len(piece))


def test_excerpt_and_caret() -> None:
    text = (
        "\n" * 12
        + '        - dial: {number: "${desk}", timeout: 20}\n          fallback: voicemial\n'
    )
    finding = ERROR.at(
        span(text, "voicemial", "flows/standup.yaml"),
        "unknown state 'voicemial'",
        hint="did you mean 'voicemail'?",
    )
    assert render([finding]) == (
        "flows/standup.yaml:14:21: error[TW301 unknown-state] unknown state 'voicemial'\n"
        '   13 |         - dial: {number: "${desk}", timeout: 20}\n'
        "   14 |           fallback: voicemial\n"
        "      |                     ^^^^^^^^^ did you mean 'voicemail'?\n"
    )


def test_long_words_take_several_lines() -> None:
    """What is long goes on below, and what has no room beside the marks; it is a report still."""
    text = "a: one\n" + "b" * 60 + ": two\n"
    long = "some words that say what is wrong, and where, and since when, " * 3
    place = span(text, "two")
    finding = ERROR.at(place, long.strip(), hint="no room for this beside the marks")
    told = render([finding, ERROR.at(span(text, "one"), "short", labels=[Label(place, long)])])
    lines = told.splitlines()
    assert max(map(len, lines)) <= 80
    assert " ".join(line.strip() for line in lines[:3]).endswith(long.strip())
    assert "      |   no room for this beside the marks" in lines
    assert is_report(StringIO(told), "human")
    assert not is_report(StringIO(f"{told}\nmine\n"), "human")


def test_labels_chain_and_twilio_codes() -> None:
    text = "a: one\nb: two\n"
    used = span("- use: c\n", "c", "flows/main.yaml")
    inner = span(text, "two").through(used)
    finding = CODED.at(inner, "m", labels=[Label(span(text, "one"), "first written here")])
    assert render([finding]).splitlines() == [
        "flows/a.yaml:2:4: warning[TW503 bad-url] m",
        "    1 | a: one",
        "    2 | b: two",
        "      |    ^^^",
        "  flows/a.yaml:1:4: first written here",
        "    1 | a: one",
        "      |    ---",
        "  flows/main.yaml:1:8: used here",
        "    1 | - use: c",
        "      |        -",
        "      = prevents error 11100 (https://www.twilio.com/docs/api/errors/11100)",
    ]


def test_a_long_chain_keeps_its_ends() -> None:
    text = "".join(f"- use: c{number}\n" for number in range(20))
    place = span(text, "c0")
    for number in range(1, 20):
        place = place.through(span(text, f"c{number}\n"))
    report = render([ERROR.at(place, "m")])
    assert report.count("used here") == 6
    assert "- use: c1\n" in report
    assert "- use: c19\n" in report


def test_several_findings_stand_apart() -> None:
    text = "a: one\n"
    report = render([ERROR.at(span(text, "one"), "m")] * 2)
    assert report.count("\n\n") == 1
    assert render([]) == ""


def test_hints_of_several_lines_line_up() -> None:
    lines = render([ERROR.at(span("a: one\n", "one"), "m", hint="first\nsecond")]).splitlines()
    assert lines[2].index("first") == lines[3].index("second")


@pytest.mark.parametrize(
    ("line", "piece", "indent", "length"),
    [
        ("say: 你好 here", "here", 10, 4),
        ("say: 你好 here", "你好", 5, 4),
        ("\tsay: here", "here", 9, 4),
        ("a\tsay: here", "here", 9, 4),
        ("e\u0301: here", "here", 3, 4),
        ("\x1b[31m: here", "here", 10, 4),
        ("say: 👍 here", "here", 8, 4),
    ],
)
def test_cells_are_measured(line: str, piece: str, indent: int, length: int) -> None:
    shown = excerpt(span(f"{line}\n", piece))
    assert (shown.indent, shown.length) == (indent, length)
    assert "\x1b" not in shown.text
    assert "\t" not in shown.text


def test_a_span_of_several_lines_is_marked_on_its_first() -> None:
    file = SourceFile("a.yaml", "steps:\n  - say: one\n  - say: two\n")
    shown = excerpt(Span(file, 9, len(file.text)))
    assert (shown.number, shown.text, shown.indent, shown.length) == (2, "  - say: one", 2, 10)


def test_empty_spans_and_places_past_the_end_have_a_caret() -> None:
    file = SourceFile("a.yaml", "a: one\n")
    for start in (0, 6, 7, 99):
        assert excerpt(Span(file, start, start)).length == 1
    empty = render([ERROR.at(Span(SourceFile("e.yaml", ""), 0, 0), "nothing in it", hint="h")])
    assert empty.splitlines() == [
        "e.yaml: error[TW301 unknown-state] nothing in it",
        "      | h",
    ]


def test_long_lines_are_cut_around_the_mark() -> None:
    text = "x" * 5000 + "HERE" + "y" * 5000
    shown = excerpt(span(text, "HERE"))
    assert len(shown.text) < 170
    assert shown.text[shown.indent : shown.indent + shown.length] == "HERE"
    assert shown.text.startswith("…")
    assert shown.text.endswith("…")
    assert len(excerpt(Span(SourceFile("a", text), 0, 9000)).text) < 170


def test_nothing_invisible_gets_through() -> None:
    nasty = "\x1b[2J\x00\x9b\u202e\u2066\u200b\u2028\ud800\x07\x7f"
    text = f"a: {nasty} end\n"
    finding = ERROR.at(
        span(text, nasty, f"flows/{nasty}.yaml"), f"got '{nasty}'\n", hint=f"not {nasty}"
    )
    for form in ("human", "line", "github", "junit"):
        shown = render([finding], form)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028\u202e\u2066\ud800]", shown)
        assert "\\x1b" in shown
    assert render([finding], "json").isascii()
    assert "\x1b" not in render([finding], "sarif")


def test_visible_keeps_what_languages_need() -> None:
    for text in ("Grüße, 你好, שלום", "a\u200db", "\ue000", "👩\u200d🔧", "می\u200cخواهم"):
        assert visible(text) == text
    assert visible("a\tb\r\n") == "a\\tb\\r\\n"
    assert width("你a\u0301") == 3


def test_color_only_when_it_is_on() -> None:
    finding = ERROR.at(span("a: one\n", "one"), "m", hint="h")
    colored = render([finding], color=True)
    assert "\x1b[31m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render([finding])


def test_an_unknown_form_is_our_fault() -> None:
    with pytest.raises(ValueError, match="yaml"):
        render([], "yaml")
