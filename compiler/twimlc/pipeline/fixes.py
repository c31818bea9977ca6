"""Fixes made: options come in, mended texts, what was mended and what remains go out.

Nothing is taken on trust. After each round everything is compiled again from the edited texts,
and a fix stays only where its finding is gone, the file reads as well as before, and the tree of
the file is the same but for the places that were edited.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from twimlc.findings.diagnostic import Diagnostic, Edit
from twimlc.findings.edits import apply_edits, compatible
from twimlc.output.sources import replace_source
from twimlc.pipeline import check
from twimlc.pipeline.model import Options, Result
from twimlc.project.kinds import FileKind, kind_of_file
from twimlc.text import SourceFile, grouped
from twimlc.yaml.difference import same_elsewhere
from twimlc.yaml.reader import read_yaml

_ROUNDS = 40
_SHAPE = 200  # rules with lower numbers are about YAML itself, such as keys that stand there twice


_Key = tuple[str, str, str, str]

Look = Callable[[Options], Result]
"""Finds what is wrong, in the files as the options' ``texts`` have them."""


@dataclass(frozen=True, slots=True)
class MendedFile:
    """A file as it was read, and what it says after its fixes."""

    file: SourceFile
    text: str


@dataclass(frozen=True, slots=True)
class Mended:
    """``mended`` are the findings whose fixes were made, ``remaining`` the result after them.

    ``before`` is what was found before anything was mended.
    """

    before: Result
    remaining: Result
    files: tuple[MendedFile, ...] = ()
    mended: tuple[Diagnostic, ...] = ()


@dataclass(slots=True)
class _State:
    originals: dict[str, SourceFile] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    mended: list[Diagnostic] = field(default_factory=list)
    refused: set[_Key] = field(default_factory=set)
    careful: set[str] = field(default_factory=set)  # files whose fixes are made one at a time


def mend(options: Options, look: Look = check) -> Mended:
    """Make every safe fix of what ``look`` finds, until none is left.

    Nothing is written; the texts are kept in memory.
    """
    before = result = look(options)
    state = _State()
    for _ in range(_ROUNDS):
        picked = _picked(result.findings, state)
        if not picked:
            break
        edited = _edited(picked)
        texts = {path: text for path, (_, text) in edited.items()}
        after = look(replace(options, texts={**options.texts, **state.texts, **texts}))
        bad = _bad_files(picked, edited, result.findings, after.findings)
        if bad:
            for path in bad:
                inside = [finding for finding in picked if path in _paths(finding)]
                if path in state.careful or len(inside) == 1:
                    state.refused |= {_key(finding) for finding in inside}
                state.careful.add(path)
            continue
        for path, (file, text) in edited.items():
            state.originals.setdefault(path, file)
            state.texts[path] = text
        state.mended += picked
        result = after
    files = tuple(
        MendedFile(file, state.texts[path]) for path, file in sorted(state.originals.items())
    )
    return Mended(before, result, files, tuple(state.mended))


def write_mended(mended: Mended, cwd: Path | None = None) -> list[Diagnostic]:
    """Put the mended texts into the files; findings where that could not be done."""
    base = (cwd or Path.cwd()).absolute()
    findings: list[Diagnostic] = []
    for each in mended.files:
        findings += replace_source(base / each.file.path, each.file, each.text)
    return findings


def _picked(findings: Iterable[Diagnostic], state: _State) -> list[Diagnostic]:
    """The fixes of one round: of a file that needs care, only the first."""
    wanted = [f for f in findings if f.fix is not None and _key(f) not in state.refused]
    chosen: list[Diagnostic] = []
    busy: set[str] = set()
    for finding in compatible(wanted):
        paths = _paths(finding)
        if not paths & busy:
            chosen.append(finding)
        busy |= paths & state.careful
    return chosen


def _edited(picked: Iterable[Diagnostic]) -> dict[str, tuple[SourceFile, str]]:
    by_path = grouped((edit.span.file.path, edit) for edit in _edits(picked))
    files = {path: edits[-1].span.file for path, edits in by_path.items()}
    return {path: (file, apply_edits(file.text, by_path[path])) for path, file in files.items()}


def _bad_files(
    picked: list[Diagnostic],
    edited: Mapping[str, tuple[SourceFile, str]],
    before: Iterable[Diagnostic],
    after: Iterable[Diagnostic],
) -> set[str]:
    """The files in which a fix did something else than to mend its finding."""
    bad: set[str] = set()
    # Without the line: another fix on the same one would make every finding look like gone.
    had, has = (Counter(_key(finding)[:3] for finding in found) for found in (before, after))
    broken = _yaml_errors(after) - _yaml_errors(before)
    for path, (file, text) in edited.items():
        mine = [edit for edit in _edits(picked) if edit.span.file.path == path]
        if not _same_but_for(mine, file, SourceFile(path, text), path in broken):
            bad.add(path)
    for finding in picked:
        key = _key(finding)[:3]
        if has[key] >= had[key] or any(_wrong_as_written(finding, edited, each) for each in after):
            bad |= _paths(finding)
    return bad


def _wrong_as_written(
    mended: Diagnostic, edited: Mapping[str, tuple[SourceFile, str]], found: Diagnostic
) -> bool:
    """Whether what is found is that the word which a fix has written is as wrong as the old one."""
    if found.rule is not mended.rule or not found.is_error:
        return False
    words = (re.sub(r"^\W+|\W+$", "", edit.text) for edit in _edits([mended]))
    place = found.span.begin.line, mended.span.begin.line
    return (
        found.span.file.path in _paths(mended)
        and place[0] == place[1]
        and any(f"'{word}'" in found.message and word in found.span.text for word in words if word)
    )


def _same_but_for(edits: list[Edit], file: SourceFile, after: SourceFile, broken: bool) -> bool:
    """Whether an edited file, where it could be read before, says the same elsewhere."""
    if kind_of_file(Path(file.path)) is FileKind.DOCUMENT:
        # As in `pipeline.documents`: the readers of TwiML files take time to load.
        from twimlc.xml.difference import same_document

        return same_document(file, after, edits)
    old, _ = read_yaml(file)
    if old is None:
        return True
    new, _ = read_yaml(after)
    return not broken and new is not None and same_elsewhere(old, new, edits)


def _yaml_errors(findings: Iterable[Diagnostic]) -> set[str]:
    return {f.span.file.path for f in findings if f.rule.number < _SHAPE and f.is_error}


def _edits(findings: Iterable[Diagnostic]) -> Iterable[Edit]:
    for finding in findings:
        if finding.fix is not None:
            yield from finding.fix.edits


def _paths(finding: Diagnostic) -> set[str]:
    return {edit.span.file.path for edit in _edits([finding])}


def _key(finding: Diagnostic) -> _Key:
    """What a finding is known by when the text around it moves."""
    span = finding.span
    line = span.file.line(span.begin.line).strip()
    return finding.rule.slug, span.file.path, finding.message, line
