"""What the places and decisions of one Bin are called. Keys of documents come in, names go out.

Names are made up here, so nothing that an author or a caller wrote is ever part of an address.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from twimlc.flow.graph import Context, NodeKey
from twimlc.flow.model import MediaLink, StateLink
from twimlc.lower.compose import Decided
from twimlc.lower.host import Site
from twimlc.lower.keys import DecisionKey, DocumentKey, Keys, LinkKey
from twimlc.lower.sections import ASKING, Kind

KINDS = (
    Kind("k", "Digits"),
    Kind("d", "DialCallStatus"),
    Kind("b", "DialCallStatus", "DialBridged"),
    Kind("e", "QueueResult"),
    Kind("p", "Result"),
    Kind("r", "ReferCallStatus"),
    Kind("c", "SessionStatus"),
    Kind("h", "SessionStatus", "HandoffData", presence=True),
    Kind("v", "VirtualAgentStatus"),
)
LINES = {Context.LEG: "leg", Context.QUEUE_WAIT: "wait", Context.CONFERENCE_WAIT: "wait"}


class FlowKeys(Keys):
    """The documents of one flow and of all it jumps into: they share a Bin."""

    def __init__(self, whole: Keys, flow: str) -> None:
        vars(self).update(vars(whole))  # of the whole graph, which is not walked for each flow
        self._flow = flow

    def state(self, link: StateLink) -> DocumentKey:
        return replace(super().state(link), folder=self._flow)

    def after(self, current: DocumentKey, node: NodeKey) -> DocumentKey:
        return replace(super().after(current, node), folder=self._flow)

    def decision(self, current: DocumentKey, node: NodeKey) -> DecisionKey:
        return replace(super().decision(current, node), folder=self._flow)

    def again(self, current: DocumentKey) -> DocumentKey:
        return replace(super().again(current), folder=self._flow)


@dataclass(frozen=True, slots=True)
class Question:
    """A decision with the names it goes by."""

    kind: Kind
    name: str
    table: str
    rows: tuple[tuple[str, DocumentKey], ...]  # the name of an answer, and where it leads
    default: DocumentKey

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.rows)


@dataclass(slots=True)
class Names:
    """What every place and decision of one Bin is called."""

    stands_for: Mapping[DocumentKey, DocumentKey]
    places: dict[DocumentKey, str] = field(default_factory=dict)
    questions: dict[tuple[str, DocumentKey], Question] = field(default_factory=dict)
    tables: dict[tuple[object, ...], str] = field(default_factory=dict)
    known: dict[DecisionKey, Question] = field(default_factory=dict)

    def place(self, key: DocumentKey) -> str:
        return self.places.setdefault(self.stands_for[key], f"s{len(self.places) + 1}")

    def question(self, decided: Decided) -> Question:
        found = self.known.get(decided.key)
        if found is None:
            found = self.known[decided.key] = self._question(decided)
        return found

    def _question(self, decided: Decided) -> Question:
        mark = decided.mark.parameter if decided.mark else None
        kind = next(k for k in KINDS if (k.parameter, k.mark) == (decided.parameter, mark))
        default = self.stands_for[decided.default]
        answers, rest = _answers(decided, kind)
        rows = tuple((answer, self.stands_for[to]) for answer, to in answers)
        rest = self.stands_for[rest]
        table = self.tables.setdefault((kind, rows), f"t{len(self.tables) + 1}")
        found = self.questions.get((table, rest))
        if found is None:
            named = tuple((f"{table}-{answer}", to) for answer, to in rows)
            found = Question(kind, f"q{len(self.questions) + 1}", table, named, rest)
            self.questions[table, rest] = found
        assert default in (rest, *(to for _, to in rows))
        return found


def _answers(decided: Decided, kind: Kind) -> tuple[list[tuple[str, DocumentKey]], DocumentKey]:
    """What the value makes of a name, with where that leads; and where all others lead."""
    branches = dict(decided.branches)
    if kind.mark is None:
        if "*" not in branches:
            return sorted(branches.items()), decided.default
        # A name cannot hold a star: it is what is left when every digit has a name.
        digits = {digit: branches.get(digit, decided.default) for digit in "0123456789"}
        return [("", decided.default), *digits.items()], branches["*"]
    assert decided.mark is not None
    marked = {**branches, **dict(decided.marked)}
    if kind.presence:
        given = [(f"{value}-given", to) for value, to in sorted(marked.items())]
        return [*sorted(branches.items()), *given], decided.default
    rows: list[tuple[str, DocumentKey]] = []
    for said, table in (("", branches), ("true", branches), (decided.mark.value, marked)):
        rows += ((f"{value}-{said}", to) for value, to in sorted(table.items()))
    return rows, decided.default


class Queries:
    """Resolves links to queries of the Bin they stand in, and notes what that rests on."""

    def __init__(
        self,
        names: Names,
        decisions: Mapping[DecisionKey, Decided],
        keys: Keys,
        dynamic: Mapping[str, list[str]],
        site: Site,
        media: Mapping[MediaLink, str],
        address: str | None,
    ) -> None:
        self._names, self._decisions, self._keys = names, decisions, keys
        self._dynamic, self._site, self._bin = dynamic, site, address
        self._media = media
        self.relative_urls = False

    def document(self, key: LinkKey, documented: bool) -> str:
        if isinstance(key, DecisionKey):
            asked = self._names.question(self._decisions[key])
            return f"?{ASKING}&q={asked.name}&t={asked.table}&{asked.kind.flag}=1"
        name = self._names.place(key)
        query = f"?{ASKING}&named=1"
        line = LINES.get(self._keys.context(key))
        if line is not None:
            others = (other for other in self._dynamic.get(line, ()) if other != name)
            query += "".join((f"&{line}=1", *(f"&not-{other}=1" for other in others)))
        query += f"&{name}=1"
        if documented:
            return query
        self.relative_urls = self.relative_urls or self._bin is None
        return (self._bin or "") + query

    def media(self, link: MediaLink) -> str:
        # Of a file that is not there no path is known; reading it has told so.
        path = self._media.get(link, link.path)
        return f"{self._site.media}/{path.rpartition('/')[2]}"


def ends(question: Question) -> Iterator[DocumentKey]:
    """Where a question may lead."""
    yield from (to for _, to in question.rows)
    yield question.default
