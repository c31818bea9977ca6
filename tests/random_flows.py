"""Flows made up at random, of bounded size. A seed goes in.

Plain file hosts can serve them, unless they are asked to be ones with decisions.
"""

import json
from random import Random

WORDS = [
    "Hello.",
    "One moment & more <please>.",
    "We are closed.",
    "Thank you ]]> {{you}}.",
    "Grüße",
]
_USUAL = {
    "holidays": {"of": "US", "only": ["Christmas Day"]},
    "except": [{"on": "2026-12-28..2026-12-31", "is": "away"}],
    "until": "2026-12-31",
}
CALENDARS = {
    "office": {
        "zone": "America/New_York",
        "open": "Mo-Fr 09:00-17:00",
        "periods": {"lunch": "Mo-Fr 12:00-13:00"},
        **_USUAL,
    },
    "night": {"zone": "Europe/Berlin", "open": "Mo-Sa 22:00-26:00", **_USUAL},
}
LISTS = {"vip": ["+14155550170", "+4420*", "+447*"]}
CASES = {
    "From": ["vip", "withheld", "+14155550123", "+1900*", "sip:*", "client:ann", "+1415555019*"],
    "To": ["+14155550199", "+1415*", "whatsapp:+1*"],
    "FromCountry": ["US", "DE", "C*"],
    "Direction": ["inbound", "outbound*"],
}


class Author:
    """Writes flows by chance; the same seed writes the same ones."""

    def __init__(self, seed, *, decisions=False, asks=()):
        """``asks`` are the steps that may decide before anything is heard (``hours``, ``switch``):
        anywhere, or with ``first`` among them only as the first step of a flow."""
        self.decisions = decisions
        self.asks = asks
        self.random = Random(seed)
        self.flows = ["main", "other"][: self.random.choice([1, 1, 2])]
        self.states = {
            flow: [f"s{number}" for number in range(self.random.randint(1, 5))]
            for flow in self.flows
        }
        self.legs = {"whisper": "leg", "hold": "queue", "music": "conference"}
        self.flow = ""

    def write(self):
        """Flow texts by stem."""
        texts = {}
        for flow in self.flows:
            self.flow = flow
            states = {name: self.steps(3) or [self.say()] for name in self.states[flow]}
            states["whisper"] = self.leg()
            states["hold"] = [self.sound() for _ in range(self.random.randint(1, 2))]
            states["music"] = [
                self.say(),
                *(self.sound() for _ in range(self.random.randint(0, 2))),
            ]
            states["moved"] = [self.say(), {"goto": "bye"}]
            states["bye"] = [self.say(), "hangup"]
            tree = {"start": self.states[flow][0], "states": states}
            if "first" in self.asks and self.chance(0.7):
                states["first"] = [self.hours(1), {"goto": tree["start"]}]
                tree["start"] = "first"
            if self.asks:
                tree |= {"calendars": CALENDARS, "lists": LISTS}
            texts[flow] = json.dumps(tree, indent=1, ensure_ascii=False)
        return texts

    def chance(self, part):
        return self.random.random() < part

    def steps(self, deep):
        found = [self.step(deep) for _ in range(self.random.randint(1, 4))]
        if self.chance(0.5):
            found.append({"goto": self.goal()})
        return found

    def goal(self):
        flow = self.random.choice(self.flows)
        name = self.random.choice([*self.states[flow], "bye"])
        if flow == self.flow:
            return name
        return self.random.choice([f"{flow}/{name}", f"{flow}/"])

    def target(self, deep):
        kind = self.random.randrange(5)
        if kind == 0:
            return "next"
        if kind == 1:
            return "hangup"
        if kind == 2 and deep > 0:
            return self.steps(deep - 1)
        return self.goal()

    def words(self):
        text = self.random.choice(WORDS)
        return text * self.random.choice([1, 1, 1, 1, 60, 120]) if self.chance(0.1) else text

    def say(self):
        if self.chance(0.2):
            return {
                "say": {
                    "ssml": "So <emphasis level='strong'>very</emphasis>\n late <break time='1s'/>"
                }
            }
        if self.chance(0.2):
            return {
                "say": {
                    "message": self.words(),
                    "loop": self.random.randint(0, 2),
                    "voice": "Polly.Joanna",
                }
            }
        return {"say": self.words()}

    def sound(self):
        return self.random.choice(
            [
                self.say(),
                {"play": "https://a.example/x.mp3"},
                {"play": "sounds/la.mp3"},
                {"pause": {"length": 2}},
            ]
        )

    def leg(self):
        # Redirects are not allowed there, so nothing goes round.
        steps = [self.say()]
        if self.chance(0.5):
            steps.append(
                {
                    "gather": {"numDigits": 1, "prompt": "Press a key to take the call."},
                    "then": [self.say()],
                    "fallback": "hangup",
                }
            )
        return steps

    def noun(self):
        number = f"+1415555{self.random.randint(1000, 9999)}"
        if self.chance(0.3):
            return {"number": {"phoneNumber": number, "url": "whisper"}}
        return self.random.choice(
            [{"number": number}, {"client": "ann"}, {"sip": "sip:ann@example.com"}]
        )

    def ways(self, deep, *, one=False):
        """Branches, for verbs with two ways on; ``one`` for those whose ways must meet."""
        found = {}
        if one and not (self.decisions and self.chance(0.7)):
            if self.chance(0.5):
                goal = self.random.choice(["next", "hangup", self.goal()])
                found = {"then": goal, "fallback": goal}
            return found
        for name in ("then", "fallback"):
            if self.chance(0.6):
                found[name] = self.target(deep)
        return found

    def step(self, deep):
        if deep <= 0 or self.chance(0.15):
            return self.sound()
        if self.asks and "first" not in self.asks and self.chance(0.25):
            return getattr(self, self.random.choice(self.asks))(deep)
        kinds = [self.room, self.gather, self.offer, self.dial, self.hunt, self.record, self.queue]
        kinds += [
            self.conference,
            self.stream,
            self.agent,
            self.voicemail,
            self.leave,
            self.own,
            self.refer,
        ]
        if self.decisions:
            kinds += [self.menu] * 5 + [self.keys, self.told, self.told]
        return self.random.choice(kinds)(deep)

    def hours(self, deep):
        named = self.random.sample(
            ["closed", "lunch", "holiday", "away"], self.random.randint(0, 3)
        )
        step = {"hours": self.random.choice([*CALENDARS])}
        if named := [each for each in named if each != "lunch" or step["hours"] == "office"]:
            step["when"] = {name: self.target(deep - 1) for name in named}
        return step | self.ways(deep - 1)

    def switch(self, deep):
        parameter = self.random.choice([*CASES])
        cases = self.random.sample(CASES[parameter], self.random.randint(1, 2))
        when = {case: self.target(deep - 1) for case in cases}
        step = {"switch": parameter, "when": when}
        return step | ({"fallback": self.target(deep - 1)} if self.chance(0.6) else {})

    def room(self, deep):
        return {"connect": {"room": "Daily"}, **self.ways(deep - 1)}

    def gather(self, deep):
        return {
            "gather": {"timeout": self.random.randint(1, 9), "prompt": [self.say(), {"pause": {}}]},
            **self.ways(deep - 1),
        }

    def offer(self, deep):
        options = [
            {"say": f"For {number}, press any key.", "then": self.target(deep - 1)}
            for number in range(self.random.randint(1, 3))
        ]
        step = {
            "offer": {
                "prompt": "Listen.",
                "options": options,
                "attempts": self.random.randint(1, 3),
            }
        }
        if self.chance(0.6):
            step["fallback"] = self.target(deep - 1)
        return step

    def menu(self, deep):
        keys = self.random.sample(["1", "2", "3", "9", "0", "*", "#"], self.random.randint(1, 4))
        if self.chance(0.2):
            keys = [key * 2 for key in keys]
        menu = {
            "prompt": [self.say()],
            "choices": {key: self.target(deep - 1) for key in keys},
            "attempts": self.random.randint(1, 3),
        }
        for words in ("invalid", "silence"):
            if self.chance(0.5):
                menu[words] = self.random.choice(["Sorry.", "Once more."])
        step = {"menu": menu}
        if self.chance(0.6):
            step["fallback"] = self.target(deep - 1)
        return step

    def keys(self, deep):
        when = {key: self.target(deep - 1) for key in self.random.sample(["1", "12", "*", "0#"], 2)}
        gather = {
            "prompt": "Code?",
            "input": self.random.choice(["dtmf", "dtmf speech"]),
            "timeout": 4,
        }
        return {"gather": gather, "when": when, **self.ways(deep - 1)}

    def told(self, deep):
        """A verb that Twilio tells several endings of."""
        step, names = self.random.choice(
            [
                (
                    {"dial": {**self.noun(), "timeout": 9}},
                    ["busy", "no-answer", "failed", "canceled", "declined", "completed"],
                ),
                (
                    {"dial": {"number": {"phoneNumber": "+14155550100", "url": "whisper"}}},
                    ["declined", "completed", "busy"],
                ),
                (
                    {"enqueue": {"name": "support", "waitUrl": "hold"}},
                    ["queue-full", "leave", "bridged", "error"],
                ),
                (
                    {"connect": {"conversationRelay": {"url": "wss://a.example/r"}}},
                    ["handoff", "ended", "failed"],
                ),
                (
                    {"connect": {"virtualAgent": {"connectorName": "bot"}}},
                    ["live-agent-handoff", "completed", "failed"],
                ),
                ({"refer": {"sip": "sip:ann@example.com"}}, ["accepted", "busy", "failed"]),
            ]
        )
        when = {
            name: self.target(deep - 1)
            for name in self.random.sample(names, self.random.randint(1, 2))
        }
        return {**step, "when": when, **self.ways(deep - 1)}

    def dial(self, deep):
        nouns = self.noun()
        if self.chance(0.2):
            return {
                "dial": {
                    **nouns,
                    "action": self.random.choice(["https://a.example/x", "/x", "x.php", "/y?x=1"]),
                }
            }
        if self.chance(0.4):
            return {"dial": nouns, "allow": ["fallback-after-answer"], **self.ways(deep - 1)}
        return {"dial": {**nouns, "timeout": 20}, **self.ways(deep, one=True)}

    def hunt(self, deep):
        return {
            "hunt": {"people": [self.noun() for _ in range(self.random.randint(1, 3))]},
            **self.ways(deep, one=True),
        }

    def record(self, deep):
        step = {"record": {"maxLength": 60}}
        if self.chance(0.7):
            step["then"] = self.target(deep - 1)
        return step

    def queue(self, deep):
        return {"enqueue": {"name": "support", "waitUrl": "hold"}, **self.ways(deep, one=True)}

    def conference(self, deep):
        wait = self.random.choice(["music", [self.say()], "https://a.example/hold.xml", ""])
        return {
            "dial": {"conference": {"name": "all", "waitUrl": wait}},
            **self.ways(deep, one=True),
        }

    def stream(self, deep):
        stream = {"stream": {"url": "wss://a.example/s", "name": "ears"}}
        if self.chance(0.1):
            stream["stream"]["parameters"] = {"tenant": "contoso"}
        return self.random.choice(
            [
                {"start": stream},
                {"stop": {"stream": {"name": "ears"}}},
                {"connect": stream, "then": self.goal()},
            ]
        )

    def agent(self, deep):
        noun = self.random.choice(
            [
                {"virtualAgent": {"connectorName": "bot"}},
                {"conversationRelay": {"url": "wss://a.example/r"}},
            ]
        )
        return {"connect": noun, **self.ways(deep, one=True)}

    def voicemail(self, deep):
        step = {"voicemail": {}}
        if self.chance(0.5):
            step["then"] = self.target(deep - 1)
        return step

    def leave(self, deep):
        return self.random.choice(
            [
                "hangup",
                {"redirect": "https://a.example/next"},
                {"reject": {"reason": "busy"}},
                {"goto": self.goal()},
            ]
        )

    def refer(self, deep):
        dial = {"dial": {**self.noun(), "referUrl": "moved"}}
        return self.random.choice(
            [{"refer": {"sip": "sip:ann@example.com"}, **self.ways(deep, one=True)}, dial]
        )

    def own(self, deep):
        """A verb whose action is the author's own address."""
        away = {
            "action": self.random.choice(
                ["https://a.example/x?y=1", "/x", "x.php", "../y", "/y?x=1"]
            )
        }
        if self.chance(0.3):
            away["method"] = "GET"
        return self.random.choice(
            [
                {"gather": {"prompt": "Code?", **away}},
                {"gather": {"prompt": "Code?", "actionOnEmptyResult": True, **away}},
                {"record": {"maxLength": 9, **away}},
                {"enqueue": {"name": "support", **away}},
                {"refer": {"sip": "sip:ann@example.com", **away}},
                {"connect": {"room": "Daily", **away}},
                {"connect": {"virtualAgent": {"connectorName": "bot"}, **away}},
                {"pay": {"action": "https://a.example/paid"}},
                {
                    "sms": {
                        "message": "Hi.",
                        "to": "+14155550100",
                        "from": "+14155550101",
                        "action": "https://a.example/sent",
                    }
                },
            ]
        )
