"""The two streams: text in, text printed; whether it is in color, and how far long work is.

A reader that went away (``twimlc check | head``) is no fault and changes no exit status; a full
disk is one.
"""

import contextlib
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from threading import Timer
from typing import TextIO

from twimlc.text import lazy_pattern

COLOR_CHOICES = ("auto", "always", "never")
# A runner takes `::` first on a line, and `##[` anywhere, for the beginning of a command.
_COMMAND = lazy_pattern(r"((?:^|(?<=\r))[^\S\r\n]*):(?=:)|#(?=#\[)", re.MULTILINE)

_PATIENCE, _PACE = 2.0, 0.2
"""Seconds until something is said of what takes long, and between two such lines."""


def wants_color(choice: str, stream: TextIO | None, environment: Mapping[str, str]) -> bool:
    """Whether text for ``stream`` is in color. The option beats the environment."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return environment.get("TERM") != "dumb" and stream is not None and stream.isatty()


_remember: Callable[[str, bool], None] | None = None


def prepare_streams(remember: Callable[[str, bool], None] | None = None) -> None:
    """Let no character that the terminal's encoding lacks stop a report.

    ``remember`` is told all that is written from now on, and whether it goes to standard error.
    """
    global _remember
    _remember = remember
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def for_log(text: str) -> str:
    """``text`` as GitHub's log may have it: what reads as a command there is broken up.

    The escapes are JSON's, so that JSON still says the same.
    """
    if not os.environ.get("GITHUB_ACTIONS"):
        return text
    return _COMMAND.sub(lambda m: f"{m[1]}\\u003a" if m[0] != "#" else "\\u0023", text)


def write(text: str, *, to_stderr: bool = False, commands: bool = False) -> None:
    """Print ``text`` at once, and as it is: in GitHub's log only if it is meant as ``commands``."""
    stream: TextIO | None = sys.stderr if to_stderr else sys.stdout
    if stream is None:  # closed by whoever started us
        return
    if not commands:
        text = for_log(text)
    if _remember is not None:
        _remember(text, to_stderr)
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _discard(stream)
    except OSError:
        _discard(stream)
        if not to_stderr:
            raise


def say(text: str) -> None:
    """Print one line of news on standard error."""
    write(f"{text}\n", to_stderr=True)


def _discard(stream: TextIO) -> None:
    """Point a dead stream at nothing, or Python would try to write the rest when it ends."""
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)
    except (OSError, ValueError):
        return


class Progress:
    """One line on a terminal for what takes long: how many rows or targets are done.

    It is also written while one of them is at work, so the first one may take long.
    """

    def __init__(self) -> None:
        self._next = time.monotonic() + _PATIENCE
        self._text, self._shown = "", 0
        self._timer: Timer | None = None

    def __call__(self, name: str, done: int, of: int, what: str = "rows") -> None:
        if not sys.stderr.isatty():
            return
        if done == of:
            self._text = ""
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._shown:
                self._show("")
            return
        self._text = f"{name}: {done:,} of {of:,} {what}"
        left = self._next - time.monotonic()
        if left <= 0:
            self._next += _PACE - left
            self._show(self._text)
        elif self._timer is None:
            self._timer = Timer(left, self._late)
            self._timer.daemon = True
            self._timer.start()

    def _late(self) -> None:
        self._timer = None
        if self._text:
            self._show(self._text)

    def _show(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"\r{text.ljust(self._shown)}" + "\r" * (not text))
            sys.stderr.flush()
        self._shown = len(text)
