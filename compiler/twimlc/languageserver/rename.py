"""A state called something else: a place and a new name come in, edits or a reason go out.

Whether the edits are all is not taken on trust: the project is compiled with them, and where
that brings errors that were not there (a name that an expression makes) nothing is renamed.
"""

from collections import Counter
from dataclasses import dataclass

from twimlc.diagnostics.diagnostic import Edit
from twimlc.diagnostics.edits import apply_edits, rewrite
from twimlc.languageserver.open_files import Question
from twimlc.languageserver.places import Names, StateName
from twimlc.pipeline import check
from twimlc.pipeline.model import UsageError
from twimlc.source.names import folded, valid_name
from twimlc.text import SourceFile, Span

_RESERVED = ("hangup", "next")


class CannotRenameError(Exception):
    """Why a state cannot be called so, in words for the person who asked."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """What there is to rename at a place: the text that is replaced, and the name in it."""

    span: Span
    name: str


def renaming_at(question: Question, offset: int) -> Renaming | None:
    """The name at an offset, if it is one of a state; of FLOW/STATE only the state."""
    state = Names(question).state_at(offset)
    if state is None or state.name not in state.body.states:
        return None
    end = state.span.end - (state.span.text[-1:] in ("'", '"'))
    return Renaming(Span(state.span.file, end - len(state.name), end), state.name)


def rename(question: Question, offset: int, name: str) -> dict[str, list[Edit]]:
    """The edits, by the path that findings show. Raises :class:`CannotRenameError`."""
    names = Names(question)
    state = names.state_at(offset)
    if state is None or state.name not in state.body.states:
        raise CannotRenameError("there is no state's name here")
    _allowed(state, name)
    edits: dict[str, list[Edit]] = {}
    files: dict[str, SourceFile] = {}
    seen: set[tuple[str, int]] = set()
    for span in names.references(state):
        if (span.file.path, span.start) in seen:
            continue
        seen.add((span.file.path, span.start))
        flow, slash, _ = span.text.strip("'\"").rpartition("/")
        old, new = (f"{flow}{slash}{each}" for each in (state.name, name))
        fix = rewrite(span, old, new)
        if fix is None and span.via is None:
            raise CannotRenameError(f"'{state.name}' is written in a way that is not understood")
        if fix is not None:
            edits.setdefault(span.file.path, []).extend(fix.edits)
            files[span.file.path] = span.file
    texts = {path: apply_edits(files[path].text, made) for path, made in edits.items()}
    _still_whole(question, state.name, texts, whole=any(path != question.name for path in texts))
    return edits


def _allowed(state: StateName, name: str) -> None:
    reason = valid_name(name)
    if reason is None and name in _RESERVED:
        reason = f"'{name}' says where a step leads, so no state can be called so"
    others = {folded(each): each for each in state.body.states if each != state.name}
    if reason is None and folded(name) in others:
        reason = f"there is a state '{others[folded(name)]}' already"
    if reason is not None:
        raise CannotRenameError(reason)


def _still_whole(question: Question, name: str, texts: dict[str, str], *, whole: bool) -> None:
    try:
        before = _errors(question, {}, whole)
        after = _errors(question, texts, whole)
    except UsageError as error:
        raise CannotRenameError(str(error)) from error
    new = after - before
    if new:
        slug, _ = next(iter(new))
        raise CannotRenameError(
            f"'{name}' is also named where it cannot be replaced, by an expression perhaps:"
            f" renaming it would bring the error {slug}"
        )


def _errors(question: Question, texts: dict[str, str], whole: bool) -> Counter[tuple[str, str]]:
    result = check(question.options(whole=whole, texts=texts))
    return Counter((f.rule.slug, f.span.file.path) for f in result.findings if f.is_error)
