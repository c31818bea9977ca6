"""Documents on a web server: an address and a method come in, the server's answer goes out.

The request is the one that Twilio makes (docs/voice/twiml): parameters in the query of a GET or
the form of a POST, cookies kept for the length of the call, no answer waited for longer than 15
seconds. Twilio's signature is missing, since making it takes the account's secret.
"""

import base64
import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit
from urllib.request import (
    HTTPCookieProcessor,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from twimlc import __version__, vocabulary
from twimlc.interpret.host import Response
from twimlc.phone.failures import FetchError
from twimlc.phone.requests import with_parameters

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
MOST_FETCHES = 1000
"""For a whole call: a server whose answers lead on for ever must not keep the phone for ever."""

_MOST_BYTES = vocabulary.DOCUMENT_LIMITS.max_bytes


class _EveryAnswer(HTTPErrorProcessor):
    """Hands out every status as it comes: redirects are the interpreter's business."""

    def http_response(
        self, request: Request, response: http.client.HTTPResponse
    ) -> http.client.HTTPResponse:
        return response

    https_response = http_response


class WebHost:
    """A web server, asked once for each document that the call needs.

    What lies on the server of ``entry`` is played; with ``everywhere`` also what lies elsewhere.
    A server that a redirect of a played one leads to is played, too.
    """

    def __init__(self, entry: str, *, everywhere: bool = False) -> None:
        self._played = {_server(entry)}
        self._everywhere = everywhere
        self._fetches = 0
        self._opener = OpenerDirector()
        # No handlers for files, data and FTP: a redirect must not read the person's own disk.
        for handler in (
            ProxyHandler(),
            HTTPHandler(),
            HTTPSHandler(),
            HTTPCookieProcessor(CookieJar()),
            _EveryAnswer(),
        ):
            self._opener.add_handler(handler)

    def owns(self, url: str) -> bool:
        """Whether an address lies on a server that is played."""
        scheme = urlsplit(url).scheme.lower()
        return scheme in ("http", "https") and (self._everywhere or _server(url) in self._played)

    def name(self, url: str) -> str:
        """The address without what must not be shown: name, password and query."""
        return shown(url)

    def fetch(self, url: str, method: str, parameters: Mapping[str, str]) -> Response:
        """The server's answer. Raises :class:`FetchError` where none comes."""
        self._fetches += 1
        if self._fetches > MOST_FETCHES:
            raise FetchError(11215, shown(url), f"more than {MOST_FETCHES} requests in one call")
        request = _request(url, method, parameters)
        until = time.monotonic() + ANSWER_SECONDS
        try:
            answer = self._opener.open(request, timeout=CONNECT_SECONDS)
            assert answer is not None
            with answer:
                return self._response(url, answer, until)
        except FetchError:
            raise
        except (OSError, http.client.HTTPException, ValueError) as fault:
            raise _told(url, fault) from fault

    def _response(self, url: str, answer: http.client.HTTPResponse, until: float) -> Response:
        kind = answer.headers.get("Content-Type", "")
        location = answer.headers.get("Location")
        if 300 <= answer.status < 400 and location is not None:
            there = urljoin(url, location)
            self._played.add(_server(there))
            return Response(answer.status, kind, location=there)
        if not 200 <= answer.status < 300 or kind.lower().startswith("audio/"):
            return Response(answer.status, kind)
        return Response(answer.status, kind, _body(url, answer, until))


def shown(url: str) -> str:
    """An address as it may be printed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _server(url: str) -> str:
    """The server of an address. http and https count as one: many lead from one to the other."""
    try:
        return (urlsplit(url).hostname or "").lower() + _port(url)
    except ValueError:
        return ""


def _port(url: str) -> str:
    port = urlsplit(url).port
    return "" if port in (None, 80, 443) else f":{port}"


def _request(url: str, method: str, parameters: Mapping[str, str]) -> Request:
    headers = {"User-Agent": f"twimlc/{__version__}", "Accept": "*/*"}
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise FetchError(11100, shown(url), "this is no address of a web server")
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


def _body(url: str, answer: IO[bytes], until: float) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read(8192):
        pieces.append(piece)
        size += len(piece)
        if size > _MOST_BYTES:
            raise FetchError(11750, shown(url), f"more than {_MOST_BYTES} bytes")
        if time.monotonic() > until:
            raise TimeoutError
    return b"".join(pieces)


def _told(url: str, fault: Exception) -> FetchError:
    """A fault of the network, with Twilio's code for it."""
    if isinstance(fault, HTTPError):
        fault.close()
    reason = fault.reason if isinstance(fault, URLError) else fault
    match reason:
        case socket.gaierror():
            return FetchError(11210, shown(url), "the host is not known")
        case ConnectionRefusedError():
            return FetchError(11202, shown(url), "the connection was refused")
        case ssl.SSLError():
            why = getattr(reason, "verify_message", "") or reason.reason or "no secure connection"
            return FetchError(11220, shown(url), str(why).lower().replace("_", " "))
        case TimeoutError():
            return FetchError(11205, shown(url), "no answer in time")
        case http.client.HTTPException():
            return FetchError(11206, shown(url), "the answer is not HTTP")
        case OSError():
            why = (reason.strerror or type(reason).__name__).lower()
            return FetchError(11205, shown(url), why)
        case _:
            return FetchError(11100, shown(url), str(reason))
