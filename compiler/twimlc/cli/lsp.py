"""``twimlc lsp``: the language server, spoken to over stdin and stdout by an editor."""

import gc
from importlib.util import find_spec

import click

from twimlc.cli.status import CLEAN, FAULT
from twimlc.cli.streams import say


@click.command()
@click.option("--stdio", is_flag=True, help="Speak over stdin and stdout, as it does anyway.")
def lsp(stdio: bool) -> int:
    """Serve editors: findings while you type, completion, hover, rename.

    An editor starts this, not a person; docs/editors.md tells how.
    """
    if find_spec("pygls") is None:
        say("twimlc: the language server needs the package pygls: pip install 'pygls>=2'")
        return FAULT
    from twimlc.languageserver.create import create_server

    # Unlike one run of a command this lasts for days.
    gc.enable()
    create_server().start_io()
    return CLEAN
