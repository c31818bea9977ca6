"""Something called otherwise: a place and a new name come in, edits or a reason go out.

Whether the edits are all is not taken on trust: the project is compiled with them. Where that
brings errors that were not there (a name that an expression makes), or where another param or
component name gives other documents, nothing is renamed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from twimlc.diagnostics.diagnostic import Diagnostic, Edit
from twimlc.diagnostics.edits import apply_edits
from twimlc.languageserver.mentions import bound_words
from twimlc.languageserver.named import ComponentName, Kind, Name
from twimlc.languageserver.open_files import Question
from twimlc.languageserver.places import Names
from twimlc.pipeline import compiled
from twimlc.pipeline.model import UsageError
from twimlc.source.names import folded, valid_name, valid_param
from twimlc.text import SourceFile, Span

_RESERVED = ("hangup", "next")
_Edits = dict[str, list[Edit]]


class CannotRenameError(Exception):
    """Why something cannot be called so, in words for the person who asked."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """What there is to rename at a place: the text that is replaced, and the name in it."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a compilation gives: its errors, and its documents where there are some."""

    errors: Counter[tuple[str, str]]
    documents: Mapping[tuple[str, str | None, str], bytes]


def renaming_at(question: Question, offset: int) -> Renaming | None:
    """The name at an offset, if it can be another; of FLOW/STATE only the state.

    Raises :class:`CannotRenameError` where it is a name that cannot.
    """
    found = _renamable(Names(question), offset)
    if found is None:
        return None
    place = _inside(found.span, found.name)
    return None if place is None else Renaming(place, found.name)


def rename(question: Question, offset: int, name: str) -> _Edits:
    """The edits, by the path that findings show. Raises :class:`CannotRenameError`."""
    names = Names(question)
    found = _renamable(names, offset)
    if found is None:
        raise CannotRenameError("there is no name of a state, component or param here")
    _allowed(found, name)
    edits, files = _edits(names.references(found), found.name, name)
    texts = {path: apply_edits(files[path].text, made) for path, made in edits.items()}
    _prove(names, found, texts)
    return edits


def moved_component(question: Question, old: Path, new: Path) -> _Edits:
    """The edits of all places that use a component whose file gets another name."""
    if valid_name(new.stem) is not None:
        return {}
    names = Names(question)
    for body in names.every_body():
        component = body.components.get(old.stem)
        if component is not None and question.root / component.file.path == old:
            named = ComponentName(Kind.COMPONENT, body, old.stem, component.span, component)
            edits, _ = _edits(list(names.references(named))[1:], old.stem, new.stem)
            return edits
    return {}


def _renamable(names: Names, offset: int) -> Name | None:
    flow = names.flow_at(offset)
    if flow is not None:
        raise CannotRenameError(
            f"'{flow.name}' is a flow: its name is in the addresses that phone numbers call,"
            " so it is changed by hand, with the numbers"
        )
    found = names.name_at(offset)
    if found is None or (found.kind is Kind.STATE and found.name not in found.body.states):
        return None
    if isinstance(found, ComponentName) and found.is_file:
        raise CannotRenameError(
            f"the component '{found.name}' is called like its file: rename"
            f" {found.component.file.path}, and editors that tell of it rename its uses too"
        )
    giver = _given_outside(names, found) if found.kind is Kind.PARAM else None
    if giver is not None:
        raise CannotRenameError(
            f"'{found.name}' gets its value from {giver}, for every flow that has it:"
            " it is changed there and in the flows by hand"
        )
    return found


def _given_outside(names: Names, param: Name) -> str | None:
    """Where a flow's param may get its value from but the flow itself."""
    loaded = names.whole()
    if loaded is None or param.body.flow is None:
        return None
    for target in loaded.project.targets.values():
        if param.name in target.params:
            return f"the target '{target.name}' of the project file"
    matrix = loaded.project.matrix
    rows = matrix.params.values() if matrix is not None else ()
    if matrix is not None and any(param.name in row for row in rows):
        return f"the table {matrix.file.path}"
    return None


def _allowed(found: Name, name: str) -> None:
    body, kind = found.body, found.kind
    reason = valid_param(name) if kind is Kind.PARAM else valid_name(name)
    known: Iterable[str]
    if kind is Kind.STATE:
        known = body.states
        if reason is None and name in _RESERVED:
            reason = f"'{name}' says where a step leads, so no state can be called so"
    elif kind is Kind.PARAM:
        known = body.params
        bound = {word.text for word in bound_words(body)}
        for each in (found.name, name):
            if reason is None and each in bound:
                reason = f"an 'each' of this file calls its items '{each}' too"
    else:
        known = body.components
    others = {folded(each): each for each in known if each != found.name}
    if reason is None and folded(name) in others:
        reason = f"there is a {kind} '{others[folded(name)]}' already"
    if reason is not None:
        raise CannotRenameError(reason)


def _edits(spans: Iterable[Span], old: str, new: str) -> tuple[_Edits, dict[str, SourceFile]]:
    edits: _Edits = {}
    files: dict[str, SourceFile] = {}
    seen: set[tuple[str, int]] = set()
    for span in spans:
        path = span.file.path
        if (path, span.start) in seen:
            continue
        seen.add((path, span.start))
        if span.from_alias:
            continue  # at the anchor the text may mean something else
        place = _inside(span, old)
        if place is None:
            raise CannotRenameError(f"'{old}' is written in a way that is not understood")
        edits.setdefault(path, []).append(Edit(place, new))
        files[path] = span.file
    return edits, files


def _inside(span: Span, name: str) -> Span | None:
    """Where in a span just the name stands: behind a flow's name and inside quotes."""
    found = re.fullmatch(rf"""(["']?(?:[\w-]+/)?){re.escape(name)}["']?""", span.text)
    if found is None:
        return None
    start = span.start + len(found[1])
    return Span(span.file, start, start + len(name))


def _prove(names: Names, found: Name, texts: dict[str, str]) -> None:
    question = names.question
    whole = any(path != question.name for path in texts) or found.body.flow is None
    try:
        before = _outcome(question, {}, whole)
        after = _outcome(question, texts, whole)
    except UsageError as error:
        raise CannotRenameError(str(error)) from error
    if found.kind is Kind.STATE and found.body.flow is not None:
        flow = found.body.flow
        paths = {tree.span.file.path for tree, about in names.scripts() if about == flow}
        before.errors.update(_script_errors(question, paths | texts.keys(), {}))
        after.errors.update(_script_errors(question, paths | texts.keys(), texts))
    new = after.errors - before.errors
    if new:
        slug, _ = next(iter(new))
        raise CannotRenameError(
            f"'{found.name}' is also named where it cannot be replaced, by an expression perhaps:"
            f" renaming it would bring the error {slug}"
        )
    if found.kind is not Kind.STATE and after.documents != before.documents:
        raise CannotRenameError(
            f"with another name for '{found.name}' the documents would not be the same:"
            " it is also named where it cannot be replaced"
        )


def _outcome(question: Question, texts: dict[str, str], whole: bool) -> _Outcome:
    _, made, findings = compiled(question.options(whole=whole, texts=texts))
    documents = {
        (target.target.name, variant.row, page.path): page.data
        for target in made
        for variant in target.variants
        if (finished := variant.finished()) is not None
        for page in finished.pages
    }
    return _Outcome(_errors(findings), documents)


def _script_errors(
    question: Question, paths: Iterable[str], texts: dict[str, str]
) -> Counter[tuple[str, str]]:
    from twimlc.callscripts import check_script

    options = question.options(whole=True, texts=texts)
    found: Counter[tuple[str, str]] = Counter()
    for path in paths:
        if path.endswith((".test.yaml", ".test.yml")):
            found += _errors(
                each
                for each in check_script(question.root / path, options)
                if each.span.file.path == path
            )
    return found


def _errors(findings: Iterable[Diagnostic]) -> Counter[tuple[str, str]]:
    return Counter((f.rule.slug, f.span.file.path) for f in findings if f.is_error)
