"""What twimlc is measured against: each mode is a whole program, as its rows in the table say.

    python yardsticks.py events SOURCE DOCUMENTS OUT     read YAML as PyYAML's events, write as much
    python yardsticks.py twilio DOCUMENTS OUT            the same documents by Twilio's library
    python yardsticks.py naive SOURCE OUT                safe_load, jsonschema.validate, a template
    python yardsticks.py careful SOURCE OUT              the same by libyaml, with one validator
    python yardsticks.py editor FLOW COMMAND...          until a language server has shown findings

``python yardsticks.py prepare BUILT DOCUMENTS`` makes DOCUMENTS, the documents of a build as data
in memory, for `events` and `twilio`. `naive` takes simple flows only (see workload.py).
"""

import functools
import json
import marshal
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).resolve().parents[1] / "schema" / "flow.schema.json"
TEMPLATE = """\
{%- macro write(steps) -%}
{%- for step in steps %}{% for verb, value in step.items() if verb not in ("allow", "fallback") -%}
{%- set fields = value if value is mapping else {"message": value} -%}
<{{ verb | title }}
{%- for name, field in fields.items() if name not in ("message", "prompt", "number") %}
 {{- " " }}{{ name }}="{{ field }}"{% endfor %}>
{{- fields.message }}{% if fields.number %}<Number>{{ fields.number }}</Number>{% endif %}
{{- write(fields.prompt or []) }}</{{ verb | title }}>
{%- endfor %}{{ write(step.fallback or []) }}{% endfor %}
{%- endmacro -%}
<?xml version="1.0" encoding="UTF-8"?>
<Response>{{ write(flow.steps) }}</Response>
"""


def prepare(built: str, documents: str) -> None:
    """A list of path, size and body; a node is method, arguments, text, children."""
    from xml.etree import ElementTree

    def snake(name: str) -> str:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()

    def node(element: ElementTree.Element) -> Any:
        arguments = {snake(name): value for name, value in element.attrib.items()}
        text = element.text if element.text and element.text.strip() else None
        return snake(element.tag), arguments, text, [node(child) for child in element]

    made = []
    for path in sorted(Path(built).rglob("*.xml")):
        body = [node(child) for child in ElementTree.fromstring(path.read_bytes())]
        made.append((path.relative_to(built).as_posix(), path.stat().st_size, body))
    Path(documents).write_bytes(marshal.dumps(made))


def events(source: str, documents: str, out: str) -> None:
    import gc

    from yaml import StreamEndEvent
    from yaml.cyaml import CParser

    gc.disable()  # as twimlc does
    for path in Path(source).rglob("*.yaml"):
        parser = CParser(path.read_bytes())
        while type(parser.get_event()) is not StreamEndEvent:
            pass
    for name, size, _ in marshal.loads(Path(documents).read_bytes()):
        write(f"{out}/{name}", b" " * size)


def twilio(documents: str, out: str) -> None:
    from twilio.twiml.voice_response import VoiceResponse

    def add(parent: Any, node: Any) -> None:
        method, arguments, text, children = node
        make = getattr(parent, method)
        made = make(**arguments) if text is None else make(text, **arguments)
        for child in children:
            add(made, child)

    for name, _, body in marshal.loads(Path(documents).read_bytes()):
        response = VoiceResponse()
        for node in body:
            add(response, node)
        write(f"{out}/{name}", str(response).encode())


def naive(source: str, out: str, loader: str = "SafeLoader") -> None:
    import click
    import jinja2
    import jsonschema
    import yaml

    @click.command
    def build() -> None:
        schema = json.loads(SCHEMA.read_bytes())
        template = jinja2.Environment(autoescape=True).from_string(TEMPLATE)
        if loader == "SafeLoader":
            validate = functools.partial(jsonschema.validate, schema=schema)
        else:
            validate = jsonschema.validators.validator_for(schema)(schema).validate
        for path in sorted(Path(source).rglob("*.yaml")):
            flow = yaml.load(path.read_bytes(), Loader=getattr(yaml, loader))
            validate(flow)
            write(f"{out}/{path.stem}/index.xml", template.render(flow=flow).encode())

    build(args=(), standalone_mode=False)


def careful(source: str, out: str) -> None:
    naive(source, out, "CSafeLoader")


def editor(flow: str, *command: str) -> None:
    import subprocess

    path = Path(flow).resolve()
    document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": path.read_text()}
    messages: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": {"processId": None, "capabilities": {}}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
    ]
    messages[0]["params"]["rootUri"] = path.parent.as_uri()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as server:  # type: ignore[call-overload]
        for message in messages:
            data = json.dumps({"jsonrpc": "2.0", **message}).encode()
            server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        server.stdin.flush()
        answer = b""
        while b"textDocument/publishDiagnostics" not in answer:
            more = os.read(server.stdout.fileno(), 1 << 16)
            if not more:
                raise SystemExit("the server ended without findings")
            answer += more
        server.kill()


def write(path: str, data: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


MODES: dict[str, Callable[..., None]] = {
    mode.__name__: mode for mode in (prepare, events, twilio, naive, careful, editor)
}

if __name__ == "__main__":
    MODES[sys.argv[1]](*sys.argv[2:])
