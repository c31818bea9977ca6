"""docs/architecture.md names files, functions and tests that exist."""

import ast
import re
from pathlib import Path

import pytest

import twimlc

ROOT = Path(__file__).parent.parent
PACKAGE = Path(twimlc.__file__).parent
PAGE = (ROOT / "docs" / "architecture.md").read_text()
NAMED = sorted(set(re.findall(r"`([a-z_/]+\.(?:py|md))(?: ([A-Za-z_]+))?`", PAGE)))


def names_in(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_what_it_names_exists(path: str, name: str) -> None:
    places = [PACKAGE / path, ROOT / path, *PACKAGE.glob(f"hosts/*/{path}")]
    places += PACKAGE.glob(f"vocabulary/{path}")
    file = next((place for place in places if place.is_file()), None)
    assert file is not None
    assert not name or name in names_in(file)


def test_every_room_is_in_the_picture() -> None:
    picture = PAGE.partition("```text")[2].partition("```")[0]
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    rooms = {room for room in rooms if not room.startswith("_")}
    assert len(rooms) > 15
    assert rooms <= set(re.findall(r"[a-z]+", picture))
