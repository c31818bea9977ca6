"""Reading of files: a path in, its bytes or text out, or one finding that says why not.

Everything is bounded and must be a plain file: a pipe, a device or an endless file would hold
the compiler up for ever. With ``root`` given, a file whose real place lies outside is refused.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import OUTSIDE_PROJECT, UNREADABLE_FILE
from twimlc.text import SourceFile, Span, sha256
from twimlc.yaml.reader import read_text

# The reader has a lower limit and tells the exact size; this one only bounds what is held.
SOURCE_LIMIT = 16 * 1024 * 1024
MEDIA_LIMIT = 64 * 1024 * 1024
HEAD = 1 << 16
"""How much of an audio file is looked at: enough for what precedes the samples in a WAV file."""
_PIECE = 1 << 18

_Content = TypeVar("_Content")

_REASONS = {
    errno.ENOENT: "there is no such file",
    errno.ENOTDIR: "there is no such file",
    errno.EACCES: "there is no permission to read it",
    errno.EPERM: "there is no permission to read it",
    errno.EISDIR: "it is a folder",
    errno.ELOOP: "its links form a loop",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EMFILE: "too many files are open",
}


class _UnreadableError(Exception):
    """Why a file that could be opened is not read, in plain words."""


def in_words(fault: OSError) -> str:
    """A fault of the file system in plain words."""
    return _REASONS.get(fault.errno or 0) or (fault.strerror or type(fault).__name__).lower()


def display_path(path: Path, root: Path) -> str:
    """How findings and manifests call a file: posix, relative to ``root`` where that can be."""
    whole = path if path.is_absolute() else root / path
    for real in (False, True):  # links are resolved only where that may help
        candidate, base = (Path(os.path.realpath(whole)), _real(root)) if real else (whole, root)
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


class FileContent(NamedTuple):
    """What is in a file that is not kept in memory: its first bytes, its size, its SHA-256.

    ``path`` is where the rest is read; None: ``head`` is all of it.
    """

    head: bytes
    size: int
    sha256: str
    path: Path | None = None

    @classmethod
    def of(cls, data: bytes) -> "FileContent":
        """The content that ``data`` is."""
        return cls(data, len(data), sha256(data).hexdigest())

    def pieces(self) -> Iterator[bytes]:
        """All of it, piece by piece. Raises OSError if the file is another one by now."""
        if self.path is None:
            yield self.head
            return
        digest = sha256()
        with open(self.path, "rb") as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
                yield piece
        if digest.hexdigest() != self.sha256:
            raise OSError(errno.EIO, f"{self.path.name} changed while it was copied")


def read_content(
    path: Path, *, root: Path | None, name: str, limit: int
) -> tuple[FileContent | None, list[Diagnostic]]:
    """What is in a plain file, which stays where it is."""

    def content(pieces: Iterator[bytes]) -> FileContent:
        digest, head, size = sha256(), b"", 0
        for piece in pieces:
            digest.update(piece)
            head = head or piece[:HEAD]
            size += len(piece)
        return FileContent(head, size, digest.hexdigest(), path)

    return _read(path, root, name, limit, None, content)


def read_bytes(
    path: Path, *, root: Path | None, name: str, limit: int, asked: Span | None = None
) -> tuple[bytes | None, list[Diagnostic]]:
    """The bytes of a plain file, called ``name``. ``asked`` is the place that asks for it."""
    return _read(path, root, name, limit, asked, b"".join)


def _read(
    path: Path,
    root: Path | None,
    name: str,
    limit: int,
    asked: Span | None,
    take: Callable[[Iterator[bytes]], _Content],
) -> tuple[_Content | None, list[Diagnostic]]:
    """What ``take`` makes of the bytes of a plain file, which it gets piece by piece."""
    span = asked or place_of(name)
    if root is not None and not is_inside(path, root):
        message = f"'{name}' leads out of the project's folder"
        hint = "keep it inside the folder of the project; links are followed to their end"
        return None, [OUTSIDE_PROJECT.at(span, message, hint=hint)]
    try:
        return take(_bounded(path, limit)), []
    except _UnreadableError as fault:
        reason = str(fault)
    except OSError as fault:
        reason = in_words(fault)
    except ValueError:  # a NUL in the path
        reason = "it is not a path"
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


def _bounded(path: Path, limit: int) -> Iterator[bytes]:
    # Without O_NONBLOCK the opening of a pipe waits for its writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    try:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise _UnreadableError("it is a folder")
        if not stat.S_ISREG(status.st_mode):
            raise _UnreadableError("it is not a regular file")
        if status.st_size > limit:
            raise _UnreadableError(f"it is too big (at most {limit >> 20} MiB)")
        size = 0
        while piece := os.read(handle, _PIECE):
            size += len(piece)
            if size > limit:
                raise _UnreadableError(f"it is too big (at most {limit >> 20} MiB)")
            yield piece
    finally:
        os.close(handle)
