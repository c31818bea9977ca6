"""A call being played: a :class:`Line` comes in, what happens on it goes out, piece by piece.

The person's choices come in between. Every happening knows its document, and through the source
map of a compiled flow the line of the flow that it comes from.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from twimlc import vocabulary
from twimlc.flow.graph import Context
from twimlc.interpret.choices import DONE, HANGUP, Choice
from twimlc.interpret.documents import At, DocumentPlace, Documents, Library
from twimlc.interpret.events import CALLER_HANGUP, Event, events
from twimlc.interpret.host import Host
from twimlc.interpret.machine import Moment
from twimlc.interpret.markup import Part
from twimlc.phone.failures import FetchError

Origins = Mapping[tuple[str, int], tuple[str, int]]
"""(document, its line) to (flow file, its line)."""

MOST_VERBS = 1000
"""More verbs than this without a question are hold music that plays for ever."""

REPEATS = Event("repeats")
"""A document for waiting begins again."""

_AT_END = {
    "join": Context.LEG,
    "repeat": Context.QUEUE_WAIT,
    "silence": Context.CONFERENCE_WAIT,
}
_WAITING = (Context.QUEUE_WAIT, Context.CONFERENCE_WAIT)


@dataclass(frozen=True, slots=True)
class Line:
    """Where a call begins, on whose line. ``base`` is cut off the addresses that are shown.

    With ``live`` every document is asked for each time it is needed, because the answer may be
    another one.
    """

    host: Host
    url: str
    method: str = "GET"
    context: Context = Context.CALL
    base: str = ""
    origins: Origins = field(default_factory=dict)
    live: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """An event, the document that made it (empty: none), and the place to look at."""

    event: Event
    document: str = ""
    place: str = ""


class Session:
    """One call. ``begin`` and ``take`` play until the next question, or the end.

    ``over`` says that nothing more can happen, ``failed`` that Twilio could not go on.
    """

    def __init__(self, line: Line, parameters: Mapping[str, str] | None = None) -> None:
        self.line = line
        self.over = False
        self.failed = False
        self.moment = Moment(None)
        self._library = Library(line.host)
        self._documents = Documents(
            self._library,
            line.url,
            line.method,
            line.context,
            parameters=parameters or {},
            remember=not line.live,
        )
        self._place: DocumentPlace | None = None

    def begin(self) -> Iterator[Happening]:
        """Call the number."""
        yield from self._run(None)

    def take(self, choice: Choice) -> Iterator[Happening]:
        """Let ``choice`` happen."""
        if self.over:
            raise ValueError("the call is over")
        if choice == HANGUP:
            self.over = True
            yield Happening(CALLER_HANGUP)
            return
        yield from self._run(choice)

    def other_lines(self) -> list[tuple[str, Line]]:
        """The documents that the verb at hand runs on other lines: (``Number.url``, the line)."""
        lines: list[tuple[str, Line]] = []
        for link in self.moment.links:
            context = vocabulary.CONTEXTS.get(link.name)
            if context is not None and isinstance(link.place, str):
                line = replace(
                    self.line,
                    url=link.place,
                    method=link.method,
                    context=_AT_END[context.at_end],
                )
                lines.append((link.name, line))
        return lines

    def _run(self, choice: Choice | None) -> Iterator[Happening]:
        been: set[DocumentPlace] = set()
        for _ in range(MOST_VERBS):
            try:
                self._place = self._next(choice)
            except FetchError as fault:
                yield self._failure(Event("failure", str(fault)))
                return
            if self._place in been and not self.line.live:
                break  # without a question in between it would be so again
            been.add(self._place)
            # Only the request for the first document finds the phone still ringing.
            if "CallStatus" in self._documents.parameters:
                self._documents.parameters["CallStatus"] = "in-progress"
            self.moment = moment = self._documents.moment(self._place)
            for happening in self._happenings(moment):
                if happening.event.kind == "failure":
                    yield self._failure(happening.event, happening.document, happening.place)
                else:
                    yield happening
            if not moment.choices:
                self.over = True
                return
            if moment.choices != (DONE,):
                return
            choice = DONE
        if self.line.context in _WAITING:
            self.over = True
            yield Happening(REPEATS)
        else:
            yield self._failure(Event("failure", "the call goes on for ever"))

    def _next(self, choice: Choice | None) -> DocumentPlace:
        if choice is None:
            return self._documents.begin()
        assert self._place is not None
        return self._documents.take(self._place, choice)

    def _failure(self, event: Event, document: str = "", place: str = "") -> Happening:
        self.over = self.failed = True
        return Happening(event, document, place)

    def _happenings(self, moment: Moment) -> Iterator[Happening]:
        if not isinstance(self._place, At) or moment.part is None:
            for event in moment.events:
                yield Happening(event, place=self._led_by(moment.source))
            return
        document = self._library.documents[self._place.document].name
        if moment.part.tag == "Gather":
            yield Happening(Event("gather"), document, self._at(document, moment.part))
            for prompt in moment.part.parts():
                for event in events(prompt):
                    yield Happening(event, document, self._at(document, prompt))
            return
        for event in moment.events:
            yield Happening(event, document, self._at(document, moment.part))

    def _at(self, document: str, part: Part) -> str:
        return self._origin(document, part.line) or f"line {part.line}"

    def _led_by(self, source: str) -> str:
        """The flow's line for ``DOCUMENT:LINE``; what is no such place stays as it is."""
        document, _, number = source.rpartition(":")
        return (number.isdecimal() and self._origin(document, int(number))) or source

    def _origin(self, document: str, line: int) -> str | None:
        # A Bin's answers are told apart by their query, and stand on the lines of the Bin.
        found = self.line.origins.get((document.partition("?")[0], line))
        return f"{found[0]}:{found[1]}" if found else None
