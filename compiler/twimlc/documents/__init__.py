"""TwiML that people already have: the text of an XML file comes in, findings go out.

The rules are those of flows wherever a flow could break them too.
"""

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.documents import DOCUMENT_NOT_READ, NOT_TWIML
from twimlc.documents.dialects import VERBS, dialect_of, traces_of_vendor
from twimlc.documents.elements import read_elements
from twimlc.documents.links import check_links
from twimlc.documents.malformed import bare_ampersands, explain
from twimlc.documents.order import check_order
from twimlc.documents.places import text_spans
from twimlc.documents.positions import Tag, parse
from twimlc.documents.read import read_document
from twimlc.documents.templates import find_template
from twimlc.text import SourceFile, Span

__all__ = ["check_document", "read_document"]


def check_document(file: SourceFile) -> list[Diagnostic]:
    """Everything that is wrong with one document."""
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
        return [*found, *_other_root(root)]
    document, parts = read_elements(root)
    found += parts
    if document.kind == "voice":
        found += check_order(document.root)
    found += check_links(document.root, text_spans(root, document.root))
    if not any(finding.rule.slug == "other-dialect" for finding in parts):
        found += traces_of_vendor(file)
    return found


def _size(file: SourceFile) -> list[Diagnostic]:
    limits = vocabulary.DOCUMENT_LIMITS
    size = len(file.text.encode("utf-8", "surrogatepass"))
    if size <= limits.max_bytes:
        return []
    message = f"the document has {size:,} bytes; Twilio takes {limits.max_bytes:,} at most"
    return [DOCUMENT_NOT_READ.at(Span(file, 0, 0), message, twilio=(limits.max_bytes_twilio,))]


def _other_root(root: Tag) -> list[Diagnostic]:
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
    return [NOT_TWIML.at(root.span, message, hint=hint)]
