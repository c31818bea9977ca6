"""Whom a dial calls, seen as a whole: caller ID, SIDs of one call, passwords.

A dial or one of its nouns comes in; findings go out.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.findings.rules import BAD_SIP_ADDRESS, BAD_VALUE, FIXED_SID, SECRET
from twimlc.flow.model import Element
from twimlc.flow.numbers import check_caller_id
from twimlc.text import lazy_pattern
from twimlc.vocabulary import AttributeType

_SIDS = {
    AttributeType.CONFERENCE_NAME: (lazy_pattern(r"CF[0-9a-fA-F]{32}"), "conference", (13236,)),
    AttributeType.ROOM_UNIQUE_NAME: (lazy_pattern(r"RM[0-9a-fA-F]{32}"), "room", ()),
}
"""What a document names by a name of the author's, and how Twilio's SID of one looks."""
_SECRET_NAME = lazy_pattern(
    r"(?:token|secret|api[_-]?key|passw(?:or)?d|passphrase|pwd|authorization)$", re.IGNORECASE
)
_SHORTEST_SECRET = 4
_OF_ONE_CALL = {"coach": 13240, "reservationSid": 14215}


def check_dialed(element: Element) -> Iterator[Diagnostic]:
    """Findings about a Dial, one of its nouns, or a virtual agent."""
    if element.spec is None:
        return
    if "callerId" in element.spec.attributes:
        yield from check_caller_id(element)
        yield from _interconnect(element)
        return
    if element.tag == "VirtualAgent":
        yield from _resumed(element)
        return
    for name, code in _OF_ONE_CALL.items():
        found = element.get(name)
        if found is not None and isinstance(found.value, str):
            message = f"{name} '{found.value}' belongs to one call, but this document serves all"
            hint = "an application that knows the call has to write it"
            yield FIXED_SID.at(found.span, message, hint=hint, twilio=(code,))
    text = _text(element)
    for kind, (sid, what, codes) in _SIDS.items():
        if element.text_type is kind and sid.fullmatch(text):
            message = f"'{text}' is the SID of one {what}, which will be over by then"
            hint = f"give the {what}'s own name"
            yield FIXED_SID.at(element.span, message, hint=hint, twilio=codes)
    password, user = element.get("password"), element.get("username")
    if password is not None and user is not None and "" in (password.value, user.value):
        empty = user if user.value == "" else password
        message = f"the {empty.name} of {element.tag.lower()} is empty"
        wrong = BAD_VALUE.at(empty.span, message, hint="leave both out", twilio=(13249,))
        yield replace(wrong, severity=Severity.WARNING)
    elif password is not None and isinstance(password.value, str) and user is not None:
        message = "the password is in a document that is open to everybody"
        hint = "let the SIP system know Twilio by its IP addresses instead"
        yield SECRET.at(password.span, message, hint=hint)


def check_parameters(element: Element) -> Iterator[Diagnostic]:
    """Passwords and keys that a service is handed; those that only the call knows are not here."""
    for part in element.elements():
        name, value = part.literal("name") or "", part.literal("value") or ""
        if part.tag != "Parameter" or not _SECRET_NAME.search(name):
            continue
        if len(value) >= _SHORTEST_SECRET and value != "true":
            message = f"the value of {name} is in a document that is open to everybody"
            hint = "let the service check Twilio's request signature instead"
            yield SECRET.at(part.span, message, hint=hint)


def _resumed(agent: Element) -> Iterator[Diagnostic]:
    """A conversation that is taken up again is one caller's."""
    for config in agent.elements():
        if config.literal("name") == "resumeEndUserId" and config.literal("value"):
            message = (
                "resumeEndUserId belongs to one conversation, but this document serves all calls"
            )
            hint = "an application that knows the caller has to write it"
            yield FIXED_SID.at(config.span, message, hint=hint, twilio=(32606,))


def _interconnect(dial: Element) -> Iterator[Diagnostic]:
    """A call through an Interconnect connection goes to one SIP address."""
    sips = [child for child in dial.elements() if child.text_type is AttributeType.SIP_URI]
    through = [sip for sip in sips if ";tnx=" in _text(sip)]
    if through and len(sips) > 1:
        message = "an address with tnx is the only SIP address of its dial"
        yield BAD_SIP_ADDRESS.at(through[0].span, message, twilio=(32303,))


def _text(element: Element) -> str:
    return "".join(child for child in element.children if isinstance(child, str)).strip()
