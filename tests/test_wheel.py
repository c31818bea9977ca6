"""What is installed holds all that the command reads: templates, schemas and the pages of rules."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
MISSING = "Could not find a version that satisfies"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as its wheel holds it, far from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    made = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    if MISSING in made.stderr:
        pytest.skip(f"the build backend could not be installed: {made.stderr[-300:]}")
    assert made.returncode == 0, made.stderr
    (wheel,) = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "unknown-state"), "Wrong:"),
        (("schema", "flow"), "json-schema.org"),
        (("schema", "manifest"), "json-schema.org"),
        (("build", "-t", "nginx"), "nginx"),
        (("init", "new", "--from", "room-pin"), "_components/room-attempt.yaml"),
        (("init", "new", "--from", "conference"), "media/chime.wav"),
        (("init", "new", "--from", "store"), "flows/stores.csv"),
    ],
)
def test_the_wheel_is_whole(
    installed: Path, arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "hello.yaml").write_text("steps:\n  - say: Hello.\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "twimlc", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert words in told
    assert "See https" not in told  # what a page that is not there leaves
