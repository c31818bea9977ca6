"""``twimlc schema``: the published JSON Schemas, for editors and other programs."""

import click

from twimlc.cli.streams import write
from twimlc.formats.validator import NAMES, schema_text


@click.command()
@click.argument("name", type=click.Choice(NAMES))
def schema(name: str) -> None:
    """Print a JSON Schema: of flows, project file, manifest, report or call scripts."""
    write(schema_text(name))
