"""The page: its parts joined in one order, for the server and for a file by itself."""

import json
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from twimlc.preview.data import Json

MODULES = (
    *("data.js", "call.js", "script.js", "picture.js", "panels.js", "phone.js", "aloud.js"),
    "page.js",
)
"""The modules of the page, without ``import`` lines between them, in the order of joining."""

_FOLDER = Path(__file__).parent / "page"
_SLOT = re.compile("<!--(policy|title|style|data|script)-->")


class Page(NamedTuple):
    """The three texts of the page. ``html`` has slots: ``<!--policy-->`` first in the head, then
    ``<!--title-->`` and ``<!--style-->``; in the body ``<!--data-->`` and ``<!--script-->``."""

    html: str
    css: str
    js: str


@cache
def joined() -> Page:
    """The page as the package has it; comments and indents stay there."""
    texts = [(_FOLDER / name).read_text(encoding="utf-8") for name in MODULES]
    html, css = ((_FOLDER / f"page.{end}").read_text(encoding="utf-8") for end in ("html", "css"))
    return Page(html, css, _bare("\n".join(texts)))


def _bare(script: str) -> str:
    """The lines without indents and without those that are comments as a whole."""
    kept: list[str] = []
    inside = False
    for line in map(str.strip, script.splitlines()):
        begins = line.startswith("/**") and ("*/" not in line or line.endswith("*/"))
        if not (inside or begins or line.startswith("//")):
            kept.append(line)
        inside = (inside or begins) and "*/" not in line
    return "\n".join(kept)


def to_json(data: Json) -> str:
    """The data, ASCII alone, safe inside an element of HTML."""
    text = json.dumps(data, separators=(",", ":"))
    return re.sub("[<>&]", lambda found: f"\\u{ord(found[0]):04x}", text)


def exported(data: Json) -> str:
    """The page with its data as one file."""
    page = joined()
    policy = (
        f"default-src 'none'; script-src '{_hash(page.js)}'; style-src '{_hash(page.css)}';"
        " img-src data:; media-src data:; base-uri 'none'; form-action 'none'"
    )
    return _filled(
        page,
        policy=f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        title=_escaped(data["title"]),
        style=f"<style>{page.css}</style>",
        data=f'<script type="application/json" id="data">{to_json(data)}</script>',
        script=f'<script type="module">{page.js}</script>',
    )


def served(page: Page, title: str) -> str:
    """The page that asks a server for its data."""
    return _filled(
        page,
        title=_escaped(title),
        style='<link rel="stylesheet" href="page.css">',
        script='<script type="module" src="page.js"></script>',
    )


def _filled(page: Page, **pieces: str) -> str:
    return _SLOT.sub(lambda slot: pieces.get(slot[1], ""), page.html)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
