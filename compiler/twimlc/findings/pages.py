"""The words of a rule: a slug comes in, what its page ``docs/findings/SLUG.md`` says goes out.

A page is read when somebody asks for it. Under its title come what ``rules.py`` says of the rule
(written by ``docs/generate.py``), one sentence, the reason, and two examples::

    ## Wrong

    `example.yaml`, for `nginx`:

    ```yaml
    steps: …
    ```

The line before a fence is left out where the file is ``example.yaml`` for ``static``, with nothing
beside it. The first file is the flow. In an example ``[× 90]`` after a line repeats it, and a fence
marked ``escaped`` holds Python's escapes, for what Markdown cannot carry.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from twimlc.about import URL

_DOCS = f"{URL}/blob/main/docs"
_LINK = re.compile(r"\[([^][]+)\]\(\.\./([^()]+)\)")


class Example(NamedTuple):
    """A flow that shows a rule: ``flow`` is the text of the flow file.

    ``files`` holds what lies beside it (path relative to the project's root, such as
    ``_components/x.yaml`` or ``twimlc.yaml``; ``<6 MB>`` stands for a file of that size, ``-> x``
    for a link); the flow itself is ``name``. ``target`` is a host or a target of the project file.
    """

    flow: str
    files: tuple[tuple[str, str], ...] = ()
    target: str = "static"
    name: str = "example.yaml"

    def all_files(self) -> list[tuple[str, str]]:
        """The flow and what lies beside it: paths and texts."""
        return [(self.name, self.flow), *self.files]


class Page(NamedTuple):
    """``summary`` is one sentence, ``why`` the reason, in paragraphs, with full addresses.

    ``wrong`` gives exactly one finding of the rule, ``right`` none.
    """

    summary: str
    why: str
    wrong: Example
    right: Example


def page_path(slug: str) -> Path:
    """Where the page lies: in the package or, in a checkout, in ``docs/``."""
    package = Path(__file__).parent.parent
    packed = package / "_pages" / f"{slug}.md"
    return packed if packed.is_file() else package.parent.parent / "docs" / "findings" / packed.name


def page_url(slug: str) -> str:
    """Where people read the page."""
    return f"{_DOCS}/findings/{slug}.md"


@cache
def page_of(slug: str) -> Page:
    """The page of a rule; where it is missing or cannot be read, only where to find it."""
    try:
        text = page_path(slug).read_text(encoding="utf-8")
    except OSError:
        text = ""
    head, _, examples = text.partition("\n## Wrong\n")
    wrong, _, right = examples.partition("\n## Right\n")
    _, _, summary, *why = [" ".join(part.split()) for part in head.split("\n\n")] + [""] * 3
    if not right:
        return Page(f"See {page_url(slug)}.", "", Example(""), Example(""))
    reason = _LINK.sub(rf"\1 ({_DOCS}/\2)", "\n\n".join(why).rstrip())
    return Page(summary, reason, _example(wrong), _example(right))


def _example(text: str) -> Example:
    parts = text.split("```")
    named = [part.split("`")[1::2] for part in parts[::2]]
    flow, *beside = [_text(part) for part in parts[1::2]] or [""]
    files = tuple((path, text) for (path, *_), text in zip(named[1:-1], beside, strict=False))
    name, target, *_ = [*named[0], *("example.yaml", "static")[len(named[0]) :]]
    return Example(flow, files, target, name)


def _text(fenced: str) -> str:
    """What is in a fence, after its language."""
    language, _, body = fenced.partition("\n")
    if language.endswith(" escaped"):
        body = body.encode().decode("unicode_escape")
    lines = []
    for line in body.split("\n"):
        shown, _, times = line.partition(" [× ")
        lines += [shown] * int(times[:-1]) if times[:-1].isdecimal() else [line]
    return "\n".join(lines)
