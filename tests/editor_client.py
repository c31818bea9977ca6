"""An editor without a screen: a language server's command comes in, a client over stdio goes out."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

COMPILER = [sys.executable, "-m", "twimlc", "lsp"]


class Client:
    """Speaks the protocol with a process, in order: one question, one answer."""

    def __init__(self, command: list[str], cwd: Path) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.kept: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.number = 0
        self.version = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        out = self.process.stdout
        assert out is not None
        while True:
            length = 0
            while line := out.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                self.messages.put(None)
                return
            self.messages.put(json.loads(out.read(length)))

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def notify(self, method: str, **params: Any) -> None:
        self.send({"method": method, "params": params})

    def request(self, method: str, **params: Any) -> Any:
        """The result; an error of the server is raised as :class:`LookupError`."""
        self.number += 1
        number = self.number
        self.send({"id": number, "method": method, "params": params})
        while True:
            message = self._next()
            if "method" in message:
                self._take(message)
            elif message.get("id") == number:
                if "error" in message:
                    raise LookupError(message["error"]["message"])
                return message["result"]

    def _next(self) -> dict[str, Any]:
        message = self.messages.get()
        assert message is not None, f"the server has ended; logged: {self.faults}"
        return message

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:  # the server asks: it may have what it likes, and no settings
            self.asked.append(message.get("params", {}))
            items = message.get("params", {}).get("items", [])
            self.send({"id": message["id"], "result": [None for _ in items]})
        elif message["method"] == "window/logMessage":
            self.faults.append(message["params"]["message"])
        else:
            self.kept.append(message)

    def start(self, *roots: Path, **more: Any) -> dict[str, Any]:
        uri = roots[0].as_uri()
        folders = [{"uri": root.as_uri(), "name": root.name} for root in roots]
        capabilities = {
            "textDocument": {"hover": {"contentFormat": ["markdown"]}},
            "workspace": {"configuration": True, **more.pop("workspace", {})},
        }
        result = self.request(
            "initialize",
            processId=None,
            rootUri=uri,
            workspaceFolders=folders,
            capabilities={**capabilities, **more},
        )
        self.notify("initialized")
        return result

    def open(self, path: Path | str, text: str) -> None:
        self.version += 1
        self.notify(
            "textDocument/didOpen",
            textDocument={
                "uri": address(path),
                "languageId": "yaml",
                "version": self.version,
                "text": text,
            },
        )

    def change(self, path: Path | str, text: str) -> None:
        self.version += 1
        self.notify(
            "textDocument/didChange",
            textDocument={"uri": address(path), "version": self.version},
            contentChanges=[{"text": text}],
        )

    def diagnostics(self, path: Path | str) -> list[dict[str, Any]]:
        """The next findings that are told about a file."""
        while True:
            for message in self.kept:
                if message["method"] == "textDocument/publishDiagnostics" and message["params"][
                    "uri"
                ] == address(path):
                    self.kept.remove(message)
                    return message["params"]["diagnostics"]
            self._take(self._next())

    def errors(self, path: Path | str) -> list[dict[str, Any]]:
        """The next errors that are told about a file."""
        return [found for found in self.diagnostics(path) if found["severity"] == 1]

    def actions(self, path: Path | str, where: dict[str, Any], *only: str) -> list[dict[str, Any]]:
        """What is offered to do about a range."""
        context = {"diagnostics": [], **({"only": list(only)} if only else {})}
        return self.request(
            "textDocument/codeAction",
            textDocument={"uri": address(path)},
            range=where,
            context=context,
        )

    def close(self, path: Path | str) -> None:
        self.notify("textDocument/didClose", textDocument={"uri": address(path)})

    def at(self, method: str, path: Path | str, line: int, character: int, **more: Any) -> Any:
        """Ask about a place; lines and characters from 0."""
        return self.request(
            f"textDocument/{method}",
            textDocument={"uri": address(path)},
            position={"line": line, "character": character},
            **more,
        )


def address(path: Path | str) -> str:
    """The URI of a file; a text is one already."""
    return path if isinstance(path, str) else path.as_uri()


def labels(answer: list[dict[str, Any]]) -> list[str]:
    return [item["label"] for item in answer]


def apply(text: str, edits: list[dict[str, Any]]) -> str:
    """A text after edits that each lie in one line."""
    lines = text.split("\n")
    for edit in sorted(
        edits,
        key=lambda e: (e["range"]["start"]["line"], e["range"]["start"]["character"]),
        reverse=True,
    ):
        start, end = edit["range"]["start"], edit["range"]["end"]
        assert start["line"] == end["line"]
        units = lines[start["line"]].encode("utf-16-le")
        made = units[: start["character"] * 2].decode("utf-16-le") + edit["newText"]
        lines[start["line"]] = made + units[end["character"] * 2 :].decode("utf-16-le")
    return "\n".join(lines)


@contextmanager
def editor(cwd: Path, command: list[str] = COMPILER) -> Iterator[Client]:
    """A client whose server ends with it."""
    client = Client(command, cwd)
    try:
        yield client
        client.request("shutdown")
        client.send({"method": "exit"})
        client.process.wait()
    finally:
        client.process.kill()
        client.process.wait()


@contextmanager
def compiler_editor(project: Path) -> Iterator[Client]:
    """A client of the compiler's own server, at work in a project; it may not report a fault."""
    with editor(project) as client:
        client.start(project)
        yield client
        assert client.faults == []


def place(text: str, word: str, nth: int = 0) -> tuple[int, int]:
    """The line and character (in UTF-16) of the nth ``word`` in a text."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(word, at + 1)
    before = text[:at]
    line = before.rpartition("\n")[2]
    return before.count("\n"), len(line.encode("utf-16-le")) // 2
