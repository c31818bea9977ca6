"""From a staged folder to the target's folder, at one stroke where the system can.

New files are written to a folder of their own beside the target's. Then either the two folders
change names in one step, with all files that stay linked into the new one, so that nobody ever
sees anything but the old build or the new one; or, where a file system cannot do that, the files
are moved into place one by one in an order that leaves no link without its document: first those
that are new, then changed ones, entries last, then the manifest, and only then what is stale goes.
"""

import contextlib
import os
import shutil
import stat
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from twimlc.output.folder import Kind, kind_of
from twimlc.output.manifest import MANIFEST

_PREFIX = ".twimlc-"


def stage_name(target: str) -> str:
    """The folder that a target is staged in; a killed run may leave it behind."""
    return f"{_PREFIX}{target}.new"


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


def sweep(stage: Path) -> None:
    """Remove what a killed run left."""
    if kind_of(stage) is Kind.FOLDER:
        shutil.rmtree(stage)
    elif kind_of(stage) is not Kind.NOTHING:
        os.unlink(stage)


def put(stage: Path, path: str, data: bytes) -> None:
    """Write one new file of the stage, with the rights that the user's umask gives.

    The folder it lies in is there already.
    """
    place = f"{stage}/{path}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(place, flags, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
    finally:
        os.close(handle)


def swap(stage: Path, folder: Path, stale: Collection[str]) -> bool:
    """Put the staged build in the place of the old one in one step; False where that cannot be."""
    if kind_of(folder) is Kind.NOTHING:
        os.rename(stage, folder)
        return True
    if os.path.ismount(folder):
        return False
    try:
        _keep(folder, stage, "", stale)
        exchanged = _exchange(stage, folder)
    except OSError:  # no links between files here, or a folder that is mounted
        return False
    if exchanged:
        # The old build has the stage's name now. What cannot be removed is swept the next time.
        shutil.rmtree(stage, ignore_errors=True)
    return exchanged


def move(stage: Path, folder: Path, paths: Sequence[str], stale: Collection[str]) -> None:
    """Put the staged files into place one by one, in the order given, the manifest after them."""
    for path in (*paths, MANIFEST):
        place = folder / path
        os.makedirs(place.parent, exist_ok=True)
        os.replace(stage / path, place)
    kept = {os.path.normcase(folder / path) for path in paths}
    for path in stale:
        place = folder / path
        if os.path.normcase(place) not in kept and kind_of(place) in (Kind.FILE, Kind.LINK):
            os.unlink(place)
            _remove_empty(place.parent, folder)
    shutil.rmtree(stage, ignore_errors=True)


def _remove_empty(place: Path, folder: Path) -> None:
    while place != folder:
        try:
            os.rmdir(place)
        except OSError:  # something else lies in it
            return
        place = place.parent


def _keep(old: Path, new: Path, inside: str, stale: Collection[str]) -> bool:
    """Link everything that stays into the new folder; whether the folder stays at all.

    A folder goes only when stale files were all it had. Files that are nobody's stay as they are.
    """
    stays, lost = False, False
    for entry in os.scandir(old):
        path, place = inside + entry.name, new / entry.name
        if entry.is_dir(follow_symlinks=False):
            made = kind_of(place) is Kind.FOLDER
            if not made:
                os.mkdir(place)
            os.chmod(place, stat.S_IMODE(entry.stat(follow_symlinks=False).st_mode) | stat.S_IRWXU)
            if _keep(Path(entry.path), place, f"{path}/", stale) or made:
                stays = True
            else:
                os.rmdir(place)
                lost = True
        elif path in stale:
            lost = True
        elif kind_of(place) is Kind.NOTHING:
            os.link(entry.path, place, follow_symlinks=False)
            stays = True
        else:
            stays = True
    if not inside:
        os.chmod(new, stat.S_IMODE(os.lstat(old).st_mode))
    return stays or not lost


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step, where the system has a call for it."""
    import ctypes

    try:
        system = ctypes.CDLL(None, use_errno=True)
        names = os.fsencode(one), os.fsencode(other)
        if sys.platform == "linux":
            here, swap_names = -100, 2
            result = system.renameat2(here, names[0], here, names[1], swap_names)
        elif sys.platform == "darwin":
            swap_names = 2
            result = system.renamex_np(names[0], names[1], swap_names)
        else:
            return False
    except (AttributeError, OSError, TypeError):  # an older system library
        return False
    return bool(result == 0)
