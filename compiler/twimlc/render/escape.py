"""Escaping for XML 1.0. Text comes in, text that a parser gives back unchanged goes out.

A parser turns a bare CR into a line feed everywhere, and tabs and line ends in attributes into
spaces; as character references they survive.
"""


def escape_text(text: str) -> str:
    """For text between tags."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return text


def escape_attribute(text: str) -> str:
    """For a value between double quotes."""
    escaped = escape_text(text)
    if '"' in escaped:
        escaped = escaped.replace('"', "&quot;")
    if "\n" in escaped:
        escaped = escaped.replace("\n", "&#10;")
    if "\t" in escaped:
        escaped = escaped.replace("\t", "&#9;")
    return escaped
