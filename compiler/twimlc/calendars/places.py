"""A piece of a value found again in the file: offsets in a text come in, a span goes out."""

from twimlc.calendars.notation import Fault, difference
from twimlc.findings.diagnostic import Diagnostic, Edit, Fix, Rule
from twimlc.text import Span
from twimlc.yaml.tree import Scalar

_BLANK = " \t\r\n"


def piece(node: Scalar, start: int, end: int) -> Span:
    """Where a piece of the value stands; the whole value where nothing tells."""
    places = _places(node.span.text, node.text)
    if places is None or end <= start:
        return node.span
    begin = places[min(start, len(places) - 1)]
    stop = places[min(end, len(places)) - 1] + 1
    return node.span._replace(start=node.span.start + begin, end=node.span.start + stop)


def _places(raw: str, text: str) -> list[int] | None:
    """Where each letter of a value is in what was typed: plain, in quotes, or as a block."""
    if not text or "${" in raw:
        return None
    at = raw.find("\n") + 1 if raw[0] in "|>" else int(raw[0] in "'\"")
    found: list[int] = []
    for letter in text:
        blank = letter in _BLANK
        while at < len(raw) and (raw[at] in _BLANK) != blank:
            if blank or raw[at] not in _BLANK:
                return None
            at += 1
        if at >= len(raw) or not (blank or raw[at] == letter):
            return None
        found.append(at)
        at += 1
        while blank and at < len(raw) and raw[at] in _BLANK and "\n" in raw[found[-1] : at + 1]:
            at += 1  # a line that goes on
    return found


def told(rule: Rule, odd: Rule, node: Scalar, fault: Fault) -> Diagnostic:
    """The finding for a fault in the value of a node, with its fix."""
    span = piece(node, fault.start, fault.end)
    fix = None if fault.mended is None else _fix(node, fault.mended)
    chosen = odd if fault.odd else rule
    return chosen.at(span, fault.message, hint=fault.hint, fix=fix)


def _fix(node: Scalar, mended: str) -> Fix | None:
    """The fix that writes the text that is meant; none where the file says it in another way."""
    start, end = difference(node.text, mended)
    new = mended[start : len(mended) - (len(node.text) - end)]
    span = piece(node, start, end)
    if span.from_alias or span == node.span != piece(node, 0, len(node.text)):
        return None
    return (
        Fix(f"write '{mended}'", (Edit(span, new),)) if span.text == node.text[start:end] else None
    )
