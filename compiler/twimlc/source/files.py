"""Reading of files: a path in, its bytes or text out, or one finding that says why not.

Everything is bounded and must be a plain file: a pipe, a device or an endless file would hold
the compiler up for ever. With ``root`` given, a file whose real place lies outside is refused.
"""

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.project import OUTSIDE_PROJECT, UNREADABLE_FILE
from twimlc.source.reader import read_text
from twimlc.text import SourceFile, Span

# The reader has a lower limit and tells the exact size; this one only bounds what is held.
SOURCE_LIMIT = 16 * 1024 * 1024
MEDIA_LIMIT = 64 * 1024 * 1024

_REASONS = {
    errno.ENOENT: "there is no such file",
    errno.ENOTDIR: "there is no such file",
    errno.EACCES: "it may not be read (no permission)",
    errno.EPERM: "it may not be read (no permission)",
    errno.EISDIR: "it is a folder",
    errno.ELOOP: "its links lead in a circle",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EMFILE: "too many files are open",
}


class _UnreadableError(Exception):
    """Why a file that could be opened is not read, in plain words."""


def in_words(fault: OSError) -> str:
    """A fault of the file system in plain words."""
    known = _REASONS.get(fault.errno or 0)
    return known if known is not None else (fault.strerror or type(fault).__name__).lower()


def display_path(path: Path, root: Path) -> str:
    """How findings and manifests call a file: posix, relative to ``root`` where that can be."""
    whole = path if path.is_absolute() else root / path
    for candidate, base in ((whole, root), (Path(os.path.realpath(whole)), _real(root))):
        try:
            return _printable(candidate.relative_to(base).as_posix())
        except ValueError:
            continue
    try:
        return _printable(Path(os.path.relpath(whole, root)).as_posix())
    except ValueError:  # another drive
        return _printable(whole.as_posix())


def is_inside(path: Path, root: Path) -> bool:
    """Whether a path, its links resolved, lies in ``root`` or is it."""
    return Path(os.path.realpath(path)).is_relative_to(_real(root))


def place_of(name: str, text: str = "") -> Span:
    """A span for a finding about a whole file."""
    return Span(SourceFile(name, text), 0, 0)


def read_bytes(
    path: Path, *, root: Path | None, name: str, limit: int, asked: Span | None = None
) -> tuple[bytes | None, list[Diagnostic]]:
    """The bytes of a plain file, called ``name``. ``asked`` is the place that asks for it."""
    span = asked or place_of(name)
    if root is not None and not is_inside(path, root):
        return None, [
            OUTSIDE_PROJECT.at(
                span,
                f"'{name}' leads out of the project's folder",
                hint="keep it inside the folder of the project; links are followed to their end",
            )
        ]
    try:
        return _bounded(path, limit), []
    except _UnreadableError as fault:
        reason = str(fault)
    except OSError as fault:
        reason = in_words(fault)
    except ValueError:  # a NUL in the path
        reason = "that is no path"
    return None, [UNREADABLE_FILE.at(span, f"'{name}' cannot be read: {reason}")]


def read_source(
    path: Path,
    *,
    root: Path | None,
    name: str | None = None,
    asked: Span | None = None,
    texts: Mapping[str, str] = MappingProxyType({}),
) -> tuple[SourceFile | None, list[Diagnostic]]:
    """The text of a flow, a component, a call script, a table or the project file.

    ``texts`` holds what files say instead, by the name that findings show.
    """
    shown = name if name is not None else display_path(path, root or Path.cwd())
    if shown in texts:
        return SourceFile(shown, texts[shown]), []
    data, findings = read_bytes(path, root=root, name=shown, limit=SOURCE_LIMIT, asked=asked)
    if data is None:
        return None, findings
    return read_text(data, shown)


def _real(root: Path) -> Path:
    return Path(os.path.realpath(root))


def _printable(path: str) -> str:
    # A name that is no UTF-8 comes from the system as lone surrogates, which cannot be printed.
    return os.fsencode(path).decode("utf-8", "replace")


def _bounded(path: Path, limit: int) -> bytes:
    # Without O_NONBLOCK the opening of a pipe waits for its writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    try:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise _UnreadableError("it is a folder")
        if not stat.S_ISREG(status.st_mode):
            raise _UnreadableError("it is no plain file")
        if status.st_size > limit:
            raise _UnreadableError(f"it is too big (at most {limit >> 20} MiB)")
        pieces, size = [], 0
        while piece := os.read(handle, 1 << 18):
            size += len(piece)
            if size > limit:
                raise _UnreadableError(f"it is too big (at most {limit >> 20} MiB)")
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(handle)
