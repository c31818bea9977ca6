"""Random projects whose steps can be told apart by what is heard, as trees and as files.

Every step has a ``note`` that no edit changes: by it a reader finds the same step in another
build. Most words name the step that says them; some are shared, so that places look alike.
"""

import json
from copy import deepcopy
from dataclasses import dataclass, field

HOSTS = ("static", "nginx", "cloudfront", "hop", "twiml-bin")
URL = "https://voice.example.com/ivr"
MEDIA = "https://media.example.com/ivr"
BIN = "EH00000000000000000000000000000001"
APOLOGY = "We are sorry, something went wrong. Please call again."  # where a target has no other
TARGETS = {
    "static": f'{{host: static, url: "{URL}"}}',
    "nginx": f'{{host: nginx, url: "{URL}"}}',
    "caddy": f'{{host: caddy, url: "{URL}"}}',
    "apache": f'{{host: apache, url: "{URL}"}}',
    "cloudfront": f'{{host: s3, url: "{URL}", router: cloudfront}}',
    "hop": f'{{host: s3, url: "{URL}", router: twiml-bin, bin: {BIN}}}',
    "twiml-bin": f'{{host: twiml-bin, media: "{MEDIA}"}}',
}
SHARED = ("One moment.", "Please hold the line.", "We are here.")
PROMPTS = ("Press a key now.", "Press one, two or three.")
STATES = ("desk", "sales", "repairs", "billing", "nights", "parts", "orders", "claims")
FLOWS = ("front", "back", "annex")
LEGS = ("whisper", "knock", "hold", "music")  # states that others hear, or who waits
KEYS = ("1", "2", "3", "4")


@dataclass
class Tree:
    """A project: states by name for each flow, and the bytes of local sounds."""

    flows: dict[str, dict[str, list]]
    sounds: dict[str, bytes] = field(default_factory=dict)
    bare: bool = False  # the target has no address: all links are relative

    def copy(self):
        return deepcopy(self)

    def write(self, folder, host, more=""):
        """The project's files in ``folder``; flows that are gone are removed."""
        place = folder / "flows"
        place.mkdir(parents=True, exist_ok=True)
        for old in place.glob("*.yaml"):
            if old.stem not in self.flows:
                old.unlink()
        for name, states in self.flows.items():
            (place / f"{name}.yaml").write_text(json.dumps({"states": states}, indent=1))
        for name, data in self.sounds.items():
            (place / name).write_bytes(data)
        target = TARGETS[host].replace("}", f"{more}}}")
        if self.bare:
            target = target.replace(f', url: "{URL}"', "")
        (folder / "twimlc.yaml").write_text(f"flows: flows\ntargets:\n  site: {target}\n")


class Author:
    """Writes projects and steps by chance; the same ``random.Random`` writes the same ones."""

    def __init__(self, chance, host, abilities=frozenset()):
        self.chance = chance
        self.abilities = abilities
        self.decides = host != "static"
        self.keys_on_legs = host in ("nginx", "caddy", "apache", "cloudfront")
        self.relative = host in ("static", "nginx")
        self.bin = host == "twiml-bin"
        self.tree = Tree({})
        self.count = 0

    def maybe(self, part):
        return self.chance.random() < part

    def project(self):
        flows = FLOWS[: self.chance.choice([1, 2, 2, 3])]
        names = {f: self.chance.sample(STATES, self.chance.randint(2, 5)) for f in flows}
        self.tree.flows = {f: {name: [] for name in (*names[f], *LEGS, "bye")} for f in flows}
        for name in ("la.wav", "tune.wav"):
            self.tree.sounds[name] = self.sound()
        for flow in flows:
            states = self.tree.flows[flow]
            for name in names[flow]:
                states[name] = self.state(flow)
            states["whisper"] = [self.say(leg=True)]
            states["knock"] = [self.say(leg=True), self.question_on_leg(flow)]
            states["hold"] = self.hold()
            states["music"] = [self.say(leg=True), *self.more_music()]
            states["bye"] = [self.say(), "hangup"]
        return self.tree

    def sound(self):
        return b"RIFF" + self.chance.randbytes(8).hex().encode() + b"WAVE"

    def note(self):
        self.count += 1
        return f"n{self.count}"

    def words(self):
        if self.maybe(0.2):
            return self.chance.choice(SHARED)
        return f"Words {self.chance.randrange(10**6)}."

    def prompt(self):
        return self.chance.choice(PROMPTS) if self.maybe(0.4) else self.words()

    def say(self, leg=False):
        words = self.words()
        if self.bin and self.maybe(0.5 if leg else 0.1):
            words += " ${call.From}"
        return {"say": words, "note": self.note()}

    def state(self, flow):
        steps = [self.say(), *(self.step(flow, 2) for _ in range(self.chance.randint(1, 3)))]
        if self.maybe(0.5):
            steps.append({"goto": self.goal(flow), "note": self.note()})
        return steps

    def goal(self, flow):
        """A place to go to: a state, one of another flow, another flow's start."""
        other = self.chance.choice(list(self.tree.flows))
        if other != flow and self.maybe(0.3):
            return f"{other}/"
        if other != flow and self.maybe(0.5):
            return f"{other}/{self.chance.choice(self.places(other))}"
        return self.chance.choice(self.places(flow))

    def places(self, flow):
        """The states that a caller may be led to."""
        return [name for name in self.tree.flows[flow] if name not in LEGS]

    def target(self, flow, deep):
        kind = self.chance.random()
        if kind < 0.1:
            return "next"
        if kind < 0.15:
            return "hangup"
        if kind < 0.4 and deep > 0:
            return [self.say(), *([self.step(flow, deep - 1)] if self.maybe(0.5) else [])]
        return self.goal(flow)

    def ways(self, flow, deep, names=("then", "fallback")):
        return {name: self.target(flow, deep - 1) for name in names if self.maybe(0.6)}

    def even(self, flow):
        """The same way for every outcome: what a host without decisions can keep."""
        if not self.maybe(0.6):
            return {}
        goal = self.goal(flow)
        return {"then": goal, "fallback": goal}

    def step(self, flow, deep=1):
        kinds = [self.say_or_play, self.gather, self.offer, self.voicemail, self.hunt]
        kinds += [self.dial, self.room, self.queue, self.dial, self.queue, self.conference]
        if "join" in self.abilities:
            kinds.append(self.join)
        if self.decides:
            kinds += [self.menu] * 5 + [self.keyed]
        return {**self.chance.choice(kinds)(flow, deep), "note": self.note()}

    def say_or_play(self, flow, deep):
        if self.maybe(0.6):
            return {"play": self.chance.choice(["la.wav", "tune.wav"])}
        return {"say": self.words()}

    def menu(self, flow, deep):
        keys = self.chance.sample(KEYS, self.chance.randint(1, 3))
        menu = {
            "prompt": self.prompt(),
            "choices": {key: self.target(flow, deep - 1) for key in keys},
            "attempts": self.chance.randint(1, 3),
        }
        for name in ("invalid", "silence"):
            if self.maybe(0.5):
                menu[name] = self.words()
        step = {"menu": menu, **self.ways(flow, deep, ("fallback",))}
        if "menu when" in self.abilities and self.maybe(0.2):
            name = self.chance.choice(["silence", "invalid"])
            step["when"] = {name: self.target(flow, deep - 1)}
        return step

    def join(self, flow, deep):
        room = {"room": "Daily", "attempts": self.chance.randint(1, 3)}
        if self.maybe(0.8):
            room["waiting"] = [{"say": self.words()}]
        return {"join": room, **self.ways(flow, deep)}

    def keyed(self, flow, deep):
        keys = self.chance.sample(KEYS, self.chance.randint(1, 2))
        when = {key: self.target(flow, deep - 1) for key in keys}
        return {
            "gather": {"numDigits": 1, "prompt": self.prompt()},
            "when": when,
            "then": self.target(flow, deep - 1),
            **self.ways(flow, deep, ("fallback",)),
        }

    def gather(self, flow, deep):
        return {
            "gather": {"numDigits": 1, "prompt": self.prompt()},
            "then": self.target(flow, deep - 1),
            **self.ways(flow, deep, ("fallback",)),
        }

    def offer(self, flow, deep):
        options = [
            {"say": self.words(), "then": self.target(flow, deep - 1)}
            for _ in range(self.chance.randint(1, 3))
        ]
        return {
            "offer": {"prompt": self.prompt(), "options": options},
            **self.ways(flow, deep, ("fallback",)),
        }

    def voicemail(self, flow, deep):
        mail = {"say": self.words(), "goodbye": self.words()}
        return {"voicemail": mail, **self.ways(flow, deep, ("then",))}

    def number(self):
        return f"+141555501{self.chance.randrange(100):02}"

    def hunt(self, flow, deep):
        ways = self.ways(flow, deep) if self.decides else self.even(flow)
        return {"hunt": {"number": [self.number(), self.number()]}, **ways}

    def dial(self, flow, deep):
        number = {"phoneNumber": self.number()}
        screened = self.maybe(0.6)
        if screened and "accept" in self.abilities and self.maybe(0.3):
            number["accept"] = self.words()
        elif screened:
            number["url"] = self.chance.choice(["whisper", "knock"])
        if not self.decides:
            return {"dial": {"number": number}, **self.even(flow)}
        step = {"dial": {"number": number}, **self.ways(flow, deep)}
        names = ["busy", "no-answer", *(["declined"] if screened else [])]
        if self.maybe(0.5):
            step["when"] = {self.chance.choice(names): self.target(flow, deep - 1)}
        return step

    def room(self, flow, deep):
        return {"connect": {"room": "Daily"}, **self.ways(flow, deep)}

    def queue(self, flow, deep):
        step = {"enqueue": {"name": "support", "waitUrl": "hold"}}
        if not self.decides:
            return {**step, **self.even(flow)}
        if self.maybe(0.5):
            name = self.chance.choice(["queue-full", "leave", "bridged", "error"])
            step["when"] = {name: self.target(flow, deep - 1)}
        return {**step, **self.ways(flow, deep)}

    def question_on_leg(self, flow):
        """Asks the called person before the parties are joined; decided by keys on some hosts."""
        if self.keys_on_legs and self.maybe(0.6):
            choices = {"1": [self.say(leg=True)], "2": "hangup"}
            menu = {"prompt": self.prompt(), "choices": choices, "attempts": 2}
            return {"menu": menu, "fallback": "hangup", "note": self.note()}
        return {
            "gather": {"numDigits": 1, "prompt": self.prompt()},
            "then": [self.say(leg=True)],
            "fallback": "hangup",
            "note": self.note(),
        }

    def conference(self, flow, deep):
        step = {"dial": {"conference": {"name": "all", "waitUrl": "music"}}}
        return {**step, **(self.ways(flow, deep) if self.decides else self.even(flow))}

    def more_music(self):
        return [{"play": "tune.wav", "note": self.note()}] if self.maybe(0.5) else []

    def hold(self):
        steps = [self.say(leg=True)]
        steps += self.more_music()
        if self.maybe(0.4):
            steps.append(
                {
                    "gather": {"numDigits": 1, "prompt": self.prompt()},
                    "then": [self.say(leg=True)],
                    "note": self.note(),
                }
            )
        return steps
