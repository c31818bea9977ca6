"""Finding documents that read the same. Drafts come in; out goes who stands for whom.

Two documents of one folder are the same if their bytes are, where links count as equal when they
lead to documents that are the same in turn. Starting from the coarsest guess and splitting it
finds this for loops too.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from twimlc.flow.model import MediaLink
from twimlc.lower.compose import Draft
from twimlc.lower.host import Site
from twimlc.lower.keys import DocumentKey, Keys
from twimlc.lower.links import Addresses, Writer

if TYPE_CHECKING:
    from twimlc.flow.graph import NodeKey
    from twimlc.lower.plan import Markup


class _Noted(Addresses):
    """Writes every link to a document alike, and notes where it leads."""

    def __init__(self, path: str, media: Mapping[MediaLink, str], site: Site) -> None:
        super().__init__(path, {}, media, site)
        self.targets: list[DocumentKey] = []

    def document(self, key: DocumentKey, documented: bool) -> str:
        self.targets.append(key)
        return "\0"


def merge(
    drafts: Mapping[DocumentKey, Draft],
    paths: Mapping[DocumentKey, str],
    keys: Keys,
    media: Mapping[MediaLink, str],
    site: Site,
    written: "dict[NodeKey, Markup]",
) -> dict[DocumentKey, DocumentKey]:
    """For each document the one that is written in its place: the entry, or the shortest name."""
    links: dict[DocumentKey, tuple[DocumentKey, ...]] = {}
    skeletons: dict[tuple[str, tuple[Markup, ...]], int] = {}
    kinds: dict[DocumentKey, int] = {}
    for key, draft in drafts.items():
        noted = _Noted(paths[key], media, site)
        body = tuple(draft.markup(Writer(key.folder, keys, site, noted, written)))
        kinds[key] = skeletons.setdefault((key.folder, body), len(skeletons))
        links[key] = tuple(noted.targets)
    count = len(skeletons)
    while True:
        finer: dict[tuple[int, ...], int] = {}
        split = {
            key: finer.setdefault(
                (kinds[key], *(kinds[target] for target in links[key])), len(finer)
            )
            for key in drafts
        }
        if len(finer) == count:
            break
        kinds, count = split, len(finer)
    entries = {flow: keys.start(flow) for flow in {key.folder for key in drafts}}
    best: dict[int, DocumentKey] = {}
    for key in sorted(drafts, key=lambda key: (len(paths[key]), paths[key])):
        if kinds[key] not in best or entries.get(key.folder) == key:
            best[kinds[key]] = key
    return {key: best[kinds[key]] for key in drafts}
