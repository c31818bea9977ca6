"""``twimlc clean``: the store of a project is removed."""

import os

import click

from twimlc.cli import CLEAN, FINDINGS
from twimlc.cli.streams import say
from twimlc.store import folder
from twimlc.store.stamp import root_of


@click.command
def clean() -> int:
    """Remove .twimlc/, what earlier runs found out.

    Nothing depends on it but the time of the next run. Files in it that twimlc did not write stay.
    """
    root = root_of(os.getcwd()) or os.getcwd()
    if not os.path.lexists(os.path.join(root, folder.FOLDER)):
        say(f"there is no {folder.FOLDER}/ to remove")
    elif folder.clean(root):
        say(f"removed {folder.FOLDER}/")
    else:
        say(f"{folder.FOLDER}/ stays: it has, or is, what twimlc did not write")
        return FINDINGS
    return CLEAN
