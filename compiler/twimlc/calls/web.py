"""Documents on a web server: an address and a method come in, the server's answer goes out.

The request is the one that Twilio makes (docs/voice/twiml): parameters in the query of a GET or
the form of a POST, cookies kept for the length of the call, no answer waited for longer than 15
seconds. Twilio's signature is missing, since making it takes the account's secret.

A server elsewhere must not turn this machine against its own network: another server is asked only
with leave, and what has led to a public address never leads to a private one.
"""

import base64
import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from functools import partial
from http.cookiejar import CookieJar
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit
from urllib.request import (
    HTTPCookieProcessor,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from twimlc import vocabulary
from twimlc.about import VERSION
from twimlc.calls.requests import FetchError, with_parameters
from twimlc.hosts.answer import NOT_ASKED, Response
from twimlc.interpret.markup import joined
from twimlc.lower.questions import Turn

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
MOST_FETCHES = 1000
"""For a whole call: a server whose answers lead on forever must not keep the phone forever."""

_MOST_BYTES = vocabulary.DOCUMENT_LIMITS.max_bytes


class _EveryAnswer(HTTPErrorProcessor):
    """Hands out every status as it comes: redirects are the interpreter's business."""

    def http_response(self, request: Request, response: Any) -> Any:
        return response

    https_response = http_response


Left = Callable[[], float]
"""How many seconds are left for an answer; raises :class:`TimeoutError` where none are."""


class _Paced(io.RawIOBase):
    """What a socket receives, as long as time is left: each byte alone may come in time."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, left: Left) -> None:
        self._sock, self._raw, self._left = sock, raw, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _answer(sock: socket.socket, *given: Any, left: Left, **named: Any) -> http.client.HTTPResponse:
    answer = http.client.HTTPResponse(sock, *given, **named)
    answer.fp = io.BufferedReader(_Paced(sock, answer.fp.detach(), left))
    return answer


class _Http(http.client.HTTPConnection):
    """A connection to one of ``addresses``, else to whatever its own name means."""

    addresses: list[str] | None
    left: Left

    def connect(self) -> None:
        name: str = self.host
        fault: OSError = socket.gaierror()
        for address in [name] if self.addresses is None else self.addresses:
            # The address that was looked at is the one connected to: names are looked up once.
            self.host, self.timeout = address, min(CONNECT_SECONDS, self.left())
            try:
                super().connect()
                return
            except OSError as error:
                fault = error
            finally:
                self.host = name
        raise fault


class _Https(http.client.HTTPSConnection, _Http):
    """The same with TLS, for the name and not for the address."""


class _Connecting(HTTPHandler, HTTPSHandler):
    """Connects to ``addresses`` of ``host``; what is beyond a proxy is the proxy's to find."""

    def __init__(self, host: str, addresses: list[str], left: Left) -> None:
        super().__init__()
        self._host, self._addresses, self._left = host, addresses, left

    def http_open(self, request: Request) -> http.client.HTTPResponse:
        return self._open(_Http, request)

    def https_open(self, request: Request) -> http.client.HTTPResponse:
        return self._open(_Https, request)

    def _open(self, kind: type[_Http], request: Request) -> http.client.HTTPResponse:
        def connection(host: str, **given: Any) -> _Http:
            connected = kind(host, **given)
            connected.addresses = self._addresses if host == self._host else None
            connected.left = self._left
            connected.response_class = partial(_answer, left=self._left)  # type: ignore[assignment]
            return connected

        return self.do_open(connection, request)


class WebHost:
    """A web server, asked once for each document that the call needs.

    What lies on the server of ``entry`` is played; with ``everywhere`` also what lies elsewhere.
    Before a redirect to another server is followed ``may_ask`` is asked about that server.
    ``clock`` gives seconds.
    """

    def __init__(
        self,
        entry: str,
        *,
        everywhere: bool = False,
        may_ask: Callable[[str], bool] = lambda server: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._played = {_server(entry)}
        self._everywhere, self._may_ask, self._clock = everywhere, may_ask, clock
        self._fetches = 0
        self._cookies = HTTPCookieProcessor(CookieJar())
        self._public = False
        self._private: set[tuple[str, int]] = set()

    def owns(self, url: str) -> bool:
        """Whether an address lies on a server that is played."""
        scheme = url.partition(":")[0].lower()
        return scheme in ("http", "https") and (self._everywhere or _server(url) in self._played)

    def name(self, url: str) -> str:
        """The address without what must not be shown: name, password and query."""
        return shown(url)

    def open(self, url: str, answers: Mapping[str, str]) -> Turn | None:
        return None  # the server knows what it is asked

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        """The server's answer. Raises :class:`FetchError` where none comes."""
        self._fetches += 1
        if self._fetches > MOST_FETCHES:
            raise FetchError(11215, shown(url), f"more than {MOST_FETCHES} requests in one call")
        request = _request(url, method, parameters)
        if not self.owns(url):
            if not self._may_ask(_server(url)):
                return NOT_ASKED
            self._played.add(_server(url))
        until = self._clock() + ANSWER_SECONDS

        def left() -> float:
            if (seconds := until - self._clock()) <= 0:
                raise TimeoutError
            return seconds

        try:
            answer = self._opener(request, left).open(request, timeout=CONNECT_SECONDS)
            assert answer is not None
            with answer:
                return self._response(url, answer)
        except FetchError:
            raise
        except (OSError, http.client.HTTPException, ValueError) as fault:
            raise _fetch_error(url, fault) from fault

    def _opener(self, request: Request, left: Left) -> OpenerDirector:
        opener = OpenerDirector()
        # No handlers for files, data and FTP: a redirect must not read the person's own disk.
        connecting = _Connecting(request.host, self._addresses(request), left)
        for handler in (ProxyHandler(), connecting, self._cookies, _EveryAnswer()):
            opener.add_handler(handler)
        return opener

    def _addresses(self, request: Request) -> list[str]:
        """The addresses of a server; after a public one no private one that was not asked yet."""
        named = http.client.HTTPConnection(request.host, timeout=0)
        port = named.port
        try:
            found = socket.getaddrinfo(named.host, port, type=socket.SOCK_STREAM)
        except socket.gaierror:  # only a proxy may know the name
            found = []
        addresses = [str(place[0]) for *_, place in found]
        public = [address for address in addresses if _is_public(address)]
        if public or not addresses:
            self._public = True
            return public
        known = [a for a in addresses if not self._public or (a, port) in self._private]
        if not known:
            why = f"a public server leads to the private address {addresses[0]}, which is not asked"
            raise FetchError(11205, shown(request.full_url), why)
        self._private.update((each, port) for each in known)
        return known

    def _response(self, url: str, answer: http.client.HTTPResponse) -> Response:
        kind = answer.headers.get("Content-Type", "")
        location = answer.headers.get("Location")
        if 300 <= answer.status < 400 and location is not None:
            return Response(answer.status, kind, location=joined(url, location))
        if not 200 <= answer.status < 300 or kind.lower().startswith("audio/"):
            return Response(answer.status, kind)
        body = answer.read(_MOST_BYTES + 1)
        if len(body) > _MOST_BYTES:
            raise FetchError(11750, shown(url), f"more than {_MOST_BYTES} bytes")
        return Response(answer.status, kind, body)


def shown(url: str) -> str:
    """An address as it may be printed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _is_public(address: str) -> bool:
    found = ip_address(address)
    return ((isinstance(found, IPv6Address) and found.ipv4_mapped) or found).is_global


def _server(url: str) -> str:
    """The server of an address. http and https count as one: many lead from one to the other."""
    try:
        parts = urlsplit(url)
        port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    except ValueError:
        return ""
    return (parts.hostname or "").lower() + port


def _request(url: str, method: str, parameters: Mapping[str, str]) -> Request:
    headers = {"User-Agent": f"twimlc/{VERSION}", "Accept": "*/*"}
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise FetchError(11100, shown(url), "this is not the address of a web server")
    name, at, host = parts.netloc.rpartition("@")
    if at:
        login = unquote(name).encode("utf-8")
        headers["Authorization"] = f"Basic {base64.b64encode(login).decode('ascii')}"
    # The fragment only tells Twilio how to connect (docs/usage/webhooks).
    bare = urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))
    if method == "POST":
        data = urlencode(parameters).encode("ascii")
        return Request(bare, data=data, headers=headers, method="POST")
    given = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    further = {name: value for name, value in parameters.items() if name not in given}
    return Request(with_parameters(bare, further), headers=headers, method="GET")


_FAULTS: tuple[tuple[type[Exception], int, str], ...] = (
    (socket.gaierror, 11210, "the host is not known"),
    (ConnectionRefusedError, 11202, "the connection was refused"),
    (TimeoutError, 11205, "no answer in time"),
    (http.client.HTTPException, 11206, "the answer is not HTTP"),
)
"""Faults of the network with Twilio's codes for them."""


def _fetch_error(url: str, fault: Exception) -> FetchError:
    if isinstance(fault, HTTPError):
        fault.close()
    reason = fault.reason if isinstance(fault, URLError) else fault
    for kind, code, why in _FAULTS:
        if isinstance(reason, kind):
            return FetchError(code, shown(url), why)
    if isinstance(reason, ssl.SSLError):
        why = getattr(reason, "verify_message", "") or reason.reason or "no secure connection"
        return FetchError(11220, shown(url), str(why).lower().replace("_", " "))
    if isinstance(reason, OSError):
        return FetchError(11205, shown(url), (reason.strerror or type(reason).__name__).lower())
    return FetchError(11100, shown(url), str(reason))
