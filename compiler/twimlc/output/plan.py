"""What a build will change: the files made and the earlier build in, sorted out.

A build may be of some flows only. What the earlier one wrote for other flows stays, in the folder
and in the manifest, as long as the source of such a flow is there. Calls are in progress while
one build takes the place of another, so the last versions of every flow stay too, as they are.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from twimlc.output.folder import digest_of, is_plain, read_plain
from twimlc.output.manifest import (
    PUBLIC,
    DocumentEntry,
    FlowEntry,
    Manifest,
    base_name,
    path_fault,
)
from twimlc.source.files import FileContent

_INNER = re.compile(r"public/((?:[^/]+/)?[^/]+)/(v\.[0-9a-f]{12})/[^/]+")
_LEADS = re.compile(r"(?<![a-z0-9-])([a-z0-9-]{1,64})/(v\.[0-9a-f]{12})/")
_NAME = re.compile(r"[A-Za-z0-9_.-]+")

Version = tuple[str, str]
"""A flow (``FLOW`` or ``ROW/FLOW``) and the name of one of its versions."""


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One file of a target, ``path`` posix and relative to the target's folder.

    ``flow`` is whose it is: ``FLOW``, ``ROW/FLOW``, or empty for what flows share.
    """

    path: str
    content: FileContent
    media_type: str
    flow: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The earlier build: its manifest, the SHA-256 of that, and the folder where it lies."""

    manifest: Manifest
    digest: str
    folder: Path

    def read(self, path: str) -> bytes | None:
        """A document; None if it is not there, or lies behind a link."""
        return read_plain(self.folder / path) if is_plain(self.folder, path) else None

    def is_same(self, path: str) -> bool:
        """Whether a file is what the manifest says."""
        listed = self.manifest.documents[path].sha256
        return is_plain(self.folder, path) and digest_of(self.folder / path) == listed


@dataclass(frozen=True, slots=True)
class Outcome:
    """The manifest as it will be. ``carried`` are the files of the earlier build that it still
    lists; ``broken`` the versions that cannot be kept, with the file that is not as it was;
    ``dropped`` those past ``keep``, and ``gone`` the flows that lose their entry."""

    manifest: Manifest
    carried: tuple[str, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def settle(
    files: Sequence[OutputFile],
    manifest: Manifest,
    ground: Ground | None,
    *,
    keep: int = 0,
    compiled: Collection[str] = (),
    source_exists: Callable[[str], bool],
) -> Outcome:
    """Join a build with what stays of the earlier one.

    ``manifest`` describes what was compiled; its documents may lack sizes and hashes, which are
    taken from ``files``. ``keep`` is how many earlier versions of each flow stay. ``compiled``
    names flows (without rows) that the run compiled or chose not to build for this target, beside
    those that the manifest lists.
    """
    _refuse_clashes(files)
    documents = dict(manifest.documents)
    for file in files:
        known = documents.get(file.path) or DocumentEntry(file.media_type, file.flow)
        documents[file.path] = replace(known, sha256=file.content.sha256, size=file.content.size)
    absent = documents.keys() - {file.path for file in files}
    if absent:
        raise ValueError(f"listed but not made: {sorted(absent)}")
    if ground is None:
        return Outcome(_ordered(replace(manifest, documents=documents)))
    last = ground.manifest
    ours = {base_name(name) for name in manifest.flows} | set(compiled)
    sources = {flow.source for flow in manifest.flows.values()}

    def stays(name: str, flow: FlowEntry) -> bool:
        gone = flow.entry is None or flow.source in sources or not source_exists(flow.source)
        return base_name(name) not in ours and not gone

    left_alone = {name for name, flow in last.flows.items() if stays(name, flow)}
    flows = _flows(manifest.flows, last.flows, left_alone)
    earlier = _Earlier(ground, left_alone)
    kept = earlier.kept(flows, keep)
    newest = {(name, flow.version) for name, flow in flows.items()}
    for name, flow in list(flows.items()):
        names = (v for v in flow.versions if (name, v) in kept or (name, v) in newest)
        flows[name] = replace(flow, versions=tuple(names))
        if flow.entry is None and not flows[name].versions:
            del flows[name]
    carried = {path for path in earlier.paths(kept, flows) if path not in documents}
    sounds = _sounds({*documents, *carried}, documents, last)[:keep]
    carried |= {path for paths in sounds for path in paths}
    carried = set(filter(earlier.stays, carried))
    sounds = [tuple(path for path in paths if path in carried) for paths in sounds]
    while sounds and not sounds[-1]:
        sounds.pop()
    decided = {item["path"] for item in manifest.decisions}
    rows = (
        item
        for item in last.decisions
        if _version_of(item["path"]) in kept and item["path"] not in decided
    )
    whole = replace(
        manifest,
        flows=flows,
        documents={**{path: last.documents[path] for path in carried}, **documents},
        decisions=(*rows, *manifest.decisions),
        approximations=_joined(last.approximations, manifest.approximations, left_alone),
        assumptions=_joined(last.assumptions, manifest.assumptions, left_alone),
        earlier_sounds=tuple(sounds),
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


class _Earlier:
    """The documents of the earlier build, by version."""

    def __init__(self, ground: Ground, left_alone: Collection[str]) -> None:
        self.ground, self.left_alone = ground, left_alone
        self.broken: dict[str, str] = {}
        self._inner: dict[Version, list[str]] = {}
        self._beside: dict[str, list[str]] = {}
        self._same: dict[str, bool] = {}
        self._texts: dict[str, str] = {}
        for path, document in ground.manifest.documents.items():
            version = _version_of(path)
            if version is not None:
                self._inner.setdefault(version, []).append(path)
            elif document.flow:
                self._beside.setdefault(document.flow, []).append(path)

    def kept(self, flows: Mapping[str, FlowEntry], keep: int) -> set[Version]:
        """The versions of the earlier build that stay: the last ones, and all they lead to."""
        wanted: list[Version] = []
        texts = [(name, path) for name in self.left_alone for path in self._beside.get(name, ())]
        for name, flow in flows.items():
            before = [version for version in flow.versions if version != flow.version]
            wanted += ((name, version) for version in before[:keep])
            if name in self.left_alone and flow.version is not None:
                wanted.append((name, flow.version))
        kept: set[Version] = set()
        while wanted or texts:
            while texts:
                name, path = texts.pop()
                row = name.rpartition("/")[0]
                for other, version in set(_LEADS.findall(self._text(path))):
                    there = (f"{row}/{other}" if row else other), version
                    if there in self._inner and there not in kept:
                        wanted.append(there)
            if wanted and (found := wanted.pop()) not in kept and self._is_whole(found):
                kept.add(found)
                texts += ((found[0], path) for path in self._inner[found])
        return kept

    def paths(self, kept: Collection[Version], flows: Mapping[str, FlowEntry]) -> set[str]:
        """Every file that stays: of versions, of flows left alone, and the sounds they play."""
        found = {path for version in kept for path in self._inner[version]}
        for name, paths in self._beside.items():
            gone = name in flows and flows[name].entry is None
            if name in self.left_alone:
                found.update(paths)
            elif gone:
                found.update(path for path in paths if path.endswith("/changed.xml"))
        listed = self.ground.manifest.documents
        sounds = {path.rpartition("/")[2]: path for path in listed if _is_sound(path)}
        if sounds:
            names = {name for path in found for name in _NAME.findall(self._text(path))}
            found.update(sounds[name] for name in names & sounds.keys())
        return found

    def stays(self, path: str) -> bool:
        """Whether a file is what it was; those of flows left alone stay whatever they are."""
        whole = self._is_left_alone(path) or self._is_same(path)
        if not whole:
            self.broken[path] = path
        return whole

    def _is_whole(self, version: Version) -> bool:
        """Whether a version is there, and all its documents are what they were."""
        paths = self._inner.get(version, ())
        changed = next((p for p in paths if not (self._is_left_alone(p) or self._is_same(p))), None)
        if changed is not None:
            self.broken["/".join(version)] = changed
        return bool(paths) and changed is None

    def _is_left_alone(self, path: str) -> bool:
        return self.ground.manifest.documents[path].flow in self.left_alone

    def _is_same(self, path: str) -> bool:
        if path not in self._same:
            self._look(path)
        return self._same[path]

    def _text(self, path: str) -> str:
        """A document's text, whatever it is; empty if it is not there."""
        if path not in self._texts:
            self._look(path)
        return self._texts[path]

    def _look(self, path: str) -> None:
        self._same[path] = self.ground.is_same(path)
        if not _is_sound(path):
            self._texts[path] = (self.ground.read(path) or b"").decode("utf-8", "replace")


def _version_of(path: str) -> Version | None:
    found = _INNER.fullmatch(path)
    return (found[1], found[2]) if found is not None else None


def _is_sound(path: str) -> bool:
    return path.startswith(f"{PUBLIC}media/")


def _sounds(
    listed: Collection[str], made: Mapping[str, DocumentEntry], last: Manifest
) -> list[tuple[str, ...]]:
    """The sounds that only earlier builds named, newest first.

    Entries and Bins are replaced while somebody listens to what they named.
    """
    older = {path for paths in last.earlier_sounds for path in paths}
    own = last.documents.keys() - older
    before = {path: last.documents[path] for path in own}
    same = all(
        path in listed and made.get(path, document).sha256 == document.sha256
        for path, document in before.items()
    )
    builds = list(last.earlier_sounds)
    if not same:
        builds.insert(0, tuple(filter(_is_sound, own)))
    return [tuple(sorted(path for path in paths if path not in listed)) for paths in builds]


def _same_versions(whole: Manifest, last: Manifest) -> bool:
    """Whether every flow has the versions that it had, and the host's own files are the same."""

    def told(manifest: Manifest) -> object:
        flows = {name: (f.version, f.versions, f.entry) for name, f in manifest.flows.items()}
        own = {p: d.sha256 for p, d in manifest.documents.items() if not p.startswith(PUBLIC)}
        return flows, own, manifest.earlier_sounds

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
