"""What is asked of a host before anybody has pressed a key.

A :class:`Question` is asked at an address of its own, for which there is no file: the host answers
with the document that its turns lead to. Steps in a row are one question; each is a turn of it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from twimlc.flow.decisions import Cases, Clock, subject_of

To = int | str
"""A later turn of the same question, by its number, or the path of a document."""

Turn = Cases[To] | Clock[To]

PLAN = "plan.json"
"""The file that says which outcome of a calendar is due when, on hosts without a clock."""

JOINED = "+"
"""Between the outcomes of several calendars, in the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked at ``path``, beginning with the first of ``turns``; each leads to later ones
    only. All documents lie in the folder of ``path``."""

    path: str
    flow: str
    turns: tuple[Turn, ...]
    states: tuple[str, ...] = ()

    def document(self, answers: Mapping[str, str]) -> str:
        """The document for values of parameters and outcomes of calendars, by name."""
        to: To = 0
        while isinstance(to, int):
            turn = self.turns[to]
            to = turn.way(answers.get(subject_of(turn), ""))
        return to

    def open(self, answers: Mapping[str, str]) -> Turn | None:
        """The first turn whose answer is not among these, by what is asked; None if all are."""
        to: To = 0
        while isinstance(to, int):
            turn = self.turns[to]
            if subject_of(turn) not in answers:
                return turn
            to = turn.way(answers[subject_of(turn)])
        return None

    def targets(self) -> Iterator[str]:
        """Every document it may lead to."""
        for turn in self.turns:
            yield from (to for to in turn.targets() if isinstance(to, str))

    def renamed(self, to: Callable[[str], str]) -> "Question":
        """The same with other names of files."""
        turns = tuple(
            turn.mapped(lambda t: t if isinstance(t, int) else to(t)) for turn in self.turns
        )
        return Question(to(self.path), self.flow, turns, self.states)
