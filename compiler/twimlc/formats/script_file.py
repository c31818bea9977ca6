"""A call script as rows: the vocabulary comes in; everything that a script may say goes out, once.

What can happen far away, and what can be heard, is said in words, which whoever reads a script
looks at.
"""

from decimal import Decimal

from twimlc import vocabulary
from twimlc.formats.format import Map, Names, Row, Several, Shape, text
from twimlc.formats.leaves import DRAFT, TEXT_TYPES, Schema
from twimlc.vocabulary import Element
from twimlc.yaml.tree import Scalar

EVENTS = (*vocabulary.observed(), "caller-hangup")
"""What can be expected of a call."""

VERBS = {
    verb: row.events[0]
    for verb, row in vocabulary.verbs("voice").items()
    if len(row.events) == 1 and verb not in EVENTS
}
"""Verbs that are taken for the event that they make, which has another name."""

LEG_EVENTS = (*EVENTS, *VERBS, "join", "silence", "failure")
"""The same, of anybody's line, and with what only a folder of documents can lead to."""


def _answer(words: tuple[str, ...]) -> Shape:
    """A word, a map of the word and more about it, or a list with one of these for each visit."""
    return Shape({"type": [*TEXT_TYPES, "object", "array"], "examples": [*words], "$comment": f"one of {', '.join(words)}"})


def _no_number(node: Scalar) -> Scalar | None:
    return None if type(node.value) in (int, Decimal) else node


def _ends(key: str, rows: tuple[Element, ...]) -> Row:
    """How what these rows stand for ends: one answer, or one for each name."""
    script = rows[0].script
    assert script is not None, "the key is a script's"
    shape = _answer(vocabulary.answer_words()[key])
    if vocabulary.answered_by_name(rows):
        known = [row.script.name or row.key for row in rows if row.script and len(rows) > 1]
        shape = Names(shape, "a map of names and what happens there", known=known)
    return Row(key, shape, f"How {script.what} ends; {script.word(script.usual)} by default.")


_NAMES = Several(text("a name"), "a name, or a list of names")
_VALUE: Schema = {"type": [*TEXT_TYPES, "array", "object"], "$comment": "text, a list or a map"}
_EVENT = Shape(
    {"type": [*TEXT_TYPES, "object"], "properties": dict.fromkeys(LEG_EVENTS, _VALUE), "$comment": "an event", "description": "One event. A bare word matches any value; a map may name attributes."},
    ref="#/definitions/event",
)
_EVENTS = Several(_EVENT, "a list of events", ("array", "null"))
_SOME_EVENTS = Several(_EVENT, "an event, or a list of events", (*TEXT_TYPES, "object", "array"))
_LISTS = Names(_EVENTS, "a map of lists of events", empty=True)
_ACT = Map([Row("say", text(), "Words that the caller speaks.")], "keys, silence, speak, hangup or a map with say", types=(*TEXT_TYPES, "object"), examples=["1", "12#", "silence", "speak", "hangup"])

EXPECT = Map(
    (
        Row("events", _EVENTS, "Every event, in order."),
        Row("last", _EVENT),
        Row("hears", _SOME_EVENTS, "Events that come in this order, others between them."),
        Row("never", _SOME_EVENTS, "Events that do not come. A dialed number may end in *."),
        Row("reaches", _NAMES, "States that the call reaches."),
        Row("avoids", _NAMES, "States that the call does not reach."),
        Row("called", _LISTS, "What a called party hears before being joined."),
        Row("waiting", _LISTS, "What a caller who waits in a queue hears."),
    ),
    "a list of events, or a map of short forms",
    types=("array", "object", "null"),
)

CALL = Map(
    (
        Row("name", text(), "What the call is about, in a few words."),
        Row("from", text("a phone number"), "Who calls.", examples=["+14155550123"]),
        Row("to", text("a phone number"), "The number that is called."),
        Row("at", text("a time"), "When the call is made, in the zone of the flow's calendars.", examples=["2026-12-24T10:00"]),
        Row("hours", Names(Several(text("an outcome"), "an outcome, or one per visit"), "a map of calendars and outcomes"), "What calendars say; stronger than at."),
        Row("targets", _NAMES, "Targets that the call is played on; by default all."),
        Row("row", _NAMES, "Rows that the call is played on; by default those of the file."),
        *(_ends(key, rows) for key, rows in vocabulary.scripted().items()),
        Row("params", Names(text(), "a map of parameters", empty=True), "More parameters of the first request."),
        Row("caller", Several(_ACT, "a list of what the caller does", ("array", "null")), "What the caller does: one item for each gather and record, in order; then silence, or speech to a record."),
        Row("expect", EXPECT, "What must be heard: every event in order, or short forms."),
    ),
    "a map that describes a call",
    types="object",
    needs="name",
    filled=False,
    description="One call.",
)

SCRIPT = Map(
    (
        Row("flow", text("the name of a flow", _no_number, types=["string", "boolean", "null"]), "The flow that is called; by default the one of the file's name."),
        Row("documents", text("a folder"), "A folder of TwiML that is called instead of a flow."),
        Row("entry", text("a file"), "The document in it that answers the call.", examples=["index.xml"]),
        Row("url", text("an address"), "The address that folder is served at, if its documents name it."),
        Row("row", _NAMES, "Rows of the project's matrix, or all; by default the first one."),
        Row("calls", Several(CALL, "a list of calls", ("array", "null")), "The calls, each from its beginning."),
    ),
    "a map with calls",
    types="object",
    name="a call script",
    needs="calls",
    filled=False,
    notes=True,
)
"""The rows of the whole file."""


def script_schema() -> Schema:
    """The schema of ``NAME.test.yaml``."""
    return {
        "$schema": DRAFT,
        "title": "Call scripts",
        "description": "Calls to a flow, or to a folder of TwiML, and what must be heard in them.",
        **SCRIPT.schema,
        "definitions": {"event": _EVENT.inline},
    }
