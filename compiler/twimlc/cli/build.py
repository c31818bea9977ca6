"""``twimlc build``: documents, manifest, host files; what was written goes to standard output."""

import time
from dataclasses import replace
from pathlib import Path

import click

from twimlc.cli.command import wrong_documents
from twimlc.cli.options import (
    input_options,
    output_options,
    pipeline_options,
    report_options,
    stdin_options,
)
from twimlc.cli.present import Reporter, sum_up, usage_errors
from twimlc.cli.status import CLEAN, FAULT, FINDINGS
from twimlc.cli.streams import say, write
from twimlc.cli.summary import summary_json, summary_table
from twimlc.diagnostics.diagnostic import Severity
from twimlc.report.visible import visible


@click.command()
@input_options
@stdin_options
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to build, instead of the project's build folder.",
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
@click.option("--force", is_flag=True, help="Replace also files that the last build did not write.")
@click.option(
    "--no-verify",
    is_flag=True,
    help="Do not compare what is built with the flows, call by call.",
)
@report_options
@output_options
def build(
    paths: tuple[str, ...],
    targets: tuple[str, ...],
    params: dict[str, str],
    params_files: tuple[Path, ...],
    config: Path | None,
    jobs: int,
    stdin_filename: str | None,
    output: Path | None,
    compare: bool,
    previous: Path | None,
    force: bool,
    no_verify: bool,
    form: str,
    reports: tuple[tuple[str, Path], ...],
    fail_on: str,
    strict: bool,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Compile the flows to TwiML documents and the host's files.

    PATHS limit what is compiled; what was built of other flows stays. A target with an error
    keeps its last build, the others are written, and the exit status is 1 whatever --fail-on says.
    """
    started = time.perf_counter()
    with usage_errors():
        from twimlc import pipeline

        options = pipeline_options(
            paths=paths,
            targets=targets,
            params=params,
            params_files=params_files,
            config=config,
            jobs=jobs,
            output=output,
            stdin_filename=stdin_filename,
            write=not compare,
            verify=not no_verify,
        )
        result = pipeline.build(replace(options, previous=previous, force=force))
    reporter = Reporter(form, color, fail_on, strict, quiet, reports=reports, notes=verbose)
    status = reporter.show(result.findings)
    if result.findings:
        hidden = not verbose and any(f.severity is Severity.NOTE for f in result.findings)
        reporter.news(sum_up(result.findings) + " (-v shows notes)" * hidden)
    for target in result.targets:
        for approximation in target.approximations if target.built else ():
            reporter.news(f"approximation on {target.name}: {visible(approximation)}")
    if config is None and not targets and result.targets and _without_project(paths):
        reporter.news("no twimlc.yaml from here upwards: so this is the build for twiml-bin")
    if form == "json":
        write(summary_json(result.targets))
    elif not quiet:
        write(summary_table(result.targets, written=not compare, at_length=verbose))
    for mistake in result.faults:
        say(f"twimlc: {wrong_documents(mistake)}")
    if verbose:
        reporter.news(f"{time.perf_counter() - started:.2f} seconds")
    if result.faults:
        return FAULT
    if status == CLEAN and not all(target.built for target in result.targets):
        return FINDINGS
    if status == CLEAN and compare and any(t.written or t.removed for t in result.targets):
        return FINDINGS
    return status


def _without_project(paths: tuple[str, ...]) -> bool:
    """Whether no project file was found, so that nobody chose the target."""
    from twimlc.source.project import find_root

    first = [path if path.is_dir() else path.parent for path in map(Path, paths[:1])]
    return not any(find_root(folder) for folder in (Path.cwd(), *first))
