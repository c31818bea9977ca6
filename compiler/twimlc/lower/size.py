"""How many bytes an element takes in a document. Markup comes in, a number goes out.

The layout itself is written by the template; the tests hold the two together.
"""

from twimlc.lower.plan import Markup, Text
from twimlc.source.tree import Template

EMPTY_DOCUMENT = len('<?xml version="1.0" encoding="UTF-8"?>\n<Response>\n</Response>\n')
"""What stands around the verbs of a document."""


def element_size(markup: Markup, depth: int = 1, inline: bool = False) -> int:
    """The bytes of an element and all inside it, with indent and line end."""
    name = len(markup.tag.encode())
    for key, value in markup.attributes:
        name += len(key.encode()) + len(' =""') + _attribute(value)
    around = 0 if inline else 2 * depth + 1
    content = markup.content()
    if not content:
        return around + name + len("</>")
    tags = name + len(markup.tag.encode()) + len("<></>")
    if inline or markup.is_inline:
        return around + tags + sum(_inline(child) for child in content)
    children = sum(element_size(child, depth + 1) for child in content if isinstance(child, Markup))
    return 2 * around + tags + children


def _inline(child: Markup | Text) -> int:
    return element_size(child, inline=True) if isinstance(child, Markup) else _text(child)


def _text(value: Text) -> int:
    text = _plain(value)
    size = len(text.encode("utf-8", "surrogatepass"))
    return (
        size + 4 * text.count("&") + 3 * (text.count("<") + text.count(">")) + 4 * text.count("\r")
    )


def _attribute(value: Text) -> int:
    text = _plain(value)
    return _text(text) + 5 * text.count('"') + 4 * text.count("\n") + 3 * text.count("\t")


def _plain(value: Text) -> str:
    """The text, with a call-time value as the widest name a template gives it."""
    if isinstance(value, Template):
        return "".join(
            part if isinstance(part, str) else "{{" + part.name + "}}" for part in value.parts
        )
    return value
