"""Flows made up by chance that hold every construct, many to a flow. The same seed writes the same ones.

Every list begins with words that stand nowhere else, so no circle is silent and no two places sound alike.
"""

import json
from dataclasses import dataclass, field
from random import Random

from rebuilds.flows import TARGETS
from rebuilds.hosts import NODE
from second.pieces import Pieces
from second.words import PARAMS

FLAVORS = {
    "plain": ("static", "hop", "twiml-bin"),
    "shared": ("hop", "twiml-bin"),
    "routed": (),
    "bin": ("twiml-bin",),
}
"""What flows may ask for, by the hosts that can do it: nothing, closed sets, any keys, values and payments.

All but the last go to a router as well; routers share one plan, so they take turns.
"""

SIZES = {
    "plain": 8,
    "shared": 6,
    "routed": 9,
    "bin": 4,
}  # the most steps of a state: a Bin holds 64 kB
ROUTERS = ("nginx", "cloudfront" if NODE else "nginx")
ORDER = ("plain", "shared", "routed", "bin", "shared", "bin")


PARTNERS = {
    "front": "back",
    "back": "front",
    "left": "right",
    "right": "left",
    "upper": "lower",
    "lower": "upper",
}
"""The flows, each with the one that it jumps to: a Bin holds all that its flow leads to."""


@dataclass
class Room:
    """Where steps are written: the states they may name, and what they may use.

    ``outside``: values that name states of whoever uses the component.
    """

    states: list
    components: list
    flows: list = field(default_factory=list)
    outside: list = field(default_factory=list)
    component: bool = False


class Author(Pieces):
    def __init__(self, seed):
        self.seed = seed
        self.flavor = ORDER[seed % len(ORDER)]
        self.chance = Random(f"author {seed}")
        self.count = 0
        self.returns = ("picked", "left")
        self.inside = self.allowed = False
        self.decks = {}

    @property
    def hosts(self):
        router = ROUTERS[self.seed // len(ORDER) % len(ROUTERS)]
        return (*FLAVORS[self.flavor], *(() if self.flavor == "bin" else (router,)))

    def odds(self, part):
        return self.chance.random() < part

    def write(self, folder, hosts=None):
        """The files of a project in ``folder``, for all its hosts or for some."""
        flows = folder / "flows"
        (flows / "_components").mkdir(parents=True)
        (flows / "la.mp3").write_bytes(b"\xff\xfbla")
        self.flows = {name: ["s0", "s1"] for name in PARTNERS}
        trees = {"_components/shared": self.component(["chime"])}
        trees |= {name: self.flow(name) for name in self.flows}
        trees["texts"] = self.texts()
        trees["_components/chime"] = {
            "params": {"who": "you"},
            "steps": [{"say": "A call for ${who}."}],
        }
        for name, tree in trees.items():
            text = json.dumps(tree, indent=1, ensure_ascii=False)
            (flows / f"{name}.yaml").write_text(text.replace('"@12.50"', "12.50"), encoding="utf-8")
        self.project(folder, hosts or self.hosts)

    def project(self, folder, hosts):
        lines = ["flows: flows", "params: {company: Given Ltd}", "targets:"]
        lines += [f"  {host}: {TARGETS[host]}" for host in hosts]
        (folder / "twimlc.yaml").write_text("\n".join(lines) + "\n")

    # Bodies

    def flow(self, name):
        components = {}
        if name in ("front", "back"):
            components["own"] = self.component(["chime", "shared"], allowed=True)
        self.inside = self.allowed = False
        room = Room(
            self.flows[name],
            ["chime", "shared", *components],
            [] if self.flavor == "bin" else [PARTNERS[name]],
        )
        tree = {
            "description": "Made by chance.", "params": PARAMS, "defaults": self.defaults(component=False),
            "start": self.flows[name][0], "states": self.states(room, SIZES[self.flavor]), "components": components,
        }  # fmt: skip
        return {key: value for key, value in tree.items() if value}

    def component(self, known, *, allowed=False):
        """A component with private states, or with one list. ``allowed``: its uses take approximations."""
        self.inside = True
        self.allowed = allowed
        room = Room(["p0", "p1"], known, [], ["${out}"], component=True)
        params = {name: PARAMS[name] for name in ("yes", "no", "days", "words", "phones", "table")}
        params |= {
            "out": None,
            "greet": "Hello from ${there}",
            "there": "inside",
            "word": {"top": "T"},
        }
        tree = {"params": params, "defaults": self.defaults(component=True)}
        if self.odds(0.3):
            room.states = []
            tree["steps"] = self.steps(room, 1, 3)
        else:
            tree |= {"start": "p1", "states": self.states(room, 3)}  # not the first one
        first = tree.get("steps") or tree["states"]["p1"]
        beside = self.one_of(
            [({"note": "A remark."}, {"if": "${yes}"}), ({"if": True}, {"note": "A remark."})]
        )
        leaves = [
            {"say": self.words(), "then": [self.say(), {"return": name, **more}]}
            for name, more in zip(self.returns, beside, strict=True)
        ]
        first.insert(1, {"offer": {"prompt": self.prompt(), "options": leaves}})
        first[1:1] = [self.heard_elsewhere(room), self.heard_elsewhere(room)]
        if allowed:
            first.insert(1, self.dial(room, 0))
        return {key: value for key, value in tree.items() if value}

    def states(self, room, most):
        made = {}
        for state in room.states:
            made[state] = self.steps(room, 2, most)
            if self.odds(0.4):
                made[state].append(self.leave(room))
        if room.component and "p0" in made and self.odds(0.5):
            made["p1"].append({"goto": "p0"})
        made.update(self.legs(room))
        return made

    def defaults(self, *, component):
        """Defaults of elements and blocks; of components others than of flows."""
        given = (
            {"say": {"voice": "Polly.Joanna"}}
            if component
            else {"say": {"language": "en-GB", "voice": "Polly.Amy"}}
        )
        pool = [
            {"gather": {"timeout": 7}}, {"dial": {"timeout": 25, "answerOnBridge": True}}, {"menu": {"attempts": 2}},
            {"menu": {"invalid": "Not that key.", "timeout": 6}}, {"offer": {"attempts": 2}}, {"offer": {"timeout": 4}},
            {"hunt": {"timeout": 15}}, {"hunt": {"timeLimit": 600}}, {"voicemail": {"goodbye": "Thanks for calling."}},
            {"voicemail": {"record": {"maxLength": 30}}}, {"record": {"playBeep": False}}, {"number": {"sendDigits": "12"}},
            {"enqueue": {"maxQueueSize": 9}}, {"play": {"loop": 2}}, {"conference": {"beep": "false"}},
        ]  # fmt: skip
        if self.flavor == "plain":  # where there is no menu
            pool += [{"gather": {"finishOnKey": "1"}}, {"gather": {"input": "speech"}}]
        for more in self.chance.sample(pool, self.chance.randint(2, 6)):
            for name, attributes in more.items():
                given[name] = {**given.get(name, {}), **attributes}
        return given

    def steps(self, room, deep, most):
        """A list that begins with words."""
        found = [self.say()]
        count = self.chance.randint(most // 2, most)
        return [*found, *(self.decorated(self.step(room, deep)) for _ in range(count))]

    def short(self, room, deep):
        """A list of a way out: words, and perhaps more."""
        found = [self.say()]
        if deep > 0 and self.odds(0.8):
            found.append(self.decorated(self.step(room, deep - 1)))
        if self.odds(0.25):
            found.append(self.leave(room))
        return found

    def goal(self, room):
        """The name of a state, wherever it is."""
        if room.component and (not room.states or self.odds(0.3)):
            return self.chance.choice(room.outside)
        if room.flows and self.odds(0.15):
            flow = self.chance.choice(room.flows)
            return self.chance.choice(
                [f"{flow}/", f"{flow}/{self.chance.choice(self.flows[flow])}"]
            )
        return self.chance.choice(room.states)

    def way(self, room, deep):
        """Where something leads."""
        kind = self.one_of(range(8))
        if kind == 0:
            return "next"
        if kind == 1 and self.odds(0.3):
            return "hangup"
        if kind == 2:
            return self.say()
        if kind <= 3:
            return self.goal(room)
        return self.short(room, deep)

    def leave(self, room):
        """A step behind which nothing of its list comes."""
        pool = [{"goto": self.goal(room)}] * 4 + [{"redirect": "https://a.example/next"}]
        pool += [
            "hangup",
            {"redirect": self.goal(room)},
            {"reject": {"reason": "busy"}},
            {"reject": None},
        ]
        if room.component:
            pool += [{"return": name} for name in self.returns] * 2
        pool += [{"redirect": ""}] * 2
        step = self.one_of(pool)
        if self.odds(0.7):
            step = {"hangup": None} if step == "hangup" else dict(step)
            step.update(
                self.chance.choice([{"note": "A remark."}, {"if": True}, {"if": "${flow != ''}"}])
            )
        return step

    def decorated(self, step):
        """A step with what may stand beside any verb."""
        if isinstance(step, str):
            step = {step: None}
        if self.odds(0.25):
            step["note"] = "A remark."
        if self.odds(0.2):
            step["if"] = self.chance.choice([True, "${yes}", "${not no}"])
        if self.odds(0.15):
            step = {
                "each": self.chance.choice(["${days}", ["x", "y"], "${words.deep.list}"]),
                "as": "item",
                **step,
            }
        if self.odds(0.04):
            step["if"] = self.chance.choice([False, "${no}"])
        return step
