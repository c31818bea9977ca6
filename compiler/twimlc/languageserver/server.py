"""The server itself: messages of an editor come in over stdin, answers go out over stdout.

Compiling happens in a thread, a moment after the last key; what a newer text has overtaken is
dropped. A fault of ours is logged to the editor, and the server goes on.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from twimlc import __version__
from twimlc.languageserver.actions import Action, actions_for, mend_all
from twimlc.languageserver.complete import complete
from twimlc.languageserver.hover import hover
from twimlc.languageserver.names import Body
from twimlc.languageserver.open_files import (
    Checked,
    OpenFiles,
    Question,
    is_ours,
    kind_of_file,
)
from twimlc.languageserver.places import Names
from twimlc.languageserver.positions import Units
from twimlc.languageserver.protocol import (
    diagnostic_of,
    diagnostics_of,
    edit_of,
    item_of,
    location_of,
    offset_of,
    path_of,
    range_of,
    uri_of,
)
from twimlc.languageserver.rename import CannotRenameError, rename, renaming_at
from twimlc.languageserver.shapes import FileKind
from twimlc.text import SourceFile, Span

SETTLE = 0.12
"""Seconds without a key after which the text is compiled."""

_MEND_ALL = "source.fixAll.twimlc"

P = ParamSpec("P")
R = TypeVar("R")


class FlowServer(LanguageServer):
    """What is open, what was found in it, and what the editor was told."""

    def __init__(self, settle: float = SETTLE) -> None:
        # The whole text with each change: the lines of pygls end at characters that ours do not.
        super().__init__("twimlc", __version__, lsp.TextDocumentSyncKind.Full)
        self.settle = settle
        self.files = OpenFiles()
        self.checked: dict[Path, Checked] = {}
        self.told: dict[Path, dict[Path, list[lsp.Diagnostic]]] = {}
        self.waiting: dict[Path, asyncio.Task[None]] = {}
        self.compiling = asyncio.Lock()

    @property
    def units(self) -> Units:
        """What both sides agreed to count in."""
        agreed = self.server_capabilities.position_encoding
        return Units(agreed) if agreed else Units.UTF16

    # texts

    def set_text(self, uri: str, text: str) -> None:
        path = path_of(uri)
        if path is None or not is_ours(path, text):
            return
        known = path in self.files.texts
        self.files.texts[path] = text
        # The project file is read from the disk, so only saving it changes what is found.
        if not known or kind_of_file(path) is not FileKind.PROJECT:
            self.look_again(path)

    def drop_text(self, uri: str) -> None:
        path = path_of(uri)
        if path is None or path not in self.files.texts:
            return
        neighbours = self.files.neighbours(path)[1:]
        self.files.close(path)
        self.checked.pop(path, None)
        self.publish(path, {})
        for each in neighbours:
            self.look_again(each)

    def look_again(self, path: Path) -> None:
        """Compile a file, and those that are open beside it, once the keys rest."""
        for each in self.files.neighbours(path) or [path]:
            if kind_of_file(each) is FileKind.SCRIPT:
                continue
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
            self.publish(path, diagnostics_of(checked, self.units))
        except Exception as fault:
            self.log(fault)

    def publish(self, owner: Path, found: dict[Path, list[lsp.Diagnostic]]) -> None:
        """Tell the findings of one file; each file shows those of all that speak of it."""
        before = self.told.pop(owner, {})
        if found:
            self.told[owner] = found
        for path in {*before, *found}:
            shown: list[lsp.Diagnostic] = []
            for told in self.told.values():
                shown += [each for each in told.get(path, ()) if each not in shown]
            message = lsp.PublishDiagnosticsParams(uri_of(path), shown)
            self.text_document_publish_diagnostics(message)

    def log(self, fault: BaseException) -> None:
        message = f"twimlc: internal error: {type(fault).__name__}: {fault}"
        self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, message))

    # questions

    def asked(self, uri: str, position: lsp.Position) -> tuple[Question, SourceFile, int] | None:
        """The file that is asked about, and the offset in it."""
        path = path_of(uri)
        if path is None or path not in self.files.texts:
            return None
        question = self.files.question(path)
        file = SourceFile(question.name, question.text)
        return question, file, offset_of(file, position, self.units)

    def fresh(self, question: Question) -> Checked:
        """What was found in the text as it is now."""
        known = self.checked.get(question.path)
        if known is not None and known.text == question.text:
            return known
        return question.check()


def create_server(settle: float = SETTLE) -> FlowServer:
    """A server with everything it can do, ready to be started."""
    server = FlowServer(settle)

    def safe(answer: Callable[P, R]) -> Callable[P, R | None]:
        @wraps(answer)
        def answered(*args: P.args, **kwargs: P.kwargs) -> R | None:
            try:
                return answer(*args, **kwargs)
            except JsonRpcInvalidParams:
                raise
            except Exception as fault:
                server.log(fault)
                return None

        return answered

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        safe(server.set_text)(params.text_document.uri, params.text_document.text)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        text = params.content_changes[-1].text
        safe(server.set_text)(params.text_document.uri, text)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is not None and path in server.files.texts:
            server.look_again(path)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        safe(server.drop_text)(params.text_document.uri)

    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION,
        lsp.CompletionOptions(trigger_characters=["{", ".", "/", " ", ":", "-"]),
    )
    @safe
    def completion(params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        asked = server.asked(params.text_document.uri, params.position)
        if asked is None:
            return []
        question, file, offset = asked
        proposals = complete(question, offset)
        return [item_of(each, n, file, server.units) for n, each in enumerate(proposals)]

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    @safe
    def hovered(params: lsp.HoverParams) -> lsp.Hover | None:
        asked = server.asked(params.text_document.uri, params.position)
        if asked is None:
            return None
        question, _, offset = asked
        found = hover(question, offset, lambda: server.fresh(question))
        if found is None:
            return None
        text = lsp.MarkupContent(lsp.MarkupKind.Markdown, found.text)
        return lsp.Hover(text, range_of(found.span, server.units))

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    @safe
    def definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        asked = server.asked(params.text_document.uri, params.position)
        if asked is None:
            return None
        question, _, offset = asked
        span = Names(question).definition(offset)
        return None if span is None else location_of(span, question.root, server.units)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    @safe
    def references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        asked = server.asked(params.text_document.uri, params.position)
        if asked is None:
            return []
        question, _, offset = asked
        names = Names(question)
        state = names.state_at(offset)
        spans = list(names.references(state)) if state is not None else []
        if not params.context.include_declaration:
            spans = spans[1:]
        return [location_of(span, question.root, server.units) for span in spans]

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    @safe
    def symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        path = path_of(params.text_document.uri)
        if path is None or path not in server.files.texts:
            return []
        return [
            symbol
            for body in reversed(Names(server.files.question(path)).bodies)
            for symbol in _symbols(body, server.units)
        ]

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    @safe
    def prepare_rename(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        asked = server.asked(params.text_document.uri, params.position)
        found = renaming_at(asked[0], asked[2]) if asked is not None else None
        if found is None:
            return None
        return lsp.PrepareRenamePlaceholder(range_of(found.span, server.units), found.name)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    @safe
    def renamed(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        asked = server.asked(params.text_document.uri, params.position)
        if asked is None:
            return None
        question, _, offset = asked
        try:
            edits = rename(question, offset, params.new_name)
        except CannotRenameError as reason:
            raise JsonRpcInvalidParams(str(reason)) from reason
        return edit_of(edits, question.root, server.units)

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix, _MEND_ALL]),
    )
    @safe
    def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        asked = server.asked(params.text_document.uri, params.range.start)
        if asked is None:
            return []
        question, file, start = asked
        end = offset_of(file, params.range.end, server.units)
        only = params.context.only
        made: list[lsp.CodeAction] = []
        if only is None or _wanted(lsp.CodeActionKind.QuickFix, only):
            checked = server.fresh(question)
            made += [
                _action(each, checked, server.units) for each in actions_for(checked, start, end)
            ]
        if only is not None and _wanted(_MEND_ALL, only):
            edit = edit_of(mend_all(question), question.root, server.units)
            if edit.changes:
                title = "mend everything that is safe to mend"
                made.append(lsp.CodeAction(title, kind=_MEND_ALL, edit=edit))
        return made

    return server


def _wanted(kind: str, only: Sequence[lsp.CodeActionKind | str]) -> bool:
    names = [each.value if isinstance(each, lsp.CodeActionKind) else each for each in only]
    return any(kind == name or kind.startswith(f"{name}.") or not name for name in names)


def _action(action: Action, checked: Checked, units: Units) -> lsp.CodeAction:
    finding = action.finding
    return lsp.CodeAction(
        title=action.title,
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[diagnostic_of(finding, finding.span, checked.root, units)],
        edit=edit_of(action.edits, checked.root, units),
        is_preferred=action.mends or None,
    )


def _symbols(body: Body, units: Units) -> list[lsp.DocumentSymbol]:
    """The states of a body, for an outline."""
    found: list[lsp.DocumentSymbol] = []
    for name, entry in body.states.items():
        end = max(entry.value.span.end, entry.key_span.end)
        whole = range_of(Span(entry.key_span.file, entry.key_span.start, end), units)
        own = range_of(entry.key_span, units)
        found.append(lsp.DocumentSymbol(name, lsp.SymbolKind.Function, whole, own))
    return found
