"""``twimlc graph``: a flow as a picture on standard output; findings go to standard error."""

from dataclasses import replace
from pathlib import Path

import click

from twimlc.cli import FINDINGS
from twimlc.cli.options import Given, command_with, complete_from_project, one_target
from twimlc.cli.present import Reporter
from twimlc.cli.streams import write
from twimlc.report.graph import GRAPH_FORMATS, render_graph


@command_with("params", "config", "terminal")
@click.argument("flow", shell_complete=complete_from_project("flow_names"))
@click.option(
    "--format",
    "form",
    type=click.Choice(GRAPH_FORMATS),
    default="mermaid",
    help="The format of the picture.",
)
@click.option(
    "-o",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it, instead of standard output.",
)
@click.option("--from", "state", metavar="STATE", help="Only what can be reached from there.")
@click.option("--depth", metavar="N", type=click.IntRange(0), help="Only so many ways deep.")
@one_target("Draw the flow with the params of this target.")
@click.option("--row", metavar="ROW", help="The row of the matrix. Without it: the first.")
def graph(
    given: Given,
    flow: str,
    form: str,
    file: Path | None,
    state: str | None,
    depth: int | None,
    targets: tuple[str, ...],
    row: str | None,
) -> int:
    """Draw a flow as Mermaid, DOT, JSON or SVG.

    FLOW is the name of a flow or the path of its file.
    """
    # Loading the pipeline takes most of the time; ``--help`` goes without it.
    from twimlc.pipeline import picture as pictures

    options = replace(given.options(write=False), targets=targets)
    picture, findings = pictures.graph(options, flow, row)
    status = Reporter(given).show_errors(findings)
    if picture is None:
        return status or FINDINGS
    text = render_graph(pictures.part_of(picture, state, depth), form)
    if file is None:
        write(text)
    else:
        from twimlc.output.sources import write_file  # most pictures are written to no file

        write_file(file, text.encode())
    return status
