"""The picture of a flow as SVG: text and straight lines, nothing that runs or asks for anything.

Widths come from our own table, so that every text stays in its rectangle whatever the font.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from twimlc.report.arrange import Arrangement, Frame, Line, Sizes, arrange
from twimlc.report.escape import visible
from twimlc.report.picture import MOST_ROWS, Box, Picture
from twimlc.report.widths import BOLD, is_sure, lines, width

_FONT = "Arial, Helvetica, Liberation Sans, Verdana, DejaVu Sans, sans-serif"
_HEAD, _TEXT, _SMALL = 13, 12, 11
_LINE, _PAD, _ICON, _WIDE = 16, 10, 18, 280
_EDGE = 24
_COLORS = {"main": "#1b2733", "choice": "#1f5f9f", "failure": "#9a3412", "other-line": "#6b3fa0"}
_STROKES = {
    "main": 'stroke-width="2.4"',
    "choice": 'stroke-width="1.1"',
    "failure": 'stroke-width="1.5" stroke-dasharray="7 4"',
    "other-line": 'stroke-width="1.8" stroke-dasharray="1 4" stroke-linecap="round"',
}
_INK = "#1b2733"
_BOLD, _PALE, _GROUND = 'font-weight="bold"', 'fill="#4a5663"', 'fill="#fff"'
_LABEL = 300
"""The longest label or link; a label is cut there, a link goes on in the next line."""
_NO_XML = re.compile("[\ufffe\uffff]")
_SYMBOLS = {
    "clock": "m6 1a5 5 0 1 1-.1 0zm0 2v3l2 1",
    "person": "m6 0a2.5 2.5 0 1 1-.1 0zm-5 11c0-7 10-7 10 0z",
    "phone": "m2 1h3l1 3-2 1c1 2 2 3 3 4l2-1 2 2v3c-6 0-10-6-9-12z",
    "people": "m4 1a2 2 0 1 1-.1 0zm-3.5 10c0-6 7-6 7 0zm8-9a2 2 0 1 1-.1 0zm0 5c3-1 4 2 4 4h-3z",
    "sound": "m1 5h3l4-4v11l-4-4h-3zm9-1c2 2 2 3 0 5",
    "pause": "m3 1h2v10h-2zm5 0h2v10h-2z",
    "keys": "m1 1" + 3 * "h2v2h-2zm4 0h2v2h-2zm4 0h2v2h-2zm-8 4",
    "record": "m6 1a5 5 0 1 1-.1 0zm0 3a2 2 0 1 0 .1 0z",
    "queue": "m1 2h10v2h-10zm0 4h10v2h-10zm0 4h10v2h-10z",
    "letter": "m1 2h10v8h-10zm0 0l5 4 5-4",
    "card": "m1 2h10v8h-10zm0 3h10",
    "service": "m2 2h8v3h-8zm0 5h8v3h-8z",
    "note": "m2 10l1-3 6-6 2 2-6 6z",
    "end": "m2 2h8v8h-8z",
    "link": "m1 6h9m-4-4l4 4-4 4",
    "up": "m6 11v-9m-4 4l4-4 4 4",
}
_FILLED = ("person", "pause", "keys", "queue", "end", "people", "phone", "service")


class _Text(NamedTuple):
    """A line of text: where it stands in its box, how it looks, the symbol before it."""

    x: float
    y: float
    words: str
    look: str = ""
    size: float = _TEXT
    symbol: str = ""


class _Laid(NamedTuple):
    """The texts of a box, its size, and where its head ends (0: it has none)."""

    texts: list[_Text]
    width: float
    height: float
    head: float = 0


def svg(picture: Picture) -> str:
    """The picture as one SVG element, with its final line end."""
    laid = {box.id: _small(box) if box.only_ends else _laid(box) for box in picture.boxes.values()}
    sizes = {box: (each.width, each.height) for box, each in laid.items()}
    title = [_Text(0, 15, line, _BOLD, 16) for line in _cut(picture.flow, 600 / 16 / BOLD, 2)]
    title += [_Text(0, 0, line) for line in _cut(picture.description, 600 / _TEXT, 4) if line]
    title = [text._replace(y=15 + 18 * number) for number, text in enumerate(title)]
    top = title[-1].y + 20
    made = arrange(picture, Sizes(sizes, _label_size, lambda box: _link_size(picture, box)), top)
    wide = max(made.width, *(text.x + _room(text) for text in title)) + 2 * _EDGE
    high = made.height + 2 * _EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-_EDGE} {-_EDGE} {_n(wide)} {_n(high)}"'
        f' width="{_n(wide)}" height="{_n(high)}" data-picture="" data-flow="{_q(picture.flow)}"'
        f' role="group" aria-label="{_q(f"Picture of {picture.flow}")}" font-family="{_FONT}"'
        f' font-size="{_TEXT}" fill="{_INK}">',
        f'<rect x="{-_EDGE}" y="{-_EDGE}" width="{_n(wide)}" height="{_n(high)}" fill="#fff"/>',
        *(_text(text) for text in title),
        *(
            _text(
                _Text(x, y + 14, words, _BOLD if heading else _PALE, _HEAD if heading else _SMALL)
            )
            for x, y, words, heading in made.texts
        ),
        *(_way(line) for line in made.lines),
        *(_box(picture, box, laid[box], frame, made) for box, frame in made.boxes.items()),
        *(part for line in made.lines for part in _ends(picture, line)),
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _cut(text: str, room: float, most: int) -> list[str]:
    """Lines of a text of strangers, its hidden characters shown."""
    return lines(_NO_XML.sub("\ufffd", visible(" ".join(text[:2000].split()))), room, most)


def _room(text: _Text) -> float:
    return width(text.words) * text.size * (BOLD if text.look == _BOLD else 1)


def _laid(box: Box) -> _Laid:
    """The texts of a box: its head, rows, notes and foot."""
    inner = _WIDE - 2 * _PAD
    name = _cut(box.name, inner / _HEAD / BOLD, 12)
    side = _cut(box.component, inner / _SMALL, 3) if box.component else []
    texts = [_Text(_PAD, 0, line, _BOLD, _HEAD) for line in name]
    y = 5.0 + 18 * len(name)
    texts = [text._replace(y=18 + 18 * n) for n, text in enumerate(texts)]
    taken = _room(texts[-1]) + 12 if side else 0
    for n, line in enumerate(side):  # at the right of the name where it has room there
        wide = width(line) * _SMALL
        beside = n == 0 and len(side) == 1 and taken + wide <= inner
        y += 0 if beside else 15
        texts.append(_Text(_WIDE - _PAD - wide, y - 5, line, _PALE, _SMALL))
    head = y = y + 4
    rows = [(row.symbol, row.text, 2, "") for row in box.rows[:MOST_ROWS]]
    if len(box.rows) > MOST_ROWS:
        rows.append(("", f"… {len(box.rows) - MOST_ROWS} more", 1, _PALE))
    rows += [("note", note, 6, 'font-style="italic"') for note in box.notes]
    if box.foot:
        rows.append(("end", box.foot, 2, ""))
    for symbol, words, most, look in rows:
        shift = _ICON if symbol else 0
        for n, line in enumerate(_cut(words, (inner - shift) / _TEXT, most)):
            y += _LINE
            texts.append(_Text(_PAD + shift, y - 1, line, look, _TEXT, "" if n else symbol))
        y += 3
    wide = max([_room(text) + text.x for text in texts if text.look != _PALE] or [0])
    return _Laid(texts, _WIDE, y + 5 if rows else head + 2, head if rows else 0)


def _small(box: Box) -> _Laid:
    """The texts of a place that is only an end: its name, and the end beside it."""
    inner = _WIDE - 2 * _PAD - _ICON - 8
    foot = _cut(box.foot, inner / 2 / _TEXT, 3)
    name = _cut(box.name, (inner - max(map(width, foot)) * _TEXT) / _SMALL, 12)
    texts = [_Text(_PAD, 16 + _LINE * n, line, "", _SMALL) for n, line in enumerate(name)]
    side = _PAD + max(map(_room, texts)) + 8 + _ICON
    texts += [
        _Text(side, 16 + _LINE * n, line, "", _TEXT, "" if n else "end")
        for n, line in enumerate(foot)
    ]
    wide = side + max(map(width, foot)) * _TEXT + _PAD
    return _Laid(texts, wide, 8 + _LINE * max(len(name), len(foot)))


def _label_size(label: str) -> tuple[float, float]:
    return width(_label(label)) * _SMALL + 8, 18


def _label(label: str) -> str:
    return _cut(label, _LABEL / _SMALL, 1)[0]


def _link_size(picture: Picture, box: str) -> tuple[float, float]:
    name = _cut(picture.name(box), _LABEL / _SMALL, 12)
    return max(map(width, name)) * _SMALL + 2 * _PAD + _ICON, 10 + 14 * len(name)


def _n(number: float) -> str:
    """A number with one digit behind its point at most."""
    return f"{number:.1f}".removesuffix(".0")


def _q(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", visible(text)))


def _text(text: _Text, x: float = 0, y: float = 0, fill: str = "") -> str:
    """A line of text, squeezed where its width is not known for sure, and its symbol."""
    size = f' font-size="{text.size}"' if text.size != _TEXT else ""
    look = f" {text.look}" if text.look else ""
    room = (
        ""
        if is_sure(text.words)
        else f' textLength="{_n(_room(text))}" lengthAdjust="spacingAndGlyphs"'
    )
    place = f'x="{_n(x + text.x)}" y="{_n(y + text.y)}"'
    symbol = _symbol(text.symbol, x + text.x - _ICON, y + text.y - 10, fill) if text.symbol else ""
    return f"{symbol}<text {place}{size}{look}{fill}{room}>{escape(text.words)}</text>"


def _symbol(name: str, x: float, y: float, fill: str = "") -> str:
    ink = "#fff" if fill else _INK
    look = f'fill="{ink}"' if name in _FILLED else f'fill="none" stroke="{ink}" stroke-width="1.3"'
    return f'<path d="M{_n(x)} {_n(y)}{_SYMBOLS[name]}" {look}/>'


def _way(line: Line) -> str:
    """The line of a way and its arrowhead."""
    way = line.way
    begin, *corners = (f"{_n(x)} {_n(y)}" for x, y in line.points)
    (x0, y0), (x, y) = line.points[-2:]
    color = _COLORS[way.kind]
    head = "l-4-8h8z" if x0 == x else "l-8-4v8z"
    del y0
    return (
        f'<path data-way="{way.kind}" data-from="{way.source}" data-to="{way.target}"'
        f' data-outcomes="{_q(" ".join(name.replace(" ", "-") for name in way.outcomes))}"'
        f' d="M{begin}{"".join(f"L{corner}" for corner in corners)}" fill="none" stroke="{color}"'
        f' {_STROKES[way.kind]}/><path d="M{_n(x)} {_n(y)}{head}" fill="{color}"/>'
    )


def _rect(frame: Frame, look: str) -> str:
    place = f'x="{_n(frame.x)}" y="{_n(frame.y)}"'
    return f'<rect {place} width="{_n(frame.width)}" height="{_n(frame.height)}" {look}/>'


def _box(picture: Picture, box: str, laid: _Laid, frame: Frame, made: Arrangement) -> str:
    of = picture.boxes[box]
    component = f' data-component="{_q(of.component)}"' if of.component else ""
    edge = 'stroke-width="3"' if box == picture.start else 'stroke-width="1.2"'
    if box in made.apart:
        edge += ' stroke-dasharray="6 3"'
    ground = _INK if of.only_ends else "#fff"
    parts = [
        f'<g data-box="{box}" data-state="{_q(of.state)}" data-on="{of.on}"'
        f' data-kind="{_q(of.kind)}" data-file="{_q(of.file)}" data-line="{of.line}"{component}>'
        + _rect(frame, f'rx="4" fill="{ground}" stroke="{_INK}" {edge}')
    ]
    if laid.head:
        x, y = frame.x, frame.y + laid.head
        parts.append(f'<path d="M{_n(x)} {_n(y)}h{_n(frame.width)}" stroke="#c3ccd5"/>')
    fill = ' fill="#fff"' if of.only_ends else ""
    parts += [_text(text, frame.x, frame.y, fill) for text in laid.texts]
    return "\n".join([*parts, "</g>"])


def _ends(picture: Picture, line: Line) -> Iterator[str]:
    """The label of a way, and the link that it ends in."""
    way = line.way
    if line.label is not None:
        slanted = 'font-style="italic"' if way.kind == "failure" else ""
        words = _Text(4, 13, _label(way.label), slanted, _SMALL)
        yield (
            f'<g data-label="{way.kind}">{_rect(line.label, _GROUND)}'
            f"{_text(words, line.label.x, line.label.y)}</g>"
        )
    if line.link is not None:
        x, y = line.link.x, line.link.y
        name = _cut(picture.name(way.target), _LABEL / _SMALL, 12)
        texts = [_Text(_PAD + _ICON, 16 + 14 * n, each, "", _SMALL) for n, each in enumerate(name)]
        rim = _rect(line.link, f'rx="12" fill="#f1f5f9" stroke="{_INK}"')
        shown = "\n".join(_text(text, x, y) for text in texts)
        arrow = _symbol("up" if line.up else "link", x + _PAD - 1, y + 6)
        yield f'<g data-link="{way.target}">{rim}{arrow}{shown}</g>'
