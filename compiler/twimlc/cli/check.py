"""``twimlc check``: all that build would refuse, and lint. Findings go to standard output.

With ``--fix`` the files are mended first and what remains is told; with ``--diff`` only the
changes are printed.
"""

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twimlc.cli.options import (
    input_options,
    output_options,
    pipeline_options,
    report_options,
    stdin_options,
)
from twimlc.cli.present import Reporter, counted, sum_up, usage_errors
from twimlc.cli.status import CLEAN, FINDINGS
from twimlc.cli.streams import write
from twimlc.report.visible import visible

if TYPE_CHECKING:
    from twimlc.pipeline import Options, Result
    from twimlc.pipeline.mend import Mended


@click.command()
@input_options
@stdin_options
@click.option("--fix", is_flag=True, help="Mend in the files what can be mended without a doubt.")
@click.option(
    "--diff",
    is_flag=True,
    help="Print what --fix would change; write nothing. The status is 1 where there is a change.",
)
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
    fix: bool,
    diff: bool,
    form: str,
    reports: tuple[tuple[str, Path], ...],
    fail_on: str,
    strict: bool,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Find everything that is wrong with the flows, or mend it with --fix.

    PATHS are flows, TwiML documents or folders of them, or '-' for standard input; without any,
    the whole project is checked. What is wrong in call scripts is told by twimlc test.
    """
    started = time.perf_counter()
    if (fix or diff) and "-" in paths:
        raise click.UsageError("standard input cannot be mended")
    # Where the output is a diff, it is nothing else.
    reporter = Reporter(form, color, fail_on, strict, quiet, to_stderr=diff, reports=reports)
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
        changed = False
        if fix or diff:
            from twimlc.callscripts.mend import mend_with_scripts

            done = mend_with_scripts(options)
            result = _compared(done, reporter) if diff else _mended(done, options, reporter)
            changed = diff and any(each.text != each.file.text for each in done.files)
        else:
            result = pipeline.check(options)
    status = reporter.show(result.findings)
    reporter.news(sum_up(result.findings))
    if verbose:
        for target in result.targets:
            documents = counted(target.documents, "document")
            reporter.news(f"target {target.name} ({target.host}): {documents}")
        reporter.news(f"{time.perf_counter() - started:.2f} seconds")
    return status or (FINDINGS if changed else CLEAN)


def _compared(done: "Mended", reporter: Reporter) -> "Result":
    """Print how the files would change; what is to tell is what they say now."""
    from twimlc.output.sources import mark_of
    from twimlc.report.changes import unified

    for each in done.files:
        mark = mark_of(Path(each.file.path))
        write(unified(each.file.path, mark + each.file.text, mark + each.text))
    if done.files:
        fixes = counted(len(done.mended), "fix", "fixes")
        reporter.news(f"{fixes} in {counted(len(done.files), 'file')} could be made")
    return done.before


def _mended(done: "Mended", options: "Options", reporter: Reporter) -> "Result":
    """Mend the files; what is left to tell."""
    from twimlc.callscripts.mend import mend_with_scripts
    from twimlc.pipeline.mend import write_mended

    refused = write_mended(done)
    kept = {finding.span.file.path for finding in refused}
    for finding in done.mended:
        assert finding.fix is not None, "only what has a fix is mended"
        begin, rule = finding.span.begin, finding.rule
        if any(edit.span.file.path in kept for edit in finding.fix.edits):
            continue
        place = f"{visible(finding.span.file.path)}:{begin.line}"
        reporter.news(f"{place}: mended: {visible(finding.fix.title)} [{rule.code} {rule.slug}]")
    if not refused:
        return done.remaining
    # What is left depends on which files could be written.
    left = mend_with_scripts(options).before
    return replace(left, findings=(*left.findings, *refused))
