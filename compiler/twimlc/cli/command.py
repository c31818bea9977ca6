"""The group of subcommands: arguments in, exit status out.

A subcommand's module is imported when it is called, so that the list of all of them stays cheap.
"""

import os
from collections.abc import Sequence
from importlib import import_module

import click

from twimlc import __url__, __version__
from twimlc.cli.status import CLEAN, FAULT, INTERRUPTED, USAGE
from twimlc.cli.streams import prepare_streams, say, write
from twimlc.report.visible import visible

SUBCOMMANDS = {
    "init": "Start a small project that works.",
    "check": "Find everything that is wrong with the flows, or mend it with --fix.",
    "build": "Compile the flows to TwiML documents and the host's files.",
    "watch": "Build again whenever a file changes.",
    "test": "Play call scripts against the documents of every target.",
    "call": "Call a flow, or any TwiML, in the terminal.",
    "graph": "Draw a flow as Mermaid or DOT.",
    "explain": "Tell what a finding means, with a wrong and a right example.",
    "hosts": "Tell what each host can do, construct by construct.",
    "lsp": "Serve editors: findings while you type, completion, hover, rename.",
    "schema": "Print a JSON Schema: of flows, project file, manifest, report or call scripts.",
}

_EPILOG = f"""\
Exit status: 0 clean, 1 problems in the input, 2 wrong usage, 3 a fault of twimlc or of the
machine, 130 interrupted.

\b
Completion in the shell:
  bash  eval "$(_TWIMLC_COMPLETE=bash_source twimlc)"    in ~/.bashrc
  zsh   eval "$(_TWIMLC_COMPLETE=zsh_source twimlc)"     in ~/.zshrc
  fish  _TWIMLC_COMPLETE=fish_source twimlc | source     in config.fish

Documentation and reports of faults: {__url__}
"""


class LazyGroup(click.Group):
    """A group that knows its subcommands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUBCOMMANDS:
            return None
        command = getattr(import_module(f"twimlc.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SUBCOMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and name not in SUBCOMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, list(SUBCOMMANDS), n=1)
            known = ", ".join(SUBCOMMANDS)
            hint = f"Did you mean '{near[0]}'?" if near else f"There are: {known}."
            ctx.fail(f"No such command '{visible(name)}'. {hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    epilog=_EPILOG,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    __version__, "-V", "--version", prog_name="twimlc", message="%(prog)s %(version)s"
)
@click.pass_context
def twimlc(ctx: click.Context) -> int:
    """Compile call flows written in YAML to static TwiML documents."""
    if ctx.invoked_subcommand is None:
        write(f"{ctx.get_help()}\n", to_stderr=True)
        return USAGE
    return CLEAN


def run(arguments: Sequence[str]) -> int:
    """Run the command and return its exit status; whatever goes wrong becomes one line."""
    prepare_streams()
    try:
        result = twimlc.main(list(arguments), prog_name="twimlc", standalone_mode=False)
        return result if isinstance(result, int) else CLEAN
    except click.ClickException as error:
        _refuse(error)
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        say("twimlc: interrupted")
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("TWIMLC_DEBUG"):
            import traceback

            write(traceback.format_exc(), to_stderr=True)
        if _nowhere():
            say("twimlc: the working folder is not there any more; change to another one")
            return USAGE
        say(f"twimlc: {fault(error)}")
        return FAULT


def _nowhere() -> bool:
    """Whether the command runs in a folder that has been removed."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def _refuse(error: click.ClickException) -> None:
    """Wrong usage, told as click does it but with nothing invisible from the arguments in it."""
    ctx = getattr(error, "ctx", None)
    if isinstance(ctx, click.Context):
        say(ctx.get_usage())
        say(f"Try '{ctx.command_path} --help' for help.\n")
    for number, line in enumerate(error.format_message().splitlines()):
        # Click sets lists off with tabs, which would be shown as signs.
        say(f"{'' if number else 'Error: '}{visible(line.expandtabs(4))}")


def fault(error: BaseException) -> str:
    """One line about a fault that is not the input's."""
    if isinstance(error, MemoryError):
        return "out of memory"
    if isinstance(error, RecursionError):
        return "internal error: nested too deeply; please report it at " + _issues()
    if isinstance(error, OSError) and error.errno is not None:
        reason = error.strerror or os.strerror(error.errno)
        names = [str(name) for name in (error.filename, error.filename2) if name is not None]
        return visible(": ".join([*names, reason]))
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return (
        f"internal error: {visible(text)}; please report it at {_issues()} "
        "(TWIMLC_DEBUG=1 shows where)"
    )


def wrong_documents(mistake: str) -> str:
    """What is said when the documents are not the call that was written: several lines."""
    first, *rest = mistake.splitlines()
    head = f"internal error: {visible(first)}; please report it at {_issues()}"
    return "\n".join([head, *(visible(line) for line in rest)])


def _issues() -> str:
    return f"{__url__}/issues"
