"""``twimlc preview``: flows to look at and to play, in the browser or as one file."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twimlc.cli import CLEAN, FAULT, FINDINGS, USAGE
from twimlc.cli.command import fault
from twimlc.cli.options import Given, command_with, complete_from_project, one_target
from twimlc.cli.present import Reporter
from twimlc.cli.streams import say, write

if TYPE_CHECKING:
    from twimlc.pipeline import Options  # for annotations alone
    from twimlc.preview.show import Show

_INSTALL = "pip install 'twimlc[preview]'"


@command_with("params", "config", "terminal")
@click.argument("flows", nargs=-1, shell_complete=complete_from_project("flow_names"))
@click.option(
    "--export",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one HTML file that needs nothing else, instead of serving.",
)
@one_target(
    "A target of the project file, or the name of a host. Without it: the first that has the flow.",
    envvar="TWIMLC_TARGET",
)
@click.option("--row", metavar="ROW", help="The row of the matrix. Without it: all.")
@click.option("--title", metavar="TEXT", help="The title of the page.")
@click.option("--no-source", is_flag=True, help="Export no YAML, no TwiML and no findings.")
@click.option("--no-sounds", is_flag=True, help="Name sounds, and do not put them in the export.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="Where to serve; 0 is any port. Without it: 8321, or the next that is free.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name of this machine, as of a forwarded port, under which the page may be opened.",
)
@click.option("--no-open", is_flag=True, help="Do not open the browser.")
def preview(
    given: Given,
    flows: tuple[str, ...],
    export: Path | None,
    targets: tuple[str, ...],
    row: str | None,
    title: str | None,
    no_source: bool,
    no_sounds: bool,
    port: int | None,
    hosts: tuple[str, ...],
    no_open: bool,
) -> int:
    """Look at flows and play them in the browser, while they change.

    FLOWS are names of flows or paths of their files; without any, all of the project. The page
    is served to this machine alone, until ctrl-c.
    """
    _only_for({"--port": port, "--allow-host": hosts, "--no-open": no_open}, export is None)
    _only_for({"--no-source": no_source, "--no-sounds": no_sounds}, export is not None)
    if export is not None and export.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"--export takes a file that ends in .html, not '{export}'")
    if export is None and not all(map(find_spec, ("starlette", "uvicorn", "watchfiles"))):
        say(f"twimlc: the page is served with the extra [preview]: {_INSTALL}")
        return USAGE
    # All that plays calls takes long to load; ``--help`` goes without it.
    from twimlc.preview.lines import Workshop
    from twimlc.preview.show import EMBEDDED, Show, Sounds

    options = replace(given.options(write=False), targets=targets, found={})
    show = Show(Workshop(options, flows, row), source=not no_source)
    reporter = Reporter(given)
    if export is None:
        return _serve(given, options, show, title, port, hosts, no_open)
    looked = show.look()
    status = reporter.show_errors(show.findings)
    if any(finding.is_error for finding in show.findings) or looked.broken:
        return status or FINDINGS
    if faults := looked.faults():
        reporter.faults(faults)
        return FAULT
    from twimlc.output.sources import write_file
    from twimlc.preview.html import exported

    sounds = Sounds(0 if no_sounds else EMBEDDED, inline=True)
    usual = looked.names[0] if len(looked.names) == 1 else "Call flows"
    data = show.data(sounds, title=title if title is not None else usual)
    write_file(export, exported(data).encode())
    for name in show.with_codes():
        reporter.news(f"note: codes of four or more keys of '{name}' stand in the export")
    if sounds.left and not no_sounds:
        names = ", ".join(sounds.left)
        say(f"twimlc: warning: more than {EMBEDDED:,} bytes of sounds: {names} is only named")
    for flow in data["flows"]:
        row_of = f"{flow['row']}/" if flow["row"] else ""
        write(f"{row_of}{flow['flow']} {flow['digest']}\n")
    return status


def _serve(
    given: Given,
    options: "Options",
    show: "Show",
    title: str | None,
    port: int | None,
    hosts: tuple[str, ...],
    no_open: bool,
) -> int:
    """Serve until ctrl-c, which is how it ends."""
    import webbrowser

    from twimlc import pipeline
    from twimlc.cli.commands.watch import changes
    from twimlc.preview.serve import Server, listening

    try:
        listener = listening(port)
    except OSError as error:
        raise click.UsageError(f"port {port} cannot be used: {error.strerror}") from None
    server = Server(show, title, listener.getsockname()[1], hosts)
    config = pipeline.project_file(options)
    root = Path.cwd() if config is None else Path(os.path.realpath(config)).parent
    try:
        following = changes(root, lambda path: False)
        server.look()
        Reporter(given).show_errors(show.findings)
        write(f"{server.address}\n")
        sys.stdout.flush()
        if not no_open:
            webbrowser.open(server.address)
        server.run(listener, following, lambda error: say(f"twimlc: {fault(error)}"))
    except KeyboardInterrupt:
        pass
    return CLEAN


def _only_for(options: Mapping[str, object], right: bool) -> None:
    for option, given in options.items():
        if given not in (None, (), False) and not right:
            what = "--export" if option.startswith("--no-s") else "the served page"
            raise click.UsageError(f"{option} is only for {what}")
