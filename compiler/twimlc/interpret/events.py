"""What can be observed of a call: words, sounds, rings, recordings, the end.

A verb (:class:`~twimlc.interpret.markup.Part`) comes in, the events it makes go out, in order.
"""

from typing import NamedTuple

from twimlc.flow.model import MediaLink, StateLink
from twimlc.interpret.markup import Ours, Part, Value


class Event(NamedTuple):
    """One thing that happens.

    ``kind`` is ``say``, ``play``, ``digits``, ``pause``, ``dial``, ``conference``, ``connect``,
    ``enqueue``, ``record``, ``refer``, ``pay``, ``message``, ``start``, ``stop``, ``leave``,
    ``reject``, ``hangup``, ``caller-hangup``, ``goto-external``; of other legs ``join`` (the
    parties are joined) and ``silence`` (nothing plays any more); of messages ``sent``;
    ``failure`` where Twilio cannot
    run a document; or the name of a verb nobody knows. ``value`` is what people name it by;
    ``noun`` is what a ``connect``, ``start`` or ``stop`` is about.
    """

    kind: str
    value: str | tuple[str, ...] = ""
    noun: str = ""
    attributes: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        words = [self.kind]
        if self.noun:
            words.append(self.noun)
        if isinstance(self.value, tuple):
            words.append(", ".join(self.value))
        elif self.kind in ("say", "message"):
            words.append(f'"{self.value}"')
        elif self.value:
            words.append(self.value)
        if self.attributes:
            words.append("(" + " ".join(f"{name}={text}" for name, text in self.attributes) + ")")
        return " ".join(words)


HANGUP = Event("hangup")
CALLER_HANGUP = Event("caller-hangup")
JOIN = Event("join")
SILENCE = Event("silence")
SENT = Event("sent")

_UNSEEN = frozenset({"action", "method", "actionOnEmptyResult"})
_NAMES = ("name", "connectorName", "url", "assistantId", "id")
"""Attributes that a noun without text is called by, the first that is given."""

LEGS = frozenset({"Number", "Client", "Sip", "WhatsApp", "Sim", "Application"})
"""The nouns of Dial that ring somebody."""


def external(address: str, method: str) -> Event:
    """The call leaves for an address that is not ours."""
    return Event("goto-external", address, attributes=(("method", method),))


def show(value: Value) -> str:
    """A value as people name it: a state, a file, an address, or the text itself."""
    if not isinstance(value, Ours):
        return value
    match value.place:
        case StateLink(state=state):
            return str(state)
        case MediaLink(path=path):
            return path
        case _:
            return value.place


def _attributes(*parts: Part) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, show(value))
        for part in parts
        for name, value in part.attributes
        if name not in _UNSEEN
    )


def name_of(noun: Part) -> str:
    """What a noun is called: its text, a child that carries it, or the attribute that names it."""
    link = noun.link()
    if link is not None:
        return show(link)
    own = " ".join("".join(c for c in noun.children if isinstance(c, str)).split())
    if own:
        return own
    for child in noun.parts():
        if child.tag in ("Identity", "ApplicationSid", "Name"):
            return child.text
    for name in _NAMES:
        value = noun.get(name)
        if value:
            return show(value)
    return ""


def _key(part: Part) -> str:
    return part.spec.key if part.spec else part.tag[:1].lower() + part.tag[1:]


def parties(dial: Part) -> tuple[str, ...]:
    """The targets of a Dial, in order."""
    own = " ".join("".join(c for c in dial.children if isinstance(c, str)).split())
    return ((own,) if own else ()) + tuple(name_of(noun) for noun in dial.parts())


def rings(dial: Part) -> int:
    """How often a Dial rings, one after another, if nobody answers."""
    if dial.literal("sequential") != "true":
        return 1
    return max(1, sum(1 for noun in dial.parts() if noun.tag in LEGS))


def _dialled(dial: Part, ring: int) -> Event:
    for noun in dial.parts():
        if noun.tag == "Conference":
            return Event("conference", name_of(noun), attributes=_attributes(dial, noun))
    targets = parties(dial)
    if rings(dial) > 1:
        rung = [noun for noun in dial.parts() if noun.tag in LEGS][ring]
        return Event("dial", (name_of(rung),), attributes=_attributes(dial, rung))
    return Event("dial", targets, attributes=_attributes(dial, *dial.parts()))


def _about_noun(part: Part) -> Event:
    for noun in part.parts():
        return Event(_key(part), name_of(noun), _key(noun), _attributes(part, noun))
    return Event(_key(part), attributes=_attributes(part))


def events(part: Part, ring: int = 0) -> tuple[Event, ...]:
    """The events of one verb; of sequential ringing those of ring number ``ring``."""
    match part.tag:
        case "Gather":
            return tuple(event for child in part.parts() for event in events(child))
        case "Play" if part.get("digits") and not name_of(part):
            return (Event("digits", part.literal("digits"), attributes=_attributes(part)),)
        case "Play":
            return (Event("play", name_of(part), attributes=_attributes(part)),)
        case "Pause":
            return (Event("pause", part.literal("length", "1")),)
        case "Dial":
            return (_dialled(part, ring),)
        case "Connect" | "Start" | "Stop":
            return (_about_noun(part),)
        case "Sms":
            return (Event("message", part.text, attributes=_attributes(part)),)
        case "Refer":
            noun = next(part.parts(), part)
            return (Event("refer", name_of(noun), attributes=_attributes(part, noun)),)
        case "Say" | "Enqueue" | "Message":
            return (Event(_key(part), part.text, attributes=_attributes(part)),)
        case "Hangup":
            return (HANGUP,)
        case "Record" | "Pay" | "Reject" | "Leave":
            return (Event(_key(part), attributes=_attributes(part)),)
        case _:
            return (Event(_key(part), part.text, attributes=_attributes(part)),)
