"""A call on TwiML: fetches documents as Twilio does, answers by a script, writes down what is heard.

Only the verbs that the random flows lead to. Every fetch is numbered; from one on, another build answers.
"""

from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree

from rebuilds.reader import CALLER

CALL = {"CallSid": "CA1", "From": CALLER, "To": "+14155550100", "CallStatus": "in-progress"}
MOST_EVENTS = 40
MOST_FETCHES = 40


@dataclass(frozen=True)
class Fetch:
    """A document that Twilio asked for: which build answered, and which the link is from.

    ``line`` is 0 for the caller's own line, and a number for each time that another one is heard.
    """

    served: int
    linked: int
    status: int
    line: int
    url: str = ""


HANGUP = object()


class OverError(Exception):
    """The call is over, or was followed as far as it is."""


class Call:
    """One call. ``hosts`` are the builds in turn; ``when(n)`` is the one that answers fetch n (from 1)."""

    def __init__(self, hosts, when, script):
        self.hosts = hosts
        self.when = when
        self.script = script
        self.fetches = self.lines = 0
        self.items = []  # Fetch, or what is heard as a tuple
        self.cut = False  # followed no further; else it came to its end

    def play(self, entry):
        """Everything of the call that began at ``entry``."""
        try:
            self.line(entry, {}, 0, "")
            self.hear("", "hangup")
        except OverError:
            pass
        return self.items

    def hear(self, role, *event):
        """Writes down; ``role`` is empty on the caller's own line."""
        self.items.append((role, *event))
        if len(self.items) > MOST_EVENTS:
            self.cut = True
            raise OverError

    def fetch(self, url, more, linked, line):
        """(root element, address, build) of a document."""
        self.fetches += 1
        if self.fetches > MOST_FETCHES:
            self.items.append(("", "round and round"))
            raise OverError
        served = self.when(self.fetches)
        answer = self.hosts[served].get(url, {**CALL, **more})
        served -= answer.age
        self.items.append(Fetch(served, linked, answer.status, line, url))
        if answer.status != 200:
            raise OverError
        return ElementTree.fromstring(answer.body), url, served

    def line(self, url, more, linked, role):
        """Runs documents from ``url`` on; whether the line was hung up rather than at its end.

        Music on hold ends where it begins again: with the address.
        """
        line, self.lines = self.lines, self.lines + 1
        while True:
            response, url, served = self.fetch(url, more, linked, line)
            more = {}
            for verb in response:
                found = self.verb(verb)(verb, url, served, role)
                if found is HANGUP:
                    return True
                if found is not None:
                    address, more = found
                    if role == "hold " and verb.tag == "Redirect":
                        return urljoin(url, address)
                    # A Bin's Redirect hands on the names of the link that led there.
                    linked = linked if verb.tag == "Redirect" else served
                    url = urljoin(url, address)
                    break
            else:
                return False

    def verb(self, element):
        return getattr(self, f"do_{element.tag.lower()}")

    # The verbs: None for "the next one", else HANGUP or (address, parameters)

    def do_say(self, verb, url, linked, role):
        self.hear(role, "say", " ".join("".join(verb.itertext()).split()))

    def do_play(self, verb, url, linked, role):
        address = urljoin(url, verb.text.strip())
        answer = self.hosts[self.when(self.fetches + 1)].get(address, {})
        if answer.status != 200:
            self.hear(role, "no sound", answer.status)
            raise OverError
        self.hear(role, "play", answer.body)

    def do_pause(self, verb, url, linked, role):
        pass

    def do_hangup(self, verb, url, linked, role):
        return HANGUP

    def do_redirect(self, verb, url, linked, role):
        return (verb.text or "").strip(), {}

    def do_gather(self, verb, url, linked, role):
        for inner in verb:
            self.verb(inner)(inner, url, linked, role)
        self.hear(role, "keys")
        key = self.script.keys()
        if key or verb.get("actionOnEmptyResult") == "true":
            return verb.get("action", ""), {"Digits": key}
        return None

    def do_record(self, verb, url, linked, role):
        self.hear(role, "record")
        return verb.get("action", ""), {"RecordingUrl": "https://a.example/1"}

    def do_dial(self, verb, url, linked, role):
        room = verb.find("Conference")
        if room is not None:
            self.hear(role, "conference", room.text.strip())
            url = urljoin(url, room.get("waitUrl"))
            for _ in range(self.script.conference()):
                url = self.line(url, {}, linked, "hold ")
                if not isinstance(url, str):
                    break  # silence from here on
            return self.action(verb, {"DialCallStatus": "answered"})
        numbers = [noun.text.strip() for noun in verb] or [verb.text.strip()]
        self.hear(role, "dial", *numbers)
        status = self.script.dial()
        bridged = status == "completed"
        leg = next((noun.get("url") for noun in verb if noun.get("url")), None)
        if bridged and leg is not None:
            bridged = not self.line(urljoin(url, leg), {"CallSid": "CA2"}, linked, "leg ")
        told = {"DialCallStatus": status}
        if status == "completed":
            told["DialBridged"] = "true" if bridged else "false"
        return self.action(verb, told)

    @staticmethod
    def action(verb, told):
        return (verb.get("action"), told) if verb.get("action") else None

    def do_connect(self, verb, url, linked, role):
        (room,) = verb
        self.hear(role, "room", room.text.strip())
        return self.action(verb, {}) if self.script.room() == "ended" else None

    def do_enqueue(self, verb, url, linked, role):
        self.hear(role, "enqueue", verb.text.strip())
        waits, result = self.script.queue()
        for _ in range(waits):
            if self.line(
                urljoin(url, verb.get("waitUrl")), {"QueuePosition": "1"}, linked, "wait "
            ):
                return HANGUP
        return self.action(verb, {"QueueResult": result})
