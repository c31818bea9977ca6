"""Findings about the words of an element: in go places at the element, out come better ones."""

from collections.abc import Iterable
from dataclasses import replace

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.addresses import FIXED_SID
from twimlc.diagnostics.rules.twiml import TOO_LONG
from twimlc.flow.model import Element
from twimlc.text import Span

_ABOUT_WORDS = (FIXED_SID, TOO_LONG)


def at_words(found: Iterable[Diagnostic], element: Element, place: Span | None) -> list[Diagnostic]:
    """The findings; those about the words of the element stand at ``place``, where these are."""
    return [
        replace(finding, span=place)
        if place is not None and finding.rule in _ABOUT_WORDS and finding.span == element.span
        else finding
        for finding in found
    ]
