"""What happens in an editor: a server comes in, and follows what is opened, typed and moved."""

from pathlib import Path

from lsprotocol import types as lsp

from twimlc.languageserver.protocol import edit_of, path_of
from twimlc.languageserver.rename import moved_component
from twimlc.languageserver.server import FlowServer
from twimlc.source.search import COMPONENTS

_FILES = "**/*.{yaml,yml,csv}"


def follow(server: FlowServer) -> None:
    """Let a server follow the texts of its editor, and the files beside them."""
    _texts(server)
    _files(server)


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
        """Ask to be told of files that change outside of the editor, where it can do that."""
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
            question = server.files.question(old)
            return edit_of(moved_component(question, old, new), question.root, server.manner)
        return None


def _stays(old: Path, new: Path) -> bool:
    return old.parent == new.parent and old.parent.name == COMPONENTS
