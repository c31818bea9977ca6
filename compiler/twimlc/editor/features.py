"""A server that follows an editor's files and answers what it asks, ready to be started."""

from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types as lsp

from twimlc.about import PROJECT_FILE
from twimlc.editor.actions import Action, actions_for, fix_all
from twimlc.editor.complete import complete
from twimlc.editor.hover import hover
from twimlc.editor.names import Names, symbols_of_project
from twimlc.editor.open_files import Analysis
from twimlc.editor.protocol import (
    PositionEncoding,
    diagnostic_of,
    edit_of,
    item_of,
    location_of,
    offset_of,
    outline_of,
    path_of,
    range_of,
    symbol_of,
)
from twimlc.editor.rename import moved_component, rename, renaming_at
from twimlc.editor.server import SETTLE, Asked, FlowServer
from twimlc.project.kinds import COMPONENTS

_FIX_ALL = "source.fixAll.twimlc"
_FILES = "**/*.{yaml,yml,csv}"


def create_server(settle: float = SETTLE) -> FlowServer:
    """A server with everything it can do, which compiles a text ``settle`` seconds after a key."""
    server = FlowServer(settle)
    _texts(server)
    _files(server)
    _words(server)
    _places(server)
    _changes(server)
    return server


def _words(server: FlowServer) -> None:
    @server.answers(
        lsp.TEXT_DOCUMENT_COMPLETION,
        lsp.CompletionOptions(trigger_characters=["{", ".", "/", " ", ":", "-"]),
    )
    def completion(asked: Asked, params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        proposals = complete(asked.snapshot, asked.offset)
        return [item_of(each, n, asked.file, server.encoding) for n, each in enumerate(proposals)]

    @server.answers(lsp.TEXT_DOCUMENT_HOVER)
    def hovered(asked: Asked, params: lsp.HoverParams) -> lsp.Hover | None:
        found = hover(asked.snapshot, asked.offset, lambda: server.fresh(asked.snapshot))
        if found is None:
            return None
        text = lsp.MarkupContent(lsp.MarkupKind.Markdown, found.text)
        return lsp.Hover(text, range_of(found.span, server.encoding))


def _places(server: FlowServer) -> None:
    @server.answers(lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(asked: Asked, params: lsp.DefinitionParams) -> lsp.Location | None:
        span = Names(asked.snapshot).definition(asked.offset)
        return None if span is None else location_of(span, asked.snapshot.root, server.encoding)

    @server.answers(lsp.TEXT_DOCUMENT_REFERENCES)
    def references(asked: Asked, params: lsp.ReferenceParams) -> list[lsp.Location]:
        names = Names(asked.snapshot)
        found = names.at(asked.offset)
        spans = names.references(found.name) if found is not None else []
        if not params.context.include_declaration:
            spans = spans[1:]
        return [location_of(span, asked.snapshot.root, server.encoding) for span in spans]

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    @server.safe
    def outline(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        snapshot = server.snapshot(params.text_document.uri)
        symbols = Names(snapshot).outline() if snapshot is not None else ()
        return [outline_of(each, server.encoding) for each in symbols]

    @server.feature(lsp.WORKSPACE_SYMBOL)
    @server.safe
    def search(params: lsp.WorkspaceSymbolParams) -> list[lsp.SymbolInformation]:
        return [
            symbol_of(each, root, server.encoding)
            for root in server.files.roots(server.folders)
            for each in symbols_of_project(server.files.snapshot(root / PROJECT_FILE))
            if params.query.lower() in each.name.lower()
        ]


def _changes(server: FlowServer) -> None:
    @server.answers(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(
        asked: Asked, params: lsp.PrepareRenameParams
    ) -> lsp.PrepareRenamePlaceholder | None:
        span = renaming_at(asked.snapshot, asked.offset)
        if span is None:
            return None
        return lsp.PrepareRenamePlaceholder(range_of(span, server.encoding), span.text)

    @server.answers(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def renamed(asked: Asked, params: lsp.RenameParams) -> lsp.WorkspaceEdit:
        edits = rename(asked.snapshot, asked.offset, params.new_name)
        return edit_of(edits, asked.snapshot.root, server.encoding)

    @server.answers(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix, _FIX_ALL]),
    )
    def actions(asked: Asked, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        snapshot, file, start = asked
        end = offset_of(file, params.range.end, server.encoding)
        only = params.context.only
        found: list[lsp.CodeAction] = []
        if only is None or _wanted(lsp.CodeActionKind.QuickFix, only):
            checked = server.fresh(snapshot)
            found += [
                _action(each, checked, server.encoding) for each in actions_for(checked, start, end)
            ]
        if only is not None and _wanted(_FIX_ALL, only):
            edit = edit_of(fix_all(snapshot), snapshot.root, server.encoding)
            if edit.changes:
                title = "fix everything that is safe to fix"
                found.append(lsp.CodeAction(title, kind=_FIX_ALL, edit=edit))
        return found


def _wanted(kind: str, only: Sequence[lsp.CodeActionKind | str]) -> bool:
    names = [each.value if isinstance(each, lsp.CodeActionKind) else each for each in only]
    return any(kind == name or kind.startswith(f"{name}.") or not name for name in names)


def _action(action: Action, analysis: Analysis, encoding: PositionEncoding) -> lsp.CodeAction:
    finding = action.finding
    return lsp.CodeAction(
        title=action.title,
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[diagnostic_of(finding, finding.span, analysis.snapshot.root, encoding)],
        edit=edit_of(action.edits, analysis.snapshot.root, encoding),
        is_preferred=action.fixes or None,
    )


def _texts(server: FlowServer) -> None:
    set_text = server.safe(server.set_text)
    drop_text = server.safe(server.drop_text)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        set_text(params.text_document.uri, params.text_document.text)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        for change in params.content_changes[-1:]:
            set_text(params.text_document.uri, change.text)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        path = server.path_of(params.text_document.uri)
        if path is not None:
            server.look_again(path)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        drop_text(params.text_document.uri)


def _files(server: FlowServer) -> None:
    @server.feature(lsp.INITIALIZED)
    async def ready(params: lsp.InitializedParams) -> None:
        """Ask for news of files that change outside of the editor, where it can do that."""
        workspace = server.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace else None
        if watched is None or not watched.dynamic_registration:
            return
        kinds = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher(_FILES)])
        files = lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, kinds)
        await server.client_register_capability_async(lsp.RegistrationParams([files]))

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def touched(params: lsp.DidChangeWatchedFilesParams) -> None:
        # Also which files make a project may be otherwise now.
        for path in server.files.texts:
            server.look_again(path)

    @server.feature(
        lsp.WORKSPACE_WILL_RENAME_FILES,
        lsp.FileOperationRegistrationOptions(
            [lsp.FileOperationFilter(lsp.FileOperationPattern(f"**/{COMPONENTS}/*.{{yaml,yml}}"))]
        ),
    )
    @server.safe
    def moving(params: lsp.RenameFilesParams) -> lsp.WorkspaceEdit | None:
        """A component's file gets another name: so do the places that use it."""
        for each in params.files:
            old, new = path_of(each.old_uri), path_of(each.new_uri)
            if old is None or new is None or not _stays(old, new):
                continue
            snapshot = server.files.snapshot(old)
            return edit_of(moved_component(snapshot, old, new), snapshot.root, server.encoding)
        return None


def _stays(old: Path, new: Path) -> bool:
    return old.parent == new.parent and old.parent.name == COMPONENTS
