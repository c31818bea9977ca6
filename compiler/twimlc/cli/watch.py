"""``twimlc watch``: build, and build again on change, until ctrl-c."""

import gc
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twimlc.cli.changes import changes
from twimlc.cli.command import fault, wrong_documents
from twimlc.cli.options import input_options, output_options, pipeline_options, report_options
from twimlc.cli.present import Reporter, counted, sum_up, usage_errors
from twimlc.cli.status import CLEAN
from twimlc.cli.streams import say, write

if TYPE_CHECKING:
    from twimlc.pipeline import Result


@click.command()
@input_options
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to build, instead of the project's build folder.",
)
@report_options
@output_options
def watch(
    paths: tuple[str, ...],
    targets: tuple[str, ...],
    params: dict[str, str],
    params_files: tuple[Path, ...],
    config: Path | None,
    jobs: int,
    output: Path | None,
    form: str,
    reports: tuple[tuple[str, Path], ...],
    fail_on: str,
    strict: bool,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Build again whenever a file changes.

    A build that fails leaves the last good one in place. Ctrl-c ends it.
    """
    if "-" in paths:
        raise click.UsageError("standard input cannot be watched")
    try:
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
            )
            options = replace(options, found={})
            root = _root(config)
            watched = Watched(
                build=lambda: pipeline.build(options),
                reporter=Reporter(form, color, fail_on, strict, reports=reports),
            )
            watched.round(first=True)
        if not quiet:
            say(f"watching {root}; ctrl-c ends")
        watched.follow(changes(root, watched.is_output))
    except KeyboardInterrupt:
        say("")
    return CLEAN


def _root(config: Path | None) -> Path:
    """The folder of the project: everything it is made of lies inside."""
    if config is not None:
        return Path(os.path.realpath(config)).parent
    here = Path.cwd()
    return next((each for each in (here, *here.parents) if (each / "twimlc.yaml").is_file()), here)


@dataclass(slots=True)
class Watched:
    """A build that is repeated, and the folders that it writes."""

    build: "Callable[[], Result]"
    reporter: Reporter
    folders: set[str] = field(default_factory=set)

    def follow(self, signals: Iterable[None]) -> None:
        """Build once for each signal."""
        for _ in signals:
            self.round()

    def round(self, *, first: bool = False) -> None:
        """Build once and tell in one line how it went."""
        started = time.perf_counter()
        try:
            result = self.build()
        except Exception as error:
            # What is wrong from the start is told at once; later a file may just be half saved.
            if first:
                raise
            say(f"twimlc: {fault(error)}")
            return
        self.folders |= {os.path.abspath(target.folder) for target in result.targets}
        self.reporter.show(result.findings)
        for mistake in result.faults:
            say(f"twimlc: {wrong_documents(mistake)}")
        write(f"{summary(result)} in {time.perf_counter() - started:.2f} s\n")
        # The command runs without the collector; between two builds there is time for it.
        gc.collect()

    def is_output(self, path: str) -> bool:
        """Whether a path lies in what the build itself writes."""
        path = os.path.abspath(path)
        return any(path == folder or path.startswith(folder + os.sep) for folder in self.folders)


def summary(result: "Result") -> str:
    """One line about a build: ``built plain (12 documents, 3 changed)``."""
    parts = []
    for target in result.targets:
        if target.built:
            documents = counted(target.documents, "document")
            parts.append(f"built {target.name} ({documents}, {target.written:,} changed)")
        else:
            parts.append(f"{target.name} keeps its last build")
    if result.findings or not parts:
        parts.append(sum_up(result.findings))
    return "; ".join(parts)
