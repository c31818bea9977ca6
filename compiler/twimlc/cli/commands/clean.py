"""``twimlc clean``: the store of a project is removed."""

from pathlib import Path

from twimlc.cli import CLEAN, FINDINGS
from twimlc.cli.options import Given, command_with
from twimlc.cli.streams import say
from twimlc.store import folder


@command_with("config")
def clean(given: Given) -> int:
    """Remove .twimlc/, what earlier runs found out.

    Nothing depends on it but the time of the next run. Files in it that twimlc did not write stay.
    """
    # Loaded by now: `command_with` asked for it.
    from twimlc import pipeline

    config = pipeline.project_file(given.options())
    root = config.parent if config is not None else Path.cwd()
    there = root.joinpath(folder.FOLDER)
    if not there.exists() and not there.is_symlink():
        say(f"there is no {folder.FOLDER}/ to remove")
    elif folder.clean(str(root)):
        say(f"removed {folder.FOLDER}/")
    else:
        say(f"{folder.FOLDER}/ stays: it has, or is, what twimlc did not write")
        return FINDINGS
    return CLEAN
