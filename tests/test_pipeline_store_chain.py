"""A chain of forty stores from one table: one flow, a greeting of its own for each, one build."""

import json
import re
from pathlib import Path

import pytest

from command_line import Phone, lines
from compiled import make
from folders import write_files

CITIES = ("Oakland", "San José", "Santa Cruz", "Napa")
STORES = [(f"store-{n}", f"+141555501{n:02}", CITIES[n % len(CITIES)]) for n in range(40)]
TABLE = "\n".join(["store,phone,city", *map(",".join, STORES)]) + "\n"
LINE = """
flow: line
params: {store: , phone: , city: }
invariants: [nobody is hung up on, always rings within 30 seconds, always reaches human or voicemail]
start: greeting
states:
  greeting:
    - play: media/${store}.wav
    - menu:
        prompt: You have reached our store in ${city}. For our hours, press 1. To talk to us, press 2.
        choices: {1: hours, 2: desk}
        attempts: 1
      fallback: desk
  hours:
    - play: media/hours.wav
    - goto: desk
  desk:
    - dial: {number: "${phone}", timeout: 20}
      then: hangup
      fallback: message
  message:
    - voicemail: {record: {maxLength: 90}}
    - hangup
"""
PROJECT = """
flows: flows
matrix: stores.csv
targets:
  web: {host: nginx, url: "https://voice.example.com/ivr"}
  bins: {host: twiml-bin, media: "https://media.example.com/ivr"}
"""


def sound(of: str) -> bytes:
    """A WAV file of a quarter of a second, of other bytes for each store."""
    rate, data = 8000, of.encode().ljust(2000, b"\0")
    head = b"".join(
        n.to_bytes(size, "little")
        for n, size in ((1, 2), (1, 2), (rate, 4), (rate, 4), (1, 2), (8, 2))
    )
    chunks = b"fmt " + (16).to_bytes(4, "little") + head
    chunks += b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks


FILES: dict[str, str | bytes] = {
    "twimlc.yaml": PROJECT,
    "stores.csv": TABLE,
    "flows/line.yaml": LINE,
    "flows/media/hours.wav": sound("hours"),
    **{f"flows/media/{store}.wav": sound(store) for store, _, _ in STORES},
}


@pytest.mark.parametrize("target", ["web", "bins"])
def test_each_store_has_a_line_of_its_own(target: str) -> None:
    made = make(files=FILES, target=target)
    assert made.slugs == [], made.words
    media = {file.name for file in made.places.values() if file.suffix == ".wav"}
    assert len(media) == len(STORES) + 1
    texts = {p: file.read_text("utf-8") for p, file in made.places.items() if p.endswith(".xml")}
    for store, number, city in STORES:
        mine = "".join(xml for path, xml in texts.items() if path.startswith(f"{store}/"))
        assert f"our store in {city}." in mine
        assert set(re.findall(r"<Number>(.*?)</Number>", mine)) == {number}
        played = set(re.findall(r"[\w-]+\.[0-9a-f]+\.wav", mine))
        assert played <= media
        assert {name.split(".")[0] for name in played} == {store, "hours"}
    manifest = json.loads((made.folder / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["flows"]) == len(STORES)


def test_a_number_that_is_no_number_is_shown_in_its_cell() -> None:
    wrong = FILES | {"stores.csv": TABLE.replace("+14155550107", "14155550107x")}
    made = make(files=wrong, target="web")
    assert len(made.slugs) == 1, made.words
    assert "14155550107x" in made.words


@pytest.mark.parametrize(
    ("typed", "row", "heard"),
    [
        (
            "1\ncompleted\n",
            "store-5",
            ["store-5", "store in San José.", "hours", "dial +14155550105", "hangup"],
        ),
        (
            "2\nbusy\nspeak\n",
            "store-39",
            [
                "store-39",
                "store in Napa.",
                "dial +14155550139",
                "leave a message",
                "record",
                "Goodbye",
                "hangup",
            ],
        ),
        (
            "\n\nspeak\n",
            "store-0",
            [
                "store-0",
                "store in Oakland.",
                "dial +14155550100",
                "leave a message",
                "record",
                "Goodbye",
                "hangup",
            ],
        ),
    ],
)
def test_a_call_to_a_store(
    phone: Phone, tmp_path: Path, typed: str, row: str, heard: list[str]
) -> None:
    write_files(tmp_path, FILES)
    status, out, err = phone(typed, "line", "--row", row, "-t", "web", "-q")
    assert status == 0, err
    met = [
        line for line in lines(out) if line.startswith(("say", "play", "dial", "record", "hangup"))
    ]
    assert len(met) == len(heard), met
    assert all(part in line for part, line in zip(heard, met, strict=True)), met
