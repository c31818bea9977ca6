"""From our records to those of the protocol: findings, places, proposals and edits in.

The protocol counts lines from 0 and, unless both sides agree on something else, characters in
units of UTF-16, in which everything beyond U+FFFF (an emoji, say) takes two.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from lsprotocol import types as lsp
from pygls.uris import from_fs_path, to_fs_path

from twimlc.editor.complete import Proposal
from twimlc.editor.names import Symbol
from twimlc.editor.open_files import Analysis
from twimlc.findings.diagnostic import Diagnostic, Edit, Severity
from twimlc.findings.pages import page_url
from twimlc.flow.references import NameKind
from twimlc.text import SourceFile, Span, lazy_pattern
from twimlc.yaml.names import proposed_name

_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}
_SYMBOLS = {
    NameKind.STATE: lsp.SymbolKind.Function,
    NameKind.COMPONENT: lsp.SymbolKind.Module,
    NameKind.FLOW: lsp.SymbolKind.Class,
    NameKind.PARAM: lsp.SymbolKind.Variable,
    None: lsp.SymbolKind.Object,
}
_FADED = lazy_pattern(r"(?:unused|unreachable|dead|never)-")


def path_of(uri: str, folder: Path | None = None) -> Path | None:
    """The path of a file, or of a new one without a name in ``folder``; None for anything else."""
    if uri.startswith("untitled:") and folder is not None:
        name = re.sub(r"\.ya?ml$", "", uri.rpartition("/")[2].rpartition(":")[2])
        return folder / f"{proposed_name(name) or 'untitled'}.yaml"
    path = Path(to_fs_path(uri) or "") if uri.startswith("file:") else Path()
    # The drive of another system makes no whole path, and none has a NUL.
    return path if path.is_absolute() and "\0" not in str(path) else None


class Units(StrEnum):
    """What a character of a line counts; the names are the protocol's."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def width(self, text: str) -> int:
        """How many units a piece of a line takes."""
        if self is Units.UTF32 or text.isascii():
            return len(text)
        if self is Units.UTF8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(char > "\uffff" for char in text)


def to_units(file: SourceFile, offset: int, units: Units) -> tuple[int, int]:
    """The line and character, both from 0, of an offset."""
    place = file.position(offset)
    return place.line - 1, units.width(file.line(place.line)[: place.column - 1])


def to_offset(file: SourceFile, line: int, character: int, units: Units) -> int:
    """The offset of a line and character; past the end of a line means its end."""
    if line >= file.line_count:
        return len(file.text)
    text, start = file.line(line + 1), file.offset(line + 1)
    if text.isascii() or units is Units.UTF32:
        return start + min(character, len(text))
    taken = 0
    for index, char in enumerate(text):
        if taken >= character:
            return start + index
        taken += units.width(char)
    return start + len(text)


@dataclass(frozen=True, slots=True)
class PositionEncoding:
    """How one editor speaks: what it counts in, and the URIs it has for open files.

    Editors escape characters differently, and know a file only by the URI they gave.
    """

    units: Units = Units.UTF16
    uris: Mapping[Path, str] = field(default_factory=dict)

    def uri(self, path: Path) -> str:
        return self.uris.get(path) or from_fs_path(str(path)) or path.as_uri()


def range_of(span: Span, encoding: PositionEncoding) -> lsp.Range:
    """A span in lines and units."""
    start = to_units(span.file, span.start, encoding.units)
    end = to_units(span.file, span.end, encoding.units)
    return lsp.Range(lsp.Position(*start), lsp.Position(*end))


def offset_of(file: SourceFile, position: lsp.Position, encoding: PositionEncoding) -> int:
    return to_offset(file, position.line, position.character, encoding.units)


def location_of(span: Span, root: Path, encoding: PositionEncoding) -> lsp.Location:
    return lsp.Location(encoding.uri(root / span.file.path), range_of(span, encoding))


def shown_at(finding: Diagnostic, name: str) -> Span | None:
    """Where a finding is shown in the file ``name``: itself, or the place that led to it."""
    places = (finding.span, *finding.span.chain)
    return next((span for span in places if span.file.path == name), None)


def diagnostic_of(
    finding: Diagnostic, span: Span, root: Path, encoding: PositionEncoding
) -> lsp.Diagnostic:
    """A finding as editors show it."""
    message = finding.message + (f"\n{finding.hint}" if finding.hint else "")
    related = [
        lsp.DiagnosticRelatedInformation(location_of(label.span, root, encoding), label.message)
        for label in finding.labels
    ]
    if span != finding.span:
        place = location_of(finding.span, root, encoding)
        related.insert(0, lsp.DiagnosticRelatedInformation(place, "it is here"))
    faded = _FADED.match(finding.rule.slug) and finding.severity is not Severity.ERROR
    return lsp.Diagnostic(
        range=range_of(span, encoding),
        message=message,
        severity=_SEVERITIES[finding.severity],
        code=finding.rule.code,
        code_description=lsp.CodeDescription(page_url(finding.rule.slug)),
        source="twimlc",
        tags=[lsp.DiagnosticTag.Unnecessary] if faded else None,
        related_information=related or None,
        data=finding.rule.slug,
    )


def diagnostics_of(
    analysis: Analysis, encoding: PositionEncoding
) -> dict[Path, list[lsp.Diagnostic]]:
    """The findings by the file that they are shown in: the checked one wherever that can be."""
    found: dict[Path, list[lsp.Diagnostic]] = {analysis.snapshot.path: []}
    for finding in analysis.findings:
        span = shown_at(finding, analysis.snapshot.name)
        path = analysis.snapshot.path
        if span is None:
            span, path = finding.span, analysis.snapshot.root / finding.span.file.path
            if not finding.is_error or not path.is_file():
                continue
        shown = diagnostic_of(finding, span, analysis.snapshot.root, encoding)
        if shown not in found.setdefault(path, []):
            found[path].append(shown)
    return found


def edit_of(
    edits: Mapping[str, Sequence[Edit]], root: Path, encoding: PositionEncoding
) -> lsp.WorkspaceEdit:
    """Edits of files, named as findings name them."""
    changes = {
        encoding.uri(root / path): [
            lsp.TextEdit(range_of(edit.span, encoding), edit.text) for edit in changed
        ]
        for path, changed in edits.items()
    }
    return lsp.WorkspaceEdit(changes=changes)


def item_of(
    proposal: Proposal, number: int, file: SourceFile, encoding: PositionEncoding
) -> lsp.CompletionItem:
    """A proposal, in the order of the list."""
    place = range_of(Span(file, proposal.start, proposal.end), encoding)
    about = lsp.MarkupContent(lsp.MarkupKind.Markdown, proposal.about) if proposal.about else None
    return lsp.CompletionItem(
        label=proposal.label,
        kind=lsp.CompletionItemKind[proposal.sort],
        detail=proposal.detail or None,
        documentation=about,
        sort_text=f"{number:04d}",
        filter_text=proposal.label,
        text_edit=lsp.TextEdit(place, proposal.text),
    )


def outline_of(symbol: Symbol, encoding: PositionEncoding) -> lsp.DocumentSymbol:
    """A part of a file for its outline."""
    whole, own = range_of(symbol.whole, encoding), range_of(symbol.span, encoding)
    return lsp.DocumentSymbol(symbol.name, _SYMBOLS[symbol.kind], whole, own)


def symbol_of(symbol: Symbol, root: Path, encoding: PositionEncoding) -> lsp.SymbolInformation:
    """A part of a project, as a search by name finds it."""
    place = location_of(symbol.span, root, encoding)
    kind, inside = _SYMBOLS[symbol.kind], symbol.inside or None
    return lsp.SymbolInformation(place, symbol.name, kind, container_name=inside)
