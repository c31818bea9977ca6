"""Putting a build into place: files come in, and the folder holds them.

The folder stays the same folder: a server that has it mounted or open sees every change. What is
new is written beside and moved into place file by file, in the order given, so that at every
moment whatever a link leads to is there.
"""

import contextlib
import json
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from twimlc.output.folder import Kind, folders_of, kind_of, read_plain
from twimlc.output.manifest import MANIFEST, STAGE, path_fault
from twimlc.output.plan import OutputFile

FOLDER = f"{STAGE}new"
_JOURNAL = "journal.json"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_RIGHTS = 0o666


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Hold the folder, so that two runs write one after the other; the system lets go of it."""
    try:
        import fcntl
    except ImportError:  # Windows: two runs at once are the user's own care
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network file systems know no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def unfinished(folder: Path) -> dict[str, str]:
    """What a run that was killed may have put into place: the hash of each file by its path."""
    try:
        found = json.loads(read_plain(folder / FOLDER / _JOURNAL))
        return {
            path: digest
            for path, digest in found.items()
            if path_fault(path) is None and _SHA256.fullmatch(digest)
        }
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return {}


def put(
    folder: Path,
    files: Sequence[OutputFile],
    manifest: bytes,
    stale: Mapping[str, str],
    begun: Mapping[str, str],
) -> None:
    """Write the files and the manifest, in this order, and then remove what is stale.

    ``stale`` gives the hash of each file that goes, ``begun`` of what an unfinished run wrote: the
    next run must know them if this one is killed.
    """
    stage = folder / FOLDER
    made = {file.path: file.content.sha256 for file in files}
    try:
        _empty(stage)
        _write(stage / MANIFEST, [json.dumps({**begun, **stale, **made}).encode()])
        os.replace(stage / MANIFEST, stage / _JOURNAL)
        for number, file in enumerate(files):
            _write(stage / f"{number}", file.content.pieces())
        _write(stage / MANIFEST, [manifest])
    except BaseException:
        if not begun:
            shutil.rmtree(stage, ignore_errors=True)  # the fault that led here says more
        raise
    for inside in folders_of([file.path for file in files]):
        _make(folder / inside)
    for number, file in enumerate(files):
        _move(stage / f"{number}", folder / file.path)
    _move(stage / MANIFEST, folder / MANIFEST)
    for path in stale:
        os.unlink(folder / path)
        _remove_empty((folder / path).parent, folder)
    shutil.rmtree(stage, ignore_errors=True)


def _empty(stage: Path) -> None:
    """An empty folder, or one with nothing but the journal of a run that was killed."""
    if kind_of(stage) not in (Kind.FOLDER, Kind.NOTHING):
        os.unlink(stage)
    os.makedirs(stage, exist_ok=True)
    for left in os.scandir(stage):
        if left.name != _JOURNAL:
            shutil.rmtree(left) if left.is_dir(follow_symlinks=False) else os.unlink(left)


def _write(place: Path, pieces: Iterable[bytes]) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(place, flags, _RIGHTS)
    try:
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                rest = rest[os.write(handle, rest) :]
    finally:
        os.close(handle)


def _make(place: Path) -> None:
    """Make a folder like the one it lies in."""
    try:
        os.mkdir(place)
    except FileExistsError:
        return
    around = os.stat(place.parent)
    _give(place, around, stat.S_IMODE(around.st_mode))


def _move(staged: Path, place: Path) -> None:
    """Give a file the group and the rights of the folder that it goes to, and move it there."""
    around = os.stat(place.parent)
    _give(staged, around, stat.S_IMODE(around.st_mode) & _RIGHTS)
    os.replace(staged, place)


def _give(place: Path, around: os.stat_result, mode: int) -> None:
    found = os.stat(place)
    if found.st_gid != around.st_gid:
        with contextlib.suppress(OSError, AttributeError):  # a group that we are not in
            os.chown(place, -1, around.st_gid)
    if stat.S_IMODE(found.st_mode) != mode:
        os.chmod(place, mode)


def _remove_empty(place: Path, folder: Path) -> None:
    while place != folder:
        try:
            os.rmdir(place)
        except OSError:  # something else lies in it
            return
        place = place.parent
