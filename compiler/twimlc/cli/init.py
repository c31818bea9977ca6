"""``twimlc init``: a folder in, a small project that works in it out."""

from pathlib import Path

import click

from twimlc.cli.starter import GITIGNORE, STARTER
from twimlc.cli.streams import say, write
from twimlc.report.visible import visible


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Print nothing.")
def init(folder: Path, quiet: bool) -> None:
    """Start a small project that works.

    DIR is made if it does not exist. Files that are there already are never overwritten.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as fault:
        raise click.UsageError(f"'{visible(str(folder))}' is not a folder") from fault
    taken = [path for path in STARTER if _is_there(folder / path)]
    if taken:
        raise click.UsageError(
            f"{', '.join(taken)} in '{visible(str(folder))}' would be overwritten; "
            "nothing was written"
        )
    written = dict(STARTER)
    has_gitignore = _is_there(folder / ".gitignore")
    if not has_gitignore:
        written[".gitignore"] = GITIGNORE
    for path, text in written.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # "x" refuses what came to be in the meantime, dangling links included.
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    if quiet:
        return
    for path in written:
        write(f"wrote {visible((folder / path).as_posix())}\n")
    if has_gitignore:
        say(
            f"the .gitignore that is there was left alone; add this line to it: {GITIGNORE.strip()}"
        )
    inside = "" if folder.samefile(".") else f" in {visible(folder.as_posix())}"
    say(f"next, {'run' if not inside else 'run' + inside}: twimlc build")


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()
