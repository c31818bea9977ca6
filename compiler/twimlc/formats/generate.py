"""Writes JSON Schemas: the vocabulary comes in, files in ``schema/`` go out.

``python -m twimlc.formats.generate`` writes them, ``--check`` only tells whether they are stale.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twimlc.formats.flow_file import flow_schema
from twimlc.formats.project_file import project_schema
from twimlc.formats.script_file import script_schema

FOLDER = Path(__file__).parents[3] / "schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema that follows from tables; those of a manifest and a report are kept by hand."""
    return {"flow": flow_schema(), "project": project_schema(), "script": script_schema()}


def texts() -> dict[str, str]:
    """What each file of ``schema/`` must hold. Order is kept: editors offer keys in it."""
    return {
        f"{name}.schema.json": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        for name, schema in schemas().items()
    }


def stale(folder: Path = FOLDER) -> list[str]:
    """The files of ``folder`` that are missing or differ from what would be written."""
    return [
        name
        for name, text in texts().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str], folder: Path = FOLDER) -> int:
    """Write the files, or with ``--check`` name the stale ones and exit with 1."""
    names = stale(folder)
    if "--check" in arguments:
        for name in names:
            print(f"{folder.name}/{name} is stale: run python -m twimlc.formats.generate")
        return 1 if names else 0
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(texts()[name].encode())
        print(f"wrote {folder.name}/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
