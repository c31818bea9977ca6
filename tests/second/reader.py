"""A flow walked as a call, by the rules of the language alone: what is heard, and what comes next."""

import hashlib

from second.blocks import Blocks
from second.elements import Written, listed, verb_of
from second.events import CALL, HANGUP, JOIN, OURS, Ears, El, LeftError, OverError, entered, leads
from second.scopes import END, HUNG_UP, Frame
from second.values import Outer, called

WORKED = {
    "dial": ("completed", "answered"),
    "enqueue": ("bridged", "leave", "redirected-from-bridged", "bridging-in-process"),
    "pay": ("success",),
    "refer": ("accepted",),
    "virtualAgent": ("completed", "live-agent-handoff"),
    "conversationRelay": ("ended", "handoff"),
}


class Reader(Blocks, Ears):
    """One call. ``decides``: the host can tell outcomes apart. ``visits`` counts what is walked."""

    def __init__(self, project, script, visits, *, decides=True, asked=CALL):
        super().__init__()
        self.project = project
        self.script = script
        self.visits = visits
        self.decides = decides
        self.asked = asked
        self.cut = set()  # scopes whose use leads nowhere: they are on another line here

    def play(self, flow):
        """The events of a call to a flow."""
        scope = self.project.flows[flow]
        try:
            self.line("", self.state(scope, scope.start))
            if self.project.kinds[flow] == "voice":
                self.hear("", HANGUP)
        except OverError:
            pass
        return self.events

    def hear(self, role, what):
        super().hear(role, filled_in(what, self.asked) if isinstance(what, El) else what)

    def line(self, role, frame):
        """Walks from a frame to an end; whether that was a hang-up. A list at its end is left."""
        idle = 0
        while frame is not END:
            if frame.at >= len(frame.steps):
                frame = frame.up
                continue
            if frame is HUNG_UP:
                return True
            before = len(self.events)
            frame = self.step(role, frame)
            idle = 0 if len(self.events) > before else idle + 1
            assert idle < 1000, "a circle in which nothing is heard"
        return False

    # Where things lead

    def state(self, scope, name):
        """The first frame of a state that is named in a scope."""
        name, scope = str(name), name.scope if isinstance(name, Outer) else scope
        flow, slash, state = name.rpartition("/")
        if slash:
            scope = self.project.flows[flow]
            state = state or scope.start
        up = END if scope in self.cut else scope.behind
        return Frame(scope, scope.states[state], 0, up)

    def way(self, frame, value):
        """Where a way out of the step at ``frame`` leads."""
        if isinstance(value, str) and value == "hangup":
            return HUNG_UP
        behind = frame._replace(at=frame.at + 1)
        if value is None or (isinstance(value, str) and value == "next"):
            return behind
        if isinstance(value, str):
            return self.state(frame.scope, value)
        return Frame(frame.scope, listed(value), 0, behind, begin(frame))

    def outcome(self, frame, verb, name, worked):
        """Where an outcome leads: ``when`` is the strongest, then ``then`` or ``fallback``."""
        step = frame.step
        self.visits.outcome(verb, name)
        for key, value in (step.get("when") or {}).items():
            if key == name:
                return self.way(frame, value)
        return self.way(frame, step.get("then" if worked else "fallback"))

    def written(self, frame, legs=None):
        """A maker of elements; the places that their addresses lead to go to ``legs``, by tag and attribute."""
        scope = frame.scope

        def link(key, name, value):
            if isinstance(value, str) and is_address(value):
                return value
            self.visits.leg(key, name, frame)
            if legs is not None:
                legs.append((key, name, self.place(scope, value)))
            return OURS

        def sound(text):
            if ":" in text:
                return text
            data = (self.project.folder / "flows" / text).read_bytes()
            return "sound " + hashlib.sha256(data).hexdigest()

        return Written(scope, self.visits, link, sound)

    def place(self, scope, value):
        """What an address that is no address leads to: a state, or a list that goes on nowhere."""
        if isinstance(value, str):
            return self.state(scope, value)
        return Frame(scope, listed(value))

    def aside(self, role, frame, most=None):
        """Another line walked to its end, on which no use leads on. ``most``: a wait, which starts again."""
        before = self.cut
        frame = self.apart(frame)
        try:
            if most is None:
                return self.line(role, frame)
            return self.waiting(role, most, lambda: self.again(role, frame))
        finally:
            self.cut = before

    def apart(self, frame):
        """A place that an address led to: neither it nor what it goes to goes on behind a use."""
        scope = frame.scope
        while scope is not None:
            self.cut = self.cut | {scope}
            scope = scope.user
        return frame._replace(up=END)

    def again(self, role, frame):
        while not self.line(role, frame):
            pass
        return HANGUP

    # The steps

    def step(self, role, frame):
        step = frame.step
        verb = verb_of(step)
        content = step[verb]
        self.visits.step(verb, step, frame)
        if verb in (
            "goto",
            "return",
            "menu",
            "offer",
            "voicemail",
            "hunt",
            "use",
            "twiml",
            "redirect",
        ):
            return getattr(self, f"do_{verb}")(role, frame, content)
        legs = []
        element = self.written(frame, legs).make(verb, content)
        if verb == "hangup":
            return HUNG_UP
        if verb == "leave":
            self.hear(role, "leave")
            raise LeftError
        self.hear(role, element)
        if verb == "reject":
            raise OverError
        if leads(element):
            return getattr(self, f"do_{verb}")(role, frame, element, legs)
        return self.way(frame, None)

    def action(self, role, frame):
        """Where an action of the author's leads: to a state, or away for good."""
        given = own(frame)
        if not is_address(given["action"]):
            self.visits.more("an action that is a state")
            return self.apart(self.place(frame.scope, given["action"]))
        raise self.away(role, given["action"], given.get("method", "POST"))

    def away(self, role, address, method="POST"):
        self.hear(role, El("goto-external", (("method", method),), (), address))
        return OverError()

    def do_goto(self, role, frame, name):
        return self.way(frame, name)

    def do_redirect(self, role, frame, content):
        address = content["url"] if isinstance(content, dict) else content
        if address == "":
            self.visits.more("an empty redirect")
            return begin(frame)
        if not is_address(address):
            return self.state(frame.scope, address)
        method = content.get("method", "POST") if isinstance(content, dict) else "POST"
        raise self.away(role, address, method)

    def do_twiml(self, role, frame, text):
        from second.player import of_xml

        self.hear(role, of_xml(text))
        return self.way(frame, None)

    # The verbs with outcomes

    def do_gather(self, role, frame, element, legs):
        step = frame.step
        digits, parameter = entered(element, self.script.keys(element))
        if own(frame):
            if digits or own(frame).get("actionOnEmptyResult"):
                return self.action(role, frame)
            self.visits.outcome("gather", "no-input")
            return self.way(frame, None)
        if not digits:
            return self.outcome(frame, "gather", "no-input", worked=False)
        self.visits.outcome("gather", "input")
        ways = step.get("when") or {}
        if parameter == "Digits" and digits in ways:
            return self.way(frame, ways[digits])
        return self.way(frame, step.get("then"))

    def do_record(self, role, frame, element, legs):
        return self.ended(role, frame, "record", "recorded", worked=True)

    def ended(self, role, frame, verb, name, worked):
        if own(frame):
            self.visits.outcome(verb, name)
            return self.action(role, frame)
        return self.outcome(frame, verb, name, worked)

    def do_sms(self, role, frame, element, legs):
        return self.ended(role, frame, "sms", "sent", worked=True)

    def do_dial(self, role, frame, element, legs, verb="dial"):
        name = self.rung(role, element, legs)
        step = frame.step
        allowed = "fallback-after-answer" in [*step.get("allow", ()), *frame.scope.allow]
        if allowed and not self.decides and not own(frame):
            self.visits.outcome(verb, "approximated")
            return self.way(frame, step.get("fallback"))
        return self.ended(role, frame, verb, name, name in WORKED["dial"])

    def rung(self, role, element, legs):
        """The outcome of a Dial."""
        waits = [place for _, name, place in legs if name == "waitUrl"]
        if any(noun.tag == "Conference" for noun in element.inside):
            if waits:
                self.aside("hold ", waits[0], self.script.waits())
            return "answered"
        turns = [[noun] for noun in element.inside]
        if element.get("sequential") != "true":
            turns = [list(element.inside)]
        places = iter([place for _, name, place in legs if name == "url"])
        places = [next(places) if noun.get("url") == OURS else END for noun in element.inside]
        for number, nouns in enumerate(turns):
            status, who = self.script.ring(len(nouns))
            first = number if len(turns) > 1 else 0
            leg = places[first + who]
            if status == "completed" and leg is not END:
                hung_up = self.aside("leg ", leg)
                self.hear("leg ", HANGUP if hung_up else JOIN)
                status = "declined" if hung_up else status
            if status == "completed" or number == len(turns) - 1:
                break
        refer = [place for _, name, place in legs if name == "referUrl"]
        if status == "completed" and refer and self.script.refers():
            self.aside("refer ", refer[0])
            raise OverError
        return status

    def do_enqueue(self, role, frame, element, legs):
        result = self.script.ending("QueueResult")
        waits = self.script.waits()
        if legs and result in WORKED["enqueue"]:
            try:
                if self.aside("wait ", legs[0][2], waits) == HANGUP:
                    return HUNG_UP
            except LeftError:
                result = "leave"
        return self.ended(role, frame, "enqueue", result, result in WORKED["enqueue"])

    def do_connect(self, role, frame, element, legs):
        noun = element.inside[0].tag
        key = noun[0].lower() + noun[1:]
        if key == "room":
            return self.room(role, frame)
        if key == "virtualAgent":
            name = self.script.ending("VirtualAgentStatus")
        elif key == "conversationRelay":
            name = self.script.ending("SessionStatus")
        else:
            name = "over"
        return self.ended(role, frame, key, name, name in WORKED.get(key, ("over", "ended")))

    def room(self, role, frame):
        """Without a way for a room that has ended, the next instruction follows in any case."""
        step, name = frame.step, self.script.room()
        self.visits.outcome("room", name)
        if own(frame):
            return self.action(role, frame) if name == "ended" else self.way(frame, None)
        ways = step.get("when") or {}
        then = step.get("then", ways.get("ended"))
        if name == "ended" and then is not None:
            return self.way(frame, then)
        return self.way(frame, step.get("fallback", ways.get("not-open")))

    def do_refer(self, role, frame, element, legs):
        status = self.script.ending("ReferCallStatus")
        name = "accepted" if status == "in-progress" else status
        return self.ended(role, frame, "refer", name, name == "accepted")

    def do_pay(self, role, frame, element, legs):
        name = self.script.ending("Result")
        return self.ended(role, frame, "pay", name, name == "success")


def own(frame):
    """What a verb says that has an action of the author's, else nothing."""
    content = frame.step[verb_of(frame.step)]
    return content if isinstance(content, dict) and "action" in content else {}


def is_address(value):
    return isinstance(value, str) and (
        not value or value[0] == "/" or any(c in value for c in ":.?")
    )


def filled_in(element, asked):
    """An element with the values of the running call."""
    return El(
        element.tag,
        tuple((name, called(value, asked)) for name, value in element.attributes),
        tuple(filled_in(inner, asked) for inner in element.inside),
        called(element.text, asked),
    )


def begin(frame):
    """The first step of the document that a step is written in."""
    return frame.outer or frame._replace(at=0)
