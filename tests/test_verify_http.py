"""The example flows behind real web servers are the same calls: every choice, over real HTTP."""

import functools
import shutil
import threading
from collections import deque
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from routed import Running, free_port, public
from test_hosts_servers import NGINX, needs
from twimlc.interpret.documents import Documents, Library
from twimlc.interpret.machine import Call
from twimlc.interpret.plan import served
from twimlc.interpret.verify import verify
from twimlc.phone.web import WebHost
from twimlc.pipeline import Options, build, check
from twimlc.pipeline.compile import compile_target
from twimlc.pipeline.load import load

ROOT = Path(__file__).parents[1]
MOST_CALLS = 60


class Quiet(SimpleHTTPRequestHandler):
    """Python's own server; on a machine that knows no type for .xml it is told one."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".xml": "text/xml"}

    def log_message(self, *_):
        pass


def built_for(host, folder):
    """All example flows that ``host`` takes: their folder, and what it was made from."""
    flows = sorted(
        path for path in (ROOT / "flows").glob("*.yaml") if not path.name.endswith(".test.yaml")
    )
    project = folder / "twimlc.yaml"
    project.write_text("flows: flows\n")
    shutil.copytree(ROOT / "flows", folder / "flows")
    options = Options(cwd=folder, targets=(host,), write=False)
    fit = tuple(
        path for path in flows if check(replace(options, paths=(folder / "flows" / path.name,))).ok
    )
    options = replace(
        options, paths=tuple(folder / "flows" / path.name for path in fit), write=True
    )
    result = build(options)
    assert result.ok, [found.message for found in result.findings if found.is_error]
    loaded = load(options)
    (variant,) = compile_target(loaded, loaded.targets[0]).variants
    return folder / "build" / host / "public", variant


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return built_for("static", tmp_path_factory.mktemp("static"))


@pytest.fixture(scope="module")
def built_for_nginx(tmp_path_factory):
    return built_for("nginx", tmp_path_factory.mktemp("nginx"))


@pytest.fixture
def python_server(built):
    handler = functools.partial(Quiet, directory=str(public(built[0])))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def nginx_server(built_for_nginx, tmp_path):
    folder = built_for_nginx[0]
    port = free_port()
    spare = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"daemon off;\nmaster_process off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/errors;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{spare}types {{ text/xml xml; audio/mpeg mp3; audio/wav wav; }}\n"
        f"include {folder.parent}/nginx-http.conf;\n"
        f"server {{\nlisten 127.0.0.1:{port};\nroot {folder};\ninclude {folder.parent}/nginx-server.conf;\n}}\n}}\n"
    )
    with Running(
        [NGINX, "-p", tmp_path, "-c", config, "-e", tmp_path / "errors"], port, tmp_path / "log"
    ):
        yield f"http://127.0.0.1:{port}"


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


def agree(base, folder, variant):
    at = public(folder)
    files = {p.relative_to(at).as_posix(): p.read_bytes() for p in at.rglob("*.*") if p.is_file()}
    plain = served(variant.finished().plan, files)
    assert len(variant.plan.entries) > 10
    for entry in variant.plan.entries:
        address = f"{base}/{entry.path}"
        walked = verify(
            variant.graph,
            entry.flow,
            address,
            WebHost(address),
            approximations=variant.plan.approximations,
        )
        assert walked.same, walked.difference and walked.difference.describe()
        assert traces(WebHost(address), address) == traces(plain, plain.url(entry.path)), entry.flow


def test_pythons_own_server(built, python_server):
    agree(python_server, *built)


@needs(NGINX, "nginx")
def test_nginx_with_its_decisions(built_for_nginx, nginx_server):
    assert built_for_nginx[1].plan.decisions
    agree(nginx_server, *built_for_nginx)


def test_a_server_that_lost_a_document_is_found(built, python_server):
    folder, variant = built
    page = public(folder) / "standup" / "index.xml"
    right = page.read_bytes()
    page.write_bytes(right.replace(b"Welcome", b"Good day"))
    try:
        address = f"{python_server}/standup/index.xml"
        assert not verify(variant.graph, "standup", address, WebHost(address)).same
    finally:
        page.write_bytes(right)
