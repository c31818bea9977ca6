"""Values of the running call: where Twilio sends them, whose they are, what they may decide.

The graph comes in, findings go out.
"""

from collections.abc import Collection, Iterator, Mapping

from twimlc import vocabulary
from twimlc.findings import Diagnostic, rules
from twimlc.findings.edits import rewrite_part
from twimlc.flow.graph import Context, Graph, Node, NodeKey, Root
from twimlc.flow.model import Element
from twimlc.rules.words import wordings
from twimlc.text import Span
from twimlc.yaml.names import beyond_doubt, meant
from twimlc.yaml.tree import CallValue, Template


def check_call_values(
    graph: Graph, declared: Mapping[str, Collection[str]]
) -> Iterator[Diagnostic]:
    """Findings; ``declared`` holds each flow's own call values (``call:``)."""
    used: dict[NodeKey, list[tuple[Element, str | None, str, Span]]] = {}
    for node, verb in graph.verbs():
        if values := [*values_in(verb)]:
            used[node.key] = values
    if not used:
        return
    lines = _lines(graph)
    for key, values in used.items():
        node = graph.nodes[key]
        own = {*declared.get(node.state.flow, ()), *vocabulary.INPUT_PARAMETERS}
        if graph.contexts[key] is Context.MESSAGE:
            # Like the author's own they are told as sure only of the first request.
            own |= vocabulary.MESSAGE_PARAMETERS
        for element, attribute, name, span in values:
            reasons = (_reason(graph, root, name, own, span) for root in lines.get(key, [None]))
            yield from [reason for reason in reasons if reason is not None][:1]
            yield from _chosen(node, element, attribute, name, span)


def values_in(element: Element) -> Iterator[tuple[Element, str | None, str, Span]]:
    """Every call-time value in an element: where it stands (None: in the text) and its name."""
    for wording in wordings(element):
        for name in wording.call_values():
            yield wording.element, wording.name, name, wording.span


def _lines(graph: Graph) -> dict[NodeKey, list[Root | None]]:
    """The URLs of ours behind which each node may run; None is the caller's own call."""
    found: dict[NodeKey, list[Root | None]] = {}
    own: set[NodeKey] = set()
    for start in graph.starts.values():
        own |= set() if start in own else graph.reachable(start)
    for key in own:
        found[key] = [None]
    for root in graph.roots:
        for key in graph.reachable(root.node):
            if graph.contexts.get(key) is root.context and not (
                # Who was transferred may go on where callers do, who know what is theirs.
                root.attribute == "Dial.referUrl" and key in own
            ):
                found.setdefault(key, []).append(root)
    return found


def _reason(
    graph: Graph, root: Root | None, name: str, own: Collection[str], span: Span
) -> Diagnostic | None:
    """Why a value is not the caller's in what ``root`` leads to."""
    place = root.attribute if root is not None else ""
    if name in own or name in vocabulary.REQUEST_PARAMETERS.get(place, ()):
        return None
    if not vocabulary.is_standard_parameter(name):
        return _unknown(name, own, span)
    if root is None or not (root.context is Context.LEG or place == "Dial.referUrl"):
        return None
    return _of_other(graph.nodes[root.origin], place, name, span)


def _unknown(name: str, own: Collection[str], span: Span) -> Diagnostic:
    if places := vocabulary.documents_with(name):
        told = ", ".join(_written(place) for place in places)
        message = f"'{name}' is known only in what {told} leads to"
        return rules.UNKNOWN_CALL_VALUE.at(span, message, hint="say it there, or leave it out")
    if places := vocabulary.documents_with(name, "action"):
        message = f"'{name}' is told to {_written(places[0])} alone, and no words can hold it"
        return rules.UNKNOWN_CALL_VALUE.at(
            span, message, hint="an action on a server of yours gets it"
        )
    names = [*own, *vocabulary.STANDARD_PARAMETERS]
    sure = beyond_doubt(name, names)
    fix = rewrite_part(span, f"call.{name}", f"call.{sure}") if sure else None
    hint = meant(name, names) or "declare your own with call: [NAME]"
    message = f"unknown parameter '{name}': Twilio does not send it"
    return rules.UNKNOWN_CALL_VALUE.at(span, message, hint=hint, fix=fix)


def _written(place: str) -> str:
    element, _, attribute = place.partition(".")
    return f"{vocabulary.VOICE[element].key}.{attribute}"


def _of_other(origin: Node, place: str, name: str, span: Span) -> Diagnostic | None:
    """The finding for a value that is another party's, if it is."""
    whose = "the person who is called"
    if place == "Queue.url":
        whose = "the person who waited in the queue"
    elif name in vocabulary.ON_EVERY_LEG:
        return None
    elif name in vocabulary.SHOWN_TO_CALLED:
        shown = origin.element.get("callerId") if origin.element is not None else None
        if shown is None or shown.value == Template((CallValue("From"),)):
            return None
        message = f"'{name}' is the callerId here, which '{origin.title}' shows, not the caller's"
        hint = "without callerId it is the caller's own"
        return rules.VALUE_OF_OTHER_CALL.at(span, message, hint=hint)
    if name in ("AccountSid", "ApiVersion"):
        return None
    hint = "say it to the caller, or leave it out"
    if name == "CallSid" and place != "Queue.url":
        hint = "the caller's call is ParentCallSid"
    message = f"'{name}' in what {_written(place)} leads to is that of {whose}"
    return rules.VALUE_OF_OTHER_CALL.at(span, message, hint=hint)


def _chosen(
    node: Node, element: Element, attribute: str | None, name: str, span: Span
) -> Iterator[Diagnostic]:
    """Findings where a value would decide who is called."""
    if attribute is None and element.tag == "Conference":
        message = f"the caller would choose the conference through '{name}'"
        hint = "a fixed name, or one from params, keeps strangers out of other conferences"
        yield rules.CALLER_CHOSEN_CONFERENCE.at(span, message, hint=hint)
        return
    chosen = attribute == "applicationSid" or (
        attribute == "callerId" and name not in ("From", "To")
    )
    if attribute is None and (kind := element.text_type) is not None:
        chosen = node.tag == "Dial" or kind is vocabulary.AttributeType.SIP_URI
    if chosen and "caller-chosen-number" not in node.allow:
        what = attribute or element.tag.lower()
        message = f"the caller would choose the {what} through '{name}'"
        hint = "allow: [caller-chosen-number] on the step says that it is intended"
        yield rules.CALLER_CHOSEN_NUMBER.at(span, message, hint=hint)
