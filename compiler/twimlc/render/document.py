"""Rendering: a plan comes in, the bytes of its documents go out.

One Jinja2 template, compiled once, writes every document. What users wrote is only ever data to
it: it is escaped for XML where it is put in, and never looked at as a template.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from twimlc.flow.graph import Context
from twimlc.lower.plan import Bin, Document, Markup, Plan
from twimlc.render.bin import BinLayout, finish, with_mark
from twimlc.render.rows import Layout, LineOrigin

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"

MEDIA_TYPE = "text/xml"
"""What Twilio reads as TwiML without guessing (docs/voice/twiml)."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document as it is written. ``lines`` is its source map."""

    path: str
    data: bytes
    media_type: str
    flow: str
    states: tuple[str, ...]
    lines: tuple[LineOrigin, ...]


def render(plan: Plan) -> list[Rendered]:
    """The documents of a plan, in its order."""
    return [render_document(document) for document in plan.documents]


def render_document(document: Document) -> Rendered:
    """One document of a plan."""
    layout = BinLayout(document) if isinstance(document, Bin) else Layout(document.body)
    text = _template().render(rows=layout.rows)
    if isinstance(document, Bin):
        text = with_mark(document.flow, finish(text))
    return Rendered(
        path=document.path,
        data=text.encode("utf-8"),
        media_type=MEDIA_TYPE,
        flow=document.flow,
        states=document.states,
        lines=tuple(layout.lines),
    )


def render_in_bin(body: tuple[Markup, ...]) -> str:
    """The lines of some verbs for a Bin that a template of ours holds."""
    page = render_document(Bin("", "", 0, Context.CALL, body, (), "", blocks=body))
    return page.data.decode().partition("<Response>\n")[2].removesuffix("</Response>\n")


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from twimlc.render.escape import escape_attribute, escape_text

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # Jinja2's escaping is HTML's; every value goes through a filter of ours
        undefined=StrictUndefined,
        auto_reload=False,
        keep_trailing_newline=True,
    )
    environment.filters["text"] = escape_text
    environment.filters["attribute"] = escape_attribute
    return environment.get_template("document.xml.j2")
