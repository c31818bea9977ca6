"""``twimlc watch``: build, and build again on change, until ctrl-c.

With the package ``watchfiles`` the system reports changes; without it the folder is looked through
once a second.
"""

import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twimlc.cli import CLEAN
from twimlc.cli.command import fault
from twimlc.cli.options import Given, command_with
from twimlc.cli.present import Reporter
from twimlc.cli.streams import say, write
from twimlc.report.counting import sum_up
from twimlc.text import count

if TYPE_CHECKING:
    from twimlc.pipeline import Result  # for annotations alone

_IGNORED = frozenset({"node_modules", "__pycache__", "venv"})
_PAUSE = 1.0
_SETTLE = 0.05
_FIRST = 500
"""Milliseconds until what the system may not have reported is looked for."""

Snapshot = dict[str, tuple[int, int]]
"""Time and size of every file, by path."""


@command_with("input", "params", "config", "folder", "store", "report", "terminal")
def watch(given: Given) -> int:
    """Build again whenever a file changes.

    A build that fails leaves the last good one in place. Ctrl-c ends it.
    """
    if "-" in given.paths:
        raise click.UsageError("standard input cannot be watched")
    try:
        # Loading the pipeline takes long; ``--help`` goes without it.
        from twimlc import pipeline

        options = replace(given.options(), found={})
        config = pipeline.project_file(options)
        # Everything that a project is made of lies in its folder.
        root = Path.cwd() if config is None else Path(os.path.realpath(config)).parent
        watched = Watched(build=lambda: pipeline.build(options), reporter=Reporter(given))
        signals = changes(root, watched.is_output)
        watched.round(first=True)
        if not given.quiet:
            say(f"watching {root}; ctrl-c ends")
        watched.follow(signals)
    except KeyboardInterrupt:
        say("")
    return CLEAN


@dataclass(slots=True)
class Watched:
    """A build that is repeated, and the folders that it writes."""

    build: "Callable[[], Result]"
    reporter: Reporter
    folders: set[str] = field(default_factory=set)

    def follow(self, signals: Iterable[None]) -> None:
        """Build once for each signal."""
        for _ in signals:
            self.round()

    def round(self, *, first: bool = False) -> None:
        """Build once and say in one line how it went."""
        started = time.perf_counter()
        try:
            result = self.build()
        except Exception as error:
            # What is wrong from the start is reported at once; later a file may just be half saved.
            if first:
                raise
            say(f"twimlc: {fault(error)}")
            return
        self.folders |= {os.path.abspath(target.folder) for target in result.targets}
        self.reporter.show(result.findings)
        self.reporter.faults(result.faults)
        write(f"{summary(result)} in {time.perf_counter() - started:.2f} s\n")
        # The command runs without the collector; between two builds there is time for it.
        gc.collect()

    def is_output(self, path: str) -> bool:
        """Whether a path lies in what the build itself writes."""
        path = os.path.abspath(path)
        return any(path == folder or path.startswith(folder + os.sep) for folder in self.folders)


def summary(result: "Result") -> str:
    """One line about a build: ``built plain (12 documents, 3 changed)``."""
    parts = []
    for target in result.targets:
        if target.built:
            documents = count(target.documents, "document")
            parts.append(f"built {target.name} ({documents}, {target.written:,} changed)")
        else:
            parts.append(
                f"{target.name} " + ("keeps its last build" if target.again else "not built")
            )
    if result.findings or not parts:
        parts.append(sum_up(result.findings))
    return "; ".join(parts)


def changes(root: Path, is_output: Callable[[str], bool]) -> Iterator[None]:
    """One item each time something under ``root`` has changed, but for what we built ourselves.

    What is saved between this call and the first item asked for counts.
    """
    before = snapshot(root, is_output)
    try:
        # By name, because the package is an extra that type checkers need not find.
        watchfiles = import_module("watchfiles")
    except ImportError:
        return poll(root, is_output, before)
    batches = watchfiles.watch(
        root, raise_interrupt=True, rust_timeout=_FIRST, yield_on_timeout=True
    )
    return _reported(batches, root, is_output, before)


def _reported(
    batches: Iterable[Iterable[tuple[Any, str]]],
    root: Path,
    is_output: Callable[[str], bool],
    before: Snapshot,
) -> Iterator[None]:
    for number, batch in enumerate(batches):
        paths = [Path(path) for _, path in batch]
        known = {path: state for path, state in before.items() if not is_output(path)}
        if (number == 0 and snapshot(root, is_output) != known) or any(
            not is_output(str(path))
            and not any(part in _IGNORED or part.startswith(".") for part in _inside(path, root))
            for path in paths
        ):
            yield None


def _inside(path: Path, root: Path) -> tuple[str, ...]:
    resolved = root.resolve()
    return path.relative_to(resolved).parts if path.is_relative_to(resolved) else path.parts[-1:]


def poll(
    root: Path, is_output: Callable[[str], bool], before: Snapshot, pause: float = _PAUSE
) -> Iterator[None]:
    """The same by looking."""
    while True:
        now = snapshot(root, is_output)
        if now == {path: state for path, state in before.items() if not is_output(path)}:
            time.sleep(pause)
            continue
        # An editor may still be writing: wait until two looks agree.
        time.sleep(min(pause, _SETTLE))
        before = snapshot(root, is_output)
        yield None


def snapshot(root: Path, is_output: Callable[[str], bool]) -> Snapshot:
    """The state of every file under ``root``; hidden folders and our output are left out."""
    found: Snapshot = {}
    folders = [str(root)]
    while folders:
        try:
            entries = list(os.scandir(folders.pop()))
        except OSError:
            continue
        for entry in entries:
            if entry.name.startswith(".") or entry.name in _IGNORED or is_output(entry.path):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    state = entry.stat()
                    found[entry.path] = (state.st_mtime_ns, state.st_size)
            except OSError:
                continue
    return found
