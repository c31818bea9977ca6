"""TwiML Bins: the graph of all flows comes in, a plan with one Bin for each flow goes out.

A flow is cut into documents as for any other host; then each document becomes a section of one
Bin (:mod:`~twimlc.lower.sections`), and a link the query that opens it. A decision asks the Bin
which question was asked (``q``) and which table its answers are named after (``t``).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.hosts import BIN_TOO_BIG
from twimlc.flow.graph import Context, Graph, NodeKey
from twimlc.flow.model import MediaLink, StateLink
from twimlc.lower.apology import apology, apology_nodes
from twimlc.lower.audio import gather_media
from twimlc.lower.bin_checks import check_calls, check_flow
from twimlc.lower.bin_names import KINDS, LINES, FlowKeys, Names, Queries, Question, ends
from twimlc.lower.bin_places import fingerprint_places
from twimlc.lower.bin_size import MOST_NESTED, deepest, largest_answer
from twimlc.lower.bin_values import shown, with_kept_keys
from twimlc.lower.common import (
    entry_of,
    fetches,
    find_ways,
    links_of,
    may_decline_in_turn,
    once,
    states_of,
)
from twimlc.lower.compose import Composer
from twimlc.lower.drafts import Decided, Draft, Jump, Verb
from twimlc.lower.host import Site
from twimlc.lower.keys import DecisionKey, DocumentKey, Keys
from twimlc.lower.links import Writer, Written
from twimlc.lower.plan import Bin, FlowEntry, Markup, Plan
from twimlc.lower.sections import Block, Section, arrange, messages
from twimlc.lower.size import element_size
from twimlc.lower.ways import END, Way, find_boundaries
from twimlc.source.files import FileContent
from twimlc.vocabulary import DOCUMENT_LIMITS

HANDLER = "https://handler.twilio.com/twiml/"
"""Where a Bin is served, by its SID."""

_ALWAYS = ("bin-sections", "bin-parameters", "bin-relative-query", "bin-saved-as-typed")
_PARTED = (
    "part the flow in two and give the second a number of its own,"
    " or use a host of files with a router"
)
_SMALL = 1024
"""Bytes that may be written twice, so that they stand in the answers only where they are meant."""


def lower_bins(
    graph: Graph, site: Site, media: Callable[[MediaLink], FileContent | None]
) -> tuple[Plan | None, list[Diagnostic]]:
    """One Bin for each flow; None if something had to be refused."""
    ways, approximations, findings = find_ways(graph, site)
    findings += check_flow(graph, ways, site)
    if findings:
        return None, once(findings)
    nodes = [*(graph.nodes[key] for key in ways), *apology_nodes(site)]
    links = [link for node in nodes for link in links_of(node) if isinstance(link, MediaLink)]
    paths, files = gather_media(links, media)
    made: list[_Made] = []
    bins = dict(site.bins)
    whole, boundaries = Keys(graph, site.root), find_boundaries(graph, ways)
    for flow in sorted(graph.starts):
        keys = FlowKeys(whole, flow)
        one, found = _Lowering(graph, ways, site, paths, flow, keys, boundaries).run(bins.get(flow))
        findings += found
        if one is not None:
            made.append(one)
    if findings:
        return None, once(findings)
    addresses = [(one.bin.path, HANDLER + bins[name]) for one in made if (name := one.flow) in bins]
    sounds = [(file.path, f"{site.media}/{file.path.rpartition('/')[2]}") for file in files]
    assumptions = (
        *_ALWAYS,
        *["relative-urls"] * any(one.relative_urls for one in made),
        *["hunt-after-decline"] * any(may_decline_in_turn(node) for node in nodes),
        *["handoff-never-empty"] * any(one.handoff for one in made),
    )
    plan = Plan(
        host=site.host.name,
        documents=tuple(one.bin for one in made),
        media=files,
        entries=tuple(
            FlowEntry(one.bin.flow, one.bin.path, one.bin.source, one.fetches) for one in made
        ),
        approximations=tuple(approximations),
        assumptions=assumptions,
        addresses=(*addresses, *sounds),
    )
    return plan, []


@dataclass(frozen=True, slots=True)
class _Made:
    flow: str
    bin: Bin
    fetches: int | None
    relative_urls: bool
    handoff: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as a step of its own: it costs a request before its answer does."""

    decided: Decided

    def next_documents(self) -> Iterator[DocumentKey]:
        yield from self.decided.documents()


@dataclass(frozen=True, slots=True)
class _Leaving:
    """A document whose decisions are steps of their own."""

    draft: Draft
    asked: Mapping[DecisionKey, DocumentKey]

    def next_documents(self) -> Iterator[DocumentKey]:
        for piece in self.draft.pieces:
            match piece:
                case Verb(leave=DocumentKey() as leave):
                    yield leave
                case Verb(leave=Decided() as decided):
                    yield self.asked[decided.key]
                case Jump(target=target):
                    yield target


class _Lowering:
    """Makes the Bin of one flow."""

    def __init__(
        self,
        graph: Graph,
        ways: Mapping[NodeKey, Way],
        site: Site,
        media: Mapping[MediaLink, str],
        flow: str,
        keys: FlowKeys,
        boundaries: set[NodeKey],
    ) -> None:
        self._graph, self._ways, self._site, self._media = graph, ways, site, media
        self._flow, self._keys, self._boundaries = flow, keys, boundaries

    def run(self, sid: str | None) -> tuple[_Made | None, list[Diagnostic]]:
        keys, site, graph = self._keys, self._site, self._graph
        written: Written = {}
        composer = Composer(graph, self._ways, keys, self._media, site, written, self._boundaries)
        start = keys.start(self._flow)
        drafts = composer.compose([start])
        if composer.findings:
            return None, composer.findings
        stands_for, fingerprints = fingerprint_places(
            drafts, self._ways, keys, self._media, site, written
        )
        findings = list(check_calls(graph, self._flow, start, drafts, stands_for))
        if findings:
            return None, findings
        order = [key for key in drafts if stands_for[key] == key]
        asked = {d.key: d for key in order for d in drafts[key].decisions()}
        names = Names(stands_for, fingerprints, asked)
        questions = {question.name: question for question in names.questions.values()}.values()
        arrivals = self._arrivals(names, stands_for, questions, order, drafts)
        values = {key: shown(drafts[key]) for key in order}
        dynamic = {
            names.place(key)
            for key in arrivals
            if values[key] and LINES.get(keys.context(key)) is not None
        }
        address = HANDLER + sid if sid else None
        queries = Queries(names, keys, dynamic, site, self._media, address)
        carry = any("Digits" in values[to] for q in questions for to in ends(q))
        bodies: dict[DocumentKey, tuple[Markup, ...]] = {}
        for key in order:
            writer = Writer(start, keys, site, queries, written)
            body = tuple(with_kept_keys(verb) for verb in drafts[key].markup(writer))
            bodies[key] = body + self._end(drafts[key])
        sections = [self._section(key, arrivals[key], bodies[key], values[key]) for key in arrivals]
        kinds = [kind for kind in KINDS if any(q.kind == kind for q in questions)]
        unasked = [kind.flag for kind in KINDS if kind not in kinds]
        last = apology(graph, site, self._flow, Writer(start, keys, site, queries))
        if keys.context(start) is Context.MESSAGE:
            blocks = messages(bodies[start], sections, last)
        else:
            blocks = arrange(bodies[start], sections, kinds, last, carry=carry, unasked=unasked)
        found = self._bin(start, order, drafts, blocks, values)
        nested = deepest(blocks)
        if nested > MOST_NESTED:
            return None, [self._too_nested(nested)]
        size = largest_answer(found)
        if size > DOCUMENT_LIMITS.max_bytes:
            return None, [self._too_big(size, bodies)]
        return (
            _Made(
                self._flow,
                found,
                self._fetches(start, drafts, stands_for, asked),
                queries.relative_urls,
                any(kind.presence for kind in kinds),
            ),
            [],
        )

    def _arrivals(
        self,
        names: Names,
        stands_for: Mapping[DocumentKey, DocumentKey],
        questions: Collection[Question],
        order: list[DocumentKey],
        drafts: Mapping[DocumentKey, Draft],
    ) -> dict[DocumentKey, Section]:
        """A section for each place that some link leads to, with the names that open it."""
        found: dict[DocumentKey, Section] = {}

        def come(key: DocumentKey, name: str) -> None:
            section = found.setdefault(stands_for[key], Section(()))
            if name not in section.names:
                section.names.append(name)

        for key in order:
            for piece in drafts[key].pieces:
                match piece:
                    case Verb(leave=DocumentKey() as to) | Jump(target=to):
                        come(to, names.place(to))
                if isinstance(piece, Verb):
                    for link in links_of(piece.node):
                        if isinstance(link, StateLink):
                            to = self._keys.state(link)
                            come(to, names.place(to))
        for question in questions:
            answers = question.answers()
            for name, to in answers:
                come(to, name)
            defaults = found.setdefault(question.default, Section(())).defaults
            defaults.append((question.name, tuple(name for name, _ in answers)))
        return found

    def _section(
        self,
        key: DocumentKey,
        section: Section,
        body: tuple[Markup, ...],
        values: frozenset[str],
    ) -> Section:
        section.body = body
        section.line = LINES.get(self._keys.context(key))
        copies = len(section.names) + len(section.defaults) - 1
        big = copies * sum(map(element_size, body)) > _SMALL
        section.dynamic = bool(values) or (section.line is None and big)
        return section

    def _end(self, draft: Draft) -> tuple[Markup, ...]:
        """What keeps the caller from going on into the section behind."""
        last = draft.pieces[-1] if draft.pieces else None
        if draft.context is not Context.CALL or not isinstance(last, Verb):
            return ()
        return (Markup("Hangup"),) if self._ways[last.node.key].on == END else ()

    def _bin(
        self,
        start: DocumentKey,
        order: list[DocumentKey],
        drafts: Mapping[DocumentKey, Draft],
        blocks: tuple[Block, ...],
        values: Mapping[DocumentKey, frozenset[str]],
    ) -> Bin:
        return Bin(
            path=f"{self._site.root}{self._flow}.xml",
            flow=self._site.root + self._flow,
            entry=entry_of(self._graph, start),
            context=drafts[start].context,
            body=tuple(block for block in blocks if isinstance(block, Markup)),
            states=states_of(self._flow, [drafts[key] for key in order]),
            source=self._graph.flows[self._flow].file.path,
            blocks=blocks,
            bare=self._site.bare,
            values=tuple(sorted({name for found in values.values() for name in found})),
        )

    def _fetches(
        self,
        start: DocumentKey,
        drafts: Mapping[DocumentKey, Draft],
        stands_for: Mapping[DocumentKey, DocumentKey],
        asked: Mapping[DecisionKey, Decided],
    ) -> int | None:
        steps = {key: replace(start, folder=f"?{key.node}", home=key.home) for key in asked}
        leads: dict[DocumentKey, _Leaving | _Asked] = {
            key: _Leaving(draft, steps) for key, draft in drafts.items()
        }
        leads.update((steps[key], _Asked(decided)) for key, decided in asked.items())
        same = {**stands_for, **{step: step for step in steps.values()}}
        return fetches(same[start], leads, same, {})

    def _too_nested(self, nested: int) -> Diagnostic:
        flow = self._graph.flows[self._flow]
        return BIN_TOO_BIG.at(
            flow.states[flow.start].span,
            f"the Bin of '{self._flow}' would need {nested:,} sections inside one another, one for"
            f" each answer that is told apart; {MOST_NESTED} are what template engines bear",
            hint=_PARTED,
        )

    def _too_big(self, size: int, bodies: Mapping[DocumentKey, tuple[Markup, ...]]) -> Diagnostic:
        flow = self._graph.flows[self._flow]
        biggest = max(sum(map(element_size, body)) for body in bodies.values())
        return BIN_TOO_BIG.at(
            flow.states[flow.start].span,
            f"an answer of the Bin of '{self._flow}' has {size:,} bytes and its longest place alone"
            f" {biggest:,}; Twilio takes at most {DOCUMENT_LIMITS.max_bytes:,}",
            hint=_PARTED,
        )
