"""Waiting for files to change: a folder in, one signal a change out.

With the package ``watchfiles`` the system tells of changes; without it the folder is looked
through once a second.
"""

import os
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

_IGNORED = frozenset({"node_modules", "__pycache__", "venv"})
_PAUSE = 1.0
_SETTLE = 0.05

Snapshot = dict[str, tuple[int, int]]
"""Time and size of every file, by path."""


def changes(root: Path, is_output: Callable[[str], bool]) -> Iterator[None]:
    """One item each time something under ``root`` has changed, but for what we built ourselves."""
    try:
        # By name, because the package is an extra that type checkers need not find.
        watchfiles = import_module("watchfiles")
    except ImportError:
        yield from poll(root, is_output)
        return
    for batch in watchfiles.watch(root, raise_interrupt=True):
        paths = (Path(path) for _, path in batch)
        if any(
            not is_output(str(path))
            and not any(part in _IGNORED or part.startswith(".") for part in _inside(path, root))
            for path in paths
        ):
            yield None


def _inside(path: Path, root: Path) -> tuple[str, ...]:
    resolved = root.resolve()
    return path.relative_to(resolved).parts if path.is_relative_to(resolved) else path.parts[-1:]


def poll(root: Path, is_output: Callable[[str], bool], pause: float = _PAUSE) -> Iterator[None]:
    """The same by looking."""
    before = snapshot(root, is_output)
    while True:
        time.sleep(pause)
        now = snapshot(root, is_output)
        if now == before:
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
