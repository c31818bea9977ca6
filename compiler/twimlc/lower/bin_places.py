"""What a place in a Bin stands for. Drafts come in; out goes a print of each, and who equals whom.

Names of a Bin are made from these prints, so an old link finds what it was made for or nothing. A
print is a hash over the whole text of a place: its straight run of verbs to where the call may
part, whose line that is, the names of the ways out, and the run behind each. Places that agree so
far are read on behind their ways until they differ. Nothing is counted and no state is named.
"""

from collections.abc import Collection, Mapping
from hashlib import sha256
from operator import itemgetter
from typing import NamedTuple

from twimlc.flow.graph import Context, NodeKey
from twimlc.flow.model import MediaLink
from twimlc.lower.compose import Decided, Draft, Verb
from twimlc.lower.host import Site
from twimlc.lower.keys import DocumentKey, Keys, LinkKey
from twimlc.lower.links import Writer
from twimlc.lower.merge import Noted, refine
from twimlc.lower.plan import Markup
from twimlc.lower.ways import Way


class _Step(NamedTuple):
    """A verb on somebody's line, or the end of it, with its ways out in order of their names.

    ``asks``: something is told apart there, or a document of another line is named.
    """

    text: str
    ways: tuple[tuple[str, DocumentKey], ...]
    asks: bool = False


def read_places(
    drafts: Mapping[DocumentKey, Draft],
    ways: Mapping[NodeKey, Way],
    keys: Keys,
    media: Mapping[MediaLink, str],
    site: Site,
    written: dict[NodeKey, Markup],
) -> tuple[dict[DocumentKey, DocumentKey], dict[DocumentKey, str]]:
    """For each document the first that is the same call from there on; and the prints of these."""
    steps: dict[DocumentKey, _Step] = {}
    for key, draft in drafts.items():
        for piece in draft.pieces:
            if isinstance(piece, Verb) and (at := keys.after(key, piece.node.key)) not in steps:
                noted = Noted(f"{key.folder}/", media, site)
                writer = Writer(key.folder, keys, site, noted, written)
                steps[at] = _step(key, piece, ways[piece.node.key].on, keys, writer, noted)
    ends = {*drafts, *(to for step in steps.values() for _, to in step.ways)} - steps.keys()
    for key in ends:
        steps[key] = _Step(_text(Markup("Hangup")) if keys.context(key) is Context.CALL else "", ())
    alike: dict[str, set[LinkKey]] = {}
    base = {
        key: print_of(keys.context(key), step.text, [name for name, _ in step.ways])
        for key, step in steps.items()
    }
    for key, text in base.items():
        alike.setdefault(text, set()).add(key)
    kinds = refine(list(alike.values()), {k: [to for _, to in s.ways] for k, s in steps.items()})
    first: dict[int, DocumentKey] = {}
    for key in (*drafts, *steps):
        first.setdefault(kinds[key], key)
    stands_for = {key: first[kinds[key]] for key in steps}
    prints = _prints({key: steps[key] for key in first.values()}, base, stands_for)
    return {key: stands_for[key] for key in drafts}, prints


def _step(
    key: DocumentKey, verb: Verb, on: NodeKey | None, keys: Keys, writer: Writer, noted: Noted
) -> _Step:
    leave = verb.leave
    text = _text(writer.verb(verb.node, leave.key if isinstance(leave, Decided) else leave))
    if verb.behind is not None:
        text += _text(writer.forward(verb.behind))
    linked = noted.targets[:-1] if isinstance(leave, Decided | DocumentKey) else noted.targets
    ways = [(f"link {n}", to) for n, to in enumerate(linked) if isinstance(to, DocumentKey)]
    asks = bool(ways) or isinstance(leave, Decided)
    if isinstance(leave, Decided):
        asked = f"{leave.parameter} {leave.mark}"
        ways += ((f"{asked} marked {value}", to) for value, to in leave.marked)
        ways += ((f"{asked} is {value}", to) for value, to in leave.branches)
        ways.append((f"{asked} else", leave.default))
    elif isinstance(leave, DocumentKey):
        ways.append(("leave", leave))
    if on is not None:
        ways.append(("on", keys.after(key, on)))
    return _Step(text, tuple(sorted(ways)), asks)


def _prints(
    steps: Mapping[DocumentKey, _Step],
    base: Mapping[DocumentKey, str],
    stands_for: Mapping[DocumentKey, DocumentKey],
) -> dict[DocumentKey, str]:
    """The print of each; no two of ``steps`` are the same call, so all differ in the end."""
    runs, ends, ways = _runs(steps, base, stands_for)

    def read(
        keys: Collection[DocumentKey], behind: Mapping[DocumentKey, str]
    ) -> dict[DocumentKey, str]:
        # A menu that thousands of entries lead back to is the end of all their runs.
        told = {
            end: print_of([(name, behind[to]) for name, to in ways[end]])
            for end in {ends[key] for key in keys}
        }
        return {key: print_of(runs[key], told[ends[key]]) for key in keys}

    prints: dict[DocumentKey, str] = {}
    again = read(steps.keys(), runs)
    while again:
        prints |= again
        agreeing: dict[str, list[DocumentKey]] = {}
        for key in again:
            agreeing.setdefault(prints[key], []).append(key)
        deeper = [key for found in agreeing.values() if len(found) > 1 for key in found]
        again = read(deeper, prints)
    return prints


def _runs(
    steps: Mapping[DocumentKey, _Step],
    base: Mapping[DocumentKey, str],
    stands_for: Mapping[DocumentKey, DocumentKey],
) -> tuple[
    dict[DocumentKey, str],
    dict[DocumentKey, DocumentKey],
    dict[DocumentKey, list[tuple[str, DocumentKey]]],
]:
    """The hash of the straight run from each step, the step it ends with, and the ways behind."""
    runs: dict[DocumentKey, str] = {}
    ends: dict[DocumentKey, DocumentKey] = {}
    ways: dict[DocumentKey, list[tuple[str, DocumentKey]]] = {}
    next_one = {}
    for key, step in steps.items():
        targets = {stands_for[to] for _, to in step.ways}
        if not step.asks and len(targets) == 1:
            next_one[key] = targets.pop()
    for first in steps:
        key, path = first, dict[DocumentKey, None]()
        while key not in runs and key not in path and key in next_one:
            path[key] = None
            key = next_one[key]
        behind = list(path)
        if key in path:  # it goes round for ever: each hears the whole round, from where it is
            start = behind.index(key)
            texts = [base[at] for at in behind[start:]]
            for number, at in enumerate(behind[start:]):
                runs[at] = print_of("round", texts[number:] + texts[:number])
                ends[at], ways[at] = at, []
            del behind[start:]
        elif key not in runs:
            runs[key], ends[key] = base[key], key
            ways[key] = [(name, stands_for[to]) for name, to in steps[key].ways]
        for at in reversed(behind):
            runs[at], ends[at] = print_of(base[at], runs[key]), ends[key]
            key = at
    return runs, ends, ways


def _text(markup: Markup) -> str:
    """A verb, however its attributes are ordered and wherever it was written."""
    return repr(_shape(markup))


def _shape(markup: Markup) -> tuple[object, ...]:
    children = (_shape(c) if isinstance(c, Markup) else c for c in markup.content())
    return (markup.tag, sorted(markup.attributes, key=itemgetter(0)), *children)


def print_of(*parts: object) -> str:
    """64 hexadecimal digits."""
    return sha256(repr(parts).encode()).hexdigest()
