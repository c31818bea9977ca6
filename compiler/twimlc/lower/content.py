"""What may be in a document at all. Nodes come in, findings about their texts go out."""

import re
from collections.abc import Iterator

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import CALL_VALUE_NEEDS_TEMPLATES, CONTROL_CHARACTER, MEDIA_NEEDS_ADDRESS
from twimlc.flow.graph import Node
from twimlc.flow.model import Element, MediaLink, Text
from twimlc.lower.host import WITH_TEMPLATES, Site
from twimlc.rules.words import wordings
from twimlc.text import NOT_XML, Span
from twimlc.yaml.tree import Template


def check_content(node: Node, site: Site) -> Iterator[Diagnostic]:
    """Findings about the texts and attributes of one node."""
    if node.element is None:
        return
    host = site.host
    if not host.single and site.url is None:
        yield from _pictures(node.element)
    reported: set[str] = set()
    for wording in wordings(node.element):
        for name in wording.call_values() if not host.templates else ():
            if name not in reported:
                reported.add(name)
                yield CALL_VALUE_NEEDS_TEMPLATES.at(
                    wording.span,
                    f"'${{call.{name}}}' is known only during the call, and"
                    f" '{host.name}' sends the same file to every caller",
                    hint=f"leave the value out, or use {WITH_TEMPLATES}",
                )
        yield from _characters(wording.text, wording.span, node)


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
    for part in text.parts if isinstance(text, Template) else (text,):
        if not isinstance(part, str) or part.isprintable():  # quicker than the pattern
            continue
        illegal = re.search(NOT_XML, part)
        if illegal is not None:
            yield CONTROL_CHARACTER.at(
                span,
                f"the text of this '{node.title}' holds U+{ord(illegal[0]):04X},"
                " which no XML document can hold",
                hint="delete the character",
            )
            return
