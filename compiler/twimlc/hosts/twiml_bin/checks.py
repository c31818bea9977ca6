"""What a TwiML Bin cannot do, and what its texts show of the call.

Nodes and drafts of documents come in, findings and names of values go out.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from twimlc.findings import rules
from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.graph import Context, Node, NodeKey
from twimlc.flow.model import MediaLink, Text
from twimlc.lower.drafts import Decided, Draft, Jump, Verb, states_linked
from twimlc.lower.hop import undecided
from twimlc.lower.host import Site
from twimlc.lower.links import Groundwork
from twimlc.lower.lowering import apology_nodes
from twimlc.lower.names import DecisionKey, DocumentKey, Keys
from twimlc.lower.plan import Choice, Markup
from twimlc.rules.words import Wording, wordings
from twimlc.vocabulary import INPUT_PARAMETERS, documents_with, is_standard_parameter
from twimlc.yaml.tree import CallValue, Template

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HELPERS = "if unless each with lookup log helperMissing blockHelperMissing"
_INHERITED = (
    "constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf"
    " __proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__"
)
_TAKEN = frozenset(f"go this else {_HELPERS} {_INHERITED}".split())
"""Names that a Bin or its engine reads as something else."""


def check_flow(ground: Groundwork) -> Iterator[Diagnostic]:
    """Findings about verbs, wherever they stand."""
    graph, site = ground.graph, ground.site
    for key, way in ground.ways.items():
        node = graph.nodes[key]
        if isinstance(way.leave, Choice):
            context = graph.contexts.get(key, Context.CALL)
            if context is not Context.CALL:
                yield undecided(node, context)
            elif way.leave.parameter == "Digits":
                yield from _keys(node, way.leave)
        yield from _addresses(node, site)
    for node in apology_nodes(site):
        yield from _addresses(node, site)


def _keys(node: Node, choice: Choice[NodeKey]) -> Iterator[Diagnostic]:
    assert node.element is not None
    values = [value for value, _ in choice.branches]
    single = node.element.literal("numDigits") == "1"
    hashed = next((value for value in values if "#" in value), None)
    starred = next((value for value in values if "*" in value), None)
    finish = node.element.get("finishOnKey")
    span = node.branching or node.span
    if hashed is not None:
        message = (
            f"'{hashed}' is a choice of this '{node.title}', and '#' ends the address that a Bin"
            " makes of the keys"
        )
        hint = "choose a digit instead, or use a host of files with a router"
    elif starred is not None and not (single and all(len(value) == 1 for value in values)):
        message = f"'{starred}' is a choice of this '{node.title}': on a Bin '*' can be one of"
        message += " single keys only"
        hint = "use digits, or give all choices one key"
    elif finish is not None and finish.value != "#" and (starred is not None or not single):
        span = finish.span
        message = (
            f"with this finishOnKey '#' may be among the keys of this '{node.title}', and it ends"
            " the address that a Bin makes of them"
        )
        hint = "leave finishOnKey out: then '#' ends what is entered"
    else:
        return
    yield rules.KEY_NOT_IN_NAME.at(span, message, hint=hint)


def _addresses(node: Node, site: Site) -> Iterator[Diagnostic]:
    if node.element is None:
        return
    for _, _, link, span in node.element.links():
        if isinstance(link, MediaLink) and site.media is None:
            yield rules.MEDIA_NEEDS_ADDRESS.at(
                span,
                f"'{link.path}' is an audio file, and a Bin holds none",
                hint="give the target the address of a folder of audio files:"
                " media: https://media.example.com/ivr",
            )
    for text, span, element, name, row in wordings(node.element, addresses=True):
        address = text.strip() if isinstance(text, str) else ""
        if address and row and not _ADDRESS.match(address):
            where = name or (element.spec.key if element.spec else element.tag)
            yield rules.ADDRESS_NEEDS_FOLDER.at(
                span,
                f"'{address}' ({where}) is a relative address, and a Bin has no folder",
                hint="write the whole address: https://…",
                twilio=row.twilio,
            )


def check_calls(
    keys: Keys,
    begins: Sequence[DocumentKey],
    drafts: Mapping[DocumentKey, Draft],
    stands_for: Mapping[DocumentKey, DocumentKey],
) -> Iterator[Diagnostic]:
    """Findings about values of the call that are not known where they are to be heard.

    Standard parameters come with every request; those of a Gather with the one it makes; the
    author's own with the first.
    """
    arrivals = _arrivals(keys, begins, drafts, stands_for)
    by_plan = {stands_for[key] for key in begins} - {stands_for[begins[0]]}
    for key, draft in drafts.items():
        ways = arrivals.get(stands_for[key], set())
        for wording in _wordings_of(draft):
            for name in wording.call_values():
                reason = _lost(name, ways, draft.context)
                if draft.context is Context.MESSAGE and stands_for[key] in by_plan:
                    reason = "is hidden from what a Bin replies to messages by plan"
                if reason is not None:
                    hint = "say it in the step that it is first known in"
                    message = f"'${{call.{name}}}' {reason}"
                    yield rules.CALL_VALUE_LOST.at(wording.span, message, hint=hint)


def values_shown(draft: Draft) -> frozenset[str]:
    """The names of all values of the call that a document shows."""
    return frozenset(name for wording in _wordings_of(draft) for name in wording.call_values())


def _wordings_of(draft: Draft) -> Iterator[Wording]:
    for piece in draft.pieces:
        if isinstance(piece, Verb):
            yield from wordings(piece.node.element)


def _lost(name: str, ways: set[str], context: Context) -> str | None:
    if name in _TAKEN:
        return "has a name that a Bin reads as something else"
    if is_standard_parameter(name):
        return None
    if name not in INPUT_PARAMETERS:
        if documents_with(name):
            known = context is not Context.CALL or ways == {"url"}
            return None if known else "comes with the request of that address only"
        if ways == {"start"}:
            return None
        return "comes with the first request only, and the call has made another by then"
    if ways <= ({"gather", "keys"} if name == "Digits" else {"gather"}):
        return None
    if ways <= {"gather", "keys"}:
        return "is lost where a Bin decides by the keys"
    return "is known only in what a gather leads to, until the next request"


def _arrivals(
    keys: Keys,
    begins: Collection[DocumentKey],
    drafts: Mapping[DocumentKey, Draft],
    stands_for: Mapping[DocumentKey, DocumentKey],
) -> dict[DocumentKey, set[str]]:
    """How each document is come to: by ``start`` (the call ``begins`` there), ``gather``, ``keys``
    (a decision), ``link``, or ``url``, which some attribute of a verb names."""
    found: dict[DocumentKey, set[str]] = {stands_for[key]: {"start"} for key in begins}
    decided_at: set[DecisionKey] = set()

    def come(keys: Iterable[DocumentKey], way: str) -> None:
        for key in keys:
            found.setdefault(stands_for[key], set()).add(way)

    for draft in drafts.values():
        for piece in draft.pieces:
            match piece:
                case Verb(node=node, leave=DocumentKey() as leave):
                    come([leave], "gather" if node.tag == "Gather" else "link")
                case Verb(leave=Decided() as decided) if decided.key not in decided_at:
                    decided_at.add(decided.key)
                    come(decided.targets(), "keys" if decided.parameter == "Digits" else "link")
                case Jump(target=target):
                    come([target], "link")
            if isinstance(piece, Verb):
                come(states_linked(piece, keys), "url")
    return found


KEPT = CallValue("keys")
"""The keys that a decision was made by, which its Redirect carries on: its request has none."""


def with_kept_keys(markup: Markup) -> Markup:
    """The same verb, with the keys also as a decision carries them on: one of the two is there."""
    return replace(
        markup,
        attributes=tuple((name, _kept(value)) for name, value in markup.attributes),
        children=tuple(
            with_kept_keys(child) if isinstance(child, Markup) else _kept(child)
            for child in markup.children
        ),
    )


def _kept(value: Text) -> Text:
    digits = CallValue("Digits")
    if not isinstance(value, Template) or digits not in value.parts:
        return value
    parts = ((part, KEPT) if part == digits else (part,) for part in value.parts)
    return Template(tuple(chain.from_iterable(parts)))
