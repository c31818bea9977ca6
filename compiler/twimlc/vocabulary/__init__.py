"""What TwiML is: one table of elements, attributes, nesting, outcomes and limits.

Nothing comes in; everything that knows TwiML reads it from here. To add an attribute, add its
line to the row of its element; parents, keys and lookups follow. Load it freely: there is
nothing to parse.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from twimlc.vocabulary.dial import DIAL_ROWS
from twimlc.vocabulary.messaging import MESSAGING_ROWS, MOST_REPLIES
from twimlc.vocabulary.requests import (
    DIAL_SIP_HEADER_PREFIX,
    DOCUMENT_LIMITS,
    INPUT_PARAMETERS,
    MESSAGE_PARAMETERS,
    REQUEST_PARAMETERS,
    SIP_HEADER_PREFIX,
    STANDARD_PARAMETERS,
    Context,
    DocumentLimits,
    EndOfContext,
    contexts,
    is_standard_parameter,
)
from twimlc.vocabulary.rules import Condition, ElementRule
from twimlc.vocabulary.services import SERVICE_ROWS
from twimlc.vocabulary.ssml import SSML, SSML_ROWS
from twimlc.vocabulary.types import (
    CURRENT_DOCUMENT,
    Attribute,
    AttributeType,
    Content,
    Element,
    Fetch,
    Flow,
    Kind,
    Outcomes,
    Status,
    TextArgument,
    tabulate,
)
from twimlc.vocabulary.values import (
    GATHER_LANGUAGES,
    POLLY_SPEAKERS,
    RING_TONES,
    SAY_LANGUAGES,
    SSML_LANGUAGES,
    SSML_SUPPORT,
    VOICE_FAMILIES,
    VoiceFamily,
    voice_family,
)
from twimlc.vocabulary.voice import DIAL_NOUNS, PROMPTS, VERB_ROWS

__all__ = [
    "CONTEXTS",
    "CURRENT_DOCUMENT",
    "DIAL_NOUNS",
    "DIAL_SIP_HEADER_PREFIX",
    "DOCUMENT_LIMITS",
    "GATHER_LANGUAGES",
    "INPUT_PARAMETERS",
    "MESSAGE_PARAMETERS",
    "MESSAGING",
    "MOST_REPLIES",
    "NOT_OUTCOMES",
    "POLLY_SPEAKERS",
    "PROMPTS",
    "REQUEST_PARAMETERS",
    "RING_TONES",
    "SAY_LANGUAGES",
    "SIP_HEADER_PREFIX",
    "SSML",
    "SSML_LANGUAGES",
    "SSML_SUPPORT",
    "STANDARD_PARAMETERS",
    "VOICE",
    "VOICE_FAMILIES",
    "Attribute",
    "AttributeType",
    "Condition",
    "Content",
    "Context",
    "DocumentKind",
    "DocumentLimits",
    "Element",
    "ElementRule",
    "EndOfContext",
    "Fetch",
    "Flow",
    "Kind",
    "Outcomes",
    "Status",
    "TextArgument",
    "VoiceFamily",
    "child_keys",
    "element_by_key",
    "element_by_tag",
    "is_standard_parameter",
    "table",
    "verbs",
    "voice_family",
]

DocumentKind = Literal["voice", "messaging"]

VOICE: Mapping[str, Element] = tabulate(*VERB_ROWS, *DIAL_ROWS, *SERVICE_ROWS, *SSML_ROWS)
"""Every element of a document for calls, by name."""

MESSAGING: Mapping[str, Element] = tabulate(*MESSAGING_ROWS)
"""Every element of a document for messages, by name."""

CONTEXTS: Mapping[str, Context] = MappingProxyType(
    {context.name: context for context in contexts(VOICE["Response"].children)}
)
"""Documents that another verb fetches, by ``Element.attribute``, and the verbs allowed there."""

NOT_OUTCOMES = ("hangup", "caller-hung-up", "redirected")
"""Names for the caller hanging up, or the call being moved by REST: nothing of a flow follows."""


def table(kind: DocumentKind) -> Mapping[str, Element]:
    """The table of one kind of document."""
    return VOICE if kind == "voice" else MESSAGING


@cache
def verbs(kind: DocumentKind) -> Mapping[str, Element]:
    """The verbs of one kind of document, by the key that flows use."""
    elements = table(kind)
    return MappingProxyType(
        {elements[name].key: elements[name] for name in elements["Response"].children}
    )


def child_keys(element: Element) -> Mapping[str, Element]:
    """What may stand inside an element, by the key that flows use, in table order.

    Children that are written as one map are found under their ``map_key``. SSML stands inside
    text, so it has no keys here; neither have the verbs of Response: they are steps.
    """
    kind: DocumentKind = "messaging" if MESSAGING.get(element.name) is element else "voice"
    return _keys_of(kind, element.children)


@cache
def _keys_of(kind: DocumentKind, names: tuple[str, ...]) -> Mapping[str, Element]:
    children = [table(kind)[name] for name in names]
    return MappingProxyType(
        {child.map_key or child.key: child for child in children if child.kind is not Kind.SSML}
    )


def element_by_key(kind: DocumentKind, parent: Element | None, key: str) -> Element | None:
    """The element that a flow means by ``key`` inside ``parent``; a verb if there is no parent.

    The parent decides: ``sip`` is another element in ``refer`` than in ``dial``.
    """
    if parent is None or parent.kind is Kind.ROOT:
        return verbs(kind).get(key)
    return child_keys(parent).get(key)


def element_by_tag(kind: DocumentKind, parent_name: str | None, tag: str) -> Element | None:
    """The element that ``tag`` is inside the element ``parent_name``; the root without one."""
    elements = table(kind)
    if parent_name is None:
        return elements["Response"] if tag == "Response" else None
    parent = elements.get(parent_name)
    if parent is None:
        return None
    return next((elements[name] for name in parent.children if elements[name].tag == tag), None)
