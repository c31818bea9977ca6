"""Which imports lead where: no circles, and no library that a sound flow does not need."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import twimlc

PACKAGE = Path(twimlc.__file__).parent

CODE = """
import sys
before = set(sys.modules)  # what measures coverage brings modules of its own
from pathlib import Path
from twimlc import pipeline
result = pipeline.check(pipeline.Options(cwd=Path(sys.argv[1])))
costly = {'jinja2', 'jsonschema', 'hashlib', 'twimlc.formats.faults'} & (set(sys.modules) - before)
print(len(result.findings), *sorted(costly))
"""
WORK = """
import dataclasses, re, sys
from pathlib import Path
compiled, compile = [], re.compile
def recorded(pattern, flags=0):
    file = Path(sys._getframe(1).f_code.co_filename).as_posix()
    if "/twimlc/" in file:
        compiled.append(pattern)
    return compile(pattern, flags)
re.compile = recorded
from twimlc import pipeline
at_import = len(compiled)
result = pipeline.check(pipeline.Options(cwd=Path(sys.argv[1])))
names = sum("sterntaste" in pattern for pattern in compiled)
own = [module for name, module in sys.modules.items() if name.partition(".")[0] == "twimlc"]
records = {value for each in own for value in vars(each).values() if isinstance(value, type)}
records = [each for each in records if dataclasses.is_dataclass(each)]
print(len(result.findings), at_import, names, len(own), len(records))
"""


def checked(folder: Path, flow: str, code: str = CODE) -> str:
    target = "{host: nginx, url: https://voice.example.com/ivr}"
    (folder / "twimlc.yaml").write_text(f"targets: {{web: {target}}}\n")
    (folder / "flows").mkdir()
    (folder / "flows" / "notice.yaml").write_text(flow)
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_sound_flow_is_checked_without_them(tmp_path: Path) -> None:
    assert checked(tmp_path, "steps:\n  - say: We are closed.\n  - hangup\n") == "0"


def test_a_plain_dial_rests_on_nothing_that_has_to_be_walked(tmp_path: Path) -> None:
    flow = "steps:\n  - dial: +14155550100\n  - hangup\n"
    assert checked(tmp_path, flow) == "0"


def test_jsonschema_finds_the_place_of_what_is_wrong(tmp_path: Path) -> None:
    found = checked(tmp_path, "steps:\n  - say: {words: Hello}\n").split()
    assert found[0] == "1"
    assert {"jsonschema", "twimlc.formats.faults"} <= {*found}


MENU = """\
states:
  main:
    - menu: {prompt: "For sales, press 1. For service, press 2.", choices: {1: sales, 2: sales}}
      fallback: sales
  sales: [say: We are closed., hangup]
"""


@pytest.mark.parametrize(
    ("flow", "names"),
    [
        ("steps:\n  - say: We are closed.\n  - hangup\n", 0),
        (MENU, 2),  # of five: told alone, and after another
    ],
)
def test_a_start_makes_little(tmp_path: Path, flow: str, names: int) -> None:
    """Modules, records and patterns cost a start more than checking a small flow does."""
    findings, at_import, *made = map(int, checked(tmp_path, flow, WORK).split())
    assert (findings, at_import) == (0, 0)
    with_names, modules, records = made
    assert with_names == names
    assert modules <= 160
    assert records <= 74


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
