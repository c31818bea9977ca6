"""``twimlc schema``: the published JSON Schemas, for editors and other programs."""

from pathlib import Path

import click

from twimlc.cli.streams import write

SCHEMAS = ("flow", "project", "manifest", "report", "script")


@click.command()
@click.argument("name", type=click.Choice(SCHEMAS))
def schema(name: str) -> None:
    """Print a JSON Schema: of flows, project file, manifest, report or call scripts."""
    write(schema_text(name))


def schema_text(name: str) -> str:
    """The text of ``NAME.schema.json``, as it came with the package or lies in the repository."""
    package = Path(__file__).resolve().parents[1]
    file = f"{name}.schema.json"
    installed = package / "_schema" / file
    path = installed if installed.is_file() else package.parents[1] / "schema" / file
    return path.read_text(encoding="utf-8")
