"""What twimlc is measured against: a mode and folders come in, files of the same size go out.

    python floors.py raw SOURCE DOCUMENTS OUT       libyaml parses every flow, nothing else
    python floors.py twilio SOURCE DOCUMENTS OUT    Twilio's library builds the same documents

Both write what a build writes. Twilio's library starts from data in memory: it reads no YAML and
checks nothing. ``python floors.py prepare BUILT DOCUMENTS`` makes DOCUMENTS from a build.
"""

import marshal
import os
import re
import sys
from pathlib import Path
from typing import Any

# A verb or noun: method, keyword arguments, text, children.
Node = tuple[str, dict[str, str], str | None, list[Any]]


def prepare(built: Path, documents: Path) -> None:
    """The documents of a build as plain data, and their sizes."""
    from xml.etree import ElementTree

    def snake(name: str) -> str:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()

    def node(element: ElementTree.Element) -> Node:
        arguments = {snake(name): value for name, value in element.attrib.items()}
        text = element.text if element.text and element.text.strip() else None
        return snake(element.tag), arguments, text, [node(child) for child in element]

    made = []
    for path in sorted(built.rglob("*.xml")):
        data = path.read_bytes()
        body = [node(child) for child in ElementTree.fromstring(data)]
        made.append((path.relative_to(built).as_posix(), len(data), body))
    documents.write_bytes(marshal.dumps(made))


def raw(source: Path, documents: list[tuple[str, int, list[Node]]], out: str) -> None:
    """Only libyaml's own parse, without a single Python object per value."""
    from yaml.cyaml import CParser

    for path in source.rglob("*.yaml"):
        CParser(path.read_bytes()).raw_parse()
    for name, size, _ in documents:
        write(f"{out}/{name}", b" " * size)


def twilio(documents: list[tuple[str, int, list[Node]]], out: str) -> None:
    """Every document through Twilio's library."""
    from twilio.twiml.voice_response import VoiceResponse

    def add(parent: Any, node: Node) -> None:
        method, arguments, text, children = node
        make = getattr(parent, method)
        made = make(**arguments) if text is None else make(text, **arguments)
        for child in children:
            add(made, child)

    for name, _, body in documents:
        response = VoiceResponse()
        for node in body:
            add(response, node)
        write(f"{out}/{name}", str(response).encode())


def write(path: str, data: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def main(mode: str, *places: str) -> None:
    if mode == "prepare":
        prepare(Path(places[0]), Path(places[1]))
        return
    documents = marshal.loads(Path(places[1]).read_bytes())
    if mode == "raw":
        raw(Path(places[0]), documents, places[2])
    else:
        twilio(documents, places[2])


if __name__ == "__main__":
    main(*sys.argv[1:])
