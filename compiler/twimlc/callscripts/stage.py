"""What calls are played on: a compiled flow, or a folder of documents, comes in; lines go out.

A :class:`Line` is somebody's run of documents. Beside it runs the flow that they were made from,
where there is one: it tells the line of the source for everything that is heard.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin

from twimlc import vocabulary
from twimlc.flow.graph import Context, Graph, NodeKey
from twimlc.flow.model import StateLink
from twimlc.interpret.assumptions import OUR_READINGS
from twimlc.interpret.documents import Documents, Library
from twimlc.interpret.events import LEGS, name_of
from twimlc.interpret.flow import FlowMachine
from twimlc.interpret.folder import PostingHost
from twimlc.interpret.markup import Ours, Part
from twimlc.interpret.plan import served
from twimlc.interpret.walk import Scene
from twimlc.lower.plan import Plan

_NOBODYS = "https://documents.example"
"""Where a folder of documents lies if nobody says."""

_AT_END = {
    "join": Context.LEG,
    "repeat": Context.QUEUE_WAIT,
    "silence": Context.CONFERENCE_WAIT,
}


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A run of documents, and of the flow beside it (None for documents made elsewhere)."""

    documents: Documents
    flow: FlowMachine | None = None


class LegLink(NamedTuple):
    """A document of another party: whose (``name``), where it stands, and what both call it."""

    name: str
    attribute: str
    place: Ours
    meant: Ours | None


@dataclass(slots=True, eq=False)
class Stage:
    """One ``target`` (and row) of a flow, or a folder. ``name`` is how reports call it.

    ``line`` is the caller's; the machines of other lines are made once each.
    """

    name: str
    library: Library
    line: Line
    target: str = ""
    graph: Graph | None = None
    scene: Scene | None = None
    flow: str = ""
    _lines: dict[tuple[object, ...], Line] = field(default_factory=dict)

    def caller(self, parameters: Mapping[str, str]) -> Line:
        """The caller's line, where the first request carries ``parameters``."""
        if not parameters:
            return self.line
        made = self.line.documents
        key = ("caller", tuple(sorted(parameters.items())))
        if key not in self._lines:
            documents = Documents(
                self.library, made.url, made.method, made.context, made.readings, parameters
            )
            self._lines[key] = Line(documents, self.line.flow)
        return self._lines[key]

    def leg(self, link: LegLink) -> Line:
        """The line of another party."""
        key = (link.attribute, link.place.place, link.place.method)
        if key not in self._lines:
            assert isinstance(link.place.place, str), "documents hold addresses"
            context = _context(link.attribute)
            documents = Documents(self.library, link.place.place, link.place.method, context)
            self._lines[key] = Line(documents, self._meant(link, context))
        return self._lines[key]

    def _meant(self, link: LegLink, context: Context) -> FlowMachine | None:
        if self.graph is None or self.scene is None or link.meant is None:
            return None
        place = link.meant.place
        node = self.graph.entries.get(place.state) if isinstance(place, StateLink) else None
        return None if node is None else _machine(self.scene, node, context)


def flow_stage(
    target: str,
    row: str | None,
    graph: Graph,
    plan: Plan,
    files: Mapping[str, bytes],
    flow: str,
    url: str | None,
) -> Stage | None:
    """A flow on one target; None if the plan has no such flow. ``files`` are rendered documents."""
    entries = [entry for entry in plan.entries if entry.flow.rpartition("/")[2] == flow]
    if not entries or flow not in graph.starts:
        return None
    host = served(plan, files, url)
    address = host.url(entries[0].path)
    scene = Scene(graph, host, urljoin(address, "../"), plan.approximations)
    start = graph.starts[flow]
    context = graph.contexts.get(start, Context.CALL)
    line = Line(
        Documents(scene.library, address, "GET", context),
        _machine(scene, start, context),
    )
    name = f"{target} {row}" if row else target
    return Stage(name, scene.library, line, target, graph, scene, flow)


def folder_stage(name: str, files: Mapping[str, bytes], entry: str, url: str | None) -> Stage:
    """Documents made elsewhere."""
    host = PostingHost(url or _NOBODYS, files)
    library = Library(host)
    return Stage(name, library, Line(Documents(library, host.url(entry))))


def _machine(scene: Scene, start: NodeKey, context: Context) -> FlowMachine:
    return FlowMachine(
        scene.graph, start, context, OUR_READINGS, scene.approximated, scene.base, scene.moments
    )


def leg_links(part: Part, meant: Part | None) -> Iterator[LegLink]:
    """The documents of other parties that a verb leads to: whispers and what is waited to."""
    if part.tag == "Enqueue":
        yield from _link(part, meant, "waitUrl", part.text)
        return
    if part.tag != "Dial":
        return
    beside = list(meant.parts()) if meant is not None else []
    for number, noun in enumerate(part.parts()):
        other = beside[number] if number < len(beside) else None
        if noun.tag == "Conference":
            yield from _link(noun, other, "waitUrl", name_of(noun))
        elif noun.tag in LEGS or noun.tag == "Queue":
            yield from _link(noun, other, "url", name_of(noun))


def _link(part: Part, meant: Part | None, attribute: str, name: str) -> Iterator[LegLink]:
    place = part.get(attribute)
    other = meant.get(attribute) if meant is not None else None
    if isinstance(place, Ours):
        yield LegLink(name, place.name, place, other if isinstance(other, Ours) else None)


def _context(attribute: str) -> Context:
    known = vocabulary.CONTEXTS.get(attribute)
    return _AT_END.get(known.at_end, Context.LEG) if known else Context.LEG
