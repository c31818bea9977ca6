"""What TwiML does not have although Twilio's error dictionary names it: its codes, part by part.

The dictionary keeps codes for attributes that its pages no longer show or that belong to the REST
API, and a code of its own for what some elements cannot contain (docs/api/errors). Everything
else that is not TwiML is :data:`NOT_TWIML`.
"""

from collections.abc import Mapping

NOT_TWIML = 12200
"""A document breaks Twilio's schema."""

_ATTRIBUTES: Mapping[tuple[str, str], int] = {
    ("response", "version"): 12101,
    ("dial", "ifMachine"): 13211,
    ("dial", "transcribe"): 13619,
    ("conference", "transcribe"): 13619,
    ("sip", "sendDigits"): 13242,
    ("conference", "workflowSid"): 14230,
    ("conference", "attributes"): 14231,
    ("conference", "taskAttributes"): 14231,
    ("conference", "priority"): 14232,
    ("conference", "timeout"): 14233,
    ("conference", "reservationSid"): 14236,
    ("conference", "postWorkActivitySid"): 14237,
}
_OF_CALLS_BY_REST = ("asyncAmd", "machineDetection")
_ANY_ATTRIBUTE: Mapping[str, int] = {"aisession": 86004, "transcription": 32650}
_CHILDREN: Mapping[str, tuple[int, ...]] = {
    "dial": (13215,),
    "gather": (13320,),
    "start": (14300,),
    "stop": (14300,),
}
_NAMES: Mapping[str, tuple[int, ...]] = {
    "annotate": (13110, 13111, 13112, 13120),
    "aisession": (86004,),
}


def attribute_codes(element: str, name: str) -> tuple[int, ...]:
    """Twilio's codes for an attribute ``name`` that ``element``, a name or key, does not have."""
    element = element.lower()
    code = _ATTRIBUTES.get((element, name)) or _ANY_ATTRIBUTE.get(element)
    if code is None and element in ("number", "sip") and name.startswith(_OF_CALLS_BY_REST):
        code = 21263
    return (NOT_TWIML,) if code is None else (code, NOT_TWIML)


def child_codes(element: str, name: str) -> tuple[int, ...]:
    """Twilio's codes for an element ``name`` that ``element`` cannot contain."""
    return (*_NAMES.get(name.lower(), ()), *_CHILDREN.get(element.lower(), ()), NOT_TWIML)


def missing_codes(element: str, name: str) -> tuple[int, ...]:
    """The same for a key of a flow, which might be meant for either."""
    return tuple(dict.fromkeys((*attribute_codes(element, name), *child_codes(element, name))))
