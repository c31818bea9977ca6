"""The data of a preview: it is the call, on every machine the same, and safe in a page."""

import json
import os
import random
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

from folders import write_files
from preview_data import Walker, data_of, embedded, page_of
from random_flows import Author
from twimlc.calls.legs import flow_target
from twimlc.calls.phone import Talk, Transcript
from twimlc.calls.requests import request_parameters
from twimlc.cli.command import run
from twimlc.interpret.machine import HANGUP
from twimlc.pipeline import Options, compile_flow
from twimlc.preview.lines import Workshop
from twimlc.preview.show import EMBEDDED, Show, Sounds
from twimlc.preview.walk import Walked, answers

ROOT = Path(__file__).parents[1]
FLOW = """\
flow: desk
# A remark.
states:
  greeting:
    - say: Good day.
    - gather: {prompt: One or two?, numDigits: 1}
      when: {1: ring, 2: ring}
      fallback: end
  ring:
    - dial: {number: {phoneNumber: +14155550100, url: whisper}}
      fallback: end
  whisper:
    - say: A call for you.
  end:
    - say: Goodbye.
    - hangup
"""
PROJECT = "flows: flows\ntargets: {web: {host: nginx}}\n"


def laid(folder, text=FLOW, /, **more):
    files = {"twimlc.yaml": PROJECT, "flows/desk.yaml": text, **more}
    return write_files(folder, files)


@pytest.fixture(scope="module")
def examples():
    return data_of(ROOT)


def test_the_schema_knows_the_data(examples):
    schema = json.loads((ROOT / "schema" / "preview.schema.json").read_text())
    jsonschema.Draft7Validator(schema).validate(examples)
    assert len(examples["flows"]) >= 27
    wrong = json.loads(json.dumps(examples))
    del wrong["flows"][0]["positions"][0]["next"]
    assert not jsonschema.Draft7Validator(schema).is_valid(wrong)


def test_every_position_is_the_interpreters(examples):
    """Walked again: what happens, what can be answered, and where that leads."""
    lines = Workshop(Options(cwd=ROOT, write=False), ()).look().lines
    count = 0
    for line, flow in zip(lines, examples["flows"], strict=True):
        walked = Walked(line.flow).positions
        assert len(walked) == len(flow["positions"])
        for here, position in zip(walked, flow["positions"], strict=True):
            kinds = [event.kind for event in here.position.events]
            assert [event["event"] for event in position["events"]] == kinds
            way = {
                word: here.spot.line.take(here.spot.place, choice)
                for word, choice in answers(here.position, here.asked)
                if choice != HANGUP
            }
            assert way.keys() == position["next"].keys()
            for word, place in way.items():
                found = walked[position["next"][word]].spot.place
                assert found == place or type(found) is type(place) is not int, (word, flow["flow"])
            count += 1
    assert count > 300


def test_boxes_are_those_of_the_picture(examples):
    for flow in examples["flows"]:
        boxes = set(re.findall(r'data-box="(\w+)"', flow["picture"]))
        assert {position["box"] for position in flow["positions"]} - {None} <= boxes
        assert set(re.findall(r'data-(?:link|from|to)="(\w+)"', flow["picture"])) <= boxes
        assert flow["states"].keys() >= {flow["positions"][0]["state"]}


NUMBERS = {"From": "+14155550123", "To": "+14155550199"}


def called(folder, name, typed, target=None, row=None):
    """What ``twimlc call -q`` prints for what is typed."""
    options = Options(cwd=folder, write=False, targets=(target,) if target else ())
    compiled, _ = compile_flow(options, name, row)
    callee, lines, given = flow_target(compiled, lines=True), [], iter(typed)
    transcript = Transcript(lambda text, _: text, places=False, base=callee.base)
    leg = callee.caller(request_parameters(NUMBERS["From"], NUMBERS["To"], {}), {})
    Talk(callee, leg, lambda _: next(given, None), lines.append, transcript).run()
    return "".join(lines)


def walked(flow, chance, most=12):
    """A call by chance, and what was typed."""
    walker, typed = Walker(flow, NUMBERS), []
    while not walker.over and len(typed) < most:
        answer = chance.choice([*walker.answers()])
        typed.append(answer)
        walker.take(answer)
    told = walker.transcript()
    return typed, told if walker.over else f"{told}> hangup\n"


def test_examples_are_heard_as_in_a_terminal(examples):
    for flow in examples["flows"]:
        asked = [position["asks"] for position in flow["positions"] if position["asks"]]
        if any(asks["kind"] == "switch" for asks in asked):
            continue  # who calls is known in a terminal
        chance = random.Random(flow["flow"])
        for _ in range(4):
            typed, told = walked(flow, chance)
            heard = called(ROOT, flow["flow"], typed, flow["target"], flow["row"])
            assert told == heard, (flow["flow"], typed)


def settled(told):
    """A transcript up to where a call leaves what was built, or goes round: the terminal asks the
    documents there, of which a place may have several."""
    lines = told.splitlines()
    ends = [
        at for at, line in enumerate(lines) if line.startswith(("  goto-external", "  failure"))
    ]
    kept = lines[: ends[0]] if ends else lines
    if ends and "forever" in told:
        kept = list(dict.fromkeys(kept))
    return kept


def heard_alike(seed, folder):
    texts = Author(seed, decisions=True).write()
    files = {f"flows/{name}.yaml": text for name, text in texts.items()}
    write_files(folder, {"twimlc.yaml": PROJECT, **files})
    for flow in data_of(folder)["flows"]:
        for turn in range(3):
            typed, told = walked(flow, random.Random(f"{seed} {turn}"))
            heard = called(folder, flow["flow"], typed)
            assert settled(told) == settled(heard), (seed, typed)


@pytest.mark.parametrize("seed", range(12))
def test_flows_by_chance_are_heard_as_in_a_terminal(seed, tmp_path):
    heard_alike(seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("portion", range(10))
def test_many_more_flows_are_heard_as_in_a_terminal(portion, tmp_path):
    for seed in range(1000 + portion * 12, 1012 + portion * 12):
        heard_alike(seed, tmp_path / str(seed))


def test_the_same_bytes_everywhere(tmp_path):
    laid(tmp_path)
    pages = set()
    for number, more in enumerate(({}, {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"})):
        file = tmp_path / f"{number}.html"
        command = [sys.executable, "-m", "twimlc", "preview", "--export", file.name]
        subprocess.run(command, cwd=tmp_path, env={**os.environ, **more}, check=True)
        pages.add(file.read_bytes())
    assert len(pages) == 1
    assert str(tmp_path).encode() not in pages.pop()


def digest(folder, text, **more):
    return data_of(laid(folder, text, **more))["flows"][0]["digest"]


def test_a_digest_is_what_is_heard_and_asked(tmp_path):
    before = digest(tmp_path / "a", FLOW)
    same = (
        FLOW.replace("# A remark.", "# Another.\n\n").replace("ring", "phone").replace("end", "bye")
    )
    assert same != FLOW
    assert digest(tmp_path / "b", same) == before
    changes = [
        ("Goodbye.", "Good-bye."), ("1: ring, 2: ring", "1: ring"), ("+14155550100", "+14155550101"),
        ("numDigits: 1", "numDigits: 2"), ("A call for you.", "A call."),
    ]  # fmt: skip
    others = {digest(tmp_path / str(n), FLOW.replace(*change)) for n, change in enumerate(changes)}
    assert len(others | {before}) == len(changes) + 1
    chimes = {
        digest(tmp_path / str(sound), FLOW.replace("say: Goodbye.", "play: a.mp3"), **{"flows/a.mp3": sound})
        for sound in (b"\xff\xfbone", b"\xff\xfbtwo")
    }  # fmt: skip
    assert len(chimes) == 2


@pytest.mark.parametrize("seed", range(6))
def test_a_digest_knows_no_names(seed, tmp_path):
    """States named and ordered otherwise, between remarks, are heard as before."""
    texts = Author(seed, decisions=True).write()
    names = sorted({name for text in texts.values() for name in json.loads(text)["states"]})
    new = {name: f"z{len(names) - at}-{name[::-1]}" for at, name in enumerate(names)}
    named = re.compile(rf'"((?:main|other)/)?({"|".join(names)})"')

    def otherwise(text):
        text = named.sub(lambda found: f'"{found[1] or ""}{new[found[2]]}"', text)
        tree = json.loads(text)
        tree["states"] = dict(reversed(tree["states"].items()))
        return f"# A remark.\n\n{json.dumps(tree, indent=3, ensure_ascii=False)}"

    def digests(folder, texts):
        files = {f"flows/{name}.yaml": text for name, text in texts.items()}
        write_files(folder, {"twimlc.yaml": PROJECT, **files})
        return {flow["flow"]: flow["digest"] for flow in data_of(folder)["flows"]}

    before = digests(tmp_path / "a", texts)
    assert digests(tmp_path / "b", {n: otherwise(text) for n, text in texts.items()}) == before


HOSTILE = "</script><script>alert(1)</script><!--<b>\u202e & \u2028 ]]> \"'"


def test_hostile_texts_stay_texts(tmp_path):
    text = json.dumps(
        {"description": HOSTILE, "steps": [{"say": HOSTILE, "note": HOSTILE}, "hangup"]}
    )
    folder = laid(tmp_path, text)
    data = data_of(folder)
    assert HOSTILE in json.dumps(data["flows"], ensure_ascii=False).replace('\\"', '"')
    page = page_of(data)
    body = page.split('id="data">')[1].split("</script>")[0]
    assert not set("<>&\u2028") & set(body)
    assert embedded(page)["sources"] == data["sources"]
    assert page.count("<script") == 2
    assert "alert(1)" not in page.replace(body, "")


def test_what_an_export_leaves_out(tmp_path, capsys, monkeypatch):
    folder = laid(
        tmp_path, FLOW.replace("say: Goodbye.", "play: a.mp3"), **{"flows/a.mp3": b"\xff\xfbx"}
    )
    monkeypatch.chdir(folder)
    assert run(["preview", "desk", "--export", "a.html", "--title", "Our <line>"]) == 0
    whole = embedded((folder / "a.html").read_text())
    assert capsys.readouterr().out == f"desk {whole['flows'][0]['digest']}\n"
    assert "<title>Our &lt;line&gt;</title>" in (folder / "a.html").read_text()
    assert whole["media"][0]["href"].startswith("data:audio/mpeg;base64,")
    assert whole["sources"]
    assert run(["preview", "--export", "b.html", "--no-source", "--no-sounds"]) == 0
    less = embedded((folder / "b.html").read_text())
    assert (less["sources"], less["documents"], less["findings"]) == ([], [], [])
    assert [sound["href"] for sound in less["media"]] == [None]
    assert less["flows"][0]["digest"] == whole["flows"][0]["digest"]


def test_errors_leave_the_file_alone(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(laid(tmp_path))
    assert run(["preview", "--export", "a.html"]) == 0
    before = (tmp_path / "a.html").read_bytes()
    laid(tmp_path, FLOW.replace("fallback: end", "fallback: nowhere"))
    assert run(["preview", "--export", "a.html"]) == 1
    assert "nowhere" in capsys.readouterr().err
    assert (tmp_path / "a.html").read_bytes() == before
    assert run(["preview", "unknown", "--export", "a.html"]) == 2
    assert run(["preview", "--export", "a.html", "--port", "1"]) == 2
    laid(tmp_path)
    assert run(["preview", "--export", "flows/desk.yaml/a.html"]) == 3
    assert run(["preview", "--export", "a.pdf"]) == 2


SHARED = {
    "twimlc.yaml": f"{PROJECT}matrix: shops.csv\n",
    "shops.csv": "id,shop\none,Uno\ntwo,Due\n",
    "flows/a.yaml": "params: {shop: null}\nsteps:\n  - use: part\n    with: {what: '${shop}'}\n  - hangup\n",
    "flows/b.yaml": "steps:\n  - use: part\n    with: {what: B}\n  - play: a.mp3\n",
    "flows/c.yaml": "steps:\n  - say: Alone.\n",
    "flows/a.mp3": b"\xff\xfbone",
    "flows/_components/part.yaml": "params: {what: }\nsteps:\n  - say: This is ${what}.\n",
}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("flows/a.yaml", "steps:\n  - say: ["),
        ("flows/a.yaml", ""),
        ("flows/a.yaml", b"\xff\xfe\x00"),
        ("flows/_components/part.yaml", "steps:\n  - sway: What.\n"),
        ("flows/_components/part.yaml", None),
        ("flows/a.mp3", None),
        ("shops.csv", "id,shop\none\n"),
        ("shops.csv", None),
        ("twimlc.yaml", "flows: ["),
        ("twimlc.yaml", "flows: flows\ntargets: {web: {host: nowhere}}\n"),
        ("twimlc.yaml", "flows: elsewhere\n"),
    ],
)
def test_the_last_good_lines_stay(tmp_path, path, text):
    """Whatever breaks: what was good is played on, what is good is new, and the error is told."""
    write_files(tmp_path, SHARED)
    show = Show(Workshop(Options(cwd=tmp_path, write=False)))
    show.look()
    before = show.data(Sounds(EMBEDDED))
    assert [flow["flow"] for flow in before["flows"]] == ["a", "a", "b", "b", "c", "c"]
    write_files(tmp_path, {"flows/c.yaml": "steps:\n  - say: Alone again.\n"})
    (tmp_path / path).unlink()
    if text is not None:
        write_files(tmp_path, {path: text})
    show.look()
    after = show.data(Sounds(EMBEDDED))
    assert any(finding["severity"] == "error" for finding in after["findings"])
    assert [flow["digest"] for flow in after["flows"][:4]] == [
        flow["digest"] for flow in before["flows"][:4]
    ]
    write_files(tmp_path, SHARED)
    show.look()
    assert show.data(Sounds(EMBEDDED)) == before


def test_rows_and_targets(tmp_path, monkeypatch, capsys):
    table = {
        "twimlc.yaml": f"{PROJECT}matrix: shops.csv\n",
        "shops.csv": "id,shop\none,Uno\ntwo,Due\n",
    }
    text = "params: {shop: null}\nsteps:\n  - say: This is ${shop}.\n  - hangup\n"
    monkeypatch.chdir(laid(tmp_path, text, **table))
    assert run(["preview", "--export", "a.html"]) == 0
    flows = embedded((tmp_path / "a.html").read_text())["flows"]
    assert [flow["row"] for flow in flows] == ["one", "two"]
    assert flows[0]["digest"] != flows[1]["digest"]
    assert run(["preview", "--row", "two", "-t", "web", "--export", "b.html"]) == 0
    assert [each["row"] for each in embedded((tmp_path / "b.html").read_text())["flows"]] == ["two"]
    assert run(["preview", "--row", "three", "--export", "c.html"]) == 2
    assert "unknown row 'three'" in capsys.readouterr().err


def test_a_flow_with_too_many_positions(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(laid(tmp_path))
    monkeypatch.setattr("twimlc.preview.walk.MOST_POSITIONS", 3)
    assert run(["preview", "--export", "a.html"]) == 1
    assert "more than 3 places" in capsys.readouterr().err
    assert not (tmp_path / "a.html").exists()


def rects(svg):
    """The rectangles of boxes, labels and links."""
    pattern = r'<g data-(box|label|link)="[^"]*"[^>]*><rect x="([-.\d]+)" y="([-.\d]+)" width="([.\d]+)" height="([.\d]+)"'
    return [(kind, *map(float, numbers)) for kind, *numbers in re.findall(pattern, svg)]


def test_nothing_overlaps_in_a_picture(examples):
    pictures = [flow["picture"] for flow in examples["flows"]]
    count = 0
    for svg in pictures:
        found = rects(svg)
        assert len(found) == len(re.findall(r"data-(?:box|label|link)=", svg))
        for at, (_, x, y, wide, high) in enumerate(found):
            for _, x2, y2, wide2, high2 in found[at + 1 :]:
                assert x >= x2 + wide2 or x2 >= x + wide or y >= y2 + high2 or y2 >= y + high
                count += 1
        boxes = [each[1:] for each in found if each[0] == "box"]
        for path in re.findall(r'<path data-way[^>]* d="([^"]+)"', svg):
            points = [tuple(map(float, pair.split())) for pair in re.split("[ML]", path)[1:]]
            for (x1, y1), (x2, y2) in pairwise(points):
                left, right, top, foot = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
                for x, y, wide, high in boxes:
                    outside = right <= x or left >= x + wide or foot <= y or top >= y + high
                    assert outside, (path, x, y)
    assert count > 500
