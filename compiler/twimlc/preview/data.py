"""The data that the page walks: flows that were looked at come in; JSON goes out.

``schema/preview.schema.json`` describes it. Addresses, times and the order of names in memory have
no part in it: the same flows give the same bytes.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from twimlc.about import VERSION
from twimlc.calls.phone import Transcript
from twimlc.calls.player import Observed
from twimlc.calls.script import Answer, Asked, asked_of
from twimlc.calls.write_script import add_answer, answer_form
from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.decisions import Cases, Clock, samples, subject_of
from twimlc.flow.graph import Context
from twimlc.flow.model import Element, MediaLink
from twimlc.interpret.documents import At, Documents
from twimlc.interpret.events import Event, events
from twimlc.interpret.flow import AtNode
from twimlc.interpret.machine import HANGUP, End
from twimlc.interpret.markup import InternalLink, Part
from twimlc.lower.plan import MediaFile
from twimlc.pipeline.picture import draw
from twimlc.preview.lines import Line
from twimlc.preview.walk import Standing, Walked
from twimlc.report.graph import render_graph
from twimlc.report.json_forms import finding_form
from twimlc.report.picture import Picture
from twimlc.text import SourceFile, Span
from twimlc.vocabulary.values import languages_of_voice

Json = dict[str, Any]

_CALL_VALUE = re.compile(r"\$\{call\.(\w+)\}")
_NAMED = re.compile(r'\{"call": "(\w+)"\}')
_USUAL_LANGUAGE = "en-US"
_LINES = {Context.LEG: "leg"}
_ENTERED = frozenset({"Digits", "SpeechResult"})
"""Values that the caller gives at a question."""


class Happening(NamedTuple):
    """An event with the element that it is of (None at an end), and the sound it plays.

    ``bare`` is the event without names of states and files.
    """

    event: Event
    bare: Event
    element: Element | None
    media: MediaLink | None
    span: Span


class Made(NamedTuple):
    """A flow's own part of the data, and the documents, sources and sounds that it names by
    number."""

    flow: Json
    documents: tuple[tuple[str, str], ...]
    sources: tuple[SourceFile, ...]
    sounds: tuple[MediaFile, ...]


def made_of(line: Line) -> Made:
    """One flow. Raises :class:`~twimlc.preview.walk.TooManyError`."""
    return _Maker(line, Walked(line.flow)).made()


@dataclass(slots=True, eq=False)
class _Maker:
    """Makes the part of one flow; what it names is numbered in the order in which it comes."""

    line: Line
    walked: Walked
    documents: dict[tuple[str, str], int] = field(default_factory=dict)
    sources: dict[str, SourceFile] = field(default_factory=dict)
    heard: dict[MediaLink, int] = field(default_factory=dict)

    def made(self) -> Made:
        flow, walked = self.line.flow, self.walked
        self.sources[self.line.file.path] = self.line.file
        picture = draw(flow.graph, flow.name)
        happenings = [[*_happenings(each)] for each in walked.positions]
        both = [*zip(walked.positions, happenings, strict=True)]
        positions = [self._position(here, found, picture) for here, found in both]
        values = _NAMED.findall(json.dumps(positions))
        model = flow.graph.flows[flow.name]
        entries = [(key, flow.graph.entries[key]) for key in flow.graph.states(flow.name)]
        first = {each.spot.place: number for number, each in [*enumerate(walked.positions)][::-1]}
        states = {key.name: first[AtNode(at)] for key, at in entries if AtNode(at) in first}
        said = (event["language"] for each in positions for event in each["events"])
        part = {
            "flow": flow.name,
            "row": flow.row,
            "target": flow.target,
            "kind": str(model.kind),
            "description": model.description or "",
            "language": next(filter(None, said), _USUAL_LANGUAGE),
            "digest": self._digest(both),
            "call": [*dict.fromkeys(name for name in values if name not in _ENTERED)],
            "start": 0,
            "states": states,
            "positions": positions,
            "picture": render_graph(picture, "svg"),
        }
        known = {sound.link: sound for sound in flow.finished.plan.media}
        sounds = tuple(known[link] for link in self.heard)
        return Made(part, (*self.documents,), (*self.sources.values(),), sounds)

    def _position(self, here: Standing, happenings: list[Happening], picture: Picture) -> Json:
        node, line, place = here.spot.node, here.spot.line, here.spot.place
        left = picture.left.get(node.key) if isinstance(place, End) and place.url else None
        own = node.state.flow == self.line.flow.name
        asks = _asked(here)
        places = [self._document(at) for at in here.beside if isinstance(at, At)]
        return {
            "state": node.state.home if own else f"{node.state.flow}/{node.state.home}",
            "box": left or picture.box_of.get(node.key),
            "source": self._place(node.span),
            "documents": [number for number, _ in places],
            "lines": [number for _, number in places],
            "on": "wait" if line.context.waits else _LINES.get(line.context, "call"),
            "events": [*self._events(here, happenings)],
            "asks": asks and {**asks, "script": _script(here)},
            "next": here.next,
            "listen": [{"name": name, "position": at} for name, at in here.listen.items()],
        }

    def _events(self, here: Standing, happenings: list[Happening]) -> Iterator[Json]:
        """Each event as it is in the documents (``text``) and as its author wrote it (the rest)."""
        documents = self.walked.documents
        told = documents.position(here.beside[0]).events if here.beside else here.position.events
        phone = Transcript(lambda text, _: text, places=False, base=self.walked.base)
        for heard, (event, _, element, media, span) in zip(told, happenings, strict=True):
            written = phone.lines(Observed(heard))
            yield {
                "event": event.kind,
                "text": _text(written[0][2:]),
                "value": _text(_joined(event)),
                "noun": event.noun,
                "attributes": {name: _text(text) for name, text in event.attributes},
                "language": _language(event, element),
                "media": None if media is None else self.heard.setdefault(media, len(self.heard)),
                "source": self._place(span),
            }

    def _document(self, at: At) -> tuple[int, int]:
        """The number of a document, and the line of a place in it."""
        found = self.walked.documents.library.documents[at.document]
        number = self.documents.setdefault((found.name, found.file.text), len(self.documents))
        return number, found.file.position(found.starts[at.number]).line

    def _place(self, span: Span) -> list[str | int]:
        self.sources.setdefault(span.file.path, span.file)
        return [span.file.path, span.begin.line]

    def _digest(self, both: list[tuple[Standing, list[Happening]]]) -> str:
        """12 digits over what is heard and asked. Where a call ends is told in place of a number:
        ends in one line are one position, in two lines two."""
        sounds = {sound.link: sound.content.sha256 for sound in self.line.flow.finished.plan.media}
        told: list[tuple[object, Standing]] = []
        numbers: dict[int, object] = {}
        for number, (here, happenings) in enumerate(both):
            heard: object = [
                [*bare, _language(event, element), sounds.get(media) if media else None]
                for event, bare, element, media, _ in happenings
            ]
            over = isinstance(here.spot.place, End)
            numbers[number] = heard if over else len(told)
            told += [] if over else [(heard, here)]
        whole = [
            [heard, _asked(here), _to(here.next, numbers), _to(here.listen, numbers)]
            for heard, here in told
        ]
        text = json.dumps(whole, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()[:12]


def _to(ways: Mapping[str, int], numbers: Mapping[int, object]) -> list[tuple[str, object]]:
    return [(answer, numbers[number]) for answer, number in ways.items()]


def _happenings(here: Standing) -> Iterator[Happening]:
    """What happens at a position of a flow."""
    node, part, element = here.spot.node, here.position.part, here.spot.node.element
    if part is None or element is None or isinstance(here.spot.line, Documents):
        yield from (Happening(each, each, None, None, node.span) for each in here.position.events)
        return
    pieces: list[tuple[Part, Element]] = [(part, element)]
    if here.position.question == "gather":
        pieces = [*zip(part.parts(), element.elements(), strict=True)]
    for piece, written in pieces:
        ring = here.position.ring if piece is part else 0
        both = zip(events(piece, ring), events(_bare(piece), ring), strict=True)
        link = piece.link()
        media = link.place if link is not None and isinstance(link.place, MediaLink) else None
        for event, bare in both:
            yield Happening(event, bare, written, media, written.span)


def _bare(part: Part) -> Part:
    """A verb without names of states and files."""
    return Part(
        part.tag,
        part.spec,
        tuple(pair for pair in part.attributes if isinstance(pair[1], str)),
        tuple(
            _bare(c) if isinstance(c, Part) else c
            for c in part.children
            if not isinstance(c, InternalLink)
        ),
        part.line,
    )


def _asked(here: Standing) -> Json | None:
    asked, part = here.asked, here.position.part
    if asked is None or part is None:
        return None
    _, most, finish = part.hears
    return {
        "kind": asked.kind,
        "subject": _subject(part, here) if asked.outcomes else "",
        "usual": asked.word(asked.usual),
        "keys": asked.keys,
        "speech": asked.speech,
        "most": int(most) if asked.keys and most.isdecimal() and int(most) else None,
        "finish": finish if asked.keys else "",
    }


def _script(here: Standing) -> Json | None:
    """How a call script says each answer: ``key`` of the call, the ``names`` that it is for, and
    what is said of the ``first`` name and of the ``rest`` where that is not the answer's own word.
    None where the caller says it."""
    asked, part, first, rest = here.asked, here.position.part, dict[str, Any](), dict[str, Any]()
    if part is not None and isinstance(part.asks, Clock):
        named = [part.asks.calendar.rpartition("/")[2]]
        return {"key": "hours", "names": named, "first": {}, "rest": {}}
    if part is not None and isinstance(part.asks, Cases):
        values = dict(reversed([*samples(part.asks)]))
        return {"key": "params", "names": [part.asks.parameter], "first": values, "rest": {}}
    if asked is None or not asked.outcomes:
        return None
    names: list[str] = []
    for word, choice in (*asked.outcomes.items(), ("hangup", HANGUP)):
        said: dict[Asked, list[Answer]] = defaultdict(list)
        add_answer(said, here.position, choice, None)
        for number, ((_, name), answers) in enumerate(said.items()):
            form = answer_form(answers[0])
            (rest if number else first).update({} if form == word else {word: form})
            names += [] if name in names else [name]
    kind, _ = next(asked_of(here.position), ("", ""))
    return {"key": kind, "names": [*map(_text, names)], "first": first, "rest": rest}


def _subject(part: Part, here: Standing) -> str | list[str | Json]:
    """Who is rung, the room, the queue; or what decides before anything is heard."""
    if part.asks is not None:
        return subject_of(part.asks).rpartition("/")[2]
    heard = here.position.events
    return _text(_joined(heard[0])) if heard else ""


def _joined(event: Event) -> str:
    return event.value if isinstance(event.value, str) else ", ".join(event.value)


def _text(text: str) -> str | list[str | Json]:
    """A text, or where it holds values of the call a list of texts and names."""
    pieces = _CALL_VALUE.split(text)
    if len(pieces) == 1:
        return text
    parts = ({"call": piece} if at % 2 else piece for at, piece in enumerate(pieces))
    return [part for part in parts if part]


def _language(event: Event, element: Element | None) -> str:
    """The language that is spoken, as far as the text tells."""
    if event.kind != "say" or element is None:
        return ""
    voice, given = element.literal("voice") or "", element.literal("language")
    if given or not voice:
        return given or _USUAL_LANGUAGE
    maker, _, name = voice.partition(".")
    if maker == "Google":
        return "-".join(name.split("-")[:2])
    return next(iter(languages_of_voice(voice)), _USUAL_LANGUAGE)


def data_of(
    lines: Sequence[Made],
    findings: Sequence[Diagnostic],
    *,
    source: bool,
    href: Callable[[MediaFile], str | None],
) -> Json:
    """Flows together. ``href`` gives the address of a sound; without ``source`` there are no texts
    of flows and documents."""
    documents: dict[tuple[str, str], int] = {}
    sounds: dict[tuple[str, str], tuple[int, MediaFile]] = {}
    texts: dict[str, SourceFile] = {}
    flows: list[Json] = []
    for made in lines:
        texts |= {file.path: file for file in made.sources}
        pages = [documents.setdefault(each, len(documents)) for each in made.documents]
        heard = [
            sounds.setdefault((each.link.path, each.content.sha256), (len(sounds), each))[0]
            for each in made.sounds
        ]
        positions = [
            _renumbered(each, pages if source else None, heard) for each in made.flow["positions"]
        ]
        flows.append({**made.flow, "positions": positions})
    for finding in findings:
        spans = (finding.span, *finding.span.chain, *(label.span for label in finding.labels))
        texts |= {span.file.path: span.file for span in spans}
    return {
        "tool": f"twimlc {VERSION}",
        "flows": flows,
        "sources": [{"path": p, "text": texts[p].text} for p in sorted(texts)] if source else [],
        "documents": [{"path": path, "text": text} for path, text in documents] if source else [],
        "media": [
            {"name": each.link.path, "type": each.media_type, "href": href(each)}
            for _, each in sounds.values()
        ],
        "findings": [finding_form(each) for each in findings],
    }


def _renumbered(position: Json, pages: list[int] | None, sounds: list[int]) -> Json:
    found = [
        {**event, "media": None if event["media"] is None else sounds[event["media"]]}
        for event in position["events"]
    ]
    if pages is None:
        return {**position, "events": found, "documents": [], "lines": []}
    return {**position, "events": found, "documents": [pages[n] for n in position["documents"]]}
