"""TwiML Bins read quickly: a text with sections, cut up once and filled in for each request.

Only names, sections and inverted sections, as in what the compiler writes; the tests of Bins hold
them against real engines.
"""

import re
from functools import cache
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from rebuilds.hosts import Answer, Bins

_TAG = re.compile(r"\{\{([#^/]?)\s*([^{}]+?)\s*\}\}")


@cache
def cut(text):
    """Texts, ``(name,)`` and ``(sign, name, parts)``."""
    stack, at = [(None, None, [])], 0
    for match in _TAG.finditer(text):
        stack[-1][2].append(text[at : match.start()])
        at = match.end()
        sign, name = match.groups()
        if not sign:
            stack[-1][2].append((name,))
        elif sign == "/":
            section = stack.pop()
            assert section[1] == name, (section[1], name)
            stack[-1][2].append(section)
        else:
            stack.append((sign, name, []))
    (whole,) = stack
    return [*whole[2], text[at:]]


def filled(parts, asked):
    found = []
    for part in parts:
        if isinstance(part, str):
            found.append(part)
        elif len(part) == 1:
            found.append(escape(asked.get(part[0], ""), {'"': "&quot;"}))
        elif bool(asked.get(part[1])) is (part[0] == "#"):
            found.append(filled(part[2], asked))
    return "".join(found)


class QuickBins(Bins):
    def get(self, url, parameters):
        asked = urlsplit(url)
        text, _ = self.texts.get(asked.path.rpartition("/")[2], (None, 0))
        if text is None or url.startswith(self.base):
            return super().get(url, parameters)
        query = dict(parse_qsl(asked.query, keep_blank_values=True))
        return Answer(200, filled(cut(text), {**parameters, **query}).encode())
