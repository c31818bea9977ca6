"""What an editor offers to do about findings: a place comes in, named edits go out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from twimlc.diagnostics.diagnostic import Diagnostic, Edit, Severity
from twimlc.languageserver.cursor import cursor_at
from twimlc.languageserver.open_files import Checked, Question, kind_of_file
from twimlc.languageserver.shapes import FileKind
from twimlc.pipeline.mend import mend
from twimlc.pipeline.model import Options, Result
from twimlc.text import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Action:
    """Something to choose. ``finding`` is what it is about; ``mends`` tells a fix from silence."""

    title: str
    finding: Diagnostic
    edits: dict[str, list[Edit]]
    mends: bool


def actions_for(checked: Checked, start: int, end: int) -> Iterator[Action]:
    """Fixes first, and then, for what is no error, comments that silence."""
    near = [
        finding
        for finding in checked.findings
        if finding.span.file.path == checked.name
        and finding.span.start <= end
        and start <= finding.span.end
    ]
    for finding in near:
        if finding.fix is not None:
            edits: dict[str, list[Edit]] = {}
            for edit in finding.fix.edits:
                edits.setdefault(edit.span.file.path, []).append(edit)
            yield Action(finding.fix.title, finding, edits, mends=True)
    kind = kind_of_file(checked.path)
    for finding in near:
        # Of a call script nothing can be silenced.
        if finding.severity is not Severity.ERROR and kind is not FileKind.SCRIPT:
            edit_above = _silence(finding, kind)
            if edit_above is not None:
                title = f"ignore '{finding.rule.slug}' here"
                yield Action(title, finding, {checked.name: [edit_above]}, mends=False)


def mend_all(question: Question) -> dict[str, list[Edit]]:
    """Every fix of the file that proves to be safe, as a new text for it."""
    look = _script_findings if kind_of_file(question.path) is FileKind.SCRIPT else None
    mended = mend(question.options(), look and partial(look, question.path))
    return {
        each.file.path: [Edit(Span(each.file, 0, len(each.file.text)), each.text)]
        for each in mended.files
        if each.file.path == question.name
    }


def _script_findings(path: Path, options: Options) -> Result:
    from twimlc.callscripts import check_script

    return Result(tuple(check_script(path, options)))


def _silence(finding: Diagnostic, kind: FileKind) -> Edit | None:
    """A comment above the line; None where no comment can stand, inside brackets or a text."""
    file: SourceFile = finding.span.file
    number = finding.span.begin.line
    start, line = file.offset(number), file.line(number)
    indent = line[: len(line) - len(line.lstrip())]
    said = f"twimlc: ignore[{finding.rule.slug}]"
    if kind is FileKind.DOCUMENT:
        if not line.lstrip().startswith("<"):
            return None  # inside a tag or a text
        said = f"<!-- {said} -->"
    else:
        before = cursor_at(file.text, start)
        if before.inline or before.quoted or (before.prose and before.path):
            return None
        said = f"# {said}"
    end = "\r\n" if "\r\n" in file.text else "\n"
    return Edit(Span(file, start, start), f"{indent}{said}{end}")
