"""What every subcommand does with findings: findings in, the report printed, an exit status out."""

import os
import sys
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import click

from twimlc.about import ISSUES
from twimlc.cli import CLEAN, FAULT, FINDINGS
from twimlc.cli.options import Given
from twimlc.cli.reports import write_reports
from twimlc.cli.streams import say, wants_color, write
from twimlc.findings.diagnostic import Diagnostic, Severity
from twimlc.findings.rules import CANNOT_WRITE
from twimlc.report import DOCUMENTS, render
from twimlc.report.escape import visible
from twimlc.store.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Reporter:
    """How findings are shown: the options ``--format --report --color --fail-on --strict -q``."""

    given: Given
    to_stderr: bool = True
    notes: bool = True  # whether people are shown notes too
    started: float = field(default_factory=time.perf_counter)

    def show(self, findings: Sequence[Diagnostic]) -> int:
        """Print the findings, write the reports, and return the exit status they ask for."""
        given = self.given
        least = "warning" if given.strict and given.fail_on == "error" else given.fail_on
        limit = None if least == "never" else Severity(least)
        shown = findings
        if not self.notes and given.form == "human":
            shown = [found for found in findings if found.severity is not Severity.NOTE]
        if shown or given.form in DOCUMENTS:
            stream = sys.stderr if self.to_stderr else sys.stdout
            color = wants_color(given.color, stream, os.environ)
            text = render(shown, given.form, color=color, fail_on=limit)
            write(text, to_stderr=self.to_stderr, commands=given.form == "github")
        if not write_reports(given.reports, findings, limit):
            return FAULT
        return _status(findings, limit)

    def show_errors(self, findings: Sequence[Diagnostic]) -> int:
        """The errors, and with -v all: warnings are the business of check."""
        return self.show([found for found in findings if self.given.verbose or found.is_error])

    def took(self) -> None:
        """With -v how long it all took."""
        if self.given.verbose:
            self.news(f"{time.perf_counter() - self.started:.2f} seconds")

    def keep(self, status: int, read: Collection[str]) -> int:
        """The status, kept with what was said for a run in which nothing has changed."""
        stamp, given = click.get_current_context().obj, self.given
        # A run with -v tells how long it took, and reports go to files.
        if isinstance(stamp, Stamp) and read and not (given.verbose or given.reports):
            stamp.keep(status, read)
        return status

    def faults(self, mistakes: Sequence[str]) -> None:
        """Documents that are not the call that was written."""
        for mistake in mistakes:
            first, *rest = (visible(line) for line in mistake.splitlines())
            say(f"twimlc: internal error: {first}; please report it at {ISSUES}")
            for line in rest:
                say(line)

    def news(self, text: str) -> None:
        """A line for people on standard error; not where a machine reads that, nor with -q."""
        if not self.given.quiet and not (self.to_stderr and self.given.form in DOCUMENTS):
            say(text)


def _status(findings: Iterable[Diagnostic], fail_on: Severity | None) -> int:
    result = CLEAN
    for finding in findings:
        if finding.is_error and finding.rule.slug == CANNOT_WRITE.slug:
            return FAULT  # what the machine refuses is not the input's fault
        if fail_on is not None and finding.severity.rank <= fail_on.rank:
            result = FINDINGS
    return result
