"""The CloudFront Function, run in node with events as CloudFront makes them."""

import json
import shutil
import subprocess
from urllib.parse import unquote

import pytest

from routed import built, project, requests, router, wanted
from twimlc.lower.plan import Decision, FlowPlace
from versions import FLOWS, GONE, NOW, lay

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None, reason="NOT TESTED: node is not installed, so router.js did not run"
)

pytestmark = pytest.mark.slow

HARNESS = """
import { readFileSync } from "node:fs";
const store = STORE;
const cf = { kvs: () => ({ get: async (key) => { if (!store.has(key)) throw new Error("KeyNotFound"); return store.get(key); } }) };
const source = readFileSync(process.argv[2], "utf8").replace(/^import cf .*$/m, "");
const handler = new Function("cf", source + "\\nreturn handler;")(cf);
const answers = [];
for (const event of JSON.parse(readFileSync(0, "utf8"))) answers.push(await handler(event));
console.log(JSON.stringify(answers));
"""


def event(uri, query="", method="GET"):
    """The event of a request: names and values stay encoded, what comes twice has multiValue."""
    fields = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        if name in fields:
            first = fields[name].setdefault("multiValue", [{"value": fields[name]["value"]}])
            first.append({"value": value})
            fields[name]["value"] = value
        else:
            fields[name] = {"value": value}
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request"},
        "viewer": {"ip": "198.51.100.7"},
        "request": {
            "method": method,
            "uri": uri,
            "querystring": fields,
            "headers": {},
            "cookies": {},
        },
    }


def run(folder, events):
    """What the function of a build answers to each event."""
    pairs = []
    if (folder / "router.kvs.json").exists():
        stored = json.loads((folder / "router.kvs.json").read_text())["data"]
        pairs = [[item["key"], item["value"]] for item in stored]
    script = folder.parent / "harness.mjs"
    script.write_text(HARNESS.replace("STORE", f"new Map({json.dumps(pairs)})"))
    done = subprocess.run(
        [NODE, script, folder / "router.js"],
        input=json.dumps(events),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def agree(folder, base):
    host = router(folder)
    asked = list(requests(host))
    answers = run(folder, [event(base + path, query) for path, query in asked])
    assert len(asked) > 100
    for (path, query), answer in zip(asked, answers, strict=True):
        found = host.files[answer["uri"].removeprefix(base)]
        assert found == wanted(host, path, query), (path, query, answer["uri"])


@needs_node
@pytest.mark.parametrize(("target", "base"), [("bare", "/"), ("deep", "/call~flows/v1.2/")])
def test_every_value_leads_where_the_decision_says(tmp_path, target, base):
    folder = project(tmp_path, "s3, router: cloudfront")
    built(folder, targets=(target,))
    out = folder / "build" / target
    assert len((out / "router.js").read_bytes()) <= 10240
    assert not (out / "router.kvs.json").exists()
    agree(out, base)


BIG = "states:\n" + "".join(
    f"  s{n}:\n    - menu: {{prompt: Menu {n}., choices: {{1: s{(n + 1) % 90}, 2: s{(n * 7) % 90}, '*': s{(n * 3) % 90}}}}}\n    - hangup\n"
    for n in range(90)
)


@needs_node
def test_a_table_over_ten_kilobytes_goes_to_a_store(tmp_path):
    folder = project(tmp_path, "s3, router: cloudfront")
    (folder / "flows" / "big.yaml").write_text(BIG)
    built(folder, targets=("deep",))
    out = folder / "build" / "deep"
    assert len((out / "router.js").read_bytes()) <= 10240
    stored = json.loads((out / "router.kvs.json").read_text())["data"]
    assert all(len(item["key"]) <= 512 and len(item["value"]) <= 1024 for item in stored)
    assert len({item["key"] for item in stored}) == len(stored)
    assert "router.kvs.json" in (out / "README.md").read_text()
    agree(out, "/call~flows/v1.2/")
    (folder / "flows" / "big.yaml").unlink()
    built(folder, targets=("deep",))
    assert (out / "router.kvs.json").exists()  # calls in progress may still be in that flow
    config = folder / "twimlc.yaml"
    config.write_text(config.read_text().replace("  deep: {", "  deep: {keep: 0, "))
    built(folder, targets=("deep",))
    assert not (out / "router.kvs.json").exists()


@needs_node
def test_odd_requests(tmp_path):
    folder = project(tmp_path, "s3, router: cloudfront")
    built(folder, targets=("bare",))
    out = folder / "build" / "bare"
    (version,) = (path.name for path in (out / "public" / "acme").glob("v.*"))
    inside = f"/acme/{version}"
    menu = f"{inside}/main.0.decide"
    asked = {
        "encoded star": event(menu, "Digits=%2A"),
        "small letters": event(menu, "Digits=%2a"),
        "bare star": event(menu, "Digits=*"),
        "hash": event(menu, "Digits=%23"),
        "twice": event(menu, "Digits=1&Digits=%2A"),
        "broken": event(menu, "Digits=%2"),
        "own": event(menu, "Digits=toString"),
        "none": event(menu),
        "not ours": event("/acme/index.xml", "Digits=1"),
        "unknown": event(f"{inside}/main.9.decide", "Digits=1"),
        "object's": event("/constructor", "Digits=1"),
    }
    found = dict(
        zip(asked, (answer["uri"] for answer in run(out, list(asked.values()))), strict=True)
    )
    assert (
        found["encoded star"]
        == found["small letters"]
        == found["bare star"]
        == f"{inside}/support.xml"
    )
    assert found["hash"] not in (found["none"], found["bare star"])
    assert found["twice"] == f"{inside}/sales.xml"
    assert found["broken"] == found["own"] == found["none"]
    assert found["not ours"] == "/acme/index.xml"
    assert found["unknown"] == "/acme/changed.xml"
    assert found["object's"] == "/constructor"
    (post,) = run(out, [event(menu, "Digits=1", method="POST")])
    assert post["statusCode"] == 405


@needs_node
@pytest.mark.parametrize("base", ["/", "/n/"])
@pytest.mark.parametrize("store", [False, True])
def test_versions_that_are_known_and_that_are_gone(tmp_path, base, store):
    more = [
        Decision("Digits", rows, f"front-desk/{NOW}/rest.xml", path=path, flow="front-desk")
        for n in range(60 if store else 0)
        for path in [f"front-desk/{NOW}/many{n}.1.decide"]
        for rows in [tuple((f"{n}{m}", f"front-desk/{NOW}/ann.xml") for m in range(20))]
    ]
    laid = lay(tmp_path, "s3", base, router="cloudfront", more=more)
    assert (laid.folder / "router.kvs.json").exists() == store
    asked = [(path, query) for path, query in requests(laid.host)]
    answers = run(laid.folder, [event(base + path, query) for path, query in asked])
    for (path, query), answer in zip(asked, answers, strict=True):
        found = laid.host.files[answer["uri"].removeprefix(base)]
        assert found == wanted(laid.host, path, query), (path, query)
    plain = list(laid.host.files)
    answers = run(laid.folder, [event(base + path) for path in plain])
    assert [answer["uri"] for answer in answers] == [base + path for path in plain]
    gone = [
        (f"{flow.path}{version}/{name}", f"{flow.path}changed.xml")
        for flow in FLOWS
        for version, name in [(GONE, "a.xml"), (GONE, "pin.1.decide"), (GONE, "a/b.xml")]
    ]
    gone += [(f"front-desk/{NOW}/pin.77.decide", "front-desk/changed.xml")]
    gone += [(f"front-desk/{NOW}/deeper/a.xml", "front-desk/changed.xml")]
    answers = run(laid.folder, [event(base + path, "Digits=1") for path, _ in gone])
    assert [answer["uri"] for answer in answers] == [base + to for _, to in gone]
    answers = run(laid.folder, [event(base + path, method="POST") for path, _ in gone])
    assert {answer["statusCode"] for answer in answers} == {405}
    other = [
        f"a/b/c/{GONE}/a.xml",
        f"{GONE}/a.xml",
        f"Front-Desk/{GONE}/a.xml",
        "front-desk/none.xml",
    ]
    answers = run(laid.folder, [event(base + path) for path in other])
    assert [answer["uri"] for answer in answers] == [base + path for path in other]


@needs_node
def test_versions_that_share_their_decisions_cost_little(tmp_path):
    sizes = []
    for count in (1, 4):
        versions = tuple(f"v.{n:012x}" for n in range(count))
        flows = (FlowPlace("front-desk/", versions),)
        laid = lay(tmp_path / str(count), "s3", router="cloudfront", flows=flows)
        sizes.append(len((laid.folder / "router.js").read_bytes()))
    assert sizes[1] - sizes[0] < 3 * 100


def test_the_readme_says_how_to_cache(tmp_path):
    folder = project(tmp_path, "s3, router: cloudfront")
    built(folder, targets=("deep",))
    text = (folder / "build" / "deep" / "README.md").read_text()
    assert "viewer requests" in text
    assert "out of the cache key" in text
    assert "minimum TTL of 0" in text
    assert "/call~flows/v1.2/*" in text
    assert "router.kvs.json" not in text
    assert unquote(text) == text
