"""What the steps of a flow hold besides TwiML: the blocks, and the keys beside a verb.

Nothing comes in; rows go out. A block is a shorter spelling that is lowered to verbs of TwiML;
its schema, its reader and the editor read its row.
"""

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import NamedTuple

from twimlc.vocabulary.attributes import NOTHING, Attribute, AttributeType as T

BRANCHES = ("then", "when", "fallback")
REPEATERS = ("if", "each", "as")
"""What drops or repeats an item of a list at compile time."""

SIDE_KEYS = (*BRANCHES, *REPEATERS, "with", "allow", "note")
"""Keys allowed beside the one verb of a step."""

OWNED = ("action", "method", "actionOnEmptyResult")
"""Attributes that the compiler writes where a step says how the call goes on."""

APPROXIMATIONS = ("fallback-after-answer", "caller-chosen-number")
"""Deviations that ``allow`` accepts where a host cannot do better."""


class Holds(Enum):
    """What a key of a block holds that is not an attribute."""

    WORDS = auto()  # text, or a list of say, play and pause
    SPEECH = auto()  # the same, or a map as say takes it
    CHOICES = auto()  # keys of a phone and where they lead
    OPTIONS = auto()  # words and where any key leads, in order
    PEOPLE = auto()  # nouns of Dial, in order
    TEXT = auto()  # the text of an element
    ELEMENT = auto()  # an element of TwiML
    ELEMENTS = auto()  # one or several of it


class Part(NamedTuple):
    """A key of a block; ``element`` names the element that it holds."""

    holds: Holds
    note: str = ""
    element: str = ""


class Block(NamedTuple):
    """A block. Without ``parts`` it holds text. If it is ``bare``, its name alone is a step.

    ``verb`` is the element that it becomes; if ``open``, it takes the attributes of that, too.
    It requires ``needed``; ``defaults`` cannot give what is its ``own``. Text or a list stands for
    ``single``, then one of ``needed`` is enough. It writes the attributes ``sets`` itself, and those
    that it ``chooses`` where neither it nor its own defaults give them.
    ``leads`` says where its outcomes are written, ``beside`` are those that go beside it;
    ``outcomes`` are those that ``when`` names where they are not the verb's. It is no step where it
    stands ``on`` elements, beside their attributes.
    """

    summary: str
    takes: str = "text"
    parts: Mapping[str, Part | Attribute] = MappingProxyType({})
    verb: str | None = None
    open: bool = False
    needed: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    single: str | None = None
    sets: Mapping[str, str] = NOTHING
    chooses: tuple[str, ...] = ()
    leads: str = ""
    beside: tuple[str, ...] = BRANCHES
    outcomes: tuple[str, ...] = ()
    bare: bool = False
    on: tuple[str, ...] = ()

    @property
    def owned(self) -> tuple[str, ...]:
        """Attributes that ``defaults:`` of its verb do not give it."""
        return (*self.sets, *self.chooses)


def _number(name: str, unit: str, note: str, default: str, low: int = 1, high: int | None = None) -> Attribute:
    return Attribute(name, T.INTEGER, note, minimum=low, maximum=high, unit=unit, default=default)


_NOUNS = {"number": Part(Holds.ELEMENTS, element="Number"), "client": Part(Holds.ELEMENTS, element="Client"), "sip": Part(Holds.ELEMENTS, element="Sip")}

_MENU: Mapping[str, Part | Attribute] = {
    "prompt": Part(Holds.WORDS, "What the caller hears before choosing."),
    "extra": Part(Holds.ELEMENT, element="extra"),
    "choices": Part(Holds.CHOICES, "Keys as on the phone, one or several, and where each leads."),
    "attempts": _number("attempts", "attempts", "How often the caller may try.", "3", high=20),
    "timeout": _number("timeout", "seconds", "Silence that ends an attempt.", "5"),
    "invalid": Part(Holds.WORDS, "Words after a wrong key, before the prompt is repeated."),
    "silence": Part(Holds.WORDS, "Words after silence, before the prompt is repeated."),
}
_OFFER: Mapping[str, Part | Attribute] = {
    "prompt": Part(Holds.WORDS, "What the caller hears first, once."),
    "options": Part(Holds.OPTIONS, "The options, in order."),
    "timeout": _number("timeout", "seconds", "Silence after each option's words.", "3"),
    "attempts": _number("attempts", "attempts", "How often all options are offered.", "1", high=20),
}
_VOICEMAIL: Mapping[str, Part | Attribute] = {
    "say": Part(Holds.SPEECH, "Words before the tone."),
    "record": Part(Holds.ELEMENT, element="Record"),
    "goodbye": Part(Holds.SPEECH, "Words after the recording."),
}
_HUNT: Mapping[str, Part | Attribute] = {
    **_NOUNS,
    "people": Part(Holds.PEOPLE, "Whom to ring, in order."),
    "timeout": _number("timeout", "seconds", "How long each one is rung.", "20", 5, 600),
    "extra": Part(Holds.ELEMENT, element="extra"),
}
_JOIN: Mapping[str, Part | Attribute] = {
    "room": Part(Holds.TEXT, element="Room"),
    "attempts": _number("attempts", "attempts", "How often the caller knocks while the room is not open.", "1", high=20),
    "waiting": Part(Holds.WORDS, "What the caller hears before knocking again; a pause of 10 seconds by default."),
}
_ACCEPT: Mapping[str, Part | Attribute] = {
    "prompt": Part(Holds.WORDS, "What the called person hears: Press any key to accept this call."),
    "timeout": _number("timeout", "seconds", "Silence that ends an attempt.", "5"),
    "attempts": _number("attempts", "attempts", "How often the called person is asked.", "1", high=20),
}
_KEYS = ("input", "numDigits", "finishOnKey")
_ANY_KEY = dict(zip(_KEYS, ("dtmf", "1", ""), strict=True))

BLOCKS: Mapping[str, Block] = MappingProxyType({
    "goto": Block("Go to a state: its name, FLOW/STATE, or FLOW/ for the start of a flow."),
    "return": Block("Leave the component by this name: `when` beside use says where to, or its `then`.", bare=True),
    "menu": Block(
        "Asks for a key and goes where the choice says.", "a map of prompt, choices and more", _MENU,
        verb="Gather", open=True, needed=("choices",), own=("prompt", "choices", "extra"), chooses=_KEYS,
        leads="its choices say where", beside=("when", "fallback"), outcomes=("silence", "invalid"),
    ),
    "offer": Block(
        "A menu for hosts without routing: a key pressed during an option's words takes it.", "a map of prompt and options", _OFFER,
        verb="Gather", needed=("options",), own=("prompt", "options"), sets=_ANY_KEY,
        leads="its options say where", beside=("fallback",),
    ),
    "voicemail": Block(
        "Says, records a message, says goodbye and goes on.", "a map of say, record and goodbye", _VOICEMAIL,
        leads="then says where", bare=True,
    ),
    "hunt": Block(
        "Rings one after another until somebody answers.", "a number, a list of numbers, or a map of whom to ring", _HUNT,
        verb="Dial", open=True, needed=(*_NOUNS, "people"), own=(*_NOUNS, "people", "extra"),
        single="number", sets={"sequential": "true"}, leads="then, when and fallback say where",
    ),
    "switch": Block(
        "Goes on by a value that comes with the request: From, To, FromCountry and their like.",
        "the name of a request parameter", beside=("when", "fallback"),
    ),
    "hours": Block("Goes on by the clock: the name of a calendar. `then` is open.", "the name of a calendar"),
    "join": Block(
        "Enters a video room; while it is not open, waits and knocks again.", "the name of a room, or a map of room, attempts and waiting", _JOIN,
        verb="Room", open=True, needed=("room",), own=("room",), single="room", leads="then, when and fallback say where",
    ),
    "accept": Block(
        "Asks the called person to press any key before the parties are joined: true, words of your own, or a map of prompt, timeout and attempts.",
        "true, false, text, a list of say, play and pause, or a map of prompt, timeout and attempts", _ACCEPT,
        verb="Gather", sets=_ANY_KEY, beside=(), on=("Dial", "Number", "Client", "Sip"),
    ),
    "use": Block("The steps of a component: its name. `with` gives its params."),
    "twiml": Block("TwiML newer than this compiler, as XML (with a warning)."),
})
"""Every block, by its key."""

CALL_BLOCKS = frozenset(key for key, block in BLOCKS.items() if block.parts and not block.on)
"""The blocks of flows that answer calls, not messages."""
