"""The group of commands: arguments in, exit status out.

Every module of ``twimlc.cli.commands`` is a command. It is imported when it is called, so that
the list of all of them stays cheap.
"""

import ast
import os
from collections.abc import Sequence
from importlib import import_module
from pkgutil import get_data, iter_modules

import click
from click.shell_completion import CompletionItem

from twimlc.about import ISSUES, URL, VERSION
from twimlc.cli import CLEAN, FAULT, INTERRUPTED, USAGE, commands
from twimlc.cli.streams import prepare_streams, say, write
from twimlc.report.escape import visible
from twimlc.store.stamp import Stamp

_FIRST = ("init", "check", "build", "watch", "test", "call", "preview", "graph")
"""The commands in the order in which a flow meets them; all others come after them, by name."""

_EPILOG = f"""\
Exit status: 0 clean, 1 problems in the input, 2 wrong usage, 3 a fault of twimlc or of the
machine, 130 interrupted.

\b
Completion in the shell:
  bash  eval "$(_TWIMLC_COMPLETE=bash_source twimlc)"    in ~/.bashrc
  zsh   eval "$(_TWIMLC_COMPLETE=zsh_source twimlc)"     in ~/.zshrc
  fish  _TWIMLC_COMPLETE=fish_source twimlc | source     in config.fish

Documentation and bug reports: {URL}
"""


def command_names() -> list[str]:
    """The names of all commands, in the order of the list."""
    names = {module.name for module in iter_modules(commands.__path__)}
    return [name for name in _FIRST if name in names] + sorted(names.difference(_FIRST))


def first_line(name: str) -> str:
    """What the list says of a command: the first line of its docstring, read but not run."""
    source = get_data(commands.__name__, f"{name}.py")
    for node in ast.parse(source or b"").body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return (ast.get_docstring(node) or "").partition("\n")[0]
    return ""


class LazyGroup(click.Group):
    """A group that knows its commands by their files and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return command_names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in command_names():
            return None
        command = getattr(import_module(f"{commands.__name__}.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, first_line(name)) for name in command_names()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        found = [
            CompletionItem(name, help=click.Command(name, help=line).get_short_help_str())
            for name in command_names()
            if name.startswith(incomplete)
            for line in [first_line(name)]
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known = args[0] if args else "", command_names()
        if name and name not in known and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Commands: {', '.join(known)}."
            ctx.fail(f"No such command '{visible(name)}'. {hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    epilog=_EPILOG,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    VERSION, "-V", "--version", prog_name="twimlc", message="%(prog)s %(version)s"
)
@click.pass_context
def twimlc(ctx: click.Context) -> int:
    """Compile call flows written in YAML to static TwiML documents."""
    if ctx.invoked_subcommand is None:
        write(f"{ctx.get_help()}\n", to_stderr=True)
        return USAGE
    return CLEAN


def run(arguments: Sequence[str], stamp: Stamp | None = None) -> int:
    """Run the command and return its exit status; whatever goes wrong becomes one line.

    ``stamp`` is to be kept if all goes well.
    """
    prepare_streams(stamp.remember if stamp is not None else None)
    try:
        result = twimlc.main(list(arguments), prog_name="twimlc", standalone_mode=False, obj=stamp)
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
            say("twimlc: the working folder no longer exists; change to another one")
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
    """Wrong usage, shown as click does it but with nothing invisible from the arguments in it."""
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
        return "internal error: nested too deeply; please report it at " + ISSUES
    if isinstance(error, OSError) and error.errno is not None:
        reason = error.strerror or os.strerror(error.errno)
        names = [str(name) for name in (error.filename, error.filename2) if name is not None]
        return visible(": ".join([*names, reason]))
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return (
        f"internal error: {visible(text)}; please report it at {ISSUES} "
        "(TWIMLC_DEBUG=1 shows where)"
    )
