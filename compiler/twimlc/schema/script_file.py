"""The shape of a call script: the vocabulary comes in, its JSON Schema goes out."""

from twimlc import vocabulary
from twimlc.schema.flow_file import DRAFT
from twimlc.schema.leaves import TEXT_TYPES, Schema, text

DIAL_WORDS = ("completed", "busy", "no-answer", "failed", "canceled", "declined", "hangup")
ROOM_WORDS = ("open", "closed", "hangup")
CONNECT_WORDS = ("ended", "failed", "hangup")

EVENTS = (
    "say",
    "play",
    "digits",
    "pause",
    "dial",
    "conference",
    "connect",
    "enqueue",
    "record",
    "refer",
    "pay",
    "message",
    "start",
    "stop",
    "leave",
    "reject",
    "hangup",
    "caller-hangup",
    "goto-external",
)
"""What can be expected of a call."""

LEG_EVENTS = (*EVENTS, "join", "silence", "failure")
"""The same, of anybody's line, and with what only a folder of documents can lead to."""


def outcome_words(element: str) -> tuple[str, ...]:
    """The outcomes of a verb, and the caller hanging up."""
    outcomes = vocabulary.VOICE[element].outcomes
    return (*(outcomes.names if outcomes else ()), "hangup")


def script_schema() -> Schema:
    """The schema of ``NAME.test.yaml``."""
    return {
        "$schema": DRAFT,
        "title": "Call scripts",
        "description": "Calls to a flow, or to a folder of TwiML, and what must be heard in them.",
        "type": "object",
        "properties": {
            "flow": {
                "type": ["string", "boolean", "null"],
                "$comment": "the name of a flow",
                "description": "The flow that is called; the file's own name otherwise.",
            },
            "documents": text("A folder of TwiML that is called instead of a flow.", "a folder"),
            "entry": text("The document in it that answers the call.", "a file", ("index.xml",)),
            "url": text("Where that folder is served, if its documents say so.", "an address"),
            "row": _texts("Rows of the project's matrix; the first one otherwise."),
            "calls": {
                "type": ["array", "null"],
                "items": _call(),
                "$comment": "a list of calls",
                "description": "The calls, each from its beginning.",
            },
        },
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
        "required": ["calls"],
        "$comment": "a map with calls",
        "definitions": {"event": _event()},
    }


def _call() -> Schema:
    dial = _answers("Who is dialled and what comes of it; no-answer otherwise.", DIAL_WORDS)
    return {
        "type": "object",
        "properties": {
            "name": text("What the call is about, in a few words."),
            "from": text("Who calls.", "a phone number", ("+14155550123",)),
            "to": text("The number that is called.", "a phone number"),
            "targets": _texts("Targets that the call is played on; all otherwise."),
            "rooms": _answers("Video rooms; closed otherwise.", ROOM_WORDS),
            "dial": dial,
            "queue": _answers("How waiting ends; bridged otherwise.", outcome_words("Enqueue")),
            "connect": _answers(
                "Relay, stream and virtual agent; ended otherwise.",
                CONNECT_WORDS,
                ("relay", "stream", "virtualAgent"),
            ),
            "pay": _answer("How a payment ends; success otherwise.", outcome_words("Pay")),
            "refer": _answer("How a transfer ends; accepted otherwise.", outcome_words("Refer")),
            "params": {
                "type": ["object", "null"],
                "additionalProperties": text(),
                "$comment": "a map of parameters",
                "description": "More parameters of the first request.",
            },
            "caller": _acts(
                "What the caller does: one item for each gather and record, in order; then silence,"
                " or speech to a record."
            ),
            "expect": _expectation(),
        },
        "additionalProperties": False,
        "required": ["name"],
        "$comment": "a map that describes a call",
        "description": "One call.",
    }


def _expectation() -> Schema:
    event: Schema = {"$ref": "#/definitions/event"}
    several: Schema = {"type": [*TEXT_TYPES, "object", "array"], "items": event}
    events: Schema = {"type": ["array", "null"], "items": event, "$comment": "a list of events"}
    lists: Schema = {
        "type": ["object", "null"],
        "additionalProperties": events,
        "$comment": "a map of lists of events",
    }
    return {
        "type": ["array", "object", "null"],
        "items": event,
        "properties": {
            "events": {**events, "description": "Every event, in order."},
            "last": {**event},
            "hears": {
                **several,
                "$comment": "an event, or a list of events",
                "description": "Events that come in this order, others between them.",
            },
            "never": {
                **several,
                "$comment": "an event, or a list of events",
                "description": "Events that do not come. A dialled number may end in *.",
            },
            "reaches": _texts("States that the call comes to."),
            "avoids": _texts("States that the call does not come to."),
            "called": {**lists, "description": "What a called party hears before being joined."},
            "waiting": {**lists, "description": "What a caller hears who waits in a queue."},
        },
        "additionalProperties": False,
        "$comment": "a list of events, or a map of short forms",
        "description": "What must be heard: every event in order, or short forms.",
    }


def _event() -> Schema:
    return {
        "type": [*TEXT_TYPES, "object"],
        "properties": {
            kind: {"type": [*TEXT_TYPES, "array", "object"], "$comment": "text, a list or a map"}
            for kind in LEG_EVENTS
        },
        "$comment": "an event",
        "description": "One event. A bare word matches any value; a map may name attributes.",
    }


def _answers(description: str, words: tuple[str, ...], names: tuple[str, ...] = ()) -> Schema:
    return {
        "type": ["object", "null"],
        "properties": {name: _answer("", words) for name in names},
        "additionalProperties": _answer("", words),
        "$comment": "a map of names and what happens there",
        "description": description,
    }


def _answer(description: str, words: tuple[str, ...]) -> Schema:
    """A word, a map of the word and more about it, or a list with one of these for each visit."""
    shown = f"one of {', '.join(words)}"
    schema: Schema = {
        "type": [*TEXT_TYPES, "object", "array"],
        "examples": [*words],
        "$comment": shown,
    }
    return {**schema, "description": description} if description else schema


def _acts(description: str) -> Schema:
    return {
        "type": ["array", "null"],
        "items": {
            "type": [*TEXT_TYPES, "object"],
            "properties": {"say": text("Words that the caller speaks.")},
            "additionalProperties": False,
            "examples": ["1", "12#", "silence", "speak", "hangup"],
            "$comment": "keys, silence, speak, hangup or a map with say",
        },
        "$comment": "a list of what the caller does",
        "description": description,
    }


def _texts(description: str) -> Schema:
    return {
        "type": [*TEXT_TYPES, "array"],
        "items": {"type": [*TEXT_TYPES]},
        "$comment": "a name, or a list of names",
        "description": description,
    }
