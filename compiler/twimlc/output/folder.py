"""What lies in a target's folder: paths in, looked at without following any link.

Nothing here writes. Links are looked at as links, because what they lead to is not ours.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from pathlib import Path

from twimlc.text import sha256

_PIECE = 1 << 18


class Kind(Enum):
    """What a path is."""

    NOTHING = auto()
    FILE = auto()
    FOLDER = auto()
    LINK = auto()
    OTHER = auto()


def kind_of(path: Path | str) -> Kind:
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


def inside(folder: Path, path: str) -> str:
    """Where a path of a folder is, or the folder itself; there are many, and a `Path` is slow."""
    return f"{folder}/{path}" if path else str(folder)


def folders_of(paths: Iterable[str]) -> list[str]:
    """All folders that the paths lie in, outer ones first, without the folder they start from."""
    found: set[str] = set()
    for path in paths:
        parent = path.rpartition("/")[0]
        while parent and parent not in found:
            found.add(parent)
            parent = parent.rpartition("/")[0]
    return sorted(found)


def is_plain(folder: Path, path: str) -> bool:
    """Whether a plain file lies there, with no link on the way."""
    outside = folders_of([path])
    return kind_of(folder / path) is Kind.FILE and all(
        kind_of(folder / outer) is Kind.FOLDER for outer in outside
    )


def digest_of(path: Path | str) -> str | None:
    """The SHA-256 of a plain file; None for anything else, and for what may not be read."""
    found = sha256()
    try:
        if kind_of(path) is not Kind.FILE:
            return None
        for piece in _pieces(path):
            found.update(piece)
    except OSError:  # it vanished or may not be read: then it is written anew
        return None
    return found.hexdigest()


def read_plain(path: Path) -> bytes:
    """The content of a file, which must be no link."""
    return b"".join(_pieces(path))


def _pieces(path: Path | str) -> Iterator[bytes]:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    try:
        while piece := os.read(handle, _PIECE):
            yield piece
    finally:
        os.close(handle)
