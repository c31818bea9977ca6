"""The records that the table of TwiML is made of. Nothing comes in; the record types go out.

They are named tuples rather than dataclasses: the command builds several hundred of them each
time it starts, and a named tuple costs a fifth of a frozen dataclass to define and to fill.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from twimlc.vocabulary.rules import ElementRule

NOTHING: Mapping[str, str] = MappingProxyType({})

CURRENT_DOCUMENT = "$current-document"
"""The default of an action that asks for the running document again."""


class AttributeType(StrEnum):
    """What a value looks like in the XML."""

    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    BOOLEAN_OR_STRING = "boolean-or-string"
    INTEGER_OR_KEYWORD = "integer-or-keyword"
    KEYWORD_OR_PATTERN = "keyword-or-pattern"
    ENUM = "enum"
    LIST_OF_ENUM = "list-of-enum"
    LIST_OF_INTEGER = "list-of-integer"
    COMMA_LIST = "comma-list"
    METHOD = "method"
    URL = "url"
    DIGITS = "digits"
    DURATION = "duration"
    LANGUAGE_TAG = "language-tag"
    VOICE = "voice"
    SID = "sid"
    PHONE_NUMBER = "phone-number"
    PHONE_NUMBER_OR_SENDER_ID = "phone-number-or-sender-id"
    SIP_URI = "sip-uri"
    CLIENT_IDENTITY = "client-identity"
    QUEUE_NAME = "queue-name"
    CONFERENCE_NAME = "conference-name"
    ROOM_UNIQUE_NAME = "room-unique-name"
    JSON_OBJECT = "json-object"


class Fetch(StrEnum):
    """What Twilio does with an address."""

    TWIML = "twiml"  # the answer takes over this call
    TWIML_LEG = "twiml-leg"  # the answer runs on the other party's leg only
    MEDIA = "media"
    MEDIA_OR_TWIML = "media-or-twiml"  # hold music or a hold document
    STATUS = "status"  # a notice; the answer is not run
    WEBSOCKET = "websocket"


class Status(StrEnum):
    """Whether a new flow should use it."""

    CURRENT = "current"
    LEGACY = "legacy"
    RESTRICTED = "restricted"
    BETA = "beta"
    DEPRECATED = "deprecated"
    END_OF_LIFE = "end-of-life"


class Content(StrEnum):
    """What may stand between the tags."""

    NONE = "none"
    TEXT = "text"
    TEXT_SSML = "text+ssml"
    CHILDREN = "children"
    TEXT_OR_CHILDREN = "text-or-children"


class Kind(StrEnum):
    """The part an element plays."""

    ROOT = "root"
    VERB = "verb"
    NOUN = "noun"
    SSML = "ssml"
    PARAMETER = "parameter"


class Flow(StrEnum):
    """Where a call goes after a verb."""

    NEXT = "next"
    NEVER = "never"
    ACTION_IF_SET = "action-if-set"
    ACTION_ALWAYS = "action-always"
    ACTION_IF_INPUT = "action-if-input"
    ASYNC = "async"


class Attribute(NamedTuple):
    """One attribute, or (as :class:`TextArgument`) the text of an element.

    ``values`` is a closed set, ``known_values`` an open one. ``pattern`` is matched against the
    whole value (of PHONE_NUMBER_OR_SENDER_ID: against what is no phone number). ``default`` is canonical text, or a symbol that starts with ``$``.
    ``method_attribute`` names the attribute that picks GET or POST for a URL. ``twilio`` holds
    the error codes of a bad value. ``documented`` is false for what only Twilio's libraries
    know, ``in_library`` is false for what only its pages know.
    """

    name: str
    type: AttributeType
    note: str = ""
    values: tuple[str, ...] = ()
    known_values: tuple[str, ...] = ()
    aliases: Mapping[str, str] = NOTHING
    keywords: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    unit: str | None = None
    pattern: str | None = None
    max_length: int | None = None
    max_items: int | None = None
    max_item_length: int | None = None
    separator: str = " "
    default: str | None = None
    required: bool = False
    method_attribute: str | None = None
    fetch: Fetch | None = None
    allow_empty: bool = False
    scheme: str | None = None
    prefix: str | None = None
    status: Status = Status.CURRENT
    documented: bool = True
    in_library: bool = True
    twilio: tuple[int, ...] = ()
    required_unless: tuple[str, ...] = ()
    as_child: str | None = None


class TextArgument(Attribute):
    """The text of an element, under the name twilio-python gives that argument.

    ``required_unless`` lists the attributes and child elements any of which make it optional.
    ``as_child`` names the child element that carries the text instead once the parent has other
    children; where ``documented`` is false the child is the only documented form.
    """

    __slots__ = ()


class Outcomes(NamedTuple):
    """How a verb, or a noun of Connect, can end.

    ``values`` gives the values of request parameter ``parameter`` that mean an outcome.
    ``read_elsewhere`` gives another parameter and its values for outcomes that are not told by
    ``parameter``; no values there mean that the parameter is present and not empty.
    ``not_outcomes`` are values Twilio also reports after which nothing of the flow follows:
    the caller hung up, or the call was moved by REST.
    """

    worked: tuple[str, ...]
    failed: tuple[str, ...] = ()
    parameter: str | None = None
    values: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    not_outcomes: tuple[str, ...] = ()
    read_elsewhere: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType({})

    @property
    def names(self) -> tuple[str, ...]:
        """Every outcome, the good ones first."""
        return self.worked + self.failed


class Element(NamedTuple):
    """One element. ``name`` is its key in the table; ``tag`` differs only for ``ReferSip``.

    ``key`` is what flows call it, ``map_key`` what they call all of them together where they are
    written as one map (``parameters: {tenant: contoso}``; ``languages`` is a list of maps).
    ``default_action`` is where Twilio turns without an ``action``.
    """

    name: str
    tag: str
    key: str
    kind: Kind
    summary: str
    doc: str | None
    content: Content
    attributes: Mapping[str, Attribute]
    children: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    text: TextArgument | None = None
    rules: tuple[ElementRule, ...] = ()
    flow: Flow | None = None
    outcomes: Outcomes | None = None
    action: bool = False
    default_action: str | None = None
    map_key: str | None = None
    status: Status = Status.CURRENT
    status_note: str = ""
    note: str = ""


def element(
    name: str,
    kind: Kind,
    summary: str,
    doc: str | None,
    *attributes: Attribute,
    content: Content = Content.NONE,
    text: TextArgument | None = None,
    children: tuple[str, ...] = (),
    rules: tuple[ElementRule, ...] = (),
    flow: Flow | None = None,
    outcomes: Outcomes | None = None,
    default_action: str | None = None,
    map_key: str | None = None,
    status: Status = Status.CURRENT,
    status_note: str = "",
    note: str = "",
    tag: str | None = None,
) -> Element:
    """A row of the table; what follows from the rest of the row is filled in."""
    tag = tag or name
    by_name = {attribute.name: attribute for attribute in attributes}
    return Element(
        name=name,
        tag=tag,
        key=tag[0].lower() + tag[1:],
        kind=kind,
        summary=summary,
        doc=doc,
        content=content,
        attributes=MappingProxyType(by_name),
        children=children,
        text=text,
        rules=rules,
        flow=flow,
        outcomes=outcomes,
        action="action" in by_name,
        default_action=default_action or (by_name["action"].default if "action" in by_name else None),
        map_key=map_key,
        status=status,
        status_note=status_note,
        note=note,
    )


def tabulate(*rows: Element) -> Mapping[str, Element]:
    """The table of ``rows`` by name, each told its parents."""
    parents: dict[str, list[str]] = {row.name: [] for row in rows}
    for row in rows:
        for child in row.children:
            parents[child].append(row.name)
    return MappingProxyType({row.name: row._replace(parents=tuple(parents[row.name])) for row in rows})
