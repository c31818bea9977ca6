"""The interpreter of documents: it reads what a host serves as Twilio does, and knows no flow.

Sources: docs/voice/twiml and the page of each verb under it; open questions are answered by
:mod:`~twimlc.interpret.assumptions`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

from twimlc import vocabulary
from twimlc.flow.graph import Context
from twimlc.interpret import events
from twimlc.interpret.assumptions import OUR_READINGS, Readings
from twimlc.interpret.choices import (
    SILENCE,
    Asked,
    Choice,
    next_ring,
    noun_of,
    told,
    told_input,
)
from twimlc.interpret.events import HANGUP, JOIN, Event
from twimlc.interpret.host import NOT_ASKED, Host
from twimlc.interpret.machine import Moment, Over, verb
from twimlc.interpret.markup import Key, Part, absolute, joined, leads, shared, with_links
from twimlc.interpret.reading import Unreadable, read

_MARKUP = ("text/xml", "application/xml", "text/html")
_REDIRECTS = (301, 302, 303, 307)
_MOST_REDIRECTS = 10
_NOTHING: Mapping[str, str] = {}


class At(NamedTuple):
    """A verb about to run: number ``number`` of document ``document``, at ring ``ring``."""

    document: int
    number: int
    ring: int = 0


DocumentPlace = At | Over


class _Document(NamedTuple):
    url: str
    name: str
    verbs: tuple[Part, ...]
    lines: tuple[int, ...]  # of each verb; a shared one knows another


class Library:
    """Documents fetched and read so far; several runs on one host share it.

    ``foreign`` holds addresses that are known to lead elsewhere though they look like ours. With
    ``share`` verbs that read the same are one: a run stands in every document that leads to it.
    """

    def __init__(
        self, host: Host, foreign: frozenset[str] = frozenset(), *, share: bool = False
    ) -> None:
        self.host = host
        self.foreign, self.share = foreign, share
        self.documents: list[_Document] = []
        self.moments: dict[tuple[int, int, str], Moment] = {}
        self._parts: dict[Key, Part] = {}
        self._resolved: dict[tuple[str, str], str] = {}
        self._known: dict[tuple[str, bytes], int | Unreadable] = {}

    def forget(self) -> None:
        """Drop all documents; places in them mean nothing any more."""
        for kept in (self.documents, self.moments, self._parts, self._resolved, self._known):
            kept.clear()

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
        response = self.host.fetch(url, method, parameters)
        for _ in range(_MOST_REDIRECTS):
            if response.status not in _REDIRECTS or response.location is None:
                break
            url = joined(url, response.location)
            method = "GET" if response.status == 303 else method
            # What was posted, such as Digits, is not sent again (docs/voice/twiml/gather).
            response = self.host.fetch(url, method, _NOTHING)
        if response == NOT_ASKED:
            return events.external(url, method)
        if response.status in _REDIRECTS:
            return _failure(11215, "too many redirects", url)
        if not 200 <= response.status < 300:
            return _failure(11200, f"{method} answered with status {response.status}", url)
        if len(response.body) > vocabulary.DOCUMENT_LIMITS.max_bytes:
            return _failure(11750, f"{len(response.body)} bytes", url)
        kind = response.content_type.partition(";")[0].strip().lower()
        if kind.startswith("audio/"):
            return self._made(url, response.body, "Play", url)
        if kind not in (*_MARKUP, "text/plain"):
            return _failure(12300, f"content type {kind or 'missing'}", url)
        found = self._read(url, response.body)
        if isinstance(found, int):
            return found
        if kind == "text/plain":
            return self._made(url, response.body, "Say", response.body.decode("utf-8", "replace"))
        return _failure(found.code, found.why, url)

    def _read(self, url: str, body: bytes) -> int | Unreadable:
        known = self._known.get((url, body))
        if known is None:
            root = read(body)
            if isinstance(root, Unreadable):
                known = root
            else:
                verbs = tuple(
                    with_links(part, lambda address: self.resolve(url, address))
                    for part in root.parts()
                )
                known = self._keep(url, verbs)
            self._known[url, body] = known
        return known

    def _made(self, url: str, body: bytes, tag: str, text: str) -> int:
        """An answer that is no TwiML but is heard all the same, and then the end."""
        key = (f"{tag} {url}", body)
        if key not in self._known:
            verb = Part(tag, vocabulary.VOICE[tag], (), (text,), 1)
            self._known[key] = self._keep(url, (verb,))
        known = self._known[key]
        assert isinstance(known, int)
        return known

    def _keep(self, url: str, verbs: tuple[Part, ...]) -> int:
        lines = tuple(verb.line for verb in verbs)
        if self.share:
            verbs = tuple(shared(verb, self._parts) for verb in verbs)
        self.documents.append(_Document(url, self.host.name(url), verbs, lines))
        return len(self.documents) - 1


def _failure(code: int, why: str, url: str) -> Event:
    return Event("failure", f"{code} {url}: {why}")


class Documents:
    """A run of documents that begins at ``url``; ``context`` says on whose line.

    With ``remember`` false the host is asked again where an answer may have changed.
    """

    def __init__(
        self,
        library: Library,
        url: str,
        method: str = "GET",
        context: Context = Context.CALL,
        readings: Readings = OUR_READINGS,
        parameters: Mapping[str, str] = _NOTHING,
        *,
        remember: bool = True,
    ) -> None:
        self.library = library
        self.remember = remember
        self.url = url
        self.method = method
        self.context = context
        self.readings = readings
        self.parameters = dict(parameters)
        self._fetched: dict[tuple[str, str, tuple[tuple[str, str], ...]], DocumentPlace] = {}

    def begin(self) -> DocumentPlace:
        return self._settled(self._fetch(self.url, self.method, _NOTHING))

    def verb(self, place: At) -> Part:
        """The verb at a place; places that are handed out always have one."""
        return self.library.documents[place.document].verbs[place.number]

    def moment(self, place: DocumentPlace) -> Moment:
        if isinstance(place, Over):
            return place.moment()
        part, base = self.verb(place), self.library.documents[place.document].url
        key = (id(part), place.ring, base.partition("?")[0].rpartition("/")[0])
        found = self.library.moments.get(key)
        if found is None:
            found = self.library.moments[key] = verb(part, place.ring, base)
        return replace(found, source=self._source(place))

    def asked(self, place: DocumentPlace) -> Asked | None:
        """What the answers to a Gather hang on; None for other verbs, and if it leads elsewhere.

        Where two Gathers have this in common, keys and speech lead from both to the same place.
        """
        if isinstance(place, Over):
            return None
        part = self.verb(place)
        if part.tag != "Gather":
            return None
        document = self.library.documents[place.document]
        address = part.literal("action").strip()
        url = self.library.resolve(document.url, address) if address else None
        if url is None:
            return None
        hears, length, finish = map(part.literal, ("input", "numDigits", "finishOnKey"))
        return Asked(hears, length, finish, url, part.literal("method", "POST").upper())

    def _source(self, place: At) -> str:
        document = self.library.documents[place.document]
        if place.number >= len(document.verbs):
            return f"{document.name}, its end"
        return f"{document.name}:{document.lines[place.number]}"

    def take(self, place: DocumentPlace, choice: Choice) -> DocumentPlace:
        assert isinstance(place, At)
        return self._settled(self._taken(place, choice))

    def _taken(self, place: At, choice: Choice) -> DocumentPlace:
        part = self.verb(place)
        following = At(place.document, place.number + 1)
        match part.tag:
            case "Gather":
                return self._gathered(place, part, choice)
            case "Record" if choice == SILENCE and self.readings["record-silence"] == "next":
                return following
            case "Record":
                return self._action(place, part, {}, otherwise="self")
            case "Dial":
                declined = self.readings["hunt-after-decline"]
                ring = next_ring(part, place.ring, choice.outcome, declined)
                if ring is not None:
                    return At(place.document, place.number, ring)
                return self._action(place, part, told(part, choice))
            case "Pay":
                attempts = choice.outcome == "too-many-failed-attempts"
                if attempts and self.readings["pay-attempts"] == "next":
                    return following
                return self._action(place, part, told(part, choice), otherwise="self")
            case "Connect":
                return self._connected(place, part, choice)
            case _ if leads(part.spec):
                return self._action(place, part, told(part, choice))
            case _ if part.spec is None and self.readings["unknown-verb"] == "failure":
                return Over(Event("failure", f"12200 {part.tag}"), self._source(place))
            case _:
                return following

    def _gathered(self, place: At, part: Part, choice: Choice) -> DocumentPlace:
        entered = told_input(part, choice)
        if not entered and part.literal("actionOnEmptyResult") != "true":
            return At(place.document, place.number + 1)
        return self._action(place, part, entered, otherwise="self")

    def _connected(self, place: At, part: Part, choice: Choice) -> DocumentPlace:
        noun = noun_of(part)
        tag = noun.tag if noun is not None else ""
        acts = part.get("action") is not None
        if choice.outcome == "not-open" and self.readings["room-not-open"] == "next":
            return At(place.document, place.number + 1)
        if tag == "VirtualAgent" and not acts:
            otherwise: Literal["self", "next"] = (
                "self" if self.readings["virtual-agent-without-action"] == "self" else "next"
            )
            return self._action(place, part, told(part, choice), otherwise=otherwise)
        lost = tag == "ConversationRelay" and choice.outcome == "failed" and not acts
        if lost and self.readings["relay-failed-without-action"] == "end":
            return Over(HANGUP, self._source(place))
        return self._action(place, part, told(part, choice))

    def _action(
        self,
        place: At,
        part: Part,
        told: Mapping[str, str],
        otherwise: Literal["self", "next"] = "next",
    ) -> DocumentPlace:
        """Where the action leads; without one to the next verb, or to the same document."""
        action = part.literal("action").strip()
        if part.get("action") is None and otherwise == "next":
            return At(place.document, place.number + 1)
        asks_post = part.tag == "Pay"  # POST whatever is written (docs/voice/twiml/pay)
        method = "POST" if asks_post else part.literal("method", "POST").upper()
        return self._go(place, action, method, told)

    def _go(self, place: At, address: str, method: str, told: Mapping[str, str]) -> DocumentPlace:
        document = self.library.documents[place.document]
        if not address and "" not in self.library.foreign:
            return self._fetch(document.url, method, told, self._source(place))
        url = self.library.resolve(document.url, address)
        if url is None:
            there = absolute(document.url, address)
            return Over(events.external(address, method), self._source(place), there)
        return self._fetch(url, method, told, self._source(place))

    def _fetch(
        self, url: str, method: str, told: Mapping[str, str], source: str = ""
    ) -> DocumentPlace:
        key = (url, method, tuple(told.items()))
        found = self._fetched.get(key)
        if found is None:
            got = self.library.get(url, method, {**self.parameters, **told})
            found = Over(got, source) if isinstance(got, Event) else At(got, 0)
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
                return Over(
                    Event("failure", "documents that lead to each other for ever"),
                    self._source(place),
                )
            seen.add(place)
            if at_end:
                place = self._ended(place)
            else:
                part = verbs[place.number]
                address = "".join(c for c in part.children if isinstance(c, str)).strip()
                place = self._go(place, address, part.literal("method", "POST").upper(), {})
        return place

    def _ended(self, place: At) -> DocumentPlace:
        source = self._source(place)
        match self.context:
            case Context.CALL:
                return Over(HANGUP, source)
            case Context.LEG:
                return Over(JOIN if self.readings["leg-end"] == "join" else HANGUP, source)
            case Context.QUEUE_WAIT:
                return self._fetch(self.url, self.method, {}, source)
            case Context.CONFERENCE_WAIT:
                return Over(events.SILENCE, source)
            case Context.MESSAGE:
                return Over(events.SENT, source)
