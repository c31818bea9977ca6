"""The preview as it is served: safe from other pages, and following what changes."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec

import pytest

from browsing import Played, browser
from folders import write_files

__all__ = ["browser"]  # a fixture

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(map(find_spec, ("starlette", "uvicorn", "watchfiles"))),
        reason="NOT TESTED: the extra [preview] is not installed",
    ),
]

PROJECT = "flows: flows\ntargets: {web: {host: nginx}}\n"
FLOW = """\
steps:
  - say: Good day.
  - play: a.mp3
  - gather: {prompt: "Press a key.", numDigits: 1}
    fallback: [{say: Nothing came.}, hangup]
  - hangup
"""
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self' data:; media-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
}


class Serving:
    def __init__(self, folder, *more):
        self.folder = folder
        files = {"twimlc.yaml": PROJECT, "flows/desk.yaml": FLOW, "flows/a.mp3": b"\xff\xfbsound"}
        write_files(folder, files)
        command = [sys.executable, "-m", "twimlc", "preview", "--no-open", "--port", "0", *more]
        self.process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.address = self.process.stdout.readline().strip()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)(/[0-9a-f]{32}/)", self.address)
        assert found, self.address + self.process.stderr.read()
        self.port, self.path = int(found[1]), found[2]

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(20) == 0
        self.process.stdout.close()
        self.process.stderr.close()

    def ask(self, path="", method="GET", **headers):
        """Status, headers by lower-case name, and body."""
        sent = {"Host": f"127.0.0.1:{self.port}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        asked.putrequest(method, path if path.startswith(("/", "*", "http")) else self.path + path,
                         skip_host=True, skip_accept_encoding=True)  # fmt: skip
        for name, value in sent.items():
            asked.putheader(name, value)
        asked.endheaders()
        answer = asked.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        body = answer.read()
        asked.close()
        return answer.status, found, body

    def data(self):
        return json.loads(self.ask("data.json")[2])

    def save(self, text, name="desk"):
        (self.folder / "flows" / f"{name}.yaml").write_text(text)

    def until(self, holds):
        """The data as soon as it is as it should be."""
        end = time.monotonic() + 20
        while True:
            data = self.data()
            if holds(data):
                return data
            assert time.monotonic() < end, data["findings"]
            time.sleep(0.05)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Serving(
        tmp_path_factory.mktemp("served"), "--allow-host", "Preview.example.com", "--allow-host", ""
    ) as found:
        yield found


def test_what_is_there(server):
    kinds = {
        "": "text/html",
        "page.css": "text/css",
        "page.js": "text/javascript",
        "data.json": "application/json",
    }
    for path, kind in kinds.items():
        status, headers, body = server.ask(path)
        assert (status, headers["content-type"].partition(";")[0]) == (200, kind)
        assert headers.items() >= HEADERS.items()
        assert "set-cookie" not in headers
        assert "access-control-allow-origin" not in headers
        assert server.ask(path, "HEAD")[0] == 200
        assert server.ask(path, "HEAD")[2] == b""
        assert body
    page = server.ask("")[2].decode()
    assert "style=" not in page
    assert not re.search(r"\son\w+=", page)
    assert "<script type" in page
    assert server.path.strip("/") not in page
    sound = server.data()["media"][0]
    assert re.fullmatch(r"media/[0-9a-f]{64}\.mp3", sound["href"])
    assert server.ask(sound["href"])[2] == b"\xff\xfbsound"


@pytest.mark.parametrize(
    "path",
    [
        "/", "/data.json", "/page.js", "/events", "/../etc/passwd", "TOKENx/", "TOKEN", "/TOKEN//", "//TOKEN/",
        "./", "../", "data%2ejson", "%64ata.json", "data.json/", "DATA.JSON", "media/", "media/a.mp3",
        "media/../data.json", "media/%2e%2e/page.css", "..%2f", "\\data.json", "flows/desk.yaml", "page.js%00",
        "/TOKEN/../TOKEN/data.json", "events/", "/" + "0" * 32 + "/data.json", ";data.json",
        "data.json?x=1", "?x", "media/" + "0" * 64 + ".mp3", "media", "page.css/../page.js", "data.json%20", "//",
        "http://127.0.0.1/", "*",
    ],
)  # fmt: skip
def test_everything_else_is_not_there(server, path):
    token = server.path.strip("/")
    wanted = path.replace("TOKEN", token)
    status, headers, body = server.ask(f"/{wanted}" if wanted.startswith(token) else wanted)
    assert (status, body) == (404, b"")
    assert headers.items() >= HEADERS.items()


def test_who_may_ask(server):
    port = server.port
    for host in (
        f"127.0.0.1:{port}",
        f"localhost:{port}",
        f"preview.example.com:{port}",
        "preview.example.com",
    ):
        assert server.ask(Host=host)[0] == 200, host
        assert server.ask(Host=host, Origin=f"http://{host}")[0] == 200, host
    others = [
        "evil.example",
        f"evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "",
        f"127.0.0.1:{port}.evil.example",
    ]
    for host in (*others, f"0.0.0.0:{port}", f"[::1]:{port}", f"127.0.0.1:{port}@evil.example"):
        for path in ("", "/", "data.json"):
            status, headers, body = server.ask(path, Host=host)
            assert (status, body) == (403, b""), host
            assert headers.items() >= HEADERS.items()
    for origin in (
        "null",
        "https://evil.example",
        f"http://127.0.0.1:{port + 1}",
        f"http://localhost:{port}",
        "",
    ):
        assert server.ask("data.json", Origin=origin)[0] == 403, origin
    for site in ("cross-site", "same-site"):
        assert server.ask("data.json", Sec_Fetch_Site=site)[0] == 403
        assert server.ask("", Sec_Fetch_Site=site)[0] == 403
        assert (
            server.ask(
                "", Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document"
            )[0]
            == 200
        )
        assert server.ask("data.json", Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate")[0] == 403
        assert (
            server.ask("", Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="iframe")[
                0
            ]
            == 403
        )
    for site in ("same-origin", "none"):
        assert server.ask("data.json", Sec_Fetch_Site=site)[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get"])
def test_nothing_is_written(server, method):
    for path in ("", "data.json", "events"):
        status, headers, _ = server.ask(path, method)
        assert status == 405
        assert headers["allow"] == "GET, HEAD"
        assert headers.items() >= HEADERS.items()
    assert server.ask("other", method)[0] in (404, 405)


def test_requests_that_are_none(server):
    """Broken requests end, and the server goes on."""
    pieces = [
        b"\x00" * 64,
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost",
        b"GET " + b"a" * 70000,
    ]
    for piece in pieces:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as raw:
            raw.sendall(piece)
    two = (
        f"GET {server.path} HTTP/1.1\r\nHost: evil.example\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as raw:
        raw.sendall(two.encode())
        assert raw.recv(4096).split(b"\r\n")[0].split()[1] in (b"400", b"403")
    assert server.ask("")[0] == 200


def raw_answer(server, *lines):
    """Status and headers of what is sent as it stands."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as raw:
        raw.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        found = b""
        while b"\r\n\r\n" not in found:
            found += raw.recv(4096) or pytest.fail("no answer")
    first, *rest = found.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    pairs = (line.partition(": ") for line in rest)
    return int(first.split()[1]), {name.lower(): value for name, _, value in pairs}


def test_answers_to_what_is_sent_by_hand(server):
    here = f"Host: 127.0.0.1:{server.port}"
    upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
               "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")  # fmt: skip
    begin = f"GET {server.path} HTTP/1.1"
    for wanted, lines in (
        ((200,), (begin, here, "Connection: close")),
        ((403,), (f"GET {server.path} HTTP/1.0",)),
        ((400,), (begin,)),
        ((400,), (begin, here, "Host: evil.example")),
        ((400,), (f"GET {server.path}\u00e9 HTTP/1.1", here)),
        ((400,), (begin, here, "Content-Length: x")),
        ((400,), ("GET", here)),
        ((403,), (begin, "Host: evil.example", *upgrade)),
        ((200,), (begin, here, *upgrade)),  # as if nothing had been asked
        ((404,), (f"GET http://127.0.0.1:{server.port}{server.path} HTTP/1.1", here)),
        ((405,), (f"OPTIONS {server.path} HTTP/1.1", here, "Access-Control-Request-Method: GET")),
    ):
        status, headers = raw_answer(server, *lines)
        assert status in wanted, lines
        assert headers.items() >= HEADERS.items(), lines
        assert not [name for name in headers if name.startswith(("access-control", "set-cookie"))]
        assert "server" not in headers


def test_each_start_has_its_own_token(tmp_path):
    tokens = set()
    for number in range(3):
        with Serving(tmp_path / str(number)) as one:
            tokens.add(one.path)
    assert len(tokens) == 3


def test_another_machine_finds_nothing(server):
    """It listens on the loopback alone."""
    names = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for name in names - {"127.0.0.1"}:
        with socket.socket() as raw:
            raw.settimeout(2)
            assert raw.connect_ex((name, server.port)) != 0


def test_a_port_and_a_title(tmp_path):
    with Serving(tmp_path / "one", "--title", "Our <line>") as one:
        assert "<title>Our &lt;line&gt;</title>" in one.ask("")[2].decode()
        taken = [sys.executable, "-m", "twimlc", "preview", "--no-open", "--port", str(one.port)]
        told = subprocess.run(taken, cwd=one.folder, capture_output=True, text=True, check=False)
        assert told.returncode == 2
        assert f"port {one.port} cannot be used" in told.stderr
        with Serving(tmp_path / "two") as two:
            assert two.path != one.path
            assert one.ask(two.path)[0] == 404


def test_saved_broken_and_mended(tmp_path):
    with Serving(tmp_path) as server:
        assert server.data()["build"] == 1
        server.save(FLOW.replace("Good day.", "Good morning."))
        data = server.until(lambda data: "Good morning." in json.dumps(data["flows"]))
        assert data["build"] > 1
        server.save(FLOW.replace("hangup", "hangupp"))
        data = server.until(lambda data: any(f["severity"] == "error" for f in data["findings"]))
        assert "Good morning." in json.dumps(data["flows"])  # the last good line
        server.save("steps:\n  - say: [")
        server.until(lambda data: any(f["severity"] == "error" for f in data["findings"]))
        server.save(FLOW)
        data = server.until(lambda data: "Good day." in json.dumps(data["flows"]))
        assert not any(f["severity"] == "error" for f in data["findings"])
        server.save(FLOW, "other")
        server.until(lambda data: [flow["flow"] for flow in data["flows"]] == ["desk", "other"])
        (tmp_path / "flows" / "desk.yaml").rename(tmp_path / "flows" / "front.yaml")
        server.until(lambda data: [flow["flow"] for flow in data["flows"]] == ["front", "other"])
        (tmp_path / "flows" / "other.yaml").unlink()
        server.until(lambda data: [flow["flow"] for flow in data["flows"]] == ["front"])
        server.save(FLOW.replace("Good day.", "One."), "front")
        server.save(FLOW.replace("Good day.", "Two."), "front")
        server.until(lambda data: "Two." in json.dumps(data["flows"]))


def test_a_flow_that_was_asked_for_goes_and_comes_back(tmp_path):
    with Serving(tmp_path, "desk") as server:
        (tmp_path / "flows" / "desk.yaml").unlink()
        data = server.until(lambda data: data["findings"])
        assert [finding["severity"] for finding in data["findings"]] == ["error"]
        assert [flow["flow"] for flow in data["flows"]] == ["desk"]  # the last good one
        server.save(FLOW.replace("Good day.", "Here again."))
        server.until(lambda data: not data["findings"] and "Here again." in json.dumps(data))
        (tmp_path / "twimlc.yaml").write_text("flows: [")
        server.until(lambda data: data["findings"])
        (tmp_path / "twimlc.yaml").write_text(PROJECT)
        server.until(lambda data: not data["findings"])


def test_events_tell_each_build(tmp_path):
    """What is built is told, in order, to all who listen; two quick saves end in the second."""
    with Serving(tmp_path) as server:
        asked = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        asked.request("GET", f"{server.path}events")
        answer = asked.getresponse()
        assert answer.getheader("content-type").startswith("text/event-stream")

        def build():
            while not (line := answer.readline()).startswith(b"data: "):
                assert line
            return int(line[6:])

        seen = [build()]
        assert seen == [server.data()["build"]]
        server.save(FLOW.replace("Good day.", "One."))
        server.save(FLOW.replace("Good day.", "Two."))
        while "Two." not in json.dumps(server.data()["flows"]):
            seen.append(build())
        assert seen == sorted(set(seen))
        server.save(FLOW)
        assert build() > seen[-1] or build() > seen[-1]
        asked.close()


def test_it_starts_with_errors(tmp_path):
    write_files(tmp_path, {"flows/bad.yaml": "steps: 3\n"})
    with Serving(tmp_path) as server:
        (tmp_path / "flows" / "desk.yaml").write_text("steps: 3\n")
        server.until(
            lambda data: len([f for f in data["findings"] if f["severity"] == "error"]) > 1
        )
        (tmp_path / "flows" / "bad.yaml").unlink()
        server.save(FLOW)
        server.until(lambda data: data["flows"] and not data["findings"])


def test_the_page_follows(browser, tmp_path):
    with Serving(tmp_path) as server, Played(browser) as played:
        page = played.page
        page.goto(server.address)
        played.button("Start the call").click()
        played.button("Press 5").click()
        assert played.main["call"] == "over"
        played.button("Back").click()
        server.save(FLOW.replace("Good day.", "Good morning."))
        page.get_by_role("log").get_by_text("Good morning").wait_for()
        assert played.main["call"] == "asking"
        server.save(FLOW.replace("hangup", "hangupp"))
        page.wait_for_selector("main[data-found=errors]")
        assert "Good morning." in played.transcript()
        played.button("Press 5").click()
        assert played.main["call"] == "over"
        server.save(FLOW)
        page.wait_for_selector("main[data-found=clean]")
        page.get_by_role("log").get_by_text("Good day").wait_for()
        assert played.main["call"] == "over"
        assert played.complaints == []
        server.process.send_signal(signal.SIGINT)
        page.locator("#connection:not(:empty)").wait_for()
        played.button("Start again").click()
        assert played.main["call"] == "asking"
        assert all(url.startswith((server.address, "data:")) for url in played.asked)
