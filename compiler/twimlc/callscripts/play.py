"""One call is played: a stage and a call script come in, what was heard goes out.

Time is counted, never waited for. Documents and flow are played side by side, so that each
event has its line in both.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field

from twimlc.callscripts.expected import Heard
from twimlc.callscripts.far_end import Chosen, FarEnd, acted
from twimlc.callscripts.filled import fits
from twimlc.callscripts.model import Act, CallScript
from twimlc.callscripts.stage import LegLink, Line, Stage, leg_links
from twimlc.callscripts.ways import Ground, Step, Way
from twimlc.interpret.choices import DONE, HANGUP, SILENCE, Choice
from twimlc.interpret.documents import DocumentPlace
from twimlc.interpret.events import CALLER_HANGUP, Event
from twimlc.interpret.flow import FlowPlace, Standing
from twimlc.interpret.machine import Moment
from twimlc.interpret.markup import Part
from twimlc.text import Span

MOST_VERBS = 1000
"""A call of more verbs than this goes on for ever."""

_WAIT_VERBS = 50
"""So much of what is waited to is played, if it does not end."""

_ENDLESS = Event("failure", f"the call goes on for ever: {MOST_VERBS} verbs were played")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a call cannot be as the script says."""

    message: str
    span: Span | None = None


@dataclass(slots=True)
class Played:
    """A call that was played. ``reached`` are FLOW/STATE (or documents), ``legs`` what others
    heard, by (called or waiting, name); ``seconds`` is the time it would have taken."""

    heard: list[Heard] = field(default_factory=list)
    legs: dict[tuple[str, str], list[Heard]] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    steps: set[Step] = field(default_factory=set)
    ways: set[Way] = field(default_factory=set)
    choices: list[tuple[Hashable, Choice]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seconds: int = 0


def play(stage: Stage, ground: Ground, call: CallScript) -> Played:
    """Play a call from its beginning to its end."""
    return _Player(stage, ground, FarEnd(call)).run(stage.caller(call.parameters))


@dataclass(slots=True)
class _Run:
    """A line being played: where it stands, and where the flow stands beside it."""

    line: Line
    ground: Ground
    played: Played
    trace: list[Heard]
    place: DocumentPlace = field(init=False)
    beside: FlowPlace | None = field(init=False)

    def __post_init__(self) -> None:
        self.place = self.line.documents.begin()
        self.beside = self.line.flow.begin() if self.line.flow is not None else None

    def look(self) -> tuple[Moment, Moment | None]:
        """What happens now; it is heard and covered."""
        moment = self.line.documents.moment(self.place)
        meant = None
        if self.line.flow is not None and self.beside is not None:
            meant = self.line.flow.moment(self.beside)
            # A difference is told by verify; from here on the documents are alone.
            if not _same(meant.key, moment.key):
                self.beside = meant = None
        self._visit(moment)
        others = meant.events if meant is not None else ()
        line = meant.source if meant is not None else ""
        for number, event in enumerate(moment.events):
            if event.kind != "sent":
                other = others[number] if number < len(others) else None
                self.trace.append(Heard(event, other, moment.part, moment.source, line))
        return moment, meant

    def _visit(self, moment: Moment) -> None:
        played, flow = self.played, self.line.flow
        if flow is None:
            document = moment.source.rpartition(":")[0] or moment.source.partition(",")[0]
            if document:
                played.reached.add(document)
            step = self.ground.step(self.line.documents, self.place)
        else:
            if self.beside is None:
                return
            if isinstance(self.beside, Standing):
                state = flow.graph.nodes[self.beside.node].state
                played.reached |= {str(state), f"{state.flow}/{state.home}"}
            step = self.ground.step(flow, self.beside)
        if step is not None:
            played.steps.add(step)

    def take(self, choice: Choice) -> None:
        """Let a choice happen."""
        flow = self.line.flow
        if flow is None:
            way = self.ground.way(self.line.documents, self.place, choice)
        elif self.beside is not None:
            way = self.ground.way(flow, self.beside, choice)
            self.beside = flow.take(self.beside, choice)
        else:
            way = None
        if way is not None:
            self.played.ways.add(way)
        self.place = self.line.documents.take(self.place, choice)


@dataclass(slots=True)
class _Player:
    stage: Stage
    ground: Ground
    far_end: FarEnd
    played: Played = field(default_factory=Played)

    def run(self, line: Line) -> Played:
        played = self.played
        run = _Run(line, self.ground, played, played.heard)
        for _ in range(MOST_VERBS):
            moment, meant = run.look()
            if not moment.choices:
                break
            choice = DONE
            if moment.choices != (DONE,):
                assert moment.part is not None, "a question is asked by a verb"
                chosen = self.far_end.choose(moment)
                if chosen.problem:
                    span = chosen.answer.span if chosen.answer is not None else None
                    played.problems.append(Problem(chosen.problem, span))
                beside = meant.part if meant is not None else None
                choice = self._others(moment.part, beside, chosen)
                if choice not in moment.choices and choice.outcome not in ("keys", "speech"):
                    choice = chosen.choice
            played.seconds += _seconds(moment, choice)
            if choice == HANGUP:
                played.heard.append(Heard(CALLER_HANGUP, CALLER_HANGUP))
                break
            run.take(choice)
        else:
            played.heard.append(Heard(_ENDLESS))
        return played

    def _others(self, part: Part, meant: Part | None, chosen: Chosen) -> Choice:
        """Play what other parties hear; what they do there may decide the outcome."""
        choice = chosen.choice
        for link in leg_links(part, meant):
            if part.tag == "Enqueue" or link.attribute.startswith("Conference"):
                key = ("waiting", link.name)
            elif link.name == chosen.name and choice.outcome in ("completed", "declined"):
                key = ("called", link.name)
            else:
                continue
            acts = chosen.answer.acts if chosen.answer is not None else None
            wanted = {"completed": "join", "declined": "hangup", "leave": "leave"}
            last = self._leg(link, acts, wanted.get(choice.outcome, ""), key)
            if key[0] == "called" and last in ("join", "hangup"):
                choice = Choice("completed" if last == "join" else "declined")
            elif last == "leave" and acts is not None:
                choice = Choice("leave")
        return choice

    def _leg(
        self, link: LegLink, acts: tuple[Act, ...] | None, wanted: str, key: tuple[str, str]
    ) -> str:
        """Play another party's document; the kind of its last event, empty if it goes on.

        Without ``acts`` the person there does the least that leads to what is ``wanted``.
        """
        line = self.stage.leg(link)
        trace = self.played.legs.setdefault(key, [])
        run = _Run(line, self.ground, self.played, trace)
        plan = None if acts is not None else way_to(line, wanted)
        if acts is None and plan is None and wanted == "hangup":
            trace.append(Heard(Event("hangup"), Event("hangup")))
            return "hangup"  # whoever is called can always put the phone down
        given = deque(acts or ())
        steps = deque(plan or ())
        for _ in range(_WAIT_VERBS):
            moment, _meant = run.look()
            if not moment.choices:
                return moment.events[-1].kind if moment.events else ""
            choice = DONE
            if moment.choices != (DONE,):
                assert moment.part is not None, "a question is asked by a verb"
                if plan is not None:
                    choice = steps.popleft() if steps else SILENCE
                elif moment.part.tag in ("Gather", "Record"):
                    choice = acted(moment.part, given.popleft() if given else None)
                else:
                    choice = moment.choices[0]
                if choice == HANGUP:
                    return "hangup"
                if choice == SILENCE and SILENCE not in moment.choices:
                    choice = moment.choices[0]
            run.take(choice)
        return ""


def way_to(line: Line, wanted: str) -> list[Choice] | None:
    """The least that must be done on a line until it ends as ``wanted``; None if it never does."""
    if not wanted:
        return None
    machine = line.documents
    first = machine.begin()
    came: dict[DocumentPlace, tuple[DocumentPlace, Choice] | None] = {first: None}
    waiting = deque([first])
    while waiting:
        place = waiting.popleft()
        moment = machine.moment(place)
        if not moment.choices:
            if moment.events and moment.events[-1].kind == wanted:
                return _back(came, place)
            continue
        # Silence first: nobody presses keys that are not needed.
        for choice in sorted(moment.choices, key=lambda choice: choice != SILENCE):
            if choice == HANGUP:
                continue
            after = machine.take(place, choice)
            if after not in came:
                came[after] = (place, choice)
                (waiting.appendleft if choice == DONE else waiting.append)(after)
    return None


def _back(
    came: dict[DocumentPlace, tuple[DocumentPlace, Choice] | None],
    place: DocumentPlace,
) -> list[Choice]:
    found: list[Choice] = []
    step = came[place]
    while step is not None:
        if step[1] != DONE:
            found.append(step[1])
        step = came[step[0]]
    return found[::-1]


def _same(meant: object, heard: object) -> bool:
    """Whether this is the same verb; in what is heard, values of the call are filled in."""
    if isinstance(meant, tuple) and isinstance(heard, tuple):
        return len(meant) == len(heard) and all(map(_same, meant, heard))
    if isinstance(meant, str) and isinstance(heard, str):
        return fits(meant, heard)
    return meant == heard


def _seconds(moment: Moment, choice: Choice) -> int:
    """How long the caller waits at a verb, as far as its attributes tell."""
    part = moment.part
    if part is None:
        return 0
    name = {"Pause": "length", "Gather": "timeout", "Dial": "timeout"}.get(part.tag)
    waits = part.tag == "Pause" or choice == SILENCE or choice.outcome == "no-answer"
    spoken = sum(_length(child) for child in part.parts() if child.tag == "Pause")
    return (_length(part, name) if name and waits else 0) + spoken


def _length(part: Part, name: str = "length") -> int:
    spec = part.spec.attributes.get(name) if part.spec is not None else None
    text = part.literal(name, spec.default if spec is not None and spec.default else "0")
    return int(text) if text.isdecimal() and len(text) < 9 else 0
