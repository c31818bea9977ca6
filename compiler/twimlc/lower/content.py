"""What may stand in a document at all. Nodes come in, findings about their texts go out."""

import re
from collections.abc import Iterator

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.hosts import CALL_VALUE_NEEDS_TEMPLATES, MEDIA_NEEDS_ADDRESS
from twimlc.diagnostics.rules.yaml import CONTROL_CHARACTER
from twimlc.flow.graph import Node
from twimlc.flow.model import Element, MediaLink, Text
from twimlc.lower.host import WITH_TEMPLATES, Site
from twimlc.source.tree import CallValue, Template
from twimlc.text import Span

_ILLEGAL = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def check_content(node: Node, site: Site) -> Iterator[Diagnostic]:
    """Findings about the texts and attributes of one node."""
    if node.element is None:
        return
    host = site.host
    if not host.single and site.url is None:
        yield from _pictures(node.element)
    reported: set[str] = set()
    for text, span in _texts(node):
        if isinstance(text, Template) and not host.templates:
            for part in text.parts:
                if isinstance(part, CallValue) and part.name not in reported:
                    reported.add(part.name)
                    yield CALL_VALUE_NEEDS_TEMPLATES.at(
                        span,
                        f"'${{call.{part.name}}}' is known only during the call, and"
                        f" '{host.name}' sends the same file to every caller",
                        hint=f"leave the value out, or use {WITH_TEMPLATES}",
                    )
        yield from _characters(text, span, node)


def _pictures(message: Element) -> Iterator[Diagnostic]:
    """Files that go along with a message, for which a relative address does not do."""
    for element, _, link, span in message.links():
        if isinstance(link, MediaLink) and element.tag == "Media":
            yield MEDIA_NEEDS_ADDRESS.at(
                span,
                f"'{link.path}' would be sent from a relative address, and Twilio fetches what goes"
                " along with a message from whole addresses only",
                hint="give the target its address: url: https://voice.example.com",
                twilio=(21620,),
            )


def _characters(text: Text, span: Span, node: Node) -> Iterator[Diagnostic]:
    parts = text.parts if isinstance(text, Template) else (text,)
    for part in parts:
        if not isinstance(part, str) or part.isprintable():  # quicker told than by the pattern
            continue
        found = re.search(_ILLEGAL, part)
        if found is not None:
            yield CONTROL_CHARACTER.at(
                span,
                f"the text of this '{node.title}' holds U+{ord(found[0]):04X},"
                " which no XML document can hold",
                hint="delete the character",
            )
            return


def _texts(node: Node) -> Iterator[tuple[Text, Span]]:
    assert node.element is not None
    for element in node.element.walk():
        for attribute in element.attributes:
            if isinstance(attribute.value, (str, Template)):
                yield attribute.value, attribute.span
        for child in element.children:
            if isinstance(child, (str, Template)):
                yield child, element.span
