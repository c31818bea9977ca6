"""What a host answered: requests go in, documents come out, each text read once.

Sources: docs/voice/twiml; how Twilio takes an answer that is no TwiML is said there too.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.hosts.answer import NOT_ASKED, Host, Response
from twimlc.interpret import events
from twimlc.interpret.events import Event
from twimlc.interpret.machine import Position
from twimlc.interpret.markup import Key, Part, Read, Unreadable, joined, read
from twimlc.text import SourceFile

_MARKUP = ("text/xml", "application/xml", "text/html")
_REDIRECTS = (301, 302, 303, 307)
_MOST_REDIRECTS = 10
NOTHING: Mapping[str, str] = {}
Request = tuple[str, str, tuple[tuple[str, str], ...]]
"""An address, a method, and parameters."""
_Text = Read | Unreadable


class _Document(NamedTuple):
    url: str
    folder: str
    name: str
    verbs: tuple[Part, ...]
    starts: Sequence[int]
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
    answers: dict[Request, Response] = field(default_factory=dict, init=False)
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
            response = self.ask(url, method, NOTHING)
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
            known = got if isinstance(got, Unreadable) else self._keep(url, response, got)
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
            made = SourceFile("", ""), (verb,), array("L", [0])
            self._known[key] = self._keep(url, response, made)
        known = self._known[key]
        assert isinstance(known, int)
        return known

    def _keep(self, url: str, response: Response, text: Read) -> int:
        file, verbs, starts = text
        folder, name = url.partition("?")[0].rpartition("/")[0], self.host.name(url)
        self.documents.append(_Document(url, folder, response.path or name, verbs, starts, file))
        return len(self.documents) - 1


def _failure(code: int, why: str, url: str) -> Event:
    return Event("failure", f"{code} {url}: {why}")
