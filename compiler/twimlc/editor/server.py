"""The server itself: messages of an editor come in over stdin, answers go out over stdout.

Compiling happens in a thread, a moment after the last key; what a newer text has overtaken is
dropped. A fault of ours is logged to the editor, and the server goes on.
"""

import asyncio
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, ParamSpec, TypeVar, cast

from lsprotocol import types as lsp
from pygls.exceptions import FeatureRequestError, JsonRpcInvalidParams, JsonRpcParseError
from pygls.lsp.server import LanguageServer

from twimlc.about import VERSION
from twimlc.editor.messages import Frames, Protocol
from twimlc.editor.open_files import Analysis, OpenFiles, Snapshot, is_ours
from twimlc.editor.protocol import PositionEncoding, Units, diagnostics_of, offset_of, path_of
from twimlc.editor.rename import CannotRenameError
from twimlc.text import SourceFile

SETTLE = 0.12
"""Seconds without a key after which the text is compiled."""

P = ParamSpec("P")
R = TypeVar("R")


class Asked(NamedTuple):
    """The place that somebody asks about."""

    snapshot: Snapshot
    file: SourceFile
    offset: int


class FlowServer(LanguageServer):
    """What is open, what was found in it, and what the editor shows of that."""

    protocol: Protocol

    def __init__(self, settle: float = SETTLE) -> None:
        # The whole text with each change: the lines of pygls end at characters that ours do not.
        whole = lsp.TextDocumentSyncKind.Full
        super().__init__("twimlc", VERSION, whole, protocol_cls=Protocol)
        self.settle = settle
        self.files = OpenFiles()
        self.uris: dict[Path, str] = {}
        self.checked: dict[Path, Analysis] = {}
        self.published: dict[Path, dict[Path, list[lsp.Diagnostic]]] = {}
        self.waiting: dict[Path, asyncio.Task[None]] = {}
        self.compiling = asyncio.Lock()

    def serve(self, stream: BinaryIO) -> None:
        """Answer what comes over ``stream`` until it ends."""
        self.start_io(cast(BinaryIO, Frames(stream)))

    @property
    def encoding(self) -> PositionEncoding:
        """What both sides agreed to count in, and what the editor calls its files."""
        agreed = self.server_capabilities.position_encoding
        return PositionEncoding(Units(agreed) if agreed else Units.UTF16, dict(self.uris))

    def path_of(self, uri: str) -> Path | None:
        """Where a file is; one without a name counts as lying in the first folder."""
        return path_of(uri, self.folders[0])

    @property
    def folders(self) -> list[Path]:
        """What the editor works in."""
        found = [path_of(uri) for uri in self.workspace.folders]
        return [path for path in found if path is not None] or [Path.cwd()]

    # texts

    def set_text(self, uri: str, text: str) -> None:
        path = self.path_of(uri)
        if path is None or not (path in self.files.texts or is_ours(path, text)):
            return
        self.uris[path] = uri
        self.files.texts[path] = text
        self.look_again(path)

    def drop_text(self, uri: str) -> None:
        path = self.path_of(uri)
        if path is None or path not in self.files.texts:
            return
        neighbours = self.files.neighbours(path)[1:]
        running = self.waiting.pop(path, None)
        if running is not None:
            running.cancel()
        self.files.close(path)
        self.checked.pop(path, None)
        self.publish(path, {})
        self.uris.pop(path, None)
        for each in neighbours:
            self.look_again(each)

    def look_again(self, path: Path) -> None:
        """Compile a file, and those that are open beside it, once the keys rest."""
        for each in self.files.neighbours(path):
            running = self.waiting.pop(each, None)
            if running is not None:
                running.cancel()
            self.waiting[each] = asyncio.ensure_future(self._look(each))

    async def _look(self, path: Path) -> None:
        await asyncio.sleep(self.settle)
        try:
            async with self.compiling:
                snapshot = self.files.snapshot(path)
                checked = await asyncio.to_thread(snapshot.check)
                readable = await asyncio.to_thread(snapshot.tree)
            if self.files.texts.get(path) != checked.snapshot.text:
                return
            if readable is not None:
                self.files.readable[path] = checked.snapshot.text
            self.checked[path] = checked
            found = diagnostics_of(checked, self.encoding)
            # An open file shows its own findings, and may have changed since.
            others = self.files.texts.keys() - {path}
            self.publish(path, {each: found[each] for each in found.keys() - others})
        except Exception as fault:
            self.log(fault)

    def publish(self, owner: Path, found: dict[Path, list[lsp.Diagnostic]]) -> None:
        """Report the findings of one file; each file shows those of all files about it."""
        before = self.published.pop(owner, {})
        if found:
            self.published[owner] = found
        for path in {*before, *found}:
            shown: list[lsp.Diagnostic] = []
            for by_path in self.published.values():
                shown += [each for each in by_path.get(path, ()) if each not in shown]
            message = lsp.PublishDiagnosticsParams(self.encoding.uri(path), shown)
            self.text_document_publish_diagnostics(message)

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Answer what is not JSON, and log what no answer reports."""
        if isinstance(error, ValueError | RecursionError):
            self.protocol.refuse(JsonRpcParseError("this is not JSON, or its length is wrong"))
        elif source is not FeatureRequestError:
            self.log(error)

    def log(self, fault: BaseException) -> None:
        message = f"twimlc: internal error: {type(fault).__name__}: {fault}"
        self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, message))

    def safe(self, answer: Callable[P, R]) -> Callable[P, R | None]:
        """The same function, whose own faults are logged; what it refuses in words goes out."""

        @wraps(answer)
        def answered(*args: P.args, **kwargs: P.kwargs) -> R | None:
            try:
                return answer(*args, **kwargs)
            except CannotRenameError as reason:
                raise JsonRpcInvalidParams(str(reason)) from reason
            except Exception as fault:
                self.log(fault)
                return None

        return answered

    # questions

    def snapshot(self, uri: str) -> Snapshot | None:
        """A file that is asked about, if it is open here."""
        path = self.path_of(uri)
        return self.files.snapshot(path) if path in self.files.texts and path else None

    def answers(
        self, method: str, options: Any = None
    ) -> Callable[[Callable[[Asked, Any], R]], Callable[[Any], R | None]]:
        """Let a function answer one kind of question about a place in an open file.

        It gets the place and the params of the request.
        """

        def decorate(answer: Callable[[Asked, Any], R]) -> Callable[[Any], R | None]:
            @self.feature(method, options)
            @self.safe
            def answered(params: Any) -> R | None:
                snapshot = self.snapshot(params.text_document.uri)
                if snapshot is None:
                    return None
                file = snapshot.file
                place = params.range.start if hasattr(params, "range") else params.position
                return answer(Asked(snapshot, file, offset_of(file, place, self.encoding)), params)

            return answered

        return decorate

    def fresh(self, snapshot: Snapshot) -> Analysis:
        """What was found in the text as it is now."""
        known = self.checked.get(snapshot.path)
        if known is not None and known.snapshot.text == snapshot.text:
            return known
        return snapshot.check()
