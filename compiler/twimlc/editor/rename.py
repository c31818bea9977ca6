"""Renaming: a place and a new name come in, edits or a reason go out.

Whether the edits are all is not taken on trust: the project is compiled with them. Where that
brings errors that were not there (a name that an expression makes), or where another param or
component name gives other documents, nothing is renamed.
"""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from twimlc.calls.run import check_script
from twimlc.editor.names import Names
from twimlc.editor.open_files import Snapshot
from twimlc.findings.diagnostic import Edit
from twimlc.findings.edits import apply_edits
from twimlc.flow.references import Name, NameKind, Reference, keyed_maps
from twimlc.pipeline import compiled
from twimlc.pipeline.model import UsageError
from twimlc.project.kinds import FileKind, kind_of_file
from twimlc.text import Span
from twimlc.yaml.names import folded, valid_name, valid_param
from twimlc.yaml.tree import Scalar

_RESERVED = ("hangup", "next")
_QUOTES = "\"'"
_Edits = dict[str, list[Edit]]


class CannotRenameError(Exception):
    """Why something cannot be called so, in words for the person who asked."""


def renaming_at(snapshot: Snapshot, offset: int) -> Span | None:
    """The name at an offset, if it can be another; of FLOW/STATE only the state.

    Raises :class:`CannotRenameError` where it is a name that cannot.
    """
    found = _renamable(Names(snapshot), offset)
    return None if found is None else _inside(found.span, found.name.text)


def rename(snapshot: Snapshot, offset: int, text: str) -> _Edits:
    """The edits, by the path that findings show. Raises :class:`CannotRenameError`."""
    names = Names(snapshot)
    found = _renamable(names, offset)
    if found is None:
        raise CannotRenameError("there is no name of a state, component or param here")
    name = found.name
    _allow(name, text)
    edits = _edits(names.references(name), name.text, text)
    texts = {
        path: apply_edits(changes[0].span.file.text, changes) for path, changes in edits.items()
    }
    _prove(names, name, texts)
    return edits


def moved_component(snapshot: Snapshot, old: Path, new: Path) -> _Edits:
    """The edits of all places that use a component whose file gets another name."""
    names = Names(snapshot)
    for body in names.every_body() if valid_name(new.stem) is None else ():
        name = body.component(old.stem)
        if name is not None and snapshot.root / name.body.file.path == old:
            return _edits(names.references(name)[1:], old.stem, new.stem)
    return {}


def _renamable(names: Names, offset: int) -> Reference | None:
    found = names.at(offset)
    if found is None:
        return None
    name, flow = found.name, found.span.text.rpartition("/")[0]
    if name.kind is NameKind.FLOW or (flow and offset <= found.span.start + len(flow)):
        raise CannotRenameError(
            f"'{flow.lstrip(_QUOTES) or name.text}' is a flow: its name is in the addresses that"
            " phone numbers call, so it is changed by hand, with the numbers"
        )
    if not name.text:
        return None
    if name.kind is NameKind.COMPONENT and name.declared is not None and not name.declared.end:
        raise CannotRenameError(
            f"the component '{name.text}' has the name of its file: rename"
            f" {name.body.file.path}, and editors that report it rename its uses too"
        )
    giver = _given_outside(names, name) if name.kind is NameKind.PARAM else None
    if giver is not None:
        raise CannotRenameError(
            f"'{name.text}' gets its value from {giver}, for every flow that has it:"
            " it is changed there and in the flows by hand"
        )
    return found


def _given_outside(names: Names, param: Name) -> str | None:
    """Where a flow's param may get its value from but the flow itself."""
    loaded = names.project
    if loaded is None or param.body.flow is None:
        return None
    if param.text in loaded.project.params:
        return "the project file"
    for target in loaded.project.targets.values():
        if param.text in target.params:
            return f"the target '{target.name}' of the project file"
    matrix = loaded.project.matrix
    rows = matrix.params.values() if matrix is not None else ()
    if matrix is not None and any(param.text in row for row in rows):
        return f"the table {matrix.file.path}"
    return None


def _allow(name: Name, text: str) -> None:
    """Raise what keeps a name from becoming ``text``."""
    body, kind = name.body, name.kind
    reason = valid_param(text) if kind is NameKind.PARAM else valid_name(text)
    known: Iterable[str] = body.components
    if kind is NameKind.STATE:
        known = body.states
        if reason is None and text in _RESERVED:
            reason = f"'{text}' says where a step leads, so no state can be called so"
    elif kind is NameKind.PARAM:
        known = body.params
        given = (mapping.get("as") for mapping, _ in keyed_maps(body.tree))
        items = {item.text for item in given if isinstance(item, Scalar)}
        hidden = [each for each in (name.text, text) if each in items]
        if reason is None and hidden:
            reason = f"an 'each' of this file calls its items '{hidden[0]}' too"
    others = {folded(each): each for each in known if each != name.text}
    if reason is None and folded(text) in others:
        reason = f"there is a {kind} '{others[folded(text)]}' already"
    if reason is not None:
        raise CannotRenameError(reason)


def _edits(spans: Iterable[Span], old: str, new: str) -> _Edits:
    edits: _Edits = {}
    for span in spans:
        if span.from_alias:
            continue  # at the anchor the text may mean something else
        place = _inside(span, old)
        if place is None:
            raise CannotRenameError(f"'{old}' is written in a way that is not understood")
        edits.setdefault(span.file.path, []).append(Edit(place, new))
    return edits


def _inside(span: Span, name: str) -> Span | None:
    """Where in a span just the name is: after a flow's name and inside quotes."""
    found = re.fullmatch(rf"""(["']?(?:[\w-]+/)?){re.escape(name)}["']?""", span.text)
    if found is None:
        return None
    start = span.start + len(found[1])
    return Span(span.file, start, start + len(name))


def _prove(names: Names, name: Name, texts: dict[str, str]) -> None:
    """Raise what the edited texts break: compiled, and for a state also in its call scripts."""
    snapshot, flow = names.snapshot, name.body.flow
    whole = any(path != snapshot.name for path in texts) or flow is None
    scripts: set[str] = set()
    if name.kind is NameKind.STATE:
        scripts = {tree.span.file.path for tree, about in names.scripts() if about == flow}
        scripts |= {path for path in texts if kind_of_file(Path(path)) is FileKind.SCRIPT}
    try:
        errors, documents = _compiled(snapshot, {}, whole, scripts)
        errors_after, documents_after = _compiled(snapshot, texts, whole, scripts)
    except UsageError as error:
        raise CannotRenameError(str(error)) from error
    for slug, _ in errors_after - errors:
        raise CannotRenameError(
            f"'{name.text}' is also named where it cannot be replaced, by an expression perhaps:"
            f" renaming it would bring the error {slug}"
        )
    if name.kind is not NameKind.STATE and documents_after != documents:
        raise CannotRenameError(
            f"with another name for '{name.text}' the documents would not be the same:"
            " it is also named where it cannot be replaced"
        )


def _compiled(
    snapshot: Snapshot, texts: dict[str, str], whole: bool, scripts: Iterable[str]
) -> tuple[Counter[tuple[str, str]], dict[tuple[str, str | None, str], bytes]]:
    """The errors of a compilation, by rule and file, and its documents where there are some."""
    _, targets, findings = compiled(snapshot.options(whole=whole, texts=texts))
    documents = {
        (target.target.name, variant.row, page.path): page.data
        for target in targets
        for variant in target.variants
        if (finished := variant.finished()) is not None
        for page in finished.pages
    }
    options = snapshot.options(whole=True, texts=texts)
    found = [*findings]
    for path in scripts:
        about = check_script(snapshot.root / path, options)
        found += [finding for finding in about if finding.span.file.path == path]
    return Counter((f.rule.slug, f.span.file.path) for f in found if f.is_error), documents
