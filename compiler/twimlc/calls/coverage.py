"""What there is to cover, and how much of it was: machines and calls come in, shares go out.

A call covers *states*, their *steps*, and the ways out of these.

A *way* is an outcome of a step together with where it leads. Outcomes that are all good, or all
bad, and lead to the same place are one way: nobody can hear a difference. Keys are ways of their
own, and so is what happens on the last attempt of a menu.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from twimlc.calls.legs import CallTarget, Leg, LegLink, leg_links
from twimlc.calls.search import Place, Search, following
from twimlc.flow.decisions import Clock
from twimlc.interpret.flow import AtNode, FlowMachine
from twimlc.interpret.machine import DONE, HANGUP, Choice, Machine, Position, heard
from twimlc.text import grouped


class Step(NamedTuple):
    """A step of the flow, or a verb of a document: where it is and in which state.

    ``via`` are the places of the ``use`` that brought it in; ``turn`` is the node's.
    """

    path: str
    line: int
    column: int
    title: str
    state: str
    via: tuple[tuple[str, int, int], ...] = ()
    turn: int = 0
    row: str = ""

    @property
    def flow(self) -> str:
        return self.state.partition("/")[0]

    @property
    def place(self) -> str:
        """The state with its row and flow."""
        return f"{self.row}/{self.state}" if self.row else self.state

    @property
    def states(self) -> list[str]:
        """That state, and those that use it: a call that is in a component is in these too."""
        parts = self.state.split(".")
        return [".".join(parts[: end + 1]) for end in range(len(parts))]


class Way(NamedTuple):
    """An outcome of a step (``label``) and where it leads; ``after`` is None for the end."""

    step: Step
    label: str
    after: Step | None

    @property
    def state(self) -> str:
        return self.step.state

    @property
    def flow(self) -> str:
        return self.step.flow


Item = Step | Way
"""What a call can cover."""


@dataclass(slots=True)
class CoverageMap:
    """Steps and ways of what is called, each found once."""

    target: CallTarget
    _steps: dict[tuple[int, Place], Step | None] = field(default_factory=dict)
    _labels: dict[tuple[int, Place], dict[Choice, str]] = field(default_factory=dict)

    def step(self, machine: Machine[Any], place: Place) -> Step | None:
        """The step at a place; None after the last."""
        key = (id(machine), place)
        if key not in self._steps:
            step = _step(machine, place)
            self._steps[key] = step._replace(row=self.target.row) if step is not None else None
        return self._steps[key]

    def way(self, machine: Machine[Any], place: Place, choice: Choice) -> Way | None:
        """The way that a choice takes; None where nothing is decided by it."""
        step = self.step(machine, place)
        if step is None or choice in (DONE, HANGUP):
            return None
        key = (id(machine), place)
        if key not in self._labels:
            self._labels[key] = _labels(machine, place)
        label = self._labels[key].get(choice)
        if label is None:
            label = _label(machine.moment(place), choice)
        if not label:  # the next one of a hunt is rung
            return None
        return Way(step, label, self.step(machine, machine.take(place, choice)))

    def everything(self) -> set[Item]:
        """All steps and ways of what is called, those on other parties' legs included."""
        items: set[Item | None] = set()
        for machine in (leg.machine for leg in self.legs()):
            for place in Search(machine.begin(), partial(following, machine)):
                choices = machine.moment(place).choices
                items.add(self.step(machine, place))
                items.update(self.way(machine, place, choice) for choice in choices)
        return {item for item in items if item}

    def own(self) -> set[Item]:
        """What the calls of a flow have to cover: its states, and those of other flows that no call
        of theirs comes to."""
        assert self.target.scene is not None, "it is about a flow"
        graph = self.target.scene.graph
        theirs = {
            f"{graph.nodes[key].state.flow}/{graph.nodes[key].state.home}"
            for other, start in graph.starts.items()
            if other != self.target.flow
            for key in graph.reachable(start, on_any_leg=True)
            if graph.nodes[key].state.flow == other
        }
        return {item for item in self.everything() if item.state not in theirs}

    def legs(self) -> Iterator[Leg]:
        """The caller's leg and those of every other party that it leads to."""
        known: set[int] = set()
        waiting = [self.target.first]
        for leg in waiting:  # which grows meanwhile
            if id(leg) not in known:
                known.add(id(leg))
                yield leg
                waiting += map(self.target.other, self.links(leg))

    def links(self, leg: Leg) -> list[LegLink]:
        """The documents of other parties on a leg, each once."""
        found: dict[object, LegLink] = {}
        for place, beside in _together(leg):
            part = leg.documents.moment(place).part
            if part is not None:
                for link in leg_links(part, beside.part if beside is not None else None):
                    found.setdefault((link.name, link.attribute, link.place.place), link)
        return list(found.values())


def _together(leg: Leg) -> Iterator[tuple[Any, Position | None]]:
    """Every place of the documents, and what the flow does beside it."""
    documents: Machine[Any] = leg.documents
    flow: Machine[Any] | None = leg.flow

    def after(pair: Any) -> Iterator[tuple[Choice, Place]]:
        place, beside = pair
        meant = flow.moment(beside) if flow is not None and beside is not None else None
        same = meant is not None and meant.key == documents.moment(place).key
        for choice, follows in following(documents, place):
            yield choice, (follows, flow.take(beside, choice) if flow and same else None)

    first = (documents.begin(), flow.begin() if flow is not None else None)
    pair: Any
    for pair in Search(first, after):
        beside = pair[1]
        yield pair[0], None if flow is None or beside is None else flow.moment(beside)


def _step(machine: Machine[Any], place: Place) -> Step | None:
    position = machine.moment(place)
    if position.part is None:
        return None
    if isinstance(machine, FlowMachine) and isinstance(place, AtNode):
        node = machine.graph.nodes[place.node]
        assert node.element is not None, "something happens there"
        via = tuple((use.file.path, *use.begin) for use in node.span.chain)
        state = f"{node.state.flow}/{node.state.home}"
        path, title = node.span.file.path, node.element.tag
        return Step(path, *node.span.begin, title, state, via, node.turn)
    path, _, line = position.source.rpartition(":")
    return Step(path, int(line) if line.isdecimal() else 1, 1, position.part.tag, path)


def _label(position: Position, choice: Choice) -> str:
    part = position.part
    assert part is not None, "a question is asked by a verb"
    if isinstance(part.asks, Clock) and choice.outcome == part.asks.default:
        return ""  # no calendar says so, as far as is known
    if part.does.records:
        return "recorded"
    if part.does.listens:
        if choice.outcome == "speech":
            return "speech"
        digits = heard(part, choice.value) if choice.outcome == "keys" else ""
        if not digits:
            return "silence"
        if digits in position.distinguished:
            return f"key {digits}" if len(digits) == 1 else f"keys {digits}"
        return "another key" if position.distinguished else "keys"
    return choice.outcome


def _labels(machine: Machine[Any], place: Place) -> dict[Choice, str]:
    """The labels of a place where outcomes have names."""
    position = machine.moment(place)
    part = position.part
    if part is None or part.does.listens or part.asks or not part.outcomes.names:
        return {}
    groups = grouped(
        ((choice.outcome in part.outcomes.worked, after), choice)
        for choice, after in following(machine, place)
    )
    names = [choice.outcome for choice in position.choices if choice != HANGUP]
    labels: dict[Choice, str] = {}
    for (worked, after), members in groups.items():
        first = members[0].outcome
        alike = [name for name in names if (name in part.outcomes.worked) == worked]
        if _rings_on(place, after):
            label = ""
        elif len(members) == 1:
            label = first
        elif len(members) == len(alike):
            label = "success" if worked else "failure"
        else:
            label = f"{first} or the like"
        labels |= dict.fromkeys(members, label)
    return labels


def _rings_on(place: Any, after: Any) -> bool:
    """Whether the next one is rung of a Dial that rings one after another."""
    ring = getattr(after, "ring", 0)
    return ring > getattr(place, "ring", 0) and after._replace(ring=place.ring) == place


@dataclass(slots=True)
class Coverage:
    """Of one flow, or folder of documents, over all its targets and scripts: what is ``there``, and
    what calls ``met``, which may lie elsewhere too."""

    name: str
    there: set[Item] = field(default_factory=set)
    met: set[Item] = field(default_factory=set)

    @property
    def steps(self) -> set[Step]:
        return {item for item in self.there if isinstance(item, Step)}

    @property
    def ways(self) -> set[Way]:
        return {item for item in self.there if isinstance(item, Way)}

    @property
    def states(self) -> set[str]:
        return {step.place for step in self.steps}

    @property
    def states_missing(self) -> list[str]:
        steps = (item for item in self.met if isinstance(item, Step))
        met = {step._replace(state=name).place for step in steps for name in step.states}
        return sorted(self.states - met)

    @property
    def steps_missing(self) -> list[Step]:
        return sorted(self.steps - self.met)

    @property
    def ways_missing(self) -> list[Way]:
        missing = self.ways - self.met
        return sorted(missing, key=lambda way: (way.step, way.label, way.after or way.step))

    @property
    def counts(self) -> tuple[tuple[int, int], ...]:
        """How many states, steps and ways there are, each with how many of them are missing."""
        return (
            (len(self.states), len(self.states_missing)),
            (len(self.steps), len(self.steps_missing)),
            (len(self.ways), len(self.ways_missing)),
        )

    @property
    def total(self) -> int:
        """How much there is: states, steps and ways."""
        return sum(total for total, _ in self.counts)

    @property
    def missing(self) -> int:
        """How much of it is not covered."""
        return sum(missing for _, missing in self.counts)

    @property
    def percent(self) -> float:
        return percent_of([self])


@dataclass(slots=True)
class Covered:
    """Of all flows and folders. Each folder of documents is for itself.

    What a call covers counts wherever it is: calls go on into other flows, and come to states there
    that no other call comes to.
    """

    _flows: dict[str, None] = field(default_factory=dict)
    _found: dict[str | None, Coverage] = field(default_factory=lambda: {None: Coverage("")})

    def of(self, folder: str | None) -> Coverage:
        """The coverage of a folder of documents, or of all flows together."""
        return self._found.setdefault(folder, Coverage(folder or ""))

    def expect(self, maps: Iterable[CoverageMap], flow: str, folder: str | None = None) -> None:
        """Take in everything that there is of a flow, or of a ``folder`` of documents."""
        coverage = self.of(folder)
        for each in maps:
            coverage.there |= each.everything()
            self._flows |= {flow: None} if folder is None else {}

    def flows(self) -> list[Coverage]:
        """What came of each flow that was expected, and of each folder."""
        whole, *folders = self._found.values()
        parts = {name: {item for item in whole.there if item.flow == name} for name in self._flows}
        return [*(Coverage(name, part, whole.met) for name, part in parts.items()), *folders]


def percent_of(coverage: Iterable[Coverage]) -> float:
    """The share of several together."""
    listed = list(coverage)
    total = sum(each.total for each in listed)
    return 100.0 if not total else 100 * (total - sum(each.missing for each in listed)) / total
