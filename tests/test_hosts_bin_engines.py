"""Real template engines read Bins as our own readers do: the same document for any request.

``TWIMLC_ENGINES`` names a folder with npm's ``mustache`` and ``handlebars`` installed.
"""

import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from test_hosts_bin_same_call import grown, names_of
from twimlc import pipeline
from twimlc.hosts.twiml_bin.answer import parse, render

FOLDER = os.environ.get("TWIMLC_ENGINES", str(Path(__file__).parent.parent / ".cache" / "engines"))
NODE = shutil.which("node")
HOSTILE = [
    "1",
    "0",
    "a&b=1",
    "x#y",
    "%41",
    "1+1",
    "{{From}}",
    "}}",
    "<b>",
    "'\"`=/",
    "--",
    "]]>",
    "é",
]


def requests(pieces, chance, count):
    names = sorted(set(names_of(pieces)))
    for _ in range(count):
        asked = {name: "1" for name in names if chance.random() < chance.choice([0.02, 0.2, 0.6])}
        for name in (
            "Digits",
            "From",
            "DialCallStatus",
            "DialBridged",
            "q",
            "t",
            "keys",
            "old9",
            "HandoffData",
        ):
            if chance.random() < 0.4:
                asked[name] = chance.choice(HOSTILE)
        yield asked


def heard(text):
    """The document that Twilio's parser makes of an answer."""
    return ElementTree.canonicalize(text, with_comments=True)


@pytest.mark.slow
@pytest.mark.sweep(2)
@pytest.mark.parametrize("seed", range(12))
def test_engines(seed, tmp_path):
    if NODE is None or not (Path(FOLDER) / "node_modules" / "handlebars").is_dir():
        pytest.skip(
            f"no mustache and handlebars in {FOLDER}: npm install --prefix {FOLDER} mustache handlebars"
        )
    chance = random.Random(seed)
    folder = grown(seed, tmp_path, chance.choice(["comment", "bare"]))
    pipeline.build(pipeline.Options(cwd=folder, verify=False))
    asked = []
    for path in sorted((folder / "build" / "bins").glob("*.xml")):
        template = path.read_text()
        pieces = parse(template)
        asked += [(template, pieces, request) for request in requests(pieces, chance, 60)]
    lines = "".join(json.dumps({"template": t, "parameters": p}) + "\n" for t, _, p in asked)
    script = Path(__file__).parent / "engines.js"
    ran = subprocess.run(
        [NODE, script, FOLDER], input=lines, capture_output=True, text=True, check=True
    )
    answers = ran.stdout.splitlines()
    assert len(answers) == len(asked)
    for (_, pieces, request), line in zip(asked, answers, strict=True):
        for engine, answer in json.loads(line).items():
            assert heard(answer) == heard(render(pieces, request, engine)), (engine, request)


@pytest.mark.sweep(3)
@pytest.mark.parametrize("seed", range(12))
def test_chevron(seed, tmp_path):
    chevron = pytest.importorskip("chevron", reason="the package chevron is not installed")
    chance = random.Random(seed)
    folder = grown(seed, tmp_path, chance.choice(["comment", "bare"]))
    pipeline.build(pipeline.Options(cwd=folder, verify=False))
    for path in sorted((folder / "build" / "bins").glob("*.xml")):
        template = path.read_text()
        pieces = parse(template)
        for request in requests(pieces, chance, 40):
            assert heard(chevron.render(template, request)) == heard(
                render(pieces, request, "mustache")
            )
