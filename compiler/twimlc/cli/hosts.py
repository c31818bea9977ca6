"""``twimlc hosts``: what each host can do, construct by construct, as a table or JSON."""

import json
from string import ascii_uppercase

import click

from twimlc.cli.streams import write


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    help="The form of the table.",
)
def hosts(form: str) -> None:
    """Tell what each host can do, construct by construct.

    'yes' is exactly what the flow says; 'no' is refused at the step that asks for it.
    """
    from twimlc.lower.constructs import CONSTRUCTS, every_host

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
                for construct in CONSTRUCTS
            ],
        }
        write(json.dumps(content, indent=2) + "\n")
        return
    marks = ascii_uppercase[: len(names)]
    lines = [
        f"{mark}  {name}: {host.description}"
        for mark, (name, host) in zip(marks, names.items(), strict=True)
    ]
    width = max(len(construct.name) for construct in CONSTRUCTS)
    lines += ["", " " * width + "".join(f"  {mark:<3}" for mark in marks)]
    for construct in CONSTRUCTS:
        works = [construct.works_on(host) for host in names.values()]
        cells = "".join(f"  {'yes' if can else 'no':<3}" for can in works)
        lines.append(f"{construct.name:<{width}}{cells}")
        if construct.instead and not all(works):
            lines.append(f"  where it says no: {construct.instead}")
    write("".join(f"{line.rstrip()}\n" for line in lines))
