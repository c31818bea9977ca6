"""Tags become elements: positioned XML comes in, elements of the model and findings go out.

Names, nesting, attributes and values are held against the same table, by the same functions, as
those of a flow.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.diagnostics.rules.documents import (
    ATTRIBUTES_AS_TEXT,
    EMPTY_ELEMENT,
    NESTED_RESPONSE,
    STRAY_TEXT,
    UNKNOWN_ATTRIBUTE,
    UNKNOWN_ELEMENT,
)
from twimlc.diagnostics.rules.twiml import MISSING_PART, NOT_ALLOWED_INSIDE, RETIRED
from twimlc.documents.dialects import ATTRIBUTES, VERBS, attribute_of_vendor, dialect_of
from twimlc.documents.positions import Given, Tag, Words, renamed
from twimlc.documents.templates import value_of
from twimlc.flow.conflicts import check_element
from twimlc.flow.markup import HINT_AT_ROOT, SSML_ROOT
from twimlc.flow.model import Attribute, Element, Link, Text
from twimlc.flow.values import check_value
from twimlc.flow.words import at_words
from twimlc.source.names import folded, nearest
from twimlc.source.respell import beyond_doubt, respell
from twimlc.source.tree import Scalar, Template
from twimlc.text import Span
from twimlc.vocabulary import AttributeType as T
from twimlc.vocabulary import DocumentKind, Kind
from twimlc.vocabulary.missing import attribute_codes, child_codes

_LIKE_ATTRIBUTES = re.compile(r"\s*([A-Za-z][A-Za-z0-9:_-]*)\s*=\s*[\"'“”„«»‘’]")
_WORDS = re.compile(r"[^\W_]")
_FOREIGN = ("xmlns", "xsi:", "xml:space", "xml:base", "xml:id")
_OF_CALLS = {*vocabulary.VOICE["Response"].children} - {"Redirect", "Sms"}
_OTHER_KIND = {
    ("voice", "Message"): "in a call, <Sms> sends a message, for accounts that still have it; "
    "else send it through the REST API",
}


@dataclass(frozen=True, slots=True)
class Document:
    """A document as elements. ``root`` holds the verbs, ``texts`` the places of their words."""

    kind: DocumentKind
    root: Element
    texts: Mapping[Element, Span]


def kind_of(root: Tag) -> DocumentKind:
    """Whether a document answers a call or a message: by its verbs."""
    names = {tag.name for tag in root.tags()}
    return "messaging" if "Message" in names and not names & _OF_CALLS else "voice"


def read_elements(root: Tag) -> tuple[Document, list[Diagnostic]]:
    """The document under a ``<Response>``, and everything wrong with its parts by themselves."""
    kind = kind_of(root)
    reader = _Reader(kind)
    spec = _shown(vocabulary.table(kind)["Response"])
    made = reader.element(root, spec, None)
    return Document(kind, made, reader.texts), reader.found


def _shown(spec: vocabulary.Element) -> vocabulary.Element:
    """The row of an element under the name that it has in XML, for messages that name it."""
    return spec._replace(key=f"<{spec.tag}>")


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
        made = Element(tag.name, spec, attributes, tuple(children), tag.span)
        if spec is not None:
            if (span := tag.words_span()) is not None:
                self.texts[made] = span
            self._text(tag, spec, made)
            self._empty(tag, spec, made)
            found = check_element(made, parent)
            if len(self.found) > before:  # a part that was refused is not a part that is missing
                found = [finding for finding in found if finding.rule is not MISSING_PART]
            found = at_words(found, made, span)
            inside = {child.span: child.spec for child in made.elements()}
            self.found += (self._with_home(finding, inside.get(finding.span)) for finding in found)
        return made

    def _with_home(self, finding: Diagnostic, child: vocabulary.Element | None) -> Diagnostic:
        """A finding about a child at the wrong place tells the right one where there is one."""
        if finding.rule is not NOT_ALLOWED_INSIDE or finding.hint is not None:
            return finding
        name = child.name if child is not None else ""
        homes = [spec.tag for spec in vocabulary.table(self.kind).values() if name in spec.children]
        return replace(finding, hint=f"it belongs in <{homes[0]}>") if len(homes) == 1 else finding

    def _nested(self, tag: Tag) -> Element:
        """A root inside the root, whose own content is read like any other."""
        message = "a <Response> stands inside another; Twilio does not run what is in it"
        hint = "take the inner <Response> and </Response> out"
        self.found.append(NESTED_RESPONSE.at(tag.span, message, hint=hint))
        spec = _shown(vocabulary.table(self.kind)["Response"])
        return replace(self.element(tag, spec, None), spec=None)

    def _spec(self, tag: Tag, parent: vocabulary.Element) -> vocabulary.Element | None:
        """The row of a tag inside ``parent``; one that stands at the wrong place is found too."""
        table = vocabulary.table(self.kind)
        inside = parent.name
        spec = vocabulary.element_by_tag(self.kind, inside, tag.name)
        if spec is not None:
            return _shown(spec)
        if tag.name in table:
            return _shown(table[tag.name])
        if (self.kind, tag.name) == ("messaging", "Sms"):
            message = "<Sms> is an old way to answer a message"
            self.found.append(RETIRED.at(tag.span, message, hint="write <Message>"))
            return None
        if tag.name in VERBS:
            self._vendor(VERBS[tag.name], dialect_of(tag))
            return None
        allowed = [table[name].tag for name in parent.children]
        known = [*allowed, *table]
        same = next((name for name in known if folded(name) == folded(tag.name)), None)
        hint = _OTHER_KIND.get((self.kind, tag.name))
        if same is not None:
            message = f"<{tag.name}> is not <{same}>: capitals count in XML"
            case = renamed(tag, same)
            hint = f"write <{same}>"
            self.found.append(UNKNOWN_ELEMENT.at(tag.span, message, hint=hint, fix=case))
            spec = vocabulary.element_by_tag(self.kind, inside, same) or table.get(same)
            return _shown(spec) if spec is not None else None
        fix = None
        if tag.name == SSML_ROOT and inside == "Say":
            hint = HINT_AT_ROOT
        if hint is None:
            near = nearest(tag.name, allowed) or nearest(tag.name, known)
            hint = f"did you mean <{near}>?" if near else None
            fix = renamed(tag, near) if near and near == beyond_doubt(tag.name, known) else None
        message = f"TwiML has no <{tag.name}>"
        if (self.kind, tag.name) in _OTHER_KIND:
            message = f"<{tag.name}> is a verb for messages, and cannot stand here"
        codes = child_codes(inside, tag.name)
        if self.kind == "messaging" and parent.kind is Kind.ROOT:
            codes = (14110, *codes)
        found = UNKNOWN_ELEMENT.at(tag.span, message, hint=hint, fix=fix, twilio=codes)
        self.found.append(found)
        return None

    def _vendor(self, vendor: str, finding: Diagnostic) -> None:
        """Keep the first finding for each vendor: the others would say the same."""
        if vendor not in self.vendors:
            self.vendors.add(vendor)
            self.found.append(finding)

    def _attributes(self, tag: Tag, spec: vocabulary.Element | None) -> list[Attribute]:
        made: list[Attribute] = []
        for given in tag.given:
            if given.name.startswith(_FOREIGN) or spec is None:
                continue
            known = spec.attributes.get(given.name)
            if known is None and given.name in ATTRIBUTES:
                self._vendor(ATTRIBUTES[given.name], attribute_of_vendor(given))
                continue
            known = known or self._misspelt(given, spec)
            if known is None:
                continue
            value = value_of(given.value)
            if isinstance(value, str):
                value = self._checked(known, given.value, given.value_span)
            made.append(Attribute(known.name, value, given.value_span))
        return made

    def _misspelt(self, given: Given, spec: vocabulary.Element) -> vocabulary.Attribute | None:
        """The attribute that was meant, where only capitals differ; reported in every case."""
        names = tuple(spec.attributes)
        near = nearest(given.name, names)
        same = near is not None and near.lower() == given.name.lower()
        hint = f"did you mean {near}?" if near else None
        message = f"<{spec.tag}> has no attribute '{given.name}'"
        if same:
            message += f", only {near}: capitals count"
            hint = f"write {near}"
        elif not near and names:
            shown = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
            hint = f"it has {shown}"
        fix = respell(given.name_span, given.name, names)
        codes = attribute_codes(spec.name, given.name)
        self.found.append(
            UNKNOWN_ATTRIBUTE.at(given.name_span, message, hint=hint, fix=fix, twilio=codes)
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
                self.found.append(RETIRED.at(span, message, hint=hint))
        return text

    def _text(self, tag: Tag, spec: vocabulary.Element, made: Element) -> None:
        """What stands between the tags, where it is text."""
        span = tag.words_span()
        text = tag.text()
        if span is None:
            return
        like = _LIKE_ATTRIBUTES.match(text)
        if like is not None and (spec.text is None or like[1] in spec.attributes):
            name = like[1]
            message = f"{name} is typed as text of <{spec.tag}>, not as its attribute"
            hint = f'write <{spec.tag} {name}="…">, with straight quotes'
            self.found.append(ATTRIBUTES_AS_TEXT.at(span, message, hint=hint))
            return
        if spec.text is None:
            if isinstance(value_of(text), Template):  # perhaps verbs are filled in here
                return
            message = f"<{spec.tag}> takes no text; Twilio passes over '{_short(text)}'"
            say = "put it into a <Say>" if "Say" in spec.children else None
            if not _WORDS.search(text):
                say = "delete it"
            self.found.append(STRAY_TEXT.at(span, message, hint=say))
            return
        value = value_of(text)
        if isinstance(value, Template) or any(True for _ in made.elements()):
            return
        self._checked(spec.text, text.strip(), span)

    def _empty(self, tag: Tag, spec: vocabulary.Element, made: Element) -> None:
        """Report an element without the text that it is made of."""
        text = spec.text
        if any(given.name in ATTRIBUTES for given in tag.given):
            return
        if text is None or tag.text().strip() or any(True for _ in tag.tags()):
            return
        if spec.name == "Redirect":  # it asks for this very document again
            return
        names = {attribute.name for attribute in made.attributes}
        if not text.required or names & {*text.required_unless}:
            return
        codes = text.twilio or EMPTY_ELEMENT.twilio
        finding = EMPTY_ELEMENT.at(tag.span, _lack(spec, text.required_unless), twilio=codes)
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


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:37] + "…"
