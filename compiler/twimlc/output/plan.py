"""What a build will change: the files made and the earlier build in, sorted out.

A build may be of some flows only. What the earlier one wrote for other flows stays, in the folder
and in the manifest, as long as the project has such a flow. Calls are in progress while
one build takes the place of another, so the last versions of every flow stay too, as they are.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from twimlc.output.folder import folders_of
from twimlc.output.ground import Earlier, Ground, version_of
from twimlc.output.manifest import PUBLIC, DocumentEntry, FlowEntry, Manifest, base_name, path_fault
from twimlc.project.files import FileContent


class OutputFile(NamedTuple):
    """One file of a target, ``path`` posix and relative to the target's folder.

    ``entry`` is what the manifest says of it, but for its size and hash.
    """

    path: str
    content: FileContent
    entry: DocumentEntry


@dataclass(frozen=True, slots=True)
class Outcome:
    """The manifest as it will be. ``carried`` are the files of the earlier build that it still
    lists; ``broken`` the versions that cannot be kept, with the file that is not as it was;
    ``dropped`` those past ``keep``, and ``gone`` the flows that lose their entry; ``before``
    are the flows of the earlier build, ``first``: there is none."""

    manifest: Manifest
    carried: tuple[str, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    before: Mapping[str, FlowEntry] = field(default_factory=dict)
    first: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run looks at, which tells what of the earlier build it leaves as it is.

    ``source_exists`` answers for the sources that the earlier manifest names. ``compiled`` names
    flows (without rows) that the run compiled or chose not to build for this target, beside those
    that the manifest lists; ``known`` tells of any other whether the project has it. Without
    ``rows`` the run looked at no row of the matrix. ``keep`` earlier versions of each flow stay.
    """

    source_exists: Callable[[str], bool]
    compiled: Collection[str] = ()
    known: Callable[[str], bool] = lambda name: False
    rows: bool = True
    keep: int = 0

    def left_alone(self, manifest: Manifest, last: Manifest) -> set[str]:
        """The flows of ``last`` that a run that made ``manifest`` did not look at."""
        ours = {base_name(name) for name in manifest.flows} | set(self.compiled)
        sources = {flow.source for flow in manifest.flows.values()}
        return {
            name
            for name, flow in last.flows.items()
            if flow.entry is not None
            and not (base_name(name) in ours and (self.rows or "/" not in name))
            and (
                (flow.source not in sources and self.source_exists(flow.source))
                or self.known(base_name(name))
            )
        }


def settle(
    files: Sequence[OutputFile], manifest: Manifest, ground: Ground | None, scope: Scope
) -> Outcome:
    """Join a build with what stays of the earlier one.

    ``manifest`` describes what was compiled; its documents are those of ``files``.
    """
    _refuse_clashes(files)
    documents = {
        file.path: file.entry._replace(sha256=file.content.sha256, size=file.content.size)
        for file in files
    }
    if ground is None:
        return Outcome(_ordered(manifest._replace(documents=documents)), first=True)
    last = ground.manifest
    left_alone = scope.left_alone(manifest, last)
    earlier = Earlier(ground, left_alone)
    flows = _flows(manifest.flows, last.flows, left_alone)
    for name, flow in flows.items():
        flows[name] = flow._replace(earlier=earlier.entries(name, documents)[: scope.keep])
    kept = earlier.kept(flows, scope.keep)
    newest = {(name, flow.version) for name, flow in flows.items()}
    for name, flow in list(flows.items()):
        names = (v for v in flow.versions if (name, v) in kept or (name, v) in newest)
        flows[name] = flow._replace(versions=tuple(names))
        if flow.entry is None and not flows[name].versions and not any(flow.earlier):
            del flows[name]
    carried = sorted(earlier.paths(kept, flows) - documents.keys())
    carried = list(filter(earlier.stays, carried))

    def stay(before: Sequence[Any], made: Sequence[Any]) -> tuple[Any, ...]:
        """What kept versions still ask, and what the present ones do."""
        paths = {item["path"] for item in made}
        old = (item for item in before if version_of(item["path"]) in kept)
        return (*(item for item in old if item["path"] not in paths), *made)

    whole = manifest._replace(
        flows=flows,
        documents={**{path: last.documents[path] for path in carried}, **documents},
        decisions=stay(last.decisions, manifest.decisions),
        questions=stay(last.questions, manifest.questions),
        calendars={**(last.calendars if left_alone else {}), **manifest.calendars},
        approximations=_joined(last.approximations, manifest.approximations, left_alone),
        assumptions=_joined(last.assumptions, manifest.assumptions, left_alone),
    )
    unchanged = _versions(whole) == _versions(last)
    whole = whole._replace(built_on=last.built_on if unchanged else ground.digest)
    had, has = (
        {f"{name}/{version}" for name, flow in found.items() for version in flow.versions}
        for found in (last.flows, flows)
    )
    entered, present = (
        {name for name, flow in found.items() if flow.entry is not None}
        for found in (last.flows, flows)
    )
    return Outcome(
        _ordered(whole),
        carried=tuple(carried),
        broken=tuple(sorted(earlier.broken.items())),
        dropped=tuple(sorted(had - has - earlier.broken.keys())),
        gone=tuple(sorted(entered - present)),
        before=last.flows,
    )


def _flows(
    new: Mapping[str, FlowEntry], last: Mapping[str, FlowEntry], left_alone: Collection[str]
) -> dict[str, FlowEntry]:
    """All flows with every version that there was, newest first; gone ones without an entry."""
    flows: dict[str, FlowEntry] = {}
    for name in {**last, **new}:
        before, entry = last.get(name), new.get(name)
        if before is not None and name in left_alone:
            flows[name] = before
            continue
        if entry is None:
            entry = FlowEntry(None, last[name].source)
        newest = [entry.version] if entry.version is not None else []
        versions = dict.fromkeys((*newest, *(before.versions if before is not None else ())))
        flows[name] = entry._replace(versions=tuple(versions))
    return flows


def _versions(manifest: Manifest) -> object:
    """Which versions every flow has, and what the host's own files are."""
    flows = {name: (f.version, f.versions, f.entry) for name, f in manifest.flows.items()}
    own = {p: d.sha256 for p, d in manifest.documents.items() if not p.startswith(PUBLIC)}
    return flows, own


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
    for folder in folders_of(seen):
        if folder in seen:
            raise ValueError(f"{folder!r} is a file and a folder")


def _joined(last: Sequence[Any], new: Sequence[Any], kept: Collection[str]) -> tuple[Any, ...]:
    """The items of flows that stay, and the new ones; shared ones stay with any flow that does."""
    before = [item for item in last if (kept and not _owner(item)) or _owner(item) in kept]
    once = {json.dumps(item, sort_keys=True): item for item in [*before, *new]}
    return tuple(once.values())


def _ordered(manifest: Manifest) -> Manifest:
    """The same manifest whichever flows were compiled in which run, with what is asked alone."""
    asked = asked_by(manifest.questions)
    return manifest._replace(
        decisions=tuple(sorted(manifest.decisions, key=_owner)),
        questions=tuple(sorted(manifest.questions, key=_owner)),
        calendars={
            name: body for name, body in sorted(manifest.calendars.items()) if name in asked
        },
        approximations=tuple(sorted(manifest.approximations, key=_owner)),
        assumptions=tuple(sorted(manifest.assumptions, key=lambda a: (_owner(a), _shared(a)))),
    )


def asked_by(items: Iterable[Any]) -> set[str]:
    """The names of the calendars that questions of a manifest ask."""
    return {
        turn["calendar"]
        for item in items
        for turn in item["turns"]
        if isinstance(turn, Mapping) and isinstance(turn.get("calendar"), str)
    }


def _owner(item: Any) -> str:
    flow = item.get("flow", "") if isinstance(item, Mapping) else ""
    return flow if isinstance(flow, str) else ""


def _shared(item: Any) -> str:
    return "" if _owner(item) else json.dumps(item, sort_keys=True)
