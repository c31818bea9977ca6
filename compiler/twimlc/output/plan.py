"""What a build will change: the files made and the earlier build in, sorted out.

A build may be of some flows only. What the earlier one wrote for other flows stays, in the folder
and in the manifest, as long as the project has such a flow. Calls are in progress while
one build takes the place of another, so the last versions of every flow stay too, as they are.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from twimlc.output.ground import Earlier, Ground, version_of
from twimlc.output.manifest import (
    PUBLIC,
    DocumentEntry,
    FlowEntry,
    Manifest,
    base_name,
    path_fault,
)
from twimlc.source.files import FileContent


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One file of a target, ``path`` posix and relative to the target's folder.

    ``flow`` is whose it is: ``FLOW``, ``ROW/FLOW``, or empty for what flows share.
    """

    path: str
    content: FileContent
    media_type: str
    flow: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The manifest as it will be. ``carried`` are the files of the earlier build that it still
    lists; ``broken`` the versions that cannot be kept, with the file that is not as it was;
    ``dropped`` those past ``keep``, and ``gone`` the flows that lose their entry; ``first``: there
    is no earlier build."""

    manifest: Manifest
    carried: tuple[str, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    first: bool = False


def settle(
    files: Sequence[OutputFile],
    manifest: Manifest,
    ground: Ground | None,
    *,
    keep: int = 0,
    compiled: Collection[str] = (),
    known: Callable[[str], bool] = lambda name: False,
    rows: bool = True,
    source_exists: Callable[[str], bool],
) -> Outcome:
    """Join a build with what stays of the earlier one.

    ``manifest`` describes what was compiled; its documents may lack sizes and hashes, which are
    taken from ``files``. ``keep`` is how many earlier versions of each flow stay. ``compiled``
    names flows (without rows) that the run compiled or chose not to build for this target, beside
    those that the manifest lists; ``known`` tells of any other whether the project has it.
    Without ``rows`` the run looked at no row of the matrix.
    """
    _refuse_clashes(files)
    documents = dict(manifest.documents)
    for file in files:
        entry = documents.get(file.path) or DocumentEntry(file.media_type, file.flow)
        documents[file.path] = replace(entry, sha256=file.content.sha256, size=file.content.size)
    absent = documents.keys() - {file.path for file in files}
    if absent:
        raise ValueError(f"listed but not made: {sorted(absent)}")
    if ground is None:
        return Outcome(_ordered(replace(manifest, documents=documents)), first=True)
    last = ground.manifest
    ours = {base_name(name) for name in manifest.flows} | set(compiled)
    sources = {flow.source for flow in manifest.flows.values()}

    def stays(name: str, flow: FlowEntry) -> bool:
        looked_at = base_name(name) in ours and (rows or "/" not in name)
        if flow.entry is None or looked_at:
            return False
        there = flow.source not in sources and source_exists(flow.source)
        return there or known(base_name(name))

    left_alone = {name for name, flow in last.flows.items() if stays(name, flow)}
    earlier = Earlier(ground, left_alone)
    flows = _flows(manifest.flows, last.flows, left_alone)
    for name, flow in flows.items():
        flows[name] = replace(flow, earlier=earlier.entries(name, documents)[:keep])
    kept = earlier.kept(flows, keep)
    newest = {(name, flow.version) for name, flow in flows.items()}
    for name, flow in list(flows.items()):
        names = (v for v in flow.versions if (name, v) in kept or (name, v) in newest)
        flows[name] = replace(flow, versions=tuple(names))
        if flow.entry is None and not flows[name].versions and not any(flow.earlier):
            del flows[name]
    carried = {path for path in earlier.paths(kept, flows) if path not in documents}
    carried = set(filter(earlier.stays, carried))
    decided = {item["path"] for item in manifest.decisions}
    tables = (
        item
        for item in last.decisions
        if version_of(item["path"]) in kept and item["path"] not in decided
    )
    whole = replace(
        manifest,
        flows=flows,
        documents={**{path: last.documents[path] for path in carried}, **documents},
        decisions=(*tables, *manifest.decisions),
        approximations=_joined(last.approximations, manifest.approximations, left_alone),
        assumptions=_joined(last.assumptions, manifest.assumptions, left_alone),
    )
    unchanged = _same_versions(whole, last)
    whole = replace(whole, built_on=last.built_on if unchanged else ground.digest)
    had = [(name, version) for name, flow in last.flows.items() for version in flow.versions]
    has = {(name, version) for name, flow in flows.items() for version in flow.versions}
    lost = {"/".join(each) for each in had if each not in has} - earlier.broken.keys()
    present = {name for name, flow in flows.items() if flow.entry is not None}
    entered = {name for name, flow in last.flows.items() if flow.entry is not None}
    return Outcome(
        _ordered(whole),
        carried=tuple(sorted(carried)),
        broken=tuple(sorted(earlier.broken.items())),
        dropped=tuple(sorted(lost)),
        gone=tuple(sorted(entered - present)),
    )


def _flows(
    new: Mapping[str, FlowEntry], last: Mapping[str, FlowEntry], left_alone: Collection[str]
) -> dict[str, FlowEntry]:
    """All flows with every version that there was, newest first; gone ones without an entry."""
    flows: dict[str, FlowEntry] = {}
    for name in {**last, **new}:
        before = last.get(name)
        if before is not None and name in left_alone:
            flows[name] = before
            continue
        old = before.versions if before is not None else ()
        made = new.get(name)
        if made is None:
            assert before is not None
            flows[name] = FlowEntry(None, before.source, versions=old)
        else:
            own = (made.version,) if made.version is not None else ()
            flows[name] = replace(made, versions=(*own, *(v for v in old if v not in own)))
    return flows


def _same_versions(whole: Manifest, last: Manifest) -> bool:
    """Whether every flow has the versions that it had, and the host's own files are the same."""

    def told(manifest: Manifest) -> object:
        flows = {name: (f.version, f.versions, f.entry) for name, f in manifest.flows.items()}
        own = {p: d.sha256 for p, d in manifest.documents.items() if not p.startswith(PUBLIC)}
        return flows, own

    return told(whole) == told(last)


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
