"""``twimlc test``: call scripts are played; what came of them goes to standard output."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twimlc.cli.options import input_options, output_options, pipeline_options
from twimlc.cli.present import Reporter, usage_errors
from twimlc.cli.status import CLEAN, FINDINGS
from twimlc.cli.streams import say, write

if TYPE_CHECKING:
    from twimlc.pipeline import Options

FORMATS = ("human", "json", "junit")


@click.command()
@input_options
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="human",
    envvar="TWIMLC_TEST_FORMAT",
    help="The form of the results.",
)
@click.option("--coverage", is_flag=True, help="Tell which outcomes no call covers.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit 1 where less than this is covered.",
)
@click.option(
    "--generate",
    metavar="FLOW",
    help="Write NAME.test.yaml, calls that cover every outcome of a flow, beside it.",
)
@click.option("--force", is_flag=True, help="Let --generate replace a script that is there.")
@output_options
def test(
    paths: tuple[str, ...],
    targets: tuple[str, ...],
    params: dict[str, str],
    params_files: tuple[Path, ...],
    config: Path | None,
    jobs: int,
    form: str,
    coverage: bool,
    fail_under: float | None,
    generate: str | None,
    force: bool,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Play call scripts against the documents of every target.

    PATHS are call scripts (NAME.test.yaml), flows that have one beside them, or folders; without
    any, all scripts of the project are played. Nothing waits: time is only counted.
    """
    started = time.perf_counter()
    if generate is not None and paths:
        raise click.UsageError("--generate takes the place of PATHS")
    if force and generate is None:
        raise click.UsageError("--force is only for --generate")
    reporter = Reporter(color=color, quiet=quiet)
    with usage_errors():
        options = pipeline_options(
            paths=paths,
            targets=targets,
            params=params,
            params_files=params_files,
            config=config,
            jobs=jobs,
            write=False,
        )
        if generate is not None:
            return _generate(options, generate, force, reporter)
        from twimlc.callscripts import play_scripts, report

        tested = play_scripts(options, coverage=coverage or fail_under is not None)
    status = reporter.show(tested.findings)
    if form == "json":
        write(report.as_json(tested))
    elif form == "junit":
        write(report.junit(tested))
    elif not quiet or not tested.ok:
        shown = coverage or fail_under is not None
        write(report.human(tested, verbose=verbose, coverage=shown))
    if verbose:
        reporter.news(f"{time.perf_counter() - started:.2f} seconds")
    if not tested.ok:
        return status or FINDINGS
    if fail_under is not None and tested.percent < fail_under:
        covered = report.floored(tested.percent)
        say(f"{covered} is covered, which is less than {fail_under:g}%")
        return status or FINDINGS
    return status


def _generate(options: "Options", flow: str, force: bool, reporter: Reporter) -> int:
    from twimlc.callscripts import generate, report
    from twimlc.source.files import display_path

    made, findings = generate(options, flow)
    status = reporter.show(findings)
    if made is None:
        return status or FINDINGS
    path = Path(made.path)
    shown = display_path(path, Path.cwd())
    if os.path.lexists(path) and not force:
        raise click.UsageError(f"'{shown}' is there already; --force replaces it")
    path.write_text(made.text, encoding="utf-8", newline="\n")
    calls = f"{made.calls} call{'' if made.calls == 1 else 's'}"
    covered = report.floored(made.coverage.percent)
    write(f"wrote {shown}: {calls}, {covered} covered\n")
    reporter.news("read what they expect: it is what the flow does, not what it should do")
    return status or CLEAN
