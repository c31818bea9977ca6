"""``twimlc init``: a folder in; one of the examples of ``flows/``, as a project in it, out."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import count
from pathlib import Path
from shlex import quote

import click

from twimlc.about import URL, VERSION
from twimlc.cli.streams import say, write
from twimlc.report.escape import visible
from twimlc.text import folded

_SCHEMAS = URL.replace("github.com", "raw.githubusercontent.com") + f"/v{VERSION}/schema"
_DESCRIPTION = re.compile(r"(?m)^description: (.*)$")
_FOR_BINS = re.compile(rb"(?m)^    targets:.*\bbins\b")
_SCHEMA_LINE = re.compile(rb"(?m)^(# yaml-language-server: \$schema=).*/schema/")

_PROJECT = """\
# yaml-language-server: $schema={schemas}/project.schema.json
flows: flows
build: build
targets:
  {bins}
  # A line for each other host, such as:
  # web: {{host: nginx, url: https://voice.example.com}}
  # `twimlc hosts` shows what each can do.
"""
_BINS = "bins: {host: twiml-bin}    # one text for each flow, to paste into a TwiML Bin"
_BINS_WITH_AUDIO = """\
# One text for each flow, to paste into a TwiML Bin. Put build/bins/public/media/
  # on a server of yours, and its address here.
  bins: {host: twiml-bin, media: https://media.example.com/ivr}"""
_WEB = "site: {host: nginx}          # a Bin knows neither who calls nor the time"
_DECIDES = re.compile(rb"(?m)^ *- (?:switch|hours):")

_GITIGNORE = b"/build/\n"
_SMALL = "hello"
"""The example that a project starts with if nobody names one."""


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--from", "name", metavar="EXAMPLE", help="Start from one of the examples.")
@click.option("--list", "listed", is_flag=True, help="Show the examples.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing.")
def init(folder: Path, name: str | None, listed: bool, quiet: bool) -> None:
    """Start a small project that works, or one of the examples.

    DIR is made if it does not exist. Existing files are never overwritten.
    """
    if listed:
        for each, words in example_names().items():
            for line in folded(words, f"{each:<20} ", " " * 21):
                write(f"{line}\n")
        return
    flow = _SMALL if name is None else name
    files = _example(flow)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as fault:
        raise click.UsageError(f"'{visible(str(folder))}' is not a folder") from fault
    parents = {parent for path in files for parent in Path(path).parents}
    for parent in sorted(parents):
        if _is_there(folder / parent) and not (folder / parent).is_dir():
            shown = visible(str(folder / parent))
            raise click.UsageError(f"'{shown}' is not a folder; nothing was written")
    taken = [path for path in files if _is_there(folder / path)]
    if taken:
        told = f"{', '.join(taken)} in '{visible(str(folder))}' would be overwritten;"
        again = f"twimlc init {_free(folder)}" + f" --from {name}" * (name is not None)
        lines = [*folded(f"{told} nothing was written", columns=72), f"another folder: {again}"]
        raise click.UsageError("\n".join(lines))
    has_gitignore = _is_there(folder / ".gitignore")
    if not has_gitignore:
        files[".gitignore"] = _GITIGNORE
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # "x" refuses what came to be in the meantime, dangling links included.
        with file.open("xb") as stream:
            stream.write(data)
    if quiet:
        return
    for path in files:
        write(f"wrote {visible((folder / path).as_posix())}\n")
    if has_gitignore:
        line = _GITIGNORE.decode().strip()
        say(f"the existing .gitignore was left alone; add this line to it: {line}")
    inside = "" if folder.samefile(".") else f" in {visible(folder.as_posix())}"
    say(f"next{inside}: edit flows/{flow}.yaml, then")
    if b"\nkind: messaging" not in files[f"flows/{flow}.yaml"]:
        say(f"  twimlc call {flow:<12} be the caller, here in the terminal")
    say("  twimlc test              play the calls of flows/*.test.yaml")
    say("  twimlc build             write the TwiML, and say what to do with it")


def _example(name: str) -> dict[str, bytes]:
    known = example_names()
    if name in known:
        return _files_of(name)
    near = get_close_matches(name, known, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else "twimlc init --list shows them."
    raise click.UsageError(f"No example '{visible(name)}'. {hint}")


def _free(folder: Path) -> str:
    """Another folder, in a shell's words, that is not there yet."""
    first = folder if folder.name else Path("my-line")
    numbered = (first.with_name(f"{first.name}-{number}") for number in count(2))
    return visible(quote(next(each for each in numbered if not _is_there(each)).as_posix()))


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def example_names() -> dict[str, str]:
    """The examples by name, and what each is."""
    files = [path for path in sorted(_folder().glob("*.yaml")) if ".test" not in path.suffixes]
    found = {path.stem: _DESCRIPTION.search(path.read_text(encoding="utf-8")) for path in files}
    return {name: words[1] if words else "" for name, words in found.items()}


def _files_of(name: str) -> dict[str, bytes]:
    """A project of one example, with its call script and all that it uses."""
    folder = _folder()
    wanted = [f"{name}.yaml", f"{name}.test.yaml"]
    files: dict[str, bytes] = {}
    while wanted:
        path = wanted.pop(0)
        if path not in files and (folder / path).is_file():
            files[path] = (folder / path).read_bytes()
            if path.endswith(".yaml"):
                wanted += _used(files[path].decode())
    audio = any(path.startswith("media/") for path in files)
    placed = {
        f"flows/{path}": _placed(data) if path.endswith(".yaml") else data
        for path, data in files.items()
    }
    target = _BINS_WITH_AUDIO if audio else _BINS
    if any(map(_DECIDES.search, files.values())):
        target = _WEB
    project = _PROJECT.format(schemas=_SCHEMAS, bins=target)
    tables = (path for path in placed if path.endswith(".csv"))
    project += "".join(f"matrix: {{table: {table}, flows: [{name}]}}\n" for table in tables)
    return {"twimlc.yaml": project.encode(), **placed}


def _folder() -> Path:
    """Where the examples lie: in the package or, in a checkout, beside the compiler."""
    package = Path(__file__).parent.parent.parent
    packed = package / "_flows"
    return packed if packed.is_dir() else package.parent.parent / "flows"


def _used(text: str) -> Iterator[str]:
    """Paths that a flow, a component or a call script may mean, whether they are there or not."""
    yield from re.findall(r"(?<![\w/.-])[\w-]+\.csv\b", text)
    yield from (f"_components/{name}.yaml" for name in re.findall(r"\buse: ([a-z0-9-]+)", text))
    yield from re.findall(r"(?<![\w/.-])media/[\w./-]+", text)
    yield from (f"{name}.yaml" for name in re.findall(r"(?<![\w/.-])([a-z0-9-]+)/", text))


def _placed(data: bytes) -> bytes:
    """The same file in a project with the target ``bins`` alone, far from the checkout: editors
    find its schema on the web, and calls for other targets are left out of a script."""
    calls = re.split(rb"(?m)^(?=  - name:)", data)
    here = (c for c in calls if b"\n    targets:" not in c or re.search(_FOR_BINS, c))
    text = re.sub(rb"(?m)^    targets:.*\n", b"", b"".join(here))
    return _SCHEMA_LINE.sub(rb"\g<1>" + _SCHEMAS.encode() + b"/", text)
