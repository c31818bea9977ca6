"""No text makes a regular expression of the package slow: steps grow with its length, no faster.

``re`` counts nothing, and a clock tells little, so `step_counter.py` walks the patterns.
"""

import re

import pytest

import package_patterns
import step_counter
from package_patterns import Used
from slow_texts import Text, Texts
from step_counter import Matcher, TooManyStepsError

WRITTEN, SITES = package_patterns.written()
N = 16
ABOVE_ALL = r"(?:[ \t\ufeff]*(?:(?:#|%|<[?!])[^\r\n]*|---)?{}[ \t\ufeff]*"
"""What stood above an ``ignore-file``; with one line end a turn it was no better in CR LF."""


def slow_text(used: Used) -> tuple[Text, str] | None:
    """A text on which the steps grow faster than its length, and how they grow.

    Of n, 2n and 4n times the repeated part: what the second doubling adds is about twice what the
    first one added if the steps grow with the length, and four times if with its square.
    """
    matcher = Matcher(used.pattern, used.flags)
    for text in Texts(matcher):
        steps = []
        try:
            for times in (1, 2, 4):
                steps.append(matcher.count(text.of(N * times), used.way)[0])
                if times == 2 and steps[1] < 2.3 * steps[0]:
                    break
        except TooManyStepsError:
            return text, f"{steps} and then without end"
        if len(steps) == 3 and steps[2] - steps[1] > 3 * (steps[1] - steps[0]):
            return text, str(steps)
    return None


@pytest.mark.parametrize("used", sorted(WRITTEN, key=repr), ids=lambda used: repr(used)[:80])
def test_a_pattern_takes_steps_as_the_text_has_letters(used: Used) -> None:
    assert slow_text(used) is None


def test_so_do_patterns_that_are_made_at_run_time() -> None:
    made, places = package_patterns.made()
    assert [site for site in SITES if not site.is_among(places)] == []
    assert {used: found for used in made if (found := slow_text(used))} == {}
    assert len(made) >= 30


def test_every_pattern_is_found() -> None:
    """370 stood in the package when this was written, and 24 calls made theirs at run time.

    Far fewer would mean that they are no longer found. No other library may bring in its own.
    """
    assert len(WRITTEN) >= 250
    assert len(SITES) >= 15
    for path in package_patterns.ROOT.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^ *(from re import|import re as|import (regex|re2))\b", text, re.M)


@pytest.mark.parametrize(
    ("pattern", "flags", "way"),
    [
        # Lines above a comment, which may be read in two ways; with LF alone, and CR LF.
        (ABOVE_ALL.format(r"[\r\n]+)*"), 0, "fullmatch"),
        (ABOVE_ALL.format(r"(?:\r\n|[\r\n]))*"), 0, "fullmatch"),
        (ABOVE_ALL.format(r"(?:\r\n?|\n)?)*"), 0, "fullmatch"),
        # Made from a text with values of the call.
        (r"a-.*.*.*-b", re.DOTALL, "fullmatch"),
        # Neighbours that take the same letter.
        (r"\+?[0-9(). \-]*[0-9][0-9(). \-]*", 0, "fullmatch"),
        (r"<\?(?:=|php\s+(?:echo|print)\b)[^;]*;?\s*\?>", re.DOTALL, "fullmatch"),
        (r"\s*([0-9]{0,9})(?:[.,]([0-9]{1,9}))?\s*(s|secs?|seconds?)?\s*", 0, "fullmatch"),
        # A run that is entered at each of its letters, and what is looked for up to the end.
        (r"\s+#", 0, "all"),
        (r"[A-Za-z_]\w*$", 0, "search"),
        (r"\s+or\s+(?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)", 0, "all"),
        (r"<Say\b[^>]*>.*?</Say>", re.DOTALL, "all"),
        (r"\bnehmen\b[^.]*\bauf\b", 0, "search"),
        (r"'(?:[^'\\]|\\.)*'", 0, "all"),
        (r"(?<!\$)\$\{([^}\n]*)$", 0, "search"),
        # Twice the same in one turn.
        (r"(a+)+b", 0, "match"),
        (r"(?:a|aa)*b", 0, "match"),
        (r"(?:ab|a|b)*c", 0, "match"),
        (r"(?:\r\n?|\n)*x", 0, "match"),
        (r"(\w+)\s*=\s*\1;", 0, "all"),
    ],
)
def test_what_is_slow_is_seen(pattern: str, flags: int, way: str) -> None:
    used = Used(pattern, re.compile(pattern, flags).flags, way)
    assert slow_text(used) is not None


@pytest.mark.parametrize(
    ("pattern", "way"),
    [
        (r"(?<!\s)\s+#", "all"),
        (r"\s*+x?\s*+y", "match"),
        (r"(?>a+)+b", "match"),
        (r"a[^b]{0,500}b", "all"),
        (r"'(?:[^'\\]|\\.)*'", "match"),
        (r"'(?:[^'\\]|\\.?)*+'?", "all"),
        (r"(?<!\w)[A-Za-z_]\w*$", "search"),
    ],
)
def test_what_is_quick_is_not(pattern: str, way: str) -> None:
    assert slow_text(Used(pattern, re.compile(pattern).flags, way)) is None


@pytest.mark.parametrize("used", sorted(WRITTEN, key=repr)[::7], ids=lambda used: repr(used)[:80])
def test_the_counter_finds_what_the_library_finds(
    used: Used, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_counter, "LONGEST_REPEAT", 70_000)
    matcher = Matcher(used.pattern, used.flags)
    library = re.compile(matcher.tree.state.str, matcher.flags)
    for text in list(Texts(matcher))[:60]:
        for written in (text.of(2), text.of(2)[:-1]):
            found = [match.span() for match in library.finditer(written)]
            assert matcher.count(written, "all")[1] == found, written
