"""A backtracking matcher that counts its steps.

It walks what the library has parsed and goes the ways that the library goes, in its order, since
``re`` itself counts nothing. Limits like ``{0,500}`` are taken for ``{0,4}``, so that short texts
show how the steps grow.
"""

import re
from collections.abc import Callable, Iterator
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any

LONGEST_REPEAT = 4
MANY = _constants.MAXREPEAT
REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
LETTERS = (_constants.LITERAL, _constants.NOT_LITERAL, _constants.ANY, _constants.IN)
_MOST_PER_LETTER = 400


class TooManyStepsError(Exception):
    """So many steps that there is no need to count on."""


class Matcher:
    """A pattern as a program: a list of instructions, each a tuple with its kind first."""

    def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
        if isinstance(pattern, bytes):
            pattern, flags = pattern.decode("latin-1"), flags | re.ASCII
        self.tree = _parser.parse(pattern, flags & ~re.DEBUG)
        self.flags = self.tree.state.flags
        self.steps = 0
        self.program: list[tuple[Any, ...]] = []
        self._needed = set(_referenced(self.tree))
        self._put(self.tree, self.program, self.flags)
        self.program.append(("end",))

    def count(self, text: str, way: str) -> tuple[int, list[tuple[int, int]]]:
        """The steps that ``way`` takes on a text, and the spans that match.

        A step is a start, a letter taken or a letter given back: between two of them a pattern
        does no more than its own length.

        ``way`` is "match", "fullmatch", "search" (up to the first match) or "all".
        """
        self.steps = 0
        self._instructions = _MOST_PER_LETTER * (len(text) + 16)
        found = []
        start = 0
        barren = -1
        while start <= len(text):
            self.steps += 1
            end = self._run(self.program, text, start, whole=way == "fullmatch", not_at=barren)
            if end is not None:
                found.append((start, end))
            if way in ("match", "fullmatch") or (way == "search" and found):
                break
            # As the library: after an empty match the next one may not be that one again.
            barren = -1 if end != start else start
            start = start + 1 if end is None else end
        return self.steps, found

    def _put(self, items: Any, to: list[tuple[Any, ...]], flags: int) -> None:
        for op, arg in items:
            if op in LETTERS:
                to.append(("letter", self.asks(op, arg, flags)))
            elif op is _constants.AT:
                to.append(("at", self._compiled(op, arg, flags)))
            elif op is _constants.SUBPATTERN:
                group, more, fewer, body = arg
                if group in self._needed:
                    to.append(("open", group))
                self._put(body, to, (flags | more) & ~fewer)
                if group in self._needed:
                    to.append(("close", group))
            elif op in REPEATS:
                self._put_repeat(op, *arg, to, flags)
            elif op is _constants.BRANCH:
                ways, jumps = [], []
                to.append(("branch", ways, {}))
                for branch in arg[1]:
                    begins = branch[0] if len(branch) and branch[0][0] in LETTERS else None
                    ways.append((begins and self.asks(*begins, flags), len(to)))
                    self._put(branch, to, flags)
                    jumps.append(len(to))
                    to.append(())
                for jump in jumps:
                    to[jump] = ("jump", len(to))
            elif op in (_constants.ASSERT, _constants.ASSERT_NOT):
                direction, body = arg
                width = body.getwidth()[0] if direction < 0 else 0
                to.append(("look", self._inner(body, flags), width, op is _constants.ASSERT))
            elif op is _constants.ATOMIC_GROUP:
                to.append(("atomic", self._inner(arg, flags)))
            elif op is _constants.GROUPREF:
                to.append(("again", arg))
            elif op is _constants.GROUPREF_EXISTS:
                group, yes, no = arg
                ask = len(to)
                to.append(())
                self._put(yes, to, flags)
                jump = len(to)
                to.append(())
                to[ask] = ("matched", group, len(to))
                self._put(no or [], to, flags)
                to[jump] = ("jump", len(to))
            else:
                raise NotImplementedError(op)

    def _put_repeat(
        self, op: Any, low: int, high: int, body: Any, to: list[tuple[Any, ...]], flags: int
    ) -> None:
        if high is not MANY:
            low, high = min(low, LONGEST_REPEAT), min(high, max(LONGEST_REPEAT, low))
        if op is not _constants.MIN_REPEAT and len(body) == 1 and body[0][0] in LETTERS:
            gives_back = op is _constants.MAX_REPEAT
            to.append(("letters", self.asks(*body[0], flags), low, high, gives_back))
            return
        if op is _constants.POSSESSIVE_REPEAT:
            inner: list[tuple[Any, ...]] = []
            self._put_repeat(_constants.MAX_REPEAT, low, high, body, inner, flags)
            to.append(("atomic", [*inner, ("end",)]))
            return
        for _ in range(low):
            self._put(body, to, flags)
        slot = -1 - len(to)
        empty = body.getwidth()[0] == 0
        splits, exits = [], []
        for _ in range(1 if high is MANY else high - low):
            splits.append(len(to))
            to.append(())
            if empty:
                to.append(("open", slot))
            self._put(body, to, flags)
            if empty:  # a turn that took nothing is the last one
                exits.append(len(to))
                to.append(())
        if high is MANY:
            to.append(("jump", splits[0]))
        ways = (0, 1) if op is not _constants.MIN_REPEAT else (1, 0)
        for split in splits:
            to[split] = ("split", *((split + 1, len(to))[way] for way in ways))
        for exit_ in exits:
            to[exit_] = ("moved", slot, len(to))

    def _inner(self, body: Any, flags: int) -> list[tuple[Any, ...]]:
        program: list[tuple[Any, ...]] = []
        self._put(body, program, flags)
        return [*program, ("end",)]

    def _compiled(self, op: Any, arg: Any, flags: int) -> re.Pattern[str]:
        alone = _parser.SubPattern(self.tree.state, [(op, arg)])
        found: re.Pattern[str] = _compiler.compile(alone, flags)
        return found

    def asks(self, op: Any, arg: Any, flags: int) -> Callable[[str], bool]:
        pattern = self._compiled(op, arg, flags)
        known: dict[str, bool] = {}

        def asks(letter: str) -> bool:
            if letter not in known:
                known[letter] = pattern.match(letter) is not None
            return known[letter]

        return asks

    def _run(
        self,
        program: list[tuple[Any, ...]],
        text: str,
        start: int,
        *,
        whole: bool = False,
        not_at: int = -1,
        groups: dict[int, Any] | None = None,
    ) -> int | None:
        """Where the match from ``start`` ends. What is still to be tried lies on a stack."""
        size = len(text)
        todo: list[tuple[int, int, dict[int, Any], int]] = [(0, start, groups or {}, -1)]
        while todo:
            at, place, marks, back_to = todo.pop()
            if back_to >= 0:  # a run of letters gives one of them back
                self.steps += 1
                if place > back_to:
                    todo.append((at, place - 1, marks, back_to))
                at += 1
            while True:
                self._instructions -= 1
                if self._instructions < 0:
                    raise TooManyStepsError
                what = program[at]
                kind = what[0]
                if kind == "letter":
                    if place == size or not what[1](text[place]):
                        break
                    place += 1
                    self.steps += 1
                elif kind == "letters":
                    _, asks, low, high, gives_back = what
                    end = place
                    most = size if high is MANY else min(size, place + high)
                    while end < most and asks(text[end]):
                        end += 1
                    self.steps += end - place
                    self._instructions -= end - place
                    if end - place < low:
                        break
                    if gives_back and end > place + low:
                        todo.append((at, end - 1, marks, place + low))
                    place = end
                elif kind == "split":
                    todo.append((what[2], place, marks, -1))
                    at = what[1]
                    continue
                elif kind == "branch":
                    letter = text[place : place + 1]
                    if letter not in what[2]:
                        fit = [to for asks, to in what[1] if not asks or (letter and asks(letter))]
                        what[2][letter] = fit[::-1]
                    todo += [(to, place, marks, -1) for to in what[2][letter]]
                    break
                elif kind == "jump":
                    at = what[1]
                    continue
                elif kind == "open":
                    marks = {**marks, what[1]: place}
                elif kind == "close":
                    marks = {**marks, what[1]: text[marks[what[1]] : place]}
                elif kind == "moved":
                    if place == marks[what[1]]:
                        at = what[2]
                        continue
                elif kind == "at":
                    if what[1].match(text, place) is None:
                        break
                elif kind == "look":
                    _, body, width, wanted = what
                    seen = (
                        self._run(body, text, place - width, groups=marks)
                        if place >= width
                        else None
                    )
                    if (seen is not None) is not wanted:
                        break
                elif kind == "atomic":
                    end_of = self._run(what[1], text, place, groups=marks)
                    if end_of is None:
                        break
                    place = end_of
                elif kind == "again":
                    same = marks.get(what[1])
                    self.steps += len(same or "")
                    if not isinstance(same, str) or not text.startswith(same, place):
                        break
                    place += len(same)
                elif kind == "matched":
                    if not isinstance(marks.get(what[1]), str):
                        at = what[2]
                        continue
                elif (whole and place < size) or place == not_at == start:
                    break
                else:
                    return place
                at += 1
        return None


def bodies_of(op: Any, arg: Any) -> list[Any]:
    if op in REPEATS:
        return [arg[2]]
    if op is _constants.SUBPATTERN:
        return [arg[3]]
    if op is _constants.BRANCH:
        return list(arg[1])
    if op in (_constants.ASSERT, _constants.ASSERT_NOT):
        return [arg[1]]
    if op is _constants.ATOMIC_GROUP:
        return [arg]
    if op is _constants.GROUPREF_EXISTS:
        return [body for body in arg[1:] if body]
    return []


def inside(items: Any, ops: Any) -> Iterator[tuple[Any, Any]]:
    for op, arg in items:
        if op in ops:
            yield op, arg
        for body in bodies_of(op, arg):
            yield from inside(body, ops)


def _referenced(items: Any) -> Iterator[int]:
    yield from (group for _, group in inside(items, (_constants.GROUPREF,)))
    yield from (arg[0] for _, arg in inside(items, (_constants.GROUPREF_EXISTS,)))
