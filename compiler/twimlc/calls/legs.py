"""What a call is made to, and its legs: the caller's, those of whoever is called or waits.

Compiled flows, folders of documents and web servers come in, a :class:`CallTarget` goes out. Beside
the documents of a leg runs the flow that they were made from, where that is known: it gives the
line of the source for everything that is heard.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote, urljoin

from twimlc import vocabulary
from twimlc.calendars.settled import Settled
from twimlc.calls.requests import with_parameters
from twimlc.flow.contexts import context_at
from twimlc.flow.graph import Context
from twimlc.flow.model import StateLink
from twimlc.hosts.answer import SOMEWHERE, FileHost, Host, Response, served
from twimlc.hosts.twiml_bin.answer import BinHost
from twimlc.interpret.documents import Documents
from twimlc.interpret.events import name_of
from twimlc.interpret.flow import FlowMachine
from twimlc.interpret.library import Library
from twimlc.interpret.machine import Machine
from twimlc.interpret.markup import InternalLink, Part
from twimlc.interpret.walk import Scene
from twimlc.pipeline.single import CompiledFlow
from twimlc.project.files import MEDIA_LIMIT, is_inside, read_bytes
from twimlc.project.kinds import DOCUMENT_ENDINGS

NOBODYS = "https://documents.example"
"""Where a folder of documents lies for call scripts, if they do not say."""

Origins = Mapping[tuple[str, int], tuple[str, int]]
"""(document, its line) to (flow file, its line)."""


class Folder(Mapping[str, bytes]):
    """The files of a folder by path, each read when it is asked for; links that lead out of the
    folder are not there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[str, bytes | None] = {}

    def __getitem__(self, path: str) -> bytes:
        if path not in self._read:
            place = self.root / path
            self._read[path], _ = read_bytes(place, root=self.root, name=path, limit=MEDIA_LIMIT)
        found = self._read[path]
        if found is None:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[str]:
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and is_inside(path, self.root):
                yield path.relative_to(self.root).as_posix()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def entry(self) -> str | None:
        """The document that a call begins with, where that is clear."""
        if (self.root / "index.xml").is_file():
            return "index.xml"
        there = [path.name for path in self.root.iterdir() if path.suffix in DOCUMENT_ENDINGS]
        return there[0] if len(there) == 1 else None


class PostingHost(FileHost):
    """Plain files of which nobody knows how they are served: every method gets them."""

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        return FileHost.fetch(self, url, "GET", parameters)


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """A run of documents, and of the flow beside it (None for documents made elsewhere)."""

    documents: Documents
    flow: FlowMachine | None = None

    @property
    def machine(self) -> Machine[Any]:
        """The flow, or the documents that have none."""
        return self.documents if self.flow is None else self.flow


class LegLink(NamedTuple):
    """A document of another party: whose (``name``), where it is linked, and what both call it.

    ``shown`` is the callerId that was set for who is called.
    """

    name: str
    attribute: str
    place: InternalLink
    meant: InternalLink | None
    shown: str = ""

    @property
    def context(self) -> Context:
        return context_at(self.attribute)

    @property
    def waits(self) -> bool:
        """Whether it is heard by somebody who waits."""
        return self.context is not Context.LEG

    def parameters(self, caller: Mapping[str, str]) -> dict[str, str]:
        """What requests for it carry, where those of the caller carry ``caller``."""
        if self.waits:
            standard = vocabulary.is_standard_parameter
            return {name: value for name, value in caller.items() if standard(name)}
        if self.attribute == "Queue.url":  # who waited there has a call of their own
            return {}
        names = vocabulary.ON_EVERY_LEG | vocabulary.SHOWN_TO_CALLED
        sent = {"ParentCallSid": caller.get("CallSid", "")}
        sent |= {n: v for n, v in caller.items() if n in names and n not in sent}
        if self.shown:
            sent = {n: v for n, v in sent.items() if n not in vocabulary.SHOWN_TO_CALLED}
            sent |= dict.fromkeys(("From", "Caller"), self.shown)
        return sent


@dataclass(slots=True, eq=False)
class CallTarget:
    """What a call is made to. ``first`` is the caller's leg; other legs are made once each.

    ``target``, ``row`` and ``flow`` say what was compiled, ``name`` is how reports call it. For
    the phone, ``base`` is cut off addresses and ``origins`` lead from documents to the flow.
    ``calendars`` are those that it asks.
    """

    first: Leg
    name: str = ""
    target: str = ""
    row: str = ""
    flow: str = ""
    scene: Scene | None = None
    base: str = ""
    origins: Origins = field(default_factory=dict)
    calendars: Mapping[str, Settled] = field(default_factory=dict)
    _legs: dict[tuple[object, ...], Leg] = field(default_factory=dict)

    def caller(
        self, parameters: Mapping[str, str], query: Mapping[str, str] = MappingProxyType({})
    ) -> Leg:
        """The caller's leg; all requests carry ``parameters``, the first address also ``query``."""
        if not parameters and not query:
            return self.first
        first = self.first.documents
        url = with_parameters(first.url, query)
        return self._leg(replace(first, url=url, parameters=dict(parameters)), self.first.flow)

    def other(self, link: LegLink, caller: Mapping[str, str] = MappingProxyType({})) -> Leg:
        """The leg of another party; the caller's requests carry the parameters ``caller``."""
        assert isinstance(link.place.place, str), "documents hold addresses"
        documents = replace(
            self.first.documents,
            url=link.place.place,
            method=link.place.method,
            context=link.context,
            parameters=link.parameters(caller),
        )
        return self._leg(documents, self._beside(link))

    def _leg(self, of: Documents, flow: FlowMachine | None) -> Leg:
        key = (of.url, of.method, of.context, *sorted(of.parameters.items()))
        return self._legs.setdefault(key, Leg(of, flow))

    def _beside(self, link: LegLink) -> FlowMachine | None:
        if self.scene is None or link.meant is None:
            return None
        place = link.meant.place
        entries = self.scene.graph.entries
        node = entries.get(place.state) if isinstance(place, StateLink) else None
        return None if node is None else self.scene.machine(node, link.context)


def flow_target(compiled: CompiledFlow, *, lines: bool = False) -> CallTarget:
    """A flow as its documents are served, with the flow beside them.

    With ``lines``, which the phone shows, each line of a document leads to one of the flow.
    """
    finished, graph = compiled.finished, compiled.graph
    host = served(finished.plan, finished.files, compiled.url)
    if lines and isinstance(host, BinHost):
        host = replace(host, keep_lines=True)
    origins = {
        (page.path, at.line): (at.source, at.source_line)
        for page in (finished.pages if lines else ())
        for at in page.lines
    }
    address = host.url(compiled.entry)
    scene = Scene(graph, host, urljoin(address, "../"), finished.plan.approximations)
    machine = scene.machine(graph.starts[compiled.name], compiled.context)
    library = Library(host) if lines else scene.library  # which keeps no lines
    first = Leg(Documents(library, address, context=compiled.context), machine)
    target, row = compiled.target, compiled.row or ""
    base = host.url("")
    calendars = finished.plan.calendars
    return CallTarget(first, target, target, row, compiled.name, scene, base, origins, calendars)


def folder_target(
    folder: Folder, entry: str, url: str | None, *, name: str = "", post: bool = True
) -> CallTarget:
    """Documents made elsewhere, as a host of plain files under ``url`` serves them.

    With ``post`` the host answers POST as it answers GET.
    """
    host = (PostingHost if post else FileHost)(url or SOMEWHERE, folder)
    first = Leg(Documents(Library(host), host.url(quote(entry))))
    return CallTarget(first, name, base=host.url(""))


def web_target(host: Host, url: str, method: str) -> CallTarget:
    """A document on a web server and what it leads to.

    Every document is requested each time it is needed: the answer may be another one.
    """
    return CallTarget(Leg(Documents(Library(host), url, method, remember=False)))


def leg_links(part: Part, meant: Part | None) -> Iterator[LegLink]:
    """The documents of other parties that a verb leads to: whispers and what is waited to."""
    if part.does.waits:
        yield from _link(part, meant, part.does.waits, part.text)
        return
    beside = list(meant.parts()) if meant is not None else []
    for number, noun in enumerate(part.parts()):
        other = beside[number] if number < len(beside) else None
        for attribute, value in noun.spec.attributes.items() if noun.spec is not None else ():
            if attribute == noun.does.waits or value.fetch is vocabulary.Fetch.TWIML_LEG:
                for link in _link(noun, other, attribute, name_of(noun)):
                    yield link._replace(shown=part.literal("callerId"))


def _link(part: Part, meant: Part | None, attribute: str, name: str) -> Iterator[LegLink]:
    place = part.get(attribute)
    other = meant.get(attribute) if meant is not None else None
    if isinstance(place, InternalLink):
        yield LegLink(name, place.name, place, other if isinstance(other, InternalLink) else None)
