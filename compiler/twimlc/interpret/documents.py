"""The interpreter of documents: it reads what a host serves as Twilio does, and knows no flow.

Sources: docs/voice/twiml and the page of each verb under it; open questions are answered by
:mod:`~twimlc.interpret.assumptions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from twimlc import vocabulary
from twimlc.flow.graph import Context
from twimlc.hosts.answer import NOT_ASKED, Host, Response
from twimlc.interpret import events
from twimlc.interpret.assumptions import OUR_READINGS, Readings
from twimlc.interpret.events import HANGUP, Event
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
from twimlc.interpret.markup import Key, Part, Started, Unreadable, joined, read
from twimlc.text import SourceFile

_MARKUP = ("text/xml", "application/xml", "text/html")
_REDIRECTS = (301, 302, 303, 307)
_MOST_REDIRECTS = 10
_NOTHING: Mapping[str, str] = {}
_Request = tuple[str, str, tuple[tuple[str, str], ...]]
"""An address, a method, and parameters."""
_Text = tuple[SourceFile, Started] | Unreadable


class At(NamedTuple):
    """A verb about to run: number ``number`` of document ``document``, at ring ``ring``."""

    document: int
    number: int
    ring: int = 0


DocumentPlace = At | End


class _Document(NamedTuple):
    url: str
    folder: str
    name: str
    verbs: tuple[Part, ...]
    starts: tuple[int, ...]
    file: SourceFile


@dataclass(slots=True, eq=False)
class Library:
    """Documents fetched and read so far; several runs on one host share it.

    ``foreign`` holds addresses that are known to lead elsewhere though they look like ours. With
    ``share`` verbs that read the same are one: a run stands in every document that leads to it.
    """

    host: Host
    foreign: frozenset[str] = frozenset()
    share: bool = False
    answers: dict[_Request, Response] = field(default_factory=dict, init=False)
    documents: list[_Document] = field(default_factory=list, init=False)
    positions: dict[tuple[int, int, str], Position] = field(default_factory=dict, init=False)
    _parts: dict[Key, Part] = field(default_factory=dict, init=False)
    _resolved: dict[tuple[str, str], str] = field(default_factory=dict, init=False)
    _texts: dict[bytes, tuple[dict[str, str | None], _Text]] = field(
        default_factory=dict, init=False
    )
    _known: dict[tuple[str, bytes], int | Unreadable] = field(default_factory=dict, init=False)

    def forget(self) -> None:
        """Drop all documents; places in them mean nothing any more."""
        for kept in (self.documents, self.positions, self._parts, self._resolved, self._known):
            kept.clear()
        self.answers.clear()
        self._texts.clear()

    def ask(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        """What the host answers; with ``share`` it is asked once."""
        key = (url, method, tuple(parameters.items()))
        found = self.answers.get(key)
        if found is None:
            found = self.host.fetch(url, method, parameters)
            if self.share:
                self.answers[key] = found
        return found

    def turn_to(self, host: Host) -> bool:
        """Ask another host of the same addresses; whether any answer so far is another one there.

        If none is, every run goes there as it went.
        """
        self.host, before = host, self.answers.copy()
        self.answers.clear()
        return any(
            self.ask(url, method, dict(told)) != before[url, method, told]
            for url, method, told in before
        )

    def resolve(self, base: str, address: str) -> str | None:
        """The absolute form of an address of ours; None for anybody else's."""
        known = self._resolved.get((base, address))
        if known is None:
            url = joined(base, address)
            foreign = address in self.foreign or url in self.foreign
            known = self._resolved[base, address] = (
                url if self.host.owns(url) and not foreign else ""
            )
        return known or None

    def get(self, url: str, method: str, parameters: Mapping[str, str]) -> int | Event:
        """The number of the document that answers a request, or what is heard instead."""
        response = self.ask(url, method, parameters)
        for _ in range(_MOST_REDIRECTS):
            if response.status not in _REDIRECTS or response.location is None:
                break
            url = joined(url, response.location)
            method = "GET" if response.status == 303 else method
            # What was posted, such as Digits, is not sent again (docs/voice/twiml/gather).
            response = self.ask(url, method, _NOTHING)
        if response.status == NOT_ASKED.status:
            return events.external(url, method)
        if response.status in _REDIRECTS:
            return _failure(11215, "too many redirects", url)
        if not 200 <= response.status < 300:
            return _failure(11200, f"{method} answered with status {response.status}", url)
        if len(response.body) > vocabulary.DOCUMENT_LIMITS.max_bytes:
            return _failure(11750, f"{len(response.body)} bytes", url)
        kind = response.content_type.partition(";")[0].strip().lower()
        if kind.startswith("audio/"):
            return self._made(url, response, "Play", url)
        if kind not in (*_MARKUP, "text/plain"):
            return _failure(12300, f"content type {kind or 'missing'}", url)
        found = self._read(url, response)
        if isinstance(found, int):
            return found
        if kind == "text/plain":
            return self._made(url, response, "Say", response.body.decode("utf-8", "replace"))
        return _failure(found.code, found.why, url)

    def _read(self, url: str, response: Response) -> int | Unreadable:
        known = self._known.get((url, response.body))
        if known is None:
            got = self._text(url, response.body)
            known = got if isinstance(got, Unreadable) else self._keep(url, response, *got)
            self._known[url, response.body] = known
        return known

    def _text(self, url: str, body: bytes) -> _Text:
        """What stands in an answer; it is read again only if a link in it leads elsewhere."""
        links, text = self._texts.get(body, ({}, None))
        if text is not None and all(self.resolve(url, link) == links[link] for link in links):
            return text
        links = {}

        def resolve(address: str) -> str | None:
            found = links[address] = self.resolve(url, address)
            return found

        text = read(body, resolve, self._parts if self.share else None)
        self._texts[body] = links, text
        return text

    def _made(self, url: str, response: Response, tag: str, text: str) -> int:
        """An answer that is no TwiML but is heard all the same, and then the end."""
        key = (f"{tag} {url}", response.body)
        if key not in self._known:
            verb = Part(tag, vocabulary.VOICE[tag], (), (text,), 1)
            self._known[key] = self._keep(url, response, SourceFile("", ""), [(verb, 0)])
        known = self._known[key]
        assert isinstance(known, int)
        return known

    def _keep(self, url: str, response: Response, file: SourceFile, found: Started) -> int:
        verbs, starts = tuple(verb for verb, _ in found), tuple(start for _, start in found)
        folder, name = url.partition("?")[0].rpartition("/")[0], self.host.name(url)
        self.documents.append(_Document(url, folder, response.path or name, verbs, starts, file))
        return len(self.documents) - 1


def _failure(code: int, why: str, url: str) -> Event:
    return Event("failure", f"{code} {url}: {why}")


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
    _fetched: dict[_Request, DocumentPlace] = field(default_factory=dict, init=False)

    def begin(self) -> DocumentPlace:
        return self._settled(self._fetch(self.url, self.method, _NOTHING))

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
        if isinstance(place, End):
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

    def _source(self, place: At) -> str:
        document = self.library.documents[place.document]
        if place.number >= len(document.verbs):
            return f"{document.name}, its end"
        return f"{document.name}:{document.file.position(document.starts[place.number]).line}"

    def take(self, place: DocumentPlace, choice: Choice) -> DocumentPlace:
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
            declined = self.readings["hunt-after-decline"]
            ring = next_ring(part, place.ring, choice.outcome, declined)
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
        key = (url, method, tuple(told.items()))
        found = self._fetched.get(key)
        if found is None:
            got = self.library.get(url, method, {**self.parameters, **told})
            source = "" if asking is None else self._source(asking)
            found = End(got, source) if isinstance(got, Event) else At(got, 0)
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
