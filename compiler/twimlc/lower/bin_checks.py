"""What a TwiML Bin cannot do. Nodes and drafts of documents come in, findings go out."""

import re
from collections.abc import Iterator, Mapping

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.hosts import (
    ADDRESS_NEEDS_FOLDER,
    CALL_VALUE_LOST,
    DECISION_ON_OTHER_LINE,
    KEY_NOT_IN_NAME,
    MEDIA_NEEDS_ADDRESS,
)
from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.flow.model import Element, MediaLink
from twimlc.lower.apology import apology_nodes
from twimlc.lower.drafts import Decided, Draft, Jump, Verb
from twimlc.lower.host import Site
from twimlc.lower.keys import DecisionKey, DocumentKey
from twimlc.lower.ways import Ask, Way
from twimlc.source.tree import CallValue, Template
from twimlc.text import Span
from twimlc.vocabulary import INPUT_PARAMETERS, is_standard_parameter

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HELPERS = {"if", "unless", "each", "with", "lookup", "log", "helperMissing", "blockHelperMissing"}
_INHERITED = {
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
    "__proto__",
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
}
_TAKEN = frozenset({"go", "this", "else"} | _HELPERS | _INHERITED)
"""Names that a Bin or its engine reads as something else."""


def check_flow(graph: Graph, ways: Mapping[NodeKey, Way], site: Site) -> Iterator[Diagnostic]:
    """Findings about verbs, wherever they stand."""
    for key in ways:
        node = graph.nodes[key]
        if node.element is None:
            continue
        leave = ways[key].leave
        if isinstance(leave, Ask):
            context = graph.contexts.get(key, Context.CALL)
            if context is not Context.CALL:
                yield undecided(node, context)
            elif leave.parameter == "Digits":
                yield from _keys(node, leave)
        yield from _addresses(node, site)
    for node in apology_nodes(site):
        yield from _addresses(node, site)


def undecided(node: Node, context: Context) -> Diagnostic:
    """The finding for a decision that a Bin, alone or as a router, does not take there."""
    why = "on the line of somebody else, which takes a Redirect; there can be none there"
    if context is not Context.LEG:
        why = "in what those who wait hear, which is not translated for a Bin"
    return DECISION_ON_OTHER_LINE.at(
        node.branching or node.span,
        f"'{node.title}' decides {why}",
        hint="let any key count ('then' and 'fallback' alone), or use nginx, caddy, apache or the"
        " router cloudfront",
    )


def _keys(node: Node, ask: Ask) -> Iterator[Diagnostic]:
    assert node.element is not None
    values = [value for value, _ in ask.branches]
    single = node.element.literal("numDigits") == "1"
    hashed = next((value for value in values if "#" in value), None)
    starred = next((value for value in values if "*" in value), None)
    finish = node.element.get("finishOnKey")
    other_finish = finish is not None and finish.value != "#"
    span = node.branching or node.span
    if hashed is not None:
        yield KEY_NOT_IN_NAME.at(
            span,
            f"'{hashed}' is a choice of this '{node.title}', and '#' ends the address that a Bin"
            " makes of the keys",
            hint="choose a digit instead, or use a host of files with a router",
        )
    elif starred is not None and not (single and all(len(value) == 1 for value in values)):
        yield KEY_NOT_IN_NAME.at(
            span,
            f"'{starred}' is a choice of this '{node.title}': on a Bin '*' can be one of single"
            " keys only",
            hint="use digits, or give all choices one key",
        )
    elif other_finish and (starred is not None or not single):
        yield KEY_NOT_IN_NAME.at(
            finish.span if finish is not None else span,
            f"with this finishOnKey '#' may be among the keys of this '{node.title}', and it ends"
            " the address that a Bin makes of them",
            hint="leave finishOnKey out: then '#' ends what is keyed in",
        )


def _addresses(node: Node, site: Site) -> Iterator[Diagnostic]:
    assert node.element is not None
    for _, _, link, span in node.element.links():
        if isinstance(link, MediaLink) and site.media is None:
            yield MEDIA_NEEDS_ADDRESS.at(
                span,
                f"'{link.path}' is a sound file, and a Bin holds none",
                hint="give the target the address of a folder of sounds:"
                " media: https://media.example.com/ivr",
            )
    for element in node.element.walk():
        for where, text, span, codes in _fetched(element):
            if text and not _ADDRESS.match(text):
                yield ADDRESS_NEEDS_FOLDER.at(
                    span,
                    f"'{text}' ({where}) is a relative address, and a Bin has no folder",
                    hint="write the whole address: https://…",
                    twilio=codes,
                )


def _fetched(element: Element) -> Iterator[tuple[str, str, Span, tuple[int, ...]]]:
    """Every address of the author's in an element, and Twilio's codes for a bad one there."""
    spec = element.spec
    if spec is None:
        return
    for attribute in element.attributes:
        known = spec.attributes.get(attribute.name)
        if known and known.fetch and isinstance(attribute.value, str):
            yield attribute.name, attribute.value.strip(), attribute.span, known.twilio
    if spec.text and spec.text.fetch:
        for child in element.children:
            if isinstance(child, str):
                yield spec.key, child.strip(), element.span, spec.text.twilio


def check_calls(
    graph: Graph,
    flow: str,
    start: DocumentKey,
    drafts: Mapping[DocumentKey, Draft],
    stands_for: Mapping[DocumentKey, DocumentKey],
) -> Iterator[Diagnostic]:
    """Findings about values of the call that are not known where they are to be heard.

    Standard parameters come with every request; those of a Gather with the one it makes; the
    author's own with the first.
    """
    arrivals = _arrivals(start, drafts, stands_for)
    for key, draft in drafts.items():
        ways = arrivals.get(stands_for[key], set())
        for piece in draft.pieces:
            if not isinstance(piece, Verb) or piece.node.element is None:
                continue
            for name, span in _values(piece.node.element):
                reason = _lost(name, ways)
                if reason is not None:
                    hint = "say it in the step that it is first known in"
                    yield CALL_VALUE_LOST.at(span, f"'${{call.{name}}}' {reason}", hint=hint)


def _lost(name: str, ways: set[str]) -> str | None:
    if name in _TAKEN:
        return "has a name that a Bin reads as something else"
    if is_standard_parameter(name):
        return None
    if name not in INPUT_PARAMETERS:
        if ways == {"start"}:
            return None
        return "comes with the first request only, and the call has made another by then"
    if name == "Digits" and ways <= {"gather", "keys"}:
        return None
    if ways <= {"gather"}:
        return None
    if ways <= {"gather", "keys"}:
        return "is lost where a Bin decides by the keys"
    return "is known only in what a gather leads to, until the next request"


def _arrivals(
    start: DocumentKey,
    drafts: Mapping[DocumentKey, Draft],
    stands_for: Mapping[DocumentKey, DocumentKey],
) -> dict[DocumentKey, set[str]]:
    """How each document is come to: by ``start``, ``gather``, ``keys`` (a decision) or ``link``."""
    found: dict[DocumentKey, set[str]] = {stands_for[start]: {"start"}}
    decided_at: set[DecisionKey] = set()

    def come(key: DocumentKey, way: str) -> None:
        found.setdefault(stands_for[key], set()).add(way)

    for draft in drafts.values():
        for piece in draft.pieces:
            match piece:
                case Verb(node=node, leave=DocumentKey() as leave):
                    gathers = node.element is not None and node.element.tag == "Gather"
                    come(leave, "gather" if gathers else "link")
                case Verb(leave=Decided() as decided) if decided.key not in decided_at:
                    decided_at.add(decided.key)
                    for key in decided.documents():
                        come(key, "keys" if decided.parameter == "Digits" else "link")
                case Jump(target=target):
                    come(target, "link")
    return found


def _values(element: Element) -> Iterator[tuple[str, Span]]:
    for inner in element.walk():
        places = [(a.value, a.span) for a in inner.attributes]
        places += [(c, inner.span) for c in inner.children if isinstance(c, Template)]
        for text, span in places:
            if isinstance(text, Template):
                yield from ((p.name, span) for p in text.parts if isinstance(p, CallValue))
