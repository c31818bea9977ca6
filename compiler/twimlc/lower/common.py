"""What lowering does alike for every host: the graph and drafts come in.

Out goes how each verb that can run goes on, and of each document what it starts with, whose it
is, and how long a call that begins there can become.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.flow.model import MediaLink, StateLink
from twimlc.lower.apology import check_apology
from twimlc.lower.content import check_content
from twimlc.lower.drafts import Draft, Verb
from twimlc.lower.host import Site
from twimlc.lower.keys import DocumentKey
from twimlc.lower.plan import Approximation
from twimlc.lower.ways import END, Way, canonical, way

if TYPE_CHECKING:
    from twimlc.text import Span


def find_ways(
    graph: Graph, site: Site
) -> tuple[dict[NodeKey, Way], list[Approximation], list[Diagnostic]]:
    """How every node that can run goes on; findings for those that cannot on this host."""
    ways: dict[NodeKey, Way] = {}
    approximations: list[Approximation] = []
    findings: dict[NodeKey, list[Diagnostic]] = {}
    waiting = list(graph.starts.values())
    seen: set[NodeKey] = set()
    while waiting:
        key = waiting.pop()
        if key in seen or canonical(graph, key) == END:
            continue
        seen.add(key)
        node = graph.nodes[key]
        waiting += (
            graph.entries[link.state] for link in links_of(node) if isinstance(link, StateLink)
        )
        found = list(check_content(node, site))
        match way(graph, node, site):
            case Diagnostic() as refusal:
                found.append(refusal)
                waiting += (after for _, after in node.successors())
            case Way() as there:
                ways[key] = there
            case (there, approximation):
                ways[key] = there
                approximations.append(approximation)
        if key in ways:
            waiting += ways[key].nodes()
        findings[key] = found
    approximations.sort(key=lambda found: (found.flow, found.span.file.path, found.span.start))
    return (
        dict(sorted(ways.items())),
        list({(found.name, found.span): found for found in approximations}.values()),
        once(
            [*(f for key in sorted(findings) for f in findings[key]), *check_apology(graph, site)]
        ),
    )


def once(findings: list[Diagnostic]) -> list[Diagnostic]:
    """One finding per place and rule: the attempts of a menu are the same step."""
    first: dict[tuple[int, Span], Diagnostic] = {}
    for finding in findings:
        first.setdefault((finding.rule.number, finding.span), finding)
    return list(first.values())


def links_of(node: Node) -> list[StateLink | MediaLink]:
    if node.element is None:
        return []
    return [link for _, _, link, _ in node.element.links()]


def may_decline_in_turn(node: Node) -> bool:
    element = node.element
    return (
        element is not None
        and element.tag == "Dial"
        and element.literal("sequential") == "true"
        and sum(1 for _ in element.elements()) > 1
        and any(noun.get("url") is not None for noun in element.elements())
    )


def entry_of(graph: Graph, key: DocumentKey) -> NodeKey:
    """The node a document starts with; for one that only ends, any node without a verb."""
    if key.node != END:
        return key.node
    return next(node.key for node in graph.nodes if node.element is None)


def states_of(folder: str, drafts: list[Draft]) -> tuple[str, ...]:
    """The states that play in documents which are written as one, in order of playing."""
    places = (
        piece.node.place for draft in drafts for piece in draft.pieces if isinstance(piece, Verb)
    )
    return tuple(
        dict.fromkeys(
            place.state if place.flow == folder else f"{place.flow}/{place.state}"
            for place in places
        )
    )


class Leading(Protocol):
    """Something that is fetched and leads on."""

    def next_documents(self) -> Iterator[DocumentKey]: ...


def fetches(
    start: DocumentKey,
    drafts: "Mapping[DocumentKey, Leading]",
    stands_for: Mapping[DocumentKey, DocumentKey],
    longest: dict[DocumentKey, int | None],
) -> int | None:
    """The most documents one call can be answered with; None if it can go round.

    ``longest`` keeps what is known for the other starts: flows that lead to each other are walked
    once and not once for each.
    """
    open_: set[DocumentKey] = set()
    stack = [start]
    while stack:
        key = stack[-1]
        after = {stands_for[target] for target in drafts[key].next_documents()}
        if key in open_:
            stack.pop()
            if key not in longest:
                open_.discard(key)
                longest[key] = 1 + max((longest[target] or 0 for target in after), default=0)
            continue
        if key in longest:
            stack.pop()
            continue
        open_.add(key)
        for target in after:
            if target in open_ or longest.get(target, 0) is None:
                # Whatever is open has led here, so it goes round as well.
                longest.update(dict.fromkeys(open_))
                return None
            if target not in longest:
                stack.append(target)
    return longest[start]
