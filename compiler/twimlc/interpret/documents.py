"""The interpreter of documents: it reads what a host serves as Twilio does, and knows no flow.

Sources: docs/voice/twiml and the page of each verb under it; open questions are answered by
:mod:`~twimlc.interpret.assumptions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from twimlc.flow.decisions import Cases, named_by_case, subject_of
from twimlc.flow.graph import Context
from twimlc.interpret.assumptions import OUR_READINGS, Readings
from twimlc.interpret.events import HANGUP, Event
from twimlc.interpret.library import NOTHING, Library, Request
from twimlc.interpret.machine import (
    SILENCE,
    Asked,
    Choice,
    End,
    Position,
    about,
    next_ring,
    told,
    told_input,
    verb,
)
from twimlc.interpret.markup import Part, of_question


class At(NamedTuple):
    """A verb about to run: number ``number`` of document ``document``, at ring ``ring``."""

    document: int
    number: int
    ring: int = 0


class Open(NamedTuple):
    """A request that the host cannot answer before it knows more: a question is asked there.

    ``told`` are the parameters that the request carries, ``answers`` what is known of the question
    so far, ``asking`` the verb that led there, if one did.
    """

    url: str
    method: str
    told: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...] = ()
    asking: "At | None" = None


DocumentPlace = At | End | Open


@dataclass(slots=True, eq=False)
class Documents:
    """A run of documents that begins at ``url``; ``context`` says on whose line.

    Every request carries ``parameters``. With ``remember`` false the host is asked again where an
    answer may have changed.
    """

    library: Library
    url: str
    method: str = "GET"
    context: Context = Context.CALL
    readings: Readings = OUR_READINGS
    parameters: dict[str, str] = field(default_factory=dict)
    remember: bool = True
    _fetched: dict[Request, DocumentPlace] = field(default_factory=dict, init=False)

    def begin(self) -> DocumentPlace:
        return self._settled(self._fetch(self.url, self.method, NOTHING))

    def verb(self, place: At) -> Part:
        """The verb at a place; places that are handed out always have one."""
        return self.library.documents[place.document].verbs[place.number]

    def moment(self, place: DocumentPlace) -> Position:
        found = self.position(place)
        return found if isinstance(place, End) else replace(found, source=self._source(place))

    def position(self, place: DocumentPlace) -> Position:
        """What happens there; nobody asks for its line."""
        if isinstance(place, End):
            return place.moment()
        if isinstance(place, Open):
            return self._question(place)
        document = self.library.documents[place.document]
        part = document.verbs[place.number]
        key = (id(part), place.ring, document.folder)
        found = self.library.positions.get(key)
        if found is None:
            found = self.library.positions[key] = verb(part, place.ring, document.url)
        return found

    def asked(self, place: DocumentPlace) -> Asked | None:
        """What the answers to a Gather hang on; None for other verbs, and if it leads elsewhere.

        Where two Gathers have this in common, keys and speech lead from both to the same place.
        """
        if not isinstance(place, At):
            return None
        part = self.verb(place)
        if part.tag != "Gather":
            return None
        document = self.library.documents[place.document]
        address = part.literal("action").strip()
        url = self.library.resolve(document.url, address) if address else None
        if url is None:
            return None
        return Asked(part.hears, url, part.method)

    def _question(self, place: Open) -> Position:
        found = self.library.host.open(place.url, dict(place.answers))
        assert found is not None, "it is open"
        tag = "Switch" if isinstance(found, Cases) else "Hours"
        return verb(of_question(tag, named_by_case(found)), 0, "")

    def _source(self, place: At | Open) -> str:
        if isinstance(place, Open):
            return self.library.host.name(place.url)
        document = self.library.documents[place.document]
        if place.number >= len(document.verbs):
            return f"{document.name}, its end"
        return f"{document.name}:{document.file.position(document.starts[place.number]).line}"

    def take(self, place: DocumentPlace, choice: Choice) -> DocumentPlace:
        if isinstance(place, Open):
            asked = self.library.host.open(place.url, dict(place.answers))
            assert asked is not None, "it is open"
            answers = (*place.answers, (subject_of(asked), choice.value))
            return self._settled(self._asked(place._replace(answers=answers)))
        assert isinstance(place, At)
        return self._settled(self._taken(place, choice))

    def _taken(self, place: At, choice: Choice) -> DocumentPlace:
        part = self.verb(place)
        if part.tag == "Gather":
            return self._gathered(place, part, choice)
        following = At(place.document, place.number + 1)
        if part.spec is None and self.readings["unknown-verb"] == "failure":
            return End(Event("failure", f"12200 {part.tag}"), self._source(place))
        if part.spec is None or not part.spec.leads:
            return following
        if part.tag == "Dial":
            ring = next_ring(part, place.ring, choice.outcome, self.readings)
            if ring is not None:
                return At(place.document, place.number, ring)
        teller = about(part)
        assumption = teller.does.assumption
        reading = self.readings[assumption.name] if assumption is not None else ""
        passed = () if part.does.listens else part.outcomes.next_verb
        if reading == "next" and (choice == SILENCE or choice.outcome in passed):
            return following
        failed = choice.outcome in part.outcomes.failed
        if reading == "end" and failed and part.get("action") is None:
            return End(HANGUP, self._source(place))
        asks_itself = teller.spec is not None and teller.spec.default_action is not None
        if teller is not part:  # no more than one page says so of a noun
            asks_itself = asks_itself and reading == "self"
        otherwise: Literal["self", "next"] = "self" if asks_itself else "next"
        return self._action(place, part, told(part, choice), otherwise)

    def _gathered(self, place: At, part: Part, choice: Choice) -> DocumentPlace:
        entered = told_input(part, choice)
        if not entered and part.literal("actionOnEmptyResult") != "true":
            return At(place.document, place.number + 1)
        return self._action(place, part, entered, otherwise="self")

    def _action(
        self,
        place: At,
        part: Part,
        told: Mapping[str, str],
        otherwise: Literal["self", "next"] = "next",
    ) -> DocumentPlace:
        """Where the action leads; without one to the next verb, or to the same document."""
        action = part.get("action")
        if action is None and otherwise == "next":
            return At(place.document, place.number + 1)
        address = action.strip() if isinstance(action, str) else ""
        return self._go(place, address, part.method, told)

    def _go(self, place: At, address: str, method: str, told: Mapping[str, str]) -> DocumentPlace:
        document = self.library.documents[place.document]
        if not address and "" not in self.library.foreign:
            return self._fetch(document.url, method, told, place)
        url = self.library.resolve(document.url, address)
        if url is None:
            return End.external(document.url, address, method, self._source(place))
        return self._fetch(url, method, told, place)

    def _fetch(
        self, url: str, method: str, told: Mapping[str, str], asking: At | None = None
    ) -> DocumentPlace:
        return self._asked(Open(url, method, tuple(told.items()), asking=asking))

    def _asked(self, place: Open) -> DocumentPlace:
        """What is there; the place itself where the host has to know more."""
        if self.library.host.open(place.url, dict(place.answers)) is not None:
            return place
        url, method, asking = place.url, place.method, place.asking
        told = dict((*place.told, *place.answers))
        key = (url, method, tuple(told.items()))
        found = self._fetched.get(key)
        if found is None:
            got = self.library.get(url, method, {**self.parameters, **told})
            if isinstance(got, Event):
                found = End(got, "" if asking is None else self._source(asking))
            else:
                found = At(got, 0)
            if self.remember:
                self._fetched[key] = found
        return found

    def _settled(self, place: DocumentPlace) -> DocumentPlace:
        """The place where something happens: behind redirects, and ends that mean something."""
        seen: set[At] = set()
        while isinstance(place, At):
            verbs = self.library.documents[place.document].verbs
            at_end = place.number >= len(verbs)
            if not at_end and verbs[place.number].tag != "Redirect":
                return place
            if place in seen:
                return End(
                    Event("failure", "documents that lead to each other forever"),
                    self._source(place),
                )
            seen.add(place)
            if at_end:
                place = self._ended(place)
            else:
                part = verbs[place.number]
                address = "".join(c for c in part.children if isinstance(c, str)).strip()
                place = self._go(place, address, part.method, {})
        return place

    def _ended(self, place: At) -> DocumentPlace:
        if self.context is Context.QUEUE_WAIT:
            return self._fetch(self.url, self.method, {}, place)
        return End.of_line(self.context, self.readings, self._source(place))
