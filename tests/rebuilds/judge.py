"""Whether a call that went from one build to another was right: by what was heard, never by names.

The reader of the YAML goes along with what the player heard. Where another build answers, more than
one thing may be right: the flow as it was, the very step as it is now, the foot. Each is tried.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from rebuilds.places import beginning, heard, stands
from rebuilds.player import Fetch
from rebuilds.reader import HANGUP, Jump, Place, Question
from rebuilds.script import Script

# "newer": on files, the very step, yet not as the version has it that the caller is in.
RIGHT = ("same", "fresh", "foot", "apology", "fallback")
WRONG = ("newer", "404", "no sound", "cut off", "rerouted", "misread")
SCRIPTS = 6  # with which two places are compared
FOOT = "foot"  # a place: the apology where nothing else is left


@dataclass(frozen=True)
class Rules:
    """What the hosts promise.

    ``names``: on Bins the very step, or the foot. ``keep``: how many builds back a version stays.
    ``answered``: a version that is gone is answered by the apology, else by 404. ``live``: a jump
    to another flow's start goes to the build that answers then; else the old one is right too.
    ``partial``: the one flow that the last build was of. ``behind``: the routers know nothing of
    the last build, so that its own calls may meet the apology or a 404, but nothing else.
    ``decides``: the host reads answers by tables.
    """

    apology: str
    names: bool = False
    keep: int = 1000
    answered: bool = True
    live: bool = True
    partial: str | None = None
    behind: bool = False
    decides: bool = True


class WrongError(Exception):
    """What was heard isn't this. ``at``: how many items agreed; ``decided``: an answer led there."""

    def __init__(self, at, decided):
        super().__init__(at)
        self.at = at
        self.decided = decided


class EndError(Exception):
    """All that was heard was right, and the call was followed no further."""


class Now(NamedTuple):
    """Where the reader is: in which build's flows, and at what place of them."""

    build: int
    place: object


class Judge:
    """Judges one call: what was heard of it, the projects of the builds in turn, the script's seed.

    ``first`` is the build that answered the call.
    """

    def __init__(self, items, cut, projects, seed, rules, first=0):
        self.items = items
        self.cut = cut
        self.projects = projects
        self.seed = seed
        self.rules = rules
        self.first = first

    def verdict(self, flow):
        """(one of RIGHT or of WRONG, how many items agreed with the reading that agreed most)."""
        self.taken = []
        found, faults = [], []
        while True:
            self.asked = []
            try:
                found.append(self.read(flow))
            except WrongError as fault:
                faults.append(fault)
            while self.asked and self.asked[-1][0] + 1 == self.asked[-1][1]:
                self.asked.pop()
            if not self.asked or "same" in found:
                break
            self.taken = [n for n, _ in self.asked]
            self.taken[-1] += 1
        if found:
            return min(found, key=RIGHT.index), len(self.items)
        best = max(faults, key=lambda fault: fault.at)
        return self.fault(best, flow), best.at

    def fault(self, wrong, flow):
        last = self.items[-1]
        if isinstance(last, Fetch) and last.status != 200:
            return "404"
        if not isinstance(last, Fetch) and last[1] == "no sound":
            return "no sound"
        if not self.rules.names:
            as_in_a_bin = replace(self.rules, names=True)
            judge = Judge(self.items, self.cut, self.projects, self.seed, as_in_a_bin, self.first)
            if judge.verdict(flow)[0] == "fresh":
                return "newer"
        if ("", "say", self.rules.apology) in self.items[wrong.at :]:
            return "cut off"
        return "misread" if wrong.decided else "rerouted"

    def choose(self, ways):
        """One of several ways; ``verdict`` takes each in its turn."""
        at = len(self.asked)
        self.asked.append((self.taken[at] if at < len(self.taken) else 0, len(ways)))
        return ways[self.asked[-1][0]]

    def read(self, flow):
        """The call from the start of ``flow``; the name of what was right."""
        self.at = 0
        self.label = "same"
        self.script = Script(self.seed)
        self.decided = False
        self.served, self.here, self.lines = self.first, [], 0
        try:
            self.line(Now(self.first, self.projects[self.first].start(flow)), "")
            self.expect("", "hangup")
            if self.at != len(self.items):
                raise self.wrong()
        except EndError:
            pass
        return self.label

    def wrong(self):
        return WrongError(self.at, self.decided)

    def expect(self, role, *event):
        """What is heard next."""
        self.followed()
        if self.at == len(self.items) or self.items[self.at] != (role, *event):
            raise self.wrong()
        self.at += 1
        self.here = []
        self.decided = False

    def followed(self):
        """Ends here if the call was followed no further."""
        if self.at == len(self.items) and self.cut:
            raise EndError

    def line(self, now, role):
        """Goes along a line to its end; whether it was hung up."""
        number, self.lines = self.lines, self.lines + 1
        while True:
            build, place = now = self.fetched(now, number)
            self.followed()
            if place is FOOT:
                return self.foot(role)
            if place is None or place is HANGUP:
                return place is HANGUP
            if isinstance(place, Jump):
                now = self.jumped(build, place)
                continue
            events, after = self.projects[build].step(place)
            for event in events:
                self.past(build, role)
                self.expect(role, *event)
            if isinstance(after, Question):
                after = self.answered(build, after, role)
            now = Now(build, after)

    def past(self, build, role):
        """Ends here where a sound is not there any more, and need not be."""
        gone = self.items[self.at : self.at + 1] == [(role, "no sound", 404)]
        if gone and len(self.projects) - 1 - build > self.rules.keep:
            self.label = "fallback"
            raise EndError

    def foot(self, role):
        """The last resort: words and the end; on a Bin's legs also without words, or silence."""
        if role and self.rules.names and self.choose([True, False]):
            return role in ("leg ", "hold ")
        self.expect(role, "say", self.rules.apology)
        return True

    def answered(self, build, question, role):
        """Where an answer of the script leads."""
        answer = ""
        if question.kind in ("keys", "record"):
            self.expect(role, question.kind)
        if question.kind == "keys":
            answer = self.script.keys()
        elif question.kind == "room":
            answer = self.script.room()
        elif question.kind == "dial":
            answer = self.script.dial()
            rung = question.leg and answer == "completed"
            if rung and self.line(Now(build, question.leg), "leg "):
                answer = "declined"
        elif question.kind == "queue":
            waits, answer = self.script.queue()
            for _ in range(waits):
                if self.line(Now(build, question.leg), "wait "):
                    return HANGUP
        elif question.kind == "conference":
            for _ in range(self.script.conference()):
                if self.line(Now(build, question.leg), "hold "):
                    break
        self.decided = question.decided and self.rules.decides
        return question.lead(answer)

    def fetched(self, now, line):
        """Where the reader is after the documents that were fetched here for this line."""
        while self.at < len(self.items):
            item = self.items[self.at]
            if not isinstance(item, Fetch) or item.line != line:
                break
            self.at += 1
            self.here.append(item.served)
            self.served = item.served
            if item.status != 200:
                self.missing(now)
            self.label, now = self.choose(self.ways(now, item))
        return now

    def missing(self, now):
        """A document that is not there: right for a flow, or a version, that is gone."""
        build, place = now
        while isinstance(place, Place):  # a goto says nothing, and may be what the place is
            events, after = self.projects[build].step(place)
            if events or after == place:
                break
            place = after
        gone = isinstance(place, Jump) and place.flow not in self.projects[self.served].first
        flow = now.place.steps[0] if isinstance(now.place, Place) else ""
        # Of a flow that is gone a build with "keep: 0" clears the apology too.
        cleared = self.rules.keep == 0 and flow not in self.projects[self.served].first
        past = self.served - build > self.rules.keep and (cleared or not self.rules.answered)
        if not (gone or past or self.unknown(build)):
            raise self.wrong()
        self.label = "fallback"
        raise EndError

    def unknown(self, build):
        """Whether the routers know nothing of what this build has."""
        return self.rules.behind and build > 0

    def ways(self, now, item):
        """(name, Now) of what may be right where a document was fetched."""
        ways = [(self.label, now)]
        if self.unknown(now.build):
            ways.append(("apology", Now(item.served, FOOT)))
        if item.served <= now.build:
            return ways
        if self.rules.names:
            ways += [("fresh", Now(item.served, place)) for place in self.again(now, item.served)]
            if item.linked < item.served:
                ways.append(("foot", Now(item.served, FOOT)))
        elif item.served - now.build > self.rules.keep:
            ways.append(("apology", Now(item.served, FOOT)))
        return ways

    def jumped(self, build, jump):
        """At the start of another flow, as one of the builds has it that may have answered."""
        builds = set(self.here or [self.served])
        if self.rules.names:
            builds = {build}
        elif not self.rules.live:
            builds.add(build)
        if self.rules.partial and jump.flow != self.rules.partial:
            builds |= {n - 1 for n in builds}
        places = [
            Now(n, self.projects[n].start(jump.flow))
            for n in sorted(builds)
            if n >= 0 and jump.flow in self.projects[n].first
        ]
        if not places:
            raise self.wrong()
        return self.choose(places)

    # The very step, in another build

    def again(self, now, build):
        """Places of a later build that are the very step at which the call is."""
        old, new = self.projects[now.build], self.projects[build]
        place = now.place
        if isinstance(place, Jump):
            place = old.start(place.flow)
        if not isinstance(place, Place):
            return []
        run, note = beginning(old, place), old.note(place)
        found = []
        for other in stands(new):
            named = new.note(other)
            if (note is not None and named == note) or (
                beginning(new, other) == run and self.moved(old, place, run, named)
            ):
                found.append(other)
        return found

    @staticmethod
    def moved(old, place, run, named):
        """Whether a step that says the same was no other step of the old build that said the same."""
        return all(
            beginning(old, other) != run
            or all(heard(old, other, seed) == heard(old, place, seed) for seed in range(SCRIPTS))
            for other in stands(old)
            if named is not None and old.note(other) == named
        )
