"""XML that the author writes: SSML inside ``say``, and ``twiml:`` for what is newer than we are.

A scalar of the expanded tree comes in; elements go out. All findings are at the scalar.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers.expat import errors

from twimlc import vocabulary
from twimlc.findings import Diagnostic, Edit, Fix, rules
from twimlc.flow.conflicts import check_element
from twimlc.flow.model import Attribute, Element, Link, Text
from twimlc.flow.values import check_value, scalar_text
from twimlc.text import SourceFile, Span, lazy_pattern
from twimlc.vocabulary.missing import NOT_TWIML, child_codes
from twimlc.xml.tags import DEEPEST_IN_FRAGMENT, TOO_DEEP, Fault, Tag, Words, parse
from twimlc.yaml.names import beyond_doubt, meant, nearest, respell_part
from twimlc.yaml.tree import Node, Scalar, Template, template_of

SSML_ROOT = "speak"
HINT_AT_ROOT = "remove <speak> and </speak>: Twilio adds them"

_MARKED = lazy_pattern(
    "\ue000([^\ue000\ue001]*)\ue001"
)  # a call-time value while the XML is parsed
_ROOT = "_"  # of ours, around the fragment
_PASSES = (None, vocabulary.Flow.NEXT, vocabulary.Flow.ASYNC)


def parse_ssml(node: Node) -> tuple[list[Element | Text | Link], list[Diagnostic]]:
    """The content of a ``say`` given as SSML."""
    root, found = _fragment(node, "ssml")
    reader = _Reader("voice", node.span, found, known_only=True)
    return reader.children(root, vocabulary.VOICE["Say"]) if root else [], found


def parse_twiml(
    node: Node, kind: vocabulary.DocumentKind
) -> tuple[list[Element], list[Diagnostic]]:
    """The elements of a ``twiml:`` step. What the vocabulary knows in them is checked by it."""
    root, found = _fragment(node, "twiml")
    if root is None:
        return [], found
    reader = _Reader(kind, node.span, found)
    if root.text().strip():
        message = "text is not allowed between verbs"
        found.append(rules.BAD_MARKUP.at(node.span, message, hint="did you mean say?"))
    content = reader.children(root, vocabulary.table(kind)["Response"])
    elements = [child for child in content if isinstance(child, Element)]
    if not elements and not found:
        found.append(rules.BAD_MARKUP.at(node.span, "this markup has no element"))
    if not any(finding.is_error for finding in found):
        tags = ", ".join(f"<{element.tag}>" for element in elements)
        message = f"{tags} is passed on as it is; only the known parts are checked"
        found.append(rules.EXTRA_MARKUP.at(node.span, message))
    return elements, found


def _fragment(node: Node, what: str) -> tuple[Tag | None, list[Diagnostic]]:
    """The fragment under one root of ours."""
    text = _source(node)
    if text is None:
        return None, [rules.WRONG_TYPE.at(node.span, f"{what} takes XML text")]
    file = SourceFile("", f"<{_ROOT}>{text}</{_ROOT}>")
    root = parse(file, fragment=True)
    return (root, []) if isinstance(root, Tag) else (None, [_unread(root, file, node.span)])


def _unread(fault: Fault, file: SourceFile, span: Span) -> Diagnostic:
    reason = errors.messages.get(fault.code)
    if reason is not None:
        line, column = file.position(fault.offset)
        where = f"line {line}, column {column}" if line > 1 else f"column {column - len(_ROOT) - 2}"
        message = f"this is not well-formed XML: {reason} in {where}"
        hint = "write & as &amp; and < as &lt;, and close every element"
        return rules.BAD_MARKUP.at(span, message, hint=hint)
    message = "a DOCTYPE, processing instruction or CDATA section cannot be used here"
    if fault.code == TOO_DEEP:
        message = f"elements are nested deeper than {DEEPEST_IN_FRAGMENT} levels"
    return rules.BAD_MARKUP.at(span, message)


def _source(node: Node) -> str | None:
    """The XML text of a scalar, call-time values marked."""
    if not isinstance(node, Scalar) or node.value is None:
        return None
    if isinstance(node.value, Template):
        return node.value.written("\ue000NAME\ue001")
    return scalar_text(node.value, node.text)


def _restored(text: str) -> Text:
    """Text with its marked call-time values as a template again."""
    return template_of(text, _MARKED, lambda mark: mark[1]) if "\ue000" in text else text


@dataclass(slots=True)
class _Reader:
    """Makes elements of tags. With ``known_only`` the vocabulary has to know all of them."""

    kind: vocabulary.DocumentKind
    span: Span
    found: list[Diagnostic]
    known_only: bool = False

    def children(self, tag: Tag, spec: vocabulary.Element | None) -> list[Element | Text | Link]:
        """What is in a tag; ``spec`` is None where nothing is known of it."""
        content = [
            _restored(child.text) if isinstance(child, Words) else self._element(child, spec)
            for child in tag.children
        ]
        spaces_count = _holds_markup(spec) or not tag.tags()
        return [
            child
            for child in content
            if child is not None and (spaces_count or not isinstance(child, str) or child.strip())
        ]

    def _element(self, tag: Tag, parent: vocabulary.Element | None) -> Element | None:
        """An element with what it holds; ``parent`` is None inside one that nothing is known of."""
        spec = vocabulary.element_by_tag(self.kind, parent.name, tag.name) if parent else None
        at_root = parent is not None and parent.kind is vocabulary.Kind.ROOT
        if spec is None and parent is not None:
            self.found += self._misplaced(tag.name, parent)
            if self.known_only:
                return None
        elif spec is not None and at_root and spec.flow not in _PASSES:
            message = (
                f"<{tag.name}> decides where the call goes, so it cannot be passed on as it is"
            )
            hint = f"write it as the step {spec.key}"
            self.found.append(rules.BAD_MARKUP.at(self.span, message, hint=hint))
        attributes = tuple(self._attribute(name, text, spec) for name, text in tag.pairs)
        children = self.children(tag, spec)
        words = tag.text().strip()
        if words and spec is not None and spec.text is None:
            self.found.append(rules.BAD_MARKUP.at(self.span, f"<{spec.tag}> takes no text"))
        elif words and spec is not None and spec.text is not None:
            self.found += check_value(spec.text, self._scalar(words))[1]
        element = Element(tag.name, spec, attributes, tuple(children), self.span)
        remarks = check_element(element, None if at_root else parent)
        if any(child.spec is None for child in element.elements()):  # it may be what is missing
            remarks = [finding for finding in remarks if finding.rule is not rules.MISSING_PART]
        self.found += remarks
        return element

    def _attribute(self, name: str, text: str, spec: vocabulary.Element | None) -> Attribute:
        known = spec.attributes if spec is not None else {}
        if spec is not None and name in known:
            self.found += check_value(known[name], self._scalar(text))[1]
        elif spec is not None and (self.known_only or beyond_doubt(name, known) is not None):
            message = f"<{spec.tag}> has no attribute '{name}'"
            hint, fix = meant(name, known), respell_part(self.span, name, known)
            self.found.append(rules.BAD_MARKUP.at(self.span, message, hint=hint, fix=fix))
        return Attribute(name, _restored(text), self.span)

    def _scalar(self, text: str) -> Scalar:
        return Scalar(_restored(text), text, self.span)

    def _misplaced(self, tag: str, parent: vocabulary.Element) -> Iterator[Diagnostic]:
        """What is known to be wrong with a tag that ``parent`` does not hold.

        An element that is newer than the table may be anywhere but in words: SSML is not Twilio's.
        """
        table = vocabulary.table(self.kind)
        inside = [table[name].tag for name in parent.children]
        known = [*inside, *(spec.tag for spec in table.values())]
        where = "" if parent.kind is vocabulary.Kind.ROOT else f"inside <{parent.tag}>"
        meant = beyond_doubt(tag, inside) or beyond_doubt(tag, known)
        codes = child_codes(parent.name, tag)
        if tag in known or _holds_markup(parent):
            near = nearest(tag, inside)
            hint = f"did you mean <{near}>?" if near else None
            if _holds_markup(parent) and hint is None:
                hint = f"allowed there: {', '.join(inside)}"
            fix = self._renamed(tag, inside) if tag not in known else None
            if tag == SSML_ROOT:
                hint, fix = HINT_AT_ROOT, None
            message = f"<{tag}> is not allowed {where or 'here'}"
            yield rules.NOT_ALLOWED_INSIDE.at(self.span, message, hint=hint, fix=fix, twilio=codes)
        elif meant is not None:
            message = f"unknown element <{tag}> {where}".rstrip()
            fix = self._renamed(tag, inside)
            codes = (NOT_TWIML,)
            yield rules.BAD_MARKUP.at(
                self.span, message, hint=f"write <{meant}>", fix=fix, twilio=codes
            )

    def _renamed(self, tag: str, inside: list[str]) -> Fix | None:
        """The fix that writes another name in the one place, or the two tags, where it is."""
        span, meant = self.span, beyond_doubt(tag, inside)
        places = list(re.finditer(rf"</?({re.escape(tag)})(?=[\s/>])", span.text))
        opened = sum(not place[0].startswith("</") for place in places)
        if meant is None or opened != 1 or span.via is not None:
            return None
        edits = (
            Edit(Span(span.file, span.start + place.start(1), span.start + place.end(1)), meant)
            for place in places
        )
        return Fix(f"write <{meant}>", tuple(edits))


def _holds_markup(spec: vocabulary.Element | None) -> bool:
    """Whether it holds words with SSML among them: spaces between them count."""
    if spec is None or spec.kind is vocabulary.Kind.SSML:
        return spec is not None
    return bool(spec.children) and {*spec.children} <= {*vocabulary.SSML}
