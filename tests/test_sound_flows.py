"""Flows as shops write them, in many languages, with nothing wrong: nothing may be found in them.

The first line of each file names the hosts that it is for.
"""

from pathlib import Path

import pytest

from compiled import make

FLOWS = sorted((Path(__file__).parent / "sound_flows").glob("*.yaml"))


def _targets(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# targets: ").split()


CASES = [(path, target) for path in FLOWS for target in _targets(path)]


@pytest.mark.parametrize(("path", "target"), CASES, ids=[f"{p.stem}-{t}" for p, t in CASES])
def test_nothing_is_found(path: Path, target: str) -> None:
    project = f"targets:\n  {target}: {{host: {target}, apology: SOS.}}\n"  # in any language
    files = {"f.yaml": path.read_bytes(), "chime.wav": b"RIFF", "twimlc.yaml": project}
    made = make(files=files, target=target)
    assert made.slugs == [], made.words


def test_there_are_many_of_them() -> None:
    assert len(FLOWS) >= 60
    assert {target for _, target in CASES} >= {"static", "nginx", "twiml-bin"}
