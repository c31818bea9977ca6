"""From our records to those of the protocol: findings, places, proposals and edits in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types as lsp
from pygls.uris import from_fs_path, to_fs_path

from twimlc import __url__
from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Severity
from twimlc.languageserver.complete import Proposal, Sort
from twimlc.languageserver.named import Kind
from twimlc.languageserver.open_files import Checked
from twimlc.languageserver.positions import Units, to_offset, to_units
from twimlc.languageserver.symbols import Symbol
from twimlc.source.names import proposed_name
from twimlc.text import SourceFile, Span

_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}
_SORTS = {
    Sort.VERB: lsp.CompletionItemKind.Function,
    Sort.ATTRIBUTE: lsp.CompletionItemKind.Property,
    Sort.VALUE: lsp.CompletionItemKind.EnumMember,
    Sort.STATE: lsp.CompletionItemKind.Reference,
    Sort.COMPONENT: lsp.CompletionItemKind.Module,
    Sort.PARAM: lsp.CompletionItemKind.Variable,
}
_SYMBOLS = {
    Kind.STATE: lsp.SymbolKind.Function,
    Kind.COMPONENT: lsp.SymbolKind.Module,
    Kind.FLOW: lsp.SymbolKind.Class,
    Kind.PARAM: lsp.SymbolKind.Variable,
    None: lsp.SymbolKind.Object,
}
_FADED = re.compile(r"(?:unused|unreachable|dead|never)-")


def path_of(uri: str, folder: Path | None = None) -> Path | None:
    """The path of a file, or of a new one without a name in ``folder``; None for anything else."""
    if uri.startswith("untitled:") and folder is not None:
        name = re.sub(r"\.ya?ml$", "", uri.rpartition("/")[2].rpartition(":")[2])
        return folder / f"{proposed_name(name) or 'untitled'}.yaml"
    path = Path(to_fs_path(uri) or "") if uri.startswith("file:") else Path()
    # The drive of another system makes no whole path, and a NUL stands in none.
    return path if path.is_absolute() and "\0" not in str(path) else None


@dataclass(frozen=True, slots=True)
class Manner:
    """How one editor speaks: what it counts in, and the URIs it has for open files.

    Editors escape characters differently, and know a file only by the URI they gave.
    """

    units: Units = Units.UTF16
    uris: Mapping[Path, str] = field(default_factory=dict)

    def uri(self, path: Path) -> str:
        return self.uris.get(path) or from_fs_path(str(path)) or path.as_uri()


def range_of(span: Span, told: Manner) -> lsp.Range:
    """A span in lines and units."""
    start = to_units(span.file, span.start, told.units)
    end = to_units(span.file, span.end, told.units)
    return lsp.Range(lsp.Position(*start), lsp.Position(*end))


def offset_of(file: SourceFile, position: lsp.Position, told: Manner) -> int:
    return to_offset(file, position.line, position.character, told.units)


def location_of(span: Span, root: Path, told: Manner) -> lsp.Location:
    return lsp.Location(told.uri(root / span.file.path), range_of(span, told))


def shown_at(finding: Diagnostic, name: str) -> Span | None:
    """Where a finding is shown in the file ``name``: itself, or the place that led to it."""
    span: Span | None = finding.span
    while span is not None and span.file.path != name:
        span = span.via
    return span


def diagnostic_of(finding: Diagnostic, span: Span, root: Path, told: Manner) -> lsp.Diagnostic:
    """A finding as editors show it."""
    message = finding.message + (f"\n{finding.hint}" if finding.hint else "")
    related = [
        lsp.DiagnosticRelatedInformation(location_of(label.span, root, told), label.message)
        for label in finding.labels
    ]
    if span != finding.span:
        place = location_of(finding.span, root, told)
        related.insert(0, lsp.DiagnosticRelatedInformation(place, "it stands here"))
    faded = _FADED.match(finding.rule.slug) and finding.severity is not Severity.ERROR
    page = f"{__url__}/blob/main/docs/findings.md#{finding.rule.code.lower()}-{finding.rule.slug}"
    return lsp.Diagnostic(
        range=range_of(span, told),
        message=message,
        severity=_SEVERITIES[finding.severity],
        code=finding.rule.code,
        code_description=lsp.CodeDescription(page),
        source="twimlc",
        tags=[lsp.DiagnosticTag.Unnecessary] if faded else None,
        related_information=related or None,
        data=finding.rule.slug,
    )


def diagnostics_of(checked: Checked, told: Manner) -> dict[Path, list[lsp.Diagnostic]]:
    """The findings by the file that they are shown in: the checked one wherever that can be."""
    found: dict[Path, list[lsp.Diagnostic]] = {checked.path: []}
    for finding in checked.findings:
        span = shown_at(finding, checked.name)
        path = checked.path
        if span is None:
            span, path = finding.span, checked.root / finding.span.file.path
            if not finding.is_error or not path.is_file():
                continue
        shown = diagnostic_of(finding, span, checked.root, told)
        if shown not in found.setdefault(path, []):
            found[path].append(shown)
    return found


def edit_of(edits: Mapping[str, Sequence[Edit]], root: Path, told: Manner) -> lsp.WorkspaceEdit:
    """Edits of files, named as findings name them."""
    changes = {
        told.uri(root / path): [lsp.TextEdit(range_of(edit.span, told), edit.text) for edit in made]
        for path, made in edits.items()
    }
    return lsp.WorkspaceEdit(changes=changes)


def item_of(proposal: Proposal, number: int, file: SourceFile, told: Manner) -> lsp.CompletionItem:
    """A proposal, in the order that they were made."""
    place = range_of(Span(file, proposal.start, proposal.end), told)
    about = lsp.MarkupContent(lsp.MarkupKind.Markdown, proposal.about) if proposal.about else None
    return lsp.CompletionItem(
        label=proposal.label,
        kind=_SORTS[proposal.sort],
        detail=proposal.detail or None,
        documentation=about,
        sort_text=f"{number:04d}",
        filter_text=proposal.label,
        text_edit=lsp.TextEdit(place, proposal.text),
    )


def outline_of(symbol: Symbol, told: Manner) -> lsp.DocumentSymbol:
    """A part of a file for its outline."""
    whole, own = range_of(symbol.whole, told), range_of(symbol.span, told)
    return lsp.DocumentSymbol(symbol.name, _SYMBOLS[symbol.kind], whole, own)


def symbol_of(symbol: Symbol, root: Path, told: Manner) -> lsp.SymbolInformation:
    """A part of a project, as a search by name finds it."""
    place = location_of(symbol.span, root, told)
    kind, inside = _SYMBOLS[symbol.kind], symbol.inside or None
    return lsp.SymbolInformation(place, symbol.name, kind, container_name=inside)
