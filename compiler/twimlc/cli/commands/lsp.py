"""``twimlc lsp``: the language server, spoken to over stdin and stdout by an editor."""

import gc
import logging
import os
import signal
import sys
from importlib.util import find_spec

import click

from twimlc.cli import CLEAN, FAULT, INTERRUPTED
from twimlc.cli.streams import say


@click.command()
@click.option("--stdio", is_flag=True, help="Use stdin and stdout, which is the default anyway.")
def lsp(stdio: bool) -> int:
    """Serve editors: findings while you type, completion, hover, rename.

    An editor starts this, not a person; docs/editors.md explains how.
    """
    if find_spec("pygls") is None:
        say("twimlc: the language server needs the package pygls: pip install 'pygls>=2'")
        return FAULT
    # Loaded here, where pygls, an extra, is known to be there.
    from twimlc.editor.features import create_server

    # Unlike one run of a command this lasts for days.
    gc.enable()
    # What pygls logs are tracebacks; the editor gets its own log.
    logging.getLogger().addHandler(logging.NullHandler())
    # A thread waits for standard input, and nothing else ends that.
    signal.signal(signal.SIGINT, _interrupted)
    create_server().serve(sys.stdin.buffer)
    return CLEAN


def _interrupted(number: int, frame: object) -> None:
    say("twimlc: interrupted")
    os._exit(INTERRUPTED)
