"""The manifest: what is written is read back, and fits its schema."""

import json

import jsonschema

from twimlc.output.manifest import DocumentEntry, FlowEntry, Manifest, from_json, to_json
from twimlc.output.plan import OutputFile, settle
from twimlc.schema.manifest import MANIFEST_SCHEMA

WHOLE = Manifest(
    target="site",
    host="s3",
    url="https://voice.example.com/ivr",
    flows={"shop": FlowEntry("shop/index.xml", "flows/shop.yaml", {"voiceUrl": "shop/index.xml"})},
    documents={
        "shop/index.xml": DocumentEntry(
            "text/xml",
            "shop",
            "flows/shop.yaml",
            ("greeting", "menü"),
            ((2, "shop/greeting", 5), (3, "shop/menü", 9)),
            "0" * 64,
            120,
        )
    },
    approximations=({"name": "fallback-after-answer", "flow": "shop"},),
    assumptions=("relative-links",),
)


def test_round_trip_and_form() -> None:
    data = to_json(WHOLE)
    assert from_json(data) == WHOLE
    assert data.endswith(b"}\n")
    text = data.decode()
    assert '"lines": [[2, "shop/greeting", 5], [3, "shop/menü", 9]]' in text
    assert text.index('"approximations"') < text.index('"version"')


def test_it_fits_its_schema() -> None:
    jsonschema.Draft7Validator.check_schema(MANIFEST_SCHEMA)
    validator = jsonschema.Draft7Validator(MANIFEST_SCHEMA)
    assert list(validator.iter_errors(json.loads(to_json(WHOLE)))) == []
    for path in ("../x", "/x", "a/../b", "a//b"):
        broken = json.loads(to_json(WHOLE))
        broken["documents"] = {path: broken["documents"]["shop/index.xml"]}
        assert not validator.is_valid(broken), path


def test_items_of_other_flows_are_carried_over() -> None:
    last = Manifest(
        "site",
        "s3",
        flows={name: FlowEntry(f"{name}/index.xml", f"{name}.yaml") for name in ("a", "b")},
        decisions=({"flow": "a", "at": 1}, {"flow": "b", "at": 2}),
        assumptions=("shared", "other"),
    )
    new = Manifest(
        "site",
        "s3",
        flows={"a": FlowEntry("a/index.xml", "a.yaml")},
        decisions=({"flow": "a", "at": 3},),
        assumptions=("shared",),
    )
    files = [OutputFile("a/index.xml", b"x", "text/xml", "a")]
    joined = settle(files, new, last, source_exists=lambda _: True).manifest
    assert joined.decisions == ({"flow": "a", "at": 3}, {"flow": "b", "at": 2})
    assert joined.assumptions == ("other", "shared")
    alone = settle(files, new, last, source_exists=lambda source: source == "a.yaml").manifest
    assert alone.decisions == ({"flow": "a", "at": 3},)
    assert alone.assumptions == ("shared",)
