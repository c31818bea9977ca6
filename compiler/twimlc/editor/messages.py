"""What an editor sends: bytes in, an answer to each request out, be it right or wrong."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest, JsonRpcServerNotInitialized
from pygls.protocol import LanguageServerProtocol

from twimlc.text import lazy_pattern

_LENGTH = lazy_pattern(rb"content-length:[ \t]*(?:(\d{1,8})[ \t]*\r?\n)?", re.IGNORECASE)
_LONGEST_LINE = 1 << 16
_NO_JSON = b"?"


class Frames:
    """A stream as pygls reads it: one header for each message, nothing between them.

    What has no length that can be is one message that is no JSON, so that it is answered, up to
    the next header that has one. So has one of 100 MB or more.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._parts = _parts(stream)

    def readline(self) -> bytes:
        return next(self._parts, b"")

    def read(self, size: int) -> bytes:
        return next(self._parts, b"")


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    """Header, empty line, body; and again."""
    length, lost, begun = 0, False, False
    while line := stream.readline(_LONGEST_LINE):
        found = _LENGTH.search(line)
        if found:
            length, lost = int(found[1] or 0), False
        begun = begun or bool(line.strip())
        if line.strip() or lost or not begun:
            continue
        body = stream.read(length) if length else _NO_JSON
        yield from (b"Content-Length: %d\r\n" % len(body), b"\r\n", body)
        length, lost, begun = 0, not length, False


class Protocol(LanguageServerProtocol):
    """The protocol, with an answer to every request: what is wrong with it, if nothing else."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Leave the message as it is: where its params are wrong, its id is still needed."""
        return data

    def handle_message(self, message: Any) -> None:
        number = message.get("id") if isinstance(message, dict) else None
        number = number if type(number) in (int, str) else None
        try:
            self._examine(message, number)
            super().handle_message(super().structure_message(message))
        except JsonRpcException as error:
            asks = isinstance(message, dict) and "method" in message
            if asks and "id" not in message:
                reason = f"twimlc: {message['method']} is not followed: {error.message}"
                params = lsp.LogMessageParams(lsp.MessageType.Warning, reason)
                self.notify(lsp.WINDOW_LOG_MESSAGE, params)
            elif asks or number is None:  # an answer is not answered
                self.refuse(error, number)

    def _examine(self, message: Any, number: int | str | None) -> None:
        """Raise what is wrong with a message apart from its params."""
        if not isinstance(message, dict) or message.get("jsonrpc") != self.VERSION:
            raise JsonRpcInvalidRequest("not one message of JSON-RPC 2.0 (LSP has no batches)")
        method = message.get("method", "")
        if not isinstance(method, str) or (number is None and ("id" in message or not method)):
            raise JsonRpcInvalidRequest("the method or the id is missing, or of a wrong type")
        if number is None or not method:
            return
        if self._shutdown:
            raise JsonRpcInvalidRequest("the server has been shut down")
        if self._workspace is None and method != lsp.INITIALIZE:
            raise JsonRpcServerNotInitialized("the first request is initialize")
        self._get_handler(method)

    def refuse(self, error: JsonRpcException, number: int | str | None = None) -> None:
        """Answer with an error; without a number where nobody knows what was asked."""
        fault = {"code": error.code, "message": error.message}
        self._send_data({"jsonrpc": self.VERSION, "id": number, "error": fault})
