"""Escaping for XML 1.0. Text comes in, text that a parser gives back unchanged goes out.

A parser turns a bare CR into a line feed everywhere, and tabs and line ends in attributes into
spaces; as character references they survive. The result is marked as safe, so that the
template's own escaping (which is HTML's) leaves it alone.
"""

from markupsafe import Markup


def escape_text(text: str) -> Markup:
    """For text between tags."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return Markup(text)


def escape_attribute(text: str) -> Markup:
    """For a value between double quotes."""
    escaped = str(escape_text(text))
    if '"' in escaped:
        escaped = escaped.replace('"', "&quot;")
    if "\n" in escaped:
        escaped = escaped.replace("\n", "&#10;")
    if "\t" in escaped:
        escaped = escaped.replace("\t", "&#9;")
    return Markup(escaped)
