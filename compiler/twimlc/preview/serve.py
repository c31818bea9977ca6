"""The page, served to this machine alone: what is shown of flows, as they change, comes in.

Every address holds a token that is new at each start, so that no other page can ask. No request
reads from a folder: all answers are in memory.
"""

import asyncio
import hmac
import secrets
import socket
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import uvicorn
from starlette.responses import Response, StreamingResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

from twimlc.pipeline import UsageError
from twimlc.preview.html import joined, served, to_json
from twimlc.preview.show import EMBEDDED, Show, Sounds

PORT = 8321
_TRIES = 50
_LOOPBACK = "127.0.0.1"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self' data:; media-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ELSEWHERE = (b"cross-site", b"same-site")

Send = Callable[[Any], Awaitable[None]]


def listening(port: int | None) -> socket.socket:
    """A socket on the loopback; without a port the usual one, or the next that is free.

    Raises OSError where a port that was asked for is taken.
    """
    wanted = [port] if port is not None else [*range(PORT, PORT + _TRIES), 0]
    for each in wanted:
        found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((_LOOPBACK, each))
            found.listen(128)  # whoever reads the address may ask at once
        except OSError:
            found.close()
            if each == wanted[-1]:
                raise
            continue
        return found
    raise AssertionError("the last one is any")


@dataclass(slots=True, eq=False)
class Server:
    """Answers for one show. ``hosts`` are further names of this machine."""

    show: Show
    title: str | None
    port: int
    hosts: Collection[str] = ()
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    build: int = 0
    _data: bytes = b""
    _sounds: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    _waiting: set["asyncio.Queue[int]"] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop | None = None

    @property
    def address(self) -> str:
        return f"http://{_LOOPBACK}:{self.port}/{self.token}/"

    def look(self) -> None:
        """Look at the flows again, and make the data anew.

        What was asked for and is gone later is a finding; from the start it is a UsageError.
        """
        try:
            names = [*self.show.look().names]
        except UsageError as fault:
            if not self.build:
                raise
            names = self.show.without(fault)
        self.build += 1
        sounds = Sounds(EMBEDDED * 100)
        usual = names[0] if len(names) == 1 else "Call flows"
        title = self.title if self.title is not None else usual
        self._data = to_json(self.show.data(sounds, build=self.build, title=title)).encode()
        self._sounds = sounds.files
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        for queue in self._waiting:
            queue.put_nowait(self.build)

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        path = scope["raw_path"] + (scope["query_string"] and b"?")  # no address has a question
        await self._answer(scope["method"], path, headers)(scope, receive, send)

    def _answer(self, method: str, path: bytes, headers: Mapping[bytes, bytes]) -> Response:
        names = {_LOOPBACK, "localhost"}
        known = {f"{name}:{self.port}".encode() for name in names}
        for each in filter(None, self.hosts):
            known |= {each.lower().encode(), f"{each.lower()}:{self.port}".encode()}
        host = headers.get(b"host", b"").lower()
        if host not in known:
            return _plain(403)
        origin = headers.get(b"origin")
        if origin is not None and origin not in {
            b"%s://%s" % (s, host) for s in (b"http", b"https")
        }:
            return _plain(403)
        prefix = f"/{self.token}/".encode()
        right = hmac.compare_digest(path[: len(prefix)].ljust(len(prefix)), prefix)
        name = path[len(prefix) :].decode("latin-1") if right else None
        fetched = headers.get(b"sec-fetch-mode"), headers.get(b"sec-fetch-dest", b"document")
        opens = name == "" and fetched == (b"navigate", b"document")
        if headers.get(b"sec-fetch-site") in _ELSEWHERE and not opens:
            return _plain(403)
        found = None if name is None else self._files().get(name)
        if found is None and name != "events":
            return _plain(404)
        if method not in ("GET", "HEAD"):
            return _plain(405, {"Allow": "GET, HEAD"})
        if found is None:
            return self._events(method)
        kind, body = found
        length = {"Content-Length": str(len(body))}
        return Response(body if method == "GET" else b"", media_type=kind, headers=length)

    def _files(self) -> dict[str, tuple[str, bytes]]:
        page = joined()
        return {
            "": ("text/html; charset=utf-8", served(page, self.title or "Call flows").encode()),
            "page.css": ("text/css; charset=utf-8", page.css.encode()),
            "page.js": ("text/javascript; charset=utf-8", page.js.encode()),
            "data.json": ("application/json", self._data),
            **self._sounds,
        }

    def _events(self, method: str) -> Response:
        if method == "HEAD":
            return Response(media_type="text/event-stream")
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> Any:
        queue: asyncio.Queue[int] = asyncio.Queue()
        queue.put_nowait(self.build)
        self._waiting.add(queue)
        try:
            while True:
                yield f"event: build\ndata: {await queue.get()}\n\n"
        finally:
            self._waiting.discard(queue)

    def run(
        self,
        listener: socket.socket,
        changes: Iterator[None],
        complain: Callable[[Exception], None],
    ) -> None:
        """Serve until interrupted; look again for each of ``changes``."""

        async def main() -> None:
            self._loop = asyncio.get_running_loop()
            Thread(target=self._follow, args=(changes, complain), daemon=True).start()
            config = uvicorn.Config(
                self,
                http=_Protocol,
                ws="none",
                lifespan="off",
                headers=[*_HEADERS.items()],
                log_level="critical",
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=1,
            )
            await uvicorn.Server(config).serve(sockets=[listener])

        asyncio.run(main())

    def _follow(self, changes: Iterator[None], complain: Callable[[Exception], None]) -> None:
        for _ in changes:
            try:
                self.look()
            except Exception as error:  # a file may just be half saved
                complain(error)


class _Protocol(H11Protocol):
    """Refuses what is no request with the headers of every answer."""

    def send_400_response(self, msg: str) -> None:
        head = "".join(f"{name}: {value}\r\n" for name, value in _HEADERS.items())
        close = "Content-Length: 0\r\nConnection: close\r\n\r\n"
        self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{head}{close}".encode())
        self.transport.close()


def _plain(status: int, headers: Mapping[str, str] = {}) -> Response:
    return Response(b"", status_code=status, media_type="text/plain", headers=dict(headers))
