"""For tests of the command line: the types of its fixtures, a project to call, files, lines."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

Command = Callable[..., tuple[int, str, str]]
"""Arguments come in; the exit status and what was printed on both streams go out."""
Phone = Callable[..., tuple[int, str, str]]
"""The same for ``call``, whose first argument is what is typed."""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return path


def lines(text: str) -> list[str]:
    """What was printed, without indent and places."""
    return [line.strip() for line in dedent(text).strip().splitlines()]


CLINIC = """
flow: clinic
start: greeting
states:
  greeting:
    - menu:
        prompt: For appointments press 1. For the desk press 2.
        attempts: 2
        invalid: That is no choice.
        choices:
          1: appointments
          2: desk
      fallback: desk
  appointments:
    - gather: {input: [dtmf, speech], prompt: Say the day or type it., numDigits: 2}
      then: thanks
      fallback: thanks
  desk:
    - say: {message: We connect you., voice: Polly.Amy}
    - dial: {number: +14155550150, timeout: 20}
      fallback: message
      then: hangup
  message:
    - voicemail: {}
  thanks:
    - say: Thank you.
    - hangup
"""
