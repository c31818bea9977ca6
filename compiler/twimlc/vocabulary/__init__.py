"""What TwiML is: one table of elements, attributes, nesting, outcomes and limits.

Nothing comes in; everything that knows TwiML reads it from here. To add an attribute, add its
line to the row of its element; parents, keys and lookups follow. Load it freely: there is
nothing to parse.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from twimlc.vocabulary.attributes import TWIML_FETCHES, Attribute, AttributeType, Fetch, Status
from twimlc.vocabulary.dial import DIAL_ROWS
from twimlc.vocabulary.messaging import MESSAGING_ROWS, MOST_REPLIES
from twimlc.vocabulary.requests import (
    DOCUMENT_LIMITS,
    INPUT_PARAMETERS,
    MESSAGE_PARAMETERS,
    ON_EVERY_LEG,
    REQUEST_PARAMETERS,
    SHOWN_TO_CALLED,
    STANDARD_PARAMETERS,
    Context,
    contexts,
    documents_with,
    is_standard_parameter,
)
from twimlc.vocabulary.services import SERVICE_ROWS
from twimlc.vocabulary.ssml import SSML, SSML_ROWS
from twimlc.vocabulary.traits import NOTHING_MORE, Assumption, Does, Script
from twimlc.vocabulary.types import NO_OUTCOMES, Content, Element, Flow, Kind, Outcomes, tabulate
from twimlc.vocabulary.values import voice_family
from twimlc.vocabulary.voice import DIAL_NOUNS, PROMPTS, VERB_ROWS

DocumentKind = Literal["voice", "messaging"]

VOICE: Mapping[str, Element] = tabulate(*VERB_ROWS, *DIAL_ROWS, *SERVICE_ROWS, *SSML_ROWS)
"""Every element of a document for calls, by name."""

MESSAGING: Mapping[str, Element] = tabulate(*MESSAGING_ROWS)
"""Every element of a document for messages, by name."""

DECIDING: Mapping[str, Element] = tabulate(
    Element("Switch", Kind.VERB, "Goes on by a value of the request.", None, does=Does(silent=True, decides=True, events=(), shown=("person", "by {}"))),
    Element("Hours", Kind.VERB, "Goes on by the clock.", None, does=Does(silent=True, decides=True, events=(), shown=("clock", "hours of {}"))),
)
"""Steps that are no verb of TwiML: the host decides before it answers."""

ELEMENTS = (*VOICE.values(), *MESSAGING.values())
"""Both together; Response and Redirect are in it twice."""

CONTEXTS: Mapping[str, Context] = MappingProxyType(
    {context.name: context for context in contexts(VOICE["Response"].children)}
)
"""Documents that another verb fetches, by ``Element.attribute``, and the verbs allowed there."""


def table(kind: DocumentKind) -> Mapping[str, Element]:
    """The table of one kind of document."""
    return VOICE if kind == "voice" else MESSAGING


def verbs(kind: DocumentKind) -> Mapping[str, Element]:
    """The verbs of one kind of document, by the key that flows use."""
    return table(kind)["Response"].inside


@cache
def observed() -> tuple[str, ...]:
    """The kinds of events that verbs make, in the order of the tables."""
    rows = [row for row in ELEMENTS if row.kind is Kind.VERB]
    return tuple(dict.fromkeys(event for row in rows for event in row.events))


@cache
def scripted() -> Mapping[str, tuple[Element, ...]]:
    """The verbs and nouns whose end a call script sets, by the key of a call that sets it.

    Keys come in the order in which a reader meets them, those with a single answer last.
    """
    found: dict[str, tuple[Element, ...]] = {}
    for row in VOICE.values():
        if row.script is not None:
            found[row.script.key] = (*found.get(row.script.key, ()), row)
    first = ("rooms", "dial", "queue", *sorted(found))
    order = sorted(found, key=lambda key: (not answered_by_name(found[key]), first.index(key)))
    return MappingProxyType({key: found[key] for key in order})


def answered_by_name(rows: tuple[Element, ...]) -> bool:
    """Whether the key of a call that says how these end holds a map of names, or one answer."""
    return len(rows) > 1 or rows[0].text is not None


@cache
def answer_words() -> Mapping[str, tuple[str, ...]]:
    """The words for how things end, by the key of a call that sets it."""
    return MappingProxyType(
        {
            key: (*dict.fromkeys(word for row in rows for word in row.script_words), "hangup")
            for key, rows in scripted().items()
        }
    )


@cache
def connected() -> Mapping[str, Element]:
    """What goes through a connector of the account, by the key that flows use."""
    return MappingProxyType({row.key: row for row in VOICE.values() if row.does.connector})


def element_by_tag(kind: DocumentKind, parent_name: str | None, tag: str) -> Element | None:
    """The element that ``tag`` is inside the element ``parent_name``; the root without one."""
    elements = table(kind)
    if parent_name is None:
        return elements["Response"] if tag == "Response" else None
    parent = elements.get(parent_name)
    if parent is None:
        return None
    return next((elements[name] for name in parent.children if elements[name].tag == tag), None)
