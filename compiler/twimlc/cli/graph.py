"""``twimlc graph``: a flow as a picture on standard output; findings go to standard error."""

from pathlib import Path

import click

from twimlc.cli.complete import complete_flows, complete_targets
from twimlc.cli.options import output_options, pipeline_options
from twimlc.cli.present import Reporter, usage_errors
from twimlc.cli.status import FINDINGS
from twimlc.cli.streams import write
from twimlc.report.graph import GRAPH_FORMATS, render_graph


@click.command()
@click.argument("flow", shell_complete=complete_flows)
@click.option(
    "--format",
    "form",
    type=click.Choice(GRAPH_FORMATS),
    default="mermaid",
    help="The language of the picture.",
)
@click.option(
    "-t",
    "--target",
    metavar="TARGET",
    shell_complete=complete_targets,
    help="Draw the flow with the params of this target.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The project file. Without it: the nearest twimlc.yaml upwards.",
)
@output_options
def graph(
    flow: str,
    form: str,
    target: str | None,
    config: Path | None,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Draw a flow as Mermaid or DOT.

    FLOW is the name of a flow or the path of its file.
    """
    with usage_errors():
        from twimlc import pipeline

        targets = (target,) if target else ()
        options = pipeline_options(targets=targets, config=config, write=False)
        view, findings = pipeline.graph(options, flow)
    # Warnings are the business of check: who draws a flow wants to see the picture.
    shown = [finding for finding in findings if verbose or finding.is_error]
    status = Reporter(color=color, quiet=quiet).show(shown)
    if view is None:
        return status or FINDINGS
    write(render_graph(view, form))
    return status
