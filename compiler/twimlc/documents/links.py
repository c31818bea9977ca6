"""Where a document leads: its elements come in, findings about their addresses go out."""

import re
from collections.abc import Iterator, Mapping

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.documents import PLACEHOLDER_HOST, POST_TO_FILE
from twimlc.diagnostics.rules.twiml import BAD_ADDRESS
from twimlc.flow.model import Element
from twimlc.text import Span
from twimlc.vocabulary import AttributeType as T
from twimlc.vocabulary import Fetch

_FETCHED = (Fetch.TWIML, Fetch.TWIML_LEG, Fetch.MEDIA_OR_TWIML)
_FILE = re.compile(r"[^?#]*\.(?:xml|twiml)(?:#.*)?", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z]+://|sips?:(?://)?)(?:[^@/?#;]*@)?([^/:?#;>\s]{1,255})", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"(?:.*\.)?(?:example\.(?:com|org|net|edu)|foo\.(?:com|org|net|edu)|bar\.com)|.*\.example|"
    r"(?:.*\.)?your?[-_.]?(?:own)?[-_.]?(?:domain|server|site|web|app|company|host|url|callback|action"
    r"|ngrok|api|function|service|bucket|subdomain|endpoint)[a-z0-9-]*\..+|"
    r"\[[a-z][a-z0-9_.-]*\]|(?:.*\.)?enter-your-[a-z0-9-]+\..+|"
    r"(?:.*\.)?my(?:app|api|backend|httpserver|webserver|websocketserver)\.com|"
    r"(?:.*\.)?my(?:domain|server|website|company|url|callbackurl|actionurl|statuscallback)\..+",
    re.IGNORECASE | re.DOTALL,
)


def check_links(root: Element, spans: Mapping[Element, Span]) -> Iterator[Diagnostic]:
    """Findings; ``spans`` gives the place of an element's text."""
    for element in root.walk():
        if element.spec is None:
            continue
        for attribute in element.attributes:
            known = element.spec.attributes.get(attribute.name)
            if known is not None and isinstance(attribute.value, str):
                yield from _address(element, known, attribute.value, attribute.span)
        text = "".join(child for child in element.children if isinstance(child, str)).strip()
        place = spans.get(element)
        if element.spec.text is not None and text and place is not None:
            yield from _address(element, element.spec.text, text, place)


def _address(
    element: Element, known: vocabulary.Attribute, text: str, span: Span
) -> Iterator[Diagnostic]:
    if known.type not in (T.URL, T.SIP_URI):
        return
    host = _HOST.match(f"sip:{text}" if known.type is T.SIP_URI and ":" not in text else text)
    if host is not None and _PLACEHOLDER.fullmatch(host[1]):
        message = f"'{host[1]}' is the host of an example, not one of yours"
        yield PLACEHOLDER_HOST.at(span, message, hint="write the address that you mean")
        return
    if 21620 in known.twilio and not _HOST.match(text):
        message = f"'{text}' has no host: Twilio fetches media from a whole address only"
        yield BAD_ADDRESS.at(span, message, hint="begin it with https://", twilio=(21620,))
        return
    method = element.spec.attributes.get(known.method_attribute or "") if element.spec else None
    if known.fetch not in _FETCHED or method is None or not _FILE.fullmatch(text):
        return
    given = element.get(method.name)
    if (given.value if given is not None else method.default) == "POST":
        message = f"'{text}' is a file, and Twilio asks for it with POST"
        hint = f'file hosts answer that with 405; write {method.name}="GET"'
        yield POST_TO_FILE.at(span, message, hint=hint)
