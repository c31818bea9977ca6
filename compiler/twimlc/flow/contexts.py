"""Whose line runs what: the caller's call, a called leg, a queue's or a conference's wait.

The nodes of a graph come in; the roots of other legs, the context of every reachable node and
findings about states that are used both ways go out.
"""

from collections.abc import Mapping, Sequence

from twimlc.diagnostics.diagnostic import Diagnostic, Label
from twimlc.diagnostics.rules.names import STATE_USED_BOTH_WAYS
from twimlc.flow.graph import Context, Node, NodeKey, Root
from twimlc.flow.model import Element, Flow, Kind, StateKey, StateLink

_WAITS = {"Enqueue": Context.QUEUE_WAIT, "Conference": Context.CONFERENCE_WAIT}
_LEGS = ("Number", "Client", "Sip", "WhatsApp", "Queue", "Application", "Conversation")


def context_of(element: Element, attribute: str | None) -> Context:
    """The context of a document that this attribute leads to."""
    if attribute == "waitUrl":
        return _WAITS.get(element.tag, Context.LEG)
    if attribute == "url" and element.tag in _LEGS:
        return Context.LEG
    return Context.CALL


def find_contexts(
    flows: Mapping[str, Flow],
    nodes: Sequence[Node],
    entries: Mapping[StateKey, NodeKey],
    starts: Mapping[str, NodeKey],
) -> tuple[tuple[Root, ...], dict[NodeKey, Context], list[Diagnostic]]:
    """Roots in reading order, the context of each node that can run, and findings."""
    contexts: dict[NodeKey, Context] = {}
    origins: dict[NodeKey, Root] = {}
    roots: list[Root] = []
    found: dict[NodeKey, Diagnostic] = {}
    waiting: list[Root] = []
    for name, flow in flows.items():
        context = Context.CALL if flow.kind is Kind.VOICE else Context.MESSAGE
        span = flow.states[flow.start].span
        waiting.append(Root(starts[name], context, "", span))
    while waiting:
        root = waiting.pop(0)
        stack = [root.node]
        while stack:
            key = stack.pop()
            node = nodes[key]
            if key in contexts:
                if contexts[key] is not root.context and key not in found and node.element:
                    found[key] = _both_ways(node, root, origins[key])
                continue
            contexts[key], origins[key] = root.context, root
            stack += reversed([after for _, after in node.successors()])
            for element, attribute, link, span in node.element.links() if node.element else ():
                if isinstance(link, StateLink) and link.state in entries:
                    leg = context_of(element, attribute)
                    target = entries[link.state]
                    made = Root(target, leg, f"{element.tag}.{attribute}", span)
                    roots.append(made)
                    waiting.append(made)
    return tuple(roots), contexts, list(found.values())[:1]


def _both_ways(node: Node, root: Root, first: Root) -> Diagnostic:
    ways = {
        Context.CALL: "goes on there itself",
        Context.MESSAGE: "goes on there itself",
        Context.LEG: "sends somebody else's line there",
        Context.QUEUE_WAIT: "waits with it in a queue",
        Context.CONFERENCE_WAIT: "waits with it in a conference",
    }
    place, other = (root, first) if root.attribute else (first, root)
    begins = not other.attribute
    # The state of a flow with one list of steps has no name that its author knows.
    name = f"{node.state.flow}/" if begins and node.key == other.node else node.state.home
    message = (
        f"'{name}' is used both ways: here the call "
        f"{ways[place.context]}, elsewhere it {ways[other.context]}"
    )
    label = Label(
        other.span,
        "a call that begins here comes there itself"
        if begins
        else "and here it is used the other way",
    )
    hint = "write a state of its own for each use"
    return STATE_USED_BOTH_WAYS.at(place.span, message, labels=[label], hint=hint)
