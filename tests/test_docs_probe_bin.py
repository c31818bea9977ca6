"""The probe Bin of the docs says what it should, under both readings, by GET and by POST."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest

from twimlc.hosts.answer import ENGINES
from twimlc.hosts.twiml_bin.answer import parse, render

PROBE = parse((Path(__file__).parents[1] / "docs" / "probe-bin.xml").read_text())


def answer(engine, url, **sent):
    asked = (
        dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        | sent
        | {"From": "+14155550123"}
    )
    return list(ElementTree.fromstring(render(PROBE, asked, engine)))


@pytest.mark.parametrize("engine", ENGINES)
def test_it_counts_to_three(engine):
    gather = answer(engine, "")[1]
    hop = answer(engine, gather.get("action"), Digits="1")[0]
    assert hop.tag == "Redirect"
    one = answer(engine, hop.text)
    assert one[0].text.startswith("One.")
    wait = answer(engine, one[1].get("waitUrl"))
    assert [verb.tag for verb in wait[:2]] == ["Say", "Leave"]
    three = answer(engine, one[1].get("action"))
    assert three[0].text.startswith("Three.")
    assert three[0][0].text == "+14155550123"


@pytest.mark.parametrize("engine", ENGINES)
def test_other_keys_and_old_links(engine):
    gather = answer(engine, "")[1]
    hop = answer(engine, gather.get("action"), Digits="*")[0]
    assert answer(engine, hop.text)[0].text.startswith("Another key")
    assert answer(engine, "?go=1&named=1&s9=1")[0].text.startswith("Something")
