"""Texts that make a pattern backtrack: of its own parts, one of them repeated, with a bad end."""

from collections.abc import Iterator
from re import _constants  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import step_counter
from step_counter import LETTERS, MANY, REPEATS, Matcher, bodies_of, inside

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
