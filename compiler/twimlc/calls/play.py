"""A call script is played: what is called and a script come in, what everybody heard goes out."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from twimlc.calls.coverage import CoverageMap, Item
from twimlc.calls.legs import Leg, LegLink, leg_links
from twimlc.calls.moment import Moment, moment_of
from twimlc.calls.player import MOST_VERBS, Observed, Player
from twimlc.calls.script import CallerInput, CallScript, Chosen, FarEnd, acted
from twimlc.calls.search import Search, following
from twimlc.interpret.documents import DocumentPlace
from twimlc.interpret.events import CALLER_HANGUP, Event
from twimlc.interpret.machine import DONE, SILENCE, Choice, Machine, Position
from twimlc.interpret.markup import Part
from twimlc.text import Span

_MOST_WAITED = 50
"""So many verbs of another party's documents are played, if they do not end."""

_ENDLESS = Event("failure", f"the call goes on forever: {MOST_VERBS} verbs were played")


@dataclass(slots=True)
class Played:
    """A call that was played. ``reached`` are FLOW/STATE (or documents), ``legs`` what others
    heard, by (called or waiting, name); ``problems`` say, with a place in the script, what cannot
    be as it says; ``seconds`` is the time the call would have taken."""

    heard: list[Observed] = field(default_factory=list)
    legs: dict[tuple[str, str], list[Observed]] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    covered: set[Item] = field(default_factory=set)
    problems: list[tuple[str, Span]] = field(default_factory=list)
    seconds: int = 0


def play(coverage: CoverageMap, call: CallScript) -> Played:
    """Play a call from its beginning to its end."""
    played = Played()
    far_end = FarEnd(call, iter(call.caller))
    moment = moment_of(call, coverage.target)
    caller = _Caller(coverage, played, played.heard, call, moment, far_end)
    ended = Player(coverage.target.caller(call.parameters)).play(caller)
    if ended is None:
        played.heard.append(Observed(_ENDLESS))
    elif ended == CALLER_HANGUP.kind:
        played.heard.append(Observed(CALLER_HANGUP, CALLER_HANGUP))
    return played


@dataclass(slots=True)
class _Party:
    """Somebody on a leg; what happens goes into ``heard``, what it covers into ``played``."""

    coverage: CoverageMap
    played: Played
    heard: list[Observed]
    call: CallScript
    moment: Moment
    verbs: int = field(default=0, init=False)

    def hears(self, player: Player, position: Position, meant: Position | None) -> None:
        self.verbs += 1
        flow, place, reached = player.leg.flow, player.covered, self.played.reached
        step = self.coverage.step(player.leg.machine, place) if place is not None else None
        if step is not None:
            self.played.covered.add(step)
        if flow is None:
            reached.add(position.source.rpartition(":")[0] or position.source.partition(",")[0])
        elif step is not None:
            reached.update(step.states)
        others = repeat(None) if meant is None else meant.events
        line = "" if meant is None else meant.source
        self.heard += (
            Observed(event, other, position.part, position.source, line)
            for event, other in zip(position.events, others, strict=False)
            if event.kind != "sent"
        )

    def chooses(self, player: Player, position: Position, meant: Position | None) -> Choice:
        assert position.part is not None, "a question is asked by a verb"
        asks = (meant or position).part
        if asks is not None and asks.asks is not None:
            choice = self.moment.choose(asks.asks)
        else:
            choice = self._choice(position, position.part, meant)
        if player.covered is not None:
            way = self.coverage.way(player.leg.machine, player.covered, choice)
            self.played.covered |= set() if way is None else {way}
        return choice

    def _choice(self, position: Position, part: Part, meant: Position | None) -> Choice:
        raise NotImplementedError


@dataclass(slots=True)
class _Caller(_Party):
    """Who calls, and everybody who is called or waits meanwhile."""

    far_end: FarEnd

    def has_enough(self, player: Player) -> bool:
        return self.verbs == MOST_VERBS

    def hears(self, player: Player, position: Position, meant: Position | None) -> None:
        _Party.hears(self, player, position, meant)
        if position.choices == (DONE,):
            self.played.seconds += _seconds(position, DONE)

    def _choice(self, position: Position, part: Part, meant: Position | None) -> Choice:
        chosen = self.far_end.choose(position)
        if chosen.problem:
            span = chosen.answer.span if chosen.answer is not None else None
            self.played.problems.append((chosen.problem, span or self.call.span))
        choice = self._others(part, meant.part if meant is not None else None, chosen)
        if choice not in position.choices and choice.outcome not in ("keys", "speech"):
            choice = chosen.choice
        self.played.seconds += _seconds(position, choice)
        return choice

    def _others(self, part: Part, meant: Part | None, chosen: Chosen) -> Choice:
        """Play what other parties hear; what they do there may decide the outcome."""
        choice = chosen.choice
        acts = chosen.answer.acts if chosen.answer is not None else None
        for link in leg_links(part, meant):
            if link.waits and choice.outcome not in part.outcomes.failed:  # a queue may be full
                key = ("waiting", link.name)
            elif link.name == chosen.name and choice.outcome in ("completed", "declined"):
                key = ("called", link.name)
            else:
                continue
            wanted = {"completed": "join", "declined": "hangup", "leave": "leave"}
            heard = self.played.legs.setdefault(key, [])
            last = self._other(link, acts, wanted.get(choice.outcome, ""), heard)
            if key[0] == "called" and last in ("join", "hangup"):
                choice = Choice("completed" if last == "join" else "declined")
            elif last in ("leave", "hangup") and acts is not None:
                choice = Choice(last)
        return choice

    def _other(
        self,
        link: LegLink,
        inputs: Sequence[CallerInput] | None,
        wanted: str,
        heard: list[Observed],
    ) -> str:
        """Play another party's document; the kind of its last event, empty if it goes on.

        Without ``inputs`` the person there does the least that leads to what is ``wanted``.
        """
        leg = self.coverage.target.other(link, self.call.parameters)
        plan = way_to(leg, wanted) if inputs is None and wanted else None
        if inputs is None and plan is None and wanted == "hangup":
            heard.append(Observed(Event("hangup"), Event("hangup")))
            return "hangup"  # whoever is called can always put the phone down
        acts = deque(inputs or ())
        planned = None if plan is None else deque(plan)
        parties = (self.coverage, self.played, heard, self.call, self.moment)
        party = _Other(*parties, link.waits, acts, planned)
        ended = Player(leg).play(party)
        return "hangup" if ended == CALLER_HANGUP.kind else ended or ""


@dataclass(slots=True)
class _Other(_Party):
    """Who is called, or waits: does what is given, or follows a plan.

    What is waited to is heard once: until it starts again, or whoever waits has done all there is.
    """

    waits: bool
    inputs: deque[CallerInput]
    plan: deque[Choice] | None
    been: list[DocumentPlace] = field(default_factory=list, init=False)

    def has_enough(self, player: Player) -> bool:
        again = player.place in self.been
        if again and player.place == self.been[0]:
            self.been.clear()
        self.been.append(player.place)
        done = self.waits and not (self.inputs or self.plan)
        return (again and done) or self.verbs == _MOST_WAITED

    def _choice(self, position: Position, part: Part, meant: Position | None) -> Choice:
        if self.plan is not None:
            choice = self.plan.popleft() if self.plan else SILENCE
        elif part.does.listens:
            choice = acted(part, self.inputs.popleft() if self.inputs else None)
        else:
            return position.choices[0]
        unheard = choice == SILENCE and SILENCE not in position.choices
        return position.choices[0] if unheard else choice


def way_to(leg: Leg, wanted: str) -> list[Choice] | None:
    """The least that must be done on a leg until it ends as ``wanted``; None if it never does."""
    machine: Machine[Any] = leg.documents
    # Silence first: nobody presses keys that are not needed.
    search = Search(
        machine.begin(),
        lambda place: sorted(following(machine, place), key=lambda pair: pair[0] != SILENCE),
        free_of_charge=True,
    )
    for place in search:
        position = machine.moment(place)
        if not position.choices and position.events and position.events[-1].kind == wanted:
            return [choice for _, choice in search.path(place) if choice != DONE]
    return None


def _seconds(position: Position, choice: Choice) -> int:
    """How long the caller waits at a verb, as far as its attributes show."""
    part = position.part
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
