"""The steps of made-up flows that ring somebody, what is heard there, and flows for messages."""

from second.words import PARAMS


class Phones:
    """The part of an author that knows phones and messages."""

    # Phones

    def number(self):
        return f"+1415555{self.chance.randint(1000, 9999)}"

    def leg(self, room):
        """What a called person hears."""
        named = [self.named(room, "whisper")] * 2
        return self.one_of(
            [*named, [self.say()], [self.say(), "hangup"], [self.say(), {"use": "chime"}]]
        )

    def named(self, room, name):
        """The state of that name, or a list where there are no states."""
        return name if room.states else [self.say()]

    def noun(self, room):
        """Somebody to ring; (noun, whether they may decline)."""
        if self.odds(0.7 if self.inside else 0.4):
            text, value = self.one_of([
                ("phoneNumber", self.number()), ("identity", "ann"), ("sipUrl", "sip:ann@example.com"),
            ])  # fmt: skip
            key = {"phoneNumber": "number", "identity": "client", "sipUrl": "sip"}[text]
            return {key: {text: value, "url": self.leg(room)}}
        return self.one_of([
            {"number": self.number()}, {"number": {"phoneNumber": self.number(), "sendDigits": "1w2"}}, {"client": "bob"},
            {"client": {"identity": "cat", "parameters": {"why": "call"}}}, {"sip": "sip:ann@example.com"},
            {"sip": {"sipUrl": "sip:eve@example.com", "headers": {"X-Reason": "overflow"}}},
            {"client": {"identity": "dan", "statusCallback": "https://a.example/s", "statusCallbackEvent": ["ringing", "answered"]}},
        ])  # fmt: skip

    def waits(self):
        """A list that callers in a queue hear."""
        return [self.say(), *self.one_of([[], [self.sound()], [{"redirect": ""}]])]

    def heard_elsewhere(self, room):
        """A step of a component that gives somebody else one of its own states, or a list."""
        kind = self.one_of(["number", "client", "sip", "enqueue", "conference"])
        if kind == "enqueue":
            return {"enqueue": {"name": "support", "waitUrl": self.named(room, "hold")}}
        if kind == "conference":
            return {"dial": {"conference": {"name": "all", "waitUrl": self.named(room, "music")}}}
        text, value = {
            "number": ("phoneNumber", self.number()),
            "client": ("identity", "ann"),
            "sip": ("sipUrl", "sip:ann@example.com"),
        }[kind]
        return {"dial": {kind: {text: value, "url": self.named(room, "whisper")}}}

    def dial(self, room, deep):
        dial = self.noun(room)
        if self.odds(0.3):
            dial["timeout"] = self.chance.randint(5, 40)
        if self.odds(0.15):
            dial["referUrl"] = self.named(room, "moved")
        if self.odds(0.15):
            dial = {"number": "${phones}", "callerId": "+14155550100"}
        step = {"dial": dial}
        if self.odds(0.3) or self.allowed:
            allow = {} if self.allowed else {"allow": ["fallback-after-answer"]}
            return {**step, **allow, **self.ways(room, deep)}
        return {**step, **self.same(room, deep)}

    def dialed(self, room, deep):
        """The rarer nouns of Dial."""
        noun = self.one_of([
            {"queue": {"name": "support", "url": self.named(room, "queued")}}, {"queue": "support"}, {"sim": "DE00000000000000000000000000000001"},
            {"application": "AP00000000000000000000000000000001"},
            {"application": {"applicationSid": "AP00000000000000000000000000000001", "parameters": {"a": "b"}}},
            {"whatsApp": "+14155550177", "callerId": "whatsapp:+14155550178"},
        ])  # fmt: skip
        return {"dial": noun, **self.same(room, deep)}

    def hunt(self, room, deep):
        hunt = self.one_of([
            [self.number(), self.number()], {"number": [self.number(), self.number()], "timeout": 12}, self.number(),
            {"people": [{"number": {"phoneNumber": self.number(), "url": [self.say(), "hangup"]}}]},
            {"client": {"identity": "eve", "url": [self.say(), "hangup"]}}, {"sip": {"sipUrl": "sip:eve@example.com", "url": [self.say(), "hangup"]}},
            {"people": [{"client": "ann"}, {"number": {"phoneNumber": self.number(), "url": [self.say(), "hangup"]}}]},
            {"people": [self.noun(room), self.noun(room)]}, {"people": [self.noun(room) for _ in range(3)], "timeout": 9},
        ])  # fmt: skip
        if self.odds(0.3):
            hunt = {
                "people": [
                    {"each": "${phones}", "as": "one", "if": "${yes}", "number": "${one}"},
                    {"client": "ann"},
                ]
            }
        step = {"hunt": hunt}
        if self.odds(0.3) or self.allowed:
            allow = {} if self.allowed else {"allow": ["fallback-after-answer"]}
            return {**step, **allow, **self.ways(room, deep)}
        if self.decides and self.odds(0.4):
            return {
                **step,
                **self.when(room, deep, ["busy", "no-answer", "failed", "canceled", "completed"]),
            }
        return {**step, **self.same(room, deep)}

    def conference(self, room, deep):
        wait = self.one_of(
            [self.named(room, "music"), [self.say()], "https://a.example/hold.xml", ""]
        )
        conference = {"name": "all", "waitUrl": wait}
        step = {
            "dial": {
                "conference": self.one_of(
                    [conference, conference, {"name": "all", "beep": "onEnter"}]
                )
            }
        }
        if self.decides and self.odds(0.4):
            return {**step, **self.when(room, deep, ["answered", "failed"])}
        return {**step, **self.same(room, deep)}

    def told(self, room, deep):
        """A verb that Twilio tells several endings of, each with a way of its own."""
        dialed = ["busy", "no-answer", "failed", "canceled", "completed"]
        pool = [
            ({"dial": {**self.noun(room), "timeout": 9}}, dialed), ({"dial": self.number()}, dialed),
            ({"dial": {"number": {"phoneNumber": self.number(), "url": self.named(room, "whisper")}}}, ["declined", *dialed]),
            ({"enqueue": {"name": "support", "waitUrl": self.named(room, "hold")}}, [
                "bridged", "leave", "queue-full", "error", "system-error", "bridging-in-process", "redirected-from-bridged",
            ]),
            ({"connect": {"virtualAgent": {"connectorName": "bot"}}}, ["completed", "live-agent-handoff", "failed"]),
            ({"refer": {"sip": "sip:ann@example.com"}}, ["accepted", "busy", "failed", "canceled"]),
        ]  # fmt: skip
        if self.flavor != "shared":  # what is handed over can be any text
            pool.append(
                (
                    {"connect": {"conversationRelay": {"url": "wss://a.example/r"}}},
                    ["ended", "handoff", "failed"],
                )
            )
        step, names = self.one_of(pool)
        return {**step, **self.when(room, deep, names)}

    # States that others hear

    def legs(self, room):
        """The documents of a called person, of those who wait, and of who is passed on."""
        asks = {
            "gather": {"numDigits": 1, "prompt": self.words()},
            "then": [self.say()],
            "fallback": "hangup",
        }
        takes = {
            "gather": {"prompt": self.words()},
            "fallback": self.one_of(["hangup", [self.say(), "hangup"]]),
        }
        whisper = [
            self.say(),
            *self.one_of([[], [asks], [takes, self.say()], ["hangup"], [{"use": "chime"}]]),
        ]
        wait = [self.say(), self.sound(), self.pause()][: self.chance.randint(1, 2)]
        if self.odds(0.9):
            wait += self.one_of([
                [{"leave": None, "note": "A remark.", "if": "${yes}"}], [{"leave": None, "if": "${yes}"}], ["leave"], [{"goto": "held"}], ["hangup"],
                [{"gather": {"prompt": self.words()}, "then": [{"leave": None, "if": True, "note": "A remark."}]}, self.say()],
            ])  # fmt: skip
        music = [self.say(), *self.one_of([[], ["pause"], [self.sound()], [{"goto": "tune"}]])]
        found = {
            "whisper": whisper, "hold": wait, "held": [self.say()], "music": music, "tune": [self.say()], "queued": [{"say": self.words().replace(" ${call.From}", "")}],
            "moved": [self.say(), *self.one_of([["hangup"], [{"dial": self.number()}], []])],
        }  # fmt: skip
        if room.component:
            found["aside"] = [self.say(), *self.one_of([[], ["hangup"], [{"goto": "${out}"}]])]
        return found

    def texts(self):
        """A flow that answers messages."""
        self.inside = False
        pool = [
            {"message": self.words()}, {"message": {"body": self.words(), "media": "https://a.example/p.png"}},
            {"message": {"body": self.words(), "to": "+14155550100", "from": "+14155550101"}},
            {"each": "${days}", "as": "day", "message": "On ${day}."}, {"if": "${no}", "message": "Never."},
            {"if": True, "note": "A remark.", "message": self.words()}, {"use": "reply", "note": "A remark."},
            {"use": "reply", "with": {"what": self.one_of(["this", "that"])}}, {"if": "${yes}", "use": "reply"},
            {"each": ["a", "b"], "as": "one", "use": "reply", "with": {"what": "${one}"}},
        ]  # fmt: skip
        steps = self.chance.sample(pool, 6)
        end = self.one_of([
            {"goto": "more"}, {"redirect": "https://a.example/m"}, {"redirect": "more"}, {"goto": "more", "note": "A remark."},
            {"redirect": "https://a.example/n", "note": "A remark."}, {"if": "${yes}", "goto": "more"},
        ])  # fmt: skip
        components = {"reply": {"params": {"what": "it"}, "steps": [{"message": "About ${what}."}]}}
        states = {"main": [*steps, end], "more": [{"message": self.words()}]}
        return {"kind": "messaging", "params": PARAMS, "components": components, "states": states}
