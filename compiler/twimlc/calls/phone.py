"""The conversation at a phone: a leg comes in, and typed lines; what is printed goes out.

Reading and writing are given, so a terminal, a pipe and a test are the same to it. Each thing that
happens is a line, with the document, and of a compiled flow the line, that it comes from. What
comes out of a document is made safe for a terminal.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from twimlc.calls.answers import note, question
from twimlc.calls.legs import CallTarget, Leg, LegLink, leg_links
from twimlc.calls.moment import Moment, short
from twimlc.calls.player import MOST_VERBS, Observed, Player
from twimlc.calls.requests import FetchError, advice, reference
from twimlc.flow.decisions import Asks, Clock
from twimlc.interpret.documents import At, DocumentPlace
from twimlc.interpret.events import Event, events
from twimlc.interpret.machine import Choice, Position
from twimlc.report.escape import visible, width

Read = Callable[[str], str | None]
"""A prompt in, a line out; None at the end of the input."""

Write = Callable[[str], None]

Paint = Callable[[str, str], str]
"""Text and a style (``dim``, ``bad``, ``answer``) in, text in color out."""

REPEATS = Event("repeats")
"""A document for waiting begins again."""

COLUMN = 60
"""The column of the places, if what happens is short enough."""

_MANNER = frozenset({"voice", "language"})
"""Attributes that say how something sounds: only at length."""

_LOGIN = re.compile(r"(?<=://)[^/?#@\s]*@")
"""The name and password in an address."""


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

    def lines(self, observed: Observed) -> list[str]:
        """The lines of one event: at a new document its name first."""
        lines: list[str] = []
        event = observed.event.with_texts(self._cut)
        if not self.at_length:
            shown = tuple(pair for pair in event.attributes if pair[0] not in _MANNER)
            event = event._replace(attributes=shown)
        if self.places and observed.document and observed.document != self._document:
            self._document = observed.document
            lines.append(self.paint(f"-- {visible(observed.document)}", "dim"))
        if event.kind == "gather":
            return lines
        text = visible(str(event))
        failed = event.kind == "failure"
        row = "  " + (self.paint(text, "bad") if failed else text)
        if self.places and observed.line:
            gap = " " * max(2, COLUMN - width(text))
            row += gap + self.paint(visible(observed.line), "dim")
        lines.append(row)
        if failed:
            failure = str(event.value)
            lines += [
                "    " + self.paint(each, "dim")
                for each in (advice(failure), reference(failure))
                if each is not None
            ]
        return lines

    def answer(self, position: Position, choice: Choice) -> str:
        """What the person did, as it could be typed again."""
        word = f"> {visible(question(position).word(choice))}"
        remark = note(position, choice)
        return self.paint(word, "answer") + (self.paint(f"   ({remark})", "dim") if remark else "")

    def remark(self, text: str) -> str:
        """What the phone itself has to say."""
        return self.paint(f"! {visible(text)}", "bad")

    def aside(self, text: str) -> str:
        """That the line changes; the document that plays there is named anew."""
        self._document = ""
        return self.paint(f"== {text}", "dim")

    def _cut(self, text: str) -> str:
        return _LOGIN.sub("", text.removeprefix(self.base) if self.base else text)


class _LeftError(Exception):
    """The person leaves the phone."""


@dataclass(slots=True, eq=False)
class Talk:
    """One leg from its first document to its end, played to somebody who answers.

    Afterwards ``failed`` says whether Twilio could not go on somewhere, ``misunderstood``
    whether some line was no answer.
    """

    target: CallTarget
    leg: Leg
    read: Read
    write: Write
    transcript: Transcript
    failed: bool = False
    misunderstood: bool = False
    moment: Moment | None = None
    _been: set[DocumentPlace] = field(default_factory=set)  # since the last question
    _verbs: int = 0

    def run(self) -> None:
        """Talk until somebody hangs up, or the person leaves."""
        try:
            self._play()
        except _LeftError:
            return

    def _play(self) -> None:
        try:
            ended = Player(self.leg).play(self)
        except FetchError as fault:
            self._show(Observed(Event("failure", str(fault))))
            return
        if ended is None:
            forever = Event("failure", "the call goes on forever")
            waits = self.leg.documents.context.waits
            self._show(Observed(REPEATS if waits else forever))

    def has_enough(self, player: Player) -> bool:
        # What was played before without a question would be the same again, if it is remembered.
        again = player.place in self._been and self.leg.documents.remember
        self._been.add(player.place)
        self._verbs += 1
        return again or self._verbs > MOST_VERBS

    def hears(self, player: Player, position: Position, meant: Position | None) -> None:
        # Only the request for the first document finds the phone still ringing.
        parameters = self.leg.documents.parameters
        parameters |= {"CallStatus": "in-progress"} if "CallStatus" in parameters else {}
        for observed in self._observed(player.place, position):
            self._show(observed)

    def chooses(self, player: Player, position: Position, meant: Position | None) -> Choice:
        assert position.part is not None, "a question is asked by a verb"
        self._been.clear()
        self._verbs = 0
        asks = (meant or position).part
        known = None if asks is None or asks.asks is None else self._known(asks.asks)
        if known is not None:
            return known
        links = list(leg_links(position.part, None))
        asked = question(position, tuple(link.attribute for link in links))
        while True:
            text = self.read(asked.prompt)
            word = "h" if text is None else text.strip()
            if word == "?":
                self._print(*(f"    {line}" for line in asked.help))
            elif word.lower() in ("q", "quit"):
                raise _LeftError
            elif (number := asked.listens(word)) is not None:
                self._listen(links[number])
            elif isinstance(choice := asked.read(word), str):
                self._print(self.transcript.remark(choice))
                self.misunderstood = True
            else:
                self._print(self.transcript.answer(position, choice))
                return choice

    def _known(self, asks: Asks) -> Choice | None:
        """What nobody has to be asked: who calls, and the time where it was given."""
        moment = self.moment
        if moment is None:
            return None
        if isinstance(asks, Clock) and not moment.told(asks.calendar):
            self._print(self.transcript.aside(moment.shown(asks.calendar)))
            return None
        choice = moment.choose(asks)
        if isinstance(asks, Clock):
            self._print(self.transcript.aside(f"{short(asks.calendar)}: {choice.value}"))
        return choice

    def _listen(self, link: LegLink) -> None:
        """Play what another leg hears, and come back to the same question."""
        self._print(self.transcript.aside(f"on the other line ({link.attribute})"))
        leg = self.target.other(link, self.leg.documents.parameters)
        other = Talk(self.target, leg, self.read, self.write, self.transcript)
        try:
            other._play()
        finally:
            self.failed = self.failed or other.failed
            self.misunderstood = self.misunderstood or other.misunderstood
        self._print(self.transcript.aside("back on the caller's line"))

    def _observed(self, place: DocumentPlace, position: Position) -> Iterator[Observed]:
        """What happens, each thing with its document and its line in the flow."""
        part = position.part
        if not isinstance(place, At) or part is None:
            document, _, number = position.source.rpartition(":")
            line = self._origin(document, int(number)) if number.isdecimal() else None
            for event in position.events:
                yield Observed(event, line=line or position.source)
            return
        document = self.leg.documents.library.documents[place.document].name
        pieces = [(part, position.events)]
        if part.tag == "Gather":
            pieces = [
                (part, (Event("gather"),)),
                *((found, events(found)) for found in part.parts()),
            ]
        for piece, happening in pieces:
            line = self._origin(document, piece.line) or f"line {piece.line}"
            for event in happening:
                yield Observed(event, document=document, line=line)

    def _origin(self, document: str, line: int) -> str | None:
        """The flow's line that a line of a document comes from, if that is known."""
        # A Bin's answers are told apart by their query, and have the lines of the Bin.
        found = self.target.origins.get((document.partition("?")[0], line))
        return f"{found[0]}:{found[1]}" if found else None

    def _show(self, observed: Observed) -> None:
        self.failed = self.failed or observed.event.kind == "failure"
        self._print(*self.transcript.lines(observed))

    def _print(self, *lines: str) -> None:
        if lines:
            self.write("".join(f"{line}\n" for line in lines))
