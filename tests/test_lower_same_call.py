"""Random flows and their documents are the same call, and the documents keep the house rules."""

import random
from xml.etree import ElementTree

import pytest

from call_graphs import STATIC, Calls, element, state_link
from proofs import verify
from twimlc.flow.graph import Context, Graph
from twimlc.flow.model import MediaLink
from twimlc.hosts import find_host, lower
from twimlc.hosts.answer import FileHost
from twimlc.lower.host import Site
from twimlc.project.files import FileContent
from twimlc.render.versions import finish

BASE = "https://voice.example.com/ivr"
CHOICES = (
    "say",
    "say",
    "say",
    "gather",
    "gather",
    "record",
    "room",
    "dial",
    "play",
    "agent",
    "away",
    "own",
    "hangup",
)


class Garden:
    """Grows a random graph that plain files can serve."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.calls = Calls()
        self.states = [
            f"{flow}/s{n}" for flow in ("one", "two") for n in range(self.chance.randint(1, 4))
        ]
        self.labels = [
            f"{state}.{n}" for state in self.states for n in range(self.chance.randint(1, 5))
        ]
        self.roots: dict[str, tuple[Context, str]] = {}
        self.entries = {state: f"{state}.0" for state in self.states}

    def somewhere(self, label: str) -> str:
        """Mostly the next verb, sometimes a jump, sometimes the end."""
        state, _, number = label.rpartition(".")
        after = f"{state}.{int(number) + 1}"
        if after in self.labels and self.chance.random() < 0.6:
            return after
        return self.chance.choice([*self.entries.values(), self.chance.choice(self.labels), "end"])

    def words(self) -> str:
        size = self.chance.choice([1, 1, 1, 20, 500, 3000])
        return self.chance.choice(["Hello & ", "Bye. ", "Press <1>. "]) * size

    def verb(self, label: str) -> None:
        at = label.rpartition(".")[0]
        to, other = self.somewhere(label), self.somewhere(label)
        kind = self.chance.choice(CHOICES)
        add = self.calls.verb
        if kind == "say":
            add(label, element("Say", self.words()), at=at, exits=to)
        elif kind == "play":
            sound = self.chance.choice(
                [MediaLink("one", "a.mp3"), "https://x.example.com/b.wav", "/d.wav"]
            )
            add(label, element("Play", sound), at=at, exits=to)
        elif kind == "gather":
            made = element("Gather", element("Say", self.words()), numDigits="1")
            add(label, made, at=at, exits={"input": to, "no-input": other})
        elif kind == "record":
            add(label, element("Record"), at=at, exits={"recorded": to})
        elif kind == "room":
            wants = self.chance.random() < 0.5
            exits = {"ended": to if wants else other, "not-open": other}
            add(
                label,
                element("Connect", element("Room", "r")),
                at=at,
                exits=exits,
                wants_action=wants,
            )
        elif kind == "agent":
            exits = dict.fromkeys(("completed", "live-agent-handoff", "failed"), to)
            add(
                label,
                element("Connect", element("VirtualAgent", connectorName="x")),
                at=at,
                exits=exits,
            )
        elif kind == "dial":
            number = element("Number", "+14155550100")
            if self.chance.random() < 0.5:
                number = element("Number", "+14155550100", url=self.leg(at.split("/")[0]))
            names = ("completed", "answered", "busy", "no-answer", "failed", "canceled", "declined")
            add(label, element("Dial", number), at=at, exits=dict.fromkeys(names, to))
        elif kind == "own":
            made = self.chance.choice(["Record", "Pay"])
            add(
                label,
                element(made, action=self.chance.choice(["https://x.example.com/p", "own.php"])),
                at=at,
            )
        elif kind == "away":
            add(
                label,
                element(
                    "Redirect",
                    self.chance.choice(["https://x.example.com/y", "other.php", "/z.php"]),
                ),
                at=at,
            )
        else:
            add(label, element("Hangup"), at=at)

    def leg(self, flow: str) -> object:
        name = f"leg{len(self.roots)}"
        label = f"{flow}/{name}"
        self.calls.verb(label, element("Gather"), at=label, exits={"input": self.chance.choice([f"{label}-yes", "end"]), "no-input": f"{label}-no"})  # fmt: skip
        self.calls.say(f"{label}-yes", "Connecting.", at=label, to="end")
        self.calls.verb(f"{label}-no", element("Hangup"), at=label)
        self.entries_of_legs = {**getattr(self, "entries_of_legs", {}), label: label}
        self.roots[label] = (Context.LEG, "Number.url")
        return state_link(name, flow)

    def graph(self) -> Graph:
        for label in self.labels:
            self.verb(label)
        entries = {**self.entries, **getattr(self, "entries_of_legs", {})}
        return self.calls.graph({"one": "one/s0.0", "two": "two/s0.0"}, entries, self.roots)


def sound(link: MediaLink) -> FileContent:
    return FileContent.of(b"ID3" + link.path.encode())


@pytest.mark.sweep(5)
@pytest.mark.parametrize("seed", range(80))
def test_random_flows_are_the_same_call(seed: int) -> None:
    graph = Garden(seed).graph()
    site = random.Random(seed).choice(
        [STATIC, Site(find_host("s3"), url=BASE), Site(find_host("s3"), row="oslo")]
    )
    plan, findings = lower(graph, site, sound)
    assert plan is not None, findings
    finished = finish(plan)
    plan, documents, files = finished.plan, finished.pages, finished.files
    assert len(files) == len(documents)

    host = FileHost(BASE, {**files, **{file.path: file.content.head for file in plan.media}})
    for entry in plan.entries:
        flow = entry.flow.rpartition("/")[2]
        walked = verify(
            graph, flow, host.url(entry.path), host, media=lambda link: sound(link).head
        )
        assert walked.same, str(walked.difference)

    parsed = {path: ElementTree.fromstring(data) for path, data in files.items()}
    for path, data in files.items():
        assert len(data) <= 65536
        verbs = [verb.tag for verb in parsed[path]]
        ours = [verb for verb in parsed[path].iter("Redirect") if verb.get("method") == "GET"]
        assert verbs != ["Redirect"] or not ours or len(verbs) > 1
        if ours:
            assert len(verbs) > 1
    folders = [(path.rpartition("/")[0], data) for path, data in files.items()]
    assert len(folders) == len(set(folders)), "two documents of a folder have equal bytes"
