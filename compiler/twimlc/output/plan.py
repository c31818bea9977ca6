"""What a build will change: the files made and the last manifest in, sorted out.

A build may be of some flows only. What the last one wrote for other flows stays, in the folder
and in the manifest, as long as the source of such a flow is there.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from twimlc.output.manifest import DocumentEntry, Manifest, base_name, path_fault


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One file of a target, ``path`` posix and relative to the target's folder.

    ``flow`` is whose it is: ``FLOW``, ``ROW/FLOW``, or empty for what flows share.
    """

    path: str
    data: bytes
    media_type: str
    flow: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The manifest as it will be, and the files of the last one that it no longer lists."""

    manifest: Manifest
    stale: tuple[str, ...]


def settle(
    files: Sequence[OutputFile],
    manifest: Manifest,
    last: Manifest | None,
    *,
    compiled: Collection[str] = (),
    source_exists: Callable[[str], bool],
) -> Outcome:
    """Join a build with what stays of the last one.

    ``manifest`` describes what was compiled; its documents may lack sizes and hashes, which are
    taken from ``files``. ``compiled`` names flows (without rows) that the run compiled or chose
    not to build for this target, beside those that the manifest lists.
    """
    _refuse_clashes(files)
    documents = dict(manifest.documents)
    for file in files:
        known = documents.get(file.path) or DocumentEntry(file.media_type, file.flow)
        digest = hashlib.sha256(file.data).hexdigest()
        documents[file.path] = replace(known, sha256=digest, size=len(file.data))
    written = {file.path for file in files}
    absent = documents.keys() - written
    if absent:
        raise ValueError(f"listed but not made: {sorted(absent)}")
    if last is None:
        return Outcome(_ordered(replace(manifest, documents=documents)), ())

    ours = {base_name(name) for name in manifest.flows} | set(compiled)
    sources = {flow.source for flow in manifest.flows.values()}

    def stays(name: str, source: str | None) -> bool:
        gone = source is None or source in sources or not source_exists(source)
        return base_name(name) not in ours and not gone

    kept = {name for name, flow in last.flows.items() if stays(name, flow.source)}
    carried = {
        path: document
        for path, document in last.documents.items()
        # A shared file may be another flow's; only a build without leftovers can tell it is not.
        if path not in written and (document.flow in kept if document.flow else bool(kept))
    }
    flows = {**{name: last.flows[name] for name in kept}, **manifest.flows}
    whole = replace(
        manifest,
        flows=flows,
        documents={**carried, **documents},
        decisions=_joined(last.decisions, manifest.decisions, kept),
        approximations=_joined(last.approximations, manifest.approximations, kept),
        assumptions=_joined(last.assumptions, manifest.assumptions, kept),
    )
    stale = tuple(sorted(last.documents.keys() - whole.documents.keys()))
    return Outcome(_ordered(whole), stale)


def _refuse_clashes(files: Iterable[OutputFile]) -> None:
    """Two files that are one on some disk are a mistake of the compiler, not of the user."""
    seen: dict[str, str] = {}
    for file in files:
        fault = path_fault(file.path)
        if fault is not None:
            raise ValueError(f"the output path {file.path!r} {fault}")
        folded = file.path.casefold()
        if folded in seen:
            raise ValueError(f"two files for one path: {seen[folded]!r} and {file.path!r}")
        seen[folded] = file.path
    for path in seen:
        parents = path.split("/")[:-1]
        for depth in range(1, len(parents) + 1):
            if "/".join(parents[:depth]) in seen:
                raise ValueError(f"{'/'.join(parents[:depth])!r} is a file and a folder")


def _joined(last: Sequence[Any], new: Sequence[Any], kept: Collection[str]) -> tuple[Any, ...]:
    """The items of flows that stay, and the new ones; shared ones stay with any flow that does."""
    before = [item for item in last if (kept and not _owner(item)) or _owner(item) in kept]
    once = {json.dumps(item, sort_keys=True): item for item in [*before, *new]}
    return tuple(once.values())


def _ordered(manifest: Manifest) -> Manifest:
    """The same manifest whichever flows were compiled in which run."""
    return replace(
        manifest,
        decisions=tuple(sorted(manifest.decisions, key=_owner)),
        approximations=tuple(sorted(manifest.approximations, key=_owner)),
        assumptions=tuple(sorted(manifest.assumptions, key=lambda a: (_owner(a), _shared(a)))),
    )


def _owner(item: Any) -> str:
    flow = item.get("flow", "") if isinstance(item, Mapping) else ""
    return flow if isinstance(flow, str) else ""


def _shared(item: Any) -> str:
    return "" if _owner(item) else json.dumps(item, sort_keys=True)
