"""The manifest: what is written is read back, and fits its schema."""

import json
from hashlib import sha256
from pathlib import Path

import jsonschema

from twimlc.formats.validator import schema_text
from twimlc.output.ground import Ground
from twimlc.output.manifest import DocumentEntry, FlowEntry, Manifest, from_json, to_json
from twimlc.output.plan import OutputFile, Scope, settle
from twimlc.project.files import FileContent

MANIFEST_SCHEMA = json.loads(schema_text("manifest"))

WHOLE = Manifest(
    target="site",
    host="s3",
    url="https://voice.example.com/ivr",
    built_on="1" * 64,
    flows={
        "shop": FlowEntry(
            "public/shop/index.xml",
            "flows/shop.yaml",
            {"voiceUrl": "shop/index.xml"},
            version="v.0123456789ab",
            versions=("v.0123456789ab", "v.ba9876543210"),
        ),
        "gone": FlowEntry(
            None,
            "flows/gone.yaml",
            versions=("v.0123456789ab",),
            earlier=(("public/media/a.0123abcd.mp3", "public/shop/v.0123456789ab"), ()),
        ),
    },
    documents={
        "public/shop/index.xml": DocumentEntry(
            "text/xml",
            "shop",
            "no-store",
            "flows/shop.yaml",
            ("greeting", "menü"),
            ((2, "shop/greeting", 5), (3, "shop/menü", 9)),
            "0" * 64,
            120,
        ),
        "public/media/a.0123abcd.mp3": DocumentEntry(
            "audio/mpeg", cache="immutable", sha256="0" * 64
        ),
        "router.js": DocumentEntry("text/javascript", sha256="0" * 64),
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
        broken["documents"] = {path: broken["documents"]["public/shop/index.xml"]}
        assert not validator.is_valid(broken), path


def decision(flow: str, version: str) -> dict[str, str]:
    return {"flow": flow, "path": f"public/{flow}/{version}/main.0.decide"}


def test_items_of_other_flows_are_carried_over(tmp_path: Path) -> None:
    text = "v.111111111111"
    inner = {name: f"public/{name}/{text}/main.1.xml" for name in ("a", "b")}
    last = Manifest(
        "site",
        "s3",
        flows={
            name: FlowEntry(
                f"public/{name}/index.xml", f"{name}.yaml", version=text, versions=(text,)
            )
            for name in ("a", "b")
        },
        documents={
            path: DocumentEntry("text/xml", name, sha256=sha256(path.encode()).hexdigest())
            for name, path in inner.items()
        },
        decisions=tuple(decision(name, "v.111111111111") for name in ("a", "b")),
        assumptions=("shared", "other"),
    )
    new = Manifest(
        "site",
        "s3",
        flows={"a": FlowEntry("public/a/index.xml", "a.yaml")},
        decisions=(decision("a", "v.333333333333"),),
        assumptions=("shared",),
    )
    files = [OutputFile("public/a/index.xml", FileContent.of(b"x"), DocumentEntry("text/xml", "a"))]
    for path in inner.values():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(path)
    ground = Ground(last, "2" * 64, tmp_path)
    (own,) = new.decisions
    of_a, of_b = last.decisions
    joined = settle(files, new, ground, Scope(lambda _: True)).manifest
    assert joined.decisions == (own, of_b)
    assert joined.assumptions == ("other", "shared")
    assert joined.built_on == "2" * 64
    kept = settle(files, new, ground, Scope(lambda _: True, keep=1)).manifest
    assert kept.decisions == (of_a, own, of_b)
    assert kept.flows["a"].versions == (text,)
    alone = settle(files, new, ground, Scope(lambda source: source == "a.yaml")).manifest
    assert alone.decisions == (own,)
    assert alone.assumptions == ("shared",)
