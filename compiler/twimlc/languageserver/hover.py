"""What a word means: a file and an offset come in, Markdown and the word's place go out."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from twimlc.languageserver.cursor import word_at
from twimlc.languageserver.facts import about
from twimlc.languageserver.leads import ways_of_state, ways_of_step
from twimlc.languageserver.names import body_at
from twimlc.languageserver.open_files import Checked, Question
from twimlc.languageserver.places import Names
from twimlc.languageserver.shapes import FileKind, shapes_at
from twimlc.source.tree import Scalar
from twimlc.text import SourceFile, Span

_HOLE = re.compile(r"\$\{\s*([A-Za-z_]\w*)[^}\n]*\}?")


@dataclass(frozen=True, slots=True)
class Hover:
    text: str
    span: Span


def hover(question: Question, offset: int, check: Callable[[], Checked]) -> Hover | None:
    """The explanation of the word at an offset. ``check`` compiles, where that is needed."""
    file = SourceFile(question.name, question.text)
    names = Names(question)
    state = names.state_at(offset)
    if state is not None:
        lines = [f"state **{state.name or 'at the start'}**"]
        own = state.body.file.path == question.name
        ways = ways_of_state(check(), state.name) if own else []
        lines += ["Leads to:", "\n".join(ways)] if ways else []
        return Hover("\n\n".join(lines), Span(file, state.span.start, state.span.end))
    value = _value(names, file, offset)
    if value is not None:
        return value
    cursor = word_at(question.text, offset)
    if not cursor.is_key or not cursor.word or not cursor.start <= offset:
        return None
    span = Span(file, cursor.start, cursor.start + len(cursor.word))
    if names.kind is FileKind.PROJECT and cursor.path == ("rules",):
        return _rule(span)
    found = shapes_at(names.kind, cursor.place)
    if not found:
        return None
    shape = next((each for each in found if each.element is not None), found[0])
    text = about(cursor.word, shape)
    steps = shapes_at(names.kind, cursor.path)
    if any(each.beside is not None and cursor.word not in each.beside for each in steps):
        ways = ways_of_step(check(), cursor.start)
        if ways:
            text += "\n\nLeads to:\n\n" + "\n".join(ways)
    return Hover(text, span)


def _rule(span: Span) -> Hover | None:
    """What a rule is about, where the project file sets how bad it is."""
    from twimlc.diagnostics.catalogue import find

    rule = find(span.text)
    if rule is None:
        return None
    head = f"**{rule.slug}** ({rule.code}, {rule.severity}): {rule.summary}"
    return Hover(f"{head}\n\n{rule.why}", span)


def _value(names: Names, file: SourceFile, offset: int) -> Hover | None:
    """What a param is set to, in the file."""
    place = file.position(offset)
    start = file.offset(place.line)
    for hole in _HOLE.finditer(file.line(place.line)):
        if start + hole.start() <= offset <= start + hole.end():
            body = body_at(names.bodies, offset)
            entry = body.params.get(hole[1]) if body is not None else None
            if entry is None:
                return None
            given = entry.value.text if isinstance(entry.value, Scalar) else "a list or map"
            said = f"`{given}`" if given else "given from outside"
            text = f"param **{hole[1]}**: {said} (line {entry.key_span.begin.line})"
            return Hover(text, Span(file, start + hole.start(), start + hole.end()))
    return None
