"""``twimlc build``: documents, manifest, host files; what was written goes to standard output."""

from dataclasses import replace
from pathlib import Path

import click

from twimlc.cli import CLEAN, FAULT, FINDINGS
from twimlc.cli.options import Given, command_with
from twimlc.cli.present import Reporter
from twimlc.cli.streams import write
from twimlc.cli.summary import approximations, summary_json, summary_table
from twimlc.findings.diagnostic import Severity
from twimlc.report.counting import sum_up


@command_with(
    "input",
    "cluster",
    "params",
    "config",
    "stdin",
    "folder",
    "store",
    "stamp",
    "report",
    "terminal",
)
@click.option(
    "--check",
    "compare",
    is_flag=True,
    help="Write nothing; exit 1 where a build would change something.",
)
@click.option(
    "--previous",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="An earlier build: its versions stay, and not those in the output folder.",
)
@click.option("--force", is_flag=True, help="Also replace files that the last build did not write.")
@click.option(
    "--no-verify",
    is_flag=True,
    help="Do not compare what is built with the flows, call by call.",
)
def build(given: Given, compare: bool, previous: Path | None, force: bool, no_verify: bool) -> int:
    """Compile the flows to TwiML documents and the host's files.

    PATHS limit what is compiled; what was built of other flows stays. A target with an error
    keeps its last build, the others are written, and the exit status is 1 whatever --fail-on says.
    """
    reporter = Reporter(given, notes=given.verbose)
    # Loading the pipeline takes most of the time of a small build; ``--help`` goes without it.
    from twimlc import pipeline

    options = replace(
        given.options(write=not compare), verify=not no_verify, previous=previous, force=force
    )
    result = pipeline.build(options)
    status = reporter.show(result.findings)
    if result.targets and not given.targets and pipeline.project_file(options) is None:
        reporter.news("no twimlc.yaml from here upward: building for twiml-bin")
    if given.form == "json":
        write(summary_json(result.targets))
    elif not given.quiet:
        write(summary_table(result.targets, written=not compare, at_length=given.verbose))
    for line in approximations(result.targets):
        reporter.news(line)
    if result.findings:
        hidden = not given.verbose and any(f.severity is Severity.NOTE for f in result.findings)
        reporter.news(sum_up(result.findings) + " (twimlc check shows them)" * hidden)
    reporter.faults(result.faults)
    reporter.took()
    if result.faults:
        return FAULT
    if status == CLEAN and not all(target.built for target in result.targets):
        status = FINDINGS
    if status == CLEAN and compare and any(t.written or t.removed for t in result.targets):
        status = FINDINGS
    return reporter.keep(status, result.read)
