"""The two streams: text in, text printed; and whether it is in colour.

A reader that went away (``twimlc check | head``) is no fault and changes no exit status; a full
disk is one.
"""

import os
import re
import sys
from collections.abc import Mapping
from typing import TextIO

COLOUR_CHOICES = ("auto", "always", "never")
# A runner takes `::` first on a line, and `##[` anywhere, for the beginning of a command.
_COMMAND = re.compile(r"((?:^|(?<=\r))[^\S\r\n]*):(?=:)|#(?=#\[)", re.MULTILINE)


def wants_colour(choice: str, stream: TextIO | None, environment: Mapping[str, str]) -> bool:
    """Whether text for ``stream`` is in colour. The option beats the environment."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return environment.get("TERM") != "dumb" and stream is not None and stream.isatty()


def prepare_streams() -> None:
    """Let no character that the terminal's encoding lacks stop a report."""
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
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _discard(stream)
    except OSError:
        _discard(stream)
        if not to_stderr:
            raise


def say(text: str, *, colour: str | None = None) -> None:
    """Print one line of news on standard error."""
    if colour is not None:
        import click

        text = click.style(text, fg=colour)
    write(f"{text}\n", to_stderr=True)


def _discard(stream: TextIO) -> None:
    """Point a dead stream at nothing, or Python would try to write the rest when it ends."""
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)
    except (OSError, ValueError):
        return
