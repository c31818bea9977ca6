"""The options that commands share: click's values in, ``pipeline.Options`` out."""

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click
from click.shell_completion import CompletionItem

from twimlc.cli.reports import report_files
from twimlc.cli.streams import COLOR_CHOICES, Progress
from twimlc.report import FORMATS

if TYPE_CHECKING:
    from twimlc.pipeline import Options  # for annotations alone

FC = TypeVar("FC", bound=Callable[..., Any] | click.Command)

_FAIL_ON = ("error", "warning", "note", "never")
_STDIN = "-"
_STDIN_NAME = "stdin.yaml"


Override = tuple[str, str, str]
"""The name of a calendar, an outcome, and when it ends (empty: never)."""


def overrides(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> tuple[Override, ...]:
    """``--override office=closed@2026-12-01T12:00`` in its parts."""
    found = []
    for text in given:
        name, equals, said = text.partition("=")
        outcome, _, end = said.partition("@")
        if not (name and equals and outcome):
            raise click.BadParameter(f"'{text}' is not CALENDAR=OUTCOME[@UNTIL]", ctx, param)
        found.append((name, outcome, end))
    return tuple(found)


def pairs(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> Mapping[str, str]:
    """``-p name=value`` as a map; the last of a name wins, as everywhere on a command line."""
    values = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise click.BadParameter(f"'{pair}' is not name=value", ctx, param)
        values[name] = value
    return values


def complete_from_project(
    names: str,
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Offers after a tab what the function ``names`` of ``twimlc.cli.complete`` finds."""

    def complete(ctx: click.Context, param: click.Parameter, word: str) -> list[CompletionItem]:
        # What reads projects is imported after a tab only.
        found = getattr(import_module("twimlc.cli.complete"), names)()
        return [CompletionItem(name) for name in found if name.startswith(word)]

    return complete


def _complete_paths(ctx: click.Context, param: click.Parameter, word: str) -> list[CompletionItem]:
    """Files: the shell knows them better than we do."""
    return [CompletionItem(word, type="file")]


def one_target(text: str, envvar: str | None = None) -> Callable[[FC], FC]:
    """``-t`` of a command for one flow, whose help is ``text``: no target or one, as a tuple."""
    return click.option(
        "-t",
        "--target",
        "targets",
        metavar="TARGET",
        envvar=envvar,
        shell_complete=complete_from_project("target_names"),
        callback=lambda ctx, param, name: () if name is None else (name,),
        help=text,
    )


_GROUPS = {
    "input": (
        click.Argument(["paths"], nargs=-1, shell_complete=_complete_paths),
        click.Option(
            ["-t", "--target", "targets"],
            multiple=True,
            metavar="TARGET",
            envvar="TWIMLC_TARGET",
            shell_complete=complete_from_project("target_names"),
            help="A target of the project file, or the name of a host. Without it: every target.",
        ),
        click.Option(
            ["-j", "--jobs"],
            type=click.IntRange(min=1),
            metavar="N",
            help="How many processes compile. Without it: as many as help.",
        ),
    ),
    "cluster": (
        click.Option(
            ["--executor"],
            metavar="ADDRESS",
            help="A Dask scheduler whose workers compile: dask://HOST:PORT.",
        ),
    ),
    "params": (
        click.Option(
            ["-p", "--param", "params"],
            multiple=True,
            metavar="NAME=VALUE",
            callback=pairs,
            help="Give a param of the flows a value.",
        ),
        click.Option(
            ["--params", "params_files"],
            multiple=True,
            metavar="FILE",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="A YAML or JSON file with values of params.",
        ),
    ),
    "config": (
        click.Option(
            ["--config"],
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="The project file. Without it: the nearest twimlc.yaml upward.",
        ),
    ),
    "stdin": (
        click.Option(
            ["--stdin-filename"],
            metavar="NAME",
            help="The name of the flow on standard input (path '-').",
        ),
    ),
    "store": (
        click.Option(
            ["--no-store"],
            is_flag=True,
            help="Neither use nor keep anything in .twimlc/, the store of earlier runs.",
        ),
    ),
    "stamp": (
        click.Option(
            ["--verify-store"],
            is_flag=True,
            expose_value=False,
            help="Compare what is in files, not their times, as where CI is set.",
        ),
    ),
    "folder": (
        click.Option(
            ["-o", "--output"],
            metavar="DIR",
            type=click.Path(file_okay=False, path_type=Path),
            help="Where to build, instead of the project's build folder.",
        ),
    ),
    "report": (
        click.Option(
            ["--format", "form"],
            type=click.Choice(FORMATS),
            default="human",
            envvar="TWIMLC_FORMAT",
            help="The format of the findings.",
        ),
        click.Option(
            ["--report", "reports"],
            multiple=True,
            metavar="FORMAT=FILE",
            callback=report_files,
            help="Write the findings to a file too, in any format; may be given several times.",
        ),
        click.Option(
            ["--fail-on"],
            type=click.Choice(_FAIL_ON),
            default="error",
            help="The least severe finding that makes the exit status 1.",
        ),
        click.Option(["--strict"], is_flag=True, help="The same as --fail-on warning."),
    ),
    "terminal": (
        click.Option(
            ["--color", "--colour", "color"],
            type=click.Choice(COLOR_CHOICES),
            default="auto",
            help="Colors; auto looks at the terminal, NO_COLOR and FORCE_COLOR.",
        ),
        click.Option(["-q", "--quiet"], is_flag=True, help="Print findings only."),
        click.Option(["-v", "--verbose"], is_flag=True, help="Print more on standard error."),
    ),
}


class Given(NamedTuple):
    """What the shared options say; an option that a command lacks has the value of its absence."""

    paths: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    jobs: int | None = None
    executor: str | None = None
    params: Mapping[str, str] = {}
    params_files: tuple[Path, ...] = ()
    config: Path | None = None
    stdin_filename: str | None = None
    output: Path | None = None
    form: str = "human"
    reports: tuple[tuple[str, Path], ...] = ()
    fail_on: str = "error"
    strict: bool = False
    no_store: bool = False
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False

    def options(self, *, write: bool = True) -> "Options":
        """The same for the pipeline. Reads standard input where a path is ``-``."""
        # Loaded by now: `command_with` asked for it.
        from twimlc.pipeline import Options
        from twimlc.yaml.reader import MAX_BYTES

        paths = self.paths
        if "" in paths:
            raise click.UsageError("a path is empty")
        stdin = None
        if _STDIN in paths:
            if len(paths) > 1:
                raise click.UsageError("'-' (standard input) cannot be given beside other paths")
            if sys.stdin is None:
                raise click.UsageError("standard input is closed")
            # One byte more than is allowed is enough to be refused, and a pipe may have no end.
            text = sys.stdin.buffer.read(MAX_BYTES + 1)
            stdin, paths = (self.stdin_filename or _STDIN_NAME, text), ()
        elif self.stdin_filename is not None:
            raise click.UsageError("--stdin-filename is only for the path '-'")
        return Options(
            paths=tuple(Path(path) for path in paths),
            config=self.config,
            targets=self.targets,
            params=self.params,
            params_files=self.params_files,
            output=self.output,
            stdin=stdin,
            write=write,
            jobs=self.jobs,
            executor=self.executor,
            progress=Progress(),
            store=not self.no_store,
        )


def command_with(*groups: str) -> Callable[[Callable[..., int | None]], click.Command]:
    """A command that has, after its own options, those of ``groups``.

    It takes what they say as one :class:`Given`, and its own as arguments of their names. What the
    pipeline refuses as wrong usage is said as click says it.
    """
    options = [option for group in groups for option in _GROUPS[group]]

    def decorate(function: Callable[..., int | None]) -> click.Command:
        @wraps(function)
        def call(**values: Any) -> int | None:
            shared = {each.name: values.pop(each.name) for each in options if each.expose_value}
            # Loading the pipeline takes most of the time of a small check; `--help` goes without.
            from twimlc.pipeline import UsageError

            try:
                return function(Given(**shared), **values)
            except UsageError as error:
                raise click.UsageError(str(error)) from error

        command = click.command(call)
        command.params += options
        return command

    return decorate
