"""Tags become elements: positioned XML comes in, elements of the model and findings go out.

Names, nesting, attributes and values are held against the same table, by the same functions, as
those of a flow.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from twimlc import vocabulary
from twimlc.findings import Diagnostic, Severity, rules
from twimlc.flow.conflicts import check_element
from twimlc.flow.markup import HINT_AT_ROOT, SSML_ROOT
from twimlc.flow.model import Attribute, Element, Link, Text
from twimlc.flow.values import check_value
from twimlc.text import Span, clip_line
from twimlc.vocabulary import AttributeType as T, DocumentKind, Kind
from twimlc.vocabulary.missing import attribute_codes, child_codes
from twimlc.xml.dialects import VENDORS, foreign
from twimlc.xml.tags import Given, Tag, Words, renamed
from twimlc.xml.templates import value_of
from twimlc.yaml.names import beyond_doubt, folded, nearest, respell
from twimlc.yaml.tree import Scalar, Template

_LIKE_ATTRIBUTES = re.compile(r"\s*([A-Za-z][A-Za-z0-9:_-]*)\s*=\s*[\"'“”„«»‘’]")
_WORDS = re.compile(r"[^\W_]")
_FOREIGN = ("xmlns", "xsi:", "xml:space", "xml:base", "xml:id")
_OF_CALLS = {*vocabulary.VOICE["Response"].children} - {"Redirect", "Sms"}


@dataclass(frozen=True, slots=True)
class Document:
    """A document as elements. ``root`` holds the verbs, ``texts`` the places of their words."""

    kind: DocumentKind
    root: Element
    texts: Mapping[Element, Span]

    def addresses(
        self, within: Element
    ) -> Iterator[tuple[Element, vocabulary.Attribute, str, Span]]:
        """What is known of attributes and texts: the element, the row, its text and its place."""
        for element in within.walk():
            if element.spec is None:
                continue
            for attribute in element.attributes:
                known = element.spec.attributes.get(attribute.name)
                if known is not None and isinstance(attribute.value, str):
                    yield element, known, attribute.value, attribute.span
            text = "".join(child for child in element.children if isinstance(child, str)).strip()
            if element.spec.text is not None and text and element in self.texts:
                yield element, element.spec.text, text, self.texts[element]


def read_elements(root: Tag) -> tuple[Document, list[Diagnostic]]:
    """The document under a ``<Response>``, and everything wrong with its parts by themselves."""
    names = {tag.name for tag in root.tags()}
    of_message = "Message" in names and not names & _OF_CALLS
    kind: DocumentKind = "messaging" if of_message else "voice"
    reader = _Reader(kind)
    spec = _shown(vocabulary.table(kind)["Response"])
    return Document(kind, reader.element(root, spec, None), reader.texts), reader.found


def _shown(spec: vocabulary.Element) -> vocabulary.Element:
    """The row of an element under the name that it has in XML, for messages that name it."""
    return spec.called(f"<{spec.tag}>")


class _Reader:
    def __init__(self, kind: DocumentKind) -> None:
        self.kind = kind
        self.found: list[Diagnostic] = []
        self.vendors: set[str] = set()
        self.texts: dict[Element, Span] = {}

    def element(
        self, tag: Tag, spec: vocabulary.Element | None, parent: vocabulary.Element | None
    ) -> Element:
        before = len(self.found)
        attributes = tuple(self._attributes(tag, spec))
        children: list[Element | Text | Link] = []
        for child in tag.children:
            if isinstance(child, Words):
                children.append(value_of(child.text))
            elif child.name == "Response":
                children.append(self._nested(child))
            elif spec is not None:
                children.append(self.element(child, self._spec(child, spec), spec))
        element = Element(tag.name, spec, attributes, tuple(children), tag.span)
        if spec is not None:
            if (span := tag.words_span()) is not None:
                self.texts[element] = span
                self._text(tag, spec, span)
            self._empty(tag, spec, element)
            found = check_element(element, parent, span)
            if len(self.found) > before:  # a part that was refused is not a part that is missing
                found = [finding for finding in found if finding.rule is not rules.MISSING_PART]
            inside = {child.span: child.spec for child in element.elements()}
            self.found += (self._with_home(finding, inside.get(finding.span)) for finding in found)
        return element

    def _with_home(self, finding: Diagnostic, child: vocabulary.Element | None) -> Diagnostic:
        """A finding about a child at the wrong place names the right one where there is one."""
        if finding.rule is not rules.NOT_ALLOWED_INSIDE or finding.hint is not None:
            return finding
        name = child.name if child is not None else ""
        homes = [spec.tag for spec in vocabulary.table(self.kind).values() if name in spec.children]
        return replace(finding, hint=f"it belongs in <{homes[0]}>") if len(homes) == 1 else finding

    def _nested(self, tag: Tag) -> Element:
        """A root inside the root, whose own content is read like any other."""
        message = "a <Response> is inside another; Twilio does not run what is in it"
        hint = "take the inner <Response> and </Response> out"
        self.found.append(rules.NESTED_RESPONSE.at(tag.span, message, hint=hint))
        spec = _shown(vocabulary.table(self.kind)["Response"])
        return replace(self.element(tag, spec, None), spec=None)

    def _spec(self, tag: Tag, parent: vocabulary.Element) -> vocabulary.Element | None:
        """The row of a tag inside ``parent``; one that is at the wrong place is found too."""
        table, inside = vocabulary.table(self.kind), parent.name

        def row(name: str) -> vocabulary.Element | None:
            spec = vocabulary.element_by_tag(self.kind, inside, name) or table.get(name)
            return _shown(spec) if spec is not None else None

        if (spec := row(tag.name)) is not None:
            return spec
        if (self.kind, tag.name) == ("messaging", "Sms"):
            message = "<Sms> is an old way to answer a message"
            self.found.append(rules.RETIRED.at(tag.span, message, hint="write <Message>"))
            return None
        if f"<{tag.name}>" in VENDORS:
            self._foreign(f"<{tag.name}>", tag.span)
            return None
        allowed = [table[name].tag for name in parent.children]
        known = [*allowed, *table]
        same = next((name for name in known if folded(name) == folded(tag.name)), None)
        if same is not None:
            message = f"<{tag.name}> is not <{same}>: capitals count in XML"
            case = renamed(tag, same)
            self.found.append(
                rules.UNKNOWN_ELEMENT.at(tag.span, message, hint=f"write <{same}>", fix=case)
            )
            return row(same)
        message = f"unknown element <{tag.name}>"
        hint = fix = None
        near = nearest(tag.name, allowed) or nearest(tag.name, known)
        if (self.kind, tag.name) == ("voice", "Message"):
            message = "<Message> is a verb for messages, and cannot be used here"
            hint = (
                "in a call, <Sms> sends a message, for accounts that still have it; else send it "
                "through the REST API"
            )
        elif tag.name == SSML_ROOT and inside == "Say":
            hint = HINT_AT_ROOT
        elif near is not None:
            hint = f"did you mean <{near}>?"
            fix = renamed(tag, near) if near == beyond_doubt(tag.name, known) else None
        codes = child_codes(inside, tag.name)
        if self.kind == "messaging" and parent.kind is Kind.ROOT:
            codes = (14110, *codes)
        self.found.append(
            rules.UNKNOWN_ELEMENT.at(tag.span, message, hint=hint, fix=fix, twilio=codes)
        )
        return None

    def _foreign(self, name: str, span: Span) -> None:
        """Report the first verb or attribute of each vendor: the others would say the same."""
        if VENDORS[name] not in self.vendors:
            self.vendors.add(VENDORS[name])
            self.found.append(foreign(name, span))

    def _attributes(self, tag: Tag, spec: vocabulary.Element | None) -> list[Attribute]:
        attributes: list[Attribute] = []
        for given in tag.given:
            if given.name.startswith(_FOREIGN) or spec is None:
                continue
            known = spec.attributes.get(given.name)
            if known is None and given.name in VENDORS:
                self._foreign(given.name, given.name_span)
                continue
            known = known or self._misspelt(given, spec)
            if known is None:
                continue
            value = value_of(given.value)
            if isinstance(value, str):
                value = self._checked(known, given.value, given.value_span)
            attributes.append(Attribute(known.name, value, given.value_span))
        return attributes

    def _misspelt(self, given: Given, spec: vocabulary.Element) -> vocabulary.Attribute | None:
        """The attribute that was meant, where only capitals differ; reported in every case."""
        names = tuple(spec.attributes)
        near = nearest(given.name, names)
        same = near is not None and near.lower() == given.name.lower()
        hint = f"did you mean {near}?" if near else None
        message = f"unknown attribute '{given.name}' of <{spec.tag}>"
        if same:
            message += f", only {near}: capitals count"
            hint = f"write {near}"
        elif not near and names:
            shown = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
            hint = f"it has {shown}"
        fix = respell(given.name_span, given.name, names)
        codes = attribute_codes(spec.name, given.name)
        self.found.append(
            rules.UNKNOWN_ATTRIBUTE.at(given.name_span, message, hint=hint, fix=fix, twilio=codes)
        )
        return spec.attributes[near] if same and near is not None else None

    def _checked(self, known: vocabulary.Attribute, text: str, span: Span) -> str:
        """The text; whatever is wrong with it is reported."""
        _, found = check_value(known, Scalar(text, text, span))
        self.found += found
        if known.type is T.VOICE and not found:
            family = vocabulary.voice_family(text)
            if family is not None and family.legacy:
                message = f"the voice '{text}' is {family.note or 'an old one'}"
                hint = "take man or woman, or one such as Polly.Joanna-Neural"
                self.found.append(rules.RETIRED.at(span, message, hint=hint))
        return text

    def _text(self, tag: Tag, spec: vocabulary.Element, span: Span) -> None:
        """The words between the tags."""
        text = tag.text()
        value = value_of(text)
        like = _LIKE_ATTRIBUTES.match(text)
        if like is not None and (spec.text is None or like[1] in spec.attributes):
            name = like[1]
            message = f"{name} is typed as text of <{spec.tag}>, not as its attribute"
            hint = f'write <{spec.tag} {name}="…">, with straight quotes'
            self.found.append(rules.ATTRIBUTES_AS_TEXT.at(span, message, hint=hint))
            return
        if isinstance(value, Template):  # perhaps verbs are filled in here
            return
        if spec.text is None:
            message = f"<{spec.tag}> takes no text; Twilio passes over '{clip_line(text, 40)}'"
            say = "put it into a <Say>" if "Say" in spec.children else None
            instead = say if _WORDS.search(text) else "delete it"
            self.found.append(rules.STRAY_TEXT.at(span, message, hint=instead))
        elif not tag.tags():
            self._checked(spec.text, text.strip(), span)

    def _empty(self, tag: Tag, spec: vocabulary.Element, element: Element) -> None:
        """Report an element without the text that it is made of."""
        text = spec.text
        if any(given.name in VENDORS for given in tag.given):
            return
        if text is None or not text.required or tag.text().strip() or tag.tags():
            return
        if spec.name == "Redirect":  # it asks for this very document again
            return
        if any(element.get(name) is not None for name in text.required_unless):
            return
        codes = text.twilio or rules.EMPTY_ELEMENT.twilio
        finding = rules.EMPTY_ELEMENT.at(tag.span, _lack(spec, text.required_unless), twilio=codes)
        if spec.name == "Say":
            finding = replace(finding, severity=Severity.WARNING)
        self.found.append(finding)


def _lack(spec: vocabulary.Element, instead: Sequence[str]) -> str:
    what = {
        "Say": "it has no words, so nothing is said",
        "Dial": "there is nobody to call",
        "Play": "there is no file to play",
        "Conference": "the conference has no name",
        "Message": "the message has no words",
        "Sms": "the message has no words",
    }.get(spec.name, "what belongs between its tags is missing")
    others = [name for name in instead if name in spec.attributes]
    also = f", and no {' or '.join(others)} either" if others else ""
    return f"<{spec.tag}> is empty: {what}{also}"
