"""Relatives of TwiML: names and the text of a document come in, whose dialect it is goes out.

Other vendors read documents that look like TwiML and hold verbs of their own, which Twilio
does not know.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import OTHER_DIALECT, OTHER_VENDOR
from twimlc.text import SourceFile, Span

_VERBS = {
    "Bandwidth's BXML": (
        *("Bxml", "BXML", "SpeakSentence", "PlayAudio", "GoToUrl", "Transfer", "PhoneNumber"),
        *("SipUri", "SendMessage", "SendDtmf", "Bridge", "Ring", "Tag", "StartGather"),
        *("StopGather", "StartRecording", "StopRecording", "PauseRecording", "ResumeRecording"),
        *("StartTranscription", "StopTranscription", "StartStream", "StopStream", "Forward"),
    ),
    "Plivo's XML, which Tiniyo reads too": (
        *("Speak", "GetDigits", "GetInput", "Wait", "PreAnswer", "DTMF", "User"),
        "MultiPartyCall",
    ),
    "RestComm's RCML": ("Fax", "Email", "Geolocation", "UssdCollect", "UssdMessage", "Language"),
    "SignalWire's cXML": ("AI", "SWAIG", "Denoise", "Functions", "PostPrompt", "Receive"),
    "Telnyx's TeXML": (
        *("AIGather", "AIAssistant", "HttpRequest", "Suppression", "Assistant", "Greeting"),
    ),
}
_ATTRIBUTES = {
    "Bandwidth's BXML": (
        *("gatherUrl", "gatherMethod", "redirectUrl", "redirectMethod", "recordCompleteUrl"),
        *("recordCompleteMethod", "recordingAvailableUrl", "transferCallerId"),
        *("transferCompleteUrl", "transferAnswerUrl", "terminatingDigits", "maxDigits"),
        *("interDigitTimeout", "firstDigitTimeout", "maxDuration", "bridgeCompleteUrl"),
    ),
    "Plivo's XML": (
        *("inputType", "digitEndTimeout", "executionTimeout", "enterSound", "exitSound"),
        *("waitSound", "stayAlone", "confirmSound", "confirmKey", "dialMusic", "sipHeaders"),
        *("validDigits", "invalidDigitsSound", "hangupOnStar"),
    ),
}
VENDORS: Mapping[str, str] = MappingProxyType(
    {f"<{verb}>": vendor for vendor, verbs in _VERBS.items() for verb in verbs}
    | {name: vendor for vendor, names in _ATTRIBUTES.items() for name in names}
)
"""What TwiML has not, ``<Verb>`` or attribute, and whose it is."""

_ROOTS = {
    "vxml": "VoiceXML",
    "ccxml": "CCXML",
    "tropo": "Tropo's XML",
    "speak": "SSML without a document around it",
    "scxml": "SCXML",
}

_TRACES = (
    ("RestComm", re.compile(r"\brestcomm\b|\btelestax\b|\bRCML\b", re.IGNORECASE)),
    ("SignalWire", re.compile(r"\bsignalwire\.com\b|\bcXML\b|\bgcloud\.[a-z]{2}-")),
    ("Telnyx", re.compile(r"\btelnyx\.com\b|\bTeXML\b|\bTelnyx\b")),
    ("Tiniyo", re.compile(r"\btiniyo(?=[./ ])", re.IGNORECASE)),
    ("Bandwidth", re.compile(r"\bbandwidth\.com\b|\bBXML\b")),
    ("Plivo", re.compile(r"\bplivo\.com\b|\bplivo\s+xml\b", re.IGNORECASE)),
)
_SPOKEN = re.compile(r"<Say\b(?:[^>]*/>|.*?(?:</Say>|\Z))", re.DOTALL)


def foreign(name: str, span: Span) -> Diagnostic:
    """The finding for one of :data:`VENDORS`."""
    message = f"{name} belongs to {VENDORS[name]}; Twilio does not know it"
    hint = "check this document with its own vendor, or write it anew in TwiML"
    return OTHER_DIALECT.at(span, message, hint=hint)


def language_of(root: str) -> str | None:
    """What a document is whose root is the first of another language, in words."""
    return _ROOTS.get(root.lower())


def traces_of_vendor(file: SourceFile) -> list[Diagnostic]:
    """A note where addresses or comments name another vendor."""
    text = _SPOKEN.sub(lambda match: " " * len(match[0]), file.text)
    for vendor, pattern in _TRACES:
        match = pattern.search(text)
        if match is not None:
            message = f"this seems to be written for {vendor}: '{match[0]}'"
            hint = f"it is checked as TwiML; {vendor} may know more, or less"
            return [OTHER_VENDOR.at(Span(file, *match.span()), message, hint=hint)]
    return []
