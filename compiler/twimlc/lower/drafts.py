"""Documents while they are cut: what each holds, and where it leads, before names are known.

Two documents of one folder are the same if their bytes are, where links count as equal when they
lead to documents that are the same in turn; two decisions are if their tables are. Starting from
the coarsest guess and splitting it finds this for loops too (:func:`merge`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from twimlc.flow.decisions import Cases, Clock
from twimlc.flow.graph import Context, Node
from twimlc.flow.model import StateLink
from twimlc.lower.links import Addresses, ExternalLink, Groundwork, Writer
from twimlc.lower.names import NO_PLACE, DecisionKey, DocumentKey, Keys, LinkKey
from twimlc.lower.plan import Choice, Markup
from twimlc.lower.questions import Turn
from twimlc.text import grouped


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Choice[DocumentKey]):
    """A decision before its links have names; see :class:`~twimlc.lower.plan.Decision`."""

    key: DecisionKey


class Verb(NamedTuple):
    """A verb of the flow, and what its action leads to.

    ``next_verb`` is where a Redirect right after the verb leads: Twilio's pages leave open whether
    a silent recording and a payment given up ask for the action, so an action of the author's
    is in both places (see ``assumption`` of their rows).
    """

    node: Node
    leave: DocumentKey | Decided | ExternalLink | None
    next_verb: ExternalLink | None = None

    def markup(self, writer: Writer) -> Iterator[Markup]:
        """The verb, and the Redirect after it."""
        leave = self.leave
        yield writer.verb(self.node, leave.key if isinstance(leave, Decided) else leave)
        if self.next_verb is not None:
            yield writer.forward(self.next_verb)


class Jump(NamedTuple):
    """A Redirect to another document, which goes on with ``node`` (None: starts a wait again)."""

    target: DocumentKey
    node: Node | None


class Asked(NamedTuple):
    """A question in the place of a document: its turns lead to later ones, or to documents."""

    turns: tuple[Cases[int | DocumentKey] | Clock[int | DocumentKey], ...]

    def targets(self) -> Iterator[DocumentKey]:
        """Every document that it may lead to."""
        for turn in self.turns:
            yield from (to for to in turn.targets() if isinstance(to, DocumentKey))

    def mapped(self, to: Callable[[DocumentKey], str]) -> tuple[Turn, ...]:
        """The turns, with names of documents."""
        return tuple(
            turn.mapped(lambda t: t if isinstance(t, int) else to(t)) for turn in self.turns
        )


@dataclass(frozen=True, slots=True)
class Hangup:
    """The end of a call that has a document to itself."""


Piece = Verb | Jump | Hangup | Asked


class Draft(NamedTuple):
    """A document before its links have names."""

    key: DocumentKey
    context: Context
    pieces: tuple[Piece, ...]

    def decisions(self) -> Iterator[Decided]:
        """The decisions that its verbs ask for."""
        for piece in self.pieces:
            if isinstance(piece, Verb) and isinstance(piece.leave, Decided):
                yield piece.leave

    @property
    def asked(self) -> list[Asked]:
        """The question that is in its place, if one is."""
        return [piece for piece in self.pieces if isinstance(piece, Asked)]

    def linked(self, keys: Keys) -> Iterator[DocumentKey]:
        """Every document that one of its links names; a decision has a link of its own."""
        for piece in self.pieces:
            match piece:
                case Verb(leave=DocumentKey() as target) | Jump(target=target):
                    yield target
                case Asked():
                    yield from piece.targets()
            if isinstance(piece, Verb):
                yield from states_linked(piece, keys)

    def markup(self, writer: Writer) -> Iterator[Markup]:
        """Its body."""
        for piece in self.pieces:
            match piece:
                case Verb():
                    yield from piece.markup(writer)
                case Jump():
                    yield writer.jump(piece.target, piece.node)
                case Hangup():
                    yield Markup("Hangup")


def next_of(piece: Piece) -> Iterator[DocumentKey]:
    """Where the same line goes from here."""
    match piece:
        case Verb(leave=DocumentKey() as target) | Jump(target=target):
            yield target
        case Verb(leave=Decided() as decided):
            yield from dict.fromkeys(decided.targets())
        case Asked():
            yield from dict.fromkeys(piece.targets())


def states_linked(verb: Verb, keys: Keys) -> Iterator[DocumentKey]:
    """The documents of the states that attributes of a verb name."""
    for link in verb.node.links():
        if isinstance(link, StateLink):
            yield keys.state(link)


def states_of(folder: str, drafts: Iterable[Draft]) -> tuple[str, ...]:
    """The states that play in documents which are written as one, in order of playing."""
    places = (
        piece.node.place for draft in drafts for piece in draft.pieces if isinstance(piece, Verb)
    )
    return tuple(
        dict.fromkeys(
            place.state if place.flow == folder else f"{place.flow}/{place.state}"
            for place in places
        )
    )


def longest_chain(
    start: LinkKey,
    leads_to: Callable[[LinkKey], Iterable[LinkKey]],
    longest: dict[LinkKey, int | None],
) -> int | None:
    """The most requests that one call can take from ``start``; None if it can go round.

    ``longest`` keeps what is known for the other starts: flows that lead to each other are walked
    once and not once for each.
    """
    open_: dict[LinkKey, set[LinkKey]] = {}
    stack = [start]
    while stack:
        key = stack[-1]
        if key in open_:
            stack.pop()
            after = open_.pop(key)
            longest[key] = 1 + max((longest[target] or 0 for target in after), default=0)
            continue
        if key in longest:
            stack.pop()
            continue
        open_[key] = after = set(leads_to(key))
        for target in after:
            if target in open_ or longest.get(target, 0) is None:
                # Whatever is open has led here, so it goes round as well.
                longest.update(dict.fromkeys(open_))
                return None
            if target not in longest:
                stack.append(target)
    return longest[start]


class Noted(Addresses):
    """Writes every link to a document alike, and notes where it leads."""

    def __init__(self, path: str, ground: Groundwork) -> None:
        super().__init__(path, {}, ground)
        self.targets: list[LinkKey] = []

    def document(self, key: LinkKey, documented: bool) -> str:
        self.targets.append(key)
        return "\0"


def merge(
    drafts: Mapping[DocumentKey, Draft],
    decisions: Mapping[DecisionKey, Decided],
    paths: Mapping[LinkKey, str],
    ground: Groundwork,
) -> tuple[dict[DocumentKey, DocumentKey], dict[DecisionKey, DecisionKey]]:
    """For each document the one that is written in its place: the start, or the shortest name.

    And the same for each decision.
    """
    links: dict[LinkKey, list[LinkKey]] = {}
    bodies: dict[LinkKey, tuple[object, ...]] = {}
    for key, draft in drafts.items():
        noted = Noted(paths[key], ground)
        body = tuple(draft.markup(Writer(key, ground, noted)))
        questions = tuple(asked.mapped(lambda target: "") for asked in draft.asked)
        alone = key if key.place != NO_PLACE or ground.keys.is_place(key) else None
        bodies[key] = key.folder, key.entry, body, questions, alone
        links[key] = [*noted.targets, *(to for asked in draft.asked for to in asked.targets())]
    for asked, decided in decisions.items():
        table = decided.mapped(lambda target: None)  # where a value leads counts as a link
        bodies[asked] = asked.folder, table
        links[asked] = list(decided.targets())
    kinds = refine(bodies, links)
    flows = {key.folder for key in drafts}
    starts = {ground.keys.start(flow)._replace(entry=False) for flow in flows}
    best: dict[int, DocumentKey] = {}
    for key in sorted(drafts, key=lambda key: (len(paths[key]), paths[key])):
        if kinds[key] not in best or key in starts:
            best[kinds[key]] = key
    first: dict[int, DecisionKey] = {}
    for asked in sorted(decisions, key=lambda asked: (len(paths[asked]), paths[asked])):
        first.setdefault(kinds[asked], asked)
    return (
        {key: best[kinds[key]] for key in drafts},
        {asked: first[kinds[asked]] for asked in decisions},
    )


def refine(
    bodies: Mapping[LinkKey, object], links: Mapping[LinkKey, list[LinkKey]]
) -> dict[LinkKey, int]:
    """The kind of each document and decision after splitting until equal ones lead to equal ones.

    Those of one kind have equal ``bodies``, which hold what is in each without its links.
    Hopcroft's way: only the smaller part of a split has to be looked at again, so that a long
    chain of similar documents takes no more than a short one for each of its links.
    """
    kinds = [set(keys) for keys in grouped((body, key) for key, body in bodies.items()).values()]
    kind = {key: number for number, found in enumerate(kinds) for key in found}
    sources = grouped(
        (target, (position, key))
        for key, targets in links.items()
        for position, target in enumerate(targets)
    )
    waiting = list(range(len(kinds)))
    while waiting:
        leading: dict[int, set[LinkKey]] = {}
        for target in kinds[waiting.pop()]:
            for position, key in sources.get(target, ()):
                leading.setdefault(position, set()).add(key)
        for keys_there in leading.values():
            parts: dict[int, set[LinkKey]] = {}
            for key in keys_there:
                parts.setdefault(kind[key], set()).add(key)
            for old, found in parts.items():
                rest = len(kinds[old]) - len(found)
                if not rest:
                    continue
                part = found if len(found) <= rest else kinds[old] - found
                kinds[old] -= part
                kind.update(dict.fromkeys(part, len(kinds)))
                waiting.append(len(kinds))
                kinds.append(part)
    return kind
