"""Documents while they are cut: what stands in each, and where it leads, before names are known."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from twimlc.flow.graph import Context, Node
from twimlc.lower.keys import DecisionKey, DocumentKey
from twimlc.lower.links import Away, Writer
from twimlc.lower.plan import Mark, Markup


class Decided(NamedTuple):
    """A decision before its links have names; see :class:`~twimlc.lower.plan.Decision`."""

    key: DecisionKey
    parameter: str
    branches: tuple[tuple[str, DocumentKey], ...]
    default: DocumentKey
    mark: Mark | None
    marked: tuple[tuple[str, DocumentKey], ...]

    def documents(self) -> Iterator[DocumentKey]:
        """Where it may lead, one for each row."""
        yield from (document for _, document in self.marked)
        yield from (document for _, document in self.branches)
        yield self.default


class Verb(NamedTuple):
    """A verb of the flow, and what its action leads to.

    ``behind`` is where a Redirect right behind the verb leads: Twilio's pages leave open whether
    a silent recording and a payment given up ask for the action, so an action of the author's
    stands in both places (docs/voice/twiml/record, docs/voice/twiml/pay).
    """

    node: Node
    leave: DocumentKey | Decided | Away | None
    behind: Away | None = None


class Jump(NamedTuple):
    """A Redirect to another document, which goes on with ``node`` (None: starts a wait again)."""

    target: DocumentKey
    node: Node | None


@dataclass(frozen=True, slots=True)
class Hangup:
    """The end of a call that has a document to itself."""


Piece = Verb | Jump | Hangup


class Draft(NamedTuple):
    """A document before its links have names."""

    key: DocumentKey
    context: Context
    pieces: tuple[Piece, ...]

    def next_documents(self) -> Iterator[DocumentKey]:
        """Where the same line goes from here."""
        return chain.from_iterable(map(next_of, self.pieces))

    def decisions(self) -> Iterator[Decided]:
        """The decisions that its verbs ask for."""
        for piece in self.pieces:
            if isinstance(piece, Verb) and isinstance(piece.leave, Decided):
                yield piece.leave

    def markup(self, writer: Writer) -> Iterator[Markup]:
        """Its body."""
        for piece in self.pieces:
            match piece:
                case Verb():
                    leave = piece.leave
                    link = leave.key if isinstance(leave, Decided) else leave
                    yield writer.verb(piece.node, link)
                    if piece.behind is not None:
                        yield writer.forward(piece.behind)
                case Jump():
                    yield writer.jump(piece.target, piece.node)
                case Hangup():
                    yield Markup("Hangup")


def next_of(piece: Piece) -> Iterator[DocumentKey]:
    match piece:
        case Verb(leave=DocumentKey() as leave):
            yield leave
        case Verb(leave=Decided() as decided):
            yield from dict.fromkeys(decided.documents())
        case Jump(target=target):
            yield target
