"""What every subcommand does with findings: findings in, the report printed, an exit status out."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from twimlc.cli.reports import write_reports
from twimlc.cli.status import FAULT, status, threshold
from twimlc.cli.streams import say, wants_colour, write
from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.report import DOCUMENTS, render, tally

_PATIENCE, _PACE = 2.0, 0.2
"""Seconds until something is said of what takes long, and between two such lines."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """How findings are shown: the options ``--format --report --color --fail-on --strict -q``."""

    format: str = "human"
    color: str = "auto"
    fail_on: str = "error"
    strict: bool = False
    quiet: bool = False
    to_stderr: bool = True
    reports: tuple[tuple[str, Path], ...] = ()
    notes: bool = True  # whether people are shown notes too

    def show(self, findings: Sequence[Diagnostic]) -> int:
        """Print the findings, write the reports, and return the exit status they ask for."""
        limit = threshold("warning" if self.strict and self.fail_on == "error" else self.fail_on)
        shown = findings
        if not self.notes and self.format == "human":
            shown = [found for found in findings if found.severity is not Severity.NOTE]
        if shown or self.format in DOCUMENTS:
            stream = sys.stderr if self.to_stderr else sys.stdout
            colour = wants_colour(self.color, stream, os.environ)
            text = render(shown, self.format, colour=colour, fail_on=limit)
            write(text, to_stderr=self.to_stderr, commands=self.format == "github")
        if not write_reports(self.reports, findings, limit):
            return FAULT
        return status(findings, limit)

    def news(self, text: str) -> None:
        """A line for people on standard error; not where a machine reads that, nor with -q."""
        if not self.quiet and not (self.to_stderr and self.format in DOCUMENTS):
            say(text)


class Progress:
    """One line on a terminal for what takes long: how many rows of a table are done."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _PATIENCE
        self._shown = 0

    def __call__(self, target: str, done: int, of: int) -> None:
        now = time.monotonic()
        if done == of or now < self._next or not sys.stderr.isatty():
            if done == of and self._shown:
                self._show("")
            return
        self._next = now + _PACE
        self._show(f"{target}: {done:,} of {of:,} rows")

    def _show(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"\r{text.ljust(self._shown)}" + "\r" * (not text))
            sys.stderr.flush()
        self._shown = len(text)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """``1 error``, ``2 errors``."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def sum_up(findings: Sequence[Diagnostic]) -> str:
    """``2 errors, 1 warning``, or that there are none."""
    parts = [
        counted(number, noun.removesuffix("s"))
        for noun, number in tally(findings).items()
        if number
    ]
    return ", ".join(parts) or "no problems found"


@contextmanager
def usage_errors() -> Iterator[None]:
    """What the pipeline refuses as wrong usage, in click's way of saying it."""
    from twimlc.pipeline import UsageError

    try:
        yield
    except UsageError as error:
        raise click.UsageError(str(error)) from error
