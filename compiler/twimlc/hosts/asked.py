"""Questions as the files of hosts show them: a switch as expressions over the value that was sent.

Servers look at a query as it came, so an expression takes every spelling that Twilio, or a person
who tries it, may send: ``+`` as ``%2B``, ``%20``, a blank or nothing before a number, ``:`` and
``@`` encoded or not. Expressions are read by PCRE, RE2 and JavaScript, regardless of case.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

from twimlc.calendars.settled import Settled
from twimlc.flow.decisions import WITHHELD, Cases, Clock
from twimlc.lower.questions import Question, To, Turn

_PLUS = "(?:[ +]|%20|%2B)"
_SPELT = {"+": _PLUS, ":": "(?::|%3A)", "@": "(?:@|%40)", ".": "[.]"}
_CASE = re.compile(r"[a-z0-9+_.:@-]*")
_NUMBER = re.compile(r"\+[0-9]+")
_MOST = 2000
"""Letters of one expression: nginx takes no word of 4,096."""
_PIECE = 1000
"""Letters of a value in a key-value store, which takes 1,024."""

Row = tuple[str, To]


class Step(NamedTuple):
    """A turn as servers take it: of ``rows`` (an expression for a value of ``parameter``, or an
    outcome of the clock of that number) the first that holds leads on, else ``default``."""

    number: int
    parameter: str
    clock: int
    rows: tuple[Row, ...]
    default: To


class Asked(NamedTuple):
    """What is asked at ``paths``; documents are called by their names in the folder there, without
    ``.xml``. ``steps`` and ``entry`` know the calendars, ``turns`` only their names."""

    number: int
    paths: tuple[str, ...]
    turns: tuple[Turn, ...]
    steps: tuple[Step, ...]
    entry: str

    @property
    def clocks(self) -> list[int]:
        """The numbers of the calendars that it asks."""
        return sorted({step.clock for step in self.steps if step.clock})

    @property
    def rules(self) -> int:
        """How many rules of Apache's it takes."""
        rules = (2 + len(step.rows) if step.parameter else 1 for step in self.steps)
        return sum(rules) + len(self.steps) + 1

    def ways(self, to: To = 0) -> Iterator[tuple[list[tuple[str, str]], str]]:
        """(parameters with the expressions that they meet, document), of which the first counts; an
        empty one is for a parameter that is missing. No clock is read."""
        if isinstance(to, str):
            yield [], to
            return
        step = self.steps[to]
        for text, target in step.rows if step.parameter else ():
            for conditions, document in self.ways(target):
                for spelt in ("", text) if text == "^$" else (text,):
                    yield [(step.parameter, spelt), *conditions], document
        yield from self.ways(step.default)

    def stored(self) -> Iterator[tuple[str, str]]:
        """Keys and values for a key-value store, under a name that stands for their content."""
        name = _named(self.turns)
        for number, turn in enumerate(self.turns):
            key = f"#{name}?{number}"
            if isinstance(turn, Clock):
                yield key, to_json([turn.calendar, turn.default])
                rows = [(f"={outcome}", to) for outcome, to in turn.outcomes]
            else:
                lengths = sorted({len(begin) for begin, _ in turn.beginnings}, reverse=True)
                first = [turn.parameter, turn.way(None), turn.withheld, turn.default, lengths]
                yield key, to_json(first)
                rows = [(f"={case}", to) for case, to in turn.whole]
                rows += [(f"^{begin}", to) for begin, to in turn.beginnings]
            yield from ((key + row, to_json(to)) for row, to in rows)
        yield from ((path.removesuffix(".decide"), to_json([name])) for path in self.paths)


class Clocks(NamedTuple):
    """The calendars that are asked: ``settled`` counts them from 1, equal ones once."""

    settled: tuple[Settled, ...]
    numbers: Mapping[str, int]

    @property
    def offsets(self) -> list[list[int]]:
        """The changes of their clocks, equal ones once."""
        return [_flat(rows) for rows in dict.fromkeys(one.offsets for one in self.settled)]

    def scripts(self) -> Iterator[str]:
        """Each as JSON for a script, with the number of its zone in ``offsets``."""
        yield from (_script(one, self.offsets.index(_flat(one.offsets))) for one in self.settled)

    def stored(self) -> Iterator[tuple[str, str]]:
        """Keys and values for a key-value store: pieces that never change, then for each name
        which of them it is now, and how many; ``-`` for a calendar that is gone."""
        now = ["-"]
        for text in (_script(one, _flat(one.offsets)) for one in self.settled):
            pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]
            yield from ((f"#{_named(text)}.{at}", piece) for at, piece in enumerate(pieces))
            now.append(f"{_named(text)} {len(pieces)}")
        yield from ((f"?{name}", now[number]) for name, number in sorted(self.numbers.items()))


def asked(
    questions: Iterable[Question], calendars: Mapping[str, Settled]
) -> tuple[tuple[Asked, ...], Clocks]:
    """Questions by what they ask, and all calendars in them."""
    paths: dict[tuple[Turn, ...], list[str]] = {}
    for question in sorted(questions, key=lambda question: question.path):
        folder = question.path[: question.path.rindex("/") + 1]
        assert all(document.startswith(folder) for document in question.targets())
        named = question.renamed(lambda path: path.rpartition("/")[2].removesuffix(".xml"))
        paths.setdefault(named.turns, []).append(question.path)
    settled: dict[Settled, int] = {}
    numbers: dict[str, int] = {}
    for turn in (turn for turns in paths for turn in turns if isinstance(turn, Clock)):
        found = calendars.get(turn.calendar)
        # The name of the zone makes no difference, nor which days are worked out.
        same = found and found._replace(zone="", first=0, last=0)
        numbers[turn.calendar] = settled.setdefault(same, len(settled) + 1) if same else 0
    clocks = Clocks(tuple(settled), numbers)
    return tuple(
        Asked(number, tuple(at), turns, *_known(turns, clocks))
        for number, (turns, at) in enumerate(paths.items(), 1)
    ), clocks


def _known(turns: tuple[Turn, ...], clocks: Clocks) -> tuple[tuple[Step, ...], str]:
    """Turns as steps and as JSON: what no calendar says any more goes the way of all others."""
    steps: list[Step] = []
    entry: list[object] = []
    for number, turn in enumerate(turns):
        if isinstance(turn, Cases):
            steps.append(Step(number, turn.parameter, 0, tuple(_rows(turn)), turn.default))
            more = [turn.withheld, dict(turn.whole), dict(turn.beginnings), turn.default]
            entry.append([turn.parameter, turn.way(None), *more])
            continue
        clock = clocks.numbers[turn.calendar]
        known = clocks.settled[clock - 1].outcomes if clock else ()
        rows = [row for row in turn.outcomes if row[0] in known and row[1] != turn.default]
        steps.append(Step(number, "", clock, tuple(rows), turn.default))
        entry.append([clock, dict(rows), turn.default])
    return tuple(steps), to_json(entry)


def _rows(cases: Cases[To]) -> Iterator[Row]:
    """Expressions in the order in which they count."""
    yield "^$", cases.way(None)
    if cases.withheld is not None:
        words = ((word, cases.withheld) for word in sorted(WITHHELD) if word)
        yield from _expressions(words, "$", "$")
    yield from _expressions(cases.whole, "$", "$")
    for length in sorted({len(begin) for begin, _ in cases.beginnings}, reverse=True):
        rows = (row for row in cases.beginnings if len(row[0]) == length)
        yield from _expressions(rows, "[0-9]*$", "")


def _expressions(rows: Iterable[Row], behind_number: str, behind: str) -> Iterator[Row]:
    """All cases with one way together, up to a length; numbers with or without the plus."""
    ways: dict[tuple[To, bool], list[str]] = {}
    for case, to in rows:
        number = _NUMBER.fullmatch(case) is not None
        text = case[1:] if number else _spelt(case)
        if case == "+" and not behind:  # so does a number without one
            text = f"(?:{text}|[0-9]+$)"
        ways.setdefault((to, number), []).append(text)
    for (to, number), texts in ways.items():
        while texts:
            some, size = [texts.pop(0)], 0
            while texts and (size := size + len(texts[0]) + 1) < _MOST:
                some.append(texts.pop(0))
            text = f"(?:{'|'.join(some)})"
            yield f"^{_PLUS}?{text}{behind_number}" if number else f"^{text}{behind}", to


def _spelt(case: str) -> str:
    """Every spelling of a case that is no number."""
    if not _CASE.fullmatch(case):
        raise ValueError(f"{case!r} cannot be used in a configuration")
    return "".join(_SPELT.get(letter, letter) for letter in case)


def _script(settled: Settled, zone: object) -> str:
    """A calendar as its fields, each by its first letter; pairs stand one after another."""
    found = {
        "o": settled.outcomes,
        "p": [_flat(pattern) for pattern in settled.patterns],
        "w": settled.weeks,
        "s": _flat(settled.seasons),
        "d": {str(day): pattern for day, pattern in settled.days},
        "z": zone,
    }
    return to_json(found if settled.override is None else {**found, "v": settled.override})


def _flat(rows: Iterable[tuple[int, int]]) -> list[int]:
    return [number for row in rows for number in row]


def _named(content: object) -> str:
    return sha256(repr(content).encode()).hexdigest()[:12]


def to_json(value: object) -> str:
    """In one line, the same each time."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
