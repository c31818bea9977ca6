"""Single files put in the place of others: a path and its new content in, the file changed.

The old content or the new one is there after any crash, never half of one.
"""

import contextlib
import os
import stat
from pathlib import Path

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import CANNOT_WRITE
from twimlc.output.stage import write_new
from twimlc.project.files import in_words
from twimlc.text import SourceFile, Span

_UTF8_MARK = b"\xef\xbb\xbf"


def mark_of(path: Path) -> str:
    """The byte order mark that a file begins with, which no text of it shows."""
    try:
        with open(path, "rb") as stream:
            return "\ufeff" if stream.read(len(_UTF8_MARK)) == _UTF8_MARK else ""
    except OSError:
        return ""


def replace_source(path: Path, file: SourceFile, text: str) -> list[Diagnostic]:
    """Write ``text`` to the flow that was read as ``file``, if it still says the same.

    A byte order mark, the line ends and the file's rights stay as they are; a link is followed.
    """
    span = Span(SourceFile(file.path, ""), 0, 0)
    try:
        place = Path(os.path.realpath(path))
        before = place.read_bytes()
        mark = _UTF8_MARK if before.startswith(_UTF8_MARK) else b""
        if before != mark + file.text.encode():
            message = "this file changed while it was being fixed; it is left alone"
            return [CANNOT_WRITE.at(span, message, hint="run the command again")]
        write_file(place, mark + text.encode())
    except OSError as fault:
        refused = isinstance(fault, PermissionError)
        reason = "there is no permission to change it" if refused else in_words(fault)
        message = f"this cannot be written: {reason}"
        return [CANNOT_WRITE.at(span, message, hint="the file is left as it was")]
    return []


def write_file(path: Path, data: bytes) -> None:
    """Make ``path`` hold ``data``; a pipe or another file that is not plain is written to."""
    place = Path(os.path.realpath(path))
    try:
        mode: int | None = os.stat(path).st_mode
    except FileNotFoundError:
        mode = None
        os.makedirs(place.parent, exist_ok=True)
    if mode is not None and not stat.S_ISREG(mode):
        # By its own name: what a link to an open pipe leads to has none.
        with open(path, "wb") as stream:
            stream.write(data)
        return
    if mode is not None and not os.access(place, os.W_OK):
        raise PermissionError(13, os.strerror(13), str(place))
    stage = place.with_name(f".twimlc-{place.name}.new")
    with contextlib.suppress(FileNotFoundError):  # what a killed run left
        os.unlink(stage)
    try:
        write_new(stage, [data])
        if mode is not None:
            os.chmod(stage, stat.S_IMODE(mode))
        os.replace(stage, place)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(stage)
        raise
