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
from hashlib import sha256
from pathlib import Path

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import CANNOT_WRITE, FOREIGN_FILES, FOREIGN_MANIFEST, LINKED_FOLDER
from twimlc.lower.names import is_entry
from twimlc.output import stage as staging
from twimlc.output.folder import Kind, digest_of, folders_of, inside, kind_of, read_plain
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
from twimlc.output.plan import Outcome, OutputFile, Scope, settle
from twimlc.project.files import FileContent
from twimlc.text import SourceFile, Span

_MOST_NAMED = 20
_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "there is no room left for you on this disk",
    errno.EACCES: "there is no permission to write there",
    errno.EPERM: "there is no permission to write there",
    errno.EROFS: "the disk can only be read",
    errno.ENOTDIR: "there is a file where a folder must be",
    errno.EEXIST: "there is a file where a folder must be",
    errno.EISDIR: "there is a folder where a file must be",
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

    outcome: Outcome
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    moved: bool = False

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

    def may_be(self, path: str, usual: str | None = None) -> Collection[str | None]:
        """The hashes that a file of the build may have, ``usual`` that of one it did not write."""
        if self.ground is not None and path in self.ground.placed:
            return self.ground.placed[path]
        return (self.owned.get(path, usual),)


def read_before(folder: Path) -> tuple[Before, list[Diagnostic]]:
    """The last build in a folder; an empty one without a finding where there is none."""
    place = folder / MANIFEST
    try:
        kind = kind_of(place)
        # A link in its place is not followed but replaced, like any file of the build.
        if kind in (Kind.NOTHING, Kind.LINK):
            return Before(), []
        if kind is Kind.FOLDER:
            raise IsADirectoryError(errno.EISDIR, "")
        if kind is Kind.OTHER:
            raise ForeignManifestError("it is not a plain file")
        data = read_plain(place)
        manifest = from_json(data)
    except OldManifestError as old:
        return Before(owned=_hashes(old.documents), old_format=True), []
    except ForeignManifestError as fault:
        return Before(), [_foreign(folder, fault)]
    except OSError as fault:
        return Before(), [refused(folder, MANIFEST, fault)]
    ground = Ground(manifest, sha256(data).hexdigest(), folder)
    return Before(ground, _hashes(manifest.documents)), []


def _hashes(documents: Mapping[str, DocumentEntry]) -> dict[str, str]:
    return {path: document.sha256 for path, document in documents.items()}


def write_target(
    folder: Path,
    files: Sequence[OutputFile],
    manifest: Manifest,
    scope: Scope,
    *,
    shared: Callable[[Manifest], Sequence[OutputFile]] = lambda manifest: (),
    basis: Callable[[Before], Ground | None] = lambda before: before.ground,
    elsewhere: bool = False,
    force: bool = False,
    dry: bool = False,
) -> tuple[Written | None, list[Diagnostic]]:
    """Make ``folder`` hold this build. ``dry`` only reports what would change.

    ``shared`` makes the files that hang on all flows of the target, also those that this build
    leaves alone, from the manifest as it will be. ``basis`` chooses the build that versions are
    kept of; with ``elsewhere`` its files are copied to ``folder``. With ``force`` files that no
    build wrote are replaced.
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
            try:
                outcome = settle(files, manifest, ground, scope)
                own = shared(outcome.manifest)
                if own:
                    files = [*files, *own]
                    outcome = settle(files, manifest, ground, scope)
                if ground is not None and elsewhere:
                    files = [*files, *_copied(ground, outcome)]
            except ForeignManifestError as fault:
                return None, [_foreign(folder, fault)]
            return _write(folder, files, outcome, before, force=force, dry=dry)
    except OSError as fault:
        return None, [refused(folder, "", fault)]


def _copied(ground: Ground, outcome: Outcome) -> Iterator[OutputFile]:
    """What stays of an earlier build that lies elsewhere."""
    for path in outcome.carried:
        if not ground.is_same(path):
            raise ForeignManifestError(f"{path} of the earlier build is not what it lists")
        listed = ground.manifest.documents[path]
        place = ground.folder / path
        content = FileContent(b"", listed.size, listed.sha256, place)
        if path in ground.placed:  # what is due there now
            content = FileContent.of(read_plain(place))
        yield OutputFile(path, content, listed)


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
    files = sorted(files, key=lambda file: file.path)
    digests = {file.path: digest_of(inside(folder, file.path)) for file in files}
    waiting = [file for file in files if digests[file.path] != file.content.sha256]
    kinds = {file.path: kind_of(inside(folder, file.path)) for file in waiting}
    created = [path for path, kind in kinds.items() if kind is Kind.NOTHING]
    changed = [path for path, kind in kinds.items() if kind is not Kind.NOTHING]
    foreign = [path for path in changed if path not in before.owned]
    # What a killed run has put into place is in no manifest yet; a build would end it first.
    if foreign and not (force or (dry and staging.is_unfinished(folder))):
        return None, list(_not_ours(folder, foreign))
    there = [path for path in stale if kind_of(inside(folder, path)) is not Kind.NOTHING]
    found = {path: digest_of(inside(folder, path)) for path in there}
    removed = {
        path: digest
        for path, digest in found.items()
        if digest is not None and digest in before.may_be(path)
    }
    written = Written(
        outcome,
        created=tuple(created),
        changed=tuple(changed),
        unchanged=tuple(path for path in digests if path not in kinds),
        removed=tuple(removed),
        left=tuple(path for path in there if path not in removed),
        restored=tuple(p for p in changed if digests[p] not in before.may_be(p, digests[p])),
        moved=before.old_format,
    )
    listing = to_json(outcome.manifest)
    same = digest_of(folder / MANIFEST) == sha256(listing).hexdigest()
    if dry or (written.is_clean and same):
        return written, []
    order = sorted(waiting, key=lambda f: (_turn(f.path), kinds[f.path] is not Kind.NOTHING))
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
    linked = _linked(folder, paths)
    if linked is not None:
        return linked
    for path in ("", *folders_of(paths)):
        if kind_of(inside(folder, path)) not in (Kind.NOTHING, Kind.FOLDER):
            return refused(folder, path, NotADirectoryError(errno.ENOTDIR, ""))
    for path in (*paths, MANIFEST):
        if kind_of(inside(folder, path)) is Kind.FOLDER:
            return refused(folder, path, IsADirectoryError(errno.EISDIR, ""))
    return None


def _linked(folder: Path, paths: Sequence[str]) -> Diagnostic | None:
    """A finding for the first folder on the way to these paths that is a link."""
    for path in ("", *folders_of(paths)):
        if kind_of(inside(folder, path)) is Kind.LINK:
            message = "this folder is a link to somewhere else, where nothing may be changed"
            hint = "remove the link, or build with -o to the folder that it leads to"
            return LINKED_FOLDER.at(place_in(folder, path), message, hint=hint)
    return None


def _foreign(folder: Path, fault: ForeignManifestError) -> Diagnostic:
    message = f"this file is not the manifest of a build: {fault}"
    hint = "remove it, or build to another folder with -o; nothing was changed"
    return FOREIGN_MANIFEST.at(place_in(folder, MANIFEST), message, hint=hint)


def _not_ours(folder: Path, paths: Sequence[str]) -> Iterator[Diagnostic]:
    hint = "move it away, build to another folder with -o, or replace it with --force"
    for path in paths[:_MOST_NAMED]:
        message = "the last build did not write this file, and this build would replace it"
        if path == paths[min(_MOST_NAMED, len(paths)) - 1] and len(paths) > _MOST_NAMED:
            message += f"; the same is true of {len(paths) - _MOST_NAMED:,} more"
        yield FOREIGN_FILES.at(place_in(folder, path), message, hint=hint)


def refused(folder: Path, path: str, fault: OSError) -> Diagnostic:
    """The finding about a path of a target that cannot be written."""
    reason = _REASONS.get(fault.errno or 0) or (fault.strerror or type(fault).__name__).lower()
    hint = "the last build is left as it was"
    return CANNOT_WRITE.at(place_in(folder, path), f"this cannot be written: {reason}", hint=hint)


def place_in(folder: Path, path: str) -> Span:
    """Where a finding about a file of a target stands."""
    # The folder of the build and the target's name say enough; an absolute path would say more
    # about the machine than about the fault.
    name = "/".join(part for part in (folder.parent.name, folder.name, path) if part)
    return Span(SourceFile(name, ""), 0, 0)
