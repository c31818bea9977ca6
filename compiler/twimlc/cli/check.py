"""``twimlc check``: all that build would refuse, and lint. Findings go to standard output."""

import time
from pathlib import Path

import click

from twimlc.cli.options import (
    input_options,
    output_options,
    pipeline_options,
    report_options,
    stdin_options,
)
from twimlc.cli.present import Reporter, counted, sum_up, usage_errors


@click.command()
@input_options
@stdin_options
@report_options
@output_options
def check(
    paths: tuple[str, ...],
    targets: tuple[str, ...],
    params: dict[str, str],
    params_files: tuple[Path, ...],
    config: Path | None,
    jobs: int,
    stdin_filename: str | None,
    form: str,
    fail_on: str,
    strict: bool,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Find everything that is wrong with the flows; write nothing.

    PATHS are flows or folders of flows, or '-' for standard input; without any, the whole
    project is checked.
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
            stdin_filename=stdin_filename,
            write=False,
        )
        result = pipeline.check(options)
    reporter = Reporter(form, color, fail_on, strict, quiet, to_stderr=False)
    status = reporter.show(result.findings)
    reporter.news(sum_up(result.findings))
    if verbose:
        for target in result.targets:
            documents = counted(target.documents, "document")
            reporter.news(f"target {target.name} ({target.host}): {documents}")
        reporter.news(f"{time.perf_counter() - started:.2f} seconds")
    return status
