"""What Twilio allows where, and how much: the graph comes in, findings go out."""

from collections.abc import Iterator
from itertools import islice

from twimlc import vocabulary
from twimlc.findings import Diagnostic, Label, rules
from twimlc.flow.contexts import on_line
from twimlc.flow.graph import Context, Graph, Node, NodeKey, Root
from twimlc.flow.model import Element
from twimlc.flow.walks import reached
from twimlc.vocabulary.rules import ContextOnly

_OF_ONE_CALLER = {
    "participantLabel": (
        "is not let in",
        "leave participantLabel out, unless only one caller at a time gets here",
        16025,
    ),
    "participantIdentity": (
        "throws out the first",
        "leave participantIdentity out, and Twilio gives each caller one of their own",
        53205,
    ),
}
"""Names of participants: what becomes of a second one of the name, and Twilio's error."""


def check_twiml(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about verbs and documents at the wrong place, and about too many replies."""
    for node, verb in graph.verbs():
        spec = verb.spec
        only = spec.rule(ContextOnly) if spec is not None else None
        in_call = graph.contexts[node.key] is Context.CALL and not graph.twiml
        if spec is not None and only is not None and in_call:
            waits, _, attribute = only.context.partition(".")
            message = f"nobody waits in a queue here, so there is nothing to {spec.key}"
            place = f"an {vocabulary.VOICE[waits].key}'s {attribute}"
            hint = f"{spec.key} belongs in what {place} leads to; to end the call, hangup"
            yield rules.IGNORED_PART.at(node.span, message, hint=hint)
        for element in verb.walk():
            yield from _identity(element)
    for root in graph.roots:
        yield from _root(graph, root)
    for start in graph.starts.values():
        if graph.contexts.get(start) is Context.MESSAGE:
            yield from _replies(graph, start)


def _identity(element: Element) -> Iterator[Diagnostic]:
    """A name that every caller would join a room or a conference with."""
    known = element.spec.attributes if element.spec is not None else {}
    for found in element.attributes:
        if found.name in _OF_ONE_CALLER and found.name in known and isinstance(found.value, str):
            fate, hint, code = _OF_ONE_CALLER[found.name]
            message = f"every caller joins as '{found.value}': the second {fate}"
            yield rules.FIXED_IDENTITY.at(found.span, message, hint=hint, twilio=(code,))


def _root(graph: Graph, root: Root) -> Iterator[Diagnostic]:
    """The document of another leg: only some verbs may stand in it."""
    context = vocabulary.CONTEXTS.get(root.attribute)
    heard = False
    for key in sorted(on_line(graph.nodes, root.node, root.attribute)):
        node = graph.nodes[key]
        if node.element is None:
            continue
        heard = heard or any(e.does.audible for e in node.element.walk()) or _unknown(graph, node)
        spec = node.element.spec
        if graph.contexts.get(key) is not root.context and not graph.twiml:
            continue  # it is used both ways, which has a finding of its own
        if context is not None and spec is not None and spec.name not in context.verbs:
            rows = [vocabulary.VOICE[name] for name in context.verbs]
            allowed = ", ".join(f"<{row.tag}>" if graph.twiml else row.key for row in rows)
            message = f"{node.title} cannot be used in a document that plays for {root.attribute}"
            hint, codes = f"allowed: {allowed}", context.twilio
            labels = [Label(root.span, "this leads to it")] if graph.twiml else []
            yield rules.WRONG_CONTEXT.at(node.span, message, hint=hint, labels=labels, twilio=codes)
            heard = heard or graph.twiml
    if root.context.waits and not heard:
        message = f"callers who wait with {root.span.text if graph.twiml else 'this'} hear nothing"
        empty = 'waitUrl=""' if graph.twiml else "waitUrl"
        hint = f"let it say or play something; for silence write an empty {empty}"
        yield rules.SILENT_WAIT.at(root.span, message, hint=hint)


def _unknown(graph: Graph, node: Node) -> bool:
    """Whether more than is known here may be heard: a program completes it, or it leads away."""
    if node.place.flow in graph.filled or not graph.twiml or node.branching is None:
        return node.place.flow in graph.filled
    return not all(name in node.exits for name in node.outcomes.worked or ("done",))


def _replies(graph: Graph, start: NodeKey) -> Iterator[Diagnostic]:
    """A finding for the first message that is too much in the answer to one.

    Nothing branches in an answer, so there is one way; that it has no end is a finding by itself.
    """
    most = vocabulary.MOST_REPLIES
    nodes = (graph.nodes[key] for key in reached((start,), graph.after))
    messages = (node for node in nodes if node.tag == "Message")
    for node in islice(messages, most, most + 1):
        message = f"this would be message {most + 1}; Twilio sends {most} replies at most"
        yield rules.TOO_MANY_REPLIES.at(node.span, message, hint="put them into fewer")
