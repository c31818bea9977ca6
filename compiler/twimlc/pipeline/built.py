"""What a row (or none) of some flows adds to a target's folder: plans come in, bytes go out."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from twimlc.calendars.kept import to_json
from twimlc.lower.names import cache_of
from twimlc.lower.plan import Decision, Markup
from twimlc.output.manifest import PUBLIC, DocumentEntry, base_name
from twimlc.output.plan import OutputFile
from twimlc.pipeline.asked import text_of
from twimlc.pipeline.load import Loaded
from twimlc.pipeline.variants import Compiled, Variant
from twimlc.project.files import FileContent
from twimlc.render.document import MEDIA_TYPE, LineOrigin, Rendered
from twimlc.render.versions import Finished


class BuiltFlow(NamedTuple):
    """A flow (``ROW/FLOW``): where it starts, and the longest chain of fetches (None: no bound)."""

    flow: str
    path: str
    source: str
    fetches: int | None
    version: str | None
    answers_messages: bool


class Allowed(NamedTuple):
    """An approximation that the author allows: ``path`` is as findings show it."""

    name: str
    flow: str
    path: str
    source: str
    line: int
    column: int
    meaning: str


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """What is written; ``leads`` are the flows whose versions each flow leads to.

    ``questions``, and ``calendars`` by name, are JSON as the manifest has it.
    """

    files: tuple[OutputFile, ...]
    flows: tuple[BuiltFlow, ...]
    leads: Mapping[str, Collection[str]]
    decisions: tuple[Decision, ...]
    approximations: tuple[Allowed, ...]
    assumptions: tuple[str, ...]
    addresses: tuple[tuple[str, str], ...]
    apology: tuple[Markup, ...]
    questions: tuple[str, ...] = ()
    calendars: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Proven:
    """``pairs`` compared by flow (ROW/FLOW); flows that are not there were not compared wholly."""

    pairs: dict[str, int] = field(default_factory=dict)
    incomplete: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def repeat(self, twin: str, row: str) -> None:
        """What holds of the flows of a row's twin holds of its own: they differ in texts alone."""
        for flow in [flow for flow in self.pairs if flow.startswith(f"{twin}/")]:
            self.pairs[f"{row}/{base_name(flow)}"] = self.pairs[flow]
        found = [flow for flow in self.incomplete if flow.startswith(f"{twin}/")]
        self.incomplete += [f"{row}/{base_name(flow)}" for flow in found]


def built(loaded: Loaded, made: Compiled, variant: Variant) -> Built | None:
    """What is written of a row; None where it was refused."""
    finished = variant.finished()
    if finished is None:
        return None
    plan, survey = finished.plan, loaded.survey
    return Built(
        files=tuple(_files(loaded, finished)),
        flows=tuple(
            BuiltFlow(
                entry.flow,
                entry.path,
                loaded.flows[base_name(entry.flow)].source,
                entry.fetches,
                finished.versions.get(entry.flow),
                base_name(entry.flow) in variant.messaging,
            )
            for entry in plan.entries
        ),
        leads=finished.leads,
        decisions=plan.decisions,
        approximations=tuple(
            Allowed(
                found.name,
                found.flow,
                found.span.file.path,
                survey.named(survey.cwd / found.span.file.path),
                *found.span.begin,
                found.meaning,
            )
            for found in plan.approximations
        ),
        assumptions=plan.assumptions,
        addresses=plan.addresses,
        apology=plan.apology,
        questions=tuple(text_of(each, single=plan.host.single) for each in plan.questions),
        calendars=tuple(
            (name, json.dumps(to_json(settled))) for name, settled in plan.calendars.items()
        ),
    )


def led_to(leads: Mapping[str, Collection[str]], selected: Collection[str]) -> set[str]:
    """The flows, without rows, that are written with some: all whose versions they lead to."""
    found: set[str] = set()
    waiting = [name for name in leads if base_name(name) in selected]
    while waiting:
        name = waiting.pop()
        if base_name(name) not in found:
            found.add(base_name(name))
            waiting += leads[name]
    return found


def _files(loaded: Loaded, finished: Finished) -> list[OutputFile]:
    plan, flows = finished.plan, loaded.flows
    single = plan.host.single
    decided = {path for decision in plan.decisions for path in decision.targets()}
    decided |= {path for q in plan.questions for path in (q.path, *q.targets())}
    files: list[OutputFile] = []
    for page in finished.pages:
        # A Bin is pasted, all others are served.
        path = page.path if single else PUBLIC + page.path
        cache = "" if single else cache_of(page.path, decided)
        files.append(OutputFile(path, FileContent.of(page.data), _entry(loaded, page, cache)))
    for sound in plan.media:
        folder = flows[sound.link.flow].folder
        source = loaded.survey.named(folder / sound.link.path)
        entry = DocumentEntry(sound.media_type, cache=cache_of(sound.path, ()), source=source)
        files.append(OutputFile(PUBLIC + sound.path, sound.content, entry))
    return files


def _entry(loaded: Loaded, page: Rendered, cache: str) -> DocumentEntry:
    document, name = page.document, base_name(page.document.flow)
    flow = loaded.flows.get(name)
    return DocumentEntry(
        media_type=MEDIA_TYPE,
        flow=document.flow,
        cache=cache,
        source=flow.source if flow else document.source,
        states=document.states,
        lines=_lines(page.lines, name),
    )


@lru_cache(maxsize=1024)
def _lines(origins: tuple[LineOrigin, ...], flow: str) -> tuple[tuple[int, str, int], ...]:
    """The lines of a document as the manifest has them; rows that are alike share them."""
    return tuple(
        (at.line, at.state if "/" in at.state else f"{flow}/{at.state}", at.source_line)
        for at in origins
    )
