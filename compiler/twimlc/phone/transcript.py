"""What is printed of a call: happenings and answers come in, lines of text go out.

One line for each thing that happens, the same on every machine, with the place it comes from at
its end. Everything out of a document is made safe for a terminal.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from twimlc.interpret.choices import Choice
from twimlc.interpret.events import CALLER_HANGUP, Event
from twimlc.interpret.machine import Moment
from twimlc.phone.answers import note, question
from twimlc.phone.failures import advice, reference
from twimlc.phone.session import Happening
from twimlc.report.visible import visible, width

COLUMN = 60
"""Where the places stand, if what happens is short enough."""

_MANNER = frozenset({"voice", "language"})
"""Attributes that say how something sounds: only at length."""

_LOGIN = re.compile(r"(?<=://)[^/?#@\s]*@")
"""The name and password in an address."""

Paint = Callable[[str, str], str]
"""Text and a style (``dim``, ``bad``, ``answer``) in, text in colour out."""


@dataclass(slots=True)
class Transcript:
    """Writes lines. ``places`` says where each thing comes from, ``at_length`` shows it all.

    ``base`` is cut off addresses.
    """

    paint: Paint
    places: bool = True
    at_length: bool = False
    base: str = ""
    _document: str = ""

    def happening(self, happening: Happening) -> list[str]:
        """The lines of one happening: at a new document its name first."""
        if happening.event == CALLER_HANGUP:  # the answer says so already
            return []
        lines: list[str] = []
        event = self._plain(happening.event)
        if self.places and happening.document and happening.document != self._document:
            self._document = happening.document
            lines.append(self.paint(f"-- {visible(happening.document)}", "dim"))
        if event.kind == "gather":
            return lines
        text = visible(str(event))
        failed = event.kind == "failure"
        row = "  " + (self.paint(text, "bad") if failed else text)
        if self.places and happening.place:
            gap = " " * max(2, COLUMN - width(text))
            row += gap + self.paint(visible(happening.place), "dim")
        lines.append(row)
        if failed:
            failure = str(event.value)
            lines += [
                "    " + self.paint(each, "dim")
                for each in (advice(failure), reference(failure))
                if each is not None
            ]
        return lines

    def answer(self, moment: Moment, choice: Choice) -> str:
        """What the person did, as it could be typed again."""
        word = f"> {visible(question(moment).word(choice))}"
        made = note(moment, choice)
        return self.paint(word, "answer") + (self.paint(f"   ({made})", "dim") if made else "")

    def remark(self, text: str) -> str:
        """What the phone itself has to say."""
        return self.paint(f"! {visible(text)}", "bad")

    def aside(self, text: str) -> str:
        """That the line changes; the document that plays there is named anew."""
        self._document = ""
        return self.paint(f"== {text}", "dim")

    def _plain(self, event: Event) -> Event:
        attributes = tuple(
            (name, self._cut(text))
            for name, text in event.attributes
            if self.at_length or name not in _MANNER
        )
        value = event.value
        value = (
            tuple(self._cut(text) for text in value)
            if isinstance(value, tuple)
            else self._cut(value)
        )
        return event._replace(value=value, attributes=attributes)

    def _cut(self, text: str) -> str:
        return _LOGIN.sub("", text.removeprefix(self.base) if self.base else text)
