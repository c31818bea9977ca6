"""The example flows on real hosts that decide: every call is the flow, over real HTTP.

Caddy and Apache read the fragments that were built; CloudFront is its function, run by node,
before a server of plain files. nginx is tried in test_verify_http. The flows are walked together with what is served, and the
same calls are heard from each host as from the documents in memory.
"""

import functools
import json
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from routed import router
from test_hosts_cloudfront import NODE, event, needs_node
from test_hosts_servers import APACHE, CADDY, apache, caddy, folder, needs
from test_verify_http import Quiet, traces
from twimlc.interpret.verify import verify
from twimlc.phone.web import WebHost
from twimlc.pipeline import Options, build
from twimlc.pipeline.compile import compile_target
from twimlc.pipeline.load import load

__all__ = ["folder"]  # a fixture

ROOT = Path(__file__).parents[1]
HOSTS = {
    "nginx": "nginx",
    "caddy": "caddy",
    "apache": "apache",
    "cloudfront": "s3, router: cloudfront",
}

ANSWERING = """
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
const source = readFileSync(process.argv[2], "utf8");
const handler = new Function(source + "\\nreturn handler;")();
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await handler(JSON.parse(line))));
}
"""


def laid(folder, name):
    """The example flows built for a host, with links that fit any address, and their plan."""
    shutil.copytree(
        ROOT / "flows",
        folder / "flows",
        ignore=shutil.ignore_patterns("*.test.yaml", "payment.yaml", "meeting-code.yaml"),
    )
    (folder / "twimlc.yaml").write_text(f"targets:\n  {name}: {{host: {HOSTS[name]}}}\n")
    assert build(Options(cwd=folder)).ok
    loaded = load(Options(cwd=folder, write=False))
    (variant,) = compile_target(loaded, loaded.targets[0]).variants
    return folder / "build" / name, variant


def agree(port, root, variant):
    base = f"http://127.0.0.1:{port}"
    memory = router(root)
    assert len(variant.plan.entries) > 20
    for entry in variant.plan.entries:
        address = f"{base}/{entry.path}"
        served = WebHost(address)
        walked = verify(
            variant.graph, entry.flow, address, served, approximations=variant.plan.approximations
        )
        assert walked.same, walked.difference and walked.difference.describe()
        assert traces(WebHost(address), address) == traces(memory, memory.url(entry.path)), (
            entry.flow
        )


@needs(CADDY, "caddy")
def test_caddy(folder):
    root, variant = laid(folder, "caddy")
    with caddy(folder, folder / "build", ["caddy"], f"\troot * {root}/public") as server:
        agree(server.port, root, variant)


@needs(APACHE, "apache2")
def test_apache(folder):
    root, variant = laid(folder, "apache")
    with apache(folder, folder / "build", ["apache"], f"DocumentRoot {root}/public") as server:
        agree(server.port, root, variant)


@contextmanager
def edge(root, script):
    """Plain files behind the function: what it answers is asked for in place of the request."""
    script.write_text(ANSWERING)
    node = subprocess.Popen(
        [NODE, script, root / "router.js"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    turn = threading.Lock()

    class Edge(Quiet):
        def do_GET(self):  # noqa: N802
            asked = urlsplit(self.path)
            with turn:
                node.stdin.write(json.dumps(event(asked.path, asked.query)) + "\n")
                node.stdin.flush()
                answer = json.loads(node.stdout.readline())
            self.path = answer["uri"]
            super().do_GET()

    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Edge, directory=str(root / "public"))
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        node.stdin.close()
        node.wait(10)
        node.stdout.close()


@needs_node
def test_cloudfront(folder):
    root, variant = laid(folder, "cloudfront")
    assert not (root / "router.kvs.json").exists(), "the harness has no store"
    with edge(root, folder / "answering.mjs") as port:
        agree(port, root, variant)


@pytest.mark.parametrize("name", HOSTS)
def test_hosts_that_decide_give_the_same_documents(folder, name):
    root, _ = laid(folder, name)
    other = folder / "other"
    other.mkdir()
    wanted, _ = laid(other, "nginx")
    assert {p.relative_to(root): p.read_bytes() for p in root.rglob("*.xml")} == {
        p.relative_to(wanted): p.read_bytes() for p in wanted.rglob("*.xml")
    }
