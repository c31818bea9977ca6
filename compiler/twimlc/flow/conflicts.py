"""What must not stand together in one element, and what must.

An element and its parent's kind come in; findings go out. The rules are the vocabulary's: this
file knows how to hold an element against each kind of rule, not what the rules are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.diagnostics.rules.twiml import (
    CONFLICT,
    IGNORED_PART,
    MISSING_PART,
    NEEDS_OTHER,
    NOT_ALLOWED_INSIDE,
    RETIRED,
    TOO_LONG,
    TOO_MANY,
)
from twimlc.flow.dialed import check_dialed, check_parameters
from twimlc.flow.model import Element, Link, MediaLink, StateLink, Text
from twimlc.flow.services import SERVICES, check_service
from twimlc.flow.speech import check_speech
from twimlc.source.tree import Template
from twimlc.text import Span
from twimlc.vocabulary import rules as r
from twimlc.vocabulary.missing import child_codes

_RETIRED = (
    vocabulary.Status.DEPRECATED,
    vocabulary.Status.LEGACY,
    vocabulary.Status.END_OF_LIFE,
    vocabulary.Status.RESTRICTED,
)
_DIALED = ("Dial", "Conference", "Queue", "Sip", "Uri", "VirtualAgent")
_WIDEST = len("%F0%9F%93%9E")
"""The most that one character takes when it is URL-encoded."""

UNKNOWN_TEXT = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for a call-time value where only its presence matters."""


def plain(value: Text | Link) -> str:
    """A value as text to compare with, call-time values as a placeholder."""
    if isinstance(value, str):
        return value
    if isinstance(value, Template):
        return "".join(p if isinstance(p, str) else UNKNOWN_TEXT for p in value.parts)
    if isinstance(value, MediaLink):
        return value.path
    return value.state.name


class _Parts(NamedTuple):
    """What most rules ask of an element, gathered once for all of them."""

    kids: list[Element]
    names: list[str]
    given: Mapping[str, str]


def check_element(element: Element, parent: vocabulary.Element | None) -> list[Diagnostic]:
    """Everything that the table says of the parts of ``element`` among themselves."""
    spec = element.spec
    if spec is None:
        return []
    found = [*_required(element, spec), *_nesting(element, spec), *_retired(element, spec)]
    if spec.name in ("Say", "Gather"):
        found += check_speech(element)
    elif spec.name in _DIALED:
        found += check_dialed(element)
    if spec.name in SERVICES:
        found += check_service(element)
    found += check_parameters(element)
    found += _never_asked(element, spec)
    if spec.rules:
        kids = [child for child in element.elements() if child.spec is not None]
        names = [child.spec.name for child in kids if child.spec is not None]
        parts = _Parts(kids, names, {a.name: plain(a.value) for a in element.attributes})
        for rule in spec.rules:
            found += _held_against(rule, element, spec, parent, parts)
    return found


def _never_asked(element: Element, spec: vocabulary.Element) -> Iterator[Diagnostic]:
    """Parts that say how, or when, to ask an address that is not given."""
    for attribute in element.attributes:
        for ending in ("Event", "Method"):
            address = attribute.name.removesuffix(ending)
            asked = address in spec.attributes and element.get(address) is None
            if address != attribute.name and asked and _written_here(element, attribute.name):
                message = f"{attribute.name} does nothing here without {address}"
                yield IGNORED_PART.at(attribute.span, message)


def _has_text(element: Element) -> bool:
    return any(
        isinstance(child, (StateLink, MediaLink))
        or (not isinstance(child, Element) and plain(child).strip())
        for child in element.children
    )


def _required(element: Element, spec: vocabulary.Element) -> Iterator[Diagnostic]:
    for attribute in spec.attributes.values():
        if attribute.required and element.get(attribute.name) is None:
            message = f"{spec.key} needs {attribute.name}"
            yield MISSING_PART.at(element.span, message, hint=attribute.note or None)
    text = spec.text
    if text is None or not text.required or _has_text(element):
        return
    kids = {child.spec.name for child in element.elements() if child.spec}
    if spec.name == "Say" and kids:
        return
    if any(element.get(name) is not None or name in kids for name in text.required_unless):
        return
    if spec.name == "Dial":
        nouns = ", ".join(vocabulary.child_keys(spec))
        yield MISSING_PART.at(element.span, "dial needs somebody to call", hint=f"one of {nouns}")
        return
    others = [f"or {name}" for name in text.required_unless if spec.name != "Say"]
    message = " ".join((f"{spec.key} needs {text.name}", *others))
    codes = (*text.twilio, *MISSING_PART.twilio)
    yield MISSING_PART.at(element.span, message, hint=text.note or None, twilio=codes)


def _nesting(element: Element, spec: vocabulary.Element) -> Iterator[Diagnostic]:
    for child in element.elements():
        if child.spec is not None and child.spec.name not in spec.children:
            message = f"{child.spec.key} cannot stand inside {spec.key}"
            codes = child_codes(spec.name, child.spec.name)
            yield NOT_ALLOWED_INSIDE.at(child.span, message, twilio=codes)


def _retired(element: Element, spec: vocabulary.Element) -> Iterator[Diagnostic]:
    if spec.status in _RETIRED:
        message = f"{spec.key} is {spec.status.value.replace('-', ' ')} at Twilio"
        remarks = (rule.twilio for rule in spec.rules if isinstance(rule, r.Remark))
        codes = [code for codes in remarks for code in codes]
        yield RETIRED.at(element.span, message, hint=spec.status_note or None, twilio=codes)
    for attribute in element.attributes:
        known = spec.attributes.get(attribute.name)
        if known is not None and known.status in _RETIRED:
            message = f"{attribute.name} of {spec.key} is {known.status.value} at Twilio"
            yield RETIRED.at(attribute.span, message, hint=known.note or None)


def _held_against(
    rule: r.ElementRule,
    element: Element,
    spec: vocabulary.Element,
    parent: vocabulary.Element | None,
    parts: _Parts,
) -> Iterator[Diagnostic]:
    for finding in _breaches(rule, element, spec, parent, parts):
        confirmed = getattr(rule, "confirmed", True)
        codes = getattr(rule, "twilio", ())
        finding = replace(finding, twilio=codes or finding.twilio)
        yield finding if confirmed else replace(finding, severity=Severity.WARNING)


def _breaches(
    rule: r.ElementRule,
    element: Element,
    spec: vocabulary.Element,
    parent: vocabulary.Element | None,
    parts: _Parts,
) -> Iterator[Diagnostic]:
    kids, names, given = parts
    note = getattr(rule, "note", "") or None

    match rule:
        case r.TextMaxLength():
            yield from _too_long(rule, element, spec, given, names)
        case r.OneOfContent():
            if names and _has_text(element):
                yield CONFLICT.at(
                    element.span, f"{spec.key} has text and parts; it takes one", hint=note
                )
        case r.ExactlyOneChild():
            if len(names) != 1:
                choices = ", ".join(vocabulary.child_keys(spec))
                message = f"{spec.key} takes exactly one of {choices}, not {len(names)}"
                yield (TOO_MANY if names else MISSING_PART).at(element.span, message, hint=note)
        case r.SoleChild(children=alone):
            for child in kids:
                if child.spec is not None and child.spec.name in alone and len(names) > 1:
                    message = (
                        f"{child.spec.key} stands alone in {spec.key}, without others beside it"
                    )
                    yield CONFLICT.at(child.span, message, hint=note)
                    break
        case r.MaxChildren(children=counted, max=most):
            found = [child for child in kids if child.spec and child.spec.name in counted]
            if len(found) > most:
                message = f"{spec.key} takes at most {most} of {_keys(counted)}, not {len(found)}"
                yield TOO_MANY.at(found[most].span, message, hint=note)
        case r.MinChildren(children=counted, min=least):
            count = sum(name in counted for name in names)
            text_does = getattr(rule, "unless_text", False) and _has_text(element)
            if count < least and not text_does:
                yield MISSING_PART.at(element.span, f"{spec.key} needs {_keys(counted)}", hint=note)
        case r.UniqueChildren(children=counted, by=name):
            seen: set[str] = set()
            for child in kids:
                value = child.literal(name)
                if child.spec and child.spec.name in counted and value is not None:
                    if value in seen:
                        message = f"{name} '{value}' is there twice"
                        yield CONFLICT.at(child.span, message, hint=note)
                    seen.add(value)
        case r.OneOf(alternatives=alternatives):
            has = [a for a in alternatives if (_has_text(element) if a == r.TEXT else a in given)]
            shown = [
                (spec.text.name if spec.text else "text") if a == r.TEXT else a
                for a in alternatives
            ]
            if not has and not (spec.text is not None and spec.text.required):
                yield MISSING_PART.at(
                    element.span, f"{spec.key} needs {' or '.join(shown)}", hint=note
                )
            elif len(has) > 1 and rule.exclusive:
                message = f"{spec.key} takes {' or '.join(shown)}, not both"
                yield CONFLICT.at(element.span, message, hint=note)
        case r.Requires(subject=subject, needs=needs):
            if subject.holds(given, names) and not needs.holds(given, names):
                message = f"{subject} of {spec.key} needs {needs}"
                span = _span_of(element, subject)
                yield NEEDS_OTHER.at(span, message, hint=note)
        case r.Excludes(subject=subject, needs=needs):
            if subject.holds(given, names) and needs.holds(given, names):
                message = f"{subject} and {needs} do not go together in {spec.key}"
                yield CONFLICT.at(_span_of(element, subject), message, hint=note)
        case r.IgnoredWithout(attributes=attributes, needs=needs):
            for name in attributes:
                if _written_here(element, name) and not needs.holds(given, names):
                    message = f"{name} does nothing here without {needs}"
                    yield IGNORED_PART.at(_span_of_name(element, name), message, hint=note)
        case r.SameValue(attributes=attributes):
            values = {given[name] for name in attributes if name in given}
            if len(values) > 1:
                message = f"{' and '.join(attributes)} should be the same"
                yield IGNORED_PART.at(_span_of_name(element, attributes[-1]), message, hint=note)
        case r.MinAttributes(attributes=attributes, min=least):
            if sum(name in given for name in attributes) < least:
                message = f"{spec.key} needs one of {', '.join(attributes)}"
                yield MISSING_PART.at(element.span, message, hint=note)
        case r.ValueLimit(attribute=name, parent=where, values=values):
            if (
                parent is not None
                and parent.name == where
                and given.get(name, values[0]) not in values
            ):
                message = f"inside {parent.key}, {name} can only be {' or '.join(values)}"
                yield CONFLICT.at(_span_of_name(element, name), message, hint=note)
        case r.RangeWhen(attribute=name, max=most, when=when):
            value = given.get(name, "")
            # What is too much at any rate is told where the value is read.
            limit = spec.attributes[name].maximum or 10**9
            if value.isdecimal() and len(value) < 20 and most < int(value) <= limit:
                if not when.holds(given, names):
                    return
                message = f"{name} is at most {most} with {when}, not {value}"
                yield CONFLICT.at(_span_of_name(element, name), message, hint=note)
        case r.ForbiddenInParent(attribute=name, parents=parents):
            if parent is not None and parent.name in parents and name in given:
                message = f"{name} cannot be used inside {parent.key}"
                yield CONFLICT.at(_span_of_name(element, name), message, hint=note)
        case r.RequiredInParent(attribute=name, parents=parents):
            if parent is not None and parent.name in parents and name not in given:
                yield MISSING_PART.at(
                    element.span, f"{spec.key} in {parent.key} needs {name}", hint=note
                )
        case r.NeedsParameter(name=name, when=when):
            known = [child.literal("name") for child in kids if child.tag == "Parameter"]
            if when.holds(given, names) and name not in known:
                message = f"{when} of {spec.key} needs a parameter called {name}"
                yield NEEDS_OTHER.at(_span_of(element, when), message, hint=note)
        case r.ParameterLength(max=most):
            for child in kids:
                length = len(child.literal("name") or "") + len(child.literal("value") or "")
                if child.tag == "Parameter" and length >= most:
                    message = f"name and value have {length} characters; under {most} is allowed"
                    yield TOO_LONG.at(child.span, message, hint=note)
        case _:
            return  # remarks, and rules that need the whole document


def _span_of(element: Element, condition: r.Condition) -> Span:
    if condition.attribute:
        return _span_of_name(element, condition.attribute)
    for child in element.elements():
        if child.spec is not None and child.spec.name == condition.child:
            return child.span
    return element.span


def _written_here(element: Element, name: str) -> bool:
    """Whether an attribute stands in the element; one of defaults: may be meant for others."""
    found = element.get(name)
    return (
        found is not None
        and found.span.file is element.span.file
        and element.span.start <= found.span.start < element.span.end
    )


def _span_of_name(element: Element, name: str) -> Span:
    found = element.get(name)
    return found.span if found else element.span


def _keys(names: tuple[str, ...]) -> str:
    keys = [vocabulary.VOICE[n].key if n in vocabulary.VOICE else n.lower() for n in names]
    return keys[0] if len(keys) == 1 else ", ".join(keys[:-1]) + " or " + keys[-1]


def _spoken(element: Element) -> str:
    return "".join(
        _spoken(child) if isinstance(child, Element) else plain(child) for child in element.children
    )


def _too_long(
    rule: r.TextMaxLength,
    element: Element,
    spec: vocabulary.Element,
    given: Mapping[str, str],
    names: list[str],
) -> Iterator[Diagnostic]:
    text = _spoken(element)
    length = len(text)
    if length * _WIDEST <= rule.max or (rule.when and not rule.when.holds(given, names)):
        return
    if rule.url_encoded:
        from urllib.parse import quote

        length = len(quote(text))
    if length > rule.max:
        counted = " when URL-encoded" if rule.url_encoded else ""
        message = f"the text of {spec.key} has {length} characters{counted}; {rule.max} is the most"
        hint = rule.note or f"split it into two {spec.key} steps"
        yield TOO_LONG.at(element.span, message, hint=hint)
