"""The published schemas: a name comes in, the text of its file goes out."""

from pathlib import Path

NAMES = ("flow", "project", "manifest", "report", "script", "plan", "preview")


def schema_text(name: str) -> str:
    """The text of ``NAME.schema.json``, from the package or, in a checkout, from beside it."""
    if name not in NAMES:
        raise ValueError(f"unknown schema {name!r}")
    return schema_path(name).read_text(encoding="utf-8")


def schema_path(name: str) -> Path:
    """Where ``NAME.schema.json`` lies."""
    package = Path(__file__).parent.parent
    packed = package / "_schema" / f"{name}.schema.json"
    if packed.is_file():
        return packed
    return package.parent.parent / "schema" / f"{name}.schema.json"
