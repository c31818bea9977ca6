"""Scripts are written: a flow comes in; calls that cover every way of it go out, as YAML.

What must be heard is taken from the flow, so a generated script tells what the flow does today.
Whether that is what it should do is for the reader to say.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from twimlc.callscripts import find
from twimlc.callscripts.chosen import act_of, add_answer, shortest, words_of
from twimlc.callscripts.coverage import Coverage
from twimlc.callscripts.model import Act, Answer, Asked, CallScript
from twimlc.callscripts.play import Played, play
from twimlc.callscripts.stage import LegLink, Line, Stage
from twimlc.callscripts.ways import Ground, Machine, Place, Way, moment_of, take
from twimlc.callscripts.written import file_text
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.interpret.choices import DONE, HANGUP, SILENCE, Choice, heard
from twimlc.interpret.events import name_of
from twimlc.interpret.machine import Moment
from twimlc.pipeline import Options
from twimlc.text import SourceFile, Span

_LONG = 8
"""A call of this many questions is long enough to read; the rest is for other calls."""

_MOST_CALLS = 500

Path = list[tuple[Place, Choice]]


@dataclass(frozen=True, slots=True)
class Generated:
    """The text of a script, where it belongs, and what its calls cover."""

    text: str
    path: str
    calls: int
    coverage: Coverage


def generate(options: Options, flow: str) -> tuple[Generated | None, list[Diagnostic]]:
    """Calls that cover every outcome of a flow (a name, or the path of its file).

    Raises ``UsageError`` where there is no such flow.
    """
    path, name = find.flow_path(flow, options)
    stages = find.flow_stages(path, name, None, options)
    if not stages.found:
        return None, stages.findings
    grounds = [Ground(stage) for stage in stages.found]
    coverage = Coverage(name)
    coverage.expect(grounds, name)
    calls: list[tuple[CallScript, Played]] = []
    for ground in grounds:
        for call in _Writer(ground, coverage).calls():
            own = _told(play(ground.stage, ground, call))
            tried = [(other, play(other.stage, other, call)) for other in grounds]
            agreed = [(other, one) for other, one in tried if _told(one) == own]
            if len(agreed) < len(grounds):  # an approximation: not the same call everywhere
                names = dict.fromkeys(other.stage.target for other, _ in agreed)
                call = replace(
                    call,
                    name=f"{call.name}, on {' and '.join(names)}",
                    targets=tuple((name, call.span) for name in names),
                )
            played = [one for _, one in agreed]
            before = (len(coverage.ways_met & coverage.ways), len(coverage.steps_met))
            for one in played:
                coverage.meet(one.steps, one.ways)
            if (len(coverage.ways_met & coverage.ways), len(coverage.steps_met)) != before:
                calls.append((call, played[0]))
    known = Counter[str]()
    named = []
    for call, one in calls:
        known[call.name] += 1
        times = known[call.name]
        named.append((replace(call, name=f"{call.name} ({times})") if times > 1 else call, one))
    target = path.with_name(path.name.split(".")[0] + ".test.yaml")
    stem = path.name.split(".")[0]
    text = file_text(None if name == stem else name, named, find.schema_beside(path))
    return Generated(text, str(target), len(named), coverage), stages.findings


def _told(played: Played) -> list[str]:
    return [str(heard.shown) for heard in played.heard]


@dataclass(slots=True)
class _Writer:
    """Finds calls on one stage until nothing more can be covered."""

    ground: Ground
    coverage: Coverage
    wanted: set[Way] = field(default_factory=set)
    _span: Span = field(default_factory=lambda: Span(SourceFile("generated", ""), 0, 0))
    _after: dict[Place, list[tuple[Choice, Place]]] = field(default_factory=dict)

    @property
    def stage(self) -> Stage:
        return self.ground.stage

    def calls(self) -> Iterator[CallScript]:
        """Calls, each with something that those before it did not cover.

        The caller's own line first, then the people who are called and those who wait.
        """
        machine = self.ground.machine(self.stage.line)
        self._find(machine)
        first = True
        while (self.wanted - self.coverage.ways_met or first) and len(self._after) < 200_000:
            first = False
            missing = len(self.wanted - self.coverage.ways_met)
            yield self._call(machine, self._path(machine), {})
            if len(self.wanted - self.coverage.ways_met) == missing:
                break
        yield from self._of_legs(machine)

    def _find(self, machine: Machine) -> None:
        for _, place in self.ground.walk(self.stage.line):
            moment = moment_of(machine, place)
            listed = []
            for choice in moment.choices:
                if choice != HANGUP:
                    listed.append((choice, take(machine, place, choice)))
                    way = self.ground.way(machine, place, choice)
                    if way is not None:
                        self.wanted.add(way)
            self._after[place] = _plainest_first(moment, listed)

    def _path(self, machine: Machine) -> Path:
        """The way through one call: from one uncovered choice to the next nearest, then the end."""
        covered = set(self.coverage.ways_met)
        path: Path = []
        place: Place = machine.begin()
        while len([1 for _, choice in path if choice != DONE]) < _LONG:
            found = self._nearest(machine, place, covered)
            if found is None:
                break
            path += found
            covered |= {way for p, c in found if (way := self.ground.way(machine, p, c))}
            place = take(machine, *found[-1])
        return path + self._to_end(machine, place)

    def _nearest(self, machine: Machine, start: Place, covered: set[Way]) -> Path | None:
        came: dict[Place, tuple[Place, Choice] | None] = {start: None}
        waiting = deque([start])
        while waiting:
            place = waiting.popleft()
            for choice, after in self._after.get(place, ()):
                way = self.ground.way(machine, place, choice)
                if way is not None and way not in covered:
                    return [*_way_back(came, place), (place, choice)]
                if after not in came:
                    came[after] = (place, choice)
                    waiting.append(after)
        return None

    def _to_end(self, machine: Machine, start: Place) -> Path:
        """The shortest way to the end; where there is none, the caller hangs up."""
        came: dict[Place, tuple[Place, Choice] | None] = {start: None}
        waiting = deque([start])
        asked: Place | None = None
        while waiting:
            place = waiting.popleft()
            if not self._after.get(place):
                return _way_back(came, place)
            if asked is None and HANGUP in moment_of(machine, place).choices:
                asked = place
            for choice, after in self._after[place]:
                if after not in came:
                    came[after] = (place, choice)
                    waiting.append(after)
        return [] if asked is None else [*_way_back(came, asked), (asked, HANGUP)]

    def _to_place(self, machine: Machine, wanted: str, attribute: str) -> Path | None:
        """The shortest way to a verb that leads to a document of another party."""
        start: Place = machine.begin()
        came: dict[Place, tuple[Place, Choice] | None] = {start: None}
        waiting = deque([start])
        while waiting:
            place = waiting.popleft()
            part = moment_of(machine, place).part
            if part is not None and any(
                name_of(found) == wanted and found.get(attribute) for found in part.walk()
            ):
                return [*_way_back(came, place), (place, DONE)]
            for choice, after in self._after.get(place, ()):
                if after not in came:
                    came[after] = (place, choice)
                    waiting.append(after)
        return None

    def _of_legs(self, machine: Machine) -> Iterator[CallScript]:
        for link, _ in self.ground.links(self.stage.line):
            line = self.stage.leg(link)
            for _ in range(_MOST_CALLS):
                covered = self.coverage.ways_met
                found = _leg_path(self.ground, line, covered)
                if found is None:
                    break
                acts, last = found
                path = self._to_place(machine, link.name, link.attribute.rpartition(".")[2])
                if path is None:
                    break
                place = path.pop()[0]
                choice = self._outcome(machine, place, link, last)
                after = take(machine, place, choice)
                path += [(place, choice), *self._to_end(machine, after)]
                before = len(covered)
                yield self._call(machine, path, {place: acts})
                if len(self.coverage.ways_met) == before:
                    break

    def _outcome(self, machine: Machine, place: Place, link: LegLink, last: str) -> Choice:
        choices = moment_of(machine, place).choices
        word = {"join": "completed", "hangup": "declined", "leave": "leave"}.get(last)
        return next((choice for choice in choices if choice.outcome == word), choices[0])

    def _call(self, machine: Machine, path: Path, acts: dict[Place, tuple[Act, ...]]) -> CallScript:
        """The script of a path."""
        answers: dict[Asked, list[Answer]] = defaultdict(list)
        caller: list[Act] = []
        words: list[str] = []
        for place, choice in path:
            if choice == DONE:
                continue
            moment = moment_of(machine, place)
            assert moment.part is not None, "a question is asked by a verb"
            if moment.part.tag in ("Gather", "Record"):
                caller.append(act_of(choice))
            else:
                add_answer(answers, moment, choice, acts.get(place))
            words += words_of(moment, choice)
        while caller and caller[-1].kind in ("silence", "speak"):
            last = caller[-1]
            ends = self._last_asked(machine, path)
            if (last.kind == "speak") != (ends == "Record"):
                break
            caller.pop()  # what happens anyway need not be said
            path = _without_last(machine, path)
        name = ", ".join(dict.fromkeys(words)) or "the whole call"
        short = {key: tuple(shortest(found)) for key, found in answers.items()}
        return CallScript(name, self._span, {}, short, {}, tuple(caller), None)

    def _last_asked(self, machine: Machine, path: Path) -> str:
        for place, _ in reversed(path):
            part = moment_of(machine, place).part
            if part is not None and part.tag in ("Gather", "Record"):
                return part.tag
        return ""


def _without_last(machine: Machine, path: Path) -> Path:
    for number in range(len(path) - 1, -1, -1):
        part = moment_of(machine, path[number][0]).part
        if part is not None and part.tag in ("Gather", "Record"):
            return path[:number]
    return []


def _plainest_first(
    moment: Moment, listed: list[tuple[Choice, Place]]
) -> list[tuple[Choice, Place]]:
    """Choices in the order in which a reader expects them: keys, what works, what does not."""
    order = {choice: number for number, choice in enumerate(moment.choices)}

    def rank(pair: tuple[Choice, Place]) -> tuple[bool, bool, bool, int]:
        choice = pair[0]
        part = moment.part
        # Keys that come to nothing, such as a lone #, are told as silence.
        vain = choice.outcome == "keys" and part is not None and not heard(part, choice.value)
        # Of all that can go wrong with a call, nobody answering needs no explanation.
        other = choice.outcome not in ("completed", "answered", "no-answer")
        ringing = moment.question == "dial"
        return vain, choice == SILENCE, ringing and other, order[choice]

    return sorted(listed, key=rank)


def _way_back(came: dict[Place, tuple[Place, Choice] | None], place: Place) -> Path:
    found: Path = []
    step = came[place]
    while step is not None:
        found.append(step)
        step = came[step[0]]
    return found[::-1]


def _leg_path(ground: Ground, line: Line, covered: set[Way]) -> tuple[tuple[Act, ...], str] | None:
    """What somebody does on another line to take an uncovered way, and how that line ends."""
    machine = ground.machine(line)
    start: Place = machine.begin()
    came: dict[Place, tuple[Place, Choice] | None] = {start: None}
    waiting = deque([start])
    while waiting:
        place = waiting.popleft()
        moment = moment_of(machine, place)
        for choice in moment.choices:
            if choice == HANGUP:
                continue
            way = ground.way(machine, place, choice)
            after = take(machine, place, choice)
            if way is not None and way not in covered:
                path = [*_way_back(came, place), (place, choice)]
                acts = [c for p, c in path if _asks(machine, p)]
                return tuple(map(act_of, acts)), _end_of(machine, after)
            if after not in came:
                came[after] = (place, choice)
                waiting.append(after)
    return None


def _asks(machine: Machine, place: Place) -> bool:
    part = moment_of(machine, place).part
    return part is not None and part.tag in ("Gather", "Record")


def _end_of(machine: Machine, place: Place) -> str:
    """How a line ends if nobody does anything more."""
    for _ in range(50):
        moment = moment_of(machine, place)
        if not moment.choices:
            return moment.events[-1].kind if moment.events else ""
        quiet = SILENCE if SILENCE in moment.choices else moment.choices[0]
        place = take(machine, place, quiet)
    return ""
