"""The build folder: the files of a target come in, a folder and its manifest go out.

After any crash the folder holds the old build or the new one. Files that did not change are not
touched; only files that the last manifest lists are ever removed; no link is followed.
"""

import contextlib
import errno
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.output import CANNOT_WRITE, FOREIGN_MANIFEST, LINKED_FOLDER
from twimlc.output import stage as staging
from twimlc.output.folder import Kind, folders_of, kind_of, read_plain, same_bytes
from twimlc.output.manifest import MANIFEST, ForeignManifestError, Manifest, from_json, to_json
from twimlc.output.plan import OutputFile, settle
from twimlc.text import SourceFile, Span

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "there is no room left for you on this disk",
    errno.EACCES: "there is no permission to write there",
    errno.EPERM: "there is no permission to write there",
    errno.EROFS: "the disk can only be read",
    errno.ENOTDIR: "a file lies where a folder must be",
    errno.EEXIST: "a file lies where a folder must be",
    errno.EISDIR: "a folder lies where a file must be",
    errno.ENAMETOOLONG: "its name is too long for this disk",
    errno.EMFILE: "too many files are open",
    errno.EIO: "the disk reports a fault",
}


@dataclass(frozen=True, slots=True)
class Written:
    """What a build changed in a target's folder; the manifest itself is not counted."""

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether the folder held exactly this build already."""
        return not (self.created or self.changed or self.removed)


def read_manifest(folder: Path) -> tuple[Manifest | None, list[Diagnostic]]:
    """The manifest of the last build; None without a finding when there is none."""
    place = folder / MANIFEST
    try:
        # A link in its place is not followed but replaced, like any file of the build.
        data = None if kind_of(place) in (Kind.NOTHING, Kind.LINK) else _content(place)
        return (None if data is None else from_json(data)), []
    except ForeignManifestError as fault:
        return None, [_foreign(folder, fault)]
    except OSError as fault:
        return None, [_refused(folder, MANIFEST, fault)]


def write_target(
    folder: Path,
    files: Sequence[OutputFile],
    manifest: Manifest,
    *,
    source_exists: Callable[[str], bool],
    compiled: Collection[str] = (),
    shared: Callable[[Manifest], Sequence[OutputFile]] | None = None,
    dry: bool = False,
) -> tuple[Written | None, list[Diagnostic]]:
    """Make ``folder`` hold this build. ``dry`` only tells what would change.

    ``source_exists`` answers for the sources that the last manifest names, ``compiled`` is
    explained at :func:`twimlc.output.plan.settle`. ``shared`` makes the files that hang on all
    flows of the target, also those that this build leaves alone, from the manifest as it will be.
    """
    blocked = _blocked(folder, [file.path for file in files])
    if blocked is not None:
        return None, [blocked]
    try:
        if dry:
            return _write(folder, files, manifest, source_exists, compiled, shared, dry=True)
        os.makedirs(folder.parent, exist_ok=True)
        with staging.one_writer(folder.parent):
            return _write(folder, files, manifest, source_exists, compiled, shared, dry=False)
    except OSError as fault:
        return None, [_refused(folder, "", fault)]


def _write(
    folder: Path,
    files: Sequence[OutputFile],
    manifest: Manifest,
    source_exists: Callable[[str], bool],
    compiled: Collection[str],
    shared: Callable[[Manifest], Sequence[OutputFile]] | None,
    *,
    dry: bool,
) -> tuple[Written | None, list[Diagnostic]]:
    last, findings = read_manifest(folder)
    if findings:
        return None, findings
    outcome = settle(files, manifest, last, compiled=compiled, source_exists=source_exists)
    if shared is not None:
        try:
            more = shared(outcome.manifest)
        except ForeignManifestError as fault:
            return None, [_foreign(folder, fault)]
        blocked = _blocked(folder, [file.path for file in more])
        if blocked is not None:
            return None, [blocked]
        files = [*files, *more]
        outcome = settle(files, manifest, last, compiled=compiled, source_exists=source_exists)
    blocked = _linked(folder, outcome.stale)
    if blocked is not None:
        return None, [blocked]
    new: list[OutputFile] = []
    changed: list[OutputFile] = []
    unchanged: list[str] = []
    for file in sorted(files, key=lambda file: file.path):
        place = folder / file.path
        if same_bytes(place, file.data):
            unchanged.append(file.path)
        elif kind_of(place) is Kind.NOTHING:
            new.append(file)
        else:
            changed.append(file)
    present = {path for path in outcome.stale if kind_of(folder / path) in (Kind.FILE, Kind.LINK)}
    written = Written(
        created=tuple(file.path for file in new),
        changed=tuple(file.path for file in changed),
        unchanged=tuple(unchanged),
        removed=tuple(path for path in outcome.stale if path in present),
    )
    listing = to_json(outcome.manifest)
    stage = _stage_of(folder)
    if not dry:
        staging.sweep(stage)
        if not written.is_clean or not same_bytes(folder / MANIFEST, listing):
            entries = {flow.entry for flow in outcome.manifest.flows.values()}
            changed.sort(key=lambda file: file.path in entries)
            new.sort(key=lambda file: file.path in entries)
            _replace(folder, stage, [*new, *changed], listing, present)
    return written, []


def _replace(
    folder: Path, stage: Path, files: Sequence[OutputFile], listing: bytes, stale: Collection[str]
) -> None:
    try:
        os.mkdir(stage)
        for inside in folders_of([file.path for file in files]):
            os.mkdir(f"{stage}/{inside}")
        for file in files:
            staging.put(stage, file.path, file.data)
        staging.put(stage, MANIFEST, listing)
        # A stage inside the folder (which is mounted there) cannot change names with it.
        if stage.parent == folder or not staging.swap(stage, folder, stale):
            staging.move(stage, folder, [file.path for file in files], stale)
    except BaseException:
        with contextlib.suppress(OSError):  # the fault that led here says more
            staging.sweep(stage)
        raise


def _stage_of(folder: Path) -> Path:
    # A mounted folder is another disk than its parent, and files cannot be moved between disks.
    parent = folder if os.path.ismount(folder) else folder.parent
    return parent / staging.stage_name(folder.name)


def _blocked(folder: Path, paths: Sequence[str]) -> Diagnostic | None:
    """What keeps these paths from being written, before anything is touched."""
    if kind_of(folder) is Kind.LINK:
        return _link_finding(folder, "")
    linked = _linked(folder, paths)
    if linked is not None:
        return linked
    for path in ("", *folders_of(paths)):
        if kind_of(folder / path) not in (Kind.NOTHING, Kind.FOLDER):
            fault = NotADirectoryError(errno.ENOTDIR, "")
            return _refused(folder, path, fault)
    for path in (*paths, MANIFEST):
        if kind_of(folder / path) is Kind.FOLDER:
            return _refused(folder, path, IsADirectoryError(errno.EISDIR, ""))
    return None


def _linked(folder: Path, paths: Sequence[str]) -> Diagnostic | None:
    for path in folders_of(paths):
        if kind_of(folder / path) is Kind.LINK:
            return _link_finding(folder, path)
    return None


def _link_finding(folder: Path, path: str) -> Diagnostic:
    message = "this folder is a link to somewhere else, where nothing may be changed"
    hint = "remove the link, or build with -o to the folder that it leads to"
    return LINKED_FOLDER.at(_place(folder, path), message, hint=hint)


def _foreign(folder: Path, fault: ForeignManifestError) -> Diagnostic:
    message = f"this file is not the manifest of a build: {fault}"
    hint = "remove it, or build to another folder with -o; nothing was changed"
    return FOREIGN_MANIFEST.at(_place(folder, MANIFEST), message, hint=hint)


def _refused(folder: Path, path: str, fault: OSError) -> Diagnostic:
    reason = _REASONS.get(fault.errno or 0) or (fault.strerror or type(fault).__name__).lower()
    hint = "the last build is left as it was"
    return CANNOT_WRITE.at(_place(folder, path), f"this cannot be written: {reason}", hint=hint)


def _place(folder: Path, path: str) -> Span:
    # The folder of the build and the target's name say enough; an absolute path would say more
    # about the machine than about the fault.
    name = "/".join(part for part in (folder.parent.name, folder.name, path) if part)
    return Span(SourceFile(name, ""), 0, 0)


def _content(place: Path) -> bytes | None:
    kind = kind_of(place)
    if kind is Kind.FOLDER:
        raise IsADirectoryError(errno.EISDIR, "")
    if kind is Kind.OTHER:
        raise ForeignManifestError("it is no plain file")
    return read_plain(place)
