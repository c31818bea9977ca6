"""No text makes a regular expression of the package slow: steps grow with its length, no faster.

``re`` counts nothing, and a clock tells little, so `step_counter.py` walks the patterns.
"""

import re
from collections.abc import Iterator
from re import _constants  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import pytest

import package_patterns
import step_counter
from package_patterns import Used
from step_counter import LETTERS, MANY, REPEATS, Matcher, TooManyStepsError, bodies_of, inside

N = 16
ABOVE_ALL = r"(?:[ \t\ufeff]*(?:(?:#|%|<[?!])[^\r\n]*|---)?{}[ \t\ufeff]*"
"""What stood above an ``ignore-file``; with one line end a turn it was no better in CR LF."""


_ORDINARY = "aZ7_ \n\r\t.,:;-+*#/\\'\"(){}[]<>=%&?!@|$~^`\ufeffé\x00"
_MOST_VARIANTS = 30


class Text(NamedTuple):
    """``before`` + n times ``unit`` + ``after``."""

    before: str
    unit: str
    after: str

    def of(self, times: int) -> str:
        return self.before + self.unit * times + self.after


class Texts:
    """The texts for a pattern. ``letters`` holds one of each kind that its repeats tell apart."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.letters = self._letters()

    def __iter__(self) -> Iterator[Text]:
        outside = "\x00"
        seen = set()
        for before, units, after in self._spots(list(self.matcher.tree), "", ""):
            for unit in dict.fromkeys(units):
                for text in (
                    Text(before, unit, outside),
                    Text(before, unit, after[:-1] + outside),
                    Text(before, unit, "\n" + outside),
                    Text("", before + unit, outside),
                    Text("", before + unit, "\n" + outside),
                    Text("", before + unit + after[:-1], outside),
                ):
                    if text.unit and text not in seen:
                        seen.add(text)
                        yield text

    def _letters(self) -> str:
        """Letters for texts: one of each kind that the repeated parts tell apart."""
        parts = [
            self.matcher.asks(op, arg, self.matcher.flags)
            for repeat, (_, high, body) in inside(self.matcher.tree, REPEATS)
            if high is MANY
            for op, arg in inside(body, LETTERS)
        ]
        kinds: dict[tuple[bool, ...], str] = {}
        for letter in _own(self.matcher.tree) + _ORDINARY:
            told = tuple(ask(letter) for ask in parts)
            kinds.setdefault((*told, letter.isalnum(), letter.isspace(), letter == "\n"), letter)
        return "".join(kinds.values())

    def _spots(self, items: Any, before: str, after: str) -> Iterator[tuple[str, list[str], str]]:
        """Each repeated part: a text that leads to it, texts of its body, one that follows."""
        for at, (op, arg) in enumerate(items):
            lead = before + self._variants(items[:at], 0)[0]
            rest = self._variants(items[at + 1 :], 1)[0] + after
            if op in REPEATS and arg[1] is MANY:
                bodies = self._variants(arg[2], 0) + self._variants(arg[2], 1)
                yield lead, bodies, rest
                yield lead + bodies[0], bodies, rest
            for body in bodies_of(op, arg):
                yield from self._spots(list(body), lead, rest)

    def _variants(self, items: Any, least: int) -> list[str]:
        """Texts that the items match, anchors apart: each way of each item once.

        What may be left out or repeated stands ``least`` times at first.
        """
        variants = [""]
        for op, arg in items:
            if op is _constants.LITERAL:
                own = [chr(arg)]
            elif op in LETTERS:
                asks = self.matcher.asks(op, arg, self.matcher.flags)
                own = [c for c in self.letters if asks(c)]
                own = own or [c for c in _own([(op, arg)]) + _ORDINARY if asks(c)][:1]
            elif op in REPEATS:
                low, high, body = arg
                once = self._variants(body, least)
                times = min(max(low, least), high, step_counter.LONGEST_REPEAT)
                own = [once[0] * times, *once] if high else [""]
            elif op in (_constants.ASSERT_NOT, _constants.AT) or (
                op is _constants.ASSERT and arg[0] < 0
            ):
                own = [""]
            else:
                bodies = bodies_of(op, arg)
                if op is _constants.BRANCH:
                    bodies = _few_words(bodies)
                own = [text for body in bodies for text in self._variants(body, least)]
            own = own or [""]
            first = variants[0]
            variants = [text + own[0] for text in variants] + [first + text for text in own[1:]]
        distinct = list(dict.fromkeys(variants))
        return distinct[:: 1 + len(distinct) // _MOST_VARIANTS]


def _few_words(branches: list[Any]) -> list[Any]:
    """Of branches that are mere words the shortest, which may begin others, and all the rest."""
    words = [each for each in branches if all(op is _constants.LITERAL for op, _ in each)]
    kept = sorted(words, key=len)[:3]
    return [each for each in branches if each in kept or each not in words]


def _own(items: Any) -> str:
    """The letters that a pattern names."""
    letters = ""
    for op, arg in inside(items, (_constants.LITERAL, _constants.IN)):
        for part, value in arg if op is _constants.IN else [(op, arg)]:
            if part is _constants.LITERAL:
                letters += chr(value)
            elif part is _constants.RANGE:
                letters += chr(value[0]) + chr(value[1])
    return letters


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


def test_a_pattern_takes_steps_as_the_text_has_letters() -> None:
    written, _ = package_patterns.written()
    assert {used: found for used in written if (found := slow_text(used))} == {}


def test_so_do_patterns_that_are_made_at_run_time() -> None:
    _, sites = package_patterns.written()
    made, places = package_patterns.made()
    assert [site for site in sites if not site.is_among(places)] == []
    assert {used: found for used in made if (found := slow_text(used))} == {}
    assert len(made) >= 30


def test_every_pattern_is_found() -> None:
    """370 stood in the package when this was written, and 24 calls made theirs at run time.

    Far fewer would mean that they are no longer found. No other library may bring in its own.
    """
    written, sites = package_patterns.written()
    assert len(written) >= 250
    assert len(sites) >= 15
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


def test_the_counter_finds_what_the_library_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_counter, "LONGEST_REPEAT", 70_000)
    patterns, _ = package_patterns.written()
    for used in sorted(patterns, key=repr)[::7]:
        matcher = Matcher(used.pattern, used.flags)
        library = re.compile(matcher.tree.state.str, matcher.flags)
        for text in list(Texts(matcher))[:60]:
            for written in (text.of(2), text.of(2)[:-1]):
                found = [match.span() for match in library.finditer(written)]
                assert matcher.count(written, "all")[1] == found, (used, written)
