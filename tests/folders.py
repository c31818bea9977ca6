"""Folders of files for tests: texts and bytes by path come in, and go out again."""

from collections.abc import Mapping
from pathlib import Path


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """The folder, with these files in it; a lone surrogate in a text becomes its bytes."""
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = content.encode("utf-8", "surrogatepass")
        file.write_bytes(content)
    return folder


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path, in the order of paths; none that a link leads to."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
