"""How a call goes on after each verb when the host cannot look at any value.

A node and its exits come in. Out goes a :class:`Way`: what the verb's ``action`` leads to, and
what follows inside the same document; or the finding that says why neither would be right.
Twilio's rules are those of docs/voice/twiml/gather, .../record, .../dial and .../connect.
"""

from collections.abc import Callable
from dataclasses import dataclass

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.hosts import DECISION_NEEDS_HOST, PAY_NEEDS_POST
from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.flow.model import Element
from twimlc.lower.host import WITH_DECISIONS, WITH_POST, Site
from twimlc.lower.plan import Approximation
from twimlc.lower.same import all_the_same

END: NodeKey = -1
"""Stands for every node without a verb: they all mean that the document ends."""

FALLBACK_AFTER_ANSWER = "fallback-after-answer"


@dataclass(frozen=True, slots=True)
class Way:
    """``leave``: the node that the action leads to; ``on``: the node that follows inline.

    None means: there is no action, or nothing can follow. Both may be given where Twilio takes
    one or the other.
    """

    leave: NodeKey | None = None
    on: NodeKey | None = None


Verdict = Way | Diagnostic | tuple[Way, Approximation]


def canonical(graph: Graph, key: NodeKey) -> NodeKey:
    """The node itself, or END if it has no verb."""
    return key if graph.nodes[key].element is not None else END


def _target(graph: Graph, key: NodeKey | None) -> NodeKey | None:
    return None if key is None else canonical(graph, key)


def way(graph: Graph, node: Node, site: Site) -> Verdict:
    """Where the verb of ``node`` leads."""
    element = node.element
    if element is None:
        return Way()
    exits = dict(node.exits)
    match element.tag:
        case "Gather":
            return _gather(graph, node, exits)
        case "Record":
            # Whether a recording of nothing but silence asks for the action or goes on with the
            # next verb is told both ways, so the same continuation stands in both places.
            recorded = _target(graph, exits.get("recorded"))
            return Way(leave=recorded, on=recorded)
        case "Pay":
            return _pay(graph, node, exits, site)
        case "Connect" if _has(element, "Room"):
            ended = _target(graph, exits.get("ended"))
            closed = _target(graph, exits.get("not-open"))
            if ended == closed and not node.wants_action:
                return Way(on=closed)
            return Way(leave=ended, on=closed)
        case "Connect" if _has(element, "VirtualAgent"):
            # Its pages disagree on what happens without an action, so it always gets one.
            return _single(graph, node, exits, lambda only: Way(leave=only))
        case "Dial":
            return _dial(graph, node, exits, site)
        case _:
            return _single(graph, node, exits, lambda only: Way(on=only))


def _has(element: Element, tag: str) -> bool:
    return any(child.tag == tag for child in element.elements())


def _single(
    graph: Graph, node: Node, exits: dict[str, NodeKey], go: Callable[[NodeKey | None], Way]
) -> Verdict:
    """The way of a verb whose outcomes plain files cannot tell apart."""
    if not exits:
        return go(None)
    if not all_the_same(graph, exits.values()):
        return _decision(graph, node, exits)
    return go(_target(graph, next(iter(exits.values()))))


def _gather(graph: Graph, node: Node, exits: dict[str, NodeKey]) -> Verdict:
    entered = exits.get("input")
    keys = node.keys
    if entered is not None and keys and not all_the_same(graph, (entered, *keys.values())):
        return DECISION_NEEDS_HOST.at(
            node.branching or node.span,
            f"'{node.title}' goes on by the key that was pressed ({_listed(graph, keys)}),"
            " but plain files give every caller the same answer",
            hint="use 'offer', where any key takes the option that is just being said,"
            f" or {WITH_DECISIONS}",
        )
    return Way(leave=_target(graph, entered), on=_target(graph, exits.get("no-input")))


def _pay(graph: Graph, node: Node, exits: dict[str, NodeKey], site: Site) -> Verdict:
    if exits and "POST" not in site.host.methods:
        return PAY_NEEDS_POST.at(
            node.span,
            f"after 'pay' Twilio sends POST, but '{site.host.name}' answers GET only",
            hint="give 'pay' an 'action' of your own on a server that takes POST,"
            f" or use {WITH_POST}",
        )
    return Way(leave=_target(graph, next(iter(exits.values()), None)))


def _dial(graph: Graph, node: Node, exits: dict[str, NodeKey], site: Site) -> Verdict:
    if node.element is not None and not any(
        noun.get("url") is not None for noun in node.element.elements()
    ):
        exits.pop("declined", None)  # without a document of their own nobody can decline
    if not exits or all_the_same(graph, exits.values()):
        return _single(graph, node, exits, lambda only: Way(on=only))
    if FALLBACK_AFTER_ANSWER not in node.allow | site.allow:
        return _decision(graph, node, exits)
    after = _target(graph, exits["no-answer"] if node.fallback is None else node.fallback)
    return Way(on=after), Approximation(
        FALLBACK_AFTER_ANSWER,
        site.root + node.place.flow,
        node.span,
        f"everybody who comes back from this '{node.title}' {_leads(graph, after)},"
        " also after a conversation",
    )


def _decision(graph: Graph, node: Node, exits: dict[str, NodeKey]) -> Diagnostic:
    title = node.title
    works = WITH_DECISIONS
    if node.element is not None and node.element.tag == "Dial":
        works += (
            f"; or 'allow: [{FALLBACK_AFTER_ANSWER}]' beside '{title}' lets 'fallback' follow"
            " for everybody, also after a conversation"
        )
    return DECISION_NEEDS_HOST.at(
        node.branching or node.span,
        f"what follows '{title}' depends on how it ended ({_listed(graph, exits)}),"
        " but plain files give every caller the same answer",
        hint=f"use {works}",
    )


def _listed(graph: Graph, exits: dict[str, NodeKey]) -> str:
    """``completed, answered: hang up; busy: voicemail``, at most four ways."""
    groups: dict[NodeKey, list[str]] = {}
    for name, target in exits.items():
        groups.setdefault(canonical(graph, target), []).append(name)
    ways = [f"{', '.join(names)}: {_name(graph, key)}" for key, names in groups.items()]
    return "; ".join(ways[:4] + ["…"] * (len(ways) > 4))


def _name(graph: Graph, key: NodeKey) -> str:
    if key == END:
        return "the end"
    node = graph.nodes[key]
    hangs_up = node.element is not None and node.element.tag == "Hangup"
    if hangs_up:
        return "hang up"
    named = key in graph.entries.values()
    return node.place.state if named else f"line {node.span.begin.line}"


def _leads(graph: Graph, key: NodeKey | None) -> str:
    return (
        "ends there"
        if key is None or key == END
        else f"goes on in '{graph.nodes[key].place.state}'"
    )
