"""The hop: a Bin that turns the value of a decision into the name of a file.

Decisions come in; out go findings about those whose values have no end, and for the others one
document for each value that there can be, since a host of plain files has no answer for others.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import DECISION_ON_OTHER_LINE, VALUES_WITHOUT_END
from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.lower.host import HANDLER
from twimlc.lower.names import DecisionKey, DocumentKey
from twimlc.lower.plan import Choice, Decision, Document
from twimlc.lower.transitions import Way
from twimlc.text import Span
from twimlc.values.multiples import too_many
from twimlc.vocabulary import VOICE
from twimlc.yaml.tree import CallValue


class Kind(NamedTuple):
    """A kind of value that decisions look at. ``flag`` marks the questions about it."""

    flag: str
    parameter: str
    mark: str | None = None
    presence: bool = False

    def name(self) -> tuple[str | CallValue, ...]:
        """The part of a name that the value makes."""
        if self.mark is None:
            return ("-", CallValue(self.parameter))
        if self.presence:
            # Constant text in a positive section: the same to both engines.
            tags = CallValue(f"#{self.mark}"), CallValue(f"/{self.mark}")
            return ("-", CallValue(self.parameter), tags[0], "-given", tags[1])
        return ("-", CallValue(self.parameter), "-", CallValue(self.mark))


_ORDER = "kdbeprchv"
"""The flags in the order in which Bins ask; those of other kinds come after them."""


def _kinds() -> Iterator[Kind]:
    """What decisions go by, of all verbs and nouns with outcomes."""
    known: set[str] = set()
    for row in VOICE.values():
        outcomes = row.outcomes
        if outcomes is None or outcomes.parameter is None or outcomes.parameter in known:
            continue
        known.add(parameter := outcomes.parameter)
        yield Kind(outcomes.flags[:1] or parameter.lower(), parameter)
        for number, (mark, values) in enumerate(outcomes.read_elsewhere.values(), start=1):
            flag = outcomes.flags[number : number + 1] or f"{parameter}-{mark}".lower()
            yield Kind(flag, parameter, mark, presence=not values)


KINDS = tuple(sorted(_kinds(), key=lambda kind: (kind.flag not in _ORDER, _ORDER.find(kind.flag))))

MOST_VALUES = 200
ASSUMED = ("bin-sections", "bin-parameters", "bin-saved-as-typed")
_KEYS = "0123456789*"
_POSTED = {row.outcomes.parameter for row in VOICE.values() if row.only_posts and row.outcomes}
ASKED = tuple(kind for kind in KINDS if not kind.presence and kind.parameter not in _POSTED)
"""The kinds of decision that the Bin knows; its template tests their flags."""
_FLAGS = {(kind.parameter, kind.mark): kind.flag for kind in ASKED}


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


def check_hop(graph: Graph, ways: Mapping[NodeKey, Way], most: int) -> Iterator[Diagnostic]:
    """Findings about decisions that the hop cannot take, or flows with more than ``most`` files."""
    files = defaultdict[str, list[tuple[Span, str, int]]](list)
    for key, way in ways.items():
        node = graph.nodes[key]
        if isinstance(way.leave, Choice):
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
            count = len(values(node, way.leave))
            files[node.place.flow].append((node.span, node.title, count))
    for flow, counted in files.items():
        if sum(count for _, _, count in counted) > most:
            yield too_many(counted, flow, most, "documents")


def _endless(node: Node, choice: Choice[NodeKey]) -> str | None:
    assert node.element is not None
    if choice.mark is not None and choice.parameters not in _FLAGS:
        return f"goes on by {choice.mark.parameter}, which can be any text"
    if choice.parameter != "Digits":
        return None
    if "speech" in (node.element.literal("input") or "").split():
        return "takes speech, which can be anything"
    if any("#" in value for value, _ in choice.branches):
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


def values(node: Node, choice: Choice[NodeKey]) -> tuple[str, ...]:
    """Every value that Twilio can send for a decision, as a file's name holds it."""
    assert node.element is not None
    if choice.parameter == "Digits":
        longest = int(node.element.literal("numDigits") or "1")
        return tuple(
            "".join(keys) for n in range(1, longest + 1) for keys in product(_KEYS, repeat=n)
        )
    outcomes = node.outcomes
    said = dict.fromkeys(value for found in outcomes.values.values() for value in found)
    known = (*said, *(value for value in outcomes.not_outcomes if value not in said))
    if choice.mark is None:
        return known
    return tuple(f"{value}-{mark}" for value in known for mark in ("", "true", "false"))


def values_by_path(
    graph: Graph, ways: Mapping[NodeKey, Way], paths: Mapping[DecisionKey, str]
) -> dict[str, tuple[str, ...]]:
    """The values of every decision, by the path that it and those that are equal have."""
    found: dict[str, dict[str, None]] = {}
    for key, path in paths.items():
        leave = ways[key.node].leave
        assert isinstance(leave, Choice), "only verbs with a decision ask for one"
        found.setdefault(path, {}).update(dict.fromkeys(values(graph.nodes[key.node], leave)))
    return {path: tuple(known) for path, known in found.items()}


def address(bin_sid: str, decision: str, asked: Choice[DocumentKey]) -> str:
    """The action of a verb that asks for a decision."""
    name, flag = decision.removesuffix(".decide"), _FLAGS[asked.parameters]
    return f"{HANDLER}{bin_sid}?n={name}&{flag}=1"


def answered(
    documents: Iterable[Document],
    decisions: Iterable[Decision],
    named: Mapping[str, tuple[str, ...]],
    linked: Collection[str],
) -> list[Document]:
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
    return list(found.values())
