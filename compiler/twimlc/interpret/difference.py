"""The shortest call in which a flow and its documents part: what happens in both, side by side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from twimlc.interpret.machine import DONE, Choice, Position


class Line(NamedTuple):
    """What happens or, after ``>``, is chosen; ``source`` is the file and line it comes from."""

    text: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.text}  [{self.source}]" if self.source else self.text


@dataclass(frozen=True, slots=True)
class Difference:
    """``script`` is what is done in the call, in order; the last lines of the traces differ.

    ``where`` says whose line it is: the caller's, or that of a leg or wait document.
    """

    flow_name: str
    where: str
    reason: str
    script: tuple[str, ...]
    flow: tuple[Line, ...]
    documents: tuple[Line, ...]

    def describe(self) -> str:
        """Both traces side by side, for people."""
        script = ", ".join(self.script) or "no choice is needed"
        rows = [f"flow {self.flow_name}, {self.where}: {self.reason}", f"script: {script}"]
        left = ["the flow says", *map(str, self.flow)]
        right = ["the documents do", *map(str, self.documents)]
        width = min(76, max(map(len, left)))
        for mine, theirs in zip_longest(left, right, fillvalue=""):
            if len(mine) > width:
                rows.append(f"  {mine}")
            rows.append(f"  {'' if len(mine) > width else mine:<{width}} | {theirs}".rstrip())
        return "\n".join(rows)


def trace(steps: Iterable[tuple[Position, Choice | None]]) -> Iterator[Line]:
    """What happens at each position, and what is chosen there; nothing is at the last."""
    for position, choice in steps:
        yield from (Line(str(event), position.source) for event in position.events)
        if position.question == "gather":
            yield Line("listens for keys or speech", position.source)
        if choice not in (None, DONE):
            yield Line(f"> {choice}")
