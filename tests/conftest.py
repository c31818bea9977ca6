"""Options of the whole test run, how much of a sweep it takes, and the command as fixtures.

What installs something, starts a server, an engine or an editor's process, or takes long, is marked ``slow``.
What tries many random or made-up cases is marked ``sweep``: a run takes a sample of it, and all of
it with ``--sweep``.
"""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from command_line import Command, Phone
from twimlc.cli.command import run

# The many processes that tests start would each compile the package anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Write what the compiler gives now as what tests/golden expects.",
    )
    parser.addoption("--sweep", action="store_true", help="Try all of every sweep, not a sample.")


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("sample", max_examples=60, deadline=None)
    settings.register_profile("sweep", max_examples=1000, deadline=None)
    settings.load_profile("sweep" if config.getoption("--sweep") else "sample")


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def sweep(request: pytest.FixtureRequest) -> bool:
    """Whether a test with a count of its own takes all of it."""
    return bool(request.config.getoption("--sweep"))


@pytest.fixture(scope="session", autouse=True)
def _no_settings() -> Iterator[None]:
    """Nothing that somebody has set for the command reaches a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TWIMLC_DEBUG", "TWIMLC_TARGET", "TWIMLC_FORMAT", "NO_COLOR", "FORCE_COLOR"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """``command("check", "flows")``: the status, standard output and standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return call


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch, command: Command, tmp_path: Path) -> Phone:
    """``phone("1\\n", "standup", "-q")``: a call on a pipe, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(typed: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        return command("call", *arguments)

    return call


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test with ``sweep(n)``, one in n of its cases stays; a case that is named stays."""
    if config.getoption("--sweep") or any("::" in arg for arg in config.args):
        return
    seen: dict[str, int] = {}
    kept, left = [], []
    for item in items:
        mark = item.get_closest_marker("sweep")
        one_in = mark.args[0] if mark and mark.args else 1
        name = item.nodeid.partition("[")[0]
        number = seen[name] = seen.get(name, -1) + 1
        (left if number % one_in else kept).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept
