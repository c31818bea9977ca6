"""Ways to build come in; out goes what is not the same, byte for byte.

Each way builds over a copy of the same earlier build, whose flows have changed since: versions are
kept beside new ones. The findings have to be the same, too.
"""

import re
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from measure import TWIMLC, Bench, Project


@dataclass(frozen=True)
class Way:
    """``store`` names an earlier way, from whose store this one builds."""

    name: str
    options: tuple[str, ...] = ()
    store: str = ""


def differences(bench: Bench, project: Project, ways: list[Way]) -> dict[str, list[str]]:
    """For each way the paths that differ from those of the first, which gives its own paths.

    A way is left out if a build keeps nothing in the store that it needs.
    """
    root = project.root
    bench.call(*TWIMLC, "build", "-q", folder=root)
    shutil.rmtree(root / ".twimlc", ignore_errors=True)
    before = contents(root)
    for path in sorted((root / "flows").rglob("*.yaml")):
        text = re.sub(r"\b(We|For|Nobody)\b", r"\1 now", path.read_text("utf-8"))
        path.write_text(text, encoding="utf-8")
    folders = {way.name: root.with_name(f"{root.name}-{n}") for n, way in enumerate(ways)}
    made = {}
    for way in ways:
        folder, store = folders[way.name], folders.get(way.store, root) / ".twimlc"
        if way.store and not store.exists():
            continue
        shutil.copytree(root, folder)
        if way.store:
            shutil.copytree(store, folder / ".twimlc")
        said = bench.call(*TWIMLC, "build", "--format", "json", *way.options, folder=folder)
        made[way.name] = {**contents(folder), "(findings)": said}
    first = made[ways[0].name]
    if len(first) <= len(before) + 1:
        raise SystemExit(f"{root.name}: no earlier version was kept")
    found = {
        name: sorted(path for path in first | other if first.get(path) != other.get(path))
        for name, other in made.items()
    }
    return {**found, ways[0].name: sorted(first)}


def contents(root: Path) -> dict[str, str]:
    """The digests of all that was built."""
    files = (path for path in (root / "build").rglob("*") if path.is_file())
    return {str(path.relative_to(root)): sha256(path.read_bytes()).hexdigest() for path in files}
