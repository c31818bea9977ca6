"""The published schema in the language server for YAML that editors use, over stdio.

It comes from npm; `npm install --prefix FOLDER yaml-language-server` puts it where
TWIMLC_EDITOR_SERVERS (a folder) says, ~/.cache/twimlc-npm otherwise.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from editor_client import Client, editor, place

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("TWIMLC_EDITOR_SERVERS") or Path.home() / ".cache" / "twimlc-npm")
SERVER = FOLDER / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        NODE is None or not SERVER.is_file(),
        reason=f"NOT TESTED: the schema in an editor; it takes node, and npm install --prefix {FOLDER} yaml-language-server",
    ),
]

HEAD = f"# yaml-language-server: $schema={(ROOT / 'schema' / 'flow.schema.json').as_uri()}\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("editor")
    with editor(folder, [str(NODE), str(SERVER), "--stdio"]) as client:
        client.start(folder)
        yaml = {
            "validate": True,
            "completion": True,
            "hover": True,
            "schemaStore": {"enable": False},
        }
        client.notify("workspace/didChangeConfiguration", settings={"yaml": yaml})
        yield client


def flow(tmp_path: Path, steps: str) -> tuple[Path, str]:
    return tmp_path / "flow.yaml", f"{HEAD}steps:\n{steps}"


def labels(answer: dict | list) -> set[str]:
    items = answer["items"] if isinstance(answer, dict) else answer
    return {item["label"] for item in items}


def test_completion_inside_dial(client: Client, tmp_path: Path) -> None:
    path, text = flow(tmp_path, "  - dial:\n      number: +14155550100\n      \n")
    client.open(path, text)
    found = labels(client.at("completion", path, 4, 6))
    assert {"callerId", "timeout", "hangupOnStar", "record", "client"} <= found
    assert not {"say", "goto", "numDigits"} & found


def test_completion_of_verbs_and_of_values(client: Client, tmp_path: Path) -> None:
    path, text = flow(tmp_path, "  - \n")
    client.open(path, text)
    assert {"say", "dial", "connect", "menu", "goto"} <= labels(client.at("completion", path, 2, 4))
    path, text = flow(
        tmp_path / "values", "  - dial:\n      number: +14155550100\n      record: \n"
    )
    client.open(path, text)
    assert "record-from-answer-dual" in labels(client.at("completion", path, 4, 14))


def test_hover_on_participant_identity(client: Client, tmp_path: Path) -> None:
    path, text = flow(
        tmp_path, "  - connect: {room: {name: standup, participantIdentity: phone}}\n"
    )
    client.open(path, text)
    answer = client.at("hover", path, *place(text, "participantIdentity"))
    assert "removes the first" in json.dumps(answer["contents"])


def test_a_typo_is_told_and_a_right_flow_is_not(client: Client, tmp_path: Path) -> None:
    path, text = flow(tmp_path, "  - dial: {number: +14155550100, timout: 20}\n")
    client.open(path, text)
    found = client.diagnostics(path)
    assert [d for d in found if "timout" in d["message"]]
    right = tmp_path / "right.yaml"
    client.open(right, text.replace("timout", "timeout"))
    assert client.diagnostics(right) == []


def test_every_example_is_clean_in_an_editor(client: Client, tmp_path: Path) -> None:
    files = [ROOT / "twimlc.yaml", *sorted((ROOT / "flows").rglob("*.yaml"))]
    for number, file in enumerate(files):
        script = file.name.endswith(".test.yaml")
        name = "project" if file.parent == ROOT else "script" if script else "flow"
        body = file.read_text(encoding="utf-8").splitlines(True)
        head = HEAD.replace("/flow.", f"/{name}.")
        path = tmp_path / f"{number}.yaml"
        client.open(path, head + "".join(line for line in body if "$schema=" not in line))
        assert client.diagnostics(path) == [], file


@pytest.mark.parametrize(
    ("name", "text"), [("project", "tagets: {}\n"), ("script", "calls: []\ncals: []\n")]
)
def test_the_other_schemas_tell_a_typo(
    client: Client, tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / f"{name}.yaml"
    client.open(path, HEAD.replace("/flow.", f"/{name}.") + text)
    assert client.diagnostics(path)
