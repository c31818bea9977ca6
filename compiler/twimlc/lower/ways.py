"""How a call goes on after each verb.

A node and its exits come in. Out goes a :class:`Way`: what the verb's ``action`` leads to, and
what follows inside the same document; or the finding that says why neither would be right. Only
where outcomes lead to different places is the host asked to look at a value (:class:`Ask`).
Twilio's rules are those of docs/voice/twiml/gather, .../record, .../dial and .../connect.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.hosts import DECISION_NEEDS_HOST, PAY_NEEDS_POST
from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.flow.model import Element
from twimlc.lower.host import LEFT_OUT, WITH_DECISIONS, WITH_POST, Site
from twimlc.lower.plan import Approximation, Mark
from twimlc.lower.same import all_the_same
from twimlc.vocabulary import Outcomes

END: NodeKey = -1
"""Stands for every node without a verb: they all mean that the document ends."""

FALLBACK_AFTER_ANSWER = "fallback-after-answer"


_PLAIN_FAILURES = ("no-answer", "failed", "error")
"""The unsuccessful outcomes that say the least, and so stand for a value that nobody knows."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A decision: ``marked`` holds where ``mark`` does, then ``branches``, then ``default``."""

    parameter: str
    branches: tuple[tuple[str, NodeKey], ...]
    default: NodeKey
    mark: Mark | None = None
    marked: tuple[tuple[str, NodeKey], ...] = ()

    def nodes(self) -> Iterator[NodeKey]:
        """Every node it may lead to, one for each row."""
        yield from (node for _, node in self.marked)
        yield from (node for _, node in self.branches)
        yield self.default


@dataclass(frozen=True, slots=True)
class Way:
    """``leave``: what the action leads to; ``on``: the node that follows inline.

    None means: there is no action, or nothing can follow. Both may be given where Twilio takes
    one or the other.
    """

    leave: NodeKey | Ask | None = None
    on: NodeKey | None = None

    def nodes(self) -> Iterator[NodeKey]:
        """Every node that may be next."""
        match self.leave:
            case Ask() as ask:
                yield from ask.nodes()
            case int() as node:
                yield node
        if self.on is not None:
            yield self.on


Verdict = Way | Diagnostic | tuple[Way, Approximation]


def canonical(graph: Graph, key: NodeKey) -> NodeKey:
    """The node itself, or END if it has no verb and is no flow's entry."""
    node = graph.nodes[key]
    return key if node.element is not None or node.entry is not None else END


def find_boundaries(graph: Graph, ways: Mapping[NodeKey, Way]) -> set[NodeKey]:
    """Nodes that are entered from several places, and the entries of states.

    What an action leads to begins a document of its own, so what also follows inline (behind
    a Record) stands in several.
    """
    entered = Counter(target for way in ways.values() for target in way.nodes())
    found = {key for key, times in entered.items() if times > 1}
    return found.union(graph.entries.values(), graph.starts.values()) - {END}


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
            return _gather(graph, node, exits, site)
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
            return _single(graph, node, exits, site, lambda only: Way(leave=only))
        case "Dial":
            return _dial(graph, node, exits, site)
        case _:
            return _single(graph, node, exits, site, lambda only: Way(on=only))


def _has(element: Element, tag: str) -> bool:
    return any(child.tag == tag for child in element.elements())


def _single(
    graph: Graph,
    node: Node,
    exits: dict[str, NodeKey],
    site: Site,
    go: Callable[[NodeKey | None], Way],
) -> Verdict:
    """The way of a verb whose outcomes only a value that Twilio sends can tell apart."""
    if not exits:
        return go(None)
    if all_the_same(graph, exits.values()):
        return go(_target(graph, next(iter(exits.values()))))
    if not site.host.decisions:
        return _refused(graph, node, exits)
    return Way(leave=_ask(graph, node, exits))


def _ask(graph: Graph, node: Node, exits: dict[str, NodeKey]) -> Ask:
    """The decision over how a verb ended, with a place to go for values that nobody knows."""
    assert node.element is not None
    outcomes = outcomes_of(node.element)
    assert outcomes is not None, "only verbs with outcomes have several exits"
    assert outcomes.parameter is not None, "outcomes that differ are told by a parameter"
    ends = {name: canonical(graph, after) for name, after in exits.items()}
    told = {
        value: ends[name]
        for name, values in outcomes.values.items()
        if name in ends
        for value in values
    }
    mark, marked = None, tuple[tuple[str, NodeKey], ...]()
    for name, (parameter, wanted) in outcomes.read_elsewhere.items():
        if name not in ends:
            continue
        good = (value for word in outcomes.worked for value in outcomes.values.get(word, ()))
        rows = tuple((value, ends[name]) for value in good if told.get(value) != ends[name])
        if rows:
            assert mark is None, "one decision looks at two parameters at most"
            mark, marked = Mark(parameter, wanted[0] if wanted else None), rows
    default = _default(graph, node, ends, outcomes)
    branches = tuple((value, after) for value, after in told.items() if after != default)
    return Ask(outcomes.parameter, branches, default, mark, marked)


def _default(graph: Graph, node: Node, ends: dict[str, NodeKey], outcomes: Outcomes) -> NodeKey:
    if node.fallback is not None:
        return canonical(graph, node.fallback)
    failed = [name for name in outcomes.failed if name in ends]
    plain = [name for name in _PLAIN_FAILURES if name in failed]
    return ends[next(iter(plain or failed or ends))]


def outcomes_of(element: Element) -> Outcomes | None:
    """How a verb ends; of a Connect, how what it connects to does."""
    if element.tag == "Connect":
        for noun in element.elements():
            if noun.spec is not None and noun.spec.outcomes is not None:
                return noun.spec.outcomes
    return element.spec.outcomes if element.spec is not None else None


def _gather(graph: Graph, node: Node, exits: dict[str, NodeKey], site: Site) -> Verdict:
    entered = exits.get("input")
    silent = _target(graph, exits.get("no-input"))
    keys = node.keys
    if entered is not None and keys and not all_the_same(graph, (entered, *keys.values())):
        if site.host.decisions:
            other = canonical(graph, entered)
            pressed = ((digits, canonical(graph, after)) for digits, after in keys.items())
            told = tuple((digits, after) for digits, after in pressed if after != other)
            # Silence needs no decision: nothing is asked for, and the next verb runs.
            return Way(leave=Ask("Digits", told, other), on=silent)
        return DECISION_NEEDS_HOST.at(
            node.branching or node.span,
            f"'{node.title}' goes on by the key that was pressed ({_listed(graph, node, keys)}),"
            " but plain files give every caller the same answer",
            hint="use 'offer', where any key takes the option that is just being said,"
            f" or {WITH_DECISIONS}; {LEFT_OUT}",
        )
    return Way(leave=_target(graph, entered), on=silent)


def _pay(graph: Graph, node: Node, exits: dict[str, NodeKey], site: Site) -> Verdict:
    if exits and "POST" not in site.host.methods:
        return PAY_NEEDS_POST.at(
            node.span,
            f"after 'pay' Twilio sends POST, but '{site.host.name}' answers GET only",
            hint="give 'pay' an 'action' of your own on a server that takes POST,"
            f" or use {WITH_POST}; {LEFT_OUT}",
        )
    # Whether Twilio asks the action once all attempts are used up, or goes on with the next verb,
    # is told both ways, so the same continuation stands in both places.
    given_up = _target(graph, exits.get("too-many-failed-attempts"))
    if exits and not all_the_same(graph, exits.values()):
        return Way(leave=_ask(graph, node, exits), on=given_up)
    return Way(leave=_target(graph, next(iter(exits.values()), None)), on=given_up)


def _dial(graph: Graph, node: Node, exits: dict[str, NodeKey], site: Site) -> Verdict:
    if node.element is not None and not any(
        noun.get("url") is not None for noun in node.element.elements()
    ):
        exits.pop("declined", None)  # without a document of their own nobody can decline
    refused = FALLBACK_AFTER_ANSWER not in node.allow | site.allow
    if refused or site.host.decisions or not exits or all_the_same(graph, exits.values()):
        return _single(graph, node, exits, site, lambda only: Way(on=only))
    after = _target(graph, exits["no-answer"] if node.fallback is None else node.fallback)
    return Way(on=after), Approximation(
        FALLBACK_AFTER_ANSWER,
        site.root + node.place.flow,
        node.span,
        f"everybody who comes back from this '{node.title}' {_leads(graph, node, after)},"
        " also after a conversation",
    )


def _refused(graph: Graph, node: Node, exits: dict[str, NodeKey]) -> Diagnostic:
    title = node.title
    works = WITH_DECISIONS
    if node.element is not None and node.element.tag == "Dial":
        works += (
            f"; or 'allow: [{FALLBACK_AFTER_ANSWER}]' beside '{title}' lets 'fallback' follow"
            " for everybody, also after a conversation"
        )
    return DECISION_NEEDS_HOST.at(
        node.branching or node.span,
        f"what follows '{title}' depends on how it ended ({_listed(graph, node, exits)}),"
        " but plain files give every caller the same answer",
        hint=f"use {works}; {LEFT_OUT}",
    )


def _listed(graph: Graph, node: Node, exits: dict[str, NodeKey]) -> str:
    """``completed, answered: hang up; busy: voicemail``, at most four ways."""
    groups: dict[NodeKey, list[str]] = {}
    for name, target in exits.items():
        groups.setdefault(canonical(graph, target), []).append(name)
    ways = [f"{', '.join(names)}: {_name(graph, node, key)}" for key, names in groups.items()]
    return "; ".join(ways[:4] + ["…"] * (len(ways) > 4))


def _name(graph: Graph, origin: Node, key: NodeKey) -> str:
    if key == END:
        return "the end"
    node = graph.nodes[key]
    if _hangs_up(node):
        return "hang up"
    if key in graph.entries.values() or node.entry or node.place.flow != origin.place.flow:
        return _state(graph, origin, node)
    return f"line {node.span.begin.line}"


def _state(graph: Graph, origin: Node, node: Node) -> str:
    """The state of a node as one writes it in the flow of ``origin``; a line if it has no name."""
    flow = node.place.flow
    nameless = graph.flows[flow].nameless
    if node.entry is not None:
        return f"{node.entry}/"
    if flow != origin.place.flow:
        at_start = nameless or node.key == graph.starts[flow]
        return f"{flow}/" if at_start else f"{flow}/{node.place.state}"
    return f"line {node.span.begin.line}" if nameless else node.place.state


def _leads(graph: Graph, origin: Node, key: NodeKey | None) -> str:
    if key is None or key == END:
        return "ends there"
    node = graph.nodes[key]
    if _hangs_up(node):
        return "hangs up"
    if graph.flows[node.place.flow].nameless and node.place.flow == origin.place.flow:
        # This stands in the manifest, which a comment more in the flow should not change.
        return f"goes on with '{node.title}'"
    return f"goes on in '{_state(graph, origin, node)}'"


def _hangs_up(node: Node) -> bool:
    return node.element is not None and node.element.tag == "Hangup"
