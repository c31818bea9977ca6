"""The command as a process: what it imports, and how it ends when its streams do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "compiler"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
HEAVY = {"yaml", "jinja2", "jsonschema"}


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
    )


def imported(*arguments: str) -> set[str]:
    """The modules that a run of the command imported."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "from twimlc.__main__ import main\n"
        "status = main()\n"
        "print(*sorted(set(sys.modules) - before), file=sys.stderr); sys.exit(status)"
    )
    done = python(code, *arguments)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def test_the_version_imports_nothing_but_itself() -> None:
    assert imported("--version") == {"twimlc", "twimlc.__main__", "twimlc.about"}
    assert imported("-V") == {"twimlc", "twimlc.__main__", "twimlc.about"}


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["build", "-h"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    modules = imported(*arguments)
    assert not modules & HEAVY
    assert "twimlc.findings.catalogue" not in modules


def test_the_package_imports_nothing_but_its_version() -> None:
    done = python("import sys, twimlc; print(sorted(m for m in sys.modules if 'twimlc' in m))")
    assert done.stdout == "['twimlc', 'twimlc.about']\n"


def test_module_and_version_agree() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "twimlc", "--version"],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=True,
    )
    assert done.stdout.startswith("twimlc ")
    assert done.stderr == ""


@pytest.mark.parametrize("arguments", ["explain", "explain 901"])
def test_a_reader_that_goes_away_is_no_fault(arguments: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "twimlc", *arguments.split()],
            stdout=writing,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line_and_3() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "twimlc", "explain"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr == "twimlc: No space left on device\n"


def test_closed_streams_are_no_fault() -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" -m twimlc explain 901 >&- 2>&-', sys.executable],
        env=ENVIRONMENT,
        check=False,
    )
    assert done.returncode == 0


def test_an_encoding_without_our_signs_stops_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "twimlc", "explain"],
        capture_output=True,
        env={**ENVIRONMENT, "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert done.returncode == 0
