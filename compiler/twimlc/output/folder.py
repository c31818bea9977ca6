"""What lies in a target's folder: paths in, looked at without following any link.

Nothing here writes. Links are looked at as links, because what they lead to is not ours.
"""

import os
import stat
from collections.abc import Iterable
from enum import Enum, auto
from pathlib import Path


class Kind(Enum):
    """What a path is."""

    NOTHING = auto()
    FILE = auto()
    FOLDER = auto()
    LINK = auto()
    OTHER = auto()


def kind_of(path: Path) -> Kind:
    """What lies at ``path`` itself; a link is a link wherever it leads."""
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return Kind.NOTHING
    if stat.S_ISREG(mode):
        return Kind.FILE
    if stat.S_ISDIR(mode):
        return Kind.FOLDER
    return Kind.LINK if stat.S_ISLNK(mode) else Kind.OTHER


def folders_of(paths: Iterable[str]) -> list[str]:
    """All folders that the paths lie in, outer ones first, without the folder they start from."""
    found: set[str] = set()
    for path in paths:
        parent = path.rpartition("/")[0]
        while parent and parent not in found:
            found.add(parent)
            parent = parent.rpartition("/")[0]
    return sorted(found)


def same_bytes(path: Path, data: bytes) -> bool:
    """Whether ``path`` is a plain file with exactly this content."""
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size != len(data):
            return False
        return read_plain(path, len(data)) == data
    except OSError:  # it vanished or may not be read: then it is written anew
        return False


def read_plain(path: Path, size: int = 1 << 16) -> bytes:
    """The content of a file, which must be no link."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    try:
        pieces = []
        while piece := os.read(handle, max(size + 1, 1 << 16)):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(handle)
