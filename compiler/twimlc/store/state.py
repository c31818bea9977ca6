"""What files are like: paths in, one digest out.

Of a file the size and the times count, or what is in it. A folder counts with all that is below
it, hidden folders left out. This is imported ahead of everything else, so it imports little.
"""

import os
import sys
from stat import S_ISDIR, S_ISREG

from twimlc.store.folder import digest, hasher

TYPE_CHECKING = False  # as in the package itself
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STAGE = ".twimlc-"
_LONGEST = 64 << 20
EVER = 1 << 63


class UnsureError(Exception):
    """Among the files is something of which a digest says too little: a link, or worse."""


def state_of(
    paths: "Sequence[str]", *, before: int = EVER, by_contents: bool = False, hidden: str = "."
) -> str:
    """The digest. Folders whose names begin with a letter of ``hidden`` are left out.

    Raises OSError; UnsureError where something changed after ``before``, in nanoseconds, too.
    """
    found = hasher()
    folders: list[str] = []
    for path in paths:
        line = f"{path}\0{os.path.realpath(path)}\0"
        try:
            state = os.stat(path)
        except OSError as fault:
            line += str(fault.errno)
        else:
            if S_ISDIR(state.st_mode):
                folders.append(path)
            elif max(state.st_mtime_ns, state.st_ctime_ns) > before or not S_ISREG(state.st_mode):
                raise UnsureError(path)
            elif by_contents:
                line += _content(path, state.st_size)
            else:
                line += f"{state.st_size}\0{state.st_mtime_ns}\0{state.st_ctime_ns}"
        found.update(_encoded(f"{line}\n"))
    # This is most of what a run does that has nothing to do, so it is written for speed.
    for folder in folders:
        lines = [folder]
        if before < EVER and os.stat(folder).st_mtime_ns > before:  # something may be gone
            raise UnsureError(folder)
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    if name[0] not in hidden or name.startswith(_STAGE):
                        folders.append(entry.path)
                    continue
                state = entry.stat(follow_symlinks=False)
                size, changed, touched = state.st_size, state.st_mtime_ns, state.st_ctime_ns
                if changed > before or touched > before or not S_ISREG(state.st_mode):
                    raise UnsureError(entry.path)
                if by_contents:
                    lines.append(f"{name}\0{_content(entry.path, size)}")
                else:
                    lines.append(f"{name}\0{size}\0{changed}\0{touched}")
        lines.sort()
        found.update(_encoded("\n".join([*lines, "\0"])))
    return found.hexdigest()


def _content(path: str, size: int) -> str:
    if size > _LONGEST:
        raise UnsureError(path)
    with open(path, "rb") as stream:
        return digest(stream.read(_LONGEST))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def program() -> "Iterator[str]":
    """What stands for the program: packages as they are installed, or, where it is worked on, the
    times of its files. Raises OSError."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = False
    for place in sys.path:
        try:
            names = sorted(os.listdir(place or os.curdir))
        except OSError:  # an archive, or nothing at all
            continue
        names = [name for name in names if name.endswith((".dist-info", ".egg-info"))]
        yield from names
        beside = place == os.path.dirname(package)
        installed |= beside and any(name.startswith("twimlc-") for name in names)
    if not installed:
        yield state_of([package], hidden="._")
