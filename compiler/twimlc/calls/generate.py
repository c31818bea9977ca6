"""Scripts are generated: a flow comes in; calls that cover every way of it go out, as YAML.

What must be heard is taken from the flow, so a generated script says what the flow does today.
Whether that is what it should do is for the reader to say.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count
from typing import Any

from twimlc.calls import find
from twimlc.calls.coverage import Coverage, CoverageMap, Item
from twimlc.calls.legs import Leg, LegLink
from twimlc.calls.moment import short
from twimlc.calls.play import Played, play
from twimlc.calls.read import ALL
from twimlc.calls.script import Answer, Asked, CallerInput, CallScript
from twimlc.calls.search import Path, Place, Search, following
from twimlc.calls.write_script import (
    RowText,
    WrittenCall,
    act_of,
    add_answer,
    changed,
    file_text,
    shortest,
    words_of,
)
from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.decisions import OTHER_VALUE, Cases, Clock
from twimlc.interpret.events import name_of
from twimlc.interpret.machine import DONE, HANGUP, SILENCE, Choice, Machine, Position, heard
from twimlc.pipeline import Options
from twimlc.pipeline.model import project_of
from twimlc.pipeline.single import file_of
from twimlc.project.files import display_path
from twimlc.text import SourceFile, Span
from twimlc.yaml import tree as t

_LONG = 8
"""A call of this many questions is long enough to read; the rest is for other calls."""

_MOST_CALLS = 500

_SPAN = Span(SourceFile("generated", ""), 0, 0)


@dataclass(frozen=True, slots=True)
class Generated:
    """The text of a script, where it belongs, and what its calls cover.

    ``shown`` is its path as people are told it.
    ``leads`` are the other flows that its calls go on into, ``unreached`` the states of the flow
    that no call comes to which begins with it.
    """

    text: str
    path: str
    shown: str
    calls: int
    coverage: Coverage
    leads: tuple[str, ...]
    unreached: tuple[str, ...]


def generate(options: Options, flow: str) -> tuple[Generated | None, list[Diagnostic]]:
    """Calls that cover every outcome of a flow (a name, or the path of its file).

    Raises ``UsageError`` where there is no such flow.
    """
    path = file_of(options, flow)
    if path is None:
        return None, project_of(options)[1]
    targets = find.flow_targets(path, None, options)
    name = targets.flow
    if not targets.found:
        return None, targets.findings
    maps = [CoverageMap(target) for target in targets.found]
    texts = {each.target.row: RowText(targets.columns.get(each.target.row)) for each in maps}
    own = [each.own() for each in maps]
    coverage = Coverage(name, set().union(*own))
    calls: list[WrittenCall] = []
    leads: set[str] = set()
    for coverage_map, items in zip(maps, own, strict=True):
        if items <= coverage.met:
            continue  # covered on another target or in another row
        for call in CallFinder(coverage_map, coverage).calls():
            written, played = _agreed(coverage_map, call, maps, texts)
            before = coverage.missing
            for each in played:
                coverage.met |= each.covered
                leads |= {place.partition("/")[0] for place in each.reached}
            if coverage.missing != before:
                calls.append(written)
    stem = path.name.split(".")[0]
    head = {} if name == stem else {"flow": name}
    head |= {"row": ALL} if targets.columns else {}
    text = file_text(head, list(_named(calls, texts)), find.schema_beside(path))
    met = {step.state for step in coverage.steps}
    unreached = (
        state
        for state in targets.states - met
        # A state whose components are met is met as well.
        if state.startswith(f"{name}/") and not any(one.startswith(f"{state}.") for one in met)
    )
    place = path.with_name(f"{stem}.test.yaml")
    shown = display_path(place, options.folder)
    beyond = tuple(sorted(leads - {name})), tuple(sorted(unreached))
    return Generated(text, str(place), shown, len(calls), coverage, *beyond), targets.findings


def _named(calls: list[WrittenCall], texts: Mapping[str, RowText]) -> Iterator[WrittenCall]:
    """The calls, each with a name of its own: in any row two may come to have one."""
    known: set[tuple[str, str]] = set()
    for call, events in calls:
        for name in chain([call.name], (f"{call.name} ({number})" for number in count(2))):
            in_rows = {(row, text.filled(name)) for row, text in texts.items()}
            if known.isdisjoint(in_rows):
                break
        known |= in_rows
        yield WrittenCall(replace(call, name=name), events)


def _agreed(
    coverage_map: CoverageMap,
    call: CallScript,
    maps: list[CoverageMap],
    texts: Mapping[str, RowText],
) -> tuple[WrittenCall, list[Played]]:
    """A call as it is written for all targets and rows on which it is the same, and played there.

    Elsewhere it is another call: an approximation was allowed, or a row has other steps.
    """
    own = texts[coverage_map.target.row].named
    meant = changed(call, own)
    wanted = WrittenCall.of(meant, play(coverage_map, call), own)
    same: dict[tuple[str, str], Played] = {}
    for each in maps:
        text = texts[each.target.row].filled
        played = play(each, changed(meant, text))
        if WrittenCall.of(meant, played, str).events == wanted.within(text):
            same[each.target.target, each.target.row] = played
    rows = list(dict.fromkeys(each.target.row for each in maps))
    targets = list(dict.fromkeys(each.target.target for each in maps))
    on = [target for target in targets if (target, coverage_map.target.row) in same]
    within = [row for row in rows if all((target, row) in same for target in on)]
    if len(on) < len(targets):
        meant = replace(meant, name=f"{meant.name}, on {' and '.join(on)}", targets=_scalars(on))
    if len(within) < len(rows):
        meant = replace(meant, rows=_scalars(within))
    there = [played for (target, row), played in same.items() if target in on and row in within]
    return WrittenCall(meant, wanted.events), there


def _scalars(names: list[str]) -> tuple[t.Scalar, ...]:
    return tuple(t.Scalar(name, name, _SPAN) for name in names)


class CallFinder:
    """Finds calls to one target until nothing more can be covered."""

    def __init__(self, coverage_map: CoverageMap, coverage: Coverage) -> None:
        self.map = coverage_map
        self.coverage = coverage
        self.machine = coverage_map.target.first.machine
        self.wanted: set[Item] = set()
        self._after: dict[Place, list[tuple[Choice, Place]]] = {}
        for place in Search(self.machine.begin(), partial(following, self.machine)):
            choices = following(self.machine, place)
            self._after[place] = _plainest_first(self.machine.moment(place), choices)
            ways = (coverage_map.way(self.machine, place, choice) for choice, _ in choices)
            self.wanted.update(way for way in ways if way in coverage.there)

    def calls(self) -> Iterator[CallScript]:
        """Calls, each with something that those before it did not cover.

        The caller's own leg first, then the people who are called and those who wait.
        """
        left: int | None = None
        while left is None or 0 < len(self.wanted - self.coverage.met) < left:
            left = len(self.wanted - self.coverage.met)
            yield self._call(self._path(), {})
        for link in self.map.links(self.map.target.first):
            yield from self._on_leg(link)

    def _path(self) -> Path:
        """The way through one call: from one uncovered choice to the next nearest, then the end."""
        covered = set(self.coverage.met)
        path: Path = []
        place: Place = self.machine.begin()
        while sum(choice != DONE for _, choice in path) < _LONG:
            found = _nearest(self.map, self._search(place), self.machine, self.wanted - covered)
            if found is None:
                break
            path += found
            covered |= {way for step in found if (way := self.map.way(self.machine, *step))}
            place = self.machine.take(*found[-1])
        return path + self._to_end(place)

    def _search(self, start: Place) -> Search:
        return Search(start, lambda place: self._after.get(place, ()))

    def _to_end(self, start: Place) -> Path:
        """The shortest way to the end; where there is none, the caller hangs up."""
        asked: Place | None = None
        search = self._search(start)
        for place in search:
            if not self._after.get(place):
                return search.path(place)
            if asked is None and HANGUP in self.machine.moment(place).choices:
                asked = place
        return [] if asked is None else [*search.path(asked), (asked, HANGUP)]

    def _on_leg(self, link: LegLink) -> Iterator[CallScript]:
        """Calls that cover what happens to another party."""
        leg = self.map.target.other(link)
        attribute = link.attribute.rpartition(".")[2]
        search = self._search(self.machine.begin())
        asking = next((place for place in search if self._leads(place, link.name, attribute)), None)
        if asking is None:
            return
        for _ in range(_MOST_CALLS):
            covered = len(self.coverage.met)
            found = self._acts(leg)
            if found is None:
                break
            acts, last = found
            choices = self.machine.moment(asking).choices
            word = {"join": "completed", "hangup": "declined", "leave": "leave"}.get(last)
            choice = next((choice for choice in choices if choice.outcome == word), choices[0])
            end = self._to_end(self.machine.take(asking, choice))
            yield self._call([*search.path(asking), (asking, choice), *end], {asking: acts})
            if len(self.coverage.met) == covered:
                break

    def _leads(self, place: Place, name: str, attribute: str) -> bool:
        """Whether the verb at a place leads to the document of another party."""
        part = self.machine.moment(place).part
        inside = () if part is None else part.walk()
        return any(name_of(found) == name and found.get(attribute) for found in inside)

    def _acts(self, leg: Leg) -> tuple[tuple[CallerInput, ...], str] | None:
        """What somebody does on another leg to take an uncovered way, and how that leg ends."""
        machine = leg.machine
        search = Search(machine.begin(), partial(following, machine))
        wanted = self.coverage.there - self.coverage.met
        path = _nearest(self.map, search, machine, wanted)
        if path is None:
            return None
        asked = ((machine.moment(place).part, choice) for place, choice in path)
        acts = tuple(act_of(choice) for part, choice in asked if part and part.does.listens)
        return acts, _end_of(machine, machine.take(*path[-1]))

    def _call(self, path: Path, inputs: Mapping[Place, tuple[CallerInput, ...]]) -> CallScript:
        """The script of a path."""
        answers: dict[Asked, list[Answer]] = defaultdict(list)
        acts: list[tuple[bool, CallerInput]] = []  # whether it is said to a recording, and what
        words: list[str] = []
        sent: dict[str, str] = {}
        hours: dict[str, list[t.Scalar]] = defaultdict(list)
        for place, choice in path:
            if choice == DONE:
                continue
            position = self.machine.moment(place)
            assert position.part is not None, "a question is asked by a verb"
            if isinstance(position.part.asks, Cases):
                if choice.outcome != OTHER_VALUE:  # which is somebody whom no script names
                    sent.setdefault(position.part.asks.parameter, choice.value)
            elif isinstance(position.part.asks, Clock):
                hours[short(position.part.asks.calendar)] += _scalars([choice.value])
            elif position.part.does.listens:
                acts.append((position.part.does.records, act_of(choice)))
            else:
                add_answer(answers, position, choice, inputs.get(place))
            words += words_of(position, choice)
        # What happens anyway need not be said.
        while acts and acts[-1][1].kind == ("speak" if acts[-1][0] else "silence"):
            acts.pop()
        name = ", ".join(dict.fromkeys(words)) or "the whole call"
        return CallScript(
            name,
            _SPAN,
            sent,
            {key: tuple(shortest(found)) for key, found in answers.items()},
            {},
            tuple(act for _, act in acts),
            None,
            hours={name: tuple(found) for name, found in hours.items()},
        )


def _nearest(
    coverage_map: CoverageMap, search: Search, machine: Machine[Any], wanted: set[Item]
) -> Path | None:
    """The path to the nearest choice that takes a way that is wanted."""
    for place in search:
        for choice, _ in search.after(place):
            if coverage_map.way(machine, place, choice) in wanted:
                return [*search.path(place), (place, choice)]
    return None


def _plainest_first(
    position: Position, choices: list[tuple[Choice, Place]]
) -> list[tuple[Choice, Place]]:
    """Choices in the order in which a reader expects them: keys, what works, what does not."""

    def rank(pair: tuple[Choice, Place]) -> tuple[bool, bool, bool]:
        choice, part = pair[0], position.part
        # Keys that come to nothing, such as a lone #, count as silence.
        vain = choice.outcome == "keys" and part is not None and not heard(part, choice.value)
        # Of all that can go wrong with a call, nobody answering needs no explanation.
        other = choice.outcome not in ("completed", "answered", "no-answer")
        return vain, choice == SILENCE, position.question == "dial" and other

    return sorted(choices, key=rank)


def _end_of(machine: Machine[Any], place: Place) -> str:
    """How a leg ends if nobody does anything more."""
    for _ in range(50):
        position = machine.moment(place)
        if not position.choices:
            return position.events[-1].kind if position.events else ""
        quiet = SILENCE if SILENCE in position.choices else position.choices[0]
        place = machine.take(place, quiet)
    return ""
