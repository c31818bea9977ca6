"""Attributes that many elements share, each told once.

Nothing comes in; functions and tuples of :class:`Attribute` go out.
"""

from twimlc.vocabulary.types import Attribute, AttributeType, Fetch, Status

BOOLEAN = AttributeType.BOOLEAN
ENUM = AttributeType.ENUM
INTEGER = AttributeType.INTEGER
STRING = AttributeType.STRING
URL = AttributeType.URL
LIST = AttributeType.LIST_OF_ENUM

TRIM_VALUES = ("trim-silence", "do-not-trim")
TRACKS = ("inbound_track", "outbound_track", "both_tracks")
DIAL_RECORD = (
    "do-not-record",
    "record-from-answer",
    "record-from-ringing",
    "record-from-answer-dual",
    "record-from-ringing-dual",
)

DUAL_RECORD = ("record-from-answer-dual", "record-from-ringing-dual")


def method(name: str = "method", of: str = "action", documented: bool = True, twilio: tuple[int, ...] = ()) -> Attribute:
    """GET or POST for the address in attribute ``of``."""
    note = f"How Twilio asks for {of}. Only answers to GET can come from a plain file host or a cache."
    return Attribute(name, AttributeType.METHOD, note, values=("GET", "POST"), default="POST", documented=documented, twilio=twilio)


def action(note: str, default: str | None = None, status: Status = Status.CURRENT, documented: bool = True, twilio: tuple[int, ...] = ()) -> Attribute:
    """The address that takes the call over when the verb is done."""
    return Attribute("action", URL, note, fetch=Fetch.TWIML, method_attribute="method", default=default, status=status, documented=documented, twilio=twilio)


def callback(name: str, note: str, method_attribute: str | None = None, documented: bool = True, in_library: bool = True, twilio: tuple[int, ...] = ()) -> Attribute:
    """An address that is only told what happened; its answer is not run."""
    return Attribute(name, URL, note, fetch=Fetch.STATUS, method_attribute=method_attribute, documented=documented, in_library=in_library, twilio=twilio)


def trim(default: str | None, twilio: tuple[int, ...] = ()) -> Attribute:
    """Silence around a recording."""
    return Attribute("trim", ENUM, "Whether silence at both ends of the recording is cut off.", values=TRIM_VALUES, default=default, twilio=twilio)


STATUS_CALLBACK = callback("statusCallback", "Address that is told how this goes on; the answer is not run.", "statusCallbackMethod")
STATUS_CALLBACK_METHOD = method("statusCallbackMethod", "statusCallback")

RECORDING_CALLBACK = callback("recordingStatusCallback", "Address that is told about the recording's progress.", "recordingStatusCallbackMethod", twilio=(13256,))
RECORDING_CALLBACK_METHOD = method("recordingStatusCallbackMethod", "recordingStatusCallback")
RECORDING_CALLBACK_EVENT = Attribute("recordingStatusCallbackEvent", LIST, "Steps of the recording that recordingStatusCallback is told of.", values=("in-progress", "completed", "absent"), default="completed", twilio=(13621,))
RECORDING_CONFIGURATION = Attribute("recordingConfigurationId", STRING, "Identifier of a Recording Configuration in the account.")


def leg(documented: bool = True, method_twilio: tuple[int, ...] = (), event_default: str | None = "completed") -> tuple[Attribute, ...]:
    """What every party that Dial can ring takes: a document of its own, and notices."""
    return (
        Attribute("url", URL, "Document run for the party that answered, before both are joined.", fetch=Fetch.TWIML_LEG, method_attribute="method", documented=documented),
        method("method", "url", documented=documented, twilio=method_twilio),
        Attribute("statusCallbackEvent", LIST, "Steps of the call that statusCallback is told of; only completed if left out.", values=("initiated", "ringing", "answered", "completed"), default=event_default, documented=documented),
        callback("statusCallback", "Address that is told how the dialed call goes; its host name has no underscore.", "statusCallbackMethod", documented=documented),
        method("statusCallbackMethod", "statusCallback", documented=documented),
    )


MACHINE_DETECTION = (
    Attribute("machineDetection", ENUM, "Find out whether a person or a machine answered; left out, Twilio does not look.", values=("Enable", "DetectMessageEnd")),
    method("amdStatusCallbackMethod", "amdStatusCallback"),
    callback("amdStatusCallback", "Address that is told who answered.", "amdStatusCallbackMethod"),
    Attribute("machineDetectionTimeout", INTEGER, "Longest time to look for a machine.", minimum=3, maximum=60, unit="seconds", default="30"),
    Attribute("machineDetectionSpeechThreshold", INTEGER, "Speech longer than this is taken for a machine.", minimum=1000, maximum=6000, unit="milliseconds", default="2400"),
    Attribute("machineDetectionSpeechEndThreshold", INTEGER, "Silence after speech that counts as its end.", minimum=500, maximum=5000, unit="milliseconds", default="1200"),
    Attribute("machineDetectionSilenceTimeout", INTEGER, "Silence at the start after which the answer stays unknown.", minimum=2000, maximum=10000, unit="milliseconds", default="5000"),
)
