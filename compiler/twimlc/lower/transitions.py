"""How a call goes on after each verb.

A node and its exits come in. Out goes a :class:`Way`: what the verb's ``action`` leads to, and
what follows inside the same document; or the finding that says why neither would be right. Only
where outcomes lead to different places is the host asked to look at a value. Two ways are the same
call where the caller cannot tell them apart, as ``then: hangup`` and the end of a list.
Twilio's rules are those of docs/voice/twiml/gather, .../record, .../dial and .../connect.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import ACTION_NEEDS_POST, DECISION_NEEDS_HOST
from twimlc.flow.decisions import Asks, Cases, Clock
from twimlc.flow.graph import OTHERWISE, Context, Graph, Node, NodeKey
from twimlc.flow.model import Element, StateLink
from twimlc.flow.targets import asks_itself
from twimlc.lower.content import check_content
from twimlc.lower.host import LEFT_OUT, WITH_POST, Site
from twimlc.lower.plan import Approximation, Choice, Mark
from twimlc.text import grouped

END: NodeKey = -1
"""Stands for every node without a verb: they all mean that the document ends."""

FALLBACK_AFTER_ANSWER = "fallback-after-answer"

Asking = Cases[NodeKey] | Clock[NodeKey]
"""A step that decides before anything is heard, and where each answer leads."""


class Way(NamedTuple):
    """``leave``: what the action leads to, or what a step asks of the host; ``on``: the node that
    follows inline.

    None means: there is no action, or nothing can follow. Both may be given where Twilio takes
    one or the other. ``approximation`` is a promise that this breaks, as the author allows.
    """

    leave: NodeKey | Choice[NodeKey] | Asking | None = None
    on: NodeKey | None = None
    approximation: Approximation | None = None

    def nodes(self) -> Iterator[NodeKey]:
        """Every node that may be next."""
        if isinstance(self.leave, (Choice, Cases, Clock)):
            yield from self.leave.targets()
        elif self.leave is not None:
            yield self.leave
        if self.on is not None:
            yield self.on


def canonical(graph: Graph, key: NodeKey) -> NodeKey:
    """The node itself, or END if it has no verb and is no flow's entry."""
    node = graph.nodes[key]
    return key if node.element is not None or node.entry is not None else END


def find_ways(
    graph: Graph, site: Site
) -> tuple[dict[NodeKey, Way], list[Approximation], list[Diagnostic]]:
    """How every node that can run goes on; findings for those that cannot on this host."""
    ways: dict[NodeKey, Way] = {}
    findings: dict[NodeKey, list[Diagnostic]] = {}
    waiting = [key for flow, key in graph.starts.items() if site.has(flow)]
    while waiting:
        key = waiting.pop()
        if key in findings or canonical(graph, key) == END:
            continue
        node = graph.nodes[key]
        findings[key] = list(check_content(node, site))
        waiting += (
            graph.entries[link.state] for link in node.links() if isinstance(link, StateLink)
        )
        found = way(graph, node, site)
        if isinstance(found, Diagnostic):
            findings[key].append(found)
            waiting += (after for _, after in node.successors())
        else:
            ways[key] = found
            waiting += found.nodes()
    approximations = [found.approximation for found in ways.values() if found.approximation]
    approximations.sort(key=lambda found: (found.flow, found.span.file.path, found.span.start))
    return (
        dict(sorted(ways.items())),
        list({(found.name, found.span): found for found in approximations}.values()),
        [finding for key in sorted(findings) for finding in findings[key]],
    )


def find_boundaries(graph: Graph, ways: Mapping[NodeKey, Way]) -> set[NodeKey]:
    """Nodes that are entered from several places, and the entries of states.

    What an action leads to begins a document of its own, so what also follows inline (after
    a Record) is in several.
    """
    entered = Counter(target for way in ways.values() for target in way.nodes())
    found = {key for key, times in entered.items() if times > 1}
    asking = (key for key in ways if graph.nodes[key].asks is not None)
    return found.union(graph.entries.values(), graph.starts.values(), asking) - {END}


def way(graph: Graph, node: Node, site: Site) -> Way | Diagnostic:
    """Where the verb of ``node`` leads."""
    return Way() if node.element is None else _Verb(graph, node, node.element, site).way()


class _Verb:
    """A verb and its host: the way on, and how findings name it."""

    def __init__(self, graph: Graph, node: Node, element: Element, site: Site) -> None:
        self._graph, self._node, self._element, self._site = graph, node, element, site

    def way(self) -> Way | Diagnostic:
        node, element, site = self._node, self._element, self._site
        if element.asks is not None:
            return self._ask(element.asks)
        if element.tag == "Gather":
            return self._gather()
        exits = dict(node.successors())
        if element.tag == "Dial":
            return self._dial(exits)
        outcomes = element.outcomes
        if exits and not site.host.posts and element.spec and element.spec.only_posts:
            verb = element.spec.key
            return ACTION_NEEDS_POST.at(
                node.span,
                f"after '{verb}' Twilio sends POST, but '{site.host.name}' answers GET only",
                hint=f"give '{verb}' an 'action' of your own on a server that takes POST,"
                f" or use {WITH_POST}; {LEFT_OUT}",
            )
        if outcomes.untold:
            ended = self._target(exits.get(outcomes.worked[0]))
            closed = self._target(exits.get(outcomes.failed[0]))
            if ended == closed and not node.wants_action:
                return Way(on=closed)
            return Way(leave=ended, on=closed)
        if not asks_itself(element):
            return self._single(exits)
        # Where Twilio's pages disagree on whether the action is asked for or the next verb runs,
        # the same continuation is in both places; and there is always an action where they
        # disagree on what happens without one.
        falls = (exits[name] for name in outcomes.next_verb if name in exits)
        on = next(map(self._target, falls), None)
        return self._single(exits, leaves=True, on=on)

    def _ask(self, asks: Asks) -> Way | Diagnostic:
        """What the host is asked, or why it cannot be."""
        host, exits, fallback = self._site.host, self._node.exits, self._node.fallback
        assert fallback is not None, "whatever asks has a way for all other answers"
        if isinstance(asks, Cases) and not host.switches:
            return DECISION_NEEDS_HOST.at(
                self._node.span,
                f"switch asks for '{asks.parameter}', and '{host.name}' gives every caller the same"
                " answer",
                hint="give each number a flow of its own (or a row of a matrix), or use"
                f" {self._site.with_decisions}; {LEFT_OUT}",
            )
        ways = {name: canonical(self._graph, to) for name, to in exits.items()}
        return Way(leave=asks.mapped(lambda name: ways.get(name, canonical(self._graph, fallback))))

    def _target(self, key: NodeKey | None) -> NodeKey | None:
        return None if key is None else canonical(self._graph, key)

    def _single(
        self, exits: dict[str, NodeKey], *, leaves: bool = False, on: NodeKey | None = None
    ) -> Way | Diagnostic:
        """The way of a verb whose outcomes only a value that Twilio sends can tell apart.

        ``leaves``: where all are the same, the action leads there, and ``on`` follows inline.
        """
        if not exits or all_the_same(self._graph, exits.values()):
            only = self._target(next(iter(exits.values()), None))
            return Way(leave=only, on=on) if leaves else Way(on=only)
        if self._site.host.decisions:
            return Way(leave=self._choice(exits), on=on)
        title, works = self._node.title, self._site.with_decisions
        if self._element.tag == "Dial":
            works += (
                f"; or 'allow: [{FALLBACK_AFTER_ANSWER}]' beside '{title}' lets 'fallback' follow"
                " for everybody, also after a conversation"
            )
        message = f"what follows '{title}' depends on how it ended ({self._listed(exits)})"
        return self._refused(message, f"use {works}")

    def _refused(self, message: str, hint: str) -> Diagnostic:
        return DECISION_NEEDS_HOST.at(
            self._node.branching or self._node.span,
            f"{message}, but plain files give every caller the same answer",
            hint=f"{hint}; {LEFT_OUT}",
        )

    def _choice(self, exits: dict[str, NodeKey]) -> Choice[NodeKey]:
        """The decision over how a verb ended, with a place to go for values that nobody knows."""
        outcomes, fallback = self._element.outcomes, self._node.fallback
        assert outcomes.parameter is not None, "a parameter reports outcomes that differ"
        ends = {name: canonical(self._graph, after) for name, after in exits.items()}
        reported = {
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
            rows = tuple((value, ends[name]) for value in good if reported.get(value) != ends[name])
            if rows:
                assert mark is None, "one decision looks at two parameters at most"
                mark, marked = Mark(parameter, wanted[0] if wanted else None), rows
        assert fallback is not None, "a parameter may have a value that nobody knows"
        default = canonical(self._graph, fallback)
        branches = tuple((value, after) for value, after in reported.items() if after != default)
        return Choice(outcomes.parameter, branches, default, mark, marked)

    def _gather(self) -> Way | Diagnostic:
        entered, keys = self._node.exits.get("input"), self._node.keys
        silent = self._target(self._node.exits.get("no-input"))
        if not keys or entered is None or all_the_same(self._graph, (entered, *keys.values())):
            return Way(leave=self._target(entered), on=silent)
        if not self._site.host.decisions:
            pressed = self._listed(keys)
            return self._refused(
                f"'{self._node.title}' goes on by the key that was pressed ({pressed})",
                "use 'offer', where any key takes the option that is just being said,"
                f" or {self._site.with_decisions}",
            )
        other = canonical(self._graph, entered)
        ends = ((digits, canonical(self._graph, after)) for digits, after in keys.items())
        keyed = tuple((digits, after) for digits, after in ends if after != other)
        # Silence needs no decision: nothing is asked for, and the next verb runs.
        return Way(leave=Choice("Digits", keyed, other), on=silent)

    def _dial(self, exits: dict[str, NodeKey]) -> Way | Diagnostic:
        node, site = self._node, self._site
        if not may_decline(self._element):
            exits.pop("declined", None)  # without a document of their own nobody can decline
            if node.fallback is not None and node.fallback not in exits.values():
                exits[OTHERWISE] = node.fallback
        refused = FALLBACK_AFTER_ANSWER not in node.allow | site.allow
        if refused or site.host.decisions or not exits or all_the_same(self._graph, exits.values()):
            return self._single(exits)
        after = self._target(node.fallback)
        approximation = Approximation(
            FALLBACK_AFTER_ANSWER,
            site.root + node.place.flow,
            node.span,
            f"everybody who comes back from this '{node.title}' {self._leads(after)},"
            " also after a conversation",
        )
        return Way(on=after, approximation=approximation)

    def _listed(self, exits: Mapping[str, NodeKey]) -> str:
        """``completed, answered: hang up; busy: voicemail``, at most four."""
        groups = grouped((canonical(self._graph, to), name) for name, to in exits.items())
        ways = [f"{', '.join(names)}: {self._name(key)}" for key, names in groups.items()]
        return "; ".join(ways[:4] + ["…"] * (len(ways) > 4))

    def _name(self, key: NodeKey) -> str:
        if key == END:
            return "the end"
        node, home = self._graph.nodes[key], self._node.place.flow
        if node.tag == "Hangup":
            return "hang up"
        if key in self._graph.entries.values() or node.entry or node.place.flow != home:
            return self._state(node)
        return f"line {node.span.begin.line}"

    def _leads(self, key: NodeKey | None) -> str:
        if key is None or key == END:
            return "ends there"
        node = self._graph.nodes[key]
        if node.tag == "Hangup":
            return "hangs up"
        flow = node.place.flow
        if self._graph.flows[flow].nameless and flow == self._node.place.flow:
            # This is in the manifest, which a comment more in the flow should not change.
            return f"goes on with '{node.title}'"
        return f"goes on in '{self._state(node)}'"

    def _state(self, node: Node) -> str:
        """The state of a node as one writes it in the verb's flow; a line if it has no name."""
        flow = node.place.flow
        nameless = self._graph.flows[flow].nameless
        if node.entry is not None:
            return f"{node.entry}/"
        if flow != self._node.place.flow:
            at_start = nameless or node.key == self._graph.starts[flow]
            return f"{flow}/" if at_start else f"{flow}/{node.place.state}"
        return f"line {node.span.begin.line}" if nameless else node.place.state


def may_decline(dial: Element) -> bool:
    """Whether somebody who is rung hears a document first, and so can decline."""
    return any(noun.get("url") is not None for noun in dial.elements())


def all_the_same(graph: Graph, keys: Iterable[NodeKey]) -> bool:
    """Whether the nodes are the same call to everybody on the line."""
    first, *others = keys
    seen: set[tuple[NodeKey, NodeKey]] = set()
    waiting = [(first, other) for other in others]
    while waiting:
        pair = waiting.pop()
        if pair in seen or pair[0] == pair[1]:
            continue
        seen.add(pair)
        one, two = graph.nodes[pair[0]], graph.nodes[pair[1]]
        if one.entry != two.entry:  # the next build may give one of them another start
            return False
        if _is_over(graph, one) and _is_over(graph, two):
            continue
        if one.element is None and two.element is None:
            continue
        if _kind(one) != _kind(two) or _shape(one.element) != _shape(two.element):
            return False
        waiting += ((to, two.exits[name]) for name, to in one.exits.items())
        waiting += ((to, two.keys[name]) for name, to in one.keys.items())
        if one.fallback is not None and two.fallback is not None:
            waiting.append((one.fallback, two.fallback))
    return True


def _is_over(graph: Graph, node: Node) -> bool:
    """Whether the call is hung up here: said outright, or by the end of the caller's document."""
    return node.is_over and graph.contexts.get(node.key, Context.CALL) is Context.CALL


def _kind(node: Node) -> tuple[object, ...]:
    """What of a node has to be the same, but for its element and where it leads."""
    return node.exits.keys(), node.keys.keys(), node.wants_action, node.allow, node.place.flow


def _shape(element: Element | None) -> object:
    """What an element says, wherever it was written."""
    return element and (
        element.tag,
        element.asks,
        frozenset((attribute.name, attribute.value) for attribute in element.attributes),
        tuple(_shape(c) if isinstance(c, Element) else c for c in element.children),
    )
