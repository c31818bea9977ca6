"""Finding documents that read the same. Drafts come in; out goes who stands for whom.

Two documents of one folder are the same if their bytes are, where links count as equal when they
lead to documents that are the same in turn; two decisions are if their tables are. Starting from
the coarsest guess and splitting it finds this for loops too.
"""

from collections.abc import Mapping
from dataclasses import replace

from twimlc.flow.model import MediaLink
from twimlc.lower.drafts import Decided, Draft
from twimlc.lower.host import Site
from twimlc.lower.keys import DecisionKey, DocumentKey, Keys, LinkKey
from twimlc.lower.links import Addresses, Writer, Written


class Noted(Addresses):
    """Writes every link to a document alike, and notes where it leads."""

    def __init__(self, path: str, media: Mapping[MediaLink, str], site: Site) -> None:
        super().__init__(path, {}, media, site)
        self.targets: list[LinkKey] = []

    def document(self, key: LinkKey, documented: bool) -> str:
        self.targets.append(key)
        return "\0"


def merge(
    drafts: Mapping[DocumentKey, Draft],
    decisions: Mapping[DecisionKey, Decided],
    paths: Mapping[LinkKey, str],
    keys: Keys,
    media: Mapping[MediaLink, str],
    site: Site,
    written: Written,
) -> tuple[dict[DocumentKey, DocumentKey], dict[DecisionKey, DecisionKey]]:
    """For each document the one that is written in its place: the start, or the shortest name.

    And the same for each decision.
    """
    links: dict[LinkKey, list[LinkKey]] = {}
    alike: dict[tuple[object, ...], set[LinkKey]] = {}
    for key, draft in drafts.items():
        noted = Noted(paths[key], media, site)
        body = tuple(draft.markup(Writer(key, keys, site, noted, written)))
        alike.setdefault((key.folder, key.entry, body), set()).add(key)
        links[key] = noted.targets
    for asked, decided in decisions.items():
        marked, branches = (
            tuple(value for value, _ in rows) for rows in (decided.marked, decided.branches)
        )
        table = (decided.parameter, decided.mark, marked, branches)
        alike.setdefault((asked.folder, table), set()).add(asked)
        links[asked] = list(decided.documents())
    kinds = refine(list(alike.values()), links)
    starts = {replace(keys.start(flow), entry=False) for flow in {key.folder for key in drafts}}
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


def refine(kinds: list[set[LinkKey]], links: Mapping[LinkKey, list[LinkKey]]) -> dict[LinkKey, int]:
    """The kind of each document and decision after splitting until equal ones lead to equal ones.

    Hopcroft's way: only the smaller part of a split has to be looked at again, so that a long
    chain of similar documents takes no more than a short one for each of its links.
    """
    kind = {key: number for number, found in enumerate(kinds) for key in found}
    sources: dict[LinkKey, list[tuple[int, LinkKey]]] = {}
    for key, targets in links.items():
        for position, target in enumerate(targets):
            sources.setdefault(target, []).append((position, key))
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
