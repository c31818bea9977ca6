"""Pictures of flows, drawn: all of the call is in them, nothing stands over anything else, every
text stays in its rectangle, whatever the flow."""

import json
import random
import re
import xml.etree.ElementTree as Tree
from itertools import pairwise
from pathlib import Path

import pytest

from folders import write_files
from preview_data import data_of
from random_flows import Author
from twimlc.cli.command import run
from twimlc.report.widths import BOLD, width

ROOT = Path(__file__).parents[1]
PROJECT = "flows: flows\ntargets: {web: {host: nginx}}\n"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "</text><script>a()</script><!-- \u202e & ]]> \"' WWWWWW\u4e2d\u6587\U0001f600 " + "W" * 90
)


def flows_of(folder, texts):
    write_files(
        folder, {"twimlc.yaml": PROJECT, **{f"flows/{n}.yaml": t for n, t in texts.items()}}
    )
    return data_of(folder)["flows"]


def by_chance(seed, folder):
    return flows_of(folder, Author(seed, decisions=True).write())


def large(states):
    """A flow of many states, which lead to each other by chance."""
    chance = random.Random(states)
    names = [f"state-{number}" for number in range(states)]
    written = {}
    for number, name in enumerate(names):
        ahead = names[number + 1 : number + 8] or names[:1]
        to = lambda ahead=ahead: chance.choice([*ahead, chance.choice(names)])  # noqa: E731
        menu = {"prompt": f"Part {number}. " * chance.randint(1, 9), "choices": {k: to() for k in (1, 2, 3)}}  # fmt: skip
        steps = chance.choice(
            [
                [{"menu": menu, "fallback": to()}],
                [{"dial": "+14155550100", "when": {"busy": to()}, "fallback": ahead[0]}],
                [{"say": "On we go."}, {"goto": ahead[0]}],
            ]
        )
        written[name] = steps if number + 1 < states else [{"say": "Goodbye."}, "hangup"]
    return json.dumps({"start": names[0], "states": written})


def hostile():
    say = {"say": HOSTILE, "note": HOSTILE}
    menu = {"prompt": HOSTILE, "choices": {1: "next", 2: "hangup"}}
    dial = {"dial": {"number": {"phoneNumber": "+14155550100", "url": "w" * 40}}}
    return json.dumps(
        {
            "description": HOSTILE,
            "states": {
                "s" * 60: [say, {"menu": menu, "fallback": "w" * 40}, *[say] * 8],
                "second": [{"enqueue": HOSTILE[:60]}, {"connect": {"room": "A room"}}, dial],
                "w" * 40: [say],
            },
        },
        ensure_ascii=False,
    )


def numbers(element, *names):
    return [float(element.get(name)) for name in names]


def rectangles(svg):
    """(kind, x, y, width, height) of all that stands by itself."""
    found = []
    for group in svg.iter(f"{SVG}g"):
        kind = next(k for k in ("box", "label", "link") if group.get(f"data-{k}") is not None)
        rect = group[0]
        assert rect.tag == f"{SVG}rect"
        found.append((kind, *numbers(rect, "x", "y", "width", "height")))
    for text in svg.findall(f"{SVG}text"):  # captions
        x, y = numbers(text, "x", "y")
        size = float(text.get("font-size", 12))
        found.append(("caption", x, y - 9, room(text, size), 11.0))
    return found


def room(text, size):
    return width(text.text or "") * size * (BOLD if text.get("font-weight") == "bold" else 1)


def stands_well(picture):
    """Nothing over anything else, no way through a box, all texts in their rectangles."""
    svg = Tree.fromstring(picture)
    rects = sorted(rectangles(svg), key=lambda rect: rect[2])
    for at, (kind, x, y, wide, high) in enumerate(rects):
        for other, x2, y2, wide2, _ in rects[at + 1 :]:
            if y2 >= y + high - 0.1:
                break
            apart = x >= x2 + wide2 - 0.1 or x2 >= x + wide - 0.1
            assert apart, (kind, other, x, y, x2, y2)
    boxes = [rect[1:] for rect in rects if rect[0] == "box"]
    for path in svg.iter(f"{SVG}path"):
        if path.get("data-way") is None:
            continue
        points = [tuple(map(float, pair.split())) for pair in re.split("[ML]", path.get("d"))[1:]]
        for (x1, y1), (x2, y2) in pairwise(points):
            assert x1 == x2 or y1 == y2
            left, right, top, foot = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
            for x, y, wide, high in boxes:
                outside = right <= x or left >= x + wide or foot <= y or top >= y + high
                assert outside, (path.attrib, x, y)
    for group in svg.iter(f"{SVG}g"):
        x, y, wide, high = numbers(group[0], "x", "y", "width", "height")
        for text in group.iter(f"{SVG}text"):
            size = float(text.get("font-size", 12))
            assert size >= 10.5
            begin, foot = numbers(text, "x", "y")
            end = begin + room(text, size)
            assert x <= begin, text.text
            assert end <= x + wide + 0.1, text.text
            assert y <= foot - size * 0.8, text.text
            assert foot <= y + high, text.text
    return len(rects)


def is_harmless(picture):
    """The SVG is text and lines alone."""
    for element in Tree.fromstring(picture).iter():
        assert element.tag in {f"{SVG}{name}" for name in ("svg", "g", "rect", "path", "text")}
        for name, value in element.attrib.items():
            assert not name.startswith(("on", "style", "transform", "href", "{")), name
            assert "url(" not in value or name.startswith(("data-", "aria-"))


def holds_the_call(flow):
    """Each way that a call goes is one of the picture, and each of its ways one that a call goes."""
    svg = Tree.fromstring(flow["picture"])
    boxes = {g.get("data-box"): g for g in svg.iter(f"{SVG}g") if g.get("data-box")}
    ways = {
        (path.get("data-from"), path.get("data-to")): path.get("data-outcomes").split()
        for path in svg.iter(f"{SVG}path")
        if path.get("data-way")
    }
    assert {box for way in ways for box in way} <= boxes.keys()
    positions = flow["positions"]
    been = {position["box"] for position in positions}
    assert been <= boxes.keys()
    idle = boxes.keys() - been  # states that only go on, and what no call comes to

    def leads(source, target):
        waiting, seen = [source], set()
        for box in waiting:
            for begin, end in ways:
                if begin == box and end == target:
                    return True
                if begin == box and end in idle and end not in seen:
                    seen.add(end)
                    waiting.append(end)
        return False

    gone = set()
    left = set()  # the picture ends where a call leaves for another flow
    for here in positions:
        others = {each["position"] for each in here["listen"]}
        for number in {*here["next"].values(), *others}:
            there = positions[number]
            gone.add((here["box"], there["box"]))
            if "/" in here["state"] or "/" in there["state"]:
                left.add(here["box"])
            elif here["box"] != there["box"]:
                assert leads(here["box"], there["box"]), (here["state"], there["state"])
        if "/" not in here["state"]:
            assert boxes[here["box"]].get("data-on") == here["on"]
    for (source, target), outcomes in ways.items():
        if (
            {source, target} <= been
            and not {source, target} & left
            and outcomes != ["anything-else"]
        ):
            assert (source, target) in gone, outcomes
    return len(ways)


@pytest.fixture(scope="module")
def examples():
    return data_of(ROOT)["flows"]


def test_pictures_of_examples(examples):
    assert sum(holds_the_call(flow) for flow in examples) > 150
    assert sum(stands_well(flow["picture"]) for flow in examples) > 300
    for flow in examples:
        is_harmless(flow["picture"])


def test_a_call_ends_where_it_ends(examples):
    """The end of a component's call is in the state that uses it, not where another one ended."""
    tree = next(flow for flow in examples if flow["flow"] == "phone-tree")
    ends = [each for each in tree["positions"] if not each["next"]]
    assert [(each["state"], each["box"] is not None) for each in ends] == [
        ("english", True),
        ("spanish", True),
    ]
    hunt = next(flow for flow in examples if flow["flow"] == "hotline")
    legs = [each["state"] for each in hunt["positions"] if each["on"] == "leg" and not each["next"]]
    assert sorted(legs) == ["greeting"] * 2 + ["second-tier"] * 2


@pytest.mark.parametrize("seed", [1, 5, 19, 22, 26, 34, 53, 61])
def test_pictures_of_flows_by_chance(seed, tmp_path):
    for flow in by_chance(seed, tmp_path):
        holds_the_call(flow)
        stands_well(flow["picture"])
        is_harmless(flow["picture"])


@pytest.mark.slow
@pytest.mark.parametrize("portion", range(4))
def test_many_more_pictures(portion, tmp_path):
    for seed in range(3000 + 25 * portion, 3025 + 25 * portion):
        for flow in by_chance(seed, tmp_path / str(seed)):
            holds_the_call(flow)
            stands_well(flow["picture"])


@pytest.mark.parametrize("states", [5, 50, pytest.param(500, marks=pytest.mark.slow)])
def test_pictures_of_large_flows(states, tmp_path):
    (flow,) = flows_of(tmp_path, {"large": large(states)})
    assert holds_the_call(flow) >= states
    assert stands_well(flow["picture"]) > states


def test_a_picture_of_hostile_texts(tmp_path):
    (flow,) = flows_of(tmp_path, {"bad": hostile()})
    stands_well(flow["picture"])
    is_harmless(flow["picture"])


def test_what_is_shared_with_dead_states_stands_in_the_call(tmp_path):
    """Nothing is left out because a state that no call comes to leads there as well."""
    text = "states:\n  a: [{say: A}, {dial: {number: {phoneNumber: +14155550100, url: w}}, when: {busy: z}, fallback: z}]\n"
    text += "  dead: [{say: D}, {goto: z}]\n  w: [{say: W}, {goto: v}]\n  x: [{say: X}, {goto: v}]\n  v: [{say: V}]\n  z: [{say: Z}, hangup]\n"
    (flow,) = flows_of(tmp_path, {"f": text})
    holds_the_call(flow)
    svg = flow["picture"]
    tops = {
        state: float(y)
        for state, y in re.findall(r'data-state="(\w)".*?<rect x="[^"]*" y="([^"]*)"', svg)
    }
    assert tops["a"] < tops["z"] < tops["w"] < tops["v"] < tops["x"]


def test_the_command_draws_the_same(tmp_path, monkeypatch, capsys, examples):
    monkeypatch.chdir(ROOT)
    office = next(flow for flow in examples if flow["flow"] == "office")
    assert run(["graph", "office", "--format", "svg"]) == 0
    assert capsys.readouterr().out == office["picture"]
    file = tmp_path / "office.svg"
    assert run(["graph", "office", "--format", "svg", "--depth", "1", "-o", str(file)]) == 0
    assert stands_well(file.read_text()) < stands_well(office["picture"])
