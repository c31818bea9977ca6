"""A phone for tests: what is typed comes in, the exit status and what was printed go out."""

import io
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from twimlc.cli.command import run

Phone = Callable[..., tuple[int, str, str]]


@pytest.fixture
def phone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Phone:
    """``phone("1\\n", "standup", "-q")``: a call on a pipe, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("TWIMLC_TARGET", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def call(typed: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        status = run(["call", *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return call


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
