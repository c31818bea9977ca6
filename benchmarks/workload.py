"""Synthetic projects: a number of flows and a seed come in, a folder of flows goes out.

The flows are what people write: params and defaults, a few states that lead to each other, offers,
dials with a fallback, recordings, comments, some anchors; 70 lines in the median. The same seed
gives the same bytes on every machine.
"""

import random
from collections.abc import Iterator
from pathlib import Path

_TEAMS = ("sales", "support", "billing", "renewals", "front desk", "night shift", "returns")
_WORDS = (
    "Thank you for calling {team} at ${{company}}.",
    "All our people in {team} are talking to somebody; please stay on the line.",
    "Nobody in {team} could take your call.",
    "You can write to {team} as well: we answer within a day & a half.",
    "This call may be recorded, so that {team} can learn from it.",
    "Grüß Gott, hier ist {team}. Wir sind gleich für Sie da.",
)
_VOICES = ("Polly.Joanna", "Polly.Amy", "Polly.Vicki", "alice")
_PROJECT = "flows: flows\nbuild: build\ntargets:\n  plain: {host: static}\n"


class _Flow:
    """The lines of one flow as they grow."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        self.chance = random.Random(seed)
        self.lines: list[str] = []

    def add(self, indent: int, *lines: str) -> None:
        self.lines += [" " * indent + line for line in lines]

    def words(self) -> str:
        return self.chance.choice(_WORDS).format(team=self.chance.choice(_TEAMS))

    def say(self, indent: int) -> None:
        kind, text = self.chance.random(), self.words()
        if ": " in text or kind < 0.2:
            self.add(indent, f'- say: "{text}"')
        elif kind < 0.7:
            self.add(indent, f"- say: {text}")
        elif kind < 0.85:
            self.add(indent, "- say:", f"    message: {text}")
            self.add(indent, f"    loop: {self.chance.randint(1, 3)}")
        else:
            self.add(indent, "- say:", f"    voice: {self.chance.choice(_VOICES)}")
            self.add(indent, "    message: >-", f"      {text}", "      Please hold.")

    def pause(self, indent: int) -> None:
        self.add(indent, f"- pause: {{length: {self.chance.randint(1, 5)}}}  # seconds")

    def play(self, indent: int) -> None:
        number = self.chance.randrange(10**6)
        self.add(indent, f"- play: https://media.example.com/{number:06d}.mp3")

    def dial(self, indent: int) -> None:
        self.add(indent, "- dial:", '    number: "${desk}"')
        self.add(indent, f"    timeout: {self.chance.randint(10, 40)}")
        if self.chance.random() < 0.5:
            self.add(indent, "    record: record-from-answer")
        self.add(indent, "  allow: [fallback-after-answer]", "  fallback:")
        self.say(indent + 4)
        self.play(indent + 4)

    def record(self, indent: int) -> None:
        length = self.chance.randint(2, 30) * 10
        self.add(indent, "- record:", f"    maxLength: {length}", '    finishOnKey: "#"')

    def gather(self, indent: int) -> None:
        number = self.chance.randrange(10**4)
        self.add(indent, "- gather:", f"    numDigits: {self.chance.randint(1, 4)}")
        self.add(indent, f"    timeout: {self.chance.randint(3, 9)}", "    method: GET")
        self.add(indent, f"    action: https://apps.example.com/{number}", "    prompt:")
        self.say(indent + 6)
        self.say(indent + 6)

    def offer(self, indent: int, states: list[str]) -> None:
        self.add(indent, "- offer:", "    options:")
        for state in states:
            self.add(indent, f"      - say: For {state}, press any key now.")
            self.add(indent, f"        then: {state}")

    def steps(self, indent: int, number: int) -> None:
        makers = (self.say, self.play, self.pause, self.gather, self.dial, self.record)
        for make in self.chance.choices(makers, (34, 16, 9, 10, 13, 8), k=number):
            if self.chance.random() < 0.15:
                self.add(indent, f"# agreed with {self.chance.choice(_TEAMS)}")
            make(indent)

    def head(self) -> None:
        desk = f"+1415555{self.chance.randrange(10**4):04d}"
        self.add(0, f"# Owner: {self.chance.choice(_TEAMS)}", f"flow: {self.name}")
        self.add(0, f"description: Line {self.name}", "params:", f"  desk: {desk}")
        self.add(0, "  company: Harbour Print", "defaults:")
        self.add(0, f"  say: {{voice: {self.chance.choice(_VOICES)}, language: en-US}}")


def flow_text(name: str, seed: int) -> str:
    """A flow of ordinary size."""
    flow = _Flow(name, seed)
    flow.head()
    parts = [f"part-{number}" for number in range(flow.chance.randint(1, 3))]
    flow.add(0, "start: greeting", "states:", "  greeting:")
    flow.add(4, "- say: Welcome to ${company}.")
    flow.steps(4, flow.chance.randint(3, 6))
    flow.offer(4, parts)
    flow.add(4, "- goto: goodbye")
    for part in parts:
        flow.add(2, f"{part}:")
        flow.steps(4, flow.chance.randint(2, 5))
        flow.add(4, "- goto: goodbye")
    flow.add(2, "goodbye:")
    flow.dial(4)
    flow.add(4, "- hangup")
    return "\n".join(flow.lines) + "\n"


def giant_text(steps: int) -> str:
    """One flow with a single list of this many steps."""
    flow = _Flow("giant", steps)
    flow.head()
    flow.add(0, "steps:")
    flow.add(2, "- say: Welcome to ${company}.")
    flow.steps(2, steps - 2)
    flow.dial(2)
    return "\n".join(flow.lines) + "\n"


def menu_text(entries: int) -> str:
    """One menu; each entry says its own words and leads back to it."""
    lines = ["states:", "  ask:", "    - menu:", "        prompt: Which number, please?"]
    lines += ["        numDigits: 6", "        choices:"]
    for number in range(entries):
        lines.append(f'          "{100000 + number}": [{{say: Entry {number}.}}, {{goto: ask}}]')
    lines += ["      fallback: bye", "  bye:", "    - say: Goodbye.", "    - hangup"]
    return "\n".join(lines) + "\n"


def write_project(root: Path, flows: Iterator[tuple[str, str]]) -> None:
    """A project file and the flows, a hundred in each folder."""
    root.mkdir(parents=True)
    (root / "twimlc.yaml").write_text(_PROJECT, encoding="utf-8")
    for number, (name, text) in enumerate(flows):
        folder = root / "flows" / f"{number // 100:03d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def ordinary_flows(number: int) -> Iterator[tuple[str, str]]:
    """Names and texts of so many flows."""
    for seed in range(number):
        name = f"flow-{seed:05d}"
        yield name, flow_text(name, seed)
