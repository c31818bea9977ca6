"""The single steps of made-up flows, one method for each kind."""

import sys

from second.phones import Phones
from second.words import INSIDE, VALUES

VOICES = ({"voice": "Polly.Brian", "language": "en-GB"}, {"loop": 2}, {"voice": "man"})
KEYS = ("1", "2", "3", "9", "0", "*")
MARKUP = "So <emphasis level='strong'>very</emphasis> late<break time='1s'/> <say-as interpret-as='digits'>42</say-as>"
STREAM = {"url": "wss://a.example/s", "name": "ears"}


class Pieces(Phones):
    """What an author writes: ``flavor`` says what the hosts can do, ``inside`` is a component."""

    def step(self, room, deep):
        """A step of any kind."""
        simple = [
            self.say,
            self.sound,
            self.pause,
            self.sms,
            self.newer,
            self.echo,
            self.start,
            self.stop,
        ]
        kinds = [
            self.gather, self.offer, self.dial, self.dial, self.hunt, self.record, self.enqueue, self.conference, self.dialed,
            self.video, self.connect, self.connect, self.voicemail, self.refer, self.own,
        ]  # fmt: skip
        if room.components and deep > 0:
            kinds += [self.use] * (1 if self.flavor == "bin" else 2)
        if self.decides:
            kinds += [self.menu] * 3 + [self.keys] + [self.told] * 3
        if self.flavor == "bin":
            kinds += [self.pay] * 4
        if self.odds(0.3):
            return self.one_of(simple)()
        return self.one_of(kinds)(room, deep)

    def one_of(self, pool):
        """One of them, each as often as the others wherever the same line asks."""
        where = sys._getframe(1).f_lineno
        left = self.decks.setdefault(where, [])
        if not left:
            left += self.chance.sample(range(len(pool)), len(pool))
        at = left.pop()
        return pool[at] if at < len(pool) else self.chance.choice(pool)

    @property
    def decides(self):
        return self.flavor != "plain"

    def words(self):
        self.count += 1
        text = f"Words {self.count}"
        if self.odds(0.3):
            text += " " + self.one_of(INSIDE if self.inside else VALUES)
        if self.flavor == "bin" and self.odds(0.1):
            text += " ${call.From}"
        return text + "."

    def say(self):
        if self.odds(0.15):
            self.count += 1
            return {"say": {"ssml": f"Words {self.count} {MARKUP}"}}
        if self.odds(0.2):
            return {"say": {"message": self.words(), **self.one_of(VOICES)}}
        return {"say": self.words()}

    def prompt(self):
        """Words of a prompt: a text, or a list."""
        if self.odds(0.6):
            return self.words()
        found = [
            self.say(),
            self.one_of(["pause", {"pause": {"length": 2}}, {"play": "https://a.example/x.mp3"}]),
        ]
        if self.odds(0.5):
            found.append(
                {"each": "${days}", "as": "day", "if": "${day != 'Friday'}", "say": "On ${day}."}
            )
        return found

    def sound(self):
        pool = [{"play": "https://a.example/x.mp3"}, {"play": {"digits": "12w3"}}]
        if not self.inside:
            pool += [{"play": "la.mp3"}, {"play": {"url": "la.mp3", "loop": 3}}]
        return self.one_of(pool)

    def pause(self):
        return self.one_of(["pause", {"pause": {"length": 3}}])

    def sms(self):
        return {"sms": {"message": self.words(), "to": "+14155550100", "from": "+14155550101"}}

    def newer(self):
        verb = {"twiml": '<NewVerb volume="11"/>'}
        extra = {"say": {"message": self.words(), "extra": {"mood": "glad"}}}
        return self.one_of([verb, {"each": ["x", "y"], "as": "item", **verb}, extra])

    def echo(self):
        return "echo"

    def start(self):
        return {"start": self.one_of([
            "recording", {"stream": STREAM}, {"stream": {**STREAM, "parameters": {"tenant": "contoso", "n": 3}}},
            {"siprec": {"name": "rec", "connectorName": "one"}}, {"transcription": {"name": "t", "languageCode": "en-US"}},
            {"recording": {"channels": "dual"}},
        ])}  # fmt: skip

    def stop(self):
        return {
            "stop": self.one_of(
                [
                    {"recording": {"name": "r"}},
                    {"stream": {"name": "ears"}},
                    {"siprec": {"name": "rec"}},
                    {"transcription": {"name": "t"}},
                ]
            )
        }

    # Ways out

    def ways(self, room, deep):
        """Ways for two outcomes that any host can tell."""
        return {name: self.way(room, deep - 1) for name in ("then", "fallback") if self.odds(0.6)}

    def same(self, room, deep):
        """Ways that every host keeps: all the same one, unless the hosts can tell more."""
        if self.decides:
            return self.ways(room, deep)
        goal = self.one_of(["next", "hangup", self.goal(room), self.goal(room)])
        return {"then": goal, "fallback": goal} if self.odds(0.5) else {}

    def when(self, room, deep, names):
        """Some outcomes by name, and the others."""
        chosen = self.chance.sample(names, min(len(names), self.one_of([1, 1, 2, 3])))
        return {
            "when": {name: self.way(room, deep - 1) for name in chosen},
            **self.ways(room, deep),
        }

    # Keys

    def gather(self, room, deep):
        gather = {"timeout": self.chance.randint(2, 9), "prompt": self.prompt()}
        if self.odds(0.3):
            gather.update(self.one_of([
                {"numDigits": 1}, {"input": ["dtmf", "speech"]}, {"input": "speech"}, {"finishOnKey": "*"}, {"numDigits": 2},
            ]))  # fmt: skip
        return {"gather": gather, **(self.ways(room, deep) or {"fallback": self.short(room, 0)})}

    def keys(self, room, deep):
        several = ["1", "12", "0*"] if self.flavor == "routed" else ["1", "2", "9"]
        gather = {"prompt": self.prompt(), "timeout": 4}
        if self.flavor != "routed":
            gather["numDigits"] = 1
        if self.flavor != "shared":  # where each value is a file, words would be too many
            gather["input"] = self.one_of(["dtmf", "dtmf speech"])
        return {"gather": gather, **self.when(room, deep, several)}

    def menu(self, room, deep):
        known = [*KEYS, "#"] if self.flavor == "routed" else list(KEYS)
        chosen = self.chance.sample(known, self.chance.randint(1, 4))
        if self.flavor == "routed" and self.odds(0.2):
            chosen = self.chance.sample(["12", "34", "0*", "99"], 2)
        choices = {key: self.way(room, deep - 1) for key in chosen}
        if self.odds(0.4) and len(chosen[0]) == 1:
            fixed = [{"key": key, "then": way} for key, way in choices.items() if key not in "13"]
            table = {
                "each": "${table}",
                "as": "line",
                "key": "${line.key}",
                "if": "${line.key != '3'}",
                "then": [{"say": "The ${line.name}."}],
            }
            choices = [*fixed, table]
        menu = {"prompt": self.prompt(), "choices": choices}
        for words in ("invalid", "silence"):
            if self.odds(0.5):
                menu[words] = self.prompt() if self.odds(0.3) else self.words()
        if self.odds(0.6):
            menu["attempts"] = self.chance.randint(1, 3)
        if self.odds(0.2):
            menu["timeout"] = 8
        step = {"menu": menu}
        if self.odds(0.5):
            step["fallback"] = self.way(room, deep - 1)
        if self.odds(0.5):
            names = self.one_of([["silence"], ["invalid"], ["silence", "invalid"]])
            step["when"] = {name: self.way(room, deep - 1) for name in names}
        return step

    def offer(self, room, deep):
        options = [
            {
                "say": self.one_of([self.words(), {"message": self.words(), "voice": "man"}]),
                "then": self.way(room, deep - 1),
            }
            for _ in range(self.chance.randint(1, 3))
        ]
        if self.odds(0.3):
            options.append(
                {
                    "each": "${days}",
                    "as": "day",
                    "if": "${yes}",
                    "say": "For ${day}.",
                    "then": [{"say": "On ${day}, fine."}],
                }
            )
        step = {"offer": {"prompt": self.prompt(), "options": options}}
        if self.odds(0.5):
            step["offer"]["attempts"] = self.chance.randint(1, 3)
        if self.odds(0.6):
            step["fallback"] = self.way(room, deep - 1)
        return step

    # Services

    def record(self, room, deep):
        step = {
            "record": {"maxLength": 60, **self.one_of([{}, {"finishOnKey": "#"}, {"timeout": 3}])}
        }
        if self.odds(0.5):
            step.update(
                self.one_of(
                    [
                        {"then": self.way(room, deep - 1)},
                        {"when": {"recorded": self.way(room, deep - 1)}},
                    ]
                )
            )
        return step

    def voicemail(self, room, deep):
        mail = self.one_of([
            {}, {"say": self.words()}, {"say": {"message": self.words(), "voice": "man"}, "goodbye": [self.say()]},
            {"record": {"maxLength": 20}, "goodbye": self.words()},
        ])  # fmt: skip
        step = {"voicemail": mail}
        if self.odds(0.5):
            step["then"] = self.way(room, deep - 1)
        return step

    def enqueue(self, room, deep):
        queue = self.one_of([
            {"name": "support", "waitUrl": self.named(room, "hold")}, {"name": "help", "waitUrl": self.named(room, "hold")}, {"name": "sales", "waitUrl": self.waits()}, "support",
            {"workflowSid": "WW00000000000000000000000000000001", "task": '{"a":1}'}, {"name": "quiet", "waitUrl": ""},
        ])  # fmt: skip
        return {"enqueue": queue, **self.same(room, deep)}

    def video(self, room, deep):
        step = {
            "connect": {
                "room": self.one_of(["Daily", {"name": "Daily", "participantIdentity": "phone"}])
            }
        }
        kind = self.chance.randrange(4)
        if kind == 0:
            return {
                **step,
                "when": {"ended": self.way(room, deep - 1)},
                "fallback": self.way(room, deep - 1),
            }
        if kind == 1:
            return {**step, "when": {"not-open": self.way(room, deep - 1)}}
        return {**step, **self.ways(room, deep)}

    def connect(self, room, deep):
        agents = [
            {"virtualAgent": {"connectorName": "bot", "configs": {"welcomeIntent": "hi"}, "parameters": {"a": "b"}}},
            {"conversationRelay": {"url": "wss://a.example/r", "languages": [{"code": "en-US"}, {"code": "de-DE"}]}},
        ]  # fmt: skip
        noun = self.one_of([
            *agents, *agents, {"stream": STREAM}, {"stream": {**STREAM, "parameters": {"a": "b"}}}, {"autopilot": "UA1"},
            {"conversation": {"serviceInstanceSid": "IS00000000000000000000000000000001"}},
            {"aiSession": {"aiConnector": "one", "aiSessionConfiguration": "two"}},
            {"conversationRelaySession": {"connector": "one", "sessionConfiguration": "two"}},
        ])  # fmt: skip
        step = {"connect": noun}
        if noun in agents:
            relay = "conversationRelay" in noun and self.flavor == "shared"
            return {**step, **({} if relay else self.same(room, deep))}
        if self.odds(0.6):
            way = self.way(room, deep - 1)
            step.update(self.one_of([{"then": way}, {"when": {"over": way}}]))
        return step

    def refer(self, room, deep):
        return {"refer": {"sip": "sip:ann@example.com"}, **self.same(room, deep)}

    def pay(self, room, deep):
        names = [
            "success", "too-many-failed-attempts", "payment-connector-error", "caller-interrupted-with-star", "validation-error",
            "internal-error",
        ]  # fmt: skip
        pay = {"paymentConnector": "one", "chargeAmount": "10.00"}
        if self.odds(0.4):
            pay["prompt"] = [
                {"for": "postal-code", "prompt": self.words()},
                {"for": "security-code", "attempt": [1, 2], "prompt": [self.say()]},
            ]
        return {"pay": pay, **self.when(room, deep, names)}

    def own(self, room, deep):
        """A verb whose action is the author's: an address, or a state."""
        address = self.one_of(["https://a.example/x?y=1", "https://a.example/z"])
        away = {"action": address, **self.one_of([{}, {"method": "GET"}])}
        known = ["aside"] * bool(room.states) if room.component else room.states
        if known and self.odds(0.7):
            away = {"action": self.one_of(known)}
        verbs = [
            {"gather": {"prompt": self.words(), **away}}, {"record": {"maxLength": 9, **away}}, {"dial": {**self.noun(room), **away}},
            {"enqueue": {"name": "support", **away}}, {"refer": {"sip": "sip:ann@example.com", **away}},
            {"connect": {"virtualAgent": {"connectorName": "bot"}, **away}},
            {"sms": {"message": "Hi.", "to": "+14155550100", "from": "+14155550101", **away}},
        ]  # fmt: skip
        verbs.append({"gather": {"prompt": self.words(), "actionOnEmptyResult": True, **away}})
        verbs.append({"connect": {"room": "Daily", **away}})
        return self.one_of(verbs)

    def use(self, room, deep):
        """A component, with what it takes and where it leads."""
        name = self.one_of(room.components)
        if name == "chime":
            return {"use": name, **self.one_of([{}, {"with": {"who": self.one_of(["Ann", "me"])}}])}
        step = {"use": name, "with": {"out": self.goal(room)}}
        if self.odds(0.4):
            step["with"]["there"] = "at " + self.one_of(["home", "work"])
        if self.odds(0.4):
            step["with"]["word"] = {"top": "W"}
        if self.odds(0.7):
            names = self.chance.sample(self.returns, self.chance.randint(1, 2))
            step["when"] = {name: self.way(room, deep - 1) for name in names}
        if self.odds(0.5):
            step["then"] = self.way(room, deep - 1)
        if name == "own":  # which dials
            step["allow"] = ["fallback-after-answer"]
        return step
