"""TwiML that people already have: the text of an XML file comes in, findings go out.

The rules are those of flows wherever a flow could break them too.
"""

import re
from collections.abc import Callable, Sequence

from twimlc.documents.document import Opened, open_document
from twimlc.documents.graph import Folder, documents_graph
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.ignores import Comment
from twimlc.rules import check_graph
from twimlc.text import SourceFile, Span, grouped
from twimlc.xml.file_type import read_document

_COMMENT = re.compile(r"<!--\s*twimlc:[^\r\n]{0,500}?-->", re.IGNORECASE)

__all__ = [
    "Opened",
    "check_opened",
    "comments_of",
    "open_document",
    "read_document",
]


def check_opened(
    documents: Sequence[Opened], there: Callable[[str], bool] | None = None
) -> list[list[Diagnostic]]:
    """Everything that is wrong with each of these documents, by itself and with the others.

    ``there`` tells whether a file is there that a path names; without it nothing is missed.
    """
    folder = Folder(documents)
    judged = check_graph(documents_graph(folder), {}, {}, public=False)
    findings = (*folder.check(there), *judged)
    found = grouped((finding.span.file.path, finding) for finding in findings)
    return [opened.with_those_of_calls(found.get(opened.file.path, ())) for opened in documents]


def comments_of(file: SourceFile) -> list[Comment]:
    """The comments that speak to this tool."""
    found = []
    for match in _COMMENT.finditer(file.text):
        line = file.position(match.start()).line
        own_line = not file.text[file.offset(line) : match.start()].strip()
        found.append(Comment(Span(file, *match.span()), match[0], line, own_line))
    return found
