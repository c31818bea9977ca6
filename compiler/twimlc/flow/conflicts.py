"""What must not be together in one element, and what must.

An element and its parent's kind come in; findings go out. What the rules are, and how each is
broken, says the vocabulary.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from twimlc import vocabulary
from twimlc.findings import Diagnostic, Severity, rules
from twimlc.flow.model import Element, Link, MediaLink, StateLink, Text
from twimlc.flow.numbers import check_caller_id
from twimlc.flow.services import check_service, check_speech
from twimlc.text import Span, lazy_pattern
from twimlc.vocabulary import AttributeType
from twimlc.vocabulary.missing import child_codes
from twimlc.vocabulary.rules import Remark, may_break
from twimlc.vocabulary.types import Child, Parts
from twimlc.yaml.tree import Template

_RETIRED = (
    vocabulary.Status.DEPRECATED,
    vocabulary.Status.LEGACY,
    vocabulary.Status.END_OF_LIFE,
    vocabulary.Status.RESTRICTED,
)
_ASKING = ("Event", "Method")
_UNKNOWN_TEXT = "\N{OBJECT REPLACEMENT CHARACTER}"
"""A call-time value where only its presence matters."""
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


def check_element(
    element: Element, parent: vocabulary.Element | None, words: Span | None = None
) -> list[Diagnostic]:
    """Everything that the table says of the parts of ``element`` among themselves.

    ``words`` is the place of its text, if findings about that are to be there.
    """
    spec = element.spec
    if spec is None:
        return []
    kids = [Child(c.spec, c.span, c.literal) for c in element.elements() if c.spec is not None]
    found = [*_required(element, spec), *_nesting(kids, spec), *_retired(element, spec)]
    if spec.name in ("Say", "Gather"):
        found += check_speech(element)
    elif spec.kind is vocabulary.Kind.NOUN or "callerId" in spec.attributes:
        found += check_dialed(element)
    if spec.kind is vocabulary.Kind.NOUN or spec.does.takes_payment:
        found += check_service(element)
    found += check_parameters(element)
    found += _never_asked(element, spec)
    text, names = _spoken(element), {attribute.name for attribute in element.attributes}
    names.update(kid.spec.name for kid in kids)
    if rows := [rule for rule in spec.rules if may_break(rule, names, len(text))]:
        parts = Parts(
            spec,
            parent,
            element.span,
            {attribute.name: _plain(attribute.value) for attribute in element.attributes},
            {attribute.name: attribute.span for attribute in element.attributes},
            kids,
            text,
            _has_text(element),
        )
        found += (finding for rule in rows for finding in rule.breaches(parts))
    if words is None:
        return found
    about_words = (rules.FIXED_SID, rules.TOO_LONG)
    return [
        replace(f, span=words) if f.rule in about_words and f.span == element.span else f
        for f in found
    ]


def _plain(value: Text | Link) -> str:
    """A value as text to compare with, call-time values as a placeholder."""
    if isinstance(value, Template):
        return value.written(_UNKNOWN_TEXT)
    if isinstance(value, MediaLink):
        return value.path
    return value if isinstance(value, str) else value.state.name


def _spoken(element: Element) -> str:
    return "".join(
        _spoken(child) if isinstance(child, Element) else _plain(child)
        for child in element.children
    )


def written_here(element: Element, name: str) -> bool:
    """Whether an attribute is in the element; one of defaults: may be meant for others."""
    found = element.get(name)
    return found is not None and element.span.covers(found.span)


def _never_asked(element: Element, spec: vocabulary.Element) -> Iterator[Diagnostic]:
    """Parts that say how, or when, to ask an address that is not given."""
    for attribute in element.attributes:
        for ending in _ASKING if attribute.name.endswith(_ASKING) else ():
            address = attribute.name.removesuffix(ending)
            asked = address in spec.attributes and element.get(address) is None
            if address != attribute.name and asked and written_here(element, attribute.name):
                message = f"{attribute.name} does nothing here without {address}"
                yield rules.IGNORED_PART.at(attribute.span, message)


def _has_text(element: Element) -> bool:
    return any(
        isinstance(child, (StateLink, MediaLink))
        or (not isinstance(child, Element) and _plain(child).strip())
        for child in element.children
    )


def _required(element: Element, spec: vocabulary.Element) -> Iterator[Diagnostic]:
    for attribute in spec.required:
        if element.get(attribute.name) is None:
            message = f"{spec.key} needs {attribute.name}"
            yield rules.MISSING_PART.at(element.span, message, hint=attribute.note or None)
    text = spec.text
    if text is None or not text.required or _has_text(element):
        return
    kids = {child.spec.name for child in element.elements() if child.spec}
    if any(element.get(name) is not None or name in kids for name in text.required_unless):
        return
    if spec.name == "Dial":
        hint = f"one of {', '.join(spec.inside)}"
        yield rules.MISSING_PART.at(element.span, "dial needs somebody to call", hint=hint)
        return
    others = [f"or {name}" for name in text.required_unless if spec.name != "Say"]
    message = " ".join((f"{spec.key} needs {text.name}", *others))
    codes = (*text.twilio, *rules.MISSING_PART.twilio)
    yield rules.MISSING_PART.at(element.span, message, hint=text.note or None, twilio=codes)


def _nesting(kids: list[Child], spec: vocabulary.Element) -> Iterator[Diagnostic]:
    for child in kids:
        if child.spec.name not in spec.children:
            message = f"{child.spec.key} is not allowed inside {spec.key}"
            codes = child_codes(spec.name, child.spec.name)
            yield rules.NOT_ALLOWED_INSIDE.at(child.span, message, twilio=codes)


def _retired(element: Element, spec: vocabulary.Element) -> Iterator[Diagnostic]:
    if spec.status in _RETIRED:
        message = f"{spec.key} is {spec.status.value.replace('-', ' ')} at Twilio"
        remarks = (rule.twilio for rule in spec.rules if isinstance(rule, Remark))
        codes = [code for codes in remarks for code in codes]
        yield rules.RETIRED.at(element.span, message, hint=spec.status_note or None, twilio=codes)
    for attribute in element.attributes:
        known = spec.attributes.get(attribute.name)
        if known is not None and known.status in _RETIRED:
            message = f"{attribute.name} of {spec.key} is {known.status.value} at Twilio"
            yield rules.RETIRED.at(attribute.span, message, hint=known.note or None)


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
            yield rules.FIXED_SID.at(found.span, message, hint=hint, twilio=(code,))
    text = _text(element)
    for kind, (sid, what, codes) in _SIDS.items():
        if element.text_type is kind and sid.fullmatch(text):
            message = f"'{text}' is the SID of one {what}, which will be over by then"
            hint = f"give the {what}'s own name"
            yield rules.FIXED_SID.at(element.span, message, hint=hint, twilio=codes)
    password, user = element.get("password"), element.get("username")
    if password is not None and user is not None and "" in (password.value, user.value):
        empty = user if user.value == "" else password
        message = f"the {empty.name} of {element.tag.lower()} is empty"
        wrong = rules.BAD_VALUE.at(empty.span, message, hint="leave both out", twilio=(13249,))
        yield replace(wrong, severity=Severity.WARNING)
    elif password is not None and isinstance(password.value, str) and user is not None:
        message = "the password is in a document that is open to everybody"
        hint = "let the SIP system know Twilio by its IP addresses instead"
        yield rules.SECRET.at(password.span, message, hint=hint)


def check_parameters(element: Element) -> Iterator[Diagnostic]:
    """Passwords and keys that a service is handed; those that only the call knows are not here."""
    for part in element.elements():
        name, value = part.literal("name") or "", part.literal("value") or ""
        if part.tag != "Parameter" or not _SECRET_NAME.search(name):
            continue
        if len(value) >= _SHORTEST_SECRET and value != "true":
            message = f"the value of {name} is in a document that is open to everybody"
            hint = "let the service check Twilio's request signature instead"
            yield rules.SECRET.at(part.span, message, hint=hint)


def _resumed(agent: Element) -> Iterator[Diagnostic]:
    """A conversation that is taken up again is one caller's."""
    for config in agent.elements():
        if config.literal("name") == "resumeEndUserId" and config.literal("value"):
            message = (
                "resumeEndUserId belongs to one conversation, but this document serves all calls"
            )
            hint = "an application that knows the caller has to write it"
            yield rules.FIXED_SID.at(config.span, message, hint=hint, twilio=(32606,))


def _interconnect(dial: Element) -> Iterator[Diagnostic]:
    """A call through an Interconnect connection goes to one SIP address."""
    sips = [child for child in dial.elements() if child.text_type is AttributeType.SIP_URI]
    through = [sip for sip in sips if ";tnx=" in _text(sip)]
    if through and len(sips) > 1:
        message = "an address with tnx is the only SIP address of its dial"
        yield rules.BAD_SIP_ADDRESS.at(through[0].span, message, twilio=(32303,))


def _text(element: Element) -> str:
    return "".join(child for child in element.children if isinstance(child, str)).strip()
