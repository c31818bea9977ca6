"""What Twilio sends and accepts around a document: request parameters, limits, and which verbs a
document may hold that another verb fetches.

Nothing comes in; tables go out. Sources: docs/voice/twiml, docs/voice/twiml/gather, .../record,
.../dial, .../enqueue, .../queue, .../conference, .../number, .../client, .../sip, .../refer,
.../pay, .../connect, docs/api/errors.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

SIP_HEADER_PREFIX = "SipHeader_"
"""Begins the names of parameters that carry a SIP header of the incoming call."""


EndOfContext = Literal["join", "repeat", "silence"]
"""What happens at the end of a document that another verb fetched: both parties are joined, it is
requested again, or the caller hears nothing more until the wait is over."""


class Context(NamedTuple):
    """Documents reached through the attribute ``name`` (``Element.attribute``).

    ``verbs`` names the elements allowed at their top level, ``twilio`` the errors of others.
    ``confirmed`` is false where Twilio forbids something without listing what it allows.
    """

    name: str
    verbs: tuple[str, ...]
    at_end: EndOfContext
    twilio: tuple[int, ...] = ()
    confirmed: bool = True


class DocumentLimits(NamedTuple):
    """How large a document may be, and the error code of larger ones."""

    max_bytes: int
    max_bytes_twilio: int


DOCUMENT_LIMITS = DocumentLimits(65536, 11750)
"""A fetched document has at most 64 kB."""


def contexts(verbs: tuple[str, ...]) -> Iterator[Context]:
    """The contexts, given every verb there is."""
    hold = ("Play", "Say", "Pause", "Redirect")
    yield Context("Conference.waitUrl", hold, "silence", (13238,))
    yield Context("Enqueue.waitUrl", (*hold, "Hangup", "Leave", "Gather"), "repeat")
    yield Context("Queue.url", hold, "join")
    yield Context("Number.url", ("Play", "Say", "Gather", "Hangup"), "join", (13201,))
    undialed = tuple(name for name in verbs if name != "Dial")
    for noun in ("Client", "Sip", "WhatsApp", "Application"):
        yield Context(f"{noun}.url", undialed, "join", (13201,), confirmed=False)


_PLACES = ("City", "State", "Zip", "Country")
_ALWAYS = ("CallSid", "AccountSid", "From", "To", "CallStatus", "ApiVersion", "Direction")
_SOMETIMES = (
    *("ForwardedFrom", "CallerName", "ParentCallSid", "CallToken", "Called", "Caller"),
    *(who + part for who in ("From", "To", "Called", "Caller") for part in _PLACES),
)
_SIP = ("SipCallId", "SipDomain", "SipDomainSid", "SipSourceIp")
SWITCH_ANYWHERE = ("From", "To", "FromCountry", "FromState", "FromZip", "ToCountry", "ToState", "ToZip", "Direction")
"""What a switch can ask anywhere: every request of a call carries it."""

SWITCH_FIRST = ("ForwardedFrom", "SipDomain", "StirVerstat", "AnsweredBy")
"""What it can ask only before the first way through a URL: the first request of a call alone is
sure to carry it (facts: docs/voice/trusted-calling-with-shakenstir, answering-machine-detection)."""

_FREE_TEXT = "it is free text, which people and carriers write in many ways", ""
_STATUS = "it says how a verb ended", "write when beside that verb"
REFUSED_IN_SWITCH: Mapping[str, tuple[str, str]] = MappingProxyType({
    "Caller": ("it is an older name of From", "From"),
    "Called": ("it is an older name of To", "To"),
    "Digits": ("keys are chosen in a menu", "menu"),
    **dict.fromkeys(("FromCity", "ToCity", "CallerCity", "CalledCity", "CallerName", "SpeechResult", "Body", "ProfileName"), _FREE_TEXT),
    **dict.fromkeys(("CallStatus", "DialCallStatus", "DialBridged", "QueueResult", "SessionStatus", "VirtualAgentStatus", "ReferCallStatus", "Result", "RecordingStatus", "HandoffData"), _STATUS),
    **{f"Caller{part}": ("it is an older name", f"From{part}") for part in ("Country", "State", "Zip")},
    **{f"Called{part}": ("it is an older name", f"To{part}") for part in ("Country", "State", "Zip")},
})
"""Why others cannot be asked, and what to write instead."""

_ALWAYS_WITH_MESSAGE = ("MessageSid", "SmsSid", "SmsMessageSid", "SmsStatus", "Body", "NumMedia", "NumSegments")
_SOMETIMES_WITH_MESSAGE = (
    *("MessagingServiceSid", "OptOutType", "ProfileName", "WaId"),
    *(name + str(number) for name in ("MediaUrl", "MediaContentType") for number in range(10)),
)
_RECORDING_STATUS = ("RecordingSid", "RecordingUrl", "RecordingStatus", "RecordingDuration", "RecordingChannels", "RecordingSource")
_CALL_PROGRESS = ("ParentCallSid", "CallDuration", "Timestamp", "CallbackSource", "SequenceNumber")

REQUEST_PARAMETERS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "always": _ALWAYS,
    "sometimes": _SOMETIMES,
    "sip": _SIP,
    "Gather.action": ("Digits", "SpeechResult", "Confidence"),
    "Gather.partialResultCallback": ("UnstableSpeechResult",),
    "Record.action": ("RecordingUrl", "RecordingDuration", "Digits", "RecordingSid"),
    "Record.recordingStatusCallback": _RECORDING_STATUS,
    "Record.transcribeCallback": ("TranscriptionSid", "TranscriptionText", "TranscriptionStatus", "TranscriptionUrl", "RecordingSid", "RecordingUrl"),
    "Dial.action": ("DialCallStatus", "DialCallSid", "DialCallDuration", "DialBridged", "RecordingUrl", "DialSipCallId", "DialSipResponseCode", "QueueSid", "QueueTime", "DequeingCallSid"),
    "Dial.referUrl": ("ReferTransferTarget",),
    "Dial.recordingStatusCallback": _RECORDING_STATUS,
    "Number.statusCallback": _CALL_PROGRESS,
    "Client.statusCallback": _CALL_PROGRESS,
    "Sip.statusCallback": _CALL_PROGRESS,
    "WhatsApp.statusCallback": _CALL_PROGRESS,
    "Conference.statusCallback": ("ConferenceSid", "FriendlyName", "SequenceNumber", "Timestamp", "StatusCallbackEvent", "Muted", "Hold", "Coaching", "EndConferenceOnExit", "StartConferenceOnEnter", "ParticipantLabel", "CallSidEndingConference"),
    "Enqueue.action": ("QueueResult", "QueueSid", "QueueTime"),
    "Enqueue.waitUrl": ("QueuePosition", "QueueSid", "QueueTime", "AvgQueueTime", "CurrentQueueSize", "MaxQueueSize"),
    "Queue.url": ("QueueSid", "QueueTime", "DequeingCallSid"),
    "ConversationRelay.action": ("SessionId", "SessionStatus", "SessionDuration", "HandoffData", "ErrorCode", "ErrorMessage"),
    "VirtualAgent.action": ("VirtualAgentStatus", "VirtualAgentProvider", "VirtualAgentProviderData", "VirtualAgentError", "VirtualAgentErrorCode"),
    "Stream.statusCallback": ("StreamSid", "StreamName", "StreamEvent", "StreamError", "Timestamp"),
    "Refer.action": ("ReferCallStatus", "ReferSipResponseCode", "NotifySipResponseCode"),
    "Pay.action": ("Result", "ProfileId", "PaymentToken", "PaymentConfirmationCode", "PaymentMethod", "PaymentCardNumber", "PaymentCardType", "ExpirationDate", "SecurityCode", "PaymentCardPostalCode", "BankAccountNumber", "BankRoutingNumber", "BankAccountType", "PaymentError", "PayErrorCode", "ConnectorError"),
    "Pay.statusCallback": ("For", "ErrorType", "Attempt", "PaymentCardNumber", "PaymentCardType", "ExpirationDate", "SecurityCode", "PaymentCardPostalCode", "BankAccountNumber", "BankRoutingNumber"),
    "Sms.action": ("SmsSid", "SmsStatus"),
    "fallback": ("ErrorCode", "ErrorUrl"),
})
"""Parameters of Twilio's requests. ``always`` and ``sometimes`` come with every request of a
document, ``sip`` with those of a SIP call; the others are added for that address. What a noun of
Connect adds to the action of its Connect is under ``NOUN.action``."""

STANDARD_PARAMETERS = frozenset((*_ALWAYS, *_SOMETIMES, *_SIP))
"""Names that may be known in any document."""

MESSAGE_PARAMETERS = frozenset((*_ALWAYS_WITH_MESSAGE, *_SOMETIMES_WITH_MESSAGE))
"""Names that come with the request for a reply to a message (docs/messaging/twiml)."""

ON_EVERY_LEG = frozenset(("ParentCallSid", "AccountSid", "ApiVersion"))
"""Names that tell a called party's document of the caller's call, or of both."""

SHOWN_TO_CALLED = frozenset(("From", "Caller", *(name + part for name in ("From", "Caller") for part in _PLACES)))
"""Names that tell a called party's document who is shown to call: the callerId if there is one."""

INPUT_PARAMETERS = frozenset(REQUEST_PARAMETERS["Gather.action"])
"""Names that are known only in what a Gather leads to."""


def documents_with(name: str, *attributes: str) -> tuple[str, ...]:
    """The documents (``Element.attribute``) whose requests alone carry a parameter."""
    ends = tuple(f".{attribute}" for attribute in attributes or ("url", "waitUrl", "referUrl"))
    found = ((place, names) for place, names in REQUEST_PARAMETERS.items() if name in names)
    return tuple(place for place, _ in found if place.endswith(ends))


def is_standard_parameter(name: str) -> bool:
    """Whether any request of a document may carry the parameter."""
    return name in STANDARD_PARAMETERS or name.startswith(SIP_HEADER_PREFIX)
