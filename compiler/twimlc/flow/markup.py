"""XML that the author writes: SSML inside ``say``, and ``twiml:`` for what is newer than we are.

A scalar of the expanded tree comes in; elements go out. The parser reads no DOCTYPE, so it
knows no entities but XML's five, and stops at a fixed depth.
"""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Fix
from twimlc.diagnostics.rules.shape import WRONG_TYPE
from twimlc.diagnostics.rules.twiml import (
    BAD_MARKUP,
    EXTRA_MARKUP,
    MISSING_PART,
    NOT_ALLOWED_INSIDE,
)
from twimlc.flow.conflicts import check_element
from twimlc.flow.model import Attribute, Element, Link, Text
from twimlc.flow.values import check_value, scalar_text
from twimlc.source.names import nearest
from twimlc.source.respell import beyond_doubt, respell_part
from twimlc.source.tree import CallValue, Node, Scalar, Template
from twimlc.text import Span
from twimlc.vocabulary.missing import NOT_TWIML, child_codes

_DEEPEST = 32
_OPEN, _CLOSE = "\ue000", "\ue001"  # mark a call-time value while the XML is parsed


@dataclass(slots=True)
class _Raw:
    tag: str
    attributes: dict[str, str]
    children: "list[_Raw | str]" = field(default_factory=list)


class _RefusedError(Exception):
    """Something in the markup that we do not read; the text says what."""


def _source(node: Node) -> str | None:
    """The XML text of a scalar, call-time values marked."""
    if not isinstance(node, Scalar) or node.value is None:
        return None
    if isinstance(node.value, Template):
        return "".join(
            part if isinstance(part, str) else f"{_OPEN}{part.name}{_CLOSE}"
            for part in node.value.parts
        )
    return scalar_text(node.value, node.text)


def _restored(text: str) -> Text:
    """Text with its marked call-time values as a template again."""
    if _OPEN not in text:
        return text
    parts: list[str | CallValue] = []
    for piece in text.split(_OPEN):
        before, mark, after = piece.partition(_CLOSE)
        if mark:
            parts.append(CallValue(before))
        literal = after if mark else before
        if literal:
            parts.append(literal)
    return Template(tuple(parts))


def _parse(text: str) -> _Raw:
    """The fragment under one root of ours; raises ``_RefusedError`` or ``expat.ExpatError``."""
    root = _Raw("", {})
    stack = [root]
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) > _DEEPEST:
            raise _RefusedError(f"elements are nested deeper than {_DEEPEST} levels")
        made = _Raw(tag, attributes)
        stack[-1].children.append(made)
        stack.append(made)

    def end(_: str) -> None:
        stack.pop()

    def characters(data: str) -> None:
        stack[-1].children.append(data)

    def refuse(*_: object) -> None:
        raise _RefusedError("a DOCTYPE, processing instruction or CDATA section cannot stand here")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = refuse
    parser.ProcessingInstructionHandler = refuse
    parser.Parse(f"<_>{text}</_>", True)
    inner = root.children[0]
    assert isinstance(inner, _Raw)
    return inner


def _fragment(node: Node, what: str) -> tuple[_Raw | None, list[Diagnostic]]:
    text = _source(node)
    if text is None:
        return None, [WRONG_TYPE.at(node.span, f"{what} takes XML text")]
    try:
        return _parse(text), []
    except _RefusedError as refused:
        return None, [BAD_MARKUP.at(node.span, str(refused))]
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, "syntax error")
        message = f"this is not well-formed XML: {reason} in column {error.offset - 2}"
        hint = "write & as &amp; and < as &lt;, and close every element"
        return None, [BAD_MARKUP.at(node.span, message, hint=hint)]


SSML_ROOT = "speak"
HINT_AT_ROOT = "take <speak> and </speak> out: Twilio adds them"


def parse_ssml(node: Node) -> tuple[list[Element | Text | Link], list[Diagnostic]]:
    """The content of a ``say`` given as SSML."""
    raw, found = _fragment(node, "ssml")
    if raw is None:
        return [], found
    say = vocabulary.VOICE["Say"]
    children = [_ssml(child, say, node.span, found) for child in raw.children]
    return [child for child in children if child is not None], found


def _ssml(
    raw: _Raw | str, parent: vocabulary.Element, span: Span, found: list[Diagnostic]
) -> Element | Text | None:
    if isinstance(raw, str):
        return _restored(raw)
    spec = vocabulary.element_by_tag("voice", parent.name, raw.tag)
    if spec is None:
        known = [name for name in parent.children if name in vocabulary.VOICE]
        close = nearest(raw.tag, known)
        hint = f"did you mean <{close}>?" if close else f"what may stand there: {', '.join(known)}"
        message = f"<{raw.tag}> cannot stand inside <{parent.tag}>"
        fix = _renamed(raw.tag, known, span) if raw.tag not in vocabulary.VOICE else None
        if raw.tag == SSML_ROOT:
            hint, fix = HINT_AT_ROOT, None
        found.append(NOT_ALLOWED_INSIDE.at(span, message, hint=hint, fix=fix))
        return None
    attributes: list[Attribute] = []
    for name, text in raw.attributes.items():
        known_attribute = spec.attributes.get(name)
        if known_attribute is None:
            found.append(_no_attribute(raw.tag, name, spec, span))
            continue
        value = _restored(text)
        _, problems = check_value(known_attribute, Scalar(value, text, span, plain=False))
        found += problems
        attributes.append(Attribute(name, value, span))
    children = [_ssml(child, spec, span, found) for child in raw.children]
    element = Element(
        raw.tag, spec, tuple(attributes), tuple(c for c in children if c is not None), span
    )
    found += check_element(element, parent)
    return element


def _no_attribute(tag: str, name: str, spec: vocabulary.Element, span: Span) -> Diagnostic:
    near = nearest(name, spec.attributes)
    hint = f"did you mean '{near}'?" if near else None
    fix = respell_part(span, name, spec.attributes)
    return BAD_MARKUP.at(span, f"<{tag}> has no '{name}'", hint=hint, fix=fix)


def _renamed(tag: str, known: list[str], span: Span) -> Fix | None:
    """The fix that writes another name in the one place, or the two tags, where it stands."""
    meant = beyond_doubt(tag, known)
    places = list(re.finditer(rf"</?({re.escape(tag)})(?=[\s/>])", span.text))
    opened = sum(not place[0].startswith("</") for place in places)
    if meant is None or opened != 1 or span.via is not None:
        return None
    edits = (
        Edit(Span(span.file, span.start + place.start(1), span.start + place.end(1)), meant)
        for place in places
    )
    return Fix(f"write <{meant}>", tuple(edits))


def parse_twiml(
    node: Node, kind: vocabulary.DocumentKind
) -> tuple[list[Element], list[Diagnostic]]:
    """The elements of a ``twiml:`` step. What the vocabulary knows in them is checked by it."""
    raw, found = _fragment(node, "twiml")
    if raw is None:
        return [], found
    elements: list[Element] = []
    root = vocabulary.table(kind)["Response"]
    for child in raw.children:
        if isinstance(child, str):
            if child.strip():
                message = "text cannot stand between verbs"
                found.append(BAD_MARKUP.at(node.span, message, hint="did you mean say?"))
            continue
        elements.append(_twiml(child, root, kind, node.span, found))
    if not elements and not found:
        found.append(BAD_MARKUP.at(node.span, "there is no element in it"))
    if not any(finding.is_error for finding in found):
        tags = ", ".join(f"<{element.tag}>" for element in elements)
        message = f"{tags} is passed on as it is; only what we know of it is checked"
        found.append(EXTRA_MARKUP.at(node.span, message))
    return elements, found


def _twiml(
    raw: _Raw,
    parent: vocabulary.Element | None,
    kind: vocabulary.DocumentKind,
    span: Span,
    found: list[Diagnostic],
) -> Element:
    """An element with what it holds; ``parent`` is None inside one that nothing is known of."""
    spec = vocabulary.element_by_tag(kind, parent.name, raw.tag) if parent else None
    at_root = parent is not None and parent.kind is vocabulary.Kind.ROOT
    if spec is not None and at_root and spec.flow not in _PASSES:
        message = f"<{raw.tag}> decides where the call goes, so it cannot be passed on as it is"
        found.append(BAD_MARKUP.at(span, message, hint=f"write it as the step {spec.key}"))
    elif spec is None and parent is not None:
        found += _misplaced(raw.tag, parent, kind, span)
    attributes: list[Attribute] = []
    for name, text in raw.attributes.items():
        value = _restored(text)
        known = spec.attributes.get(name) if spec else None
        if known is not None:
            found += check_value(known, Scalar(value, text, span, plain=False))[1]
        elif spec is not None and beyond_doubt(name, spec.attributes) is not None:
            found.append(_no_attribute(raw.tag, name, spec, span))
        attributes.append(Attribute(name, value, span))
    children: list[Element | Text | Link] = [
        _restored(child) if isinstance(child, str) else _twiml(child, spec, kind, span, found)
        for child in raw.children
    ]
    words = "".join(child for child in raw.children if isinstance(child, str)).strip()
    if words and spec is not None:
        found += _words(spec, words, span)
    if any(isinstance(child, Element) for child in children) and not _holds_markup(spec):
        children = [c for c in children if isinstance(c, (Element, Template)) or str(c).strip()]
    element = Element(raw.tag, spec, tuple(attributes), tuple(children), span)
    remarks = check_element(element, None if at_root else parent)
    if any(child.spec is None for child in element.elements()):  # it may be what is missing
        remarks = [finding for finding in remarks if finding.rule is not MISSING_PART]
    found += remarks
    return element


def _holds_markup(spec: vocabulary.Element | None) -> bool:
    """Whether it holds words with SSML among them: blanks between them count."""
    if spec is None or spec.kind is vocabulary.Kind.SSML:
        return spec is not None
    return bool(spec.children) and {*spec.children} <= {*vocabulary.SSML}


def _words(spec: vocabulary.Element, words: str, span: Span) -> list[Diagnostic]:
    """What is wrong with the words between the tags of an element."""
    if spec.text is None:
        return [BAD_MARKUP.at(span, f"<{spec.tag}> takes no text")]
    return check_value(spec.text, Scalar(_restored(words), words, span, plain=False))[1]


def _misplaced(
    tag: str, parent: vocabulary.Element, kind: vocabulary.DocumentKind, span: Span
) -> list[Diagnostic]:
    """What is known to be wrong with a tag that ``parent`` does not hold.

    An element that is newer than the table may stand anywhere but in words: SSML is not Twilio's.
    """
    table = vocabulary.table(kind)
    inside = [table[name].tag for name in parent.children]
    where = "" if parent.kind is vocabulary.Kind.ROOT else f" inside <{parent.tag}>"
    known = [*inside, *(spec.tag for spec in table.values())]
    if tag in known or _holds_markup(parent):
        near = nearest(tag, inside)
        hint = f"did you mean <{near}>?" if near else None
        message = f"<{tag}> cannot stand {where.strip() or 'here'}"
        fix = _renamed(tag, inside, span) if tag not in known else None
        codes = child_codes(parent.name, tag)
        return [NOT_ALLOWED_INSIDE.at(span, message, hint=hint, fix=fix, twilio=codes)]
    meant = beyond_doubt(tag, inside) or beyond_doubt(tag, known)
    if meant is None:
        return []
    message = f"TwiML has no <{tag}>{where}, only <{meant}>"
    fix = _renamed(tag, inside, span)
    return [BAD_MARKUP.at(span, message, hint=f"write <{meant}>", fix=fix, twilio=(NOT_TWIML,))]


_PASSES = (None, vocabulary.Flow.NEXT, vocabulary.Flow.ASYNC)
