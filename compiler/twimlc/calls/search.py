"""The search over everything that can happen in a call: a machine comes in, paths go out."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from twimlc.interpret.machine import DONE, HANGUP, Choice, Machine

Place = Hashable
Path = list[tuple[Place, Choice]]
"""What is chosen at which place, in order."""

MOST_PLACES = 200_000
"""A flow with more places than this is searched as far as that."""


class Search:
    """The places that can be reached from one, the nearest first.

    ``after`` gives what can be chosen at a place, and where that leads. ``free_of_charge``: the
    nearest are those that people have to do least for, however many verbs are on the way.
    """

    def __init__(
        self,
        start: Place,
        after: Callable[[Place], Iterable[tuple[Choice, Place]]],
        *,
        free_of_charge: bool = False,
    ) -> None:
        self.after = after
        self._free = free_of_charge
        self._came: dict[Place, tuple[Place, Choice] | None] = {start: None}

    def __iter__(self) -> Iterator[Place]:
        waiting = deque(self._came)
        while waiting:
            place = waiting.popleft()
            yield place
            for choice, following in self.after(place):
                if following not in self._came and len(self._came) < MOST_PLACES:
                    self._came[following] = (place, choice)
                    first = self._free and choice == DONE
                    (waiting.appendleft if first else waiting.append)(following)

    def path(self, place: Place) -> Path:
        """The way to a place that was reached."""
        found: Path = []
        step = self._came[place]
        while step is not None:
            found.append(step)
            step = self._came[step[0]]
        return found[::-1]


def following(machine: Machine[Any], place: Place) -> list[tuple[Choice, Place]]:
    """What can be chosen at a place and where that leads, but for hanging up."""
    choices = machine.moment(place).choices
    return [(choice, machine.take(place, choice)) for choice in choices if choice != HANGUP]
