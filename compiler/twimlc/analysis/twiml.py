"""What Twilio allows where, and what a value of the call may be used for.

The graph comes in, findings go out.
"""

from collections.abc import Collection, Iterator, Mapping

from twimlc import vocabulary
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.edits import rewrite_part
from twimlc.diagnostics.rules.names import UNKNOWN_CALL_VALUE
from twimlc.diagnostics.rules.twiml import (
    CALLER_CHOSEN_CONFERENCE,
    CALLER_CHOSEN_NUMBER,
    IGNORED_PART,
    ROOM_LIMITS,
    SILENT_WAIT,
    WRONG_CONTEXT,
)
from twimlc.flow.dialed import check_identity
from twimlc.flow.graph import Context, Graph, Node, Root
from twimlc.flow.model import Element
from twimlc.source.names import nearest
from twimlc.source.respell import beyond_doubt
from twimlc.source.tree import CallValue, Template

_CALLED = ("Number", "Client", "Sip", "WhatsApp", "Sim", "Application", "Identity", "Uri")
_WAITS = (Context.QUEUE_WAIT, Context.CONFERENCE_WAIT)


def check_twiml(graph: Graph, declared: Mapping[str, Collection[str]]) -> Iterator[Diagnostic]:
    """Findings; ``declared`` holds each flow's own call values (``call:``)."""
    seen_rooms: set[str] = set()
    for key in graph.contexts:
        node = graph.nodes[key]
        if node.element is None:
            continue
        if node.element.tag == "Leave" and graph.contexts[key] is Context.CALL:
            message = "nobody waits in a queue here, so there is nothing to leave"
            hint = "leave stands in what an enqueue's waitUrl leads to; to end the call, hangup"
            yield IGNORED_PART.at(node.span, message, hint=hint)
        for element in node.element.walk():
            if element.tag == "Room":
                yield from _room(node, seen_rooms)
            yield from check_identity(element)
        own = declared.get(node.state.flow, ())
        if graph.contexts[key] is Context.MESSAGE:
            # Like the author's own they are told as sure only of the first request.
            own = (*own, *vocabulary.MESSAGE_PARAMETERS)
        yield from _call_values(node, own)
    for root in graph.roots:
        yield from _root(graph, root)


def _room(node: Node, seen: set[str]) -> Iterator[Diagnostic]:
    flow = node.state.flow
    if flow not in seen:
        seen.add(flow)
        message = "only group rooms take callers, 35 at most, in region us1 and not in ie1 or au1"
        hint = "Twilio once closed Video to new customers and has since withdrawn that"
        yield ROOM_LIMITS.at(node.span, message, hint=hint)


def _values(element: Element) -> Iterator[tuple[Element, str | None, str]]:
    """Every call-time value in an element: where it stands (None: in the text) and its name."""
    for inner in element.walk():
        for attribute in inner.attributes:
            if isinstance(attribute.value, Template):
                for part in attribute.value.parts:
                    if isinstance(part, CallValue):
                        yield inner, attribute.name, part.name
        for child in inner.children:
            if isinstance(child, Template):
                for part in child.parts:
                    if isinstance(part, CallValue):
                        yield inner, None, part.name


def _call_values(node: Node, declared: Collection[str]) -> Iterator[Diagnostic]:
    assert node.element is not None
    known = {*declared, *vocabulary.INPUT_PARAMETERS}
    for element, attribute, name in _values(node.element):
        found = element.get(attribute) if attribute else None
        span = found.span if found else element.span
        if name not in known and not vocabulary.is_standard_parameter(name):
            names = [*known, *vocabulary.STANDARD_PARAMETERS]
            close, sure = nearest(name, names), beyond_doubt(name, names)
            fix = rewrite_part(span, f"call.{name}", f"call.{sure}") if sure else None
            hint = f"did you mean '{close}'?" if close else "declare your own with call: [NAME]"
            message = f"Twilio sends no parameter called '{name}'"
            yield UNKNOWN_CALL_VALUE.at(span, message, hint=hint, fix=fix)
        if attribute is None and element.tag == "Conference":
            message = f"the caller would choose the conference through '{name}'"
            hint = "a fixed name, or one from params, keeps strangers out of other conferences"
            yield CALLER_CHOSEN_CONFERENCE.at(span, message, hint=hint)
        chosen = (attribute is None and element.tag in _CALLED) or (
            attribute == "callerId" and name not in ("From", "To")
        )
        if chosen and "caller-chosen-number" not in node.allow:
            what = attribute or element.tag.lower()
            message = f"the caller would choose the {what} through '{name}'"
            hint = "allow: [caller-chosen-number] on the step says that it is meant"
            yield CALLER_CHOSEN_NUMBER.at(span, message, hint=hint)


def _root(graph: Graph, root: Root) -> Iterator[Diagnostic]:
    """The document of another leg: only some verbs may stand in it."""
    context = vocabulary.CONTEXTS.get(root.attribute)
    heard = False
    for key in sorted(graph.reachable(root.node)):
        node = graph.nodes[key]
        if node.element is None:
            continue
        heard = heard or any(e.tag in ("Say", "Play") for e in node.element.walk())
        spec = node.element.spec
        if graph.contexts.get(key) is not root.context:
            continue  # it is used both ways, which is told already
        if context is not None and spec is not None and spec.name not in context.verbs:
            allowed = ", ".join(vocabulary.VOICE[name].key for name in context.verbs)
            message = f"{node.title} cannot stand in a document that plays for {root.attribute}"
            codes = context.twilio
            yield WRONG_CONTEXT.at(node.span, message, hint=f"allowed: {allowed}", twilio=codes)
    if root.context in _WAITS and not heard:
        message = "whoever waits with this hears nothing"
        hint = "let it say or play something; for silence write an empty waitUrl"
        yield SILENT_WAIT.at(root.span, message, hint=hint)
