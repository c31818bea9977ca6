"""The published schemas in programs that others validate with: check-jsonschema and ajv.

ajv comes from npm; ``TWIMLC_ENGINES`` names the folder in which it is installed. What editors make
of the schemas is in ``test_editor_schema``.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from test_hosts_bin_engines import FOLDER, NODE
from twimlc.formats.validator import NAMES

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = {name: ROOT / "schema" / f"{name}.schema.json" for name in NAMES}
SCRIPTS = sorted((ROOT / "flows").rglob("*.test.yaml"))
FLOWS = sorted({*(ROOT / "flows").rglob("*.yaml")} - {*SCRIPTS})
RIGHT = {"flow": FLOWS, "script": SCRIPTS, "project": [ROOT / "twimlc.yaml"]}
DIALED = "steps: [{dial: {number: '+14155550100', %s}}]\n"
WRONG = [
    ("flow", DIALED % "timout: 20", "steps[0].dial"),
    ("flow", DIALED % "timeout: soon", "steps[0].dial.timeout"),
    ("flow", DIALED % "recordingStatusCallbackEvent: in-progres", "steps[0].dial.record"),
    ("flow", "flow: Front Desk\nsteps: [hangup]\n", "flow"),
    ("project", "targets: {web: {host: ngnix}}\n", "targets.web.host"),
    ("script", "calls: [{name: A caller, steps: 3}]\n", "calls[0]"),
]

takes_ajv = pytest.mark.skipif(
    NODE is None or not (Path(FOLDER) / "node_modules" / "ajv").is_dir(),
    reason="NOT TESTED: the schemas in ajv; it takes node, and npm install --prefix .cache/engines ajv@8",
)


def check_jsonschema(*arguments: str | Path) -> tuple[int, Any]:
    command = [sys.executable, "-m", "check_jsonschema", "-o", "json", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def ajv(name: str, files: dict[str, Any]) -> dict[str, list[str]]:
    """By the names of ``files``, places at which ajv refuses them."""
    asked = json.dumps(
        {"schema": json.loads(SCHEMAS[name].read_bytes()), "files": files}, default=str
    )  # editors read days as text
    command = [str(NODE), str(ROOT / "tests" / "schemas.js"), FOLDER]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_the_schemas_fit_their_own_schema() -> None:
    assert {*(ROOT / "schema").iterdir()} == {*SCHEMAS.values()}
    status, answer = check_jsonschema("--check-metaschema", *SCHEMAS.values())
    assert (status, answer["errors"]) == (0, [])


@pytest.mark.parametrize("name", RIGHT)
def test_check_jsonschema_accepts_the_examples(name: str) -> None:
    assert RIGHT[name]
    status, answer = check_jsonschema("--schemafile", SCHEMAS[name], *RIGHT[name])
    assert (status, answer["errors"]) == (0, [])


@pytest.mark.parametrize(("name", "text", "place"), WRONG)
def test_check_jsonschema_refuses_what_is_wrong(
    name: str, text: str, place: str, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    status, answer = check_jsonschema("--schemafile", SCHEMAS[name], file)
    assert status == 1
    assert any(error["path"].startswith(f"$.{place}") for error in answer["errors"])


@takes_ajv
@pytest.mark.parametrize("name", NAMES)
def test_ajv_accepts_the_schemas_and_the_examples(name: str) -> None:
    files = {path.name: yaml.safe_load(path.read_bytes()) for path in RIGHT.get(name, ())}
    assert ajv(name, files) == {file: [] for file in files}


@takes_ajv
def test_ajv_refuses_what_is_wrong() -> None:
    for name, text, place in WRONG:
        found = ajv(name, {"wrong": yaml.safe_load(text)})["wrong"]
        pointer = "/" + place.replace("[", "/").replace("]", "").replace(".", "/")
        assert any(at.startswith(pointer) for at in found), (text, found)
