"""The language server and editors that do not keep to the protocol: each is answered, none ends it."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

pytest.importorskip("pygls", reason="NOT TESTED: the language server; pip install pygls")

from twimlc.editor.features import create_server
from twimlc.editor.messages import Frames

START = {
    "id": 1,
    "method": "initialize",
    "params": {"processId": None, "rootUri": None, "capabilities": {}},
}
POSITION = {"textDocument": {"uri": "file:///a.yaml"}, "position": {"line": 0, "character": 0}}


def message(content: Any, **more: Any) -> bytes:
    """One message; a map is one of JSON-RPC."""
    if isinstance(content, dict):
        content = {"jsonrpc": "2.0", **content, **more}
    return frame(content if isinstance(content, bytes) else json.dumps(content).encode())


def frame(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def answers(*messages: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """What a server answers that is given all this and then the end; and what it logs."""
    out = Out()
    stream = Frames(io.BytesIO(b"".join(messages)))
    create_server().start_io(cast(BinaryIO, stream), out)
    return taken_apart(out.getvalue())


class Out(io.BytesIO):
    """What was written stays there after the end."""

    def close(self) -> None:
        pass


def taken_apart(rest: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """The answers, and the texts that were logged."""
    found = []
    while rest:
        head, _, rest = rest.partition(b"\r\n\r\n")
        length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        found.append(json.loads(rest[:length]))
        rest = rest[length:]
    logged = [each["params"]["message"] for each in found if "method" in each]
    assert not [each for each in logged if "internal error" in each]
    return [each for each in found if "method" not in each], logged


def codes(found: list[dict[str, Any]]) -> list[tuple[Any, int | None]]:
    return [(each["id"], each.get("error", {}).get("code")) for each in found]


def lives(*messages: bytes) -> list[tuple[Any, int | None]]:
    """The answers to some messages between a start and a last question, which is answered too."""
    last = message({"id": "last", "method": "workspace/symbol", "params": {"query": ""}})
    found = codes(answers(message(START), *messages, last)[0])
    assert found[0] == (1, None)
    assert found[-1] == ("last", None)
    return found[1:-1]


@pytest.mark.parametrize(
    "params",
    [
        None,
        [],
        "x",
        {},
        {"textDocument": 5, "position": POSITION["position"]},
        {**POSITION, "position": {"line": -1, "character": 0}},
        {**POSITION, "position": {"line": "x", "character": 0}},
        {**POSITION, "position": {"line": 2**40, "character": 0}},
        {**POSITION, "position": {"jsonrpc": "2.0", "id": 7, "method": "shutdown"}},
    ],
)
def test_wrong_params_are_answered(params: Any) -> None:
    methods = ("hover", "completion", "definition", "prepareRename")
    asked = [
        message({"id": n, "method": f"textDocument/{method}", "params": params})
        for n, method in enumerate(methods)
    ]
    assert lives(*asked) == [(n, -32602) for n in range(len(methods))]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ({"id": 5, "method": "no/such", "params": {}}, (5, -32601)),
        ({"id": 5, "method": "no/such"}, (5, -32601)),
        ({"id": 5, "method": 7}, (5, -32600)),
        ({"id": [5], "method": "shutdown"}, (None, -32600)),
        ({"id": 1.5, "method": "shutdown"}, (None, -32600)),
        ({"id": True, "method": "shutdown"}, (None, -32600)),
        ({"id": None, "method": "shutdown"}, (None, -32600)),
        ({"jsonrpc": "1.0", "id": 5, "method": "shutdown"}, (5, -32600)),
        ({"jsonrpc": {}, "id": 5, "method": "shutdown"}, (5, -32600)),
        ({}, (None, -32600)),
        ([], (None, -32600)),
        ([{"jsonrpc": "2.0", "id": 5, "method": "shutdown"}] * 3, (None, -32600)),
        ("shutdown", (None, -32600)),
        (b"{'id': 5}", (None, -32700)),
        (b'{"id": 5', (None, -32700)),
        (b"\xff\xfe", (None, -32700)),
        (b"[" * 100_000, (None, -32700)),
        (b'{"id": ' + b"9" * 5000 + b"}", (None, -32700)),
        (b"", (None, -32700)),
    ],
)
def test_what_is_no_request_is_answered(sent: Any, answer: tuple[Any, int]) -> None:
    assert lives(message(sent)) == [answer]


@pytest.mark.parametrize(
    "sent",
    [
        {"id": 99, "result": None},
        {"id": 99, "result": {"wrong": 1}},
        {"id": "x", "error": 5},
        {"id": 99},
        {"method": "no/such"},
        {"method": "$/cancelRequest", "params": {"id": 99}},
    ],
)
def test_answers_and_notifications_are_not_answered(sent: Any) -> None:
    assert lives(message(sent)) == []


def test_a_wrong_notification_is_logged() -> None:
    wrong = message({"method": "textDocument/didOpen", "params": {"textDocument": {}}})
    found, logged = answers(message(START), wrong)
    assert codes(found) == [(1, None)]
    assert logged == ["twimlc: textDocument/didOpen is not followed: Invalid Params"]


@pytest.mark.parametrize(
    "length",
    ["-5", "x", "", "0", "9" * 9, "9" * 20, "9" * 5000, "1e3", "0x10", "5, 5", "५"],
)
def test_a_wrong_length_costs_one_message(length: str) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 5, "method": "shutdown"}).encode()
    wrong = b"Content-Length: %s\r\n\r\n%s" % (length.encode(), body)
    assert lives(wrong, wrong) == [(None, -32700)] * 2


@pytest.mark.parametrize(
    "head",
    [
        "content-length:{n}\r\n\r\n",
        "Content-Length:   {n}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
        "X: y\r\nCONTENT-LENGTH: {n}\n\n",
        "\r\n\r\nContent-Length: {n}\r\n\r\n",
        "noise Content-Length: {n}\r\n\r\n",
        "Content-Length: 000{n}\r\n\r\n",
    ],
)
def test_a_header_may_be_written_otherwise(head: str) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 5, "method": "no/such"}).encode()
    assert lives(head.format(n=len(body)).encode() + body) == [(5, -32601)]


def test_a_length_that_is_too_short_or_too_long_costs_what_it_covers() -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 5, "method": "no/such"}).encode()
    assert lives(b"Content-Length: 9\r\n\r\n" + body) == [(None, -32700)]
    long = b"Content-Length: %d\r\n\r\n%s" % (len(body) + 12, body)
    assert set(lives(long, frame(body), frame(body))) == {(None, -32700), (5, -32601)}


def test_the_end_in_mid_message_is_an_end() -> None:
    found, _ = answers(message(START), b"Content-Length: 500\r\n\r\n{")
    assert codes(found) == [(1, None), (None, -32700)]
    found, _ = answers(message(START), b"Content-Le")
    assert codes(found) == [(1, None)]


def test_requests_before_the_start_and_after_the_end() -> None:
    hover = message({"id": 5, "method": "textDocument/hover", "params": POSITION})
    found, _ = answers(
        hover,
        message({"id": 6, "method": "initialize", "params": {"capabilities": 5}}),
        message(START),
        hover,
        message({"id": 7, "method": "shutdown"}),
        hover,
        message({"method": "exit"}),
    )
    assert codes(found) == [(5, -32002), (6, -32602), (1, None), (5, None), (7, None), (5, -32600)]


@pytest.mark.slow
def test_the_process_says_nothing_of_it_on_standard_error() -> None:
    sent = [message(START), message([]), message(b"{"), b"Content-Length: -1\r\n\r\n{}"]
    sent += [message({"id": 5, "method": "textDocument/hover", "params": 5})]
    sent += [message({"method": "textDocument/didOpen", "params": 5})]
    command = [sys.executable, "-m", "twimlc", "lsp"]
    done = subprocess.run(command, input=b"".join(sent), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(taken_apart(done.stdout)[0]) == 5


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no such signal here")
def test_ctrl_c_ends_the_server(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "twimlc", "lsp"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(message(START))
        server.stdin.flush()
        server.stdout.readline()  # it is there
        server.send_signal(signal.SIGINT)
        assert server.wait() == 130
        assert server.stderr is not None
        assert server.stderr.read() == b"twimlc: interrupted\n"
