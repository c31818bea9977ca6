"""What a flow means, read from its YAML by the rules of the language and by nothing of twimlc.

A place is a list of steps and how far the call has come in it. ``Project.step`` tells what is heard at a place
and where it leads; where that rests on what somebody does, it gives a ``Question``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import yaml

CALLER = "+14155550123"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PHONE_IS_UP = ("completed", "answered")
HANGUP = "hangup"  # a place that hangs up; None is the end of a list, where a leg is joined


class Place(NamedTuple):
    """Step ``at`` of list ``steps`` (a key of Project.lists); behind its end the call goes on at ``up``.

    ``attempt`` and ``words`` are a menu's: how often it was tried, and what is said first.
    """

    steps: tuple
    at: int = 0
    up: "Place | None" = None
    attempt: int = 1
    words: str | None = None


@dataclass(frozen=True)
class Jump:
    """To another flow's start: on hosts of files one fetch, of whatever lies there then."""

    flow: str


@dataclass(frozen=True)
class Question:
    """What somebody decides. ``lead`` gives the place for an answer.

    ``leg`` is the state whose document the called person, or who waits, hears meanwhile.
    """

    kind: str  # keys, record, dial, queue, room, conference
    lead: Callable[[str], object]
    leg: Place | None = None
    decided: bool = False  # by a table of answers, not by having got there


class Project:
    """Flows, as maps of states by name, and the bytes of the sounds beside them."""

    def __init__(self, flows, sounds):
        self.lists = {(flow, name): steps for flow in flows for name, steps in flows[flow].items()}
        self.first = {flow: next(iter(states)) for flow, states in flows.items()}
        self.sounds = sounds
        self.homes = {}  # where a list inside a step goes on, by the list
        for key in list(self.lists):
            self.nested(Place(key))

    @classmethod
    def read(cls, folder):
        """The project whose files lie in ``folder``."""
        files = sorted((folder / "flows").iterdir())
        flows = {
            path.stem: yaml.load(path.read_text(), LOADER)["states"]
            for path in files
            if path.suffix == ".yaml"
        }
        return cls(flows, {path.name: path.read_bytes() for path in files if path.suffix == ".wav"})

    def nested(self, home):
        """Names the lists inside the steps of a list, once for all."""
        for at, step in enumerate(self.lists[home.steps]):
            if isinstance(step, dict) and (words := accepted(step)):
                self.lists[(*home.steps, at, "accept")] = [{"accept": words}]
            for path, value in inner(step):
                key = (*home.steps, at, *path)
                self.lists[key] = value
                behind = self.settled(Place(home.steps, at + 1, home.up))
                self.homes[key] = behind
                self.nested(Place(key, 0, behind))

    def start(self, flow):
        return Place((flow, self.first[flow]))

    def settled(self, place):
        """The place without lists that are over; None where the call is."""
        while isinstance(place, Place) and place.at >= len(self.lists[place.steps]):
            place = place.up
        return place

    def places(self):
        """Every place of the project: the beginning of each step."""
        for key, steps in self.lists.items():
            for at in range(len(steps)):
                yield Place(key, at, self.homes.get(key))

    def note(self, place):
        """The step's own name, which no edit changes; None for one without."""
        step = self.lists[place.steps][place.at]
        return step.get("note") if isinstance(step, dict) else None

    def way(self, place, value, *path):
        """Where a way out leads that is written at ``path`` of the step at ``place``."""
        behind = Place(place.steps, place.at + 1, place.up)
        if value is None or value == "next":
            return self.settled(behind)
        if value == HANGUP:
            return HANGUP
        if isinstance(value, list):
            return Place((*place.steps, place.at, *path), 0, self.settled(behind))
        flow, slash, state = value.rpartition("/")
        flow = flow or place.steps[0]
        if slash and not state:
            return Jump(flow) if flow != place.steps[0] else self.start(flow)
        return Place((flow, state))

    def step(self, place):
        """(what is heard, then a Question, a Place, a Jump, HANGUP or None)."""
        step = self.lists[place.steps][place.at]
        if isinstance(step, str):
            assert step == HANGUP, step
            return [], HANGUP
        verb = next(name for name in VERBS if name in step)
        return getattr(self, verb)(place, step, step[verb])

    def out(self, place, step, *names):
        """The first way out of these that the step has; else the next step."""
        for name in names:
            group, _, key = name.partition(".")
            if key and key in step.get(group, {}):
                return self.way(place, step[group][key], group, key)
            if not key and group in step:
                return self.way(place, step[group], group)
        return self.way(place, "next")

    @staticmethod
    def spoken(words):
        return ("say", words.replace("${call.From}", CALLER))

    # The verbs

    def say(self, place, step, words):
        return [self.spoken(words)], self.way(place, "next")

    def play(self, place, step, name):
        return [("play", self.sounds[name])], self.way(place, "next")

    def goto(self, place, step, value):
        return [], self.way(place, value)

    def menu(self, place, step, menu):
        heard = [self.spoken(words) for words in (place.words, menu["prompt"]) if words]
        last = place.attempt == menu.get("attempts", 3)

        def lead(answer):
            if answer in menu["choices"]:
                return self.way(place, menu["choices"][answer], "menu", "choices", answer)
            why = "invalid" if answer else "silence"
            if last:
                return self.out(place, step, f"when.{why}", "fallback")
            return place._replace(attempt=place.attempt + 1, words=menu.get(why))

        return heard, Question("keys", lead, decided=True)

    def gather(self, place, step, gather):
        def lead(answer):
            return self.out(place, step, *([f"when.{answer}", "then"] if answer else ["fallback"]))

        return [self.spoken(gather["prompt"])], Question("keys", lead, decided="when" in step)

    def offer(self, place, step, offer):
        at = place.attempt - 1
        option = offer["options"][at]
        heard = [self.spoken(offer["prompt"])] if at == 0 else []

        def lead(answer):
            if answer:
                return self.way(place, option.get("then"), "offer", "options", at, "then")
            if place.attempt == len(offer["options"]):
                return self.out(place, step, "fallback")
            return place._replace(attempt=place.attempt + 1)

        return [*heard, self.spoken(option["say"])], Question("keys", lead)

    def voicemail(self, place, step, mail):
        if place.attempt == 2:
            return [self.spoken(mail["goodbye"])], self.out(place, step, "then")
        behind = place._replace(attempt=2)
        return [self.spoken(mail["say"])], Question("record", lambda _: behind)

    def dial(self, place, step, dial):
        if "conference" in dial:
            room = dial["conference"]
            leg = Place((place.steps[0], room["waitUrl"]))

            def lead(_):
                return self.out(place, step, "when.answered", "then")

            return [("conference", room["name"])], Question("conference", lead, leg, decided=True)
        number = dial["number"]
        leg = Place((place.steps[0], number["url"])) if "url" in number else None
        if accepted(step):
            leg = Place((*place.steps, place.at, "accept"))
        return self.ringing(place, step, [number["phoneNumber"]], leg)

    def accept(self, place, step, words):
        """The question to a called person: any key joins the parties."""
        return [self.spoken(words)], Question("keys", lambda key: None if key else HANGUP)

    def hunt(self, place, step, hunt):
        return self.ringing(place, step, hunt["number"], None)

    def ringing(self, place, step, numbers, leg):
        def lead(answer):
            worked = "then" if answer in PHONE_IS_UP else "fallback"
            return self.out(place, step, f"when.{answer}", worked)

        return [("dial", *numbers)], Question("dial", lead, leg, decided=True)

    def connect(self, place, step, connect):
        def lead(answer):
            if answer == "ended" and "then" in step:
                return self.out(place, step, "then")
            return self.out(place, step, "fallback")

        return [("room", connect["room"])], Question("room", lead)

    def join(self, place, step, room):
        heard = (
            [] if place.attempt == 1 else [self.spoken(w["say"]) for w in room.get("waiting", [])]
        )

        def lead(answer):
            if answer == "ended" and "then" in step:
                return self.out(place, step, "then")
            if place.attempt == room["attempts"]:
                return self.out(place, step, "fallback")
            return place._replace(attempt=place.attempt + 1)

        return [*heard, ("room", room["room"])], Question("room", lead)

    def enqueue(self, place, step, queue):
        def lead(answer):
            worked = "fallback" if answer in ("queue-full", "error") else "then"
            return self.out(place, step, f"when.{answer}", worked)

        leg = Place((place.steps[0], queue["waitUrl"]))
        return [("enqueue", queue["name"])], Question("queue", lead, leg, decided=True)


VERBS = (
    "say", "play", "goto", "menu", "gather", "offer", "voicemail", "dial", "accept", "hunt", "connect", "join", "enqueue",
)  # fmt: skip


def inner(value, path=()):
    """(path, list) of the lists of steps inside a step, not of those inside these."""
    if isinstance(value, list) and path[-1] not in ("options", "number", "waiting"):
        yield path, value
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from inner(item, (*path, at))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from inner(item, (*path, key))


def accepted(step):
    """The words with which a called person is asked to take the call, if one is."""
    number = step.get("dial", {}).get("number", {})
    return number.get("accept")
