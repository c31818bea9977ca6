"""What can be observed of a call: words, sounds, rings, recordings, the end.

A verb (:class:`~twimlc.interpret.markup.Part`) comes in, the events it makes go out, in order.
"""

from collections.abc import Callable
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.flow.model import MediaLink, StateLink
from twimlc.interpret.markup import InternalLink, Part, Value


class Event(NamedTuple):
    """One thing that happens.

    ``kind`` is one of a verb's (``events`` of its row: ``say``, ``digits``, ``conference`` …) or
    ``caller-hangup``; of other legs ``join`` (the parties are joined) and ``silence`` (nothing
    plays any more); of messages ``sent``; ``failure`` where Twilio cannot run a document; or the
    name of a verb nobody knows. ``value`` is what people name it by; ``noun`` is what a
    ``connect``, ``start`` or ``stop`` is about.
    """

    kind: str
    value: str | tuple[str, ...] = ""
    noun: str = ""
    attributes: tuple[tuple[str, str], ...] = ()

    def with_texts(self, changed: Callable[[str], str]) -> "Event":
        """The event with each of its texts ``changed``."""
        value = self.value
        return self._replace(
            value=changed(value) if isinstance(value, str) else tuple(map(changed, value)),
            attributes=tuple((name, changed(text)) for name, text in self.attributes),
        )

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


def external(address: str, method: str) -> Event:
    """The call leaves for an address that is not ours."""
    return Event("goto-external", address, attributes=(("method", method),))


def show(value: Value) -> str:
    """A value as people name it: a state, a file, an address, or the text itself."""
    if not isinstance(value, InternalLink):
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
    """What a noun is called: its text, a child that carries it, or the attribute that names it.

    A client is ``client:NAME``.
    """
    name = _name_of(noun)
    return f"client:{name}" if noun.tag == "Client" and name else name


def _name_of(noun: Part) -> str:
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


def _dialled(dial: Part, ring: int) -> Event:
    for noun in dial.parts():
        if noun.does.waits:
            return Event("conference", name_of(noun), attributes=_attributes(dial, noun))
    targets = parties(dial)
    if dial.rings > 1:
        rung = dial.legs[ring]
        return Event("dial", (name_of(rung),), attributes=_attributes(dial, rung))
    return Event("dial", targets, attributes=_attributes(dial, *dial.parts()))


def _about_noun(part: Part, spec: vocabulary.Element) -> Event:
    noun = next(part.parts(), None)
    if noun is None:
        return Event(spec.key, attributes=_attributes(part))
    key = _key(noun) if len(spec.children) > 1 else ""
    return Event(spec.key, name_of(noun), key, _attributes(part, noun))


def events(part: Part, ring: int = 0) -> tuple[Event, ...]:
    """The events of one verb; of sequential ringing those of ring number ``ring``."""
    spec = part.spec
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
            return (_dialled(part, ring),) if ring < part.rings else ()  # the others ring on
        case "Hangup":
            return (HANGUP,)
    if spec is None:
        return (Event(_key(part), part.text, attributes=_attributes(part)),)
    if spec.one_child:
        return (_about_noun(part, spec),)
    value = part.text if spec.text is not None else ""
    return tuple(Event(kind, value, attributes=_attributes(part)) for kind in spec.events)
