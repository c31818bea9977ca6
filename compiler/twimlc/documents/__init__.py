"""TwiML that people already have: the text of an XML file comes in, findings go out.

The rules are those of flows wherever a flow could break them too.
"""

import re
from dataclasses import replace

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.diagnostics.rules.documents import DOCUMENT_NOT_READ, NOT_TWIML
from twimlc.documents.dialects import VERBS, dialect_of, traces_of_vendor
from twimlc.documents.elements import read_elements
from twimlc.documents.links import check_links
from twimlc.documents.malformed import bare_ampersands, explain
from twimlc.documents.order import check_order
from twimlc.documents.positions import Tag, parse
from twimlc.documents.read import read_document
from twimlc.documents.templates import find_template
from twimlc.source.comments import Comment
from twimlc.text import SourceFile, Span

_COMMENT = re.compile(r"<!--\s*twimlc:[^\r\n]{0,500}?-->", re.IGNORECASE)
_WAIT = re.compile(r"\bwaitUrl\s*=\s*[\"']([^\"'<>]{1,500})[\"']")
_FOLLOWS_FROM = {
    "insecure-address": "placeholder-host",
    "markup-not-spoken": "not-allowed-inside",
    "post-to-file": "private-host",
}

__all__ = ["check_document", "comments_of", "read_document", "waiting_documents"]


def check_document(
    file: SourceFile, *, searched: bool = False, waits: bool = False
) -> list[Diagnostic]:
    """Everything that is wrong with one document.

    ``searched``: it was only met in a folder, where XML of other kinds is nobody's mistake.
    ``waits``: another document plays it for those who wait.
    """
    filled = find_template(file)
    found = list(filled.findings)
    if not filled.readable:
        return found
    text, bare = bare_ampersands(file)
    found += bare
    root, fault = parse(file, text)
    if fault is not None:
        return [*found, explain(file, fault)]
    assert root is not None
    found += _size(file)
    if root.name != "Response":
        return [*found, *_other_root(root, searched)]
    document, parts = read_elements(root)
    found += parts
    if document.kind == "voice":
        found += check_order(document.root, waits=waits)
    found += check_links(document.root, document.texts)
    if not any(finding.rule.slug == "other-dialect" for finding in parts):
        found += traces_of_vendor(file)
    return _each_once(found)


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
    return [DOCUMENT_NOT_READ.at(Span(file, 0, 0), message, twilio=(limits.max_bytes_twilio,))]


def _other_root(root: Tag, searched: bool) -> list[Diagnostic]:
    if root.name in VERBS:
        return [dialect_of(root)]
    message = f"this is not TwiML: its root is <{root.name}>, not <Response>"
    hint = None
    if root.name.lower() == "response":
        hint = "capitals count in XML: write <Response>"
    elif root.name.lower() == "html":
        hint = "this is a web page, perhaps an error page of your server"
    elif vocabulary.element_by_tag("voice", "Response", root.name) is not None:
        hint = "put it inside <Response> and </Response>"
    elif searched:
        finding = NOT_TWIML.at(root.span, message)
        return [replace(finding, severity=Severity.NOTE)]
    return [NOT_TWIML.at(root.span, message, hint=hint)]


def waiting_documents(file: SourceFile) -> list[str]:
    """The addresses that a document plays for those who wait, as they are written."""
    return [match[1].partition("?")[0] for match in _WAIT.finditer(file.text)]


def comments_of(file: SourceFile) -> list[Comment]:
    """The comments that speak to this tool."""
    found = []
    for match in _COMMENT.finditer(file.text):
        line = file.position(match.start()).line
        own_line = not file.text[file.offset(line) : match.start()].strip()
        found.append(Comment(Span(file, *match.span()), match[0], line, own_line))
    return found
