"""The example flows behind real web servers are the same calls: every choice, over real HTTP."""

import functools
import os
import threading
from collections import deque
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from routed import Running, free_port
from test_hosts_servers import NGINX, needs
from twimlc.interpret import Call, Documents, FileHost, Library, verify
from twimlc.phone.web import WebHost
from twimlc.pipeline import Options, build
from twimlc.pipeline.compile import compile_target
from twimlc.pipeline.load import load

ROOT = Path(__file__).parents[1]
MOST_CALLS = 60


class Quiet(SimpleHTTPRequestHandler):
    """Python's own server; on a machine that knows no type for .xml it is told one."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".xml": "text/xml"}  # noqa: RUF012

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the target with relative links, and what it was made from."""
    folder = tmp_path_factory.mktemp("build")
    assert build(Options(cwd=ROOT, output=folder)).ok
    loaded = load(Options(cwd=ROOT, write=False))
    target = next(found for found in loaded.targets if found.name == "plain")
    (variant,) = compile_target(loaded, target).variants
    return folder / "plain", variant


@pytest.fixture
def python_server(built):
    handler = functools.partial(Quiet, directory=str(built[0]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def nginx_server(built, tmp_path):
    port = free_port()
    spare = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"daemon off;\nmaster_process off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/errors;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{spare}types {{ text/xml xml; audio/mpeg mp3; audio/wav wav; }}\n"
        f"server {{\nlisten 127.0.0.1:{port};\nlocation /deep/er/ {{ alias {built[0]}/; }}\n}}\n}}\n"
    )
    for parent in (built[0], *built[0].parents[:3]):  # the workers of a root's nginx are nobody
        if os.access(parent, os.W_OK):
            parent.chmod(parent.stat().st_mode | 0o055)
    with Running([NGINX, "-p", tmp_path, "-c", config, "-e", tmp_path / "errors"], port, tmp_path / "log"):
        yield f"http://127.0.0.1:{port}/deep/er"


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
        found[script] = [(event.kind, str(event.value).replace(entry.rpartition("/")[0].rpartition("/")[0], "")) for event in call.trace]
        if len(script) < 6:
            waiting.extend((*script, choice) for choice in call.choices())
    return found


def agree(base, folder, variant):
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    plain = FileHost("https://voice.example.com/ivr", files)
    assert len(variant.plan.entries) > 10
    for entry in variant.plan.entries:
        address = f"{base}/{entry.path}"
        walked = verify(variant.graph, entry.flow, address, WebHost(address), approximations=variant.plan.approximations)
        assert walked.same, walked.difference and walked.difference.describe()
        assert traces(WebHost(address), address) == traces(plain, plain.url(entry.path)), entry.flow


def test_pythons_own_server(built, python_server):
    agree(python_server, *built)


@needs(NGINX, "nginx")
def test_nginx(built, nginx_server):
    agree(nginx_server, *built)


def test_a_server_that_lost_a_document_is_found(built, python_server):
    folder, variant = built
    page = folder / "standup" / "index.xml"
    right = page.read_bytes()
    page.write_bytes(right.replace(b"Welcome", b"Good day"))
    try:
        address = f"{python_server}/standup/index.xml"
        assert not verify(variant.graph, "standup", address, WebHost(address)).same
    finally:
        page.write_bytes(right)
