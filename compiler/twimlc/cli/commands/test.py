"""``twimlc test``: call scripts are played; what came of them goes to standard output."""

import os
from pathlib import Path

import click

from twimlc.cli import CLEAN, FINDINGS
from twimlc.cli.options import Given, command_with
from twimlc.cli.present import Reporter
from twimlc.cli.streams import say, write
from twimlc.text import count

FORMATS = ("human", "json", "junit")


@command_with("input", "params", "config", "terminal")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="human",
    envvar="TWIMLC_TEST_FORMAT",
    help="The format of the results.",
)
@click.option("--coverage", is_flag=True, help="Show which outcomes no call covers.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit 1 if less than this is covered.",
)
@click.option(
    "--generate",
    metavar="FLOW",
    help="Write NAME.test.yaml, calls that cover every outcome of a flow, beside it.",
)
@click.option("--force", is_flag=True, help="Let --generate replace an existing script.")
def test(
    given: Given,
    form: str,
    coverage: bool,
    fail_under: float | None,
    generate: str | None,
    force: bool,
) -> int:
    """Play call scripts against the documents of every target.

    PATHS are call scripts (NAME.test.yaml), flows that have one beside them, or folders; without
    any, all scripts of the project are played. Nothing waits: time is only counted.
    """
    reporter = Reporter(given)
    if generate is not None and given.paths:
        raise click.UsageError("--generate takes the place of PATHS")
    if force and generate is None:
        raise click.UsageError("--force is only for --generate")
    if generate is not None:
        return _generate(given, generate, force, reporter)
    # All that plays calls takes long to load; ``--help`` goes without it.
    from twimlc.calls import report, run

    options = given.options(write=False)
    tested = run.play_scripts(options, coverage=coverage or fail_under is not None)
    status = reporter.show(tested.findings)
    if form == "json":
        write(report.as_json(tested))
    elif form == "junit":
        write(report.junit(tested))
    elif not given.quiet or not tested.ok:
        shown = coverage or fail_under is not None
        write(report.human(tested, verbose=given.verbose, coverage=shown))
    reporter.took()
    if not tested.ok:
        return status or FINDINGS
    if fail_under is not None and tested.percent < fail_under:
        covered = report.floored(tested.percent)
        say(f"{covered} is covered, which is less than {fail_under:g}%")
        return status or FINDINGS
    return status


def _generate(given: Given, flow: str, force: bool, reporter: Reporter) -> int:
    # Loaded for `--generate` alone.
    from twimlc.calls import generate, report

    made, findings = generate.generate(given.options(write=False), flow)
    status = reporter.show(findings)
    if made is None:
        return status or FINDINGS
    path = Path(made.path)
    if os.path.lexists(path) and not force:
        raise click.UsageError(f"'{made.shown}' already exists; --force replaces it")
    path.write_text(made.text, encoding="utf-8", newline="\n")
    covered = report.floored(made.coverage.percent)
    name = made.coverage.name
    write(f"wrote {made.shown}: {count(made.calls, 'call')}, {covered} of '{name}' covered\n")
    if made.unreached:
        states = " and ".join(f"'{state}'" for state in made.unreached)
        reporter.news(f"no call that begins here comes to {states}")
    if made.leads:
        flows = " and ".join(f"'{flow}'" for flow in made.leads)
        reporter.news(f"calls lead on into {flows}: what happens there needs a script of its own")
    reporter.news("read what they expect: it is what the flow does, not what it should do")
    return status or CLEAN
