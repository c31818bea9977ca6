"""How big a Bin is: its answers, and its nesting. Its blocks come in, a number goes out."""

from twimlc.lower.plan import Bin, Markup, Tags
from twimlc.lower.sections import Block
from twimlc.lower.size import EMPTY_DOCUMENT, element_size

MOST_NESTED = 900
"""Sections inside one another that are still written. Engines of both languages call themselves for
each, and give up somewhere above a thousand."""

_VALUE_BYTES = 256
"""Room for a value of the call in an answer: most are a number or a name."""


def largest_answer(found: Bin) -> int:
    """The bytes of the biggest answer: what always stands there, and the biggest section."""
    always, depth, inside, biggest = EMPTY_DOCUMENT, 0, 0, 0
    always += len(f"<!-- twimlc {found.flow} 0123456789ab -->\n".encode())
    positive = 0
    for block in found.blocks:
        if isinstance(block, Tags):
            always += 0 if found.bare else len("  <!---->\n")
            for name in block.names:
                change = -1 if name[0] == "/" else 1
                depth += change
                if name[0] == "#" or name == "^go":
                    positive = depth
                if change < 0 and depth < positive:
                    biggest, inside, positive = max(biggest, inside), 0, 0
            continue
        size = element_size(block) + _braces(block)
        if positive:
            inside += size
        else:
            always += size
    return always + max(biggest, inside)


def deepest(blocks: tuple[Block, ...]) -> int:
    """The number of sections that stand inside one another, at most."""
    depth = most = 0
    for block in blocks:
        if isinstance(block, Tags):
            for name in block.names:
                depth += -1 if name[0] == "/" else 1
                most = max(most, depth)
    return most


def _braces(markup: Markup) -> int:
    texts = [*(value for _, value in markup.attributes), *markup.children]
    extra = 0
    for text in texts:
        if isinstance(text, Markup):
            extra += _braces(text)
        elif isinstance(text, str):
            extra += 5 * text.count("{")
        else:
            for part in text.parts:
                extra += 5 * part.count("{") if isinstance(part, str) else _VALUE_BYTES
    return extra
