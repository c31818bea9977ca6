"""A verb is its row: nothing but flows that use it misses one that is taken out of the vocabulary."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "compiler" / "twimlc"
TAKEN = ("Pay", "Enqueue", "Refer")
NAMED = re.compile(rf"\b(?:(?:{'|'.join(TAKEN)})\b|(?:{'|'.join(TAKEN).lower()}):)")
USERS = ("payment", "support-queue")
"""The example flows that use them."""

GENERATE = """
import json, pathlib
from twimlc.formats.flow_file import flow_schema
pathlib.Path("schema/flow.schema.json").write_text(json.dumps(flow_schema()), "utf-8")
"""


def _words(path: Path) -> Iterator[str]:
    """The texts of a file that are no docstrings, and its names."""
    tree = ast.parse(path.read_text("utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in silent:
                yield node.value
        else:
            yield from (getattr(node, part, None) or "" for part in ("id", "attr", "arg", "asname"))
            if not isinstance(node, ast.ImportFrom | ast.alias):
                yield getattr(node, "name", None) or ""


def _names_one(text: str) -> bool:
    parts = re.sub("(?<=[a-z])(?=[A-Z])", "_", text) if text[:1].isupper() else text
    return bool(
        NAMED.search(text)
        or not {name.lower() for name in TAKEN}.isdisjoint(parts.lower().split("_"))
    )


def test_no_other_file_names_them() -> None:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        place = path.relative_to(PACKAGE)
        if place.parts[0] not in ("vocabulary", "findings") and any(map(_names_one, _words(path))):
            found.add(place.as_posix())
    assert found == set()


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose vocabulary does not know them."""
    copy = tmp_path_factory.mktemp("without")
    for name in ("compiler", "flows", "schema"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in USERS:
        for path in (copy / "flows").glob(f"{name}.*"):
            path.unlink()
    project = (ROOT / "twimlc.yaml").read_text("utf-8")
    lines = [line for line in project.splitlines() if line.strip("- ") not in USERS]
    (copy / "twimlc.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    voice = copy / "compiler" / "twimlc" / "vocabulary" / "voice.py"
    text = voice.read_text("utf-8")
    for name in TAKEN:
        text, rows = re.subn(rf'    Element\("{name}",.*?\n    \),\n', "", text, flags=re.S)
        assert rows == 1
        text = re.sub(rf', "{name}"|"{name}", ', "", text)
    voice.write_text(text, "utf-8")
    _python(copy, "-c", GENERATE)
    return copy


def _python(copy: Path, *arguments: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(copy / "compiler")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy, env=env, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_what_is_left_compiles_and_is_proven(without: Path) -> None:
    told = _python(without, "-m", "twimlc", "build", "--target", "nginx", "--target", "bins")
    assert "error" not in told
    assert any((without / "build" / "nginx").rglob("*.xml"))


def test_what_is_left_plays(without: Path) -> None:
    (without / "flows" / "meeting-code.test.yaml").unlink()  # another target builds its flow
    told = _python(without, "-m", "twimlc", "test", "--target", "nginx")
    assert "all as expected" in told
