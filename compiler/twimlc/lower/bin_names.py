"""What the places and decisions of one Bin are called. Keys of documents come in, names go out.

Names are made up here, so nothing that an author or a caller wrote is ever part of an address.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from twimlc.flow.graph import Context, NodeKey
from twimlc.flow.model import MediaLink, StateLink
from twimlc.lower.bin_places import digest
from twimlc.lower.drafts import Decided
from twimlc.lower.host import Site
from twimlc.lower.keys import DecisionKey, DocumentKey, Keys, LinkKey
from twimlc.lower.sections import ASKING, Kind, told_apart

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

    def start(self, flow: str) -> DocumentKey:
        return replace(super().start(flow), entry=False)

    def state(self, link: StateLink) -> DocumentKey:
        return replace(super().state(link), folder=self._flow)

    def after(self, current: DocumentKey, node: NodeKey) -> DocumentKey:
        found = super().after(current, node)  # asked once for each row of each decision
        return DocumentKey(self._flow, found.node, found.home)

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
    rows: tuple[tuple[str, DocumentKey], ...]  # what a value makes of a name, and where it leads
    default: DocumentKey

    def answers(self) -> list[tuple[str, DocumentKey]]:
        """The names that answers make, and where each leads."""
        return [(f"{self.table}-{answer}", to) for answer, to in self.rows]


class Names:
    """What every place and decision of one Bin is called."""

    def __init__(
        self,
        stands_for: Mapping[DocumentKey, DocumentKey],
        fingerprints: Mapping[DocumentKey, str],
        asked: Mapping[DecisionKey, Decided],
    ) -> None:
        """``fingerprints`` are those of the documents that stand for others or for themselves."""
        self._stands_for, self._fingerprints = stands_for, fingerprints
        self._places = _shortened("s", (fingerprints[key] for key in stands_for.values()))
        found = {key: self._question(decided) for key, decided in asked.items()}
        tables = _shortened("t", (question.table for question in found.values()))
        names = _shortened("q", (question.name for question in found.values()))
        self.questions = {
            key: replace(question, name=names[question.name], table=tables[question.table])
            for key, question in found.items()
        }

    def place(self, key: DocumentKey) -> str:
        return self._places[self._fingerprints[self._stands_for[key]]]

    def _question(self, decided: Decided) -> Question:
        """The decision, with fingerprints for names."""
        mark = decided.mark.parameter if decided.mark else None
        kind = next(k for k in KINDS if (k.parameter, k.mark) == (decided.parameter, mark))
        answers, rest = _answers(decided, kind)
        rows = tuple((answer, self._stands_for[to]) for answer, to in answers)
        rest = self._stands_for[rest]
        default = self._stands_for[decided.default]
        assert default in (rest, *(to for _, to in rows))
        table = digest(kind.flag, [(answer, self._fingerprints[to]) for answer, to in rows])
        return Question(kind, digest(table, self._fingerprints[rest]), table, rows, rest)


def _shortened(letter: str, fingerprints: Iterable[str]) -> dict[str, str]:
    """The name for each: six digits of it, or as many as it takes for all to differ."""
    wanted = set(fingerprints)
    digits = next(n for n in count(6) if len({text[:n] for text in wanted}) == len(wanted))
    return {text: letter + text[:digits] for text in wanted}


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
        keys: Keys,
        dynamic: Container[str],
        site: Site,
        media: Mapping[MediaLink, str],
        address: str | None,
    ) -> None:
        """``dynamic`` are the names of places on other lines that show values of the call."""
        self._names, self._keys, self._dynamic = names, keys, dynamic
        self._site, self._media, self._bin = site, media, address
        self.relative_urls = False

    def document(self, key: LinkKey, documented: bool) -> str:
        if isinstance(key, DecisionKey):
            asked = self._names.questions[key]
            return f"?{ASKING}&q={asked.name}&t={asked.table}&{asked.kind.flag}=1"
        name = self._names.place(key)
        line = LINES.get(self._keys.context(key))
        carried = told_apart(name)[0] if name in self._dynamic else ["named"]
        carried = [*carried, *([] if line is None else [line]), name]
        query = "".join((f"?{ASKING}", *(f"&{one}=1" for one in carried)))
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
