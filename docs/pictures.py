"""Pictures of the documentation: example flows come in, their pictures and screenshots go out.

``python docs/pictures.py`` (make pictures) takes the screenshots whose inputs have changed, in
Debian's Chromium (Debian: chromium; PyPI: playwright). ``digests.json`` holds what each was taken
of: a digest over the page, the data, the moment, the size and the theme. The pictures of flows
are written by ``docs/generate.py``.
"""

import json
import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from twimlc.pipeline import Options
from twimlc.preview.html import exported
from twimlc.preview.lines import Workshop
from twimlc.preview.show import EMBEDDED, Show, Sounds

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
DIGESTS = FOLDER / "digests.json"


class Shot(NamedTuple):
    """A moment of a flow in a window."""

    flow: str
    moment: str
    width: int
    height: int
    theme: str

    @property
    def name(self) -> str:
        return f"{self.flow}-{self.width}-{self.theme}.png"


SHOTS = (
    Shot("office", "#office/1", 1280, 760, "light"),
    Shot("front-desk", "#front-desk/open", 1280, 760, "dark"),
    Shot("find-me", "#find-me/", 390, 760, "light"),
)


def data_of(*flows: str) -> dict[str, Any]:
    """What a preview of flows shows; none are all."""
    show = Show(Workshop(Options(cwd=ROOT, write=False), flows))
    show.look()
    return show.data(Sounds(EMBEDDED, inline=True), title="twimlc")


def examples() -> list[dict[str, Any]]:
    """The example flows as a preview has them."""
    return data_of()["flows"]


def examples_page(notice: str) -> str:
    """The page that shows each example flow."""
    lines = [notice, "", "# Example flows", ""]
    lines += [
        "Copy one with `twimlc init my-line --from NAME`, and play it: `twimlc preview NAME`.",
        "",
    ]
    for flow in examples():
        name = flow["flow"]
        text = (ROOT / "flows" / f"{name}.yaml").read_text(encoding="utf-8")
        remarks = re.match(r"(?:#[^\n]*\n)*", text)
        said = [
            line[2:]
            for line in (remarks[0] if remarks else "").splitlines()
            if "$schema" not in line
        ]
        lines += [f"## {name}", "", flow["description"], "", " ".join(said), ""]
        lines += [f"![The places of {name}, and the ways between them](pictures/{name}.svg)", ""]
        lines += [f"[The flow](../flows/{name}.yaml)" + _tests(name), ""]
    return "\n".join(lines).rstrip() + "\n"


def _tests(name: str) -> str:
    there = (ROOT / "flows" / f"{name}.test.yaml").is_file()
    return f", [its calls](../flows/{name}.test.yaml)" if there else ""


def digest(shot: Shot) -> str:
    """What a screenshot is taken of."""
    whole = exported(data_of(shot.flow))
    return sha256("\n".join([whole, *map(str, shot)]).encode()).hexdigest()


def stale() -> list[Shot]:
    """The screenshots that are missing, or taken of something else."""
    known = json.loads(DIGESTS.read_text(encoding="utf-8")) if DIGESTS.is_file() else {}
    there = [shot for shot in SHOTS if (FOLDER / shot.name).is_file()]
    return [shot for shot in SHOTS if shot not in there or known.get(shot.name) != digest(shot)]


def take(shots: list[Shot]) -> None:
    """Take screenshots, and write down what of."""
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as name, sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for shot in shots:
            file = Path(name) / f"{shot.flow}.html"
            file.write_text(exported(data_of(shot.flow)), encoding="utf-8")
            size = {"width": shot.width, "height": shot.height}
            page = browser.new_page(viewport=size, color_scheme=shot.theme, reduced_motion="reduce")
            page.goto(f"{file.as_uri()}{shot.moment}")
            page.screenshot(path=FOLDER / shot.name)
            print(f"took docs/pictures/{shot.name}")
        browser.close()
    whole = {shot.name: digest(shot) for shot in SHOTS}
    DIGESTS.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Take what is stale; with ``--check`` only name it."""
    found = stale()
    if "--check" in sys.argv[1:]:
        for shot in found:
            print(f"docs/pictures/{shot.name} is stale: run make pictures")
        return 1 if found else 0
    if found:
        take(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
