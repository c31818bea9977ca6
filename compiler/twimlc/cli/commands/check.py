"""``twimlc check``: all that build would refuse, and lint. Findings go to standard output.

With ``--fix`` the files are fixed first and what remains is reported; with ``--diff`` only the
changes are printed.
"""

from dataclasses import replace
from datetime import date

import click

from twimlc.cli import CLEAN, FINDINGS
from twimlc.cli.options import Given, command_with
from twimlc.cli.present import Reporter
from twimlc.report.counting import sum_up
from twimlc.text import count


@command_with(
    "input", "cluster", "params", "config", "stdin", "store", "stamp", "report", "terminal"
)
@click.option("--fix", is_flag=True, help="Fix in the files what has only one possible fix.")
@click.option(
    "--diff",
    is_flag=True,
    help="Print what --fix would change; write nothing. The status is 1 if there is a change.",
)
def check(given: Given, fix: bool, diff: bool) -> int:
    """Find everything that is wrong with the flows, or fix it with --fix.

    PATHS are flows, TwiML documents or folders of them, or '-' for standard input; without any,
    the whole project is checked. Of call scripts it reports what they say wrong by themselves;
    twimlc test plays them.
    """
    # Where the output is a diff, it is nothing else.
    reporter = Reporter(given, to_stderr=diff)
    if (fix or diff) and "-" in given.paths:
        raise click.UsageError("standard input cannot be fixed")
    options = replace(given.options(write=False), today=date.today())
    changed = False
    if fix or diff:
        # Call scripts are fixed too, and all that plays calls takes long to load.
        from twimlc.cli import fixing

        if diff:
            result, changed = fixing.compare(options, reporter)
        else:
            result = fixing.fix(options, reporter)
    else:
        # Loading the pipeline takes half of the time of a small check; ``--help`` goes without it.
        from twimlc import pipeline

        result = pipeline.check(options)
        if result.scripts:
            from twimlc.calls.run import unreadable  # as above

            findings = (*result.findings, *unreadable(options, result.scripts))
            result = replace(result, findings=findings)
    status = reporter.show(result.findings)
    reporter.news(sum_up(result.findings))
    if given.verbose:
        for target in result.targets:
            documents = count(target.documents, "document")
            reporter.news(f"target {target.name} ({target.host}): {documents}")
    reporter.took()
    return reporter.keep(status or (FINDINGS if changed else CLEAN), result.read)
