"""The record of an attribute, and the attributes that many elements share, each written once.

They are named tuples rather than dataclasses: the command builds several hundred of them each
time it starts, and a named tuple costs a fifth of a frozen dataclass to define and to fill.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

NOTHING: Mapping[str, str] = MappingProxyType({})

CURRENT_DOCUMENT = "$current-document"
"""The default of an action that requests the running document again."""


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


TWIML_FETCHES = (Fetch.TWIML, Fetch.TWIML_LEG, Fetch.MEDIA_OR_TWIML)
"""What may make TwiML of the answer, so that the address can be a state of ours."""


class Status(StrEnum):
    """Whether a new flow should use it."""

    CURRENT = "current"
    LEGACY = "legacy"
    RESTRICTED = "restricted"
    BETA = "beta"
    DEPRECATED = "deprecated"
    END_OF_LIFE = "end-of-life"


class Attribute(NamedTuple):
    """One attribute, or (as :class:`TextArgument`) the text of an element.

    ``values`` is a closed set, ``known_values`` an open one. ``pattern`` is matched against the
    whole value (of PHONE_NUMBER_OR_SENDER_ID: against what is not a phone number). ``default`` is canonical text, or a symbol that starts with ``$``.
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


T = AttributeType

TRIM_VALUES = ("trim-silence", "do-not-trim")
TRACKS = ("inbound_track", "outbound_track", "both_tracks")
DUAL_RECORD = ("record-from-answer-dual", "record-from-ringing-dual")
DIAL_RECORD = ("do-not-record", "record-from-answer", "record-from-ringing", *DUAL_RECORD)


def method(name: str = "method", of: str = "action", documented: bool = True, twilio: tuple[int, ...] = ()) -> Attribute:
    """GET or POST for the address in attribute ``of``."""
    note = f"How Twilio requests {of}. A plain file host or a cache answers GET only."
    return Attribute(name, T.METHOD, note, values=("GET", "POST"), default="POST", documented=documented, twilio=twilio)


def action(note: str, default: str | None = None, status: Status = Status.CURRENT, documented: bool = True, twilio: tuple[int, ...] = ()) -> Attribute:
    """The address that takes the call over when the verb is done."""
    return Attribute("action", T.URL, note, fetch=Fetch.TWIML, method_attribute="method", default=default, status=status, documented=documented, twilio=twilio)


def callback(name: str, note: str, method_attribute: str | None = None, documented: bool = True, in_library: bool = True, twilio: tuple[int, ...] = ()) -> Attribute:
    """An address that is only notified; its response is not run."""
    return Attribute(name, T.URL, note, fetch=Fetch.STATUS, method_attribute=method_attribute, documented=documented, in_library=in_library, twilio=twilio)


def trim(default: str | None, twilio: tuple[int, ...] = ()) -> Attribute:
    """Silence around a recording."""
    return Attribute("trim", T.ENUM, "Whether silence at both ends of the recording is cut off.", values=TRIM_VALUES, default=default, twilio=twilio)


STATUS_CALLBACK = callback("statusCallback", "Address that gets status notices; the response is not run.", "statusCallbackMethod")
STATUS_CALLBACK_METHOD = method("statusCallbackMethod", "statusCallback")

RECORDING_CALLBACK = callback("recordingStatusCallback", "Address that gets notices about the recording.", "recordingStatusCallbackMethod", twilio=(13256,))
RECORDING_CALLBACK_METHOD = method("recordingStatusCallbackMethod", "recordingStatusCallback")
RECORDING_CALLBACK_EVENT = Attribute("recordingStatusCallbackEvent", T.LIST_OF_ENUM, "Steps of the recording that recordingStatusCallback gets notices of.", values=("in-progress", "completed", "absent"), default="completed", twilio=(13621,))
RECORDING_CONFIGURATION = Attribute("recordingConfigurationId", T.STRING, "Identifier of a Recording Configuration in the account.")


def leg(documented: bool = True, method_twilio: tuple[int, ...] = (), event_default: str | None = "completed") -> tuple[Attribute, ...]:
    """What every party that Dial can ring takes: a document of its own, and notices."""
    return (
        Attribute("url", T.URL, "Document run for the party that answered, before both are joined.", fetch=Fetch.TWIML_LEG, method_attribute="method", documented=documented),
        method("method", "url", documented=documented, twilio=method_twilio),
        Attribute("statusCallbackEvent", T.LIST_OF_ENUM, "Steps of the call that statusCallback gets notices of; only completed if left out.", values=("initiated", "ringing", "answered", "completed"), default=event_default, documented=documented),
        callback("statusCallback", "Address that gets notices about the dialed call; its host name has no underscore.", "statusCallbackMethod", documented=documented),
        method("statusCallbackMethod", "statusCallback", documented=documented),
    )


MACHINE_DETECTION = (
    Attribute("machineDetection", T.ENUM, "Whether to detect a person or a machine that answers; no detection if left out.", values=("Enable", "DetectMessageEnd")),
    method("amdStatusCallbackMethod", "amdStatusCallback"),
    callback("amdStatusCallback", "Address that gets notice of who answered.", "amdStatusCallbackMethod"),
    Attribute("machineDetectionTimeout", T.INTEGER, "Longest time to detect a machine.", minimum=3, maximum=60, unit="seconds", default="30"),
    Attribute("machineDetectionSpeechThreshold", T.INTEGER, "Speech longer than this is taken for a machine.", minimum=1000, maximum=6000, unit="milliseconds", default="2400"),
    Attribute("machineDetectionSpeechEndThreshold", T.INTEGER, "Silence after speech that counts as its end.", minimum=500, maximum=5000, unit="milliseconds", default="1200"),
    Attribute("machineDetectionSilenceTimeout", T.INTEGER, "Silence at the start after which the answer stays unknown.", minimum=2000, maximum=10000, unit="milliseconds", default="5000"),
)
