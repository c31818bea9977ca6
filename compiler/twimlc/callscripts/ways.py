"""What there is to cover, and what a call covered: machines come in, steps and their ways go out.

A *way* is an outcome of a step together with where it leads. Outcomes that are all good, or all
bad, and lead to the same place are one way: nobody can hear a difference. Keys are ways of their
own, and so is what happens on the last attempt of a menu.
"""

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from twimlc.callscripts.stage import LegLink, Line, Stage, leg_links
from twimlc.interpret.choices import DONE, HANGUP, Choice, heard, outcomes_of
from twimlc.interpret.documents import Documents
from twimlc.interpret.flow import FlowMachine, Standing
from twimlc.interpret.machine import Moment
from twimlc.interpret.markup import Part

MOST_PLACES = 200_000
"""A flow with more places than this is covered as far as that."""

Machine = FlowMachine | Documents
Place = Hashable


class Step(NamedTuple):
    """A step of the flow, or a verb of a document: where it stands and in which state."""

    path: str
    line: int
    column: int
    title: str
    state: str
    via: tuple[tuple[str, int], ...] = ()


class Way(NamedTuple):
    """An outcome of a step (``label``) and where it leads; ``after`` is None for the end."""

    step: Step
    label: str
    after: Step | None


@dataclass(slots=True)
class Ground:
    """Steps and ways of one stage, each found once."""

    stage: Stage
    _steps: dict[tuple[int, Place], Step | None] = field(default_factory=dict)
    _labels: dict[tuple[int, Place], dict[Choice, str]] = field(default_factory=dict)

    def machine(self, line: Line) -> Machine:
        """What is covered: the flow, or the documents that have none."""
        return line.flow if line.flow is not None else line.documents

    def step(self, machine: Machine, place: Place) -> Step | None:
        """The step that stands at a place; None behind the last."""
        key = (id(machine), place)
        if key not in self._steps:
            self._steps[key] = _step(machine, place)
        return self._steps[key]

    def way(self, machine: Machine, place: Place, choice: Choice) -> Way | None:
        """The way that a choice takes; None where nothing is decided by it."""
        step = self.step(machine, place)
        if step is None or choice in (DONE, HANGUP):
            return None
        labels = self._of_place(machine, place)
        label = labels.get(choice) or _label(moment_of(machine, place), choice)
        if not label:
            return None
        return Way(step, label, self.step(machine, take(machine, place, choice)))

    def _of_place(self, machine: Machine, place: Place) -> dict[Choice, str]:
        key = (id(machine), place)
        if key not in self._labels:
            self._labels[key] = _grouped(machine, place)
        return self._labels[key]

    def walk(self, line: Line) -> Iterator[tuple[Machine, Place]]:
        """Every place of a line that can be reached, nearest first."""
        machine = self.machine(line)
        first: Place = machine.begin()
        seen = {first}
        waiting = deque([first])
        while waiting:
            place = waiting.popleft()
            yield machine, place
            for choice in moment_of(machine, place).choices:
                if choice == HANGUP:
                    continue
                after = take(machine, place, choice)
                if after not in seen and len(seen) < MOST_PLACES:
                    seen.add(after)
                    waiting.append(after)

    def everything(self) -> tuple[set[Step], set[Way]]:
        """All steps and ways of the stage, other parties' lines included."""
        steps: set[Step] = set()
        ways: set[Way] = set()
        for line in self.lines():
            for machine, place in self.walk(line):
                step = self.step(machine, place)
                if step is not None:
                    steps.add(step)
                for choice in moment_of(machine, place).choices:
                    way = self.way(machine, place, choice)
                    if way is not None:
                        ways.add(way)
        return steps, ways

    def lines(self) -> Iterator[Line]:
        """The caller's line and those of every other party that it leads to."""
        known: set[int] = set()
        waiting = deque([self.stage.line])
        while waiting:
            line = waiting.popleft()
            if id(line) in known:
                continue
            known.add(id(line))
            yield line
            waiting += [self.stage.leg(link) for link, _ in self.links(line)]

    def links(self, line: Line) -> list[tuple[LegLink, Part]]:
        """The documents of other parties on a line, each once, with the verb that leads there."""
        found: dict[object, tuple[LegLink, Part]] = {}
        for place, beside in together(line):
            part = line.documents.moment(place).part  # type: ignore[arg-type]
            if part is None:
                continue
            for link in leg_links(part, beside.part if beside is not None else None):
                found.setdefault((link.name, link.attribute, link.place.place), (link, part))
        return list(found.values())


def together(line: Line) -> Iterator[tuple[Place, Moment | None]]:
    """Every place of the documents, and what the flow does beside it."""
    first = (line.documents.begin(), line.flow.begin() if line.flow is not None else None)
    seen = {first}
    waiting = deque([first])
    while waiting:
        place, mine = waiting.popleft()
        moment = line.documents.moment(place)
        beside = None if line.flow is None or mine is None else line.flow.moment(mine)
        yield place, beside
        same = beside is not None and beside.key == moment.key
        for choice in moment.choices:
            if choice == HANGUP or len(seen) >= MOST_PLACES:
                continue
            follows = line.flow.take(mine, choice) if same and line.flow and mine else None
            pair = (line.documents.take(place, choice), follows)
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)


def moment_of(machine: Machine, place: Place) -> Moment:
    """What happens at a place of either machine."""
    return machine.moment(place)  # type: ignore[arg-type]


def take(machine: Machine, place: Place, choice: Choice) -> Place:
    """Where a choice leads on either machine."""
    return machine.take(place, choice)  # type: ignore[arg-type]


def _step(machine: Machine, place: Place) -> Step | None:
    if isinstance(machine, FlowMachine):
        if not isinstance(place, Standing):
            return None
        node = machine.graph.nodes[place.node]
        if node.element is None:
            return None
        chain = []
        via = node.span.via
        while via is not None:
            chain.append((via.file.path, via.begin.line))
            via = via.via
        begin = node.span.begin
        state = f"{node.state.flow}/{node.state.home}"
        return Step(
            node.span.file.path, begin.line, begin.column, node.element.tag, state, tuple(chain)
        )
    moment = moment_of(machine, place)
    if moment.part is None:
        return None
    path, _, line = moment.source.rpartition(":")
    return Step(path, int(line) if line.isdecimal() else 1, 1, moment.part.tag, path)


def _label(moment: Moment, choice: Choice) -> str:
    part = moment.part
    assert part is not None, "a question is asked by a verb"
    if part.tag == "Gather":
        if choice.outcome == "speech":
            return "speech"
        digits = heard(part, choice.value) if choice.outcome == "keys" else ""
        if not digits:
            return "silence"
        if digits in moment.distinguished:
            return f"key {digits}" if len(digits) == 1 else f"keys {digits}"
        return "another key" if moment.distinguished else "keys"
    if part.tag == "Record":
        return "recorded"
    return choice.outcome


def _grouped(machine: Machine, place: Place) -> dict[Choice, str]:
    """The labels of a place where outcomes have names."""
    moment = moment_of(machine, place)
    part = moment.part
    if part is None or part.tag in ("Gather", "Record"):
        return {}
    outcomes = outcomes_of(part)
    if outcomes is None:
        return {}
    groups: dict[tuple[bool, Place], list[Choice]] = {}
    for choice in moment.choices:
        if choice == HANGUP:
            continue
        after = take(machine, place, choice)
        groups.setdefault((choice.outcome in outcomes.worked, after), []).append(choice)
    labels: dict[Choice, str] = {}
    for (_, after), members in groups.items():
        ringing = _rings_on(machine, place, after)
        names = [choice.outcome for choice in members]
        words = " or ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
        labels |= dict.fromkeys(members, "" if ringing else words)
    return labels


def _rings_on(machine: Machine, place: Place, after: Place) -> bool:
    """Whether the next one is rung of a Dial that rings one after another."""
    ring = getattr(place, "ring", 0)
    if getattr(after, "ring", 0) <= ring:
        return False
    if isinstance(machine, FlowMachine):
        return getattr(place, "node", None) == getattr(after, "node", 0)
    one = (getattr(place, "document", None), getattr(place, "number", None))
    return one == (getattr(after, "document", 0), getattr(after, "number", 0))
