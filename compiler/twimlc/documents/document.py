"""One document by itself: text comes in, its verbs and what is wrong with them go out.

What depends on where the document is played comes later, when it is known who leads to it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from twimlc import vocabulary
from twimlc.documents.elements import Document, read_elements
from twimlc.documents.verbs import check_addresses, check_verbs, running
from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.findings.rules import DOCUMENT_TOO_BIG, NOT_TWIML
from twimlc.flow.model import Element
from twimlc.text import SourceFile, Span
from twimlc.xml.dialects import VENDORS, foreign, language_of, traces_of_vendor
from twimlc.xml.file_type import other_format, without_comments
from twimlc.xml.malformed import bare_ampersands, explain
from twimlc.xml.tags import Fault, Tag, parse, renamed
from twimlc.xml.templates import Certainty, Filled, find_template

_FOLLOWS_FROM = {
    "insecure-address": "placeholder-host",
    "markup-not-spoken": "not-allowed-inside",
    "post-to-file": "private-host",
    "private-host": "placeholder-host",
}
_ONLY_FROM_FILES = (
    *("action-defaults-to-self", "post-to-file", "no-way-out", "endless-repeat", "fixed-identity"),
)
"""A program that fills in a document also answers POST, and with something else each time."""
_OURS = re.compile(r"<[\w:]*(?:response|say|dial|gather|redirect|hangup|record|message)\b", re.I)
_ROOT = re.compile(r"\s*(?:<\?[^>]{0,500}>\s*)*<([A-Za-z][\w:.-]*)")
_SURE_OF_PARTS = (
    *("malformed-xml", "unknown-element", "unknown-attribute", "not-allowed-inside", "bad-value"),
    *("retired-part", "attributes-as-text", "other-dialect", "unknown-voice", "placeholder-host"),
    *("bad-phone-number", "national-number", "bad-address", "bad-sid", "secret-in-document"),
    *("private-host", "nested-response"),
)
"""What is true of a part whatever is beside it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A document and what is wrong with it by itself; ``document`` is None where it is unclear."""

    file: SourceFile
    found: tuple[Diagnostic, ...]
    document: Document | None = None
    filled: bool = False

    @property
    def answers_messages(self) -> bool:
        return self.document is not None and self.document.kind == "messaging"

    @property
    def verbs(self) -> Sequence[Element]:
        """The verbs up to the one after which nothing ever runs."""
        return () if self.document is None else running(self.document.root)[0]

    def with_those_of_calls(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """What is wrong with it by itself, and what was ``found`` in it where it is played."""
        if self.document is not None and not self.answers_messages:
            found = (*check_verbs(self.document.root), *found)
        kept = [*self.found, *found]
        if self.filled:
            kept = [finding for finding in kept if finding.rule.slug not in _ONLY_FROM_FILES]
        return _each_once(kept)


def open_document(file: SourceFile, *, searched: bool = False) -> Opened:
    """A document by itself.

    ``searched``: it was only met in a folder, where XML of other kinds is nobody's mistake.
    """
    if searched and (stranger := _of_another_kind(file)) is not None:
        return Opened(file, (stranger,))
    filled = find_template(file)
    if filled.certainty is Certainty.NOTHING:
        return Opened(file, filled.findings)
    if filled.certainty is Certainty.WHOLE and (strange := other_format(file)) is not None:
        return Opened(file, (*filled.findings, strange))
    text, bare = bare_ampersands(file, filled.text)
    found = [*filled.findings, *bare]
    root = parse(file, text)
    if isinstance(root, Fault):
        if filled.certainty is not Certainty.PARTS:
            found += _unreadable(file, root)
        return Opened(file, tuple(found))
    found += _size(file)
    if root.name != "Response":
        other = [] if filled.certainty is Certainty.PARTS else _other_root(root, searched)
        return Opened(file, (*found, *other))
    return _read(file, root, filled, found)


def _of_another_kind(file: SourceFile) -> Diagnostic | None:
    """A note for XML that has nothing of TwiML in it, and may be full of marks of its own."""
    root = _ROOT.match(without_comments(file.text))
    if root is None or _OURS.search(file.text) or root[1].lower() == "html":
        return None
    if f"<{root[1]}>" in VENDORS or language_of(root[1]) is not None:
        return None
    message = f"this is not TwiML: its root is <{root[1]}>, not <Response>"
    finding = NOT_TWIML.at(Span(file, root.start(1) - 1, root.end(1)), message)
    return replace(finding, severity=Severity.NOTE)


def _read(file: SourceFile, root: Tag, filled: Filled, found: list[Diagnostic]) -> Opened:
    document, parts = read_elements(root)
    parts += check_addresses(document)
    dialect = any(finding.rule.slug == "other-dialect" for finding in parts)
    if not dialect:
        parts += traces_of_vendor(file)
    if filled.certainty is Certainty.PARTS:
        sure = (finding for finding in parts if finding.rule.slug in _SURE_OF_PARTS)
        return Opened(file, (*found, *sure))
    # Another vendor's verbs may do what seems to be missing here.
    clear = None if dialect else document
    return Opened(file, (*found, *parts), clear, filled.certainty is Certainty.VALUES)


def _unreadable(file: SourceFile, fault: Fault) -> list[Diagnostic]:
    """Why a text cannot be read; where the Response around the verbs is missing, just that."""
    first = fault.closed[-1] if fault.closed and not fault.open else None
    if first is not None and first.name != "Response" and first.name in vocabulary.VOICE:
        return _other_root(first, searched=False)
    return [explain(file, fault)]


def _each_once(found: list[Diagnostic]) -> list[Diagnostic]:
    """Without what only follows from another finding at the same place."""
    taken = {(finding.rule.slug, finding.span.start) for finding in found}
    return [
        finding
        for finding in found
        if (_FOLLOWS_FROM.get(finding.rule.slug), finding.span.start) not in taken
    ]


def _size(file: SourceFile) -> list[Diagnostic]:
    limits = vocabulary.DOCUMENT_LIMITS
    size = len(file.text.encode("utf-8", "surrogatepass"))
    if size <= limits.max_bytes:
        return []
    message = f"the document has {size:,} bytes; Twilio takes {limits.max_bytes:,} at most"
    return [DOCUMENT_TOO_BIG.at(Span(file, 0, 0), message, twilio=(limits.max_bytes_twilio,))]


def _other_root(root: Tag, searched: bool) -> list[Diagnostic]:
    if f"<{root.name}>" in VENDORS:
        return [foreign(f"<{root.name}>", root.span)]
    message = f"this is not TwiML: its root is <{root.name}>, not <Response>"
    hint, fix = None, None
    if root.name.lower() == "response":
        hint, fix = "capitals count in XML: write <Response>", renamed(root, "Response")
    elif root.name.endswith(":Response"):
        hint = "write <Response>, without anything before the name"
    elif vocabulary.element_by_tag("voice", "Response", root.name) is not None:
        hint = "put it inside <Response> and </Response>"
    elif (language := language_of(root.name)) is not None:
        message = f"this is {language}, not TwiML"
    elif searched:
        finding = NOT_TWIML.at(root.span, message)
        return [replace(finding, severity=Severity.NOTE)]
    return [NOT_TWIML.at(root.span, message, hint=hint, fix=fix)]
