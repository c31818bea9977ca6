"""The compiler's own walk of its graph as a call, for comparison with the second reader."""

import hashlib
import re

from second.events import (
    CALL,
    HANGUP,
    JOIN,
    OURS,
    Ears,
    El,
    LeftError,
    OverError,
    el,
    entered,
)  # fmt: skip
from second.player import VERBS
from twimlc.flow.graph import Context
from twimlc.flow.model import MediaLink
from twimlc.interpret.flow import FlowMachine
from twimlc.interpret.machine import DONE, SILENCE, Choice
from twimlc.interpret.markup import InternalLink


class GraphCall(Ears):
    """One call to a flow of the graph; ``folder`` holds its sounds."""

    def __init__(self, graph, script, folder):
        super().__init__()
        self.graph = graph
        self.script = script
        self.folder = folder

    def play(self, flow, kind="voice"):
        start = self.graph.starts[flow]
        try:
            self.line("", self.machine(start, Context.CALL if kind == "voice" else Context.MESSAGE))
            if kind == "voice":
                self.hear("", HANGUP)
        except OverError:
            pass
        return self.events

    def machine(self, node, context):
        return FlowMachine(self.graph, node, context)

    def line(self, role, machine):
        """Walks to an end; whether that was a hang-up of this line."""
        place = machine.begin()
        while True:
            moment = machine.moment(place)
            part = moment.part
            if part is None:
                last = moment.last
                if last.kind == "goto-external":
                    self.hear(role, El("goto-external", last.attributes, (), last.value))
                    raise OverError
                assert last.kind in ("hangup", "join", "sent", "silence"), last
                return last.kind == "hangup" and role != ""
            if part.tag == "Hangup":
                return True
            if part.tag == "Leave":
                self.hear(role, "leave")
                raise LeftError
            element = self.element(part)
            if moment.ring == 0:
                self.hear(role, valued(element))
            if part.tag == "Reject":
                raise OverError
            choice = DONE
            if moment.choices != (DONE,):
                choice = getattr(self, f"do_{part.tag.lower()}")(part, element, moment.ring)
            if choice is None:
                return True
            place = machine.take(place, choice)

    def element(self, part):
        attributes = {}
        for name, value in part.attributes:
            attributes[name] = OURS if isinstance(value, InternalLink) else value
        if part.tag == "Say":
            marks = [inner for inner in part.walk() if inner is not part]
            inside = [
                El(one.tag, tuple(sorted(one.attributes)), (), " ".join(first_text(one).split()))
                for one in marks
            ]
            return el("Say", attributes, inside, words(part))
        text = "".join(child for child in part.children if isinstance(child, str))
        link = part.link()
        if link is not None:
            assert isinstance(link.place, MediaLink), link
            data = (self.folder / link.place.path).read_bytes()
            text = "sound " + hashlib.sha256(data).hexdigest()
        inside = [self.element(inner) for inner in part.parts()]
        return el(part.tag, attributes, inside, text, noun=part.tag not in VERBS)

    def aside(self, role, link, context, most=None):
        machine = self.machine(self.graph.entries[link.place.state], context)
        if most is None:
            return self.line(role, machine)
        return self.waiting(role, most, lambda: HANGUP if self.line(role, machine) else None)

    def do_gather(self, part, element, ring):
        value, parameter = entered(element, self.script.keys(element))
        if not value:
            return SILENCE
        return Choice("keys", value) if parameter == "Digits" else Choice("speech", value)

    def do_record(self, part, element, ring):
        return Choice("recorded")

    def do_dial(self, part, element, ring):
        nouns = list(part.parts())
        for noun in nouns:
            if noun.tag == "Conference":
                wait = noun.get("waitUrl")
                if isinstance(wait, InternalLink):
                    self.aside("hold ", wait, Context.CONFERENCE_WAIT, self.script.waits())
                return Choice("answered")
        ringing = [nouns[ring]] if part.literal("sequential") == "true" else nouns
        status, who = self.script.ring(len(ringing) or 1)
        leg = ringing[who].get("url") if ringing else None
        if status == "completed" and isinstance(leg, InternalLink):
            hung_up = self.aside("leg ", leg, Context.LEG)
            self.hear("leg ", HANGUP if hung_up else JOIN)
            status = "declined" if hung_up else status
        refer = part.get("referUrl")
        if status == "completed" and isinstance(refer, InternalLink) and self.script.refers():
            self.aside("refer ", refer, Context.CALL)
            raise OverError
        return Choice(status)

    def do_enqueue(self, part, element, ring):
        result, waits = self.script.ending("QueueResult"), self.script.waits()
        wait = part.get("waitUrl")
        if isinstance(wait, InternalLink) and result not in ("queue-full", "error", "system-error"):
            try:
                if self.aside("wait ", wait, Context.QUEUE_WAIT, waits) == HANGUP:
                    return None
            except LeftError:
                result = "leave"
        return Choice(result)

    def do_connect(self, part, element, ring):
        noun = element.inside[0].tag
        if noun == "Room":
            return Choice(self.script.room())
        if noun == "VirtualAgent":
            return Choice(self.script.ending("VirtualAgentStatus"))
        if noun == "ConversationRelay":
            return Choice(self.script.ending("SessionStatus"))
        return Choice("over")

    def do_refer(self, part, element, ring):
        status = self.script.ending("ReferCallStatus")
        return Choice("accepted" if status == "in-progress" else status)

    def do_pay(self, part, element, ring):
        return Choice(self.script.ending("Result"))


def words(part):
    return "".join(child if isinstance(child, str) else words(child) for child in part.children)


def first_text(part):
    return part.children[0] if part.children and isinstance(part.children[0], str) else ""


def valued(element):
    """An element with the values of the running call."""

    def put(text):
        return re.sub(r"\$\{call\.(\w+)\}", lambda match: CALL[match[1]], text)

    return El(
        element.tag,
        tuple((name, put(value)) for name, value in element.attributes),
        tuple(map(valued, element.inside)),
        put(element.text),
    )
