"""The commands of a build's README, run: every file with its headers, in the order that is safe."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from twimlc.lower.names import CACHE_CONTROL
from twimlc.lower.plan import Decision
from versions import GONE, NOW, classes, lay, stored

pytestmark = pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("jq")),
    reason="NOT TESTED: bash or jq is not installed, so the README's commands did not run",
)


def blocks(laid):
    """The commands after each build, block by block."""
    text = (laid.folder / "README.md").read_text()
    text = text[text.find("## After each build") if "## After" in text else 0 :]
    return [dedent(found) for found in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)]


def run(laid, commands, state):
    tools = laid.folder.parents[1] / "tools"
    tools.mkdir(exist_ok=True)
    place, aws = tools / "state.json", tools / "aws"
    aws.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).parent}/fake_aws.py" "$@"\n'
    )
    aws.chmod(0o755)
    place.write_text(json.dumps(state))
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(commands)],
        cwd=laid.folder,
        env={**os.environ, "PATH": path, "FAKE_AWS": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(place.read_text())


def empty():
    return {"puts": [], "store": {}, "etag": "E"}


def many(count):
    desk = f"front-desk/{NOW}/"
    for n in range(count):
        rows = ((str(n), f"{desk}to{n}.xml"), ("*", f"{desk}ann.xml"))
        yield Decision(
            "Digits", rows, f"{desk}rest.xml", path=f"{desk}many{n}.1.decide", flow="front-desk"
        )


@pytest.mark.parametrize("base", ["/", "/n/"])
@pytest.mark.parametrize(("router", "more"), [(None, 0), ("cloudfront", 0), ("cloudfront", 300)])
def test_every_file_goes_up_once_with_its_headers_and_entries_go_last(tmp_path, base, router, more):
    laid = lay(tmp_path, "s3", base, router=router, more=list(many(more)))
    if router != "cloudfront":
        # Nothing is decided by these, whatever lies in the folder.
        from twimlc.hosts import find_host
        from twimlc.hosts.files import render_host_files
        from versions import FLOWS

        files = find_host("s3", router).files
        rendered = render_host_files(files, "site", f"https://v.example.com{base}", (), flows=FLOWS)
        for file, data in rendered:
            (laid.folder / file.path).write_bytes(data)
        caches = dict.fromkeys(laid.host.files, "immutable")
        caches |= {
            path: "no-store"
            for path in caches
            if path.endswith(("/index.xml", "/changed.xml")) and "/v." not in path
        }
    else:
        caches = classes(laid)
    state = run(laid, blocks(laid), {**empty(), "store": {"old/": "1"}})
    files = [put for put in state["puts"] if len(put) == 3 and put[0] != "store"]
    assert sorted(put[0] for put in files) == sorted(base[1:] + path for path in laid.host.files)
    for key, kind, cache in files:
        path = key.removeprefix(base[1:])
        if more and path.startswith("front-desk/v."):
            assert cache == CACHE_CONTROL["no-store"]  # too many to be named one by one
        else:
            assert cache == CACHE_CONTROL[caches[path]], path
        assert kind == (None if path.startswith("media/") else "text/xml")
    live = {
        base[1:] + path for path in laid.host.files if "/v." not in path and path.endswith(".xml")
    }
    order = [put[0] for put in state["puts"]]
    first = min(order.index(path) for path in live)
    assert set(order[first:]) == live | ({"store"} if more else set())
    if router == "cloudfront":
        assert order.index("function") < first
        versions = [at for at, name in enumerate(order) if "/v." in name]
        assert max(versions) < order.index("store" if more else "function")
    else:
        assert "function" not in order


def test_a_store_is_updated_in_batches_and_cleared_later(tmp_path):
    laid = lay(tmp_path, "s3", router="cloudfront", more=list(many(300)))
    pairs = {item["key"]: item["value"] for item in stored(laid.folder)}
    assert len(pairs) > 200
    old = {f"front-desk/{GONE}/": "1", f"front-desk/{GONE}/pin.1": '["Digits","rest"]'}
    *update, clear = blocks(laid)
    state = run(laid, update, {**empty(), "store": dict(old)})
    assert state["store"] == old | pairs, "an upload takes nothing away"
    batches = [put[1] for put in state["puts"] if put[0] == "store"]
    assert sum(batches) == len(pairs)
    associated = state["function"]["KeyValueStoreAssociations"]["Items"]
    assert associated == [{"KeyValueStoreARN": "arn:aws:cloudfront::ACCOUNT:key-value-store/ID"}]
    store = "store=arn:aws:cloudfront::ACCOUNT:key-value-store/ID"
    assert run(laid, [store, clear], state)["store"] == pairs
    text = (laid.folder / "README.md").read_text()
    assert "--import-source" in text[: text.index("## After each build")]
    assert "import" not in text[text.index("## After each build") :]
