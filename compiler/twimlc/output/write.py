"""The build folder: the files of a target come in, a folder and its manifest go out.

After any crash the calls of the old build and of the new one find what they lead to. Files that
did not change are not touched; only files that are still what the last manifest lists are ever
removed; nothing is replaced that no build wrote; no link is followed.
"""

import contextlib
import errno
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.output import (
    CANNOT_WRITE,
    FOREIGN_FILES,
    FOREIGN_MANIFEST,
    LINKED_FOLDER,
)
from twimlc.lower.plan import is_entry
from twimlc.output import stage as staging
from twimlc.output.folder import Kind, digest_of, folders_of, kind_of, read_plain
from twimlc.output.ground import Ground
from twimlc.output.manifest import (
    MANIFEST,
    PUBLIC,
    DocumentEntry,
    ForeignManifestError,
    Manifest,
    OldManifestError,
    from_json,
    to_json,
)
from twimlc.output.plan import Outcome, OutputFile, settle
from twimlc.source.files import FileContent
from twimlc.text import SourceFile, Span

_MOST_NAMED = 20
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
    """What a build changed in a target's folder; the manifest itself is not counted.

    ``left`` are files of the last build that somebody changed since, and that stay; ``restored``
    those that were changed and are written anew; ``moved``: the last build was of the format that
    had its documents in another place. ``outcome`` says what becomes of versions and flows.
    """

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    moved: bool = False
    outcome: Outcome | None = None

    @property
    def is_clean(self) -> bool:
        """Whether the folder held exactly this build already."""
        return not (self.created or self.changed or self.removed)


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """What lies in a folder: ``ground`` is the build that the next one keeps versions of, ``owned``
    the hashes of the files that a build wrote, by path."""

    ground: Ground | None = None
    owned: Mapping[str, str] = field(default_factory=dict)
    old_format: bool = False


def read_before(folder: Path) -> tuple[Before, list[Diagnostic]]:
    """The last build in a folder; an empty one without a finding where there is none."""
    place = folder / MANIFEST
    try:
        # A link in its place is not followed but replaced, like any file of the build.
        data = None if kind_of(place) in (Kind.NOTHING, Kind.LINK) else _content(place)
        if data is None:
            return Before(), []
        manifest = from_json(data)
    except OldManifestError as old:
        return Before(owned=_hashes(old.documents), old_format=True), []
    except ForeignManifestError as fault:
        return Before(), [_foreign(folder, fault)]
    except OSError as fault:
        return Before(), [_refused(folder, MANIFEST, fault)]
    ground = Ground(manifest, sha256(data).hexdigest(), folder)
    return Before(ground, _hashes(manifest.documents)), []


def _hashes(documents: Mapping[str, DocumentEntry]) -> dict[str, str]:
    return {path: document.sha256 for path, document in documents.items()}


def write_target(
    folder: Path,
    files: Sequence[OutputFile],
    manifest: Manifest,
    *,
    source_exists: Callable[[str], bool],
    compiled: Collection[str] = (),
    known: Callable[[str], bool] = lambda name: False,
    rows: bool = True,
    shared: Callable[[Manifest], Sequence[OutputFile]] | None = None,
    keep: int = 0,
    basis: Callable[[Before], Ground | None] = lambda before: before.ground,
    elsewhere: bool = False,
    force: bool = False,
    dry: bool = False,
) -> tuple[Written | None, list[Diagnostic]]:
    """Make ``folder`` hold this build. ``dry`` only tells what would change.

    ``source_exists`` answers for the sources that the earlier manifest names, ``compiled``,
    ``known``, ``rows`` and ``keep`` are explained at :func:`twimlc.output.plan.settle`. ``shared``
    makes the files that hang on all flows of the target, also those that this build leaves alone,
    from the manifest as it will be. ``basis`` chooses the build that versions are kept of; with
    ``elsewhere`` its files are copied to ``folder``. With ``force`` files that no build wrote are
    replaced.
    """
    blocked = _blocked(folder, [file.path for file in files])
    if blocked is not None:
        return None, [blocked]
    try:
        if not dry:
            os.makedirs(folder, exist_ok=True)
        with staging.one_writer(folder) if not dry else contextlib.nullcontext():
            if not dry:
                staging.finish(folder)
            before, findings = read_before(folder)
            if findings:
                return None, findings
            ground = basis(before)
            settling = partial(
                settle,
                keep=keep,
                compiled=compiled,
                known=known,
                rows=rows,
                source_exists=source_exists,
            )
            try:
                outcome = settling(files, manifest, ground)
                if shared is not None:
                    files = [*files, *shared(outcome.manifest)]
                    outcome = settling(files, manifest, ground)
                if ground is not None and elsewhere:
                    files = [*files, *_copied(ground, outcome)]
            except ForeignManifestError as fault:
                return None, [_foreign(folder, fault)]
            return _write(folder, files, outcome, before, force=force, dry=dry)
    except OSError as fault:
        return None, [_refused(folder, "", fault)]


def _copied(ground: Ground, outcome: Outcome) -> Iterator[OutputFile]:
    """What stays of an earlier build that lies elsewhere."""
    for path in outcome.carried:
        if not ground.is_same(path):
            raise ForeignManifestError(f"{path} of the earlier build is not what it lists")
        listed = ground.manifest.documents[path]
        content = FileContent(b"", listed.size, listed.sha256, ground.folder / path)
        yield OutputFile(path, content, listed.media_type, listed.flow)


def _write(
    folder: Path,
    files: Sequence[OutputFile],
    outcome: Outcome,
    before: Before,
    *,
    force: bool,
    dry: bool,
) -> tuple[Written | None, list[Diagnostic]]:
    listed = outcome.manifest.documents
    stale = sorted(before.owned.keys() - listed.keys())
    blocked = _blocked(folder, [file.path for file in files]) or _linked(folder, stale)
    if blocked is not None:
        return None, [blocked]
    new: list[OutputFile] = []
    changed: list[OutputFile] = []
    unchanged: list[str] = []
    foreign: list[str] = []
    restored: list[str] = []
    for file in sorted(files, key=lambda file: file.path):
        place = folder / file.path
        if digest_of(place) == file.content.sha256:
            unchanged.append(file.path)
        elif kind_of(place) is Kind.NOTHING:
            new.append(file)
        else:
            changed.append(file)
            if file.path not in before.owned:
                foreign.append(file.path)
            elif digest_of(place) != before.owned[file.path]:
                restored.append(file.path)
    # What a killed run has put into place is in no manifest yet; a build would end it first.
    if foreign and not (force or (dry and staging.is_unfinished(folder))):
        return None, list(_not_ours(folder, foreign))
    there = [path for path in stale if kind_of(folder / path) is not Kind.NOTHING]
    removed = {
        path: before.owned[path] for path in there if digest_of(folder / path) == before.owned[path]
    }
    written = Written(
        created=tuple(file.path for file in new),
        changed=tuple(file.path for file in changed),
        unchanged=tuple(unchanged),
        removed=tuple(removed),
        left=tuple(path for path in there if path not in removed),
        restored=tuple(restored),
        moved=before.old_format,
        outcome=outcome,
    )
    listing = to_json(outcome.manifest)
    same = digest_of(folder / MANIFEST) == sha256(listing).hexdigest()
    if dry or (written.is_clean and same):
        return written, []
    order = sorted([*new, *changed], key=lambda file: _turn(file.path))
    staging.put(folder, order, listing, removed)
    return written, []


def _turn(path: str) -> int:
    """Versions and sounds first, then what the host needs, entries and apologies last.

    The order of an upload: nothing is led to before it is there.
    """
    if not path.startswith(PUBLIC):
        return 1
    return 2 if is_entry(path) else 0


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


def _not_ours(folder: Path, paths: Sequence[str]) -> Iterator[Diagnostic]:
    hint = "move it away, build to another folder with -o, or replace it with --force"
    for path in paths[:_MOST_NAMED]:
        message = "the last build did not write this file, and this build would replace it"
        if path == paths[min(_MOST_NAMED, len(paths)) - 1] and len(paths) > _MOST_NAMED:
            message += f"; so it is with {len(paths) - _MOST_NAMED:,} more"
        yield FOREIGN_FILES.at(_place(folder, path), message, hint=hint)


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
