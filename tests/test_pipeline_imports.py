"""Libraries that a sound flow does not need are not imported for it."""

import subprocess
import sys
from pathlib import Path

CODE = (
    "import sys; from pathlib import Path; from twimlc import pipeline\n"
    "options = pipeline.Options(cwd=Path(sys.argv[1]))\n"
    "result = pipeline.check(options)\n"
    "print(len(result.findings), *{'jinja2', 'jsonschema'} & set(sys.modules))"
)


def checked(folder: Path, flow: str) -> str:
    (folder / "twimlc.yaml").write_text("targets: {plain: {host: static}}\n")
    (folder / "flows").mkdir()
    (folder / "flows" / "notice.yaml").write_text(flow)
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(folder)], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_sound_flow_is_checked_without_them(tmp_path: Path) -> None:
    assert checked(tmp_path, "steps:\n  - say: We are closed.\n  - hangup\n") == "0"


def test_a_plain_dial_rests_on_nothing_that_has_to_be_walked(tmp_path: Path) -> None:
    flow = "steps:\n  - dial: +14155550100\n  - hangup\n"
    assert checked(tmp_path, flow) == "0"


def test_jsonschema_finds_the_place_of_what_is_wrong(tmp_path: Path) -> None:
    assert checked(tmp_path, "steps:\n  - say: {words: Hello}\n") == "1 jsonschema"
