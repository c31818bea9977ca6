"""The server itself: messages of an editor come in over stdin, answers go out over stdout.

Compiling happens in a thread, a moment after the last key; what a newer text has overtaken is
dropped. A fault of ours is logged to the editor, and the server goes on.
"""

import asyncio
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from lsprotocol import types as lsp
from pygls.exceptions import FeatureRequestError, JsonRpcInvalidParams, JsonRpcParseError
from pygls.lsp.server import LanguageServer

from twimlc import __version__
from twimlc.languageserver.messages import Protocol
from twimlc.languageserver.open_files import Checked, OpenFiles, Question, is_ours
from twimlc.languageserver.positions import Units
from twimlc.languageserver.protocol import Manner, diagnostics_of, offset_of, path_of
from twimlc.text import SourceFile

SETTLE = 0.12
"""Seconds without a key after which the text is compiled."""

P = ParamSpec("P")
R = TypeVar("R")


class FlowServer(LanguageServer):
    """What is open, what was found in it, and what the editor was told."""

    protocol: Protocol

    def __init__(self, settle: float = SETTLE) -> None:
        # The whole text with each change: the lines of pygls end at characters that ours do not.
        whole = lsp.TextDocumentSyncKind.Full
        super().__init__("twimlc", __version__, whole, protocol_cls=Protocol)
        self.settle = settle
        self.files = OpenFiles()
        self.uris: dict[Path, str] = {}
        self.checked: dict[Path, Checked] = {}
        self.told: dict[Path, dict[Path, list[lsp.Diagnostic]]] = {}
        self.waiting: dict[Path, asyncio.Task[None]] = {}
        self.compiling = asyncio.Lock()

    @property
    def manner(self) -> Manner:
        """What both sides agreed to count in, and what the editor calls its files."""
        agreed = self.server_capabilities.position_encoding
        return Manner(Units(agreed) if agreed else Units.UTF16, dict(self.uris))

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
                question = self.files.question(path)
                checked = await asyncio.to_thread(question.check)
                readable = await asyncio.to_thread(question.tree)
            if self.files.texts.get(path) != checked.text:
                return
            if readable is not None:
                self.files.readable[path] = checked.text
            self.checked[path] = checked
            found = diagnostics_of(checked, self.manner)
            # What is open tells its own findings, and may have gone on since.
            mine = {each: told for each, told in found.items() if each == path or self.shut(each)}
            self.publish(path, mine)
        except Exception as fault:
            self.log(fault)

    def shut(self, path: Path) -> bool:
        """Whether a file is not open."""
        return path not in self.files.texts

    def publish(self, owner: Path, found: dict[Path, list[lsp.Diagnostic]]) -> None:
        """Tell the findings of one file; each file shows those of all that speak of it."""
        before = self.told.pop(owner, {})
        if found:
            self.told[owner] = found
        for path in {*before, *found}:
            shown: list[lsp.Diagnostic] = []
            for told in self.told.values():
                shown += [each for each in told.get(path, ()) if each not in shown]
            message = lsp.PublishDiagnosticsParams(self.manner.uri(path), shown)
            self.text_document_publish_diagnostics(message)

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Answer what is no JSON, and log what no answer tells of."""
        if isinstance(error, ValueError | RecursionError):
            self.protocol.refuse(JsonRpcParseError("this is no JSON, or it has no good length"))
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
            except JsonRpcInvalidParams:
                raise
            except Exception as fault:
                self.log(fault)
                return None

        return answered

    # questions

    def question(self, uri: str) -> Question | None:
        """A file that is asked about, if it is open here."""
        path = self.path_of(uri)
        return self.files.question(path) if path in self.files.texts and path else None

    def asked(self, uri: str, position: lsp.Position) -> tuple[Question, SourceFile, int] | None:
        """The file that is asked about, and the offset in it."""
        question = self.question(uri)
        if question is None:
            return None
        file = SourceFile(question.name, question.text)
        return question, file, offset_of(file, position, self.manner)

    def fresh(self, question: Question) -> Checked:
        """What was found in the text as it is now."""
        known = self.checked.get(question.path)
        if known is not None and known.text == question.text:
            return known
        return question.check()
