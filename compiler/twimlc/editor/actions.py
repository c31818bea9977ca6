"""What an editor offers to do about findings: a place comes in, named edits go out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from twimlc.calls.run import in_script
from twimlc.editor.cursor import cursor_at
from twimlc.editor.open_files import Analysis, Snapshot
from twimlc.findings.diagnostic import Diagnostic, Edit, Severity
from twimlc.pipeline import check
from twimlc.pipeline.fixes import mend
from twimlc.project.kinds import FileKind, kind_of_file
from twimlc.text import SourceFile, Span, grouped


@dataclass(frozen=True, slots=True)
class Action:
    """Something to choose about a finding; ``fixes`` is false for a comment that silences it."""

    title: str
    finding: Diagnostic
    edits: dict[str, list[Edit]]
    fixes: bool


def actions_for(analysis: Analysis, start: int, end: int) -> Iterator[Action]:
    """Fixes first, and then, for what is no error, comments that silence."""
    near = [
        finding
        for finding in analysis.findings
        if finding.span.file.path == analysis.snapshot.name
        and finding.span.start <= end
        and start <= finding.span.end
    ]
    for finding in near:
        if finding.fix is not None:
            edits = grouped((edit.span.file.path, edit) for edit in finding.fix.edits)
            yield Action(finding.fix.title, finding, edits, fixes=True)
    kind = kind_of_file(analysis.snapshot.path)
    for finding in near:
        # Of a call script nothing can be silenced.
        if finding.severity is not Severity.ERROR and kind is not FileKind.SCRIPT:
            edit_above = _silence(finding, kind)
            if edit_above is not None:
                title = f"ignore '{finding.rule.slug}' here"
                yield Action(title, finding, {analysis.snapshot.name: [edit_above]}, fixes=False)


def fix_all(snapshot: Snapshot) -> dict[str, list[Edit]]:
    """Every fix of the file that proves to be safe, as a new text for it."""
    is_script = kind_of_file(snapshot.path) is FileKind.SCRIPT
    look = partial(in_script, snapshot.path) if is_script else check
    result = mend(snapshot.options(), look)
    return {
        each.file.path: [Edit(Span(each.file, 0, len(each.file.text)), each.text)]
        for each in result.files
        if each.file.path == snapshot.name
    }


def _silence(finding: Diagnostic, kind: FileKind) -> Edit | None:
    """A comment above the line; None where no comment can be, inside brackets or a text."""
    file: SourceFile = finding.span.file
    number = finding.span.begin.line
    start, line = file.offset(number), file.line(number)
    indent = line[: len(line) - len(line.lstrip())]
    comment = f"twimlc: ignore[{finding.rule.slug}]"
    if kind is FileKind.DOCUMENT:
        if not line.lstrip().startswith("<"):
            return None  # inside a tag or a text
        comment = f"<!-- {comment} -->"
    else:
        before = cursor_at(file.text, start + len(indent))
        if before.inline or before.quoted or (before.prose and before.path):
            return None
        comment = f"# {comment}"
    end = "\r\n" if "\r\n" in file.text else "\n"
    return Edit(Span(file, start, start), f"{indent}{comment}{end}")
