"""Fetches of the example flows: on every path of every flow and target, as few as there can be.

The bound is read from the flow alone, step by step. Twilio asks for something

- once, when the call begins;
- where it asks by itself whatever is written: behind keys or speech, a recording, a payment;
- where what follows depends on how a step ended: one fetch for the decision, and on TwiML Bins
  one hop more, since a Bin makes a name of the value and leads on by a redirect;
- where a call comes back to a step that has been played since the last fetch: one for a round.

Everything else has to stand in the document that Twilio already has.
"""

from collections import deque
from functools import cache
from pathlib import Path

import pytest

from compiled import compile_target
from twimlc import pipeline
from twimlc.flow.graph import Context
from twimlc.flow.model import StateLink
from twimlc.hosts.answer import served
from twimlc.interpret.assumptions import OUR_READINGS
from twimlc.interpret.documents import Documents
from twimlc.interpret.flow import AtNode, FlowMachine
from twimlc.interpret.library import Library
from twimlc.interpret.machine import HANGUP, SILENCE, heard
from twimlc.pipeline.load import load

ROOT = Path(__file__).parents[1]

HOPS = {"twiml-bin": 1}
"""How many fetches a host, or a router, needs for a decision beside the one that all need."""

LONGEST = {
    "conference-pin": 4,
    "directory": 6,
    "find-me": 3,
    "hotline": 4,
    "recording-consent": 3,
    "relay-agent": 4,
    "room-pin": 5,
    "sorry": 1,
    "standup": 1,
    "whisper": 1,
}
"""Fetches on the longest way through some flows, counted by hand on hosts that decide."""


@cache
def compiled(name):
    loaded = load(pipeline.Options(cwd=ROOT, write=False))
    target = next(found for found in loaded.targets if found.name == name)
    variant, *_ = compile_target(loaded, target).variants  # rows of the matrix come after it
    assert variant.row is None
    assert variant.plan is not None
    return target, variant


def targets():
    loaded = load(pipeline.Options(cwd=ROOT, write=False))
    return [target.name for target in loaded.targets]


class Counted:
    """A host that counts what it is asked for."""

    def __init__(self, host):
        self.host = host
        self.asked = 0

    def __getattr__(self, name):
        return getattr(self.host, name)

    def fetch(self, url, method, parameters):
        self.asked += 1
        return self.host.fetch(url, method, parameters)


class Least:
    """The fewest fetches for each step of one run of a flow."""

    def __init__(self, machine, hops):
        self.machine = machine
        self.hops = hops
        self.kinds = self._kinds()

    def _kinds(self):
        """What every place of the flow sounds like from there on: the same number, the same call."""
        flow, after, waiting = self.machine, {}, [self.machine.begin()]
        while waiting:
            place = waiting.pop()
            if place not in after:
                choices = [c for c in flow.moment(place).choices if c != HANGUP]
                after[place] = {choice: flow.take(place, choice) for choice in choices}
                waiting.extend(after[place].values())
        kinds = dict.fromkeys(after, 0)
        while True:
            seen = {}
            refined = {}
            for place, ways in after.items():
                moment = flow.moment(place)
                sound = (moment.key, tuple(link.place for link in moment.links), moment.last)
                told = (kinds[place], sound, tuple((c, kinds[to]) for c, to in ways.items()))
                refined[place] = seen.setdefault(told, len(seen))
            if len(seen) == len(set(kinds.values())):
                return refined
            kinds = refined

    def of(self, place, choice):
        """What ``choice`` costs, without coming round."""
        part = self.machine.moment(place).part
        following = self.machine.take(place, choice)
        if isinstance(following, AtNode) and following.ring:
            return 0
        if not isinstance(following, AtNode) and following.event.kind == "goto-external":
            return 0
        return self._asked(place, part, choice)

    def _asked(self, place, part, choice):
        node = self.machine.graph.nodes[place.node]
        if node.asks is not None:  # the host decides before it answers
            return 1
        match part.tag:
            case "Gather":
                return 0 if _silent(part, choice) else 1 + self._hop(node)
            case "Record":
                return 0 if choice == SILENCE and OUR_READINGS["record-silence"] == "next" else 1
            case "Pay":
                over = choice.outcome == "too-many-failed-attempts"
                return 0 if over and OUR_READINGS["pay-attempts"] == "next" else 1 + self._hop(node)
            case "Connect" if next(part.parts()).tag == "Room":
                apart = node.wants_action or self._differ(node)
                return int(apart and choice.outcome == "ended")
        return 1 + self.hops if node.exits and self._differ(node) else 0

    def _hop(self, node):
        return self.hops if self._differ(node) else 0

    def _differ(self, node):
        """Whether it matters how a step ended."""
        if node.key in self.machine.approximated:
            return False
        place = AtNode(node.key)
        while True:
            moment = self.machine.moment(place)
            told = [c for c in moment.choices if c != HANGUP and not _silent(moment.part, c)]
            leads = [self.machine.take(place, choice) for choice in told]
            later = AtNode(node.key, place.ring + 1)
            if later not in leads:  # the last one who is rung: here every outcome leads on
                return len({self.kinds[following] for following in leads}) > 1
            place = later


def _silent(part, choice):
    """Whether Twilio goes on with the next verb because nothing was keyed in or said."""
    if choice == SILENCE:
        return True
    return part.tag == "Gather" and choice.outcome == "keys" and not heard(part, choice.value)


def walked(name, entry):
    """(step, choice, fetches, the fewest) for every step of a flow on every line."""
    target, variant = compiled(name)
    plan, graph = variant.finished().plan, variant.graph
    files = variant.finished().files
    host = Counted(served(plan, files, target.url))
    spans = {made.span for made in plan.approximations}
    approximated = {node.key for node in graph.nodes if node.span in spans and node.exits}
    library = Library(host)
    address = host.url(entry.path)
    start = graph.starts[entry.flow]
    legs = deque([(start, address, "GET", graph.contexts.get(start, Context.CALL))])
    known = set(legs)
    while legs:
        node, url, method, context = legs.popleft()
        flow = FlowMachine(graph, node, context, approximated=approximated)
        documents = Documents(library, url, method, context, remember=False)
        least = Least(flow, HOPS.get(target.router or target.host, 0))
        host.asked = 0
        first = (flow.begin(), documents.begin(), frozenset([flow.begin()]))
        yield "the beginning", "", host.asked, 1
        seen, waiting = {first}, [first]
        while waiting:
            mine, theirs, played = waiting.pop()
            moment = flow.moment(mine)
            for link, found in zip(moment.links, documents.moment(theirs).links, strict=True):
                if isinstance(link.place, StateLink):
                    root = graph.entries[link.place.state]
                    leg = (root, found.place, found.method, graph.contexts[root])
                    if leg not in known:
                        known.add(leg)
                        legs.append(leg)
            for choice in moment.choices:
                if choice == HANGUP:
                    continue
                host.asked = 0
                following = flow.take(mine, choice)
                there = documents.take(theirs, choice)
                fewest = least.of(mine, choice)
                if not fewest and following in played:
                    fewest = 1
                yield f"{moment.source} {moment.events}", str(choice), host.asked, fewest
                fresh = frozenset([following]) if fewest else played | {following}
                state = (following, there, fresh)
                if state not in seen:
                    seen.add(state)
                    waiting.append(state)


@pytest.mark.parametrize("name", targets())
def test_no_step_asks_once_too_often(name):
    _, variant = compiled(name)
    steps = 0
    for entry in variant.plan.entries:
        for step, choice, asked, fewest in walked(name, entry):
            steps += 1
            assert asked == fewest, f"{entry.flow}: {step} {choice}: {asked} fetches for {fewest}"
    assert steps > 100


def test_longest_ways_are_those_counted_by_hand():
    _, variant = compiled("nginx")
    fetches = {entry.flow: entry.fetches for entry in variant.plan.entries}
    assert {flow: fetches[flow] for flow in LONGEST} == LONGEST
    # Callers may go round in these: the hours lead back to the menu, star leads up a level.
    assert fetches["front-desk"] is None
    assert fetches["phone-tree"] is None
