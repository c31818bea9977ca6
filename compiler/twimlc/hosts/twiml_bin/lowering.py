"""TwiML Bins: the graph of all flows comes in, a plan with one Bin for each flow goes out.

A flow is cut into documents as for any other host; then each document becomes a section of one
Bin (:mod:`~twimlc.hosts.twiml_bin.sections`), and a link the query that opens it. A decision asks
the Bin which question was asked (``q``) and which table its answers are named after (``t``).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.order import once
from twimlc.findings.rules import BIN_TOO_BIG
from twimlc.flow.graph import Context, Graph, NodeKey
from twimlc.flow.model import MediaLink
from twimlc.hosts.twiml_bin import sections
from twimlc.hosts.twiml_bin.checks import check_calls, check_flow, values_shown, with_kept_keys
from twimlc.hosts.twiml_bin.names import (
    LINES,
    Names,
    Queries,
    Question as Asked,
    digest,
    fingerprint_places,
)
from twimlc.lower.compose import Composer
from twimlc.lower.drafts import Decided, Draft, Verb, longest_chain, next_of, states_of
from twimlc.lower.hop import KINDS
from twimlc.lower.host import HANDLER, Site
from twimlc.lower.links import Groundwork, Writer
from twimlc.lower.lowering import apology, calendars_asked, prepare
from twimlc.lower.names import DecisionKey, DocumentKey, Keys, LinkKey
from twimlc.lower.places import by_plan
from twimlc.lower.plan import Bin, FlowEntry, Markup, Plan, element_size
from twimlc.lower.questions import JOINED, Question
from twimlc.lower.transitions import END, find_boundaries
from twimlc.project.files import FileContent
from twimlc.vocabulary import DOCUMENT_LIMITS

_ALWAYS = ("bin-sections", "bin-parameters", "bin-relative-query", "bin-saved-as-typed")
_PARTED = (
    "split the flow in two and give the second a number of its own,"
    " or use a host of files with a router"
)
_DIGITS = 12
"""Of the names of outcomes, which are set on numbers."""
_SMALL = 1024
"""Bytes that may be written twice, so that they stand in the answers only where they are meant."""


def lower(
    graph: Graph, site: Site, media: Callable[[MediaLink], FileContent | None]
) -> tuple[Plan | None, list[Diagnostic]]:
    """One Bin for each flow; None if something had to be refused."""
    ground, findings = prepare(graph, site, media, check_flow)
    if ground is None:
        return None, findings
    boundaries = find_boundaries(graph, ground.ways)
    lowered: list[_Lowered] = []
    for flow in sorted(filter(site.has, graph.starts)):
        own = replace(ground, keys=ground.keys.for_bin(flow), written={})
        found, refused = _lower_flow(flow, own, boundaries)
        findings += refused
        if found is not None:
            lowered.append(found)
    if findings:
        return None, once(findings)
    bins = dict(site.bins)
    questions = [found.question for found in lowered if found.question is not None]
    plan = Plan(
        host=site.host,
        documents=tuple(found.bin for found in lowered),
        media=ground.files,
        entries=tuple(
            FlowEntry(found.bin.flow, found.bin.path, found.fetches) for found in lowered
        ),
        approximations=ground.approximations,
        assumptions=(
            *_ALWAYS,
            *["relative-urls"] * any(found.relative_urls for found in lowered),
            *ground.assumptions,
            *["handoff-never-empty"] * any(found.handoff for found in lowered),
        ),
        addresses=(
            *((f.bin.path, HANDLER + bins[f.flow]) for f in lowered if f.flow in bins),
            *((f.path, f"{site.media}/{f.path.rpartition('/')[2]}") for f in ground.files),
        ),
        questions=tuple(questions),
        calendars=calendars_asked(questions, site),
    )
    return plan, []


@dataclass(frozen=True, slots=True)
class _Lowered:
    flow: str
    bin: Bin
    question: Question | None
    fetches: int | None
    relative_urls: bool
    handoff: bool


def _lower_flow(
    flow: str, ground: Groundwork, boundaries: set[NodeKey]
) -> tuple[_Lowered | None, list[Diagnostic]]:
    """The Bin of one flow."""
    graph, site, keys = ground.graph, ground.site, ground.keys
    composer = Composer(ground, boundaries)
    beginnings = _beginnings(flow, ground)
    if isinstance(beginnings, Diagnostic):
        return None, [beginnings]
    start, begun, question = beginnings
    drafts = composer.compose([start, *begun.values()])
    if composer.findings:
        return None, composer.findings
    stands_for, fingerprints = fingerprint_places(drafts, ground)
    findings = list(check_calls(keys, [start, *begun.values()], drafts, stands_for))
    if findings:
        return None, findings
    order = [key for key in drafts if stands_for[key] == key]
    asked = {d.key: d for key in order for d in drafts[key].decisions()}
    names = Names(stands_for, fingerprints, asked)
    questions = {question.name: question for question in names.questions.values()}.values()
    arrivals = _arrivals(keys, names, stands_for, questions, [drafts[key] for key in order])
    values = {key: values_shown(drafts[key]) for key in order}
    begun = {name: at for name, at in begun.items() if stands_for[at] != stands_for[start]}
    for name, at in begun.items():
        arrivals.setdefault(stands_for[at], sections.Section(())).names.append(name)
    dynamic = {
        names.place(key)
        for key in arrivals
        if values[key] and LINES.get(keys.context(key)) is not None
    }
    sid = dict(site.bins).get(flow)
    address = HANDLER + sid if sid else None
    queries = Queries(names, dynamic, ground, address)
    writer = Writer(start, ground, queries)
    bodies = {
        key: (*map(with_kept_keys, drafts[key].markup(writer)), *_end(drafts[key], ground))
        for key in order
    }
    for key, section in arrivals.items():
        section.body = bodies[key]
        section.line = LINES.get(keys.context(key))
        copies = len(section.names) + len(section.defaults) - 1
        big = copies * sum(map(element_size, bodies[key])) > _SMALL
        section.dynamic = bool(values[key]) or (section.line is None and big)
    kinds = [kind for kind in KINDS if any(q.kind == kind for q in questions)]
    last = apology(ground, flow, queries)
    blocks: tuple[sections.Block, ...]
    if keys.context(start) is Context.MESSAGE:
        blocks = sections.messages(bodies[start], arrivals.values(), last, [*begun])
    else:
        carry = any("Digits" in values[to] for q in questions for to in q.ends())
        unasked = [kind.flag for kind in KINDS if kind not in kinds]
        blocks = sections.arrange(
            *(bodies[start], arrivals.values(), kinds, last),
            carry=carry,
            unasked=unasked,
            begun=[*begun],
        )
    found = Bin(
        path=f"{site.root}{flow}.xml",
        flow=site.root + flow,
        body=tuple(block for block in blocks if isinstance(block, Markup)),
        states=states_of(flow, [drafts[key] for key in order]),
        source=graph.flows[flow].file.path,
        blocks=blocks,
        bare=site.bare,
        values=tuple(sorted(frozenset().union(*values.values()))),
    )
    nested, size = sections.deepest(blocks), sections.largest_answer(found)
    message = None
    if nested > sections.MOST_NESTED:
        message = (
            f"the Bin of '{flow}' would need {nested:,} sections inside one another, one for each"
            f" distinct answer; template engines take {sections.MOST_NESTED}"
        )
    elif size > DOCUMENT_LIMITS.max_bytes:
        largest = max(sum(map(element_size, body)) for body in bodies.values())
        message = (
            f"an answer of the Bin of '{flow}' has {size:,} bytes and its largest place alone"
            f" {largest:,}; Twilio takes at most {DOCUMENT_LIMITS.max_bytes:,}"
        )
    if message is not None:
        whole = graph.flows[flow]
        return None, [BIN_TOO_BIG.at(whole.states[whole.start].span, message, hint=_PARTED)]

    def leads_to(key: LinkKey) -> Iterator[LinkKey]:
        if isinstance(key, DecisionKey):  # a request of its own, before that of its answer
            yield from (stands_for[to] for to in asked[key].targets())
            return
        for piece in drafts[key].pieces:
            if isinstance(piece, Verb) and isinstance(piece.leave, Decided):
                yield piece.leave.key
            else:
                yield from (stands_for[to] for to in next_of(piece))

    known: dict[LinkKey, int | None] = {}
    chains = [longest_chain(stands_for[at], leads_to, known) for at in (start, *begun.values())]
    fetches = None if None in chains else max(filter(None, chains), default=0)
    handoff = any(kind.presence for kind in kinds)
    return _Lowered(flow, found, question, fetches, queries.relative_urls, handoff), []


def _beginnings(
    flow: str, ground: Groundwork
) -> tuple[DocumentKey, dict[str, DocumentKey], Question | None] | Diagnostic:
    """Where a call begins, and where by the names that the number's address carries by plan.

    They are made from calendars and outcomes, so the next text of a Bin knows them too.
    """
    keys, path = ground.keys, f"{ground.site.root}{flow}.xml"
    start = keys.start(flow)
    if not keys.is_place(start):
        return start, {}, None
    begun: dict[str, DocumentKey] = {}
    addresses: dict[DocumentKey, str] = {}

    def beside(node: NodeKey, told: Mapping[str, str]) -> DocumentKey:
        found = keys.beside(start, node, JOINED.join(f"{asked}={told[asked]}" for asked in told))
        name = "h" + digest(*told.items())[:_DIGITS] if told else ""
        begun[name] = keys.after(start, node)
        addresses[found] = f"{path}?{name}=1" if told else path
        return found

    found = by_plan(ground, start, beside)
    if isinstance(found, Diagnostic):
        return found
    turns = (
        turn.mapped(lambda to: to if isinstance(to, int) else addresses[to])
        for turn in found[0].turns
    )
    state = ground.graph.nodes[start.node].place.state
    otherwise = begun.pop("")
    return otherwise, begun, Question(path, ground.site.root + flow, tuple(turns), (state,))


def _end(draft: Draft, ground: Groundwork) -> tuple[Markup, ...]:
    """What keeps the caller from going on into the section after this one."""
    last = draft.pieces[-1] if draft.pieces else None
    if draft.context is not Context.CALL or not isinstance(last, Verb):
        return ()
    return (Markup("Hangup"),) if ground.ways[last.node.key].on == END else ()


def _arrivals(
    keys: Keys,
    names: Names,
    stands_for: Mapping[DocumentKey, DocumentKey],
    questions: Collection[Asked],
    drafts: list[Draft],
) -> dict[DocumentKey, sections.Section]:
    """A section for each place that some link leads to, with the names that open it."""
    found: dict[DocumentKey, sections.Section] = {}

    def come(key: DocumentKey, name: str) -> None:
        section = found.setdefault(stands_for[key], sections.Section(()))
        if name not in section.names:
            section.names.append(name)

    for draft in drafts:
        for key in draft.linked(keys):
            come(key, names.place(key))
    for question in questions:
        answers = question.answers()
        for name, key in answers:
            come(key, name)
        defaults = found.setdefault(question.default, sections.Section(())).defaults
        defaults.append((question.name, tuple(name for name, _ in answers)))
    return found
