"""Figures come in, SVG goes out: bars and lines on logarithmic scales."""

from collections.abc import Iterable
from html import escape
from math import log10

WIDTH, ROW, LEFT, TOP = 720, 30, 220, 44
COLORS = ("#4269d0", "#e07b00", "#3b8f4a", "#a463c2", "#c2344f", "#7a6a58")


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def picture(title: str, height: float, parts: Iterable[str]) -> str:
    """A white ground, so that it can be read on a dark page as well."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" '
        'font-family="sans-serif" font-size="14">\n'
        f'<title>{escape(title)}</title>\n<rect width="100%" height="100%" fill="white"/>\n'
        + "\n".join([text(12, 26, title), *parts])
        + "\n</svg>\n"
    )


def bars(title: str, values: dict[str, float]) -> str:
    """A bar for each value; the scale begins at 1."""
    most = max(log10(value) for value in values.values()) or 1
    parts = []
    for number, (name, value) in enumerate(values.items()):
        y, long = TOP + number * ROW, max(2.0, log10(value) / most * (WIDTH - LEFT - 80))
        parts += [
            text(LEFT - 10, y + 18, name.replace("`", ""), "end"),
            f'<rect x="{LEFT}" y="{y + 4}" width="{long:.1f}" height="20" fill="{COLORS[0]}"/>',
            text(LEFT + long + 8, y + 18, f"{value:.3g} ×"),
        ]
    return picture(title, TOP + ROW * len(values) + 12, parts)


def lines(title: str, series: dict[str, dict[int, float]]) -> str:
    """How values grow with a number, both over the first; the gray line is in proportion."""
    high, wide = 380, WIDTH - LEFT - 60
    most = max(max(points) / min(points) for points in series.values())
    scale = log10(max(most, *(max(p.values()) / min(p.values()) for p in series.values())))

    def place(times: float, value: float) -> tuple[float, float]:
        return 60 + log10(times) / scale * wide, TOP + high - log10(value) / scale * high

    parts = []
    for times in (1, 10, 100):
        if log10(times) <= scale:
            (x, _), (_, y) = place(times, 1), place(1, times)
            parts += [
                text(x, TOP + high + 20, f"{times} ×", "middle"),
                text(50, y + 5, f"{times} ×", "end"),
            ]
    drawn = {"in proportion": {1: 1.0, round(10**scale): 10**scale}, **series}
    for number, (name, points) in enumerate(drawn.items()):
        color = COLORS[number - 1] if number else "#aaaaaa"
        first = min(points)
        spots = [place(n / first, max(1.0, value / points[first])) for n, value in points.items()]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        (x, y), fill = (WIDTH - LEFT + 20, TOP + number * ROW), f'fill="{color}"'
        parts += [
            f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>',
            f'<rect x="{x}" y="{y}" width="14" height="14" {fill}/>',
            text(x + 22, y + 12, name),
        ]
    return picture(title, TOP + high + 40, parts)
