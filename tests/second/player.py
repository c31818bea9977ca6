"""Documents walked as a call: fetched from a host as Twilio does, answered by a script."""

import hashlib
from urllib.parse import urljoin
from xml.etree import ElementTree

from rebuilds.hosts import BINS
from second.elements import markup
from second.events import (
    CALL,
    HANGUP,
    JOIN,
    LINKS,
    MADE_UP,
    OURS,
    Ears,
    El,
    LeftError,
    OverError,
    el,
    entered,
    leads,
)  # fmt: skip

MOST_FETCHES = 80


class FaultError(Exception):
    """What Twilio cannot fetch or run."""


def of_xml(text):
    """An element written as XML, with no address of ours in it."""
    return of_element(ElementTree.fromstring(text), lambda _: False)


def of_element(element, ours, sound=lambda url: url):
    """An element of a document in the form in which they are compared."""
    tag, noun = element.tag, element.tag not in VERBS
    attributes = dict(element.attrib)
    for name in LINKS:
        if (
            attributes.get(name)
            and tag not in ("Stream", "ConversationRelay")
            and ours(attributes[name])
        ):
            attributes[name] = OURS
    if tag == "Say":
        return el(tag, attributes, markup(element), "".join(element.itertext()))
    inside = [of_element(inner, ours, sound) for inner in element]
    text = (element.text or "").strip()
    if tag == "Play" and text:
        text = sound(text)
    return el(tag, attributes, inside, text, noun=noun)


VERBS = (
    "Say", "Play", "Pause", "Gather", "Record", "Dial", "Connect", "Start", "Stop", "Enqueue", "Leave", "Hangup",
    "Reject", "Redirect", "Refer", "Pay", "Sms", "Echo", "Message",
)  # fmt: skip


class Player(Ears):
    """One call to the documents of a host. ``flow`` is called."""

    def __init__(self, host, script, asked=CALL):
        super().__init__()
        self.host = host
        self.script = script
        self.asked = asked
        self.fetches = []
        self.roots = {}

    def play(self, flow, kind="voice"):
        """The events of a call to a flow; the last one is a fault where Twilio cannot go on."""
        try:
            self.line("", self.host.entry(flow), {}, "GET")
            if kind == "voice":
                self.hear("", HANGUP)
        except OverError:
            pass
        except FaultError as fault:
            self.events.append(("", f"fault: {fault}"))
        return self.events

    def ours(self, url):
        return url.startswith((self.host.base, BINS))

    def fetch(self, url, more, method):
        """The root of a document."""
        self.fetches.append(url)
        if len(self.fetches) > MOST_FETCHES:
            raise FaultError("round and round")
        if method != "GET" and not url.startswith(BINS):
            raise FaultError(f"{method} {url}")
        answer = self.host.get(url, {**self.asked, **more})
        if answer.status != 200:
            raise FaultError(f"{answer.status} {url}")
        return ElementTree.fromstring(answer.body)

    def line(self, role, url, more, method):
        """Runs documents from ``url`` on; whether the line was hung up rather than at its end."""
        while True:
            response = self.fetch(url, more, method)
            for verb in response:
                found = self.run(role, verb, url)
                if found is HANGUP:
                    return True
                if found is not None:
                    address, more, method = found
                    if not self.ours(urljoin(url, address)):
                        self.hear(role, El("goto-external", (("method", method),), (), address))
                        raise OverError
                    url = urljoin(url, address)
                    break
            else:
                if role != "wait ":
                    return False
                more = {}

    def run(self, role, verb, url):
        """None for the next verb, HANGUP, or (address, parameters, method)."""
        if verb.tag == "Hangup":
            return HANGUP
        if verb.tag == "Redirect":
            return (verb.text or "").strip(), {}, verb.get("method", "POST")
        if verb.tag == "Leave":
            self.hear(role, "leave")
            raise LeftError
        element = of_element(
            verb, lambda one: self.ours(urljoin(url, one)), lambda one: self.sound(url, one)
        )
        self.hear(role, element)
        if verb.tag == "Reject":
            raise OverError
        if not leads(element):
            return None
        told = getattr(self, f"do_{verb.tag.lower()}")(verb, element, url)
        if told is None or told is HANGUP:
            return told
        action = verb.get("action")
        if verb.tag in ("Gather", "Record", "Pay") and action is None:
            action = ""  # this document again
        return None if action is None else (action, told, verb.get("method", "POST"))

    def sound(self, base, address):
        url = urljoin(base, address)
        if not url.startswith(self.host.base):
            return address
        answer = self.host.get(url, {})
        if answer.status != 200:
            raise FaultError(f"{answer.status} {url}")
        return "sound " + hashlib.sha256(answer.body).hexdigest()

    def aside(self, role, base, element, name, most=None):
        """Another line at an address of an element."""
        url, method = urljoin(base, element.get(name)), element.get(LINKS[name], "POST")
        if element.tag == "Conference":
            method = element.get("waitMethod", "POST")
        if most is None:
            return self.line(role, url, {"CallSid": "CA2"} if role == "leg " else {}, method)
        return self.waiting(role, most, lambda: self.hung(role, url, method))

    def hung(self, role, url, method):
        return HANGUP if self.line(role, url, {}, method) else None

    # The verbs that may lead on: what the request tells, None for the next verb, or HANGUP

    def do_gather(self, verb, element, url):
        value, parameter = entered(element, self.script.keys(element))
        if value or verb.get("actionOnEmptyResult") == "true":
            return {parameter: value}
        return None

    def do_record(self, verb, element, url):
        return {"RecordingUrl": "https://a.example/1"}

    def do_sms(self, verb, element, url):
        return {"SmsStatus": "sent"}

    def do_dial(self, verb, element, url):
        room = verb.find("Conference")
        if room is not None:
            if room.get("waitUrl") and self.ours(urljoin(url, room.get("waitUrl"))):
                self.aside("hold ", url, room, "waitUrl", self.script.waits())
            return {"DialCallStatus": "answered"}
        nouns = list(verb) or [verb]
        turns = [[noun] for noun in nouns] if verb.get("sequential") == "true" else [nouns]
        bridged = False
        for ringing in turns:
            status, who = self.script.ring(len(ringing))
            bridged = status == "completed"
            noun = ringing[who]
            if bridged and noun.get("url") and self.ours(urljoin(url, noun.get("url"))):
                bridged = not self.aside("leg ", url, noun, "url")
                self.hear("leg ", JOIN if bridged else HANGUP)
            if bridged:
                break
        refer = verb.get("referUrl")
        if bridged and refer and self.ours(urljoin(url, refer)) and self.script.refers():
            self.aside("refer ", url, verb, "referUrl")
            raise OverError
        told = {"DialCallStatus": status}
        return told | ({"DialBridged": str(bridged).lower()} if status == "completed" else {})

    def do_enqueue(self, verb, element, url):
        result, waits = self.script.ending("QueueResult"), self.script.waits()
        address = verb.get("waitUrl")
        worked = result not in ("queue-full", "error", "system-error", MADE_UP)
        if address and self.ours(urljoin(url, address)) and worked:
            try:
                if self.aside("wait ", url, verb, "waitUrl", waits) == HANGUP:
                    return HANGUP
            except LeftError:
                result = "leave"
        return {"QueueResult": result}

    def do_connect(self, verb, element, url):
        noun = verb[0].tag
        if noun == "Room":
            return {} if self.script.room() == "ended" else None
        if noun == "VirtualAgent":
            return {"VirtualAgentStatus": self.script.ending("VirtualAgentStatus")}
        if noun == "ConversationRelay":
            status = self.script.ending("SessionStatus")
            handoff = {"SessionStatus": "ended", "HandoffData": "{}"}
            return handoff if status == "handoff" else {"SessionStatus": status}
        return {}

    def do_refer(self, verb, element, url):
        return {"ReferCallStatus": self.script.ending("ReferCallStatus")}

    def do_pay(self, verb, element, url):
        return {"Result": self.script.ending("Result")}
