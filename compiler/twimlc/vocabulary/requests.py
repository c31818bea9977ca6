"""What Twilio sends and accepts around a document: request parameters, limits, and which verbs
may stand in a document that another verb fetches.

Nothing comes in; tables go out. Sources: docs/voice/twiml, docs/voice/twiml/gather, .../record,
.../dial, .../enqueue, .../queue, .../conference, .../number, .../client, .../sip, .../refer,
.../pay, .../connect, docs/api/errors.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

SIP_HEADER_PREFIX = "SipHeader_"
"""Begins the names of parameters that carry a SIP header of the incoming call."""

DIAL_SIP_HEADER_PREFIX = "DialSipHeader_"
"""Begins the names of parameters that carry a SIP header of the dialed party's answer."""


EndOfContext = Literal["join", "repeat", "silence"]
"""What happens at the end of a document that another verb fetched: both parties are joined, it is
asked for again, or nothing more is heard until the wait is over."""


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
    """How big a document may be, and the error codes of bigger ones."""

    max_bytes: int
    max_inline_characters: int
    max_bytes_twilio: int
    max_inline_twilio: int


DOCUMENT_LIMITS = DocumentLimits(65536, 4000, 11750, 32018)
"""A fetched document has at most 64 kB; one handed over in a REST call at most 4000 characters."""


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
    "ForwardedFrom",
    "CallerName",
    "ParentCallSid",
    "CallToken",
    *("From" + part for part in _PLACES),
    *("To" + part for part in _PLACES),
    "Called",
    "Caller",
    *("Called" + part for part in _PLACES),
    *("Caller" + part for part in _PLACES),
)
_SIP = ("SipCallId", "SipDomain", "SipDomainSid", "SipSourceIp")
_ALWAYS_WITH_MESSAGE = ("MessageSid", "SmsSid", "SmsMessageSid", "SmsStatus", "Body", "NumMedia", "NumSegments")
_SOMETIMES_WITH_MESSAGE = (
    "MessagingServiceSid",
    "OptOutType",
    "ProfileName",
    "WaId",
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
Connect adds to the action of its Connect stands under ``NOUN.action``."""

STANDARD_PARAMETERS = frozenset((*_ALWAYS, *_SOMETIMES, *_SIP))
"""Names that may be known in any document."""

MESSAGE_PARAMETERS = frozenset((*_ALWAYS_WITH_MESSAGE, *_SOMETIMES_WITH_MESSAGE))
"""Names that come with the request for a reply to a message (docs/messaging/twiml)."""

INPUT_PARAMETERS = frozenset(REQUEST_PARAMETERS["Gather.action"])
"""Names that are known only in what a Gather leads to."""


def is_standard_parameter(name: str) -> bool:
    """Whether any request of a document may carry the parameter."""
    return name in STANDARD_PARAMETERS or name.startswith(SIP_HEADER_PREFIX)
