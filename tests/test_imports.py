"""Which imports lead where: no circles, and no library that a sound flow does not need."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import twimlc

PACKAGE = Path(twimlc.__file__).parent

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


def test_files_import_each_other_in_one_direction() -> None:
    names = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in PACKAGE.rglob("*.py")
    }
    imports: dict[str, set[str]] = {}
    for name in names:
        file = PACKAGE.parent / Path(*name.split("."))
        text = (file / "__init__.py" if file.is_dir() else file.with_suffix(".py")).read_text()
        found = set()
        for node in ast.walk(ast.parse(text)):  # also what only type checkers import
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= inner & names or {node.module} & names
        imports[name] = found
    order = TopologicalSorter(imports)
    order.prepare()  # raises CycleError, which names the files, where there is a circle
    assert len(names) > 200
