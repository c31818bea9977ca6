"""Whose line runs what: the caller's call, a called leg, a queue's or a conference's wait.

The nodes of a graph come in; the roots of other legs, the context of every reachable node and
findings about states that are used both ways go out.
"""

from collections.abc import Iterator, Mapping, Sequence

from twimlc import vocabulary
from twimlc.findings.diagnostic import Diagnostic, Label
from twimlc.findings.rules import ACCEPT_CANNOT_ASK, RETURN_OUTSIDE, STATE_USED_BOTH_WAYS
from twimlc.flow.graph import Context, Node, NodeKey, Root, written_by
from twimlc.flow.model import Element, Flow, Perform, StateKey, StateLink, Step, Use
from twimlc.flow.walks import reached
from twimlc.text import Span

_OTHER_LINES = (vocabulary.Fetch.TWIML_LEG, vocabulary.Fetch.MEDIA_OR_TWIML)
_AT_END = {"repeat": Context.QUEUE_WAIT, "silence": Context.CONFERENCE_WAIT}


def context_of(element: Element, attribute: str | None) -> Context:
    """The context of a document that this attribute leads to."""
    spec = element.spec
    known = spec.attributes.get(attribute) if spec and attribute else None
    if spec is None or known is None or known.fetch not in _OTHER_LINES:
        return Context.CALL
    return context_at(f"{spec.name}.{attribute}")


def context_at(place: str) -> Context:
    """The context of a document of another line; ``place`` is ``Number.url`` or the like."""
    known = vocabulary.CONTEXTS.get(place)
    return _AT_END.get(known.at_end, Context.LEG) if known else Context.LEG


def on_line(nodes: Sequence[Node], first: NodeKey, place: str) -> Iterator[NodeKey]:
    """The nodes of another line, which begins at ``first``; ``place`` is as in ``Number.url``.

    A verb that cannot be used there leads nowhere but to what follows in its document.
    """
    known = vocabulary.CONTEXTS.get(place)

    def leads(key: NodeKey) -> list[NodeKey]:
        node = nodes[key]
        spec = node.element.spec if node.element is not None else None
        used = known is None or spec is None or spec.name in known.verbs
        after = [to for _, to in node.successors()]
        return [to for to in after if used or nodes[to].place.flow == node.place.flow]

    return reached((first,), leads)


def find_contexts(
    flows: Mapping[str, Flow],
    nodes: Sequence[Node],
    entries: Mapping[StateKey, NodeKey],
    starts: Mapping[str, NodeKey],
    inside: Mapping[StateKey, Sequence[NodeKey]],
) -> tuple[tuple[Root, ...], dict[NodeKey, Context], list[Diagnostic]]:
    """Roots in reading order, the context of each node that can run, and findings.

    ``inside`` holds where states of components begin that are reached by going on.
    """
    contexts: dict[NodeKey, Context] = {}
    origins: dict[NodeKey, Root] = {}
    roots: list[Root] = []
    found: dict[NodeKey, Diagnostic] = {}
    waiting: list[Root] = []
    for name, flow in flows.items():
        context = Context.CALL if flow.kind == "voice" else Context.MESSAGE
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
                leg = context_of(element, attribute)
                for state in written_by(flows, link) if isinstance(link, StateLink) else ():
                    if state in entries:
                        name = f"{element.tag}.{attribute}"
                        made = Root(entries[state], leg, name, span, key)
                        roots.append(made)
                        waiting.append(made)
    for state, keys in inside.items():
        own = entries[state]
        for key in keys:
            if own in contexts and contexts.get(key, contexts[own]) is not contexts[own]:
                found.setdefault(own, _both_ways(nodes[own], origins[own], origins[key]))
    return tuple(roots), contexts, list(found.values())[:1]


def returns_nowhere(span: Span) -> Diagnostic:
    """A document that Twilio fetches ends where it ends: it has no ``use`` to go back to."""
    message = "return cannot leave the document of a URL: it ends there"
    hint = "end the list here, or write goto; return works where a call goes on after use"
    return RETURN_OUTSIDE.at(span, message, hint=hint)


def not_only_words(steps: Sequence[Step]) -> Diagnostic | None:
    """The finding for steps that accept cannot ask after: of a component those inside it count."""
    for step in steps:
        if isinstance(step, Use) and not step.states and step.then is None:
            if (found := not_only_words(step.steps)) is not None:
                return found
        elif not isinstance(step, Perform) or step.element.tag not in vocabulary.PROMPTS:
            message = "accept asks after these steps, so they can only be words: say and play"
            hint = "leave accept out, or let this document ask by itself and take this url away"
            return ACCEPT_CANNOT_ASK.at(step.span, message, hint=hint)
    return None


def _both_ways(node: Node, root: Root, first: Root) -> Diagnostic:
    ways = {
        Context.CALL: "continues there itself",
        Context.MESSAGE: "continues there itself",
        Context.LEG: "sends somebody else's line there",
        Context.QUEUE_WAIT: "waits with it in a queue",
        Context.CONFERENCE_WAIT: "waits with it in a conference",
    }
    place, other = (root, first) if root.attribute else (first, root)
    begins = not other.attribute
    # The state of a flow with one list of steps has no name that its author knows.
    name = f"{node.state.flow}/" if begins and node.key == other.node else node.state.home
    message = (
        f"'{name}' is used in two ways: here the call "
        f"{ways[place.context]}, elsewhere it {ways[other.context]}"
    )
    label = Label(
        other.span,
        "a call that begins here gets there itself"
        if begins
        else "and here it is used the other way",
    )
    hint = "write a separate state for each use"
    return STATE_USED_BOTH_WAYS.at(place.span, message, labels=[label], hint=hint)
