"""The options that subcommands share: click's values in, ``pipeline.Options`` out."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from twimlc.cli.complete import complete_flow_paths, complete_targets
from twimlc.cli.present import Progress
from twimlc.cli.reports import report_files
from twimlc.cli.status import FAIL_ON
from twimlc.cli.streams import COLOUR_CHOICES
from twimlc.report import FORMATS

if TYPE_CHECKING:
    from twimlc.pipeline import Options

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_STDIN = "-"
_STDIN_NAME = "stdin.yaml"


def pairs(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> Mapping[str, str]:
    """``-p name=value`` as a map; the last of a name wins, as everywhere on a command line."""
    values = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise click.BadParameter(f"'{pair}' is not name=value", ctx, param)
        values[name] = value
    return values


_PARAMS = (
    click.option(
        "-p",
        "--param",
        "params",
        multiple=True,
        metavar="NAME=VALUE",
        callback=pairs,
        help="Give a param of the flows a value.",
    ),
    click.option(
        "--params",
        "params_files",
        multiple=True,
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A YAML or JSON file with values of params.",
    ),
    click.option(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="The project file. Without it: the nearest twimlc.yaml upwards.",
    ),
)

_INPUT = (
    click.argument("paths", nargs=-1, shell_complete=complete_flow_paths),
    click.option(
        "-t",
        "--target",
        "targets",
        multiple=True,
        metavar="TARGET",
        envvar="TWIMLC_TARGET",
        shell_complete=complete_targets,
        help="A target of the project file, or the name of a host. Without it: every target.",
    ),
    *_PARAMS,
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(min=1),
        default=1,
        metavar="N",
        help="Accepted for scripts that give it; one process is used.",
    ),
)

_STDIN_OPTIONS = (
    click.option(
        "--stdin-filename",
        metavar="NAME",
        help="What the flow on standard input (path '-') is called.",
    ),
)

_REPORT = (
    click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="human",
        envvar="TWIMLC_FORMAT",
        help="The form of the findings.",
    ),
    click.option(
        "--report",
        "reports",
        multiple=True,
        metavar="FORMAT=FILE",
        callback=report_files,
        help="Write the findings to a file too, in any form; may be given several times.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(FAIL_ON),
        default="error",
        help="The least bad finding that makes the exit status 1.",
    ),
    click.option("--strict", is_flag=True, help="The same as --fail-on warning."),
)

_OUTPUT = (
    click.option(
        "--color",
        "--colour",
        "color",
        type=click.Choice(COLOUR_CHOICES),
        default="auto",
        help="Colours; auto looks at the terminal, NO_COLOR and FORCE_COLOR.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print findings only."),
    click.option("-v", "--verbose", is_flag=True, help="Tell more on standard error."),
)


def input_options(command: Decorated) -> Decorated:
    """What is compiled: paths, targets, params, project file."""
    return _decorate(command, _INPUT)


def param_options(command: Decorated) -> Decorated:
    """Params and the project file alone, for subcommands that take one flow."""
    return _decorate(command, _PARAMS)


def stdin_options(command: Decorated) -> Decorated:
    """For subcommands that take a flow on standard input."""
    return _decorate(command, _STDIN_OPTIONS)


def report_options(command: Decorated) -> Decorated:
    """In which forms findings are told, and which of them fail the run."""
    return _decorate(command, _REPORT)


def output_options(command: Decorated) -> Decorated:
    """How it looks on the terminal."""
    return _decorate(command, _OUTPUT)


def _decorate(command: Decorated, options: tuple[Callable[[Any], Any], ...]) -> Decorated:
    for option in reversed(options):
        command = option(command)
    return command


def pipeline_options(
    *,
    paths: tuple[str, ...] = (),
    targets: tuple[str, ...] = (),
    params: Mapping[str, str] | None = None,
    params_files: tuple[Path, ...] = (),
    config: Path | None = None,
    jobs: int = 1,
    output: Path | None = None,
    stdin_filename: str | None = None,
    write: bool = True,
    verify: bool = True,
) -> "Options":
    """The same for the pipeline. Reads standard input where a path is ``-``."""
    from twimlc.pipeline import Options
    from twimlc.source.reader import MAX_BYTES

    if "" in paths:
        raise click.UsageError("a path is empty")
    stdin = None
    if _STDIN in paths:
        if len(paths) > 1:
            raise click.UsageError("'-' (standard input) cannot be given beside other paths")
        if sys.stdin is None:
            raise click.UsageError("standard input is closed")
        # One byte more than is allowed is enough to be refused, and a pipe may have no end.
        stdin = (stdin_filename or _STDIN_NAME, sys.stdin.buffer.read(MAX_BYTES + 1))
        paths = ()
    elif stdin_filename is not None:
        raise click.UsageError("--stdin-filename is only for the path '-'")
    return Options(
        paths=tuple(Path(path) for path in paths),
        config=config,
        targets=targets,
        params=params or {},
        params_files=params_files,
        output=output,
        stdin=stdin,
        jobs=jobs,
        write=write,
        verify=verify,
        progress=Progress(),
    )
