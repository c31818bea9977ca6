"""What the places of a Bin stand for. Drafts of documents come in, fingerprints go out.

Names in a Bin are made from these, so an old link finds the place that it was written for, or
nothing. A fingerprint is a hash over the whole text of a place: its straight run of verbs to where
the call may part, whose line that is, the names of the ways out, and the run behind each. Places
that agree so far are read on behind their ways until they differ. Nothing is counted, and neither
lines nor the names of states are part of it.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from operator import itemgetter
from typing import NamedTuple

from twimlc.flow.graph import Context, NodeKey
from twimlc.flow.model import MediaLink
from twimlc.lower.drafts import Decided, Draft, Verb
from twimlc.lower.host import Site
from twimlc.lower.keys import DocumentKey, Keys, LinkKey
from twimlc.lower.links import Writer, Written
from twimlc.lower.merge import Noted, refine
from twimlc.lower.plan import Markup
from twimlc.lower.ways import Way

Ways = tuple[tuple[str, DocumentKey], ...]


class _Step(NamedTuple):
    """A verb on somebody's line, or the end of it; its ways out are in order of their names.

    ``parts``: they are told apart there, or one leads to a document of another line.
    """

    text: str
    ways: Ways = ()
    parts: bool = True


def fingerprint_places(
    drafts: Mapping[DocumentKey, Draft],
    ways: Mapping[NodeKey, Way],
    keys: Keys,
    media: Mapping[MediaLink, str],
    site: Site,
    written: Written,
) -> tuple[dict[DocumentKey, DocumentKey], dict[DocumentKey, str]]:
    """For each document the first that is the same call from there on; fingerprints of these."""
    steps: dict[DocumentKey, _Step] = {}
    for key, draft in drafts.items():
        for piece in draft.pieces:
            if isinstance(piece, Verb) and (at := keys.after(key, piece.node.key)) not in steps:
                noted = Noted(f"{key.folder}/", media, site)
                writer = Writer(key, keys, site, noted, written)
                steps[at] = _step(key, piece, ways[piece.node.key].on, keys, writer, noted)
    hangup = _text(Markup("Hangup"))
    for key in {*drafts, *(to for step in steps.values() for _, to in step.ways)} - steps.keys():
        steps[key] = _Step(hangup if keys.context(key) is Context.CALL else "")
    alike: dict[str, set[LinkKey]] = {}
    for key, step in steps.items():
        text = digest(keys.context(key), step.text, [name for name, _ in step.ways])
        steps[key] = step._replace(text=text)
        alike.setdefault(text, set()).add(key)
    kinds = refine(list(alike.values()), {k: [to for _, to in s.ways] for k, s in steps.items()})
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


def _step(
    key: DocumentKey, verb: Verb, on: NodeKey | None, keys: Keys, writer: Writer, noted: Noted
) -> _Step:
    leave = verb.leave
    text = _text(writer.verb(verb.node, leave.key if isinstance(leave, Decided) else leave))
    if verb.behind is not None:
        text += _text(writer.forward(verb.behind))
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
        ways.append(("on", keys.after(key, on)))
    return _Step(text, tuple(sorted(ways)), parts)


def _fingerprints(steps: Mapping[DocumentKey, _Step]) -> dict[DocumentKey, str]:
    """The fingerprint of each step: all differ in the end, since no two are the same call."""
    runs, ends = _runs(steps)

    def read(
        keys: Iterable[DocumentKey], known: Mapping[DocumentKey, str]
    ) -> dict[DocumentKey, str]:
        # Thousands of runs may end in one menu: its ways are read once.
        keys = list(keys)
        behind = {
            end: digest([(name, known[to]) for name, to in ways])
            for end, ways in dict(ends[key] for key in keys).items()
        }
        return {key: digest(runs[key], behind[ends[key][0]]) for key in keys}

    fingerprints: dict[DocumentKey, str] = {}
    deeper = read(steps, runs)
    while deeper:
        fingerprints |= deeper
        equal: dict[str, list[DocumentKey]] = {}
        for key, fingerprint in deeper.items():
            equal.setdefault(fingerprint, []).append(key)
        ambiguous = [key for keys in equal.values() if len(keys) > 1 for key in keys]
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
