"""What an editor asks: a server comes in, and can then answer."""

from collections.abc import Sequence

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from twimlc.languageserver.actions import Action, actions_for, mend_all
from twimlc.languageserver.complete import complete
from twimlc.languageserver.hover import hover
from twimlc.languageserver.open_files import Checked
from twimlc.languageserver.places import Names
from twimlc.languageserver.protocol import (
    Manner,
    diagnostic_of,
    edit_of,
    item_of,
    location_of,
    offset_of,
    outline_of,
    range_of,
    symbol_of,
)
from twimlc.languageserver.rename import CannotRenameError, rename, renaming_at
from twimlc.languageserver.server import FlowServer
from twimlc.languageserver.symbols import outline, symbols_of_project

_MEND_ALL = "source.fixAll.twimlc"


def answer(server: FlowServer) -> None:
    """Let a server answer everything that it can."""
    _words(server)
    _places(server)
    _renaming(server)
    _actions(server)


def _words(server: FlowServer) -> None:
    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION,
        lsp.CompletionOptions(trigger_characters=["{", ".", "/", " ", ":", "-"]),
    )
    @server.safe
    def completion(params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        asked = server.asked(params.text_document.uri, params.position)
        if asked is None:
            return []
        question, file, offset = asked
        proposals = complete(question, offset)
        return [item_of(each, n, file, server.manner) for n, each in enumerate(proposals)]

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    @server.safe
    def hovered(params: lsp.HoverParams) -> lsp.Hover | None:
        asked = server.asked(params.text_document.uri, params.position)
        if asked is None:
            return None
        question, _, offset = asked
        found = hover(question, offset, lambda: server.fresh(question))
        if found is None:
            return None
        text = lsp.MarkupContent(lsp.MarkupKind.Markdown, found.text)
        return lsp.Hover(text, range_of(found.span, server.manner))


def _places(server: FlowServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    @server.safe
    def definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        asked = server.asked(params.text_document.uri, params.position)
        if asked is None:
            return None
        question, _, offset = asked
        span = Names(question).definition(offset)
        return None if span is None else location_of(span, question.root, server.manner)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    @server.safe
    def references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        asked = server.asked(params.text_document.uri, params.position)
        if asked is None:
            return []
        question, _, offset = asked
        names = Names(question)
        found = names.name_at(offset)
        spans = list(names.references(found)) if found is not None else []
        if not params.context.include_declaration:
            spans = spans[1:]
        return [location_of(span, question.root, server.manner) for span in spans]

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    @server.safe
    def outlined(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        question = server.question(params.text_document.uri)
        if question is None:
            return []
        return [outline_of(each, server.manner) for each in outline(Names(question))]

    @server.feature(lsp.WORKSPACE_SYMBOL)
    @server.safe
    def everywhere(params: lsp.WorkspaceSymbolParams) -> list[lsp.SymbolInformation]:
        return [
            symbol_of(each, root, server.manner)
            for root in server.files.roots(server.folders)
            for each in symbols_of_project(server.files.question(root / "twimlc.yaml"))
            if params.query.lower() in each.name.lower()
        ]


def _renaming(server: FlowServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    @server.safe
    def prepare_rename(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        asked = server.asked(params.text_document.uri, params.position)
        try:
            found = renaming_at(asked[0], asked[2]) if asked is not None else None
        except CannotRenameError as reason:
            raise JsonRpcInvalidParams(str(reason)) from reason
        if found is None:
            return None
        return lsp.PrepareRenamePlaceholder(range_of(found.span, server.manner), found.name)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    @server.safe
    def renamed(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        asked = server.asked(params.text_document.uri, params.position)
        if asked is None:
            return None
        question, _, offset = asked
        try:
            edits = rename(question, offset, params.new_name)
        except CannotRenameError as reason:
            raise JsonRpcInvalidParams(str(reason)) from reason
        return edit_of(edits, question.root, server.manner)


def _actions(server: FlowServer) -> None:
    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix, _MEND_ALL]),
    )
    @server.safe
    def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        asked = server.asked(params.text_document.uri, params.range.start)
        if asked is None:
            return []
        question, file, start = asked
        end = offset_of(file, params.range.end, server.manner)
        only = params.context.only
        made: list[lsp.CodeAction] = []
        if only is None or _wanted(lsp.CodeActionKind.QuickFix, only):
            checked = server.fresh(question)
            made += [
                _action(each, checked, server.manner) for each in actions_for(checked, start, end)
            ]
        if only is not None and _wanted(_MEND_ALL, only):
            edit = edit_of(mend_all(question), question.root, server.manner)
            if edit.changes:
                title = "mend everything that is safe to mend"
                made.append(lsp.CodeAction(title, kind=_MEND_ALL, edit=edit))
        return made


def _wanted(kind: str, only: Sequence[lsp.CodeActionKind | str]) -> bool:
    names = [each.value if isinstance(each, lsp.CodeActionKind) else each for each in only]
    return any(kind == name or kind.startswith(f"{name}.") or not name for name in names)


def _action(action: Action, checked: Checked, told: Manner) -> lsp.CodeAction:
    finding = action.finding
    return lsp.CodeAction(
        title=action.title,
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[diagnostic_of(finding, finding.span, checked.root, told)],
        edit=edit_of(action.edits, checked.root, told),
        is_preferred=action.mends or None,
    )
