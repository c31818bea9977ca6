"""What the places and decisions of one Bin are called. Drafts of documents come in, names go out.

Names are made up here, so nothing that an author or a caller wrote is ever part of an address.
They are made from fingerprints, so an old link finds the place that it was written for, or nothing.
A fingerprint is a hash over the whole text of a place: its straight run of verbs to where the call
may part, whose line that is, the names of the ways out, and the run after each. Places that agree
so far are read on after their ways until they differ. Nothing is counted, and neither lines nor
the names of states are part of it.
"""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from operator import itemgetter
from typing import NamedTuple

from twimlc.flow.graph import Context
from twimlc.flow.model import MediaLink
from twimlc.hosts.twiml_bin.sections import ASKING, told_apart
from twimlc.lower.drafts import Decided, Draft, Noted, Verb, refine
from twimlc.lower.hop import KINDS, Kind
from twimlc.lower.links import Addresses, Groundwork, Writer
from twimlc.lower.names import DecisionKey, DocumentKey, LinkKey
from twimlc.lower.plan import Markup

LINES = {
    Context.LEG: "leg",
    Context.QUEUE_WAIT: "wait",
    Context.CONFERENCE_WAIT: "wait",
}
"""The parameter that marks links on the lines of others."""

Ways = tuple[tuple[str, DocumentKey], ...]


class _Step(NamedTuple):
    """A verb on somebody's line, or the end of it; its ways out are in order of their names.

    ``parts``: the call parts there, or one leads to a document of another line.
    """

    text: str
    ways: Ways = ()
    parts: bool = True


def fingerprint_places(
    drafts: Mapping[DocumentKey, Draft], ground: Groundwork
) -> tuple[dict[DocumentKey, DocumentKey], dict[DocumentKey, str]]:
    """For each document the first that is the same call from there on; fingerprints of these."""
    keys, steps = ground.keys, dict[DocumentKey, _Step]()
    for key, draft in drafts.items():
        for piece in draft.pieces:
            if isinstance(piece, Verb) and (at := keys.after(key, piece.node.key)) not in steps:
                steps[at] = _step(key, piece, ground)
    hangup = _text(Markup("Hangup"))
    for key in {*drafts, *(to for step in steps.values() for _, to in step.ways)} - steps.keys():
        steps[key] = _Step(hangup if keys.context(key) is Context.CALL else "")
    for key, step in steps.items():
        text = digest(keys.context(key), step.text, [name for name, _ in step.ways])
        steps[key] = step._replace(text=text)
    texts: dict[LinkKey, str] = {key: step.text for key, step in steps.items()}
    kinds = refine(texts, {key: [to for _, to in step.ways] for key, step in steps.items()})
    first: dict[int, DocumentKey] = {}
    for key in (*drafts, *steps):
        first.setdefault(kinds[key], key)
    different = {
        key: steps[key]._replace(
            ways=tuple((name, first[kinds[to]]) for name, to in steps[key].ways)
        )
        for key in first.values()
    }
    return {key: first[kinds[key]] for key in drafts}, _fingerprints(different)


def _step(key: DocumentKey, verb: Verb, ground: Groundwork) -> _Step:
    leave, on = verb.leave, ground.ways[verb.node.key].on
    noted = Noted(f"{key.folder}/", ground)
    text = "".join(map(_text, verb.markup(Writer(key, ground, noted))))
    linked = noted.targets[:-1] if isinstance(leave, Decided | DocumentKey) else noted.targets
    ways = [(f"link {n}", to) for n, to in enumerate(linked) if isinstance(to, DocumentKey)]
    parts = bool(ways) or isinstance(leave, Decided)
    if isinstance(leave, Decided):
        asked = f"{leave.parameter} {leave.mark}"
        ways += ((f"{asked} marked {value}", to) for value, to in leave.marked)
        ways += ((f"{asked} is {value}", to) for value, to in leave.branches)
        ways.append((f"{asked} else", leave.default))
    elif isinstance(leave, DocumentKey):
        ways.append(("leave", leave))
    if on is not None:
        ways.append(("on", ground.keys.after(key, on)))
    return _Step(text, tuple(sorted(ways)), parts)


def _fingerprints(steps: Mapping[DocumentKey, _Step]) -> dict[DocumentKey, str]:
    """The fingerprint of each step: all differ in the end, since no two are the same call."""
    runs, ends = _runs(steps)

    def read(
        keys: Collection[DocumentKey], known: Mapping[DocumentKey, str]
    ) -> dict[DocumentKey, str]:
        # Thousands of runs may end in one menu: its ways are read once.
        after = {
            end: digest([(name, known[to]) for name, to in ways])
            for end, ways in dict(ends[key] for key in keys).items()
        }
        return {key: digest(runs[key], after[ends[key][0]]) for key in keys}

    fingerprints: dict[DocumentKey, str] = {}
    deeper = read(steps, runs)
    while deeper:
        fingerprints |= deeper
        times = Counter(deeper.values())
        ambiguous = [key for key, fingerprint in deeper.items() if times[fingerprint] > 1]
        deeper = read(ambiguous, fingerprints)
    return fingerprints


def _runs(
    steps: Mapping[DocumentKey, _Step],
) -> tuple[dict[DocumentKey, str], dict[DocumentKey, tuple[DocumentKey, Ways]]]:
    """Of each step the hash of its straight run, and the last step of that with the ways out."""
    runs: dict[DocumentKey, str] = {}
    ends: dict[DocumentKey, tuple[DocumentKey, Ways]] = {}
    for start in steps:
        key, path = start, list[DocumentKey]()
        places: dict[DocumentKey, int] = {}
        while key not in runs and key not in places:
            step = steps[key]
            if step.parts or len({to for _, to in step.ways}) != 1:
                runs[key], ends[key] = step.text, (key, step.ways)
                break
            places[key] = len(path)
            path.append(key)
            key = step.ways[0][1]
        if key in places:  # a loop without an end: each step hears all of it, from where it is
            loop = path[places[key] :]
            texts = [steps[at].text for at in loop]
            for number, at in enumerate(loop):
                runs[at] = digest("loop", texts[number:] + texts[:number])
                ends[at] = (at, ())
            del path[places[key] :]
        for at in reversed(path):
            runs[at], ends[at] = digest(steps[at].text, runs[key]), ends[key]
            key = at
    return runs, ends


def _text(markup: Markup) -> str:
    """A verb, however its attributes are ordered and wherever it was written."""
    return repr(_shape(markup))


def _shape(markup: Markup) -> tuple[object, ...]:
    children = (_shape(c) if isinstance(c, Markup) else c for c in markup.content())
    return (markup.tag, sorted(markup.attributes, key=itemgetter(0)), *children)


def digest(*parts: object) -> str:
    """64 hexadecimal digits."""
    return sha256(repr(parts).encode()).hexdigest()


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

    def ends(self) -> Iterator[DocumentKey]:
        """Where it may lead."""
        yield from (to for _, to in self.rows)
        yield self.default


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
        kind = next(k for k in KINDS if (k.parameter, k.mark) == decided.parameters)
        answers, rest = _answers(decided, kind)
        rows = tuple((answer, self._stands_for[to]) for answer, to in answers)
        rest = self._stands_for[rest]
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


class Queries(Addresses):
    """Resolves links to queries of the Bin they stand in, and notes what that rests on."""

    def __init__(
        self, names: Names, dynamic: Container[str], ground: Groundwork, address: str | None
    ) -> None:
        """``dynamic`` are the names of places on other lines that show values of the call."""
        super().__init__("/", {}, ground)
        self._names, self._dynamic, self._bin = names, dynamic, address
        self._keys = ground.keys

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
        # Of a file that is not there no path is known; reading it has reported that.
        path = self._media.get(link, link.path)
        return f"{self._site.media}/{path.rpartition('/')[2]}"
