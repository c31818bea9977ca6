"""The hop: a Bin that turns the value of a decision into the name of a file.

Decisions come in; out go findings about those whose values have no end, and for the others one
document for each value that there can be, since a host of plain files has no answer for others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.hosts import VALUES_WITHOUT_END
from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.lower.bin_checks import undecided
from twimlc.lower.plan import Decision, Document
from twimlc.lower.ways import Ask, Way, outcomes_of
from twimlc.source.multiples import too_many

if TYPE_CHECKING:
    from twimlc.text import Span

HANDLER = "https://handler.twilio.com/twiml/"
MOST_VALUES = 200
ASSUMED = ("bin-sections", "bin-parameters", "bin-saved-as-typed")
_KEYS = "0123456789*"
_FLAGS = {
    ("Digits", None): "k",
    ("DialCallStatus", None): "d",
    ("DialCallStatus", "DialBridged"): "b",
    ("QueueResult", None): "e",
    ("ReferCallStatus", None): "r",
    ("SessionStatus", None): "c",
    ("VirtualAgentStatus", None): "v",
}
"""The kinds of decision that the Bin knows; its template tests the same flags."""


def check_hop(graph: Graph, ways: Mapping[NodeKey, Way], most: int) -> Iterator[Diagnostic]:
    """Findings about decisions that the hop cannot take, or flows with more than ``most`` files."""
    files: dict[str, list[tuple[Span, str, int]]] = {}
    for key, way in ways.items():
        node = graph.nodes[key]
        if isinstance(way.leave, Ask):
            span = node.branching or node.span
            context = graph.contexts.get(key, Context.CALL)
            if context is not Context.CALL:
                yield undecided(node, context)
                continue
            reason = _endless(node, way.leave)
            if reason is not None:
                yield VALUES_WITHOUT_END.at(
                    span,
                    f"'{node.title}' {reason}; with the router twiml-bin each value needs a file",
                    hint="use the router cloudfront, or the host twiml-bin, nginx, caddy or apache",
                )
                continue
            found = (node.span, node.title, len(values(node, way.leave)))
            files.setdefault(node.place.flow, []).append(found)
    for flow, made in files.items():
        if sum(count for _, _, count in made) > most:
            yield too_many(made, flow, most, "documents")


def _endless(node: Node, ask: Ask) -> str | None:
    assert node.element is not None
    if ask.mark is not None and (ask.parameter, ask.mark.parameter) not in _FLAGS:
        return f"goes on by {ask.mark.parameter}, which can be any text"
    if ask.parameter != "Digits":
        return None
    if "speech" in (node.element.literal("input") or "").split():
        return "takes speech, which can be anything"
    if any("#" in value for value, _ in ask.branches):
        return "has '#' as a choice, which ends an address"
    finish = node.element.get("finishOnKey")
    if finish is not None and finish.value != "#":
        return "lets '#' be among the keys, which ends an address"
    length = node.element.literal("numDigits") or ""
    if not length.isdecimal():
        return "takes any number of keys"
    count = sum(len(_KEYS) ** n for n in range(1, min(int(length), 9) + 1))
    if count > MOST_VALUES:
        return f"can be answered with {count:,} different keys, and {MOST_VALUES} are the most"
    return None


def values(node: Node, ask: Ask) -> tuple[str, ...]:
    """Every value that Twilio can send for a decision, as a file's name holds it."""
    assert node.element is not None
    if ask.parameter == "Digits":
        longest = int(node.element.literal("numDigits") or "1")
        return tuple(
            "".join(keys) for n in range(1, longest + 1) for keys in product(_KEYS, repeat=n)
        )
    outcomes = outcomes_of(node.element)
    assert outcomes is not None, "only verbs with outcomes decide"
    said = dict.fromkeys(value for found in outcomes.values.values() for value in found)
    known = (*said, *(value for value in outcomes.not_outcomes if value not in said))
    if ask.mark is None:
        return known
    return tuple(f"{value}-{mark}" for value in known for mark in ("", "true", "false"))


def address(bin_sid: str, decision: str, ask: tuple[str, str | None]) -> str:
    """The action of a verb that asks for a decision."""
    return f"{HANDLER}{bin_sid}?n={decision.removesuffix('.decide')}&{_FLAGS[ask]}=1"


def answered(
    documents: Iterable[Document],
    decisions: Iterable[Decision],
    named: Mapping[str, tuple[str, ...]],
    linked: frozenset[str],
) -> tuple[Document, ...]:
    """The documents with a copy for each value; ``named`` gives the values of each decision.

    Of the others only those stay that some link leads to.
    """
    by_path = {document.path: document for document in documents}
    found = {path: document for path, document in by_path.items() if path in linked}
    for decision in decisions:
        stem = decision.path.removesuffix(".decide")
        for value in named[decision.path]:
            said, _, mark = value.rpartition("-") if decision.mark is not None else (value, "", "")
            asked = {decision.parameter: said}
            if decision.mark is not None and mark:
                asked[decision.mark.parameter] = mark
            path = f"{stem}.{value}.xml"
            found[path] = replace(by_path[decision.document(asked)], path=path)
    return tuple(found[path] for path in sorted(found))
