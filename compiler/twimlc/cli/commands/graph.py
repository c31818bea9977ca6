"""``twimlc graph``: a flow as a picture on standard output; findings go to standard error."""

from dataclasses import replace

import click

from twimlc.cli import FINDINGS
from twimlc.cli.options import Given, command_with, complete_from_project, one_target
from twimlc.cli.present import Reporter
from twimlc.cli.streams import write
from twimlc.report.graph import GRAPH_FORMATS, render_graph


@command_with("config", "terminal")
@click.argument("flow", shell_complete=complete_from_project("flow_names"))
@click.option(
    "--format",
    "form",
    type=click.Choice(GRAPH_FORMATS),
    default="mermaid",
    help="The format of the picture.",
)
@one_target("Draw the flow with the params of this target.")
def graph(given: Given, flow: str, form: str, targets: tuple[str, ...]) -> int:
    """Draw a flow as Mermaid or DOT.

    FLOW is the name of a flow or the path of its file.
    """
    # Loading the pipeline takes most of the time; ``--help`` goes without it.
    from twimlc.pipeline.picture import graph as graph_of

    view, findings = graph_of(replace(given.options(write=False), targets=targets), flow)
    status = Reporter(given).show_errors(findings)
    if view is None:
        return status or FINDINGS
    write(render_graph(view, form))
    return status
