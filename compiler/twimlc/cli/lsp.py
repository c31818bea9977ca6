"""``twimlc lsp``: the language server, spoken to over stdin and stdout by an editor."""

import gc
import logging
import os
import signal
import sys
from importlib.util import find_spec
from typing import BinaryIO, cast

import click

from twimlc.cli.status import CLEAN, FAULT, INTERRUPTED
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
    from twimlc.languageserver.messages import Frames

    # Unlike one run of a command this lasts for days.
    gc.enable()
    # What pygls logs are tracebacks; the editor is told in its own log.
    logging.getLogger().addHandler(logging.NullHandler())
    # A thread waits for standard input, and nothing else ends that.
    signal.signal(signal.SIGINT, _interrupted)
    create_server().start_io(cast(BinaryIO, Frames(sys.stdin.buffer)))
    return CLEAN


def _interrupted(number: int, frame: object) -> None:
    say("twimlc: interrupted")
    os._exit(INTERRUPTED)
