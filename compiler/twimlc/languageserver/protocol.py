"""From our records to those of the protocol: findings, places, proposals and edits in."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from lsprotocol import types as lsp
from pygls.uris import from_fs_path, to_fs_path

from twimlc import __url__
from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Severity
from twimlc.languageserver.complete import Proposal, Sort
from twimlc.languageserver.open_files import Checked
from twimlc.languageserver.positions import Units, to_offset, to_units
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
_FADED = re.compile(r"(?:unused|unreachable|dead|never)-")


def path_of(uri: str) -> Path | None:
    """The path of a file; None for what is no file, such as a buffer without a name."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path) if path else None


def uri_of(path: Path) -> str:
    return from_fs_path(str(path)) or path.as_uri()


def range_of(span: Span, units: Units) -> lsp.Range:
    """A span in lines and units; what is empty still has one character to be seen by."""
    start = to_units(span.file, span.start, units)
    end = to_units(span.file, span.end, units)
    return lsp.Range(lsp.Position(*start), lsp.Position(*end))


def offset_of(file: SourceFile, position: lsp.Position, units: Units) -> int:
    return to_offset(file, position.line, position.character, units)


def location_of(span: Span, root: Path, units: Units) -> lsp.Location:
    return lsp.Location(uri_of(root / span.file.path), range_of(span, units))


def shown_at(finding: Diagnostic, name: str) -> Span | None:
    """Where a finding is shown in the file ``name``: itself, or the place that led to it."""
    span: Span | None = finding.span
    while span is not None and span.file.path != name:
        span = span.via
    return span


def diagnostic_of(finding: Diagnostic, span: Span, root: Path, units: Units) -> lsp.Diagnostic:
    """A finding as editors show it."""
    message = finding.message + (f"\n{finding.hint}" if finding.hint else "")
    related = [
        lsp.DiagnosticRelatedInformation(location_of(label.span, root, units), label.message)
        for label in finding.labels
    ]
    if span != finding.span:
        place = location_of(finding.span, root, units)
        related.insert(0, lsp.DiagnosticRelatedInformation(place, "it stands here"))
    faded = _FADED.match(finding.rule.slug) and finding.severity is not Severity.ERROR
    page = f"{__url__}/blob/main/docs/findings.md#{finding.rule.code.lower()}-{finding.rule.slug}"
    return lsp.Diagnostic(
        range=range_of(span, units),
        message=message,
        severity=_SEVERITIES[finding.severity],
        code=finding.rule.code,
        code_description=lsp.CodeDescription(page),
        source="twimlc",
        tags=[lsp.DiagnosticTag.Unnecessary] if faded else None,
        related_information=related or None,
        data=finding.rule.slug,
    )


def diagnostics_of(checked: Checked, units: Units) -> dict[Path, list[lsp.Diagnostic]]:
    """The findings by the file that they are shown in: the checked one wherever that can be."""
    found: dict[Path, list[lsp.Diagnostic]] = {checked.path: []}
    for finding in checked.findings:
        span = shown_at(finding, checked.name)
        path = checked.path
        if span is None:
            span, path = finding.span, checked.root / finding.span.file.path
            if not finding.is_error or not path.is_file():
                continue
        shown = diagnostic_of(finding, span, checked.root, units)
        if shown not in found.setdefault(path, []):
            found[path].append(shown)
    return found


def edit_of(edits: Mapping[str, Sequence[Edit]], root: Path, units: Units) -> lsp.WorkspaceEdit:
    """Edits of files, named as findings name them."""
    changes = {
        uri_of(root / path): [lsp.TextEdit(range_of(edit.span, units), edit.text) for edit in made]
        for path, made in edits.items()
    }
    return lsp.WorkspaceEdit(changes=changes)


def item_of(proposal: Proposal, number: int, file: SourceFile, units: Units) -> lsp.CompletionItem:
    """A proposal, in the order that they were made."""
    place = range_of(Span(file, proposal.start, proposal.end), units)
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
