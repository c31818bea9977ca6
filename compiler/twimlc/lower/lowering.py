"""Lowering: the graph of all flows comes in, the plan of one target goes out.

Each verb gets its way on, the graph is cut into documents and decisions, those that read the same
become one, and last their links get names.
"""

from collections.abc import Callable, Iterator, Mapping

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.flow.graph import Graph, NodeKey
from twimlc.flow.model import MediaLink, StateLink
from twimlc.lower import hop
from twimlc.lower.apology import apology, apology_nodes, place_of
from twimlc.lower.audio import gather_media
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
from twimlc.lower.keys import DecisionKey, DocumentKey, Keys, LinkKey
from twimlc.lower.links import Addresses, Writer, Written
from twimlc.lower.merge import merge
from twimlc.lower.plan import Decision, Document, FlowEntry, Markup, Plan
from twimlc.lower.ways import Ask, Way
from twimlc.source.files import FileContent


def lower(
    graph: Graph, site: Site, media: Callable[[MediaLink], FileContent | None]
) -> tuple[Plan | None, list[Diagnostic]]:
    """The documents of ``graph`` for ``site``; None if something had to be refused.

    ``media`` reads an audio file beside a flow; None means that it is not there, which is the
    caller's to report.
    """
    if site.host.single:
        from twimlc.lower.bin import lower_bins  # seven modules that other hosts do not need

        return lower_bins(graph, site, media)
    ways, approximations, findings = find_ways(graph, site)
    if site.host.hop:
        findings += hop.check_hop(graph, ways, site.limits["documents"])
    if findings:
        return None, once(findings)
    nodes = [*(graph.nodes[key] for key in ways), *apology_nodes(site)]
    links = [link for node in nodes for link in links_of(node) if isinstance(link, MediaLink)]
    media_paths, files = gather_media(links, media)
    keys = Keys(graph, site.root)
    written: Written = {}
    composer = Composer(graph, ways, keys, media_paths, site, written)
    drafts = composer.compose(keys.start(flow) for flow in graph.starts)
    if composer.findings:
        return None, once(composer.findings)
    asked = {decided.key: decided for key in sorted(drafts) for decided in drafts[key].decisions()}
    paths = keys.assign([*drafts, *asked])
    stands_for, kept_decisions = merge(drafts, asked, paths, keys, media_paths, site, written)
    final: dict[LinkKey, str] = {key: paths[kept] for key, kept in stands_for.items()}
    final.update((key, paths[kept]) for key, kept in kept_decisions.items())
    same: dict[DocumentKey, list[Draft]] = {}
    for key, kept in stands_for.items():
        same.setdefault(kept, [drafts[kept]]).append(drafts[key])

    decisions = _decisions(graph, site, asked, kept_decisions, final)
    shown = dict(final)
    if site.host.hop and site.bin is not None:
        for decision, decided in asked.items():
            kind = decided.parameter, decided.mark.parameter if decided.mark else None
            shown[decision] = hop.address(site.bin, final[decision], kind)
    documents: list[Document] = []
    made: dict[tuple[object, ...], Markup] = {}  # a run of verbs stands in many documents
    relative = False
    for key in drafts:
        if stands_for[key] == key:
            addresses = Addresses(final[key], shown, media_paths, site)
            verbs = drafts[key].markup(Writer(key, keys, site, addresses, written))
            body = tuple(made.setdefault((verb.node, verb.state, verb), verb) for verb in verbs)
            documents.append(
                Document(
                    path=final[key],
                    flow=site.root + key.folder,
                    entry=entry_of(graph, key),
                    context=drafts[key].context,
                    body=body,
                    states=states_of(key.folder, same[key]),
                    source=graph.flows[key.folder].file.path,
                )
            )
            relative = relative or addresses.relative_urls
    assumptions = [*hop.ASSUMED] * site.host.hop
    assumptions += ["relative-urls"] * relative + ["hunt-after-decline"] * any(
        may_decline_in_turn(node) for node in nodes
    )
    longest: dict[DocumentKey, int | None] = {}
    plan = Plan(
        host=site.host.name,
        documents=(
            *_written(graph, site, ways, documents, decisions, asked, drafts, final),
            *_apologies(graph, site, keys, media_paths),
        ),
        media=files,
        entries=tuple(
            FlowEntry(
                flow=site.root + flow,
                path=final[keys.start(flow)],
                source=graph.flows[flow].file.path,
                fetches=fetches(stands_for[keys.start(flow)], drafts, stands_for, longest),
            )
            for flow in sorted(graph.starts)
        ),
        approximations=tuple(approximations),
        assumptions=tuple(assumptions),
        decisions=() if site.host.hop else decisions,
        hop=f"{hop.HANDLER}{site.bin}" if site.host.hop else None,
        apology=_apology(graph, site, keys, media_paths, ""),
    )
    return plan, []


def _apology(
    graph: Graph, site: Site, keys: Keys, media: Mapping[MediaLink, str], flow: str
) -> tuple[Markup, ...]:
    # It answers under the addresses of a version, and its links are seen from there.
    addresses = Addresses(f"{site.root}{flow}/v./", {}, media, site)
    return apology(graph, site, flow, Writer(place_of(flow), keys, site, addresses))


def _apologies(
    graph: Graph, site: Site, keys: Keys, media: Mapping[MediaLink, str]
) -> Iterator[Document]:
    """What answers for versions of each flow that are gone."""
    for flow in sorted(graph.starts):
        yield Document(
            path=f"{site.root}{flow}/changed.xml",
            flow=site.root + flow,
            entry=entry_of(graph, keys.start(flow)),
            context=keys.context(keys.start(flow)),
            body=_apology(graph, site, keys, media, flow),
            states=(),
            source=graph.flows[flow].file.path,
        )


def _written(
    graph: Graph,
    site: Site,
    ways: Mapping[NodeKey, Way],
    documents: list[Document],
    decisions: tuple[Decision, ...],
    asked: Mapping[DecisionKey, Decided],
    drafts: Mapping[DocumentKey, Draft],
    final: Mapping[LinkKey, str],
) -> tuple[Document, ...]:
    """The documents that are written: behind a hop, one for each value of a decision."""
    if not site.host.hop:
        return tuple(sorted(documents, key=lambda document: document.path))
    values: dict[str, tuple[str, ...]] = {}
    for key in asked:
        leave = ways[key.node].leave
        assert isinstance(leave, Ask), "only verbs with a decision ask for one"
        known = values.get(final[key], ())
        values[final[key]] = tuple(
            dict.fromkeys([*known, *hop.values(graph.nodes[key.node], leave)])
        )
    keys = Keys(graph, site.root)
    linked = {final[keys.start(flow)] for flow in graph.starts}
    for draft in drafts.values():
        for piece in draft.pieces:
            match piece:
                case Verb(leave=DocumentKey() as next_document):
                    linked.add(final[next_document])
                case Jump(target=target):
                    linked.add(final[target])
            if isinstance(piece, Verb):
                states = (link for link in links_of(piece.node) if isinstance(link, StateLink))
                linked.update(final[keys.state(link)] for link in states)
    return hop.answered(documents, decisions, values, frozenset(linked))


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

    def rows(found: tuple[tuple[str, DocumentKey], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((value, final[document]) for value, document in found)

    decisions = [
        Decision(
            path=final[key],
            flow=site.root + key.folder,
            parameter=asked[key].parameter,
            branches=rows(asked[key].branches),
            default=final[asked[key].default],
            mark=asked[key].mark,
            marked=rows(asked[key].marked),
            states=tuple(names),
        )
        for key, names in states.items()
    ]
    return tuple(sorted(decisions, key=lambda decision: decision.path))
