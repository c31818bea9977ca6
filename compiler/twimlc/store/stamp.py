"""What an unchanged run says again: arguments in; status and both streams as they were.

A stamp is what a run of `check` or `build` said that changed nothing, and a digest of all it read:
names, sizes and times of files, or, where those mean nothing (in CI), what is in them. A run with
the same arguments in the same surroundings looks for it before anything else is imported.
"""

import os
import sys
import time

from twimlc.about import MISNAMED, PROJECT_FILE, VERSION
from twimlc.store import folder
from twimlc.store.state import EVER, UnsureError, program, state_of

TYPE_CHECKING = False  # as in the package itself
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_READ = ("CI", "FORCE_COLOR", "GITHUB_ACTIONS", "NO_COLOR", "TERM")
_OURS = ("TWIMLC_", "_TWIMLC_")
_COARSE = 2 * 10**9
"""Nanoseconds in which two states of a file may have the same time on some disks."""


class Stamp:
    """The stamp for one command line."""

    def __init__(self, root: str, name: str, asked: "Sequence[str]", by_contents: bool) -> None:
        self._root = root
        self._said: list[list[str]] = []
        self._name = name
        # What earlier runs have left may lead anywhere, and only these places are looked at.
        places = [root, *asked, *(argument.partition("=")[2] for argument in asked)]
        self._places = [
            os.path.realpath(place).rstrip(os.sep) + os.sep for place in places if place
        ]
        self._by_contents = by_contents
        self._started = time.time_ns()

    def replay(self) -> int | None:
        """Say again what was said, and return the status; None where something has changed."""
        data = folder.get(self._root, self._name)
        if data is None:
            return None
        try:
            name, digest, status, number, *rest = data.decode("utf-8", "surrogatepass").split("\0")
            read, said = rest[: int(number)], rest[int(number) :]
            if name != self._name or digest != self._state(read):
                return None
            for text in said:
                stream = sys.stderr if text[0] == "e" else sys.stdout
                if stream is not None:
                    reconfigure = getattr(stream, "reconfigure", None)
                    if reconfigure is not None:
                        reconfigure(errors="backslashreplace")
                    stream.write(text[1:])
                    stream.flush()
            return int(status)
        except (OSError, ValueError, IndexError, UnsureError):
            return None  # also where nobody listens, which a whole run deals with

    def remember(self, text: str, to_stderr: bool) -> None:
        """Know what the run has said."""
        stream = "e" if to_stderr else "o"
        if not self._said or self._said[-1][0] != stream:
            self._said.append([stream])
        self._said[-1].append(text)

    def keep(self, status: int, read: "Collection[str]") -> None:
        """Keep what was said for the next run, if that would say the same.

        ``read`` are the absolute paths of all files that the run looked at, and of folders in
        which it looked at anything.
        """
        folders = [path + os.sep for path in read if os.path.isdir(path)]
        apart = {path for path in read if not any(_covers(each, path) for each in folders)}
        # A short path is found sooner.
        kept = sorted(path.removeprefix(os.getcwd() + os.sep) for path in apart)
        # What changed while the run went on may have changed after it was read.
        before = self._started - _COARSE
        try:
            digest = self._state(kept, before)
        except (OSError, ValueError, UnsureError):
            return
        said = ["".join(texts) for texts in self._said]
        if "\0" not in "".join(said) and "\ufffd" not in "".join(kept):
            fields = [self._name, digest, str(status), str(len(kept)), *kept, *said]
            folder.put(self._root, self._name, "\0".join(fields).encode("utf-8", "surrogatepass"))
            folder.evict(self._root)

    def _state(self, read: "Sequence[str]", before: int = EVER) -> str:
        for path in read:
            real = os.path.realpath(path)
            if not any((real + os.sep).startswith(place) for place in self._places):
                raise UnsureError(path)
        return state_of(read, before=before, by_contents=self._by_contents)


def _covers(outer: str, path: str) -> bool:
    """Whether what stands for a folder stands for a path, too."""
    inside = path.removeprefix(outer)
    return inside != path and not any(part.startswith(".") for part in inside.split(os.sep)[:-1])


def root_of(folder: str) -> str | None:
    """The folder of the project that a folder lies in; None where there is none, or a misnamed."""
    while not os.path.isfile(os.path.join(folder, PROJECT_FILE)):
        outer = os.path.dirname(folder)
        if outer == folder or os.path.isfile(os.path.join(folder, MISNAMED)):
            return None
        folder = outer
    return folder


def stamp_of(arguments: "Sequence[str]") -> Stamp | None:
    """The stamp for a command line, be it there or not; None where there can be none."""
    if not arguments or arguments[0] not in ("build", "check") or "--no-store" in arguments:
        return None
    try:
        here = root = os.getcwd()
        for option, value in zip(arguments, [*arguments[1:], ""], strict=True):
            name, _, after = option.partition("=")
            if name == "--config":
                root = os.path.dirname(os.path.abspath(after or value))
        found = root_of(root)
        if found is None or (os.environ.get("CI") and folder.came_along(found)):
            return None
        by_contents = bool(os.environ.get("CI")) or "--verify-store" in arguments
        streams = [s and (s.isatty(), s.encoding) for s in (sys.stdout, sys.stderr)]
        settings = [f"{k}={v}" for k, v in os.environ.items() if k in _READ or k.startswith(_OURS)]
        user = getattr(os, "geteuid", int)()
        around = [VERSION, sys.version, sys.getfilesystemencoding(), here, user, streams]
        asked = repr([*arguments, by_contents, around, sorted(settings), *program()])
        name = folder.digest(asked.encode("utf-8", "surrogatepass"))
    except (OSError, ValueError, UnsureError):
        return None
    return Stamp(found, f"stamp-{name}", arguments, by_contents)
