"""Answers to messages: documents and the ways between them come in, findings go out.

Nothing branches in such a document, so all that one message is answered with is known.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.addresses import TOO_MANY_REPLIES
from twimlc.diagnostics.rules.flow import SILENT_LOOP
from twimlc.documents.opened import Opened
from twimlc.documents.order import running_verbs
from twimlc.flow.model import Element
from twimlc.text import Span


class Onward(NamedTuple):
    """The Redirect at the end of a document: its place, and the document it leads to."""

    span: Span
    to: Opened


def check_replies(documents: Sequence[Opened], after: Mapping[str, Onward]) -> Iterator[Diagnostic]:
    """Findings about too many replies, and about circles; ``after`` is by the paths of files."""
    told: set[Span] = set()
    walked: set[str] = set()
    led_to = {onward.to.file.path for onward in after.values()}
    answers = [opened for opened in documents if _verbs(opened)]
    for first in sorted(answers, key=lambda opened: opened.file.path in led_to):
        if first.file.path in walked:  # from the start of its answer more was counted
            continue
        for finding in _followed(first, after, walked):
            if finding.span not in told:
                told.add(finding.span)
                yield finding


def _verbs(opened: Opened) -> list[Element]:
    """The verbs that run in an answer to a message; none where a program writes the document."""
    document = opened.document
    if document is None or document.kind != "messaging" or opened.filled:
        return []
    return running_verbs(document.root)


def _followed(first: Opened, after: Mapping[str, Onward], walked: set[str]) -> Iterator[Diagnostic]:
    most = vocabulary.MOST_REPLIES
    seen: set[str] = set()
    count = 0
    opened = first
    while True:
        seen.add(opened.file.path)
        walked.add(opened.file.path)
        verbs = _verbs(opened)
        for verb in verbs:
            count += verb.tag == "Message"
            if verb.tag == "Message" and count == most + 1:
                message = f"this would be message {count}; Twilio sends {most} replies at most"
                yield TOO_MANY_REPLIES.at(verb.span, message, hint="put them into fewer")
        onward = after.get(opened.file.path)
        if onward is None:
            return
        if onward.to.file.path in seen:
            message = "this leads back to where the answer came by: it is sent again and again"
            hint = "let the last document of the answer lead nowhere"
            yield SILENT_LOOP.at(onward.span, message, hint=hint, twilio=(14106, 14107))
            return
        opened = onward.to
