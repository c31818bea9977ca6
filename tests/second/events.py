"""What happens in a call, in one form for all who tell it, and what people answer.

An event is ``(whose line, what)``: the line is empty for the caller's own. What happens is an
:class:`El` or a word (``hangup``, ``join`` …).
"""

from random import Random
from typing import NamedTuple

CALLER, CALLED = "+14155550123", "+14155550100"
CALL = {
    "CallSid": "CA1", "From": CALLER, "To": CALLED, "CallStatus": "in-progress", "Direction": "inbound",
}  # fmt: skip
OURS = "(ours)"  # stands for an address that leads to what the flow itself says
HANGUP, JOIN = "hangup", "join"
MOST_EVENTS = 60

OWNED = ("action", "method", "actionOnEmptyResult")
LINKS = {"url": "method", "waitUrl": "waitUrlMethod", "referUrl": "referMethod"}
# The name of the element that stands for a text beside other elements.
TEXT_CHILD = {
    "Dial": "Number", "Client": "Identity", "Sip": "Uri", "Application": "ApplicationSid", "Message": "Body",
}  # fmt: skip
USUAL = {
    "Gather": {"timeout": "5", "input": "dtmf", "finishOnKey": "#"},
    "Dial": {"timeout": "30", "sequential": "false"},
    "Pause": {"length": "1"},
}


class El(NamedTuple):
    """An element: attributes in order of their names, elements inside, text without line ends."""

    tag: str
    attributes: tuple = ()
    inside: tuple = ()
    text: str = ""

    def get(self, name, other=None):
        return dict(self.attributes).get(name, other)

    def __str__(self):
        words = "".join(f' {name}="{value}"' for name, value in self.attributes)
        inside = self.text + "".join(map(str, self.inside))
        return f"<{self.tag}{words}>{inside}</{self.tag}>"


def el(tag, attributes, inside=(), text="", *, noun=False):
    """An element in the form in which they are compared.

    What the compiler has to write is left out, and so is what Twilio takes anyway. An address
    within the call is OURS, however it is asked for.
    """
    kept = {name: str(value) for name, value in attributes.items()}
    if not noun:
        kept = {name: value for name, value in kept.items() if name not in OWNED}
    methods = dict(LINKS, waitUrl="waitMethod") if tag == "Conference" else LINKS
    for name, method in methods.items():
        if kept.get(name) == OURS or name not in kept:
            kept.pop(method, None)
    if tag == "Dial" and len(inside) < 2:
        kept.pop("sequential", None)  # there is nobody to ring in turn
    usual = USUAL.get(tag, {})
    kept = {name: value for name, value in kept.items() if usual.get(name) != value}
    text = " ".join(text.split())
    if text and tag in TEXT_CHILD:
        inside, text = (El(TEXT_CHILD[tag], (), (), text), *inside), ""
    return El(tag, tuple(sorted(kept.items())), tuple(inside), text)


def leads(element):
    """Whether the call can go on at an action of this element."""
    return element.tag in ("Gather", "Record", "Dial", "Connect", "Enqueue", "Refer", "Sms", "Pay")


def told(events):
    """Events as lines for people."""
    return [f"{role}{what}" for role, what in events]


class OverError(Exception):
    """The call is over, or was followed as far as it is."""


class EnoughError(Exception):
    """Whoever waits has heard so much as the script says."""


class LeftError(Exception):
    """A caller left the queue."""


class Ears:
    """Who writes down what is heard; ``most`` is how much of a wait is heard, by its line."""

    def __init__(self):
        self.events = []
        self.left = {}

    def hear(self, role, what):
        if role in self.left:
            if not self.left[role]:
                raise EnoughError
            self.left[role] -= 1
        self.events.append((role, what))
        if len(self.events) >= MOST_EVENTS:
            raise OverError

    def waiting(self, role, most, run):
        """Lets ``run`` be heard for a while; what it gives, or None where it is cut short."""
        if not most:
            return None
        before = self.left.get(role)
        self.left[role] = most
        try:
            return run()
        except EnoughError:
            return None
        finally:
            self.left[role] = before
            if before is None:
                del self.left[role]


def keypad(pressed, most, finish):
    """The digits that Twilio makes of keys."""
    digits = ""
    for key in pressed:
        if key == finish or len(digits) == most:
            break
        digits += key
    return digits


def entered(gather, pressed):
    """(what was entered, the parameter that tells it) at a Gather; nothing is silence."""
    hears = gather.get("input", "dtmf").split()
    if pressed == SPEECH:
        return (pressed, "SpeechResult") if "speech" in hears else ("", "Digits")
    if "dtmf" not in hears:
        return "", "Digits"
    most = int(gather.get("numDigits", len(pressed)))
    return keypad(pressed, most, gather.get("finishOnKey", "#")), "Digits"


SPEECH = "some words"
MADE_UP = "sprung-up"  # what Twilio may tell one day, and nobody knows
DIALED = ("completed", "completed", "completed", "busy", "no-answer", "failed", "canceled")
SINGLE = ("1", "2", "3", "4", "9", "0", "*", "#")
SEVERAL = ("12", "34", "1", "9#", "#", "0*")
ENDINGS = {
    "QueueResult": (
        "bridged", "bridged", "leave", "redirected-from-bridged", "bridging-in-process", "queue-full", "error", "system-error",
    ),
    "Result": (
        "success", "success", "too-many-failed-attempts", "payment-connector-error", "caller-interrupted-with-star",
        "validation-error", "internal-error",
    ),
    "ReferCallStatus": ("in-progress", "in-progress", "busy", "failed", "canceled"),
    "VirtualAgentStatus": ("completed", "live-agent-handoff", "failed"),
    "SessionStatus": ("ended", "handoff", "failed"),
}  # fmt: skip


class Script:
    """What everybody does in one call: the same answers to whoever asks in the same order.

    ``made_up``: Twilio may tell of an ending that nobody knows.
    """

    def __init__(self, seed, made_up):
        self.chance = Random(f"script {seed}")
        self.made_up = made_up

    def keys(self, gather):
        """Keys, SPEECH, or nothing."""
        several = gather.get("numDigits") != "1"
        pool = [*SINGLE, *(SEVERAL * 2 if several else ()), "", "", ""]
        return self.chance.choice(pool + [SPEECH] * 3 * ("speech" in gather.get("input", "")))

    def ending(self, parameter):
        odd = max(2, len(ENDINGS[parameter]))  # half of them, however many there are
        pool = (*ENDINGS[parameter], *((MADE_UP,) * odd if self.made_up else ()))
        return self.chance.choice(pool)

    def ring(self, parties):
        """(DialCallStatus, which of ``parties`` answered)."""
        pool = (*DIALED, *((MADE_UP,) * 2 if self.made_up else ()))
        return self.chance.choice(pool), self.chance.randrange(parties)

    def refers(self):
        """Whether the far end passes the call on."""
        return self.chance.random() < 0.4

    def room(self):
        return self.chance.choice(["ended", "not-open"])

    def waits(self):
        """How much somebody who waits hears until others come."""
        return self.chance.choice([0, 1, 2, 3, 4, 5, 6])
