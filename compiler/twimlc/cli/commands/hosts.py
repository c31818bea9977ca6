"""``twimlc hosts``: what each host can do, construct by construct, as a table or JSON."""

import json
from string import ascii_uppercase

import click

from twimlc.cli.streams import write
from twimlc.text import folded


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    help="The format of the table.",
)
def hosts(form: str) -> None:
    """Show what each host can do, construct by construct.

    What a host cannot do exactly is refused at the step that asks for it.
    """
    # Hosts bring the planner along; ``--help`` goes without it.
    from twimlc.hosts import constructs, every_host

    names = every_host()
    if form == "json":
        content = {
            "version": 1,
            "hosts": {name: host.description for name, host in names.items()},
            "constructs": [
                {
                    "name": construct.name,
                    "hosts": {name: construct.works_on(host) for name, host in names.items()},
                    "instead": construct.instead or None,
                }
                for construct in constructs.CONSTRUCTS
            ],
        }
        write(json.dumps(content, indent=2) + "\n")
        return
    marks = ascii_uppercase[: len(names)]
    lines: list[str] = []
    for mark, (name, host) in zip(marks, names.items(), strict=True):
        lines += folded(f"{mark}  {name}: {host.description}", further="   ")
    lines += [
        "",
        "Exactly what the flow says (x), or refused at the step that asks for it (-):",
        "",
    ]
    lines.append(" ".join(marks))
    indent = " " * (2 * len(marks) + 1)
    for construct in constructs.CONSTRUCTS:
        works = [construct.works_on(host) for host in names.values()]
        cells = " ".join("x" if can else "-" for can in works)
        lines += folded(construct.name, f"{cells}  ", indent)
        if construct.instead and not all(works):
            lines.append(f"{indent}elsewhere: {construct.instead}")
    write("".join(f"{line}\n" for line in lines))
