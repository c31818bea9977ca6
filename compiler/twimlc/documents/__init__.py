"""TwiML that people already have: the text of an XML file comes in, findings go out.

The rules are those of flows wherever a flow could break them too.
"""

import re

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.documents.difference import same_document
from twimlc.documents.folder import check_folder
from twimlc.documents.opened import Opened, open_document
from twimlc.documents.read import read_document
from twimlc.source.comments import Comment
from twimlc.text import SourceFile, Span

_COMMENT = re.compile(r"<!--\s*twimlc:[^\r\n]{0,500}?-->", re.IGNORECASE)

__all__ = [
    "Opened",
    "check_document",
    "check_folder",
    "comments_of",
    "open_document",
    "read_document",
    "same_document",
]


def check_document(file: SourceFile) -> list[Diagnostic]:
    """Everything that is wrong with one document by itself."""
    return open_document(file).findings(waits=False)


def comments_of(file: SourceFile) -> list[Comment]:
    """The comments that speak to this tool."""
    found = []
    for match in _COMMENT.finditer(file.text):
        line = file.position(match.start()).line
        own_line = not file.text[file.offset(line) : match.start()].strip()
        found.append(Comment(Span(file, *match.span()), match[0], line, own_line))
    return found
