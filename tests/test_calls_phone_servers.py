"""Servers that mean no good: they drip, lead elsewhere, and point into private networks."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import pytest

from command_line import Phone, lines
from twimlc.calls import web
from twimlc.calls.requests import FetchError
from twimlc.hosts.answer import NOT_ASKED

HELLO = b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n<Response><Say>Here.</Say></Response>"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"

Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(b"…", address="127.0.0.1")``: a server that answers so; its URL comes out.

    With ``drip`` these bytes follow, one at a time and without end.
    """
    servers: list[ThreadingHTTPServer] = []

    def start(answer: bytes, *, drip: bytes = b"", address: str = "127.0.0.1") -> str:
        class Handler(BaseHTTPRequestHandler):
            def handle(self) -> None:
                self.server.asked += 1  # type: ignore[attr-defined]
                self.request.recv(65536)
                try:
                    self.request.sendall(answer)
                    while drip:
                        for byte in drip:
                            self.request.sendall(bytes([byte]))
                            time.sleep(0.001)
                except OSError:
                    return

        try:
            server = ThreadingHTTPServer((address, 0), Handler)
        except OSError:
            pytest.skip(f"this machine has no {address}")
        server.asked = 0  # type: ignore[attr-defined]
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        return f"http://{address}:{server.server_address[1]}/"

    start.servers = servers  # type: ignore[attr-defined]
    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def _asked(serve: Serve) -> list[int]:
    return [server.asked for server in serve.servers]  # type: ignore[attr-defined]


def _ticking() -> Callable[[], float]:
    """A clock that goes on by a second each time somebody looks at it."""
    ticks = count()
    return lambda: float(next(ticks))


@pytest.mark.parametrize(
    ("answer", "drip"),
    [
        (b"", b"HTTP/1.0 100 Continue\r\n\r\n"),
        (b"HTTP/1.0 200 OK\r\nX-Slow: ", b"a"),
        (HELLO, b" "),
        (CHUNKED, b"1\r\nx\r\n"),
        (CHUNKED + b"1;", b"x"),
    ],
    ids=["before the head", "head", "body", "chunks", "between chunks"],
)
def test_one_deadline_for_the_whole_answer(serve: Serve, answer: bytes, drip: bytes) -> None:
    url = serve(answer, drip=drip)
    with pytest.raises(FetchError, match="no answer in time"):
        web.WebHost(url, clock=_ticking()).fetch(url, "GET", {})


def _redirect(there: str) -> bytes:
    return f"HTTP/1.0 302 Found\r\nLocation: {there}\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("typed", "options", "heard"),
    [
        ("", (), "goto-external {there} (method=GET)"),
        ("n\n", (), "goto-external {there} (method=GET)"),
        ("y\n", (), 'say "Here."'),
        ("", ("--everywhere",), 'say "Here."'),
    ],
)
def test_another_server_is_asked_only_with_leave(
    phone: Phone, serve: Serve, typed: str, options: tuple[str, ...], heard: str
) -> None:
    there = serve(HELLO)
    status, out, err = phone(typed, "--url", serve(_redirect(there)), "-q", *options)
    heard = heard.format(there=there)
    assert (status, err, lines(out)[0]) == (0, "", heard)
    assert _asked(serve) == [int(heard.startswith("say")), 1]


def test_who_asks_is_told_the_server() -> None:
    asked: list[str] = []

    def may_ask(server: str) -> bool:
        asked.append(server)
        return False

    host = web.WebHost("https://voice.example.com/", may_ask=may_ask)
    assert host.fetch("https://example.com:8443/a.xml?x=1", "GET", {}) is NOT_ASKED
    assert asked == ["example.com:8443"]


def _names(monkeypatch: pytest.MonkeyPatch, known: dict[str, list[str]]) -> None:
    """Names that lead to these addresses, one after another; 127.0.0.2 counts as public."""
    found = socket.getaddrinfo

    def look_up(host: str, *given: Any, **named: Any) -> Any:
        return found(known[host].pop(0) if host in known else host, *given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(web, "_is_public", lambda address: address == "127.0.0.2")


def test_a_public_server_never_leads_to_a_private_address(
    monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> None:
    _names(monkeypatch, {"inside.example": ["127.0.0.1"]})
    secret = serve(HELLO)
    public = serve(_redirect(secret), address="127.0.0.2")
    host = web.WebHost(public, everywhere=True)
    assert host.fetch(public, "GET", {}).location == secret
    for url in (secret, secret.replace("127.0.0.1", "inside.example")):
        with pytest.raises(FetchError, match=r"11205 .*private address 127\.0\.0\.1"):
            host.fetch(url, "GET", {})
    assert _asked(serve) == [0, 1]


def test_a_private_server_may_be_asked_again(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    _names(monkeypatch, {})
    own, public = serve(HELLO), serve(HELLO, address="127.0.0.2")
    host = web.WebHost(own, everywhere=True)
    assert [host.fetch(url, "GET", {}).status for url in (own, public, own)] == [200, 200, 200]


def test_the_address_that_was_checked_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> None:
    url = serve(HELLO, address="127.0.0.2").replace("127.0.0.2", "rebind.example")
    _names(monkeypatch, {"rebind.example": ["127.0.0.2", "127.0.0.1", "127.0.0.2"]})
    host = web.WebHost(url, everywhere=True)
    assert host.fetch(url, "GET", {}).status == 200
    for private in (url, "http://%6cocalhost:1/", "http://LOCALHOST:1/", "http://127.1:1/"):
        with pytest.raises(FetchError, match="private address"):
            host.fetch(private, "GET", {})


def test_behind_a_proxy_names_are_the_proxy_s(
    monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", serve(HELLO))
    host = web.WebHost("http://voice.invalid/", everywhere=True)
    assert host.fetch("http://voice.invalid/", "GET", {}).status == 200
    with pytest.raises(FetchError, match="private address"):
        host.fetch("http://10.0.0.1/", "GET", {})


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.215.14", True),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert web._is_public(address) is public
