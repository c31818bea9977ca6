"""The folder ``.twimlc/``: names and bytes in, the same bytes out; what is odd counts as absent.

No link is followed and nothing outside is touched, whatever lies in the folder. A disk that is
full or can only be read is no error: a run without a store says the same. The first line of each
file is the digest of the rest. This is imported ahead of everything else, so it imports little.
"""

import os
import stat
import time

# `hashlib` would take a fourth of the time that a run takes which has nothing to do.
try:
    from _blake2 import blake2b
except ImportError:  # a Python that has it elsewhere
    from hashlib import blake2b

TYPE_CHECKING = False  # as in the package itself
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = ".twimlc"
MOST = 256 << 20
_IGNORE, _IGNORED = ".gitignore", b"*\n"
_NEW = "new-"
_STAMP = "stamp-"
_LONGEST = 64 << 20
_HOUR = 3600
_UNIT = 38 + len(".json")


def hasher(data: bytes = b"") -> blake2b:
    """What makes digests."""
    return blake2b(data, digest_size=20)


def digest(data: bytes) -> str:
    """What stands for some bytes in names and first lines."""
    return hasher(data).hexdigest()


def get(root: str, name: str) -> bytes | None:
    """What was put under a name, as it was."""
    place = os.path.join(root, FOLDER, name)
    try:
        if not all(map(_is_folder, (os.path.join(root, FOLDER), os.path.dirname(place)))):
            return None
    except OSError:
        return None
    first, _, rest = (_read(place) or b"").partition(b"\n")
    return rest if first and first == digest(rest).encode() else None


def _read(place: str) -> bytes | None:
    """A plain file of ours; what is used stays longest."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(place, flags | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as stream:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode) or found.st_size > _LONGEST:
                return None
            if found.st_mtime < time.time() - _HOUR:
                os.utime(place)
            return stream.read(_LONGEST)
    except OSError:
        return None


def put(root: str, name: str, data: bytes) -> None:
    """Keep some bytes under a name of :func:`get`, if the disk takes them."""
    folder = os.path.join(root, FOLDER)
    place, beside = os.path.join(folder, name), os.path.join(folder, _NEW + os.urandom(8).hex())
    try:
        if not _made(folder) or not _made(os.path.dirname(place)):
            return
        ignore = os.path.join(folder, _IGNORE)
        if not os.path.lexists(ignore):
            _write(ignore, _IGNORED)
        try:
            _write(beside, digest(data).encode() + b"\n" + data)
            os.replace(beside, place)
        except OSError:
            os.unlink(beside)
    except OSError:
        return


def _write(place: str, data: bytes) -> None:
    with open(place, "xb") as stream:  # a link is not followed by that
        stream.write(data)


def _is_folder(place: str) -> bool:
    return stat.S_ISDIR(os.lstat(place).st_mode)


def _made(place: str) -> bool:
    """Whether a folder is there now; a link is none."""
    if not os.path.lexists(place):
        _done(os.mkdir, place)  # another run may be quicker
    return _is_folder(place)


def evict(root: str, most: int = MOST) -> None:
    """Remove what was used longest ago until the rest takes no more than ``most`` bytes."""
    now, whole, files = time.time(), 0, []
    for place in _ours(os.path.join(root, FOLDER)):
        try:
            found = os.lstat(place)
        except OSError:
            continue
        # One that a killed run left behind; a living one takes no hour to write it.
        dead = os.path.basename(place).startswith(_NEW) and found.st_mtime < now - _HOUR
        files.append((0 if dead else found.st_mtime_ns, found.st_size, place))
        whole += found.st_size
    for used, size, place in sorted(files):
        if used and whole <= most:
            break
        whole -= size * _done(os.unlink, place)


def clean(root: str) -> bool:
    """Remove the folder, but for what no run has put there. Whether it is gone."""
    folder = os.path.join(root, FOLDER)
    if os.path.lexists(folder) and _is_folder(folder):
        ignore = os.path.join(folder, _IGNORE)
        for place in [*_ours(folder), *[ignore] * (_read(ignore) == _IGNORED)]:
            _done(os.unlink, place)
        for name in filter(_is_unit_folder, os.listdir(folder)):
            _done(os.rmdir, os.path.join(folder, name))
        _done(os.rmdir, folder)
    return not os.path.lexists(folder)


def _done(change: "Callable[[str], None]", place: str) -> bool:
    try:
        change(place)
    except OSError:
        return False
    return True


def _is_unit_folder(name: str) -> bool:
    return len(name) == 2 and name.isalnum()


def _is_unit(name: str) -> bool:
    return len(name) == _UNIT and name.endswith(".json")


def unit(key: str) -> str:
    """The name for what has a key, which is a :func:`digest`."""
    return f"{key[:2]}/{key[2:]}.json"


def _ours(folder: str) -> "Iterator[str]":
    """The files that runs have put into the folder, by their names."""
    try:
        if not _is_folder(folder):
            return
        for entry in list(os.scandir(folder)):
            if entry.is_dir(follow_symlinks=False):
                if _is_unit_folder(entry.name):
                    names = filter(_is_unit, os.listdir(entry.path))
                    yield from (os.path.join(entry.path, name) for name in names)
            elif entry.name.startswith((_STAMP, _NEW)):
                yield entry.path
    except OSError:
        return


def came_along(root: str) -> bool:
    """Whether the folder may have come with the checkout: git lists it, or its list is unclear.

    Whoever sends a change can write what is in it, and nobody reads that as they read flows.
    """
    inner, outer = "", root
    while not os.path.lexists(git := os.path.join(outer, ".git")):
        inner, outer = outer, os.path.dirname(outer)
        if inner == outer:
            return False
    try:
        if os.path.isfile(git):  # of a linked work tree or a submodule
            with open(git, encoding="utf-8") as stream:
                git = os.path.join(outer, stream.read(4096).removeprefix("gitdir:").strip())
        with open(os.path.join(git, "index"), "rb") as index:
            data = index.read()
        split = any(name.startswith("sharedindex.") for name in os.listdir(git))
        # It may be there in capitals, on disks that know no case.
        alike = FOLDER in os.listdir(root) or not os.path.lexists(os.path.join(root, FOLDER))
    except (OSError, ValueError):
        return True
    plain = data.startswith((b"DIRC\0\0\0\2", b"DIRC\0\0\0\3")) and not split and alike
    return not plain or f"{FOLDER}/".encode() in data or f"{FOLDER}\0".encode() in data
