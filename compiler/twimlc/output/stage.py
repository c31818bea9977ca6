"""Putting a build into place: files come in, and the folder holds them.

The folder stays the same folder: a server that has it mounted or open sees every change. What is
new is written beside and moved into place file by file, in the order given, so that at every
moment whatever a link leads to is there.
"""

import contextlib
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from twimlc.output.folder import Kind, digest_of, folders_of, is_plain, kind_of, read_plain
from twimlc.output.manifest import MANIFEST, STAGE, path_fault
from twimlc.output.plan import OutputFile

FOLDER = f"{STAGE}new"
_JOURNAL = "journal.json"
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


def is_unfinished(folder: Path) -> bool:
    """Whether a run was killed while its files went into place."""
    return kind_of(folder / FOLDER / _JOURNAL) is Kind.FILE


def finish(folder: Path) -> None:
    """End a run that was killed while its files went into place; sweep one that was killed before.

    Calls may be in what it put into place already, so it is carried out to its end.
    """
    stage = folder / FOLDER
    if kind_of(stage) is Kind.NOTHING:
        return
    if kind_of(stage) is not Kind.FOLDER:
        os.unlink(stage)
        return
    try:
        journal = json.loads(read_plain(stage / _JOURNAL))
        paths, stale = list(journal["files"]), dict(journal["stale"])
        whole = all(path_fault(path) is None for path in (*paths, *stale))
    except (OSError, ValueError, AttributeError, KeyError, TypeError, RecursionError):
        whole = False
    if whole and not any(kind_of(folder / path) is Kind.LINK for path in folders_of(paths)):
        _carry_out(folder, paths, stale)
    shutil.rmtree(stage)


def put(
    folder: Path, files: Sequence[OutputFile], manifest: bytes, stale: Mapping[str, str]
) -> None:
    """Write the files and the manifest, in this order, and then remove what is stale.

    ``stale`` gives the hash of each file that goes. All is staged first, and the journal last of
    all: from then on the next run ends what this one began, should it be killed.
    """
    stage = folder / FOLDER
    paths = [file.path for file in files]
    try:
        os.mkdir(stage)
        for number, file in enumerate(files):
            write_new(stage / f"{number}", file.content.pieces())
        write_new(stage / MANIFEST, [manifest])
        journal = json.dumps({"files": paths, "stale": dict(stale)})
        write_new(stage / f"{_JOURNAL}.new", [journal.encode()])
        os.replace(stage / f"{_JOURNAL}.new", stage / _JOURNAL)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)  # the fault that led here says more
        raise
    _carry_out(folder, paths, stale)
    shutil.rmtree(stage, ignore_errors=True)


def replace(folder: Path, path: str, data: bytes) -> None:
    """Put other bytes in the place of one file. A run that was killed before leaves a stage."""
    stage = folder / FOLDER
    os.mkdir(stage)
    try:
        write_new(stage / "0", [data])
        _move(stage / "0", folder / path)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _carry_out(folder: Path, paths: Sequence[str], stale: Mapping[str, str]) -> None:
    """Move what is staged into place, as far as that has not been done, and remove the rest."""
    stage = folder / FOLDER
    for inside in folders_of(paths):
        _make(folder / inside)
    for number, path in enumerate(paths):
        _move(stage / f"{number}", folder / path)
    _move(stage / MANIFEST, folder / MANIFEST)
    for path, digest in stale.items():
        if is_plain(folder, path) and digest_of(folder / path) == digest:
            os.unlink(folder / path)
            _remove_empty((folder / path).parent, folder)


def write_new(place: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that is not there yet."""
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
    if kind_of(staged) is Kind.NOTHING:
        return
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
