"""The example flows behind real web servers: every call is the flow, over real HTTP.

Plain files are served by Python's own server. nginx, Caddy and Apache read the fragments that were
built; CloudFront is its function, run by node, before a server of plain files. The flows are walked
together with what is served, and the same calls are heard from each host as from the documents in
memory.
"""

import functools
import json
import shutil
import subprocess
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from compiled import variant_of
from proofs import Call, verify
from routed import public, router
from test_hosts_cloudfront import NODE, event, needs_node
from test_hosts_servers import APACHE, CADDY, NGINX, apache, caddy, folder, needs, nginx
from twimlc.calls.web import WebHost
from twimlc.interpret.documents import Documents
from twimlc.interpret.library import Library
from twimlc.pipeline import Options, build, check

__all__ = ["folder"]  # a fixture

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
MOST_CALLS = 60
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


class Quiet(SimpleHTTPRequestHandler):
    """Python's own server; on a machine that knows no type for .xml it is told one."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".xml": "text/xml"}

    def log_message(self, *_):
        pass


def laid(folder, name):
    """The example flows built for a host, with links that fit any address, and their plan."""
    shutil.copytree(
        ROOT / "flows",
        folder / "flows",
        # What some say hangs on the server's clock (test_hosts_clocks.py).
        ignore=shutil.ignore_patterns(
            "*.test.yaml", "payment.yaml", "meeting-code.yaml", "front-desk.yaml", "store.yaml"
        ),
    )
    (folder / "twimlc.yaml").write_text(f"targets:\n  {name}: {{host: {HOSTS[name]}}}\n")
    assert build(Options(cwd=folder)).ok
    return folder / "build" / name, variant_of(folder)


def traces(host, entry):
    """What is heard for each script, shortest first, up to a number of calls."""
    library = Library(host)
    found = {}
    waiting = deque([()])
    while waiting and len(found) < MOST_CALLS:
        script = waiting.popleft()
        call = Call(Documents(library, entry), limit=50)
        for choice in script:
            call.take(choice)
        found[script] = [
            (event.kind, str(event.value).replace(entry.rpartition("/")[0].rpartition("/")[0], ""))
            for event in call.trace
        ]
        if len(script) < 6:
            waiting.extend((*script, choice) for choice in call.choices())
    return found


class Deciding:
    """A server that decides by who calls: what it has to be told is known from its build."""

    def __init__(self, host, base, memory):
        self.host, self.base, self.questions = host, base, memory.questions

    def open(self, url, answers):
        question = self.questions.get(url.removeprefix(f"{self.base}/"))
        return None if question is None else question.open(answers)

    def __getattr__(self, name):
        return getattr(self.host, name)


def agree(base, root, variant, least=20):
    memory = router(root)
    assert len(variant.plan.entries) > least
    for entry in variant.plan.entries:
        address = f"{base}/{entry.path}"
        served = Deciding(WebHost(address), base, memory)
        walked = verify(
            variant.graph, entry.flow, address, served, approximations=variant.plan.approximations
        )
        assert walked.same, walked.difference and walked.difference.describe()
        assert traces(Deciding(WebHost(address), base, memory), address) == traces(
            memory, memory.url(entry.path)
        ), entry.flow


@contextmanager
def serving(handler, root):
    """The address of Python's own server of the files of a target."""
    handler = functools.partial(handler, directory=str(public(root)))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The example flows that plain files can serve: their target, and what it was made from."""
    home = tmp_path_factory.mktemp("static")
    shutil.copytree(ROOT / "flows", home / "flows")
    (home / "twimlc.yaml").write_text("flows: flows\n")
    options = Options(cwd=home, targets=("static",), write=False)
    flows = sorted(path for path in (home / "flows").glob("*.yaml") if ".test." not in path.name)
    refused = [path for path in flows if not check(replace(options, paths=(path,))).ok]
    for path in refused:
        path.unlink()
    assert build(replace(options, write=True)).ok
    return home / "build" / "static", variant_of(home, "static")


def test_pythons_own_server(plain):
    with serving(Quiet, plain[0]) as base:
        agree(base, *plain, least=10)


def test_a_server_that_lost_a_document_is_found(plain):
    root, variant = plain
    page = public(root) / "standup" / "index.xml"
    right = page.read_bytes()
    page.write_bytes(right.replace(b"Welcome", b"Good day"))
    try:
        with serving(Quiet, root) as base:
            address = f"{base}/standup/index.xml"
            assert not verify(variant.graph, "standup", address, WebHost(address)).same
    finally:
        page.write_bytes(right)


@needs(NGINX, "nginx")
def test_nginx(folder):
    root, variant = laid(folder, "nginx")
    assert variant.plan.decisions
    with nginx(folder, folder / "build", ["nginx"], f"root {public(root)};") as server:
        agree(f"http://127.0.0.1:{server.port}", root, variant)


@needs(CADDY, "caddy")
def test_caddy(folder):
    root, variant = laid(folder, "caddy")
    with caddy(folder, folder / "build", ["caddy"], f"\troot * {public(root)}") as server:
        agree(f"http://127.0.0.1:{server.port}", root, variant)


@needs(APACHE, "apache2")
def test_apache(folder):
    root, variant = laid(folder, "apache")
    with apache(folder, folder / "build", ["apache"], f"DocumentRoot {public(root)}") as server:
        agree(f"http://127.0.0.1:{server.port}", root, variant)


@contextmanager
def edge(root, script):
    """Plain files behind the function: what it answers is asked for in place of the request."""
    script.write_text(ANSWERING)
    node = subprocess.Popen(
        [NODE, script, root / "router.js"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    turn = threading.Lock()

    class Edge(Quiet):
        def do_GET(self):
            asked = urlsplit(self.path)
            with turn:
                node.stdin.write(json.dumps(event(asked.path, asked.query)) + "\n")
                node.stdin.flush()
                answer = json.loads(node.stdout.readline())
            self.path = answer["uri"]
            super().do_GET()

    try:
        with serving(Edge, root) as base:
            yield base
    finally:
        node.stdin.close()
        node.wait(10)
        node.stdout.close()


@needs_node
def test_cloudfront(folder):
    root, variant = laid(folder, "cloudfront")
    assert not (root / "router.kvs.json").exists(), "the harness has no store"
    with edge(root, folder / "answering.mjs") as base:
        agree(base, root, variant)


@pytest.mark.parametrize("name", HOSTS)
def test_hosts_that_decide_give_the_same_documents(folder, name):
    root, _ = laid(folder, name)
    other = folder / "other"
    other.mkdir()
    wanted, _ = laid(other, "nginx")
    root, wanted = public(root), public(wanted)
    assert {p.relative_to(root): p.read_bytes() for p in root.rglob("*.xml")} == {
        p.relative_to(wanted): p.read_bytes() for p in wanted.rglob("*.xml")
    }
