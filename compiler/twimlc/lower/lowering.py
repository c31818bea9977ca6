"""Lowering: the graph of all flows comes in, the plan of one target goes out.

Each verb gets its way on, the graph is cut into documents and decisions, those that read the same
become one, and last their links get names. Where nothing else is left, whoever is on the line gets
an apology. Nobody knows whose line asks for that one, the caller's or a called party's, so it holds
only what both may hear, and ends the call: nobody is joined.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from twimlc.calendars.settled import Settled
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.order import once
from twimlc.findings.rules import APOLOGY_NOT_STRAIGHT
from twimlc.flow.decisions import Clock
from twimlc.flow.graph import Graph, Node
from twimlc.flow.model import MediaLink, StateLink
from twimlc.lower import hop
from twimlc.lower.compose import Composer
from twimlc.lower.content import check_content
from twimlc.lower.drafts import Asked, Decided, Draft, longest_chain, merge, next_of, states_of
from twimlc.lower.host import HANDLER, Site
from twimlc.lower.links import Addresses, Groundwork, Writer
from twimlc.lower.names import DecisionKey, DocumentKey, Keys, LinkKey, name_media
from twimlc.lower.plan import (
    EMPTY_DOCUMENT,
    Decision,
    Document,
    FlowEntry,
    Markup,
    Plan,
    element_size,
)
from twimlc.lower.questions import Question
from twimlc.lower.transitions import END, find_boundaries, find_ways, may_decline
from twimlc.project.files import FileContent

SORRY = "We are sorry, something went wrong. Please call again."
SORRY_IN_TEXT = "We are sorry, something went wrong. Please send your message again."


def prepare(
    graph: Graph,
    site: Site,
    read: Callable[[MediaLink], FileContent | None],
    check: Callable[[Groundwork], Iterable[Diagnostic]],
) -> tuple[Groundwork | None, list[Diagnostic]]:
    """What documents are made of; None if something has to be refused.

    ``check`` gives the findings of the host itself.
    """
    ways, approximations, findings = find_ways(graph, site)
    keys = Keys(graph, site.root, clock=site.host.clock)
    ground = Groundwork(graph, site, keys, ways, tuple(approximations))
    findings += (*check_apology(ground), *check(ground))
    if findings:
        return None, once(findings)
    nodes = [*(graph.nodes[key] for key in ways), *apology_nodes(site)]
    links = [link for node in nodes for link in node.links() if isinstance(link, MediaLink)]
    media, files = name_media(links, read)
    assumptions = tuple(sorted({name for node in nodes for name in assumed_of(node)}))
    return replace(ground, media=media, files=files, assumptions=assumptions), []


def assumed_of(node: Node) -> Iterator[str]:
    """What is taken for granted of a dial of several, one of whom may decline in a document."""
    dial = node.element
    if dial is not None and dial.tag == "Dial" and len(dial.elements()) > 1 and may_decline(dial):
        if dial.literal("sequential") == "true":
            yield "hunt-after-decline"
        elif any(isinstance(link, StateLink) and link.asks for link in node.links()):
            yield "others-stop-ringing"


def lower(
    graph: Graph, site: Site, media: Callable[[MediaLink], FileContent | None]
) -> tuple[Plan | None, list[Diagnostic]]:
    """The documents of a graph for files, as :func:`twimlc.hosts.lower` gives them."""
    host = site.host
    most = site.limits["documents"]
    ground, findings = prepare(
        graph, site, media, lambda g: hop.check_hop(graph, g.ways, most) if host.hop else ()
    )
    if ground is None:
        return None, findings
    keys = ground.keys
    composer = Composer(ground, find_boundaries(graph, ground.ways))
    drafts = composer.compose(keys.start(flow) for flow in graph.starts)
    if composer.findings:
        return None, once(composer.findings)
    asked = {decided.key: decided for key in sorted(drafts) for decided in drafts[key].decisions()}
    paths = keys.assign([*drafts, *asked])
    stands_for, kept = merge(drafts, asked, paths, ground)
    final: dict[LinkKey, str] = {key: paths[to] for key, to in stands_for.items()}
    final.update((key, paths[to]) for key, to in kept.items())
    same: dict[DocumentKey, list[Draft]] = {}
    for key, standing in stands_for.items():
        same.setdefault(standing, [drafts[standing]]).append(drafts[key])

    decisions = _decisions(graph, site, asked, kept, final)
    shown = dict(final)
    if host.hop and site.bin is not None:
        for decision, decided in asked.items():
            shown[decision] = hop.address(site.bin, final[decision], decided)
    documents: list[Document] = []
    shared: dict[tuple[object, ...], Markup] = {}  # a run of verbs is in many documents
    relative = False
    questions: list[Question] = []
    for key in drafts:
        if stands_for[key] == key and (asking := drafts[key].asked):
            turns = asking[0].mapped(final.__getitem__)
            states = (graph.nodes[each.key.node].place.state for each in same[key])
            flow = site.root + key.folder
            questions.append(Question(final[key], flow, turns, tuple(dict.fromkeys(states))))
        if stands_for[key] == key and not key.asks:
            addresses = Addresses(final[key], shown, ground)
            verbs = drafts[key].markup(Writer(key, ground, addresses))
            documents.append(
                Document(
                    path=final[key],
                    flow=site.root + key.folder,
                    body=tuple(shared.setdefault((v.node, v.state, v), v) for v in verbs),
                    states=states_of(key.folder, same[key]),
                    source=graph.flows[key.folder].file.path,
                )
            )
            relative = relative or addresses.relative_urls
    assumptions: list[str] = []
    if host.hop:
        known = any(decided.parameter != "Digits" for decided in asked.values())
        assumptions = [*hop.ASSUMED, *["known-values"] * known]
        linked = {key for draft in drafts.values() for key in draft.linked(keys)}
        linked.update(map(keys.start, graph.starts))
        values = hop.values_by_path(graph, ground.ways, {key: final[key] for key in asked})
        documents = hop.answered(documents, decisions, values, {final[key] for key in linked})

    def leads_to(key: LinkKey) -> Iterator[LinkKey]:
        assert isinstance(key, DocumentKey), "a decision is no request of its own"
        place = drafts[key].asked if not key.asks else []
        for beside in (to for asked in place for to in asked.targets()):
            yield from leads_to(beside)  # each may lie in its place
        for piece in drafts[key].pieces:
            for to in () if isinstance(piece, Asked) and place else next_of(piece):
                answers = drafts[to].asked  # what a question is answered with is its own answer
                yield from (stands_for[each] for asked in answers for each in asked.targets())
                if not answers:
                    yield stands_for[to]

    longest: dict[LinkKey, int | None] = {}
    starts = {flow: keys.start(flow) for flow in sorted(graph.starts)}
    apologies = {  # they answer under the addresses of a version, and links are seen from there
        flow: apology(ground, flow, Addresses(f"{site.root}{flow}/v./", {}, ground))
        for flow in ("", *starts)
    }
    plan = Plan(
        host=host,
        documents=(
            *sorted(documents, key=lambda document: document.path),
            *(
                Document(  # what answers for versions of a flow that are gone
                    path=f"{site.root}{flow}/changed.xml",
                    flow=site.root + flow,
                    body=apologies[flow],
                    states=(),
                    source=graph.flows[flow].file.path,
                )
                for flow, start in starts.items()
            ),
        ),
        media=ground.files,
        entries=tuple(
            FlowEntry(
                flow=site.root + flow,
                path=final[start],
                fetches=longest_chain(stands_for[start], leads_to, longest),
            )
            for flow, start in starts.items()
        ),
        approximations=ground.approximations,
        assumptions=(*assumptions, *["relative-urls"] * relative, *ground.assumptions),
        decisions=() if host.hop else decisions,
        hop=f"{HANDLER}{site.bin}" if host.hop else None,
        apology=apologies[""],
        questions=tuple(sorted(questions, key=lambda question: question.path)),
        calendars=calendars_asked(questions, site),
    )
    return plan, []


def calendars_asked(questions: Iterable[Question], site: Site) -> dict[str, Settled]:
    """The calendars of a target that some questions ask, in order."""
    turns = (turn for question in questions for turn in question.turns)
    names = {turn.calendar for turn in turns if isinstance(turn, Clock)}
    return {name: site.calendars[name] for name in sorted(names)}


def _decisions(
    graph: Graph,
    site: Site,
    asked: Mapping[DecisionKey, Decided],
    kept: Mapping[DecisionKey, DecisionKey],
    final: Mapping[LinkKey, str],
) -> tuple[Decision, ...]:
    """The decisions that some link leads to; each is named after all states that ask for it."""
    states: dict[DecisionKey, dict[str, None]] = {}
    for key in sorted(asked):
        states.setdefault(kept[key], {})[graph.nodes[key.node].place.state] = None
    decisions = [
        Decision(
            *asked[key].mapped(lambda document: final[document]),
            path=final[key],
            flow=site.root + key.folder,
            states=tuple(names),
        )
        for key, names in states.items()
    ]
    return tuple(sorted(decisions, key=lambda decision: decision.path))


def apology(ground: Groundwork, flow: str, links: Addresses) -> tuple[Markup, ...]:
    """The body for a flow, or for none (an empty name): words and Hangup, or Messages."""
    graph = ground.graph
    texts = flow in graph.flows and graph.flows[flow].kind == "messaging"
    nodes = ground.site.apology.get(flow)
    if texts and not any(graph.nodes[key].element for key in graph.reachable(graph.starts[flow])):
        nodes = ()  # who never gets a reply gets none now
    if nodes is None:
        usual = Markup("Message", (), (SORRY_IN_TEXT,)) if texts else Markup("Say", (), (SORRY,))
        body: tuple[Markup, ...] = (usual,)
    else:
        # Like an entry it is replaced by later builds. It shares nothing with other documents.
        document = DocumentKey(flow, END, entry=True)
        writer = Writer(document, replace(ground, written={}), links)
        body = tuple(_verb(node, writer) for node in nodes)
    return body if texts else (*body, Markup("Hangup"))


def _verb(node: Node, writer: Writer) -> Markup:
    """A verb; words of the project file are no line of a flow."""
    found = writer.verb(node, None)
    return found if node.place.flow else replace(found, span=None, state="")


def apology_nodes(site: Site) -> list[Node]:
    """Every verb of the apologies."""
    return [node for nodes in dict.fromkeys(site.apology.values()) for node in nodes]


def check_apology(ground: Groundwork) -> Iterator[Diagnostic]:
    """Findings about the texts of the apologies, and their size."""
    site = ground.site
    for node in apology_nodes(site):
        yield from check_content(node, site)
    for nodes, flow in {nodes: flow for flow, nodes in site.apology.items() if nodes}.items():
        body = apology(ground, flow, Addresses("/", {}, ground))
        size = EMPTY_DOCUMENT + sum(map(element_size, body))
        if size > site.host.document_limit:
            yield APOLOGY_NOT_STRAIGHT.at(
                nodes[0].span,
                f"the apology makes a document of {size:,} bytes; {site.host.takes}",
                hint="say less, or play a recording",
            )
